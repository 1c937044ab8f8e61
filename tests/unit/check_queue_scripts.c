/* The scripts that feeders and readers call, and the status, on a real server
 * (queue_calls.h). Leases are ended by hand; nothing waits. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "queue_calls.h"

/* --- feed ----------------------------------------------------------------- */

START_TEST(the_first_call_makes_the_queue)
{
	ck_assert_str_eq(feed(1, 3, "more"), "[ID 3 d3 3 -1 1]");
	ck_assert_str_eq(redis_line("XRANGE " KEY("q") " - +"),
	    "[[1-0 [r u1]] [2-0 [r u2]] [3-0 [r u3]]]");
	ck_assert_str_eq(redis_line("HGET " KEY("meta") " epoch"), "RUN");
}
END_TEST

START_TEST(a_batch_is_added_only_where_it_joins_on)
{
	feed(1, 3, "more");
	ck_assert_str_eq(feed(5, 6, "more"), "[ID 3 d3 3 -1 0]");
	ck_assert_str_eq(feed(4, 5, "more"), "[ID 5 d5 5 -1 1]");
}
END_TEST

START_TEST(a_repeated_batch_is_not_added_again)
{
	feed(1, 3, "more");
	ck_assert_str_eq(feed(1, 3, "more"), "[ID 3 d3 3 -1 1]");
	ck_assert_str_eq(feed(1, 2, "more"), "[ID 3 d3 3 -1 1]");
	ck_assert_str_eq(redis_line("XLEN " KEY("q")), "3");
}
END_TEST

START_TEST(another_list_is_refused)
{
	feed(1, 3, "more");
	check_begins(call("feed", "ID T 'host 1' 5000 RUN more 4 x3 x4 2 r u4"),
	    "!LIST the first 3 inputs are others");
	check_begins(call("feed", "ID T 'host 1' 5000 RUN more 1 d0 x3 2 r a "
	                          "2 r b 2 r c"),
	    "!LIST the first 3 inputs are others");
	ck_assert_str_eq(redis_line("XLEN " KEY("q")), "3");
}
END_TEST

START_TEST(an_input_has_any_number_of_fields)
{
	ck_assert_str_eq(
	    call(
	        "feed", "'' T 'host 1' 5000 RUN end 1 d0 d2 4 r a e '' 2 r ''"),
	    "[ID 2 d2 2 2 1]");
	ck_assert_str_eq(redis_line("XRANGE " KEY("q") " - +"),
	    "[[1-0 [r a e ]] [2-0 [r ]]]");
}
END_TEST

START_TEST(the_end_is_said_once_and_holds)
{
	ck_assert_str_eq(feed(1, 3, "end"), "[ID 3 d3 3 3 1]");
	ck_assert_str_eq(feed(1, 3, "end"), "[ID 3 d3 3 3 1]");
	check_begins(
	    feed(4, 4, "more"), "!LIST the queue is complete with 3 inputs");
	check_begins(
	    feed(1, 2, "end"), "!LIST the queue is complete with 3 inputs");
	check_begins(call("feed", "ID T 'host 1' 5000 RUN end 4 x3 x3"),
	    "!LIST the queue is complete with 3 inputs");
}
END_TEST

START_TEST(an_empty_list_is_complete_at_once)
{
	ck_assert_str_eq(call("feed", "'' T 'host 1' 5000 RUN end 1 d0 d0"),
	    "[ID 0  0 0 1]");
}
END_TEST

START_TEST(a_second_feeder_is_told_who_feeds)
{
	const char *refused;

	feed(1, 3, "more");
	refused = call("feed", "'' U 'other 2' 5000 RUN more 4 d3 d3");
	check_begins(refused, "!TAKEN ");
	ck_assert_ptr_nonnull(strstr(refused, " T host 1"));
	ck_assert_str_eq(call("feed", "ID T 'host 1' 5000 RUN leave 0 '' ''"),
	    "[ID 3 d3 3 -1 0]");
	ck_assert_str_eq(
	    call("feed", "'' U 'other 2' 5000 RUN more 4 d3 d4 2 r u4"),
	    "[ID 4 d4 4 -1 1]");
}
END_TEST

START_TEST(a_feeder_whose_lease_has_ended_is_followed)
{
	feed(1, 3, "more");
	redis_line("HSET " KEY("meta") " feeder_until 1");
	ck_assert_str_eq(call("feed", "'' U 'other 2' 5000 RUN more 4 d3 d3"),
	    "[ID 3 d3 3 -1 1]");
}
END_TEST

