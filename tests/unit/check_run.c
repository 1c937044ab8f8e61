/*
 * The pump of a run, with an engine that answers as a table says, on a clock
 * that moves only when nothing else is left to do: an hour of waiting takes
 * no time, and a wait that nothing ends fails the test.
 *
 * The functions of fetch/engine.h and base/clock.h are defined here, so that
 * the library's are not linked; those of libevent that concern timers stand
 * before the library's own.
 */
#include "config.h"

#include <dlfcn.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <check.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "command_line.h"
#include "fetch/engine.h"
#include "run/run.h"
#include "unit.h"

enum {
	MOST = 64,         /* timers, attempts, results of a test */
	IDLE_TURNS = 3,    /* before the clock moves: the writer has its turn */
	HUNG_TURNS = 20000 /* of a millisecond, with nothing to wait for */
};
#define NEVER INT64_MAX

/* How the engine answers a URL: the first row that its text ends with. */
struct answer {
	const char *url;
	unsigned attempt; /* of that URL, from 1; 0: each */
	int64_t after_us;
	int status; /* 0: the connection breaks */
	int64_t retry_after_us;
	const char *location;
};

struct attempt {
	struct attempt_spec spec;
	const struct answer *answer;
	int64_t start_us, due_us;
	bool on_wire;
};

struct timer {
	struct event *event;
	int64_t due_us;
};

struct start {
	char url[64];
	int64_t at_us, time_left_us;
};

struct seen {
	uint64_t n;
	int status;
	enum error_class class;
	unsigned attempts;
	int64_t at_us;
};

static int64_t now_us;
static struct timer timers[MOST];
static size_t timers_len;
static struct attempt *flying[MOST];
static size_t flying_len;
static struct start starts[MOST];
static size_t starts_len;
static struct seen seen[MOST];
static size_t seen_len;
static unsigned cancelled;
static bool broken, is_told;
static const struct answer *answers;
static struct engine_hooks hooks;
static struct run *run;
static int64_t stop_at_us;
static int stop_signal; /* 0: none, it is told to stop */
static unsigned stop_at_result;

int64_t
clock_now_us(void)
{
	return now_us;
}

int64_t
clock_wall_us(void)
{
	return now_us;
}

static size_t
count_starts(const char *url)
{
	size_t n = 0;

	for (size_t i = 0; i < starts_len; i++)
		n += !strcmp(starts[i].url, url);
	return n;
}

static const struct answer *
answer_to(const char *url)
{
	unsigned attempt = (unsigned)count_starts(url);

	for (const struct answer *a = answers; a->url; a++) {
		size_t len = strlen(url), end = strlen(a->url);

		if (end <= len && !strcmp(url + len - end, a->url) &&
		    (!a->attempt || a->attempt == attempt))
			return a;
	}
	ck_abort_msg("no answer to %s, attempt %u", url, attempt);
}

struct engine_common *
engine_common_new(const struct fetch_options *o, unsigned engines, char **cause)
{
	(void)o, (void)engines, (void)cause;
	return (struct engine_common *)&hooks;
}

void
engine_common_free(struct engine_common *common)
{
	(void)common;
}

unsigned
engine_common_engines(const struct engine_common *common)
{
	(void)common;
	return 1;
}

struct engine *
engine_new(struct engine_common *common, struct event_base *base,
    const struct engine_hooks *h)
{
	(void)common, (void)base;
	hooks = *h;
	return (struct engine *)&hooks;
}

static void
drop(struct attempt *a)
{
	size_t i = 0;

	while (flying[i] != a)
		i++;
	flying[i] = flying[--flying_len];
	free(a);
}

void
engine_free(struct engine *engine)
{
	(void)engine;
	while (flying_len)
		drop(flying[0]);
}

struct attempt *
engine_start(struct engine *engine, const struct attempt_spec *spec)
{
	struct attempt *a = xcalloc(1, sizeof(*a));
	struct start *start = &starts[starts_len++];

	(void)engine;
	ck_assert_uint_lt(starts_len, MOST);
	snprintf(start->url, sizeof(start->url), "%s",
	    hop_url(spec->hop, spec->request));
	start->at_us = now_us;
	start->time_left_us = spec->time_left_us;
	a->spec = *spec;
	a->answer = answer_to(start->url);
	a->start_us = now_us;
	a->due_us =
	    a->answer->after_us == NEVER ? NEVER : now_us + a->answer->after_us;
	if (spec->time_left_us && spec->time_left_us < a->due_us - now_us)
		a->due_us = now_us + spec->time_left_us;
	flying[flying_len++] = a;
	return a;
}

