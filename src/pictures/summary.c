/*
 * The figures of a run as text, the hints with their conditions in one table,
 * and what of these is printed.
 */
#include "config.h"

#include "pictures/summary.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "display/terminal.h"
#include "process/log.h"
#include "stats/histogram.h"
#include "stats/show.h"

enum {
	LABEL_COLUMNS = 17,
	ERRORS_SHOWN = 10,
	HISTOGRAM_FEWEST = 10, /* values that are worth a picture */
	PREFIX_COLUMNS = 8,    /* "gather: " */
	FEW = 3,               /* what happens less often may be chance */
	MANY = 100,            /* requests of which a share says something */
	LISTS = 20,            /* requests that are worth a second run */
	TAIL = 10,             /* times the median: there hedging would help */
	BUSY_PERCENT = 80      /* of the slots were busy: -P was the limit */
};

/* In a shorter run it does not matter whether the slots were busy. */
static const int64_t long_run_us = 2 * CLOCK_SECOND;

/* --- figures ------------------------------------------------------------- */

struct account *
summary_account(const struct summary_setup *s)
{
	return s->detailed || isatty(STDERR_FILENO) ? account_new() : NULL;
}

/* Append the label of a line, padded to the column where figures begin. */
static void
add_label(struct buf *out, const char *label)
{
	size_t start = out->len;

	buf_adds(out, label);
	pad_to(out, start, LABEL_COLUMNS);
}

/* Append the percentiles that have enough values. */
static void
add_latencies(struct account *a, struct buf *out)
{
	static const double percents[] = {50, 90, 95, 99, 99.9, 99.99};
	struct percentiles *p = account_latencies(a);

	if (!percentiles_count(p))
		return;
	add_label(out, "latency");
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
	buf_adds(out, percentiles_are_exact(p) ? "\n" : " (within 1 %)\n");
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

/* Append the most frequent kinds of errors, and how many others there were. */
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
	buf_addf(out, "%" PRIu64 " other%s\n", rest, rest == 1 ? "" : "s");
}

/* --- one hint ------------------------------------------------------------ */

/*
 * A hint is a pair: is_X says whether it applies, and advise_X appends its
 * text, which says what happened and which option helps. They are tried in the
 * order of the table in hint_add.
 */

/* Append a count and what is counted: "1 response was", "3 responses were". */
static void
add_count(struct buf *out, uint64_t n, const char *one, const char *several)
{
	buf_addf(out, "%" PRIu64 " %s", n, n == 1 ? one : several);
}

static bool
ran_out(const struct hint_facts *f)
{
	return f->ran_out;
}

static void
advise_ran_out(const struct hint_facts *f, struct buf *out)
{
	buf_addf(out,
	    "this machine ran out of descriptors or ports at -P %u: raise "
	    "`ulimit -n`, or use a smaller -P",
	    f->parallel);
}

/* With a rate limit of our own, refusals are not news: the limit is just too
 * high. */
static bool
is_throttled(const struct hint_facts *f)
{
	return !f->has_rate && account_throttled(f->account) >= FEW;
}

/* The rate of successes is about what the server allows. */
static void
advise_throttled(const struct hint_facts *f, struct buf *out)
{
	double s = (double)f->totals->wall_us / CLOCK_SECOND;
	double rate = s > 0 ? (double)f->totals->ok / s : 0;

	add_count(out, account_throttled(f->account), "response was",
	    "responses were");
	buf_adds(out, " 429; use --rate to stay below the server's limit");
	if (rate >= 1)
		buf_addf(out, " (about %.0f/s got through)", rate);
	else if (rate * 60 >= 1)
		buf_addf(out, " (about %.0f/m got through)", rate * 60);
}

static bool
is_not_followed(const struct hint_facts *f)
{
	return !f->follows && f->totals->by_class[ERROR_REDIRECT];
}

static void
advise_not_followed(const struct hint_facts *f, struct buf *out)
{
	add_count(out, f->totals->by_class[ERROR_REDIRECT], "redirect was",
	    "redirects were");
	buf_adds(out, " not followed; use -L to follow them");
}

static bool
is_locked_out(const struct hint_facts *f)
{
	return !f->logs_in && totals_status(f->totals, 401);
}

static void
advise_locked_out(const struct hint_facts *f, struct buf *out)
{
	add_count(out, totals_status(f->totals, 401), "response was",
	    "responses were");
	buf_adds(out, " 401; authenticate with -u or --oauth2-bearer");
}

static bool
is_cut_short(const struct hint_facts *f)
{
	return f->has_max_time && f->totals->by_class[ERROR_TIMEOUT] >= FEW;
}

static void
advise_cut_short(const struct hint_facts *f, struct buf *out)
{
	add_count(
	    out, f->totals->by_class[ERROR_TIMEOUT], "request", "requests");
	buf_adds(out, " timed out; use a longer -m, or a smaller -P if the "
	              "server is slow under load");
}

static bool
is_too_large(const struct hint_facts *f)
{
	return f->totals->by_class[ERROR_SIZE];
}

static void
advise_too_large(const struct hint_facts *f, struct buf *out)
{
	add_count(
	    out, f->totals->by_class[ERROR_SIZE], "body was", "bodies were");
	buf_adds(out, " too large; raise --max-filesize");
}

static bool
is_worth_repeating(const struct hint_facts *f)
{
	return f->totals->failed && !f->has_retry_from &&
	       totals_count(f->totals) >= LISTS;
}

