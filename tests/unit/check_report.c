#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "cli/options.h"
#include "pictures/page.h"
#include "pictures/pictures.h"
#include "pictures/report.h"
#include "pictures/targets.h"
#include "request/url.h"
#include "stats/phase.h"
#include "traffic.h"
#include "unit.h"

static const char hostile[] =
    "http://a/</script><script>alert(1)</script><!--\x1b[0m\xFF";

static void
add(struct report *report, unsigned n, int64_t took)
{
	struct traffic t;

	traffic_init(&t, n, hostile);
	t.request->origin = origin_text("http://a:80");
	traffic_add(&t,
	    (struct exchange){.attempt = 1, .status = 200, .total_us = took});
	t.result.attempts = 1;
	t.result.status = 500;
	t.result.flight_us = took;
	t.result.timing.starttransfer_us = took / 2;
	failure_set(&t.result.failure, ERROR_HTTP, NULL, 500, "%s", hostile);
	report_add(report, t.request, &t.result);
	traffic_release(&t);
}

static size_t
count(const char *text, const char *word)
{
	size_t n = 0;

	while ((text = strstr(text, word))) {
		text += strlen(word);
		n++;
	}
	return n;
}

static struct buf
page_of(struct report *report)
{
	struct totals totals = {
	    .ok = 1, .wall_us = 1000, .by_class[ERROR_HTTP] = 1};
	struct buf page;

	buf_init(&page);
	report_add_page(report,
	    &(struct report_run){&totals, "today", "gather 'a b'"}, &page);
	return page;
}

START_TEST(hostile_text_is_no_markup)
{
	struct report *report = report_new();
	struct buf page;

	add(report, 1, 1000);
	page = page_of(report);
	ck_assert_uint_eq(count(page.data, "<script"), 1);
	ck_assert_uint_eq(count(page.data, "</script"), 1);
	ck_assert_ptr_null(strstr(page.data, "<!--"));
	ck_assert_ptr_null(strchr(page.data, '\x1b'));
	ck_assert_ptr_null(strchr(page.data, '\xFF'));
	buf_release(&page);
	report_free(report);
}
END_TEST

START_TEST(a_page_names_its_policy_first)
{
	struct report *report = report_new();
	struct buf page = page_of(report);
	const char *policy = strstr(page.data, "default-src 'none'");

	ck_assert_ptr_nonnull(policy);
	ck_assert(policy < strstr(page.data, "<style"));
	ck_assert_ptr_nonnull(strstr(policy, "script-src 'sha256-"));
	ck_assert_uint_eq(count(page.data, "http-equiv"), 1);
	ck_assert_ptr_null(strstr(page.data, "src="));
	buf_release(&page);
	report_free(report);
}
END_TEST

START_TEST(a_page_has_its_title_in_the_tab_and_above_the_text)
{
	struct buf page;

	buf_init(&page);
	page_begin(&page, "a < b");
	ck_assert_ptr_nonnull(strstr(page.data, "<title>a &lt; b</title>"));
	ck_assert_ptr_nonnull(strstr(page.data, "<h1>a &lt; b</h1>"));
	buf_release(&page);
}
END_TEST

/* The file of CSS numbers the phases and names them beside. */
START_TEST(every_phase_has_its_color_in_light_and_in_dark)
{
	struct report *report = report_new();
	struct buf page = page_of(report);

	for (enum phase p = 0; p < PHASE_COUNT; p++) {
		const char *rule = page.data;
		char begin[64], end[64];

		snprintf(begin, sizeof(begin), ".waterfall .p%d{", (int)p);
		snprintf(end, sizeof(end), "} /* %s */\n", phase_name(p));
		ck_assert_uint_eq(count(page.data, begin), 2);
		ck_assert_uint_eq(count(page.data, end), 2);
		while ((rule = strstr(rule, begin))) {
			rule += strcspn(rule, "}");
			ck_assert(strncmp(rule, end, strlen(end)) == 0);
		}
	}
	buf_release(&page);
	report_free(report);
}
END_TEST