void
engine_cancel(struct engine *engine, struct attempt *a)
{
	(void)engine;
	cancelled++;
	drop(a);
}

static void
fill(const struct attempt *a, struct result *r)
{
	const struct answer *w = a->answer;

	result_init(r);
	r->timing.total_us = now_us - a->start_us;
	r->wire = WIRE_ANSWERED;
	r->quota = quota_none();
	r->url_effective = xstrdup(hop_url(a->spec.hop, a->spec.request));
	if (now_us - a->start_us < w->after_us)
		failure_set(&r->failure, ERROR_TIMEOUT, NULL, 28, "too slow");
	else if (!w->status)
		failure_set(&r->failure, ERROR_RESET, NULL, 56, "it broke");
	else if (w->status >= 400)
		failure_set(&r->failure, ERROR_HTTP, NULL, w->status, "HTTP");
	if (r->failure.class == ERROR_TIMEOUT || !w->status)
		return;
	r->status = w->status;
	if (w->retry_after_us) {
		r->quota.retry_after_us = w->retry_after_us;
		r->quota.source = "Retry-After";
		r->quota.asks = true;
	}
	if (w->location) {
		r->location = xstrdup(w->location);
		r->redirect_url = xstrdup(w->location);
	}
}

bool
engine_reap(struct engine *engine, void **owner, struct result *r)
{
	(void)engine;
	for (size_t i = 0; i < flying_len; i++) {
		struct attempt *a = flying[i];

		if (a->due_us > now_us)
			continue;
		*owner = a->spec.owner;
		fill(a, r);
		drop(a);
		return true;
	}
	return false;
}

enum wire_state
attempt_wire(const struct attempt *a)
{
	return a->on_wire ? WIRE_UNKNOWN : WIRE_UNSENT;
}

void
engine_resume(struct engine *engine)
{
	(void)engine;
}

void
engine_drop_idle(struct engine *engine)
{
	(void)engine;
}

struct engine_view
engine_look(const struct engine *engine)
{
	(void)engine;
	return (struct engine_view){.left = -1};
}

struct engine_counts
engine_counts(const struct engine *engine)
{
	(void)engine;
	return (struct engine_counts){.flying = flying_len};
}

/* --- libevent, with timers on the clock above */

static bool
is_timer(const struct event *ev)
{
	return event_get_fd(ev) == -1 && !(event_get_events(ev) & EV_SIGNAL);
}

static struct timer *
find_timer(const struct event *ev)
{
	for (size_t i = 0; i < timers_len; i++)
		if (timers[i].event == ev)
			return &timers[i];
	return NULL;
}

static bool
drop_timer(const struct event *ev)
{
	struct timer *t = find_timer(ev);

	if (t)
		*t = timers[--timers_len];
	return t != NULL;
}

int
event_add(struct event *ev, const struct timeval *tv)
{
	int (*real)(struct event *, const struct timeval *);

	if (tv && is_timer(ev)) {
		drop_timer(ev);
		ck_assert_uint_lt(timers_len, MOST);
		timers[timers_len++] = (struct timer){
		    ev, now_us + tv->tv_sec * CLOCK_SECOND + tv->tv_usec};
		return 0;
	}
	*(void **)&real = dlsym(RTLD_NEXT, "event_add");
	return real(ev, tv);
}

int
event_del(struct event *ev)
{
	int (*real)(struct event *);

	drop_timer(ev);
	*(void **)&real = dlsym(RTLD_NEXT, "event_del");
	return real(ev);
}

int
event_pending(const struct event *ev, short what, struct timeval *tv)
{
	int (*real)(const struct event *, short, struct timeval *);

	if (find_timer(ev))
		return EV_TIMEOUT;
	*(void **)&real = dlsym(RTLD_NEXT, "event_pending");
	return real(ev, what, tv);
}

int
event_base_loopbreak(struct event_base *base)
{
	(void)base;
	broken = true;
	return 0;
}

