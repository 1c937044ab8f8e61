#include "config.h"

#include <check.h>

#include "request/exchange.h"
#include "sample.h"
#include "unit.h"

START_TEST(an_exchange_holds_what_its_transfer_gave)
{
	struct exchanges list;
	struct exchange *x;
	struct sample s;

	sample_init(&s);
	s.result.request_headers = xstrdup("GET /p?q=1 HTTP/1.1\r\n\r\n");
	exchanges_init(&list);
	x = exchanges_add(&list, s.request, &s.result);
	ck_assert_str_eq(x->method, "GET");
	ck_assert_str_eq(x->url, "http://h/p?q=1");
	ck_assert_int_eq(x->status, 200);
	ck_assert_int_eq(x->error_class, ERROR_NONE);
	ck_assert_ptr_null(x->error_message);
	ck_assert_str_eq(x->remote_ip, "127.0.0.1");
	ck_assert_str_eq(x->request_headers, s.result.request_headers);
	ck_assert_str_eq(x->headers, s.result.headers);
	ck_assert_int_eq(x->starttransfer_us, 1500);
	ck_assert_int_eq(x->appconnect_us, -1);
	exchanges_release(&list);
	sample_release(&s);
}
END_TEST

START_TEST(exchanges_outlive_the_results_they_came_from)
{
	struct exchanges list;
	struct sample s;

	exchanges_init(&list);
	for (int i = 0; i < 5; i++) {
		sample_init(&s);
		sample_fail(&s);
		s.result.status = 500 + i;
		exchanges_add(&list, s.request, &s.result);
		sample_release(&s);
	}
	ck_assert_uint_eq(list.len, 5);
	for (int i = 0; i < 5; i++) {
		ck_assert_int_eq(list.items[i].status, 500 + i);
		ck_assert_int_eq(list.items[i].error_class, ERROR_HTTP);
		ck_assert_str_eq(
		    list.items[i].error_message, "status 404 (Not Found)");
	}
	exchanges_release(&list);
	ck_assert_uint_eq(list.len, 0);
}
END_TEST

START_TEST(what_was_never_sent_has_the_url_of_its_request)
{
	struct exchanges list;
	struct exchange *x;
	struct sample s;

	sample_init(&s);
	sample_set(&s.result.url_effective, NULL);
	exchanges_init(&list);
	x = exchanges_add(&list, s.request, &s.result);
	ck_assert_str_eq(x->url, "http://h/p?q=1");
	exchanges_release(&list);
	sample_release(&s);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("exchange");
	TCase *tc = tcase_create("exchange");

	tcase_add_test(tc, an_exchange_holds_what_its_transfer_gave);
	tcase_add_test(tc, exchanges_outlive_the_results_they_came_from);
	tcase_add_test(tc, what_was_never_sent_has_the_url_of_its_request);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
