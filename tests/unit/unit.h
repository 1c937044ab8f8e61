/* What every unit test ends with. */
#ifndef GATHER_TESTS_UNIT_H
#define GATHER_TESTS_UNIT_H

#include <check.h>
#include <stdlib.h>

/* A test that waits longer than that for another thread is hung. */
#define UNIT_HUNG_MS 300000

/* Run the suite, which is taken. Returns what main returns. */
static inline int
unit_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
