/* Where a path that matches nothing stops: the longest part of it, from its
 * start, that matches something, and what is there. */
#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "base/pool.h"
#include "json/path_eval.h"
#include "text/ascii.h"
#include "text/utf8.h"

enum {
	NAMES_SHOWN = 10,  /* members, in a message */
	NAME_SHOWN = 40,   /* bytes of the name of each */
	PREFIX_SHOWN = 100 /* bytes of the part of the path */
};

/* The node to be described: the first object among the matches, since it has
 * members to choose from; else the first match. */
struct candidate {
	const struct json_doc *doc;
	bool found;
	uint32_t node;
};

static bool
on_candidate(void *arg, uint32_t node)
{
	struct candidate *c = arg;
	bool is_object = json_first(c->doc, node) == '{';

	if (!c->found || is_object)
		c->node = node;
	c->found = true;
	return !is_object;
}

/* The part of the path that matches: the first `len` bytes of its text. */
struct prefix {
	const char *text;
	size_t len;
};

/* Copy the segments of a query up to `last`, which is included. */
static struct json_query
cut_query(const struct json_query *query, const struct json_segment *last,
    struct pool *pool)
{
	struct json_query cut = *query;
	struct json_segment **tail = &cut.segments;

	for (const struct json_segment *s = query->segments;; s = s->next) {
		*tail = pool_alloc(pool, sizeof(**tail));
		**tail = *s;
		tail = &(*tail)->next;
		if (s == last)
			break;
	}
	*tail = NULL;
	return cut;
}

/* Does the part of the path up to `last` match anything? Then *node is it. */
static bool
reaches(struct json_eval *eval, const struct json_query *query,
    const struct json_segment *last, uint32_t *node)
{
	struct candidate c = {.doc = eval->doc};
	struct json_query cut;
	struct pool pool;

	pool_init(&pool);
	cut = cut_query(query, last, &pool);
	json_query_visit(eval, &cut, eval->doc->root,
	    (struct json_visitor){on_candidate, &c});
	pool_release(&pool);
	*node = c.node;
	return c.found && !eval->stopped;
}

/* Append at most `max` bytes of a text. */
static void
add_cut(struct buf *out, const char *s, size_t len, size_t max)
{
	size_t shown = utf8_cut(s, len, max);

	buf_add(out, s, shown);
	if (shown < len)
		buf_adds(out, "\xE2\x80\xA6");
}

/* Is it a name that needs no quotes in a list of names? */
static bool
is_plain(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!ascii_is_alnum(s[i]) && s[i] != '_' && s[i] != '-')
			return false;
	return len > 0;
}

/* Append the name at a token as it is written; with its quotes where it is no
 * plain word, so that it cannot look like several. */
static void
add_name(struct buf *out, struct json_span name)
{
	if (is_plain(name.start + 1, name.len - 2)) {
		add_cut(out, name.start + 1, name.len - 2, NAME_SHOWN);
		return;
	}
	buf_addc(out, '"');
	add_cut(out, name.start + 1, name.len - 2, NAME_SHOWN);
	buf_addc(out, '"');
}

/* Append the names of the members of an object. */
static void
add_names(struct buf *out, const struct json_doc *doc, uint32_t object)
{
	uint32_t close = json_close(doc, object);
	unsigned count = 0;

	for (uint32_t at = json_inside(object); at < close;
	     at = json_after(doc, at + 1)) {
		buf_adds(out, count ? ", " : "");
		if (count++ == NAMES_SHOWN) {
			buf_adds(out, "...");
			return;
		}
		add_name(out, json_span_at(doc, at));
	}
}

/* The type of a value without members, for a message. */
static const char *
type_name(const struct json_doc *doc, uint32_t node)
{
	switch (json_first(doc, node)) {
	case '{': return "an empty object";
	case '[':
		return json_count_children(doc, node) ? "an array"
		                                      : "an empty array";
	case '"': return "a string";
	case 't': return "true";
	case 'f': return "false";
	case 'n': return "null";
	default: return "a number";
	}
}

static bool
has_members(const struct json_doc *doc, uint32_t node)
{
	return json_first(doc, node) == '{' &&
	       json_inside(node) < json_close(doc, node);
}

/* Append what a node is that has no members itself. Returns whether elements
 * of it have some. */
static bool
add_other(struct buf *out, const struct json_doc *doc, uint32_t node,
    const struct prefix *prefix)
{
	uint32_t first = json_inside(node);

	if (prefix->len)
		add_cut(out, prefix->text, prefix->len, PREFIX_SHOWN);
	else
		buf_adds(out, "there");
	buf_addf(out, " is %s", type_name(doc, node));
	if (json_first(doc, node) != '[' ||
	    json_count_children(doc, node) == 0 || !has_members(doc, first))
		return false;
	buf_adds(out, "; its elements have ");
	add_names(out, doc, first);
	return true;
}

/* Append what is at `node`, where the path stops. Returns whether there are
 * members to choose from. */
static bool
describe(struct buf *out, const struct json_doc *doc, uint32_t node,
    const struct prefix *prefix)
{
	if (!has_members(doc, node))
		return add_other(out, doc, node, prefix);
	if (prefix->len) {
		buf_adds(out, "the members of ");
		add_cut(out, prefix->text, prefix->len, PREFIX_SHOWN);
		buf_adds(out, " are ");
	} else {
		buf_adds(out, "the members there are ");
	}
	add_names(out, doc, node);
	return true;
}

unsigned
json_path_describe_gap(const struct json_path *path, const char *text,
    const struct json_doc *doc, struct buf *out)
{
	struct prefix prefix = {.text = text};
	struct json_eval eval;
	uint32_t node = doc->root, next;
	unsigned depth = 0;

	if (doc->tape_len == 0)
		return 0;
	json_eval_init(&eval, path, doc);
	for (const struct json_segment *s = path->query.segments;
	     s && reaches(&eval, &path->query, s, &next); s = s->next) {
		node = next;
		prefix.len = s->end;
		depth++;
	}
	json_eval_release(&eval);
	return 2 * depth + 1 + describe(out, doc, node, &prefix);
}
