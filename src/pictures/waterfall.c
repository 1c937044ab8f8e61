/*
 * Which requests are kept, and what of them: a third of the places go to the
 * first requests, up to another third to those that failed or were retried, the
 * others to the slowest so far. Then what both ways of drawing share: the view,
 * round marks on the axis, labels and outcomes.
 */
#include "config.h"

#include "pictures/waterfall.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/list.h"
#include "base/xalloc.h"
#include "request/url.h"
#include "text/percent.h"
#include "text/utf8.h"

/* A request that is kept. */
struct entry {
	struct waterfall_request request;
	size_t place;          /* in `entries` of the waterfall */
	struct heap_node slow; /* by the time it took; of some only */
};

struct waterfall {
	size_t most;            /* requests that are kept */
	size_t firsts;          /* that are kept whatever became of them */
	struct entry **entries; /* owned; as many as `len` */
	struct waterfall_request **sorted; /* what a view shows */
	size_t len;
	uint64_t total;      /* requests that were sent */
	size_t troubled;     /* kept as they failed or were retried: at most
	                      * `firsts` */
	struct heap slowest; /* the others, but for the first ones; on top is
	                      * the fastest of them: the next to go */
};

enum {
	LEAST_KEPT = 3,  /* so that one of them is a first one */
	ERROR_MOST = 300 /* bytes of a message that are kept, about */
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
	    .final = x->final,
	    .reused = x->num_connects == 0 && x->connect_us >= 0,
	    .status = x->status,
	    .error = (enum error_class)x->error_class,
	    .took_us = x->total_us > 0 ? x->total_us : 0,
	    .url = url_redacted_short(x->url),
	};
	row->spans_len = phase_spans(x, row->spans);
}

static int
compare_rows(const void *a, const void *b)
{
	int64_t x = row_from(a), y = row_from(b);

	return (x > y) - (x < y);
}

/* Fill in the rows of a request. Of many, as polling makes them, those in the
 * middle are left out. */
static void
fill_rows(struct waterfall_request *to, const struct exchanges *x)
{
	size_t half = WATERFALL_ROWS / 2;

	if (x->len > WATERFALL_ROWS)
		to->left_out = x->len - WATERFALL_ROWS;
	to->rows_len = x->len - to->left_out;
	to->rows = xcalloc(to->rows_len, sizeof(*to->rows));
	for (size_t i = 0; i < to->rows_len; i++)
		fill_row(
		    &to->rows[i], &x->items[i < half ? i : i + to->left_out]);
	qsort(to->rows, to->rows_len, sizeof(*to->rows), compare_rows);
}

/* Returns the exchange whose answer is that of the request. */
static const struct exchange *
final_exchange(const struct exchanges *x)
{
	for (size_t i = x->len; i-- > 0;)
		if (x->items[i].final)
			return &x->items[i];
	return &x->items[x->len - 1];
}

static void
fill_phases(struct waterfall_request *to, const struct exchanges *list)
{
	const struct exchange *final = final_exchange(list);

	for (size_t i = 0; i < list->len; i++) {
		const struct exchange *x = &list->items[i];
		bool counts =
		    x->attempt == final->attempt && x->hedge == final->hedge;
		struct span spans[PHASE_COUNT];
		size_t n = phase_spans(x, spans);

		for (size_t j = 0; j < n; j++)
			if (counts || spans[j].phase < PHASE_DNS)
				to->phase_us[spans[j].phase] +=
				    spans[j].to_us - spans[j].from_us;
	}
}

/* Returns the message of a failure, of which the middle is left out if it is
 * long; NULL: there is none. Caller frees. */
static char *
short_error(const struct failure *f)
{
	struct buf cut;

	if (!f->message)
		return NULL;
	buf_init(&cut);
	utf8_add_middle(&cut, f->message, ERROR_MOST, ERROR_MOST / 2);
	return buf_take(&cut);
}

