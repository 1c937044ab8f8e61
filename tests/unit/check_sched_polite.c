#include "config.h"

#include "schedule/hold.h"
#include "schedule/retry.h"
#include "schedule/sched.h"

#include <check.h>
#include <string.h>

#include "base/heap.h"
#include "base/list.h"
#include "unit.h"

#define MS INT64_C(1000)
#define S  INT64_C(1000000)

#define A "http://a:80"
#define B "http://b:80"

/*
 * A run in virtual time: jobs walk through the scheduler and the retry
 * verdict against a model of a server.
 */
enum {
	JOBS = 2000
};

enum fate {
	RUNNING,
	DONE,
	FAILED,
	REFUSED,
	REJECTED
};

/* What a model server answers to the request that reaches it at `now`. */
struct answer {
	int status; /* 0: `class` instead */
	enum error_class class;
	int64_t latency_us;
	struct quota quota;
};

struct job;
typedef struct answer server(struct job *, int64_t now);

struct job {
	struct sched_item item;
	struct heap_node lands;
	const char *origin;
	struct answer answer;
	int64_t first_us;
	int64_t ended_us;
	unsigned attempts;
	unsigned retries;
	unsigned requeues;
	enum fate fate;
};

static struct job jobs[JOBS];
static struct sched *s;
static struct sched_options options;
static struct retry_policy policy;
static struct heap air;
static struct sched_notice notices[64];
static int notices_len;
static uint64_t seed;
static server *serve;
static int64_t starts[JOBS * 25];
static int starts_len;
static unsigned most_flying;

static void
keep_notice(void *arg, const struct sched_notice *n)
{
	(void)arg;
	if (notices_len < 64)
		notices[notices_len++] = *n;
}

static int
count_notices(enum sched_notice_kind kind)
{
	int n = 0;

	for (int i = 0; i < notices_len; i++)
		n += notices[i].kind == kind;
	return n;
}

static void
set_up(void)
{
	options = (struct sched_options){
	    .parallel = 50,
	    .polite = true,
	    .max_hold_us = 3600 * S,
	    .backoff_max_us = 60 * S,
	    .retry_budget = {0.2, 10},
	    .notice = keep_notice,
	};
	retry_policy_init(&policy);
	heap_init(&air);
	memset(jobs, 0, sizeof(jobs));
	for (int i = 0; i < JOBS; i++) {
		sched_item_init(&jobs[i].item);
		jobs[i].first_us = -1;
	}
	notices_len = starts_len = 0;
	most_flying = 0;
	seed = 88172645463325252;
}

static void
tear_down(void)
{
	heap_release(&air);
	sched_free(s);
}

