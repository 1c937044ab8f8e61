#include "config.h"

#include "schedule/rate_pool.h"
#include "unit.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "schedule/rate.h"

#define MS INT64_C(1000)
#define S  INT64_C(1000000)

static struct rate_pool pool;
static char told[512];
static int stirred;

static void
count_stir(void *arg, struct rate_pool *p)
{
	(void)arg;
	(void)p;
	stirred++;
}

static void
set_up(void)
{
	rate_pool_init(&pool, 1 * S);
	pool.on_stir = count_stir;
	stirred = 0;
}

static void
tear_down(void)
{
	rate_pool_release(&pool);
}

static void
grant(const char *name, uint64_t count, int64_t ends)
{
	const struct rate_grant g = {name, count, ends};

	rate_pool_grant(&pool, &g);
}

/* "a:2 1@500", a lease with 2 unused tokens and one that was used at 500. */
static void
tell(void *arg, const struct rate_report *r)
{
	size_t len = strlen(told);

	(void)arg;
	len += (size_t)snprintf(told + len, sizeof(told) - len, "%s%s:%d",
	    len ? ", " : "", r->lease, (int)r->unused);
	for (size_t i = 0; i < r->uses_len; i++)
		len += (size_t)snprintf(told + len, sizeof(told) - len,
		    " %d@%d", (int)r->uses[i].count, (int)r->uses[i].at_us);
}

static const char *
report(int64_t now)
{
	*told = '\0';
	rate_pool_report(&pool, 100, tell, NULL, now);
	return told;
}

START_TEST(there_is_nothing_to_take_before_a_grant)
{
	ck_assert_int_eq(rate_pool_when(&pool, 0), RATE_NEVER);
	grant("a", 1, 100);
	ck_assert_int_eq(rate_pool_when(&pool, 50), 50);
	rate_pool_take(&pool, 50);
	ck_assert_int_eq(rate_pool_when(&pool, 50), RATE_NEVER);
}
END_TEST

START_TEST(what_ends_first_is_taken_first)
{
	grant("late", 1, 200);
	grant("early", 1, 100);
	ck_assert_str_eq(rate_pool_take(&pool, 0)->name, "early");
	ck_assert_str_eq(rate_pool_take(&pool, 0)->name, "late");
}
END_TEST

START_TEST(a_token_cannot_be_taken_when_its_lease_has_ended)
{
	grant("a", 2, 100);
	rate_pool_take(&pool, 99);
	ck_assert_int_eq(rate_pool_when(&pool, 100), RATE_NEVER);
	ck_assert_str_eq(report(100), "a:1");
}
END_TEST

START_TEST(each_token_is_told_once)
{
	grant("a", 3, 100);
	rate_pool_demand(&pool, 9, 9, 0);
	rate_pool_give(&pool, rate_pool_take(&pool, 5), 7);
	ck_assert_str_eq(report(10), "a:0 1@7");
	ck_assert_str_eq(report(20), "");
	ck_assert_str_eq(report(100), "a:2");
	ck_assert_str_eq(report(110), "");
	ck_assert(list_empty(&pool.leases) && list_empty(&pool.ended));
}
END_TEST

START_TEST(uses_close_to_each_other_are_told_as_one_with_the_last_moment)
{
	struct rate_lease *l = NULL;

	grant("a", 4, S);
	rate_pool_demand(&pool, 9, 9, 0);
	for (int i = 0; i < 4; i++)
		l = rate_pool_take(&pool, 0);
	rate_pool_give(&pool, l, 10 * MS);
	rate_pool_give(&pool, l, 10 * MS + 999);
	rate_pool_give(&pool, l, 10 * MS + 500);
	rate_pool_give(&pool, l, 12 * MS);
	ck_assert_str_eq(report(13 * MS), "a:0 3@10999 1@12000");
}
END_TEST

START_TEST(a_use_may_be_told_after_the_lease_has_ended)
{
	struct rate_lease *l;

	grant("a", 1, 100);
	l = rate_pool_take(&pool, 0);
	ck_assert_str_eq(report(150), "");
	rate_pool_give(&pool, l, 99);
	ck_assert_str_eq(report(160), "a:0 1@99");
}
END_TEST

START_TEST(what_is_free_anyway_is_not_told)
{
	struct rate_lease *l;

	grant("a", 1, 100);
	l = rate_pool_take(&pool, 0);
	rate_pool_give(&pool, l, 99);
	ck_assert_str_eq(report(1 * S + 100), "");
	ck_assert(list_empty(&pool.ended));
}
END_TEST

START_TEST(a_lapsed_token_is_swapped_for_one_that_was_kept_back)
{
	struct rate_lease *l, *other;

	grant("a", 1, 100);
	l = rate_pool_take(&pool, 0);
	ck_assert_int_eq(rate_pool_when(&pool, 100), RATE_NEVER);
	ck_assert_ptr_eq(rate_pool_swap(&pool, l, 100), l);
	ck_assert_uint_ge(rate_pool_want(&pool, 100), 1);
	grant("b", 1, 200);
	/* It is not for a new start. */
	ck_assert_int_eq(rate_pool_when(&pool, 110), RATE_NEVER);
	other = rate_pool_swap(&pool, l, 110);
	ck_assert_str_eq(other->name, "b");
	rate_pool_give(&pool, other, 120);
	ck_assert_str_eq(report(130), "a:1, b:0 1@120");
}
END_TEST

