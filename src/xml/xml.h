/*
 * XPath 1.0 over HTML and XML, by libxml2.
 *
 * HTML is read as it comes, with whatever mistakes; XML must be well-formed.
 * Nothing but the text at hand is ever read: no DTD, no external entity, no
 * file, no network; and entities that a document declares are not expanded. A
 * default namespace does not count: its elements are found by their names, as
 * in HTML. Prefixes are not supported: name()='p:NAME' tells such elements
 * apart.
 */
#ifndef GATHER_XML_XML_H
#define GATHER_XML_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strlist.h"

/* Was this program built with libxml2? If not, or where libxml2 is not
 * installed, no expression compiles, and xml_path_new says what to install. */
bool xml_available(void);

/* Kinds of problems with a document or an expression. */
enum xml_problem {
	XML_PROBLEM_SYNTAX, /* the XML is not well-formed; with line, column */
	XML_PROBLEM_TYPE,   /* by its content type it is neither HTML nor XML */
	XML_PROBLEM_SIZE,   /* the document is too deep or has too many nodes */
	XML_PROBLEM_PATH,   /* the expression is wrong, or libxml2 missing */
	XML_PROBLEM_STEPS,  /* the expression takes too long */
	XML_PROBLEM_MEMORY
};

/* A problem, and where it is. */
struct xml_error {
	enum xml_problem problem;
	size_t line;   /* from 1 */
	size_t column; /* from 1, in expressions by characters; 0: libxml2 is
	                * missing, whatever the expression */
	char message[192];
};

/* A compiled expression, to be applied by one thread at a time. */
struct xml_path;
/* Compile an expression. NULL with *error set: it is malformed, or libxml2 is
 * missing (column 0). */
struct xml_path *xml_path_new(const char *text, struct xml_error *error);
/* NULL is fine. */
void xml_path_free(struct xml_path *);
/* Is its value a string, a number or a boolean, rather than a set of nodes? */
bool xml_path_is_singular(const struct xml_path *);
/* The last element or attribute that it names outside of predicates, from which
 * a column is named; NULL if there is none. Borrowed. */
const char *xml_path_last_name(const struct xml_path *);

/* A document that was read. */
struct xml_doc;
struct xml_doc *xml_doc_new(void); /* reusable: reading replaces it */
/* NULL is fine. */
void xml_doc_free(struct xml_doc *);

/* A text to be read, borrowed. */
struct xml_input {
	const char *bytes;
	size_t len;
	const char *content_type; /* as the server named it; NULL: HTML */
};

/* Forget what was read, to save memory: a tree takes many times as much as its
 * text. */
void xml_doc_clear(struct xml_doc *);
/* Read a text in place of the one before; nothing of it is kept. -1 with *error
 * set: it cannot be read. Only to be called once an expression was compiled,
 * which shows that libxml2 is there. */
int xml_doc_read(
    struct xml_doc *, const struct xml_input *, struct xml_error *error);

/* Add the names of the elements of a document, each once, in the order of their
 * first appearance among its first 10,000 nodes; `max` at most. */
void xml_doc_add_names(
    const struct xml_doc *, struct strlist *names, size_t max);

enum xml_value_type {
	XML_VALUE_TEXT,
	XML_VALUE_NUMBER, /* may be NaN or infinite */
	XML_VALUE_TRUTH
};

/* A value that an expression found: `type` says which member holds it. */
struct xml_value {
	enum xml_value_type type;
	const char *text; /* UTF-8, a node's text content or attribute's value;
	                     borrowed for the time of the call */
	double number;
	bool truth;
};

/* Who is told of values. on_value returns false if it wants no more. */
struct xml_viewer {
	bool (*on_value)(void *arg, const struct xml_value *);
	void *arg;
};

/* Apply an expression to a document, and show each value, nodes in the order of
 * the document. -1 with *error set: it takes too many steps, or is wrong in a
 * way that only shows when it is applied. */
int xml_path_apply(const struct xml_path *, const struct xml_doc *,
    const struct xml_viewer *, struct xml_error *error);

#endif