/* A request lasts at least a microsecond, so that there is always an axis to
 * draw it on. */
static void
fill_request(struct waterfall_request *to, const struct request *request,
    const struct result *r)
{
	to->n = request->n;
	to->method = xstrdup(request_options_method(request->options));
	to->error = short_error(&r->failure);
	to->class = r->failure.class;
	to->took_us = result_took_us(r);
	to->first_byte_us = result_first_byte_us(r);
	to->attempts = r->attempts;
	to->size = r->size_download;
	fill_rows(to, &r->exchanges);
	fill_phases(to, &r->exchanges);
	to->from_us = row_from(&to->rows[0]);
	to->to_us = to->from_us + 1;
	for (size_t i = 0; i < to->rows_len; i++)
		if (row_to(&to->rows[i]) > to->to_us)
			to->to_us = row_to(&to->rows[i]);
}

static bool
had_trouble(const struct result *r)
{
	return !result_ok(r) || r->attempts > 1;
}

/* Why a request is kept. */
enum merit {
	IS_FIRST,
	HAD_TROUBLE,
	IS_SLOW
};

static enum merit
merit_of(const struct waterfall *w, const struct result *r)
{
	if (w->len < w->firsts)
		return IS_FIRST;
	return w->troubled < w->firsts && had_trouble(r) ? HAD_TROUBLE
	                                                 : IS_SLOW;
}

/* Returns the place for a request, which may be that of the fastest among the
 * slowest; -1: it is not worth it. */
static ssize_t
make_room(struct waterfall *w, enum merit merit, int64_t took_us)
{
	struct heap_node *top = heap_top(&w->slowest);
	struct entry *e;
	ssize_t place;

	if (w->len < w->most)
		return (ssize_t)w->len++;
	if (merit == IS_SLOW && took_us <= top->at)
		return -1;
	heap_pop(&w->slowest);
	e = container_of(top, struct entry, slow);
	place = (ssize_t)e->place;
	entry_free(e);
	return place;
}

/* Most requests of a long run are not kept, so this is found out before
 * anything is copied. */
void
waterfall_add(
    struct waterfall *w, const struct request *request, const struct result *r)
{
	enum merit merit = merit_of(w, r);
	struct entry *e;
	ssize_t place;

