/*
 * Two parts: the list of --retry-on, its parser and its look-up; and the
 * verdict, which asks in this order: is the origin held too long, is it held,
 * was only -P auto too high, was the stream refused, did this machine lack
 * something? Only then does the failure count as one, and retry_if_allowed()
 * applies the limits.
 */
#include "config.h"

#include "schedule/retry.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "text/ascii.h"

/* --- the list of --retry-on ---------------------------------------------- */

/* A failure that the list can name. */
struct name {
	const char *text;       /* in the list */
	enum error_class class; /* of the failure */
	const char *reason;     /* of the failure; NULL: any */
};

static const struct name names[] = {
    {"connect", ERROR_CONNECT, NULL},
    {"dns", ERROR_DNS, NULL},
    {"reset", ERROR_RESET, NULL},
    {"stall", ERROR_TIMEOUT, "stall"},
    {"timeout", ERROR_TIMEOUT, NULL},
    {"tls", ERROR_TLS, NULL},
    {"protocol", ERROR_PROTOCOL, NULL},
    {"expect", ERROR_EXPECT, NULL},
};

enum {
	NAMES = sizeof(names) / sizeof(names[0]),
	CLASS_MAX = 5 /* the last class of statuses, 5xx */
};

#define NAMES_TEXT "connect, dns, reset, stall, timeout, tls, protocol, expect"
#define DEFAULTS   "408,429,500,502,503,504,522,524,connect,reset,dns,stall"

/* One entry of a list, without its sign. */
struct entry {
	const char *text;
	size_t len;
	char sign; /* '+', '-', or 0 */
};

/* Read a status, or a class up to 5xx. False: the entry is neither. */
static bool
parse_statuses(struct retry_on *on, const struct entry *e)
{
	struct status_range range;

	if (e->len != 3 || !status_range_parse(e->text, e->len, &range))
		return false;
	if (range.from != range.to && range.from > CLASS_MAX * 100)
		return false;
	if (e->sign == '-')
		status_set_remove(&on->statuses, range);
	else
		status_set_add(&on->statuses, range);
	return true;
}

/* Read the name of a failure. False: the entry is none. */
static bool
parse_name(struct retry_on *on, const struct entry *e)
{
	for (unsigned i = 0; i < NAMES; i++) {
		if (strlen(names[i].text) != e->len ||
		    strncmp(names[i].text, e->text, e->len) != 0)
			continue;
		if (e->sign == '-')
			on->names &= ~(1U << i);
		else
			on->names |= 1U << i;
		return true;
	}
	return false;
}

/* Returns whether the entry is meant as a class of statuses, like "0xx". */
static bool
is_class(const struct entry *e)
{
	return e->len == 3 && ascii_is_digit(e->text[0]) &&
	       strncasecmp(e->text + 1, "xx", 2) == 0;
}

static int
parse_entry(struct retry_on *on, const struct entry *e, char **cause)
{
	if (parse_statuses(on, e) || parse_name(on, e))
		return 0;
	if (is_class(e))
		*cause = xasprintf("%.*s is not a class of statuses: use 1xx "
		                   "to 5xx",
		    (int)e->len, e->text);
	else
		*cause =
		    xasprintf("\"%.*s\" is neither a status (429), a class "
		              "(5xx), nor one of " NAMES_TEXT,
		        (int)e->len, e->text);
	return -1;
}

/* Cut the next entry off *text, which becomes NULL after the last one. */
static struct entry
next_entry(const char **text)
{
	const char *comma = strchr(*text, ',');
	size_t len = comma ? (size_t)(comma - *text) : strlen(*text);
	struct entry e = {*text, len, 0};

	while (e.len && e.text[0] == ' ') {
		e.text++;
		e.len--;
	}
	while (e.len && e.text[e.len - 1] == ' ')
		e.len--;
	if (e.len && (e.text[0] == '+' || e.text[0] == '-')) {
		e.sign = *e.text++;
		e.len--;
	}
	*text = comma ? comma + 1 : NULL;
	return e;
}