static uint64_t
any(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static void
add(int i, const char *origin, int64_t now)
{
	jobs[i].origin = origin;
	sched_add(s, &jobs[i].item, origin, SCHED_FRESH, now, now);
}

static void
end(struct job *job, enum fate fate, int64_t now)
{
	job->fate = fate;
	job->ended_us = now;
}

static void
start(struct job *job, int64_t now)
{
	if (job->first_us < 0)
		job->first_us = now;
	job->attempts++;
	job->answer = serve(job, now);
	if (job->answer.class != ERROR_CONNECT)
		ck_assert(sched_on_wire(s, &job->item, now));
	heap_push(&air, &job->lands, now + job->answer.latency_us);
	starts[starts_len++] = now;
	if (sched_flying(s) > most_flying)
		most_flying = (unsigned)sched_flying(s);
}

static struct retry_facts
facts_of(const struct job *job)
{
	const struct answer *a = &job->answer;
	enum error_class class = a->status >= 400 ? ERROR_HTTP
	                         : a->status      ? ERROR_NONE
	                                          : a->class;

	return (struct retry_facts){
	    .class = class,
	    .status = a->status,
	    .method = RESEND_GET,
	    .wire = WIRE_UNKNOWN,
	    .quota = &a->quota,
	    .retries = job->retries,
	    .requeues = job->requeues,
	    .parallel = sched_parallel(s),
	    .first_us = job->first_us,
	};
}

static void
go_on(struct job *job, const struct retry_verdict *v, int64_t now)
{
	if (v->kind == RETRY_FINAL) {
		end(job, job->answer.status == 200 ? DONE : FAILED, now);
		return;
	}
	if (v->kind == RETRY_REJECT) {
		end(job, REFUSED, now);
		return;
	}
	job->retries += v->kind == RETRY_AT;
	job->requeues += v->kind == RETRY_REQUEUE;
	sched_add(s, &job->item, job->origin,
	    v->kind == RETRY_AT ? SCHED_RETRY : SCHED_AGAIN, v->at_us, now);
}

static void
land(struct job *job, int64_t now)
{
	struct retry_facts facts = facts_of(job);
	struct sched_report report = {
	    .outcome = retry_outcome(&facts),
	    .status = job->answer.status,
	    .latency_us = job->answer.latency_us,
	    .quota = &job->answer.quota,
	    .random = any(),
	};
	struct retry_verdict v;

	facts.advice = sched_release(s, &job->item, &report, now);
	v = retry_decide(&policy, &facts, any(), now);
	go_on(job, &v, now);
}

static void
fail_rejected(int64_t now)
{
	struct sched_rejection why;
	struct sched_item *item;

	while ((item = sched_next_rejected(s, &why)))
		end(container_of(item, struct job, item), REJECTED, now);
}

static void
turn(int64_t now)
{
	struct sched_item *item;
	struct heap_node *n;

	while ((n = heap_top(&air)) && n->at <= now)
		land(container_of(heap_pop(&air), struct job, lands), now);
	fail_rejected(now);
	while ((item = sched_next(s, now)))
		start(container_of(item, struct job, item), now);
}

/* Until nothing happens any more, or `until`. Returns when that was. */
static int64_t
run_from(int64_t now, int64_t until)
{
	for (;;) {
		int64_t wake, lands;

		turn(now);
		wake = sched_wake(s, now);
		lands = air.len ? heap_top(&air)->at : RATE_NEVER;
		if (wake < 0 || wake > lands)
			wake = lands;
		if (wake == RATE_NEVER || wake >= until)
			return now;
		ck_assert_int_ge(wake, now);
		now = wake;
	}
}

static int
count(enum fate fate, int n)
{
	int found = 0;

	for (int i = 0; i < n; i++)
		found += jobs[i].fate == fate;
	return found;
}

static void
begin(server *how)
{
	serve = how;
	s = sched_new(&options);
}

static void
add_many(int n)
{
	for (int i = 0; i < n; i++)
		add(i, A, 0);
}

/* So many requests to one origin, for 1000 s at most. Returns when nothing
 * happened any more. */
static int64_t
run_many(server *how, int n)
{
	begin(how);
	add_many(n);
	return run_from(0, 1000 * S);
}

/* --- servers ----------------------------------------------------------- */

static struct answer
ok_after(int64_t latency_us)
{
	return (struct answer){
	    .status = 200, .latency_us = latency_us, .quota = quota_none()};
}

static struct answer
refuse(int status, int64_t retry_after_us)
{
	struct answer a = {
	    .status = status, .latency_us = 5 * MS, .quota = quota_none()};

	a.quota.retry_after_us = retry_after_us;
	a.quota.asks = retry_after_us >= 0;
	a.quota.source = "Retry-After";
	return a;
}

static struct answer
never_connects(struct job *job, int64_t now)
{
	(void)job;
	(void)now;
	return (struct answer){.class = ERROR_CONNECT,
	    .latency_us = 1 * MS,
	    .quota = quota_none()};
}

static int in_window;
static int64_t window_no;

/* Ten a second by the clock. */
static struct answer
ten_a_second(struct job *job, int64_t now)
{
	(void)job;
	if (now / S != window_no) {
		window_no = now / S;
		in_window = 0;
	}
	return ++in_window > 10 ? refuse(429, 1 * S) : ok_after(5 * MS);
}

START_TEST(a_throttled_run_succeeds_as_a_whole)
{
	int64_t end_us;

	window_no = -1;
	end_us = run_many(ten_a_second, 100);
	ck_assert_int_eq(count(DONE, 100), 100);
	ck_assert_int_lt(end_us, 25 * S);
	for (int i = 0; i < 100; i++)
		ck_assert_uint_eq(jobs[i].retries, 0);
	ck_assert_int_gt(count_notices(SCHED_NOTICE_HOLD), 0);
}
END_TEST

/* Ten in any second; how long to wait is told in several ways, or not. */
static int64_t last_ten[10];
static int taken;
static uint64_t refused;
static int64_t named_us;

static struct answer
ten_in_any_second(struct job *job, int64_t now)
{
	(void)job;
	if (taken >= 10 && now - last_ten[taken % 10] < S) {
		refused++;
		return refuse(429, named_us);
	}
	last_ten[taken++ % 10] = now;
	return ok_after(3 * MS);
}

static void
count_holds(void *arg, const struct sched_origin_view *view)
{
	*(uint64_t *)arg += view->holds;
}

static const int64_t named[] = {-1, 0, 9 * MS, S / 2, 9 * S / 10, S, 3 * S};

START_TEST(a_limit_is_tried_by_one_at_a_time)
{
	uint64_t holds = 0;

	taken = 0;
	refused = 0;
	named_us = named[_i];
	run_many(ten_in_any_second, 200);
	sched_each_origin(s, count_holds, &holds);
	ck_assert_int_eq(count(DONE, 200), 200);
	/* Of the first 50 40 are refused, with the 10 that follow on those
	 * that are not; then one each time. */
	ck_assert_uint_eq(refused, 49 + holds);
	ck_assert_uint_le(holds, 22);
}
END_TEST

static struct answer
refuses_for_ever(struct job *job, int64_t now)
{
	(void)job;
	(void)now;
	return refuse(429, named_us);
}

static const int64_t useless[] = {-1, 0};

START_TEST(a_refusal_without_a_time_is_a_back_off)
{
	named_us = useless[_i];
	options.backoff_max_us = 5 * S;
	policy.retries = 0;
	run_many(refuses_for_ever, 1);
	ck_assert_int_eq(starts_len, 20);
	for (int i = 1; i < starts_len; i++) {
		int64_t gap = starts[i] - starts[i - 1] - 5 * MS;
		int64_t least = i == 1 ? 1 * S : i == 2 ? 2 * S : 10 * S / 3;
		int64_t most = i == 1 ? 3 * S / 2 : i == 2 ? 3 * S : 5 * S;

		ck_assert_int_ge(gap, least);
		ck_assert_int_le(gap, most);
	}
	ck_assert_int_eq(jobs[0].fate, REFUSED);
	ck_assert_uint_eq(jobs[0].retries, 0);
	ck_assert_int_eq(notices[0].kind, SCHED_NOTICE_HOLD);
	ck_assert_ptr_null(notices[0].source);
	ck_assert(notices[0].backs_off);
}
END_TEST

START_TEST(what_is_named_is_taken_at_its_word_once)
{
	named_us = 40 * MS;
	run_many(refuses_for_ever, 1);
	ck_assert_int_eq(starts[1] - starts[0], 45 * MS);
	ck_assert_int_ge(starts[2] - starts[1], 1 * S + 5 * MS);
	ck_assert_int_ge(starts[3] - starts[2], 2 * S + 5 * MS);
}
END_TEST

START_TEST(a_back_off_beyond_what_was_named_is_announced_as_one)
{
	int second = 1;

	named_us = 1500 * MS;
	run_many(refuses_for_ever, 1);
	ck_assert_int_eq(starts[1] - starts[0], named_us + 5 * MS);
	ck_assert_int_eq(notices[0].kind, SCHED_NOTICE_HOLD);
	ck_assert_str_eq(notices[0].source, "Retry-After");
	ck_assert(!notices[0].backs_off);
	ck_assert_int_ge(starts[2] - starts[1], 2 * S + 5 * MS);
	while (notices[second].kind != SCHED_NOTICE_HOLD)
		ck_assert_int_lt(++second, notices_len);
	ck_assert_str_eq(notices[second].source, "Retry-After");
	ck_assert(notices[second].backs_off);
}
END_TEST

START_TEST(without_holds_a_refusal_without_a_time_is_a_failure)
{
	named_us = -1;
	options.max_hold_us = 0;
	policy.retries = 1;
	run_many(refuses_for_ever, 1);
	ck_assert_int_eq(starts_len, 2);
	ck_assert_uint_eq(jobs[0].retries, 1);
}
END_TEST

static struct answer
first_is_refused(struct job *job, int64_t now)
{
	(void)now;
	return job == &jobs[0] && job->attempts == 1 ? refuse(503, 10 * S)
	                                             : ok_after(5 * MS);
}

START_TEST(nothing_starts_during_a_hold_and_then_one)
{
	begin(first_is_refused);
	add_many(200);
	add(200, B, 0);
	run_from(0, 100 * S);
	ck_assert_int_eq(count(DONE, 201), 201);
	/* 50 flew; those that land at the same moment may be followed. */
	for (int i = 51; i < starts_len; i++)
		ck_assert(
		    starts[i] < 5 * MS + 1 || starts[i] >= 10 * S + 5 * MS);
	ck_assert_int_eq(jobs[200].ended_us, 5 * MS);
	ck_assert_int_eq(notices[0].kind, SCHED_NOTICE_HOLD);
	ck_assert_int_eq(notices[0].until_us, 10 * S + 5 * MS);
	ck_assert_int_eq(notices[0].status, 503);
	ck_assert_str_eq(notices[0].source, "Retry-After");
	ck_assert_int_eq(notices[1].kind, SCHED_NOTICE_RESUME);
}
END_TEST

/* The first start after the hold of first_is_refused. */
static const int64_t resumed_us = 10 * S + 5 * MS;

/* Each round's answers come after 5 ms: so many start in each round. */
static void
check_rounds(const int *want, size_t rounds)
{
	int64_t at = resumed_us;
	int seen = 0;

	while (seen < starts_len && starts[seen] < at)
		seen++;
	for (size_t r = 0; r < rounds; r++) {
		int n = 0;

		for (; seen < starts_len && starts[seen] == at; seen++)
			n++;
		ck_assert_int_eq(n, want[r]);
		at += 5 * MS;
	}
}

START_TEST(after_a_hold_starts_double_each_round)
{
	static const int want[] = {1, 2, 4, 8, 16, 32, 50, 50};

	run_many(first_is_refused, 1000);
	check_rounds(want, sizeof(want) / sizeof(want[0]));
}
END_TEST

START_TEST(after_a_hold_auto_doubles_up_to_half_of_what_it_had)
{
	static const int want[] = {1, 2, 4, 8, 9, 10, 11};

	options.parallel = 16;
	options.parallel_auto = true;
	run_many(first_is_refused, 1000);
	check_rounds(want, sizeof(want) / sizeof(want[0]));
}
END_TEST

/* All that flew when the hold began is refused; later all is well. */
static struct answer
refuses_the_first_fifty(struct job *job, int64_t now)
{
	struct answer a = refuse(429, 10 * S);

	(void)now;
	if (job - jobs >= 50 || job->attempts > 1)
		return ok_after(5 * MS);
	/* The first answers name 10 s, the later ones less. */
	a.latency_us = (job - jobs + 1) * MS;
	a.quota.retry_after_us = 10 * S - (job - jobs) * MS * 2;
	return a;
}

START_TEST(answers_in_flight_belong_to_the_hold)
{
	run_many(refuses_the_first_fifty, 60);
	ck_assert_int_eq(count(DONE, 60), 60);
	ck_assert_int_eq(count_notices(SCHED_NOTICE_HOLD), 1);
	ck_assert_uint_eq(notices[0].waiting, 60);
	for (int i = 0; i < 50; i++)
		ck_assert_uint_eq(jobs[i].requeues, 1);
	/* Not moved by those that named less. */
	ck_assert_int_eq(starts[50], 10 * S + 1 * MS);
}
END_TEST

START_TEST(an_answer_in_flight_says_what_the_quota_has_left)
{
	struct quota asked = quota_none(), low = quota_none();
	struct hold_facts refusal = {
	    .refused = true,
	    .status = 429,
	    .max_us = 3600 * S,
	    .backoff_max_us = 60 * S,
	    .quota = &asked,
	};
	struct hold_facts answer = {
	    .status = 200,
	    .flying = 1,
	    .waiting = 5,
	    .max_us = 3600 * S,
	    .quota = &low,
	};
	struct hold h;

	asked.retry_after_us = 1 * S;
	low.remaining = 1;
	low.reset_us = 60 * S;
	hold_init(&h);
	ck_assert_int_eq(hold_read(&h, &refusal, 1 * S), HOLD_BEGAN);
	ck_assert_int_eq(hold_read(&h, &answer, 1 * S), HOLD_SPREAD);
	/* The one in flight may be what is left. */
	ck_assert_int_eq(hold_when(&h, 3 * S), 61 * S);
}
END_TEST

static struct answer
refuses_later_and_longer(struct job *job, int64_t now)
{
	struct answer a = refuse(429, job == &jobs[0] ? 10 * S : 20 * S);

	(void)now;
	if (job->attempts > 1)
		return ok_after(5 * MS);
	a.latency_us = job == &jobs[0] ? 1 * MS : 2 * MS;
	return a;
}

START_TEST(a_later_time_moves_the_end_of_the_hold)
{
	begin(refuses_later_and_longer);
	add(0, A, 0);
	add(1, A, 0);
	run_from(0, 100 * S);
	ck_assert_int_eq(count(DONE, 2), 2);
	ck_assert_int_eq(starts[2], 20 * S + 2 * MS);
}
END_TEST

static struct answer
refuses_for_two_hours(struct job *job, int64_t now)
{
	(void)now;
	return strcmp(job->origin, A) ? ok_after(5 * MS)
	                              : refuse(429, 7200 * S);
}

START_TEST(a_hold_that_is_too_long_fails_what_waits_at_once)
{
	begin(refuses_for_two_hours);
	add_many(200);
	add(200, B, 0);
	run_from(0, 9000 * S);
	ck_assert_int_eq(count(REFUSED, 200), 49);
	ck_assert_int_eq(count(REJECTED, 200), 151);
	ck_assert_int_eq(count(DONE, 201), 1);
	ck_assert_int_eq(count_notices(SCHED_NOTICE_HOLD), 0);
	ck_assert_int_eq(count_notices(SCHED_NOTICE_TOO_LONG), 1);
	/* What comes later fares no better, until it is over. */
	add(201, A, 60 * S);
	run_from(60 * S, 9000 * S);
	ck_assert_int_eq(jobs[201].fate, REJECTED);
	ck_assert_uint_eq(jobs[201].attempts, 0);
	add(202, A, 7300 * S);
	run_from(7300 * S, 9000 * S);
	ck_assert_uint_eq(jobs[202].attempts, 1);
}
END_TEST

static struct answer
always_refuses(struct job *job, int64_t now)
{
	(void)job;
	(void)now;
	return refuse(429, 1 * S);
}

START_TEST(a_server_that_only_refuses_is_given_up)
{
	begin(always_refuses);
	add_many(1000);
	ck_assert_int_lt(run_from(0, 99999 * S), 1200 * S);
	ck_assert_int_eq(count(RUNNING, 1000), 0);
	ck_assert_int_eq(count(REJECTED, 1000), 1000 - count(REFUSED, 1000));
	ck_assert_int_lt(starts_len, 100);
}
END_TEST

START_TEST(without_politeness_there_are_no_holds)
{
	options.polite = false;
	policy.polite = false;
	run_many(refuses_for_two_hours, 20);
	ck_assert_int_eq(count(FAILED, 20), 20);
	ck_assert_int_eq(notices_len, 0);
}
END_TEST

static struct answer
empty_quota(struct job *job, int64_t now)
{
	struct answer a = ok_after(5 * MS);

	(void)now;
	if (job == &jobs[0] && job->attempts == 1) {
		a.quota.remaining = 0;
		a.quota.reset_us = 30 * S;
	}
	return a;
}

START_TEST(an_empty_quota_holds_without_a_failure)
{
	options.parallel = 1;
	begin(empty_quota);
	add(0, A, 0);
	add(1, A, 0);
	run_from(0, 100 * S);
	ck_assert_int_eq(count(DONE, 2), 2);
	ck_assert_uint_eq(jobs[0].attempts, 1);
	ck_assert_int_eq(starts[1], 30 * S + 5 * MS);
	ck_assert_int_eq(count_notices(SCHED_NOTICE_HOLD), 1);
}
END_TEST

START_TEST(a_hold_is_told_when_somebody_waits_for_it)
{
	begin(empty_quota);
	add(0, A, 0);
	run_from(0, 100 * S);
	ck_assert_int_eq(notices_len, 0);
	add(1, A, 10 * S);
	add(2, A, 10 * S);
	run_from(10 * S, 11 * S);
	ck_assert_int_eq(notices_len, 1);
	ck_assert_uint_eq(notices[0].waiting, 2);
	ck_assert_int_eq(notices[0].until_us, 30 * S + 5 * MS);
}
END_TEST

/* 100 in each 60 s; says so. */
static struct answer
hundred_a_minute(struct job *job, int64_t now)
{
	struct answer a = ok_after(5 * MS);

	(void)job;
	if (now / (60 * S) != window_no) {
		window_no = now / (60 * S);
		in_window = 0;
	}
	in_window++;
	a.quota.limit = 100;
	a.quota.remaining = in_window < 100 ? 100 - in_window : 0;
	a.quota.reset_us = 60 * S - now % (60 * S);
	if (in_window > 100)
		a.status = 429;
	return a;
}

START_TEST(a_low_quota_is_spread)
{
	int64_t last = 0;

	options.parallel = 5;
	window_no = -1;
	run_many(hundred_a_minute, 250);
	ck_assert_int_eq(count(DONE, 250), 250);
	ck_assert_int_ge(count_notices(SCHED_NOTICE_SPREAD), 1);
	for (int i = 0; i < 100; i++)
		last = starts[i] > last ? starts[i] : last;
	/* The tenth that is left lasts most of the minute. */
	ck_assert_int_gt(starts[99] - starts[91], 30 * S);
	ck_assert_int_le(last, 60 * S);
	ck_assert_int_lt(starts[249], 185 * S);
}
END_TEST

/* Of a limit that is known a tenth is low, and else ten. */
START_TEST(starts_are_spread_where_a_quota_is_low)
{
	static const struct {
		int64_t limit, remaining;
		enum hold_change change;
	} quotas[] = {
	    {100, 11, HOLD_SAME},
	    {100, 10, HOLD_SPREAD},
	    {-1, 11, HOLD_SAME},
	    {-1, 10, HOLD_SPREAD},
	};

	for (size_t i = 0; i < sizeof(quotas) / sizeof(*quotas); i++) {
		struct quota quota = {.limit = quotas[i].limit,
		    .remaining = quotas[i].remaining,
		    .reset_us = 60 * S,
		    .retry_after_us = -1};
		struct hold_facts facts = {.status = 200,
		    .started_us = 1 * S,
		    .waiting = 50,
		    .max_us = 300 * S,
		    .quota = &quota};
		struct hold hold;

		hold_init(&hold);
		ck_assert_int_eq(
		    hold_read(&hold, &facts, 2 * S), quotas[i].change);
		hold_start(&hold, 2 * S);
		ck_assert_int_eq(hold_when(&hold, 3 * S),
		    quotas[i].change == HOLD_SPREAD ? 8 * S : 3 * S);
	}
}
END_TEST

/* --- breaker ------------------------------------------------------------ */

START_TEST(a_dead_origin_is_probed_and_then_given_up)
{
	options.parallel = 5;
	policy.retries = 0;
	run_many(never_connects, 100);
	ck_assert_int_eq(starts_len, 8);
	ck_assert_int_eq(starts[4], 0);
	ck_assert_int_eq(starts[5], 1 * S + 1 * MS);
	ck_assert_int_eq(starts[6], 3 * S + 2 * MS);
	ck_assert_int_eq(starts[7], 7 * S + 3 * MS);
	ck_assert_int_eq(count(FAILED, 100), 8);
	ck_assert_int_eq(count(REJECTED, 100), 92);
	ck_assert_int_eq(jobs[99].ended_us, 7 * S + 4 * MS);
	ck_assert_int_eq(count_notices(SCHED_NOTICE_DOWN), 1);
	ck_assert_int_eq(count_notices(SCHED_NOTICE_DEAD), 1);
	/* For a minute; then one probe. */
	add(100, A, 30 * S);
	run_from(30 * S, 1000 * S);
	ck_assert_int_eq(jobs[100].fate, REJECTED);
	for (int i = 101; i < 110; i++)
		add(i, A, 70 * S);
	run_from(70 * S, 1000 * S);
	ck_assert_int_eq(starts_len, 9);
	ck_assert_int_eq(count(REJECTED, 110), 92 + 1 + 8);
}
END_TEST

static struct answer
back_after_two_seconds(struct job *job, int64_t now)
{
	return now < 2 * S ? never_connects(job, now) : ok_after(5 * MS);
}

START_TEST(an_origin_that_comes_back_is_used_again)
{
	options.parallel = 5;
	run_many(back_after_two_seconds, 100);
	ck_assert_int_eq(count(DONE, 100), 100);
	ck_assert_int_eq(count_notices(SCHED_NOTICE_UP), 1);
}
END_TEST

static struct answer
connects_every_other_time(struct job *job, int64_t now)
{
	return starts_len % 5 == 4 ? ok_after(5 * MS)
	                           : never_connects(job, now);
}

START_TEST(failures_that_are_not_in_a_row_leave_the_breaker_closed)
{
	options.parallel = 1;
	policy.retries = 0;
	run_many(connects_every_other_time, 50);
	ck_assert_int_eq(count(DONE, 50), 10);
	ck_assert_int_eq(notices_len, 0);
}
END_TEST

/* --- budget ------------------------------------------------------------- */

static struct answer
always_503(struct job *job, int64_t now)
{
	(void)job;
	(void)now;
	return refuse(503, -1);
}

START_TEST(retries_stay_within_their_budget)
{
	run_many(always_503, 1000);
	ck_assert_int_eq(count(FAILED, 1000), 1000);
	ck_assert_int_le(starts_len, 1200);
	ck_assert_int_ge(starts_len, 1190);
}
END_TEST

START_TEST(without_a_budget_all_are_retried)
{
	options.retry_budget.share = -1;
	run_many(always_503, 100);
	ck_assert_int_eq(starts_len, 300);
}
END_TEST

/* --- -P auto ------------------------------------------------------------ */

/* Twenty at once, each 100 ms; one more is refused. */
static struct answer
room_for_twenty(struct job *job, int64_t now)
{
	struct answer a = ok_after(100 * MS);

	(void)job;
	(void)now;
	if (sched_flying(s) > 20)
		a = refuse(503, -1);
	return a;
}

static void
look(void *arg, const struct sched_origin_view *view)
{
	*(unsigned *)arg = view->limit;
}

START_TEST(auto_settles_below_what_overloads_the_server)
{
	unsigned limit = 0;

	options.parallel = 5;
	options.parallel_auto = true;
	run_many(room_for_twenty, JOBS);
	ck_assert_int_eq(count(DONE, JOBS), JOBS);
	sched_each_origin(s, look, &limit);
	ck_assert_uint_ge(limit, 16);
	ck_assert_uint_le(limit, 21);
	ck_assert_uint_le(most_flying, 22);
}
END_TEST

/* One thing at a time for 10 ms each: more in flight only queue up. */
static struct answer
queues_beyond_ten(struct job *job, int64_t now)
{
	int64_t flying = (int64_t)sched_flying(s);

	(void)job;
	(void)now;
	return ok_after(flying > 10 ? flying * 10 * MS : 100 * MS);
}

START_TEST(auto_yields_to_rising_latency)
{
	unsigned limit = 0;

	options.parallel = 4;
	options.parallel_auto = true;
	run_many(queues_beyond_ten, JOBS);
	ck_assert_int_eq(count(DONE, JOBS), JOBS);
	sched_each_origin(s, look, &limit);
	ck_assert_uint_ge(limit, 8);
	ck_assert_uint_le(most_flying, 40);
}
END_TEST

/* --- fairness ----------------------------------------------------------- */

static struct answer
slow_and_fast(struct job *job, int64_t now)
{
	(void)now;
	return ok_after(strcmp(job->origin, A) ? 10 * MS : 30 * S);
}

START_TEST(a_slow_origin_takes_nothing_from_a_fast_one)
{
	int fast = 0;

	begin(slow_and_fast);
	for (int i = 0; i < 500; i++)
		add(i, i % 2 ? A : B, 0);
	/* Whatever ends is added again. */
	for (int64_t now = 0; now < 6 * S; now += 10 * MS) {
		run_from(now, now + 1);
		for (int i = 0; i < 500; i++)
			if (jobs[i].fate == DONE) {
				fast += !strcmp(jobs[i].origin, B);
				jobs[i].fate = RUNNING;
				add(i, jobs[i].origin, now);
			}
	}
	/* Half of 50 places, each a hundred times a second. */
	ck_assert_int_ge(fast, 14900);
}
END_TEST

static void
add_holds(TCase *tc)
{
	tcase_add_test(tc, a_throttled_run_succeeds_as_a_whole);
	tcase_add_loop_test(tc, a_limit_is_tried_by_one_at_a_time, 0,
	    sizeof(named) / sizeof(named[0]));
	tcase_add_loop_test(tc, a_refusal_without_a_time_is_a_back_off, 0,
	    sizeof(useless) / sizeof(useless[0]));
	tcase_add_test(tc, what_is_named_is_taken_at_its_word_once);
	tcase_add_test(
	    tc, a_back_off_beyond_what_was_named_is_announced_as_one);
	tcase_add_test(tc, without_holds_a_refusal_without_a_time_is_a_failure);
	tcase_add_test(tc, nothing_starts_during_a_hold_and_then_one);
	tcase_add_test(tc, after_a_hold_starts_double_each_round);
	tcase_add_test(tc, after_a_hold_auto_doubles_up_to_half_of_what_it_had);
	tcase_add_test(tc, answers_in_flight_belong_to_the_hold);
	tcase_add_test(tc, an_answer_in_flight_says_what_the_quota_has_left);
	tcase_add_test(tc, a_later_time_moves_the_end_of_the_hold);
	tcase_add_test(tc, a_hold_that_is_too_long_fails_what_waits_at_once);
	tcase_add_test(tc, a_server_that_only_refuses_is_given_up);
	tcase_add_test(tc, without_politeness_there_are_no_holds);
	tcase_add_test(tc, an_empty_quota_holds_without_a_failure);
	tcase_add_test(tc, a_hold_is_told_when_somebody_waits_for_it);
	tcase_add_test(tc, a_low_quota_is_spread);
	tcase_add_test(tc, starts_are_spread_where_a_quota_is_low);
}

static void
add_others(TCase *tc)
{
	tcase_add_test(tc, a_dead_origin_is_probed_and_then_given_up);
	tcase_add_test(tc, an_origin_that_comes_back_is_used_again);
	tcase_add_test(
	    tc, failures_that_are_not_in_a_row_leave_the_breaker_closed);
	tcase_add_test(tc, retries_stay_within_their_budget);
	tcase_add_test(tc, without_a_budget_all_are_retried);
	tcase_add_test(tc, auto_settles_below_what_overloads_the_server);
	tcase_add_test(tc, auto_yields_to_rising_latency);
	tcase_add_test(tc, a_slow_origin_takes_nothing_from_a_fast_one);
}

int
main(void)
{
	Suite *suite = suite_create("sched_polite");
	TCase *tc = tcase_create("runs in virtual time");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	add_holds(tc);
	add_others(tc);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
