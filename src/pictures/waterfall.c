/*
 * Which requests are kept, and what of them: a third of the places go to the
 * first requests, the others to the slowest so far. Then what both ways of
 * drawing share: the view, round marks on the axis, labels and outcomes.
 */
#include "config.h"

#include "pictures/waterfall.h"

#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "base/list.h"
#include "base/xalloc.h"
#include "request/url.h"

/* A request that is kept. */
struct entry {
	struct waterfall_request request;
	size_t place;          /* in `entries` of the waterfall */
	struct heap_node slow; /* by duration; not of the first ones */
};

struct waterfall {
	size_t most;            /* requests that are kept */
	size_t firsts;          /* that are kept whatever they took */
	struct entry **entries; /* owned; as many as `len` */
	struct waterfall_request **sorted; /* what a view shows */
	size_t len;
	uint64_t total;      /* requests that were sent */
	struct heap slowest; /* on top is the fastest of them: the next to go */
};

enum {
	LEAST_KEPT = 3 /* so that one of them is a first one */
};

struct waterfall *
waterfall_new(size_t most)
{
	struct waterfall *w = xcalloc(1, sizeof(*w));

	w->most = most < LEAST_KEPT ? LEAST_KEPT : most;
	w->firsts = w->most / 3;
	heap_init(&w->slowest);
	return w;
}

static void
entry_free(struct entry *e)
{
	for (size_t i = 0; i < e->request.rows_len; i++)
		free(e->request.rows[i].url);
	free(e->request.rows);
	free(e->request.method);
	free(e->request.error);
	free(e);
}

void
waterfall_free(struct waterfall *w)
{
	if (!w)
		return;
	heap_release(&w->slowest);
	for (size_t i = 0; i < w->len; i++)
		entry_free(w->entries[i]);
	free(w->entries);
	free(w->sorted);
	free(w);
}

static int64_t
row_from(const struct waterfall_row *row)
{
	return row->spans_len ? row->spans[0].from_us : 0;
}

static int64_t
row_to(const struct waterfall_row *row)
{
	return row->spans_len ? row->spans[row->spans_len - 1].to_us : 0;
}

/* A connection is reused if the exchange got one (connect_us) and libcurl
 * made none for it. */
static void
fill_row(struct waterfall_row *row, const struct exchange *x)
{
	*row = (struct waterfall_row){
	    .attempt = x->attempt,
	    .hop = x->hop,
	    .hedge = x->hedge,
	    .cancelled = x->cancelled,
	    .reused = x->num_connects == 0 && x->connect_us >= 0,
	    .status = x->status,
	    .error = (enum error_class)x->error_class,
	    .size = x->size_download,
	    .url = url_redacted(x->url),
	};
	row->spans_len = phase_spans(x, row->spans);
}

static int
compare_rows(const void *a, const void *b)
{
	int64_t x = row_from(a), y = row_from(b);

	return (x > y) - (x < y);
}

/* A request lasts at least a microsecond, so that there is always an axis to
 * draw it on. */
static void
fill_request(struct waterfall_request *to, const struct request *request,
    const struct result *r)
{
	const struct exchanges *x = &r->exchanges;

	to->n = request->n;
	to->method = xstrdup(request_options_method(request->options));
	to->error = xstrdup_null(r->failure.message);
	to->rows = xcalloc(x->len, sizeof(*to->rows));
	to->rows_len = x->len;
	for (size_t i = 0; i < x->len; i++)
		fill_row(&to->rows[i], &x->items[i]);
	qsort(to->rows, to->rows_len, sizeof(*to->rows), compare_rows);
	to->from_us = row_from(&to->rows[0]);
	to->to_us = to->from_us + 1;
	for (size_t i = 0; i < to->rows_len; i++)
		if (row_to(&to->rows[i]) > to->to_us)
			to->to_us = row_to(&to->rows[i]);
}

/* Returns how long a request took. Most requests of a long run are not kept, so
 * this is found out before anything is copied. */
static int64_t
duration_of(const struct result *r)
{
	const struct exchange *first = &r->exchanges.items[0];

	return r->done_us - first->queued_us;
}

/* Free the place of the fastest among the slowest, for a request that took
 * `duration`. -1: that one is not slower. */
static int
make_room(struct waterfall *w, int64_t duration, size_t *place)
{
	struct heap_node *top = heap_top(&w->slowest);
	struct entry *e;

	if (duration <= top->at)
		return -1;
	heap_pop(&w->slowest);
	e = container_of(top, struct entry, slow);
	*place = e->place;
	entry_free(e);
	return 0;
}

