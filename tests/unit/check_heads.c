#include "config.h"

#include "request/heads.h"

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
	char *clean = heads_clean(rows[_i].raw, strlen(rows[_i].raw));

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
    {"Content-Length: 5\r\n", 0, "Content-Length: 5\r\n"},
    {"", 0, ""},
};

START_TEST(the_last_head_is_found_and_where_trailers_begin)
{
	size_t len;
	const char *last = heads_last(several[_i].text, &len);

	ck_assert_uint_eq(heads_length(several[_i].text), several[_i].length);
	ck_assert_uint_eq(len, strlen(several[_i].last));
	ck_assert(memcmp(last, several[_i].last, len) == 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("heads");
	TCase *t = tcase_create("heads");

	tcase_add_loop_test(
	    t, a_head_is_made_one_to_be_read, 0, sizeof(rows) / sizeof(*rows));
	tcase_add_loop_test(t, the_last_head_is_found_and_where_trailers_begin,
	    0, sizeof(several) / sizeof(*several));
	suite_add_tcase(s, t);
	return unit_run(s);
}