static int
parse_list(struct retry_on *on, const char *text, char **cause)
{
	const char *rest = text;
	bool plain = next_entry(&rest).sign == 0;

	if (plain)
		*on = (struct retry_on){0};
	while (text) {
		struct entry e = next_entry(&text);

		if (plain != (e.sign == 0)) {
			*cause =
			    xstrdup("put + or - before every entry (to change "
			            "the default list) or before none (to "
			            "replace it)");
			return -1;
		}
		if (parse_entry(on, &e, cause) < 0)
			return -1;
	}
	return 0;
}

int
retry_on_parse(struct retry_on *on, const char *text, char **cause)
{
	struct retry_on read = *on;

	if (parse_list(&read, text, cause) < 0)
		return -1;
	*on = read;
	return 0;
}

void
retry_on_init(struct retry_on *on)
{
	char *cause = NULL;

	*on = (struct retry_on){0};
	if (parse_list(on, DEFAULTS, &cause) < 0)
		die("%s", cause);
}

static bool
name_matches(const struct name *n, enum error_class class, const char *reason)
{
	return n->class == class &&
	       (!n->reason || (reason && strcmp(n->reason, reason) == 0));
}

bool
retry_on_has(const struct retry_on *on, enum error_class class,
    const char *reason, int status)
{
	if (class == ERROR_NONE || class == ERROR_HTTP)
		return status_set_has(&on->statuses, status);
	for (unsigned i = 0; i < NAMES; i++)
		if (on->names >> i & 1 &&
		    name_matches(&names[i], class, reason))
			return true;
	return false;
}

/* --- the verdict --------------------------------------------------------- */

enum {
	RETRIES = 2,        /* by default */
	DOUBLINGS_MAX = 20, /* of a back-off, so that it does not overflow */
	UNAVAILABLE = 503
};

#define FIRST_DELAY_US CLOCK_SECOND
#define MAX_DELAY_US   (60 * CLOCK_SECOND)
/* Descriptors and ports come back faster than a server recovers. */
#define MAX_LOCAL_DELAY_US CLOCK_SECOND
#define POLL_DELAY_US      (2 * CLOCK_SECOND)
#define POLL_MAX_TIME_US   (300 * CLOCK_SECOND)

void
retry_policy_init(struct retry_policy *p)
{
	*p = (struct retry_policy){
	    .retries = RETRIES,
	    .max_delay_us = MAX_DELAY_US,
	    .polite = true,
	    .poll_delay_us = POLL_DELAY_US,
	    .poll_max_time_us = POLL_MAX_TIME_US,
	    .polls = UINT_MAX,
	};
	retry_on_init(&p->on);
}

static bool
has_answer(const struct retry_facts *f)
{
	return f->status && (f->class == ERROR_NONE || f->class == ERROR_HTTP ||
	                        f->class == ERROR_EXPECT);
}

static bool
names_time(const struct retry_facts *f)
{
	return f->quota && f->quota->retry_after_us >= 0;
}

/* Returns whether the server asks for a pause. The head of the answer says so;
 * the body may have broken off, or been too large. */
static bool
is_throttled(const struct retry_facts *f)
{
	bool heard =
	    has_answer(f) ||
	    (f->status &&
	        (f->class == ERROR_RESET || f->class == ERROR_TIMEOUT ||
	            f->class == ERROR_SIZE || f->class == ERROR_PROTOCOL));

	return heard && wire_is_throttled(f->status, f->quota);
}

enum sched_outcome
retry_outcome(const struct retry_facts *f)
{
	static const enum sched_outcome without_answer[ERROR_CLASS_COUNT] = {
	    [ERROR_NONE] = SCHED_ANSWERED,
	    [ERROR_INPUT] = SCHED_ABORTED,
	    [ERROR_DNS] = SCHED_NO_NAME,
	    [ERROR_CONNECT] = SCHED_NO_CONNECT,
	    [ERROR_TLS] = SCHED_BROKEN,
	    [ERROR_TIMEOUT] = SCHED_OVERLOAD,
	    [ERROR_RESET] = SCHED_BROKEN,
	    [ERROR_PROTOCOL] = SCHED_BROKEN,
	    [ERROR_REDIRECT] = SCHED_ANSWERED,
	    [ERROR_HTTP] = SCHED_ANSWERED,
	    [ERROR_EXPECT] = SCHED_ANSWERED,
	    [ERROR_SIZE] = SCHED_ANSWERED,
	    [ERROR_JSON] = SCHED_ANSWERED,
	    [ERROR_OUTPUT] = SCHED_ANSWERED,
	    [ERROR_LOCAL] = SCHED_ABORTED,
	    [ERROR_CANCELLED] = SCHED_ABORTED,
	    [ERROR_POLICY] = SCHED_ABORTED,
	};

	if (is_throttled(f))
		return SCHED_THROTTLED;
	if (has_answer(f) && f->status == UNAVAILABLE)
		return SCHED_OVERLOAD;
	return without_answer[f->class];
}

