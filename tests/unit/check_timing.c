#include "config.h"

#include <check.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "compare/trial.h"
#include "stats/decade.h"
#include "stats/floor.h"
#include "stats/histogram.h"
#include "stats/percentiles.h"
#include "stats/show.h"
#include "stats/stats.h"
#include "unit.h"

enum {
	MS = 1000
};

/* --- percentiles ------------------------------------------------------- */

/* 1 to `n` ms, in an order that is not sorted. */
static struct percentiles *
percentiles_of(int n)
{
	struct percentiles *p = percentiles_new();

	for (int i = 0; i < n; i++)
		percentiles_add(p, (INT64_C(7919) * i % n + 1) * MS);
	return p;
}

static const struct {
	int n;
	double percent;
	int64_t ms; /* -1: not said */
} ranks[] = {
    {100, 50, 50},
    {100, 90, 90},
    {100, 95, 95},
    {100, 99, 99},
    {101, 50, 51},
    {3, 50, 2},
    {1, 50, 1},
    {99, 99, -1},
    {9, 90, -1},
    {10, 90, 9},
    {999, 99.9, -1},
    {1000, 99.9, 999},
};

START_TEST(percentiles_are_the_nearest_rank_and_never_the_maximum_in_disguise)
{
	struct percentiles *p = percentiles_of(ranks[_i].n);
	int64_t us = percentiles_at(p, ranks[_i].percent);

	ck_assert_int_eq(us, ranks[_i].ms < 0 ? -1 : ranks[_i].ms * MS);
	percentiles_free(p);
}
END_TEST

START_TEST(percentiles_of_nothing_are_not_said)
{
	struct percentiles *p = percentiles_new();

	percentiles_add(p, -1);
	ck_assert_uint_eq(percentiles_count(p), 0);
	ck_assert_int_eq(percentiles_at(p, 50), -1);
	ck_assert_int_eq(percentiles_max(p), -1);
	percentiles_free(p);
}
END_TEST

/* The same values twice over: one set exact, the other beyond the million. */
START_TEST(buckets_are_as_good_as_one_percent)
{
	struct percentiles *p = percentiles_new();
	uint64_t random = 42;
	static const double percents[] = {1, 50, 90, 99, 99.9};

	/* Evenly spread over 10 s, so percentile q is q/10 s. */
	for (int i = 0; i < PERCENTILES_EXACT + 100000; i++)
		percentiles_add(p, (int64_t)random_below(&random, 10000000));
	ck_assert(!percentiles_are_exact(p));
	for (size_t i = 0; i < 5; i++) {
		double got = (double)percentiles_at(p, percents[i]);
		double right = percents[i] * 1e5;

		ck_assert_double_lt(fabs(got - right) / right, 0.015);
	}
	ck_assert_double_lt(
	    fabs((double)percentiles_below(p, 5000000) / 1.1e6 - 0.5), 0.005);
	percentiles_free(p);
}
END_TEST

START_TEST(a_million_values_are_exact)
{
	struct percentiles *p = percentiles_of(PERCENTILES_EXACT);

	ck_assert(percentiles_are_exact(p));
	ck_assert_int_eq(percentiles_at(p, 99.99),
	    (int64_t)PERCENTILES_EXACT / 10000 * 9999 * MS);
	percentiles_free(p);
}
END_TEST

START_TEST(values_longer_than_an_hour_are_counted)
{
	struct percentiles *p = percentiles_new();
	int64_t day = INT64_C(86400000000);

	percentiles_add(p, 5);
	percentiles_add(p, day);
	percentiles_add(p, INT64_C(1) << 45);
	ck_assert_int_eq(percentiles_at(p, 1), 5);
	ck_assert_double_lt(
	    fabs((double)percentiles_at(p, 50) / (double)day - 1), 0.01);
	ck_assert_int_eq(percentiles_max(p), INT64_C(1) << 45);
	percentiles_free(p);
}
END_TEST

/* --- histogram --------------------------------------------------------- */

static uint64_t
sum_of(const struct histogram *h)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < h->rows; i++)
		sum += h->count[i];
	return sum;
}

static const struct {
	int64_t from, until; /* us */
	int n;
} spreads[] = {
    {1000000, 1000001, 5},
    {0, 1, 3},
    {100 * MS, 300 * MS, 1000},
    {1, 9000000, 5000},
    {7, 77, 70},
    {500 * MS, 4999 * MS, 333},
};

