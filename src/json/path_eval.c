/*
 * Evaluating paths: what each selector selects, segment after segment, depth
 * first, so that matches come in the order of RFC 9535; and at the end what the
 * module offers: matches as spans of the text.
 *
 * The functions walk_* return false when the walk is to end, because the
 * visitor has enough or the budget is used up.
 */
#include "config.h"

#include "json/path_eval.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* A step takes a few nanoseconds. The budget never refuses a path that is
 * linear in the document; one that is quadratic ends within a fraction of a
 * second. */
#define STEPS_BASE      UINT64_C(20000000)
#define STEPS_PER_TOKEN UINT64_C(64)

/* A walk through one document: whose budget it uses, and who is told of
 * matches. */
struct walk {
	struct json_eval *eval;
	struct json_visitor visitor;
};

/* One selector of a segment, and the segments that follow it. */
struct selection {
	const struct json_selector *selector;
	const struct json_segment *next;
};

static bool walk_segments(
    struct walk *w, const struct json_segment *segment, uint32_t node);

void
json_eval_init(struct json_eval *eval, const struct json_path *path,
    const struct json_doc *doc)
{
	*eval = (struct json_eval){
	    .doc = doc,
	    .pattern_use.engine = path->regex_engine,
	    .steps_left =
	        STEPS_BASE +
	        STEPS_PER_TOKEN * (json_after(doc, doc->root) - doc->root),
	};
	if (path->constants > 0)
		eval->constants =
		    xcalloc(path->constants, sizeof(*eval->constants));
}

void
json_eval_release(struct json_eval *eval)
{
	free(eval->elements);
	free(eval->constants);
	buf_release(&eval->name);
	buf_release(&eval->pattern);
	json_regex_free(eval->regex);
	json_regex_scratch_free(eval->scratch);
}

void
json_stop(struct json_eval *eval, const char *why)
{
	if (!eval->stopped)
		eval->stopped = why;
}

bool
json_spend(struct json_eval *eval, uint64_t steps)
{
	if (eval->steps_left < steps) {
		eval->steps_left = 0;
		json_stop(
		    eval, "the path takes too many steps on this document");
		return false;
	}
	eval->steps_left -= steps;
	return !eval->stopped;
}

size_t
json_count_children(const struct json_doc *doc, uint32_t node)
{
	uint32_t name = json_first(doc, node) == '{';
	uint32_t close;
	size_t count = 0;

	if (!json_is_container(doc, node))
		return 0;
	close = json_close(doc, node);
	for (uint32_t at = json_inside(node); at < close;
	     at = json_after(doc, at + name))
		count++;
	return count;
}

static bool
is_array(const struct json_eval *eval, uint32_t node)
{
	return json_first(eval->doc, node) == '[';
}

/* Follow the member that a name selector names. */
static bool
walk_name(struct walk *w, const struct selection *sel, uint32_t node)
{
	uint32_t member = json_member(w->eval, node, sel->selector->name);

	if (member == JSON_NO_NODE)
		return !w->eval->stopped;
	return walk_segments(w, sel->next, member);
}

/* The element `index` (0 or more) of an array; JSON_NO_NODE if there is none.
 * The tape has no index of elements, so they are counted off, a step each. */
static uint32_t
element_at(struct json_eval *eval, uint32_t array, int64_t index)
{
	uint32_t at = json_inside(array), close = json_close(eval->doc, array);

	while (at < close && index > 0 && json_spend(eval, 1)) {
		at = json_after(eval->doc, at);
		index--;
	}
	return at < close && index == 0 ? at : JSON_NO_NODE;
}

/* Follow the element `index` of `array`, if there is one; a negative index is
 * none. */
static bool
walk_element(
    struct walk *w, const struct selection *sel, uint32_t array, int64_t index)
{
	uint32_t element = JSON_NO_NODE;

	if (index >= 0)
		element = element_at(w->eval, array, index);
	if (element == JSON_NO_NODE)
		return !w->eval->stopped;
	return walk_segments(w, sel->next, element);
}

/* Follow the element that an index selector names; negative ones count from the
 * end of the array. */
static bool
walk_index(struct walk *w, const struct selection *sel, uint32_t node)
{
	int64_t index = sel->selector->index;

	if (!is_array(w->eval, node))
		return true;
	if (index < 0) {
		size_t len = json_count_children(w->eval->doc, node);

		if (!json_spend(w->eval, len))
			return false;
		index += (int64_t)len;
	}
	return walk_element(w, sel, node, index);
}

