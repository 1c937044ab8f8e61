/*
 * From top to bottom: the clock of the server; rates, and when each is asked
 * next; the source that the scheduler sees; a call; its answer.
 */
#include "config.h"

#include "queue/tokens.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/list.h"
#include "base/strmap.h"
#include "base/xalloc.h"

enum {
	HUNDREDTH = 100,
	/* The period at the server is longer by so small a part than ours. */
	PERIOD_PART = 50,
	/* A rate is asked so often in a period, if there is something to ask.
	 */
	ASKS = 100,
	/* Calls a second that all workers together make, about. */
	CALLS = 8000,
	/* Leases that are told of in a call, at most. */
	REPORTS = 256,
	/* In this part of a period somebody may have given back what all others
	 * wait for. */
	EARLY = 20
};

/* Of one rate each worker may ask so often for each worker that there is. */
#define ASK_US CLOCK_MS
/* A token must be on the wire so soon, or in a period if that is less. */
#define LEASE_US CLOCK_SECOND
/* So often the time is asked for where nothing else is. */
#define IDLE_US CLOCK_SECOND
/* A call that failed goes again after so long. */
#define AGAIN_US (100 * CLOCK_MS)
/* Starts that are spaced evenly are granted for so long at a time, about. */
#define EVEN_US (250 * CLOCK_MS)
/* A worker that has just learned the time asks for nothing for a tenth of a
 * period, or so long if that is less: who has seen the clock for longer may
 * have to say first that it was set. */
#define SETTLE_US CLOCK_SECOND
/* Bounds of server_clock.turn_us. */
#define TURN_MIN_US (10 * CLOCK_MS)
#define TURN_MAX_US (CLOCK_SECOND / 2)

/* --- the clock of the server ---------------------------------------------- */

/*
 * How far the server's clock is ahead of ours, as an answer shows: at most by
 * its time less that at which it was asked, and at least by its time less that
 * at which the answer came. What one answer shows must agree with what others
 * showed a short while ago, or the clock was set meanwhile, or is not the clock
 * of the same server.
 */
struct reading {
	int64_t least_us, most_us; /* the server's time less ours */
	int64_t at_us;             /* ours */
};

/* What is known is what all readings of this turn and of the one before have in
 * common. */
struct server_clock {
	bool known;
	int64_t turn_us; /* how long a turn is; half the shortest period */
	int64_t begin_us;
	struct reading now, before;
};

static const struct reading no_reading = {INT64_MIN, INT64_MAX, 0};

static void
clock_forget(struct server_clock *c)
{
	c->known = false;
	c->now = c->before = no_reading;
}

static void
clock_turn(struct server_clock *c, int64_t now)
{
	if (now - c->begin_us < c->turn_us)
		return;
	if (c->now.most_us < INT64_MAX)
		c->before = c->now;
	c->now = no_reading;
	c->begin_us = now;
}

static void
clock_note(struct server_clock *c, const struct reading *r)
{
	clock_turn(c, r->at_us);
	if (c->now.most_us == INT64_MAX)
		c->now.at_us = r->at_us;
	if (r->most_us < c->now.most_us)
		c->now.most_us = r->most_us;
	if (r->least_us > c->now.least_us)
		c->now.least_us = r->least_us;
	c->known = true;
}

/* Do two readings contradict each other? Not where the clocks have only drifted
 * apart. */
static bool
contradicts(const struct server_clock *c, const struct reading *r,
    const struct reading *old)
{
	int64_t slack = (r->at_us - old->at_us + c->turn_us) / HUNDREDTH;

	return old->most_us < INT64_MAX &&
	       (r->least_us > old->most_us + slack ||
	           r->most_us < old->least_us - slack);
}

/* Was the server's clock set since the last readings? */
static bool
clock_was_set(const struct server_clock *c, const struct reading *r)
{
	return c->known &&
	       (contradicts(c, r, &c->now) || contradicts(c, r, &c->before));
}

