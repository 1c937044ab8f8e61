#include "config.h"

#include <check.h>
#include <cjson/cJSON.h>
#include <stdlib.h>

#include "sink/har.h"
#include "sample.h"
#include "unit.h"

/* Ends of the phases: namelookup connect appconnect pretransfer
 * starttransfer total; then what they are in an archive: blocked dns connect
 * ssl send wait receive. */
static const struct {
	const char *name;
	const char *url;
	int class;
	int64_t queued, start;
	int64_t ends[6];
	int64_t times[7];
} timings[] = {
    {"plain", "http://h/", ERROR_NONE, 5, 15, {10, 30, -1, 40, 90, 100},
        {10, 10, 20, -1, 10, 50, 10}},
    {"tls", "https://h/", ERROR_NONE, 0, 0, {10, 30, 70, 75, 90, 100},
        {0, 10, 60, 40, 5, 15, 10}},
    {"reused", "https://h/", ERROR_NONE, 0, 3, {-1, -1, -1, 2, 90, 100},
        {3, -1, -1, -1, 2, 88, 10}},
    {"no name", "http://h/", ERROR_DNS, 0, 0, {-1, -1, -1, -1, -1, 100},
        {0, 100, -1, -1, 0, 0, 0}},
    {"refused", "http://h/", ERROR_CONNECT, 0, 0, {10, -1, -1, -1, -1, 100},
        {0, 10, 90, -1, 0, 0, 0}},
    {"bad certificate", "https://h/", ERROR_TLS, 0, 0,
        {10, 30, -1, -1, -1, 100}, {0, 10, 90, 70, 0, 0, 0}},
    {"no answer", "http://h/", ERROR_TIMEOUT, 0, 0, {10, 30, -1, 40, -1, 100},
        {0, 10, 20, -1, 10, 60, 0}},
    {"a literal address", "http://h/", ERROR_NONE, 0, 0,
        {-1, 30, -1, 40, 90, 100}, {0, -1, 30, -1, 10, 50, 10}},
    {"never begun", "http://h/", ERROR_LOCAL, 0, 0, {-1, -1, -1, -1, -1, -1},
        {0, -1, 0, -1, 0, 0, 0}},
    {"clocks that differ", "http://h/", ERROR_NONE, 9, 3, {10, 8, -1, 7, 6, 5},
        {0, 10, 0, -1, 0, 0, 0}},
};

static struct exchange
exchange_of(int i)
{
	const int64_t *ends = timings[i].ends;

	return (struct exchange){
	    .method = xstrdup("GET"),
	    .url = xstrdup(timings[i].url),
	    .error_class = timings[i].class,
	    .queued_us = timings[i].queued,
	    .start_us = timings[i].start,
	    .namelookup_us = ends[0],
	    .connect_us = ends[1],
	    .appconnect_us = ends[2],
	    .pretransfer_us = ends[3],
	    .starttransfer_us = ends[4],
	    .total_us = ends[5],
	};
}

START_TEST(phases_become_spans)
{
	struct exchange x = exchange_of(_i);
	const int64_t *want = timings[_i].times;
	struct har_timings t = har_timings_of(&x);

	ck_assert_int_eq(t.blocked_us, want[0]);
	ck_assert_int_eq(t.dns_us, want[1]);
	ck_assert_int_eq(t.connect_us, want[2]);
	ck_assert_int_eq(t.ssl_us, want[3]);
	ck_assert_int_eq(t.send_us, want[4]);
	ck_assert_int_eq(t.wait_us, want[5]);
	ck_assert_int_eq(t.receive_us, want[6]);
	free(x.method);
	free(x.url);
}
END_TEST

START_TEST(the_handshake_counts_once)
{
	struct exchange x = exchange_of(1);
	struct har_timings t = har_timings_of(&x);

	ck_assert_int_eq(har_timings_sum(&t), 100);
	free(x.method);
	free(x.url);
}
END_TEST

static const struct {
	int64_t us;
	const char *text;
} milliseconds[] = {
    {-1, "{\"t\":-1"},
    {0, "{\"t\":0.000"},
    {7, "{\"t\":0.007"},
    {1234567, "{\"t\":1234.567"},
};

START_TEST(times_are_milliseconds)
{
	struct buf out;

	buf_init(&out);
	buf_addc(&out, '{');
	har_add_ms(&out, "t", milliseconds[_i].us);
	ck_assert_str_eq(out.data, milliseconds[_i].text);
	buf_release(&out);
}
END_TEST

START_TEST(moments_are_iso_8601)
{
	struct buf out;

	buf_init(&out);
	har_add_moment(&out, INT64_C(1700000000123456));
	ck_assert_str_eq(out.data, "\"2023-11-14T22:13:20.123Z\"");
	buf_release(&out);
}
END_TEST

static void
take(void *arg, const char *data, size_t len)
{
	buf_add(arg, data, len);
}

