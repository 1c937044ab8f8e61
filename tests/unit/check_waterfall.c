#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "pictures/page.h"
#include "pictures/waterfall.h"
#include "traffic.h"
#include "unit.h"

static char http_url[] = "http://a/";
static char https_url[] = "https://a/";

static const struct exchange nothing = {
    .namelookup_us = -1,
    .connect_us = -1,
    .appconnect_us = -1,
    .pretransfer_us = -1,
    .starttransfer_us = -1,
};

/* Where `x` spends its time, as "phase from-to, ...". */
static void
ck_assert_spans(const struct exchange *x, const char *expected)
{
	struct span spans[PHASE_COUNT];
	size_t len = phase_spans(x, spans);
	struct buf text;

	buf_init(&text);
	buf_adds(&text, "");
	for (size_t i = 0; i < len; i++)
		buf_addf(&text, "%s%s %lld-%lld", i ? ", " : "",
		    phase_name(spans[i].phase), (long long)spans[i].from_us,
		    (long long)spans[i].to_us);
	ck_assert_str_eq(text.data, expected);
	buf_release(&text);
}

START_TEST(phases_follow_each_other)
{
	struct exchange x = {
	    .url = https_url,
	    .queued_us = 100,
	    .start_us = 150,
	    .waits = {.place_us = 5,
	        .host_us = 10,
	        .rate_us = 15,
	        .hold_us = 20,
	        .backoff_us = 100},
	    .namelookup_us = 10,
	    .connect_us = 30,
	    .appconnect_us = 60,
	    .pretransfer_us = 61,
	    .starttransfer_us = 90,
	    .total_us = 95,
	};

	ck_assert_spans(&x,
	    "backoff 0-100, slot 100-105, host slot 105-115, rate 115-130, "
	    "hold 130-150, dns 150-160, connect 160-180, tls 180-210, "
	    "send 210-211, wait 211-240, receive 240-245");
}
END_TEST

START_TEST(what_nobody_accounts_for_was_waited_for_a_place)
{
	struct exchange x = nothing;

	x.url = http_url;
	x.queued_us = 100;
	x.start_us = 150;
	x.waits.hold_us = 20;
	x.total_us = 0;
	ck_assert_spans(&x, "slot 100-130, hold 130-150");
}
END_TEST

START_TEST(times_of_a_reused_connection_run_back)
{
	struct exchange x = nothing;

	x.url = http_url;
	x.namelookup_us = 21;
	x.connect_us = 0;
	x.pretransfer_us = 30;
	x.starttransfer_us = 80;
	x.total_us = 80;
	ck_assert_spans(&x, "dns 0-21, send 21-30, wait 30-80");
}
END_TEST

static const struct {
	const char *url;
	int64_t namelookup, connect, pretransfer;
	bool cancelled;
	const char *spans;
} broken[] = {
    {"http://a/", -1, -1, -1, false, "dns 0-100"},
    {"http://a/", 10, -1, -1, false, "dns 0-10, connect 10-100"},
    {"https://a/", 10, 20, -1, false, "dns 0-10, connect 10-20, tls 20-100"},
    {"http://a/", 10, 20, 25, false,
        "dns 0-10, connect 10-20, send 20-25, wait 25-100"},
    {"http://a/", -1, -1, -1, true, "wait 0-100"},
};

START_TEST(what_broke_off_did_so_in_the_phase_it_was_in)
{
	struct exchange x = nothing;

	x.url = xstrdup(broken[_i].url);
	x.namelookup_us = broken[_i].namelookup;
	x.connect_us = broken[_i].connect;
	x.pretransfer_us = broken[_i].pretransfer;
	x.cancelled = broken[_i].cancelled;
	x.total_us = 100;
	ck_assert_spans(&x, broken[_i].spans);
	free(x.url);
}
END_TEST

/* Request `n`, sent at its own moment, answered `took` later. */
static void
add(struct waterfall *w, unsigned n, const char *url, int64_t took)
{
	struct exchange x = nothing;
	struct traffic t;

	x.attempt = 1;
	x.status = 200;
	x.start_us = x.queued_us = n * 1000;
	x.pretransfer_us = 0;
	x.starttransfer_us = took / 2;
	x.total_us = took;
	traffic_init(&t, n, url);
	traffic_add(&t, x);
	t.result.attempts = 1;
	t.result.flight_us = took;
	waterfall_add(w, t.request, &t.result);
	traffic_release(&t);
}