/* Returns anything from 0 to `most`. */
static int64_t
random_up_to(int64_t most, uint64_t random)
{
	return (int64_t)(random % ((uint64_t)most + 1));
}

/* Returns an exponential back-off with full jitter: anything from 0 to 1 s, 2
 * s, 4 s, ... With full jitter many clients that failed together come back
 * evenly spread. */
static int64_t
backoff_with_jitter(unsigned retries, int64_t most, uint64_t random)
{
	unsigned doublings = retries < DOUBLINGS_MAX ? retries : DOUBLINGS_MAX;
	int64_t us = FIRST_DELAY_US << doublings;

	return random_up_to(us < most ? us : most, random);
}

/* Returns how long to wait before a retry. A server's Retry-After wins where it
 * is longer (RFC 9110, 10.2.3), but is cut to --retry-max-delay. */
static int64_t
delay_us(
    const struct retry_policy *p, const struct retry_facts *f, uint64_t random)
{
	int64_t us = p->delay_us ? p->delay_us
	                         : backoff_with_jitter(
	                               f->retries, p->max_delay_us, random);
	int64_t named;

	if (!p->polite || !has_answer(f) || !names_time(f))
		return us;
	named = f->quota->retry_after_us;
	if (named > p->max_delay_us)
		named = p->max_delay_us;
	return named > us ? named : us;
}

static bool
is_safe(const struct retry_facts *f)
{
	return resend_allows(f->method, f->wire, RESEND_RETRY);
}

static struct retry_verdict
final_verdict(enum retry_stop stop)
{
	return (struct retry_verdict){RETRY_FINAL, -1, stop};
}

/* Returns `v`, or that the attempt is final if the request, which starts no
 * earlier than `earliest`, would go again after --retry-max-time. */
static struct retry_verdict
go_again(const struct retry_policy *p, const struct retry_facts *f,
    struct retry_verdict v, int64_t earliest)
{
	int64_t at = v.at_us > earliest ? v.at_us : earliest;

	if (p->max_time_us && at - f->first_us >= p->max_time_us)
		return final_verdict(RETRY_STOP_TIME);
	return v;
}

/* Queue the request behind its origin's hold. */
static struct retry_verdict
requeue_held(
    const struct retry_policy *p, const struct retry_facts *f, int64_t now)
{
	struct retry_verdict v = {RETRY_REQUEUE, now, RETRY_STOP_NONE};

	if (!is_safe(f))
		return final_verdict(RETRY_STOP_UNSAFE);
	if (f->requeues >= RETRY_REQUEUES_MAX)
		return final_verdict(RETRY_STOP_REQUEUES);
	return go_again(p, f, v, f->advice.until_us);
}

static struct retry_verdict
requeue_later(const struct retry_policy *p, const struct retry_facts *f,
    int64_t delay, int64_t now)
{
	struct retry_verdict v = {RETRY_REQUEUE, now + delay, RETRY_STOP_NONE};

	return go_again(p, f, v, now);
}

/* Returns whether the failure only shows that -P auto was too high: it has been
 * lowered, and the request goes again free of charge. */
static bool
is_uncharged(const struct retry_policy *p, const struct retry_facts *f)
{
	if (f->advice.kind != SCHED_LOWERED || !is_safe(f) ||
	    f->requeues >= RETRY_REQUEUES_MAX)
		return false;
	return is_throttled(f) ||
	       retry_on_has(&p->on, f->class, f->reason, f->status);
}

/* Returns whether the server refused the HTTP/2 stream before it processed
 * anything (REFUSED_STREAM, RFC 9113, 8.7). There is no status and no time, so
 * the request goes again at once, then after a back-off; a server that goes on
 * refusing has failed. */