START_TEST(a_feeder_notices_that_its_queue_is_gone)
{
	feed(1, 3, "more");
	redis_line("DEL " KEY("q"));
	check_begins(
	    call("feed", "ID T 'host 1' 5000 RUN more 4 d3 d3"), "!GONE");
	redis_line("FLUSHALL");
	check_begins(
	    call("feed", "abc T 'host 1' 5000 RUN more 4 d3 d3"), "!GONE");
	redis_line("XADD " KEY("q") " * a b");
	check_begins(feed(1, 3, "more"), "!GONE");
}
END_TEST

START_TEST(a_key_of_another_type_is_named)
{
	redis_line("SET " KEY("q") " x");
	check_begins(feed(1, 3, "more"), "!WRONGTYPE");
	redis_line("DEL " KEY("q"));
	redis_line("SET " KEY("meta") " x");
	check_begins(feed(1, 3, "more"), "!WRONGTYPE");
	ck_assert_str_eq(redis_line("EXISTS " KEY("q")), "0");
}
END_TEST

START_TEST(the_feed_waits_while_memory_is_short)
{
	feed(1, 3, "more");
	redis_line("CONFIG SET maxmemory 1");
	check_begins(feed(4, 6, "more"), "!OOM");
	redis_line("CONFIG SET maxmemory 0");
	ck_assert_str_eq(redis_line("XLEN " KEY("q")), "3");
	ck_assert_str_eq(feed(4, 6, "more"), "[ID 6 d6 6 -1 1]");
}
END_TEST

/* --- results -------------------------------------------------------------- */

/* Inputs 1 to 3, with the records r2, r1 and r3 in that order; 1 failed. */
static void
finish_three(void)
{
	feed(1, 3, "end");
	take("A", 3, 0);
	call("finish", "ID A 30000 1 2 1 r2 1 0 r1 3 1 r3");
	note_entries();
}

/* Read up to two inputs behind the entry `after`, and remove what `written`
 * says, as the reader T. */
static const char *
read_two(const char *after, const char *written)
{
	return call("results", "ID T 'host 1' 5000 %s 2 1000 0 place %s", after,
	    written);
}

START_TEST(records_are_read_as_they_arrived)
{
	finish_three();
	ck_assert_str_eq(read_two("0-0", ""),
	    "[ID 3 3 0 0 0 0 3 place E1 0 [n 2 s 1 r r2] E2 0 [n 1 s 0 r r1]]");
	ck_assert_str_eq(
	    read_two("E2", ""), "[ID 3 3 0 0 0 0 3 place E3 0 [n 3 s 1 r r3]]");
	ck_assert_str_eq(read_two("E3", ""), "[ID 3 3 0 0 0 0 3 place]");
}
END_TEST

START_TEST(what_was_written_is_removed)
{
	finish_three();
	ck_assert_str_eq(
	    read_two("E3", "E1 2 2 1"), "[ID 3 3 0 0 1 0 2 place]");
	ck_assert_str_eq(
	    read_two("E3", "E1 2 2 1 E2 1 2 0"), "[ID 3 3 0 0 2 1 1 place]");
	ck_assert_str_eq(redis_line("HGET " KEY("meta") " bytes"), "2");
	ck_assert_str_eq(read_two("0-0", ""),
	    "[ID 3 3 0 0 2 1 1 place E3 0 [n 3 s 1 r r3]]");
}
END_TEST

START_TEST(a_record_of_what_was_written_is_marked)
{
	finish_three();
	redis_line("SETBIT " KEY("put") " 2 1");
	ck_assert_str_eq(read_two("0-0", ""),
	    "[ID 3 3 0 0 0 0 3 place E1 1 [n 2 s 1 r r2] E2 0 [n 1 s 0 r r1]]");
	ck_assert_str_eq(read_two("E2", "E1 2 2 2"),
	    "[ID 3 3 0 0 0 0 2 place E3 0 [n 3 s 1 r r3]]");
}
END_TEST

START_TEST(an_answer_has_one_input_or_few_bytes)
{
	finish_three();
	ck_assert_str_eq(
	    call("results", "ID T 'host 1' 5000 0-0 100 1 0 place"),
	    "[ID 3 3 0 0 0 0 3 place E1 0 [n 2 s 1 r r2]]");
	ck_assert_str_eq(call("results", "ID T 'host 1' 5000 0-0 100 3 0 ''"),
	    "[ID 3 3 0 0 0 0 3 place E1 0 [n 2 s 1 r r2] E2 0 [n 1 s 0 r r1]]");
	ck_assert_str_eq(call("results", "ID T 'host 1' 5000 0-0 0 100 0 ''"),
	    "[ID 3 3 0 0 0 0 3 place]");
}
END_TEST

