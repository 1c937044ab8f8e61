/*
 * Adding results up, and the two texts of the totals: one line, and a block in
 * detail.
 */
#include "config.h"

#include "stats/totals.h"

#include <inttypes.h>
#include <stdbool.h>

#include "base/clock.h"
#include "stats/show.h"

enum {
	KINDS_SHOWN = 4 /* of failures, in the line */
};

static void
count_outcome(struct totals *t, const struct result *r)
{
	if (result_ok(r))
		t->ok++;
	else if (r->failure.class == ERROR_CANCELLED)
		t->cancelled++;
	else
		t->failed++;
	t->by_class[r->failure.class]++;
	if (r->status <= 0 || r->status >= TOTALS_STATUSES)
		return;
	t->by_status[r->status]++;
	t->failed_by_status[r->status] += r->failure.class == ERROR_HTTP;
}

void
totals_add(struct totals *t, const struct result *r)
{
	count_outcome(t, r);
	t->bytes += r->size_download;
	t->attempts += r->attempts;
	t->redirects += (uint64_t)r->num_redirects;
	for (unsigned i = 0; i < r->past_len; i++)
		t->flight_us += r->past[i].total_us;
	if (r->flight_us <= 0)
		return;
	t->flight_us += r->flight_us;
	if (r->flight_us > t->slowest_us)
		t->slowest_us = r->flight_us;
}

void
totals_add_recalled(struct totals *t, const struct result *r, unsigned attempts)
{
	count_outcome(t, r);
	t->recalled += result_ok(r);
	t->attempts += attempts;
}

uint64_t
totals_count(const struct totals *t)
{
	return t->ok + t->failed + t->cancelled;
}

uint64_t
totals_status(const struct totals *t, int status)
{
	return status > 0 && status < TOTALS_STATUSES ? t->by_status[status]
	                                              : 0;
}

/* Failures of one kind: with one status, or of one other class. */
struct kind {
	uint64_t count;
	size_t at; /* the status, or from TOTALS_STATUSES on the class */
};

static uint64_t
count_of_kind(const struct totals *t, size_t at)
{
	size_t class = at - TOTALS_STATUSES;

	if (at < TOTALS_STATUSES)
		return t->failed_by_status[at];
	return class == ERROR_NONE || class == ERROR_CANCELLED ||
	               class == ERROR_HTTP
	           ? 0
	           : t->by_class[class];
}

/* The most frequent kind behind `last` in the order of frequency, ties in that
 * of the table. False: there is none. */
static bool
next_kind(const struct totals *t, struct kind *last)
{
	struct kind next = {0};

	for (size_t at = 0; at < TOTALS_STATUSES + ERROR_CLASS_COUNT; at++) {
		uint64_t n = count_of_kind(t, at);

		if (n > next.count &&
		    (n < last->count || (n == last->count && at > last->at)))
			next = (struct kind){n, at};
	}
	*last = next;
	return next.count > 0;
}

static void
add_kind(struct buf *out, const struct kind *kind)
{
	if (kind->at < TOTALS_STATUSES)
		buf_addf(out, "%zu", kind->at);
	else
		buf_adds(out, error_class_name((enum error_class)(
		                  kind->at - TOTALS_STATUSES)));
	if (kind->count > 1)
		buf_addf(out, " x %" PRIu64, kind->count);
}

/* " (404 x 40, 503 x 20, timeout)" */
static void
add_kinds(const struct totals *t, struct buf *out)
{
	struct kind kind = {UINT64_MAX, 0};
	const char *before = " (";

	for (int i = 0; i < KINDS_SHOWN && next_kind(t, &kind); i++) {
		buf_adds(out, before);
		add_kind(out, &kind);
		before = ", ";
	}
	buf_adds(out, next_kind(t, &kind) ? ", ...)" : ")");
}

/* "200 x 240, 404 x 20" */
static void
add_statuses(const struct totals *t, struct buf *out)
{
	const char *before = "\nstatuses         ";

	for (size_t i = 0; i < TOTALS_STATUSES; i++) {
		if (!t->by_status[i])
			continue;
		buf_addf(out, "%s%zu x %" PRIu64, before, i, t->by_status[i]);
		before = ", ";
	}
}

