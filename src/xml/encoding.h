/* The encodings of the web with all their labels, from the Encoding Standard of
 * the WHATWG, 4.2. A label that it does not have is no charset, even where
 * iconv(3) knows it: what a stranger names must not choose which of its hundred
 * modules are loaded and run. */
#ifndef GATHER_XML_ENCODING_H
#define GATHER_XML_ENCODING_H

#include <stddef.h>

/* How an encoding is decoded. */
enum encoding_kind {
	ENCODING_UTF8,
	ENCODING_UTF16,        /* errors are skipped by two bytes */
	ENCODING_BYTES,        /* a character is a byte */
	ENCODING_MULTIBYTE,    /* a character is one or more bytes */
	ENCODING_USER_DEFINED, /* x-user-defined */
	ENCODING_REPLACEMENT   /* rejected by the standard as dangerous */
};

/* A row of the table. */
struct encoding {
	enum encoding_kind kind;
	const char *name;   /* as iconv(3) knows it; NULL: it does not */
	const char *labels; /* in lower case, with a blank around each */
};

/* The encoding with a label, in any case and with blanks around it or not; NULL
 * if there is none. Static. */
const struct encoding *encoding_of_label(const char *label, size_t len);

#endif
