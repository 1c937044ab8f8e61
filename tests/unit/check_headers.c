#include "config.h"

#include "request/headers.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

static const struct {
	const char *raw, *clean;
} rows[] = {
    {"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n\r\n"},
    {"A: a\r\n  b\r\n\tc\r\nB: d\r\n\r\n", "A: a b c\r\nB: d\r\n\r\n"},
    {"A: a\n b\n\n", "A: a b\n\n"},
    {"A:\r\n b\r\n\r\n", "A: b\r\n\r\n"},
    {"A: a \t\r\n \r\n  b\r\n", "A: a b\r\n"},
    {"A: a\r\n ", "A: a "},
    {"A: \xc3\xa9\r\n", "A: \xc3\xa9\r\n"},
    {"A: \xe9\r\nB: \xc3\xa9\r\n", "A: \xc3\xa9\r\nB: \xc3\xa9\r\n"},
    /* One line is in one encoding. */
    {"A: \xc3\xa9\xe9\r\n", "A: \xc3\x83\xc2\xa9\xc3\xa9\r\n"},
    {"A: \x80\xff\r\n", "A: \xc2\x80\xc3\xbf\r\n"},
    {"HTTP/1.1 404 Non trouv\xe9\r\n", "HTTP/1.1 404 Non trouv\xc3\xa9\r\n"},
    {" a", " a"},
    {"", ""},
};

START_TEST(a_head_is_made_one_to_be_read)
{
	char *clean = headers_clean(rows[_i].raw, strlen(rows[_i].raw));

	ck_assert_str_eq(clean, rows[_i].clean);
	free(clean);
}
END_TEST

#define FIRST "HTTP/1.1 103 Hints\nLink: <x>\n\n"
#define LAST  "HTTP/1.1 200 OK\r\nA: HTTP/\r\n\r\n"

static const struct {
	const char *text;
	size_t length;
	const char *last;
} several[] = {
    {LAST, sizeof(LAST) - 1, LAST},
    {FIRST LAST, sizeof(FIRST LAST) - 1, LAST},
    {FIRST LAST "X-Sum: 1\r\n", sizeof(FIRST LAST) - 1, LAST},
    {FIRST "HTTP/1.1 200 OK\r\nA", sizeof(FIRST) - 1, "HTTP/1.1 200 OK\r\nA"},
    {"HTTP/1.1 200 OK\r\n\r", 0, "HTTP/1.1 200 OK\r\n\r"},
    {"Content-Length: 5\r\n", 0, "Content-Length: 5\r\n"},
    {"", 0, ""},
};

START_TEST(the_last_head_is_found_and_where_trailers_begin)
{
	size_t len;
	const char *last = headers_last_head(several[_i].text, &len);

	ck_assert_uint_eq(
	    headers_complete_len(several[_i].text), several[_i].length);
	ck_assert_uint_eq(len, strlen(several[_i].last));
	ck_assert(memcmp(last, several[_i].last, len) == 0);
}
END_TEST

static const struct {
	const char *line;
	const char *name; /* NULL: not a header */
	const char *value;
} lines[] = {
    {"A: b\r\n", "A", "b"},
    {"A:b", "A", "b"},
    {"A:\t b c \t\r\n", "A", "b c"},
    {"A:\r\n", "A", ""},
    {"A:", "A", ""},
    {"A: b: c", "A", "b: c"},
    {"HTTP/1.1 200 OK\r\n", NULL, NULL},
    {"HTTP/1.1 200 See: there\r\n", NULL, NULL},
    {"A : b", NULL, NULL},
    {": b", NULL, NULL},
    {"A", NULL, NULL},
    {"\r\n", NULL, NULL},
    {"", NULL, NULL},
};

START_TEST(a_line_is_split_into_name_and_value)
{
	struct header h;
	bool is_header =
	    header_split(&h, lines[_i].line, strlen(lines[_i].line));

	ck_assert(is_header == (lines[_i].name != NULL));
	if (!is_header)
		return;
	ck_assert(header_is(&h, lines[_i].name));
	ck_assert_uint_eq(h.value_len, strlen(lines[_i].value));
	ck_assert(memcmp(h.value, lines[_i].value, h.value_len) == 0);
}
END_TEST

START_TEST(a_folded_line_is_one_line)
{
	static const char *const expected[] = {
	    "HTTP/1.1 200 OK", "A: b\r\n\tc\r\n ", "B: d", "", " e", "\rF: g"};
	const char *at = "HTTP/1.1 200 OK\r\nA: b\r\n\tc\r\n \nB: d\n"
	                 "\r\n e\n\rF: g";
	const char *line;
	size_t len, i;

	for (i = 0; (line = headers_next_line(&at, &len)); i++) {
		ck_assert_uint_lt(i, sizeof(expected) / sizeof(*expected));
		ck_assert_uint_eq(len, strlen(expected[i]));
		ck_assert(memcmp(line, expected[i], len) == 0);
	}
	ck_assert_uint_eq(i, sizeof(expected) / sizeof(*expected));
}
END_TEST

START_TEST(a_header_is_found_in_any_case)
{
	struct header h;

	ck_assert(headers_find("A: 1\r\nLink: x\r\n", "lINK", &h));
	ck_assert_uint_eq(h.value_len, 1);
	ck_assert(!headers_find("Links: x\r\nLin: y\r\n", "Link", &h));
}
END_TEST

START_TEST(all_headers_of_one_name_are_found)
{
	const char *at = "HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\na:\r\n 3\r\n";
	struct header h;

	ck_assert_uint_eq(headers_count(at), 3);
	ck_assert(headers_find_next(&at, "A", &h));
	ck_assert_int_eq(*h.value, '1');
	ck_assert(headers_find_next(&at, "A", &h));
	ck_assert_uint_eq(h.value_len, 1);
	ck_assert_int_eq(*h.value, '3');
	ck_assert(!headers_find_next(&at, "A", &h));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("headers");
	TCase *t = tcase_create("headers");

	tcase_add_loop_test(
	    t, a_head_is_made_one_to_be_read, 0, sizeof(rows) / sizeof(*rows));
	tcase_add_loop_test(t, the_last_head_is_found_and_where_trailers_begin,
	    0, sizeof(several) / sizeof(*several));
	tcase_add_loop_test(t, a_line_is_split_into_name_and_value, 0,
	    sizeof(lines) / sizeof(*lines));
	tcase_add_test(t, a_folded_line_is_one_line);
	tcase_add_test(t, a_header_is_found_in_any_case);
	tcase_add_test(t, all_headers_of_one_name_are_found);
	suite_add_tcase(s, t);
	return unit_run(s);
}
