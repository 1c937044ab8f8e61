#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "base/xalloc.h"
#include "request/names.h"
#include "request/request.h"
#include "request/result.h"
#include "unit.h"

static struct request_options none;

START_TEST(copy_of_options_shares_nothing)
{
	struct request_options from, to;

	request_options_init(&from);
	from.method = xstrdup("PUT");
	from.body = xmemdup0("a\0b", 3);
	from.body_len = 3;
	from.max_time_us = 7;
	strlist_add(&from.headers, "A: b");
	request_options_copy(&to, &from);
	request_options_release(&from);
	ck_assert_str_eq(to.method, "PUT");
	ck_assert_mem_eq(to.body, "a\0b", 4);
	ck_assert_uint_eq(to.body_len, 3);
	ck_assert_int_eq(to.max_time_us, 7);
	ck_assert_uint_eq(to.headers.len, 1);
	ck_assert_str_eq(to.headers.items[0], "A: b");
	request_options_release(&to);
}
END_TEST

/* What a reader may still see is not changed, and lives as long as the
 * request. */
START_TEST(options_that_are_read_stay_as_they_are)
{
	struct request *r = request_new(&none, "http://h/");
	const struct request_options *seen;

	strlist_add(&request_own_options(r)->headers, "A: b");
	seen = r->options;
	ck_assert_ptr_eq(request_own_options(r), seen);
	r->readers = 1;
	request_headers_set(&request_own_options(r)->headers, "A", NULL);
	ck_assert_uint_eq(r->options->headers.len, 0);
	ck_assert_ptr_ne(r->options, seen);
	ck_assert_str_eq(seen->headers.items[0], "A: b");
	r->readers = 0;
	ck_assert_ptr_eq(request_own_options(r), r->options);
	request_free(r);
}
END_TEST

START_TEST(header_is_set_without_regard_to_case)
{
	struct strlist h = {0};

	strlist_add(&h, "Accept: */*");
	strlist_add(&h, "x-a: 1");
	strlist_add(&h, "X-A;");
	strlist_add(&h, "X-Ab: 1");
	request_headers_set(&h, "X-A", "2");
	ck_assert_uint_eq(h.len, 3);
	ck_assert_str_eq(request_headers_find(&h, "x-a"), "X-A: 2");
	request_headers_set(&h, "ACCEPT", NULL);
	ck_assert_ptr_null(request_headers_find(&h, "accept"));
	request_headers_set(&h, "X-Empty", "");
	ck_assert_str_eq(request_headers_find(&h, "x-empty"), "X-Empty;");
	strlist_release(&h);
}
END_TEST

/* Assert that the request's number is `wanted`. */
static void
number_is(const struct request *r, const char *wanted)
{
	struct buf out = {0};

	request_add_number(r, &out);
	ck_assert_str_eq(buf_text(&out), wanted);
	buf_release(&out);
}

START_TEST(number_names_copies_pages_and_matches)
{
	struct request *input = request_new(&none, "http://h/");
	struct request *child = request_new(&none, "http://h/");
	struct request *grandchild = request_new(&none, "http://h/");

	input->n = child->n = grandchild->n = 3;
	number_is(input, "3");
	input->page = 7;
	number_is(input, "3.7");
	input->k = 2;
	number_is(input, "3.2.7");
	/* The {{k}} of a match is counted over all pages. */
	child->k = 90;
	request_set_trail(child, input, 12);
	number_is(child, "3.2.7.12");
	request_set_trail(grandchild, child, 1);
	number_is(grandchild, "3.2.7.12.1");
	request_free(input);
	request_free(child);
	request_free(grandchild);
}
END_TEST

static const struct {
	struct request_options options;
	const char *method;
} methods[] = {
    {{.body_kind = BODY_NONE}, "GET"},
    {{.head = true}, "HEAD"},
    {{.body_kind = BODY_FORM}, "POST"},
    {{.body_kind = BODY_JSON}, "POST"},
    {{.body_kind = BODY_FILE}, "PUT"},
    {{.body_kind = BODY_FORM, .data_in_query = true}, "GET"},
};

