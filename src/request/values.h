/*
 * What the names in a request's templates stand for: "." its value, ".x" and
 * other paths a member of it, then the columns of its row, then what every
 * request has: n k page id host path, and "#1" for what a glob became.
 */
#ifndef GATHER_REQUEST_VALUES_H
#define GATHER_REQUEST_VALUES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/strmap.h"
#include "request/request.h"
#include "request/template.h"

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
