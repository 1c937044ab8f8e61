#include "config.h"

#include "decode/decoder.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "base/buf.h"
#include "unit.h"

/* What every stream below holds. */
static struct buf text;

static void
set_up(void)
{
	buf_init(&text);
	for (int n = 20; n > 0; n--)
		buf_addf(&text, "%d green bottles, hanging on the wall\n", n);
}

static void
tear_down(void)
{
	buf_release(&text);
}

/* --- encoding -------------------------------------------------------- */

enum {
	GZIP = MAX_WBITS + 16, /* deflateInit2's words */
	ZLIB = MAX_WBITS,
	RAW = -MAX_WBITS
};

static void
deflate_to(struct buf *out, const struct buf *in, int bits)
{
	z_stream z = {0};

	ck_assert_int_eq(
	    deflateInit2(&z, 9, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)in->data;
	z.avail_in = (uInt)in->len;
	z.next_out = (Bytef *)buf_reserve(out, 4096);
	z.avail_out = 4096;
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	out->len += 4096 - z.avail_out;
	deflateEnd(&z);
}

/* Two members, each with its half of the text. */
static void
members_to(struct buf *out)
{
	struct buf half = {text.data, text.len / 2, 0};

	deflate_to(out, &half, GZIP);
	half.data += half.len;
	half.len = text.len - half.len;
	deflate_to(out, &half, GZIP);
}

#ifdef HAVE_BROTLI
/* libbrotlienc, quality 9; there is no encoder where this is built. */
static const unsigned char bottles_br[] = {0x1b, 0xee, 0x02, 0x00, 0x64, 0xb7,
    0x61, 0xb7, 0xa4, 0xd1, 0x0d, 0x6e, 0xfe, 0x16, 0x27, 0xc8, 0x14, 0xc6,
    0x0c, 0x0a, 0xa2, 0x0c, 0x0e, 0x80, 0x0e, 0x40, 0x19, 0x2f, 0xb4, 0x80,
    0x20, 0x64, 0xc8, 0xc9, 0x81, 0x5b, 0x10, 0x58, 0x43, 0x01, 0x6a, 0x1e,
    0x60, 0x9c, 0xf7, 0x74, 0x5e, 0x0f, 0x8b, 0x4d, 0xb6, 0x09, 0xdc, 0xc4,
    0xbf, 0xff, 0xac, 0xea, 0xb0, 0x27, 0x7b, 0xeb, 0xb5, 0x97, 0x9e, 0x7b,
    0xea, 0xb1, 0x53, 0x47, 0xdf, 0xdf, 0x39, 0xe7, 0x9c, 0x73, 0x0b, 0x18};
#endif

#ifdef HAVE_ZSTD
static void
frame_to(struct buf *out, const struct buf *in, int window_log)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	ZSTD_inBuffer from = {in->data, in->len, 0};
	ZSTD_outBuffer to = {buf_reserve(out, 4096), 4096, 0};

	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	if (window_log)
		ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, window_log);
	/* A flush first, or the window is cut to the size of the content. */
	ZSTD_compressStream2(c, &to, &from, ZSTD_e_flush);
	ck_assert_uint_eq(ZSTD_compressStream2(c, &to, &from, ZSTD_e_end), 0);
	out->len += to.pos;
	ZSTD_freeCCtx(c);
}

/* Two frames, one that is to be skipped between them. */
static void
frames_to(struct buf *out)
{
	struct buf half = {text.data, text.len / 2, 0};

	frame_to(out, &half, 0);
	buf_add(out, "\x50\x2a\x4d\x18\x03\0\0\0abc", 11);
	half.data += half.len;
	half.len = text.len - half.len;
	frame_to(out, &half, 0);
}
#endif

/* --- decoding -------------------------------------------------------- */

struct outcome {
	struct buf out;
	enum decoder_verdict verdict;
	bool whole;
	char cause[100];
};

/* Feed it in pieces of `piece` bytes, and take out as little at a time. */
static void
decode(
    struct outcome *o, const char *encoding, const struct buf *in, size_t piece)
{
	struct decoder *d = decoder_new(encoding);
	char room[64];
	size_t n, take = piece < sizeof(room) ? piece : sizeof(room);

