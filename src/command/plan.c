/*
 * --plan: what a run would do, without doing any of it. The requests are read
 * as a run would read them and counted by origin; then the text is made of the
 * counts.
 */
#include "config.h"

#include "command/command.h"
#include "command/first_request.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/strlist.h"
#include "base/strmap.h"
#include "base/xalloc.h"
#include "cli/options.h"
#include "cli/units.h"
#include "display/failures.h"
#include "files/claims.h"
#include "files/save.h"
#include "journal/verdict.h"
#include "process/exit.h"
#include "process/log.h"
#include "request/url.h"
#include "run/inspect.h"
#include "run/notices.h"
#include "run/unique.h"
#include "stats/show.h"
#include "text/utf8.h"

enum {
	CLASHES_SHOWN = 10 /* names; more are only counted */
};

/* The requests to one origin. */
struct origin_plan {
	const char *name; /* owned by the map */
	uint64_t count;   /* valid requests */
	uint64_t to_send; /* those that the journal does not have */
	char *first;      /* method and URL of the first one */
	char *last;       /* and of the last one so far */
};

/* The state of a --plan, and in the end what it prints. */
struct plan {
	const struct options *options;
	struct source *source;
	struct compiled compiled;     /* only to find mistakes in the options */
	struct strmap by_origin;      /* to struct origin_plan */
	struct origin_plan **origins; /* in the order of their first requests */
	size_t len;
	struct claims claims;      /* file names that are taken */
	struct failures *failures; /* invalid lines, grouped */
	struct strlist clashes;    /* the first file names that collide */
	uint64_t clashing;         /* how many do */
	uint64_t inputs;           /* of this shard, bad lines included */
	uint64_t valid;            /* requests to all origins */
	struct unique *unique;     /* --unique; NULL: not given */
	uint64_t duplicates;       /* requests that it leaves out */
	uint64_t there;            /* that --skip-existing leaves out */
	struct journal *journal;   /* NULL: there is none */
	uint64_t known[VERDICT_IN_DOUBT + 1]; /* requests by verdict */
	struct buf first; /* the first request that is to be sent, as text */
};

/* --- counting ------------------------------------------------------------ */

/* The entry of the origin of `r`, a new one if it is the first request
 * there. */
static struct origin_plan *
origin_of(struct plan *p, const struct request *r)
{
	struct origin_plan *origin = strmap_get(&p->by_origin, r->origin);

	if (origin)
		return origin;
	origin = xcalloc(1, sizeof(*origin));
	origin->name = strmap_set(&p->by_origin, r->origin, origin);
	p->origins = xreallocarray(p->origins, p->len + 1, sizeof(*p->origins));
	p->origins[p->len++] = origin;
	return origin;
}

/* Count the verdict of the journal on `r`. True if a run would send it. */
static bool
is_to_be_sent(struct plan *p, const struct request *r)
{
	struct verdict known = {
	    .journal = p->journal,
	    .options = &p->options->run.journal,
	    .output = &p->options->run.output,
	    .accept = &p->options->run.accept,
	    .request = r,
	};
	enum journal_verdict verdict = verdict_ask(&known);

	p->known[verdict]++;
	if (verdict == VERDICT_DONE || verdict == VERDICT_REFRESH)
		verdict_release(&known);
	return verdict == VERDICT_FETCH || verdict == VERDICT_REFRESH;
}

/* Claim the file of `r`, and note it if another request has it already. */
static void
claim_name(struct plan *p, const struct request *r)
{
	const struct output_options *o = &p->options->run.output;
	char *path;

	if (!r->output || o->no_clobber || o->server_name ||
	    p->options->run.stop.first == 1)
		return;
	path = save_path(o, r->output);
	if (!claims_take(&p->claims, path) && p->clashing++ < CLASHES_SHOWN)
		strlist_add(&p->clashes, path);
	free(path);
}

/* Does --skip-existing leave `r` out, as its file is there? */
static bool
is_there_already(const struct plan *p, const struct request *r)
{
	const struct output_options *o = &p->options->run.output;

	return o->skip_existing && r->output && save_exists(o, r->output);
}

/* Is `r` still to be sent, and not done by a journal or a file? A run asks in
 * the same order. */
static bool
is_left_to_send(struct plan *p, const struct request *r)
{
	if (!is_to_be_sent(p, r))
		return false;
	if (!is_there_already(p, r))
		return true;
	p->there++;
	return false;
}

/* "https://example.org/items/1", with "POST " before it, as most are GET.
 * Caller frees. */
static char *
method_and_url(const struct request *r)
{
	const char *method = request_options_method(r->options);
	char *url = url_redacted(r->url);
	char *both = strcmp(method, "GET") == 0
	                 ? xstrdup(url)
	                 : xasprintf("%s %s", method, url);

	free(url);
	return both;
}

