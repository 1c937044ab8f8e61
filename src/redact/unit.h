/*
 * One character of a text, however it is written: percent-encoded up to three
 * times, or as an escape of JSON. Pure.
 */
#ifndef GATHER_REDACT_UNIT_H
#define GATHER_REDACT_UNIT_H

#include <stddef.h>

/* A character, however it is written. */
struct unit {
	char c;         /* decoded */
	unsigned depth; /* how often it is percent-encoded */
	size_t len;     /* bytes that it takes in the text */
};

/* Returns the character at `s`, which is before `end`. */
struct unit unit_decode(const char *s, const char *end);

/* As unit_decode; inline, as most characters stand for themselves. */
static inline struct unit
unit_at(const char *s, const char *end)
{
	return *s == '%' || *s == '\\' ? unit_decode(s, end)
	                               : (struct unit){.c = *s, .len = 1};
}

#endif