START_TEST(a_histogram_holds_every_value)
{
	struct percentiles *p = percentiles_new();
	uint64_t random = 1;
	struct histogram h;
	struct buf out;

	for (int i = 0; i < spreads[_i].n; i++)
		percentiles_add(p,
		    spreads[_i].from +
		        (int64_t)random_below(&random,
		            (uint64_t)(spreads[_i].until - spreads[_i].from)));
	h = histogram_of(p);
	ck_assert_uint_ge(h.rows, 1);
	ck_assert_uint_le(h.rows, HISTOGRAM_ROWS);
	ck_assert_uint_eq(sum_of(&h), (uint64_t)spreads[_i].n);
	buf_init(&out);
	histogram_add(&h, DRAW_ASCII, 60, &out);
	ck_assert_ptr_nonnull(strchr(out.data, '#'));
	for (const char *line = out.data; *line; line = strchr(line, '\n') + 1)
		ck_assert_uint_le(strcspn(line, "\n"), 60);
	buf_release(&out);
	percentiles_free(p);
}
END_TEST

static const struct {
	int64_t us[3];
	const char *bounds; /* of all rows */
} bounds[] = {
    {{1000000, 1001000, 1004000}, "1.00 s … 1.02 s\n"},
    {{1000, 1000, 1000}, "1.00 ms … 1.01 ms\n"},
    {{0, 0, 0}, "0 us … 1 us\n"},
    {{7, 7, 7}, "7 us … 8 us\n"},
    {{100000, 200000, 300000},
        "100 ms … 120 ms\n120 ms … 140 ms\n140 ms … 160 ms\n"
        "160 ms … 180 ms\n180 ms … 200 ms\n200 ms … 220 ms\n"
        "220 ms … 240 ms\n240 ms … 260 ms\n260 ms … 280 ms\n"
        "280 ms … 300 ms\n300 ms … 320 ms\n"},
    {{400000, 500000, 5000000},
        "200 ms … 500 ms\n500 ms … 1 s\n1 s … 2 s\n2 s … 5 s\n5 s … 10 s\n"},
};

START_TEST(bounds_of_rows_differ_as_people_say_them)
{
	struct percentiles *p = percentiles_new();
	struct histogram h;
	struct buf out;

	for (size_t i = 0; i < 3; i++)
		percentiles_add(p, bounds[_i].us[i]);
	h = histogram_of(p);
	buf_init(&out);
	for (size_t i = 0; i < h.rows; i++) {
		histogram_add_bounds(&h, i, " … ", &out);
		buf_addc(&out, '\n');
	}
	ck_assert_str_eq(out.data, bounds[_i].bounds);
	buf_release(&out);
	percentiles_free(p);
}
END_TEST

START_TEST(bars_fill_what_a_line_has_left)
{
	ck_assert_uint_eq(bar_width(80, 30), 40);
	ck_assert_uint_eq(bar_width(50, 30), 20);
	ck_assert_uint_eq(bar_width(35, 30), 10);
	ck_assert_uint_eq(bar_width(0, 30), 10);
}
END_TEST

START_TEST(bars_show_what_is_little_and_fill_what_is_all)
{
	static const struct {
		double share;
		enum drawing drawing;
		const char *bar;
	} bars[] = {
	    {0, DRAW_UTF8, "    "},
	    {1e-9, DRAW_UTF8, "▏   "},
	    {0.5, DRAW_UTF8, "██  "},
	    {0.625, DRAW_UTF8, "██▌ "},
	    {1, DRAW_UTF8, "████"},
	    {1e-9, DRAW_ASCII, "#   "},
	    {1, DRAW_ASCII, "####"},
	};

	for (size_t i = 0; i < sizeof(bars) / sizeof(*bars); i++) {
		struct buf out;

		buf_init(&out);
		add_bar(&out, bars[i].share, 4, bars[i].drawing);
		ck_assert_str_eq(out.data, bars[i].bar);
		buf_release(&out);
	}
}
END_TEST

/* --- columns of figures ------------------------------------------------- */

static const struct {
	double value;
	int digits, decimals;
} figures[] = {
    {1, 3, 2},
    {9.99, 3, 2},
    {10, 3, 1},
    {99.9, 3, 1},
    {1000, 3, 0},
    {0.05, 3, 4},
    {0.05, 1, 2},
    {1e-12, 3, 6},
    {0, 3, 0},
};

static const double positive[] = {
    DBL_MIN,
    1e-300,
    1e-9,
    0.05,
    0.5,
    0.7499,
    0.75,
    0.9999999,
    1,
    1.0000001,
    1.4999,
    1.5,
    2,
    3,
    5,
    9.99,
    10,
    86400,
    1e6,
    1e15,
    9.9e99,
    DBL_MAX,
};

