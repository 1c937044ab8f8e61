/*
 * Filling columns of values: --items first, with its rows, then the expressions
 * of -j and --xpath.
 *
 * Where a value is written several times, in each row or line of others, that
 * counts towards the limit on what is found (matcher_repeat): else one small
 * body could fill the memory.
 */
#include "config.h"

#include "format/extract.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/strmap.h"
#include "base/xalloc.h"
#include "format/format.h"
#include "text/ascii.h"

/* The state of --items: the paths of -j are applied to each item of a page. */
struct items {
	struct matcher *path;
	struct matches found; /* the items of the page */
	/* The paths of -j, borrowed, and what they found in the item at hand.
	 */
	const struct matcher **paths;
	struct matches *cells;
	size_t len;
	uint64_t max;  /* bytes found in one body; 0: MATCH_MAX */
	bool in_lines; /* an item may make several lines */
};

enum {
	RECORDS_SHARE = 4 /* times `max`: what the records of a page may take */
};

static void
items_free(struct items *items)
{
	if (!items)
		return;
	matcher_free(items->path);
	matches_release(&items->found);
	for (size_t i = 0; i < items->len; i++)
		matches_release(&items->cells[i]);
	free(items->cells);
	free(items->paths);
	free(items);
}

/* Compile the path of --items. NULL with *cause set (caller frees): it is
 * malformed. */
static struct items *
items_new(const struct output_options *options, char **cause)
{
	struct items *items = xcalloc(1, sizeof(*items));
	const struct match_text text = {
	    .option = "--items",
	    .text = options->items,
	    .max = options->extract_max,
	};

	items->path = matcher_new(&text, cause);
	if (!items->path) {
		items_free(items);
		return NULL;
	}
	items->max = options->extract_max;
	items->in_lines = format_default(options) == FORMAT_BODY;
	return items;
}

/* Look for `path`, borrowed, in each item, and put its matches into the next
 * column. Without any path the items themselves are the only column. */
static void
items_add_path(struct items *items, const struct matcher *path)
{
	size_t len = items->len++;

	items->paths =
	    xreallocarray(items->paths, items->len, sizeof(*items->paths));
	items->cells =
	    xreallocarray(items->cells, items->len, sizeof(*items->cells));
	items->paths[len] = path;
	items->cells[len] = (struct matches){0};
}

/* Find the items of a page. A path that finds one array means the elements of
 * it. */
static int
find_items(struct items *items, struct reading *page, struct result *r)
{
	matches_clear(&items->found);
	if (matcher_apply(items->path, page, &items->found, r))
		return -1;
	return matcher_spread(items->path, page, &items->found, r);
}

/* Find the matches of all paths in `item`, the one at hand. */
static int
apply_paths(struct items *items, struct reading *item, struct result *r)
{
	for (size_t i = 0; i < items->len; i++) {
		matches_clear(&items->cells[i]);
		if (matcher_apply(items->paths[i], item, &items->cells[i], r))
			return -1;
	}
	return 0;
}

/* Count what each further line of the item at hand repeats: there are as many
 * lines as the path with many matches has, and the values of the others are in
 * each. */
static int
repeat_in_item(struct items *items, struct reading *item, struct result *r)
{
	uint64_t lines = 1, size = 0;

	for (size_t i = 0; i < items->len; i++) {
		const struct json_spans *found = &items->cells[i].spans;

		if (matcher_is_singular(items->paths[i]))
			size += found->size;
		else
			lines = found->len;
	}
	if (!items->in_lines || lines < 2)
		return 0;
	return matcher_repeat(items->path, item, (lines - 1) * size, r);
}

/* Append the match of a singular path, or a missing one. */
static void
push_one(struct column *column, const struct json_spans *cells)
{
	static const struct json_span nothing = {NULL, 0};

	json_spans_expect(&column->matches.spans, cells->compact);
	json_spans_add(
	    &column->matches.spans, cells->len ? cells->items[0] : nothing);
}

/* Append all matches in item `i`, and where they end. */
static void
push_all(struct column *column, size_t i, const struct json_spans *cells)
{
	json_spans_expect(&column->matches.spans, cells->compact);
	for (size_t m = 0; m < cells->len; m++)
		json_spans_add(&column->matches.spans, cells->items[m]);
	if (i == column->ends_cap) {
		column->ends_cap = 2 * i + 8;
		column->ends = xreallocarray(
		    column->ends, column->ends_cap, sizeof(*column->ends));
	}
	column->ends[i] = column->matches.spans.len;
}

/* Append what the paths have found in the item at hand. */
static void
add_item(struct items *items, struct columns *columns)
{
	for (size_t i = 0; i < columns->len; i++) {
		struct column *column = &columns->items[i];

		if (column->singular)
			push_one(column, &items->cells[i].spans);
		else
			push_all(
			    column, columns->count, &items->cells[i].spans);
	}
	columns->count++;
}

