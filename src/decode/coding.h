/* What each coding is to the decoder: one row in its table. */
#ifndef GATHER_DECODE_CODING_H
#define GATHER_DECODE_CODING_H

#include <stddef.h>

/* What is left to read, and where what comes out goes. */
struct coding_step {
	const unsigned char *in;
	size_t in_len;
	unsigned char *out;
	size_t out_len;    /* room at `out` */
	const char *cause; /* set with CODING_CORRUPT; static, or the state's */
};

enum coding_state {
	CODING_INSIDE,  /* its stream has not ended */
	CODING_AT_END,  /* the body may end here */
	CODING_CORRUPT, /* this is no such stream */
};

struct coding {
	const char *name;
	const char *alias; /* NULL: none */
	void *(*open)(void);
	/*
	 * Decode until the input is used up or the room is, and move the
	 * pointers on. Never called without room; without input only where
	 * the last step had used its room up.
	 */
	enum coding_state (*step)(void *state, struct coding_step *);
	void (*close)(void *state);
};

/* RFC 1952, with its members and zeros behind them */
extern const struct coding coding_gzip;
/* RFC 1950, and RFC 1951 alone, which is what some servers take it for */
extern const struct coding coding_deflate;
#ifdef HAVE_BROTLI
extern const struct coding coding_brotli; /* RFC 7932 */
#endif
#ifdef HAVE_ZSTD
extern const struct coding coding_zstd; /* RFC 8878, its frames */
#endif

#endif
