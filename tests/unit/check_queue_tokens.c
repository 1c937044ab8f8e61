/* The script that keeps the rates of all workers, on a real server
 * (queue_calls.h). */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "queue_calls.h"

/* --- tokens --------------------------------------------------------------- */

/* Ask for tokens of "all", 5 in 60 s, as a worker; `more` are reports. */
static const char *
ask(const char *worker, unsigned want, const char *more)
{
	return call("tokens", "all 5 60000000 1000000 %u %s RUN %s", want,
	    worker, more);
}

static unsigned
granted(const char *answer)
{
	return (unsigned)atoi(strchr(answer, ' '));
}

/* The grant that an answer names, borrowed until the fourth call from here. */
static const char *
grant_of(const char *answer)
{
	static char names[4][64];
	static unsigned turn;
	char *name = names[turn++ % 4];

	snprintf(name, sizeof(names[0]), "%.*s", (int)strcspn(answer + 1, " "),
	    answer + 1);
	return name;
}

/* A report: a grant, and what became of it. */
static const char *
report(const char *grant, const char *rest)
{
	static char out[200];

	snprintf(out, sizeof(out), "%s %s", grant, rest);
	return out;
}

START_TEST(no_more_tokens_are_granted_than_there_are)
{
	feed(1, 1, "end");
	ck_assert_uint_eq(granted(ask("A", 3, "")), 3);
	/* Two ask now: half of what is left is each one's share. */
	ck_assert_uint_eq(granted(ask("B", 9, "")), 1);
	ck_assert_uint_eq(granted(ask("A", 9, "")), 1);
	ck_assert_uint_eq(granted(ask("B", 9, "")), 0);
	ck_assert_int_gt(
	    atol(strchr(strchr(ask("B", 9, ""), ' ') + 1, ' ')), 50000000);
}
END_TEST

START_TEST(unused_tokens_are_free_at_once)
{
	const char *grant;

	feed(1, 1, "end");
	grant = grant_of(ask("A", 5, ""));
	ck_assert_uint_eq(granted(ask("A", 5, report(grant, "3 ''"))), 3);
	ck_assert_uint_eq(granted(ask("A", 5, "")), 0);
}
END_TEST

START_TEST(used_tokens_are_free_a_period_after_their_use)
{
	const char *grant;

	feed(1, 1, "end");
	grant = grant_of(ask("A", 5, ""));
	ck_assert_uint_eq(
	    granted(ask("A", 5, report(grant, "0 2 70000000 1 10 ''"))), 2);
	grant = grant_of(ask("A", 0, ""));
	ck_assert_str_eq(grant, "");
	ck_assert_uint_eq(granted(ask("A", 5, "")), 0);
}
END_TEST

START_TEST(more_than_was_granted_is_not_believed)
{
	const char *grant;

	feed(1, 1, "end");
	grant = grant_of(ask("A", 2, ""));
	ck_assert_uint_eq(granted(ask("A", 0, report(grant, "3 ''"))), 0);
	ask("A", 0, report(grant, "0 3 70000000 ''"));
	ask("A", 0, "999.1 2 ''");
	ck_assert_uint_eq(granted(ask("A", 5, "")), 3);
	ask("A", 0, report(grant, "2 ''"));
	ask("A", 0, report(grant, "2 ''"));
	ck_assert_uint_eq(granted(ask("A", 5, "")), 2);
}
END_TEST

START_TEST(two_rates_do_not_share_tokens)
{
	feed(1, 1, "end");
	ck_assert_uint_eq(granted(ask("A", 5, "")), 5);
	ck_assert_uint_eq(
	    granted(call("tokens", "all2 5 60000000 1000000 5 A RUN")), 5);
	ck_assert_uint_eq(
	    granted(call("tokens", "al 5 60000000 1000000 5 A RUN")), 5);
}
END_TEST

/* How nothing is granted: the arguments of a call. */
START_TEST(a_restart_or_a_stepped_clock_makes_all_quiet)
{
	static const char *const calls[] = {
	    "all 5 60000000 1000000 5 A OTHER",
	    "all 5 60000000 1000000 5 A !RUN",
	    "new 5 60000000 1000000 5 A !RUN",
	};
	const char *answer;

	feed(1, 1, "end");
	ask("A", 1, "");
	answer = call("tokens", "%s", calls[_i]);
	ck_assert_uint_eq(granted(answer), 0);
	ck_assert_int_gt(atol(strchr(strchr(answer, ' ') + 1, ' ')), 60000000);
	redis_line("HSET " KEY("meta") " epoch RUN");
	ck_assert_uint_eq(granted(ask("A", 5, "")), 0);
	redis_line("HSET " KEY("meta") " since 1");
	ck_assert_uint_eq(granted(ask("A", 5, "")), 5);
}
END_TEST