static void
add_counts(const struct totals *t, struct buf *out)
{
	buf_addf(out, "%" PRIu64 " ok", t->ok);
	if (t->recalled)
		buf_addf(
		    out, " (%" PRIu64 " from an earlier run)", t->recalled);
	if (t->failed) {
		buf_addf(out, ", %" PRIu64 " failed", t->failed);
		add_kinds(t, out);
	}
	if (t->cancelled)
		buf_addf(out, ", %" PRIu64 " cancelled", t->cancelled);
}

/* Returns whether the run has requests whose time alone can be estimated. */
static bool
is_worth_telling(const struct totals *t)
{
	return t->ok && t->flight_us > 0 && t->wall_us > 0;
}

double
totals_per_second(const struct totals *t)
{
	uint64_t done = t->ok + t->failed - t->recalled;

	return t->wall_us > 0 ? (double)done * CLOCK_SECOND / (double)t->wall_us
	                      : 0;
}

double
totals_mean_in_flight(const struct totals *t)
{
	return t->wall_us > 0 ? (double)t->flight_us / (double)t->wall_us : 0;
}

static void
add_mean_in_flight(const struct totals *t, struct buf *out)
{
	double mean = totals_mean_in_flight(t);

	buf_addf(out, "%.*f in flight on average", mean < 10, mean);
}

static void
add_rate(const struct totals *t, struct buf *out)
{
	double rate = totals_per_second(t);

	buf_addf(out, "%.*f/s", rate < 10 ? 1 : 0, rate);
}

/* Is there nothing but what an earlier run has fetched? Then a rate and a
 * number of bytes would speak of nothing. */
static bool
is_all_recalled(const struct totals *t)
{
	return t->recalled && t->recalled == t->ok + t->failed && !t->attempts;
}

void
totals_add_line(const struct totals *t, struct buf *out)
{
	add_counts(t, out);
	buf_adds(out, " in ");
	add_duration(out, t->wall_us);
	if (is_all_recalled(t))
		return;
	buf_adds(out, " (");
	add_rate(t, out);
	buf_adds(out, ", ");
	add_size(out, t->bytes);
	buf_adds(out, ")");
	if (is_worth_telling(t)) {
		buf_adds(out, "; ");
		add_mean_in_flight(t, out);
	}
}

/* Append the counts that are not 0. */
static void
add_extras(const struct totals *t, struct buf *out)
{
	const struct {
		uint64_t count;
		const char *one, *several;
	} extras[] = {
	    {t->retries, "retry", "retries"},
	    {t->requeues, "requeue", "requeues"},
	    {t->hedges, "hedge", "hedges"},
	    {t->holds, "hold", "holds"},
	    {t->redirects, "redirect", "redirects"},
	};

	for (size_t i = 0; i < sizeof(extras) / sizeof(*extras); i++)
		if (extras[i].count)
			buf_addf(out, ", %" PRIu64 " %s", extras[i].count,
			    extras[i].count == 1 ? extras[i].one
			                         : extras[i].several);
}

void
totals_add_speed(const struct totals *t, struct buf *out)
{
	if (t->wall_us <= 0 || !t->bytes)
		return;
	buf_adds(out, ", ");
	add_size(out,
	    (uint64_t)((double)t->bytes * CLOCK_SECOND / (double)t->wall_us));
	buf_adds(out, "/s");
}

void
totals_add_block(const struct totals *t, struct buf *out)
{
	buf_adds(out, "requests         ");
	add_counts(t, out);
	add_statuses(t, out);
	buf_addf(out, "\nattempts         %" PRIu64, t->attempts);
	add_extras(t, out);
	buf_adds(out, "\nwall clock       ");
	add_duration(out, t->wall_us);
	if (!is_all_recalled(t)) {
		buf_adds(out, ", ");
		add_rate(t, out);
	}
	buf_adds(out, "\nreceived         ");
	add_size(out, t->bytes);
	totals_add_speed(t, out);
	buf_addf(out,
	    "\nconnections      %" PRIu64 " opened, %" PRIu64 " reused\n",
	    t->connections_opened, t->connections_reused);
	if (is_worth_telling(t)) {
		buf_adds(out, "concurrency      ");
		add_mean_in_flight(t, out);
		buf_adds(out, "; --compare measures what it is worth\n");
	}
}
