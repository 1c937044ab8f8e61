#include "config.h"

#include "schedule/retry.h"
#include "unit.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define S INT64_C(1000000)

static struct retry_policy policy;
static struct retry_facts facts;

/* A GET whose first attempt, at 0, was answered with 503. */
static void
set_up(void)
{
	retry_policy_init(&policy);
	facts = (struct retry_facts){
	    .class = ERROR_HTTP,
	    .status = 503,
	    .method = RESEND_GET,
	    .wire = WIRE_ANSWERED,
	    .advice = {.until_us = -1, .retry_allowed = true},
	    .parallel = 50,
	};
}

static struct retry_verdict
decide(uint64_t random, int64_t now)
{
	return retry_decide(&policy, &facts, random, now);
}

static void
failed_as(enum error_class class, const char *reason)
{
	facts.class = class;
	facts.reason = reason;
	facts.status = 0;
	facts.wire = WIRE_UNKNOWN;
}

static void
throttled(const struct quota *q)
{
	facts.status = 429;
	facts.wire = WIRE_REFUSED;
	facts.quota = q;
}

static const struct {
	enum error_class class;
	const char *reason;
	int status;
	enum retry_kind kind;
} ends[] = {
    {ERROR_NONE, NULL, 200, RETRY_FINAL},
    {ERROR_HTTP, NULL, 401, RETRY_FINAL},
    {ERROR_HTTP, NULL, 404, RETRY_FINAL},
    {ERROR_HTTP, NULL, 501, RETRY_FINAL},
    {ERROR_HTTP, NULL, 408, RETRY_AT},
    {ERROR_HTTP, NULL, 429, RETRY_AT},
    {ERROR_HTTP, NULL, 500, RETRY_AT},
    {ERROR_HTTP, NULL, 524, RETRY_AT},
    {ERROR_CONNECT, NULL, 0, RETRY_AT},
    {ERROR_CONNECT, "timeout", 0, RETRY_AT},
    {ERROR_RESET, "truncated", 200, RETRY_AT},
    {ERROR_DNS, NULL, 0, RETRY_AT},
    {ERROR_DNS, "unknown", 0, RETRY_FINAL},
    {ERROR_TIMEOUT, "stall", 0, RETRY_AT},
    {ERROR_TIMEOUT, "max-time", 0, RETRY_FINAL},
    {ERROR_TLS, "certificate", 0, RETRY_FINAL},
    {ERROR_PROTOCOL, NULL, 0, RETRY_FINAL},
    {ERROR_SIZE, NULL, 200, RETRY_FINAL},
    {ERROR_CANCELLED, NULL, 0, RETRY_FINAL},
    {ERROR_INPUT, NULL, 0, RETRY_FINAL},
    {ERROR_LOCAL, NULL, 0, RETRY_REQUEUE},
};

START_TEST(the_default_list_says_what_is_retried)
{
	facts.class = ends[_i].class;
	facts.reason = ends[_i].reason;
	facts.status = ends[_i].status;
	ck_assert_int_eq(decide(0, 0).kind, ends[_i].kind);
}
END_TEST

START_TEST(backoff_doubles_with_full_jitter_up_to_its_cap)
{
	policy.retries = 100;
	for (unsigned i = 0; i < 100; i++) {
		int64_t most = i < 6 ? S << i : 60 * S;

		facts.retries = i;
		ck_assert_int_eq(decide(0, 7).at_us, 7);
		ck_assert_int_eq(decide((uint64_t)most, 7).at_us, 7 + most);
		ck_assert_int_eq(decide((uint64_t)most + 1, 7).at_us, 7);
	}
}
END_TEST

START_TEST(a_fixed_delay_has_no_jitter)
{
	policy.delay_us = 3 * S;
	ck_assert_int_eq(decide(12345, 1 * S).at_us, 4 * S);
	facts.retries = 1;
	ck_assert_int_eq(decide(54321, 1 * S).at_us, 4 * S);
}
END_TEST