START_TEST(a_logarithm_is_that_of_the_mathematical_library)
{
	double x = positive[_i];

	ck_assert_double_eq_tol(
	    decades_of(x), log10(x), 1e-14 * fmax(1, fabs(log10(x))));
}
END_TEST

START_TEST(a_power_of_ten_is_the_one_that_is_written)
{
	char written[16];

	snprintf(written, sizeof(written), "1e%d", _i);
	ck_assert_double_eq(power_of_ten(_i), strtod(written, NULL));
}
END_TEST

START_TEST(decimals_show_so_many_digits)
{
	ck_assert_int_eq(decimals_for(figures[_i].value, figures[_i].digits),
	    figures[_i].decimals);
}
END_TEST

static const struct {
	double least, most;
	const char *unit;
	int decimals;
} columns[] = {
    {1.003, 5.01, "s", 2},
    {0.0557, 1.046, "ms", 1},
    {0.3, 2.4, "ms", 0},
    {0.0004, 10.1, "s", 4},
    {0.0000004, 0.000002, "us", 3},
    {0.00012, 0.0003, "us", 0},
    {0.00095, 0.0023, "us", 0},
    {600, 601, "s", 0},
};

START_TEST(a_column_of_times_has_one_unit)
{
	struct time_unit unit =
	    time_unit_for_column(columns[_i].least, columns[_i].most);

	ck_assert_str_eq(unit.name, columns[_i].unit);
	ck_assert_int_eq(unit.decimals, columns[_i].decimals);
}
END_TEST

START_TEST(a_median_has_an_interval_from_five_values_on)
{
	static const double values[] = {5, 1, 4, 2, 3};
	struct interval few = bootstrap_median(values, 4, 7);
	struct interval enough = bootstrap_median(values, 5, 7);

	ck_assert_double_eq(few.value, 3);
	ck_assert_double_nan(few.low);
	ck_assert_double_eq(enough.value, 3);
	ck_assert(enough.low >= 1 && enough.low < 3);
	ck_assert(enough.high <= 5 && enough.high > 3);
}
END_TEST

/* --- bootstrap --------------------------------------------------------- */

START_TEST(equal_rounds_have_an_interval_of_one_point)
{
	static const double a[] = {5, 5, 5, 5, 5};
	static const double b[] = {1, 1, 1, 1, 1};
	struct interval r = bootstrap_ratio(a, b, 5, 7);

	ck_assert_double_eq(r.value, 5);
	ck_assert_double_eq(r.low, 5);
	ck_assert_double_eq(r.high, 5);
}
END_TEST

/* With five rounds the middle 95 % of resampled medians reach from the
 * smallest to the largest (the tail is 5.8 % at each end). */
START_TEST(five_rounds_reach_from_end_to_end)
{
	static const double a[] = {10, 50, 30, 20, 40};
	static const double b[] = {1, 1, 1, 1, 1};
	struct interval r = bootstrap_ratio(a, b, 5, 7);

	ck_assert_double_eq(r.value, 30);
	ck_assert_double_eq(r.low, 10);
	ck_assert_double_eq(r.high, 50);
}
END_TEST

START_TEST(pairs_take_what_slowed_the_whole_round_out_of_the_ratio)
{
	static const double a[] = {10, 20, 30, 40, 50, 60};
	static const double b[] = {1, 2, 3, 4, 5, 6};
	struct interval r = bootstrap_ratio(a, b, 6, 7);

	ck_assert_double_eq_tol(r.low, 10, 1e-12);
	ck_assert_double_eq_tol(r.high, 10, 1e-12);
}
END_TEST

START_TEST(fewer_than_five_rounds_have_no_interval)
{
	static const double a[] = {4, 4, 4, 4};
	struct interval r = bootstrap_ratio(a, a, 4, 7);

	ck_assert_double_eq(r.value, 1);
	ck_assert(isnan(r.low) && isnan(r.high));
}
END_TEST

START_TEST(the_same_seed_gives_the_same_interval)
{
	static const double a[] = {9, 4, 7, 6, 5, 8, 3, 2, 5, 6};
	static const double b[] = {1, 2, 1, 2, 3, 1, 2, 3, 4, 1};
	struct interval r = bootstrap_ratio(a, b, 10, 99);
	struct interval s = bootstrap_ratio(a, b, 10, 99);

	ck_assert_double_eq(r.low, s.low);
	ck_assert_double_eq(r.high, s.high);
	ck_assert(r.low < r.value && r.value < r.high);
}
END_TEST

