#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "fetch/resume.h"
#include "unit.h"

#define DATE   "Date: Fri, 27 Nov 2026 10:00:05 GMT\r\n"
#define BEFORE "Fri, 27 Nov 2026 10:00:04 GMT"
#define SAME   "Fri, 27 Nov 2026 10:00:05 GMT"

/* What an answer says of 100 bytes of 300 that are there of "one". */
static const struct {
	int status;
	const char *headers;
	enum part_state state;
	uint64_t len, left;
} answers[] = {
    {206, "Content-Range: bytes 100-299/300\r\n", PART_GOES_ON, 200, 0},
    {206, "content-range: bytes 100-199/300\r\n", PART_GOES_ON, 100, 100},
    {206, "Content-Range: bytes 100-299/*\r\n", PART_GOES_ON, 200, 0},
    {206, "Content-Range: bytes 100-149/*\r\n", PART_GOES_ON, 50, 150},
    {206, "Content-Range: bytes 100-299/300\r\nETag: \"one\"\r\n", PART_GOES_ON,
        200, 0},
    {206, "Content-Range: bytes 100-299/300\r\nETag: \"two\"\r\n", PART_UNFIT,
        0, 0},
    {206, "Content-Range: bytes 100-299/300\r\nETag: W/\"one\"\r\n", PART_UNFIT,
        0, 0},
    {206, "Content-Range: bytes 100-299/300\r\nContent-Encoding: gzip\r\n",
        PART_UNFIT, 0, 0},
    {206, "Content-Range: bytes 100-299/300\r\nContent-Encoding: identity\r\n",
        PART_GOES_ON, 200, 0},
    {206, "Content-Range: bytes 99-299/300\r\n", PART_UNFIT, 0, 0},
    {206, "Content-Range: bytes 101-299/300\r\n", PART_UNFIT, 0, 0},
    {206, "Content-Range: bytes 100-300/300\r\n", PART_UNFIT, 0, 0},
    {206, "Content-Range: bytes 100-299/301\r\n", PART_UNFIT, 0, 0},
    {206, "Content-Range: bytes 100-99/300\r\n", PART_UNFIT, 0, 0},
    {206, "Content-Range: bytes 100-/300\r\n", PART_UNFIT, 0, 0},
    {206, "Content-Range: bytes 100-299\r\n", PART_UNFIT, 0, 0},
    {206, "Content-Range: bytes 100-299/300 \r\n", PART_GOES_ON, 200, 0},
    {206, "Content-Range: bytes 100-299/300x\r\n", PART_UNFIT, 0, 0},
    {206, "Content-Range: bytes 100-99999999999999999999999/*\r\n", PART_UNFIT,
        0, 0},
    {206, "Content-Range: lines 100-299/300\r\n", PART_UNFIT, 0, 0},
    {206, "Content-Range: bytes */300\r\n", PART_UNFIT, 0, 0},
    {206,
        "Content-Range: bytes 100-299/300\r\n"
        "Content-Range: bytes 0-299/300\r\n",
        PART_UNFIT, 0, 0},
    {206, "Content-Type: multipart/byteranges; boundary=x\r\n", PART_UNFIT, 0,
        0},
    {206, NULL, PART_UNFIT, 0, 0},
    {200, "ETag: \"two\"\r\n", PART_NONE, 0, 0},
    {404, NULL, PART_NONE, 0, 0},
    {302, "Location: /\r\n", PART_NONE, 0, 0},
    {416, "Content-Range: bytes */300\r\n", PART_UNFIT, 0, 0},
    {416, "Content-Range: bytes */100\r\n", PART_UNFIT, 0, 0},
    {416, NULL, PART_UNFIT, 0, 0},
};

START_TEST(only_what_fits_goes_on)
{
	struct resume r = {
	    .offset = 100, .total = 300, .validator = xstrdup("\"one\"")};
	struct resume_extent extent = {0};
	enum part_state state =
	    resume_judge(&r, answers[_i].status, answers[_i].headers, &extent);

	ck_assert_int_eq(state, answers[_i].state);
	ck_assert_uint_eq(extent.len, answers[_i].len);
	ck_assert_uint_eq(extent.left, answers[_i].left);
	resume_release(&r);
}
END_TEST

START_TEST(a_whole_file_is_found_by_its_size)
{
	struct resume r = {.offset = 300, .is_whole = true};
	struct resume_extent extent;

	ck_assert_int_eq(
	    resume_judge(&r, 416, "Content-Range: bytes */300\r\n", &extent),
	    PART_WHOLE);
	ck_assert_int_eq(
	    resume_judge(&r, 416, "Content-Range: bytes */299\r\n", &extent),
	    PART_UNFIT);
	ck_assert_int_eq(resume_judge(&r, 206,
	                     "Content-Range: bytes 300-399/400\r\n", &extent),
	    PART_UNFIT);
	r.validator = xstrdup("\"one\"");
	ck_assert_int_eq(
	    resume_judge(&r, 416,
	        "Content-Range: bytes */300\r\nETag: \"two\"\r\n", &extent),
	    PART_UNFIT);
	resume_release(&r);
}
END_TEST

/* The headers of a complete answer, and how to ask for its rest. */
static const struct {
	const char *headers, *validator;
	uint64_t total;
} complete[] = {
    {"ETag: \"one\"\r\nContent-Length: 300\r\n" DATE, "\"one\"", 300},
    {"ETag: \"one\"\r\nLast-Modified: " BEFORE "\r\n" DATE, "\"one\"", 0},
    {"ETag: W/\"one\"\r\n" DATE, NULL, 0},
    {"ETag: W/\"one\"\r\nLast-Modified: " BEFORE "\r\n" DATE, NULL, 0},
    {"ETag: one\r\n" DATE, NULL, 0},
    {"ETag: \"one\"\r\nETag: \"two\"\r\n" DATE, NULL, 0},
    {"Last-Modified: " BEFORE "\r\n" DATE, BEFORE, 0},
    {"Last-Modified: " SAME "\r\n" DATE, NULL, 0},
    {"Last-Modified: " BEFORE "\r\n", NULL, 0},
    {"Last-Modified: soon\r\n" DATE, NULL, 0},
    {"ETag: \"one\"\r\nContent-Encoding: gzip\r\n" DATE, NULL, 0},
    {"Content-Length: 3x\r\n", NULL, 0},
    {NULL, NULL, 0},
};

START_TEST(only_strong_validators_count)
{
	struct resume r = {.offset = 1, .validator = xstrdup("old")};

	resume_describe(&r, complete[_i].headers);
	ck_assert_uint_eq(r.offset, 0);
	ck_assert_uint_eq(r.total, complete[_i].total);
	if (complete[_i].validator)
		ck_assert_str_eq(r.validator, complete[_i].validator);
	else
		ck_assert_ptr_null(r.validator);
	resume_release(&r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("resume");
	TCase *t = tcase_create("resume");

	tcase_add_loop_test(
	    t, only_what_fits_goes_on, 0, sizeof(answers) / sizeof(answers[0]));
	tcase_add_test(t, a_whole_file_is_found_by_its_size);
	tcase_add_loop_test(t, only_strong_validators_count, 0,
	    sizeof(complete) / sizeof(complete[0]));
	suite_add_tcase(s, t);
	return unit_run(s);
}
