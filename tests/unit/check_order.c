#include "config.h"

#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "order/order.h"
#include "unit.h"

/* Results go to a file, so that any amount can be compared. */
static FILE *out;
static struct writer *writer;
static struct order *order;
static struct output_options options;
static struct encoded encoded;
static char *cause;

static const struct framing plain = {"", "", ""};
static const struct framing array = {"[", ",\n", "]\n"};

static void
open_order(struct framing framing)
{
	order = order_new(&options, framing, writer);
}

static void
setup(void)
{
	output_options_init(&options);
	encoded_init(&encoded);
	out = tmpfile();
	ck_assert_ptr_nonnull(out);
	writer = writer_open(fileno(out), &cause);
	ck_assert_ptr_nonnull(writer);
}

static void
teardown(void)
{
	encoded_release(&encoded);
	output_options_release(&options);
	fclose(out);
}

static void
done(struct slot *slot, const char *bytes)
{
	encoded_clear(&encoded);
	buf_adds(&encoded.out, bytes);
	order_done(order, slot, &encoded);
	ck_assert(encoded_empty(&encoded));
}

static char *
read_out(size_t *len)
{
	char *text;

	fseek(out, 0, SEEK_END);
	*len = (size_t)ftell(out);
	rewind(out);
	text = calloc(*len + 1, 1);
	ck_assert_uint_eq(fread(text, 1, *len, out), *len);
	return text;
}

/* Finish, and return what came out of it, which the order has counted. */
static char *
finish(size_t *len)
{
	uint64_t emitted;
	char *text;

	order_finish(order);
	emitted = order_emitted_bytes(order);
	order_free(order);
	ck_assert_int_eq(writer_close(writer, NULL, &cause), 0);
	text = read_out(len);
	ck_assert_uint_eq(*len, emitted);
	return text;
}

static void
close_and_expect(const char *expected)
{
	size_t len;
	char *text = finish(&len);

	ck_assert_str_eq(text, expected);
	free(text);
}

