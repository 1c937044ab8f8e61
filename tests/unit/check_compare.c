#include "config.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "compare/arms.h"
#include "compare/exports.h"
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
	char *cause = NULL;

	ck_assert_int_eq(arms_parse(&arms, names, 8, &cause), 0);
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

START_TEST(every_arm_has_its_times_and_its_connections)
{
	static const double times[] = {5, 1};
	static const struct style plain = {.drawing = DRAW_ASCII, .width = 80};
	static const struct style utf8 = {.drawing = DRAW_UTF8, .width = 80};
	struct buf text;

	compare("sync,async", times);
	buf_init(&text);
	comparison_add_arms(&comparison, &plain, &text);
	assert_has(&text, "5 requests to http://a, 3 rounds");
	assert_has(&text, "(--seed 7)\n\nsync: one at a time");
	assert_has(&text, "\n\nasync: ");
	assert_has(&text, "5.000 s .. ");
	assert_has(&text, "[User: 250.0 ms, System: 125.0 ms]\n");
	assert_has(&text, "2 opened, 3 reused\n");
	assert_has(&text, "2 opened, 4 reused; 1 request failed\n");
	buf_clear(&text);
	comparison_add_arms(&comparison, &utf8, &text);
	assert_has(&text, "5.000 s … ");
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
	assert_has(&text, "\n\n    -P      mean    +-");
	assert_has(&text, "  <- knee\n     3  ");
	ck_assert_ptr_null(strchr(text.data, '\033'));
	buf_clear(&text);
	style.color = true;
	comparison_add_arms(&comparison, &style, &text);
	assert_has(&text, "\n\n\033[1m    -P      mean    +-");
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
	assert_has(&page, "<h2>Figures</h2>\n<pre>5 requests to http://a, ");
	assert_has(&page, "async was ");
	assert_has(&page, "times faster than sync");
	buf_release(&page);
	unlink(path);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("compare");
	TCase *tc = tcase_create("compare");

	tcase_add_checked_fixture(tc, NULL, tear_down);
	tcase_add_test(tc, every_arm_has_its_times_and_its_connections);
	tcase_add_test(tc, a_sweep_is_a_table_with_a_bold_head);
	tcase_add_test(tc, a_page_shows_the_figures_and_the_verdict);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