START_TEST(method_follows_from_the_body)
{
	ck_assert_str_eq(
	    request_options_method(&methods[_i].options), methods[_i].method);
}
END_TEST

START_TEST(request_knows_where_it_came_from)
{
	struct request *r = request_new_from(&(struct request_source){
	    .options = &none,
	    .input = "a\0b",
	    .input_len = 3,
	    .file = "list.txt",
	    .line = UINT64_MAX,
	});

	ck_assert_mem_eq(r->input, "a\0b", 4);
	ck_assert_uint_eq(r->input_len, 3);
	ck_assert_str_eq(r->where, "list.txt:18446744073709551615");
	request_free(r);
}
END_TEST

START_TEST(further_request_comes_from_the_same_place)
{
	struct request *listed = request_new_from(&(struct request_source){
	    .options = &none,
	    .input = "a",
	    .input_len = 1,
	    .file = "list.txt",
	    .line = 3,
	});
	struct request *operand = request_new(&none, "http://x/a");
	struct request *further = request_new_like(listed);

	ck_assert_str_eq(further->input, "a");
	ck_assert_str_eq(further->where, "list.txt:3");
	request_free(listed);
	ck_assert_str_eq(further->where, "list.txt:3");
	request_free(further);
	further = request_new_like(operand);
	ck_assert_str_eq(further->input, "http://x/a");
	ck_assert_ptr_null(further->where);
	request_free(operand);
	request_free(further);
}
END_TEST

START_TEST(common_names_are_there_and_others_where_any_may_be)
{
	const struct names plain = {0}, any = {.has_any = true};

	ck_assert(names_have(&plain, "id"));
	ck_assert(!names_have(&plain, "town"));
	ck_assert(names_have(&any, "id"));
	ck_assert(names_have(&any, "town"));
}
END_TEST

START_TEST(plain_url_shares_the_memory_of_its_line)
{
	struct request *r = request_new(&none, "http://x/a");

	request_set_url(r, "http://x/a");
	ck_assert_ptr_eq(r->url, r->input);
	ck_assert_str_eq(r->origin, "http://x:80");
	request_set_url(r, "http://x/b");
	ck_assert_str_eq(r->url, "http://x/b");
	ck_assert_str_eq(r->input, "http://x/a");
	request_set_url(r, r->url);
	ck_assert_str_eq(r->url, "http://x/b");
	ck_assert_ptr_eq(r->options, &none);
	request_free(r);
}
END_TEST

START_TEST(userinfo_and_fragment_are_taken_out_of_the_url)
{
	struct request *r = request_new(&none, "http://u:p@x/a#b");

	request_set_url(r, r->input);
	ck_assert_str_eq(r->url, "http://x/a");
	ck_assert_str_eq(request_shown_url(r), "http://x/a#b");
	ck_assert_str_eq(r->user, "u:p");
	ck_assert_ptr_null(none.user);
	request_free(r);
}
END_TEST

START_TEST(user_option_wins_over_userinfo)
{
	struct request_options options = {.user = xstrdup("a:b")};
	struct request *r = request_new(&options, "http://u:p@x/a");

	request_set_url(r, r->input);
	ck_assert_str_eq(r->options->user, "a:b");
	request_free(r);
	request_options_release(&options);
}
END_TEST

START_TEST(first_reason_of_an_invalid_request_stays)
{
	struct request *r = request_new(&none, "http://x:y/");

	request_set_url(r, r->input);
	ck_assert_ptr_null(r->url);
	ck_assert_ptr_nonnull(strstr(r->invalid, "port"));
	request_fail(r, "something else");
	ck_assert_ptr_nonnull(strstr(r->invalid, "port"));
	request_free(r);
}
END_TEST

