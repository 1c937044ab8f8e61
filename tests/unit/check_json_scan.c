#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "json/scan.h"
#include "unit.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static struct json_doc *doc;

static void
setup(void)
{
	doc = json_doc_new();
}

static void
teardown(void)
{
	json_doc_free(doc);
}

/* Scan a copy without a byte to spare, so that ASan sees every overrun. */
static int
scan(const char *text, size_t len, struct json_error *error)
{
	char *copy = malloc(len ? len : 1);
	int result;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, text, len);
	result = json_doc_scan(doc, copy, len, error);
	free(copy);
	return result;
}

static const char *const valid[] = {
    "{}",
    "[]",
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-0.0e-0",
    "1E+10",
    "123456789012345678901234567890.5e-400",
    "\"\"",
    "\"a\"",
    " \t\r\n[ \n1 , 2 ]\t ",
    "{\"a\":1,\"a\":2}",
    "{\"\":{\"b\":[[],{}]}}",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD834\\uDD1E\"",
    "\"x\\u0000y\"",
    "\"\\uD800\"",
    "\"\x7F\"",
    "\"\xC3\xA9\xE2\x82\xAC\xF0\x9D\x84\x9E\"",
    "\"\xEF\xBF\xBF\xF4\x8F\xBF\xBF\"",
    "[\"0123456789abcdef\\n0123456789abcdef\"]",
    "{\"long name with blanks\":    [                 1            ]}",
};

START_TEST(valid_text_is_accepted)
{
	struct json_error error;
	const char *text = valid[_i];

	ck_assert_msg(scan(text, strlen(text), &error) == 0, "%s: %s", text,
	    error.message);
}
END_TEST

/* Of an array no beginning is JSON. */
START_TEST(truncated_text_is_refused)
{
	static const char text[] =
	    "[{\"a\\u00e9\xC3\xA9\\n\": -1.5e+3, \"b\": [true, null]}]";
	struct json_error error;

	for (size_t len = 0; len + 1 < sizeof(text); len++) {
		ck_assert_int_eq(scan(text, len, &error), -1);
		ck_assert_uint_eq(error.line, 1);
		ck_assert_uint_le(error.column, len + 1);
	}
}
END_TEST

static const struct {
	const char *text;
	size_t line;
	size_t column;
	const char *message;
} invalid[] = {
    {"", 1, 1, "expected a value, found the end of the text"},
    {" \n ", 2, 2, "expected a value, found the end of the text"},
    {"<html>", 1, 1, "expected a value, found '<' (is it HTML or XML?)"},
    {"NaN", 1, 1, "expected a value, found 'N'"},
    {"-Infinity", 1, 2, "expected a digit, found 'I'"},
    {"nul", 1, 1, "expected a value, found 'n'"},
    {"True", 1, 1, "expected a value, found 'T'"},
    {"'a'", 1, 1, "expected a value, found '''"},
    {"01", 1, 1, "a number has no leading zeros"},
    {"-012", 1, 2, "a number has no leading zeros"},
    {"1.", 1, 3, "expected a digit, found the end of the text"},
    {"[1.]", 1, 4, "expected a digit, found ']'"},
    {".5", 1, 1, "expected a value, found '.'"},
    {"+1", 1, 1, "expected a value, found '+'"},
    {"1e", 1, 3, "expected a digit, found the end of the text"},
    {"1e+", 1, 4, "expected a digit, found the end of the text"},
    {"-", 1, 2, "expected a digit, found the end of the text"},
    {"0x10", 1, 2, "trailing text after the JSON value"},
    {"1 2", 1, 3, "trailing text after the JSON value"},
    {"{}\n}", 2, 1, "trailing text after the JSON value"},
    {"[1,]", 1, 4, "expected a value, found ']'"},
    {"[,1]", 1, 2, "expected a value, found ','"},
    {"[1 2]", 1, 4, "expected ',' or ']', found '2'"},
    {"[1}", 1, 3, "expected ',' or ']', found '}'"},
    {"[1", 1, 3, "expected ',' or ']', found the end of the text"},
    {"{\"a\":1,}", 1, 8, "expected a member name in double quotes, found '}'"},
    {"{a:1}", 1, 2, "expected a member name in double quotes, found 'a'"},
    {"{1:1}", 1, 2, "expected a member name in double quotes, found '1'"},
    {"{\"a\" 1}", 1, 6, "expected ':', found '1'"},
    {"{\"a\":}", 1, 6, "expected a value, found '}'"},
    {"{\"a\":1]", 1, 7, "expected ',' or '}', found ']'"},
    {"]", 1, 1, "expected a value, found ']'"},
    {"[\n  \"a\",\r\n  x]", 3, 3, "expected a value, found 'x'"},
    {"\"abc", 1, 5, "the text ends inside a string"},
    {"\"a\tb\"", 1, 3, "raw control character in a string"},
    {"\"a\nb\"", 1, 3, "raw control character in a string"},
    {"\"0123456789\x1F\"", 1, 12, "raw control character in a string"},
    {"\"\\x41\"", 1, 2, "unknown escape in a string"},
    {"\"\\u12G4\"", 1, 2, "unknown escape in a string"},
    {"\"\\u12\"", 1, 2, "unknown escape in a string"},
    {"\"\\", 1, 2, "unknown escape in a string"},
    {"\"\\'\"", 1, 2, "unknown escape in a string"},
    {"\"\x80\"", 1, 2, "invalid UTF-8 in a string"},
    {"\"a\xC3\"", 1, 3, "invalid UTF-8 in a string"},
    {"\"\xC0\xAF\"", 1, 2, "invalid UTF-8 in a string"},
    {"\"\xED\xA0\x80\"", 1, 2, "invalid UTF-8 in a string"},
    {"\"\xF4\x90\x80\x80\"", 1, 2, "invalid UTF-8 in a string"},
    {"\"01234567\xFF\"", 1, 10, "invalid UTF-8 in a string"},
    {"\xEF\xBB\xBF[x]", 1, 2, "expected a value, found 'x'"},
    {"\xEF\xBB\xBF\xEF\xBB\xBF[]", 1, 1, "expected a value, found byte 0xEF"},
    {"\xEF\xBB[]", 1, 1, "expected a value, found byte 0xEF"},
    {"\xA0[]", 1, 1, "expected a value, found byte 0xA0"},
    {"[\x0B]", 1, 2, "expected a value, found byte 0x0B"},
    {"// no\n1", 1, 1, "expected a value, found '/'"},
};