	ck_assert_ptr_nonnull(d);
	*o = (struct outcome){.verdict = DECODER_HUNGRY};
	for (size_t at = 0; at < in->len; at += piece) {
		size_t len = in->len - at < piece ? in->len - at : piece;
		char *exact = malloc(len);

		memcpy(exact, in->data + at, len);
		decoder_feed(d, exact, len);
		while ((o->verdict = decoder_step(d, room, take, &n)) ==
		       DECODER_GOES_ON)
			buf_add(&o->out, room, n);
		free(exact);
		if (o->verdict == DECODER_FAILED)
			break;
		ck_assert_uint_eq(decoder_left(d), 0);
	}
	o->whole = decoder_is_whole(d);
	if (o->verdict == DECODER_FAILED) {
		ck_assert_ptr_nonnull(decoder_cause(d));
		strncpy(o->cause, decoder_cause(d), sizeof(o->cause) - 1);
		ck_assert_uint_gt(strlen(decoder_coding(d)), 0);
	}
	decoder_free(d);
}

static bool
is_text(const struct buf *b)
{
	return b->len == text.len && memcmp(b->data, text.data, b->len) == 0;
}

static bool
is_beginning(const struct buf *b)
{
	return b->len <= text.len &&
	       (!b->len || memcmp(b->data, text.data, b->len) == 0);
}

/* --- streams --------------------------------------------------------- */

static void
make_gzip(struct buf *b)
{
	deflate_to(b, &text, GZIP);
}

static void
make_padded(struct buf *b)
{
	members_to(b);
	buf_add(b, "\0\0\0\0\0\0\0", 7);
}

static void
make_zlib(struct buf *b)
{
	deflate_to(b, &text, ZLIB);
}

static void
make_raw(struct buf *b)
{
	deflate_to(b, &text, RAW);
}

static void
make_gzip_in_deflate(struct buf *b)
{
	struct buf inner;

	buf_init(&inner);
	members_to(&inner);
	deflate_to(b, &inner, RAW);
	buf_release(&inner);
}

#ifdef HAVE_BROTLI
static void
make_br(struct buf *b)
{
	buf_add(b, bottles_br, sizeof(bottles_br));
}

static void
make_br_in_gzip_in_deflate(struct buf *b)
{
	struct buf br, gzip;

	buf_init(&br);
	buf_init(&gzip);
	make_br(&br);
	deflate_to(&gzip, &br, GZIP);
	deflate_to(b, &gzip, ZLIB);
	buf_release(&br);
	buf_release(&gzip);
}
#endif

#ifdef HAVE_ZSTD
static void
make_zstd(struct buf *b)
{
	frame_to(b, &text, 0);
}

static void
make_zstd_in_gzip(struct buf *b)
{
	struct buf inner;

	buf_init(&inner);
	frames_to(&inner);
	deflate_to(b, &inner, GZIP);
	buf_release(&inner);
}
#endif

/* `border`: the body may also end between two streams. */
static const struct stream {
	const char *encoding;
	void (*make)(struct buf *);
	bool border;
} streams[] = {
    {"gzip", make_gzip, false},
    {"X-GZip", make_gzip, false},
    {" identity , gzip,", make_gzip, false},
    {"gzip", members_to, true},
    {"gzip", make_padded, true},
    {"deflate", make_zlib, false},
    {"deflate", make_raw, false},
    {"gzip, deflate", make_gzip_in_deflate, false},
#ifdef HAVE_BROTLI
    {"br", make_br, false},
    {"br,gzip,deflate", make_br_in_gzip_in_deflate, false},
#endif
#ifdef HAVE_ZSTD
    {"zstd", make_zstd, false},
    {"zstd", frames_to, true},
    {"zstd, gzip", make_zstd_in_gzip, false},
#endif
};

