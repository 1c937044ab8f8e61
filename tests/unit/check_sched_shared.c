/* What binds several processes together: rates whose tokens come from a source,
 * and holds that are told. */
#include "config.h"

#include "schedule/sched.h"
#include "unit.h"

#include <check.h>
#include <string.h>

#include "sched_fixture.h"
#include "schedule/rate_pool.h"

enum {
	POOLS = 3 /* of the run, of A, of B */
};

static struct sched *attached;
static struct rate_pool pools[POOLS];
static uint64_t unused, used;
static char held[64];
static int64_t held_us;

static void
attach(void *arg, struct sched *sched)
{
	(void)arg;
	attached = sched;
}

static int
number(const char *origin)
{
	return !origin ? 0 : strcmp(origin, A) == 0 ? 1 : 2;
}

static struct rate_pool *
open_pool(void *arg, const char *origin, const struct rate_limit *limit)
{
	struct rate_pool *p = &pools[number(origin)];

	(void)arg;
	if (!p->period_us || p->closed)
		rate_pool_init(p, limit->period_us);
	return p;
}

static const struct rate_source source = {.attach = attach, .open = open_pool};

static void
note_held(void *arg, const char *origin, int64_t until_us)
{
	(void)arg;
	strncpy(held, origin, sizeof(held) - 1);
	held_us = until_us;
}

static void
set_up(void)
{
	set_up_items();
	options.backoff_max_us = 60 * S;
	options.source = &source;
	options.held = note_held;
	memset(pools, 0, sizeof(pools));
	memset(held, 0, sizeof(held));
	held_us = 0;
}

static void
tear_down(void)
{
	sched_free(s);
	ck_assert_ptr_null(attached);
	for (int i = 0; i < POOLS; i++)
		if (pools[i].period_us)
			rate_pool_release(&pools[i]);
}

static void
begin_shared(void)
{
	begin();
	ck_assert_ptr_eq(attached, s);
}

static void
grant(int pool, uint64_t count, int64_t ends, int64_t now)
{
	const struct rate_grant g = {"lease", count, ends};

	rate_pool_grant(&pools[pool], &g);
	sched_granted(s, &pools[pool], now);
}

static void
tell(void *arg, const struct rate_report *r)
{
	(void)arg;
	unused += r->unused;
	for (size_t i = 0; i < r->uses_len; i++)
		used += r->uses[i].count;
}

static void
report(int pool, int64_t now)
{
	unused = used = 0;
	rate_pool_report(&pools[pool], 100, tell, NULL, now);
}

START_TEST(the_run_waits_for_a_grant)
{
	options.rate = (struct rate_limit){5, 1 * S, false};
	begin_shared();
	add(0, A, 0);
	add(1, A, 0);
	ck_assert_int_eq(next(0), -1);
	ck_assert_int_eq(sched_wake(s, 0), -1);
	ck_assert_uint_eq(rate_pool_want(&pools[0], 0), 2);
	grant(0, 1, 1 * S, 10);
	ck_assert_int_eq(next(10), 0);
	ck_assert_int_eq(next(10), -1);
	ck_assert(sched_on_wire(s, &items[0], 20));
	report(0, 30);
	ck_assert_uint_eq(used, 1);
	land(0, SCHED_ANSWERED, 40);
}
END_TEST

START_TEST(an_origin_waits_for_a_grant_of_its_own)
{
	options.host_rate = (struct rate_limit){5, 1 * S, false};
	begin_shared();
	add(0, A, 0);
	add(1, B, 0);
	ck_assert_int_eq(next(0), -1);
	ck_assert_uint_eq(sched_parked(s), 2);
	ck_assert_uint_eq(rate_pool_want(&pools[1], 0), 1);
	ck_assert_uint_eq(rate_pool_want(&pools[2], 0), 1);
	grant(2, 1, 1 * S, 10);
	ck_assert_int_eq(next(10), 1);
	ck_assert_int_eq(next(10), -1);
	land(1, SCHED_ABORTED, 40);
	report(2, 1 * S);
	ck_assert_uint_eq(unused, 1);
}
END_TEST

