/* The values that filters compare (RFC 9535, 2.3.5.2.2). */
#ifndef GATHER_JSON_VALUE_H
#define GATHER_JSON_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "json/ast.h"
#include "json/path_eval.h"

enum json_type {
	JSON_NOTHING, /* no value at all, which is not null */
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

/* Stays where it was initialised: `text` may point into it. */
struct json_value {
	enum json_type type;
	uint32_t node;         /* ARRAY, OBJECT */
	struct json_text text; /* NUMBER: as written; STRING: decoded */
	struct buf decoded;    /* owned; text of a string with escapes */
	char digits[24];       /* text of a count */
};

/* Nothing. */
void json_value_init(struct json_value *);
void json_value_release(struct json_value *);

/* All of these replace what was there. Texts are borrowed. Loading a long
 * text costs steps. */
void json_value_load(struct json_value *, struct json_eval *, uint32_t node);
void json_value_set_literal(struct json_value *, struct json_text text);
void json_value_set_string(struct json_value *, struct json_text text);
void json_value_set_count(struct json_value *, size_t n);
void json_value_set_logical(struct json_value *, bool b);

/* Deep; arrays and objects are of `eval`'s document. Objects are compared
 * without regard to order, and of equal names by the last. */
bool json_value_equal(struct json_eval *eval, const struct json_value *a,
    const struct json_value *b);
/* Numbers by value, strings by code points; else false. */
bool json_value_less(const struct json_value *a, const struct json_value *b);

#endif
