#include "config.h"

#include "limits/limits.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/buf.h"
#include "base/heap.h"
#include "base/list.h"
#include "schedule/retry.h"
#include "schedule/sched.h"
#include "unit.h"

/*
 * Drawn answers of servers that name limits, in all forms and mixtures, in
 * virtual time: nothing starts before the time that they name, and nothing
 * waits for ever. GATHER_SEED and GATHER_ROUNDS (2,000) change what is drawn.
 */
#define S  INT64_C(1000000)
#define MS INT64_C(1000)

enum {
	JOBS = 12,
	HEADERS = 16,
	MAX_HOLD_S = 4000
};

/* Where virtual time 0 is on the wall. */
#define WALL_US (INT64_C(1700000000) * S + 123456)

struct header {
	char name[64];
	char value[160];
};

/* What a server answers while it wants to be left alone, and until when. */
struct answer {
	struct header headers[HEADERS];
	size_t len;
	int status;
	int64_t named_us; /* from then on; -1: no time that can be used */
};

struct job {
	struct sched_item item;
	struct heap_node lands;
	unsigned requeues;
	unsigned retries;
	bool done;
	bool refused;
};

static uint64_t state;

static uint64_t
any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static int64_t
up_to(int64_t n)
{
	return (int64_t)(any() % (uint64_t)n);
}

static bool
one_in(int64_t n)
{
	return up_to(n) == 0;
}

/* --- what is named ------------------------------------------------------- */

