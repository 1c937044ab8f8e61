/*
 * Characters of protocols: ASCII, whatever the locale says. The functions of
 * <ctype.h> follow the locale, and are undefined for negative chars.
 */
#ifndef GATHER_TEXT_ASCII_H
#define GATHER_TEXT_ASCII_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Returns the lower-case letter of a letter, else the character itself. */
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

/* Returns whether `c` is a blank or a tab. */
static inline bool
ascii_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Returns what isspace(3) says in the C locale. */
static inline bool
ascii_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Returns the value of a hexadecimal digit; -1: it is none. */
static inline int
ascii_hex_value(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Returns whether the `len` bytes at `text` are the word `word`, whatever the
 * case of their letters. */
static inline bool
ascii_is_word(const char *text, size_t len, const char *word)
{
	size_t i = 0;

	while (
	    i < len && word[i] && ascii_lower(text[i]) == ascii_lower(word[i]))
		i++;
	return i == len && !word[i];
}

/* Skip the white space around the *len bytes at `s`. Returns where the rest
 * begins, and sets *len to its length. */
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

/* Returns whether `c` can stand in a token (RFC 9110, 5.6.2). */
static inline bool
ascii_is_tchar(char c)
{
	return ascii_is_alnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

/* Returns whether all of a text is a token, as methods and names of headers
 * are.
 */
static inline bool
ascii_is_token(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!ascii_is_tchar(text[i]))
			return false;
	return len > 0;
}

#endif