/* The group of somebody else is not ours, whatever it holds. */
START_TEST(a_group_of_others_is_none_of_the_queue)
{
	finish_three();
	redis_line("XGROUP CREATE " KEY("q") " others 0");
	check_begins(read_two("0-0", ""), "[ID 3 3 0 0 0 0 3 ");
	redis_line("XGROUP DESTROY " KEY("q") " workers");
	check_begins(read_two("0-0", ""), "!GONE");
	check_begins(call("status", "10"), "!GONE");
	check_begins(feed(1, 3, "end"), "!GONE");
}
END_TEST

START_TEST(a_second_reader_is_told_who_reads)
{
	const char *refused;

	finish_three();
	read_two("0-0", "");
	refused =
	    call("results", "'' U 'other 2' 5000 0-0 2 1000 0 '' E1 2 2 1");
	check_begins(refused, "!TAKEN ");
	ck_assert_ptr_nonnull(strstr(refused, " T host 1"));
	ck_assert_str_eq(redis_line("XLEN " KEY("out")), "3");
	call("results", "ID T 'host 1' 5000 0-0 0 1000 1 ''");
	check_begins(
	    call("results", "'' U 'other 2' 5000 0-0 0 1000 0 ''"), "[ID");
	redis_line("HSET " KEY("meta") " reader_until 1");
	check_begins(read_two("0-0", ""), "[ID");
}
END_TEST

START_TEST(reading_goes_on_while_memory_is_short)
{
	finish_three();
	redis_line("CONFIG SET maxmemory 1");
	check_begins(read_two("0-0", ""), "[ID 3 3 0 0 0 0 3 place E1");
	check_begins(read_two("0-0", "E1 2 2 1"), "[ID 3 3 0 0 1 0 2 place E2");
	redis_line("CONFIG SET maxmemory 0");
}
END_TEST

START_TEST(a_reader_without_a_queue_is_told)
{
	check_begins(read_two("0-0", ""), "!GONE");
	feed(1, 1, "end");
	check_begins(
	    call("results", "x T 'host 1' 5000 0-0 2 1000 0 ''"), "!GONE");
	redis_line("SET " KEY("out") " x");
	check_begins(read_two("0-0", ""), "!WRONGTYPE");
}
END_TEST

START_TEST(inputs_without_a_record_are_found)
{
	ck_assert_str_eq(call("missing", "1 10"), "[]");
	feed(1, 40, "end");
	ck_assert_str_eq(call("missing", "38 10"), "[38 39 40]");
	for (unsigned n = 1; n <= 40; n++)
		if (n != 1 && n != 7 && n != 8 && n != 33)
			redis_line("SETBIT " KEY("put") " %u 1", n);
	ck_assert_str_eq(call("missing", "1 10"), "[1 7 8 33]");
	ck_assert_str_eq(call("missing", "1 2"), "[1 7]");
	ck_assert_str_eq(call("missing", "9 10"), "[33]");
	redis_line("SETBIT " KEY("put") " 33 1");
	ck_assert_str_eq(call("missing", "9 10"), "[]");
}
END_TEST

/* --- holds, status -------------------------------------------------------- */

START_TEST(holds_are_only_prolonged_and_end)
{
	const char *all;

	check_begins(call("hold", "c 1"), "!GONE");
	feed(1, 1, "end");
	ck_assert_str_eq(
	    call("hold", "c 0 http://a 60000 http://b 5000"), "[]");
	call("hold", "c 0 http://a 100 http://b 90000");
	all = call("hold", "c 1");
	check_begins(all, "[http://a ");
	ck_assert_int_gt(atol(strchr(all, ' ')), 50000);
	ck_assert_int_gt(atol(strstr(all, "b ") + 2), 80000);
	redis_line("ZADD " KEY("holds") " 1 http://a");
	check_begins(call("hold", "c 1"), "[http://b ");
	ck_assert_str_eq(redis_line("ZCARD " KEY("holds")), "1");
}
END_TEST

/* All that the server has noted is an hour later than what its clock shows. */
START_TEST(a_clock_that_was_set_back_makes_no_hold_longer)
{
	const char *all;

	feed(1, 1, "end");
	call("hold", "c 0 http://a 60000 http://b 5000");
	redis_line("HINCRBY " KEY("meta") " holds_now 3600000");
	redis_line("ZINCRBY " KEY("holds") " 3600000 http://a");
	redis_line("ZINCRBY " KEY("holds") " 3600000 http://b");
	all = strstr(call("status", "10"), " [http://a ");
	ck_assert_ptr_nonnull(all);
	ck_assert_int_le(atol(all + 11), 60001);
	/* One that is longer than what is left of the last one counts. */
	call("hold", "c 0 http://b 90000");
	all = call("hold", "c 1");
	check_begins(all, "[http://a ");
	ck_assert_int_gt(atol(all + 10), 50000);
	ck_assert_int_le(atol(all + 10), 60001);
	ck_assert_int_gt(atol(strstr(all, "b ") + 2), 80000);
	ck_assert_int_le(atol(strstr(all, "b ") + 2), 90001);
}
END_TEST

