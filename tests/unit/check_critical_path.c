#include "config.h"

#include <check.h>
#include <stdlib.h>

#include "base/clock.h"
#include "pictures/critical_path.h"
#include "schedule/sched.h"
#include "traffic.h"
#include "unit.h"

/* A run of transfers that were sent one by one. */
struct story {
	struct critical_path *path;
	unsigned requests;
};

static void
story_init(struct story *s)
{
	*s = (struct story){.path = critical_path_new()};
}

static void
story_release(struct story *s)
{
	critical_path_free(s->path);
}

static struct exchange
transfer(int64_t queued, int64_t start, int64_t end)
{
	return (struct exchange){
	    .attempt = 1,
	    .queued_us = queued,
	    .start_us = start,
	    .waits.place_us = start - queued,
	    .namelookup_us = -1,
	    .connect_us = -1,
	    .appconnect_us = -1,
	    .pretransfer_us = 0,
	    .starttransfer_us = end - start,
	    .total_us = end - start,
	};
}

static void
tell(struct story *s, const struct exchange *x, size_t len)
{
	struct traffic t;

	traffic_init(&t, ++s->requests, "http://a/");
	for (size_t i = 0; i < len; i++)
		traffic_add(&t, x[i]);
	t.result.flight_us = x[len - 1].total_us;
	critical_path_add(s->path, t.request, &t.result);
	traffic_release(&t);
}

static int64_t
sum_of(const struct path_times *parts)
{
	int64_t sum = 0;

	for (size_t i = 0; i < PATH_PARTS; i++) {
		ck_assert_int_ge(parts->us[i], 0);
		sum += parts->us[i];
	}
	return sum;
}

START_TEST(what_filled_the_place_is_the_reason)
{
	struct path_times parts;
	struct exchange x[3];
	struct story s;

	story_init(&s);
	x[0] = transfer(0, 0, 100);
	x[1] = transfer(0, 0, 70);
	x[2] = transfer(0, 70, 200);
	for (size_t i = 0; i < 3; i++)
		tell(&s, &x[i], 1);
	ck_assert_uint_eq(critical_path_times(s.path, 210, &parts), 2);
	ck_assert_int_eq(parts.us[PHASE_WAIT], 200);
	ck_assert_int_eq(parts.us[PHASE_PLACE], 0);
	ck_assert_int_eq(parts.us[PATH_OTHER], 10);
	story_release(&s);
}
END_TEST

START_TEST(a_retry_waited_for_its_back_off)
{
	struct path_times parts;
	struct exchange x[2];
	struct story s;

	story_init(&s);
	x[0] = transfer(0, 0, 100);
	x[1] = transfer(600, 600, 700);
	x[1].waits.backoff_us = 500;
	tell(&s, x, 2);
	ck_assert_uint_eq(critical_path_times(s.path, 700, &parts), 2);
	ck_assert_int_eq(parts.us[PHASE_WAIT], 200);
	ck_assert_int_eq(parts.us[PHASE_BACKOFF], 500);
	story_release(&s);
}
END_TEST

START_TEST(without_transfers_all_is_other)
{
	struct path_times parts;
	struct story s;
	struct buf text;

	story_init(&s);
	buf_init(&text);
	buf_adds(&text, "");
	ck_assert_uint_eq(critical_path_times(s.path, 500, &parts), 0);
	ck_assert_int_eq(parts.us[PATH_OTHER], 500);
	critical_path_add_text(s.path, 500, &text);
	ck_assert_str_eq(text.data, "");
	buf_release(&text);
	story_release(&s);
}
END_TEST

START_TEST(the_sum_is_the_wall_clock_whatever_happened)
{
	srand((unsigned)_i);
	for (int run = 0; run < 100; run++) {
		int64_t wall = 1000 + rand() % 1000;
		struct path_times parts;
		struct story s;

		story_init(&s);
		for (int i = rand() % 20; i >= 0; i--) {
			int64_t queued = rand() % 1000 - 100;
			int64_t start = queued + rand() % 300;
			struct exchange x =
			    transfer(queued, start, start + rand() % 400);

			x.waits.hold_us = rand() % 3 ? 0 : rand() % 100;
			x.waits.rate_us = rand() % 3 ? 0 : rand() % 100;
			x.connect_us = rand() % 500 - 1;
			x.starttransfer_us = rand() % 500 - 1;
			tell(&s, &x, 1);
		}
		critical_path_times(s.path, wall, &parts);
		ck_assert_int_eq(sum_of(&parts), wall);
		story_release(&s);
	}
}
END_TEST

START_TEST(the_account_is_readable)
{
	struct exchange x = transfer(0, 0, CLOCK_SECOND);
	struct story s;
	struct buf text;

	story_init(&s);
	buf_init(&text);
	tell(&s, &x, 1);
	critical_path_add_text(s.path, CLOCK_SECOND, &text);
	ck_assert_str_eq(text.data,
	    "where 1.00 s went: the critical path, 1 transfer\n"
	    "  wait           1.000 s 100.0 %  waiting for the first byte\n"
	    "critical path\n"
	    "     0.000 s  http://a/  wait 1.00 s\n"
	    "longest requests, waiting included\n"
	    "      waited        took\n"
	    "     0.000 s     1.000 s  http://a/  wait 1.00 s\n");
	buf_release(&text);
	story_release(&s);
}
END_TEST

