#include "config.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "compare/arms.h"
#include "compare/drawn.h"
#include "compare/exports.h"
#include "compare/page.h"
#include "compare/table.h"
#include "compare/text.h"
#include "unit.h"

enum {
	ARMS_MAX = 3,
	ROUNDS = 3
};

static struct arms arms;
static struct arm_figures figures[ARMS_MAX];
static struct answers *answers;
static struct comparison comparison;

/* A comparison of `names`: arm i takes times[i] seconds, and a hundredth more
 * each round. */
static void
compare(const char *names, const double *times)
{
	const struct arm plain = {.parallel = 8};
	char *cause = NULL;

	ck_assert_int_eq(arms_parse(&arms, names, &plain, &cause), 0);
	ck_assert_uint_le(arms.len, ARMS_MAX);
	for (size_t i = 0; i < arms.len; i++) {
		for (int k = 0; k < ROUNDS; k++) {
			struct run_figures run = {
			    .wall_s = times[i] * (1 + k / 100.0),
			    .user_s = 0.25,
			    .system_s = 0.125,
			    .opened = 2,
			    .reused = 3 + i,
			    .failed = i};

			arm_figures_add(&figures[i], &run);
		}
	}
	answers = answers_new(5);
	comparison = (struct comparison){.arms = &arms,
	    .figures = figures,
	    .answers = answers,
	    .command = "gather --compare http://a",
	    .target = "http://a",
	    .requests = 5,
	    .listed = 5,
	    .seed = 7};
}

static void
tear_down(void)
{
	for (size_t i = 0; i < ARMS_MAX; i++) {
		arm_figures_release(&figures[i]);
		figures[i] = (struct arm_figures){0};
	}
	answers_free(answers);
	arms_release(&arms);
}

static void
assert_has(const struct buf *text, const char *part)
{
	ck_assert_msg(strstr(text->data, part) != NULL, "no \"%s\" in\n%s",
	    part, text->data);
}

START_TEST(arms_are_read_by_name_and_by_number)
{
	const struct arm plain = {.parallel = 50};
	char *cause = NULL;

	ck_assert_int_eq(arms_parse(&arms, NULL, &plain, &cause), 0);
	ck_assert_uint_eq(arms.len, 3);
	ck_assert_int_eq(arms.items[0].kind, ARM_SYNC);
	ck_assert_int_eq(arms.items[1].kind, ARM_SESSION);
	ck_assert_uint_eq(arms.items[2].parallel, 50);
	ck_assert(!arms.items[2].adaptive);
	arms_release(&arms);
	ck_assert_int_eq(
	    arms_parse(&arms, "sync,8,async:16,auto", &plain, &cause), 0);
	ck_assert_uint_eq(arms.len, 4);
	ck_assert_str_eq(arms.items[1].name, "async:8");
	ck_assert_uint_eq(arms.items[2].parallel, 16);
	ck_assert_str_eq(arms.items[3].name, "async:auto");
	ck_assert(arms.items[3].adaptive);
}
END_TEST

START_TEST(async_is_adaptive_where_p_is)
{
	const struct arm plain = {.parallel = 50, .adaptive = true};
	char *cause = NULL;

	ck_assert_int_eq(
	    arms_parse(&arms, "async,4,session", &plain, &cause), 0);
	ck_assert_str_eq(arms.items[0].name, "async");
	ck_assert(arms.items[0].adaptive);
	ck_assert(!arms.items[1].adaptive);
	ck_assert(!arms.items[2].adaptive);
}
END_TEST

