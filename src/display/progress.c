/*
 * The line is made of parts, each of which a function appends from the figures;
 * those that do not fit are dropped, and a bar or a spinner takes what is left.
 */
#include "config.h"

#include "display/progress.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "stats/show.h"
#include "text/term_width.h"

enum {
	/* Columns. */
	GAP = 2,       /* between two parts */
	BAR_LEAST = 8, /* below, there is no bar */
	BAR_MOST = 40,
	WAITING_LEAST = 32,     /* of what the run waits for, before other parts
	                         * are dropped for it */
	URL_LEAST = 8,          /* of the URL in there */
	BYTES_RATE_LEAST = 1024 /* bytes a second that are worth telling */
};

static void
add_label(const struct progress_figures *f, struct buf *out)
{
	if (f->label)
		buf_adds(out, f->label);
}

static void
add_count(const struct progress_figures *f, struct buf *out)
{
	buf_addu(out, f->done);
	if (f->total >= 0) {
		buf_addc(out, '/');
		buf_addu(out, (uint64_t)f->total);
	} else {
		buf_adds(out, " done");
	}
}

/* In whole seconds, below a minute and a half: tenths would only flicker. */
static void
add_seconds(struct buf *out, int64_t s)
{
	if (s < 100)
		buf_addf(out, "%lld s", (long long)s);
	else
		add_duration(out, s * CLOCK_SECOND);
}

static void
add_elapsed(const struct progress_figures *f, struct buf *out)
{
	if (f->elapsed_us < CLOCK_SECOND)
		return;
	buf_adds(out, "in ");
	add_seconds(out, f->elapsed_us / CLOCK_SECOND);
}

static void
add_flying(const struct progress_figures *f, struct buf *out)
{
	if (f->flying)
		buf_addf(out, "%" PRIu64 " in flight", f->flying);
}

static void
add_rate(const struct progress_figures *f, struct buf *out)
{
	if (f->rate > 0)
		buf_addf(out, "%.*f/s", f->rate < 10 ? 1 : 0, f->rate);
}

static void
add_bytes(const struct progress_figures *f, struct buf *out)
{
	if (f->bytes)
		add_size(out, f->bytes);
}

static void
add_bytes_rate(const struct progress_figures *f, struct buf *out)
{
	if (!f->bytes || f->bytes_rate < BYTES_RATE_LEAST)
		return;
	buf_adds(out, "at ");
	add_size(out, (uint64_t)f->bytes_rate);
	buf_adds(out, "/s");
}

static void
add_failed(const struct progress_figures *f, struct buf *out)
{
	if (f->failed)
		buf_addf(out, "%" PRIu64 " failed", f->failed);
}

static void
add_retrying(const struct progress_figures *f, struct buf *out)
{
	if (f->retrying)
		buf_addf(out, "%" PRIu64 " retrying", f->retrying);
}

static void
add_eta(const struct progress_figures *f, struct buf *out)
{
	if (f->eta_us <= 0 || f->total < 0 || f->done >= (uint64_t)f->total)
		return;
	buf_adds(out, "ETA ");
	add_seconds(out, (f->eta_us + CLOCK_SECOND - 1) / CLOCK_SECOND);
}

static void
add_queue(const struct progress_figures *f, struct buf *out)
{
	if (f->queue)
		buf_adds(out, f->queue);
}

/* " (3.2 s)" */
static void
add_waited(const struct progress_figures *f, struct buf *out)
{
	if (f->waited_us < 0)
		return;
	if (f->waited_us < 10 * CLOCK_SECOND)
		buf_addf(out, " (%.1f s)", (double)f->waited_us / CLOCK_SECOND);
	else {
		buf_adds(out, " (");
		add_seconds(out, f->waited_us / CLOCK_SECOND);
		buf_addc(out, ')');
	}
}

/* "waiting for", "next start in 2 s:" */
static void
add_words(const struct progress_figures *f, struct buf *out)
{
	buf_adds(out, f->waiting);
	if (f->left_us <= 0)
		return;
	buf_addc(out, ' ');
	add_seconds(out, (f->left_us + CLOCK_SECOND - 1) / CLOCK_SECOND);
	if (f->url)
		buf_addc(out, ':');
}

static void
add_waiting(const struct progress_figures *f, struct buf *out)
{
	if (!f->waiting)
		return;
	add_words(f, out);
	if (f->url) {
		buf_addc(out, ' ');
		buf_adds(out, f->url);
	}
	add_waited(f, out);
}

/* In the order in which they stand; where there is no room, those with the
 * highest number go first. */
