/* The scripts that workers call, on a real server (queue_calls.h). Leases are
 * ended by hand; nothing waits. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "queue_calls.h"

/* --- take ----------------------------------------------------------------- */

START_TEST(inputs_are_taken_in_order)
{
	feed(1, 4, "end");
	ck_assert_str_eq(take("A", 2, 0),
	    "[ID 0 4 2 4 0 1 1 fresh [r u1] 2 1 fresh [r u2]]");
	ck_assert_str_eq(take("B", 9, 9),
	    "[ID 0 4 4 4 0 3 1 fresh [r u3] 4 1 fresh [r u4]]");
	ck_assert_str_eq(take("B", 9, 9), "[ID 0 4 4 4 0]");
}
END_TEST

START_TEST(a_call_whose_answer_was_lost_is_answered_with_what_it_took)
{
	feed(1, 5, "end");
	call("take", "ID A 30000 1 1 0 1000000 9999999 0");
	call("take", "ID A 30000 2 3 0 1000000 9999999 0");
	redis_line("XDEL " KEY("q") " 2-0");
	call("back", "ID A 30000 4 1");
	ck_assert_str_eq(call("take", "ID A 30000 2 3 0 1000000 9999999 0"),
	    "[ID 1 4 4 5 0 2 1 lost [] 3 1 fresh [r u3]]");
	ck_assert_str_eq(call("take", "ID A 30000 3 2 0 1000000 9999999 0"),
	    "[ID 0 4 5 5 0 4 1 fresh [r u4] 5 1 fresh [r u5]]");
}
END_TEST

/* A connection that was given up may bring it when the call was long since made
 * again. */
START_TEST(a_call_that_comes_late_takes_nothing)
{
	feed(1, 4, "end");
	call("take", "ID A 30000 1 1 0 1000000 9999999 0");
	call("take", "ID A 30000 2 1 0 1000000 9999999 0");
	ck_assert_str_eq(call("take", "ID A 30000 1 9 9 1000000 9999999 0"),
	    "[ID 0 4 2 4 0]");
	ck_assert_str_eq(call("take", "ID A 30000 2 1 0 1000000 9999999 0"),
	    "[ID 1 4 2 4 0 2 1 fresh [r u2]]");
}
END_TEST

/* As where a replica became the server that had not heard of the finish. */
START_TEST(what_a_worker_has_forgotten_is_told_when_it_holds_nothing)
{
	feed(1, 2, "end");
	call("take", "ID A 30000 1 2 0 1000000 9999999 1");
	call("mark", "ID A 30000 2 1 sent");
	ck_assert_str_eq(call("take", "ID A 30000 2 2 0 1000000 9999999 0"),
	    "[ID 0 2 2 2 0]");
	ck_assert_str_eq(call("take", "ID A 30000 3 2 0 1000000 9999999 1"),
	    "[ID 0 2 2 2 0 1 1 fresh [r u1] 2 1001 sent [r u2]]");
}
END_TEST

/* "r" and "u1" are three bytes; the one that exceeds the limit is the last. */
START_TEST(an_answer_has_a_limit_of_bytes)
{
	feed(1, 9, "end");
	ck_assert_str_eq(call("take", "ID A 30000 1 9 0 1000000 4 0"),
	    "[ID 0 9 4 9 0 1 1 fresh [r u1] 2 1 fresh [r u2]]");
	ck_assert_str_eq(call("take", "ID B 30000 1 9 0 1000000 10 0"),
	    "[ID 0 9 8 9 0 3 1 fresh [r u3] 4 1 fresh [r u4] "
	    "5 1 fresh [r u5] 6 1 fresh [r u6]]");
	let_die("B");
	ck_assert_str_eq(call("take", "ID C 30000 1 0 9 1000000 4 0"),
	    "[ID 0 9 8 9 0 3 2 suspect [r u3] 4 2 suspect [r u4]]");
	ck_assert_str_eq(call("take", "ID C 30000 1 0 9 1000000 4 0"),
	    "[ID 1 9 8 9 0 3 2 suspect [r u3] 4 2 suspect [r u4]]");
	ck_assert_str_eq(call("take", "ID C 30000 2 9 9 1000000 99 0"),
	    "[ID 0 9 9 9 0 5 2 suspect [r u5] 6 2 suspect [r u6] "
	    "7 1 fresh [r u7] 8 1 fresh [r u8] 9 1 fresh [r u9]]");
}
END_TEST

