#include "config.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "writer/writer.h"
#include "unit.h"

static struct writer *writer;
static char *cause;
static int ends[2]; /* of a pipe: the reader's, the writer's */

static void
setup(void)
{
	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(pipe(ends), 0);
	cause = NULL;
	writer = writer_open(ends[1], &cause);
	ck_assert_ptr_nonnull(writer);
}

static void
teardown(void)
{
	free(cause);
	close(ends[0]);
	close(ends[1]);
}

static void
put(struct writer *w, const char *s)
{
	struct buf b;

	buf_init(&b);
	buf_adds(&b, s);
	writer_stdout(w, &b);
	ck_assert_uint_eq(b.len, 0);
	buf_release(&b);
}

/* What the loop does at the end of each of its turns. */
static void
put_now(struct writer *w, const char *s)
{
	put(w, s);
	writer_start(w);
}

static void
put_much(struct writer *w, size_t len)
{
	struct buf b;

	buf_init(&b);
	memset(buf_reserve(&b, len), 'x', len);
	b.len = len;
	writer_stdout(w, &b);
	writer_start(w);
	buf_release(&b);
}

/* Close the writer, then read what came through the pipe. */
static const char *
finish(void)
{
	static char text[4096];
	ssize_t n;

	ck_assert_int_eq(writer_close(writer, NULL, &cause), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	n = read(ends[0], text, sizeof(text) - 1);
	text[n < 0 ? 0 : n] = '\0';
	return text;
}

static bool
readable(int fd, int ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, ms) == 1;
}

static void
wait_for_news(void)
{
	ck_assert(readable(writer_fd(writer), UNIT_HUNG_MS));
	writer_reap(writer);
}

START_TEST(what_is_queued_comes_out_in_order)
{
	put(writer, "one\n");
	put(writer, "two\n");
	put(writer, "three\n");
	ck_assert_str_eq(finish(), "one\ntwo\nthree\n");
}
END_TEST

static void
say_what_is_there(const char *bytes)
{
	struct buf b = {0};

	buf_adds(&b, bytes);
	writer_has(writer, &b);
	ck_assert_ptr_null(b.data);
}

START_TEST(what_is_there_already_is_not_written_again)
{
	say_what_is_there("one\ntw");
	put_now(writer, "on");
	put(writer, "e\n");
	put(writer, "two\nthree\n");
	ck_assert_str_eq(finish(), "o\nthree\n");
}
END_TEST

START_TEST(what_is_there_and_differs_is_an_error)
{
	int os_errno;

	say_what_is_there("one\ntwo\n");
	put_now(writer, "one\n");
	put(writer, "three\n");
	ck_assert_int_eq(writer_close(writer, &os_errno, &cause), -1);
	ck_assert_int_eq(os_errno, EEXIST);
	ck_assert(!readable(ends[0], 0));
}
END_TEST

static size_t not_come;

static void
note_left(struct writer_task *t, struct writer *w)
{
	(void)t;
	not_come = writer_has_left(w);
}

START_TEST(a_task_knows_how_much_of_what_is_there_has_not_come)
{
	struct writer_task task = {.perform = note_left};

	say_what_is_there("one\ntwo\n");
	put_now(writer, "one\n");
	writer_submit(writer, &task);
	ck_assert_str_eq(finish(), "");
	ck_assert_uint_eq(not_come, 4);
}
END_TEST

START_TEST(a_part_of_a_file_comes_out_between)
{
	FILE *f = tmpfile();

	ck_assert_ptr_nonnull(f);
	fputs("0123456789", f);
	fflush(f);
	put(writer, "<");
	writer_stdout_file(writer, fileno(f), 2, 5);
	fclose(f); /* the writer has its own */
	put(writer, ">");
	ck_assert_str_eq(finish(), "<23456>");
}
END_TEST

START_TEST(a_record_after_silence_is_written_at_once)
{
	put_now(writer, "now\n");
	ck_assert(readable(ends[0], UNIT_HUNG_MS));
	finish();
}
END_TEST