START_TEST(an_origin_that_is_held_wants_no_tokens)
{
	options.host_rate = (struct rate_limit){5, 1 * S, false};
	begin_shared();
	sched_hold(s, A, 9 * S, 0);
	add(0, A, 0);
	ck_assert_uint_eq(rate_pool_want(&pools[1], 0), 0);
	ck_assert_int_eq(next(9 * S), -1);
	ck_assert_uint_eq(rate_pool_want(&pools[1], 9 * S), 1);
}
END_TEST

START_TEST(what_an_origin_was_granted_may_lapse_before_the_start)
{
	options.host_rate = (struct rate_limit){5, 1 * S, false};
	begin_shared();
	add(0, A, 0);
	grant(1, 1, 100, 0);
	ck_assert_uint_eq(sched_ahead(s), 1);
	ck_assert_int_eq(next(100), -1);
	ck_assert_uint_eq(sched_ahead(s), 0);
	grant(1, 1, 200, 150);
	ck_assert_int_eq(next(150), 0);
	land(0, SCHED_ABORTED, 160);
}
END_TEST

START_TEST(a_request_whose_token_has_lapsed_is_not_sent)
{
	options.rate = (struct rate_limit){5, 1 * S, false};
	begin_shared();
	add(0, A, 0);
	grant(0, 1, 100, 0);
	ck_assert_int_eq(next(0), 0);
	ck_assert_int_eq(sched_wire_by(&items[0]), 100);
	ck_assert(!sched_on_wire(s, &items[0], 100));
	land(0, SCHED_ABORTED, 110);
	report(0, 120);
	ck_assert_uint_eq(unused, 1);
	ck_assert_uint_eq(used, 0);
}
END_TEST

START_TEST(a_slow_connection_gets_another_token)
{
	options.rate = (struct rate_limit){5, 1 * S, false};
	begin_shared();
	add(0, A, 0);
	add(1, A, 0);
	grant(0, 1, 100, 0);
	ck_assert_int_eq(next(0), 0);
	ck_assert_int_eq(next(150), -1);
	grant(0, 1, 300, 200);
	/* It is kept for the first, not given to the second. */
	ck_assert_int_eq(next(200), -1);
	ck_assert(sched_renew(s, &items[0], 250));
	ck_assert_int_eq(sched_wire_by(&items[0]), 300);
	ck_assert(sched_on_wire(s, &items[0], 299));
	land(0, SCHED_ANSWERED, 400);
}
END_TEST

START_TEST(a_repeat_takes_a_token_of_its_own)
{
	options.rate = (struct rate_limit){5, 1 * S, false};
	begin_shared();
	add(0, A, 0);
	grant(0, 2, 100, 0);
	ck_assert_int_eq(next(0), 0);
	ck_assert(sched_on_wire(s, &items[0], 10));
	ck_assert(sched_on_wire(s, &items[0], 20));
	ck_assert(!sched_on_wire(s, &items[0], 30));
	report(0, 30);
	ck_assert_uint_eq(used, 2);
	land(0, SCHED_ANSWERED, 400);
}
END_TEST

START_TEST(what_a_thread_has_sent_counts_though_it_is_told_late)
{
	options.rate = (struct rate_limit){5, 1 * S, false};
	begin_shared();
	add(0, A, 0);
	grant(0, 1, 100, 0);
	ck_assert_int_eq(next(0), 0);
	report(0, 500);
	sched_sent(s, &items[0], 99);
	report(0, 600);
	ck_assert_uint_eq(used, 1);
	land(0, SCHED_ANSWERED, 700);
}
END_TEST

START_TEST(others_hold_an_origin)
{
	begin_shared();
	add(0, A, 0);
	add(1, B, 0);
	sched_hold(s, A, 9 * S, 0);
	ck_assert_int_eq(next(0), 1);
	ck_assert_int_eq(next(0), -1);
	ck_assert_int_eq(next(9 * S), 0);
	ck_assert_str_eq(held, "");
}
END_TEST