static void
advise_worth_repeating(const struct hint_facts *f, struct buf *out)
{
	(void)f;
	buf_adds(out, "with --format ndjson failures are recorded, and "
	              "--retry-from FILE fetches only those again");
}

/* Below 100 ms a second copy gains too little to be worth its cost. */
static bool
has_long_tail(const struct hint_facts *f)
{
	int64_t p99 = percentiles_at(account_latencies(f->account), 99);
	int64_t p50 = percentiles_at(account_latencies(f->account), 50);

	return !f->hedges && p99 > p50 * TAIL && p99 > CLOCK_SECOND / 10;
}

static void
advise_long_tail(const struct hint_facts *f, struct buf *out)
{
	(void)f;
	buf_adds(out, "p99 is more than ten times the median; --hedge p95 "
	              "sends a second copy of slow requests");
}

/* Returns whether the slots were busy nearly all the time without any trouble,
 * so that a larger -P may be faster. */
static bool
is_full(const struct hint_facts *f)
{
	const struct totals *t = f->totals;

	return f->whole && !f->has_rate && !t->failed && f->parallel > 1 &&
	       t->wall_us >= long_run_us && totals_count(t) >= MANY &&
	       t->flight_us / f->parallel >= t->wall_us / 100 * BUSY_PERCENT;
}

static void
advise_full(const struct hint_facts *f, struct buf *out)
{
	buf_addf(out,
	    "all -P slots were busy; to see whether more would help, try "
	    "--compare=%u,%u,%u on part of the list",
	    f->parallel, f->parallel * 2, f->parallel * 4);
}

bool
hint_add(const struct hint_facts *f, struct buf *out)
{
	/* The first that applies is the one that helps most. */
	static const struct {
		bool (*applies)(const struct hint_facts *);
		void (*advise)(const struct hint_facts *, struct buf *);
	} hints[] = {
	    {ran_out, advise_ran_out},
	    {is_throttled, advise_throttled},
	    {is_locked_out, advise_locked_out},
	    {is_not_followed, advise_not_followed},
	    {is_cut_short, advise_cut_short},
	    {is_too_large, advise_too_large},
	    {is_worth_repeating, advise_worth_repeating},
	    {has_long_tail, advise_long_tail},
	    {is_full, advise_full},
	};

	for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++)
		if (hints[i].applies(f)) {
			hints[i].advise(f, out);
			return true;
		}
	return false;
}

/* --- on stderr ----------------------------------------------------------- */

static struct hint_facts
facts_of(const struct summary_setup *s, const struct run_outcome *outcome,
    struct account *account)
{
	const struct run_options *o = s->run;

	return (struct hint_facts){
	    .totals = &outcome->totals,
	    .account = account,
	    .parallel = o->sched.parallel,
	    .ran_out = outcome->lowered,
	    .has_rate = o->sched.rate.count || o->sched.host_rate.count,
	    .follows = o->fetch.follow,
	    .logs_in = s->logs_in,
	    .has_max_time = o->request.max_time_us > 0,
	    .hedges = o->hedge.after_us > 0 || o->hedge.percentile > 0,
	    .has_retry_from = s->has_retry_from,
	    .whole = outcome->stop == RUN_WENT_THROUGH,
	};
}

/* Print each line as a message of its own; `text` is changed. */
static void
log_lines(char *text)
{
	char *line;

	while ((line = strsep(&text, "\n")) && (text || *line))
		log_note("%s", line);
}

/* Print the detailed statistics of --summary. */
static void
log_details(const struct run_outcome *outcome, struct account *account)
{
	struct buf block;

	buf_init(&block);
	totals_add_block(&outcome->totals, &block);
	add_latencies(account, &block);
	add_histogram(account, &block);
	add_errors(account, &block);
	log_lines(block.data);
	buf_release(&block);
}

static void
log_one_line(const struct totals *t)
{
	struct buf line;

	buf_init(&line);
	totals_add_line(t, &line);
	log_note("%s", line.data);
	buf_release(&line);
}

/* A file is downloaded without a word on stdout, so say that it is there. */
static void
log_download(const struct totals *t, const char *file)
{
	struct buf line = {0};

	buf_adds(&line, "downloaded ");
	add_size(&line, t->bytes);
	buf_adds(&line, " in ");
	add_duration(&line, t->wall_us);
	totals_add_speed(t, &line);
	log_note("%s to %s", line.data, file);
	buf_release(&line);
}

static void
log_hint(const struct hint_facts *facts)
{
	struct buf hint;

	buf_init(&hint);
	if (hint_add(facts, &hint))
		log_note("hint: %s", hint.data);
	buf_release(&hint);
}

/* A single request gets no line, as what it prints says it all, except where
 * that is nothing, because its body went to a file. After an
 * interrupt a hint would be out of place. */
void
summary_print(const struct summary_setup *s, const struct run_outcome *outcome,
    struct account *account)
{
	struct hint_facts facts;

	if (!account)
		return;
	if (s->detailed)
		log_details(outcome, account);
	else if (totals_count(&outcome->totals) >= 2)
		log_one_line(&outcome->totals);
	else if (account_only_file(account))
		log_download(&outcome->totals, account_only_file(account));
	facts = facts_of(s, outcome, account);
	if (!outcome->signal)
		log_hint(&facts);
}