START_TEST(retries_end_with_their_number)
{
	facts.retries = 1;
	ck_assert_int_eq(decide(0, 0).kind, RETRY_AT);
	facts.retries = 2;
	ck_assert_int_eq(decide(0, 0).kind, RETRY_FINAL);
	ck_assert_int_eq(decide(0, 0).stop, RETRY_STOP_COUNT);
}
END_TEST

START_TEST(retries_end_with_their_budget)
{
	facts.advice.retry_allowed = false;
	ck_assert_int_eq(decide(0, 0).kind, RETRY_FINAL);
	ck_assert_int_eq(decide(0, 0).stop, RETRY_STOP_BUDGET);
}
END_TEST

START_TEST(nothing_starts_after_retry_max_time)
{
	policy.max_time_us = 10 * S;
	policy.delay_us = 2 * S;
	facts.first_us = 5 * S;
	ck_assert_int_eq(decide(0, 13 * S - 1).kind, RETRY_AT);
	ck_assert_int_eq(decide(0, 13 * S).kind, RETRY_FINAL);
	ck_assert_int_eq(decide(0, 13 * S).stop, RETRY_STOP_TIME);
}
END_TEST

START_TEST(a_post_that_may_have_been_processed_is_final)
{
	facts.method = RESEND_POST;
	ck_assert_int_eq(decide(0, 0).kind, RETRY_FINAL);
	ck_assert_int_eq(decide(0, 0).stop, RETRY_STOP_UNSAFE);
	failed_as(ERROR_RESET, NULL);
	ck_assert_int_eq(decide(0, 0).stop, RETRY_STOP_UNSAFE);
}
END_TEST

START_TEST(a_post_of_which_nothing_was_sent_goes_again)
{
	facts.method = RESEND_POST;
	failed_as(ERROR_CONNECT, NULL);
	facts.wire = WIRE_UNSENT;
	ck_assert_int_eq(decide(0, 0).kind, RETRY_AT);
}
END_TEST

START_TEST(a_post_that_was_turned_away_goes_again)
{
	facts.method = RESEND_POST;
	facts.status = 429;
	facts.wire = WIRE_REFUSED;
	ck_assert_int_eq(decide(0, 0).kind, RETRY_AT);
}
END_TEST

START_TEST(a_hold_costs_no_retry)
{
	struct quota q = quota_none();

	q.retry_after_us = 9 * S;
	throttled(&q);
	policy.retries = 0;
	facts.advice = (struct sched_advice){
	    .kind = SCHED_HELD, .until_us = 9 * S, .retry_allowed = false};
	ck_assert_int_eq(decide(0, 3).kind, RETRY_REQUEUE);
	ck_assert_int_eq(decide(0, 3).at_us, 3);
	facts.requeues = 19;
	ck_assert_int_eq(decide(0, 3).kind, RETRY_REQUEUE);
	facts.requeues = 20;
	ck_assert_int_eq(decide(0, 3).kind, RETRY_FINAL);
	ck_assert_int_eq(decide(0, 3).stop, RETRY_STOP_REQUEUES);
}
END_TEST

START_TEST(a_hold_beyond_retry_max_time_is_final)
{
	policy.max_time_us = 5 * S;
	facts.advice = (struct sched_advice){
	    .kind = SCHED_HELD, .until_us = 5 * S, .retry_allowed = true};
	ck_assert_int_eq(decide(0, 3).stop, RETRY_STOP_TIME);
}
END_TEST

START_TEST(a_hold_that_is_too_long_is_refused)
{
	facts.advice = (struct sched_advice){
	    .kind = SCHED_TOO_LONG, .until_us = 9 * S, .retry_allowed = true};
	ck_assert_int_eq(decide(0, 3).kind, RETRY_REJECT);
}
END_TEST

