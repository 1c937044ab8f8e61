#include "config.h"

#include "limits/limit_values.h"
#include "limits/limits.h"
#include "unit.h"

#include <check.h>
#include <string.h>
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

static int64_t
wait_us(const char *value)
{
	struct header headers[HEADERS] = {{"Retry-After", value}};
	struct limits_headers h = {get, headers};
	struct quota q;

	limits_read(&q, &h, THEN_US);
	ck_assert(q.asks);
	return q.retry_after_us;
}

static const struct {
	const char *value;
	int64_t us;
} waits[] = {
    {"120", 120 * S},
    {"0", 0},
    {" 7\t", 7 * S},
    {"1.0", 1 * S},
    {"0.5", 1 * S}, /* up */
    {"1.25", 2 * S},
    {"1.", 1 * S},
    {"0.0000001", 1 * S},
    {"5, 10", 10 * S},
    {"10,5", 10 * S},
    {"5, 5", 5 * S},
    {"soon, 5", 5 * S},
    {", 5", 5 * S},
    {"5;x=1", 5 * S},
    {"Sun, 06 Nov 1994 08:49:47 GMT", 10 * S},
    {"Sun, 06 Nov 1994 08:49:47 UTC", 10 * S},
    {"Sun, 06 Nov 1994 08:49:47 +0000", 10 * S},
    {"Sun, 06 Nov 1994 08:49:47 -0000", 10 * S},
    {"Sun, 06 Nov 1994 08:49:47 -0700", -1},
    {"Sunday, 06-Nov-94 08:49:47 GMT", 10 * S},
    {"Sun Nov  6 08:49:47 1994", 10 * S},
    {"Sun, 06 Nov 1994 08:49:47 GMT, 12", 12 * S},
    {"3, Sun, 06 Nov 1994 08:49:47 GMT", 10 * S},
    {"Sun, 06 Nov 1994 08:49:30 GMT", 0}, /* past */
    {"1994-11-06T08:49:47Z", 10 * S},
    {"1994-11-06t08:49:47.5z", 10 * S + S / 2},
    {"1994-11-06 08:49:47", 10 * S},
    {"1994-11-06T08:50Z", 23 * S},
    {"1994-11-06T10:49:47+02:00", 10 * S},
    {"1994-11-06T05:19:47-0330", 10 * S},
    {"784111787", 784111787 * S}, /* 25 years are no moment */
    {"5s", 5 * S},
    {"20ms", S / 50},
    {"6m0s", 360 * S},
    {"1h2m3.5s", 3723 * S + S / 2},
    {"1.5h", 5400 * S},
    {"1000us", S / 1000},
    {"99999999999999999999999999", LIMITS_MAX_US},
    {"99999999999999999999999999h", LIMITS_MAX_US},
    {"Fri, 31 Dec 9999 23:59:59 GMT", LIMITS_MAX_US},
    {"9999-12-31T23:59:59Z", LIMITS_MAX_US},
    {"-1", -1},
    {"+1", -1},
    {"1e3", -1},
    {"0x10", -1},
    {".5", -1},
    {"1.5.5", -1},
    {"5 s", -1},
    {"s", -1},
    {"5s5", -1},
    {"5d", -1},
    {"", -1},
    {" ", -1},
    {",", -1},
    {"soon", -1},
    {"Sun, 06 Nov 1994 08:49:47", -1},
    {"Sun, 06 Nov 1994 08:49:47 CET", -1},
    {"Sun, 6 Nov 1994 08:49:47 GMT", -1},
    {"Sun, 06 Xxx 1994 08:49:47 GMT", -1},
    {"1994-13-06T08:49:47Z", -1},
    {"1994-11-06", -1},
    {"1994-11-06T08:49:47 CET", -1},
    {"1994-11-06T08:49:47+2", -1},
    {"20 Nov", -1},
};

START_TEST(a_wait_is_read_in_all_its_forms)
{
	int64_t us = wait_us(waits[_i].value);

	ck_assert_msg(
	    us == waits[_i].us, "%s: %lld", waits[_i].value, (long long)us);
}
END_TEST