START_TEST(invalid_text_is_refused_with_line_and_column)
{
	struct json_error error;
	const char *text = invalid[_i].text;

	ck_assert_msg(scan(text, strlen(text), &error) == -1, "%s", text);
	ck_assert_str_eq(error.message, invalid[_i].message);
	ck_assert_uint_eq(error.line, invalid[_i].line);
	ck_assert_uint_eq(error.column, invalid[_i].column);
	ck_assert_uint_eq(doc->tape_len, 0);
}
END_TEST

START_TEST(nul_byte_is_refused)
{
	struct json_error error;

	ck_assert_int_eq(scan("[1\0]", 4, &error), -1);
	ck_assert_uint_eq(error.column, 3);
	ck_assert_int_eq(scan("\"\0\"", 3, &error), -1);
	ck_assert_int_eq(scan("1\0", 2, &error), -1);
}
END_TEST

static int
scan_nested(size_t depth, struct json_error *error)
{
	struct buf b;
	int result;

	buf_init(&b);
	for (size_t i = 0; i < depth; i++)
		buf_addc(&b, '[');
	for (size_t i = 0; i < depth; i++)
		buf_addc(&b, ']');
	result = scan(b.data, b.len, error);
	buf_release(&b);
	return result;
}

START_TEST(depth_of_1000_is_the_limit)
{
	struct json_error error;

	ck_assert_int_eq(scan_nested(1000, &error), 0);
	ck_assert_int_eq(scan_nested(1001, &error), -1);
	ck_assert_uint_eq(error.column, 1001);
	ck_assert_int_eq(scan_nested(100000, &error), -1);
	ck_assert_str_eq(error.message, "nested more than 1000 levels deep");
}
END_TEST

START_TEST(document_is_reusable_after_an_error)
{
	struct json_error error;

	ck_assert_int_eq(scan("[1,2", 4, &error), -1);
	ck_assert_int_eq(scan("[1,2]", 5, &error), 0);
	ck_assert_uint_eq(doc->tape_len, 4);
}
END_TEST

START_TEST(tape_links_values_and_containers)
{
	static const char text[] = "{\"a\": [1, {}], \"\\n\": -0.10 }";
	struct json_error error;
	struct json_span span;

	ck_assert_int_eq(json_doc_scan(doc, text, strlen(text), &error), 0);
	ck_assert_uint_eq(doc->tape_len, 10);
	ck_assert_uint_eq(json_after(doc, 0), 10);
	ck_assert_uint_eq(json_close(doc, 0), 9);
	ck_assert_uint_eq(json_inside(0), 1);
	ck_assert_uint_eq(json_after(doc, 2), 7);
	ck_assert_uint_eq(json_after(doc, 3), 4);
	ck_assert(!json_has_escapes(doc, 1));
	ck_assert(json_has_escapes(doc, 7));
	span = json_span_at(doc, 2);
	ck_assert_mem_eq(span.start, "[1, {}]", span.len);
	ck_assert_uint_eq(span.len, 7);
	span = json_span_at(doc, 7);
	ck_assert_uint_eq(span.len, 4);
	span = json_span_at(doc, 8);
	ck_assert_mem_eq(span.start, "-0.10", span.len);
	ck_assert_uint_eq(span.len, 5);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("json scan");
	TCase *tc = tcase_create("scan");

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, valid_text_is_accepted, 0, COUNT(valid));
	tcase_add_test(tc, truncated_text_is_refused);
	tcase_add_loop_test(tc, invalid_text_is_refused_with_line_and_column, 0,
	    COUNT(invalid));
	tcase_add_test(tc, nul_byte_is_refused);
	tcase_add_test(tc, depth_of_1000_is_the_limit);
	tcase_add_test(tc, document_is_reusable_after_an_error);
	tcase_add_test(tc, tape_links_values_and_containers);
	return unit_run(suite);
}
