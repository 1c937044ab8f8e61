/* Objects that are used again are as new, and not too many are kept. */
#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/spares.h"
#include "unit.h"

enum {
	MANY = 1000
};

struct thing {
	void *first;
	char bytes[100];
};

static const struct thing zero;

START_TEST(what_comes_back_is_as_new)
{
	struct thing *things[MANY];
	struct spares s;

	spares_init(&s, sizeof(struct thing));
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < MANY; i++) {
			things[i] = spares_take(&s);
			ck_assert_mem_eq(things[i], &zero, sizeof(zero));
			memset(things[i], 'x', sizeof(*things[i]));
		}
		ck_assert_uint_eq(s.len, 0);
		for (unsigned i = 0; i < MANY; i++)
			spares_give(&s, things[i]);
		ck_assert_uint_lt(s.len, MANY / 2);
	}
	spares_give(&s, NULL);
	spares_release(&s);
	ck_assert_uint_eq(s.len, 0);
	ck_assert_ptr_null(s.first);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("spares");
	TCase *all = tcase_create("spares");

	tcase_add_test(all, what_comes_back_is_as_new);
	suite_add_tcase(suite, all);
	return unit_run(suite);
}