static const struct part {
	void (*add)(const struct progress_figures *, struct buf *);
	int dispensable;
	bool joined; /* to the part before it, if that is there */
	const char *color;
} parts[] = {
    {add_count, 0, false, NULL},
    {add_elapsed, 5, true, NULL},
    {add_label, 3, false, "\033[1m"},
    {add_queue, 4, false, NULL},
    {add_rate, 7, false, NULL},
    {add_bytes, 6, false, NULL},
    {add_bytes_rate, 8, true, NULL},
    {add_flying, 9, false, NULL},
    {add_failed, 1, false, "\033[31m"},
    {add_retrying, 10, false, "\033[33m"},
    {add_eta, 4, false, NULL},
    {add_waiting, 2, false, "\033[33m"},
};

enum {
	PARTS = sizeof(parts) / sizeof(parts[0]),
	WAITING = PARTS - 1,
	LEAD_WORTH = 8 /* parts from this number on make room for a bar */
};

struct line {
	struct buf texts[PARTS];
	size_t columns[PARTS]; /* 0: left out */
};

/* The columns between part `i` and the one before it. */
static size_t
gap_before(size_t i)
{
	return parts[i].joined ? 1 : GAP;
}

/* The columns of all parts that are left, with the gaps. */
static size_t
total_columns(const struct line *line)
{
	size_t sum = 0;

	for (size_t i = 0; i < PARTS; i++)
		if (line->columns[i])
			sum += line->columns[i] + (sum ? gap_before(i) : 0);
	return sum;
}

/* Leave out the part that can best be dispensed with, and is numbered `from` or
 * above. Returns false if there is none; the count stays in any case. */
static bool
drop_one(struct line *line, int from)
{
	size_t worst = 0;

	for (size_t i = 1; i < PARTS; i++)
		if (line->columns[i] && parts[i].dispensable >= from &&
		    parts[i].dispensable > parts[worst].dispensable)
			worst = i;
	if (worst)
		line->columns[worst] = 0;
	return worst != 0;
}

/* Append the URL in at most cut->columns: without its scheme where there is no
 * room for that, and then without its middle. */
static void
add_url_cut(const char *url, const struct term_width_cut *cut, struct buf *out)
{
	const char *host = strstr(url, "://");

	if (host && term_width_of(url, strlen(url)) > cut->columns)
		url = host + strlen("://");
	term_width_add_middle(out, url, strlen(url), cut);
}

/* Append what is waited for in at most `room` columns: the URL is what is cut.
 * Returns the columns used. */
static size_t
add_waiting_cut(const struct progress_figures *f, const struct terminal *t,
    size_t room, struct buf *out)
{
	struct term_width_cut cut = {room, t->unicode ? "…" : "..."};
	struct progress_figures bare = *f;
	size_t start = out->len, used;
	struct buf rest = {0}, whole = {0};

	bare.url = f->url ? "" : NULL;
	add_waiting(&bare, &rest);
	add_waiting(f, &whole);
	used = term_width_of(buf_text(&rest), rest.len);
	if (!f->url || used + URL_LEAST > room) {
		used =
		    term_width_add_cut(out, buf_text(&whole), whole.len, &cut);
	} else {
		add_words(f, out);
		buf_addc(out, ' ');
		cut.columns = room - used;
		add_url_cut(f->url, &cut, out);
		add_waited(f, out);
		used = term_width_of(out->data + start, out->len - start);
	}
	buf_release(&rest);
	buf_release(&whole);
	return used;
}

/* How many columns what is waited for gets of `room`, beside the count. */
static size_t
room_for_waiting(size_t room, size_t count)
{
	size_t share = room * 3 / 5;

	if (share < WAITING_LEAST)
		share = WAITING_LEAST;
	room -= room > count + GAP ? count + GAP : 0;
	return share < room ? share : room;
}

/* Make the parts, each no wider than `room`. */
static void
make_parts(struct line *line, const struct progress_figures *f,
    const struct terminal *t, size_t room)
{
	struct term_width_cut cut = {room, t->unicode ? "…" : "..."};

	for (size_t i = 0; i < PARTS; i++) {
		struct buf whole = {0};

		buf_init(&line->texts[i]);
		buf_adds(&line->texts[i], "");
		if (i == WAITING && f->waiting) {
			line->columns[i] = add_waiting_cut(f, t,
			    room_for_waiting(room, line->columns[0]),
			    &line->texts[i]);
			continue;
		}
		parts[i].add(f, &whole);
		line->columns[i] = term_width_add_cut(
		    &line->texts[i], buf_text(&whole), whole.len, &cut);
		buf_release(&whole);
	}
}

/* Leave out what is less than a bar, or a spinner, of `lead` columns, if that
 * makes room for it. */
static void
make_room_for_lead(struct line *line, size_t room, size_t lead)
{
	struct line before = *line;

	while (total_columns(line) + GAP + lead > room)
		if (!drop_one(line, LEAD_WORTH)) {
			*line = before;
			return;
		}
}

