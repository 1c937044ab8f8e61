#include "config.h"

#include "request/resend.h"
#include "unit.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* One row of the table in the man page:
 * .It POST Ta refused Ta yes Ta yes Ta no Ta yes */
struct row {
	char method[16];
	char state[16];
	char uses[RESEND_USES][8];
};

static const char *const methods[RESEND_METHODS] = {
    [RESEND_GET] = "GET",
    [RESEND_PUT] = "PUT",
    [RESEND_POST] = "POST",
};

static enum resend_method
method_of(const struct row *row)
{
	for (int i = 0; i < RESEND_METHODS; i++)
		if (strcmp(methods[i], row->method) == 0)
			return (enum resend_method)i;
	ck_abort_msg("no such method: %s", row->method);
}

static bool
says_yes(const char *word)
{
	ck_assert_msg(strcmp(word, "yes") == 0 || strcmp(word, "no") == 0,
	    "neither yes nor no: %s", word);
	return *word == 'y';
}

static void
compare(const struct row *row)
{
	enum wire_state state = wire_state_named(row->state);

	ck_assert_str_eq(wire_state_name(state), row->state);
	for (int use = 0; use < RESEND_USES; use++)
		ck_assert_msg(
		    resend_allows(method_of(row), state,
		        (enum resend_use)use) == says_yes(row->uses[use]),
		    "%s %s, column %d: %s", row->method, row->state, use + 1,
		    row->uses[use]);
}

static bool
parse(const char *line, struct row *row)
{
	return sscanf(line, ".It %15s Ta %15s Ta %7s Ta %7s Ta %7s Ta %7s",
	           row->method, row->state, row->uses[0], row->uses[1],
	           row->uses[2], row->uses[3]) == 2 + RESEND_USES;
}

START_TEST(the_man_page_has_the_same_table)
{
	const char *dir = getenv("srcdir");
	char *path = xasprintf("%s/man/gather.1", dir ? dir : "..");
	FILE *f = fopen(path, "r");
	struct row row;
	char line[256];
	int rows = 0;

	ck_assert_msg(f, "%s", path);
	while (fgets(line, sizeof(line), f)) {
		if (!parse(line, &row))
			continue;
		compare(&row);
		rows++;
	}
	fclose(f);
	free(path);
	ck_assert_int_eq(rows, RESEND_METHODS * WIRE_STATE_COUNT);
}
END_TEST

static const struct {
	const char *method;
	enum resend_method row;
} named[] = {
    {"GET", RESEND_GET},
    {"HEAD", RESEND_GET},
    {"OPTIONS", RESEND_PUT},
    {"TRACE", RESEND_PUT},
    {"PUT", RESEND_PUT},
    {"DELETE", RESEND_PUT},
    {"POST", RESEND_POST},
    {"PATCH", RESEND_POST},
    {"get", RESEND_POST}, /* methods are case-sensitive */
    {"LINK", RESEND_POST},
    {"", RESEND_POST},
};

START_TEST(an_unknown_method_may_change_something)
{
	ck_assert_int_eq(resend_method_named(named[_i].method), named[_i].row);
}
END_TEST

static const struct {
	int status;
	bool asks;
	int64_t remaining;
	enum wire_state state;
	bool throttled;
} answers[] = {
    {0, false, -1, WIRE_UNKNOWN, false},
    {100, false, -1, WIRE_UNKNOWN, false},
    {103, true, 0, WIRE_UNKNOWN, false},
    {200, false, -1, WIRE_ANSWERED, false},
    {200, true, 0, WIRE_ANSWERED, false},
    {202, true, -1, WIRE_ANSWERED, false},
    {301, false, -1, WIRE_ANSWERED, false},
    {302, false, -1, WIRE_ANSWERED, false},
    {303, false, -1, WIRE_ANSWERED, false},
    {304, false, -1, WIRE_ANSWERED, false},
    {307, false, -1, WIRE_REJECTED, false},
    {308, false, -1, WIRE_REJECTED, false},
    {400, false, -1, WIRE_REJECTED, false},
    {401, false, -1, WIRE_CHALLENGED, false},
    {407, false, -1, WIRE_CHALLENGED, false},
    {403, false, -1, WIRE_REJECTED, false},
    {403, false, 5, WIRE_REJECTED, false},
    {403, false, 0, WIRE_REFUSED, true},
    {403, true, -1, WIRE_REFUSED, true},
    {408, false, -1, WIRE_REJECTED, false},
    {417, false, -1, WIRE_REFUSED, false},
    {421, false, -1, WIRE_REFUSED, false},
    {425, false, -1, WIRE_REFUSED, false},
    {429, false, -1, WIRE_REFUSED, true},
    {499, false, -1, WIRE_REJECTED, false},
    {500, true, 0, WIRE_ANSWERED, false},
    {502, false, -1, WIRE_ANSWERED, false},
    {503, false, -1, WIRE_ANSWERED, false},
    {503, true, -1, WIRE_REFUSED, true},
    {503, false, 0, WIRE_REFUSED, true},
    {503, false, 7, WIRE_ANSWERED, false},
    {504, false, -1, WIRE_ANSWERED, false},
};

START_TEST(a_status_says_what_happened)
{
	struct quota q = quota_none();

	q.asks = answers[_i].asks;
	q.remaining = answers[_i].remaining;
	ck_assert_msg(
	    wire_state_of_answer(answers[_i].status, &q) == answers[_i].state,
	    "%d: %s", answers[_i].status,
	    wire_state_name(wire_state_of_answer(answers[_i].status, &q)));
	ck_assert_msg(
	    wire_is_throttled(answers[_i].status, &q) == answers[_i].throttled,
	    "%d", answers[_i].status);
}
END_TEST

START_TEST(names_of_states_are_found_again)
{
	for (int i = 0; i < WIRE_STATE_COUNT; i++) {
		enum wire_state state = (enum wire_state)i;

		ck_assert_int_eq(
		    wire_state_named(wire_state_name(state)), state);
	}
	ck_assert_int_eq(wire_state_named("processed"), WIRE_UNKNOWN);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *suite = suite_create("resend");
	TCase *tc = tcase_create("resend");

	tcase_add_test(tc, the_man_page_has_the_same_table);
	tcase_add_loop_test(
	    tc, an_unknown_method_may_change_something, 0, COUNT(named));
	tcase_add_loop_test(tc, a_status_says_what_happened, 0, COUNT(answers));
	tcase_add_test(tc, names_of_states_are_found_again);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
