#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "input/queued.h"
#include "unit.h"

static void
add_request(struct buf *out, const struct request *r)
{
	const struct request_options *o = r->options;

	buf_addf(out, "%llu.%llu ", (unsigned long long)r->n,
	    (unsigned long long)r->k);
	if (r->invalid) {
		buf_addf(out, "! %s", r->invalid);
	} else {
		buf_addf(out, "%s %s", request_options_method(o),
		    request_shown_url(r));
		for (size_t i = 0; i < o->headers.len; i++)
			buf_addf(out, " %s", o->headers.items[i]);
		if (o->body)
			buf_addf(out, " body=%s", o->body);
	}
	if (r->user)
		buf_addf(out, " user=%s", r->user);
	if (r->id)
		buf_addf(out, " id=%s", r->id);
	if (r->row) {
		buf_adds(out, " row=");
		row_add_json(out, r->row);
	}
	for (size_t i = 0; i < r->globs.len; i++)
		buf_addf(out, " glob=%s", r->globs.items[i]);
	buf_addf(out, " input=%s where=%s %d%d%d%d%d%d %s\n", r->input,
	    r->where ? r->where : "-", r->is_value, r->is_recorded,
	    r->hides_input, r->follows, r->trust.foreign, r->trust.from_public,
	    wire_state_name(r->was));
}

/* What a worker makes of the entry of `r`. */
static void
add_as_queued(struct buf *out, struct queued *q, const struct request *r)
{
	struct queued_fields fields = {.len = 0};
	struct request *again;

	queued_write(&fields, r);
	again = queued_read(q, r->n, fields.items, fields.len);
	add_request(out, again);
	request_free(again);
	queued_fields_release(&fields);
}

static struct request *
next_request(struct source *s)
{
	struct request *r;
	enum source_status status;

	while ((status = source_next(s, &r)) != SOURCE_REQUEST) {
		if (status == SOURCE_END)
			return NULL;
		if (status == SOURCE_WAIT)
			source_fill(s);
	}
	return r;
}

/* All requests of a source, and what a worker makes of their entries, are the
 * same. */
static void
expect_same(const struct input_options *o)
{
	struct request_options common;
	struct buf here = {0}, there = {0};
	struct source *s;
	struct queued *q;
	struct request *r;
	char *cause = NULL;

	request_options_init(&common);
	s = source_open(o, &common, &cause);
	q = queued_new(o, &common, &cause);
	ck_assert_msg(s && q, "%s", cause);
	while ((r = next_request(s))) {
		add_request(&here, r);
		add_as_queued(&there, q, r);
		request_free(r);
	}
	ck_assert_str_eq(buf_text(&there), buf_text(&here));
	ck_assert_uint_gt(here.len, 0);
	queued_free(q);
	source_free(s);
	buf_release(&here);
	buf_release(&there);
}

static char *
write_file(const char *content)
{
	char *name = xstrdup("/tmp/check_queued_XXXXXX");
	int fd = mkstemp(name);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(
	    write(fd, content, strlen(content)), (ssize_t)strlen(content));
	close(fd);
	return name;
}

START_TEST(lines_of_a_list_are_the_same_at_a_worker)
{
	struct input_options o = {0};
	char *list = write_file(
	    "http://h/1\n"
	    "  example.org/a b#frag \n"
	    "DELETE http://u:p%40w@h/2\n"
	    "{\"url\":\"http://h/3\",\"id\":7,\"headers\":{\"A\":\"b\"},"
	    "\"json\":{\"x\":1.0}}\n"
	    "{\"url\":\"http://h/{{x}}\",\"vars\":{\"x\":\"y z\"}}\n"
	    "{\"url\":\"http://h/\",\"unknown\":1}\n"
	    "http://[::1\n"
	    "http://h/{{x}}/[1-2]\n");

	input_options_add(&o, INPUT_LIST, list);
	o.repeat = 2;
	expect_same(&o);
	input_options_release(&o);
	unlink(list);
	free(list);
}
END_TEST

