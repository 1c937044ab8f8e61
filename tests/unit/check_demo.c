#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "demo/items.h"
#include "demo/listen.h"
#include "demo/server.h"
#include "demo/tally.h"
#include "unit.h"

static int
compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

START_TEST(items_have_names_of_their_own)
{
	static char names[10000][40];
	struct buf b;

	buf_init(&b);
	for (uint64_t id = 1; id < 10000; id++) {
		buf_clear(&b);
		item_add_name(&b, id);
		ck_assert_uint_lt(b.len, sizeof(names[0]));
		memcpy(names[id], b.data, b.len + 1);
	}
	buf_release(&b);
	qsort(names, 10000, sizeof(names[0]), compare_names);
	for (size_t i = 1; i < 10000; i++)
		ck_assert_str_ne(names[i - 1], names[i]);
}
END_TEST

START_TEST(window_never_allows_more_than_its_count)
{
	static const struct tally_limit limit = {
	    .count = 3, .period_us = 5 * CLOCK_SECOND};
	struct tally_verdict v;
	struct tallies all;
	struct tally *t;

	tallies_init(&all);
	t = tallies_get(&all, "/limit/3/5");
	for (int64_t now = 1; now <= 3; now++) {
		v = tally_visit(t, limit, now);
		ck_assert_int_eq(v.wait_us, 0);
		ck_assert_uint_eq(v.remaining, (size_t)(3 - now));
	}
	v = tally_visit(t, limit, 4);
	ck_assert_int_eq(v.wait_us, 5 * CLOCK_SECOND - 3);
	v = tally_visit(t, limit, 4 + v.wait_us);
	ck_assert_int_eq(v.wait_us, 0);
	v = tally_visit(t, limit, 5 * CLOCK_SECOND + 1);
	ck_assert_int_gt(v.wait_us, 0);
	tallies_release(&all);
}
END_TEST

START_TEST(tallies_forget_the_least_recently_used)
{
	struct tallies all;
	char key[24];

	tallies_init(&all);
	tallies_get(&all, "kept")->visits = 7;
	for (int i = 0; i < 2 * TALLIES_MAX; i++) {
		snprintf(key, sizeof(key), "%d", i);
		tallies_get(&all, key)->visits = 1;
		ck_assert_uint_eq(tallies_get(&all, "kept")->visits, 7);
	}
	ck_assert_uint_eq(tallies_get(&all, "0")->visits, 0);
	ck_assert_uint_eq(all.len, TALLIES_MAX);
	tallies_release(&all);
}
END_TEST

START_TEST(draws_are_even_and_repeat)
{
	int below = 0;

	for (uint64_t i = 0; i < 10000; i++)
		below += tally_draw(1, i) < 0.3;
	ck_assert_int_gt(below, 2800);
	ck_assert_int_lt(below, 3200);
	ck_assert(tally_draw(5, 9) == tally_draw(5, 9));
	ck_assert(tally_draw(5, 9) != tally_draw(6, 9));
}
END_TEST

static const struct {
	const char *address;
	const char *url; /* in front of the port; NULL: refused */
} addresses[] = {
    {"0", "http://127.0.0.1:"},
    {":0", "http://127.0.0.1:"},
    {"0.0.0.0:0", "http://127.0.0.1:"},
    {"127.0.0.2:0", "http://127.0.0.2:"},
    {"", NULL},
    {"65536", NULL},
    {"-1", NULL},
    {"localhost", NULL},
    {"no such host:0", NULL},
};

START_TEST(addresses_are_read_as_documented)
{
	char *cause = NULL;
	int fd = listen_open(addresses[_i].address, &cause);
	struct buf url;

	if (!addresses[_i].url) {
		ck_assert_int_eq(fd, -1);
		ck_assert_ptr_nonnull(cause);
		free(cause);
		return;
	}
	ck_assert_int_ne(fd, -1);
	buf_init(&url);
	listen_add_url(&url, fd);
	ck_assert_mem_eq(
	    url.data, addresses[_i].url, strlen(addresses[_i].url));
	buf_release(&url);
	close(fd);
}
END_TEST

static size_t
collect(char *data, size_t size, size_t count, void *to)
{
	buf_add(to, data, size * count);
	return size * count;
}

/* The handle of a GET of `path` that has been answered. */
static CURL *
fetch(const struct demo_server *s, const char *path, struct buf *body)
{
	CURL *c = curl_easy_init();
	char *url = xasprintf("http://127.0.0.1:%u%s", s->port, path);

	buf_clear(body);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, collect);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, body);
	ck_assert_int_eq(curl_easy_perform(c), CURLE_OK);
	free(url);
	return c;
}

/* GET `path`; returns the status. */
static long
get(const struct demo_server *s, const char *path, struct buf *body)
{
	CURL *c = fetch(s, path, body);
	long status = 0;

	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(c);
	return status;
}

/* GET `path`; returns the header `name` of the answer, or NULL. Caller frees.
 */
static char *
get_field(const struct demo_server *s, const char *path, const char *name)
{
	struct curl_header *header;
	struct buf body;
	char *value = NULL;
	CURL *c;

	buf_init(&body);
	c = fetch(s, path, &body);
	if (curl_easy_header(c, name, 0, CURLH_HEADER, -1, &header) ==
	    CURLHE_OK)
		value = xstrdup(header->value);
	curl_easy_cleanup(c);
	buf_release(&body);
	return value;
}

