#include "config.h"

#include "fetch/limits.h"
#include "unit.h"

#include <check.h>
#include <strings.h>

#define S INT64_C(1000000)

/* Sun, 06 Nov 1994 08:49:37 GMT */
#define THEN_S  INT64_C(784111777)
#define THEN_US (THEN_S * S)

enum {
	HEADERS = 6
};

struct header {
	const char *name;
	const char *value;
};

static const char *
get(void *arg, const char *name, size_t i)
{
	const struct header *h = arg;

	for (size_t at = 0; at < HEADERS && h[at].name; at++)
		if (strcasecmp(h[at].name, name) == 0 && i-- == 0)
			return h[at].value;
	return NULL;
}

static const struct {
	const char *value;
	int64_t us;
} retry_after_rows[] = {
    {"120", 120 * S},
    {"0", 0},
    {" 7\t", 7 * S},
    {"Sun, 06 Nov 1994 08:49:47 GMT", 10 * S},
    {"Sunday, 06-Nov-94 08:49:47 GMT", 10 * S},
    {"Sun Nov  6 08:49:47 1994", 10 * S},
    {"Sun, 06 Nov 1994 08:49:30 GMT", 0}, /* past */
    {"99999999999999999999999999", LIMITS_MAX_US},
    {"Fri, 31 Dec 9999 23:59:59 GMT", LIMITS_MAX_US},
    {"1.5", -1},
    {"5, 10", -1},
    {"-1", -1},
    {"+1", -1},
    {"1e3", -1},
    {"0x10", -1},
    {"5s", -1},
    {"", -1},
    {" ", -1},
    {"soon", -1},
    {"Sun, 06 Nov 1994 08:49:47", -1},
    {"Sun, 06 Nov 1994 08:49:47 CET", -1},
    {"Sun, 6 Nov 1994 08:49:47 GMT", -1},
    {"Sun, 06 Xxx 1994 08:49:47 GMT", -1},
    {"1994-11-06T08:49:47Z", -1},
    {"20 Nov", -1},
};

START_TEST(retry_after_is_read_strictly)
{
	ck_assert_msg(limits_retry_after_us(retry_after_rows[_i].value, NULL,
	                  THEN_US) == retry_after_rows[_i].us,
	    "%s: %lld", retry_after_rows[_i].value,
	    (long long)limits_retry_after_us(
	        retry_after_rows[_i].value, NULL, THEN_US));
}
END_TEST

START_TEST(a_date_counts_from_the_servers_own_clock)
{
	const char *at = "Sun, 06 Nov 1994 08:49:47 GMT";

	/* The machine's clock is an hour off; the server's Date isn't. */
	ck_assert_int_eq(
	    limits_retry_after_us(
	        at, "Sun, 06 Nov 1994 08:49:37 GMT", THEN_US + 3600 * S),
	    10 * S);
	ck_assert_int_eq(
	    limits_retry_after_us(at, "no date", THEN_US + 5 * S), 5 * S);
}
END_TEST