/* Append what the paths find in each item of a page, which is left at the last
 * one. -1: `r` has become a failure. */
static int
search_items(struct items *items, struct reading *page, struct columns *columns,
    struct result *r)
{
	for (size_t i = 0; i < items->found.spans.len; i++) {
		reading_enter(page, &items->found.spans.items[i]);
		if (apply_paths(items, page, r) ||
		    repeat_in_item(items, page, r))
			return -1;
		add_item(items, columns);
	}
	return 0;
}

/* Let the items be the values of the only column. */
static void
take_items(struct items *items, struct columns *columns)
{
	struct json_spans *values = &columns->items[0].matches.spans;
	const struct json_spans *found = &items->found.spans;

	json_spans_expect(values, found->compact);
	for (size_t i = 0; i < found->len; i++)
		json_spans_add(values, found->items[i]);
	columns->count += found->len;
}

/* Check that the records of the items fit into memory: a small page may have
 * millions of items, and each record repeats what is known of the page. */
static int
check_records(
    const struct items *items, uint64_t record_bytes, struct result *r)
{
	uint64_t max = RECORDS_SHARE * (items->max ? items->max : MATCH_MAX);
	size_t count = items->found.spans.len;

	if (!record_bytes || count <= max / record_bytes)
		return 0;
	failure_set(&r->failure, ERROR_SIZE, "matches", 0,
	    "the records of its %zu items would be larger than %" PRIu64
	    " bytes; --max-filesize sets the limit, and --fields makes records "
	    "smaller",
	    count, max);
	return -1;
}

/* Find the items of a page, and fill the empty columns. An array that the path
 * of --items names stands for its elements. -1: `r` has become a failure. */
static int
items_apply(struct items *items, struct reading *page, struct columns *columns,
    struct result *r)
{
	if (find_items(items, page, r) ||
	    check_records(items, columns->record_bytes, r))
		return -1;
	reading_begin(page);
	if (items->len)
		return search_items(items, page, columns, r);
	take_items(items, columns);
	return 0;
}

/* --- the expressions of -j and --xpath -------------------------------------
 */

enum {
	DESCRIBED_MAX = 4 /* bodies in which it is noted what was there */
};

/* One expression of -j or --xpath, with the name of its column. */
struct named_expression {
	char *name;
	const char *text;        /* as given, borrowed */
	bool matched;            /* it found something, in any body noted */
	char *gap;               /* what was there instead; NULL */
	unsigned gap_says;       /* how much that says */
	bool found;              /* it found something by this extractor */
	unsigned described;      /* bodies that were looked at for `gap` */
	struct matcher *matcher; /* NULL: it is --items, without any -j */
};

/* The expressions of a run. */
struct extractor {
	enum match_language language;
	struct named_expression *expressions;
	size_t len;
	/* NAME -> a number, from 1; there may be a hundred thousand. */
	struct strmap numbers;
	struct reading *reading; /* of the body at hand; borrowed */
	struct items *items;     /* --items; NULL: one page is one item */
	uint64_t max;            /* bytes found in one body; 0: MATCH_MAX */
	bool in_lines;           /* the output is lines of columns */
	uint64_t applied;        /* how many bodies were searched */
};

bool
extract_wanted(const struct output_options *options)
{
	return output_options_extract(options) ||
	       (options->collect && format_default(options) == FORMAT_BODY);
}

/* Where the expression of "NAME=EXPRESSION" begins. A NAME is a word, so the
 * `=` in a filter does not end one. */
static const char *
expression_part(const char *text)
{
	size_t n = 0;

	while (ascii_is_alnum(text[n]) || (text[n] && strchr("_-", text[n])))
		n++;
	return n && text[n] == '=' ? text + n + 1 : text;
}

/* The name as it is, or with the first free number behind it. Caller frees. */
static char *
free_name(const struct extractor *x, const char *name)
{
	char *free_one = xstrdup(name);

	for (unsigned i = 2; strmap_get(&x->numbers, free_one); i++) {
		free(free_one);
		free_one = xasprintf("%s_%u", name, i);
	}
	return free_one;
}

/* Give the next expression its name, which is moved. */
static void
add_name(struct extractor *x, char *name)
{
	x->expressions[x->len++].name = name;
	strmap_set(&x->numbers, name, (void *)(uintptr_t)x->len);
}

/* The NAME in front of an expression; NULL if there is none. Caller frees. */
static char *
given_name(const char *text, const char *expression)
{
	return expression == text
	           ? NULL
	           : xmemdup0(text, (size_t)(expression - text - 1));
}

