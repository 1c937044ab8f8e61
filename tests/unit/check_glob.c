#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "input/csv.h"
#include "input/glob.h"
#include "unit.h"

/* What curl would fetch, separated by blanks; "! ...": a mistake. */
static const struct {
	const char *text;
	const char *expanded;
} globs[] = {
    {"x", "x"},
    {"x{a,b}y", "xay xby"},
    {"{a,}b", "ab b"},
    {"[1-3]", "1 2 3"},
    {"[1-7:3]", "1 4 7"},
    {"[08-11]", "08 09 10 11"},
    {"[001-3:2]", "001 003"},
    {"[a-e:2]", "a c e"},
    {"{a,b}[1-2]", "a1 a2 b1 b2"},
    {"http://[::1]/[1-2]", "http://[::1]/1 http://[::1]/2"},
    {"http://[fe80::1%25eth0]/", "http://[fe80::1%25eth0]/"},
    {"a[]b", "a[]b"},
    {"\\{a\\}\\[b\\]", "{a}[b]"},
    {"{a\\,b,c\\}}", "a,b c}"},
    {"a\\b", "a\\b"},
    {"{{.}}{a,b}{{x}}", "{{.}}a{{x}} {{.}}b{{x}}"},
    {"{{{.}}", "! never closed"},
    {"{a,{{.}}}b", "ab {{.}}b"},
    {"{}", "! {{.}}"},
    {"a{b", "! column 2: this { is never closed"},
    {"a}", "! column 2: this bracket closes nothing"},
    {"]", "! closes nothing"},
    {"{a{b}}", "! cannot be nested"},
    {"a{{}}", "! {{ does not begin a name"},
    {"a{{.}", "! {{ does not begin a name"},
    {"{a[1-2]}", "! cannot be nested"},
    {"[1-", "! not a range"},
    {"[1-2", "! must end with ]"},
    {"[1]", "! not a range"},
    {"[a-]", "! not a range"},
    {"[3-1]", "! backwards"},
    {"[Z-a]", "! upper and lower"},
    {"[1-2:0]", "! step"},
    {"[1-99999999999999999999]", "! not a range"},
    {"[0-9223372036854775807]", "! can be counted"},
    {"[1-4000000000][1-4000000000]", "! can be counted"},
};

static void
expand_all(const struct glob *g, struct buf *out)
{
	for (uint64_t i = 0; i < glob_count(g); i++) {
		if (i)
			buf_addc(out, ' ');
		glob_expand(g, i, out, NULL);
	}
}

START_TEST(glob_expands_as_in_curl)
{
	const char *wanted = globs[_i].expanded;
	struct buf out = {0};
	char *cause = NULL;
	struct glob *g = glob_new(globs[_i].text, &cause);

	if (*wanted == '!') {
		ck_assert_msg(!g && strstr(cause, wanted + 2), "%s: %s",
		    globs[_i].text, cause ? cause : "accepted");
	} else {
		ck_assert_msg(g != NULL, "%s: %s", globs[_i].text, cause);
		expand_all(g, &out);
		ck_assert_str_eq(out.data, wanted);
	}
	glob_free(g);
	buf_release(&out);
	free(cause);
}
END_TEST

START_TEST(billions_of_expansions_cost_nothing)
{
	struct buf out = {0};
	struct strlist values = {0};
	char *cause;
	struct glob *g = glob_new("[0-99999][a-z]{x,y}[00001-99999]", &cause);

	ck_assert_uint_eq(glob_count(g), UINT64_C(100000) * 26 * 2 * 99999);
	ck_assert_uint_eq(glob_parts(g), 4);
	glob_expand(g, glob_count(g) - 1, &out, &values);
	ck_assert_str_eq(out.data, "99999zy99999");
	ck_assert_uint_eq(values.len, 4);
	ck_assert_str_eq(values.items[1], "z");
	strlist_release(&values);
	buf_release(&out);
	glob_free(g);
}
END_TEST

START_TEST(literal_has_one_expansion)
{
	struct glob *g = glob_new_literal("{a,b}[1-2]");
	struct buf out = {0};

	ck_assert_uint_eq(glob_count(g), 1);
	glob_expand(g, 0, &out, NULL);
	ck_assert_str_eq(out.data, "{a,b}[1-2]");
	buf_release(&out);
	glob_free(g);
}
END_TEST

static const struct {
	const char *record, *fields;
	char separator;
} records[] = {
    {"a,b", "a|b", ','},
    {"", "", ','},
    {",", "|", ','},
    {"a b, c ,", "a b| c |", ','},
    {"\"a\",\"b\"\"c\",\"d,e\nf\",\"\"", "a|b\"c|d,e\nf|", ','},
    {"a\tb,c", "a|b,c", '\t'},
    {"a\"b,c\"", "a\"b|c\"", ','},
    {"\"a", "! never closed", ','},
    {"\"a\"b,c", "! text after a closing", ','},
};

START_TEST(record_is_split_as_rfc_4180_says)
{
	const char *text = records[_i].record, *wanted = records[_i].fields;
	struct strlist fields = {0};
	struct buf out = {0};
	const char *why = "";
	int rc =
	    csv_split(text, strlen(text), records[_i].separator, &fields, &why);

	for (size_t i = 0; i < fields.len; i++)
		buf_addf(&out, "%s%s", i ? "|" : "", fields.items[i]);
	if (*wanted == '!')
		ck_assert_msg(rc == -1 && strstr(why, wanted + 2), "%s", why);
	else
		ck_assert_msg(rc == 0 && strcmp(out.data, wanted) == 0,
		    "%s: %s %s", text, why, out.data);
	strlist_release(&fields);
	buf_release(&out);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("glob");
	TCase *t = tcase_create("glob");

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, glob_expands_as_in_curl, 0,
	    (int)(sizeof(globs) / sizeof(*globs)));
	tcase_add_test(t, billions_of_expansions_cost_nothing);
	tcase_add_test(t, literal_has_one_expansion);
	tcase_add_loop_test(t, record_is_split_as_rfc_4180_says, 0,
	    (int)(sizeof(records) / sizeof(*records)));
	return unit_run(s);
}