/* What is due now happens. False: nothing was. */
static bool
happen(void)
{
	bool any = false, ready = false;

	if (stop_at_us && stop_at_us <= now_us) {
		stop_at_us = 0;
		if (stop_signal)
			raise(stop_signal);
		else
			run_stop(run, RUN_SIGNAL);
		return true;
	}
	for (size_t i = 0; i < flying_len; i++) {
		struct attempt *a = flying[i];

		if (!a->on_wire) {
			a->on_wire =
			    hooks.on_wire(hooks.arg, a->spec.owner, now_us);
			ck_assert(a->on_wire);
			any = true;
		}
		ready |= a->due_us <= now_us;
	}
	if (ready && !is_told) {
		hooks.on_ready(hooks.arg);
		any = is_told = true;
	}
	for (size_t i = timers_len; i-- > 0;) {
		struct event *ev = timers[i].event;

		if (i >= timers_len || timers[i].due_us > now_us)
			continue;
		drop_timer(ev);
		event_active(ev, EV_TIMEOUT, 1);
		any = true;
	}
	return any;
}

/* The time of what happens next; NEVER: nothing will. */
static int64_t
next_us(void)
{
	int64_t at = stop_at_us ? stop_at_us : NEVER;

	for (size_t i = 0; i < timers_len; i++)
		if (timers[i].due_us < at)
			at = timers[i].due_us;
	for (size_t i = 0; i < flying_len; i++)
		if (flying[i]->due_us < at)
			at = flying[i]->due_us;
	return at;
}

int
event_base_dispatch(struct event_base *base)
{
	const struct timespec ms = {.tv_nsec = 1000000};

	broken = false;
	for (unsigned idle = 0; !broken;) {
		bool any = happen();

		event_base_loop(base, EVLOOP_NONBLOCK);
		is_told = false;
		if (any || broken) {
			idle = 0;
			continue;
		}
		nanosleep(&ms, NULL);
		if (++idle <= IDLE_TURNS)
			continue;
		if (next_us() == NEVER) {
			ck_assert_msg(idle < HUNG_TURNS, "it waits for ever");
			continue;
		}
		if (next_us() > now_us)
			now_us = next_us();
		idle = 0;
	}
	return 0;
}

/* --- tests */

static void
see(void *arg, const struct request *request, struct result *r)
{
	(void)arg;
	ck_assert_uint_lt(seen_len, MOST);
	seen[seen_len++] = (struct seen){
	    request->n, r->status, r->failure.class, r->attempts, now_us};
	if (stop_at_result && seen_len == stop_at_result)
		stop_at_us = now_us;
}

/* Run a command line against answers. */
static struct run_outcome
fetch(const struct answer *with, const char *line)
{
	struct event_base *base = event_base_new();
	struct parsed p;
	struct run_parts parts = {.base = base, .observer.on_result = see};
	struct run_outcome outcome;
	struct source *source;
	char *cause = NULL;

	command_line_forget_config();
	answers = with;
	assert_runs(&p, line);
	source = source_open(&p.options.input, &p.options.run.request, &cause);
	ck_assert_msg(source != NULL, "%s", cause);
	parts.options = &p.options.run;
	parts.feed = feed_from_source(source);
	parts.out_fd = open("/dev/null", O_WRONLY);
	parts.quiet = true;
	run = run_new(&parts, &cause);
	ck_assert_msg(run != NULL, "%s", cause);
	outcome = run_loop(run);
	outcome.unwritable = NULL;
	ck_assert_uint_eq(flying_len, 0);
	run_free(run);
	ck_assert_uint_eq(timers_len, 0);
	close(parts.out_fd);
	source_free(source);
	release(&p);
	event_base_free(base);
	return outcome;
}

static void
set_up(void)
{
	now_us = 1000 * CLOCK_SECOND;
	timers_len = flying_len = starts_len = seen_len = 0;
	cancelled = stop_at_result = 0;
	stop_at_us = 0;
	stop_signal = 0;
}

/* After the first start, in seconds, rounded. */
static int
start_s(size_t i)
{
	ck_assert_uint_lt(i, starts_len);
	return (int)((starts[i].at_us - starts[0].at_us + CLOCK_SECOND / 2) /
	             CLOCK_SECOND);
}

#define S CLOCK_SECOND

