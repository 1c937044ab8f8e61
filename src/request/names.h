/*
 * The names in templates. A column of the request's row has precedence, then a
 * variable of the command line; "." is
 * the line of a list that fills the template, or the match that --then got, and
 * ".x" and other paths are members of it; every request has n, k, page, id,
 * host and path, and "#1" for what its first glob became.
 *
 * `struct names` says which names there are, as far as that is known before a
 * request is made, so that a typo is found before anything is fetched;
 * `struct request_values` says what they stand for in one request.
 */
#ifndef GATHER_REQUEST_NAMES_H
#define GATHER_REQUEST_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/strlist.h"
#include "base/strmap.h"
#include "request/request.h"
#include "request/template.h"

struct names {
	bool has_values;     /* {{.}} is a line of a list */
	bool has_members;    /* that line may be JSON, so {{.x}} may be in it */
	bool has_any;        /* any name may be there, which shows line by line:
	                      * in "vars" or in rows of NDJSON */
	bool has_any_column; /* the rows may have any columns: those of NDJSON,
	                      * or of --retry-from */
	const struct strlist *columns;     /* of --rows; borrowed; NULL: none */
	const struct variables *variables; /* --variable; borrowed; or NULL */
	size_t globs;                      /* "#1" to "#globs" are names */
	/* In --then: how many of {{.}} {{..}} {{...}} there are. 0: this is not
	 * --then, and ".." is JSONPath's. */
	unsigned levels;
};

/* May a template hold {{name}}? */
bool names_have(const struct names *, const char *name);
/* Could --variable give a value for that name? */
bool names_variable(const char *name);
/* Why a template cannot hold {{name}}, and the names that it can. Caller
 * frees. */
char *names_refuse(const struct names *, const char *name);
/* Append the names of the columns, for a message; where all of them are one,
 * because the table has semicolons between them, what to do about that. */
void names_add_columns(const struct strlist *columns, struct buf *out);
/* Append `text` with curl's "#1" as a name, "{{#1?}}". As in curl, the number
 * of a glob that does not exist is text. */
void names_add_globs(const struct names *, const char *text, struct buf *out);

/* Reused from one request to the next, so that each path is compiled once. */
struct request_values {
	const struct request *request;
	const char *value; /* what "." stands for; NULL: there is none */
	size_t value_len;
	/* Private: */
	struct json_doc *doc;
	bool scanned;        /* `doc` is about `value` */
	bool is_json;        /* if scanned: `value` is valid JSON */
	struct strmap paths; /* name -> struct json_path */
	struct buf text;     /* what was asked for last */
};

void request_values_init(struct request_values *);
void request_values_release(struct request_values *);
/* Have the names stand for `request` and its `value` of `len` bytes, which may
 * be NULL. Both are borrowed; a change of the request shows at once. */
void request_values_set(struct request_values *, const struct request *,
    const char *value, size_t len);
/* The values for template_expand. They hold a pointer to `v`. */
struct template_values request_values_of(struct request_values *v);

/* May every request have a value of this name: n, k, ..., "#1"? */
bool request_value_is_common(const char *name);
/* Is the name "." or a path into the value? */
bool request_value_is_path(const char *name);
/* The number of levels above the match that a path in --then looks: 1 for
 * "..id". */
unsigned request_value_levels_up(const char *name);

#endif
