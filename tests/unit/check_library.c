#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/library.h"
#include "unit.h"

#define FUNCTIONS(X) X(strlen) X(strcmp)

struct table {
	FUNCTIONS(LIBRARY_MEMBER)
	int behind;
};

static const char *const functions[] = {FUNCTIONS(LIBRARY_NAME) NULL};

static char *cause;

static void
teardown(void)
{
	free(cause);
	cause = NULL;
}

/* The C library is there, whatever its name is: its functions are found in
 * the program itself. */
static int
load(const char *soname, const char *const *names, struct table *table)
{
	const struct library library = {
	    .soname = soname,
	    .package = "libexample1",
	    .functions = names,
	};

	return library_load(&library, table, &cause);
}

START_TEST(functions_are_stored_in_the_order_of_their_names)
{
	struct table table = {.behind = 7};

	ck_assert_int_eq(load(NULL, functions, &table), 0);
	ck_assert_uint_eq(table.strlen("four"), 4);
	ck_assert_int_eq(table.strcmp("a", "a"), 0);
	ck_assert_int_eq(table.behind, 7);
}
END_TEST

START_TEST(a_missing_library_names_its_package)
{
	struct table table;

	ck_assert_int_eq(load("libno-such.so.0", functions, &table), -1);
	ck_assert_ptr_nonnull(strstr(cause, "cannot load libno-such.so.0;"));
	ck_assert_ptr_nonnull(strstr(cause, "apt-get install libexample1"));
}
END_TEST

START_TEST(a_library_without_a_function_is_none)
{
	static const char *const others[] = {
	    "strlen", "no_such_function", NULL};
	struct table table;

	ck_assert_int_eq(load(NULL, others, &table), -1);
	ck_assert_ptr_nonnull(strstr(cause, "apt-get install libexample1"));
	ck_assert_ptr_nonnull(strstr(cause, "no_such_function"));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("library");
	TCase *t = tcase_create("library");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, functions_are_stored_in_the_order_of_their_names);
	tcase_add_test(t, a_missing_library_names_its_package);
	tcase_add_test(t, a_library_without_a_function_is_none);
	suite_add_tcase(s, t);
	return unit_run(s);
}
