/*
 * The names that templates may hold, as far as they are known before a
 * request is made: a typo is told before anything is fetched.
 */
#ifndef GATHER_REQUEST_NAMES_H
#define GATHER_REQUEST_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/strlist.h"

struct names {
	bool has_values;  /* {{.}} is a line of a list ... */
	bool has_members; /* ... and {{.x}} may be in it, which may be JSON */
	bool has_any;     /* what there is shows line by line: "vars", NDJSON */
	const struct strlist *columns; /* of --rows; borrowed; NULL: none */
	size_t globs;                  /* "#1" to "#globs" */
	/* Of --then: how many of {{.}} {{..}} {{...}} there are; 0: paths are
	 * about the line, and ".." is JSONPath's. */
	unsigned levels;
};

bool names_have(const struct names *, const char *name);
/* "nothing is named {{name}}; the columns are ...". Caller frees. */
char *names_refuse(const struct names *, const char *name);
/* Append `text` with curl's "#1" as a name, "{{#1?}}". As in curl a number
 * that no glob has is text. */
void names_add_globs(const struct names *, const char *text, struct buf *out);

#endif