/* Follow a token of a JSON Pointer: an index in an array, a name in an object
 * (RFC 6901, 4). */
static bool
walk_token(struct walk *w, const struct selection *sel, uint32_t node)
{
	if (is_array(w->eval, node))
		return walk_element(w, sel, node, sel->selector->index);
	return walk_name(w, sel, node);
}

/* Follow each child of `node` that passes the filter of the selector; without a
 * filter, of a wildcard, all of them. */
static bool
walk_children(struct walk *w, const struct selection *sel, uint32_t node)
{
	const struct json_doc *doc = w->eval->doc;
	const struct json_expr *filter = sel->selector->filter;
	uint32_t name = json_first(doc, node) == '{';
	uint32_t close, at, child;

	if (!json_is_container(doc, node))
		return true;
	close = json_close(doc, node);
	for (at = json_inside(node); at < close; at = json_after(doc, child)) {
		child = at + name;
		if (!json_spend(w->eval, 1))
			return false;
		if (filter && !json_filter_test(w->eval, filter, child))
			continue;
		if (!walk_segments(w, sel->next, child))
			return false;
	}
	return !w->eval->stopped;
}

/* Put a node on the stack of elements. Slices inside slices share it. */
static void
push_element(struct json_eval *eval, uint32_t node)
{
	if (eval->elements_len == eval->elements_cap) {
		eval->elements_cap = 2 * eval->elements_cap + 64;
		eval->elements = xreallocarray(eval->elements,
		    eval->elements_cap, sizeof(*eval->elements));
	}
	eval->elements[eval->elements_len++] = node;
}

/* Count a bound of a slice from the start of the array (RFC 9535,
 * 2.3.4.2.2). */
static int64_t
normalize(int64_t bound, int64_t len)
{
	return bound >= 0 ? bound : len + bound;
}

static int64_t
clamp(int64_t n, int64_t least, int64_t most)
{
	if (n < least)
		return least;
	return n > most ? most : n;
}

/* A slice of an array of known length: from `at` by `step` to before `end`. */
struct range {
	int64_t at;
	int64_t end; /* not included */
	int64_t step;
};

/* Apply the bounds of slice `s` to an array of `len` elements (RFC 9535,
 * 2.3.4.2.2). */
static struct range
range_of(const struct json_slice *s, int64_t len)
{
	bool back = s->step < 0;
	int64_t start = back ? len - 1 : 0, end = back ? -1 : len;

	if (s->has_start)
		start = clamp(normalize(s->start, len), back ? -1 : 0,
		    back ? len - 1 : len);
	if (s->has_end)
		end = clamp(normalize(s->end, len), back ? -1 : 0,
		    back ? len - 1 : len);
	return (struct range){start, end, s->step};
}

/* Follow the elements of a range; they are on the stack from `base` on. */
static bool
walk_range(
    struct walk *w, const struct selection *sel, struct range r, size_t base)
{
	for (int64_t i = r.at; r.step > 0 ? i < r.end : i > r.end; i += r.step)
		if (!json_spend(w->eval, 1) ||
		    !walk_segments(
		        w, sel->next, w->eval->elements[base + (size_t)i]))
			return false;
	return true;
}

/* Follow the elements of a slice. They go to the stack first, since a slice may
 * go backwards and the tape cannot. */
static bool
walk_slice(struct walk *w, const struct selection *sel, uint32_t node)
{
	struct json_eval *eval = w->eval;
	size_t base = eval->elements_len, len;
	uint32_t close;
	bool more;

	if (!is_array(eval, node) || sel->selector->slice.step == 0)
		return true;
	close = json_close(eval->doc, node);
	for (uint32_t at = json_inside(node); at < close;
	     at = json_after(eval->doc, at))
		push_element(eval, at);
	len = eval->elements_len - base;
	more = json_spend(eval, len) &&
	       walk_range(
	           w, sel, range_of(&sel->selector->slice, (int64_t)len), base);
	eval->elements_len = base;
	return more;
}

/* Apply each selector of a segment to `node`, in their order. */
static bool
walk_selectors(
    struct walk *w, const struct json_segment *segment, uint32_t node)
{
	static bool (*const walks[])(
	    struct walk *, const struct selection *, uint32_t) = {
	    [JSON_SELECT_NAME] = walk_name,
	    [JSON_SELECT_INDEX] = walk_index,
	    [JSON_SELECT_WILDCARD] = walk_children,
	    [JSON_SELECT_SLICE] = walk_slice,
	    [JSON_SELECT_FILTER] = walk_children,
	    [JSON_SELECT_TOKEN] = walk_token,
	};
	struct selection sel = {.next = segment->next};

