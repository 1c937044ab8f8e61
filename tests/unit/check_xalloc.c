#include "config.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "unit.h"

/* More than there can be. */
static volatile size_t too_much = SIZE_MAX / 2;

static void
ask_malloc(void)
{
	free(xmalloc(too_much));
}

static void
ask_calloc(void)
{
	free(xcalloc(2, too_much));
}

static void
ask_realloc(void)
{
	free(xrealloc(xmalloc(1), too_much));
}

static void
ask_reallocarray(void)
{
	free(xreallocarray(NULL, 4, too_much));
}

static void (*const askers[])(void) = {
    ask_malloc, ask_calloc, ask_realloc, ask_reallocarray};

/* What a child that does it leaves on stderr, and its exit status. */
static int
run(void (*ask)(void), char *said, size_t size)
{
	int ends[2], status;
	size_t len = 0;
	ssize_t n;
	pid_t child;

	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (!child) {
		dup2(ends[1], STDERR_FILENO);
		ask();
		_exit(0);
	}
	close(ends[1]);
	/* stderr is not buffered: a message may come in several pieces. */
	while (len < size - 1 &&
	       (n = read(ends[0], said + len, size - 1 - len)) > 0)
		len += (size_t)n;
	said[len] = '\0';
	close(ends[0]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Sanitizers end a program that asks for too much, unless they are told
 * otherwise; then they warn, ahead of what the program says. */
const char *__asan_default_options(void);
const char *__tsan_default_options(void);

const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

const char *
__tsan_default_options(void)
{
	return "allocator_may_return_null=1";
}

START_TEST(memory_that_is_not_there_ends_the_program)
{
	static const char message[] = "gather: out of memory\n";
	char said[16384];
	size_t len;

	ck_assert_int_eq(run(askers[_i], said, sizeof(said)), 3);
	len = strlen(said);
	ck_assert_uint_ge(len, strlen(message));
	ck_assert_str_eq(said + len - strlen(message), message);
}
END_TEST

START_TEST(no_bytes_are_memory_too)
{
	void *none = xmalloc(0), *nothing = xcalloc(0, 8);

	ck_assert_ptr_nonnull(none);
	ck_assert_ptr_nonnull(nothing);
	free(none);
	free(nothing);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("xalloc");
	TCase *tc = tcase_create("xalloc");

	tcase_add_loop_test(tc, memory_that_is_not_there_ends_the_program, 0,
	    sizeof(askers) / sizeof(*askers));
	tcase_add_test(tc, no_bytes_are_memory_too);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
