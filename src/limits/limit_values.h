/*
 * The values of headers that name limits, in all the forms that servers are
 * known to send. What has none of these forms is not a value. Pure.
 */
#ifndef GATHER_LIMITS_LIMIT_VALUES_H
#define GATHER_LIMITS_LIMIT_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No wait is longer than this: 2^31 s, as RFC 9111 bounds them. */
#define LIMITS_MAX_US (INT64_C(2147483648) * 1000000)

/* The unit of a bare number, unless it is so large that it is a moment. */
enum limit_unit {
	LIMIT_S,
	LIMIT_WHOLE_S, /* any fraction, which should not be there, counts as 1
	                */
	LIMIT_MS
};

/* One of the values of a header, without blanks and parameters. Borrowed. */
struct limit_value {
	const char *text;
	size_t len;
	int64_t window_us; /* the parameter "w", sent in seconds; -1: none */
};

/* Set the next of the values at *text, which moves on; false at the end. Commas
 * separate them, but not the comma within a date. */
bool limit_value_next(const char **text, struct limit_value *);

/* A count: "100", or "0.0", whose fraction is dropped. -1: it is not a count.
 */
int64_t limit_count(const struct limit_value *);
/* "32/40" means that 32 of 40 are used: returns what is left, and sets *limit.
 * -1: it is not like that. */
int64_t limit_left_of_usage(const struct limit_value *, int64_t *limit);
/*
 * The time to go from `now_us`, since 1970: "30", "0.5" (of the unit; what is
 * too much for a wait is a moment since 1970, in s, ms, us or ns), "6m0s",
 * "20ms", one of the three dates of RFC 9110, 5.6.7, or one of RFC 3339, maybe
 * without its seconds or its zone. In the past: 0. Returns microseconds, at
 * most LIMITS_MAX_US, or -1: it is none of these.
 */
int64_t limit_wait_us(
    const struct limit_value *, enum limit_unit, int64_t now_us);
/* The microseconds since 1970 of a date of RFC 9110; -1: it is not such a date.
 */
int64_t limit_date_us(const char *text);

/*
 * The part of structured header fields (RFC 9651) that limits need: lists
 * and dictionaries of items with parameters. Members of other types (inner
 * lists, dates, display strings) are there, with nothing in them. A pull
 * parser over borrowed text.
 */
struct sfield {
	const char *at; /* what is left of the text */
	bool begun;     /* a member was read */
};

/* `"default"`, `limit=100`, `;r=50`: a name, a whole number, or both. */
struct sfield_pair {
	const char *name; /* a string's content (escapes as they are), a token,
	                   * a key; NULL: none */
	size_t name_len;
	const char
	    *text; /* of a key: a string or token as its value; or NULL */
	size_t text_len;
	int64_t number; /* 0 or more; -1: none */
	bool has_more;  /* a decimal: that and a fraction */
};

/* Read from the beginning of `text`, which is borrowed. */
void sfield_init(struct sfield *, const char *text);
/*
 * The next member; parameters of the one before that nobody asked for are
 * skipped. Returns 1, 0 at the end, or -1: malformed; then the whole field is
 * to be ignored (RFC 9651, 4.2), and read no further.
 */
int sfield_next(struct sfield *, struct sfield_pair *);
/* The next parameter of that member; returns as sfield_next. */
int sfield_next_param(struct sfield *, struct sfield_pair *);

#endif
