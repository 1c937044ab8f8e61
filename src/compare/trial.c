/*
 * What a trial needs, and the trial: the list, read once and replayed as the
 * feed of each run; the cooldown between trials; the run of one arm, and what
 * is measured of it.
 */
#include "config.h"

#include "compare/trial.h"

#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/strmap.h"
#include "base/xalloc.h"
#include "request/given.h"

/* --- the list ----------------------------------------------------------- */

struct replay {
	struct source *source;  /* owns what requests borrow */
	struct request **items; /* owned */
	size_t len;
	size_t cap;
	size_t at; /* the next request of the feed */
};

/* Returns -1 with *cause if the request cannot be part of a comparison: the
 * list is full, the request is invalid, or to repeat it would change something.
 */

static int
check_request(
    const struct replay *r, const struct request *request, char **cause)
{
	const char *method = request_options_method(request->options);
	char *input = given_subject(request);

	if (r->len >= REPLAY_MAX)
		*cause = xasprintf("--compare: the list has more than %d "
		                   "requests; compare part of it",
		    REPLAY_MAX);
	else if (request->invalid)
		*cause = xasprintf("--compare: %s%s%s: %s",
		    request->where ? request->where : "",
		    request->where ? ": " : "", input, request->invalid);
	else if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		*cause = xasprintf("--compare repeats requests, so only GET "
		                   "and HEAD are allowed: %s %s",
		    method, input);
	free(input);
	return *cause ? -1 : 0;
}

static int
keep_request(struct replay *r, struct request *request, char **cause)
{
	if (check_request(r, request, cause)) {
		request_free(request);
		return -1;
	}
	if (r->len == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 64;
		r->items = xreallocarray(r->items, r->cap, sizeof(*r->items));
	}
	r->items[r->len++] = request;
	request->n = r->len;
	return 0;
}

/* Sleep until the source can be read again: nothing else is to be done yet. */
static void
wait_for_more(struct source *source)
{
	struct pollfd p = {.fd = source_fd(source), .events = POLLIN};

	if (poll(&p, 1, -1) > 0)
		source_fill(source);
}

/* Read the whole list before anything is measured, so that no arm waits for
 * it. */
static int
read_all(struct replay *r, char **cause)
{
	struct request *request;

	for (;;) {
		switch (source_next(r->source, &request)) {
		case SOURCE_REQUEST:
			if (keep_request(r, request, cause))
				return -1;
			break;
		case SOURCE_BUSY: break;
		case SOURCE_WAIT: wait_for_more(r->source); break;
		case SOURCE_END:
			if (!r->len)
				*cause = xstrdup("--compare: the list is "
				                 "empty");
			return r->len ? 0 : -1;
		}
	}
}

struct replay *
replay_open(const struct input_options *input,
    const struct request_options *common, char **cause)
{
	struct replay *r = xcalloc(1, sizeof(*r));

	r->source = source_open(input, common, cause);
	if (!r->source || read_all(r, cause)) {
		replay_free(r);
		return NULL;
	}
	return r;
}

void
replay_free(struct replay *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->len; i++)
		request_free(r->items[i]);
	free(r->items);
	source_free(r->source);
	free(r);
}

size_t
replay_len(const struct replay *r)
{
	return r->len;
}

void
replay_sample(struct replay *r, size_t keep)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->len; i++) {
		/* The last of each of `keep` equal parts stays. */
		if ((i + 1) * keep / r->len == kept) {
			request_free(r->items[i]);
			continue;
		}
		r->items[kept++] = r->items[i];
		r->items[kept - 1]->n = kept;
	}
	r->len = kept;
}

/* The values of the map are counts in the guise of pointers. */
size_t
replay_most_of_one_origin(
    const struct replay *r, size_t *origins, const char **name)
{
	struct strmap counts;
	size_t most = 0;

	strmap_init(&counts);
	for (size_t i = 0; i < r->len; i++) {
		const char *origin = r->items[i]->origin;
		uintptr_t count = (uintptr_t)strmap_get(&counts, origin) + 1;

		/* A count, not an address: it is never followed. */
		strmap_set(&counts, origin, (void *)count);
		if (count > most)
			most = count;
		*name = origin;
	}
	*origins = strmap_len(&counts);
	strmap_release(&counts);
	return most;
}