START_TEST(no_queue_and_another_queue_are_told)
{
	check_begins(
	    call("take", "'' A 30000 1 1 0 1000000 9999999 0"), "!GONE");
	feed(1, 1, "end");
	check_begins(
	    call("take", "x A 30000 1 1 0 1000000 9999999 0"), "!GONE");
	ck_assert_str_eq(call("take", "'' A 30000 1 1 0 1000000 9999999 0"),
	    "[ID 0 1 1 1 0 1 1 fresh [r u1]]");
}
END_TEST

/* Every call of a worker looks. */
START_TEST(a_group_that_was_deleted_is_told)
{
	static const char *const calls[][2] = {
	    {"take", "ID A 30000 9 1 0 1000000 9999999 0"},
	    {"mark", "ID A 30000 1 1 sent"},
	    {"finish", "ID A 30000 1 1 1 record"},
	    {"back", "ID A 30000 1 1"},
	    {"alive", "ID A 30000 '' ''"},
	};
	const char *how =
	    _i % 2 ? "XGROUP DESTROY " KEY("q") " workers" : "DEL " KEY("q");

	feed(1, 2, "end");
	take("A", 2, 0);
	redis_line("%s", how);
	check_begins(call(calls[_i / 2][0], "%s", calls[_i / 2][1]), "!GONE");
	ck_assert_str_eq(redis_line("XLEN " KEY("out")), "0");
}
END_TEST

START_TEST(new_inputs_wait_while_nobody_reads_records)
{
	feed(1, 3, "end");
	take("A", 1, 0);
	ck_assert_str_eq(
	    call("finish", "ID A 30000 1 1 1 12345"), "[ID 2 0 3 5 1]");
	ck_assert_str_eq(
	    call("take", "ID A 30000 2 1 0 5 9999999 0"), "[ID 0 2 0 3 5]");
	ck_assert_str_eq(call("take", "ID A 30000 3 1 0 6 9999999 0"),
	    "[ID 0 2 1 3 5 2 1 fresh [r u2]]");
}
END_TEST

START_TEST(what_a_dead_worker_held_is_taken_over)
{
	feed(1, 4, "end");
	take("A", 3, 0);
	take("B", 0, 0);
	ck_assert_str_eq(take("B", 0, 64), "[ID 0 4 3 4 0]");
	let_die("A");
	ck_assert_str_eq(take("B", 9, 2),
	    "[ID 0 4 4 4 0 1 2 suspect [r u1] 2 2 suspect [r u2] "
	    "4 1 fresh [r u4]]");
	ck_assert_str_eq(take("C", 9, 0), "[ID 0 4 4 4 0]");
	ck_assert_str_eq(take("C", 9, 1), "[ID 0 4 4 4 0 3 2 suspect [r u3]]");
	ck_assert_str_eq(take("C", 9, 1), "[ID 0 4 4 4 0]");
	ck_assert_str_eq(redis_line("ZSCORE " KEY("workers") " A"), "_");
	ck_assert_str_eq(redis_line("HKEYS " KEY("about")), "[B take C take]");
}
END_TEST

START_TEST(after_a_time_without_calls_nobody_is_dead_yet)
{
	feed(1, 2, "end");
	take("A", 2, 0);
	redis_line("ZADD " KEY("workers") " 1 A");
	ck_assert_str_eq(take("B", 0, 64), "[ID 0 2 2 2 0]");
	ck_assert_str_eq(take("B", 0, 64), "[ID 0 2 2 2 0]");
	redis_line("HSET " KEY("meta") " grace 1");
	ck_assert_str_eq(take("B", 0, 1), "[ID 0 2 2 2 0 1 2 suspect [r u1]]");
}
END_TEST

START_TEST(a_clock_that_was_set_back_keeps_nobody_alive)
{
	feed(1, 1, "end");
	take("A", 1, 0);
	redis_line("ZADD " KEY("workers") " 9999999999999 A");
	take("B", 0, 1);
	ck_assert_int_lt(
	    atoll(redis_line("ZSCORE " KEY("workers") " A")), 9999999999998);
}
END_TEST

/* The time that all had to call, after they were cut off, was noted by a clock
 * that ran an hour ahead of what it shows now. */