START_TEST(a_page_shows_the_figures_of_the_run)
{
	static const char *const parts[] = {
	    "<dt>requests</dt><dd>10</dd>",
	    "<dt>ok</dt><dd>7</dd>",
	    "<dt>failed</dt><dd>3</dd>",
	    "<dt>wall clock</dt><dd>2.00 s</dd>",
	    "<dt>in flight on average</dt><dd>2.5</dd>",
	    "<dt>rate</dt><dd>5.0/s</dd>",
	    "<dt>received</dt><dd>2.0 kB</dd>",
	    "<dt>connections</dt><dd>3 opened, 8 reused</dd>",
	    "<dt>attempts</dt><dd>11</dd>",
	    "<span>$ </span>gather &#39;a b&#39;</pre>",
	    "<th scope=\"row\">200</th><td class=\"bar\"><svg",
	    "class=\"good\" width=\"70.00%\"",
	    "<th scope=\"row\">503</th>",
	    "<th scope=\"row\">timeout</th>",
	    "<td class=\"note\">timed out</td>",
	    "<tr><th scope=\"row\">http://a<td class=\"number\">3"
	    "<td class=\"number failures\">3<td class=\"number\">233.3 ms"
	    "<td class=\"number\">400.0 ms",
	    "<th scope=\"row\">took<td class=\"number\">100.0 ms"
	    "<td class=\"number\">200.0 ms",
	    "<th scope=\"row\">TTFB<td class=\"number\">50.0 ms",
	};
	struct totals totals = {.ok = 7,
	    .failed = 3,
	    .bytes = 2048,
	    .attempts = 11,
	    .connections_opened = 3,
	    .connections_reused = 8,
	    .wall_us = 2000000,
	    .flight_us = 5000000,
	    .by_class[ERROR_TIMEOUT] = 2,
	    .by_class[ERROR_HTTP] = 1,
	    .by_status[200] = 7,
	    .by_status[503] = 1,
	    .failed_by_status[503] = 1};
	struct report *report = report_new();
	struct buf page;

	add(report, 1, 100000);
	add(report, 2, 200000);
	add(report, 3, 400000);
	buf_init(&page);
	report_add_page(report,
	    &(struct report_run){&totals, "today", "gather 'a b'"}, &page);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		ck_assert_msg(strstr(page.data, parts[i]), "no %s", parts[i]);
	buf_release(&page);
	report_free(report);
}
END_TEST

START_TEST(a_bar_of_the_histogram_has_its_bounds_beside_it)
{
	struct report *report = report_new();
	struct buf page;

	add(report, 1, 1000);
	add(report, 2, 90000);
	page = page_of(report);
	ck_assert_ptr_nonnull(strstr(
	    page.data, "<th scope=\"row\">1 ms … 2 ms</th><td class=\"bar\">"));
	ck_assert_ptr_nonnull(
	    strstr(page.data, "<th scope=\"row\">50 ms … 100 ms</th>"));
	buf_release(&page);
	report_free(report);
}
END_TEST

START_TEST(times_that_are_as_good_as_equal_are_one_bar)
{
	struct report *report = report_new();
	struct buf page;

	for (unsigned n = 0; n < 10; n++)
		add(report, n + 1, 1001000 + n * 400);
	page = page_of(report);
	ck_assert_uint_eq(count(page.data, " … "), 1);
	ck_assert_ptr_nonnull(strstr(page.data, ">1.00 s … 1.02 s</th>"));
	buf_release(&page);
	report_free(report);
}
END_TEST

/* What a row says adds up: 40 ms to the first byte and 60 ms from there on. */
START_TEST(a_row_has_its_phases_and_why_it_failed)
{
	struct report *report = report_new();
	struct traffic t;
	struct buf page;

	traffic_init(&t, 7, "https://a/caf%C3%A9?a=%26");
	traffic_add(&t, (struct exchange){.attempt = 1,
	                    .final = true,
	                    .error_class = ERROR_TIMEOUT,
	                    .queued_us = 5000,
	                    .start_us = 10000,
	                    .waits.place_us = 5000,
	                    .namelookup_us = 1000,
	                    .connect_us = 3000,
	                    .appconnect_us = 6000,
	                    .pretransfer_us = 6500,
	                    .starttransfer_us = 40000,
	                    .total_us = 100000});
	t.result.attempts = 1;
	t.result.flight_us = 100000;
	t.result.timing.starttransfer_us = 40000;
	t.result.size_download = 2048;
	failure_set(&t.result.failure, ERROR_TIMEOUT, NULL, 28, "too <slow>");
	report_add(report, t.request, &t.result);
	traffic_release(&t);
	page = page_of(report);
	ck_assert_ptr_nonnull(strstr(page.data,
	    "<tr class=\"failed\"><td>7<td class=\"text\">✗ timeout"
	    "<td class=\"url\">/café?a=%26<div>too &lt;slow&gt;</div>"
	    "<td>1<td data-v=\"2048\">2.0 kB<td>5.0<td>5.0<td>1.0<td>2.0<td>3.0"
	    "<td>34.0<td>40.0<td>60.0<td>100.0<td class=\"timeline\">"));
	buf_release(&page);
	report_free(report);
}
END_TEST

/* Every other request goes to one origin, and each of the others to a new one.
 */
START_TEST(targets_are_counted_up_to_a_bound)
{
	struct targets *targets = targets_new();
	const struct target_count *const *list;
	size_t len;

	for (unsigned n = 0; n < 2 * TARGETS_MAX; n++) {
		char origin[64];
		struct traffic t;

		snprintf(origin, sizeof(origin), "https://h%u.example:443",
		    n % 2 ? n : 0);
		traffic_init(&t, n, origin);
		t.request->origin = origin_text(origin);
		targets_add(targets, t.request, &t.result);
		traffic_release(&t);
	}
	list = targets_sorted(targets, &len);
	ck_assert_uint_eq(len, TARGETS_MAX);
	ck_assert_uint_eq(targets_others(targets), 1);
	ck_assert_str_eq(list[0]->origin, "https://h0.example");
	ck_assert_uint_eq(list[0]->requests, TARGETS_MAX);
	ck_assert_str_eq(list[1]->origin, "https://h1.example");
	targets_free(targets);
}
END_TEST

