#include "config.h"

#include "pictures/summary.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "display/terminal.h"
#include "pictures/hints.h"
#include "stats/histogram.h"
#include "stats/show.h"

enum {
	LABEL_COLUMNS = 17,
	ERRORS_SHOWN = 10,
	HISTOGRAM_FEWEST = 10, /* values that are worth a picture */
	PREFIX_COLUMNS = 8     /* "gather: " */
};

struct account *
summary_account(const struct options *o)
{
	return o->summary || isatty(STDERR_FILENO) ? account_new() : NULL;
}

static void
add_label(struct buf *out, const char *label)
{
	size_t start = out->len;

	buf_adds(out, label);
	pad_to(out, start, LABEL_COLUMNS);
}

static void
add_latencies(struct account *a, struct buf *out)
{
	static const double percents[] = {50, 90, 95, 99, 99.9, 99.99};
	struct percentiles *p = account_latencies(a);

	if (!percentiles_count(p))
		return;
	add_label(out, "time of each");
	buf_adds(out, "min ");
	add_duration(out, percentiles_min(p));
	for (size_t i = 0; i < sizeof(percents) / sizeof(*percents); i++) {
		int64_t us = percentiles_at(p, percents[i]);

		if (us < 0)
			continue;
		buf_addf(out, ", p%g ", percents[i]);
		add_duration(out, us);
	}
	buf_adds(out, ", max ");
	add_duration(out, percentiles_max(p));
	buf_adds(out, percentiles_are_exact(p) ? "\n" : " (to 1 %)\n");
}

static void
add_histogram(struct account *a, struct buf *out)
{
	struct terminal t = terminal_of(STDERR_FILENO, COLOR_NEVER);
	struct histogram h = histogram_of(account_latencies(a));

	if (percentiles_count(account_latencies(a)) >= HISTOGRAM_FEWEST)
		histogram_add(&h, t.unicode ? DRAW_UTF8 : DRAW_ASCII,
		    t.width > PREFIX_COLUMNS ? t.width - PREFIX_COLUMNS : 0,
		    out);
}

static void
add_errors(struct account *a, struct buf *out)
{
	size_t len;
	const struct error_group *groups = account_errors(a, &len);
	uint64_t rest = account_other_errors(a);

	for (size_t i = 0; i < len; i++) {
		if (i >= ERRORS_SHOWN) {
			rest += groups[i].count;
			continue;
		}
		add_label(out, i ? "" : "errors");
		buf_addf(out, "%" PRIu64 " x %s: %s\n", groups[i].count,
		    error_class_name(groups[i].class), groups[i].message);
	}
	if (!rest)
		return;
	add_label(out, "");
	buf_addf(out, "%" PRIu64 " others\n", rest);
}

static struct hint_facts
facts_of(const struct options *o, const struct run_outcome *outcome,
    struct account *account)
{
	return (struct hint_facts){
	    .totals = &outcome->totals,
	    .account = account,
	    .parallel = o->sched.parallel,
	    .ran_out = outcome->lowered,
	    .has_rate = o->sched.rate.count || o->sched.host_rate.count,
	    .follows = o->fetch.follow,
	    .logs_in = options_given(o, "user") ||
	               options_given(o, "oauth2-bearer") ||
	               options_given(o, "aws-sigv4"),
	    .has_max_time = o->request.max_time_us > 0,
	    .hedges = o->hedge.after_us > 0 || o->hedge.percentile > 0,
	    .has_retry_from = o->input.retry_from,
	    .extract = outcome->extract,
	    .barren = outcome->barren,
	    .barren_in = outcome->barren_in,
	    .whole = outcome->stop == RUN_WENT_THROUGH,
	};
}

/* Each line is a message of its own. */
static void
say_lines(char *text)
{
	char *line;

	while ((line = strsep(&text, "\n")) && (text || *line))
		log_note("%s", line);
}

static void
say_block(const struct run_outcome *outcome, struct account *account)
{
	struct buf block;

	buf_init(&block);
	totals_add_block(&outcome->totals, &block);
	add_latencies(account, &block);
	add_histogram(account, &block);
	add_errors(account, &block);
	say_lines(block.data);
	buf_release(&block);
}

static void
say_line(const struct totals *t)
{
	struct buf line;

	buf_init(&line);
	totals_add_line(t, &line);
	log_note("%s", line.data);
	buf_release(&line);
}

static void
say_hint(const struct hint_facts *facts)
{
	struct buf hint;

	buf_init(&hint);
	if (hint_add(facts, &hint))
		log_note("hint: %s", hint.data);
	buf_release(&hint);
}

void
summary_print(const struct options *o, const struct run_outcome *outcome,
    struct account *account)
{
	struct hint_facts facts;

	if (!account)
		return;
	if (o->summary)
		say_block(outcome, account);
	else if (totals_count(&outcome->totals) >= 2)
		say_line(&outcome->totals);
	facts = facts_of(o, outcome, account);
	if (!outcome->signal)
		say_hint(&facts);
}