START_TEST(a_clock_that_was_set_back_spares_no_dead_worker_for_long)
{
	int64_t now, grace;

	feed(1, 2, "end");
	take("A", 2, 0);
	take("B", 0, 0);
	let_die("A");
	now = atoll(redis_line("ZSCORE " KEY("workers") " B")) - 30000;
	redis_line("HSET " KEY("meta") " grace %" PRId64, now + 3600000);
	ck_assert_str_eq(take("B", 0, 1), "[ID 0 2 2 2 0]");
	grace = atoll(redis_line("HGET " KEY("meta") " grace"));
	ck_assert_int_le(grace, now + 3600000 / 2);
	ck_assert_int_gt(grace, now);
	redis_line("HSET " KEY("meta") " grace 1");
	ck_assert_str_eq(take("B", 0, 1), "[ID 0 2 2 2 0 1 2 suspect [r u1]]");
}
END_TEST

START_TEST(three_deaths_make_a_poison)
{
	feed(1, 2, "end");
	take("A", 1, 0);
	take("Z", 0, 0);
	let_die("A");
	ck_assert_str_eq(take("B", 0, 1), "[ID 0 2 1 2 0 1 2 suspect [r u1]]");
	ck_assert_str_eq(call("mark", "ID B 30000 1 2 alone"), "[ID 3]");
	/* The answer was lost: it is marked once. */
	ck_assert_str_eq(call("mark", "ID B 30000 1 2 alone"), "[ID 3]");
	let_die("B");
	ck_assert_str_eq(take("C", 0, 1), "[ID 0 2 1 2 0 1 3 suspect [r u1]]");
	ck_assert_str_eq(call("mark", "ID C 30000 1 3 alone"), "[ID 4]");
	let_die("C");
	ck_assert_str_eq(take("D", 0, 1), "[ID 0 2 1 2 0 1 4 poison [r u1]]");
	/* Who is to say so dies, too. */
	let_die("D");
	ck_assert_str_eq(take("E", 0, 1), "[ID 0 2 1 2 0 1 4 poison [r u1]]");
	ck_assert_str_eq(
	    call("finish", "ID E 30000 1 1 0 poison"), "[ID 1 0 2 6 1]");
}
END_TEST

START_TEST(who_dies_often_but_never_alone_is_innocent)
{
	feed(1, 1, "end");
	take("Z", 0, 0);
	take("A", 1, 0);
	for (int i = 0; i < 10; i++) {
		let_die(i % 2 ? "B" : "A");
		ck_assert_str_eq(take(i % 2 ? "A" : "B", 0, 1),
		    "[ID 0 1 1 1 0 1 2 suspect [r u1]]");
	}
}
END_TEST

START_TEST(what_may_have_been_sent_is_not_sent_again)
{
	feed(1, 3, "end");
	take("Z", 0, 0);
	take("A", 3, 0);
	ck_assert_str_eq(
	    call("mark", "ID A 30000 1 1 sent 2 1 sent"), "[ID 1001 1001]");
	ck_assert_str_eq(call("mark", "ID A 30000 2 1001 unsent"), "[ID 1]");
	let_die("A");
	ck_assert_str_eq(take("B", 0, 9),
	    "[ID 0 3 3 3 0 1 1001 sent [r u1] 2 2 suspect [r u2] "
	    "3 2 suspect [r u3]]");
	ck_assert_str_eq(call("mark", "ID B 30000 2 2 alone"), "[ID 3]");
	ck_assert_str_eq(call("mark", "ID B 30000 2 3 sent"), "[ID 1003]");
}
END_TEST

START_TEST(a_mark_that_comes_late_hides_no_later_one)
{
	feed(1, 1, "end");
	take("A", 1, 0);
	ck_assert_str_eq(call("mark", "ID A 30000 1 2 alone"), "[ID 3]");
	ck_assert_str_eq(call("mark", "ID A 30000 1 3 sent"), "[ID 1003]");
	ck_assert_str_eq(call("mark", "ID A 30000 1 2 alone"), "[ID 1003]");
}
END_TEST

START_TEST(what_is_with_somebody_else_is_not_marked)
{
	feed(1, 2, "end");
	take("A", 1, 0);
	take("B", 1, 0);
	ck_assert_str_eq(call("mark", "ID B 30000 1 1 sent 2 1 sent 7 1 sent"),
	    "[ID 0 1001 0]");
}
END_TEST

