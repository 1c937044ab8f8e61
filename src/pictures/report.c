/*
 * The parts of the report in the order in which they stand on the page:
 * figures, histogram, critical path, waterfall, table. The table is data as
 * JSON, which report.js draws.
 */
#include "config.h"

#include "pictures/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "json/write.h"
#include "pictures/critical_path.h"
#include "pictures/page.h"
#include "pictures/waterfall.h"
#include "stats/histogram.h"
#include "stats/percentiles.h"
#include "stats/show.h"

enum {
	DRAWN = 60 /* requests in the picture */
};

struct report {
	struct waterfall *drawn;    /* the requests of the picture */
	struct waterfall *table;    /* the requests of the table */
	struct percentiles *times;  /* in flight, of all requests */
	struct critical_path *path; /* through all requests */
};

struct report *
report_new(void)
{
	struct report *r = xcalloc(1, sizeof(*r));

	r->drawn = waterfall_new(DRAWN);
	r->table = waterfall_new(REPORT_ROWS);
	r->times = percentiles_new();
	r->path = critical_path_new();
	return r;
}

void
report_free(struct report *r)
{
	if (!r)
		return;
	waterfall_free(r->drawn);
	waterfall_free(r->table);
	percentiles_free(r->times);
	critical_path_free(r->path);
	free(r);
}

/* A request without an attempt, such as an invalid one, took no time that
 * could be measured. */
void
report_add(struct report *r, const struct request *request,
    const struct result *result)
{
	waterfall_add(r->drawn, request, result);
	waterfall_add(r->table, request, result);
	critical_path_add(r->path, request, result);
	if (result->attempts)
		percentiles_add(r->times, result->flight_us);
}

/* --- figures ----------------------------------------------------------- */

/* Append a figure whose value is formatted. */
__attribute__((format(printf, 3, 4))) static void
add_figure(struct buf *out, const char *term, const char *fmt, ...)
{
	struct buf value;
	va_list ap;

	buf_init(&value);
	va_start(ap, fmt);
	buf_addv(&value, fmt, ap);
	va_end(ap);
	page_add_figure(out, term, value.data);
	buf_release(&value);
}

/* Append a time; none if it is unknown (-1). */
static void
add_time_figure(struct buf *out, const char *term, int64_t us)
{
	struct buf value;

	if (us < 0)
		return;
	buf_init(&value);
	add_duration(&value, us);
	page_add_figure(out, term, value.data);
	buf_release(&value);
}

/* Append a count that is not 0. */
static void
add_count(struct buf *out, const char *term, uint64_t n)
{
	if (n)
		add_figure(out, term, "%" PRIu64, n);
}

/* A figure for each class of failure that occurred. */
static void
add_errors(const struct totals *t, struct buf *out)
{
	static const char *const terms[ERROR_CLASS_COUNT] = {
	    [ERROR_INPUT] = "invalid input",
	    [ERROR_DNS] = "DNS failures",
	    [ERROR_CONNECT] = "connect failures",
	    [ERROR_TLS] = "TLS failures",
	    [ERROR_TIMEOUT] = "timeouts",
	    [ERROR_RESET] = "connections reset",
	    [ERROR_PROTOCOL] = "invalid responses",
	    [ERROR_REDIRECT] = "redirects not followed",
	    [ERROR_HTTP] = "HTTP errors",
	    [ERROR_EXPECT] = "unexpected answers",
	    [ERROR_SIZE] = "responses too large",
	    [ERROR_JSON] = "invalid JSON",
	    [ERROR_OUTPUT] = "results not written",
	    [ERROR_LOCAL] = "out of local resources",
	    [ERROR_CANCELLED] = "cancelled",
	    [ERROR_POLICY] = "forbidden by a limit",
	};

	for (size_t i = ERROR_NONE + 1; i < ERROR_CLASS_COUNT; i++)
		add_count(out, terms[i], t->by_class[i]);
}

/* Append how long the requests would have taken one at a time, if that is
 * longer than the run took. */