/* --- as a feed: the callbacks of struct feed (input/feed.h) --- */

static enum source_status
next_kept(void *arg, struct request **out)
{
	struct replay *r = arg;

	if (r->at == r->len)
		return SOURCE_END;
	*out = r->items[r->at++];
	return SOURCE_REQUEST;
}

/* The list keeps its requests for the next trial. */
static void
keep_request_for_next(void *arg, struct request *request)
{
	(void)arg;
	(void)request;
}

/* All requests are read, so there is no descriptor to wait for. */
static int
no_fd(void *arg)
{
	(void)arg;
	return -1;
}

static void
no_fill(void *arg)
{
	(void)arg;
}

static char *
next_input(void *arg)
{
	const struct replay *r = arg;

	return r->at < r->len ? given_subject(r->items[r->at]) : NULL;
}

/* There is nothing to wait for, so `fd` and `fill` do nothing. */
struct feed
replay_feed(struct replay *r)
{
	r->at = 0;
	return (struct feed){
	    .next = next_kept,
	    .give_back = keep_request_for_next,
	    .fd = no_fd,
	    .fill = no_fill,
	    .position = next_input,
	    .total = (int64_t)r->len,
	    .arg = r,
	};
}

/* --- the cooldown ------------------------------------------------------ */

/* Linux keeps a closed connection in TIME_WAIT for 60 s; a second more is for
 * connections that were still open when the trial ended. */
static const int64_t time_wait_us = 61 * CLOCK_SECOND;

void
cooldown_begin(struct cooldown *r, size_t ports, int64_t now)
{
	r->ended_us = now;
	if (ports)
		r->closed[r->closed_len++ % COOLDOWN_REMEMBERED] =
		    (struct closed_ports){now, ports};
}

/* The moment from which `ports` more ports are free: go back through the trials
 * until those after it and `ports` would be too many together. */
static int64_t
when_ports_are_free(const struct cooldown *r, size_t ports, int64_t now)
{
	size_t sum = ports;
	size_t oldest = r->closed_len > COOLDOWN_REMEMBERED
	                    ? r->closed_len - COOLDOWN_REMEMBERED
	                    : 0;

	for (size_t i = r->closed_len; i > oldest; i--) {
		const struct closed_ports *c =
		    &r->closed[(i - 1) % COOLDOWN_REMEMBERED];

		sum += c->count;
		if (sum > COOLDOWN_PORTS)
			return c->at_us + time_wait_us;
	}
	return now;
}

/* Returns the later of two moments: tokens are back, ports are free. */
int64_t
cooldown_until(const struct cooldown *r, size_t ports, int64_t now)
{
	int64_t tokens = r->ended_us ? r->ended_us + r->period_us : now;
	int64_t sockets = ports ? when_ports_are_free(r, ports, now) : now;
	int64_t until = tokens > sockets ? tokens : sockets;

	return until > now ? until : now;
}

/* --- the trial --------------------------------------------------------- */

/* What is taken down of the results of a trial. */
struct ledger {
	struct answers *answers;
	struct waterfall *waterfall; /* NULL: it is not drawn */
	struct load load;
};

/* Derive the options of `arm` from those of all arms. Retries are off unless
 * they were asked for: a retried failure would count as a slow success. */
static void
arm_options(
    const struct options *all, const struct arm *arm, struct run_options *o)
{
	*o = all->run;
	o->sched.parallel = arm->parallel;
	o->sched.parallel_auto = arm->adaptive;
	o->fetch.fresh_connections = arm->kind == ARM_SYNC;
	o->output = (struct output_options){.format = FORMAT_NONE};
	if (!options_given(all, "retry"))
		o->retry.retries = 0;
	run_options_prepare(o);
}

static void
on_result(void *arg, const struct request *request, struct result *r)
{
	struct ledger *ledger = arg;

	load_add(&ledger->load, r);
	answers_add(ledger->answers, request, r);
	if (ledger->waterfall)
		waterfall_add(ledger->waterfall, request, r);
}

static void
add_holds(void *arg, const struct sched_origin_view *origin)
{
	uint64_t *holds = arg;

	*holds += origin->holds;
}