/* Count one request of the input. */
static void
plan_request(struct plan *p, struct request *r)
{
	struct origin_plan *origin;

	p->inputs += r->k <= 1; /* further ones are copies of --repeat */
	if (r->invalid) {
		failures_add_invalid(p->failures, r);
		return;
	}
	if (p->unique && !unique_add(p->unique, r, 0)) {
		p->duplicates++;
		return;
	}
	origin = origin_of(p, r);
	if (!origin->count++)
		origin->first = method_and_url(r);
	free(origin->last);
	origin->last = method_and_url(r);
	if (p->options->run.output.remote_name && !r->output)
		r->output = save_remote_name(r->url);
	if (is_left_to_send(p, r)) {
		origin->to_send++;
		if (!p->first.len)
			first_request_add(&p->first, p->options, r);
	}
	p->valid++;
	claim_name(p, r);
}

/* Block until the input has more: unlike a run there is nothing else to do. */
static void
wait_for_input(struct source *source)
{
	struct pollfd fd = {.fd = source_fd(source), .events = POLLIN};

	if (poll(&fd, 1, -1) > 0)
		source_fill(source);
}

/* Count all of the input. It streams through: only counts and names of files
 * are kept. */
static void
plan_all(struct plan *p)
{
	struct request *r;

	for (;;) {
		switch (source_next(p->source, &r)) {
		case SOURCE_REQUEST:
			plan_request(p, r);
			request_free(r);
			break;
		case SOURCE_BUSY: break;
		case SOURCE_WAIT: wait_for_input(p->source); break;
		case SOURCE_END: return;
		}
	}
}

/* --- the text ------------------------------------------------------------ */

/* Microseconds from the first of `n` starts to the last that the rate demands
 * at least. Without :even all starts of a period may come at once. */
static int64_t
minimum_us(const struct rate_limit *rate, uint64_t n)
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
	return p->known[VERDICT_FETCH] + p->known[VERDICT_REFRESH] - p->there;
}

/* Append the longest of the minimum durations, and which rate demands it. */
static void
add_minimum_time(const struct plan *p, struct buf *out)
{
	const struct sched_options *o = &p->options->run.sched;
	int64_t all = minimum_us(&o->rate, to_send(p));
	int64_t host = 0;
	const char *option = "--rate";

	for (size_t i = 0; i < p->len; i++) {
		int64_t us = minimum_us(&o->host_rate, p->origins[i]->to_send);

		if (us > host)
			host = us;
	}
	if (host > all) {
		all = host;
		option = "--per-host-rate";
	}
	buf_adds(out, "duration        ");
	if (all) {
		buf_adds(out, "at least ");
		add_duration(out, all);
		buf_addf(out, " (%s)\n", option);
	} else {
		buf_adds(
		    out, o->rate.count || o->host_rate.count
		             ? "depends on the servers: the rate limit allows "
		               "all at once\n"
		             : "depends on the servers: no rate limit\n");
	}
}

/* Append a line with a text of ours and of lists, of which control characters
 * are escaped. */
static void
add_line(struct buf *out, const char *what, const char *text)
{
	buf_adds(out, what);
	utf8_add_safe(out, text, strlen(text));
	buf_addc(out, '\n');
}

/* Append an origin as it stands in URLs: without the port of its scheme. */
static void
add_origin_name(struct buf *out, const char *name)
{
	const char *host = strstr(name, "://");
	char *shown = notices_host(name);

	buf_addf(
	    out, "\n%.*s%s\n", host ? (int)(host + 3 - name) : 0, name, shown);
	free(shown);
}

static void
add_origin(const struct origin_plan *origin, struct buf *out)
{
	add_origin_name(out, origin->name);
	buf_addf(out, "requests        %" PRIu64 "\n", origin->count);
	add_line(out, "first           ", origin->first);
	if (origin->count > 1)
		add_line(out, "last            ", origin->last);
}

/* Append a line with a count, unless it is 0. */
static void
add_count_line(
    struct buf *out, const char *what, uint64_t count, const char *more)
{
	if (count)
		buf_addf(out, "%s%" PRIu64 "%s\n", what, count, more);
}

static void
add_clashes(const struct plan *p, struct buf *out)
{
	add_count_line(out, "name conflicts  ", p->clashing, "");
	for (size_t i = 0; i < p->clashes.len; i++) {
		const char *path = p->clashes.items[i];

		buf_adds(out, "                ");
		utf8_add_safe(out, path, strlen(path));
		buf_addc(out, '\n');
	}
}

/* Append what the journal spares. Requests that another run must not repeat are
 * "in doubt" with or without a journal, as --retry-from has them, too. */
static void
add_journal_counts(const struct plan *p, struct buf *out)
{
	const uint64_t *known = p->known;

	if (p->journal) {
		buf_addf(out, "already done    %" PRIu64 "\n",
		    known[VERDICT_DONE] + known[VERDICT_REFRESH]);
		buf_addf(out, "to fetch        %" PRIu64 "\n",
		    known[VERDICT_FETCH] - p->there);
	}
	add_count_line(out, "to refresh      ", known[VERDICT_REFRESH], "");
	add_count_line(out, "in doubt        ",
	    known[VERDICT_IN_DOUBT] + known[VERDICT_GONE],
	    " (--redo-unsafe repeats them)");
}