static void
add_figures(struct report *r, const struct totals *t, struct buf *out)
{
	struct buf size;

	page_begin_figures(out);
	add_figure(out, "requests", "%" PRIu64 " ok of %" PRIu64, t->ok,
	    totals_count(t));
	add_time_figure(out, "wall clock", t->wall_us);
	if (t->flight_us > 0)
		add_figure(out, "in flight on average", "%.1f",
		    totals_mean_in_flight(t));
	if (t->wall_us > 0)
		add_figure(out, "rate", "%.1f/s", totals_per_second(t));
	buf_init(&size);
	add_size(&size, t->bytes);
	page_add_figure(out, "received", size.data);
	buf_release(&size);
	add_figure(out, "connections", "%" PRIu64 " opened, %" PRIu64 " reused",
	    t->connections_opened, t->connections_reused);
	add_count(out, "attempts", t->attempts);
	add_time_figure(out, "median", percentiles_at(r->times, 50));
	add_time_figure(out, "p90", percentiles_at(r->times, 90));
	add_time_figure(out, "p99", percentiles_at(r->times, 99));
	add_time_figure(out, "slowest", percentiles_max(r->times));
	add_errors(t, out);
	page_end_figures(out);
}

/* --- histogram --------------------------------------------------------- */

/* Pixels. */
enum {
	LINE = 20,
	LABEL_X = 150, /* where labels end */
	BAR_X = 160,   /* where bars begin */
	BAR_WIDTH = 560,
	WIDTH = 800
};

/* Append a row of the histogram: label, bar, and the count behind the bar. */
static void
add_histogram_row(const struct histogram *h, size_t i, struct buf *out)
{
	size_t y = i * LINE;
	double most = (double)(h->most ? h->most : 1);
	double width = page_scale(0, BAR_WIDTH, (double)h->count[i], most);
	double label_x =
	    page_scale(BAR_X + 6, BAR_WIDTH, (double)h->count[i], most);

	buf_addf(
	    out, "<text class=\"end\" x=\"%d\" y=\"%zu\">", LABEL_X, y + 14);
	add_duration(out, h->from_us[i]);
	buf_adds(out, " … ");
	add_duration(out, h->until_us[i]);
	buf_addf(out,
	    "</text><rect x=\"%d\" y=\"%zu\" width=\"%.1f\" height=\"12\"/>"
	    "<text class=\"count\" x=\"%.1f\" y=\"%zu\">%" PRIu64 "</text>\n",
	    BAR_X, y + 4, width, label_x, y + 14, h->count[i]);
}

static void
add_histogram(struct report *r, struct buf *out)
{
	struct histogram h = histogram_of(r->times);

	if (!h.rows)
		return;
	page_add_heading(out, "How long requests took");
	buf_addf(out,
	    "<svg class=\"histogram\" viewBox=\"0 0 %d %zu\" width=\"%d\" "
	    "height=\"%zu\" role=\"img\"><title>Histogram</title>\n",
	    WIDTH, h.rows * LINE, WIDTH, h.rows * LINE);
	for (size_t i = 0; i < h.rows; i++)
		add_histogram_row(&h, i, out);
	buf_adds(out, "</svg>\n");
}

/* --- the table --------------------------------------------------------- */

static void
add_json_text(struct buf *out, const char *name, const char *text)
{
	buf_addf(out, ",\"%s\":", name);
	json_add_string(out, text, strlen(text));
}

/* Append the phases of all exchanges of a request as one flat array: phase,
 * from, to, phase, ... report.js reads it three by three. */
static void
add_spans(struct buf *out, const struct waterfall_request *r)
{
	const char *comma = "";

	buf_adds(out, ",\"spans\":[");
	for (size_t i = 0; i < r->rows_len; i++)
		for (size_t j = 0; j < r->rows[i].spans_len; j++) {
			const struct span *s = &r->rows[i].spans[j];

			buf_addf(out, "%s%d,%lld,%lld", comma, (int)s->phase,
			    (long long)s->from_us, (long long)s->to_us);
			comma = ",";
		}
	buf_addc(out, ']');
}

/* Append the row of a request: its URL is that of its first exchange, as
 * listed, and its outcome that of its last one. */