static double
uniform(uint64_t *state)
{
	return ((double)(random_next(state) >> 11) + 0.5) / 9007199254740992.0;
}

static double
normal(uint64_t *state)
{
	double radius = sqrt(-2 * log(uniform(state)));

	return radius * cos(2 * acos(-1) * uniform(state));
}

/* Times that scatter as times do (log-normal), the true ratio being 5. */
START_TEST(the_interval_covers_the_truth_in_95_of_100_comparisons)
{
	static const size_t rounds[] = {5, 7, 10, 20};
	size_t n = rounds[_i];
	uint64_t state = 2024;
	int covered = 0;

	for (int trial = 0; trial < 2000; trial++) {
		double a[20], b[20];
		struct interval r;

		for (size_t i = 0; i < n; i++) {
			a[i] = 5 * exp(0.05 * normal(&state));
			b[i] = exp(0.05 * normal(&state));
		}
		r = bootstrap_ratio(a, b, n, random_next(&state));
		covered += r.low <= 5 && 5 <= r.high;
	}
	ck_assert_int_ge(covered, 2000 * 93 / 100);
	ck_assert_int_le(covered, 2000 * 97 / 100);
}
END_TEST

/* --- outliers ---------------------------------------------------------- */

static const struct {
	double seconds[6];
	size_t count;
	bool first;
} runs[] = {
    {{1.00, 1.01, 1.00, 0.99, 1.00, 1.01}, 0, false},
    {{1.00, 1.00, 1.00, 1.00, 1.00, 1.05}, 0, false},
    {{2.00, 1.01, 1.00, 0.99, 1.00, 1.01}, 1, true},
    {{1.00, 1.01, 2.50, 0.99, 1.00, 1.01}, 1, false},
    {{2.00, 1.01, 2.50, 0.99, 1.00, 1.01}, 2, false},
    {{0.10, 1.01, 1.00, 0.99, 1.00, 1.01}, 1, false},
    {{1.0, 2.0, 3.0, 4.0, 5.0, 6.0}, 0, false},
};

START_TEST(runs_that_stand_out_are_found)
{
	struct outliers o = outliers_of(runs[_i].seconds, 6);

	ck_assert_uint_eq(o.count, runs[_i].count);
	ck_assert_int_eq(o.first, runs[_i].first);
}
END_TEST

/* --- floor ------------------------------------------------------------- */

static struct load
load_of(int requests, int64_t work_ms, int64_t slowest_ms)
{
	struct load load = {0};
	struct result r;

	for (int i = 0; i < requests; i++) {
		result_init(&r);
		r.attempts = 1;
		r.timing.pretransfer_us = 10 * MS;
		r.flight_us = ((i ? work_ms : slowest_ms) + 10) * MS;
		load_add(&load, &r);
		result_release(&r);
	}
	return load;
}

static const struct {
	int requests;
	int64_t work_ms, slowest_ms;
	struct floor_limits limits;
	enum floor_bound bound;
	int64_t floor_ms;
	int64_t connecting_ms;
} floors[] = {
    {5, 1000, 1000, {50, 0, 0, false}, FLOOR_SLOWEST, 1000, 10},
    {5, 1000, 1000, {1, 0, 0, false}, FLOOR_PLACES, 5000, 50},
    {10, 100, 500, {2, 0, 0, false}, FLOOR_PLACES, 700, 50},
    {10, 100, 880, {2, 0, 0, false}, FLOOR_PLACES, 890, 50},
    {10, 100, 950, {2, 0, 0, false}, FLOOR_SLOWEST, 950, 10},
    {10, 10, 10, {50, 3, 5000 * MS, false}, FLOOR_RATE, 15000, 0},
    {9, 10, 10, {50, 3, 5000 * MS, false}, FLOOR_RATE, 10000, 0},
    {10, 10, 10, {50, 3, 3000 * MS, true}, FLOOR_RATE, 9000, 0},
    {3, 10, 10, {50, 3, 5000 * MS, false}, FLOOR_SLOWEST, 10, 10},
};

START_TEST(the_floor_is_the_largest_of_three)
{
	struct load load = load_of(
	    floors[_i].requests, floors[_i].work_ms, floors[_i].slowest_ms);
	struct floor f =
	    floor_of(&load, &floors[_i].limits, INT64_C(60000) * MS, 20 * MS);

	ck_assert_int_eq(f.bound, floors[_i].bound);
	ck_assert_int_eq(f.us, floors[_i].floor_ms * MS);
	ck_assert_int_eq(f.connecting_us, floors[_i].connecting_ms * MS);
	ck_assert_int_eq(f.computing_us, 20 * MS);
	ck_assert_int_eq(f.us + f.connecting_us + f.computing_us + f.idle_us,
	    INT64_C(60000) * MS);
}
END_TEST