START_TEST(a_blocked_reader_blocks_nobody_here)
{
	static char sink[65536];
	size_t left = 2 * WRITER_STDOUT_MAX;

	put_much(writer, WRITER_STDOUT_MAX);
	put_much(writer, WRITER_STDOUT_MAX);
	ck_assert_uint_gt(writer_pending(writer), WRITER_STDOUT_MAX);
	while (left) {
		ssize_t n = read(ends[0], sink, sizeof(sink));

		ck_assert_int_gt(n, 0);
		left -= (size_t)n;
	}
	wait_for_news(); /* admit again */
	ck_assert_uint_gt(writer_progress(writer), 0);
	ck_assert_str_eq(finish(), "");
}
END_TEST

struct noted {
	struct writer_task task;
	pthread_t performed_by;
	pthread_t done_by;
	int *order;
	int done_as;
};

static void
note_perform(struct writer_task *t, struct writer *w)
{
	struct noted *n = container_of(t, struct noted, task);

	n->performed_by = pthread_self();
	writer_put(w, "task\n", 5);
}

static void
note_done(struct writer_task *t)
{
	struct noted *n = container_of(t, struct noted, task);

	n->done_by = pthread_self();
	n->done_as = ++*n->order;
}

START_TEST(small_records_are_gathered)
{
	int order = 0;
	struct noted t = {.order = &order};

	for (int i = 0; i < 1000; i++)
		put(writer, "r\n");
	t.task.perform = note_perform;
	t.task.done = note_done;
	writer_submit(writer, &t.task);
	while (!order)
		wait_for_news();
	ck_assert_uint_lt(writer_progress(writer), 100); /* writes, tasks */
	ck_assert_uint_eq(strlen(finish()), 2000 + strlen("task\n"));
}
END_TEST

START_TEST(a_task_runs_there_and_is_done_here)
{
	int order = 0;
	struct noted tasks[2] = {0};

	for (int i = 0; i < 2; i++) {
		tasks[i].task.perform = note_perform;
		tasks[i].task.done = note_done;
		tasks[i].order = &order;
	}
	put(writer, "before\n");
	writer_submit(writer, &tasks[0].task);
	put(writer, "between\n");
	writer_submit(writer, &tasks[1].task);
	while (order < 2)
		wait_for_news();
	ck_assert(!pthread_equal(tasks[0].performed_by, pthread_self()));
	ck_assert(pthread_equal(tasks[1].done_by, pthread_self()));
	ck_assert_int_eq(tasks[0].done_as, 1);
	ck_assert_str_eq(finish(), "before\ntask\nbetween\ntask\n");
}
END_TEST

START_TEST(what_was_reaped_is_not_announced_again)
{
	int order = 0;
	struct noted t = {.order = &order};

	t.task.perform = note_perform;
	t.task.done = note_done;
	writer_submit(writer, &t.task);
	while (!order)
		wait_for_news();
	ck_assert(readable(ends[0], UNIT_HUNG_MS)); /* all that comes is here */
	writer_reap(writer);
	ck_assert(!readable(writer_fd(writer), 0));
	finish();
}
END_TEST

/* Its memory is that of an earlier one, which has been written. */
START_TEST(a_buffer_comes_back_empty)
{
	int order = 0;
	struct noted tasks[3] = {0};

	for (int i = 0; i < 3; i++) {
		put(writer, "record\n");
		tasks[i].task.perform = note_perform;
		tasks[i].task.done = note_done;
		tasks[i].order = &order;
		writer_submit(writer, &tasks[i].task);
		while (order <= i)
			wait_for_news();
	}
	ck_assert_str_eq(finish(), "record\ntask\nrecord\ntask\n"
	                           "record\ntask\n");
}
END_TEST

START_TEST(a_task_left_at_the_end_is_done_by_closing)
{
	int order = 0;
	struct noted t = {.order = &order};

	t.task.perform = note_perform;
	t.task.done = note_done;
	writer_submit(writer, &t.task);
	ck_assert_str_eq(finish(), "task\n");
	ck_assert_int_eq(order, 1);
}
END_TEST

