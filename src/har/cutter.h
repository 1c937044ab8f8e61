/*
 * Cuts the text of an HTTP Archive (HAR 1.2,
 * http://www.softwareishard.com/blog/har-12-spec/), which comes in pieces of
 * any size, into the texts of its entries. An archive may be larger than
 * memory: only one entry is held, or of each only what is wanted.
 *
 * The cutter looks at brackets, strings and member names. Whether an entry is
 * valid JSON, and has what it should, shows when its text is read
 * (har/request.h, har/exchange.h). Pure.
 */
#ifndef GATHER_HAR_CUTTER_H
#define GATHER_HAR_CUTTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What of an entry is cut out. */
enum har_part {
	HAR_REQUESTS, /* only its member "request" */
	HAR_ENTRIES   /* all of it */
};

/* Which exchange of a run an entry is, as archives of this program say it with
 * "_n", "_k", "_page", "_attempt" and "_hop": larger ones are UINT32_MAX; 0
 * where the entry does not say it in digits. */
struct har_place {
	uint64_t n;
	uint32_t k, page, attempt, hop;
};

/* What was cut out. */
struct har_piece {
	char *text; /* borrowed until the next call, NUL-terminated; may be
	             * changed; empty: the entry has no such member */
	size_t len;
	uint64_t number; /* of the entry, from 1 */
	uint64_t line;   /* where it begins, from 1 */
	uint64_t offset; /* of the text from the first byte of the archive */
	struct har_place place;
	bool too_long; /* than the limit; the text was dropped */
};

struct har_cutter;

/* A cutter for one archive. A part that takes more than `max` bytes is not
 * kept. Never fails. */
struct har_cutter *har_cutter_new(enum har_part, size_t max);
/* NULL is fine. */
void har_cutter_free(struct har_cutter *);

enum har_cut {
	HAR_CUT_PIECE, /* *out is the next one; go on with the same bytes */
	HAR_CUT_MORE,  /* the bytes are used up */
	HAR_CUT_BAD    /* it is no archive from here on (har_cutter_problem) */
};

/* Go on with the *len bytes at *at; both are moved behind what was read. */
enum har_cut har_cutter_feed(
    struct har_cutter *, const char **at, size_t *len, struct har_piece *out);
/* Is the archive over? Only blanks may follow. */
bool har_cutter_is_over(const struct har_cutter *);
/* Why the archive is bad; asked for at the end of its text, why it is not
 * whole. NULL: nothing is wrong. Borrowed. */
const char *har_cutter_problem(struct har_cutter *);
/* The line that the cutter has come to, from 1. */
uint64_t har_cutter_line(const struct har_cutter *);

enum har_guess {
	HAR_NO,
	HAR_YES,
	HAR_UNDECIDED /* more of the text would tell */
};

/* Is a text that begins like this an archive: an object whose member "log" is
 * an object? A byte order mark may stand in front of it. */
enum har_guess har_guess(const char *text, size_t len);

#endif
