/* Which inputs have come, are emitted, and are to be removed from a queue. */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/queue_inputs.h"
#include "format/options.h"
#include "unit.h"

static FILE *out;
static struct writer *writer;
static struct order *order;
static struct output_options options;
static struct inputs in;

static void
begin(enum order_kind kind)
{
	const struct framing none = {"", "", ""};
	char *cause;

	output_options_init(&options);
	options.order = kind;
	out = tmpfile();
	writer = writer_open(fileno(out), &cause);
	order = order_new(&options, none, writer);
	inputs_init(&in, order, kind);
}

/* The records of input `n` come, if they are new. */
static void
come(uint64_t n)
{
	char text[16];
	struct queue_reply records = {.kind = QUEUE_TEXT, .text = text};
	struct removal removal = {.n = n, .kind = '2'};

	records.len = (size_t)snprintf(text, sizeof(text), "%d\n", (int)n);
	removal.bytes = records.len;
	if (inputs_is_new(&in, n)) {
		removal.kind = '1';
		inputs_put(&in, &removal, &records);
	} else {
		inputs_add_removal(&in, &removal);
	}
	order_flush(order);
	inputs_count_emitted(&in);
}

/* What is to be removed, "1 2 1x": x marks a second one. */
static void
check_removals(const char *wanted)
{
	struct buf text = {0};

	for (size_t i = 0; i < in.removals_len; i++)
		buf_addf(&text, "%s%d%s", i ? " " : "", (int)in.removals[i].n,
		    in.removals[i].kind == '2' ? "x" : "");
	ck_assert_str_eq(buf_text(&text), wanted);
	buf_release(&text);
}

static void
end(const char *wanted)
{
	char text[200] = "", *cause;

	inputs_finish(&in);
	inputs_release(&in);
	order_free(order);
	ck_assert_int_eq(writer_close(writer, NULL, &cause), 0);
	rewind(out);
	ck_assert_uint_lt(fread(text, 1, sizeof(text) - 1, out), 200);
	ck_assert_str_eq(text, wanted);
	fclose(out);
	output_options_release(&options);
}

START_TEST(what_is_emitted_is_removed)
{
	begin(ORDER_INPUT);
	come(3);
	check_removals("");
	come(1);
	check_removals("1");
	come(2);
	check_removals("1 2 3");
	ck_assert_uint_eq(in.unremoved_bytes, 6);
	inputs_drop_removed(&in, 2);
	check_removals("3");
	ck_assert_uint_eq(in.unremoved_bytes, 2);
	end("1\n2\n3\n");
}
END_TEST

START_TEST(second_records_are_not_written)
{
	begin(ORDER_INPUT);
	come(2);
	come(2);
	come(1);
	come(1);
	check_removals("2x 1 2 1x");
	end("1\n2\n");
}
END_TEST

START_TEST(inputs_without_records_are_passed_at_the_end)
{
	begin(ORDER_INPUT);
	come(5);
	come(3);
	come(1);
	check_removals("1");
	inputs_finish(&in);
	check_removals("1 3 5");
	end("1\n3\n5\n");
}
END_TEST

START_TEST(what_was_written_before_is_passed)
{
	begin(ORDER_INPUT);
	buf_addc(&in.put, 0x50); /* 1 and 3 */
	come(3);
	come(4);
	come(2);
	check_removals("3x 2 4");
	end("2\n4\n");
}
END_TEST

START_TEST(it_begins_behind_what_was_written)
{
	begin(ORDER_INPUT);
	inputs_begin_at(&in, 4);
	come(5);
	come(3);
	come(4);
	check_removals("3x 4 5");
	end("4\n5\n");
}
END_TEST

START_TEST(by_completion_they_are_removed_as_they_come)
{
	begin(ORDER_DONE);
	come(3);
	come(1);
	come(3);
	check_removals("3 1 3x");
	inputs_drop_removed(&in, 3);
	check_removals("");
	end("3\n1\n");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("queue inputs");
	TCase *tc = tcase_create("queue inputs");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, what_is_emitted_is_removed);
	tcase_add_test(tc, second_records_are_not_written);
	tcase_add_test(tc, inputs_without_records_are_passed_at_the_end);
	tcase_add_test(tc, what_was_written_before_is_passed);
	tcase_add_test(tc, it_begins_behind_what_was_written);
	tcase_add_test(tc, by_completion_they_are_removed_as_they_come);
	return unit_run(s);
}
