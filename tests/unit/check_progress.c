#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "base/clock.h"
#include "display/progress.h"
#include "display/status_line.h"
#include "display/terminal.h"
#include "stats/pace.h"
#include "text/term_width.h"
#include "unit.h"

static const struct progress_figures half = {
    .done = 50,
    .total = 100,
    .failed = 3,
    .flying = 10,
    .retrying = 2,
    .rate = 25,
    .bytes = 3 << 20,
    .bytes_rate = 800 << 10,
    .elapsed_us = 2 * CLOCK_SECOND,
    .eta_us = 2 * CLOCK_SECOND,
    .waited_us = -1,
};

static const struct {
	unsigned width;
	const char *line;
} widths[] = {
    {120, "[==============-              ]  50/100 in 2 s  25/s  3.0 MB at "
          "800.0 kB/s  10 in flight  3 failed  2 retrying  ETA 2 s"},
    {90, "[=====-     ]  50/100 in 2 s  25/s  3.0 MB at 800.0 kB/s  10 in "
         "flight  3 failed  ETA 2 s"},
    {72, "[===-   ]  50/100 in 2 s  25/s  3.0 MB at 800.0 kB/s  3 failed  "
         "ETA 2 s"},
    {60, "[====-    ]  50/100 in 2 s  25/s  3.0 MB  3 failed  ETA 2 s"},
    {50, "50/100 in 2 s  25/s  3.0 MB  3 failed  ETA 2 s"},
    {40, "50/100 in 2 s  3 failed  ETA 2 s"},
    {26, "50/100  3 failed  ETA 2 s"},
    {17, "50/100  3 failed"},
    {10, "50/100"},
    {4, "..."},
};

START_TEST(the_line_keeps_what_matters_most)
{
	struct terminal t = {.width = widths[_i].width};
	size_t columns;
	struct buf out;

	buf_init(&out);
	columns = progress_add_line(&half, &t, &out);
	ck_assert_uint_lt(columns, t.width);
	ck_assert_uint_eq(columns, term_width_of(out.data, out.len));
	ck_assert_str_eq(out.data, widths[_i].line);
	buf_release(&out);
}
END_TEST

/* What `ends[0]` has, as text. */
static const char *
text_of(const int *ends)
{
	static char text[256];
	ssize_t n = read(ends[0], text, sizeof(text) - 1);

	ck_assert_int_ge(n, 0);
	text[n] = '\0';
	return text;
}

START_TEST(a_line_is_wiped_and_drawn_again)
{
	static const struct status_text half_done = {"half", 4, 4};
	struct status_line line;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	status_line_init(&line, ends[1]);
	status_line_draw(&line, &half_done);
	ck_assert_str_eq(text_of(ends), "\rhalf\033[K");
	for (int i = 0; i < 2; i++) {
		status_line_wipe(&line);
		ck_assert_str_eq(text_of(ends), "\r\033[K");
		status_line_draw(&line, &half_done);
		ck_assert_str_eq(text_of(ends), "\rhalf\033[K");
	}
	status_line_release(&line);
	ck_assert_str_eq(text_of(ends), "\r\033[K");
	close(ends[0]);
	close(ends[1]);
}
END_TEST

