#include "config.h"

#include <cjson/cJSON.h>
#include <check.h>
#include <curl/curl.h>
#include <stdlib.h>

#include "format/writeout.h"
#include "output_fixture.h"
#include "unit.h"

static struct writeout *writeout;

static void
teardown(void)
{
	writeout_free(writeout);
	fixture_release();
}

static const char *
write_out(const char *format)
{
	writeout_free(writeout);
	writeout = writeout_new(format, extractor, &cause);
	ck_assert_msg(writeout != NULL, "%s", cause);
	encoded_clear(&encoded);
	writeout_add(writeout, &record, &encoded);
	return fixture_stdout();
}

/* What curl 7.88 prints for such a transfer. */
static const struct {
	const char *format;
	const char *text;
} formats[] = {
    {"", ""},
    {"text\\n\\r\\t", "text\n\r\t"},
    {"\\q \\\\n %% %z %", "\\q \\\\n % %z %"},
    {"%\\n \\%{url}", "%\\n \\%{url}"},
    {"%{unclosed", "%{unclosed"},
    {"%header{unclosed", "%header{unclosed"},
    {"%{http_code} %{response_code}", "200 200"},
    {"%{http_version} %{scheme} %{method}", "1.1 HTTP GET"},
    {"%{http_connect}", "000"},
    {"%{exitcode} [%{errormsg}]", "0 []"},
    {"%{content_type}", "application/json"},
    {"%{url} %{url_effective}", "http://h/p?q=1 http://h/p?q=1"},
    {"%{urlnum}", "6"},
    {"%{remote_ip}:%{remote_port}", "127.0.0.1:80"},
    {"[%{local_ip}] [%{redirect_url}] [%{referer}]", "[] [] []"},
    {"%{num_headers} %{num_redirects}", "3 0"},
    {"%{size_download}", "9"},
    {"%{time_namelookup} %{time_appconnect}", "0.000100 0.000000"},
    {"%{time_starttransfer} %{time_total}", "0.001500 0.002000"},
    {"%{header_json}", "{\"content-type\":[\"application/json\"],"
                       "\"set-cookie\":[\"a=1\",\"b=2\"]}"},
    {"%header{content-TYPE}|%header{X-None}", "application/json|"},
    {"%{onerror}never", ""},
    {"a%{stderr}b%{stdout}c", "ac"},
};

START_TEST(it_writes_what_curl_writes)
{
	ck_assert_str_eq(write_out(formats[_i].format), formats[_i].text);
}
END_TEST

START_TEST(an_error_has_its_part)
{
	failure_set(
	    &sample.result.failure, ERROR_CONNECT, "refused", 7, "refused");
	sample.result.exitcode = 7;
	ck_assert_str_eq(
	    write_out("%{exitcode}%{onerror} %{errormsg}"), "7 refused");
}
END_TEST

/* Where libcurl saw nothing wrong, or only that we broke it off. */
static const struct {
	enum error_class class;
	int from_libcurl;
	const char *text;
} exit_codes[] = {
    {ERROR_HTTP, CURLE_OK, "22"},
    {ERROR_REDIRECT, CURLE_OK, "47"},
    {ERROR_INPUT, CURLE_OK, "3"},
    {ERROR_TIMEOUT, CURLE_ABORTED_BY_CALLBACK, "28"},
    {ERROR_SIZE, CURLE_WRITE_ERROR, "63"},
    {ERROR_CANCELLED, CURLE_ABORTED_BY_CALLBACK, "42"},
    {ERROR_RESET, CURLE_PARTIAL_FILE, "18"},
};

START_TEST(a_failure_has_curls_exit_code)
{
	failure_set(
	    &sample.result.failure, exit_codes[_i].class, NULL, 0, "why");
	sample.result.exitcode = exit_codes[_i].from_libcurl;
	ck_assert_str_eq(write_out("%{exitcode}"), exit_codes[_i].text);
}
END_TEST

START_TEST(fields_of_a_record_are_variables)
{
	ck_assert_str_eq(write_out("%{n} %{input} %{ok} [%{error.class}] "
	                           "%{headers.Set-Cookie}"),
	    "7 http://user:***@h/p?q=1 true [] a=1, b=2");
}
END_TEST

