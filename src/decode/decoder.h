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

/* The codings that can be decoded, as Accept-Encoding lists them; caller
 * frees. */
char *decoder_accepts(void);

/*
 * A decoder for a body whose Content-Encoding has this value, the values of
 * several lines joined by commas. NULL: there is nothing to decode. A coding
 * that is unknown, or too many of them, fail at the first byte.
 */
struct decoder *decoder_new(const char *content_encoding);
void decoder_free(struct decoder *);

enum decoder_verdict {
	DECODER_GOES_ON, /* to be called again */
	DECODER_HUNGRY,  /* the input is used up */
	DECODER_FAILED,  /* decoder_cause says why; it must not go on */
};

/* The next bytes of the body, borrowed until they are used up; only while the
 * decoder is hungry, as it is at first. */
void decoder_feed(struct decoder *, const char *data, size_t len);
/* How many of them are not used up. */
size_t decoder_left(const struct decoder *);
/*
 * Decode a piece into `room` bytes (more than 0) at `out`; *len is set to how
 * many they are: 0 unless the verdict is DECODER_GOES_ON, and maybe then, for a
 * step is short: bounded by `room` and by the input, whatever is in it.
 */
enum decoder_verdict decoder_step(
    struct decoder *, char *out, size_t room, size_t *len);

/* Has every coding come to its end? Not before the first byte. */
bool decoder_is_whole(const struct decoder *);
/* The coding that failed, or that is not at its end yet: "gzip"; "". */
const char *decoder_coding(const struct decoder *);
/* Why it failed: "incorrect data check"; valid until decoder_free. */
const char *decoder_cause(const struct decoder *);

#endif
