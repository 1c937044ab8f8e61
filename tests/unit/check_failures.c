#include "config.h"

#include <check.h>
#include <stdio.h>
#include <unistd.h>

#include "display/failures.h"
#include "process/log.h"
#include "sample.h"
#include "unit.h"

static struct failures *failures;
static struct sample sample;
static FILE *seen; /* in place of stderr */
static int real_stderr;

static void
setup(void)
{
	failures = failures_new();
	sample_init(&sample);
	seen = tmpfile();
	real_stderr = dup(STDERR_FILENO);
	dup2(fileno(seen), STDERR_FILENO);
}

static void
teardown(void)
{
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	fclose(seen);
	failures_free(failures);
	sample_release(&sample);
}

/* What stderr got since the last call. */
static const char *
heard(void)
{
	static char text[65536];
	size_t n;

	rewind(seen);
	n = fread(text, 1, sizeof(text) - 1, seen);
	text[n] = '\0';
	rewind(seen);
	ck_assert_int_eq(ftruncate(fileno(seen), 0), 0);
	return text;
}

static void
add(void)
{
	failures_add(failures, sample.request, &sample.result);
}

static void
set_origin(const char *origin)
{
	origin_unref(sample.request->origin);
	sample.request->origin = origin_text(origin);
}

START_TEST(success_is_not_reported)
{
	add();
	failures_finish(failures);
	ck_assert_str_eq(heard(), "");
	ck_assert_uint_eq(failures_count(failures), 0);
}
END_TEST

START_TEST(a_failure_is_shown_with_its_body)
{
	sample_fail(&sample);
	sample_body(&sample, "no\nsuch \x1B[31mthing", 18);
	add();
	ck_assert_str_eq(heard(),
	    "gather: http://h/p?q=1: status 404 (Not Found); "
	    "the body: \"no\\nsuch \\x1B[31mthing\"\n");
	ck_assert_uint_eq(failures_count(failures), 1);
}
END_TEST

START_TEST(a_body_that_is_no_text_is_not_quoted)
{
	sample_fail(&sample);
	sample_body(&sample, "\x89PNG\r\n\x1A\n\0\0\0", 11);
	add();
	ck_assert_str_eq(heard(),
	    "gather: http://h/p?q=1: status 404 (Not Found); "
	    "the body: 11 bytes of binary data\n");
}
END_TEST

START_TEST(text_in_another_charset_is_quoted)
{
	sample_fail(&sample);
	sample_body(&sample, "Gr\xFC\xDFt", 5);
	add();
	ck_assert_ptr_nonnull(strstr(heard(), "\"Gr\\xFC\\xDFt\""));
}
END_TEST

START_TEST(a_long_body_is_cut_at_200_characters)
{
	char body[600];
	const char *text;

	for (size_t i = 0; i < sizeof(body); i += 2)
		memcpy(body + i, "\xC3\xA9", 2);
	sample_fail(&sample);
	sample_body(&sample, body, sizeof(body));
	add();
	text = heard();
	ck_assert_ptr_nonnull(strstr(text, "\xC3\xA9\"...\n"));
	ck_assert_uint_eq(
	    strcspn(strstr(text, "\xC3"), "\""), 200 * strlen("\xC3\xA9"));
}
END_TEST

START_TEST(secrets_stay_out)
{
	sample_fail(&sample);
	sample_body(&sample, "", 0);
	sample_set(&sample.request->url, "http://h/p?token=hush");
	add();
	ck_assert_str_eq(
	    heard(), "gather: http://h/p?token=***: status 404 (Not Found)\n");
}
END_TEST

START_TEST(ten_are_shown_and_the_rest_counted)
{
	sample_fail(&sample);
	set_origin("http://h:80");
	for (int i = 0; i < 10; i++)
		add();
	heard();
	for (int i = 0; i < 3; i++)
		add();
	ck_assert_str_eq(heard(), "");
	failures_finish(failures);
	ck_assert_str_eq(heard(), "gather: http://h:80: 13 x 404\n");
	ck_assert_uint_eq(failures_count(failures), 13);
}
END_TEST

START_TEST(one_of_each_kind_is_shown_however_late_it_comes)
{
	sample_fail(&sample);
	set_origin("http://h:80");
	for (int i = 0; i < 20; i++)
		add();
	heard();
	set_origin("http://other:80");
	add();
	ck_assert_ptr_nonnull(strstr(heard(), ": status 404"));
	add();
	ck_assert_str_eq(heard(), "");
	set_origin("http://third:80");
	add();
	heard();
	failures_finish(failures);
	ck_assert_str_eq(heard(), "gather: http://h:80: 20 x 404\n"
	                          "gather: http://other:80: 2 x 404\n");
}
END_TEST

START_TEST(cancelled_requests_are_only_counted)
{
	failure_set(
	    &sample.result.failure, ERROR_CANCELLED, NULL, 0, "interrupted");
	set_origin("http://h:80");
	add();
	add();
	ck_assert_str_eq(heard(), "");
	failures_finish(failures);
	ck_assert_str_eq(
	    heard(), "gather: http://h:80: 2 x cancelled (interrupted)\n");
	ck_assert_uint_eq(failures_count(failures), 0);
}
END_TEST

static void
add_failed(enum error_class class, int status)
{
	failure_set(&sample.result.failure, class, NULL, status, "why");
	add();
}

/* How many lines stderr got since the last call. */
static size_t
lines_heard(void)
{
	size_t lines = 0;

	for (const char *c = heard(); *c; c++)
		lines += *c == '\n';
	return lines;
}