START_TEST(the_first_and_the_slowest_are_kept)
{
	struct waterfall *w = waterfall_new(9);
	struct waterfall_view v;
	struct buf kept;

	for (unsigned n = 1; n <= 1000; n++)
		add(w, n, "http://a/", n % 7 == 0 ? n * 100 : 50);
	v = waterfall_view(w);
	buf_init(&kept);
	for (size_t i = 0; i < v.len; i++)
		buf_addf(&kept, "%u ", (unsigned)v.requests[i]->n);
	ck_assert_str_eq(kept.data, "1 2 3 959 966 973 980 987 994 ");
	ck_assert_uint_eq(v.total, 1000);
	buf_release(&kept);
	waterfall_free(w);
}
END_TEST

/* A failed one with two attempts, of which the first was sent with request `n`.
 */
static void
add_retried(struct waterfall *w, unsigned n, int64_t pause)
{
	struct exchange x = nothing;
	struct traffic t;

	x.pretransfer_us = x.starttransfer_us = 0;
	x.total_us = 50;
	x.error_class = ERROR_HTTP;
	x.status = 503;
	x.attempt = 1;
	x.start_us = x.queued_us = n * 1000;
	traffic_init(&t, n, http_url);
	traffic_add(&t, x);
	x.attempt = 2;
	x.start_us = x.queued_us = n * 1000 + pause;
	x.final = true;
	traffic_add(&t, x);
	t.result.attempts = 2;
	t.result.flight_us = 50;
	failure_set(&t.result.failure, ERROR_HTTP, NULL, 503, "HTTP 503");
	waterfall_add(w, t.request, &t.result);
	traffic_release(&t);
}

static void
ck_assert_kept(struct waterfall *w, const char *expected)
{
	struct waterfall_view v = waterfall_view(w);
	struct buf kept;

	buf_init(&kept);
	for (size_t i = 0; i < v.len; i++)
		buf_addf(&kept, "%u ", (unsigned)v.requests[i]->n);
	ck_assert_str_eq(kept.data, expected);
	buf_release(&kept);
}

START_TEST(failures_are_kept_however_short_they_were)
{
	struct waterfall *w = waterfall_new(9);
	struct buf title;

	for (unsigned n = 1; n <= 100; n++)
		if (n % 10)
			add(w, n, http_url, n * 1000);
		else
			add_retried(w, n, 9000);
	ck_assert_kept(w, "1 2 3 10 20 30 97 98 99 ");
	buf_init(&title);
	waterfall_add_title(
	    &title, &(struct waterfall_view){
	                .len = 9, .total = 100, .has_trouble = true});
	ck_assert_str_eq(
	    title.data, "9 of 100 requests: first, slowest, failed");
	buf_release(&title);
	waterfall_free(w);
}
END_TEST

/* It took as long as its last attempt: waits and earlier ones are apart. */
START_TEST(a_request_took_what_its_last_attempt_took)
{
	struct waterfall *w = waterfall_new(3);
	struct waterfall_view v;

	add_retried(w, 2, 9000);
	v = waterfall_view(w);
	ck_assert_int_eq(v.requests[0]->took_us, 50);
	ck_assert_int_eq(v.requests[0]->to_us - v.requests[0]->from_us, 9050);
	ck_assert_int_eq(v.requests[0]->phase_us[PHASE_RECEIVE], 50);
	ck_assert_uint_eq(v.requests[0]->attempts, 2);
	waterfall_free(w);
}
END_TEST

/* A request that was polled `n` times. */
static void
add_polled(struct waterfall *w, unsigned n)
{
	struct exchange x = nothing;
	struct traffic t;

	x.status = 202;
	x.total_us = 50;
	traffic_init(&t, 1, http_url);
	for (x.attempt = 1; x.attempt <= n; x.attempt++) {
		x.start_us = x.queued_us = x.attempt * 1000;
		traffic_add(&t, x);
	}
	waterfall_add(w, t.request, &t.result);
	traffic_release(&t);
}

START_TEST(of_a_long_url_the_middle_is_not_kept)
{
	struct waterfall *w = waterfall_new(3);
	struct buf url;

	buf_init(&url);
	buf_adds(&url, "http://a/begin/");
	while (url.len < 60000)
		buf_addc(&url, 'x');
	buf_adds(&url, "/end");
	add(w, 1, url.data, 50);
	buf_clear(&url);
	buf_adds(&url, waterfall_view(w).requests[0]->rows[0].url);
	ck_assert_uint_lt(url.len, 1100);
	ck_assert_ptr_nonnull(strstr(url.data, "http://a/begin/xxx"));
	ck_assert_ptr_nonnull(strstr(url.data, "x…x"));
	ck_assert_ptr_nonnull(strstr(url.data, "x/end"));
	buf_release(&url);
	waterfall_free(w);
}
END_TEST