static void
find_highest_limit(void *arg, const struct sched_origin_view *origin)
{
	unsigned *highest = arg;

	if (origin->limit > *highest)
		*highest = origin->limit;
}

/* Returns how many transfers to one origin -P auto allowed in the end; 0: the
 * list was too short for it to find out. */
static unsigned
settled_at(const struct sched *sched, const struct run_options *o,
    const struct run_figures *figures)
{
	unsigned highest = 0;

	if (o->sched.parallel_auto && figures->ended > o->sched.parallel)
		sched_each_origin(sched, find_highest_limit, &highest);
	return highest;
}

/* Returns how many holds there were so far, at all origins. */
static uint64_t
count_holds(const struct sched *sched)
{
	uint64_t holds = 0;

	sched_each_origin(sched, add_holds, &holds);
	return holds;
}

static double
seconds_between(const struct timeval *from, const struct timeval *to)
{
	return (double)(to->tv_sec - from->tv_sec) +
	       (double)(to->tv_usec - from->tv_usec) / CLOCK_SECOND;
}

/* Returns the limits that the floor has to respect. Rates per host are left
 * out: they bind each host apart. */
static struct floor_limits
limits_of(const struct run_options *o)
{
	return (struct floor_limits){
	    .parallel = o->sched.parallel_auto ? o->sched.parallel_max
	                                       : o->sched.parallel,
	    .rate_count = o->sched.rate.count,
	    .rate_period_us = o->sched.rate.period_us,
	    .rate_even = o->sched.rate.even,
	};
}

static struct run_figures
figures_of(const struct totals *t, const struct rusage *before,
    const struct rusage *after)
{
	return (struct run_figures){
	    .wall_s = (double)t->wall_us / CLOCK_SECOND,
	    .user_s = seconds_between(&before->ru_utime, &after->ru_utime),
	    .system_s = seconds_between(&before->ru_stime, &after->ru_stime),
	    .opened = t->connections_opened,
	    .reused = t->connections_reused,
	    .ended = totals_count(t),
	    .failed = t->failed,
	};
}

/* Run the arm, and measure it. */
static void
run_and_measure(struct run *run, const struct run_options *o,
    const struct ledger *ledger, struct trial *out)
{
	struct floor_limits limits = limits_of(o);
	struct rusage before, after;
	struct run_outcome outcome;
	double cpu_s;

	getrusage(RUSAGE_SELF, &before);
	outcome = run_loop(run);
	getrusage(RUSAGE_SELF, &after);
	out->stop = outcome.stop;
	out->signal = outcome.signal;
	out->os_errno = outcome.os_errno;
	out->figures = figures_of(&outcome.totals, &before, &after);
	cpu_s = out->figures.user_s + out->figures.system_s;
	out->figures.floor = floor_of(&ledger->load, &limits,
	    outcome.totals.wall_us, (int64_t)(cpu_s * CLOCK_SECOND));
}

/* Holds are counted before and after, as they belong to the scheduler, which
 * outlives the run. */
int
trial_run(const struct trial_parts *parts, const struct arm *arm,
    int64_t deadline_us, struct trial *out, char **cause)
{
	struct ledger ledger = {
	    .answers = parts->answers, .waterfall = parts->waterfall};
	struct run_options o;
	struct run_parts run_parts = {
	    .options = &o,
	    .feed = replay_feed(parts->list),
	    .base = parts->base,
	    .sched = parts->sched,
	    .out_fd = STDOUT_FILENO,
	    .observer = {on_result, &ledger, true},
	    .label = arm->name,
	    .quiet = parts->quiet,
	};
	uint64_t holds = count_holds(parts->sched);
	struct run *run;

	arm_options(parts->options, arm, &o);
	o.stop.deadline_us = deadline_us;
	sched_reuse(parts->sched, &o.sched);
	run = run_new(&run_parts, cause);
	if (!run)
		return -1;
	*out = (struct trial){0};
	run_and_measure(run, &o, &ledger, out);
	run_free(run);
	out->figures.settled = settled_at(parts->sched, &o, &out->figures);
	out->held = count_holds(parts->sched) > holds;
	return 0;
}
