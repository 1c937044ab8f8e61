#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "demo/recording.h"
#include "demo/replay.h"
#include "process/log.h"
#include "unit.h"

#define ENTRY(method, url, extra, status, text)                               \
	"{\"request\":{\"method\":\"" method "\",\"url\":\"" url "\"" extra   \
	"},\"response\":{\"status\":" status ",\"content\":{\"text\":\"" text \
	"\"}}"
#define BODY(text)  ",\"postData\":{\"text\":\"" text "\"}"
#define CONNECT(ms) ",\"timings\":{\"connect\":" ms "}"

static const char archive[] = "{\"log\":{\"entries\":[\n" ENTRY("GET",
    "https://a.example/x?q=1", "", "200", "a1") CONNECT("9") "},\n" ENTRY("GET",
    "https://a.example/x?q=1", "", "503", "a2")
    CONNECT("5") "},\n" ENTRY("GET", "http://B.example:80/x?q=1", "", "200",
        "b1") "},\n" ENTRY("GET", "http://b.example:8080/only#f", "", "200",
        "b2") "},\n" ENTRY("GET", "https://a.example/t?token=***", "", "200",
        "t") "},\n" ENTRY("POST", "https://a.example/g", BODY("one"), "200",
        "g1") "},\n" ENTRY("POST", "https://a.example/g", BODY("token=***"),
        "200", "g2") "},\n" ENTRY("POST", "https://a.example/p", BODY("any"),
        "200", "p") "},\n" ENTRY("HEAD", "https://a.example/h", "", "204",
        "") "},\n" ENTRY("GET", "https://a.example/h", "", "200",
        "h") "},\n" ENTRY("GET", "https://a.example/dead", "", "0",
        "") "},\n" ENTRY("GET", "https://a.example/up", "", "101",
        "") "},\n" ENTRY("GET", "ws://a.example/x", "", "200", "") "},\n"
                                                                   "{}]}}";

static void
load(struct recording *r, const char *text)
{
	char name[] = "/tmp/check_recording_XXXXXX";
	int fd = mkstemp(name);
	char *cause = NULL;

	log_set_level(LOG_SILENT);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	ck_assert_int_eq(recording_load(r, name, &cause), 0);
	unlink(name);
}

/* "METHOD HOST TARGET [BODY]", one after the other, and what is answered; "-"
 * is nothing. */
static const struct {
	const char *name;
	const char *asked[4][4];
	const char *answers[4];
} visits[] = {
    {"in order, and the last stays",
        {{"GET", "a.example", "/x?q=1", ""}, {"GET", "a.example", "/x?q=1", ""},
            {"GET", "a.example", "/x?q=1", ""}},
        {"a1", "a2", "a2"}},
    {"by host where it is known",
        {{"GET", "b.example", "/x?q=1", ""},
            {"GET", "a.example", "/x?q=1", ""}},
        {"b1", "a1"}},
    {"whatever the host, else",
        {{"GET", "127.0.0.1:8080", "/x?q=1", ""}, {"GET", "", "/x?q=1", ""},
            {"GET", "c.example", "/x?q=1", ""}, {"GET", "", "/only", ""}},
        {"a1", "a2", "b1", "b2"}},
    {"by path and query",
        {{"GET", "", "/x", ""}, {"GET", "", "/x?q=2", ""},
            {"GET", "", "/X?q=1", ""}, {"GET", "", "/x?%71=1", ""}},
        {"-", "-", "-", "a1"}},
    {"by method", {{"POST", "", "/x?q=1", ""}, {"PUT", "", "/g", "one"}},
        {"-", "-"}},
    {"hidden secrets are any",
        {{"GET", "", "/t?token=s3cr3t", ""}, {"GET", "", "/t?token=***", ""},
            {"POST", "", "/g", "token=abc"}},
        {"t", "t", "g2"}},
    {"by body where there are several",
        {{"POST", "", "/g", "one"}, {"POST", "", "/g", "two"},
            {"POST", "", "/p", "other"}},
        {"g1", "-", "p"}},
    {"HEAD takes its own answer, then that of GET",
        {{"HEAD", "", "/h", ""}, {"HEAD", "", "/only", ""}}, {"", "b2"}},
    {"no answer, no entry", {{"GET", "", "/dead", ""}, {"GET", "", "/up", ""}},
        {"-", "-"}},
};