START_TEST(of_many_attempts_those_in_the_middle_are_left_out)
{
	struct waterfall *w = waterfall_new(3);
	struct waterfall_view v;

	add_polled(w, 500);
	v = waterfall_view(w);
	ck_assert_uint_eq(v.requests[0]->rows_len, WATERFALL_ROWS);
	ck_assert_uint_eq(v.requests[0]->left_out, 500 - WATERFALL_ROWS);
	ck_assert_uint_eq(v.requests[0]->rows[9].attempt, 10);
	ck_assert_uint_eq(v.requests[0]->rows[10].attempt, 491);
	waterfall_free(w);
}
END_TEST

static const struct {
	int64_t span;
	unsigned marks;
	int64_t step;
} steps[] = {
    {1, 6, 2},
    {100, 5, 20},
    {101, 5, 50},
    {1000000, 4, 500000},
    {INT64_C(100000000000), 10, INT64_C(10000000000)},
};

START_TEST(marks_stand_at_round_numbers)
{
	ck_assert_int_eq(
	    waterfall_step(steps[_i].span, steps[_i].marks), steps[_i].step);
}
END_TEST

static struct buf
text_of(struct waterfall *w, const struct waterfall_look *look)
{
	struct buf out;

	buf_init(&out);
	buf_adds(&out, "");
	waterfall_add_text(w, look, &out);
	return out;
}

START_TEST(a_terminal_shows_bars)
{
	struct waterfall *w = waterfall_new(9);
	struct buf out;

	add(w, 1, "http://a/x", 10000);
	add(w, 2, "http://a/yy", 20000);
	out = text_of(w, &(struct waterfall_look){.width = 60});
	ck_assert_str_eq(out.data,
	    "2 requests to http://a                                  took\n"
	    "/x     200  =========##########                      10.0 ms\n"
	    "/yy    200   ===================###################  20.0 ms\n"
	    "            '0                '10 ms             '20 ms\n"
	    "= wait  # receive\n");
	buf_release(&out);
	waterfall_free(w);
}
END_TEST

START_TEST(no_line_is_wider_than_its_terminal)
{
	for (unsigned width = 20; width < 200; width += 7) {
		struct waterfall *w = waterfall_new(9);
		struct buf out;

		add(w, 1,
		    "http://a/"
		    "a-long-path/a-long-path/a-long-path/a-long-path/x",
		    123456);
		add(w, 2, "http://b/", 1);
		add_retried(w, 3, 1000);
		out = text_of(w, &(struct waterfall_look){.width = width});
		for (char *line = strtok(out.data, "\n"); line;
		     line = strtok(NULL, "\n"))
			ck_assert_uint_le(strlen(line), width);
		buf_release(&out);
		waterfall_free(w);
	}
}
END_TEST

static struct buf
row_of(const char *url, struct waterfall_look look)
{
	struct waterfall *w = waterfall_new(3);
	struct buf out;

	add(w, 1, url, 1000);
	out = text_of(w, &look);
	memmove(out.data, strchr(out.data, '\n') + 1,
	    strlen(strchr(out.data, '\n')));
	*strchr(out.data, '\n') = '\0';
	waterfall_free(w);
	return out;
}

static const struct {
	const char *url, *label; /* with the outcome behind it */
} labels[] = {
    {"http://a/caf%C3%A9", "/café    200 "},
    {"http://a/%E6%97%A5%E6%9C%AC", "/日本    200 "},
    {"http://a/%C3", "/%C3    200 "},
    {"http://a/a%2Fb?x=%26%3D", "/a%2Fb?x=%26%3D    200 "},
    {"http://a/a%20b", "/a b    200 "},
    {"http://a/%1B%0A", "/%1B%0A    200 "},
    {"http://a/%e2%80%ae", "/%e2%80%ae    200 "},
    {"http://a/0123456789012345678901234567890123456789",
        "/0123456789012…7890123456789    200 "},
    {"http://a/日日日日日日日日日日日日日日日日日日日日",
        "/日日日日日日…日日日日日日      200 "},
    {"http://a/?token=abc", "/?token=***    200 "},
};