void
waterfall_add(
    struct waterfall *w, const struct request *request, const struct result *r)
{
	struct entry *e;
	size_t place = w->len;
	int64_t duration;

	if (!r->exchanges.len)
		return;
	w->total++;
	duration = duration_of(r);
	if (w->len == w->most && make_room(w, duration, &place))
		return;
	if (!w->entries)
		w->entries = xcalloc(w->most, sizeof(struct entry *));
	e = xcalloc(1, sizeof(*e));
	e->place = place;
	fill_request(&e->request, request, r);
	w->entries[place] = e;
	if (place == w->len)
		w->len++;
	if (place >= w->firsts)
		heap_push(&w->slowest, &e->slow, duration);
}

/* For qsort: by their start, and then by number, so that a picture is the
 * same each time. */
static int
compare_requests(const void *a, const void *b)
{
	const struct waterfall_request *x =
	    *(const struct waterfall_request *const *)a;
	const struct waterfall_request *y =
	    *(const struct waterfall_request *const *)b;

	if (x->from_us != y->from_us)
		return x->from_us < y->from_us ? -1 : 1;
	return (x->n > y->n) - (x->n < y->n);
}

/* Returns the length of the origin at the start of a URL: "https://host:port".
 */
static size_t
origin_len(const char *url)
{
	const char *authority = strstr(url, "://");

	return authority ? (size_t)(authority - url) + 3 +
	                       strcspn(authority + 3, "/?")
	                 : 0;
}

/* Extend the view's axis, phases and common origin by a request. */
static void
extend_view(struct waterfall_view *v, const struct waterfall_request *r)
{
	const char *first = v->requests[0]->rows[0].url;

	if (v->to_us == v->from_us || r->from_us < v->from_us)
		v->from_us = r->from_us;
	if (r->to_us > v->to_us)
		v->to_us = r->to_us;
	for (size_t i = 0; i < r->rows_len; i++) {
		const struct waterfall_row *row = &r->rows[i];

		if (origin_len(row->url) != v->origin_len ||
		    strncmp(row->url, first, v->origin_len) != 0)
			v->one_origin = false;
		for (size_t j = 0; j < row->spans_len; j++)
			v->has[row->spans[j].phase] = true;
	}
}

/* Places are given to other requests as the run goes on, so the order is made
 * when somebody looks. */
struct waterfall_view
waterfall_view(struct waterfall *w)
{
	struct waterfall_view v = {.len = w->len, .total = w->total};

	if (!w->len)
		return v;
	w->sorted = xreallocarray(
	    w->sorted, w->len, sizeof(struct waterfall_request *));
	for (size_t i = 0; i < w->len; i++)
		w->sorted[i] = &w->entries[i]->request;
	qsort(w->sorted, w->len, sizeof(struct waterfall_request *),
	    compare_requests);
	v.requests = (const struct waterfall_request *const *)w->sorted;
	v.one_origin = true;
	v.origin_len = origin_len(w->sorted[0]->rows[0].url);
	for (size_t i = 0; i < w->len; i++)
		extend_view(&v, w->sorted[i]);
	return v;
}

/* Round numbers are 2, 5 and 10 times a power of ten. */
int64_t
waterfall_step(int64_t span_us, unsigned marks)
{
	static const int64_t factors[] = {2, 5, 10};
	int64_t decade = 1;

	for (;; decade *= 10)
		for (size_t i = 0; i < 3; i++)
			if (decade * factors[i] * marks >= span_us)
				return decade * factors[i];
}

/* Append what distinguishes a row from the first try at the listed URL. */
static void
add_kind(struct buf *out, const struct waterfall_row *row)
{
	if (row->hedge)
		buf_adds(out, "copy ");
	else if (row->attempt > 1)
		buf_addf(out, "try %u ", row->attempt);
	if (row->hop)
		buf_addf(out, "hop %u ", row->hop);
}

void
waterfall_add_label(struct buf *out, const struct waterfall_view *v,
    const struct waterfall_request *request, const struct waterfall_row *row)
{
	const char *authority = strstr(row->url, "://");
	const char *url = authority ? authority + 3 : row->url;

	if (v->one_origin)
		url = row->url + v->origin_len;
	add_kind(out, row);
	if (strcmp(request->method, "GET") != 0)
		buf_addf(out, "%s ", request->method);
	buf_adds(out, *url ? url : "/");
}

void
waterfall_add_outcome(struct buf *out, const struct waterfall_row *row)
{
	if (row->cancelled)
		buf_adds(out, "cancelled");
	else if (row->status)
		buf_addf(out, "%d", row->status);
	else
		buf_adds(out, error_class_name(row->error));
}