static const char *const bad_arms[][2] = {
    {"", "separate arms by single commas"},
    {"sync,", "separate arms by single commas"},
    {"1,,2", "separate arms by single commas"},
    {"asnyc", "did you mean async?"},
    {"Auto", "did you mean auto?"},
    {"quux", "use sync, session, async, async:N, N or auto"},
    {"async:", "unknown arm \"async:\""},
    {"async:0", "0 is out of range: requests in flight are 1 to 100000"},
    {"0", "0 is out of range"},
    {"100001", "100001 is out of range"},
    {"99999999999999999999", "is out of range"},
    {"-1", "unknown arm \"-1\""},
    {"1x", "unknown arm \"1x\""},
    {"async:1e3", "unknown arm \"async:1e3\""},
    {"1-16", "is a range; name each value"},
    {"1..16", "is a range; name each value"},
    {"sync:4", "sync is always one at a time; use async:4"},
    {"session:x", "session is always one at a time; use async:x"},
    {"1,4,4", "async:4 is listed twice"},
    {"auto,async:auto", "async:auto is listed twice"},
    {"sync,async,sync", "sync is listed twice; to measure each arm more "
                        "often use --runs"},
};

START_TEST(bad_arms_are_named_with_what_to_write)
{
	const struct arm plain = {.parallel = 8};
	char *cause = NULL;

	ck_assert_int_eq(
	    arms_parse(&arms, bad_arms[_i][0], &plain, &cause), -1);
	ck_assert_msg(strstr(cause, bad_arms[_i][1]) != NULL, "no \"%s\" in %s",
	    bad_arms[_i][1], cause);
	ck_assert_uint_eq(arms.len, 0);
	free(cause);
}
END_TEST

START_TEST(every_arm_has_a_row_and_a_bar)
{
	static const double times[] = {5, 1};
	static const struct style plain = {.drawing = DRAW_ASCII, .width = 80};
	static const struct style utf8 = {.drawing = DRAW_UTF8, .width = 80};
	struct buf text;

	compare("sync,async", times);
	buf_init(&text);
	comparison_add_arms(&comparison, &plain, &text);
	ck_assert_str_eq(text.data,
	    "5 requests to http://a, 3 rounds, arms in random order "
	    "(--seed 7)\n\n"
	    "  sync   one at a time, a new connection for each\n"
	    "  async  up to 8 at a time\n\n"
	    "  arm    median    mean +- sd    min .. max  requests/s  opened"
	    "  reused  failed\n"
	    "              s             s             s\n"
	    "  sync     5.05  5.05 +- 0.05  5.00 .. 5.10       0.990       2"
	    "       3       0\n"
	    "  async    1.01  1.01 +- 0.01  1.00 .. 1.02       4.950       2"
	    "       4       1\n\n"
	    "  sync   ######################################## 5.05 s\n"
	    "  async  ########                                 1.01 s\n\n");
	buf_clear(&text);
	comparison_add_arms(&comparison, &utf8, &text);
	assert_has(&text, "  5.05 ± 0.05  5.00 … 5.10  ");
	buf_release(&text);
}
END_TEST

START_TEST(on_a_narrow_terminal_columns_are_left_out)
{
	static const double times[] = {5, 1};
	struct style style = {.drawing = DRAW_ASCII, .width = 40};
	struct buf text;

	compare("sync,async", times);
	buf_init(&text);
	comparison_add_table(&comparison, &style, &text);
	ck_assert_str_eq(text.data, "  arm    median    mean +- sd  failed\n"
	                            "              s             s\n"
	                            "  sync     5.05  5.05 +- 0.05       0\n"
	                            "  async    1.01  1.01 +- 0.01       1\n");
	buf_clear(&text);
	style.width = 200;
	comparison_add_table(&comparison, &style, &text);
	assert_has(&text, "  failed  CPU\n");
	assert_has(&text, "       0  375\n");
	buf_release(&text);
}
END_TEST

START_TEST(times_of_any_size_share_a_unit)
{
	static const double times[] = {10, 0.0004};
	static const struct style style = {.drawing = DRAW_ASCII, .width = 200};
	struct buf text;

	compare("sync,async", times);
	buf_init(&text);
	comparison_add_table(&comparison, &style, &text);
	assert_has(&text, "  sync   10.1000 ");
	assert_has(&text, "  async   0.0004 ");
	buf_release(&text);
}
END_TEST

