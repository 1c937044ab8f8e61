#include "config.h"

#include "schedule/directory.h"

#include <check.h>
#include <stdio.h>

#include "schedule/origin.h"
#include "unit.h"

#define S INT64_C(1000000)

enum {
	IDLE_MAX = 4096,
	MANY = 1000000
};

static struct directory directory;
static struct sched_options options;

static void
set_up(void)
{
	options = (struct sched_options){.parallel = 50, .polite = true};
	directory_init(&directory);
}

static void
tear_down(void)
{
	directory_release(&directory);
}

static struct origin *
enter(int i, int64_t now)
{
	char name[64];

	snprintf(name, sizeof(name), "http://host%d.example:80", i);
	return directory_enter(&directory, name, &options, now);
}

static void
leave(struct origin *o, int64_t now)
{
	directory_leave(&directory, o, now);
}

/* So many others that nothing else is remembered in full. */
static void
crowd_out(int64_t now)
{
	for (int i = 0; i < IDLE_MAX; i++)
		leave(enter(1000 + i, now), now);
}

START_TEST(an_origin_is_known_by_its_name)
{
	struct origin *o = enter(1, 0);

	ck_assert_str_eq(o->name, "http://host1.example:80");
	leave(o, 0);
	ck_assert_ptr_eq(enter(1, 0), o);
	ck_assert_ptr_ne(enter(2, 0), o);
}
END_TEST

START_TEST(a_million_origins_take_no_more_than_thousands)
{
	for (int i = 0; i < MANY; i++)
		leave(enter(i, i), i);
	ck_assert_uint_eq(strmap_len(&directory.origins), IDLE_MAX);
	ck_assert_uint_eq(directory.tombs.len, 0);
}
END_TEST

START_TEST(what_is_inside_is_not_forgotten)
{
	struct origin *o = enter(1, 0);

	o->inside = 1;
	crowd_out(0);
	crowd_out(1);
	ck_assert_ptr_eq(enter(1, 1), o);
}
END_TEST

START_TEST(a_hold_outlives_its_origin)
{
	struct origin *o = enter(1, 0);

	o->hold.until_us = 100 * S;
	leave(o, 0);
	crowd_out(1 * S);
	ck_assert_uint_eq(directory.tombs.len, 1);
	o = enter(1, 50 * S);
	ck_assert_uint_eq(directory.tombs.len, 0);
	ck_assert_int_eq(origin_when(o, &options, 50 * S), 100 * S);
}
END_TEST

START_TEST(tokens_outlive_their_origin)
{
	struct origin *o = enter(1, 0);
	struct rate_ticket tickets[2];

	options.host_rate = (struct rate_limit){2, 100 * S, false};
	for (int i = 0; i < 2; i++)
		tickets[i] = rate_take(&o->rate, &options.host_rate, 0);
	rate_give(&o->rate, &options.host_rate, tickets[0], 0);
	rate_give(&o->rate, &options.host_rate, tickets[1], 3 * S);
	leave(o, 3 * S);
	crowd_out(3 * S);
	o = enter(1, 50 * S);
	/* Both at the later time: kept promises before speed. */
	ck_assert_int_eq(origin_when(o, &options, 50 * S), 103 * S);
}
END_TEST

START_TEST(an_open_breaker_outlives_its_origin)
{
	struct origin *o = enter(1, 0);

	for (int i = 0; i < 5; i++)
		breaker_fail(&o->breaker, BREAKER_NAME, 0);
	for (int i = 0; i < 3; i++) {
		breaker_start(&o->breaker);
		breaker_fail_probe(&o->breaker, BREAKER_NAME, i * S);
	}
	leave(o, 3 * S);
	crowd_out(3 * S);
	o = enter(1, 10 * S);
	ck_assert(breaker_is_dead(&o->breaker, 10 * S));
	ck_assert(!breaker_is_dead(&o->breaker, 62 * S));
	ck_assert_int_eq(o->breaker.cause, BREAKER_NAME);
}
END_TEST

START_TEST(what_no_longer_binds_leaves_nothing)
{
	struct origin *o = enter(1, 0);

	o->hold.until_us = 10 * S;
	leave(o, 0);
	crowd_out(1 * S);
	ck_assert_uint_eq(directory.tombs.len, 1);
	crowd_out(11 * S);
	enter(2, 11 * S);
	ck_assert_uint_eq(directory.tombs.len, 0);
}
END_TEST

START_TEST(many_tombs_are_found_and_expire)
{
	enum {
		HELD = 20000
	};

	for (int i = 0; i < HELD; i++) {
		struct origin *o = enter(10000 + i, 0);

		o->hold.until_us = 100 * S + i;
		leave(o, 0);
	}
	crowd_out(1);
	ck_assert_uint_eq(directory.tombs.len, HELD);
	for (int i = 0; i < HELD; i += 7) {
		struct origin *o = enter(10000 + i, 2);

		ck_assert_int_eq(hold_when(&o->hold, 2), 100 * S + i);
		leave(o, 2);
	}
	for (int i = 0; i < 4; i++)
		crowd_out(200 * S);
	for (int i = 0; i < HELD / 2; i++)
		leave(enter(50000 + i, 200 * S), 200 * S);
	ck_assert_uint_eq(directory.tombs.len, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("directory");
	TCase *tc = tcase_create("directory");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, an_origin_is_known_by_its_name);
	tcase_add_test(tc, a_million_origins_take_no_more_than_thousands);
	tcase_add_test(tc, what_is_inside_is_not_forgotten);
	tcase_add_test(tc, a_hold_outlives_its_origin);
	tcase_add_test(tc, tokens_outlive_their_origin);
	tcase_add_test(tc, an_open_breaker_outlives_its_origin);
	tcase_add_test(tc, what_no_longer_binds_leaves_nothing);
	tcase_add_test(tc, many_tombs_are_found_and_expire);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