START_TEST(an_origin_that_cannot_be_reached_is_shown_three_times)
{
	sample_fail(&sample);
	set_origin("http://h:80");
	for (int i = 0; i < 5; i++)
		add_failed(ERROR_CONNECT, 7);
	ck_assert_uint_eq(lines_heard(), 3);
	set_origin("http://other:80");
	for (int i = 0; i < 3; i++)
		add_failed(ERROR_DNS, 6);
	ck_assert_uint_eq(lines_heard(), 3);
	failures_finish(failures);
	ck_assert_str_eq(heard(), "gather: http://h:80: 5 x connect\n");
}
END_TEST

START_TEST(an_origin_has_one_line_for_all_its_kinds)
{
	sample_fail(&sample);
	set_origin("http://h:80");
	for (int i = 0; i < 10; i++)
		add();
	heard();
	for (int i = 0; i < 18; i++)
		add_failed(ERROR_HTTP, i < 16 ? 503 : 404);
	set_origin("http://other:80");
	add_failed(ERROR_HTTP, 503);
	set_origin("http://h:80");
	add_failed(ERROR_TIMEOUT, 28);
	add_failed(ERROR_TIMEOUT, 0);
	failures_finish(failures);
	ck_assert_ptr_nonnull(strstr(heard(),
	    "\ngather: http://h:80: 12 x 404, 16 x 503, 2 x timeout\n"));
}
END_TEST

START_TEST(a_long_url_is_cut_in_the_middle)
{
	char url[300];
	const char *text;

	snprintf(url, sizeof(url), "http://h/%0200d/the/end?n=7", 0);
	sample_fail(&sample);
	sample_body(&sample, "", 0);
	sample_set(&sample.request->url, url);
	add();
	text = heard();
	ck_assert_ptr_nonnull(strstr(text, "gather: http://h/000"));
	ck_assert_ptr_nonnull(strstr(text, "000\xE2\x80\xA6"
	                                   "000"));
	ck_assert_ptr_nonnull(strstr(text, "0/the/end?n=7: status 404"));
	ck_assert_uint_eq(
	    strcspn(text + strlen("gather: "), " "), 120 + strlen("\xA6:") + 1);
}
END_TEST

START_TEST(attempts_are_named_behind_the_reason)
{
	sample_fail(&sample);
	sample_body(&sample, "", 0);
	sample.result.attempts = 4;
	failure_set(&sample.result.failure, ERROR_HTTP, NULL, 503,
	    "HTTP status 503; not tried again");
	add();
	ck_assert_str_eq(heard(), "gather: http://h/p?q=1: HTTP status 503 "
	                          "after 4 attempts; not tried again\n");
	failure_set(&sample.result.failure, ERROR_CONNECT, NULL, 7, "refused");
	add();
	ck_assert_str_eq(heard(),
	    "gather: http://h/p?q=1: connect: refused after 4 attempts\n");
}
END_TEST

START_TEST(after_redirects_the_last_url_is_named)
{
	sample_fail(&sample);
	sample_body(&sample, "", 0);
	sample.result.num_redirects = 2;
	sample.result.attempts = 2;
	sample_set(&sample.result.url_effective, "http://o/q?token=hush");
	add();
	ck_assert_str_eq(heard(),
	    "gather: http://h/p?q=1: status 404 (Not Found) from "
	    "http://o/q?token=*** after 2 attempts\n");
	sample.result.status = 0;
	failure_set(&sample.result.failure, ERROR_CONNECT, NULL, 7, "refused");
	add();
	ck_assert_str_eq(heard(), "gather: http://h/p?q=1: connect: refused at "
	                          "http://o/q?token=*** after 2 attempts\n");
	failure_set(
	    &sample.result.failure, ERROR_REDIRECT, NULL, 47, "too many");
	add();
	ck_assert_ptr_null(strstr(heard(), "http://o/"));
}
END_TEST

START_TEST(a_million_origins_do_not_fill_the_screen)
{
	char origin[32];

	sample_fail(&sample);
	for (int i = 0; i < 3000; i++) {
		snprintf(origin, sizeof(origin), "http://h%d:80", i);
		set_origin(origin);
		if (i < 10)
			sample_body(&sample, "", 0);
		add();
	}
	ck_assert_uint_eq(lines_heard(), 20);
	failures_finish(failures);
	ck_assert_uint_le(lines_heard(), 31);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("failures");
	TCase *t = tcase_create("failures");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, success_is_not_reported);
	tcase_add_test(t, a_failure_is_shown_with_its_body);
	tcase_add_test(t, a_body_that_is_no_text_is_not_quoted);
	tcase_add_test(t, text_in_another_charset_is_quoted);
	tcase_add_test(t, a_long_body_is_cut_at_200_characters);
	tcase_add_test(t, secrets_stay_out);
	tcase_add_test(t, ten_are_shown_and_the_rest_counted);
	tcase_add_test(t, one_of_each_kind_is_shown_however_late_it_comes);
	tcase_add_test(
	    t, an_origin_that_cannot_be_reached_is_shown_three_times);
	tcase_add_test(t, cancelled_requests_are_only_counted);
	tcase_add_test(t, an_origin_has_one_line_for_all_its_kinds);
	tcase_add_test(t, a_long_url_is_cut_in_the_middle);
	tcase_add_test(t, attempts_are_named_behind_the_reason);
	tcase_add_test(t, after_redirects_the_last_url_is_named);
	tcase_add_test(t, a_million_origins_do_not_fill_the_screen);
	suite_add_tcase(s, t);
	return unit_run(s);
}