START_TEST(a_clock_that_goes_back_makes_all_quiet)
{
	feed(1, 1, "end");
	ask("A", 1, "");
	redis_line(
	    "EVAL redis.call('HSET',KEYS[1],'\\0now','9999999999999999') "
	    "1 " KEY("grants"));
	ck_assert_uint_eq(granted(ask("A", 5, "")), 0);
}
END_TEST

START_TEST(without_a_queue_nothing_is_granted)
{
	check_begins(ask("A", 5, ""), "!GONE");
}
END_TEST

START_TEST(rates_that_nobody_asks_for_are_cleared_away)
{
	feed(1, 1, "end");
	for (int i = 0; i < 8; i++)
		call("tokens", "old%d 5 60000000 1000000 1 A RUN", i);
	ck_assert_str_eq(redis_line("ZCARD " KEY("rates")), "8");
	for (int i = 0; i < 8; i++)
		redis_line("ZADD " KEY("rates") " 1 old%d", i);
	ask("A", 1, "");
	ck_assert_str_eq(redis_line("ZCARD " KEY("rates")), "1");
	ck_assert_str_eq(redis_line("ZCARD " KEY("tokens")), "2");
	/* The rate, its grant, who asks; and two of all rates. */
	ck_assert_str_eq(redis_line("HLEN " KEY("grants")), "5");
}
END_TEST

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

enum {
	WORKERS = 4,
	LIMIT = 20,
	PERIOD_US = 40000,
	USES = 4000
};

/* A worker of the test below, and what it was granted. */
struct drawn_worker {
	char grant[64];
	unsigned left;
	int64_t deadline;
};

struct uses {
	int64_t at[USES];
	size_t len;
};

/* Use some tokens of the grant while it lasts. Returns how many. */
static unsigned
use_some(struct drawn_worker *w, struct uses *uses)
{
	unsigned used = 0;
	unsigned most = w->left ? (unsigned)rand() % (w->left + 1) : 0;

	for (int64_t now; used < most && uses->len < USES; used++) {
		now = now_us();
		if (now >= w->deadline)
			break;
		uses->at[uses->len++] = now;
	}
	w->left -= used;
	return used;
}

/* Have a worker use some of what it has, report that or forget to, and ask for
 * more. */
static void
draw(struct drawn_worker *w, int id, struct uses *uses)
{
	char told[128] = "";
	unsigned used = use_some(w, uses);
	int64_t age = uses->len ? now_us() - uses->at[uses->len - 1] : 0;
	const char *answer;

	if (*w->grant && rand() % 8)
		snprintf(told, sizeof(told), "%s %u %u %" PRId64 " ''",
		    w->grant, w->left, used, used ? age : 0);
	w->deadline = now_us() + PERIOD_US;
	answer = call("tokens", "r %d %d %d %d w%d RUN %s", LIMIT, PERIOD_US,
	    PERIOD_US, 1 + rand() % 8, id, told);
	w->left = granted(answer);
	snprintf(w->grant, sizeof(w->grant), "%s", grant_of(answer));
}

START_TEST(no_window_has_more_than_n_uses)
{
	struct drawn_worker workers[WORKERS] = {{.left = 0}};
	static struct uses uses;
	int64_t end = now_us() + 1000000;

	feed(1, 1, "end");
	srand(7);
	while (now_us() < end && uses.len < USES) {
		int id = rand() % WORKERS;

		draw(&workers[id], id, &uses);
	}
	ck_assert_uint_gt(uses.len, LIMIT);
	for (size_t i = LIMIT; i < uses.len; i++)
		ck_assert_msg(uses.at[i] - uses.at[i - LIMIT] >= PERIOD_US,
		    "uses %zu and %zu are %" PRId64 " us apart", i - LIMIT, i,
		    uses.at[i] - uses.at[i - LIMIT]);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("queue tokens");

	tcase_add_test(tc, no_more_tokens_are_granted_than_there_are);
	tcase_add_test(tc, unused_tokens_are_free_at_once);
	tcase_add_test(tc, used_tokens_are_free_a_period_after_their_use);
	tcase_add_test(tc, more_than_was_granted_is_not_believed);
	tcase_add_test(tc, two_rates_do_not_share_tokens);
	tcase_add_loop_test(
	    tc, a_restart_or_a_stepped_clock_makes_all_quiet, 0, 3);
	tcase_add_test(tc, a_clock_that_goes_back_makes_all_quiet);
	tcase_add_test(tc, without_a_queue_nothing_is_granted);
	tcase_add_test(tc, rates_that_nobody_asks_for_are_cleared_away);
	tcase_add_test(tc, no_window_has_more_than_n_uses);
	return run_with_server("queue tokens", tc);
}
