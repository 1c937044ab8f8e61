/*
 * What can be seen in the text of an XPath expression without compiling it.
 * libxml2 finds an unknown function only where it is called, page by page.
 */
#ifndef GATHER_XML_EXPRESSION_H
#define GATHER_XML_EXPRESSION_H

#include <stddef.h>

/* The last element or attribute that is named outside of predicates. NULL:
 * none. Caller frees. */
char *expression_last_name(const char *text);

/* Where a function stands that XPath 1.0 does not have; *len is its length.
 * NULL: there is none. */
const char *expression_unknown_function(const char *text, size_t *len);

/* The function of XPath with the most similar name, or NULL. Static. */
const char *expression_similar_function(const char *name);

#endif