/* Compile one expression. -1 with *cause set. */
static int
add_expression(struct extractor *x, const char *text, char **cause)
{
	const char *part = expression_part(text);
	const struct match_text given = {
	    .language = x->language,
	    .option = extractor_option(x),
	    .text = text,
	    .skip = (size_t)(part - text),
	    .max = x->max,
	};
	struct matcher *matcher = matcher_new(&given, cause);
	char *name;

	if (!matcher)
		return -1;
	name = given_name(text, part);
	x->expressions[x->len].text = text;
	x->expressions[x->len].matcher = matcher;
	add_name(x, free_name(x, name ? name : matcher_name(matcher)));
	if (x->items)
		items_add_path(x->items, matcher);
	free(name);
	return 0;
}

/* Compile the path of --items, if it is given. -1 with *cause set. */
static int
add_items(struct extractor *x, const struct output_options *o, char **cause)
{
	if (!o->items)
		return 0;
	x->items = items_new(o, cause);
	return x->items ? 0 : -1;
}

/* Without any expression the items are the values. */
static void
add_item_itself(struct extractor *x, const char *text)
{
	x->expressions[x->len].text = text;
	add_name(x, xstrdup("item"));
}

/* Compile all expressions. -1 with *cause set. */
static int
add_expressions(struct extractor *x, const struct strlist *texts, char **cause)
{
	x->expressions = xcalloc(texts->len + 1, sizeof(*x->expressions));
	for (size_t i = 0; i < texts->len; i++) {
		if (add_expression(x, texts->items[i], cause) < 0)
			return -1;
	}
	return 0;
}

struct extractor *
extractor_new(const struct output_options *options, char **cause)
{
	struct extractor *x = xcalloc(1, sizeof(*x));
	bool xpath = options->xpath.len > 0;
	const struct strlist *texts =
	    xpath ? &options->xpath : &options->extract;

	x->language = xpath ? MATCH_XPATH : MATCH_JSON;
	strmap_init(&x->numbers);
	x->max = options->extract_max;
	x->in_lines = format_default(options) == FORMAT_BODY;
	if (add_items(x, options, cause) < 0 ||
	    add_expressions(x, texts, cause) < 0) {
		extractor_free(x);
		return NULL;
	}
	if (x->items && !x->len)
		add_item_itself(x, options->items);
	return x;
}

void
extractor_free(struct extractor *x)
{
	if (!x)
		return;
	for (size_t i = 0; i < x->len; i++) {
		free(x->expressions[i].name);
		free(x->expressions[i].gap);
		matcher_free(x->expressions[i].matcher);
	}
	items_free(x->items);
	free(x->expressions);
	strmap_release(&x->numbers);
	free(x);
}

enum match_language
extractor_language(const struct extractor *x)
{
	return x->language;
}

const char *
extractor_option(const struct extractor *x)
{
	return x->language == MATCH_XPATH ? "--xpath" : "-j";
}

size_t
extractor_count(const struct extractor *x)
{
	return x->len;
}

bool
extractor_has_items(const struct extractor *x)
{
	return x->items != NULL;
}

const char *
extractor_name(const struct extractor *x, size_t i)
{
	return x->expressions[i].name;
}

size_t
extractor_find(const struct extractor *x, const char *name)
{
	uintptr_t number = (uintptr_t)strmap_get(&x->numbers, name);

	return number ? (size_t)number - 1 : x->len;
}

/* Can expression `i` find one value at most, in a body or in an item? An item
 * is one. */
static bool
is_singular(const struct extractor *x, size_t i)
{
	const struct matcher *matcher = x->expressions[i].matcher;

	return !matcher || matcher_is_singular(matcher);
}

size_t
extractor_plural(const struct extractor *x)
{
	size_t n = 0;

	for (size_t i = 0; i < x->len; i++)
		n += !is_singular(x, i);
	return n;
}

struct columns *
columns_new(const struct extractor *x)
{
	struct columns *c = xcalloc(1, sizeof(*c));

	c->len = x->len;
	c->of_items = extractor_has_items(x);
	c->items = xcalloc(x->len, sizeof(*c->items));
	for (size_t i = 0; i < x->len; i++) {
		c->items[i].name = x->expressions[i].name;
		c->items[i].singular = is_singular(x, i);
	}
	return c;
}

void
columns_free(struct columns *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->len; i++) {
		matches_release(&c->items[i].matches);
		buf_release(&c->items[i].gap);
		free(c->items[i].ends);
	}
	free(c->items);
	free(c);
}