/* --- rates ---------------------------------------------------------------- */

struct tokens_rate {
	struct rate_pool pool;
	struct heap_node due;    /* when it is asked next */
	const char *name;        /* the map's */
	char *origin;            /* owned; NULL: the run's */
	struct rate_limit limit; /* as the server is told of it */
	int64_t lease_us;
	int64_t ready_us; /* it is not asked before */
	int64_t sent_us;  /* the call that is under way */
	uint64_t want;    /* of that call */
	bool is_asked;    /* a call is under way */
};

struct tokens {
	struct tokens_setup setup;
	char *worker;
	struct rate_source source;
	struct sched *sched;
	struct strmap rates; /* name -> struct tokens_rate; owned */
	struct heap due;     /* of those that have something to ask */
	struct server_clock clock;
	bool is_connected;
	char *run_id;    /* of the last server; NULL: there was none */
	int64_t last_us; /* when a call was made last */
	uint64_t workers;
	/* The call under way after which the clock is known; NULL: none. */
	struct tokens_rate *settling;
	bool jumped; /* the server is to be told that its clock was set */
	bool leaves; /* the scheduler may still hold pools that are closed */
};

static struct tokens_rate *
rate_of_pool(struct rate_pool *pool)
{
	return container_of(pool, struct tokens_rate, pool);
}

static struct tokens_rate *
rate_of_node(struct heap_node *n)
{
	return container_of(n, struct tokens_rate, due);
}

static void
set_due(struct tokens *t, struct tokens_rate *r, int64_t at)
{
	heap_remove(&t->due, &r->due);
	heap_push(&t->due, &r->due, at);
}

static void
forget_rate(struct tokens *t, struct tokens_rate *r)
{
	heap_remove(&t->due, &r->due);
	strmap_remove(&t->rates, r->name);
	rate_pool_release(&r->pool);
	free(r->origin);
	free(r);
}

static int64_t
larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* How long to wait between two calls for one rate. Where there are many rates
 * or workers, all calls together are to be no burden for the server. */
static int64_t
interval_us(const struct tokens *t, const struct tokens_rate *r)
{
	int64_t workers = (int64_t)t->workers;
	int64_t all = (int64_t)t->due.len * workers * CLOCK_SECOND / CALLS;

	return larger(larger(r->limit.period_us / ASKS, ASK_US * workers), all);
}

/* --- the source that the scheduler sees ----------------------------------- */

/* Starts that are spaced evenly come from a window that is a whole part of the
 * period and as short as can be asked for, if that loses next to nothing. Each
 * worker spaces its own. */
static struct rate_limit
server_limit(const struct rate_limit *l)
{
	struct rate_limit limit = *l;
	int64_t parts = l->even ? l->period_us / EVEN_US : 1;

	limit.even = false;
	if ((uint64_t)parts > l->count)
		parts = (int64_t)l->count;
	for (; parts > 1; parts--)
		if (l->count % (uint64_t)parts <= l->count / 20) {
			limit.count = l->count / (uint64_t)parts;
			limit.period_us = l->period_us / parts;
			break;
		}
	limit.period_us += limit.period_us / PERIOD_PART + 1;
	return limit;
}

/* "20/1s https://host:443": rates of other numbers are others. */
static char *
rate_name(const struct rate_limit *l, const char *origin)
{
	return xasprintf("%" PRIu64 "/%" PRId64 "us%s%s%s", l->count,
	    l->period_us, l->even ? ":even" : "", origin ? " " : "",
	    origin ? origin : "");
}

static void
on_stir(void *arg, struct rate_pool *pool)
{
	struct tokens *t = arg;
	struct tokens_rate *r = rate_of_pool(pool);

	if (r->is_asked || heap_holds(&r->due))
		return;
	set_due(t, r, r->ready_us);
	if (t->setup.stir)
		t->setup.stir(t->setup.arg);
}