/* --- what the scheduler says that was waited for ----------------------- */

static void
ck_assert_waits(
    const struct sched_item *item, int64_t place, int64_t host, int64_t rate)
{
	ck_assert_int_eq(item->waits.us[WAIT_PLACE], place);
	ck_assert_int_eq(item->waits.us[WAIT_HOST], host);
	ck_assert_int_eq(item->waits.us[WAIT_RATE], rate);
}

static const struct sched_report answered = {
    .outcome = SCHED_ANSWERED, .status = 200, .latency_us = -1};

static void
add_two(struct sched *s, struct sched_item *items, int64_t now)
{
	for (size_t i = 0; i < 2; i++) {
		sched_item_init(&items[i]);
		sched_add(s, &items[i], "http://a:80", SCHED_FRESH, now, now);
	}
}

START_TEST(a_place_is_waited_for)
{
	struct sched_options o = {.parallel = 1};
	struct sched *s = sched_new(&o);
	struct sched_item items[2];

	add_two(s, items, 1000);
	ck_assert_ptr_eq(sched_next(s, 1005), &items[0]);
	ck_assert_ptr_null(sched_next(s, 1005));
	ck_assert_waits(&items[0], 5, 0, 0);
	sched_release(s, &items[0], &answered, 1300);
	ck_assert_ptr_eq(sched_next(s, 1310), &items[1]);
	ck_assert_waits(&items[1], 310, 0, 0);
	sched_release(s, &items[1], &answered, 1400);
	sched_free(s);
}
END_TEST

START_TEST(a_place_at_the_origin_is_another)
{
	struct sched_options o = {.parallel = 9, .parallel_per_host = 1};
	struct sched *s = sched_new(&o);
	struct sched_item items[2];

	add_two(s, items, 1000);
	ck_assert_ptr_eq(sched_next(s, 1000), &items[0]);
	ck_assert_ptr_null(sched_next(s, 1000));
	sched_release(s, &items[0], &answered, 1300);
	ck_assert_ptr_eq(sched_next(s, 1300), &items[1]);
	ck_assert_waits(&items[1], 0, 300, 0);
	sched_release(s, &items[1], &answered, 1400);
	sched_free(s);
}
END_TEST

START_TEST(so_is_a_token)
{
	struct sched_options o = {
	    .parallel = 9, .rate = {.count = 1, .period_us = CLOCK_SECOND}};
	struct sched *s = sched_new(&o);
	struct sched_item items[2];
	int64_t at;

	add_two(s, items, 0);
	ck_assert_ptr_eq(sched_next(s, 0), &items[0]);
	sched_on_wire(s, &items[0], 0);
	ck_assert_ptr_null(sched_next(s, 0));
	sched_release(s, &items[0], &answered, 300);
	ck_assert_ptr_null(sched_next(s, 300));
	at = sched_wake(s, 300);
	ck_assert_ptr_eq(sched_next(s, at), &items[1]);
	ck_assert_waits(&items[1], 0, 0, at);
	sched_release(s, &items[1], &answered, at);
	sched_free(s);
}
END_TEST

/* It rests until 100; then a token is missing until 1 s. */
START_TEST(what_rested_waits_for_its_token_from_then_on)
{
	struct sched_options o = {
	    .parallel = 9, .rate = {.count = 1, .period_us = CLOCK_SECOND}};
	struct sched *s = sched_new(&o);
	struct sched_item items[2];

	sched_item_init(&items[0]);
	sched_item_init(&items[1]);
	sched_add(s, &items[0], "http://a:80", SCHED_FRESH, 0, 0);
	ck_assert_ptr_eq(sched_next(s, 0), &items[0]);
	sched_on_wire(s, &items[0], 0);
	sched_release(s, &items[0], &answered, 50);
	sched_add(s, &items[1], "http://a:80", SCHED_RETRY, 100, 50);
	ck_assert_ptr_null(sched_next(s, 50));
	ck_assert_int_eq(sched_wake(s, 50), 100);
	ck_assert_ptr_null(sched_next(s, 100));
	ck_assert_int_eq(sched_wake(s, 100), CLOCK_SECOND);
	ck_assert_ptr_eq(sched_next(s, CLOCK_SECOND), &items[1]);
	ck_assert_waits(&items[1], 0, 0, CLOCK_SECOND - 100);
	sched_release(s, &items[1], &answered, CLOCK_SECOND);
	sched_free(s);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("critical path");
	TCase *tc = tcase_create("critical path");

	tcase_add_test(tc, what_filled_the_place_is_the_reason);
	tcase_add_test(tc, a_retry_waited_for_its_back_off);
	tcase_add_test(tc, without_transfers_all_is_other);
	tcase_add_loop_test(
	    tc, the_sum_is_the_wall_clock_whatever_happened, 0, 20);
	tcase_add_test(tc, the_account_is_readable);
	tcase_add_test(tc, a_place_is_waited_for);
	tcase_add_test(tc, a_place_at_the_origin_is_another);
	tcase_add_test(tc, so_is_a_token);
	tcase_add_test(tc, what_rested_waits_for_its_token_from_then_on);
	suite_add_tcase(s, tc);
	return unit_run(s);
}