/* With --shard, append how much of the list is this run's, and of the rate,
 * which is divided already. */
static void
add_shard(const struct plan *p, struct buf *out)
{
	const struct shard *shard = source_shard(p->source);
	const struct rate_limit *rate = &p->options->run.sched.rate;

	if (!shard->count)
		return;
	buf_adds(out, "shard           ");
	shard_add_text(shard, out);
	buf_addf(out, " has %" PRIu64 " of %" PRIu64 " inputs\n", p->inputs,
	    source_inputs(p->source));
	if (!rate->count)
		return;
	buf_adds(out, "rate            ");
	units_add_rate(rate, out);
	buf_adds(out, " (its part of --rate)\n");
}

static void
add_plan(const struct plan *p, struct buf *out)
{
	const struct follow_options *follow = &p->options->run.follow;
	const struct expect_options *expect = &p->options->run.expect;

	add_shard(p, out);
	buf_addf(out, "requests        %" PRIu64 " to %zu origin%s\n", p->valid,
	    p->len, p->len == 1 ? "" : "s");
	if (follow->paginate || follow->stages_len)
		buf_adds(out, "                and the requests that their "
		              "responses lead to\n");
	if (expect->until)
		buf_adds(out, "                each again until its response "
		              "meets --until\n");
	if (expect->expect.len)
		buf_adds(out, "                a response that does not meet "
		              "--expect is a failure\n");
	add_journal_counts(p, out);
	add_count_line(out, "skipped         ", p->there,
	    " (--skip-existing: the file is there)");
	add_count_line(out, "duplicates      ", p->duplicates,
	    " (--unique leaves them out)");
	add_count_line(
	    out, "invalid         ", failures_count(p->failures), "");
	add_clashes(p, out);
	add_minimum_time(p, out);
	if (p->first.len) {
		buf_addc(out, '\n');
		buf_add(out, p->first.data, p->first.len);
	}
	for (size_t i = 0; i < p->len; i++)
		add_origin(p->origins[i], out);
}

/* --- the command --------------------------------------------------------- */

/* How many requests of the run would fail for certain. */
static uint64_t
will_fail(const struct plan *p)
{
	return failures_count(p->failures) + p->clashing +
	       p->known[VERDICT_IN_DOUBT] + p->known[VERDICT_GONE];
}

static int
print_plan(const struct plan *p)
{
	struct buf out;
	int error;

	buf_init(&out);
	add_plan(p, &out);
	error = io_write_all(STDOUT_FILENO, out.data, out.len) ? errno : 0;
	buf_release(&out);
	if (error) {
		log_error("cannot write to stdout: %s", strerror(error));
		return STATUS_OUTPUT;
	}
	return will_fail(p) ? STATUS_FAILED : EXIT_SUCCESS;
}

/* Open the journal of --journal, if it is given, for reading only. */
static int
open_journal(struct plan *p, char **cause)
{
	struct strlist shape;
	const struct journal_setup setup = {
	    .file = p->options->run.journal.file,
	    .use = JOURNAL_TO_READ,
	    .options = &shape,
	};

	if (!setup.file)
		return 0;
	strlist_init(&shape);
	options_add_shape(p->options, &shape);
	p->journal = journal_open(&setup, cause);
	strlist_release(&shape);
	return p->journal ? 0 : -1;
}

/* Open the journal and the source, and compile what a run would compile, so
 * that its mistakes are found. -1 with *cause. */
static int
open_all(struct plan *p, char **cause)
{
	const struct options *o = p->options;
	struct names names;

	if (open_journal(p, cause) == -1)
		return -1;
	p->source = source_open(&o->input, &o->run.request, cause);
	if (!p->source)
		return -1;
	names = source_names(p->source);
	return compiled_open(&p->compiled, &o->run, &names, cause);
}

static void
release_plan(struct plan *p)
{
	compiled_release(&p->compiled);
	journal_free(p->journal);
	for (size_t i = 0; i < p->len; i++) {
		free(p->origins[i]->first);
		free(p->origins[i]->last);
		free(p->origins[i]);
	}
	free(p->origins);
	strmap_release(&p->by_origin);
	claims_release(&p->claims);
	buf_release(&p->first);
	strlist_release(&p->clashes);
	failures_free(p->failures);
	unique_free(p->unique);
	source_free(p->source);
}

int
command_plan(const struct options *o)
{
	struct plan p = {.options = o};
	char *cause = NULL;
	int status;

	strmap_init(&p.by_origin);
	claims_init(&p.claims);
	strlist_init(&p.clashes);
	p.failures = failures_new();
	if (o->run.unique)
		p.unique = unique_new();
	if (open_all(&p, &cause) == 0) {
		plan_all(&p);
		failures_finish(p.failures);
		status = print_plan(&p);
	} else {
		status = exit_usage(cause);
	}
	release_plan(&p);
	return status;
}
