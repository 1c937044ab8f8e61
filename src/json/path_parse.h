/* The parsers of segments and of filters, which need each other. */
#ifndef GATHER_JSON_PATH_PARSE_H
#define GATHER_JSON_PATH_PARSE_H

#include "json/ast.h"
#include "json/path_lex.h"

/* As many segments as there are, possibly none, into `query`, which says
 * then whether it is singular. 0 or -1. */
int json_parse_segments(struct json_parser *, struct json_query *query);
/* What follows the `?` of a filter selector. NULL on an error. */
struct json_expr *json_parse_filter(struct json_parser *);
/* A whole JSON Pointer. 0 or -1. */
int json_parse_pointer(struct json_parser *, struct json_query *query);

#endif