START_TEST(answers_are_found)
{
	struct recording r;

	load(&r, archive);
	ck_assert_uint_eq(r.len, 10);
	ck_assert_uint_eq(r.skipped, 4);
	for (size_t i = 0; i < 4 && visits[_i].answers[i]; i++) {
		const char *const *asked = visits[_i].asked[i];
		const struct question q = {.method = asked[0],
		    .authority = asked[1],
		    .target = asked[2],
		    .body = asked[3],
		    .body_len = strlen(asked[3])};
		const struct recorded *a = recording_find(&r, &q);

		ck_assert_msg(strcmp(a ? buf_text(&a->exchange.body) : "-",
		                  visits[_i].answers[i]) == 0,
		    "%s: %s %s: %s", visits[_i].name, asked[0], asked[2],
		    a ? buf_text(&a->exchange.body) : "-");
	}
	recording_release(&r);
}
END_TEST

START_TEST(the_nearest_is_named_without_secrets)
{
	const struct question q = {.method = "GET", .target = "/t?tokem=1"};
	struct recording r;

	load(&r, archive);
	ck_assert_str_eq(recording_nearest(&r, &q)->url,
	    "GET https://a.example/t?token=***");
	recording_release(&r);
}
END_TEST

START_TEST(a_connection_takes_what_most_took_least)
{
	struct recording r;

	load(&r, archive);
	ck_assert_int_eq(recording_connect_us(&r, r.items[0]), 5000);
	ck_assert_int_eq(recording_connect_us(&r, r.items[3]), 0);
	recording_release(&r);
}
END_TEST

/* A value, the client's authority, and what becomes of it. */
static const struct {
	const char *value, *authority, *mapped;
} urls[] = {
    {"https://a.example/y?z#f", "127.0.0.1:8080",
        "http://127.0.0.1:8080/y?z#f"},
    {"https://a.example", "a.example", "http://a.example"},
    {"https://a.example:443/", "b.example", "http://a.example/"},
    {"http://b.example:8080/y", "a.example", "http://b.example:8080/y"},
    {"https://A.EXAMPLE/y", "h", "http://h/y"},
    {"https://a.example.org/y", "h", "https://a.example.org/y"},
    {"https://a.example:8443/y", "h", "https://a.example:8443/y"},
    {"/y", "h", "/y"},
    {"<https://a.example/?p=2>; rel=\"next\", <https://c.example/>", "h",
        "<http://h/?p=2>; rel=\"next\", <https://c.example/>"},
    {"0; url=https://a.example/y", "", "0; url=http://a.example/y"},
};

START_TEST(recorded_origins_become_that_of_the_server)
{
	struct recording r;
	struct buf out = {0};

	load(&r, archive);
	replay_add_mapped(&out, &r, urls[_i].value, urls[_i].authority);
	ck_assert_str_eq(out.data, urls[_i].mapped);
	buf_release(&out);
	recording_release(&r);
}
END_TEST

static const struct {
	const char *target, *key;
} keys[] = {
    {"", "/"},
    {"/a%2fb%41%7e?x=%26&y=%zz#f", "/a%2FbA~?x=%26&y=%zz"},
    {"/\xc3\xbc?q=a%20b", "/\xc3\xbc?q=a%20b"},
    {"/%C3%BC", "/\xc3\xbc"},
    {"/?api_key=1&b=2", "/?api_key=***&b=2"},
};

START_TEST(keys_are_normal)
{
	struct buf key = {0};

	recording_add_key(&key, keys[_i].target);
	ck_assert_str_eq(key.data, keys[_i].key);
	buf_release(&key);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(*(array)))

int
main(void)
{
	Suite *suite = suite_create("recording");
	TCase *tc = tcase_create("recording");

	tcase_add_loop_test(tc, answers_are_found, 0, COUNT(visits));
	tcase_add_test(tc, the_nearest_is_named_without_secrets);
	tcase_add_test(tc, a_connection_takes_what_most_took_least);
	tcase_add_loop_test(
	    tc, recorded_origins_become_that_of_the_server, 0, COUNT(urls));
	tcase_add_loop_test(tc, keys_are_normal, 0, COUNT(keys));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
