#include "config.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/show.h"
#include "stats/stats.h"
#include "stats/totals.h"
#include "unit.h"

static const struct {
	int64_t us;
	const char *text;
} durations[] = {
    {0, "0.00 ms"},
    {1500, "1.50 ms"},
    {950000, "950 ms"},
    {1240000, "1.24 s"},
    {125000000, "2 min 5 s"},
    {7260000000, "2 h 1 min"},
};

START_TEST(durations_read_as_people_say_them)
{
	struct buf out;

	buf_init(&out);
	add_duration(&out, durations[_i].us);
	ck_assert_str_eq(out.data, durations[_i].text);
	buf_release(&out);
}
END_TEST

static const struct {
	uint64_t bytes;
	const char *text;
} sizes[] = {
    {0, "0 B"},
    {1023, "1023 B"},
    {1024, "1.0 kB"},
    {1258291, "1.2 MB"},
};

START_TEST(sizes_read_as_people_say_them)
{
	struct buf out;

	buf_init(&out);
	add_size(&out, sizes[_i].bytes);
	ck_assert_str_eq(out.data, sizes[_i].text);
	buf_release(&out);
}
END_TEST

START_TEST(stats_match_known_answers)
{
	double values[] = {4, 2, 9, 4, 5, 7, 4, 5};
	struct stats s = stats_of(values, 8);

	ck_assert_double_eq_tol(s.mean, 5, 1e-12);
	ck_assert_double_eq_tol(s.stddev, sqrt(32.0 / 7), 1e-12);
	ck_assert_double_eq(s.min, 2);
	ck_assert_double_eq(s.max, 9);
	ck_assert_double_eq(s.median, 4.5);
}
END_TEST

START_TEST(stats_of_one_value_have_no_spread)
{
	double value[] = {3};
	struct stats s = stats_of(value, 1);

	ck_assert_double_eq(s.mean, 3);
	ck_assert_double_eq(s.stddev, 0);
	ck_assert_double_eq(s.median, 3);
}
END_TEST

static void
add_result(struct totals *t, int status, enum error_class class, int64_t us)
{
	struct result r;

	result_init(&r);
	r.status = status;
	r.flight_us = us;
	r.failure.class = class;
	totals_add(t, &r);
	result_release(&r);
}

START_TEST(the_line_says_how_many_were_in_flight)
{
	struct totals t = {.wall_us = 1000000};
	struct buf out;

	buf_init(&out);
	for (int i = 0; i < 4; i++)
		add_result(&t, 200, ERROR_NONE, 1000000);
	add_result(&t, 500, ERROR_HTTP, 1000000);
	totals_add_line(&t, &out);
	ck_assert_str_eq(out.data,
	    "4 ok, 1 failed (500) in 1.00 s (5.0/s, 0 B); "
	    "5.0 in flight on average");
	ck_assert_uint_eq(t.by_class[ERROR_HTTP], 1);
	buf_release(&out);
}
END_TEST

static void
add_failures(struct totals *t, int n, int status, enum error_class class)
{
	while (n--)
		add_result(t, status, class, 1000);
}

static void
assert_line(const struct totals *t, const char *part)
{
	struct buf out;

	buf_init(&out);
	totals_add_line(t, &out);
	ck_assert_msg(strstr(out.data, part) != NULL, "%s", out.data);
	buf_release(&out);
}

START_TEST(what_was_recalled_has_no_rate)
{
	struct totals t = {.wall_us = 12000, .ok = 45, .recalled = 45};
	struct buf out;

	buf_init(&out);
	totals_add_line(&t, &out);
	ck_assert_str_eq(out.data, "45 ok (45 from an earlier run) in 12 ms");
	buf_clear(&out);
	totals_add_block(&t, &out);
	ck_assert_ptr_nonnull(strstr(out.data, "wall clock       12 ms\n"));
	t.ok++;
	assert_line(&t, "46 ok (45 from an earlier run) in 12 ms (83/s, 0 B)");
	buf_release(&out);
}
END_TEST