START_TEST(what_lowered_auto_goes_again_later_uncharged)
{
	policy.retries = 0;
	facts.advice.kind = SCHED_LOWERED;
	ck_assert_int_eq(decide(1 * S, 0).kind, RETRY_REQUEUE);
	ck_assert_int_eq(decide(1 * S, 0).at_us, 1 * S);
	facts.requeues = 20;
	ck_assert_int_eq(decide(0, 0).kind, RETRY_FINAL);
	facts.requeues = 0;
	facts.method = RESEND_POST;
	ck_assert_int_eq(decide(0, 0).kind, RETRY_FINAL);
}
END_TEST

START_TEST(a_refused_stream_goes_again_uncharged)
{
	policy.retries = 0;
	facts.method = RESEND_POST;
	failed_as(ERROR_RESET, "refused");
	ck_assert_int_eq(decide(0, 0).kind, RETRY_FINAL);
	facts.wire = WIRE_REFUSED;
	ck_assert_int_eq(decide(S / 2, 7).kind, RETRY_REQUEUE);
	ck_assert_int_eq(decide(S / 2, 7).at_us, 7);
	facts.requeues = 1;
	ck_assert_int_eq(decide(S / 2, 7).at_us, 7 + S / 2);
	facts.requeues = 5;
	ck_assert_int_eq(decide(0, 0).kind, RETRY_REQUEUE);
	facts.requeues = 6;
	ck_assert_int_eq(decide(0, 0).kind, RETRY_FINAL);
}
END_TEST

START_TEST(local_limits_are_final_after_ten_turns_at_one)
{
	failed_as(ERROR_LOCAL, NULL);
	facts.requeues = 10;
	ck_assert_int_eq(decide(S / 2, 0).kind, RETRY_REQUEUE);
	ck_assert_int_eq(decide(S / 2, 0).at_us, S / 2);
	facts.parallel = 1;
	ck_assert_int_eq(decide(0, 0).kind, RETRY_FINAL);
	facts.requeues = 9;
	ck_assert_int_eq(decide(0, 0).kind, RETRY_REQUEUE);
}
END_TEST

START_TEST(retry_after_of_any_answer_is_waited_for)
{
	struct quota q = quota_none();

	q.retry_after_us = 7 * S;
	facts.quota = &q;
	facts.status = 500;
	ck_assert_int_eq(decide(0, 0).at_us, 7 * S);
	q.retry_after_us = 100 * S;
	ck_assert_int_eq(decide(0, 0).at_us, 60 * S);
	policy.polite = false;
	ck_assert_int_eq(decide(0, 0).at_us, 0);
}
END_TEST

START_TEST(outcomes_tell_refusal_from_overload)
{
	struct quota timed = quota_none(), empty = quota_none();

	timed.asks = true;
	empty.remaining = 0;
	ck_assert_int_eq(retry_outcome(&facts), SCHED_OVERLOAD);
	facts.quota = &timed;
	ck_assert_int_eq(retry_outcome(&facts), SCHED_THROTTLED);
	facts.status = 403;
	facts.quota = NULL;
	ck_assert_int_eq(retry_outcome(&facts), SCHED_ANSWERED);
	facts.quota = &empty;
	ck_assert_int_eq(retry_outcome(&facts), SCHED_THROTTLED);
	facts.status = 429;
	facts.quota = NULL;
	ck_assert_int_eq(retry_outcome(&facts), SCHED_THROTTLED);
	facts.status = 404;
	ck_assert_int_eq(retry_outcome(&facts), SCHED_ANSWERED);
	failed_as(ERROR_CONNECT, NULL);
	ck_assert_int_eq(retry_outcome(&facts), SCHED_NO_CONNECT);
	failed_as(ERROR_TIMEOUT, "stall");
	ck_assert_int_eq(retry_outcome(&facts), SCHED_OVERLOAD);
}
END_TEST

