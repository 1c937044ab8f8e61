/*
 * What the names in templates stand for: "." the value of a list's line, ".x"
 * and other paths a member of it, then the columns of a row, then what every
 * request has: n k page id host path, and "#1" for what a glob became.
 *
 * `struct names` says which of them there are, as far as that is known before
 * a request is made, so that a typo is found before anything is fetched;
 * `struct request_values` says what they are for one request.
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

struct request_values {
	const struct request *request;
	const char *value; /* NULL: there is none */
	size_t value_len;
	/* The rest is its own. */
	struct json_doc *doc;
	bool scanned; /* doc is about `value` */
	bool is_json;
	struct strmap paths; /* name -> struct json_path */
	struct buf text;
};

void request_values_init(struct request_values *);
void request_values_release(struct request_values *);
/* Both are borrowed; a request that changes is asked anew each time. */
void request_values_set(struct request_values *, const struct request *,
    const char *value, size_t len);
struct template_values request_values_of(struct request_values *);

/* Does every request have a value of this name? */
bool request_value_is_common(const char *name);
/* Is it "." or a path into the value? */
bool request_value_is_path(const char *name);
/* Of a path in --then: how far above the match it looks, "..id" one up. */
unsigned request_value_levels_up(const char *name);

#endif