START_TEST(a_reader_that_left_is_an_error)
{
	int os_errno = 0;

	close(ends[0]);
	put_now(writer, "x");
	wait_for_news();
	ck_assert_ptr_nonnull(writer_error(writer, &os_errno));
	ck_assert_int_eq(os_errno, EPIPE);
	put(writer, "dropped");
	ck_assert_int_eq(writer_close(writer, &os_errno, &cause), -1);
	ck_assert_int_eq(os_errno, EPIPE);
	ck_assert_str_eq(cause, "cannot write to stdout: Broken pipe");
	ends[0] = -1;
}
END_TEST

START_TEST(a_reader_that_left_is_noticed_without_writing)
{
	int os_errno = 0;

	ck_assert_int_eq(writer_watch_fd(writer), ends[1]);
	ck_assert(!writer_lost_reader(writer));
	close(ends[0]);
	ends[0] = -1;
	ck_assert(readable(writer_watch_fd(writer), UNIT_HUNG_MS));
	ck_assert(writer_lost_reader(writer));
	ck_assert_ptr_nonnull(writer_error(writer, &os_errno));
	ck_assert_int_eq(os_errno, EPIPE);
	ck_assert_int_eq(writer_close(writer, NULL, NULL), -1);
}
END_TEST

START_TEST(a_task_can_fail_the_run_and_others_still_run)
{
	int order = 0;
	struct noted t = {.order = &order};
	int full = open("/dev/full", O_WRONLY);
	struct writer *w = writer_open(full, &cause);
	int os_errno = 0;

	put(w, "no room");
	t.task.perform = note_perform;
	t.task.done = note_done;
	writer_submit(w, &t.task);
	ck_assert_int_eq(writer_close(w, &os_errno, &cause), -1);
	ck_assert_int_eq(os_errno, ENOSPC);
	ck_assert_int_eq(order, 1);
	close(full);
	finish();
}
END_TEST

static void
fail_perform(struct writer_task *t, struct writer *w)
{
	(void)t;
	writer_fail(w, ENOSPC, "no room elsewhere");
}

START_TEST(what_fails_elsewhere_leaves_stdout_alone)
{
	struct writer_task t = {.perform = fail_perform};
	int os_errno = 0;
	char got[16] = "";

	put(writer, "before ");
	writer_submit(writer, &t);
	put(writer, "behind");
	ck_assert_int_eq(writer_close(writer, &os_errno, &cause), -1);
	ck_assert_int_eq(os_errno, ENOSPC);
	ck_assert_str_eq(cause, "no room elsewhere");
	ck_assert_int_eq(read(ends[0], got, sizeof(got) - 1), 13);
	ck_assert_str_eq(got, "before behind");
}
END_TEST

START_TEST(only_a_pipe_is_watched)
{
	int null = open("/dev/null", O_WRONLY);
	struct writer *w = writer_open(null, &cause);

	ck_assert_int_eq(writer_watch_fd(w), -1);
	ck_assert_int_eq(writer_close(w, NULL, NULL), 0);
	close(null);
	finish();
}
END_TEST

START_TEST(a_closed_or_read_only_stdout_is_refused)
{
	int null = open("/dev/null", O_RDONLY);

	ck_assert_ptr_null(writer_open(null, &cause));
	ck_assert_str_eq(cause, "stdout is open for reading only");
	free(cause);
	close(null);
	ck_assert_ptr_null(writer_open(null, &cause));
	ck_assert_ptr_nonnull(strstr(cause, "stdout is closed"));
	free(cause);
	cause = NULL;
	finish();
}
END_TEST

START_TEST(a_nonblocking_stdout_is_waited_for)
{
	static char sink[65536];
	size_t left = 1 << 20;

	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	put_much(writer, left);
	while (left) {
		ssize_t n = read(ends[0], sink, sizeof(sink));

		ck_assert_int_gt(n, 0);
		left -= (size_t)n;
	}
	finish();
}
END_TEST

static void
note_fd(void *arg, int fd)
{
	*(int *)arg = fd;
}

