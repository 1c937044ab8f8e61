/*
 * The columns are a table of functions that each append a cell; a row is one
 * cell after the other. All times are in milliseconds with one decimal, so that
 * their digits stand below each other and a script can sort them.
 */
#include "config.h"

#include "pictures/report_table.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "pictures/page.h"
#include "stats/show.h"
#include "text/percent.h"
#include "text/term_width.h"

enum {
	URL_COLUMNS = 44, /* of text; of longer ones the middle is cut */
	BAR_WIDTH = 180   /* pixels of the timeline */
};

/* A request, and the view that it is in. */
struct row {
	const struct waterfall_view *view;
	const struct waterfall_request *request;
};

/* Append a time in milliseconds; nothing where there was none. */
static void
add_ms(struct buf *out, int64_t us)
{
	if (us > 0)
		buf_addf(out, "%.1f", (double)us / CLOCK_MS);
}

static const struct waterfall_row *
last_row(const struct waterfall_request *request)
{
	for (size_t i = request->rows_len; i-- > 0;)
		if (request->rows[i].final)
			return &request->rows[i];
	return &request->rows[request->rows_len - 1];
}

/* --- cells ---------------------------------------------------------------- */

static void
add_number(struct buf *out, const struct row *r)
{
	buf_addf(out, "<td>%" PRIu64, r->request->n);
}

static void
add_outcome(struct buf *out, const struct row *r)
{
	buf_adds(out, r->request->error ? "<td class=\"text\">✗ "
	                                : "<td class=\"text\">");
	waterfall_add_outcome(out, r->request, last_row(r->request));
}

/* Append the URL as listed, decoded and short; what was shortened is its
 * tooltip. Below it stands why the request failed. */
static void
add_url(struct buf *out, const struct row *r)
{
	static const struct term_width_cut cut = {URL_COLUMNS, "…"};
	struct buf label, shown;

	buf_init(&label);
	buf_init(&shown);
	waterfall_add_label(&label, r->view, r->request, &r->request->rows[0]);
	term_width_add_middle(&shown, label.data, label.len, &cut);
	buf_adds(out, "<td class=\"url\"");
	if (strcmp(label.data, shown.data) != 0) {
		buf_adds(out, " title=\"");
		page_add_text(out, label.data);
		buf_addc(out, '"');
	}
	buf_addc(out, '>');
	page_add_text(out, shown.data);
	if (r->request->error) {
		buf_adds(out, "<div>");
		page_add_text(out, r->request->error);
		buf_adds(out, "</div>");
	}
	buf_release(&label);
	buf_release(&shown);
}

static void
add_tries(struct buf *out, const struct row *r)
{
	buf_addf(out, "<td>%u", r->request->attempts);
}

static void
add_bytes(struct buf *out, const struct row *r)
{
	buf_addf(out, "<td data-v=\"%" PRIu64 "\">", r->request->size);
	add_size(out, r->request->size);
}

/* A request may have been read before the clock of the run began. */
static void
add_start(struct buf *out, const struct row *r)
{
	int64_t us = r->request->from_us;

	buf_addf(out, "<td>%.1f", (double)(us > 0 ? us : 0) / CLOCK_MS);
}

/* Append the sum of the phases from `first` to `last`. */
static void
add_phases(
    struct buf *out, const struct row *r, enum phase first, enum phase last)
{
	int64_t us = 0;

	for (enum phase p = first; p <= last; p++)
		us += r->request->phase_us[p];
	buf_adds(out, "<td>");
	add_ms(out, us);
}

static void
add_queue(struct buf *out, const struct row *r)
{
	add_phases(out, r, 0, PHASE_HOLD);
}

static void
add_dns(struct buf *out, const struct row *r)
{
	add_phases(out, r, PHASE_DNS, PHASE_DNS);
}

static void
add_connect(struct buf *out, const struct row *r)
{
	add_phases(out, r, PHASE_CONNECT, PHASE_CONNECT);
}

static void
add_tls(struct buf *out, const struct row *r)
{
	add_phases(out, r, PHASE_TLS, PHASE_TLS);
}

static void
add_wait(struct buf *out, const struct row *r)
{
	add_phases(out, r, PHASE_SEND, PHASE_WAIT);
}

static void
add_first_byte(struct buf *out, const struct row *r)
{
	buf_adds(out, "<td>");
	add_ms(out, r->request->first_byte_us);
}