/* Where no bar fits in, what is waited for gets the rest of the room. */
static void
widen_waiting(struct line *line, const struct progress_figures *f,
    const struct terminal *t, size_t room)
{
	size_t columns = line->columns[WAITING];
	size_t used = total_columns(line);

	if (!columns || used + GAP + BAR_LEAST <= room)
		return;
	buf_clear(&line->texts[WAITING]);
	line->columns[WAITING] = add_waiting_cut(
	    f, t, room - (used - columns), &line->texts[WAITING]);
}

/* Make the parts, and drop those for which there is no room. */
static void
fill(struct line *line, const struct progress_figures *f,
    const struct terminal *t, size_t room)
{
	make_parts(line, f, t, room);
	while (total_columns(line) > room && drop_one(line, 1))
		;
	if (f->total)
		make_room_for_lead(line, room, f->total > 0 ? BAR_LEAST : 1);
	if (f->total >= 0)
		widen_waiting(line, f, t, room);
}

static void
repeat(struct buf *out, const char *s, size_t n)
{
	while (n--)
		buf_adds(out, s);
}

static void
add_colored(struct buf *out, const char *color, const char *text)
{
	if (color)
		buf_adds(out, color);
	buf_adds(out, text);
	if (color)
		buf_adds(out, "\033[0m");
}

/* The characters of a bar. */
struct bar_style {
	const char *left, *full, *half, *empty, *right;
	size_t ends; /* columns of left and right */
};

static const struct bar_style bar_unicode = {"", "━", "╸", "─", "", 0};
static const struct bar_style bar_ascii = {"[", "=", "-", " ", "]", 2};

/* The bar in so many columns; half a cell is drawn where the character set has
 * it. */
static void
add_progress_bar(const struct progress_figures *f, const struct terminal *t,
    size_t columns, struct buf *out)
{
	const struct bar_style *style = t->unicode ? &bar_unicode : &bar_ascii;
	size_t cells = columns - style->ends;
	double share =
	    f->total > 0 ? ((double)f->done + f->share) / (double)f->total : 0;
	size_t halves = (size_t)((share < 1 ? share : 1) * (double)cells * 2);

	buf_adds(out, style->left);
	if (t->color)
		buf_adds(out, "\033[36m");
	repeat(out, style->full, halves / 2);
	repeat(out, style->half, halves % 2);
	if (t->color)
		buf_adds(out, "\033[0;2m");
	repeat(out, style->empty, cells - (halves + 1) / 2);
	if (t->color)
		buf_adds(out, "\033[0m");
	buf_adds(out, style->right);
}

static void
add_spinner(
    const struct progress_figures *f, const struct terminal *t, struct buf *out)
{
	static const char *const unicode[] = {
	    "⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧"};
	static const char *const ascii[] = {
	    "|", "/", "-", "\\", "|", "/", "-", "\\"};

	buf_adds(out, (t->unicode ? unicode : ascii)[f->frame % 8]);
}

/* Append what stands in front, bar or spinner, if there is room. Returns its
 * columns. */
static size_t
add_lead(const struct progress_figures *f, const struct terminal *t,
    size_t room, struct buf *out)
{
	size_t columns = 0;

	if (f->total < 0 && room > GAP) {
		add_spinner(f, t, out);
		columns = 1;
	} else if (f->total > 0 && room >= BAR_LEAST + GAP) {
		columns = room - GAP < BAR_MOST ? room - GAP : BAR_MOST;
		add_progress_bar(f, t, columns, out);
	}
	return columns;
}

size_t
progress_add_line(
    const struct progress_figures *f, const struct terminal *t, struct buf *out)
{
	size_t room = t->width > 1 ? t->width - 1 : 1;
	struct line line;
	size_t used;

	fill(&line, f, t, room);
	used = total_columns(&line);
	used += add_lead(f, t, room - used, out);
	for (size_t i = 0, any = used > total_columns(&line); i < PARTS; i++) {
		if (line.columns[i]) {
			repeat(out, " ", any ? gap_before(i) : 0);
			add_colored(out, t->color ? parts[i].color : NULL,
			    line.texts[i].data);
			any = 1;
		}
		buf_release(&line.texts[i]);
	}
	return used + (used > total_columns(&line) ? GAP : 0);
}

void
progress_add_sentence(const struct progress_figures *f, struct buf *out)
{
	buf_addu(out, f->done);
	if (f->total >= 0)
		buf_addf(out, " of %lld", (long long)f->total);
	buf_adds(out, " done");
	for (size_t i = 1; i < PARTS; i++) {
		size_t at = out->len;

		buf_adds(out, parts[i].joined ? " " : ", ");
		parts[i].add(f, out);
		if (out->len == at + gap_before(i))
			buf_truncate(out, at);
	}
}