START_TEST(holds_are_told_while_memory_is_short)
{
	feed(1, 1, "end");
	redis_line("CONFIG SET maxmemory 1");
	call("hold", "c 0 http://a 60000");
	check_begins(call("hold", "c 1"), "[http://a ");
	redis_line("CONFIG SET maxmemory 0");
}
END_TEST

START_TEST(the_status_counts_all)
{
	check_begins(call("status", "10"), "!GONE");
	feed(1, 6, "more");
	call("alive", "'' A 30000 {a} 'rate 10/s'");
	take("A", 4, 0);
	call("finish", "ID A 30000 1 1 1 abc 2 0 de");
	call("back", "ID A 30000 3 1");
	check_begins(call("status", "10"),
	    "[[fed 6 waiting 3 in_work 1 done 2 failed 1 twice 0 total -1 "
	    "record_bytes 5 records 2 written 0 written_failed 0] "
	    "[rules rate 10/s feeder host 1] [A ");
	call("feed", "ID T 'host 1' 5000 RUN leave 0 '' ''");
	call("hold", "c 0 http://a 60000");
	call("tokens", "all 5 1000000 1000000 2 A RUN");
	ck_assert_ptr_nonnull(
	    strstr(call("status", "10"), " 1 {a}] [http://a "));
	ck_assert_ptr_nonnull(
	    strstr(call("status", "10"), "] [all 5 1000000 2]]"));
	ck_assert_ptr_null(strstr(call("status", "10"), "feeder"));
}
END_TEST

/* --- restarts ------------------------------------------------------------- */

START_TEST(a_killed_server_comes_back_with_all_of_it)
{
	feed(1, 3, "more");
	take("A", 2, 0);
	call("finish", "ID A 30000 1 1 1 r1");
	call("mark", "ID A 30000 2 1 sent");
	restart_server();
	ck_assert_str_eq(feed(4, 4, "end"), "[ID 4 d4 3 4 1]");
	ck_assert_str_eq(
	    call("finish", "ID A 30000 1 1 1 r1"), "[ID 3 1 4 2 -1]");
	note_entries();
	ck_assert_str_eq(read_two("0-0", ""),
	    "[ID 4 4 3 1 0 0 1 place E1 0 [n 1 s 1 r r1]]");
	let_die("A");
	take("B", 0, 0);
	redis_line("HDEL " KEY("meta") " grace");
	ck_assert_str_eq(take("B", 9, 9),
	    "[ID 0 3 3 4 2 2 1001 sent [r u2] 3 1 fresh [r u3] "
	    "4 1 fresh [r u4]]");
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("queue scripts");

	tcase_add_test(tc, the_first_call_makes_the_queue);
	tcase_add_test(tc, a_batch_is_added_only_where_it_joins_on);
	tcase_add_test(tc, a_repeated_batch_is_not_added_again);
	tcase_add_test(tc, another_list_is_refused);
	tcase_add_test(tc, an_input_has_any_number_of_fields);
	tcase_add_test(tc, the_end_is_said_once_and_holds);
	tcase_add_test(tc, an_empty_list_is_complete_at_once);
	tcase_add_test(tc, a_second_feeder_is_told_who_feeds);
	tcase_add_test(tc, a_feeder_whose_lease_has_ended_is_followed);
	tcase_add_test(tc, a_feeder_notices_that_its_queue_is_gone);
	tcase_add_test(tc, a_key_of_another_type_is_named);
	tcase_add_test(tc, the_feed_waits_while_memory_is_short);
	tcase_add_test(tc, records_are_read_as_they_arrived);
	tcase_add_test(tc, what_was_written_is_removed);
	tcase_add_test(tc, a_record_of_what_was_written_is_marked);
	tcase_add_test(tc, an_answer_has_one_input_or_few_bytes);
	tcase_add_test(tc, a_group_of_others_is_none_of_the_queue);
	tcase_add_test(tc, a_second_reader_is_told_who_reads);
	tcase_add_test(tc, reading_goes_on_while_memory_is_short);
	tcase_add_test(tc, a_reader_without_a_queue_is_told);
	tcase_add_test(tc, inputs_without_a_record_are_found);
	tcase_add_test(tc, holds_are_only_prolonged_and_end);
	tcase_add_test(tc, a_clock_that_was_set_back_makes_no_hold_longer);
	tcase_add_test(tc, holds_are_told_while_memory_is_short);
	tcase_add_test(tc, the_status_counts_all);
	tcase_add_test(tc, a_killed_server_comes_back_with_all_of_it);
	return run_with_server("queue scripts", tc);
}