START_TEST(answers_are_seen_in_order)
{
	static const struct answer with[] = {{"/1", 0, 3 * S, 200, 0, NULL},
	    {"/2", 0, 1 * S, 200, 0, NULL}, {0}};
	struct run_outcome o = fetch(with, "-s http://a/1 http://a/2");

	ck_assert_int_eq(o.stop, RUN_WENT_THROUGH);
	ck_assert_uint_eq(o.totals.ok, 2);
	ck_assert_uint_eq(seen_len, 2);
	ck_assert_int_eq(start_s(1), 0);
}
END_TEST

START_TEST(a_retry_waits_as_told_and_is_limited)
{
	static const struct answer with[] = {{"/", 0, S, 503, 0, NULL}, {0}};
	struct run_outcome o =
	    fetch(with, "-s --retry 3 --retry-delay 60s http://a/");

	ck_assert_uint_eq(o.totals.failed, 1);
	ck_assert_uint_eq(starts_len, 4);
	ck_assert_uint_eq(seen[0].attempts, 4);
	for (size_t i = 1; i < starts_len; i++)
		ck_assert_int_ge(starts[i].at_us, starts[i - 1].at_us + 61 * S);
}
END_TEST

START_TEST(a_success_ends_the_retries)
{
	static const struct answer with[] = {
	    {"/", 1, S, 0, 0, NULL}, {"/", 2, S, 200, 0, NULL}, {0}};
	struct run_outcome o = fetch(with, "-s --retry 3 http://a/");

	ck_assert_uint_eq(o.totals.ok, 1);
	ck_assert_uint_eq(starts_len, 2);
	ck_assert_uint_eq(seen[0].attempts, 2);
}
END_TEST

START_TEST(an_attempt_has_the_time_of_m)
{
	static const struct answer with[] = {
	    {"/", 0, NEVER, 200, 0, NULL}, {0}};
	struct run_outcome o = fetch(with, "-s -m 7 --retry 0 http://a/");

	ck_assert_uint_eq(o.totals.failed, 1);
	ck_assert_int_eq(starts[0].time_left_us, 7 * S);
	ck_assert_int_eq(seen[0].class, ERROR_TIMEOUT);
}
END_TEST

START_TEST(hops_share_the_time_of_m)
{
	static const struct answer with[] = {
	    {"/", 0, 3 * S, 302, 0, "http://a/next"},
	    {"/next", 0, 3 * S, 200, 0, NULL}, {0}};
	struct run_outcome o = fetch(with, "-s -L -m 7 --retry 0 http://a/");

	ck_assert_uint_eq(o.totals.ok, 1);
	ck_assert_uint_eq(starts_len, 2);
	ck_assert_int_eq(starts[1].time_left_us, 4 * S);
}
END_TEST

START_TEST(a_hold_behind_a_redirect_is_kept_and_costs_no_m)
{
	static const struct answer with[] = {
	    {"//a/", 0, S, 302, 0, "http://b/next"},
	    {"/next", 1, S, 503, 100 * S, NULL}, {"/next", 2, S, 200, 0, NULL},
	    {0}};
	struct run_outcome o = fetch(with, "-s -L -m 7 http://a/");

	ck_assert_uint_eq(o.totals.ok, 1);
	ck_assert_uint_eq(seen_len, 1);
	/* The retry begins at the URL as it was listed. */
	ck_assert_uint_eq(count_starts("http://a/"), 2);
	ck_assert_int_ge(
	    starts[starts_len - 1].at_us, starts[1].at_us + 101 * S);
}
END_TEST

START_TEST(a_hold_longer_than_its_limit_ends_at_once)
{
	static const struct answer with[] = {
	    {"/", 0, S, 429, 7200 * S, NULL}, {0}};
	struct run_outcome o =
	    fetch(with, "-s --max-hold 60s http://a/ -P 1 http://a/");

	ck_assert_uint_eq(o.totals.failed, 2);
	ck_assert_int_lt(now_us, 1060 * S);
}
END_TEST

