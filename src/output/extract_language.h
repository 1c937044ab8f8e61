/*
 * A language of extraction: what compiles its expressions and applies them
 * to a body. For extract.c and the languages, not for those who extract.
 *
 * An expression and a document are the language's own: void pointers.
 */
#ifndef GATHER_OUTPUT_EXTRACT_LANGUAGE_H
#define GATHER_OUTPUT_EXTRACT_LANGUAGE_H

#include "output/extract.h"

struct language {
	const char *option;       /* "-j", for messages */
	const char *default_name; /* of a column whose expression has none */

	/* NULL: *column (from 1, in bytes) says where it is wrong, and *why
	 * in which way (caller frees). */
	void *(*compile)(const char *text, size_t *column, char **why);
	void (*expression_free)(void *expression);
	/* Can it give one value at most? */
	bool (*is_singular)(const void *expression);
	/* The NAME of its column. Borrowed; NULL: it has none. */
	const char *(*name)(const void *expression);

	/* What a body is read into, and read again. */
	void *(*document_new)(void);
	void (*document_free)(void *document);
	/* Read the body of `r`; it must live as long as what is found in it.
	 * -1: `r` has become a failure. */
	int (*read)(void *document, struct result *r);
	/* Append what `expression` finds to the column, which is empty. -1:
	 * `r` has become a failure. */
	int (*apply)(const void *expression, void *document, struct column *,
	    struct result *r);
	/* All is found; NULL: what was read takes no memory to speak of. */
	void (*forget)(void *document);
};

extern const struct language language_json;  /* -j */
extern const struct language language_xpath; /* --xpath */

/* The body, for language.read. NULL: `r` has become a failure. */
const char *extract_body(struct result *r, size_t *len);

#endif
