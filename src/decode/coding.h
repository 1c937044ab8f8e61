/*
 * A content coding as the decoder knows it: a row of functions, implemented in
 * a file for each library (zlib_codings.c, brotli_coding.c, zstd_coding.c).
 */
#ifndef GATHER_DECODE_CODING_H
#define GATHER_DECODE_CODING_H

#include <stddef.h>

/* What a step reads and writes; it moves the pointers on. */
struct coding_step {
	const unsigned char *in;
	size_t in_len; /* bytes left at `in` */
	unsigned char *out;
	size_t out_len;    /* room left at `out` */
	const char *cause; /* set with CODING_CORRUPT; static, or the state's */
};

enum coding_state {
	CODING_INSIDE,  /* the stream goes on */
	CODING_AT_END,  /* the body may end here */
	CODING_CORRUPT, /* the input is not a stream of this coding */
};

struct coding {
	const char *name;  /* as in Content-Encoding, in any case */
	const char *alias; /* NULL: none */
	/* The state of a new stream; closed by `close`. Never NULL. */
	void *(*open)(void);
	/*
	 * Decode until the input is used up or the room is, and move the
	 * pointers on. Never called without room; without input only where
	 * the last step had used its room up.
	 */
	enum coding_state (*step)(void *state, struct coding_step *);
	void (*close)(void *state);
};

/* RFC 1952: members one after the other, maybe with zeros after them. */
extern const struct coding coding_gzip;
/* RFC 1950; and RFC 1951 alone, which some servers mistake for it. */
extern const struct coding coding_deflate;
#ifdef HAVE_BROTLI
extern const struct coding coding_brotli; /* RFC 7932 */
#endif
#ifdef HAVE_ZSTD
extern const struct coding coding_zstd; /* RFC 8878 */
#endif

#endif