static void
add_header(struct answer *a, const char *name, const char *value)
{
	struct header *h;

	if (a->len == HEADERS)
		return;
	h = &a->headers[a->len++];
	snprintf(h->name, sizeof(h->name), "%s", name);
	snprintf(h->value, sizeof(h->value), "%s", value);
	for (char *c = h->name; *c; c++)
		if (one_in(3) && *c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
}

static void
add_decimal(struct buf *out, int64_t value, int64_t unit, int digits)
{
	int64_t rest = value % unit;

	buf_addf(out, "%" PRId64, value / unit);
	if (!digits)
		return;
	buf_addc(out, '.');
	for (int i = 0; i < digits; i++) {
		rest *= 10;
		buf_addc(out, (char)('0' + rest / unit));
		rest %= unit;
	}
}

/* Up to a multiple, so that its text is exact. */
static int64_t
round_up(int64_t us, int64_t unit)
{
	return (us + unit - 1) / unit * unit;
}

static int64_t
in_seconds(struct buf *out, int64_t us, int64_t now)
{
	(void)now;
	us = round_up(us, S);
	add_decimal(out, us, S, one_in(3));
	return us;
}

static int64_t
in_decimals(struct buf *out, int64_t us, int64_t now)
{
	(void)now;
	us = round_up(us, MS);
	add_decimal(out, us, S, 3 + (int)up_to(4));
	return us;
}

static int64_t
in_units(struct buf *out, int64_t us, int64_t now)
{
	(void)now;
	us = round_up(us, MS);
	if (us >= 60 * S)
		buf_addf(out, "%" PRId64 "m", us / (60 * S));
	add_decimal(out, us % (60 * S), S, us % S ? 3 : 0);
	buf_addc(out, 's');
	return us;
}

static int64_t
as_epoch(struct buf *out, int64_t us, int64_t now)
{
	static const int64_t units[] = {S, MS, 1};
	int64_t unit = units[up_to(3)];
	int64_t at = round_up(WALL_US + now + us, unit);

	buf_addf(out, "%" PRId64, at / unit);
	if (unit == 1 && one_in(2))
		buf_adds(out, "000"); /* nanoseconds */
	return at - WALL_US - now;
}

#define FORMAT(form) strftime(text, sizeof(text), form, &tm)

static int64_t
as_date(struct buf *out, int64_t us, int64_t now)
{
	int64_t at = round_up(WALL_US + now + us, S);
	time_t t = (time_t)(at / S);
	struct tm tm;
	char text[64];

	gmtime_r(&t, &tm);
	switch (up_to(6)) {
	case 0: FORMAT("%a, %d %b %Y %H:%M:%S GMT"); break;
	case 1:
		FORMAT("%A, %d-%b-");
		buf_addf(out, "%s%02d ", text, tm.tm_year % 100);
		FORMAT("%H:%M:%S GMT");
		break;
	case 2: FORMAT("%a %b %e %H:%M:%S %Y"); break;
	case 3: FORMAT("%Y-%m-%dT%H:%M:%SZ"); break;
	case 4: FORMAT("%Y-%m-%d %H:%M:%S"); break;
	case 5: FORMAT("%Y-%m-%dT%H:%M:%S+00:00"); break;
	}
	buf_adds(out, text);
	return at - WALL_US - now;
}

typedef int64_t writer(struct buf *, int64_t us, int64_t now);
static writer *const writers[] = {
    in_seconds, in_decimals, in_units, as_epoch, as_date};

static int64_t
write_time(struct buf *out, int64_t us, int64_t now)
{
	buf_clear(out);
	return writers[up_to(5)](out, us, now);
}

static int64_t
longer(int64_t us, int64_t than)
{
	return us > than ? us : than;
}

static int64_t
add_wait(struct answer *a, int64_t us, int64_t now)
{
	struct buf text = {0};
	int64_t named;

	if (one_in(4)) {
		named = round_up(us, MS);
		buf_addf(&text, "%" PRId64, named / MS);
		add_header(a,
		    one_in(2) ? "retry-after-ms" : "x-ms-retry-after-ms",
		    text.data);
	} else {
		named = write_time(&text, us, now);
		if (one_in(5))
			buf_addf(&text, ", 0");
		add_header(a, "retry-after", text.data);
	}
	buf_release(&text);
	return named;
}

static const struct {
	const char *left;
	const char *reset;
} families[] = {
    {"ratelimit-remaining", "ratelimit-reset"},
    {"x-ratelimit-remaining", "x-ratelimit-reset"},
    {"x-ratelimit-remaining", "x-ratelimit-reset-after"},
    {"x-rate-limit-remaining", "x-rate-limit-reset"},
    {"x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"},
    {"x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"},
    {"anthropic-ratelimit-requests-remaining",
        "anthropic-ratelimit-requests-reset"},
    {"anthropic-ratelimit-input-tokens-remaining",
        "anthropic-ratelimit-input-tokens-reset"},
};

static int64_t
add_family(struct answer *a, int64_t us, int64_t now)
{
	static const char *const empty[] = {"0", "0.0", "0;w=60", "0, 7"};
	struct buf text = {0};
	int64_t named = write_time(&text, us, now);
	int64_t family = up_to(8);

	for (size_t i = 0; i < a->len && family >= 0; i++)
		if (strcasecmp(a->headers[i].name, families[family].left) == 0)
			family = -1;
	if (family >= 0) {
		add_header(a, families[family].left, empty[up_to(4)]);
		add_header(a, families[family].reset, text.data);
	}
	buf_release(&text);
	return family < 0 ? -1 : named;
}

static int64_t
add_structured(struct answer *a, int64_t us)
{
	static const char *const others[] = {
	    "(1 2), ", "@1700000000, ", "\"b\";r=7;t=1, ", "%\"%c3%bc\", ", ""};
	int64_t named = round_up(us, S);
	struct buf text = {0};
	bool policy = one_in(3);

	buf_adds(&text, others[up_to(5)]);
	if (policy)
		buf_adds(&text, "\"a\";r=0");
	else
		buf_addf(&text, "\"a\";r=0;t=%" PRId64, named / S);
	add_header(a, "ratelimit", text.data);
	buf_clear(&text);
	buf_addf(&text, "\"a\";q=5;w=%" PRId64, named / S);
	if (policy)
		add_header(a, "ratelimit-policy", text.data);
	buf_release(&text);
	return named;
}

static void
add_noise(struct answer *a)
{
	static const struct header noise[] = {{"server", "x"},
	    {"x-ratelimit-limit", "100"}, {"x-ratelimit-used", "7"},
	    {"retry-after", "soon"}, {"retry-after", "-1"},
	    {"x-rate-limit-reset", "tomorrow"},
	    {"x-shopify-shop-api-call-limit", "7/40"}};

	if (one_in(2)) {
		const struct header *h = &noise[up_to(7)];

		add_header(a, h->name, h->value);
	}
}

static void
add_date(struct answer *a, int64_t now)
{
	time_t t = (time_t)((WALL_US + now) / S);
	struct tm tm;
	char text[64];

	strftime(
	    text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&t, &tm));
	if (one_in(2))
		add_header(a, "Date", text);
}