START_TEST(what_others_have_trimmed_is_lost_and_said_so)
{
	feed(1, 2, "end");
	take("Z", 0, 0);
	take("A", 2, 0);
	redis_line("XDEL " KEY("q") " 1-0");
	let_die("A");
	ck_assert_str_eq(
	    take("B", 0, 9), "[ID 0 1 2 2 0 1 2 lost [] 2 2 suspect [r u2]]");
	ck_assert_str_eq(take("C", 0, 9), "[ID 0 1 2 2 0 1 2 lost []]");
	ck_assert_str_eq(
	    call("finish", "ID C 30000 1 1 0 lost"), "[ID 1 1 2 4 1]");
	ck_assert_str_eq(
	    call("finish", "ID B 30000 1 1 0 lost"), "[ID 1 1 2 4 0]");
	ck_assert_str_eq(take("C", 0, 9), "[ID 0 1 1 2 4]");
}
END_TEST

START_TEST(many_are_taken_over_a_few_at_a_time)
{
	feed(1, 200, "end");
	take("Z", 0, 0);
	take("A", 100, 0);
	take("B", 100, 0);
	let_die("A");
	let_die("B");
	for (int left = 200; left > 0; left -= 64) {
		take("C", 0, 64);
		ck_assert_int_eq(
		    atoi(strstr(redis_line("XPENDING " KEY("q") " workers"),
		             "[C ") +
		         3),
		    left > 64 ? 264 - left : 200);
	}
}
END_TEST

/* --- finish --------------------------------------------------------------- */

START_TEST(a_record_is_added_when_its_input_is_deleted)
{
	feed(1, 3, "end");
	take("A", 3, 0);
	ck_assert_str_eq(call("finish", "ID A 30000 1 2 1 'one two' 1 0 'x'"),
	    "[ID 1 1 3 8 1 1]");
	check_begins(strstr(redis_line("XRANGE " KEY("out") " - +"), "[n"),
	    "[n 2 s 1 r one two]");
	ck_assert_str_eq(
	    redis_line("HMGET " KEY("meta") " done failed twice bytes"),
	    "[2 1 _ 8]");
}
END_TEST

START_TEST(the_first_to_finish_wins)
{
	feed(1, 1, "end");
	take("Z", 0, 0);
	take("A", 1, 0);
	let_die("A");
	take("B", 0, 1);
	ck_assert_str_eq(
	    call("finish", "ID A 30000 1 1 1 first"), "[ID 0 0 1 5 1]");
	ck_assert_str_eq(
	    call("finish", "ID B 30000 1 1 1 second"), "[ID 0 0 1 5 0]");
	ck_assert_str_eq(redis_line("XLEN " KEY("out")), "1");
	ck_assert_str_eq(
	    redis_line("HMGET " KEY("meta") " done twice"), "[1 1]");
}
END_TEST

START_TEST(a_repeated_finish_is_no_second_one)
{
	feed(1, 2, "end");
	take("A", 2, 0);
	call("finish", "ID A 30000 1 1 1 a");
	ck_assert_str_eq(
	    call("finish", "ID A 30000 1 1 1 a"), "[ID 1 1 2 1 -1]");
	ck_assert_str_eq(
	    call("finish", "ID A 30000 2 2 1 b"), "[ID 0 0 2 2 1]");
	ck_assert_str_eq(
	    redis_line("HMGET " KEY("meta") " done twice"), "[2 _]");
}
END_TEST

START_TEST(without_results_inputs_are_only_counted)
{
	feed(1, 1, "end");
	take("A", 1, 0);
	ck_assert_str_eq(
	    call("finish", "ID A 30000 1 1 1 ''"), "[ID 0 0 1 0 1]");
	ck_assert_str_eq(redis_line("EXISTS " KEY("out")), "0");
	ck_assert_str_eq(redis_line("HGET " KEY("meta") " done"), "1");
}
END_TEST

START_TEST(finish_works_while_memory_is_short)
{
	feed(1, 2, "end");
	take("A", 1, 0);
	redis_line("CONFIG SET maxmemory 1");
	check_begins(take("A", 1, 0), "!OOM");
	ck_assert_str_eq(
	    call("finish", "ID A 30000 1 1 1 a"), "[ID 1 0 2 1 1]");
	redis_line("CONFIG SET maxmemory 0");
	ck_assert_str_eq(redis_line("XLEN " KEY("out")), "1");
}
END_TEST

