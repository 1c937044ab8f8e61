#include "config.h"

#include "schedule/rate.h"
#include "unit.h"

#include <check.h>

#define S INT64_C(1000000)

/* ck_assert writes to a pipe each time; these run millions of times. */
#define MUST(condition)                                 \
	do {                                            \
		if (!(condition))                       \
			ck_abort_msg("%s", #condition); \
	} while (0)

static struct rate rate;

static void
set_up(void)
{
	rate_init(&rate);
}

static void
tear_down(void)
{
	rate_release(&rate);
}

static uint64_t seed;

/* xorshift64: 0 to n - 1. */
static int64_t
any(int64_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (int64_t)(seed % (uint64_t)n);
}

/* Start one as soon as it may; on the wire at once. */
static int64_t
start(const struct rate_limit *limit, int64_t now)
{
	int64_t at = rate_when(&rate, limit, now);

	if (at < now)
		at = now;
	MUST(rate_when(&rate, limit, at) == at);
	rate_give(&rate, limit, rate_take(&rate, limit, at), at);
	return at;
}

START_TEST(without_a_limit_all_may_start)
{
	const struct rate_limit none = {0, 0, false};

	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(start(&none, 5), 5);
	ck_assert_ptr_null(rate.batches.nodes);
}
END_TEST

START_TEST(three_in_five_seconds)
{
	static const int64_t want[] = {0, 0, 0, 5, 5, 5, 10};
	const struct rate_limit limit = {3, 5 * S, false};
	int64_t now = 0;

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		ck_assert_int_eq(now = start(&limit, now), want[i] * S);
}
END_TEST

START_TEST(even_starts_are_spaced)
{
	const struct rate_limit limit = {3, 10, true};
	static const int64_t want[] = {0, 3, 6, 10, 13, 16, 20, 23};
	int64_t now = 0;

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		ck_assert_int_eq(now = start(&limit, now), want[i]);
}
END_TEST

START_TEST(even_starts_stay_spaced_after_a_pause)
{
	const struct rate_limit limit = {10, 10 * S, true};

	ck_assert_int_eq(start(&limit, 0), 0);
	ck_assert_int_eq(start(&limit, 7 * S), 7 * S);
	ck_assert_int_eq(start(&limit, 7 * S), 8 * S);
}
END_TEST

START_TEST(even_starts_make_up_for_late_timers)
{
	const struct rate_limit limit = {100000, 1 * S, true};
	int64_t now = 0;
	int started = 0;

	/* A loop that turns once a millisecond. */
	for (; now < 1 * S; now += 1000)
		for (; rate_when(&rate, &limit, now) <= now; started++) {
			rate_give(
			    &rate, &limit, rate_take(&rate, &limit, now), now);
		}
	ck_assert_int_gt(started, 99000);
	ck_assert_int_le(started, 100000);
}
END_TEST

START_TEST(a_token_without_a_time_is_never_free)
{
	const struct rate_limit limit = {1, 1 * S, false};

	struct rate_ticket ticket = rate_take(&rate, &limit, 0);

	ck_assert_int_eq(rate_when(&rate, &limit, 9 * S), RATE_NEVER);
	rate_give(&rate, &limit, ticket, 8 * S);
	ck_assert_int_eq(rate_when(&rate, &limit, 8 * S), 9 * S);
}
END_TEST

START_TEST(many_tokens_take_little_memory)
{
	const struct rate_limit limit = {10000000, 1 * S, false};

	for (int64_t i = 0; i < 3000000; i++)
		start(&limit, i / 10);
	ck_assert_uint_le(rate.batches.cap, 65536);
}
END_TEST

START_TEST(memory_of_a_burst_is_given_back)
{
	const struct rate_limit limit = {5000, 1 * S, false};

	for (int64_t i = 0; i < 5000; i++)
		start(&limit, i);
	ck_assert_uint_ge(rate.batches.cap, 4999);
	ck_assert_int_eq(rate_when(&rate, &limit, 9 * S), 9 * S);
	ck_assert_uint_eq(rate.batches.cap, 0);
}
END_TEST

START_TEST(what_is_bound_can_be_restored)
{
	const struct rate_limit limit = {3, 5 * S, false};
	struct rate later;
	int64_t until;

	start(&limit, 0);
	start(&limit, 1 * S);
	ck_assert_uint_eq(rate_bound(&rate, 2 * S, &until), 2);
	ck_assert_int_eq(until, 6 * S);
	rate_init(&later);
	rate_restore(&later, 2, until);
	ck_assert_int_eq(rate_when(&later, &limit, 2 * S), 2 * S);
	rate_give(&later, &limit, rate_take(&later, &limit, 2 * S), 2 * S);
	ck_assert_int_eq(rate_when(&later, &limit, 2 * S), 6 * S);
	rate_release(&later);
}
END_TEST

/* --- the promise, on random schedules --------------------------------- */

enum {
	STARTS = 200,
	FLYING = 8,
	SCHEDULES = 10000
};

struct flight {
	int64_t admitted;
	struct rate_ticket ticket;
	int64_t wire; /* when it will be on the wire, or would have been */
	bool reaches; /* the wire */
	bool flies;
};

static struct flight flights[FLYING];
static int64_t wired[STARTS];
static int wired_len;

static void
launch(const struct rate_limit *limit, int64_t now, int64_t slowest)
{
	for (int i = 0; i < FLYING; i++) {
		struct flight *f = &flights[i];

		if (f->flies || rate_when(&rate, limit, now) > now)
			continue;
		*f = (struct flight){now, rate_take(&rate, limit, now),
		    now + any(slowest + 1), any(10) > 0, true};
	}
}

static void
arrive(const struct rate_limit *limit, int64_t now)
{
	for (int i = 0; i < FLYING; i++) {
		struct flight *f = &flights[i];

		if (!f->flies || f->wire > now)
			continue;
		f->flies = false;
		if (f->reaches)
			rate_give(&rate, limit, f->ticket, now);
		else
			rate_give_unused(&rate, limit, f->ticket, f->admitted);
		if (f->reaches && wired_len < STARTS)
			wired[wired_len++] = now;
	}
}

/* When a flight reaches the wire, or one more may start. */
static int64_t
next_event(const struct rate_limit *limit, int64_t now)
{
	int64_t at = RATE_NEVER;
	bool is_place_free = false;

	for (int i = 0; i < FLYING; i++)
		if (!flights[i].flies)
			is_place_free = true;
		else if (flights[i].wire < at)
			at = flights[i].wire;
	if (is_place_free && rate_when(&rate, limit, now) < at)
		at = rate_when(&rate, limit, now);
	return at;
}

static void
fly(const struct rate_limit *limit, int64_t slowest)
{
	for (int64_t now = 0; wired_len < STARTS;
	     now = next_event(limit, now)) {
		arrive(limit, now);
		launch(limit, now, slowest);
		arrive(limit, now);
	}
}

START_TEST(no_window_ever_holds_more_than_n)
{
	for (int round = 0; round < SCHEDULES / 100; round++) {
		struct rate_limit limit;

		seed = (uint64_t)(_i * 1000 + round) * 2654435761 +
		       88172645463325252;
		limit = (struct rate_limit){
		    (uint64_t)any(20) + 1, any(1000) + 1, any(4) == 0};
		wired_len = 0;
		for (int i = 0; i < FLYING; i++)
			flights[i] = (struct flight){0};
		fly(&limit, any(300));
		for (int i = (int)limit.count; i < STARTS; i++)
			MUST(wired[i] - wired[i - (int)limit.count] >=
			     limit.period_us);
		rate_release(&rate);
	}
}
END_TEST

START_TEST(no_schedule_is_faster)
{
	for (int round = 0; round < SCHEDULES / 100; round++) {
		struct rate_limit limit;
		int64_t now = 0, ideal;

		seed = (uint64_t)(_i * 1000 + round) * 2654435761 +
		       88172645463325252;
		limit = (struct rate_limit){
		    (uint64_t)any(50) + 1, any(1000000) + 1, any(4) == 0};
		for (int i = 0; i < STARTS; i++)
			now = start(&limit, now);
		ideal = (STARTS - 1) / (int64_t)limit.count * limit.period_us;
		if (limit.even)
			ideal = (STARTS - 1) * limit.period_us /
			        (int64_t)limit.count;
		MUST(now <= ideal + ideal / 100 + 1);
		rate_release(&rate);
	}
}
END_TEST

START_TEST(a_hundred_thousand_a_second_keep_their_pace)
{
	const struct rate_limit limit = {100000, 1 * S, false};
	int64_t now = 0;

	for (int i = 0; i < 1000000; i++)
		now = start(&limit, now);
	/* The tenth burst, within a hundredth. */
	ck_assert_int_ge(now, 9 * S);
	ck_assert_int_le(now, 9 * S + 9 * S / 100);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("rate");
	TCase *tc = tcase_create("rate");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, without_a_limit_all_may_start);
	tcase_add_test(tc, three_in_five_seconds);
	tcase_add_test(tc, even_starts_are_spaced);
	tcase_add_test(tc, even_starts_stay_spaced_after_a_pause);
	tcase_add_test(tc, even_starts_make_up_for_late_timers);
	tcase_add_test(tc, a_token_without_a_time_is_never_free);
	tcase_add_test(tc, many_tokens_take_little_memory);
	tcase_add_test(tc, memory_of_a_burst_is_given_back);
	tcase_add_test(tc, what_is_bound_can_be_restored);
	tcase_add_loop_test(tc, no_window_ever_holds_more_than_n, 0, 100);
	tcase_add_loop_test(tc, no_schedule_is_faster, 0, 100);
	tcase_add_test(tc, a_hundred_thousand_a_second_keep_their_pace);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