START_TEST(the_first_answer_of_a_hedge_wins)
{
	static const struct answer with[] = {
	    {"/", 1, NEVER, 200, 0, NULL}, {"/", 2, S, 200, 0, NULL}, {0}};
	struct run_outcome o =
	    fetch(with, "-s --hedge 5s --hedge-budget 100% http://a/");

	ck_assert_uint_eq(o.totals.ok, 1);
	ck_assert_uint_eq(starts_len, 2);
	ck_assert_int_eq(start_s(1), 5);
	ck_assert_uint_eq(cancelled, 1);
}
END_TEST

START_TEST(a_hedge_that_fails_leaves_the_first_copy)
{
	static const struct answer with[] = {
	    {"/", 1, 20 * S, 200, 0, NULL}, {"/", 2, S, 0, 0, NULL}, {0}};
	struct run_outcome o =
	    fetch(with, "-s --hedge 5s --hedge-budget 100% http://a/");

	ck_assert_uint_eq(o.totals.ok, 1);
	ck_assert_uint_eq(seen_len, 1);
	ck_assert_uint_eq(starts_len, 2);
	ck_assert_int_eq(seen[0].at_us - starts[0].at_us, 20 * S);
}
END_TEST

START_TEST(a_first_copy_that_fails_leaves_the_hedge)
{
	static const struct answer with[] = {
	    {"/", 1, 6 * S, 0, 0, NULL}, {"/", 2, 9 * S, 200, 0, NULL}, {0}};
	struct run_outcome o =
	    fetch(with, "-s --hedge 5s --hedge-budget 100% http://a/");

	ck_assert_uint_eq(o.totals.ok, 1);
	ck_assert_uint_eq(starts_len, 2);
}
END_TEST

/* A run that is stopped has a result for each request that it read. */
static void
assert_stopped(const struct run_outcome *o, unsigned ok)
{
	ck_assert_int_eq(o->stop, RUN_SIGNAL);
	ck_assert_uint_eq(o->totals.ok, ok);
	ck_assert_uint_eq(seen_len, totals_count(&o->totals));
	for (size_t i = 0; i < seen_len; i++)
		ck_assert(seen[i].class == ERROR_NONE ||
		          seen[i].class == ERROR_CANCELLED ||
		          seen[i].class == ERROR_HTTP);
}

static const struct answer silence[] = {{"/", 0, NEVER, 200, 0, NULL}, {0}};

START_TEST(a_stop_ends_what_flies_and_what_waits)
{
	struct run_outcome o;

	stop_at_us = now_us + 5 * S;
	o = fetch(silence, "-s -P 1 http://a/ http://a/ http://b/");
	assert_stopped(&o, 0);
	ck_assert_uint_eq(cancelled, 1);
	ck_assert_uint_eq(starts_len, 1);
}
END_TEST

/* fetch() sees that no timer outlives the run: a signal starts one that
 * watches whether the output is stuck. */
START_TEST(a_signal_ends_the_run)
{
	struct run_outcome o;

	stop_at_us = now_us + 5 * S;
	stop_signal = SIGTERM;
	o = fetch(silence, "-s http://a/ http://b/");
	assert_stopped(&o, 0);
	ck_assert_int_eq(o.signal, SIGTERM);
	ck_assert_uint_eq(cancelled, 2);
}
END_TEST

START_TEST(a_stop_ends_a_back_off)
{
	static const struct answer with[] = {{"/", 0, S, 503, 0, NULL}, {0}};
	struct run_outcome o;

	stop_at_us = now_us + 30 * S;
	o = fetch(with, "-s --retry-delay 60s http://a/");
	assert_stopped(&o, 0);
	ck_assert_uint_eq(starts_len, 1);
	ck_assert_int_lt(now_us, 1060 * S);
}
END_TEST

START_TEST(a_stop_ends_a_hold)
{
	static const struct answer with[] = {
	    {"/", 0, S, 429, 600 * S, NULL}, {0}};
	struct run_outcome o;

	stop_at_us = now_us + 30 * S;
	o = fetch(with, "-s -P 1 http://a/ http://a/");
	assert_stopped(&o, 0);
	ck_assert_uint_eq(starts_len, 1);
	ck_assert_int_lt(now_us, 1060 * S);
}
END_TEST

START_TEST(a_stop_ends_both_copies_of_a_hedge)
{
	struct run_outcome o;

	stop_at_us = now_us + 30 * S;
	o = fetch(silence, "-s --hedge 5s --hedge-budget 100% http://a/");
	assert_stopped(&o, 0);
	ck_assert_uint_eq(starts_len, 2);
	ck_assert_uint_eq(cancelled, 2);
}
END_TEST