static void
append_all(struct slot *slots[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		slots[i] = order_append(order, &slots[i]);
}

START_TEST(results_come_in_the_order_of_their_slots)
{
	struct slot *s[3];

	open_order(plain);
	append_all(s, 3);
	done(s[2], "c");
	done(s[0], "a");
	ck_assert_ptr_eq(order_head(order), &s[1]);
	done(s[1], "b");
	ck_assert_ptr_null(order_head(order));
	close_and_expect("abc");
}
END_TEST

START_TEST(by_completion_they_come_as_they_are_done)
{
	struct slot *s[3];

	options.order = ORDER_DONE;
	open_order(plain);
	append_all(s, 3);
	done(s[2], "c");
	ck_assert_ptr_eq(order_head(order), &s[0]);
	done(s[0], "a");
	ck_assert_ptr_eq(order_head(order), &s[1]);
	done(s[1], "b");
	close_and_expect("cab");
}
END_TEST

START_TEST(what_is_done_in_front_waits_for_nobody)
{
	struct slot *s[2];

	open_order(plain);
	append_all(s, 2);
	done(s[0], "a");
	order_flush(order);
	ck_assert_uint_eq(order_held_bytes(order), 0);
	done(s[1], "b");
	close_and_expect("ab");
}
END_TEST

START_TEST(children_stand_in_front_of_their_cursor)
{
	struct slot *s[2], *first, *second;

	open_order(plain);
	append_all(s, 2);
	done(s[1], "z");
	first = order_insert(order, s[0], &first);
	second = order_insert(order, s[0], &second);
	ck_assert_ptr_eq(order_head(order), &first);
	done(second, "2");
	done(s[0], ""); /* the cursor is through */
	done(first, "1");
	close_and_expect("12z");
}
END_TEST

START_TEST(separators_stand_between_what_is_not_empty)
{
	struct slot *s[5];

	open_order(array);
	append_all(s, 5);
	done(s[3], "4");
	done(s[4], "");
	done(s[0], "");
	done(s[2], "3");
	done(s[1], "2");
	close_and_expect("[2,\n3,\n4]\n");
}
END_TEST

START_TEST(no_result_makes_an_empty_array)
{
	open_order(array);
	close_and_expect("[]\n");
}
END_TEST

START_TEST(a_run_cut_short_gives_what_is_done)
{
	struct slot *s[4];

	open_order(array);
	append_all(s, 4);
	done(s[1], "1");
	done(s[3], "3");
	close_and_expect("[1,\n3]\n");
}
END_TEST

static int
file_with(const char *text)
{
	char name[] = "/tmp/check_order-XXXXXX";
	int fd = mkstemp(name);

	ck_assert_int_ge(fd, 0);
	unlink(name);
	ck_assert_int_eq(write(fd, text, strlen(text)), (int)strlen(text));
	return fd;
}

static void
done_file(struct slot *slot, const char *text)
{
	int fd = file_with(text);

	encoded_clear(&encoded);
	buf_adds(&encoded.out, "<");
	encoded.fd = fd;
	encoded.size = strlen(text);
	buf_adds(&encoded.after, ">");
	order_done(order, slot, &encoded);
	close(fd);
}

START_TEST(a_spilled_body_keeps_its_place)
{
	struct slot *s[3];

	open_order(array);
	append_all(s, 3);
	done_file(s[2], "two");
	ck_assert_uint_gt(order_spilled_bytes(order), 0);
	done_file(s[0], "zero");
	done(s[1], "one");
	ck_assert_uint_eq(order_spilled_bytes(order), 0);
	close_and_expect("[<zero>,\none,\n<two>]\n");
}
END_TEST

/* Spilling: numbered lines behind an unfinished head. */

enum {
	LINES = 20000
};

static struct slot *slots[LINES];

static void
done_line(size_t i)
{
	char line[32];

	snprintf(line, sizeof(line), "line %zu\n", i);
	done(slots[i], line);
}

static void
expect_lines(const struct framing *framing)
{
	size_t len;
	char *text = finish(&len), *at = text, line[48];

	for (size_t i = 0; i < LINES; i++) {
		snprintf(line, sizeof(line), "%sline %zu\n",
		    i ? framing->separator : framing->head, i);
		ck_assert_mem_eq(at, line, strlen(line));
		at += strlen(line);
	}
	ck_assert_str_eq(at, framing->tail);
	free(text);
}

static void
wait_for_spill(void)
{
	struct pollfd p = {.fd = writer_fd(writer), .events = POLLIN};

	while (!order_has_room(order)) {
		ck_assert_int_eq(poll(&p, 1, UNIT_HUNG_MS), 1);
		writer_reap(writer);
	}
}

START_TEST(what_is_too_much_is_spilled_and_comes_back)
{
	options.order_buffer = 4096;
	open_order(array);
	append_all(slots, LINES);
	for (size_t i = 1; i < LINES; i++)
		done_line(i);
	ck_assert_uint_le(order_held_bytes(order), 4096);
	ck_assert_uint_gt(order_spilled_bytes(order), 100000);
	wait_for_spill();
	done_line(0);
	ck_assert_uint_eq(order_held_bytes(order), 0);
	ck_assert_uint_eq(order_spilled_bytes(order), 0);
	expect_lines(&array);
}
END_TEST

/* 7919 is prime: every line once, in no order. */
START_TEST(any_order_of_completion_gives_the_same)
{
	options.order_buffer = 2048;
	open_order(array);
	append_all(slots, LINES);
	for (size_t i = 0; i < LINES; i++)
		done_line(i * 7919 % LINES);
	ck_assert_ptr_null(order_head(order));
	expect_lines(&array);
}
END_TEST

/* Two groups that take turns, one of them held: no neighbours are done in a
 * row, and yet they don't stay nodes of a list. */
START_TEST(far_apart_neighbours_are_indexed)
{
	options.order_buffer = 1024;
	open_order(array);
	append_all(slots, LINES);
	for (size_t i = 2; i < LINES; i += 2)
		done_line(i);
	for (size_t i = 1; i < LINES; i += 2)
		done_line(i);
	ck_assert_uint_lt(order_nodes(order), LINES / 4);
	done_line(0);
	ck_assert_uint_eq(order_spilled_bytes(order), 0);
	expect_lines(&array);
}
END_TEST

/* As a run has it: a window of open slots, appended as they finish. */
START_TEST(a_moving_window_gives_the_same)
{
	size_t open[64], len = 0, next = 0;
	unsigned seed = 1;

	options.order_buffer = 1024;
	open_order(plain);
	while (len || next < LINES) {
		while (len < 64 && next < LINES) {
			slots[next] = order_append(order, NULL);
			open[len++] = next++;
		}
		seed = seed * 1103515245 + 12345;
		size_t pick = (seed >> 16) % len;

		if (open[pick] < 40 && next < LINES)
			continue; /* slow ones */
		done_line(open[pick]);
		open[pick] = open[--len];
		if (seed % 256 == 0) {
			order_flush(order);
			writer_reap(writer);
		}
	}
	expect_lines(&plain);
}
END_TEST

/* What the head held up is handed over as the reader takes it. */
START_TEST(a_slow_reader_gets_all_without_a_queue_that_grows)
{
	enum {
		RECORDS = 2000,
		SIZE = 16000
	};
	static char piece[65536];
	char *record = calloc(SIZE + 1, 1);
	size_t left = (size_t)RECORDS * SIZE;
	struct writer *slow;
	int ends[2];

	memset(record, 'x', SIZE);
	ck_assert_int_eq(pipe(ends), 0);
	slow = writer_open(ends[1], &cause);
	order = order_new(&options, plain, slow);
	append_all(slots, RECORDS + 1);
	for (size_t i = 1; i <= RECORDS; i++)
		done(slots[i], record);
	done(slots[0], "");
	ck_assert_ptr_null(order_head(order));
	ck_assert(!order_has_room(order));
	while (left) {
		ssize_t n = read(ends[0], piece, sizeof(piece));

		ck_assert_int_gt(n, 0);
		left -= (size_t)n;
		writer_reap(slow);
		order_flush(order);
		ck_assert_uint_le(writer_pending(slow),
		    WRITER_STDOUT_MAX + sizeof(piece) + SIZE);
	}
	ck_assert(order_has_room(order));
	order_free(order);
	ck_assert_int_eq(writer_close(slow, NULL, &cause), 0);
	ck_assert_int_eq(writer_close(writer, NULL, &cause), 0);
	free(record);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(without_a_temporary_file_results_wait_in_memory)
{
	setenv("TMPDIR", "/nonexistent", 1);
	options.order_buffer = 4096;
	open_order(plain);
	append_all(slots, LINES);
	for (size_t i = 1; i < LINES; i++)
		done_line(i);
	ck_assert(!order_has_room(order));
	ck_assert_uint_eq(order_spilled_bytes(order), 0);
	done_line(0);
	ck_assert(order_has_room(order));
	expect_lines(&plain);
}
END_TEST

/* The memory that a million done results behind the head take, the list
 * itself included, as the process sees it. */
static long
resident_kib(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long size = 0, resident = 0;

	if (!f)
		return 0;
	if (fscanf(f, "%ld %ld", &size, &resident) != 2)
		resident = 0;
	fclose(f);
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

START_TEST(an_output_can_go_out_before_it_is_complete)
{
	struct slot *s[3];
	struct buf more = {0};

	open_order(array);
	append_all(s, 3);
	ck_assert(order_is_turn_of(order, s[0]));
	ck_assert(!order_is_turn_of(order, s[1]));
	done(s[0], "a");
	ck_assert(order_is_turn_of(order, s[1]));
	buf_adds(&encoded.out, "b");
	buf_adds(&encoded.after, "e");
	order_begin(order, s[1], &encoded);
	done(s[2], "c");
	buf_adds(&more, "gi");
	order_go_on(order, s[1], &more);
	buf_release(&more);
	ck_assert_ptr_eq(order_head(order), &s[1]);
	done(s[1], "n");
	close_and_expect("[a,\nbegin,\nc]\n");
}
END_TEST

START_TEST(by_completion_no_output_goes_out_early)
{
	struct slot *s;

	options.order = ORDER_DONE;
	open_order(plain);
	append_all(&s, 1);
	ck_assert(!order_is_turn_of(order, s));
	done(s, "a");
	close_and_expect("a");
}
END_TEST

START_TEST(a_large_body_that_cannot_be_spilled_stays_in_its_file)
{
	enum {
		LARGE = 2 << 20
	};
	struct slot *s[2];
	size_t len;
	char *text;
	int fd = file_with("<");

	setenv("TMPDIR", "/nonexistent", 1);
	ck_assert_int_eq(ftruncate(fd, LARGE), 0);
	open_order(plain);
	append_all(s, 2);
	encoded_clear(&encoded);
	encoded.fd = fd;
	encoded.size = LARGE;
	buf_adds(&encoded.after, ">");
	order_done(order, s[1], &encoded);
	close(fd);
	ck_assert_uint_eq(order_held_bytes(order), 0);
	ck_assert(!order_has_room(order));
	done(s[0], "a");
	ck_assert(order_has_room(order));
	text = finish(&len);
	ck_assert_uint_eq(len, LARGE + 2);
	ck_assert(text[0] == 'a' && text[1] == '<' && text[len - 1] == '>');
	free(text);
}
END_TEST

START_TEST(a_million_results_behind_the_head_take_little_memory)
{
	enum {
		WINDOW = 64,
		MILLION = 1000000
	};
	struct slot *window[WINDOW];
	struct slot *head;
	long before = resident_kib();

	options.order_buffer = 1 << 20;
	open_order(plain);
	head = order_append(order, NULL);
	for (size_t i = 0; i < WINDOW; i++)
		window[i] = order_append(order, NULL);
	for (size_t i = 0; i < MILLION; i++) {
		size_t pick = i * 7919 % WINDOW;

		done(window[pick], "{\"n\":1,\"ok\":true}\n");
		window[pick] = order_append(order, NULL);
		if (i % 64 == 0) {
			order_flush(order);
			writer_reap(writer);
		}
	}
	wait_for_spill();
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	ck_assert_int_lt(resident_kib() - before, 8 * 1024);
#endif
	printf("a million done slots: %ld KiB\n", resident_kib() - before);
	done(head, "");
	order_finish(order);
	order_free(order);
	ck_assert_int_eq(writer_close(writer, NULL, &cause), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("order");
	TCase *t = tcase_create("order");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, results_come_in_the_order_of_their_slots);
	tcase_add_test(t, by_completion_they_come_as_they_are_done);
	tcase_add_test(t, what_is_done_in_front_waits_for_nobody);
	tcase_add_test(t, children_stand_in_front_of_their_cursor);
	tcase_add_test(t, separators_stand_between_what_is_not_empty);
	tcase_add_test(t, no_result_makes_an_empty_array);
	tcase_add_test(t, a_run_cut_short_gives_what_is_done);
	tcase_add_test(t, a_spilled_body_keeps_its_place);
	tcase_add_test(t, what_is_too_much_is_spilled_and_comes_back);
	tcase_add_test(t, any_order_of_completion_gives_the_same);
	tcase_add_test(t, far_apart_neighbours_are_indexed);
	tcase_add_test(t, a_moving_window_gives_the_same);
	tcase_add_test(t, a_slow_reader_gets_all_without_a_queue_that_grows);
	tcase_add_test(t, without_a_temporary_file_results_wait_in_memory);
	tcase_add_test(t, an_output_can_go_out_before_it_is_complete);
	tcase_add_test(t, by_completion_no_output_goes_out_early);
	tcase_add_test(
	    t, a_large_body_that_cannot_be_spilled_stays_in_its_file);
	tcase_add_test(t, a_million_results_behind_the_head_take_little_memory);
	suite_add_tcase(s, t);
	return unit_run(s);
}