START_TEST(operands_are_the_same_at_a_worker)
{
	struct input_options o = {0};

	input_options_add(&o, INPUT_URL, "http://u:p@h/[1-3]?{a,b}#f");
	input_options_add(&o, INPUT_URL, "example.org");
	input_options_add(&o, INPUT_URL, "ftp://h/");
	expect_same(&o);
	input_options_release(&o);
}
END_TEST

START_TEST(rows_are_the_same_at_a_worker)
{
	struct input_options o = {0};
	char *rows = write_file("id,name\n1,a {{b}}\n2,\"c,d\"\n3\n");

	input_options_add(&o, INPUT_URL, "http://h/{{id}}?q={{name}}");
	o.rows = xstrdup(rows);
	o.rows_format = ROWS_CSV;
	expect_same(&o);
	input_options_release(&o);
	unlink(rows);
	free(rows);
}
END_TEST

/* Where a record says so, no secrets are sent, and a POST is not repeated. */
START_TEST(records_are_the_same_at_a_worker)
{
	struct input_options o = {0};
	char *records = write_file(
	    "{\"n\":1,\"input\":\"http://h/a\",\"url\":\"http://h/b?page=2\","
	    "\"method\":\"GET\",\"ok\":false,\"foreign\":true,"
	    "\"from_public\":true,\"parent\":{\"url\":\"http://h/\"},"
	    "\"error\":{\"class\":\"timeout\"},\"wire\":\"unknown\"}\n"
	    "{\"n\":2,\"input\":\"POST http://h/p\",\"url\":\"http://h/p\","
	    "\"method\":\"POST\",\"ok\":false,\"id\":\"x\","
	    "\"wire\":\"unknown\",\"error\":{\"class\":\"reset\"}}\n"
	    "{\"n\":3,\"input\":\"{\\\"url\\\":\\\"http://h/j\\\","
	    "\\\"headers\\\":{\\\"A\\\":\\\"b\\\"}}\",\"url\":\"http://h/j\","
	    "\"ok\":false,\"wire\":\"unsent\"}\n");

	o.retry_from = xstrdup(records);
	expect_same(&o);
	input_options_release(&o);
	unlink(records);
	free(records);
}
END_TEST

START_TEST(values_are_the_same_at_a_worker)
{
	struct input_options o = {0};
	char *list = write_file("a b\n{\"x\":1}\n");

	input_options_add(&o, INPUT_URL, "http://h/{{.}}");
	input_options_add(&o, INPUT_LIST, list);
	expect_same(&o);
	input_options_release(&o);
	unlink(list);
	free(list);
}
END_TEST

/* Entries come from a server, and nothing in them is trusted. */
START_TEST(an_entry_that_makes_no_sense_is_an_invalid_request)
{
	static const struct queued_field odd[][3] = {
	    {{"z", "", 0}},
	    {{"r", "", 0}},
	    {{"r", "\0\xff", 2}},
	    {{"i", "http://h/", 9}},
	    {{"r", "http://h/", 9}, {"x", "no", 2}, {"f", "vhs", 3}},
	    {{"r", "{", 1}, {"v", "[1", 2}, {"w", ":", 1}},
	    {{"r", "x y", 3}, {"k", "99999999999999999999999999", 26},
	        {"w", "a", 1}},
	};
	struct request_options common;
	struct input_options o = {0};
	char *cause = NULL;
	struct queued *q;

	request_options_init(&common);
	q = queued_new(&o, &common, &cause);
	ck_assert_ptr_nonnull(q);
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		size_t len = 0;
		struct request *r;

		while (len < 3 && odd[i][len].name)
			len++;
		r = queued_read(q, 5, odd[i], len);
		ck_assert_ptr_nonnull(r->invalid);
		ck_assert_uint_eq(r->n, 5);
		request_free(r);
	}
	queued_free(q);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("queued");
	TCase *tc = tcase_create("queued");

	tcase_add_test(tc, lines_of_a_list_are_the_same_at_a_worker);
	tcase_add_test(tc, operands_are_the_same_at_a_worker);
	tcase_add_test(tc, rows_are_the_same_at_a_worker);
	tcase_add_test(tc, records_are_the_same_at_a_worker);
	tcase_add_test(tc, values_are_the_same_at_a_worker);
	tcase_add_test(tc, an_entry_that_makes_no_sense_is_an_invalid_request);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
