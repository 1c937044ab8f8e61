/*
 * The encodings of the web and all their labels: the WHATWG's Encoding
 * Standard, 4.2. A label of none of them is no charset, although iconv(3) may
 * know it: what a stranger names must not choose which of its hundred modules
 * are loaded and run.
 */
#ifndef GATHER_XML_ENCODING_H
#define GATHER_XML_ENCODING_H

#include <stddef.h>

enum encoding_kind {
	ENCODING_UTF8,
	ENCODING_UTF16,        /* what is wrong is wrong by two bytes */
	ENCODING_BYTES,        /* a character is a byte */
	ENCODING_MULTIBYTE,    /* ... or several */
	ENCODING_USER_DEFINED, /* x-user-defined */
	ENCODING_REPLACEMENT   /* too dangerous to be read */
};

struct encoding {
	enum encoding_kind kind;
	const char *name;   /* iconv's; NULL: it has none */
	const char *labels; /* in lower case, with a blank around each */
};

/* Of a label in any case, with blanks around it or not; NULL: there is none. */
const struct encoding *encoding_of_label(const char *label, size_t len);

#endif
