#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/assertion.h"
#include "unit.h"

static const char *const names[] = {"sync", "session", "async", "async:8"};
static const double seconds[] = {5, 4.8, 1, 2};
static const struct arm_names all = {names, 4};

static const struct {
	const char *text;
	bool holds;
} answers[] = {
    {"async <= sync/4", true},
    {"async<=sync/5", true},
    {"  ( async )  <=  sync / 4  ", true},
    {"async < sync/5", false},
    {"async:8 > async", true},
    {"async:8 >= 2*async", true},
    {"async >= async:8", false},
    {"async <= 1s", true},
    {"async <= 1 s", true},
    {"async < 1000ms", false},
    {"async <= 1", true},
    {"2 > async", true},
    {"sync < 0.1m", true},
    {"sync < .1h", true},
    {"sync - session < 250ms", true},
    {"sync - session + async < 1.1s", false},
    {"async <= (sync + session) / 2 - 3.5", true},
    {"sync - (session - async) > 1.1", true},
    {"sync / session / 2 < 1", true},
    {"sync / async >= 5", true},
    {"sync/async > session/async", true},
    {"async + 1 > 1.5", true},
    {"async > 1s * sync / (session - session)", false},
    {"async < 1s * sync / (session - session)", false},
};

START_TEST(assertions_compare_times_and_ratios)
{
	char *cause = NULL;
	struct assertion *a = assertion_parse(answers[_i].text, &all, &cause);

	ck_assert_msg(a != NULL, "%s", cause);
	ck_assert_int_eq(assertion_check(a, seconds).holds, answers[_i].holds);
	assertion_free(a);
}
END_TEST

static const struct {
	const char *text;
	int column;
	const char *word;
} mistakes[] = {
    {"", 1, "not the end"},
    {"async", 6, "<="},
    {"async <=", 9, "not the end"},
    {"async = sync", 7, "<="},
    {"async <= sink/4", 10, "sync, session, async, async:8"},
    {"async <= sync/4 4", 17, "unexpected text"},
    {"async <= (sync", 10, "unclosed"},
    {"async <= sync)", 14, "unexpected text"},
    {"async <= 4 parsecs", 12, "unknown unit"},
    {"async <= 4parsecs", 11, "unknown unit"},
    {"async <= sync*session", 7, "both sides"},
    {"async <= 1/sync", 7, "both sides"},
    {"async <= sync/session", 7, "both sides"},
    {"async < sync + session/sync", 14, "cannot add"},
    {"async <= -1", 10, "expected an arm"},
    {"async <= .", 10, "digits"},
    {"async << 1", 8, "expected an arm"},
    {"async:9 < 1s", 1, "async:9"},
};

START_TEST(mistakes_are_pointed_at)
{
	char *cause = NULL;
	char column[32];

	snprintf(column, sizeof(column), "column %d:", mistakes[_i].column);
	ck_assert_ptr_null(assertion_parse(mistakes[_i].text, &all, &cause));
	ck_assert_msg(strstr(cause, column) != NULL, "%s", cause);
	ck_assert_msg(strstr(cause, mistakes[_i].word) != NULL, "%s", cause);
	free(cause);
}
END_TEST

START_TEST(parentheses_have_a_limit)
{
	char text[1000];
	char *cause = NULL;

	memset(text, '(', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	ck_assert_ptr_null(assertion_parse(text, &all, &cause));
	ck_assert_ptr_nonnull(strstr(cause, "too many"));
	free(cause);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("assertion");
	TCase *t = tcase_create("assertion");

	tcase_add_loop_test(t, assertions_compare_times_and_ratios, 0,
	    sizeof(answers) / sizeof(*answers));
	tcase_add_loop_test(t, mistakes_are_pointed_at, 0,
	    sizeof(mistakes) / sizeof(*mistakes));
	tcase_add_test(t, parentheses_have_a_limit);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
