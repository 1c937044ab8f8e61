#include "config.h"

#include "schedule/sched.h"

#include <check.h>

#include "base/heap.h"
#include "base/list.h"
#include "unit.h"

/*
 * Random runs with random limits in virtual time: whatever happens, no
 * promise is broken, nothing is lost, and the run ends.
 */
enum {
	JOBS = 150,
	ORIGINS = 5,
	RUNS = 1000,
	CASES = 10
};

/* ck_assert writes to a pipe each time; these run millions of times. */
#define MUST(condition)                                 \
	do {                                            \
		if (!(condition))                       \
			ck_abort_msg("%s", #condition); \
	} while (0)

struct job {
	struct sched_item item;
	struct heap_node event; /* on the wire, then landed */
	int origin;
	int lands;
	int64_t wire_us; /* -1: it won't get there */
	int64_t land_us;
	enum sched_outcome outcome;
};

static const char *const names[ORIGINS] = {"https://a:443", "https://b:443",
    "http://c:80", "http://d:80", "http://e:80"};

static struct job jobs[JOBS];
static struct sched *s;
static struct sched_options options;
static struct heap events;
static int64_t wired[ORIGINS + 1][JOBS * 4];
static int wired_len[ORIGINS + 1];
static unsigned flying[ORIGINS];
static int done;
static uint64_t seed;

static int64_t
any(int64_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (int64_t)(seed % (uint64_t)n);
}

static struct rate_limit
any_rate(void)
{
	if (any(3) == 0)
		return (struct rate_limit){0, 1, false};
	return (struct rate_limit){
	    (uint64_t)any(8) + 1, any(100000) + 1, any(4) == 0};
}

static void
set_up(uint64_t number)
{
	seed = number * 2654435761 + 88172645463325252;
	for (int i = 0; i < 10; i++)
		any(2);
	options = (struct sched_options){
	    .parallel = (unsigned)any(20) + 1,
	    .parallel_per_host = (unsigned)any(5),
	    .rate = any_rate(),
	    .host_rate = any_rate(),
	    .gate_cold_https = any(2),
	    .retry_budget = {0.2, 10},
	};
	s = sched_new(&options);
	heap_init(&events);
	done = 0;
	for (int i = 0; i <= ORIGINS; i++)
		wired_len[i] = 0;
	for (int i = 0; i < ORIGINS; i++)
		flying[i] = 0;
	for (int i = 0; i < JOBS; i++) {
		jobs[i] = (struct job){.origin = (int)any(any(ORIGINS) + 1)};
		sched_item_init(&jobs[i].item);
	}
}

static void
launch(struct job *job, int64_t now)
{
	int64_t wire_us = any(4) ? 0 : any(50000);

	flying[job->origin]++;
	MUST(sched_flying(s) <= options.parallel);
	MUST(!options.parallel_per_host ||
	     flying[job->origin] <= options.parallel_per_host);
	job->lands = 0;
	job->outcome = any(10) ? SCHED_ANSWERED : SCHED_BROKEN;
	job->land_us = now + wire_us + any(100000);
	job->wire_us = any(10) ? now + wire_us : -1;
	heap_push(&events, &job->event,
	    job->wire_us < 0 ? job->land_us : job->wire_us);
}

static void
note_wire(int key, int64_t now)
{
	wired[key][wired_len[key]++] = now;
}

static void
reach_wire(struct job *job, int64_t now)
{
	MUST(sched_on_wire(s, &job->item, now));
	note_wire(ORIGINS, now);
	note_wire(job->origin, now);
	job->wire_us = -1;
	heap_push(&events, &job->event, job->land_us);
}

static void
land(struct job *job, int64_t now)
{
	struct sched_report report = {.outcome = job->outcome,
	    .status = 200,
	    .latency_us = 10,
	    .closed = job->outcome == SCHED_BROKEN};

	flying[job->origin]--;
	sched_release(s, &job->item, &report, now);
	if (job->outcome == SCHED_BROKEN && wired_len[ORIGINS] < JOBS * 3)
		sched_add(s, &job->item, names[job->origin], SCHED_RETRY,
		    now + any(10000), now);
	else
		done++;
}

static void
happen(struct job *job, int64_t now)
{
	if (job->wire_us >= 0)
		reach_wire(job, now);
	else
		land(job, now);
}

static void
turn(int64_t now)
{
	struct sched_item *item;
	struct heap_node *n;

	while ((n = heap_top(&events)) && n->at <= now)
		happen(container_of(heap_pop(&events), struct job, event), now);
	while ((item = sched_next(s, now)))
		launch(container_of(item, struct job, item), now);
}

static int64_t
next_moment(int64_t now)
{
	int64_t wake = sched_wake(s, now);
	const struct heap_node *n = heap_top(&events);

	/* It says when, and something happens then. */
	MUST(wake < 0 || wake > now);
	if (n && (wake < 0 || n->at < wake))
		wake = n->at;
	if (wake < 0)
		ck_abort_msg("stuck: %zu ahead, %zu parked, %zu flying",
		    sched_ahead(s), sched_parked(s), sched_flying(s));
	return wake;
}

static void
run_through(void)
{
	int64_t now = 0;

	for (int added = 0; done < JOBS; now = next_moment(now)) {
		for (; added < JOBS && sched_has_room(s); added++)
			sched_add(s, &jobs[added].item,
			    names[jobs[added].origin], SCHED_FRESH,
			    any(4) ? now : now + any(5000), now);
		turn(now);
		if (done == JOBS)
			break;
	}
}

static void
check_window(int key, const struct rate_limit *limit)
{
	int n = (int)limit->count;

	for (int i = n; n && i < wired_len[key]; i++)
		MUST(wired[key][i] - wired[key][i - n] >= limit->period_us);
}

START_TEST(no_promise_is_ever_broken)
{
	for (int r = 0; r < RUNS; r++) {
		set_up((uint64_t)_i * RUNS + (uint64_t)r);
		run_through();
		for (int i = 0; i < ORIGINS; i++)
			check_window(i, &options.host_rate);
		check_window(ORIGINS, &options.rate);
		ck_assert_uint_eq(sched_ahead(s) + sched_parked(s), 0);
		ck_assert_uint_eq(sched_flying(s), 0);
		sched_free(s);
		heap_release(&events);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sched_random");
	TCase *tc = tcase_create("random runs");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, no_promise_is_ever_broken, 0, CASES);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