START_TEST(a_few_bytes_at_the_end_need_no_thread)
{
	int watched = -1;

	writer_on_start(writer, note_fd, &watched);
	put(writer, "one\n");
	put(writer, "two\n");
	ck_assert(!readable(ends[0], 0));
	ck_assert(writer_finish(writer));
	ck_assert(readable(ends[0], 0));
	ck_assert_int_eq(watched, -1);
	ck_assert_str_eq(finish(), "one\ntwo\n");
}
END_TEST

START_TEST(what_a_pipe_might_not_take_is_the_threads)
{
	struct buf full;

	/* So is what was begun by a thread. */
	put_now(writer, "begun\n");
	ck_assert(!writer_finish(writer));
	ck_assert_str_eq(finish(), "begun\n");

	buf_init(&full);
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	memset(buf_reserve(&full, 4096), 'x', 4096);
	while (write(ends[1], full.data, 4096) > 0)
		continue;
	fcntl(ends[1], F_SETFL, 0);
	buf_release(&full);
	writer = writer_open(ends[1], &cause);
	put(writer, "later\n");
	ck_assert(!writer_finish(writer));
	ck_assert_int_gt(read(ends[0], (char[65536]){0}, 65536), 0);
	ck_assert_int_eq(writer_close(writer, NULL, NULL), 0);
}
END_TEST

START_TEST(an_error_at_the_end_is_the_runs)
{
	int full = open("/dev/full", O_WRONLY);
	struct writer *w = writer_open(full, &cause);
	int os_errno = 0;

	put(w, "no room");
	ck_assert(writer_finish(w));
	ck_assert_int_eq(writer_close(w, &os_errno, &cause), -1);
	ck_assert_int_eq(os_errno, ENOSPC);
	close(full);
	finish();
}
END_TEST

START_TEST(the_loop_is_told_what_to_watch)
{
	int fd = -1;

	writer_on_start(writer, note_fd, &fd);
	ck_assert_int_eq(fd, -1);
	put_now(writer, "x");
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fd, writer_fd(writer));
	fd = -1;
	writer_on_start(writer, note_fd, &fd);
	ck_assert_int_eq(fd, writer_fd(writer));
	finish();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("writer");
	TCase *t = tcase_create("writer");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, what_is_queued_comes_out_in_order);
	tcase_add_test(t, what_is_there_already_is_not_written_again);
	tcase_add_test(t, what_is_there_and_differs_is_an_error);
	tcase_add_test(t, a_task_knows_how_much_of_what_is_there_has_not_come);
	tcase_add_test(t, a_part_of_a_file_comes_out_between);
	tcase_add_test(t, small_records_are_gathered);
	tcase_add_test(t, a_record_after_silence_is_written_at_once);
	tcase_add_test(t, a_blocked_reader_blocks_nobody_here);
	tcase_add_test(t, a_task_runs_there_and_is_done_here);
	tcase_add_test(t, what_was_reaped_is_not_announced_again);
	tcase_add_test(t, a_buffer_comes_back_empty);
	tcase_add_test(t, a_task_left_at_the_end_is_done_by_closing);
	tcase_add_test(t, a_reader_that_left_is_an_error);
	tcase_add_test(t, a_reader_that_left_is_noticed_without_writing);
	tcase_add_test(t, a_task_can_fail_the_run_and_others_still_run);
	tcase_add_test(t, what_fails_elsewhere_leaves_stdout_alone);
	tcase_add_test(t, only_a_pipe_is_watched);
	tcase_add_test(t, a_closed_or_read_only_stdout_is_refused);
	tcase_add_test(t, a_nonblocking_stdout_is_waited_for);
	tcase_add_test(t, a_few_bytes_at_the_end_need_no_thread);
	tcase_add_test(t, what_a_pipe_might_not_take_is_the_threads);
	tcase_add_test(t, an_error_at_the_end_is_the_runs);
	tcase_add_test(t, the_loop_is_told_what_to_watch);
	suite_add_tcase(s, t);
	return unit_run(s);
}