START_TEST(a_stop_while_a_result_is_written_keeps_it)
{
	static const struct answer with[] = {
	    {"/1", 0, S, 200, 0, NULL}, {"/2", 0, NEVER, 200, 0, NULL}, {0}};
	struct run_outcome o;

	stop_at_result = 1;
	o = fetch(with, "-s http://a/1 http://a/2");
	assert_stopped(&o, 1);
	ck_assert_uint_eq(seen_len, 2);
}
END_TEST

START_TEST(a_deadline_ends_the_run)
{
	struct run_outcome o =
	    fetch(silence, "-s --deadline 90s http://a/ http://b/");

	ck_assert_int_eq(o.stop, RUN_DEADLINE);
	ck_assert_uint_eq(seen_len, 2);
	ck_assert_uint_eq(cancelled, 2);
}
END_TEST

START_TEST(enough_successes_end_the_run)
{
	static const struct answer with[] = {
	    {"/1", 0, S, 200, 0, NULL}, {"/2", 0, NEVER, 200, 0, NULL}, {0}};
	struct run_outcome o =
	    fetch(with, "-s --first 1 http://a/1 http://b/2");

	ck_assert_int_eq(o.stop, RUN_FIRST);
	ck_assert_uint_eq(o.totals.ok, 1);
	ck_assert_uint_eq(cancelled, 1);
}
END_TEST

START_TEST(as_many_failures_as_allowed_do_not_end_the_run)
{
	static const struct answer with[] = {{"/1", 0, S, 404, 0, NULL},
	    {"/2", 0, S, 200, 0, NULL}, {"/3", 0, S, 404, 0, NULL},
	    {"/4", 0, NEVER, 200, 0, NULL}, {0}};
	struct run_outcome o = fetch(with,
	    "-s -P 1 --max-failures 1 http://a/1 http://a/2 http://a/3 "
	    "http://a/4");

	ck_assert_int_eq(o.stop, RUN_FAILURES);
	ck_assert_uint_eq(o.totals.ok, 1);
	ck_assert_uint_eq(o.totals.failed, 2);
}
END_TEST

START_TEST(one_failure_too_many_ends_the_run)
{
	static const struct answer with[] = {
	    {"/1", 0, S, 404, 0, NULL}, {"/2", 0, NEVER, 200, 0, NULL}, {0}};
	struct run_outcome o =
	    fetch(with, "-s --fail-fast http://a/1 http://b/2");

	ck_assert_int_eq(o.stop, RUN_FAILURES);
	ck_assert_uint_eq(cancelled, 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("run");
	TCase *tc = tcase_create("pump");

	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc, answers_are_seen_in_order);
	tcase_add_test(tc, a_retry_waits_as_told_and_is_limited);
	tcase_add_test(tc, a_success_ends_the_retries);
	tcase_add_test(tc, an_attempt_has_the_time_of_m);
	tcase_add_test(tc, hops_share_the_time_of_m);
	tcase_add_test(tc, a_hold_behind_a_redirect_is_kept_and_costs_no_m);
	tcase_add_test(tc, a_hold_longer_than_its_limit_ends_at_once);
	tcase_add_test(tc, the_first_answer_of_a_hedge_wins);
	tcase_add_test(tc, a_hedge_that_fails_leaves_the_first_copy);
	tcase_add_test(tc, a_first_copy_that_fails_leaves_the_hedge);
	tcase_add_test(tc, a_stop_ends_what_flies_and_what_waits);
	tcase_add_test(tc, a_signal_ends_the_run);
	tcase_add_test(tc, a_stop_ends_a_back_off);
	tcase_add_test(tc, a_stop_ends_a_hold);
	tcase_add_test(tc, a_stop_ends_both_copies_of_a_hedge);
	tcase_add_test(tc, a_stop_while_a_result_is_written_keeps_it);
	tcase_add_test(tc, a_deadline_ends_the_run);
	tcase_add_test(tc, enough_successes_end_the_run);
	tcase_add_test(tc, as_many_failures_as_allowed_do_not_end_the_run);
	tcase_add_test(tc, one_failure_too_many_ends_the_run);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