/* What was used is told first. */
static void
on_close(void *arg, struct rate_pool *pool)
{
	struct tokens *t = arg;
	struct tokens_rate *r = rate_of_pool(pool);

	if (!r->is_asked)
		set_due(t, r, r->ready_us);
	if (t->setup.stir)
		t->setup.stir(t->setup.arg);
}

/* Turns are as short as the shortest period needs. */
static void
shorten_turns(struct server_clock *c, int64_t period_us)
{
	int64_t turn = larger(TURN_MIN_US, period_us / 2);

	if (turn < c->turn_us)
		c->turn_us = turn;
}

static struct rate_pool *
open_pool(void *arg, const char *origin, const struct rate_limit *limit)
{
	struct tokens *t = arg;
	char *name = rate_name(limit, origin);
	struct tokens_rate *r = strmap_get(&t->rates, name);

	if (r) {
		r->pool.closed = false;
		free(name);
		return &r->pool;
	}
	r = xcalloc(1, sizeof(*r));
	r->limit = server_limit(limit);
	r->lease_us = smaller(r->limit.period_us, LEASE_US);
	rate_pool_init(&r->pool, r->limit.period_us);
	r->pool.on_stir = on_stir;
	r->pool.on_close = on_close;
	r->pool.arg = t;
	r->origin = xstrdup_null(origin);
	r->name = strmap_set(&t->rates, name, r);
	free(name);
	shorten_turns(&t->clock, r->limit.period_us);
	return &r->pool;
}

static void
attach(void *arg, struct sched *sched)
{
	struct tokens *t = arg;

	t->sched = sched;
}

struct tokens *
tokens_new(const struct tokens_setup *setup)
{
	struct tokens *t = xcalloc(1, sizeof(*t));

	t->setup = *setup;
	t->setup.worker = t->worker = xstrdup(setup->worker);
	t->source =
	    (struct rate_source){.attach = attach, .open = open_pool, .arg = t};
	t->workers = 1;
	t->clock.turn_us = TURN_MAX_US;
	clock_forget(&t->clock);
	strmap_init(&t->rates);
	heap_init(&t->due);
	return t;
}

void
tokens_free(struct tokens *t)
{
	struct strmap_entry *e;

	if (!t)
		return;
	for (size_t at = 0; (e = strmap_next(&t->rates, &at));) {
		struct tokens_rate *r = e->value;

		rate_pool_release(&r->pool);
		free(r->origin);
		free(r);
	}
	strmap_release(&t->rates);
	heap_release(&t->due);
	free(t->run_id);
	free(t->worker);
	free(t);
}

const struct rate_source *
tokens_source(const struct tokens *t)
{
	return &t->source;
}

void
tokens_set_workers(struct tokens *t, uint64_t workers)
{
	t->workers = workers ? workers : 1;
}

/* Another server has another clock, and grants nothing for a while. */
void
tokens_connect(struct tokens *t, const char *run_id)
{
	if (t->is_connected)
		tokens_disconnect(t);
	t->is_connected = true;
	if (t->run_id && strcmp(t->run_id, run_id) == 0)
		return;
	free(t->run_id);
	t->run_id = xstrdup(run_id);
	t->jumped = false;
	clock_forget(&t->clock);
}

void
tokens_disconnect(struct tokens *t)
{
	struct strmap_entry *e;

	t->is_connected = false;
	t->settling = NULL;
	for (size_t at = 0; (e = strmap_next(&t->rates, &at));) {
		struct tokens_rate *r = e->value;

		if (r->is_asked)
			set_due(t, r, r->ready_us);
		r->is_asked = false;
	}
}

void
tokens_leave(struct tokens *t)
{
	struct strmap_entry *e;

	t->leaves = true;
	for (size_t at = 0; (e = strmap_next(&t->rates, &at));) {
		struct tokens_rate *r = e->value;

		r->pool.closed = true;
		r->pool.waiting = 0;
		r->ready_us = 0;
		if (!r->is_asked)
			set_due(t, r, 0);
	}
}