START_TEST(a_stream_is_whole_in_pieces_of_any_size)
{
	struct buf in;

	buf_init(&in);
	streams[_i].make(&in);
	for (size_t piece = 1; piece <= in.len; piece++) {
		struct outcome o;

		decode(&o, streams[_i].encoding, &in, piece);
		ck_assert_int_eq(o.verdict, DECODER_HUNGRY);
		ck_assert(o.whole);
		ck_assert(is_text(&o.out));
		buf_release(&o.out);
	}
	buf_release(&in);
}
END_TEST

START_TEST(a_stream_that_is_cut_is_never_whole)
{
	struct buf in;
	size_t len, wholes = 0;

	buf_init(&in);
	streams[_i].make(&in);
	len = in.len;
	for (in.len = 0; in.len < len; in.len++) {
		struct outcome o;

		decode(&o, streams[_i].encoding, &in, 5);
		ck_assert_int_eq(o.verdict, DECODER_HUNGRY);
		ck_assert(is_beginning(&o.out));
		wholes += o.whole;
		ck_assert(!o.whole || streams[_i].border);
		buf_release(&o.out);
	}
	ck_assert_uint_le(wholes, 8); /* each border, and each zero */
	buf_release(&in);
}
END_TEST

/* --- what is wrong --------------------------------------------------- */

static const struct {
	const char *encoding;
	void (*make)(struct buf *);
	const char *more; /* behind it */
	size_t more_len;
	bool fails;
} tails[] = {
    {"gzip", make_gzip, "\r\n", 2, true},
    {"gzip", make_gzip, "\0\0x", 3, true},
    {"gzip", make_gzip, "\x1f\x8c", 2, true},
    {"deflate", make_zlib, "\0", 1, true},
    {"deflate", make_raw, "abcd", 4, false}, /* a checksum without header */
    {"deflate", make_raw, "abcde", 5, true},
#ifdef HAVE_BROTLI
    {"br", make_br, "\0", 1, true},
#endif
#ifdef HAVE_ZSTD
    {"zstd", make_zstd, "abcd", 4, true},
#endif
};

START_TEST(what_follows_the_end_is_no_part_of_it)
{
	struct buf in;

	buf_init(&in);
	tails[_i].make(&in);
	buf_add(&in, tails[_i].more, tails[_i].more_len);
	for (size_t piece = 1; piece <= in.len; piece++) {
		struct outcome o;

		decode(&o, tails[_i].encoding, &in, piece);
		ck_assert_int_eq(o.verdict,
		    tails[_i].fails ? DECODER_FAILED : DECODER_HUNGRY);
		ck_assert(o.whole != tails[_i].fails);
		ck_assert(is_text(&o.out));
		buf_release(&o.out);
	}
	buf_release(&in);
}
END_TEST

/* Whatever byte is changed: there is a checksum at the end. */
START_TEST(a_changed_byte_is_found)
{
	struct buf in;

	buf_init(&in);
	make_gzip(&in);
	for (size_t i = 10; i < in.len; i++) {
		struct outcome o;

		in.data[i] ^= 0x10;
		decode(&o, "gzip", &in, 7);
		ck_assert(o.verdict == DECODER_FAILED || !o.whole);
		in.data[i] ^= 0x10;
		buf_release(&o.out);
	}
	buf_release(&in);
}
END_TEST

START_TEST(plain_text_is_no_stream)
{
	static const char *const encodings[] = {"gzip", "deflate",
#ifdef HAVE_BROTLI
	    "br",
#endif
#ifdef HAVE_ZSTD
	    "zstd",
#endif
	    "compress", "gzip, x-unknown", "gzip,gzip,gzip,gzip,gzip,gzip"};

	for (size_t i = 0; i < sizeof(encodings) / sizeof(*encodings); i++) {
		struct outcome o;

		decode(&o, encodings[i], &text, 10);
		ck_assert_msg(o.verdict == DECODER_FAILED, "%s", encodings[i]);
		ck_assert(!o.whole);
		buf_release(&o.out);
	}
}
END_TEST

