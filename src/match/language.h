/*
 * A language of expressions: what compiles them, reads a text for them and
 * applies them to it. For match.c and the languages, not for those who match.
 *
 * An expression and a document are the language's own: void pointers.
 */
#ifndef GATHER_MATCH_LANGUAGE_H
#define GATHER_MATCH_LANGUAGE_H

#include "match/match.h"

/* A text to be read. */
struct match_input {
	const char *bytes;
	size_t len;
	const char *content_type; /* as the server named it; or NULL */
};

/* Why it cannot be read or matched, as a record says it. */
struct match_problem {
	enum error_class class;
	const char *reason; /* static */
	char message[256];
};

struct language {
	const char *default_name; /* of an expression that names nothing */

	/* NULL: *column (from 1, in characters) says where it is wrong, and
	 * *why in which way (caller frees). 0: what compiles it is missing. */
	void *(*compile)(const char *text, size_t *column, char **why);
	void (*expression_free)(void *expression);
	/* Can it give one value at most? */
	bool (*is_singular)(const void *expression);
	/* What it names last. Borrowed; NULL: nothing. */
	const char *(*name)(const void *expression);

	/* What a text is read into, and read again. */
	void *(*document_new)(void);
	void (*document_free)(void *document);
	/* The text must live as long as what is found in it. */
	int (*read)(
	    void *document, const struct match_input *, struct match_problem *);
	/* Append what is found. -1: it cannot be told. */
	int (*apply)(const void *expression, void *document, struct matches *,
	    struct match_problem *);
	/* All is found; NULL: what was read takes no memory to speak of. */
	void (*forget)(void *document);
};

extern const struct language language_json;
extern const struct language language_xpath;

#endif
