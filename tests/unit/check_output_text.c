#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "format/field_rows.h"
#include "request/given.h"
#include "text/ascii.h"
#include "text/base64.h"
#include "text/utf8.h"
#include "writer/terminal_filter.h"
#include "unit.h"

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

/* What a terminal is shown; | is where a piece ends. */

static const struct {
	const char *pieces;
	const char *shown;
} screens[] = {
    {"plain\ttext\n", "plain\ttext\n"},
    {"a\r\nb\r\n", "a\r\nb\r\n"},
    {"a\r|\nb", "a\r\nb"},
    {"a\rb\r", "a\\rb\\r"},
    {"\033[31mred\a\x7F", "\\x1B[31mred\\x07\\x7F"},
    {"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80",
        "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"},
    {"\xC3|\xA4 \xE2|\x82|\xAC \xF0\x9F|\x98|\x80",
        "\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80"},
    {"\xC3|x\xFF|\xE2\x82", "\\xC3x\\xFF\\xE2\\x82"},
    {"\xF0\x9F|\n\xC2\x9B", "\\xF0\\x9F\n\\u{009B}"},
    {"\xE2\x80\xAE"
     "gpj",
        "\\u{202E}gpj"},
};

START_TEST(a_terminal_is_shown_what_would_move_it)
{
	struct terminal_filter shown = {0};
	char *copy = xstrdup(screens[_i].pieces);

	for (char *at = copy, *piece; (piece = strsep(&at, "|"));)
		terminal_filter_add(&shown, piece, strlen(piece), &out);
	terminal_filter_end(&shown, &out);
	ck_assert_str_eq(out.data, screens[_i].shown);
	free(copy);
}
END_TEST

/* Headers. */

static const struct {
	const char *block;
	const char *json;
} blocks[] = {
    {"", "{}"},
    {"HTTP/1.1 200 OK\r\n\r\n", "{}"},
    {"HTTP/2 200\r\nA: 1\r\n", "{\"a\":[\"1\"]}"},
    {"A:1\nB:\t 2 \r\na: 3", "{\"a\":[\"1\",\"3\"],\"b\":[\"2\"]}"},
    {"Empty:\r\n", "{\"empty\":[\"\"]}"},
    {": no name\r\nno colon\r\nbad name: x\r\n", "{}"},
    {"Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n",
        "{\"date\":[\"Thu, 01 Jan 1970 00:00:00 GMT\"]}"},
    {"X: \xFF\"\r\n", "{\"x\":[\"\xEF\xBF\xBD\\\"\"]}"},
};

START_TEST(headers_become_json)
{
	field_add_header_object(&out, blocks[_i].block);
	ck_assert_str_eq(out.data, blocks[_i].json);
}
END_TEST

/* Passwords. */

static const struct {
	const char *input;
	const char *safe;
} inputs[] = {
    {"https://h/p", "https://h/p"},
    {"https://u@h/p", "https://u@h/p"},
    {"https://u:secret@h/p", "https://u:***@h/p"},
    {"https://u:@h/", "https://u:***@h/"},
    {"u:secret@h/p", "u:***@h/p"},
    {"https://u:se@cr:et@h/p", "https://u:***@h/p"},
    {"https://u:se\"cr\\et@h/p", "https://u:***@h/p"},
    {"POST https://u:secret@h/p", "POST https://u:***@h/p"},
    {"{\"url\":\"https://u:secret@h/p\",\"id\":\"a@b\"}",
        "{\"url\":\"https://u:***@h/p\",\"id\":\"a@b\"}"},
    {"{\"url\": \"https:\\/\\/u:secret@h\\/p\"}",
        "{\"url\": \"https://u:***@h/p\"}"},
    {"{\"url\":\"https://u\\u003asecret\\u0040h/p?token=t\",\"id\":1}",
        "{\"url\":\"https://u:***@h/p?token=t\",\"id\":1}"},
    {"{\"headers\":{\"Authorization\":\"Basic a\",\"X\":\"y\", "
     "\"Cookie\" : null,\"X-Api-Key\":1},\"json\":{\"key\":\"k\"}}",
        "{\"headers\":{\"Authorization\":\"***\",\"X\":\"y\", "
        "\"Cookie\" : null,\"X-Api-Key\":\"***\"},\"json\":{\"key\":\"k\"}}"},
    {"{\"headers\":{\"Authorization\":\"Basic a",
        "{\"headers\":{\"Authorization\":\"***"},
    {"https://u:p/q@h/p", "https://u:***@h/p"},
    {"https://u:p q@h/p", "https://u:***@h/p"},
    {"https://h/?u=https://u:p@h/", "https://h/?u=https://u:***@h/"},
    {"https://u:***@h/p", "https://u:***@h/p"},
    {"https://h/a:b@c?d=e:f@g#h:i@j", "https://h/a:b@c?d=e:f@g#h:i@j"},
    {"https://h:80/x@y", "https://h:80/x@y"},
    {"", ""},
};