START_TEST(nothing_is_acknowledged_that_cannot_be_recorded)
{
	static const char *const keys[] = {"out", "put", "about", "workers"};

	feed(1, 1, "end");
	take("A", 1, 0);
	redis_line("DEL " KEY("%s"), keys[_i]);
	if (_i == 0 || _i == 2 || _i == 3)
		redis_line("SET " KEY("%s") " x", keys[_i]);
	else
		redis_line("LPUSH " KEY("%s") " x", keys[_i]);
	check_begins(call("finish", "ID A 30000 1 1 1 a"), "!WRONGTYPE");
	ck_assert_str_eq(redis_line("XLEN " KEY("q")), "1");
	check_begins(redis_line("XPENDING " KEY("q") " workers"), "[1 ");
}
END_TEST

START_TEST(what_a_stale_replica_brought_back_is_dropped)
{
	feed(1, 1, "end");
	take("A", 1, 0);
	redis_line("SETBIT " KEY("put") " 1 1");
	ck_assert_str_eq(
	    call("finish", "ID A 30000 1 1 1 a"), "[ID 0 0 1 0 0]");
	ck_assert_str_eq(redis_line("EXISTS " KEY("out")), "0");
}
END_TEST

/* --- back, alive ---------------------------------------------------------- */

START_TEST(what_is_given_back_goes_to_others_at_once)
{
	feed(1, 3, "end");
	take("Z", 0, 0);
	take("A", 2, 0);
	ck_assert_str_eq(call("back", "ID A 0 1 1 2 1"), "[ID 2]");
	ck_assert_str_eq(redis_line("ZSCORE " KEY("workers") " A"), "_");
	ck_assert_str_eq(take("B", 3, 0),
	    "[ID 0 3 3 3 0 1 1 fresh [r u1] 2 1 fresh [r u2] "
	    "3 1 fresh [r u3]]");
}
END_TEST

START_TEST(a_suspect_that_is_given_back_stays_one)
{
	feed(1, 1, "end");
	take("Z", 0, 0);
	take("A", 1, 0);
	let_die("A");
	take("B", 0, 1);
	ck_assert_str_eq(call("back", "ID B 30000 1 2"), "[ID 1]");
	ck_assert_str_eq(take("C", 9, 0), "[ID 0 1 1 1 0]");
	ck_assert_str_eq(take("C", 0, 1), "[ID 0 1 1 1 0 1 2 suspect [r u1]]");
}
END_TEST

START_TEST(only_what_is_held_is_given_back)
{
	feed(1, 2, "end");
	take("A", 1, 0);
	take("B", 1, 0);
	ck_assert_str_eq(call("back", "ID B 30000 1 1 2 1"), "[ID 1]");
	ck_assert_str_eq(call("back", "ID B 30000 1 1 2 1"), "[ID 0]");
}
END_TEST

START_TEST(what_a_worker_that_leaves_still_holds_is_taken_over_at_once)
{
	feed(1, 2, "end");
	take("B", 0, 0);
	take("A", 2, 0);
	ck_assert_str_eq(call("back", "ID A 0 1 1"), "[ID 1]");
	ck_assert_str_eq(take("B", 1, 1),
	    "[ID 0 2 2 2 0 2 2 suspect [r u2] 1 1 fresh [r u1]]");
}
END_TEST

START_TEST(a_sign_of_life_tells_how_far_it_is)
{
	feed(1, 3, "end");
	ck_assert_str_eq(
	    call("alive", "'' A 30000 {} '10/s'"), "[ID 3 0 3 0 3 0 0 1 0]");
	take("A", 2, 0);
	call("finish", "ID A 30000 1 1 0 abc");
	ck_assert_str_eq(
	    call("alive", "ID B 30000 {} '10/s'"), "[ID 2 1 3 3 3 1 1 2 1]");
	ck_assert_str_eq(redis_line("HGET " KEY("about") " A"), "{}");
	call("alive", "ID A 30000 '' ''");
	ck_assert_str_eq(redis_line("HGET " KEY("about") " A"), "{}");
}
END_TEST

START_TEST(who_was_taken_for_dead_is_told)
{
	feed(1, 3, "end");
	call("alive", "ID B 30000 {} ''");
	call("alive", "ID A 30000 {} ''");
	ck_assert_str_eq(
	    call("alive", "ID A 30000 {} ''"), "[ID 3 0 3 0 3 0 0 2 0]");
	let_die("A");
	ck_assert_str_eq(
	    call("alive", "ID A 30000 {} ''"), "[ID 3 0 3 0 3 0 0 2 1]");
}
END_TEST