static const struct {
	const char *list;
	int status;
	bool has;
} lists[] = {
    {"425", 425, true},
    {"425", 429, false},
    {"+425", 425, true},
    {"+425", 429, true},
    {"-429", 429, false},
    {"-429", 500, true},
    {"+202", 202, true},
    {"5xx", 599, true},
    {"5xx", 429, false},
    {"-5XX", 503, false},
    {"connect, 418 ,dns", 418, true},
    {"999", 999, true},
    {"+timeout,-500", 500, false},
};

START_TEST(lists_replace_or_change_the_default)
{
	struct retry_on on;
	char *cause = NULL;

	retry_on_init(&on);
	ck_assert_int_eq(retry_on_parse(&on, lists[_i].list, &cause), 0);
	ck_assert_msg(retry_on_has(&on, ERROR_HTTP, NULL, lists[_i].status) ==
	                  lists[_i].has,
	    "%s %d", lists[_i].list, lists[_i].status);
}
END_TEST

static const struct {
	const char *list;
	const char *cause;
} wrong[] = {
    {"", "\"\" is neither"},
    {"429,", "\"\" is neither"},
    {"42", "\"42\" is neither"},
    {"4290", "neither a status"},
    {"099", "neither a status"},
    {"7xx", "7xx is not a class of statuses: use 1xx to 5xx"},
    {"0xx", "0xx is not a class"},
    {"resets", "nor one of connect, dns"},
    {"+425,500", "put + or - before every entry"},
    {"425,-500", "put + or - before every entry"},
    {"+", "\"\" is neither"},
};

START_TEST(wrong_lists_are_explained_and_change_nothing)
{
	struct retry_on on;
	char *cause = NULL;

	retry_on_init(&on);
	ck_assert_int_eq(retry_on_parse(&on, wrong[_i].list, &cause), -1);
	ck_assert_ptr_nonnull(strstr(cause, wrong[_i].cause));
	ck_assert(retry_on_has(&on, ERROR_HTTP, NULL, 429));
	free(cause);
}
END_TEST