START_TEST(a_method_or_a_key_says_what_a_second_copy_does)
{
	struct request *r = request_new(&none, "x");

	ck_assert_int_eq(request_resend_method(r), RESEND_GET);
	request_own_options(r)->method = xstrdup("POST");
	ck_assert_int_eq(request_resend_method(r), RESEND_POST);
	strlist_add(&r->own->headers, "idempotency-key: 1");
	ck_assert_int_eq(request_resend_method(r), RESEND_PUT);
	request_free(r);
}
END_TEST

START_TEST(row_finds_its_cells_by_name)
{
	struct row_names *names = row_names_new();
	struct strlist cells = {0};
	struct row *row;
	size_t len;

	strlist_add(&names->names, "id");
	strlist_add(&names->names, "name");
	strlist_add(&cells, "7");
	strlist_add(&cells, "x y");
	row = row_new(names, &cells);
	row_names_unref(names);
	ck_assert_str_eq(row_get(row, "name", &len), "x y");
	ck_assert_uint_eq(len, 3);
	ck_assert_ptr_null(row_get(row, "nam", &len));
	row_free(row);
}
END_TEST

START_TEST(failure_replaces_the_one_before)
{
	struct failure f = {0};

	failure_set(&f, ERROR_DNS, NULL, 6, "no %s", "name");
	failure_set(&f, ERROR_TIMEOUT, "stall", 28, "%s", "too slow");
	ck_assert_str_eq(error_class_name(f.class), "timeout");
	ck_assert_str_eq(f.reason, "stall");
	ck_assert_str_eq(f.message, "too slow");
	failure_clear(&f);
	ck_assert_int_eq(f.class, ERROR_NONE);
	ck_assert_str_eq(error_class_name(f.class), "");
}
END_TEST

START_TEST(body_is_one_piece_wherever_it_is)
{
	FILE *file = tmpfile();
	struct result r;
	size_t len;

	ck_assert_ptr_nonnull(file);
	result_init(&r);
	ck_assert_str_eq(body_bytes(&r.body, &len), "");
	ck_assert_uint_eq(len, 0);
	buf_adds(&r.body.mem, "in memory");
	ck_assert_str_eq(body_bytes(&r.body, &len), "in memory");
	r.body.fd = dup(fileno(file));
	ck_assert_int_eq(write(r.body.fd, "spilled", 7), 7);
	r.body.size = 4;
	ck_assert_mem_eq(body_bytes(&r.body, &len), "spil", 4);
	r.body.size = 7;
	ck_assert_mem_eq(body_bytes(&r.body, &len), "spilled", 7);
	ck_assert_uint_eq(len, 7);
	result_release(&r);
	fclose(file);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("request");
	TCase *t = tcase_create("request");

	suite_add_tcase(s, t);
	tcase_add_test(t, copy_of_options_shares_nothing);
	tcase_add_test(t, options_that_are_read_stay_as_they_are);
	tcase_add_test(t, header_is_set_without_regard_to_case);
	tcase_add_loop_test(t, method_follows_from_the_body, 0,
	    (int)(sizeof(methods) / sizeof(*methods)));
	tcase_add_test(t, request_knows_where_it_came_from);
	tcase_add_test(t, further_request_comes_from_the_same_place);
	tcase_add_test(t, common_names_are_there_and_others_where_any_may_be);
	tcase_add_test(t, plain_url_shares_the_memory_of_its_line);
	tcase_add_test(t, userinfo_and_fragment_are_taken_out_of_the_url);
	tcase_add_test(t, user_option_wins_over_userinfo);
	tcase_add_test(t, first_reason_of_an_invalid_request_stays);
	tcase_add_test(t, a_method_or_a_key_says_what_a_second_copy_does);
	tcase_add_test(t, row_finds_its_cells_by_name);
	tcase_add_test(t, number_names_copies_pages_and_matches);
	tcase_add_test(t, failure_replaces_the_one_before);
	tcase_add_test(t, body_is_one_piece_wherever_it_is);
	return unit_run(s);
}
