#include "config.h"

#include "follow/document.h"

#include <errno.h>
#include <string.h>

#include "base/xalloc.h"

int
document_read(struct json_doc *doc, struct result *r)
{
	struct json_error error;
	size_t len;
	const char *bytes = body_bytes(&r->body, &len);

	if (!bytes)
		failure_set(&r->failure, ERROR_LOCAL, "memory", 0,
		    "cannot read the spilled body: %s", strerror(errno));
	else if (len == 0)
		failure_set(&r->failure, ERROR_JSON, "empty", 0,
		    "the body is empty, so it is no JSON");
	else if (json_doc_scan(doc, bytes, len, &error))
		failure_set(&r->failure, ERROR_JSON, "syntax", 0,
		    "the body is no valid JSON: line %zu, column %zu: %s",
		    error.line, error.column, error.message);
	return result_ok(r) ? 0 : -1;
}

int
document_apply(const struct json_doc *doc, const struct json_path *path,
    struct json_spans *matches, struct result *r)
{
	struct json_error error;

	if (json_path_apply(path, doc, matches, &error) == 0)
		return 0;
	failure_set(&r->failure, ERROR_JSON, "path", 0, "%s", error.message);
	return -1;
}

struct json_path *
document_path(const char *option, const char *text, char **cause)
{
	struct json_error error;
	struct json_path *path = json_path_new(text, &error);

	if (!path)
		*cause = xasprintf("%s %s: column %zu: %s", option, text,
		    error.column, error.message);
	return path;
}