START_TEST(timeout_includes_max_time_and_stall)
{
	struct retry_on on;
	char *cause = NULL;

	retry_on_init(&on);
	ck_assert(!retry_on_has(&on, ERROR_TIMEOUT, "max-time", 0));
	ck_assert(!retry_on_has(&on, ERROR_TIMEOUT, NULL, 0));
	ck_assert_int_eq(retry_on_parse(&on, "timeout", &cause), 0);
	ck_assert(retry_on_has(&on, ERROR_TIMEOUT, "max-time", 0));
	ck_assert(retry_on_has(&on, ERROR_TIMEOUT, "stall", 0));
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

static void
unmet_until(void)
{
	facts.class = ERROR_EXPECT;
	facts.reason = FAILURE_UNTIL;
	facts.status = 202;
}

static struct quota
asks_to_wait(int64_t us)
{
	struct quota q;

	q = quota_none();
	q.retry_after_us = us;
	return q;
}

START_TEST(until_asks_again_at_its_own_pace)
{
	struct retry_verdict v;
	struct quota q = asks_to_wait(7 * S);

	unmet_until();
	v = decide(99, 1 * S);
	ck_assert_int_eq(v.kind, RETRY_POLL);
	ck_assert_int_eq(v.at_us, 3 * S);
	facts.quota = &q;
	ck_assert_int_eq(decide(99, 1 * S).at_us, 8 * S);
	policy.polite = false;
	ck_assert_int_eq(decide(99, 1 * S).at_us, 3 * S);
}
END_TEST

START_TEST(until_needs_neither_retries_nor_budget)
{
	unmet_until();
	policy.retries = 0;
	facts.retries = 5;
	facts.polls = 1000;
	facts.advice.retry_allowed = false;
	ck_assert_int_eq(decide(0, 0).kind, RETRY_POLL);
	ck_assert(!retry_is_wanted(&policy, &facts));
}
END_TEST

START_TEST(until_ends_with_its_number_and_its_time)
{
	unmet_until();
	ck_assert_int_eq(decide(0, 297 * S).kind, RETRY_POLL);
	ck_assert_int_eq(decide(0, 298 * S).stop, RETRY_STOP_TIME);
	policy.polls = 3;
	facts.polls = 2;
	ck_assert_int_eq(decide(0, 0).kind, RETRY_POLL);
	facts.polls = 3;
	ck_assert_int_eq(decide(0, 0).stop, RETRY_STOP_COUNT);
}
END_TEST

START_TEST(a_post_is_not_polled)
{
	unmet_until();
	facts.method = RESEND_POST;
	ck_assert_int_eq(decide(0, 0).stop, RETRY_STOP_UNSAFE);
}
END_TEST

START_TEST(an_expectation_is_retried_only_where_it_is_listed)
{
	char *cause = NULL;

	facts.class = ERROR_EXPECT;
	facts.status = 200;
	ck_assert_int_eq(decide(0, 0).kind, RETRY_FINAL);
	ck_assert_int_eq(retry_on_parse(&policy.on, "+expect", &cause), 0);
	ck_assert_int_eq(decide(0, 0).kind, RETRY_AT);
	facts.retries = policy.retries;
	ck_assert_int_eq(decide(0, 0).stop, RETRY_STOP_COUNT);
}
END_TEST

static void
add_polls(TCase *tc)
{
	tcase_add_test(tc, until_asks_again_at_its_own_pace);
	tcase_add_test(tc, until_needs_neither_retries_nor_budget);
	tcase_add_test(tc, until_ends_with_its_number_and_its_time);
	tcase_add_test(tc, a_post_is_not_polled);
	tcase_add_test(tc, an_expectation_is_retried_only_where_it_is_listed);
}

static void
add_decisions(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_loop_test(
	    tc, the_default_list_says_what_is_retried, 0, COUNT(ends));
	tcase_add_test(tc, backoff_doubles_with_full_jitter_up_to_its_cap);
	tcase_add_test(tc, a_fixed_delay_has_no_jitter);
	tcase_add_test(tc, retries_end_with_their_number);
	tcase_add_test(tc, retries_end_with_their_budget);
	tcase_add_test(tc, nothing_starts_after_retry_max_time);
	tcase_add_test(tc, a_post_that_may_have_been_processed_is_final);
	tcase_add_test(tc, a_post_of_which_nothing_was_sent_goes_again);
	tcase_add_test(tc, a_post_that_was_turned_away_goes_again);
	tcase_add_test(tc, a_hold_costs_no_retry);
	tcase_add_test(tc, a_hold_beyond_retry_max_time_is_final);
	tcase_add_test(tc, a_hold_that_is_too_long_is_refused);
	tcase_add_test(tc, what_lowered_auto_goes_again_later_uncharged);
	tcase_add_test(tc, a_refused_stream_goes_again_uncharged);
	tcase_add_test(tc, local_limits_are_final_after_ten_turns_at_one);
	tcase_add_test(tc, retry_after_of_any_answer_is_waited_for);
	tcase_add_test(tc, outcomes_tell_refusal_from_overload);
}

int
main(void)
{
	Suite *suite = suite_create("retry");
	TCase *decisions = tcase_create("decisions");
	TCase *parser = tcase_create("lists");

	add_decisions(decisions);
	add_polls(decisions);
	suite_add_tcase(suite, decisions);
	tcase_add_loop_test(
	    parser, lists_replace_or_change_the_default, 0, COUNT(lists));
	tcase_add_loop_test(parser,
	    wrong_lists_are_explained_and_change_nothing, 0, COUNT(wrong));
	tcase_add_test(parser, timeout_includes_max_time_and_stall);
	suite_add_tcase(suite, parser);
	return unit_run(suite);
}