START_TEST(labels_are_decoded_and_cut_in_the_middle)
{
	struct buf row = row_of(labels[_i].url,
	    (struct waterfall_look){.width = 84, .unicode = true});

	ck_assert_int_eq(
	    strncmp(row.data, labels[_i].label, strlen(labels[_i].label)), 0);
	buf_release(&row);
}
END_TEST

START_TEST(what_failed_is_red_and_marked)
{
	struct waterfall *w = waterfall_new(3);
	struct buf out;

	add_retried(w, 1, 1000);
	out = text_of(w, &(struct waterfall_look){.width = 60, .color = true});
	ck_assert_ptr_nonnull(
	    strstr(out.data, "\n\033[31m/          ! 503  \033[0m"));
	ck_assert_ptr_nonnull(
	    strstr(out.data, "\n\033[31m  try 2 /  ! 503  \033[0m"));
	ck_assert_ptr_nonnull(strstr(out.data, "\033[31m! failed\033[0m\n"));
	buf_release(&out);
	waterfall_free(w);
}
END_TEST

/* The second request is far too short to have phases of its own. */
START_TEST(the_legend_has_only_what_is_drawn)
{
	struct waterfall *w = waterfall_new(3);
	struct exchange x = nothing;
	struct traffic t;
	struct buf out;

	x.namelookup_us = 1;
	x.connect_us = 2;
	x.pretransfer_us = 3;
	x.starttransfer_us = 1000000;
	x.total_us = 1000001;
	traffic_init(&t, 1, http_url);
	traffic_add(&t, x);
	waterfall_add(w, t.request, &t.result);
	traffic_release(&t);
	out = text_of(w, &(struct waterfall_look){.width = 80});
	ck_assert_ptr_nonnull(strstr(out.data, "\n= wait\n"));
	buf_clear(&out);
	waterfall_add_svg(w, &out);
	ck_assert_ptr_nonnull(strstr(out.data, ">wait<title>"));
	ck_assert_ptr_null(strstr(out.data, ">dns<title>"));
	ck_assert_ptr_null(strstr(out.data, ">receive<title>"));
	buf_release(&out);
	waterfall_free(w);
}
END_TEST

static const char hostile[] =
    "http://a/\x1b[31m</title><script>alert(1)</script>&\"'\xFF\xE2\x80\xAE";

START_TEST(hostile_urls_stay_text)
{
	struct waterfall *w = waterfall_new(9);
	struct buf out;

	add(w, 1, hostile, 100);
	out = text_of(w, &(struct waterfall_look){.width = 200});
	ck_assert_ptr_null(strchr(out.data, '\x1b'));
	ck_assert_ptr_null(strstr(out.data, "\xE2\x80\xAE"));
	buf_release(&out);
	buf_init(&out);
	waterfall_add_svg(w, &out);
	ck_assert_ptr_null(strstr(out.data, "<script"));
	ck_assert_ptr_null(strchr(out.data, '\x1b'));
	ck_assert_ptr_null(strchr(out.data, '\xFF'));
	ck_assert_ptr_nonnull(strstr(out.data, "&lt;script&gt;"));
	buf_release(&out);
	waterfall_free(w);
}
END_TEST

/* Two runs of the same request, 10 ms and 20 ms. */
static void
make_parts(struct waterfall_part parts[2])
{
	parts[0] = (struct waterfall_part){
	    waterfall_new(9), "sync", "one by one", 20000};
	parts[1] = (struct waterfall_part){
	    waterfall_new(9), "async", "<together>", 10000};
	add(parts[0].waterfall, 1, "http://a/x", 19000);
	add(parts[1].waterfall, 1, "http://a/x", 9000);
}

START_TEST(several_share_an_axis)
{
	struct waterfall_part parts[2];
	struct waterfall_group group = {parts, 2, ", median"};
	struct buf out;

	make_parts(parts);
	buf_init(&out);
	waterfall_group_add_text(
	    &group, &(struct waterfall_look){.width = 60}, &out);
	ck_assert_str_eq(out.data,
	    "1 request to http://a, median                           took\n"
	    "\n"
	    "sync: one by one\n"
	    "/x            200   ================###############  19.0 ms\n"
	    "wall clock         |------------------------------|  20.0 ms\n"
	    "\n"
	    "async: <together>\n"
	    "/x            200   ========#######                   9.0 ms\n"
	    "wall clock         |--------------|                  10.0 ms\n"
	    "                   '0      '5 ms   '10 ms  '15 ms  '20 ms\n"
	    "= wait  # receive\n");
	buf_release(&out);
	waterfall_free(parts[0].waterfall);
	waterfall_free(parts[1].waterfall);
}
END_TEST

