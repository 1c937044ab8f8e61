#include "config.h"

#include "schedule/sched.h"
#include "unit.h"

#include <check.h>

#include "sched_fixture.h"

#define T "https://t:443"

static void
set_up(void)
{
	set_up_items();
	options.gate_cold_https = true;
}

static void
tear_down(void)
{
	sched_free(s);
}

static int
next_on_wire(int64_t now)
{
	int i = next(now);

	if (i >= 0)
		ck_assert(sched_on_wire(s, &items[i], now));
	return i;
}

START_TEST(no_more_than_parallel_fly)
{
	begin();
	for (int i = 0; i < 6; i++)
		add(i, A, 0);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(next(0), i);
	ck_assert_int_eq(next(0), -1);
	ck_assert_int_eq(sched_wake(s, 0), -1);
	land(1, SCHED_ANSWERED, 5);
	ck_assert_int_eq(sched_wake(s, 5), 5);
	ck_assert_int_eq(next(5), 4);
	ck_assert_int_eq(next(5), -1);
	ck_assert_uint_eq(sched_flying(s), 4);
}
END_TEST

START_TEST(no_more_than_per_host_fly_to_one_origin)
{
	options.parallel_per_host = 2;
	begin();
	for (int i = 0; i < 3; i++)
		add(i, A, 0);
	add(3, B, 0);
	ck_assert_int_eq(next(0), 0);
	ck_assert_int_eq(next(0), 3);
	ck_assert_int_eq(next(0), 1);
	ck_assert_int_eq(next(0), -1);
	ck_assert_uint_eq(sched_parked(s), 1);
	ck_assert_uint_eq(sched_ahead(s), 0);
	land(0, SCHED_ANSWERED, 1);
	ck_assert_int_eq(next(1), 2);
}
END_TEST

START_TEST(the_origin_with_the_fewest_in_flight_goes_next)
{
	options.parallel = 10;
	begin();
	for (int i = 0; i < 4; i++)
		add(i, A, 0);
	ck_assert_int_eq(next(0), 0);
	ck_assert_int_eq(next(0), 1);
	for (int i = 4; i < 8; i++)
		add(i, B, 0);
	ck_assert_int_eq(next(0), 4);
	ck_assert_int_eq(next(0), 5);
	/* A tie goes to the longest unserved. */
	ck_assert_int_eq(next(0), 2);
	ck_assert_int_eq(next(0), 6);
}
END_TEST

START_TEST(what_goes_again_comes_before_new_lines)
{
	begin();
	add(0, A, 0);
	add(1, A, 0);
	sched_add(s, &items[2], A, SCHED_AGAIN, 0, 0);
	sched_add(s, &items[3], A, SCHED_RETRY, 10, 0);
	ck_assert_int_eq(next(0), 2);
	ck_assert_int_eq(next(10), 3);
	ck_assert_int_eq(next(10), 0);
}
END_TEST

START_TEST(a_retry_rests_until_its_moment)
{
	begin();
	sched_add(s, &items[0], A, SCHED_RETRY, 500, 100);
	ck_assert_int_eq(next(100), -1);
	ck_assert_uint_eq(sched_parked(s), 1);
	ck_assert_int_eq(sched_wake(s, 100), 500);
	ck_assert_int_eq(next(499), -1);
	ck_assert_int_eq(next(500), 0);
}
END_TEST

START_TEST(the_head_goes_first)
{
	begin();
	for (int i = 0; i < 3; i++)
		add(i, A, 0);
	add(3, B, 0);
	ck_assert_int_eq(next(0), 0);
	sched_set_head(s, &items[2]);
	ck_assert_int_eq(next(0), 2);
	/* It is the head wherever it goes. */
	land(2, SCHED_BROKEN, 1);
	sched_add(s, &items[2], A, SCHED_RETRY, 1, 1);
	ck_assert_int_eq(next(1), 2);
	ck_assert_int_eq(next(1), 3);
}
END_TEST