START_TEST(the_picture_shows_60_requests)
{
	struct report *report = report_new();
	struct buf page;
	const char *picture;

	for (unsigned n = 1; n <= 70; n++)
		add(report, n, n * 1000);
	page = page_of(report);
	picture = strstr(page.data, "<h2>Waterfall</h2>\n");
	ck_assert_ptr_nonnull(picture);
	ck_assert_uint_eq(count(picture, "<g><title>"), 60);
	buf_release(&page);
	report_free(report);
}
END_TEST

START_TEST(the_table_is_bounded)
{
	struct report *report = report_new();
	struct buf page;

	for (unsigned n = 1; n <= REPORT_ROWS + 50; n++)
		add(report, n, n);
	page = page_of(report);
	ck_assert_uint_eq(
	    count(page.data, "<tr class=\"failed\">"), REPORT_ROWS);
	ck_assert_ptr_nonnull(strstr(page.data, "10000 of 10050 requests"));
	buf_release(&page);
	report_free(report);
}
END_TEST

START_TEST(a_page_says_where_the_time_went)
{
	struct report *report = report_new();
	struct buf page = page_of(report);

	ck_assert_ptr_null(strstr(page.data, "Where the time went"));
	buf_release(&page);
	add(report, 1, 1000);
	page = page_of(report);
	ck_assert_ptr_nonnull(strstr(page.data, "Where the time went"));
	buf_release(&page);
	report_free(report);
}
END_TEST

static struct options options;

static struct pictures *
open_pictures(const char *report, const char *waterfall)
{
	char *cause = NULL;
	struct pictures *pictures;

	options_init(&options);
	options.pictures.report = xstrdup_null(report);
	options.pictures.waterfall = waterfall != NULL;
	options.pictures.waterfall_file = xstrdup_null(waterfall);
	pictures = pictures_open(
	    &options.pictures, "gather", options.run.progress.color, &cause);
	ck_assert_msg(pictures != NULL, "%s", cause);
	return pictures;
}

START_TEST(pictures_are_in_their_files_when_the_run_is_over)
{
	char folder[] = "/tmp/check_report.XXXXXX";
	char *page, *drawing, *cause = NULL;
	struct run_outcome outcome = {0};
	struct pictures *pictures;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	page = xasprintf("%s/a.html", folder);
	drawing = xasprintf("%s/a.svg", folder);
	pictures = open_pictures(page, drawing);
	ck_assert_int_eq(access(page, F_OK), -1);
	ck_assert_int_eq(pictures_finish(pictures, &outcome, &cause), 0);
	ck_assert_ptr_null(cause);
	pictures_free(pictures);
	options_release(&options);
	ck_assert_int_eq(unlink(page), 0);
	ck_assert_int_eq(unlink(drawing), 0);
	ck_assert_int_eq(rmdir(folder), 0);
	free(page);
	free(drawing);
}
END_TEST

START_TEST(a_picture_that_cannot_be_written_is_an_error)
{
	static const char *const files[][2] = {
	    {"/dev/full", NULL}, {NULL, "/dev/full"}};
	struct run_outcome outcome = {0};

	for (size_t i = 0; i < 2; i++) {
		struct pictures *p = open_pictures(files[i][0], files[i][1]);
		char *cause = NULL;

		ck_assert_int_eq(pictures_finish(p, &outcome, &cause), -1);
		ck_assert_ptr_nonnull(strstr(cause, "/dev/full: No space"));
		free(cause);
		pictures_free(p);
		options_release(&options);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("report");
	TCase *tc = tcase_create("report");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, every_phase_has_its_color_in_light_and_in_dark);
	tcase_add_test(tc, hostile_text_is_no_markup);
	tcase_add_test(tc, a_page_names_its_policy_first);
	tcase_add_test(tc, a_page_has_its_title_in_the_tab_and_above_the_text);
	tcase_add_test(tc, a_page_shows_the_figures_of_the_run);
	tcase_add_test(tc, a_bar_of_the_histogram_has_its_bounds_beside_it);
	tcase_add_test(tc, times_that_are_as_good_as_equal_are_one_bar);
	tcase_add_test(tc, a_row_has_its_phases_and_why_it_failed);
	tcase_add_test(tc, targets_are_counted_up_to_a_bound);
	tcase_add_test(tc, the_picture_shows_60_requests);
	tcase_add_test(tc, the_table_is_bounded);
	tcase_add_test(tc, a_page_says_where_the_time_went);
	tcase_add_test(tc, pictures_are_in_their_files_when_the_run_is_over);
	tcase_add_test(tc, a_picture_that_cannot_be_written_is_an_error);
	suite_add_tcase(s, tc);
	return unit_run(s);
}