/* A thread that writes may be stuck there. */
START_TEST(nothing_is_drawn_while_others_write)
{
	static const struct status_text half_done = {"half", 4, 4};
	struct status_line line;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	status_line_init(&line, ends[1]);
	status_line_begin_other(&line);
	status_line_draw(&line, &half_done);
	status_line_wipe(&line);
	ck_assert_int_eq(write(ends[1], "other", 5), 5);
	ck_assert_str_eq(text_of(ends), "other");
	status_line_end_other(&line, '\n');
	status_line_draw(&line, &half_done);
	ck_assert_str_eq(text_of(ends), "\rhalf\033[K");
	status_line_release(&line);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(no_width_is_exceeded)
{
	static const struct progress_figures f = {
	    .label = "sync 3/5",
	    .done = 123456789,
	    .total = 1000000000,
	    .failed = 77,
	    .flying = 5000,
	    .retrying = 1234,
	    .rate = 98765,
	    .bytes = UINT64_MAX,
	    .bytes_rate = 1e12,
	    .elapsed_us = 86400 * CLOCK_SECOND,
	    .eta_us = 7260 * CLOCK_SECOND,
	    .waiting = "waiting for",
	    .url =
	        "https://例え.example/長い/パス/👨‍👩‍👧‍👦",
	    .waited_us = 1234 * CLOCK_SECOND,
	};

	for (unsigned width = 1; width < 200; width++) {
		struct terminal t = {.width = width, .unicode = width % 2};
		size_t columns;
		struct buf out;

		buf_init(&out);
		columns = progress_add_line(&f, &t, &out);
		ck_assert_uint_le(columns, width > 1 ? width - 1 : 1);
		ck_assert_uint_eq(columns, term_width_of(out.data, out.len));
		buf_release(&out);
	}
}
END_TEST

START_TEST(what_is_left_of_a_wait_stands_before_the_url)
{
	struct progress_figures f = half;
	struct terminal t = {.width = 32};
	struct buf out;

	f.waiting = "next start in";
	f.left_us = 1200 * CLOCK_MS;
	f.url = "https://example.org/some/path";
	f.total = -1;
	buf_init(&out);
	progress_add_sentence(&f, &out);
	ck_assert_ptr_nonnull(strstr(
	    out.data, ", next start in 2 s: https://example.org/some/path"));
	buf_clear(&out);
	f.flying = f.failed = f.bytes = 0;
	f.elapsed_us = 0;
	t.width = 60;
	progress_add_line(&f, &t, &out);
	ck_assert_ptr_nonnull(strstr(out.data, "next start in 2 s: exam"));
	buf_release(&out);
}
END_TEST

START_TEST(a_trickle_of_bytes_has_no_rate)
{
	struct progress_figures f = half;
	struct buf out;

	f.bytes_rate = 63;
	buf_init(&out);
	progress_add_sentence(&f, &out);
	ck_assert_ptr_nonnull(strstr(out.data, ", 3.0 MB, 10 in flight"));
	buf_release(&out);
}
END_TEST

START_TEST(without_a_total_there_is_no_bar_and_no_eta)
{
	struct progress_figures f = half;
	struct terminal t = {.width = 80};
	struct buf out;

	f.total = -1;
	buf_init(&out);
	progress_add_line(&f, &t, &out);
	ck_assert_str_eq(out.data,
	    "|  50 done in 2 s  25/s  3.0 MB at 800.0 kB/s  10 in "
	    "flight  3 failed");
	buf_release(&out);
}
END_TEST

static const struct {
	unsigned width;
	const char *line;
} ends[] = {
    {200, "[=====================================-]  99/100 in 2 s  25/s  "
          "3.0 MB at 800.0 kB/s  1 in flight  ETA 2 s  waiting for "
          "https://example.org/some/long/path/to/a/file.json (3.2 s)"},
    {80, "99/100 in 2 s  3.0 MB  ETA 2 s  waiting for "
         "example.org/.../a/file.json (3.2 s)"},
    {60, "99/100 in 2 s  ETA 2 s  waiting for exampl...e.json (3.2 s)"},
    {40, "99/100  waiting for exam...json (3.2 s)"},
};

START_TEST(at_the_end_the_url_is_what_is_cut)
{
	struct progress_figures f = half;
	struct terminal t = {.width = ends[_i].width};
	struct buf out;

	f.done = 99;
	f.failed = f.retrying = 0;
	f.flying = 1;
	f.share = 0.5;
	f.waiting = "waiting for";
	f.url = "https://example.org/some/long/path/to/a/file.json";
	f.waited_us = 3200 * CLOCK_MS;
	buf_init(&out);
	ck_assert_uint_lt(progress_add_line(&f, &t, &out), t.width);
	ck_assert_str_eq(out.data, ends[_i].line);
	buf_release(&out);
}
END_TEST

START_TEST(the_bar_shows_what_has_come_of_bodies)
{
	struct progress_figures f = {
	    .total = 1, .share = 0.5, .flying = 1, .waited_us = -1};
	struct terminal t = {.width = 32};
	struct buf out;

	buf_init(&out);
	progress_add_line(&f, &t, &out);
	ck_assert_str_eq(out.data, "[=====-     ]  0/1  1 in flight");
	buf_release(&out);
}
END_TEST

START_TEST(colors_take_no_columns)
{
	struct terminal t = {.width = 80, .color = true, .unicode = true};
	struct buf out;

	buf_init(&out);
	ck_assert_uint_lt(progress_add_line(&half, &t, &out), 80);
	ck_assert_ptr_nonnull(strstr(out.data, "\033[31m3 failed\033[0m"));
	buf_release(&out);
}
END_TEST

START_TEST(a_sentence_says_it_all)
{
	struct progress_figures f = half;
	struct buf out;

	f.waiting = "waiting for";
	f.url = "https://h/x";
	f.waited_us = 3200 * CLOCK_MS;
	buf_init(&out);
	progress_add_sentence(&f, &out);
	ck_assert_str_eq(out.data,
	    "50 of 100 done in 2 s, 25/s, 3.0 MB at 800.0 kB/s, 10 in flight, "
	    "3 failed, 2 retrying, ETA 2 s, waiting for https://h/x (3.2 s)");
	buf_release(&out);
}
END_TEST

START_TEST(the_rate_slides)
{
	struct pace p = {0};

	ck_assert_double_eq(pace_rate(&p), 0);
	for (int i = 0; i <= 300; i++) /* 30 s of 100/s */
		pace_add(&p, i * 100 * CLOCK_MS, (uint64_t)i * 10);
	for (int i = 1; i <= 100; i++) /* 10 s of 10/s */
		pace_add(&p, (300 + i) * 100 * CLOCK_MS, 3000 + (uint64_t)i);
	ck_assert_double_eq_tol(pace_rate(&p), 10, 0.01);
	ck_assert_int_eq(pace_eta_us(&p, 100), 10 * CLOCK_SECOND);
}
END_TEST

START_TEST(rare_samples_give_the_rate_since_the_last)
{
	struct pace p = {0};

	pace_add(&p, 0, 0);
	pace_add(&p, 60 * CLOCK_SECOND, 600);
	pace_add(&p, 120 * CLOCK_SECOND, 660);
	ck_assert_double_eq_tol(pace_rate(&p), 1, 1e-9);
}
END_TEST

START_TEST(where_nothing_happens_the_average_tells_the_eta)
{
	struct pace p = {0};

	pace_add(&p, 0, 0);
	ck_assert_int_eq(pace_eta_us(&p, 5), -1);
	pace_add(&p, 10 * CLOCK_SECOND, 10);
	pace_add(&p, 30 * CLOCK_SECOND, 10);
	ck_assert_double_eq(pace_rate(&p), 0);
	ck_assert_int_eq(pace_eta_us(&p, 1), 3 * CLOCK_SECOND);
}
END_TEST

/* One a second, looked at ten times a second. */
static void
add_until(struct pace *p, int from_ms, int to_ms, uint64_t most)
{
	for (int ms = from_ms; ms <= to_ms; ms += 100) {
		uint64_t count = (uint64_t)ms / 1000;

		pace_add(p, ms * CLOCK_MS, count < most ? count : most);
	}
}

START_TEST(a_slow_pace_is_even_between_two)
{
	struct pace p = {0};

	add_until(&p, 0, 3900, 3);
	ck_assert_double_eq_tol(pace_rate(&p), 1, 1e-9);
	ck_assert_int_eq(pace_eta_us(&p, 2), 1100 * CLOCK_MS);
	add_until(&p, 4000, 4100, 4);
	ck_assert_double_eq_tol(pace_rate(&p), 1, 1e-9);
	ck_assert_int_eq(pace_eta_us(&p, 1), 900 * CLOCK_MS);
}
END_TEST

START_TEST(the_pace_falls_when_the_next_is_late)
{
	struct pace p = {0};

	add_until(&p, 0, 8000, 3);
	ck_assert_double_eq_tol(pace_rate(&p), 0.5, 1e-9);
	ck_assert_int_eq(pace_eta_us(&p, 2), 2 * CLOCK_SECOND);
}
END_TEST

static const struct {
	const char *text;
	size_t columns;
	const char *cut; /* to 5 columns */
} texts[] = {
    {"", 0, ""},
    {"abcde", 5, "abcde"},
    {"abcdef", 6, "abcd…"},
    {"é́x", 2, "é́x"},
    {"日本語", 6, "日本…"},
    {"ab日本", 6, "ab日…"},
    {"\xF0\x9F\x98\x80!", 3, "\xF0\x9F\x98\x80!"},
    {"กำที่กำ", 5, "กำที่กำ"},
    {"ที่ที่ที่ที่ที่ที่", 6, "ที่ที่ที่ที่…"},
    {"தமிழ்", 4, "தமிழ்"},
    {"தமிழ்தமிழ்", 8, "தமிழ்…"},
    {"abcகிd", 6, "abc…"},
    {"👍🏽👍🏽👍🏽", 6, "👍🏽👍🏽…"},
    {"👨‍👩‍👧‍👦👨‍👩‍👧‍👦!!", 6,
        "👨‍👩‍👧‍👦👨‍👩‍👧‍👦…"},
    {"abc👨‍👩‍👧‍👦!", 6, "abc…"},
    {"🇩🇪🇫🇷🇮🇹", 6, "🇩🇪🇫🇷…"},
    {"a🇩🇪🇫🇷b", 6, "a🇩🇪…"},
    {"❤️1️⃣🏳️‍🌈", 6, "❤️1️⃣…"},
    {"각ｶﾞ", 4, "각ｶﾞ"},
    {"\xFF\xC3(", 3, "\xFF\xC3("},
};

START_TEST(columns_are_counted_and_cut)
{
	struct term_width_cut cut = {5, "…"};
	const char *s = texts[_i].text;
	struct buf out;

	buf_init(&out);
	buf_adds(&out, "");
	ck_assert_uint_eq(term_width_of(s, strlen(s)), texts[_i].columns);
	ck_assert_uint_le(term_width_add_cut(&out, s, strlen(s), &cut), 5);
	ck_assert_str_eq(out.data, texts[_i].cut);
	buf_release(&out);
}
END_TEST

static const struct {
	const char *text, *cut; /* to 7 columns */
} middles[] = {
    {"abcdefg", "abcdefg"},
    {"abcdefgh", "abc…fgh"},
    {"日日日日", "日…日"},
    {"a日日b日日", "a日…日"},
    {"a👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦b",
        "a👨‍👩‍👧‍👦…👨‍👩‍👧‍👦b"},
    {"", ""},
};

START_TEST(a_text_is_cut_in_its_middle)
{
	struct term_width_cut cut = {7, "…"};
	const char *s = middles[_i].text;
	struct buf out;

	buf_init(&out);
	buf_adds(&out, "");
	ck_assert_uint_eq(term_width_add_middle(&out, s, strlen(s), &cut),
	    term_width_of(middles[_i].cut, strlen(middles[_i].cut)));
	ck_assert_str_eq(out.data, middles[_i].cut);
	buf_release(&out);
}
END_TEST

static const struct {
	const char *columns; /* NULL: not set */
	unsigned width;
} named_widths[] = {
    {NULL, 80},
    {"", 80},
    {"wide", 80},
    {"0", 80},
    {"19", 80},
    {"20", 20},
    {"1000", 1000},
    {"1001", 80},
};

START_TEST(without_a_terminal_the_width_is_that_of_columns_or_80)
{
	const char *columns = named_widths[_i].columns;
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	unsetenv("COLUMNS");
	if (columns)
		setenv("COLUMNS", columns, 1);
	ck_assert_uint_eq(terminal_width(fds[1]), named_widths[_i].width);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("progress");
	TCase *tc = tcase_create("progress");

	tcase_add_loop_test(tc, the_line_keeps_what_matters_most, 0,
	    sizeof(widths) / sizeof(widths[0]));
	tcase_add_test(tc, a_line_is_wiped_and_drawn_again);
	tcase_add_test(tc, nothing_is_drawn_while_others_write);
	tcase_add_test(tc, no_width_is_exceeded);
	tcase_add_test(tc, what_is_left_of_a_wait_stands_before_the_url);
	tcase_add_test(tc, a_trickle_of_bytes_has_no_rate);
	tcase_add_test(tc, without_a_total_there_is_no_bar_and_no_eta);
	tcase_add_loop_test(tc, at_the_end_the_url_is_what_is_cut, 0,
	    sizeof(ends) / sizeof(ends[0]));
	tcase_add_test(tc, the_bar_shows_what_has_come_of_bodies);
	tcase_add_test(tc, colors_take_no_columns);
	tcase_add_test(tc, a_sentence_says_it_all);
	tcase_add_test(tc, the_rate_slides);
	tcase_add_test(tc, rare_samples_give_the_rate_since_the_last);
	tcase_add_test(tc, where_nothing_happens_the_average_tells_the_eta);
	tcase_add_test(tc, a_slow_pace_is_even_between_two);
	tcase_add_test(tc, the_pace_falls_when_the_next_is_late);
	tcase_add_loop_test(tc, columns_are_counted_and_cut, 0,
	    sizeof(texts) / sizeof(texts[0]));
	tcase_add_loop_test(tc, a_text_is_cut_in_its_middle, 0,
	    sizeof(middles) / sizeof(middles[0]));
	tcase_add_loop_test(tc,
	    without_a_terminal_the_width_is_that_of_columns_or_80, 0,
	    sizeof(named_widths) / sizeof(named_widths[0]));
	suite_add_tcase(s, tc);
	return unit_run(s);
}
