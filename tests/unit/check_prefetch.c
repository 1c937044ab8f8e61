/* How many inputs a worker takes, by how fast they go. */
#include "config.h"

#include <check.h>

#include "base/clock.h"
#include "schedule/prefetch.h"
#include "unit.h"

static int64_t now = CLOCK_SECOND;

/* All places are in use: ask, take what was asked for, and hand it out, one
 * each `each_us`, until it is time to ask again. Returns how many were asked
 * for. */
static size_t
turn(struct prefetch *p, int64_t each_us)
{
	size_t asked = prefetch_ask(p, p->parallel, now);

	prefetch_filled(p, asked, p->parallel, now);
	for (size_t i = 0; i < asked; i++) {
		now += each_us;
		if (prefetch_hand_out(p))
			break;
	}
	return asked;
}

static size_t
after_turns(int turns, int64_t each_us, struct prefetch *p)
{
	size_t asked = 0;

	for (int i = 0; i < turns; i++)
		asked = turn(p, each_us);
	return asked;
}

START_TEST(places_that_are_free_are_filled_and_one_waits)
{
	struct prefetch p;

	prefetch_init(&p, 50);
	ck_assert_uint_eq(prefetch_ask(&p, 0, CLOCK_SECOND), 51);
	ck_assert_uint_eq(prefetch_ask(&p, 47, CLOCK_SECOND), 4);
	ck_assert_uint_eq(prefetch_ask(&p, 50, CLOCK_SECOND), 1);
	ck_assert_uint_eq(prefetch_ask(&p, 5000, CLOCK_SECOND), 1);
}
END_TEST

/* That they were gone at once says nothing of how fast places become free. */
START_TEST(what_free_places_take_does_not_count)
{
	struct prefetch p;

	prefetch_init(&p, 50);
	for (size_t open = 0; open < 50; open += 10) {
		prefetch_ask(&p, open, CLOCK_SECOND);
		prefetch_filled(&p, 10, open, CLOCK_SECOND);
		for (int i = 0; i < 10; i++)
			ck_assert(!prefetch_hand_out(&p));
	}
	ck_assert_uint_eq(prefetch_ask(&p, 50, CLOCK_SECOND), 1);
}
END_TEST

START_TEST(fast_answers_double_it_up_to_a_bound)
{
	struct prefetch p;

	prefetch_init(&p, 16);
	ck_assert_uint_eq(after_turns(1, CLOCK_MS, &p), 1);
	ck_assert_uint_eq(after_turns(1, CLOCK_MS, &p), 2);
	ck_assert_uint_eq(after_turns(1, CLOCK_MS, &p), 4);
	ck_assert_uint_eq(after_turns(9, CLOCK_MS, &p), 16 / 2 + 8);
}
END_TEST

START_TEST(slow_answers_bring_it_down_to_one)
{
	struct prefetch p;

	prefetch_init(&p, 16);
	after_turns(9, CLOCK_MS, &p);
	ck_assert_uint_eq(after_turns(9, 3 * CLOCK_SECOND, &p), 1);
}
END_TEST

START_TEST(what_lasts_neither_short_nor_long_stays)
{
	struct prefetch p;

	prefetch_init(&p, 16);
	after_turns(3, CLOCK_MS, &p);
	ck_assert_uint_eq(after_turns(1, CLOCK_SECOND / 2, &p), 8);
	ck_assert_uint_eq(after_turns(9, CLOCK_SECOND / 4, &p), 8);
}
END_TEST

START_TEST(more_are_asked_for_when_half_is_gone)
{
	struct prefetch p;

	prefetch_init(&p, 16);
	after_turns(9, CLOCK_MS, &p);
	prefetch_filled(&p, 10, 16, CLOCK_SECOND);
	for (int i = 0; i < 4; i++)
		ck_assert(!prefetch_hand_out(&p));
	ck_assert(prefetch_hand_out(&p));
	ck_assert(prefetch_hand_out(&p));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("prefetch");
	TCase *all = tcase_create("prefetch");

	tcase_add_test(all, places_that_are_free_are_filled_and_one_waits);
	tcase_add_test(all, what_free_places_take_does_not_count);
	tcase_add_test(all, fast_answers_double_it_up_to_a_bound);
	tcase_add_test(all, slow_answers_bring_it_down_to_one);
	tcase_add_test(all, what_lasts_neither_short_nor_long_stays);
	tcase_add_test(all, more_are_asked_for_when_half_is_gone);
	suite_add_tcase(suite, all);
	return unit_run(suite);
}