START_TEST(an_unused_token_of_a_lease_that_lasts_can_be_taken_again)
{
	grant("a", 1, 100);
	rate_pool_give_unused(&pool, rate_pool_take(&pool, 0));
	ck_assert_int_eq(rate_pool_when(&pool, 50), 50);
	ck_assert_int_eq(rate_pool_when(&pool, 100), RATE_NEVER);
	ck_assert_str_eq(report(100), "a:1");
}
END_TEST

START_TEST(tokens_that_nobody_wants_go_back)
{
	grant("a", 5, S);
	grant("b", 5, 2 * S);
	rate_pool_demand(&pool, 3, 50, 0);
	ck_assert_uint_eq(rate_pool_want(&pool, 0), 0);
	ck_assert_str_eq(report(0), "a:5, b:2");
	rate_pool_demand(&pool, 0, 50, 0);
	ck_assert_str_eq(report(0), "b:3");
	ck_assert(!rate_pool_is_busy(&pool, 0));
}
END_TEST

START_TEST(no_more_are_wanted_than_can_start)
{
	rate_pool_demand(&pool, 1000, 7, 0);
	ck_assert_uint_eq(rate_pool_want(&pool, 0), 7);
	rate_pool_demand(&pool, 1000, 0, 0);
	ck_assert_uint_eq(rate_pool_want(&pool, 0), 1);
	rate_pool_demand(&pool, 0, 50, 0);
	ck_assert_uint_eq(rate_pool_want(&pool, 0), 0);
}
END_TEST

START_TEST(as_many_are_wanted_as_of_late)
{
	grant("a", 20, S);
	for (int i = 0; i < 20; i++)
		rate_pool_give(&pool, rate_pool_take(&pool, 0), 0);
	rate_pool_demand(&pool, 0, 0, 0);
	ck_assert_uint_eq(rate_pool_want(&pool, 0), 20);
	report(0);
	ck_assert_uint_eq(rate_pool_want(&pool, 0), 20);
	report(0);
	ck_assert_uint_eq(rate_pool_want(&pool, 0), 0);
}
END_TEST

START_TEST(the_source_is_stirred_once_until_it_is_told)
{
	rate_pool_demand(&pool, 5, 5, 0);
	rate_pool_demand(&pool, 6, 5, 0);
	ck_assert_int_eq(stirred, 1);
	report(0);
	grant("a", 5, 100);
	rate_pool_demand(&pool, 5, 5, 0);
	ck_assert_int_eq(stirred, 1);
	rate_pool_give(&pool, rate_pool_take(&pool, 0), 10);
	ck_assert_int_eq(stirred, 2);
}
END_TEST

START_TEST(a_closed_pool_gives_all_back)
{
	grant("a", 5, S);
	rate_pool_demand(&pool, 5, 5, 0);
	rate_pool_give(&pool, rate_pool_take(&pool, 0), 3);
	rate_pool_close(&pool);
	ck_assert(rate_pool_is_busy(&pool, 10));
	ck_assert_str_eq(report(10), "a:4 1@3");
	ck_assert(!rate_pool_is_busy(&pool, 10));
}
END_TEST

START_TEST(a_rate_takes_its_tokens_from_its_pool)
{
	const struct rate_limit limit = {5, 1 * S, false};
	struct rate rate;
	struct rate_ticket ticket;

	rate_init(&rate);
	rate_share(&rate, &pool);
	ck_assert_int_eq(rate_when(&rate, &limit, 0), RATE_NEVER);
	grant("a", 1, 100);
	ck_assert_int_eq(rate_when(&rate, &limit, 0), 0);
	ticket = rate_take(&rate, &limit, 0);
	ck_assert_int_eq(rate_wire_by(ticket), 100);
	ck_assert(rate_renew(&rate, &ticket, 99));
	ck_assert(!rate_renew(&rate, &ticket, 100));
	grant("b", 1, 200);
	ck_assert(rate_renew(&rate, &ticket, 100));
	ck_assert_int_eq(rate_wire_by(ticket), 200);
	rate_give(&rate, &limit, ticket, 150);
	ck_assert_str_eq(report(160), "a:1, b:0 1@150");
	rate_release(&rate);
	ck_assert(pool.closed);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("rate_pool");
	TCase *tc = tcase_create("pool");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, there_is_nothing_to_take_before_a_grant);
	tcase_add_test(tc, what_ends_first_is_taken_first);
	tcase_add_test(tc, a_token_cannot_be_taken_when_its_lease_has_ended);
	tcase_add_test(tc, each_token_is_told_once);
	tcase_add_test(
	    tc, uses_close_to_each_other_are_told_as_one_with_the_last_moment);
	tcase_add_test(tc, a_use_may_be_told_after_the_lease_has_ended);
	tcase_add_test(tc, what_is_free_anyway_is_not_told);
	tcase_add_test(
	    tc, a_lapsed_token_is_swapped_for_one_that_was_kept_back);
	tcase_add_test(
	    tc, an_unused_token_of_a_lease_that_lasts_can_be_taken_again);
	tcase_add_test(tc, tokens_that_nobody_wants_go_back);
	tcase_add_test(tc, no_more_are_wanted_than_can_start);
	tcase_add_test(tc, as_many_are_wanted_as_of_late);
	tcase_add_test(tc, the_source_is_stirred_once_until_it_is_told);
	tcase_add_test(tc, a_closed_pool_gives_all_back);
	tcase_add_test(tc, a_rate_takes_its_tokens_from_its_pool);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