START_TEST(the_head_alone_starts_when_there_is_no_room)
{
	begin();
	add(0, A, 0);
	add(1, A, 0);
	sched_set_scope(s, SCHED_HEAD_ONLY);
	ck_assert_int_eq(next(0), -1);
	ck_assert_int_eq(sched_wake(s, 0), -1);
	sched_set_head(s, &items[1]);
	ck_assert_int_eq(sched_wake(s, 0), 0);
	ck_assert_int_eq(next(0), 1);
	ck_assert_int_eq(next(0), -1);
	land(1, SCHED_ANSWERED, 1);
	sched_set_head(s, &items[0]);
	sched_set_scope(s, SCHED_NOTHING);
	ck_assert_int_eq(next(1), -1);
	sched_set_scope(s, SCHED_ALL);
	ck_assert_int_eq(next(1), 0);
}
END_TEST

START_TEST(the_head_breaks_no_promise)
{
	options.parallel_per_host = 1;
	begin();
	add(0, A, 0);
	add(1, A, 0);
	ck_assert_int_eq(next(0), 0);
	sched_set_head(s, &items[1]);
	ck_assert_int_eq(next(0), -1);
}
END_TEST

START_TEST(one_leads_a_cold_origin)
{
	begin();
	for (int i = 0; i < 4; i++)
		add(i, T, 0);
	ck_assert_int_eq(next(0), 0);
	ck_assert_int_eq(next(0), -1);
	ck_assert_int_eq(sched_wake(s, 0), 1 * S);
	ck_assert(sched_on_wire(s, &items[0], 30 * MS));
	ck_assert_int_eq(next(30 * MS), 1);
	ck_assert_int_eq(next(30 * MS), 2);
	ck_assert_int_eq(next(30 * MS), 3);
}
END_TEST

START_TEST(a_slow_leader_gets_company_each_second)
{
	begin();
	for (int i = 0; i < 4; i++)
		add(i, T, 0);
	ck_assert_int_eq(next(0), 0);
	ck_assert_int_eq(next(1 * S), 1);
	ck_assert_int_eq(next(1 * S), -1);
	ck_assert_int_eq(next(2 * S - 1), -1);
	ck_assert_int_eq(next(2 * S), 2);
}
END_TEST

START_TEST(the_next_leads_when_the_leader_fails)
{
	begin();
	add(0, T, 0);
	add(1, T, 0);
	ck_assert_int_eq(next(0), 0);
	land(0, SCHED_NO_CONNECT, 10);
	ck_assert_int_eq(next(10), 1);
}
END_TEST

static void
is_cold(int first, int64_t now)
{
	add(first, T, now);
	add(first + 1, T, now);
	ck_assert_int_eq(next(now), first);
	ck_assert_int_eq(next(now), -1);
}

START_TEST(an_origin_cools_after_a_minute)
{
	begin();
	add(0, T, 0);
	next_on_wire(0);
	land(0, SCHED_ANSWERED, 1 * S);
	add(1, T, 2 * S);
	add(2, T, 2 * S);
	ck_assert_int_eq(next(2 * S), 1);
	ck_assert_int_eq(next(2 * S), 2);
	land(1, SCHED_ANSWERED, 2 * S);
	land(2, SCHED_ANSWERED, 2 * S);
	is_cold(3, 63 * S);
}
END_TEST

START_TEST(an_origin_cools_when_its_connection_closes)
{
	struct sched_report report = {
	    .outcome = SCHED_BROKEN, .latency_us = -1, .closed = true};

	begin();
	add(0, T, 0);
	next_on_wire(0);
	sched_release(s, &items[0], &report, 10);
	is_cold(1, 10);
}
END_TEST

START_TEST(plain_http_has_no_gate)
{
	begin();
	add(0, A, 0);
	add(1, A, 0);
	ck_assert_int_eq(next(0), 0);
	ck_assert_int_eq(next(0), 1);
}
END_TEST