START_TEST(dates_count_from_the_servers_own_clock)
{
	struct header headers[HEADERS] = {
	    {"Retry-After", "Sun, 06 Nov 1994 08:49:47 GMT"},
	    {"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}};
	struct limits_headers h = {get, headers};
	struct quota q;

	/* The machine's clock is an hour off; the server's Date isn't. */
	limits_read(&q, &h, THEN_US + 3600 * S);
	ck_assert_int_eq(q.retry_after_us, 10 * S);
	headers[1].value = "no date";
	limits_read(&q, &h, THEN_US + 5 * S);
	ck_assert_int_eq(q.retry_after_us, 5 * S);
}
END_TEST

#define NOW "Tue, 14 Nov 2023 22:13:20 GMT" /* 1700000000 */

/* What public APIs send, by the name of one that does, and then what nobody
 * should. */
static const struct {
	const char *what;
	struct header headers[HEADERS];
	struct quota quota; /* wait, left, reset, most, source, asks */
} rows[] = {
    {"nothing", {{"Server", "x"}}, {-1, -1, -1, -1, NULL, false}},
    {"Slack", {{"Retry-After", "30"}},
        {30 * S, -1, -1, -1, "Retry-After", true}},
    {"Shopify, refused", {{"Retry-After", "2.0"}},
        {2 * S, -1, -1, -1, "Retry-After", true}},
    {"Shopify", {{"X-Shopify-Shop-Api-Call-Limit", "32/40"}},
        {-1, 8, -1, 40, "X-Shopify-Shop-Api-Call-Limit", false}},
    {"Shopify, used up", {{"X-Shopify-Shop-Api-Call-Limit", "40/40"}},
        {-1, 0, -1, 40, "X-Shopify-Shop-Api-Call-Limit", false}},
    {"OpenAI",
        {{"x-ratelimit-limit-requests", "60"},
            {"x-ratelimit-remaining-requests", "59"},
            {"x-ratelimit-reset-requests", "1s"},
            {"x-ratelimit-remaining-tokens", "149984"},
            {"x-ratelimit-reset-tokens", "6m0s"}},
        {-1, 59, 1 * S, 60, "X-RateLimit-Reset-Requests", false}},
    {"OpenAI, tokens used up",
        {{"x-ratelimit-remaining-requests", "59"},
            {"x-ratelimit-reset-requests", "1s"},
            {"x-ratelimit-remaining-tokens", "0"},
            {"x-ratelimit-reset-tokens", "6m0s"}},
        {-1, 0, 360 * S, -1, "X-RateLimit-Reset-Tokens", false}},
    {"OpenAI, refused", {{"retry-after-ms", "1500"}, {"retry-after", "2"}},
        {2 * S, -1, -1, -1, "Retry-After", true}},
    {"Azure", {{"retry-after-ms", "62500"}},
        {62 * S + S / 2, -1, -1, -1, "Retry-After-Ms", true}},
    {"Azure Cosmos DB", {{"x-ms-retry-after-ms", "9"}},
        {9 * S / 1000, -1, -1, -1, "X-Ms-Retry-After-Ms", true}},
    {"Anthropic",
        {{"anthropic-ratelimit-requests-remaining", "0"},
            {"anthropic-ratelimit-requests-reset", "2023-11-14T22:14:20Z"},
            {"anthropic-ratelimit-tokens-remaining", "9000"},
            {"anthropic-ratelimit-tokens-reset", "2023-11-14T23:00:00Z"},
            {"Date", NOW}},
        {-1, 0, 60 * S, -1, "Anthropic-RateLimit-Requests-Reset", false}},
    {"Anthropic, input used up",
        {{"anthropic-ratelimit-requests-remaining", "7"},
            {"anthropic-ratelimit-input-tokens-remaining", "0"},
            {"anthropic-ratelimit-input-tokens-reset", "2023-11-14T22:13:50Z"},
            {"Date", NOW}},
        {-1, 0, 30 * S, -1, "Anthropic-RateLimit-Input-Tokens-Reset", false}},
    {"GitHub",
        {{"X-RateLimit-Limit", "60"}, {"X-RateLimit-Remaining", "0"},
            {"X-RateLimit-Reset", "1700000060"}, {"Date", NOW}},
        {-1, 0, 60 * S, 60, "X-RateLimit-Reset", false}},
    {"GitLab",
        {{"RateLimit-Limit", "600"}, {"RateLimit-Remaining", "599"},
            {"RateLimit-Reset", "1700000060"}, {"Date", NOW}},
        {-1, 599, 60 * S, 600, "RateLimit-Reset", false}},
    {"Discord",
        {{"X-RateLimit-Limit", "5"}, {"X-RateLimit-Remaining", "0"},
            {"X-RateLimit-Reset", "1700000001.25"},
            {"X-RateLimit-Reset-After", "0.9"}, {"Date", NOW}},
        {-1, 0, 9 * S / 10, 5, "X-RateLimit-Reset-After", false}},
    {"Discord, without -After",
        {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "1700000001.25"},
            {"Date", NOW}},
        {-1, 0, 5 * S / 4, -1, "X-RateLimit-Reset", false}},
    {"Reddit",
        {{"x-ratelimit-used", "600"}, {"x-ratelimit-remaining", "0.0"},
            {"x-ratelimit-reset", "213"}},
        {-1, 0, 213 * S, -1, "X-RateLimit-Reset", false}},
    {"Docker Hub",
        {{"ratelimit-limit", "100;w=21600"},
            {"ratelimit-remaining", "0;w=21600"}},
        {-1, 0, 21600 * S, 100, "RateLimit-Remaining", false}},
    {"Atlassian",
        {{"X-RateLimit-Limit", "350"}, {"X-RateLimit-Remaining", "0"},
            {"X-RateLimit-Reset", "2023-11-14T22:14Z"}, {"Date", NOW}},
        {-1, 0, 40 * S, 350, "X-RateLimit-Reset", false}},
    {"Jira Data Center",
        {{"X-RateLimit-Limit", "180"}, {"X-RateLimit-Remaining", "0"},
            {"X-RateLimit-Interval-Seconds", "60"}},
        {-1, 0, 60 * S, 180, "X-RateLimit-Remaining", false}},
    {"X",
        {{"x-rate-limit-remaining", "0"}, {"x-rate-limit-reset", "1700000060"},
            {"Date", NOW}},
        {-1, 0, 60 * S, -1, "X-Rate-Limit-Reset", false}},
    {"Linear",
        {{"X-RateLimit-Requests-Limit", "1500"},
            {"X-RateLimit-Requests-Remaining", "0"},
            {"X-RateLimit-Requests-Reset", "1700000060500"}, {"Date", NOW}},
        {-1, 0, 60 * S + S / 2, 1500, "X-RateLimit-Requests-Reset", false}},
    {"HubSpot",
        {{"X-HubSpot-RateLimit-Max", "100"},
            {"X-HubSpot-RateLimit-Remaining", "0"},
            {"X-HubSpot-RateLimit-Interval-Milliseconds", "10000"}},
        {-1, 0, 10 * S, 100, "X-HubSpot-RateLimit-Remaining", false}},
    {"Imgur",
        {{"X-RateLimit-UserRemaining", "0"},
            {"X-RateLimit-UserReset", "1700000060"}, {"Date", NOW}},
        {-1, 0, 60 * S, -1, "X-RateLimit-UserReset", false}},
    {"Cloudflare", {{"RateLimit", "\"default\";r=50;t=30"}},
        {-1, 50, 30 * S, -1, "RateLimit", false}},
    {"with a policy",
        {{"ratelimit", "\"a\";r=5;t=30"},
            {"RateLimit-Policy", "\"b\";q=9;w=1, \"a\";q=100;w=60"}},
        {-1, 5, 30 * S, 100, "RateLimit", false}},
    {"two lines are one field",
        {{"RateLimit", "\"a\";r=50;t=3"}, {"RateLimit", "\"b\";r=0;t=9"},
            {"RateLimit-Policy", "\"a\";q=1"},
            {"RateLimit-Policy", "\"b\";q=2"}},
        {-1, 0, 9 * S, 2, "RateLimit", false}},
    {"the tightest of several counts",
        {{"RateLimit", "\"a\";r=50;t=3, \"b\";r=0;t=9,\"c\";r=0;t=2"}},
        {-1, 0, 9 * S, -1, "RateLimit", false}},
    {"an empty one without a time lasts its window",
        {{"RateLimit", "\"a\";r=0"}, {"RateLimit-Policy", "\"a\";q=1;w=60"}},
        {-1, 0, 60 * S, 1, "RateLimit", false}},
    {"bytes are no requests",
        {{"RateLimit", "\"a\";r=7;t=3, \"b\";r=1;t=9"},
            {"RateLimit-Policy", "\"b\";q=1000;qu=\"content-bytes\""}},
        {-1, 7, 3 * S, -1, "RateLimit", false}},
    {"unknown parameters and other types",
        {{"RateLimit", "a;x=1.5;y=?1;r=4;pk=:YWJj:;z=\"\\\"\";t=2 "}},
        {-1, 4, 2 * S, -1, "RateLimit", false}},
    {"decimals: what is left down, times up",
        {{"RateLimit", "a;r=4.9;t=1.5, b;r=4.1;t=1.0"}},
        {-1, 4, 2 * S, -1, "RateLimit", false}},
    {"unknown members are skipped",
        {{"RateLimit", "@1659578233, %\"%c3%bc\", (1 \"a,b\";x);y, (), "
                       "\"a\";d=@12;r=4;t=2, -1, :YQ==:;r=1"}},
        {-1, 1, -1, -1, "RateLimit", false}},
    {"the dictionary of older drafts",
        {{"RateLimit", "limit=100, remaining=50, reset=30, more=(1 2)"}},
        {-1, 50, 30 * S, 100, "RateLimit", false}},
    {"three headers",
        {{"RateLimit-Limit", "100"}, {"RateLimit-Remaining", "0"},
            {"RateLimit-Reset", "12"}},
        {-1, 0, 12 * S, 100, "RateLimit-Reset", false}},
    {"three headers, and all their limits",
        {{"RateLimit-Limit", "10, 50;w=60, 10;w=1"},
            {"RateLimit-Remaining", "0"}},
        {-1, 0, 1 * S, 10, "RateLimit-Remaining", false}},
    {"several quotas: what is empty binds",
        {{"RateLimit-Remaining", "3"}, {"RateLimit-Reset", "9"},
            {"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "5"}},
        {-1, 0, 5 * S, -1, "X-RateLimit-Reset", false}},
    {"several quotas: of two that are, the longer",
        {{"RateLimit", "a;r=0;t=3"}, {"X-RateLimit-Remaining", "0"},
            {"X-RateLimit-Reset", "5"}},
        {-1, 0, 5 * S, -1, "X-RateLimit-Reset", false}},
    {"seconds to go",
        {{"x-ratelimit-remaining", "3"}, {"x-ratelimit-reset", "60"}},
        {-1, 3, 60 * S, -1, "X-RateLimit-Reset", false}},
    {"milliseconds since 1970",
        {{"x-rate-limit-remaining", "0"},
            {"x-rate-limit-reset", "1700000060500"}, {"Date", NOW}},
        {-1, 0, 60 * S + S / 2, -1, "X-Rate-Limit-Reset", false}},
    {"microseconds since 1970",
        {{"x-rate-limit-remaining", "0"},
            {"x-rate-limit-reset", "1700000060500000"}, {"Date", NOW}},
        {-1, 0, 60 * S + S / 2, -1, "X-Rate-Limit-Reset", false}},
    {"nanoseconds since 1970",
        {{"x-rate-limit-remaining", "0"},
            {"x-rate-limit-reset", "1700000060500000000"}, {"Date", NOW}},
        {-1, 0, 60 * S + S / 2, -1, "X-Rate-Limit-Reset", false}},
    {"a moment in Retry-After", {{"Retry-After", "1700000060"}, {"Date", NOW}},
        {60 * S, -1, -1, -1, "Retry-After", true}},
    {"a moment that is past",
        {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1600000000"},
            {"Date", NOW}},
        {-1, 0, 0, -1, "X-RateLimit-Reset", false}},
    {"Retry-After wins",
        {{"Retry-After", "5"}, {"X-RateLimit-Remaining", "0"},
            {"X-RateLimit-Reset", "60"}},
        {5 * S, 0, 60 * S, -1, "Retry-After", true}},
    {"equal ones are one", {{"Retry-After", "5"}, {"Retry-After", "5"}},
        {5 * S, -1, -1, -1, "Retry-After", true}},
    {"of different ones the longest",
        {{"Retry-After", "9"}, {"Retry-After", "5"}},
        {9 * S, -1, -1, -1, "Retry-After", true}},
    {"what is left twice is the less",
        {{"X-RateLimit-Remaining", "9"}, {"X-RateLimit-Remaining", "5, 7"},
            {"X-RateLimit-Reset", "1"}, {"X-RateLimit-Reset", "3"}},
        {-1, 5, 3 * S, -1, "X-RateLimit-Reset", false}},
    {"malformed: it asks, but for nothing", {{"Retry-After", "soon"}},
        {-1, -1, -1, -1, NULL, true}},
    {"malformed: all of a field is ignored", {{"RateLimit", "\"a\";r=0;t=9,"}},
        {-1, -1, -1, -1, NULL, false}},
    {"malformed: no value", {{"RateLimit", "\"a\";r="}},
        {-1, -1, -1, -1, NULL, false}},
    {"malformed: no digit behind the point", {{"RateLimit", "a;r=1."}},
        {-1, -1, -1, -1, NULL, false}},
    {"malformed: no end", {{"RateLimit", "\"a;r=1"}},
        {-1, -1, -1, -1, NULL, false}},
    {"malformed: a list without end", {{"RateLimit", "(1 2"}},
        {-1, -1, -1, -1, NULL, false}},
    {"malformed: a date without a number", {{"RateLimit", "@x, a;r=1"}},
        {-1, -1, -1, -1, NULL, false}},
    {"negative", {{"RateLimit", "\"a\";r=-1;t=3"}},
        {-1, -1, -1, -1, NULL, false}},
    {"negative", {{"X-RateLimit-Remaining", "-1"}},
        {-1, -1, -1, -1, "X-RateLimit-Remaining", false}},
    {"words", {{"X-RateLimit-Remaining", "few"}},
        {-1, -1, -1, -1, NULL, false}},
    {"no fraction", {{"X-Shopify-Shop-Api-Call-Limit", "32/"}},
        {-1, -1, -1, -1, NULL, false}},
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
	                  q.limit == want->limit && q.asks == want->asks,
	    "%s: wait %lld, left %lld, reset %lld, most %lld, asks %d",
	    rows[_i].what, (long long)q.retry_after_us, (long long)q.remaining,
	    (long long)q.reset_us, (long long)q.limit, q.asks);
	if (want->remaining >= 0 || want->retry_after_us >= 0)
		ck_assert_pstr_eq(q.source, want->source);
}
END_TEST

static const struct {
	const char *line;
	bool is;
} lines[] = {
    {"retry-after: 1", true},
    {"X-RateLimit-Reset-After:", true},
    {"ANTHROPIC-RATELIMIT-TOKENS-RESET: x", true},
    {"retry-after", false},
    {"retry-after-all: 1", false},
    {"x-ratelimit: 1", false},
    {"accept-ranges: bytes", false},
    {"HTTP/1.1 200 OK", false},
    {"", false},
};

START_TEST(the_lines_that_matter_are_known)
{
	ck_assert_msg(limits_is_one(lines[_i].line, strlen(lines[_i].line)) ==
	                  lines[_i].is,
	    "%s", lines[_i].line);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *suite = suite_create("limits");
	TCase *tc = tcase_create("limits");

	tcase_add_loop_test(
	    tc, a_wait_is_read_in_all_its_forms, 0, COUNT(waits));
	tcase_add_test(tc, dates_count_from_the_servers_own_clock);
	tcase_add_loop_test(tc, headers_become_a_quota, 0, COUNT(rows));
	tcase_add_loop_test(
	    tc, the_lines_that_matter_are_known, 0, COUNT(lines));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