/* --- a call --------------------------------------------------------------- */

/* A call that settles the clock grants nothing: the server's time is not known
 * so far, or has jumped, which the server is told. */
static bool
must_settle(const struct tokens *t)
{
	return t->jumped || !t->clock.known;
}

/* A rate of which no call is under way. NULL: there is none. */
static struct tokens_rate *
any_rate(const struct tokens *t)
{
	struct strmap_entry *e;

	for (size_t at = 0; (e = strmap_next(&t->rates, &at));) {
		struct tokens_rate *r = e->value;

		if (!r->is_asked)
			return r;
	}
	return NULL;
}

int64_t
tokens_due(const struct tokens *t)
{
	const struct heap_node *n = heap_top(&t->due);
	int64_t at = n ? n->at : INT64_MAX;

	if (!t->is_connected || t->settling)
		return INT64_MAX;
	if ((t->jumped || t->clock.known) && any_rate(t))
		at = smaller(at, t->jumped ? t->last_us : t->last_us + IDLE_US);
	return at;
}

/* The rate that is due next and has something to ask or to tell. */
static struct tokens_rate *
busy_rate(struct tokens *t, int64_t now)
{
	struct heap_node *n;

	while ((n = heap_top(&t->due)) && n->at <= now) {
		struct tokens_rate *r = rate_of_node(n);

		heap_remove(&t->due, n);
		if (rate_pool_is_busy(&r->pool, now))
			return r;
		if (r->pool.closed && !t->leaves)
			forget_rate(t, r);
	}
	return NULL;
}

static struct tokens_rate *
next_rate(struct tokens *t, int64_t now)
{
	struct tokens_rate *r;

	if (tokens_due(t) > now)
		return NULL;
	r = busy_rate(t, now);
	return r || tokens_due(t) > now ? r : any_rate(t);
}

struct report {
	struct queue_args *args;
	int64_t now;
};

static void
add_report(void *arg, const struct rate_report *lease)
{
	const struct report *report = arg;
	struct queue_args *args = report->args;

	queue_args_add_copy(args, lease->lease);
	queue_args_add_number(args, (int64_t)lease->unused);
	for (size_t i = 0; i < lease->uses_len; i++) {
		int64_t age = report->now - lease->uses[i].at_us;

		queue_args_add_number(args, (int64_t)lease->uses[i].count);
		queue_args_add_number(
		    args, larger(age - age / HUNDREDTH - 1, 0));
	}
	queue_args_add(args, "");
}

static void
add_args(const struct tokens *t, struct tokens_rate *r, struct report *report)
{
	struct queue_args *args = report->args;
	char *epoch = xasprintf("%s%s", t->jumped ? "!" : "", t->run_id);

	queue_args_add(args, r->name);
	queue_args_add_number(args, (int64_t)r->limit.count);
	queue_args_add_number(args, r->limit.period_us);
	queue_args_add_number(args, r->lease_us);
	queue_args_add_number(args, (int64_t)r->want);
	queue_args_add(args, t->setup.worker);
	queue_args_add_copy(args, epoch);
	free(epoch);
	rate_pool_report(&r->pool, REPORTS, add_report, report, report->now);
}

struct tokens_rate *
tokens_next(struct tokens *t, int64_t now, struct queue_args *args)
{
	struct tokens_rate *r = next_rate(t, now);
	struct report report = {args, now};

	if (!r)
		return NULL;
	r->want = must_settle(t) ? 0 : rate_pool_want(&r->pool, now);
	if (must_settle(t))
		t->settling = r;
	heap_remove(&t->due, &r->due);
	r->ready_us = now + interval_us(t, r);
	add_args(t, r, &report);
	r->is_asked = true;
	r->sent_us = now;
	t->last_us = now;
	return r;
}

