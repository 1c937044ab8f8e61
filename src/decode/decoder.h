/*
 * The content codings of a body (RFC 9110, 8.4): gzip, deflate, br and zstd,
 * one inside the other where Content-Encoding names several. Bytes go in as
 * the framing delivers them, decoded ones come out, and whether the body is
 * whole is known from the encoded stream itself: the framing may be intact
 * although the stream was cut short long before.
 *
 * Memory is bounded by the windows of the codings (br: 16 MiB; zstd: 8 MiB,
 * RFC 9659), however much comes out.
 */
#ifndef GATHER_DECODE_DECODER_H
#define GATHER_DECODE_DECODER_H

#include <stdbool.h>
#include <stddef.h>

struct decoder;

/* The codings that can be decoded, as Accept-Encoding lists them: "deflate,
 * gzip". Caller frees. */
char *decoder_accepts(void);

/*
 * A decoder for a body whose Content-Encoding has this value; those of several
 * headers are joined by commas. NULL: there is nothing to decode. Where a
 * coding is unknown, or there are too many, decoding fails at the first byte.
 */
struct decoder *decoder_new(const char *content_encoding);
/* NULL is fine. */
void decoder_free(struct decoder *);

enum decoder_verdict {
	DECODER_GOES_ON, /* call decoder_step again */
	DECODER_HUNGRY,  /* the input is used up: feed it */
	DECODER_FAILED,  /* decoder_cause says why; do not call it again */
};

/* Give the decoder the next bytes of the body, which it borrows until they are
 * used up. To be called only while it is hungry, as it is at first. */
void decoder_feed(struct decoder *, const char *data, size_t len);
/* How many of the bytes that it was fed are not used up. */
size_t decoder_left(const struct decoder *);
/*
 * Decode a piece into `room` bytes (more than 0) at `out`, and set *len to its
 * length. That is 0 unless the verdict is DECODER_GOES_ON, and may be 0 then. A
 * step takes a short time, whatever the input holds: it is bounded by `room`
 * and by the length of the input.
 */
enum decoder_verdict decoder_step(
    struct decoder *, char *out, size_t room, size_t *len);

/* Is every coding at the end of its stream? False before the first byte. */
bool decoder_is_whole(const struct decoder *);
/* The name of the coding that failed or, if none has, of the outermost one that
 * is not at its end; "" if there is none. */
const char *decoder_coding(const struct decoder *);
/* Why decoding failed: "incorrect data check". Valid until decoder_free. */
const char *decoder_cause(const struct decoder *);

#endif