START_TEST(a_sweep_is_a_table_with_a_bold_head)
{
	static const double times[] = {4, 2, 1.99};
	struct style style = {.drawing = DRAW_ASCII, .width = 80};
	struct buf text;

	compare("1,2,3", times);
	buf_init(&text);
	comparison_add_arms(&comparison, &style, &text);
	assert_has(&text, "\n\n  -P  median    mean +- sd");
	assert_has(&text, "\n   3    2.01  2.01 +- 0.02");
	assert_has(&text, "/s  <- knee\n   3  ");
	ck_assert_ptr_null(strchr(text.data, '\033'));
	buf_clear(&text);
	style.color = true;
	comparison_add_arms(&comparison, &style, &text);
	assert_has(&text, "\n\n\033[1m  -P  median    mean +- sd");
	buf_release(&text);
}
END_TEST

START_TEST(auto_is_the_last_row_of_a_sweep)
{
	static const double times[] = {1, 4, 2};
	struct style style = {.drawing = DRAW_ASCII, .width = 80};
	struct buf text;

	compare("auto,1,4", times);
	buf_init(&text);
	comparison_add_arms(&comparison, &style, &text);
	assert_has(&text, "\n     1    4.04 ");
	assert_has(&text, "\n     4    2.02 ");
	assert_has(&text, "\n  auto    1.01 ");
	buf_clear(&text);
	comparison_add_verdict(&comparison, &style, &text);
	assert_has(&text, "-P auto is the fastest; try a higher -P, as in "
	                  "--compare=4,5\n");
	assert_has(&text, "  -P 4 was 2.00 times faster than -P 1\n");
	assert_has(&text, "  -P auto was 2.00 times faster than -P 4\n");
	buf_release(&text);
}
END_TEST

START_TEST(a_sweep_says_which_p_to_use)
{
	static const double times[] = {4, 2, 3};
	struct style style = {.drawing = DRAW_ASCII, .width = 80};
	struct buf text;

	compare("1,2,4", times);
	buf_init(&text);
	comparison_add_verdict(&comparison, &style, &text);
	assert_has(&text,
	    "The knee is at -P 2: higher values gain less than 10 %\n"
	    "  -P 2 was 2.00 times faster than -P 1\n"
	    "  -P 2 was 1.50 times faster than -P 4\n"
	    "  3 rounds give no confidence interval; use --runs 5 or more\n");
	buf_release(&text);
}
END_TEST

/* Replace the times of arm `i`. */
static void
set_times(size_t i, const double *seconds, size_t n)
{
	arm_figures_release(&figures[i]);
	for (size_t k = 0; k < n; k++) {
		struct run_figures run = {.wall_s = seconds[k], .ended = 5};

		arm_figures_add(&figures[i], &run);
	}
}

START_TEST(noise_is_no_knee)
{
	static const double any[] = {1, 1, 1};
	static const double noisy[][6] = {
	    {9, 2, 8, 3, 7, 4}, {3, 8, 4, 7, 2, 6}, {5, 4, 6, 5, 7, 4}};
	struct style style = {.drawing = DRAW_ASCII, .width = 80};
	struct buf text;

	compare("1,2,4", any);
	for (size_t i = 0; i < 3; i++)
		set_times(i, noisy[i], 6);
	buf_init(&text);
	comparison_add_verdict(&comparison, &style, &text);
	assert_has(&text,
	    "-P 1 is enough: no higher value was measurably faster\n"
	    "  -P 2 was not measurably faster than -P 1 (ratio 1.10, ");
	assert_has(&text, "  More --runs, or longer ones by --repeat");
	buf_release(&text);
}
END_TEST

START_TEST(higher_values_that_gain_little_are_not_needed)
{
	static const double times[] = {2.1, 2, 2.05};
	struct style style = {.drawing = DRAW_ASCII, .width = 80};
	struct buf text;

	compare("8,16,32", times);
	buf_init(&text);
	comparison_add_verdict(&comparison, &style, &text);
	assert_has(
	    &text, "-P 8 is enough: higher values gain less than 10 %\n");
	buf_release(&text);
}
END_TEST