START_TEST(failures_are_counted_by_status_or_class)
{
	struct totals t = {.wall_us = 1000000};

	add_failures(&t, 2, 503, ERROR_HTTP);
	add_failures(&t, 3, 404, ERROR_HTTP);
	add_failures(&t, 7, 404, ERROR_NONE);
	add_failures(&t, 1, 200, ERROR_JSON);
	assert_line(&t, "7 ok, 6 failed (404 x 3, 503 x 2, json) in");
	ck_assert_uint_eq(totals_status(&t, 404), 10);
	add_failures(&t, 2, 0, ERROR_TIMEOUT);
	assert_line(&t, "failed (404 x 3, 503 x 2, timeout x 2, json) in");
	add_failures(&t, 1, 500, ERROR_HTTP);
	assert_line(&t, "failed (404 x 3, 503 x 2, timeout x 2, 500, ...) in");
}
END_TEST

START_TEST(statuses_out_of_range_are_not_counted)
{
	struct totals t = {0};

	add_failures(&t, 1, TOTALS_STATUSES, ERROR_NONE);
	add_failures(&t, 1, -1, ERROR_NONE);
	ck_assert_uint_eq(totals_status(&t, TOTALS_STATUSES), 0);
	ck_assert_uint_eq(totals_status(&t, -1), 0);
	ck_assert_uint_eq(t.ok, 2);
}
END_TEST

START_TEST(earlier_attempts_were_in_flight_too)
{
	struct past_attempt past[] = {{.total_us = 1000000}, {.total_us = 500}};
	struct totals t = {.wall_us = 1000000};
	struct result r;

	result_init(&r);
	r.flight_us = 1000000;
	r.past = past;
	r.past_len = 2;
	totals_add(&t, &r);
	ck_assert_double_eq_tol(totals_mean_in_flight(&t), 2.0005, 1e-9);
	t.wall_us = 0;
	ck_assert_double_eq(totals_mean_in_flight(&t), 0);
}
END_TEST

START_TEST(what_was_cancelled_or_recalled_was_not_done)
{
	struct totals t = {.wall_us = 2000000};
	struct result r;

	for (int i = 0; i < 6; i++)
		add_result(&t, 200, ERROR_NONE, 1000000);
	add_result(&t, 0, ERROR_CANCELLED, 0);
	result_init(&r);
	totals_add_recalled(&t, &r, 0);
	ck_assert_double_eq(totals_per_second(&t), 3);
	t.wall_us = 0;
	ck_assert_double_eq(totals_per_second(&t), 0);
}
END_TEST

START_TEST(what_was_recalled_may_fail_all_the_same)
{
	struct totals t = {0};
	struct result r;

	result_init(&r);
	failure_set(&r.failure, ERROR_POLICY, NULL, 0, "too many");
	totals_add_recalled(&t, &r, 1);
	ck_assert_uint_eq(t.failed, 1);
	ck_assert_uint_eq(t.recalled, 0);
	ck_assert_uint_eq(t.attempts, 1);
	result_release(&r);
}
END_TEST

START_TEST(cancelled_requests_are_no_failures)
{
	struct totals t = {0};

	add_result(&t, 0, ERROR_CANCELLED, 0);
	ck_assert_uint_eq(t.failed, 0);
	ck_assert_uint_eq(t.cancelled, 1);
	ck_assert_uint_eq(totals_count(&t), 1);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof(*(table)))

static Suite *
totals_suite(void)
{
	Suite *suite = suite_create("totals");
	TCase *all = tcase_create("all");

	tcase_add_loop_test(
	    all, durations_read_as_people_say_them, 0, COUNT(durations));
	tcase_add_loop_test(
	    all, sizes_read_as_people_say_them, 0, COUNT(sizes));
	tcase_add_test(all, stats_match_known_answers);
	tcase_add_test(all, stats_of_one_value_have_no_spread);
	tcase_add_test(all, the_line_says_how_many_were_in_flight);
	tcase_add_test(all, what_was_recalled_has_no_rate);
	tcase_add_test(all, failures_are_counted_by_status_or_class);
	tcase_add_test(all, statuses_out_of_range_are_not_counted);
	tcase_add_test(all, earlier_attempts_were_in_flight_too);
	tcase_add_test(all, cancelled_requests_are_no_failures);
	tcase_add_test(all, what_was_cancelled_or_recalled_was_not_done);
	tcase_add_test(all, what_was_recalled_may_fail_all_the_same);
	suite_add_tcase(suite, all);
	return suite;
}

int
main(void)
{
	return unit_run(totals_suite());
}