/* --- its answer ----------------------------------------------------------- */

struct answer {
	const char *grant; /* name of the lease */
	int64_t count;
	int64_t wait_us;   /* until the next token is free; 0: not said */
	int64_t server_us; /* the server's time */
};

/* Nothing that the server sends is trusted. */
static bool
read_answer(const struct queue_reply *reply, struct answer *a)
{
	const struct queue_reply *name;

	if (!reply || reply->kind != QUEUE_ARRAY)
		return false;
	name = queue_reply_item(reply, 0);
	a->grant = name->kind == QUEUE_TEXT ? name->text : "";
	return queue_reply_number(queue_reply_item(reply, 1), &a->count) &&
	       queue_reply_number(queue_reply_item(reply, 2), &a->wait_us) &&
	       queue_reply_number(queue_reply_item(reply, 3), &a->server_us) &&
	       a->server_us >= 0;
}

static void
take_grant(struct tokens *t, struct tokens_rate *r, const struct answer *a,
    int64_t now)
{
	const struct rate_grant grant = {
	    .lease = a->grant,
	    .count = (uint64_t)a->count,
	    .ends_us = r->sent_us + r->lease_us - r->lease_us / HUNDREDTH - 1,
	};

	if (a->count <= 0 || grant.count > r->want ||
	    strlen(a->grant) >= RATE_LEASE_NAME)
		return;
	rate_pool_grant(&r->pool, &grant);
	if (t->sched)
		sched_granted(t->sched, &r->pool, now);
}

/* Learn the server's time, and with it whether what it grants counts. */
static bool
is_valid(struct tokens *t, const struct tokens_rate *r, const struct answer *a,
    int64_t now)
{
	const struct reading reading = {
	    .least_us = a->server_us - now,
	    .most_us = a->server_us - r->sent_us,
	    .at_us = now,
	};
	bool settles = t->settling == r;

	if (settles) {
		t->settling = NULL;
		t->jumped = false;
		clock_forget(&t->clock);
	}
	if (t->jumped || clock_was_set(&t->clock, &reading)) {
		t->jumped = true;
		return false;
	}
	clock_note(&t->clock, &reading);
	return !settles;
}

static int64_t
settled_us(const struct tokens_rate *r, int64_t now)
{
	return now + smaller(r->limit.period_us / 10, SETTLE_US);
}

/* When to ask again: soon, unless the server says that nothing is free until
 * later. Others may give something back before. */
static int64_t
again_us(const struct tokens_rate *r, const struct answer *a, int64_t now)
{
	int64_t most = smaller(r->limit.period_us / EARLY, CLOCK_SECOND);

	if (a->wait_us <= 0 || (uint64_t)a->count >= r->want)
		return r->ready_us;
	return larger(r->ready_us, now + smaller(a->wait_us, most));
}

/* The call is over: ask again at `at` if there is something to ask. */
static void
plan_next(struct tokens *t, struct tokens_rate *r, int64_t at, int64_t now)
{
	r->ready_us = t->leaves ? now : at;
	if (rate_pool_is_busy(&r->pool, now))
		set_due(t, r, r->ready_us);
	else if (r->pool.closed && !t->leaves)
		forget_rate(t, r);
}

void
tokens_answer(struct tokens *t, struct tokens_rate *r,
    const struct queue_reply *reply, int64_t now)
{
	struct answer a;
	bool settles;

	r->is_asked = false;
	if (!read_answer(reply, &a)) {
		if (t->settling == r)
			t->settling = NULL;
		plan_next(t, r, larger(r->ready_us, now + AGAIN_US), now);
		return;
	}
	settles = t->settling == r;
	if (is_valid(t, r, &a, now)) {
		take_grant(t, r, &a, now);
		plan_next(t, r, again_us(r, &a, now), now);
	} else {
		plan_next(t, r, settles ? settled_us(r, now) : now, now);
	}
}
