#include "config.h"

#include <check.h>
#include <string.h>

#include "base/clock.h"
#include "pictures/summary.h"
#include "stats/account.h"
#include "unit.h"

static void
add(struct account *a, int status, int64_t flight_us, const char *error)
{
	struct result r;

	result_init(&r);
	r.status = status;
	r.flight_us = flight_us;
	if (error)
		failure_set(&r.failure, status ? ERROR_HTTP : ERROR_CONNECT,
		    NULL, status, "%s", error);
	account_add(a, &r);
	result_release(&r);
}

START_TEST(equal_errors_are_one_group_whatever_their_numbers)
{
	struct account *a = account_new();
	const struct error_group *groups;
	size_t len;

	add(a, 0, 5, "refused by 127.0.0.1 port 8080 after 3 ms");
	add(a, 503, 5, "HTTP status 503");
	add(a, 404, 5, "HTTP status 404");
	add(a, 0, 5, "refused by 127.0.0.2 port 81 after 12 ms");
	add(a, 200, 5, NULL);
	groups = account_errors(a, &len);
	ck_assert_uint_eq(len, 3);
	ck_assert_uint_eq(groups[0].count, 2);
	ck_assert_int_eq(groups[0].class, ERROR_CONNECT);
	ck_assert_uint_eq(groups[1].count, 1);
	ck_assert_uint_eq(percentiles_count(account_latencies(a)), 3);
	account_free(a);
}
END_TEST

START_TEST(kinds_of_errors_are_bounded)
{
	struct account *a = account_new();
	char text[3] = "aa";
	size_t len;

	for (int i = 0; i < 200; i++) {
		text[0] = (char)('a' + i % 20);
		text[1] = (char)('a' + i / 20);
		add(a, 0, 1, text);
	}
	account_errors(a, &len);
	ck_assert_uint_eq(len, ACCOUNT_GROUPS);
	ck_assert_uint_eq(account_other_errors(a), 200 - ACCOUNT_GROUPS);
	account_free(a);
}
END_TEST

/* What a run was like, and what its hint must name; NULL: there is none. */
static const struct {
	int count, status;
	enum error_class class;
	struct hint_facts facts;
	const char *word;
} runs[] = {
    {100, 200, ERROR_NONE, {.parallel = 50}, NULL},
    {100, 200, ERROR_NONE, {.parallel = 50, .ran_out = true}, "ulimit -n"},
    {5, 429, ERROR_HTTP, {.parallel = 50}, "--rate"},
    {5, 429, ERROR_HTTP, {.parallel = 50, .has_rate = true}, NULL},
    {1, 401, ERROR_HTTP, {.parallel = 50}, "-u"},
    {1, 401, ERROR_HTTP, {.parallel = 50, .logs_in = true}, NULL},
    {1, 302, ERROR_REDIRECT, {.parallel = 50}, "1 redirect was not"},
    {2, 302, ERROR_REDIRECT, {.parallel = 50}, "2 redirects were not"},
    {3, 0, ERROR_TIMEOUT, {.parallel = 50, .has_max_time = true}, "-m"},
    {1, 200, ERROR_SIZE, {.parallel = 50}, "--max-filesize"},
    {1, 0, ERROR_TLS, {.parallel = 50}, NULL},
    {30, 500, ERROR_HTTP, {.parallel = 50}, "--retry-from"},
    {30, 500, ERROR_HTTP, {.parallel = 50, .has_retry_from = true}, NULL},
    {300, 200, ERROR_NONE, {.parallel = 2, .whole = true}, "--compare=2,4,8"},
};

START_TEST(the_hint_names_the_option_that_would_have_helped)
{
	struct account *a = account_new();
	struct totals t = {.wall_us = 3 * CLOCK_SECOND};
	struct hint_facts facts = runs[_i].facts;
	struct buf out;
	struct result r;

	for (int i = 0; i < runs[_i].count; i++) {
		result_init(&r);
		r.status = runs[_i].status;
		r.flight_us = 20000;
		if (runs[_i].class != ERROR_NONE)
			failure_set(&r.failure, runs[_i].class, NULL, r.status,
			    "what it was");
		account_add(a, &r);
		totals_add(&t, &r);
		result_release(&r);
	}
	facts.totals = &t;
	facts.account = a;
	buf_init(&out);
	ck_assert_int_eq(hint_add(&facts, &out), runs[_i].word != NULL);
	if (runs[_i].word)
		ck_assert_msg(
		    strstr(out.data, runs[_i].word) != NULL, "%s", out.data);
	buf_release(&out);
	account_free(a);
}
END_TEST

START_TEST(a_long_tail_suggests_hedging)
{
	struct account *a = account_new();
	struct totals t = {.wall_us = CLOCK_SECOND};
	struct hint_facts facts = {.totals = &t, .account = a, .parallel = 9};
	struct buf out;

	for (int i = 0; i < 200; i++)
		add(a, 200, i % 50 ? 10000 : 900000, NULL);
	buf_init(&out);
	ck_assert(hint_add(&facts, &out));
	ck_assert_ptr_nonnull(strstr(out.data, "--hedge"));
	facts.hedges = true;
	ck_assert(!hint_add(&facts, &out));
	buf_release(&out);
	account_free(a);
}
END_TEST

/* Ten times the median, and not of what is just above it. */
START_TEST(a_tail_is_compared_with_the_median)
{
	struct account *a = account_new();
	struct totals t = {.wall_us = CLOCK_SECOND};
	struct hint_facts facts = {.totals = &t, .account = a, .parallel = 9};
	struct buf out;

	for (int i = 0; i < 200; i++)
		add(a, 200, i < 101 ? 10000 : i < 190 ? 20000 : 150000, NULL);
	buf_init(&out);
	ck_assert(hint_add(&facts, &out));
	ck_assert_ptr_nonnull(strstr(out.data, "--hedge"));
	buf_release(&out);
	account_free(a);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("account");
	TCase *t = tcase_create("account");

	tcase_add_test(t, equal_errors_are_one_group_whatever_their_numbers);
	tcase_add_test(t, kinds_of_errors_are_bounded);
	tcase_add_loop_test(t, the_hint_names_the_option_that_would_have_helped,
	    0, sizeof(runs) / sizeof(*runs));
	tcase_add_test(t, a_long_tail_suggests_hedging);
	tcase_add_test(t, a_tail_is_compared_with_the_median);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