START_TEST(tokens_of_run_and_origin_are_taken_together)
{
	options.parallel = 10;
	options.rate = (struct rate_limit){3, 1 * S, false};
	options.host_rate = (struct rate_limit){1, 2 * S, false};
	begin();
	add(0, A, 0);
	add(1, A, 0);
	add(2, B, 0);
	ck_assert_int_eq(next_on_wire(0), 0);
	ck_assert_int_eq(next_on_wire(0), 2);
	ck_assert_int_eq(next(0), -1);
	ck_assert_int_eq(sched_wake(s, 0), 2 * S);
	/* The run's third token waited for nobody. */
	add(3, "http://c:80", 500 * MS);
	add(4, "http://d:80", 500 * MS);
	ck_assert_int_eq(next_on_wire(500 * MS), 3);
	ck_assert_int_eq(next(500 * MS), -1);
	ck_assert_int_eq(sched_wake(s, 500 * MS), 1 * S);
	ck_assert_int_eq(next_on_wire(1 * S), 4);
	ck_assert_int_eq(next_on_wire(2 * S), 1);
}
END_TEST

START_TEST(a_repeat_on_the_wire_needs_a_token_of_its_own)
{
	options.rate = (struct rate_limit){2, 1 * S, false};
	begin();
	add(0, A, 0);
	ck_assert_int_eq(next_on_wire(0), 0);
	ck_assert(sched_on_wire(s, &items[0], 10));
	ck_assert(!sched_on_wire(s, &items[0], 20));
	ck_assert(sched_on_wire(s, &items[0], 1 * S));
}
END_TEST

START_TEST(a_flight_that_never_reached_the_wire_returns_its_token)
{
	options.rate = (struct rate_limit){1, 1 * S, false};
	begin();
	add(0, A, 0);
	add(1, A, 0);
	ck_assert_int_eq(next(0), 0);
	/* Nobody knows yet when it will be free. */
	ck_assert_int_eq(sched_wake(s, 0), -1);
	land(0, SCHED_NO_CONNECT, 300 * MS);
	ck_assert_int_eq(sched_wake(s, 300 * MS), 1 * S);
	ck_assert_int_eq(next(1 * S), 1);
}
END_TEST

START_TEST(the_reader_stops_when_enough_is_ahead)
{
	begin();
	for (int i = 0; i < 63; i++)
		add(i, A, 0);
	ck_assert(sched_has_room(s));
	add(63, A, 0);
	ck_assert(!sched_has_room(s));
	next(0);
	ck_assert(sched_has_room(s));
}
END_TEST

START_TEST(the_reader_stops_when_too_much_is_parked)
{
	options.parked_max = 5;
	begin();
	for (int i = 0; i < 4; i++)
		sched_add(s, &items[i], A, SCHED_RETRY, 9, 0);
	ck_assert(sched_has_room(s));
	sched_add(s, &items[4], A, SCHED_RETRY, 9, 0);
	ck_assert(!sched_has_room(s));
	sched_remove(s, &items[4], 0);
	ck_assert(sched_has_room(s));
}
END_TEST

START_TEST(the_reader_stops_when_what_is_parked_is_too_large)
{
	begin();
	items[0].bytes = 32U << 20;
	sched_add(s, &items[0], A, SCHED_RETRY, 9, 0);
	ck_assert(!sched_has_room(s));
	next(9);
	ck_assert(sched_has_room(s));
}
END_TEST

START_TEST(all_that_waits_can_be_withdrawn)
{
	options.parallel = 1;
	begin();
	add(0, A, 0);
	ck_assert_int_eq(next(0), 0);
	add(1, A, 0);
	add(2, B, 0);
	sched_add(s, &items[3], B, SCHED_RETRY, 9, 0);
	for (int i = 1; i <= 3; i++) {
		ck_assert(sched_item_is_inside(&items[i]));
		sched_remove(s, &items[i], 0);
		ck_assert(!sched_item_is_inside(&items[i]));
	}
	ck_assert(sched_item_is_flying(&items[0]));
	ck_assert_uint_eq(sched_ahead(s) + sched_parked(s), 0);
	land(0, SCHED_ABORTED, 1);
}
END_TEST