START_TEST(an_origin_may_be_held_before_it_is_known)
{
	begin_shared();
	sched_hold(s, A, 9 * S, 0);
	add(0, A, 1 * S);
	ck_assert_int_eq(next(1 * S), -1);
	ck_assert_int_eq(sched_wake(s, 1 * S), 9 * S);
	ck_assert_int_eq(next(9 * S), 0);
}
END_TEST

START_TEST(a_refusal_in_flight_joins_the_hold_of_others)
{
	begin_shared();
	add(0, A, 0);
	ck_assert_int_eq(next(0), 0);
	ck_assert(sched_on_wire(s, &items[0], 0));
	sched_hold(s, A, 9 * S, 10);
	ck_assert_int_eq(land(0, SCHED_THROTTLED, 20).kind, SCHED_HELD);
}
END_TEST

START_TEST(others_are_told_of_a_short_hold)
{
	const struct quota quota = {.retry_after_us = 300 * MS,
	    .remaining = -1,
	    .limit = -1,
	    .source = "Retry-After"};
	const struct sched_report throttled = {.outcome = SCHED_THROTTLED,
	    .status = 429,
	    .latency_us = -1,
	    .quota = &quota};

	begin_shared();
	for (int i = 0; i < 2; i++) {
		add(i, A, 0);
		ck_assert_int_eq(next(0), i);
	}
	sched_release(s, &items[0], &throttled, 10);
	ck_assert_str_eq(held, A);
	ck_assert_int_eq(held_us, 300 * MS + 10);
	/* What adds nothing is not told. */
	held_us = 0;
	sched_hold(s, A, 301 * MS, 20);
	ck_assert_int_eq(held_us, 0);
	sched_release(s, &items[1], &throttled, 10);
	ck_assert_int_eq(held_us, 0);
}
END_TEST

START_TEST(a_hold_of_others_beyond_the_limit_fails_what_waits)
{
	struct sched_rejection r;

	options.max_hold_us = 5 * S;
	begin_shared();
	add(0, A, 0);
	sched_hold(s, A, 9 * S, 0);
	ck_assert_ptr_eq(sched_next_rejected(s, &r), &items[0]);
	ck_assert_int_eq(r.reason, SCHED_REJECT_HOLD);
	ck_assert_int_eq(r.until_us, 9 * S);
}
END_TEST

START_TEST(holds_of_others_are_ignored_on_request)
{
	options.polite = false;
	begin_shared();
	add(0, A, 0);
	sched_hold(s, A, 9 * S, 0);
	ck_assert_int_eq(next(0), 0);
	land(0, SCHED_ABORTED, 1);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, the_run_waits_for_a_grant);
	tcase_add_test(tc, an_origin_waits_for_a_grant_of_its_own);
	tcase_add_test(tc, an_origin_that_is_held_wants_no_tokens);
	tcase_add_test(
	    tc, what_an_origin_was_granted_may_lapse_before_the_start);
	tcase_add_test(tc, a_request_whose_token_has_lapsed_is_not_sent);
	tcase_add_test(tc, a_slow_connection_gets_another_token);
	tcase_add_test(tc, a_repeat_takes_a_token_of_its_own);
	tcase_add_test(
	    tc, what_a_thread_has_sent_counts_though_it_is_told_late);
	tcase_add_test(tc, others_hold_an_origin);
	tcase_add_test(tc, an_origin_may_be_held_before_it_is_known);
	tcase_add_test(tc, a_refusal_in_flight_joins_the_hold_of_others);
	tcase_add_test(tc, others_are_told_of_a_short_hold);
	tcase_add_test(tc, a_hold_of_others_beyond_the_limit_fails_what_waits);
	tcase_add_test(tc, holds_of_others_are_ignored_on_request);
}

int
main(void)
{
	Suite *suite = suite_create("sched_shared");
	TCase *tc = tcase_create("shared");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	add_tests(tc);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
