#include "config.h"

#include "command/plan.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "request/url.h"
#include "stats/show.h"

/* From the first of `n` starts to the last, at least. */
static int64_t
least_us(const struct rate_limit *rate, uint64_t n)
{
	double starts = (double)(n ? n - 1 : 0);
	double periods;

	if (!rate->count)
		return 0;
	periods = starts / (double)rate->count;
	if (!rate->even)
		periods = floor(periods);
	return (int64_t)(periods * (double)rate->period_us);
}

static uint64_t
to_send(const struct plan *p)
{
	return p->known[VERDICT_FETCH] + p->known[VERDICT_REFRESH];
}

static void
add_least(const struct plan *p, struct buf *out)
{
	const struct sched_options *o = &p->options->sched;
	int64_t all = least_us(&o->rate, to_send(p));
	int64_t host = 0;
	const char *why = "--rate";

	for (size_t i = 0; i < p->len; i++) {
		int64_t us = least_us(&o->host_rate, p->parts[i]->to_send);

		if (us > host)
			host = us;
	}
	if (host > all) {
		all = host;
		why = "--per-host-rate";
	}
	buf_adds(out, "least duration  ");
	if (all) {
		add_duration(out, all);
		buf_addf(out, ", for %s", why);
	} else {
		buf_adds(out, o->rate.count || o->host_rate.count
		                  ? "none: all fit into the rate at once"
		                  : "no rate is limited");
	}
	buf_addc(out, '\n');
}

static void
add_url(struct buf *out, const char *what, const char *url)
{
	char *redacted = url_redacted(url);

	buf_adds(out, what);
	utf8_add_safe(out, redacted, strlen(redacted));
	buf_addc(out, '\n');
	free(redacted);
}

static void
add_part(const struct part *part, struct buf *out)
{
	buf_addf(out, "\n%s\n", part->origin);
	buf_addf(out, "requests        %" PRIu64 "\n", part->count);
	add_url(out, "first           ", part->first);
	if (part->count > 1)
		add_url(out, "last            ", part->last);
}

static void
add_count(struct buf *out, const char *what, uint64_t count, const char *more)
{
	if (count)
		buf_addf(out, "%s%" PRIu64 "%s\n", what, count, more);
}

static void
add_clashes(const struct plan *p, struct buf *out)
{
	add_count(out, "clashing names  ", p->clashing, "");
	for (size_t i = 0; i < p->clashes.len; i++) {
		const char *path = p->clashes.items[i];

		buf_adds(out, "                ");
		utf8_add_safe(out, path, strlen(path));
		buf_addc(out, '\n');
	}
}

static void
add_known(const struct plan *p, struct buf *out)
{
	const uint64_t *known = p->known;

	if (p->journal) {
		buf_addf(out, "done before     %" PRIu64 "\n",
		    known[VERDICT_DONE] + known[VERDICT_REFRESH]);
		buf_addf(
		    out, "to fetch        %" PRIu64 "\n", known[VERDICT_FETCH]);
	}
	add_count(out, "to refresh      ", known[VERDICT_REFRESH], "");
	add_count(out, "in doubt        ",
	    known[VERDICT_IN_DOUBT] + known[VERDICT_GONE],
	    ", which --redo-unsafe repeats");
}

void
plan_add_text(const struct plan *p, struct buf *out)
{
	const struct follow_options *follow = &p->options->follow;

	buf_addf(out, "requests        %" PRIu64 " to %zu origin%s\n", p->valid,
	    p->len, p->len == 1 ? "" : "s");
	if (follow->paginate || follow->stages_len)
		buf_adds(out, "                and what follows on their "
		              "answers\n");
	add_known(p, out);
	add_count(out, "invalid         ", failures_count(p->failures), "");
	add_clashes(p, out);
	add_least(p, out);
	for (size_t i = 0; i < p->len; i++)
		add_part(p->parts[i], out);
}