	for (sel.selector = segment->selectors; sel.selector;
	     sel.selector = sel.selector->next)
		if (!walks[sel.selector->kind](w, &sel, node))
			return false;
	return true;
}

/*
 * `node` and all below it, in the order of the text. Only containers have
 * something to select from, and on the tape only they start with a bracket
 * that opens, so that names need not be told from strings.
 */
static bool
walk_descendants(
    struct walk *w, const struct json_segment *segment, uint32_t node)
{
	uint32_t after = json_after(w->eval->doc, node);

	for (uint32_t at = node; at < after; at++) {
		if (!json_spend(w->eval, 1))
			return false;
		if (json_is_container(w->eval->doc, at) &&
		    !walk_selectors(w, segment, at))
			return false;
	}
	return true;
}

/* Apply the segments from `segment` on to `node`; behind the last one `node` is
 * a match. */
static bool
walk_segments(struct walk *w, const struct json_segment *segment, uint32_t node)
{
	if (!segment)
		return w->visitor.on_node(w->visitor.arg, node);
	if (segment->descendant)
		return walk_descendants(w, segment, node);
	return walk_selectors(w, segment, node);
}

bool
json_query_visit(struct json_eval *eval, const struct json_query *query,
    uint32_t current, struct json_visitor visitor)
{
	struct walk w = {.eval = eval, .visitor = visitor};

	return walk_segments(
	    &w, query->segments, query->relative ? current : eval->doc->root);
}

/* Keep the first match, and end the walk. */
static bool
on_first(void *arg, uint32_t node)
{
	struct json_constant *first = arg;

	first->node = node;
	first->found = true;
	return false;
}

/* Look for the first match of `query`. */
static struct json_constant
find_first(
    struct json_eval *eval, const struct json_query *query, uint32_t current)
{
	struct json_constant first = {.known = true};

	json_query_visit(
	    eval, query, current, (struct json_visitor){on_first, &first});
	return first;
}

bool
json_query_first(struct json_eval *eval, const struct json_query *query,
    uint32_t current, uint32_t *node)
{
	struct json_constant first, *constant;

	if (query->relative) {
		first = find_first(eval, query, current);
	} else {
		constant = &eval->constants[query->number];
		if (!constant->known)
			*constant = find_first(eval, query, current);
		first = *constant;
	}
	*node = first.node;
	return first.found;
}

/* --- matches as spans of the text ---------------------------------------- */

/* Where json_path_apply collects matches. */
struct collector {
	const struct json_doc *doc;
	struct json_spans *out;
};

/* Append a match, and end the walk where all of them have become too large. */
static bool
on_match(void *arg, uint32_t node)
{
	struct collector *c = arg;

	json_spans_add(c->out, json_span_at(c->doc, node));
	return !json_spans_too_many(c->out);
}

static int
fail_evaluation(struct json_error *error, const char *why)
{
	*error = (struct json_error){.line = 1, .column = 1};
	snprintf(error->message, sizeof(error->message), "%s", why);
	return -1;
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
	json_spans_expect(out, doc->is_compact);
	json_eval_init(&eval, path, doc);
	json_query_visit(&eval, &path->query, doc->root,
	    (struct json_visitor){on_match, &c});
	stopped = json_spans_too_many(out) ? "the path matches too much"
	                                   : eval.stopped;
	json_eval_release(&eval);
	if (!stopped)
		return 0;
	out->len = before;
	return fail_evaluation(error, stopped);
}

int
json_condition_test(const struct json_path *condition,
    const struct json_doc *doc, struct json_error *error)
{
	struct json_eval eval;
	const char *stopped;
	bool holds;

	if (doc->tape_len == 0)
		return 0;
	json_eval_init(&eval, condition, doc);
	holds = json_filter_test(&eval, condition->test, doc->root);
	stopped = eval.stopped;
	json_eval_release(&eval);
	return stopped ? fail_evaluation(error, stopped) : holds;
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
	spans->compact = false;
}

void
json_spans_release(struct json_spans *spans)
{
	free(spans->items);
	*spans = (struct json_spans){0};
}