START_TEST(an_empty_body_fails_nobody_and_is_not_whole)
{
	static const char *const encodings[] = {"gzip", "compress"};

	for (size_t i = 0; i < 2; i++) {
		struct decoder *d = decoder_new(encodings[i]);
		char c;
		size_t n;

		ck_assert_int_eq(decoder_step(d, &c, 1, &n), DECODER_HUNGRY);
		decoder_feed(d, "", 0);
		ck_assert_int_eq(decoder_step(d, &c, 1, &n), DECODER_HUNGRY);
		ck_assert(!decoder_is_whole(d));
		ck_assert_str_eq(decoder_coding(d), encodings[i]);
		decoder_free(d);
	}
}
END_TEST

START_TEST(identity_is_nothing_to_decode)
{
	ck_assert_ptr_null(decoder_new(""));
	ck_assert_ptr_null(decoder_new(" , ,"));
	ck_assert_ptr_null(decoder_new("identity"));
	ck_assert_ptr_null(decoder_new("Identity, NONE"));
}
END_TEST

START_TEST(what_is_asked_for_can_be_decoded)
{
	char *list = decoder_accepts();

	for (char *name = strtok(list, ", "); name; name = strtok(NULL, ", ")) {
		struct decoder *d = decoder_new(name);

		ck_assert_ptr_nonnull(d);
		ck_assert_str_eq(decoder_coding(d), name);
		decoder_feed(d, "", 0);
		decoder_free(d);
	}
	free(list);
}
END_TEST

/* Megabytes of nothing between two layers: no step may go through all. */
START_TEST(a_step_is_short)
{
	struct buf zeros, member, in;
	struct decoder *d;
	char room[1024];
	size_t n, steps = 0;

	buf_init(&zeros);
	buf_init(&member);
	buf_init(&in);
	deflate_to(&member, &text, GZIP);
	buf_add(&zeros, member.data, member.len);
	n = 2000000;
	memset(buf_reserve(&zeros, n), 0, n);
	zeros.len += n;
	deflate_to(&in, &zeros, ZLIB);
	d = decoder_new("gzip, deflate");
	decoder_feed(d, in.data, in.len);
	while (decoder_step(d, room, sizeof(room), &n) == DECODER_GOES_ON)
		steps++;
	ck_assert(decoder_is_whole(d));
	ck_assert_uint_gt(steps, 2000000 / (16 << 10));
	decoder_free(d);
	buf_release(&zeros);
	buf_release(&member);
	buf_release(&in);
}
END_TEST

#ifdef HAVE_ZSTD
/* RFC 9659, 3: what a stranger's answer may make us allocate. */
START_TEST(a_window_over_8_mib_is_refused)
{
	for (int log = 23; log <= 24; log++) {
		struct buf in;
		struct outcome o;

		buf_init(&in);
		frame_to(&in, &text, log);
		decode(&o, "zstd", &in, in.len);
		ck_assert(o.whole == (log == 23));
		ck_assert_int_eq(
		    o.verdict, log == 23 ? DECODER_HUNGRY : DECODER_FAILED);
		buf_release(&o.out);
		buf_release(&in);
	}
}
END_TEST
#endif

int
main(void)
{
	Suite *s = suite_create("decoder");
	TCase *t = tcase_create("decoder");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, a_stream_is_whole_in_pieces_of_any_size, 0,
	    sizeof(streams) / sizeof(*streams));
	tcase_add_loop_test(t, a_stream_that_is_cut_is_never_whole, 0,
	    sizeof(streams) / sizeof(*streams));
	tcase_add_loop_test(t, what_follows_the_end_is_no_part_of_it, 0,
	    sizeof(tails) / sizeof(*tails));
	tcase_add_test(t, a_changed_byte_is_found);
	tcase_add_test(t, plain_text_is_no_stream);
	tcase_add_test(t, an_empty_body_fails_nobody_and_is_not_whole);
	tcase_add_test(t, identity_is_nothing_to_decode);
	tcase_add_test(t, what_is_asked_for_can_be_decoded);
	tcase_add_test(t, a_step_is_short);
#ifdef HAVE_ZSTD
	tcase_add_test(t, a_window_over_8_mib_is_refused);
#endif
	suite_add_tcase(s, t);
	return unit_run(s);
}