START_TEST(equal_times_are_called_equal)
{
	static const double times[] = {2, 2};
	struct style style = {.drawing = DRAW_ASCII, .width = 80};
	struct buf text;

	compare("sync,async", times);
	buf_init(&text);
	comparison_add_verdict(&comparison, &style, &text);
	assert_has(&text, "  sync took about as long as async\n");
	assert_has(&text, "use --runs 5 or more\n");
	ck_assert_ptr_null(strstr(text.data, "narrow the intervals"));
	buf_release(&text);
}
END_TEST

START_TEST(slower_together_is_said)
{
	static const double times[] = {2, 6};
	struct style style = {.drawing = DRAW_ASCII, .width = 80};
	struct buf text;

	compare("sync,async", times);
	buf_init(&text);
	comparison_add_verdict(&comparison, &style, &text);
	assert_has(&text, "  sync was 3.00 times faster than async\n");
	assert_has(&text, "Many requests at once slow this server down");
	buf_release(&text);
}
END_TEST

START_TEST(the_markdown_has_p_and_requests_per_second)
{
	static const double times[] = {4, 2, 1};
	struct buf text;

	compare("1,2,auto", times);
	buf_init(&text);
	comparison_add_markdown(&comparison, &text);
	ck_assert_str_eq(text.data,
	    "| -P | median [s] | mean ± σ [s] | min … max [s] | requests/s | "
	    "opened | reused | failed | CPU [ms] | relative |\n"
	    "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n"
	    "| 1 | 4.04 | 4.04 ± 0.04 | 4.00 … 4.08 | 1.24 | 2 | 3 | 0 | 375 "
	    "| 4.00 |\n"
	    "| 2 | 2.02 | 2.02 ± 0.02 | 2.00 … 2.04 | 2.48 | 2 | 4 | 1 | 375 "
	    "| 2.00 |\n"
	    "| auto | 1.01 | 1.01 ± 0.01 | 1.00 … 1.02 | 4.95 | 2 | 5 | 2 | "
	    "375 | 1.00 |\n");
	buf_release(&text);
}
END_TEST

START_TEST(a_page_shows_the_figures_and_the_verdict)
{
	static const double times[] = {5, 1};
	char path[] = "/tmp/check_compare.XXXXXX";
	int fd = mkstemp(path);
	struct options options;
	struct exports *exports;
	struct buf page;
	char *cause = NULL, data[4096];
	ssize_t n;

	ck_assert_int_ge(fd, 0);
	close(fd);
	compare("sync,async", times);
	options_init(&options);
	options.pictures.report = xstrdup(path);
	exports = exports_open(&options, &cause);
	ck_assert_msg(exports != NULL, "%s", cause);
	ck_assert(!exports_take_stdout(exports));
	ck_assert_int_eq(exports_write(exports, &comparison, &cause), 0);
	exports_free(exports);
	options_release(&options);
	fd = open(path, O_RDONLY);
	buf_init(&page);
	while ((n = read(fd, data, sizeof(data))) > 0)
		buf_add(&page, data, (size_t)n);
	close(fd);
	assert_has(&page, "<title>gather comparison</title>");
	assert_has(&page, "gather --compare http://a</pre>");
	assert_has(&page, "<p>5 requests to http://a, 3 rounds, ");
	assert_has(&page, "<p>async was 5.00 times faster than sync</p>");
	assert_has(&page, "<svg class=\"chart\"");
	assert_has(&page, "<tr class=\"best\"><td>async</td>");
	assert_has(&page, "<p><b>sync</b>: one at a time, a new connection for "
	                  "each</p>");
	ck_assert_ptr_null(strstr(page.data, "Requests per second by -P"));
	buf_release(&page);
	unlink(path);
}
END_TEST