/* A time to go: mostly seconds, now and then hours. */
static int64_t
draw_us(void)
{
	return one_in(8) ? up_to(5000 * S) : 1 + up_to(30 * S);
}

static void
draw(struct answer *a, int64_t now)
{
	static const int statuses[] = {429, 429, 503, 403};
	int64_t named = -1;

	*a = (struct answer){.status = statuses[up_to(4)], .named_us = -1};
	add_date(a, now);
	add_noise(a);
	switch (up_to(4)) {
	case 0:
		for (int64_t n = 1 + up_to(3); n > 0; n--)
			named = longer(add_wait(a, draw_us(), now), named);
		break;
	case 1: named = add_structured(a, draw_us()); break;
	case 2:
		for (int64_t n = 1 + up_to(3); n > 0; n--)
			named = longer(add_family(a, draw_us(), now), named);
		/* Used up, but not refused. */
		if (one_in(3))
			a->status = 200;
		break;
	case 3: a->status = 429; break; /* It names nothing. */
	}
	if (named >= 0)
		a->named_us = now + named;
}

static const char *
get(void *arg, const char *name, size_t i)
{
	const struct answer *a = arg;

	for (size_t at = 0; at < a->len; at++)
		if (strcasecmp(a->headers[at].name, name) == 0 && i-- == 0)
			return a->headers[at].value;
	return NULL;
}

/* --- a run ---------------------------------------------------------------- */

static struct job jobs[JOBS];
static struct sched *s;
static struct heap air;
static struct retry_policy policy;
static struct answer limit;
static int64_t limit_from; /* when that answer was given first */
static int refusals;       /* of a server that names nothing, to come */

static void
wrong(const char *what, int64_t now)
{
	struct buf out = {0};

	for (size_t i = 0; i < limit.len; i++)
		buf_addf(&out, "\n%s: %s", limit.headers[i].name,
		    limit.headers[i].value);
	ck_abort_msg("%s at %" PRId64 ", status %d, named %" PRId64
	             ", given at %" PRId64 "%s",
	    what, now, limit.status, limit.named_us, limit_from,
	    buf_text(&out));
}

/* Does the server want to be left alone, once it has said so? */
static bool
is_closed(int64_t now)
{
	if (limit.named_us >= 0)
		return now < limit.named_us;
	return refusals > 0;
}

static void
start(struct job *job, int64_t now)
{
	if (limit_from >= 0 && now > limit_from && limit.named_us > now)
		wrong("a start before the time that was named", now);
	sched_on_wire(s, &job->item, now);
	heap_push(&air, &job->lands, now + 2 * MS);
}

static void
answer(struct quota *q, int *status, int64_t now)
{
	struct limits_headers h = {get, &limit};

	*status = 200;
	*q = quota_none();
	if (limit_from < 0) {
		limit_from = now;
		draw(&limit, now);
		refusals = limit.named_us < 0 ? 1 + (int)up_to(5) : 0;
	} else if (!is_closed(now)) {
		return;
	}
	refusals--;
	*status = limit.status;
	limits_read(q, &h, WALL_US + now);
}

static void
go_on(struct job *job, const struct retry_verdict *v, int64_t now)
{
	job->done = v->kind == RETRY_FINAL;
	job->refused = v->kind == RETRY_REJECT;
	if (job->done || job->refused)
		return;
	job->requeues += v->kind == RETRY_REQUEUE;
	job->retries += v->kind == RETRY_AT;
	sched_add(s, &job->item, "http://a:80",
	    v->kind == RETRY_AT ? SCHED_RETRY : SCHED_AGAIN, v->at_us, now);
}

