/*
 * XPath's string functions pay steps for the text that they read: libxml2
 * counts a call as one step, be its text a word or a page of 9 MB.
 */
#ifndef GATHER_XML_STEPS_H
#define GATHER_XML_STEPS_H

#ifdef HAVE_LIBXML2

#include "xml/library.h"

enum {
	STEPS_FUNCTIONS = 12
};

/* libxml2's own functions, in the order of the table in steps.c. */
struct steps {
	const struct libxml *libxml;
	xmlXPathFunction functions[STEPS_FUNCTIONS];
};

/* From here on they pay in this context; `steps` is filled, and must outlive
 * it and all that is compiled in it, as must `libxml`. */
void steps_count(
    struct steps *, const struct libxml *libxml, xmlXPathContext *);

#endif

#endif
