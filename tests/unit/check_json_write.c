#include "config.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/scan.h"
#include "json/write.h"
#include "unit.h"

#define COUNT(a)   ((int)(sizeof(a) / sizeof((a)[0])))
#define LITERAL(s) s, sizeof(s) - 1

static struct buf out;

static void
setup(void)
{
	buf_init(&out);
}

static void
teardown(void)
{
	buf_release(&out);
}

struct pair {
	const char *from;
	size_t len;
	const char *to;
};

static const struct pair strings[] = {
    {LITERAL(""), "\"\""},
    {LITERAL("plain"), "\"plain\""},
    {LITERAL("a\"b\\c/d"), "\"a\\\"b\\\\c/d\""},
    {LITERAL("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\""},
    {LITERAL("x\0y\x1B\x7F"), "\"x\\u0000y\\u001b\\u007f\""},
    {LITERAL("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"),
        "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\""},
    {LITERAL("a\xFFz"), "\"a\xEF\xBF\xBDz\""},
    {LITERAL("\xC3"), "\"\xEF\xBF\xBD\""},
    {LITERAL("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
};

START_TEST(string_is_always_valid_json)
{
	json_add_string(&out, strings[_i].from, strings[_i].len);
	ck_assert_str_eq(out.data, strings[_i].to);
}
END_TEST

/* What json_add_string looks for in eights is found at each place, whatever
 * stands before it. */
START_TEST(byte_is_escaped_wherever_it_stands)
{
	const unsigned char c = (unsigned char)_i;
	bool plain = c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
	char text[20];

	for (size_t len = 1; len <= sizeof(text); len++)
		for (size_t at = 0; at < len; at++) {
			memset(text, at % 2 ? '~' : ' ', sizeof(text));
			text[at] = (char)c;
			buf_clear(&out);
			json_add_string(&out, text, len);
			ck_assert_uint_eq(out.len == len + 2, plain);
			ck_assert_mem_eq(out.data + 1, text, at);
			ck_assert_mem_eq(out.data + out.len - (len - at),
			    text + at + 1, len - at - 1);
		}
}
END_TEST

static const struct {
	double number;
	const char *text;
} numbers[] = {
    {0, "0"},
    {-0.0, "0"},
    {-42, "-42"},
    {9007199254740991, "9007199254740991"},
    {0.1, "0.1"},
    {0.011956000000000001, "0.011956000000000001"},
    {1e-06, "1e-06"},
    {1e300, "1e+300"},
    {NAN, "null"},
    {-INFINITY, "null"},
};

START_TEST(number_is_the_shortest_that_reads_back)
{
	json_add_number(&out, numbers[_i].number);
	ck_assert_str_eq(out.data, numbers[_i].text);
}
END_TEST

static const struct {
	int64_t us;
	const char *text;
} seconds[] = {
    {0, "0.000000"},
    {1, "0.000001"},
    {1500000, "1.500000"},
    {-250000, "-0.250000"},
    {INT64_C(86400000000), "86400.000000"},
    {INT64_MIN, "-9223372036854.775808"},
};

START_TEST(seconds_have_six_digits)
{
	json_add_seconds(&out, seconds[_i].us);
	ck_assert_str_eq(out.data, seconds[_i].text);
}
END_TEST

static const struct pair compact[] = {
    {LITERAL("1"), "1"},
    {LITERAL("{ \"a b\" : [ 1 ,\n\t2.50 ] }"), "{\"a b\":[1,2.50]}"},
    {LITERAL("\"  \\\" \\\\\""), "\"  \\\" \\\\\""},
    {LITERAL("[ \"\\\\\" , \" \" ]"), "[\"\\\\\",\" \"]"},
    {LITERAL("{ }"), "{}"},
    {LITERAL("[[\r\n],[ ]]"), "[[],[]]"},
};

START_TEST(compact_drops_blanks_outside_strings_only)
{
	json_add_compact(&out, compact[_i].from, compact[_i].len);
	ck_assert_str_eq(out.data, compact[_i].to);
}
END_TEST

static const struct pair unescaped[] = {
    {LITERAL("\"\""), ""},
    {LITERAL("\"plain\""), "plain"},
    {LITERAL("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), "\"\\/\b\f\n\r\t"},
    {LITERAL("\"\\u00e9\\u20AC\""), "\xC3\xA9\xE2\x82\xAC"},
    {LITERAL("\"\\uD834\\uDD1E!\""), "\xF0\x9D\x84\x9E!"},
};

START_TEST(unescaped_is_the_text_of_the_string)
{
	ck_assert(
	    json_add_unescaped(&out, unescaped[_i].from, unescaped[_i].len));
	ck_assert_uint_eq(out.len, strlen(unescaped[_i].to));
	ck_assert_mem_eq(out.data, unescaped[_i].to, out.len);
}
END_TEST

START_TEST(nul_survives_unescaping)
{
	ck_assert(json_add_unescaped(&out, LITERAL("\"x\\u0000y\"")));
	ck_assert_uint_eq(out.len, 3);
	ck_assert_mem_eq(out.data, "x\0y", 3);
}
END_TEST

static const char *const lone[] = {
    "\"\\uD800\"",
    "\"\\uDC00\"",
    "\"a\\uD800b\"",
    "\"\\uD800\\n\"",
    "\"\\uD800\\uD800\"",
    "\"\\uDC00\\uD800\"",
};

START_TEST(lone_surrogate_has_no_text)
{
	buf_adds(&out, "before");
	ck_assert(!json_add_unescaped(&out, lone[_i], strlen(lone[_i])));
	ck_assert_str_eq(out.data, "before");
}
END_TEST

static const struct pair fields[] = {
    {LITERAL("12.50"), "12.50"},
    {LITERAL("null"), "null"},
    {LITERAL("[ 1, 2 ]"), "[1,2]"},
    {LITERAL("\"text, as it is\""), "text, as it is"},
    {LITERAL("\"\""), ""},
    {LITERAL("\"say \\\"hi\\\"\""), "say \"hi\""},
    {LITERAL("\"two\\nlines\""), "\"two\\nlines\""},
    {LITERAL("\"a\\tb\""), "\"a\\tb\""},
    {LITERAL("\"x\\u0000y\""), "\"x\\u0000y\""},
    {LITERAL("\"\\u001b[31m\""), "\"\\u001b[31m\""},
    {LITERAL("\"\\u0085\""), "\"\\u0085\""},
    {LITERAL("\"\\u00e9\""), "\xC3\xA9"},
    {LITERAL("\"\\uD800\""), "\"\\uD800\""},
};

START_TEST(field_is_one_line_and_one_column)
{
	json_add_field(&out, fields[_i].from, fields[_i].len);
	ck_assert_str_eq(out.data, fields[_i].to);
}
END_TEST

/* --- compact values, compared with a loop over bytes ---------------------- */

static void
add_compact_slowly(struct buf *b, const char *text)
{
	bool in_string = false;

	for (; *text; text++) {
		if (in_string || !strchr(" \t\r\n", *text))
			buf_addc(b, *text);
		if (in_string && *text == '\\' && text[1])
			buf_addc(b, *++text);
		else if (*text == '"')
			in_string = !in_string;
	}
}

/* Make an array of what can stand in one. */
static void
add_random_array(struct buf *b)
{
	static const char *const pieces[] = {"\"\"", "\"a b\"", "\"\\\"\"",
	    "\"\\\\\"", "\" \\\\\\\" ,\"", "12.5", "true", "[]", "{ }",
	    "[ 1,2 ]", "{\"a\" : 1}", "\"a text of more than one block\""};
	static const char *const blanks[] = {
	    "", "", " ", "\n\t", "                    ", "\r\n  "};

	buf_clear(b);
	buf_adds(b, "[0");
	for (int n = rand() % 12; n > 0; n--) {
		buf_adds(b, blanks[(size_t)rand() % 6]);
		buf_addc(b, ',');
		buf_adds(b, blanks[(size_t)rand() % 6]);
		buf_adds(b, pieces[(size_t)rand() % 12]);
	}
	buf_adds(b, "]");
}

START_TEST(blanks_between_tokens_are_left_out)
{
	struct json_doc *doc = json_doc_new();
	struct json_error error;
	struct buf text = {0}, fast = {0}, slow = {0};

	srand(7);
	for (int n = 0; n < 5000; n++) {
		add_random_array(&text);
		buf_clear(&fast);
		buf_clear(&slow);
		json_add_compact(&fast, text.data, text.len);
		add_compact_slowly(&slow, text.data);
		ck_assert_str_eq(fast.data, slow.data);
		ck_assert(!json_doc_scan(doc, text.data, text.len, &error));
		ck_assert_int_eq(doc->is_compact, fast.len == text.len);
	}
	buf_release(&text);
	buf_release(&fast);
	buf_release(&slow);
	json_doc_free(doc);
}
END_TEST

START_TEST(values_are_copied_only_if_all_are_compact)
{
	static const char tight[] = "[1,2]", loose[] = "[1, 2]";
	struct json_spans spans = {0};
	struct buf b = {0};

	json_spans_expect(&spans, true);
	json_spans_add(&spans, (struct json_span){tight, strlen(tight)});
	ck_assert(spans.compact);
	json_spans_expect(&spans, false);
	json_spans_add(&spans, (struct json_span){loose, strlen(loose)});
	json_spans_expect(&spans, true);
	ck_assert(!spans.compact);
	json_add_value(&b, &spans, 0);
	json_add_value(&b, &spans, 1);
	ck_assert_str_eq(b.data, "[1,2][1,2]");
	json_spans_clear(&spans);
	json_spans_add(&spans, (struct json_span){loose, strlen(loose)});
	ck_assert(!spans.compact);
	json_spans_release(&spans);
	buf_release(&b);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("json write");
	TCase *tc = tcase_create("write");

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, string_is_always_valid_json, 0, COUNT(strings));
	tcase_add_loop_test(tc, byte_is_escaped_wherever_it_stands, 0, 256);
	tcase_add_loop_test(
	    tc, number_is_the_shortest_that_reads_back, 0, COUNT(numbers));
	tcase_add_loop_test(tc, seconds_have_six_digits, 0, COUNT(seconds));
	tcase_add_loop_test(
	    tc, compact_drops_blanks_outside_strings_only, 0, COUNT(compact));
	tcase_add_loop_test(
	    tc, unescaped_is_the_text_of_the_string, 0, COUNT(unescaped));
	tcase_add_test(tc, nul_survives_unescaping);
	tcase_add_loop_test(tc, lone_surrogate_has_no_text, 0, COUNT(lone));
	tcase_add_loop_test(
	    tc, field_is_one_line_and_one_column, 0, COUNT(fields));
	tcase_add_test(tc, blanks_between_tokens_are_left_out);
	tcase_add_test(tc, values_are_copied_only_if_all_are_compact);
	return unit_run(suite);
}