START_TEST(a_status_that_never_came_has_three_digits)
{
	sample.result.status = 0;
	ck_assert_str_eq(write_out("%{http_code}"), "000");
}
END_TEST

START_TEST(json_holds_all_that_curls_holds)
{
	static const char *const names[] = {"certs", "content_type", "errormsg",
	    "exitcode", "filename_effective", "ftp_entry_path", "http_code",
	    "http_connect", "http_version", "local_ip", "local_port", "method",
	    "num_certs", "num_connects", "num_headers", "num_redirects",
	    "proxy_ssl_verify_result", "redirect_url", "referer", "remote_ip",
	    "remote_port", "response_code", "scheme", "size_download",
	    "size_header", "size_request", "size_upload", "speed_download",
	    "speed_upload", "ssl_verify_result", "time_appconnect",
	    "time_connect", "time_namelookup", "time_pretransfer",
	    "time_redirect", "time_starttransfer", "time_total", "url",
	    "url_effective", "urlnum", "curl_version"};
	cJSON *json = cJSON_Parse(write_out("%{json}"));
	const cJSON *at = json->child;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ck_assert_str_eq(at->string, names[i]);
		at = at->next;
	}
	ck_assert_ptr_null(at);
	cJSON_Delete(json);
}
END_TEST

START_TEST(values_of_the_body_are_variables)
{
	strlist_add(&options.extract, ".b");
	strlist_add(&options.extract, "all=.a[*]");
	fixture_compile_paths();
	fixture_extract();
	ck_assert_str_eq(write_out("%{data.b} %{data.all}\\n"), "x [1,2]\n");
}
END_TEST

START_TEST(parts_go_elsewhere)
{
	ck_assert_str_eq(
	    write_out("1%{stderr}2%output{f}3%output{>>g}4%{stdout}5"), "15");
	ck_assert_uint_eq(encoded.asides_len, 3);
	ck_assert_ptr_null(encoded.asides[0].file);
	ck_assert_str_eq(encoded.asides[0].bytes.data, "2");
	ck_assert_str_eq(encoded.asides[1].file, "f");
	ck_assert(!encoded.asides[1].append);
	ck_assert_str_eq(encoded.asides[2].file, "g");
	ck_assert(encoded.asides[2].append);
	ck_assert_str_eq(encoded.asides[2].bytes.data, "4");
}
END_TEST

START_TEST(it_comes_behind_a_spilled_body)
{
	writeout = writeout_new("end", NULL, &cause);
	encoded.size = 100;
	writeout_add(writeout, &record, &encoded);
	ck_assert_str_eq(encoded.after.data, "end");
}
END_TEST

static const struct {
	const char *format;
	const char *part;
} unknown[] = {
    {"%{http_cod}", "did you mean %{http_code}?"},
    {"%{data.x}", "add -j or --xpath"},
    {"%{qqqqqqqqqqqq}", "%{qqqqqqqqqqqq}"},
    {"%{jsno}", "did you mean %{json}?"},
};

START_TEST(an_unknown_variable_is_refused)
{
	writeout = writeout_new(unknown[_i].format, NULL, &cause);
	ck_assert_ptr_null(writeout);
	ck_assert_msg(strstr(cause, unknown[_i].part) != NULL, "%s", cause);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("writeout");
	TCase *t = tcase_create("writeout");

	tcase_add_checked_fixture(t, fixture_init, teardown);
	tcase_add_loop_test(t, it_writes_what_curl_writes, 0,
	    sizeof(formats) / sizeof(formats[0]));
	tcase_add_test(t, an_error_has_its_part);
	tcase_add_loop_test(t, a_failure_has_curls_exit_code, 0,
	    sizeof(exit_codes) / sizeof(exit_codes[0]));
	tcase_add_test(t, fields_of_a_record_are_variables);
	tcase_add_test(t, a_status_that_never_came_has_three_digits);
	tcase_add_test(t, json_holds_all_that_curls_holds);
	tcase_add_test(t, values_of_the_body_are_variables);
	tcase_add_test(t, parts_go_elsewhere);
	tcase_add_test(t, it_comes_behind_a_spilled_body);
	tcase_add_loop_test(t, an_unknown_variable_is_refused, 0,
	    sizeof(unknown) / sizeof(unknown[0]));
	suite_add_tcase(s, t);
	return unit_run(s);
}