START_TEST(content_that_is_no_text_is_base64)
{
	struct buf out;

	buf_init(&out);
	har_content("\xFF\x00\x01", 3, take, &out);
	ck_assert_str_eq(
	    out.data, ",\"text\":\"/wAB\",\"encoding\":\"base64\"");
	buf_clear(&out);
	har_content("a\"b", 3, take, &out);
	ck_assert_str_eq(out.data, ",\"text\":\"a\\\"b\"");
	buf_clear(&out);
	har_content("", 0, take, &out);
	ck_assert_str_eq(out.data, ",\"text\":\"\"");
	buf_release(&out);
}
END_TEST

/* Characters of three bytes, none of them cut. */
START_TEST(large_content_comes_in_whole_characters)
{
	struct buf body, out, want;

	buf_init(&body);
	buf_init(&out);
	buf_init(&want);
	buf_adds(&body, "x");
	for (int i = 0; i < 100000; i++)
		buf_adds(&body, "\u20AC");
	har_content(body.data, body.len, take, &out);
	buf_addf(&want, ",\"text\":\"%s\"", body.data);
	ck_assert_uint_eq(out.len, want.len);
	ck_assert(memcmp(out.data, want.data, want.len) == 0);
	buf_release(&want);
	buf_release(&out);
	buf_release(&body);
}
END_TEST

START_TEST(large_base64_is_padded_at_its_end_only)
{
	struct buf body, out;
	char *end;

	buf_init(&body);
	buf_init(&out);
	for (int i = 0; i < 100000; i++)
		buf_addc(&body, '\xFF');
	har_content(body.data, body.len, take, &out);
	end = strchr(out.data, '=');
	ck_assert_ptr_nonnull(end);
	ck_assert_str_eq(end, "==\",\"encoding\":\"base64\"");
	ck_assert_int_eq(end - out.data, 9 + (100000 + 2) / 3 * 4 - 2);
	buf_release(&out);
	buf_release(&body);
}
END_TEST

/* The entry of a sample whose exchange has these headers and this URL. */
static char *
entry_text(struct sample *s, const char *url, const char *sent)
{
	struct record record = {.request = s->request, .result = &s->result};
	struct har_entry entry = {0};
	struct exchanges list;

	sample_set(&s->result.url_effective, url);
	sample_set(&s->result.request_headers, sent);
	exchanges_init(&list);
	exchanges_add(&list, s->request, &s->result)->final = true;
	har_add_entry(&entry, &record, &list.items[0], HAR_WITH_BODIES);
	exchanges_release(&list);
	buf_add(&entry.before, entry.after.data, entry.after.len);
	buf_release(&entry.after);
	return buf_take(&entry.before);
}

START_TEST(an_entry_is_json)
{
	cJSON *entry;
	struct sample s;
	char *text;

	sample_init(&s);
	text = entry_text(&s, "http://h/p?q=1&&=&a", "GET /p HTTP/1.1\r\n\r\n");
	entry = cJSON_Parse(text);
	ck_assert_msg(entry != NULL, "%s", text);
	cJSON_Delete(entry);
	ck_assert(strstr(text, "\"statusText\":\"OK\""));
	ck_assert(!strstr(text, "_error"));
	free(text);
	sample_release(&s);
}
END_TEST

START_TEST(an_entry_holds_no_secrets)
{
	struct sample s;
	char *text;

	sample_init(&s);
	sample_set(&s.result.redirect_url, "http://u:canary@h/?sig=canary");
	sample_set(&s.result.headers,
	    "HTTP/1.1 302 Found\r\nSet-Cookie: canary\r\n"
	    "Location: /next?access_token=canary\r\n"
	    "X-Auth-Token: canary\r\n\r\n");
	failure_set(&s.result.failure, ERROR_REDIRECT, NULL, 302,
	    "302 redirects to http://h/?token=canary: use -L");
	text = entry_text(&s, "http://h/?api_key=canary&plain=1",
	    "GET /?api_key=canary HTTP/1.1\r\nAuthorization: Basic canary\r\n"
	    "cookie: canary\r\nReferer: http://h/?password=canary\r\n"
	    "X-Api-Key: canary\r\nAccept: a/b\r\n\r\n");
	ck_assert_msg(!strstr(text, "canary"), "%s", text);
	ck_assert(strstr(text, "{\"name\":\"Accept\",\"value\":\"a/b\"}"));
	ck_assert(strstr(text, "{\"name\":\"plain\",\"value\":\"1\"}"));
	free(text);
	sample_release(&s);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(*(array)))

int
main(void)
{
	Suite *suite = suite_create("har");
	TCase *tc = tcase_create("har");

	tcase_add_loop_test(tc, phases_become_spans, 0, COUNT(timings));
	tcase_add_test(tc, the_handshake_counts_once);
	tcase_add_loop_test(tc, times_are_milliseconds, 0, COUNT(milliseconds));
	tcase_add_test(tc, moments_are_iso_8601);
	tcase_add_test(tc, content_that_is_no_text_is_base64);
	tcase_add_test(tc, large_content_comes_in_whole_characters);
	tcase_add_test(tc, large_base64_is_padded_at_its_end_only);
	tcase_add_test(tc, an_entry_is_json);
	tcase_add_test(tc, an_entry_holds_no_secrets);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