START_TEST(several_are_one_picture_with_one_scale)
{
	struct waterfall_part parts[2];
	struct waterfall_group group = {parts, 2, ""};
	struct buf out;
	double first = 0, second = 0;
	const char *line;

	make_parts(parts);
	buf_init(&out);
	waterfall_group_add_svg(&group, &out);
	line = strstr(out.data, "class=\"total\" d=\"M");
	ck_assert_int_eq(
	    sscanf(line, "class=\"total\" d=\"M%*d %*dH%lf", &first), 1);
	line = strstr(line + 1, "class=\"total\" d=\"M");
	ck_assert_int_eq(
	    sscanf(line, "class=\"total\" d=\"M%*d %*dH%lf", &second), 1);
	ck_assert_double_gt(first, second + 100);
	ck_assert_ptr_nonnull(strstr(out.data, ": &lt;together&gt;"));
	/* The legend explains itself. */
	ck_assert_ptr_nonnull(
	    strstr(out.data, ">waiting for the first byte<title>"));
	buf_clear(&out);
	waterfall_group_add_drawing(&group, &out);
	ck_assert_ptr_null(strstr(out.data, "<style>"));
	buf_release(&out);
	waterfall_free(parts[0].waterfall);
	waterfall_free(parts[1].waterfall);
}
END_TEST

START_TEST(a_run_without_requests_has_its_time)
{
	struct waterfall_part part = {waterfall_new(9), "sync", "none", 1000};
	struct waterfall_group group = {&part, 1, ""};
	struct buf out;

	buf_init(&out);
	waterfall_group_add_text(
	    &group, &(struct waterfall_look){.width = 40}, &out);
	ck_assert_ptr_nonnull(strstr(out.data, "\nsync: none\nwall clock  "));
	buf_clear(&out);
	waterfall_group_add_svg(&group, &out);
	ck_assert_ptr_nonnull(strstr(out.data, "</svg>"));
	buf_release(&out);
	waterfall_free(part.waterfall);
}
END_TEST

START_TEST(without_requests_there_is_no_text)
{
	struct waterfall *w = waterfall_new(9);
	struct buf out = text_of(w, &(struct waterfall_look){.width = 80});

	ck_assert_str_eq(out.data, "");
	waterfall_add_svg(w, &out);
	ck_assert_ptr_nonnull(strstr(out.data, "</svg>"));
	buf_release(&out);
	waterfall_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("waterfall");
	TCase *tc = tcase_create("waterfall");

	tcase_add_test(tc, phases_follow_each_other);
	tcase_add_test(tc, what_nobody_accounts_for_was_waited_for_a_place);
	tcase_add_test(tc, times_of_a_reused_connection_run_back);
	tcase_add_loop_test(tc, what_broke_off_did_so_in_the_phase_it_was_in, 0,
	    sizeof(broken) / sizeof(broken[0]));
	tcase_add_test(tc, the_first_and_the_slowest_are_kept);
	tcase_add_test(tc, failures_are_kept_however_short_they_were);
	tcase_add_test(tc, a_request_took_what_its_last_attempt_took);
	tcase_add_test(tc, of_a_long_url_the_middle_is_not_kept);
	tcase_add_test(tc, of_many_attempts_those_in_the_middle_are_left_out);
	tcase_add_loop_test(tc, marks_stand_at_round_numbers, 0,
	    sizeof(steps) / sizeof(steps[0]));
	tcase_add_test(tc, a_terminal_shows_bars);
	tcase_add_test(tc, no_line_is_wider_than_its_terminal);
	tcase_add_test(tc, hostile_urls_stay_text);
	tcase_add_test(tc, without_requests_there_is_no_text);
	tcase_add_test(tc, several_share_an_axis);
	tcase_add_test(tc, several_are_one_picture_with_one_scale);
	tcase_add_test(tc, a_run_without_requests_has_its_time);
	tcase_add_loop_test(tc, labels_are_decoded_and_cut_in_the_middle, 0,
	    sizeof(labels) / sizeof(labels[0]));
	tcase_add_test(tc, what_failed_is_red_and_marked);
	tcase_add_test(tc, the_legend_has_only_what_is_drawn);
	suite_add_tcase(s, tc);
	return unit_run(s);
}
