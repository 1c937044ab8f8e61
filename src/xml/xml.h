/*
 * XPath 1.0 over HTML and XML, by libxml2.
 *
 * HTML is read as it comes, with whatever mistakes; XML must be well-formed.
 * Nothing but the text at hand is ever read: no DTD, no external entity, no
 * file, no network; and entities that a document declares are not expanded.
 * A default namespace does not count: its elements are found by their names,
 * as in HTML. Prefixes mean nothing: name()='p:NAME' tells such elements apart.
 */
#ifndef GATHER_XML_XML_H
#define GATHER_XML_XML_H

#include <stdbool.h>
#include <stddef.h>

/* Was it built with libxml2? If not, or where libxml2 is not installed, nothing
 * compiles, and xml_path_new says what to install. */
bool xml_available(void);

enum xml_problem {
	XML_PROBLEM_SYNTAX, /* no well-formed XML; line and column are set */
	XML_PROBLEM_TYPE,   /* by its content type it is neither HTML nor XML */
	XML_PROBLEM_SIZE,   /* too deep, or too much of it */
	XML_PROBLEM_PATH,   /* the expression is wrong; or libxml2 is missing */
	XML_PROBLEM_STEPS,  /* the expression takes too long */
	XML_PROBLEM_MEMORY
};

struct xml_error {
	enum xml_problem problem;
	size_t line;   /* from 1 */
	size_t column; /* from 1; of expressions in characters; 0: there is no
	                * libxml2, whatever the expression */
	char message[192];
};

/* A compiled expression. */
struct xml_path;
/* NULL on a bad one, with error->column, or without libxml2. */
struct xml_path *xml_path_new(const char *text, struct xml_error *error);
void xml_path_free(struct xml_path *);
/* Is it a string, a number or a boolean, not a set of nodes? */
bool xml_path_is_singular(const struct xml_path *);
/* The last element or attribute that it names outside of predicates; NULL:
 * none. Borrowed. */
const char *xml_path_last_name(const struct xml_path *);

/* What was read. */
struct xml_doc;
struct xml_doc *xml_doc_new(void); /* reusable: reading replaces it */
void xml_doc_free(struct xml_doc *);

struct xml_input {
	const char *bytes;
	size_t len;
	const char *content_type; /* as the server named it; NULL: HTML */
};

/* Forget what was read, to save memory. */
void xml_doc_clear(struct xml_doc *);
/* Nothing of the input is kept. -1: it cannot be read, and why. Only for an
 * expression that was compiled, which shows that libxml2 is there. */
int xml_doc_read(
    struct xml_doc *, const struct xml_input *, struct xml_error *error);

enum xml_value_type {
	XML_VALUE_TEXT,
	XML_VALUE_NUMBER, /* may be NaN or infinite */
	XML_VALUE_TRUTH
};

struct xml_value {
	enum xml_value_type type;
	const char *text; /* UTF-8, a node's text content or attribute's value;
	                     borrowed for the time of the call */
	double number;
	bool truth;
};

/* Whom values are shown to. `see` returns false for: no more, please. */
struct xml_viewer {
	bool (*on_value)(void *arg, const struct xml_value *);
	void *arg;
};

/* Show each value, nodes in the order of the document. -1: the expression
 * takes too long, or something in it is wrong that only shows when it is
 * applied. */
int xml_path_apply(const struct xml_path *, const struct xml_doc *,
    const struct xml_viewer *, struct xml_error *error);

#endif
