/*
 * Looking members up: by a walk at first, then in sorted names. Sorting needs
 * no hash, which a server could choose names against. Names with escapes are
 * not sorted: they are rare, and each would need its text decoded.
 */
#include "config.h"

#include "json/members.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "json/path_eval.h"
#include "json/string.h"

enum {
	OBJECTS = 8,    /* that are known at a time */
	WALKS_MAX = 32, /* of one object; sorting costs about as much */
	ESCAPED_MAX = 8 /* names with escapes in an object that is sorted */
};

/* A name without escapes, in the text. */
struct name {
	const char *bytes;
	uint32_t len;
	uint32_t token; /* on the tape */
};

/* What is known of an object. */
struct object {
	uint32_t node;
	unsigned walks;     /* over it; 0: this is about no object */
	struct name *names; /* owned: sorted; NULL: they are not */
	size_t len;
	uint32_t escaped[ESCAPED_MAX]; /* tokens of the other names */
	unsigned escaped_len;
};

struct json_members {
	struct object objects[OBJECTS]; /* by the last bits of the node */
};

struct json_members *
json_members_new(void)
{
	return xcalloc(1, sizeof(struct json_members));
}

void
json_members_forget(struct json_members *m)
{
	for (size_t i = 0; i < OBJECTS; i++) {
		free(m->objects[i].names);
		m->objects[i].names = NULL;
		m->objects[i].walks = 0;
	}
}

void
json_members_free(struct json_members *m)
{
	if (!m)
		return;
	json_members_forget(m);
	free(m);
}

/* Is the member name at `token` equal to `name`? A name with escapes is decoded
 * first, which costs steps. */
static bool
is_named(struct json_eval *eval, uint32_t token, struct json_text name)
{
	struct json_span span = json_span_at(eval->doc, token);

	if (!json_has_escapes(eval->doc, token))
		return span.len == name.len + 2 &&
		       memcmp(span.start + 1, name.bytes, name.len) == 0;
	json_spend(eval, span.len / JSON_BYTES_PER_STEP);
	buf_clear(&eval->name);
	json_string_decode(&eval->name, span.start, span.len);
	return eval->name.len == name.len &&
	       memcmp(eval->name.data, name.bytes, name.len) == 0;
}

/* Look at all members. */
static uint32_t
walk(struct json_eval *eval, uint32_t object, struct json_text name)
{
	const struct json_doc *doc = eval->doc;
	uint64_t cost = 1 + name.len / JSON_BYTES_PER_STEP;
	uint32_t found = JSON_NO_NODE, close = json_close(doc, object);

	for (uint32_t at = json_inside(object); at < close;
	     at = json_after(doc, at + 1)) {
		if (!json_spend(eval, cost))
			return JSON_NO_NODE;
		if (is_named(eval, at, name))
			found = at + 1;
	}
	return found;
}

static int
compare_bytes(const struct name *a, const struct name *b)
{
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return memcmp(a->bytes, b->bytes, a->len);
}

/* For qsort. Equal names stay in the order of the text. */
static int
compare_names(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int order = compare_bytes(x, y);

	return order ? order : (x->token > y->token) - (x->token < y->token);
}

/* Note the name at `token`. False if there are too many with escapes. */
static bool
note_name(struct object *o, const struct json_doc *doc, uint32_t token)
{
	struct json_span span;

	if (json_has_escapes(doc, token)) {
		if (o->escaped_len == ESCAPED_MAX)
			return false;
		o->escaped[o->escaped_len++] = token;
		return true;
	}
	span = json_span_at(doc, token);
	o->names[o->len++] = (struct name){
	    .bytes = span.start + 1,
	    .len = (uint32_t)span.len - 2,
	    .token = token,
	};
	return true;
}

/* Sort the names of an object. False if they cannot be, or the budget is used
 * up. */
static bool
sort_names(struct json_eval *eval, struct object *o)
{
	const struct json_doc *doc = eval->doc;
	size_t count = json_count_children(doc, o->node);
	uint32_t close = json_close(doc, o->node);

	if (!json_spend(eval, 2 * count))
		return false;
	o->names = xcalloc(count + 1, sizeof(*o->names));
	o->len = 0;
	o->escaped_len = 0;
	for (uint32_t at = json_inside(o->node); at < close;
	     at = json_after(doc, at + 1)) {
		if (!note_name(o, doc, at)) {
			free(o->names);
			o->names = NULL;
			return false;
		}
	}
	qsort(o->names, o->len, sizeof(*o->names), compare_names);
	return true;
}

/* The last of the names with escapes that is `name`. */
static uint32_t
find_escaped(
    struct json_eval *eval, const struct object *o, struct json_text name)
{
	uint32_t found = JSON_NO_NODE;

	for (unsigned i = 0; i < o->escaped_len; i++)
		if (is_named(eval, o->escaped[i], name))
			found = o->escaped[i] + 1;
	return found;
}

/* Search the sorted names: `from` comes to be the first that is greater. */
static uint32_t
find(struct json_eval *eval, const struct object *o, struct json_text name)
{
	struct name wanted = {.bytes = name.bytes, .len = (uint32_t)name.len};
	uint32_t found = find_escaped(eval, o, name);
	size_t from = 0, to = o->len;

	if (name.len > UINT32_MAX ||
	    !json_spend(eval, 1 + name.len / JSON_BYTES_PER_STEP))
		return JSON_NO_NODE;
	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (compare_bytes(&o->names[middle], &wanted) <= 0)
			from = middle + 1;
		else
			to = middle;
	}
	if (from && compare_bytes(&o->names[from - 1], &wanted) == 0 &&
	    o->names[from - 1].token + 1 > found)
		found = o->names[from - 1].token + 1;
	return found;
}

/* What is known of an object: nothing, where another one took its place. */
static struct object *
object_at(struct json_members *m, uint32_t node)
{
	struct object *o = &m->objects[node % OBJECTS];

	if (o->node != node || !o->walks) {
		free(o->names);
		*o = (struct object){.node = node};
	}
	return o;
}

uint32_t
json_member(struct json_eval *eval, uint32_t object, struct json_text name)
{
	struct object *o;

	if (json_first(eval->doc, object) != '{')
		return JSON_NO_NODE;
	o = object_at(eval->doc->members, object);
	if (o->names)
		return find(eval, o, name);
	if (++o->walks == WALKS_MAX && sort_names(eval, o))
		return find(eval, o, name);
	return walk(eval, object, name);
}