	if (!r->exchanges.len)
		return;
	w->total++;
	place = make_room(w, merit, result_took_us(r));
	if (place < 0)
		return;
	if (!w->entries)
		w->entries = xcalloc(w->most, sizeof(struct entry *));
	e = xcalloc(1, sizeof(*e));
	e->place = (size_t)place;
	fill_request(&e->request, request, r);
	w->entries[place] = e;
	w->troubled += merit == HAD_TROUBLE;
	if (merit == IS_SLOW)
		heap_push(&w->slowest, &e->slow, result_took_us(r));
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

static bool
has_origin(const struct waterfall_view *v, const char *url)
{
	return v->origin_len && origin_len(url) == v->origin_len &&
	       strncmp(url, v->origin, v->origin_len) == 0;
}

/* Find the origin of the view: that of its first URL, if most rows have it. */
static void
find_origin(struct waterfall_view *v)
{
	size_t rows = 0, alike = 0;

	v->origin = v->requests[0]->rows[0].url;
	v->origin_len = origin_len(v->origin);
	for (size_t i = 0; i < v->len; i++)
		for (size_t j = 0; j < v->requests[i]->rows_len; j++) {
			alike += has_origin(v, v->requests[i]->rows[j].url);
			rows++;
		}
	v->one_origin = v->origin_len && alike == rows;
	if (alike <= rows / 2)
		v->origin_len = 0;
}

/* Extend the view's axis by a request. */
static void
extend_view(struct waterfall_view *v, const struct waterfall_request *r)
{
	if (v->to_us == v->from_us || r->from_us < v->from_us)
		v->from_us = r->from_us;
	if (r->to_us > v->to_us)
		v->to_us = r->to_us;
	v->has_trouble = v->has_trouble || r->error || r->attempts > 1;
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
	find_origin(&v);
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

static int64_t
longest_row(const struct waterfall_view *v)
{
	int64_t most = 0;

	for (size_t i = 0; i < v->len; i++)
		for (size_t j = 0; j < v->requests[i]->rows_len; j++)
			if (v->requests[i]->rows[j].took_us > most)
				most = v->requests[i]->rows[j].took_us;
	return most;
}

struct time_unit
waterfall_unit(const struct waterfall_view *v, size_t views, int64_t least_us)
{
	int64_t most = least_us;

	for (size_t i = 0; i < views; i++)
		if (longest_row(&v[i]) > most)
			most = longest_row(&v[i]);
	return time_unit_for((double)most / CLOCK_SECOND);
}

/* --- several on one axis -------------------------------------------------- */

int64_t
waterfall_group_wall_us(const struct waterfall_group *group)
{
	int64_t most = 0;

	for (size_t i = 0; i < group->len; i++)
		if (group->parts[i].wall_us > most)
			most = group->parts[i].wall_us;
	return most;
}

/* The axis of a single waterfall begins with its first request, that of several
 * with their runs. */
struct waterfall_view *
waterfall_group_views(const struct waterfall_group *group)
{
	struct waterfall_view *views = xcalloc(group->len, sizeof(*views));
	int64_t to_us = waterfall_group_wall_us(group);

	for (size_t i = 0; i < group->len; i++) {
		views[i] = waterfall_view(group->parts[i].waterfall);
		if (views[i].to_us > to_us)
			to_us = views[i].to_us;
	}
	for (size_t i = 0; i < group->len && group->parts[0].name; i++) {
		views[i].from_us = 0;
		views[i].to_us = to_us > 0 ? to_us : 1;
	}
	return views;
}

/* --- titles, labels, outcomes --------------------------------------------- */

void
waterfall_add_title(struct buf *out, const struct waterfall_view *v)
{
	if (v->len < v->total)
		buf_addf(out, "%zu of ", v->len);
	buf_addf(
	    out, "%" PRIu64 " request%s", v->total, v->total == 1 ? "" : "s");
	if (v->origin_len) {
		buf_adds(out, " to ");
		utf8_add_safe(out, v->origin, v->origin_len);
		buf_adds(out, v->one_origin ? "" : " and others");
	}
	if (v->len < v->total)
		buf_adds(out, v->has_trouble ? ": first, slowest, failed"
		                             : ": the first and the slowest");
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

	if (has_origin(v, row->url))
		url = row->url + v->origin_len;
	if (row != request->rows)
		buf_adds(out, "  ");
	add_kind(out, row);
	if (strcmp(request->method, "GET") != 0)
		buf_addf(out, "%s ", request->method);
	if (!*url)
		url = "/";
	percent_add_safe(out, url, strlen(url));
}

/* Returns the class of failure that a row ended with: its own or, as the body
 * may be at fault where the exchange is not, that of the request. */
static enum error_class
class_of(
    const struct waterfall_request *request, const struct waterfall_row *row)
{
	if (row->cancelled)
		return ERROR_NONE;
	return row->error == ERROR_NONE && row->final ? request->class
	                                              : row->error;
}

bool
waterfall_row_failed(
    const struct waterfall_request *request, const struct waterfall_row *row)
{
	return class_of(request, row) != ERROR_NONE;
}

void
waterfall_add_outcome(struct buf *out, const struct waterfall_request *request,
    const struct waterfall_row *row)
{
	enum error_class class = class_of(request, row);

	if (row->cancelled) {
		buf_adds(out, "cancelled");
		return;
	}
	if (row->status)
		buf_addf(out, "%d", row->status);
	if (row->status && (class == ERROR_NONE || class == ERROR_HTTP))
		return;
	buf_addf(out, "%s%s", row->status ? " " : "", error_class_name(class));
}
