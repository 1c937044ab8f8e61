#include "config.h"

#include "fetch/head.h"

#include <check.h>
#include <string.h>

#include "unit.h"

/* Take it line by line; the failure's reason, "" for none. */
static const char *
take(struct head *h, const char *text, unsigned request)
{
	struct failure f = {0};
	const char *reason = "";

	while (*text) {
		size_t len = strcspn(text, "\n") + 1;

		if (head_take(h, text, len, request, &f)) {
			reason = f.reason;
			break;
		}
		text += len;
	}
	failure_clear(&f);
	return reason;
}

#define OK "HTTP/1.1 200 OK\r\n"

static const struct {
	const char *text;
	const char *reason;
	bool framed;
	uint64_t length;
} rows[] = {
    {OK "\r\n", "", false, 0},
    {"HTTP/2 204 \r\n\r\n", "", false, 0},
    {"HTTP/1.1 200 OK\nContent-Length: 3\n\n", "", true, 3},
    {OK "content-length:\t007 \r\n\r\n", "", true, 7},
    {OK "Content-Length: 5, 5 ,05\r\n\r\n", "", true, 5},
    {OK "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", "", true, 5},
    {OK "Content-Length: 9223372036854775799\r\n\r\n", "", true,
        INT64_C(9223372036854775799)},
    {OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", "two lengths", false,
        0},
    {OK "Content-Length: 2, 3\r\n\r\n", "two lengths", false, 0},
    {OK "Content-Length: 0x2\r\n\r\n", "length", false, 0},
    {OK "Content-Length: +2\r\n\r\n", "length", false, 0},
    {OK "Content-Length: -2\r\n\r\n", "length", false, 0},
    {OK "Content-Length: 2 2\r\n\r\n", "length", false, 0},
    {OK "Content-Length: 2;\r\n\r\n", "length", false, 0},
    {OK "Content-Length: 2.0\r\n\r\n", "length", false, 0},
    {OK "Content-Length: 2,\r\n\r\n", "length", false, 0},
    {OK "Content-Length: 2,,2\r\n\r\n", "length", false, 0},
    {OK "Content-Length: \r\n\r\n", "length", false, 0},
    {OK "Content-Length: 99999999999999999999\r\n\r\n", "length", false, 0},
    {OK "Content-Length: 2\r\n 2\r\n\r\n", "length", false, 0},
    {OK "X: a\r\n Content-Length: b\r\n\r\n", "", false, 0},
    {OK "Content-Length-X: b\r\n\r\n", "", false, 0},
    {OK "c\r\ncontent-length: 5\r\nContent-Type: x\r\n 6\r\n\r\n", "", true, 5},
    {OK "Transfer-Encoding: chunked\r\n\r\n", "", true, 0},
    {OK "Transfer-Encoding: identity, Chunked\r\n\r\n", "", true, 0},
    {OK "Transfer-Encoding: gzip, chunked\r\n\r\n", "transfer coding", false,
        0},
    {OK "Transfer-Encoding:\r\n gzip\r\n\r\n", "length", false, 0},
    {OK "Transfer-Encoding: xchunked\r\n\r\n", "transfer coding", false, 0},
    {"HTTP/1.1 20 OK\r\n", "status line", false, 0},
    {"HTTP/1.1 2x0 OK\r\n", "status line", false, 0},
    {"HTTP/1.1 099 OK\r\n", "status line", false, 0},
    {"HTTP/1.1\r\n", "status line", false, 0},
};

START_TEST(a_head_says_where_its_body_ends_or_is_refused)
{
	struct head h = {0};
	const char *reason = take(&h, rows[_i].text, 1);

	ck_assert_msg(strcmp(reason, rows[_i].reason) == 0, "%s: %s",
	    rows[_i].text, reason);
	if (*reason)
		return;
	ck_assert_int_eq(h.framed, rows[_i].framed);
	ck_assert_uint_eq(h.length, rows[_i].length);
	ck_assert(h.ended);
}
END_TEST

START_TEST(the_last_head_counts)
{
	struct head h = {0};

	ck_assert_str_eq(
	    take(&h, "HTTP/1.1 103 Early\r\nContent-Length: 5\r\n\r\n", 1), "");
	ck_assert_int_eq(h.status, 103);
	ck_assert_str_eq(
	    take(&h, "HTTP/1.1 401 Who\r\nContent-Length: 6\r\n\r\n", 1), "");
	ck_assert_str_eq(take(&h, OK "Content-Length: 7\r\n\r\n", 2), "");
	ck_assert_int_eq(h.status, 200);
	ck_assert_uint_eq(h.length, 7);
}
END_TEST

/* It may look like what it likes. */
START_TEST(a_trailer_is_no_head)
{
	struct head h = {0};

	ck_assert_str_eq(
	    take(&h, OK "Transfer-Encoding: chunked\r\n\r\n", 1), "");
	ck_assert_str_eq(take(&h,
	                     "HTTP/1.1 404 Not Found\r\n"
	                     "Content-Length: 0x2\r\n",
	                     1),
	    "");
	ck_assert_int_eq(h.status, 200);
	ck_assert(!h.has_length);
}
END_TEST

START_TEST(a_file_has_a_length_and_no_status)
{
	struct head h = {0};

	ck_assert_str_eq(take(&h, "Content-Length: 5\r\n", 0), "");
	ck_assert_int_eq(h.status, 0);
	ck_assert_uint_eq(h.length, 5);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("head");
	TCase *t = tcase_create("head");

	tcase_add_loop_test(t, a_head_says_where_its_body_ends_or_is_refused, 0,
	    sizeof(rows) / sizeof(*rows));
	tcase_add_test(t, the_last_head_counts);
	tcase_add_test(t, a_trailer_is_no_head);
	tcase_add_test(t, a_file_has_a_length_and_no_status);
	suite_add_tcase(s, t);
	return unit_run(s);
}