static void
land(struct job *job, int64_t now)
{
	struct quota q;
	struct retry_facts facts = {.wire = WIRE_REFUSED,
	    .method = RESEND_POST,
	    .retries = job->retries,
	    .requeues = job->requeues,
	    .parallel = 4,
	    .quota = &q};
	struct sched_report report = {.quota = &q, .latency_us = 2 * MS};
	struct retry_verdict v;

	answer(&q, &facts.status, now);
	facts.class = facts.status == 200 ? ERROR_NONE : ERROR_HTTP;
	report.status = facts.status;
	report.outcome = retry_outcome(&facts);
	report.random = any();
	facts.advice = sched_release(s, &job->item, &report, now);
	v = retry_decide(&policy, &facts, any(), now);
	go_on(job, &v, now);
}

static void
turn(int64_t now)
{
	struct sched_rejection why;
	struct sched_item *item;
	struct heap_node *n;

	while ((n = heap_top(&air)) && n->at <= now)
		land(container_of(heap_pop(&air), struct job, lands), now);
	while ((item = sched_next_rejected(s, &why)))
		container_of(item, struct job, item)->refused = true;
	while ((item = sched_next(s, now)))
		start(container_of(item, struct job, item), now);
}

static int64_t
next_moment(int64_t now)
{
	int64_t wake = sched_wake(s, now);
	struct heap_node *n = heap_top(&air);

	return n && (wake < 0 || n->at < wake) ? n->at : wake;
}

/* Returns when nothing was left to do. */
static int64_t
run(void)
{
	int64_t now = 0;

	for (int i = 0; i < JOBS; i++)
		sched_add(s, &jobs[i].item, "http://a:80", SCHED_FRESH, 0, 0);
	for (int turns = 0; turns < 100000; turns++) {
		int64_t next;

		turn(now);
		next = next_moment(now);
		if (next < 0)
			return now;
		now = next;
	}
	wrong("no end", now);
	return now;
}

static void
judge(int64_t end)
{
	bool too_long = limit.named_us - limit_from > MAX_HOLD_S * S;

	for (int i = 0; i < JOBS; i++) {
		if (!jobs[i].done && !jobs[i].refused)
			wrong("somebody waits for ever", end);
		if (jobs[i].refused && !too_long)
			wrong("somebody was given up", end);
		if (jobs[i].retries)
			wrong("a refusal was charged", end);
	}
	/* A second for a clock that tells no less; and the way back. */
	if (limit.named_us >= 0 && !too_long &&
	    end > longer(limit.named_us, limit_from) + 5 * S)
		wrong("too late", end);
}

static void
set_up(void)
{
	struct sched_options options = {
	    .parallel = 4,
	    .polite = true,
	    .max_hold_us = MAX_HOLD_S * S,
	    .backoff_max_us = 60 * S,
	    .retry_budget = {0.2, 10},
	};

	retry_policy_init(&policy);
	heap_init(&air);
	memset(jobs, 0, sizeof(jobs));
	for (int i = 0; i < JOBS; i++)
		sched_item_init(&jobs[i].item);
	s = sched_new(&options);
	limit_from = -1;
	limit = (struct answer){.named_us = -1};
	refusals = 0;
}

static void
tear_down(void)
{
	sched_free(s);
	heap_release(&air);
}

static uint64_t
number_of(const char *variable, uint64_t otherwise)
{
	const char *text = getenv(variable);

	return text ? strtoull(text, NULL, 10) : otherwise;
}

START_TEST(what_is_named_is_kept_and_nothing_waits_for_ever)
{
	uint64_t seed = number_of("GATHER_SEED", 1);
	uint64_t rounds = number_of("GATHER_ROUNDS", 2000);

	printf("seed %" PRIu64 ", %" PRIu64 " rounds\n", seed, rounds);
	state = seed * UINT64_C(2654435761) + UINT64_C(88172645463325252);
	for (uint64_t i = 0; i < rounds; i++) {
		set_up();
		judge(run());
		tear_down();
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("quota");
	TCase *tc = tcase_create("drawn answers");

	tcase_set_timeout(tc, 600);
	tcase_add_test(tc, what_is_named_is_kept_and_nothing_waits_for_ever);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