START_TEST(losses_are_never_more_than_was_lost)
{
	struct load load = load_of(5, 1000, 1000);
	struct floor_limits limits = {.parallel = 50};
	struct floor f = floor_of(&load, &limits, 1004 * MS, 20 * MS);

	ck_assert_int_eq(f.connecting_us, 4 * MS);
	ck_assert_int_eq(f.computing_us, 0);
	f = floor_of(&load, &limits, 990 * MS, 20 * MS);
	ck_assert_int_eq(f.connecting_us + f.computing_us + f.idle_us, 0);
}
END_TEST

/* --- rest -------------------------------------------------------------- */

START_TEST(trials_rest_until_tokens_and_ports_are_free)
{
	const int64_t s = 1000 * MS;
	struct cooldown r = {.period_us = 5 * s};

	ck_assert_int_eq(cooldown_until(&r, 0, 100 * s), 100 * s);
	cooldown_begin(&r, 15000, 101 * s);
	ck_assert_int_eq(cooldown_until(&r, 0, 101 * s), 106 * s);
	ck_assert_int_eq(cooldown_until(&r, 5000, 110 * s), 110 * s);
	cooldown_begin(&r, 4000, 111 * s);
	ck_assert_int_eq(cooldown_until(&r, 1000, 120 * s), 120 * s);
	ck_assert_int_eq(cooldown_until(&r, 5000, 120 * s), 162 * s);
	ck_assert_int_eq(cooldown_until(&r, 20000, 120 * s), 172 * s);
	ck_assert_int_eq(cooldown_until(&r, 20000, 200 * s), 200 * s);
	ck_assert_int_eq(cooldown_until(&r, 0, 120 * s), 120 * s);
}
END_TEST

#define ROWS(table) ((int)(sizeof(table) / sizeof(*(table))))

static Suite *
suite(void)
{
	Suite *s = suite_create("timing");
	TCase *t = tcase_create("timing");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t,
	    percentiles_are_the_nearest_rank_and_never_the_maximum_in_disguise,
	    0, ROWS(ranks));
	tcase_add_test(t, percentiles_of_nothing_are_not_said);
	tcase_add_test(t, buckets_are_as_good_as_one_percent);
	tcase_add_test(t, a_million_values_are_exact);
	tcase_add_test(t, values_longer_than_an_hour_are_counted);
	tcase_add_loop_test(t, a_histogram_holds_every_value, 0, ROWS(spreads));
	tcase_add_loop_test(
	    t, bounds_of_rows_differ_as_people_say_them, 0, ROWS(bounds));
	tcase_add_test(t, bars_show_what_is_little_and_fill_what_is_all);
	tcase_add_test(t, bars_fill_what_a_line_has_left);
	tcase_add_test(t, equal_rounds_have_an_interval_of_one_point);
	tcase_add_test(t, five_rounds_reach_from_end_to_end);
	tcase_add_test(
	    t, pairs_take_what_slowed_the_whole_round_out_of_the_ratio);
	tcase_add_test(t, fewer_than_five_rounds_have_no_interval);
	tcase_add_test(t, the_same_seed_gives_the_same_interval);
	tcase_add_loop_test(
	    t, the_interval_covers_the_truth_in_95_of_100_comparisons, 0, 4);
	tcase_add_loop_test(t, runs_that_stand_out_are_found, 0, ROWS(runs));
	tcase_add_loop_test(
	    t, the_floor_is_the_largest_of_three, 0, ROWS(floors));
	tcase_add_test(t, losses_are_never_more_than_was_lost);
	tcase_add_loop_test(t, a_logarithm_is_that_of_the_mathematical_library,
	    0, ROWS(positive));
	tcase_add_loop_test(
	    t, a_power_of_ten_is_the_one_that_is_written, -22, 23);
	tcase_add_loop_test(t, decimals_show_so_many_digits, 0, ROWS(figures));
	tcase_add_loop_test(
	    t, a_column_of_times_has_one_unit, 0, ROWS(columns));
	tcase_add_test(t, a_median_has_an_interval_from_five_values_on);
	tcase_add_test(t, trials_rest_until_tokens_and_ports_are_free);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