START_TEST(the_page_of_a_sweep_has_a_curve_with_auto_as_a_level)
{
	static const double times[] = {4, 2, 1};
	struct buf page;

	compare("1,2,auto", times);
	buf_init(&page);
	comparison_add_page(&comparison, &page);
	assert_has(&page, "<h2>Requests per second by -P</h2>");
	assert_has(&page, ">-P auto: 4.95/s</text>");
	ck_assert_ptr_null(strstr(page.data, "nan"));
	buf_release(&page);
}
END_TEST

enum {
	MANY = 101
};

START_TEST(a_point_of_two_arms_is_drawn_once)
{
	static const double times[] = {4, 2, 2.1};
	struct buf page;
	size_t points = 0;

	compare("1,8,async", times);
	buf_init(&page);
	comparison_add_page(&comparison, &page);
	for (const char *at = page.data; (at = strstr(at, " r=\"5\"/>")); at++)
		points++;
	ck_assert_uint_eq(points + 1, 2); /* the other one is the knee */
	ck_assert_ptr_null(strstr(page.data, "-P auto"));
	buf_release(&page);
}
END_TEST

START_TEST(the_median_run_is_drawn_however_many_there_are)
{
	struct arms one = {0};
	struct arm_figures runs = {0};
	struct drawn *drawn = drawn_new(1, 9);
	struct comparison c = {
	    .arms = &one, .figures = &runs, .drawn = drawn, .command = ""};
	const struct waterfall *begun[MANY], *median;
	double seconds = 0;

	for (size_t i = 0; i < MANY; i++) {
		struct run_figures run = {
		    .wall_s = 1 + (double)(i * 37 % MANY) / 100};

		drawn_begin_run(drawn, 0);
		drawn_drop_round(drawn);
		begun[i] = drawn_begin_run(drawn, 0);
		arm_figures_add(&runs, &run);
		drawn_end_round(drawn, &runs);
	}
	median = drawn_median(drawn, &c, 0);
	/* A later run may have got the address of one that was dropped. */
	for (size_t i = 0; i < MANY; i++)
		if (begun[i] == median)
			seconds = runs.runs[i].wall_s;
	ck_assert_double_eq_tol(seconds, 1.5, 0.05);
	drawn_free(drawn);
	arm_figures_release(&runs);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("compare");
	TCase *tc = tcase_create("compare");

	tcase_add_checked_fixture(tc, NULL, tear_down);
	tcase_add_test(tc, arms_are_read_by_name_and_by_number);
	tcase_add_test(tc, async_is_adaptive_where_p_is);
	tcase_add_loop_test(tc, bad_arms_are_named_with_what_to_write, 0,
	    sizeof(bad_arms) / sizeof(*bad_arms));
	tcase_add_test(tc, every_arm_has_a_row_and_a_bar);
	tcase_add_test(tc, on_a_narrow_terminal_columns_are_left_out);
	tcase_add_test(tc, times_of_any_size_share_a_unit);
	tcase_add_test(tc, a_sweep_is_a_table_with_a_bold_head);
	tcase_add_test(tc, auto_is_the_last_row_of_a_sweep);
	tcase_add_test(tc, a_sweep_says_which_p_to_use);
	tcase_add_test(tc, noise_is_no_knee);
	tcase_add_test(tc, higher_values_that_gain_little_are_not_needed);
	tcase_add_test(tc, equal_times_are_called_equal);
	tcase_add_test(tc, slower_together_is_said);
	tcase_add_test(tc, the_markdown_has_p_and_requests_per_second);
	tcase_add_test(tc, a_page_shows_the_figures_and_the_verdict);
	tcase_add_test(
	    tc, the_page_of_a_sweep_has_a_curve_with_auto_as_a_level);
	tcase_add_test(tc, a_point_of_two_arms_is_drawn_once);
	tcase_add_test(tc, the_median_run_is_drawn_however_many_there_are);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