static void
add_row(struct buf *out, const struct waterfall_request *r)
{
	const struct waterfall_row *last = &r->rows[r->rows_len - 1];
	struct buf outcome;

	buf_init(&outcome);
	waterfall_add_outcome(&outcome, last);
	buf_addf(out,
	    "{\"n\":%" PRIu64 ",\"tries\":%u,\"size\":%" PRIu64
	    ",\"start\":%lld,"
	    "\"took\":%lld",
	    r->n, last->attempt, last->size, (long long)r->from_us,
	    (long long)(r->to_us - r->from_us));
	add_json_text(out, "method", r->method);
	add_json_text(out, "url", r->rows[0].url);
	add_json_text(out, "outcome", outcome.data);
	add_json_text(out, "error", r->error ? r->error : "");
	add_spans(out, r);
	buf_addc(out, '}');
	buf_release(&outcome);
}

/* Append the data of the table. Its members are known to report.js. */
static void
add_data(const struct waterfall_view *v, struct buf *out)
{
	buf_addf(out, "{\"from\":%lld,\"to\":%lld,\"phases\":[",
	    (long long)v->from_us, (long long)v->to_us);
	for (enum phase p = 0; p < PHASE_COUNT; p++)
		buf_addf(out, "%s\"%s\"", p ? "," : "", phase_name(p));
	buf_adds(out, "],\"rows\":[");
	for (size_t i = 0; i < v->len; i++) {
		buf_adds(out, i ? ",\n" : "\n");
		add_row(out, v->requests[i]);
	}
	buf_adds(out, "]}");
}

/* Append the head of a column, which sorts the table when it is clicked. */
static void
add_column(struct buf *out, const char *column, const char *kind)
{
	buf_addf(out,
	    "<th scope=\"col\" class=\"%s\" data-column=\"%s\"%s>"
	    "<button type=\"button\">%s</button></th>\n",
	    kind, column,
	    strcmp(column, "start") == 0 ? " aria-sort=\"ascending\"" : "",
	    column);
}

/* Append the table without its rows, which report.js makes from the data. */
static void
add_table(const struct waterfall_view *v, struct buf *out)
{
	static const char *const columns[][2] = {
	    {"n", "number"},
	    {"method", "text"},
	    {"url", "text"},
	    {"outcome", "text"},
	    {"tries", "number"},
	    {"size", "number"},
	    {"start", "number"},
	    {"took", "number"},
	};

	page_add_heading(out, "Requests");
	if (v->len < v->total)
		buf_addf(out,
		    "<p>%zu of %" PRIu64
		    " requests: the first and the slowest.</p>\n",
		    v->len, v->total);
	buf_adds(out, "<p><input id=\"filter\" type=\"search\" "
	              "placeholder=\"filter\" aria-label=\"filter\"> "
	              "<span id=\"shown\"></span></p>\n"
	              "<div class=\"scroll\"><table id=\"requests\">"
	              "<thead><tr>\n");
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		add_column(out, columns[i][0], columns[i][1]);
	buf_adds(out, "<th scope=\"col\"></th></tr></thead><tbody></tbody>"
	              "</table></div>\n<button type=\"button\" id=\"more\">"
	              "more</button>\n"
	              "<noscript><p>The table needs JavaScript.</p>"
	              "</noscript>\n");
}

/* --- the page ---------------------------------------------------------- */

static void
add_critical_path(struct report *r, const struct totals *t, struct buf *out)
{
	struct buf text;

	buf_init(&text);
	critical_path_add_text(r->path, t->wall_us, &text);
	if (text.len) {
		page_add_heading(out, "Where the time went");
		page_add_lines(out, text.data);
	}
	buf_release(&text);
}

void
report_add_page(
    struct report *r, const struct totals *t, const char *when, struct buf *out)
{
	struct waterfall_view view = waterfall_view(r->table);
	struct buf data;

	buf_init(&data);
	page_begin(out, "gather report");
	buf_addf(out, "<p>%s</p>\n", when);
	add_figures(r, t, out);
	add_histogram(r, out);
	add_critical_path(r, t, out);
	if (view.len) {
		page_add_heading(out, "Waterfall");
		waterfall_add_drawing(r->drawn, out);
		add_table(&view, out);
		add_data(&view, &data);
	}
	page_end(out, view.len ? &data : NULL);
	buf_release(&data);
}
