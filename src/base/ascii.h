/* Characters of protocols: ASCII, whatever the locale says. */
#ifndef GATHER_BASE_ASCII_H
#define GATHER_BASE_ASCII_H

#include <stdbool.h>

static inline char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static inline bool
ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
ascii_is_alpha(char c)
{
	return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

static inline bool
ascii_is_alnum(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c);
}

/* Blank or tab. */
static inline bool
ascii_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

#endif
