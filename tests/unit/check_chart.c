#include "config.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "pictures/chart.h"
#include "unit.h"

static struct buf out;

static void
set_up(void)
{
	buf_init(&out);
}

static void
tear_down(void)
{
	buf_release(&out);
}

static void
assert_has(const char *part)
{
	ck_assert_msg(
	    strstr(out.data, part) != NULL, "no \"%s\" in\n%s", part, out.data);
}

static void
assert_lacks(const char *part)
{
	ck_assert_msg(
	    strstr(out.data, part) == NULL, "\"%s\" in\n%s", part, out.data);
}

static size_t
count(const char *part)
{
	size_t n = 0;

	for (const char *at = out.data; (at = strstr(at, part)); at++)
		n++;
	return n;
}

static const struct {
	double most;
	unsigned marks;
	double step;
} steps[] = {
    {6, 6, 1},
    {6.1, 6, 2},
    {1200, 6, 200},
    {0.001, 5, 0.0002},
    {1e9, 4, 5e8},
    {5.5, 1, 10},
    {1, 1, 1},
};

START_TEST(marks_are_1_2_or_5_times_a_power_of_ten)
{
	double step = chart_step(steps[_i].most, steps[_i].marks);

	ck_assert_double_eq_tol(step / steps[_i].step, 1, 1e-9);
}
END_TEST

START_TEST(bars_begin_at_zero_and_share_an_axis)
{
	static const double dots[] = {0.9, 1.1};
	static const struct chart_bar bars[] = {
	    {.label = "slow",
	        .value = {4, 3.5, 5},
	        .text = "4.00 s",
	        .note = "4 times as long"},
	    {.label = "fast",
	        .value = {1, NAN, NAN},
	        .dots = dots,
	        .dots_len = 2,
	        .text = "1.00 s",
	        .note = "fastest",
	        .best = true},
	};
	struct chart_bars chart = {
	    .title = "Times",
	    .unit = "s",
	    .unit_size = 1,
	    .bars = bars,
	    .len = 2,
	    .mark = 0.5,
	    .mark_label = "floor",
	};

	chart_add_bars(&chart, &out);
	/* The axis ends at 5: 500 pixels. */
	assert_has("<rect class=\"bar\" x=\"124\" y=\"36.0\" width=\"400.0\"");
	assert_has("<rect class=\"best\" x=\"124\" y=\"82.0\" width=\"100.0\"");
	assert_has(">0</text>");
	assert_has(">5 s</text>");
	ck_assert_uint_eq(count("class=\"interval\""), 1);
	assert_has("d=\"M474.0 47.0H624.0");
	ck_assert_uint_eq(count("<circle class=\"dot\""), 2);
	assert_has("<path class=\"bound\" d=\"M174.0 ");
	assert_has(">floor</text>");
	assert_lacks("nan");
}
END_TEST

START_TEST(texts_of_a_chart_are_no_markup)
{
	static const struct chart_bar bar = {.label = "<i>",
	    .value = {1, NAN, NAN},
	    .text = "a&b",
	    .note = "\"'"};
	struct chart_bars chart = {.title = "</title>",
	    .unit = "s",
	    .unit_size = 1,
	    .bars = &bar,
	    .len = 1};

	chart_add_bars(&chart, &out);
	assert_has("&lt;i&gt;");
	assert_has("a&amp;b");
	assert_has("&lt;/title&gt;");
	ck_assert_uint_eq(count("</title>"), 1);
}
END_TEST

static struct chart_curve
curve_of(const struct chart_point *points, size_t len)
{
	return (struct chart_curve){.title = "Rates",
	    .x_label = "-P",
	    .y_label = "requests/s",
	    .mark_label = "knee",
	    .bound_label = "fastest possible",
	    .level_label = "-P auto",
	    .points = points,
	    .len = len};
}

START_TEST(both_axes_of_a_curve_are_logarithmic)
{
	static const struct chart_point points[] = {
	    {.x = 1, .y = {10, 9, 11}, .bound = 20},
	    {.x = 10, .y = {100, NAN, NAN}, .bound = 200, .marked = true},
	    {.x = 100, .y = {110, NAN, NAN}, .bound = 200},
	};
	struct chart_curve curve = curve_of(points, 3);

	chart_add_curve(&curve, &out);
	/* 520 pixels for two decades; the y axis is from 5 to 500. */
	assert_has("cx=\"122.0\" cy=\"292.2\"");
	assert_has("<circle class=\"best\" cx=\"382.0\" cy=\"140.2\"");
	assert_has("cx=\"642.0\"");
	assert_has(">5</text>");
	assert_has(">500</text>");
	ck_assert_uint_eq(count("class=\"interval\""), 1);
	ck_assert_uint_eq(count(">knee</tspan>"), 1);
	ck_assert_uint_eq(count("fastest possible"), 1);
	assert_lacks("-P auto");
	assert_lacks("nan");
}
END_TEST

START_TEST(a_level_has_a_band_and_a_label)
{
	static const struct chart_point points[] = {
	    {.x = 1, .y = {10, NAN, NAN}}, {.x = 2, .y = {20, NAN, NAN}}};
	struct chart_curve curve = curve_of(points, 2);

	curve.level = (struct chart_value){30, 25, 36};
	chart_add_curve(&curve, &out);
	ck_assert_uint_eq(count("class=\"level\""), 1);
	ck_assert_uint_eq(count("class=\"band\""), 1);
	assert_has("-P auto");
	assert_lacks("fastest possible");
}
END_TEST

START_TEST(a_curve_may_be_one_point)
{
	static const struct chart_point points[] = {
	    {.x = 8, .y = {1e6, NAN, NAN}}};
	struct chart_curve curve = curve_of(points, 1);

	chart_add_curve(&curve, &out);
	assert_has("<circle class=\"bar\" cx=\"382.0\"");
	assert_lacks("nan");
	assert_lacks("inf");
}
END_TEST

START_TEST(points_that_are_close_have_no_values_but_the_last)
{
	struct chart_point points[50];
	struct chart_curve curve = curve_of(points, 50);

	for (size_t i = 0; i < 50; i++)
		points[i] = (struct chart_point){
		    .x = 1000 + (double)i, .y = {10, NAN, NAN}};
	chart_add_curve(&curve, &out);
	ck_assert_uint_eq(count("<circle"), 50);
	ck_assert_uint_le(count("class=\"name\""), 12);
	assert_has("M642.0 338v5");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("chart");
	TCase *tc = tcase_create("chart");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, marks_are_1_2_or_5_times_a_power_of_ten, 0,
	    sizeof(steps) / sizeof(*steps));
	tcase_add_test(tc, bars_begin_at_zero_and_share_an_axis);
	tcase_add_test(tc, texts_of_a_chart_are_no_markup);
	tcase_add_test(tc, both_axes_of_a_curve_are_logarithmic);
	tcase_add_test(tc, a_level_has_a_band_and_a_label);
	tcase_add_test(tc, a_curve_may_be_one_point);
	tcase_add_test(tc, points_that_are_close_have_no_values_but_the_last);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