static const struct {
	const char *input;
	const char *safe;
} shown_inputs[] = {
    {"https://u:secret@h/p?token=t", "https://***@h/p?token=***"},
    {"POST https://u:p q@h/p", "POST https://***@h/p"},
    {"{\"url\":\"https://u:p q@h/?token=a b\",\"id\":\"x\"}",
        "{\"url\":\"https://***@h/?token=***\",\"id\":\"x\"}"},
    {"{\"headers\":{\"A\":\"b\",\"C\":null},\"body\":\"b\","
     "\"json\":{\"a\":1}}",
        "{\"headers\":{\"A\":\"***\",\"C\":null},\"body\":\"***\","
        "\"json\":\"***\"}"},
    {" {\"vars\":{\"token\":\"t\",\"a\":[\"http://u:p@h\"]}} ",
        " {\"vars\":{\"token\":\"***\",\"a\":[\"http://***@h\"]}} "},
    {"{\"url\":\"https://u:p@h\",", "{\"url\":\"https://***@h\","},
};

START_TEST(a_message_shows_no_secret_of_an_input)
{
	const char *input = shown_inputs[_i].input;
	char *shown = given_shown(input, strlen(input));

	ck_assert_str_eq(shown, shown_inputs[_i].safe);
	free(shown);
}
END_TEST

START_TEST(only_passwords_are_redacted)
{
	given_add(
	    &out, inputs[_i].input, strlen(inputs[_i].input), GIVEN_RECORDED);
	ck_assert_str_eq(out.data ? out.data : "", inputs[_i].safe);
}
END_TEST

/* Base64: the vectors of RFC 4648, section 10. */

static const struct {
	const char *bytes;
	const char *text;
} vectors[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xFB\xFF\xFE", "+//+"},
};

START_TEST(base64_is_rfc_4648s)
{
	base64_add(&out, vectors[_i].bytes, strlen(vectors[_i].bytes));
	ck_assert_uint_eq(out.len, strlen(vectors[_i].text));
	ck_assert_mem_eq(out.data, vectors[_i].text, out.len);
}
END_TEST

static const struct {
	const char *text;
	size_t max, len;
} cuts[] = {
    {"abc", 3, 3},
    {"abc", 2, 2},
    {"a\xC3\xA9z", 2, 1},
    {"a\xC3\xA9z", 3, 3},
    {"\xF0\x9F\x98\x80", 3, 0},
    {"", 0, 0},
};

START_TEST(a_cut_leaves_characters_whole)
{
	const char *text = cuts[_i].text;

	ck_assert_uint_eq(
	    utf8_cut(text, strlen(text), cuts[_i].max), cuts[_i].len);
}
END_TEST

static const struct {
	const char *text, *left;
} marked[] = {
    {"\xEF\xBB\xBF{}", "{}"},
    {"\xEF\xBB\xBF", ""},
    {"\xEF\xBB", "\xEF\xBB"},
    {"{}\xEF\xBB\xBF", "{}\xEF\xBB\xBF"},
};

START_TEST(a_byte_order_mark_is_skipped)
{
	size_t len = strlen(marked[_i].text);
	const char *left = utf8_skip_mark(marked[_i].text, &len);

	ck_assert_str_eq(left, marked[_i].left);
	ck_assert_uint_eq(len, strlen(left));
}
END_TEST

static const struct {
	const char *text, *left;
} spaced[] = {
    {"a", "a"},
    {" \t\r\na b\v\f ", "a b"},
    {"  ", ""},
    {"", ""},
};

START_TEST(space_around_a_text_is_cut_off)
{
	size_t len = strlen(spaced[_i].text);
	const char *left = ascii_trim(spaced[_i].text, &len);

	ck_assert_uint_eq(len, strlen(spaced[_i].left));
	ck_assert_mem_eq(left, spaced[_i].left, len);
}
END_TEST

/* The first characters are looked at eight at a time. */
static const struct {
	const char *text;
	bool valid;
} texts[] = {
    {"", true},
    {"plain", true},
    {"longer than eight", true},
    {"longer than eight \xC3\xA9", true},
    {"\xF0\x9F\xA6\xA6", true},
    {"\xC3", false},
    {"caf\xE9", false},
    {"longer than eight \xE9 and on", false},
    {"\xC0\xAF", false},
    {"\xED\xA0\x80", false},
};

START_TEST(a_text_is_utf8_or_not)
{
	const char *text = texts[_i].text;

	ck_assert_int_eq(utf8_valid(text, strlen(text)), texts[_i].valid);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("output text");
	TCase *t = tcase_create("text");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, a_terminal_is_shown_what_would_move_it, 0,
	    sizeof(screens) / sizeof(screens[0]));
	tcase_add_loop_test(
	    t, headers_become_json, 0, sizeof(blocks) / sizeof(blocks[0]));
	tcase_add_loop_test(t, only_passwords_are_redacted, 0,
	    sizeof(inputs) / sizeof(inputs[0]));
	tcase_add_loop_test(t, a_message_shows_no_secret_of_an_input, 0,
	    sizeof(shown_inputs) / sizeof(inputs[0]));
	tcase_add_loop_test(
	    t, base64_is_rfc_4648s, 0, sizeof(vectors) / sizeof(vectors[0]));
	tcase_add_loop_test(t, a_cut_leaves_characters_whole, 0,
	    sizeof(cuts) / sizeof(cuts[0]));
	tcase_add_loop_test(t, a_byte_order_mark_is_skipped, 0,
	    sizeof(marked) / sizeof(marked[0]));
	tcase_add_loop_test(t, space_around_a_text_is_cut_off, 0,
	    sizeof(spaced) / sizeof(spaced[0]));
	tcase_add_loop_test(
	    t, a_text_is_utf8_or_not, 0, sizeof(texts) / sizeof(texts[0]));
	suite_add_tcase(s, t);
	return unit_run(s);
}
