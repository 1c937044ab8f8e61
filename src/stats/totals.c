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

static void
count(struct totals *t, const struct result *r)
{
	if (result_ok(r))
		t->ok++;
	else if (r->failure.class == ERROR_CANCELLED)
		t->cancelled++;
	else
		t->failed++;
	t->by_class[r->failure.class]++;
}

void
totals_add(struct totals *t, const struct result *r)
{
	count(t, r);
	t->bytes += r->size_download;
	t->attempts += r->attempts;
	t->redirects += (uint64_t)r->num_redirects;
	if (r->flight_us <= 0)
		return;
	t->flight_us += r->flight_us;
	if (r->flight_us > t->slowest_us)
		t->slowest_us = r->flight_us;
}

void
totals_add_recalled(struct totals *t, const struct result *r, unsigned attempts)
{
	count(t, r);
	t->recalled += result_ok(r);
	t->attempts += attempts;
}

uint64_t
totals_count(const struct totals *t)
{
	return t->ok + t->failed + t->cancelled;
}

static void
add_counts(const struct totals *t, struct buf *out)
{
	buf_addf(out, "%" PRIu64 " ok", t->ok);
	if (t->recalled)
		buf_addf(
		    out, " (%" PRIu64 " from an earlier run)", t->recalled);
	if (t->failed)
		buf_addf(out, ", %" PRIu64 " failed", t->failed);
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

/* Append what the requests would have taken one at a time. That is not claimed
 * to be longer where there was nothing to overlap. */
static void
add_one_at_a_time(const struct totals *t, struct buf *out)
{
	if (!is_worth_telling(t))
		return;
	buf_adds(out, "one at a time: about ");
	add_duration(out, t->flight_us);
	if (t->flight_us > t->wall_us)
		buf_addf(out, ", %.1f times as long",
		    (double)t->flight_us / (double)t->wall_us);
}

static void
add_rate(const struct totals *t, struct buf *out)
{
	double rate = totals_per_second(t);

	buf_addf(out, "%.*f/s", rate < 10 ? 1 : 0, rate);
}

void
totals_add_line(const struct totals *t, struct buf *out)
{
	add_counts(t, out);
	buf_adds(out, " in ");
	add_duration(out, t->wall_us);
	buf_adds(out, " (");
	add_rate(t, out);
	buf_adds(out, ", ");
	add_size(out, t->bytes);
	buf_adds(out, ")");
	if (is_worth_telling(t)) {
		buf_adds(out, "; ");
		add_one_at_a_time(t, out);
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

static void
add_speed(const struct totals *t, struct buf *out)
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
	buf_addf(out, "\nattempts         %" PRIu64, t->attempts);
	add_extras(t, out);
	buf_adds(out, "\nwall clock       ");
	add_duration(out, t->wall_us);
	buf_adds(out, ", ");
	add_rate(t, out);
	buf_adds(out, "\nreceived         ");
	add_size(out, t->bytes);
	add_speed(t, out);
	buf_addf(out,
	    "\nconnections      %" PRIu64 " opened, %" PRIu64 " reused\n",
	    t->connections_opened, t->connections_reused);
	if (is_worth_telling(t)) {
		add_one_at_a_time(t, out);
		buf_addc(out, '\n');
	}
}