static const struct {
	const char *path;
	long status;
	const char *part; /* of the body */
} visits[] = {
    {"/", 200, "/delay/N"},
    {"/delay/0.01?n=3", 200, "{\"delay\":0.01}\n"},
    {"/delay/x", 400, "error"},
    {"/delay/-1", 400, "error"},
    {"/status/404", 404, "{\"status\":404}\n"},
    {"/status/99", 400, "error"},
    {"/json", 200, "\"big\":9007199254740993,"},
    {"/items", 200, "/items/100\"}]"},
    {"/items/1", 200, "{\"id\":1,\"name\":\"merry-meteor\","},
    {"/items/0", 404, "no such item"},
    {"/items/1000000", 200, "{\"id\":1000000,"},
    {"/items/1000001", 404, "no such item"},
    {"/pages/2", 200, "\"next_cursor\":\"2\"}\n"},
    {"/pages/2", 200, "\"items\":[{\"id\":1,"},
    {"/pages/2", 200, "],\"next\":\"http://127.0.0.1:"},
    {"/pages/2?page=2", 200, "\"next\":null,"},
    {"/pages/2?page=3", 200, "\"items\":[],"},
    {"/pages/2?offset=10", 200, "\"page\":2,"},
    {"/flaky/0", 200, "\"ok\":true"},
    {"/flaky/1", 503, "\"ok\":false"},
    {"/fail/1", 503, "\"visit\":1"},
    {"/limit/1/60", 200, "\"visit\":1"},
    {"/redirect/0", 200, "false"},
    {"/redirect/1", 302, "true"},
    {"/redirect-to?url=/x&status=307", 307, "true"},
    {"/bytes/20", 200, "000000000000000\n0000"},
    {"/stream/2?gap=0", 200, "\n{\"id\":2,"},
    {"/title/a%3Cb", 200, "<title>a&lt;b</title>"},
    {"/etag", 200, "otter-1"},
    {"/headers", 200, "\"Host\":\"127.0.0.1:"},
    {"/anything/x?a=1&a=2", 200, "\"args\":{\"a\":[\"1\",\"2\"]}"},
    {"/nowhere", 404, "no such page"},
};

START_TEST(routes_answer_as_documented)
{
	struct demo_server server;
	struct buf body;
	char *cause;

	ck_assert_int_eq(demo_server_start(&server, &cause), 0);
	buf_init(&body);
	for (size_t i = 0; i < sizeof(visits) / sizeof(visits[0]); i++) {
		ck_assert_msg(
		    get(&server, visits[i].path, &body) == visits[i].status,
		    "%s: not %ld", visits[i].path, visits[i].status);
		ck_assert_msg(strstr(body.data, visits[i].part) != NULL,
		    "%s: no %s in %s", visits[i].path, visits[i].part,
		    body.data);
	}
	buf_release(&body);
	demo_server_stop(&server);
}
END_TEST

static const struct {
	const char *path;
	const char *name, *value; /* of the first answer */
} fields[] = {
    {"/limit/2/60", "RateLimit-Policy", "\"demo\";q=2;w=60"},
    {"/limit/3/60", "RateLimit", "\"demo\";r=2;t=60"},
    {"/limit/4/60", "X-RateLimit-Limit", "4"},
    {"/limit/5/60", "X-RateLimit-Remaining", "4"},
};

START_TEST(an_answer_tells_what_its_limit_leaves)
{
	struct demo_server server;
	char *cause;

	ck_assert_int_eq(demo_server_start(&server, &cause), 0);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		char *value =
		    get_field(&server, fields[i].path, fields[i].name);

		ck_assert_pstr_eq(value, fields[i].value);
		free(value);
	}
	demo_server_stop(&server);
}
END_TEST

START_TEST(an_answer_to_head_has_the_length_and_no_body)
{
	static const char *const lengths[][2] = {
	    {"/bytes/20", "20"}, {"/bytes/3000", "3000"}, {"/bytes/7", "7"}};
	struct demo_server server;
	char *cause;

	ck_assert_int_eq(demo_server_start(&server, &cause), 0);
	for (size_t i = 0; i < 3; i++) {
		CURL *c = curl_easy_init();
		char *url = xasprintf(
		    "http://127.0.0.1:%u%s", server.port, lengths[i][0]);
		struct curl_header *h;

		curl_easy_setopt(c, CURLOPT_URL, url);
		curl_easy_setopt(c, CURLOPT_PROXY, "");
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
		ck_assert_int_eq(curl_easy_perform(c), CURLE_OK);
		ck_assert_int_eq(curl_easy_header(c, "Content-Length", 0,
		                     CURLH_HEADER, -1, &h),
		    CURLHE_OK);
		ck_assert_str_eq(h->value, lengths[i][1]);
		curl_easy_cleanup(c);
		free(url);
	}
	demo_server_stop(&server);
}
END_TEST

static Suite *
make_suite(void)
{
	Suite *s = suite_create("demo");
	TCase *c = tcase_create("demo");

	tcase_add_test(c, items_have_names_of_their_own);
	tcase_add_test(c, window_never_allows_more_than_its_count);
	tcase_add_test(c, tallies_forget_the_least_recently_used);
	tcase_add_test(c, draws_are_even_and_repeat);
	tcase_add_loop_test(c, addresses_are_read_as_documented, 0,
	    sizeof(addresses) / sizeof(addresses[0]));
	tcase_add_test(c, routes_answer_as_documented);
	tcase_add_test(c, an_answer_tells_what_its_limit_leaves);
	tcase_add_test(c, an_answer_to_head_has_the_length_and_no_body);
	suite_add_tcase(s, c);
	return s;
}

int
main(void)
{
	int status;

	curl_global_init(CURL_GLOBAL_DEFAULT);
	status = unit_run(make_suite());
	curl_global_cleanup();
	return status;
}
