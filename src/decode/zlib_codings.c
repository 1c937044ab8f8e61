/*
 * gzip and deflate by zlib. What zlib leaves to its caller is here: members
 * that follow each other, padding, and deflate without the header that it
 * should have.
 */
#include "config.h"

#include "decode/coding.h"

#include <stdlib.h>

#define ZLIB_CONST /* zlib.h: input is only read */
#include <zlib.h>

#include "base/xalloc.h"

enum {
	GZIP_BITS = MAX_WBITS + 16, /* inflateInit2: gzip, with its header */
	ZLIB_BITS = MAX_WBITS,      /* a zlib header */
	RAW_BITS = -MAX_WBITS,      /* no header */
	GZIP_MAGIC = 0x1f,          /* begins each member */
	RAW_TAIL = 4 /* bytes that may follow a stream without header */
};

enum place {
	AT_START, /* deflate: it is not known in which form it is */
	WITHIN,   /* a stream */
	BEHIND    /* a stream has ended */
};

struct inflater {
	z_stream z;
	enum place place;
	unsigned char head[2]; /* deflate: the first bytes */
	size_t head_len;
	size_t tail; /* deflate: bytes that may follow the stream */
};

/* Without memory the program ends (base/xalloc.h). */
static voidpf
allocate(voidpf arg, uInt count, uInt size)
{
	(void)arg;
	return xreallocarray(NULL, count, size);
}

static void
release(voidpf arg, voidpf memory)
{
	(void)arg;
	free(memory);
}

static void
begin_stream(struct inflater *s, int bits)
{
	if (inflateInit2(&s->z, bits) != Z_OK)
		die("zlib cannot be initialised");
	s->place = WITHIN;
}

static struct inflater *
inflater_new(void)
{
	struct inflater *s = xcalloc(1, sizeof(*s));

	s->z.zalloc = allocate;
	s->z.zfree = release;
	return s;
}

static void
inflater_close(void *state)
{
	struct inflater *s = state;

	inflateEnd(&s->z);
	free(s);
}

static enum coding_state
corrupt(struct coding_step *step, const char *cause)
{
	step->cause = cause;
	return CODING_CORRUPT;
}

/* Skip a byte of the input. */
static void
skip_byte(struct coding_step *step)
{
	step->in++;
	step->in_len--;
}

/* Take a step within a stream. Input after its end is left. */
static enum coding_state
inflate_some(struct inflater *s, struct coding_step *step)
{
	int code;

	s->z.next_in = step->in;
	s->z.avail_in = (uInt)step->in_len;
	s->z.next_out = step->out;
	s->z.avail_out = (uInt)step->out_len;
	code = inflate(&s->z, Z_NO_FLUSH);
	step->in = s->z.next_in;
	step->in_len = s->z.avail_in;
	step->out = s->z.next_out;
	step->out_len = s->z.avail_out;
	if (code == Z_STREAM_END) {
		s->place = BEHIND;
		return CODING_AT_END;
	}
	if (code == Z_OK || code == Z_BUF_ERROR)
		return CODING_INSIDE;
	if (code == Z_NEED_DICT)
		return corrupt(step, "it needs a preset dictionary");
	return corrupt(
	    step, s->z.msg ? s->z.msg : "not a stream of this coding");
}

/* --- gzip: members one after the other (RFC 1952, 2.2) ---------------------
 */

static void *
gzip_open(void)
{
	struct inflater *s = inflater_new();

	begin_stream(s, GZIP_BITS);
	return s;
}

/* Zeros after a member are padding, which gzip(1) ignores as well. */
static enum coding_state
gzip_step(void *state, struct coding_step *step)
{
	struct inflater *s = state;

	while (s->place == BEHIND && step->in_len && !*step->in)
		skip_byte(step);
	if (s->place == BEHIND && !step->in_len)
		return CODING_AT_END;
	if (s->place == BEHIND) {
		if (*step->in != GZIP_MAGIC)
			return corrupt(step, "extra bytes follow its end");
		inflateReset(&s->z);
		s->place = WITHIN;
	}
	return inflate_some(s, step);
}

const struct coding coding_gzip = {
    .name = "gzip",
    .alias = "x-gzip",
    .open = gzip_open,
    .step = gzip_step,
    .close = inflater_close,
};

/* --- deflate: in zlib's format (RFC 9110, 8.4.1.2), or without it -----------
 */

static void *
deflate_open(void)
{
	return inflater_new();
}

/* Is it the header of RFC 1950, 2.2? No encoder begins a stream without a
 * header like that: it would be a stored block with bits set that should be
 * zero. */
static int
is_zlib_header(const unsigned char *head)
{
	return (head[0] & 0x0f) == Z_DEFLATED && head[0] >> 4 <= 7 &&
	       (head[0] << 8 | head[1]) % 31 == 0;
}

/* Hold the first two bytes of the body back until they tell in which form the
 * stream is. */
static void
deflate_begin(struct inflater *s, struct coding_step *step)
{
	while (s->head_len < sizeof(s->head) && step->in_len) {
		s->head[s->head_len++] = *step->in;
		skip_byte(step);
	}
	if (s->head_len < sizeof(s->head))
		return;
	s->tail = is_zlib_header(s->head) ? 0 : RAW_TAIL;
	begin_stream(s, s->tail ? RAW_BITS : ZLIB_BITS);
}

/* Decode the bytes that were held back. */
static enum coding_state
deflate_head(struct inflater *s, struct coding_step *step)
{
	struct coding_step head = *step;
	enum coding_state at;

	head.in = s->head + sizeof(s->head) - s->head_len;
	head.in_len = s->head_len;
	at = inflate_some(s, &head);
	s->head_len = head.in_len;
	step->out = head.out;
	step->out_len = head.out_len;
	step->cause = head.cause;
	return at;
}

/* As in curl, up to 4 bytes may follow a stream without a header: a checksum.
 */
static enum coding_state
deflate_tail(struct inflater *s, struct coding_step *step)
{
	for (; step->in_len && s->tail; s->tail--)
		skip_byte(step);
	return step->in_len ? corrupt(step, "extra bytes follow its end")
	                    : CODING_AT_END;
}

static enum coding_state
deflate_step(void *state, struct coding_step *step)
{
	struct inflater *s = state;

	if (s->place == BEHIND)
		return deflate_tail(s, step);
	if (s->place == AT_START)
		deflate_begin(s, step);
	if (s->place == AT_START)
		return CODING_INSIDE;
	if (s->head_len) {
		enum coding_state at = deflate_head(s, step);

		if (s->head_len || at != CODING_INSIDE)
			return at;
	}
	return inflate_some(s, step);
}

const struct coding coding_deflate = {
    .name = "deflate",
    .open = deflate_open,
    .step = deflate_step,
    .close = inflater_close,
};