START_TEST(removing_what_is_nowhere_does_no_harm)
{
	begin();
	sched_remove(s, &items[0], 0);
	add(0, A, 0);
	sched_remove(s, &items[0], 0);
	sched_remove(s, &items[0], 0);
	ck_assert_int_eq(next(0), -1);
}
END_TEST

START_TEST(parallel_halves_once_for_all_that_fly)
{
	begin();
	for (int i = 0; i < 6; i++)
		add(i, A, 0);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(next(0), i);
	for (int i = 0; i < 4; i++) {
		land(i, SCHED_ABORTED, 1);
		ck_assert_uint_eq(sched_lower_parallel(s, &items[i], 1), 2);
	}
	ck_assert_int_eq(next(2), 4);
	ck_assert_int_eq(next(2), 5);
	ck_assert_int_eq(next(2), -1);
	ck_assert_uint_eq(sched_lower_parallel(s, &items[4], 3), 1);
	ck_assert_uint_eq(sched_lower_parallel(s, &items[5], 3), 1);
}
END_TEST

START_TEST(a_reused_scheduler_keeps_its_promises)
{
	options.rate = (struct rate_limit){1, 10 * S, false};
	begin();
	add(0, A, 0);
	ck_assert_int_eq(next_on_wire(0), 0);
	land(0, SCHED_ANSWERED, 1 * S);
	options.parallel = 2;
	sched_reuse(s, &options);
	ck_assert_uint_eq(sched_parallel(s), 2);
	add(1, A, 1 * S);
	ck_assert_int_eq(next(1 * S), -1);
	ck_assert_int_eq(next(10 * S), 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sched");
	TCase *tc = tcase_create("sched");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, no_more_than_parallel_fly);
	tcase_add_test(tc, no_more_than_per_host_fly_to_one_origin);
	tcase_add_test(tc, the_origin_with_the_fewest_in_flight_goes_next);
	tcase_add_test(tc, what_goes_again_comes_before_new_lines);
	tcase_add_test(tc, a_retry_rests_until_its_moment);
	tcase_add_test(tc, the_head_goes_first);
	tcase_add_test(tc, the_head_alone_starts_when_there_is_no_room);
	tcase_add_test(tc, the_head_breaks_no_promise);
	tcase_add_test(tc, one_leads_a_cold_origin);
	tcase_add_test(tc, a_slow_leader_gets_company_each_second);
	tcase_add_test(tc, the_next_leads_when_the_leader_fails);
	tcase_add_test(tc, an_origin_cools_after_a_minute);
	tcase_add_test(tc, an_origin_cools_when_its_connection_closes);
	tcase_add_test(tc, plain_http_has_no_gate);
	tcase_add_test(tc, tokens_of_run_and_origin_are_taken_together);
	tcase_add_test(tc, a_repeat_on_the_wire_needs_a_token_of_its_own);
	tcase_add_test(
	    tc, a_flight_that_never_reached_the_wire_returns_its_token);
	tcase_add_test(tc, the_reader_stops_when_enough_is_ahead);
	tcase_add_test(tc, the_reader_stops_when_too_much_is_parked);
	tcase_add_test(tc, the_reader_stops_when_what_is_parked_is_too_large);
	tcase_add_test(tc, all_that_waits_can_be_withdrawn);
	tcase_add_test(tc, removing_what_is_nowhere_does_no_harm);
	tcase_add_test(tc, parallel_halves_once_for_all_that_fly);
	tcase_add_test(tc, a_reused_scheduler_keeps_its_promises);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