/* Show in `view` only the matches that `column` has in item `i`. */
static void
show_matches(const struct column *column, size_t i, struct column *view)
{
	struct json_spans *spans = &view->matches.spans;
	size_t start = i, end = i + 1;

	*view = *column;
	if (!column->singular) {
		start = i ? column->ends[i - 1] : 0;
		end = column->ends[i];
	} else if (!spans->items[i].start) {
		end = start;
	}
	spans->items += start;
	spans->len = end - start;
}

void
columns_show_item(const struct columns *columns, size_t i, struct columns *view)
{
	view->len = columns->len;
	view->of_items = true;
	view->count = 1;
	for (size_t c = 0; c < columns->len; c++)
		show_matches(&columns->items[c], i, &view->items[c]);
}

/* Empty the columns; their memory is kept for the next result. */
static void
clear_columns(struct columns *c)
{
	c->count = 0;
	for (size_t i = 0; i < c->len; i++) {
		matches_clear(&c->items[i].matches);
		buf_clear(&c->items[i].gap);
		c->items[i].gap_says = 0;
	}
}

/* Count what the lines repeat: the column with many matches has one in each,
 * and the other columns are written again with each. */
static int
repeat_in_lines(
    struct extractor *x, const struct columns *columns, struct result *r)
{
	uint64_t lines = 1, size = 0;

	for (size_t i = 0; i < columns->len; i++) {
		const struct column *c = &columns->items[i];

		if (!c->singular)
			lines = c->matches.spans.len;
		else
			size += c->matches.spans.size + 1;
	}
	if (lines < 2 || !size)
		return 0;
	return matcher_repeat(
	    x->expressions[0].matcher, x->reading, (lines - 1) * size, r);
}

/* Fill the columns from a body that was read. -1: `r` has become a failure. */
static int
apply_all(struct extractor *x, struct result *r, struct columns *columns)
{
	if (x->items)
		return items_apply(x->items, x->reading, columns, r);
	for (size_t i = 0; i < x->len; i++)
		if (matcher_apply(x->expressions[i].matcher, x->reading,
		        &columns->items[i].matches, r) < 0)
			return -1;
	return x->in_lines ? repeat_in_lines(x, columns, r) : 0;
}

/* Does a column hold any value? Missing ones are spans without start. */
static bool
has_match(const struct column *c)
{
	for (size_t i = 0; i < c->matches.spans.len; i++)
		if (c->matches.spans.items[i].start)
			return true;
	return false;
}

/* Note what was there instead of matches, in the first bodies only, since it
 * takes time. With --items that is the last item, where the reading was left;
 * or, if a page has none, what stands where they should be. */
static void
describe_gap(struct extractor *x, size_t i, struct column *column)
{
	const struct named_expression *e = &x->expressions[i];

	const struct matcher *m = e->matcher;

	if (x->items && !x->items->found.spans.len) {
		if (m)
			buf_adds(&column->gap, "--items matched nothing: ");
		m = x->items->path;
	}
	column->gap_says = matcher_describe_gap(m, x->reading, &column->gap);
}

/* Describe what is in a body where expressions found nothing that have never
 * found anything here. */
static void
describe_gaps(struct extractor *x, struct columns *columns)
{
	for (size_t i = 0; i < x->len; i++) {
		struct named_expression *e = &x->expressions[i];

		e->found |= has_match(&columns->items[i]);
		if (e->found || e->described == DESCRIBED_MAX)
			continue;
		e->described++;
		describe_gap(x, i, &columns->items[i]);
	}
}

void
extractor_note_matches(struct extractor *x, const struct columns *columns)
{
	x->applied++;
	for (size_t i = 0; i < x->len; i++) {
		struct named_expression *e = &x->expressions[i];
		const struct column *c = &columns->items[i];

		e->matched = e->matched || has_match(c);
		if (e->matched || c->gap_says <= e->gap_says)
			continue;
		e->gap_says = c->gap_says;
		free(e->gap);
		e->gap = xstrdup(buf_text(&c->gap));
	}
}

bool
extractor_add_unmatched(const struct extractor *x, size_t i, struct buf *out)
{
	const struct named_expression *e = &x->expressions[i];

	if (!x->applied || e->matched)
		return false;
	buf_addf(out, "%s %s matched nothing in %" PRIu64 " response%s",
	    e->matcher ? extractor_option(x) : "--items", e->text, x->applied,
	    x->applied == 1 ? "" : "s");
	if (e->gap)
		buf_addf(out, "; %s", e->gap);
	return true;
}

void
extractor_apply(
    struct extractor *x, struct readings *body, struct columns *columns)
{
	struct result *r = readings_result(body);

	clear_columns(columns);
	if (!result_ok(r))
		return;
	x->reading = readings_take(body, x->language);
	if (!x->reading)
		return;
	if (apply_all(x, r, columns) < 0)
		clear_columns(columns);
	else
		describe_gaps(x, columns);
}