static bool
is_refused_stream(const struct retry_facts *f)
{
	return f->class == ERROR_RESET && !f->status &&
	       f->wire == WIRE_REFUSED && f->requeues < RETRY_STREAMS_MAX;
}

static int64_t
refused_delay_us(
    const struct retry_policy *p, const struct retry_facts *f, uint64_t random)
{
	return f->requeues ? backoff_with_jitter(
	                         f->requeues - 1, p->max_delay_us, random)
	                   : 0;
}

/* Returns whether this machine lacked a port or a descriptor, which it may have
 * again soon. With P above 1 the caller has lowered P, which helps, too. */
static bool
is_worth_waiting(const struct retry_facts *f)
{
	return f->class == ERROR_LOCAL && is_safe(f) &&
	       f->requeues <
	           (f->parallel > 1 ? RETRY_REQUEUES_MAX : RETRY_LOCAL_MAX);
}

/* A name that does not exist will not exist in a second either. */
static bool
is_wanted(const struct retry_policy *p, const struct retry_facts *f)
{
	bool is_unknown_name = f->class == ERROR_DNS && f->reason &&
	                       strcmp(f->reason, "unknown") == 0;

	return !is_unknown_name &&
	       retry_on_has(&p->on, f->class, f->reason, f->status);
}

bool
retry_is_wanted(const struct retry_policy *p, const struct retry_facts *f)
{
	return is_wanted(p, f) && f->retries < p->retries && is_safe(f);
}

static struct retry_verdict
retry_if_allowed(const struct retry_policy *p, const struct retry_facts *f,
    uint64_t random, int64_t now)
{
	struct retry_verdict v = {
	    RETRY_AT, now + delay_us(p, f, random), RETRY_STOP_NONE};

	if (!is_wanted(p, f))
		return final_verdict(RETRY_STOP_NONE);
	if (f->retries >= p->retries)
		return final_verdict(RETRY_STOP_COUNT);
	if (!is_safe(f))
		return final_verdict(RETRY_STOP_UNSAFE);
	if (!f->advice.retry_allowed)
		return final_verdict(RETRY_STOP_BUDGET);
	return go_again(p, f, v, now);
}

static bool
is_poll(const struct retry_facts *f)
{
	return f->class == ERROR_EXPECT && f->reason &&
	       strcmp(f->reason, FAILURE_UNTIL) == 0;
}

/* An answer that says "not yet" is no failure of the origin, so asking again
 * costs no retry budget. A server may name its pace by Retry-After, as is
 * usual with 202. */
static struct retry_verdict
poll(const struct retry_policy *p, const struct retry_facts *f, int64_t now)
{
	struct retry_verdict v = {RETRY_POLL, now, RETRY_STOP_NONE};
	int64_t named =
	    p->polite && names_time(f) ? f->quota->retry_after_us : 0;

	v.at_us += named > p->poll_delay_us ? named : p->poll_delay_us;
	if (f->polls >= p->polls)
		return final_verdict(RETRY_STOP_COUNT);
	if (!is_safe(f))
		return final_verdict(RETRY_STOP_UNSAFE);
	if (v.at_us - f->first_us >= p->poll_max_time_us)
		return final_verdict(RETRY_STOP_TIME);
	return v;
}

struct retry_verdict
retry_decide(const struct retry_policy *p, const struct retry_facts *f,
    uint64_t random, int64_t now)
{
	if (f->advice.kind == SCHED_TOO_LONG)
		return (struct retry_verdict){
		    RETRY_REJECT, -1, RETRY_STOP_NONE};
	if (f->advice.kind == SCHED_HELD)
		return requeue_held(p, f, now);
	if (is_uncharged(p, f))
		return requeue_later(p, f,
		    backoff_with_jitter(f->requeues, p->max_delay_us, random),
		    now);
	if (is_refused_stream(f))
		return requeue_later(p, f, refused_delay_us(p, f, random), now);
	if (is_worth_waiting(f))
		return requeue_later(
		    p, f, random_up_to(MAX_LOCAL_DELAY_US, random), now);
	return is_poll(f) ? poll(p, f, now)
	                  : retry_if_allowed(p, f, random, now);
}
