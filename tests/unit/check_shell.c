#include "config.h"

#include "text/shell.h"

#include <check.h>
#include <stdlib.h>

#include "unit.h"

static const struct {
	const char *text, *word;
} rows[] = {
    {"list.txt", "list.txt"},
    {"@dir/a-b_c,d+e=f:g%h.txt", "@dir/a-b_c,d+e=f:g%h.txt"},
    {"f\xc3\xbcr", "f\xc3\xbcr"},
    {"", "''"},
    {"@u;id>x", "'@u;id>x'"},
    {"a b", "'a b'"},
    {"it's", "'it'\\''s'"},
    {"'", "''\\'''"},
    {"$(id)", "'$(id)'"},
    {"~x", "'~x'"},
    {"{a,b}", "'{a,b}'"},
    {"a*", "'a*'"},
    {"#", "'#'"},
    {"!1", "'!1'"},
    {"a\nb", "'a\nb'"},
};

START_TEST(a_word_is_quoted_where_a_shell_would_read_more_into_it)
{
	char *word = shell_word(rows[_i].text);

	ck_assert_str_eq(word, rows[_i].word);
	free(word);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("shell");
	TCase *t = tcase_create("shell");

	tcase_add_loop_test(t,
	    a_word_is_quoted_where_a_shell_would_read_more_into_it, 0,
	    sizeof(rows) / sizeof(*rows));
	suite_add_tcase(s, t);
	return unit_run(s);
}