START_TEST(the_rules_are_those_of_who_is_alive)
{
	feed(1, 3, "end");
	call("alive", "'' A 30000 {} 'rate 10/s'");
	check_begins(
	    call("alive", "'' B 30000 {} 'rate 20/s'"), "!RULES rate 10/s");
	ck_assert_str_eq(redis_line("ZSCORE " KEY("workers") " B"), "_");
	check_begins(call("alive", "'' B 30000 {} 'rate 10/s'"), "[ID");
	check_begins(call("alive", "ID B 30000 {} 'rate 20/s'"), "!RULES");
	call("back", "ID A 0");
	check_begins(call("alive", "ID B 30000 {} 'rate 20/s'"), "[ID");
}
END_TEST

START_TEST(workers_that_hold_nothing_are_forgotten)
{
	feed(1, 3, "end");
	call("alive", "'' A 30000 {} ''");
	take("A", 1, 0);
	call("finish", "ID A 30000 1 1 1 ''");
	call("alive", "ID B 30000 {} ''");
	let_die("A");
	call("alive", "ID B 30000 {} ''");
	ck_assert_str_eq(redis_line("ZCARD " KEY("workers")), "1");
	ck_assert_str_eq(redis_line("HLEN " KEY("about")), "1");
}
END_TEST

START_TEST(inputs_of_a_worker_that_nobody_knows_are_found)
{
	feed(1, 3, "end");
	take("A", 1, 0);
	take("B", 1, 0);
	take("C", 1, 0);
	redis_line("DEL " KEY("workers"));
	call("alive", "ID D 30000 {} ''");
	check_begins(redis_line("ZSCORE " KEY("workers") " A"), "1");
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("queue workers");

	tcase_add_test(tc, inputs_are_taken_in_order);
	tcase_add_test(
	    tc, a_call_whose_answer_was_lost_is_answered_with_what_it_took);
	tcase_add_test(tc, a_call_that_comes_late_takes_nothing);
	tcase_add_test(tc, an_answer_has_a_limit_of_bytes);
	tcase_add_test(
	    tc, what_a_worker_has_forgotten_is_told_when_it_holds_nothing);
	tcase_add_test(tc, no_queue_and_another_queue_are_told);
	tcase_add_loop_test(tc, a_group_that_was_deleted_is_told, 0, 10);
	tcase_add_test(tc, new_inputs_wait_while_nobody_reads_records);
	tcase_add_test(tc, what_a_dead_worker_held_is_taken_over);
	tcase_add_test(tc, after_a_time_without_calls_nobody_is_dead_yet);
	tcase_add_test(tc, a_clock_that_was_set_back_keeps_nobody_alive);
	tcase_add_test(
	    tc, a_clock_that_was_set_back_spares_no_dead_worker_for_long);
	tcase_add_test(tc, three_deaths_make_a_poison);
	tcase_add_test(tc, who_dies_often_but_never_alone_is_innocent);
	tcase_add_test(tc, what_may_have_been_sent_is_not_sent_again);
	tcase_add_test(tc, a_mark_that_comes_late_hides_no_later_one);
	tcase_add_test(tc, what_is_with_somebody_else_is_not_marked);
	tcase_add_test(tc, what_others_have_trimmed_is_lost_and_said_so);
	tcase_add_test(tc, many_are_taken_over_a_few_at_a_time);
	tcase_add_test(tc, a_record_is_added_when_its_input_is_deleted);
	tcase_add_test(tc, the_first_to_finish_wins);
	tcase_add_test(tc, a_repeated_finish_is_no_second_one);
	tcase_add_test(tc, without_results_inputs_are_only_counted);
	tcase_add_test(tc, finish_works_while_memory_is_short);
	tcase_add_loop_test(
	    tc, nothing_is_acknowledged_that_cannot_be_recorded, 0, 4);
	tcase_add_test(tc, what_a_stale_replica_brought_back_is_dropped);
	tcase_add_test(tc, what_is_given_back_goes_to_others_at_once);
	tcase_add_test(tc, a_suspect_that_is_given_back_stays_one);
	tcase_add_test(tc, only_what_is_held_is_given_back);
	tcase_add_test(
	    tc, what_a_worker_that_leaves_still_holds_is_taken_over_at_once);
	tcase_add_test(tc, a_sign_of_life_tells_how_far_it_is);
	tcase_add_test(tc, who_was_taken_for_dead_is_told);
	tcase_add_test(tc, the_rules_are_those_of_who_is_alive);
	tcase_add_test(tc, workers_that_hold_nothing_are_forgotten);
	tcase_add_test(tc, inputs_of_a_worker_that_nobody_knows_are_found);
	return run_with_server("queue workers", tc);
}