static const struct {
	const char *what;
	struct header headers[HEADERS];
	struct quota quota;
} rows[] = {
    {"nothing", {{"Server", "x"}}, {-1, -1, -1, -1, NULL}},
    {"structured fields", {{"RateLimit", "\"default\";r=50;t=30"}},
        {-1, 50, 30 * S, -1, "RateLimit"}},
    {"with a policy",
        {{"ratelimit", "\"a\";r=5;t=30"},
            {"RateLimit-Policy", "\"b\";q=9;w=1, \"a\";q=100;w=60"}},
        {-1, 5, 30 * S, 100, "RateLimit"}},
    {"the tightest of several counts",
        {{"RateLimit", "\"a\";r=50;t=3, \"b\";r=0;t=9,\"c\";r=0;t=2"}},
        {-1, 0, 9 * S, -1, "RateLimit"}},
    {"an empty one without a time lasts its window",
        {{"RateLimit", "\"a\";r=0"}, {"RateLimit-Policy", "\"a\";q=1;w=60"}},
        {-1, 0, 60 * S, 1, "RateLimit"}},
    {"unknown parameters and other types",
        {{"RateLimit", "a;x=1.5;y=?1;r=4;pk=:YWJj:;z=\"\\\"\";t=2 "}},
        {-1, 4, 2 * S, -1, "RateLimit"}},
    {"malformed: all of it is ignored", {{"RateLimit", "\"a\";r=0;t=9,"}},
        {-1, -1, -1, -1, NULL}},
    {"malformed: no value", {{"RateLimit", "\"a\";r="}},
        {-1, -1, -1, -1, NULL}},
    {"malformed: no end", {{"RateLimit", "\"a;r=1"}}, {-1, -1, -1, -1, NULL}},
    {"negative", {{"RateLimit", "\"a\";r=-1;t=3"}}, {-1, -1, -1, -1, NULL}},
    {"the dictionary of older drafts",
        {{"RateLimit", "limit=100, remaining=50, reset=30"}},
        {-1, 50, 30 * S, 100, "RateLimit"}},
    {"three headers",
        {{"RateLimit-Limit", "100"}, {"RateLimit-Remaining", "0"},
            {"RateLimit-Reset", "12"}},
        {-1, 0, 12 * S, 100, "RateLimit-Reset"}},
    {"X-: seconds to go",
        {{"x-ratelimit-remaining", "3"}, {"x-ratelimit-reset", "60"}},
        {-1, 3, 60 * S, -1, "X-RateLimit-Reset"}},
    {"X-: seconds since 1970",
        {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1700000060"},
            {"Date", "Tue, 14 Nov 2023 22:13:20 GMT"}},
        {-1, 0, 60 * S, -1, "X-RateLimit-Reset"}},
    {"X-: milliseconds since 1970",
        {{"x-rate-limit-remaining", "0"},
            {"x-rate-limit-reset", "1700000060500"},
            {"Date", "Tue, 14 Nov 2023 22:13:20 GMT"}},
        {-1, 0, 60 * S + S / 2, -1, "X-Rate-Limit-Reset"}},
    {"X-: a moment that is past",
        {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1600000000"},
            {"Date", "Tue, 14 Nov 2023 22:13:20 GMT"}},
        {-1, 0, 0, -1, "X-RateLimit-Reset"}},
    {"X-: words", {{"X-RateLimit-Remaining", "few"}}, {-1, -1, -1, -1, NULL}},
    {"Retry-After wins",
        {{"Retry-After", "5"}, {"X-RateLimit-Remaining", "0"},
            {"X-RateLimit-Reset", "60"}},
        {5 * S, 0, 60 * S, -1, "Retry-After"}},
    {"two Retry-After are none", {{"Retry-After", "5"}, {"Retry-After", "9"}},
        {-1, -1, -1, -1, NULL}},
};

START_TEST(headers_become_a_quota)
{
	struct header headers[HEADERS];
	struct limits_headers h = {get, headers};
	const struct quota *want = &rows[_i].quota;
	struct quota q;

	for (size_t i = 0; i < HEADERS; i++)
		headers[i] = rows[_i].headers[i];
	limits_read(&q, &h, THEN_US);
	ck_assert_msg(q.retry_after_us == want->retry_after_us &&
	                  q.remaining == want->remaining &&
	                  q.reset_us == want->reset_us &&
	                  q.limit == want->limit,
	    "%s: retry after %lld, remaining %lld, reset %lld, limit %lld",
	    rows[_i].what, (long long)q.retry_after_us, (long long)q.remaining,
	    (long long)q.reset_us, (long long)q.limit);
	ck_assert_pstr_eq(q.source, want->source);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("limits");
	TCase *tc = tcase_create("limits");

	tcase_add_loop_test(tc, retry_after_is_read_strictly, 0,
	    sizeof(retry_after_rows) / sizeof(retry_after_rows[0]));
	tcase_add_test(tc, a_date_counts_from_the_servers_own_clock);
	tcase_add_loop_test(
	    tc, headers_become_a_quota, 0, sizeof(rows) / sizeof(rows[0]));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
