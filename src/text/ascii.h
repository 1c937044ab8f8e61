/* Characters of protocols: ASCII, whatever the locale says. */
#ifndef GATHER_TEXT_ASCII_H
#define GATHER_TEXT_ASCII_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

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

/* What isspace(3) says without a locale. */
static inline bool
ascii_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Are the `len` bytes at `text` the word `word`, whatever the case? */
static inline bool
ascii_is_word(const char *text, size_t len, const char *word)
{
	size_t i = 0;

	while (
	    i < len && word[i] && ascii_lower(text[i]) == ascii_lower(word[i]))
		i++;
	return i == len && !word[i];
}

/* Without the space around it: where it begins, and *len is what is left. */
static inline const char *
ascii_trim(const char *s, size_t *len)
{
	while (*len && ascii_is_space(*s)) {
		s++;
		--*len;
	}
	while (*len && ascii_is_space(s[*len - 1]))
		--*len;
	return s;
}

/* Of a token (RFC 9110, 5.6.2). */
static inline bool
ascii_is_tchar(char c)
{
	return ascii_is_alnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

/* Is all of it a token: a method, a header's name? */
static inline bool
ascii_is_token(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!ascii_is_tchar(text[i]))
			return false;
	return len > 0;
}

#endif
