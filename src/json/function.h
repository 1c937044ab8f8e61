/* The function extensions of filters (RFC 9535, 2.4). */
#ifndef GATHER_JSON_FUNCTION_H
#define GATHER_JSON_FUNCTION_H

#include <stddef.h>
#include <stdint.h>

#include "json/ast.h"
#include "json/regex.h"
#include "json/value.h"

struct json_function {
	const char *name;
	unsigned arity;
	enum json_result_type parameters[JSON_ARGUMENTS_MAX];
	enum json_result_type result;   /* LOGICAL: JSON_TRUE or JSON_FALSE */
	enum json_regex_extent pattern; /* of the second argument */
	/* Into *out, which is initialised. */
	void (*call)(struct json_eval *, const struct json_expr *call,
	    uint32_t node, struct json_value *out);
};

/* NULL: there is no such function. */
const struct json_function *json_function_find(const char *name, size_t len);
/* The value of an operand or an argument, where @ stands for `node`, into
 * *out, which is initialised. */
void json_expr_value(struct json_eval *, const struct json_expr *,
    uint32_t node, struct json_value *out);

#endif
