/* The public face of evaluation: matches as spans of the text. */
#include "config.h"

#include "json/path.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "json/path_eval.h"

struct collector {
	const struct json_doc *doc;
	struct json_spans *out;
};

static bool
see_match(void *arg, uint32_t node)
{
	struct collector *c = arg;

	json_spans_add(c->out, json_span_at(c->doc, node));
	return !json_spans_too_many(c->out);
}

int
json_path_apply(const struct json_path *path, const struct json_doc *doc,
    struct json_spans *out, struct json_error *error)
{
	struct collector c = {.doc = doc, .out = out};
	size_t before = out->len;
	struct json_eval eval;
	const char *stopped;

	if (doc->tape_len == 0)
		return 0;
	json_eval_init(&eval, path, doc);
	json_query_visit(
	    &eval, &path->query, 0, (struct json_visitor){see_match, &c});
	stopped = json_spans_too_many(out) ? "it finds too much" : eval.stopped;
	json_eval_release(&eval);
	if (!stopped)
		return 0;
	out->len = before;
	*error = (struct json_error){.line = 1, .column = 1};
	snprintf(error->message, sizeof(error->message), "%s", stopped);
	return -1;
}

void
json_spans_add(struct json_spans *spans, struct json_span span)
{
	if (spans->len == spans->cap) {
		spans->cap = 2 * spans->cap + 8;
		spans->items = xreallocarray(
		    spans->items, spans->cap, sizeof(*spans->items));
	}
	spans->items[spans->len++] = span;
	spans->size += json_span_cost(&span);
}

void
json_spans_clear(struct json_spans *spans)
{
	spans->len = 0;
	spans->size = 0;
}

void
json_spans_release(struct json_spans *spans)
{
	free(spans->items);
	*spans = (struct json_spans){0};
}