/* What the first byte and the transfer took adds up to what all took. */
static void
add_transfer(struct buf *out, const struct row *r)
{
	buf_adds(out, "<td>");
	if (r->request->first_byte_us >= 0)
		add_ms(out, r->request->took_us - r->request->first_byte_us);
}

static void
add_took(struct buf *out, const struct row *r)
{
	buf_adds(out, "<td>");
	add_ms(out, r->request->took_us);
}

/* Returns where the moment `us` lies in the timeline. */
static double
x_of(const struct row *r, int64_t us)
{
	return page_scale(0, BAR_WIDTH, (double)(us - r->view->from_us),
	    (double)(r->view->to_us - r->view->from_us));
}

static void
add_timeline(struct buf *out, const struct row *r)
{
	buf_addf(out,
	    "<td class=\"timeline\"><svg class=\"waterfall\" "
	    "viewBox=\"0 0 %d %d\">",
	    BAR_WIDTH, WATERFALL_BAR);
	for (size_t i = 0; i < r->request->rows_len; i++)
		for (size_t j = 0; j < r->request->rows[i].spans_len; j++) {
			const struct span *s = &r->request->rows[i].spans[j];
			double x = x_of(r, s->from_us);
			double width = x_of(r, s->to_us) - x;

			if (width >= 0.1 || r->request->rows[i].spans_len == 1)
				waterfall_add_span(out, s->phase,
				    &(struct waterfall_place){
				        x, width < 1 ? 1 : width, 0});
		}
	buf_adds(out, "</svg>");
}

/* --- the table ------------------------------------------------------------ */

static const struct {
	const char *name, *meaning;
	bool text; /* else it is aligned as numbers are */
	void (*add)(struct buf *out, const struct row *);
} columns[] = {
    {"#", "number of the request", false, add_number},
    {"status", "status or kind of failure", true, add_outcome},
    {"URL", "as listed, decoded", true, add_url},
    {"tries", "attempts", false, add_tries},
    {"size", "of the body, as transferred", false, add_bytes},
    {"start", "when it could have started", false, add_start},
    {"queue", "waiting for a slot, a rate, a hold or a retry", false,
        add_queue},
    {"DNS", "DNS lookup", false, add_dns},
    {"connect", "connecting", false, add_connect},
    {"TLS", "TLS handshake", false, add_tls},
    {"wait", "from sending the request to the first byte", false, add_wait},
    {"TTFB", "time to first byte: DNS, connect, TLS, wait and redirects", false,
        add_first_byte},
    {"transfer", "from the first byte to the last", false, add_transfer},
    {"took", "TTFB and transfer", false, add_took},
};

enum {
	COLUMNS = sizeof(columns) / sizeof(*columns)
};

static void
add_row(struct buf *out, const struct row *r)
{
	buf_adds(out, r->request->error ? "<tr class=\"failed\">" : "<tr>");
	for (size_t i = 0; i < COLUMNS; i++)
		columns[i].add(out, r);
	add_timeline(out, r);
	buf_addc(out, '\n');
}

static void
add_head(struct buf *out)
{
	buf_adds(out, "<thead><tr>\n");
	for (size_t i = 0; i < COLUMNS; i++)
		buf_addf(out, "<th scope=\"col\"%s title=\"%s\">%s\n",
		    columns[i].text ? " class=\"text\"" : "",
		    columns[i].meaning, columns[i].name);
	buf_adds(out, "<th scope=\"col\" class=\"timeline\">timeline\n"
	              "</thead><tbody>\n");
}

static void
add_title(struct buf *out, const struct waterfall_view *v)
{
	struct buf title;

	buf_init(&title);
	waterfall_add_title(&title, v);
	buf_adds(&title,
	    ". Times are in milliseconds. TTFB and transfer add up "
	    "to took; DNS, connect, TLS, wait and redirects are "
	    "part of TTFB; the queue comes before.");
	page_add_note(out, title.data);
	buf_release(&title);
}

void
report_table_add(struct buf *out, const struct waterfall_view *v)
{
	page_add_heading(out, "Requests");
	add_title(out, v);
	buf_adds(out, "<div id=\"tools\"></div>\n");
	page_begin_scroll(out, "Table of requests");
	buf_adds(out, "<table id=\"requests\">");
	add_head(out);
	for (size_t i = 0; i < v->len; i++)
		add_row(out, &(struct row){v, v->requests[i]});
	buf_adds(out, "</tbody></table>\n");
	page_end_scroll(out);
}
