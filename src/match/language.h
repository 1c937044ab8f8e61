/*
 * A language of expressions: what compiles them, reads a text for them and
 * applies them to it. Each language is a row of functions, in language_NAME.c,
 * which match.c calls; those who match see match.h only.
 *
 * An expression and a document are the language's own, so they are void
 * pointers here.
 */
#ifndef GATHER_MATCH_LANGUAGE_H
#define GATHER_MATCH_LANGUAGE_H

#include "match/match.h"

/* A text to be read, borrowed. */
struct match_input {
	const char *bytes;
	size_t len;
	const char *content_type; /* as the server named it; or NULL */
};

/* Why a text cannot be read or matched, in the words of a record. */
struct match_problem {
	enum error_class class;
	const char *reason; /* static */
	char message[256];
};

/* The functions of a language. */
struct language {
	/* The name of an expression that names nothing itself. */
	const char *default_name;

	/* Compile an expression. NULL: *column (from 1, in characters) says
	 * where it is wrong, and *why in which way (caller frees). Column 0:
	 * the library that compiles it is missing. */
	void *(*compile)(const char *text, size_t *column, char **why);
	void (*expression_free)(void *expression);
	/* Can the expression find one value at most? */
	bool (*is_singular)(const void *expression);
	/* The last member or element that the expression names; NULL if it
	 * names none. Borrowed. */
	const char *(*name)(const void *expression);

	/* An empty document, into which one text after the other is read. */
	void *(*document_new)(void);
	void (*document_free)(void *document);
	/* Read a text in place of the one before. It must live as long as what
	 * is found in it. -1 with the problem set. */
	int (*read)(
	    void *document, const struct match_input *, struct match_problem *);
	/* Let what was found in the document stand for all of it; NULL: for all
	 * of it again. No function: the language has no such thing. */
	void (*enter)(void *document, const struct json_span *match);
	/* Append what the expression finds. -1 with the problem set. */
	int (*apply)(const void *expression, void *document, struct matches *,
	    struct match_problem *);
	/* Append, for a message, what is in the document where the expression,
	 * whose text is given and which finds nothing, stops. Returns how much
	 * that says; 0: nothing. */
	unsigned (*describe_gap)(const void *expression, const char *text,
	    void *document, struct buf *out);
	/* Give the memory of what was read back; NULL: there is little. */
	void (*forget)(void *document);
};

extern const struct language language_json;
extern const struct language language_xpath;

#endif
