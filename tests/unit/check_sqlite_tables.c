#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sink/sqlite_tables.h"
#include "sample.h"
#include "unit.h"

/* Value `i` of the row that begins at `values`. */
static const char *
value_at(const char *values, size_t i)
{
	while (i--)
		values += strlen(values) + 1;
	return values;
}

static const char *
result_value(const char *values, const char *name)
{
	for (size_t i = 0; i < SQLITE_RESULT_COLUMNS; i++)
		if (strcmp(sqlite_result_column(i).name, name) == 0)
			return value_at(values, i);
	ck_abort_msg("there is no column %s", name);
}

static const char *
attempt_value(const char *values, const char *name)
{
	for (size_t i = 0; i < SQLITE_ATTEMPT_COLUMNS; i++)
		if (strcmp(sqlite_attempt_column(i).name, name) == 0)
			return value_at(values, i);
	ck_abort_msg("there is no column %s", name);
}

static struct output_options options;

static char *
result_values(struct sample *s)
{
	struct record record = {.request = s->request, .result = &s->result};
	struct sqlite_rows rows;
	struct buf out;

	buf_init(&out);
	sqlite_rows_init(&rows, &options);
	sqlite_rows_add_result(&rows, &record, &out);
	sqlite_rows_release(&rows);
	ck_assert_ptr_eq(
	    value_at(out.data, SQLITE_RESULT_COLUMNS), out.data + out.len);
	return buf_take(&out);
}

START_TEST(a_result_has_a_value_for_each_column)
{
	struct sample s;
	char *values;

	sample_init(&s);
	values = result_values(&s);
	ck_assert_str_eq(result_value(values, "n"), "7");
	ck_assert_str_eq(result_value(values, "k"), "");
	ck_assert_str_eq(
	    result_value(values, "input"), "\"http://user:***@h/p?q=1\"");
	ck_assert_str_eq(result_value(values, "ok"), "true");
	ck_assert_str_eq(result_value(values, "http_code"), "200");
	ck_assert_str_eq(result_value(values, "error_class"), "null");
	ck_assert_str_eq(result_value(values, "time_total"), "0.002000");
	ck_assert_str_eq(result_value(values, "time_appconnect"), "null");
	free(values);
	sample_release(&s);
}
END_TEST

START_TEST(headers_are_there_where_they_are_asked_for)
{
	struct sample s;
	char *values;

	sample_init(&s);
	values = result_values(&s);
	ck_assert_str_eq(result_value(values, "headers"), "");
	free(values);
	options.with_headers = true;
	values = result_values(&s);
	ck_assert(strstr(result_value(values, "headers"), "set-cookie"));
	options.with_headers = false;
	free(values);
	sample_release(&s);
}
END_TEST

START_TEST(an_attempt_has_a_value_for_each_column)
{
	struct sample s;
	struct record record;
	struct sqlite_rows rows;
	struct exchanges list;
	struct exchange *x;
	struct buf out;

	sample_init(&s);
	sample_fail(&s);
	record = (struct record){.request = s.request, .result = &s.result};
	buf_init(&out);
	exchanges_init(&list);
	x = exchanges_add(&list, s.request, &s.result);
	x->attempt = 3;
	x->final = true;
	x->queued_us = 1000;
	x->start_us = 2500;
	sqlite_rows_init(&rows, &options);
	sqlite_rows_add_attempt(&rows, &record, x, &out);
	ck_assert_ptr_eq(
	    value_at(out.data, SQLITE_ATTEMPT_COLUMNS), out.data + out.len);
	ck_assert_str_eq(attempt_value(out.data, "n"), "7");
	ck_assert_str_eq(attempt_value(out.data, "attempt"), "3");
	ck_assert_str_eq(attempt_value(out.data, "hop"), "0");
	ck_assert_str_eq(attempt_value(out.data, "final"), "1");
	ck_assert_str_eq(attempt_value(out.data, "hedge"), "0");
	ck_assert_str_eq(attempt_value(out.data, "http_code"), "404");
	ck_assert_str_eq(attempt_value(out.data, "http_version"), "\"1.1\"");
	ck_assert_str_eq(attempt_value(out.data, "error_class"), "\"http\"");
	ck_assert_str_eq(attempt_value(out.data, "redirect_url"), "");
	ck_assert_str_eq(attempt_value(out.data, "time_queue"), "0.001500");
	ck_assert_str_eq(attempt_value(out.data, "time_appconnect"), "");
	ck_assert_str_eq(attempt_value(out.data, "time_total"), "0.002000");
	sqlite_rows_release(&rows);
	exchanges_release(&list);
	buf_release(&out);
	sample_release(&s);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sqlite rows");
	TCase *tc = tcase_create("sqlite rows");

	tcase_add_test(tc, a_result_has_a_value_for_each_column);
	tcase_add_test(tc, headers_are_there_where_they_are_asked_for);
	tcase_add_test(tc, an_attempt_has_a_value_for_each_column);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
