#include "config.h"

#include "json/path_eval.h"
#include "json/path_parse.h"

struct json_expr *
json_parse_filter(struct json_parser *p)
{
	json_parse_fail(p, p->at, "filters are not supported yet");
	return NULL;
}

bool
json_filter_test(
    struct json_eval *eval, const struct json_expr *filter, uint32_t node)
{
	(void)eval;
	(void)filter;
	(void)node;
	return false;
}
