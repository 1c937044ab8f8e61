/*
 * From top to bottom: calls under way; tokens; holds that go out; holds that
 * come in; the life of a binding.
 */
#include "config.h"

#include "queue/binding.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/strmap.h"
#include "base/xalloc.h"
#include "queue/scripts.h"
#include "queue/tokens.h"
#include "resp/args.h"

enum {
	/* Bytes of an origin, which somebody else has written. */
	ORIGIN_MAX = 64 << 10
};

/* A hold ends some time, whatever is written: after ten years. */
#define HOLD_MAX_MS (INT64_C(3650) * 86400 * 1000)

struct queue_binding {
	struct queue_binding_setup setup;
	struct tokens *tokens;
	struct rate_source source; /* that of `tokens`, and `sched` */
	struct sched *sched;       /* NULL: not made so far, or gone */
	char *rates, *parts, *grants, *meta, *holds, *channel; /* keys */
	struct event timer; /* when tokens are due, or holds go out */
	struct list calls;  /* struct call */
	/* Holds, origin -> int64_t, until when; owned. */
	struct strmap to_tell; /* that the queue does not know of */
	struct strmap telling; /* that a call tells it of */
	bool is_telling;       /* that call is under way */
};

/* --- calls under way ------------------------------------------------------ */

struct call {
	struct list link;
	struct queue_binding *binding;
	struct queue_call *under_way;
	struct tokens_rate *rate; /* NULL: of no interest any more */
};

static void
call_free(struct call *c)
{
	list_remove(&c->link);
	free(c);
}

/* Call `script` with `args`, the first of which are its keys, and end with
 * `done`. The arguments are released. */
struct asking {
	const struct queue_script *script;
	size_t keys;
	unsigned flags;
	void (*done)(void *call, enum queue_end, const struct queue_reply *);
};

static struct call *
ask(struct queue_binding *b, const struct asking *a, struct queue_args *args)
{
	struct call *c = xcalloc(1, sizeof(*c));
	const struct queue_request request = {
	    .script = a->script,
	    .keys = a->keys,
	    .argc = args->len,
	    .argv = args->texts,
	    .lens = args->lens,
	    .flags = a->flags,
	    .done = a->done,
	    .arg = c,
	};

	c->binding = b;
	list_push_back(&b->calls, &c->link);
	c->under_way = queue_client_call(b->setup.client, &request);
	queue_args_release(args);
	return c;
}

/* Let on_timer run at `at`. */
static void
arm(struct queue_binding *b, int64_t at)
{
	int64_t us = at - clock_now_us();
	struct timeval wait = {0, 0};

	if (at == INT64_MAX) {
		event_del(&b->timer);
		return;
	}
	if (us > 0) {
		wait.tv_sec = (time_t)(us / CLOCK_SECOND);
		wait.tv_usec = (suseconds_t)(us % CLOCK_SECOND);
	}
	event_add(&b->timer, &wait);
}

/* --- tokens --------------------------------------------------------------- */

static void on_tokens(void *, enum queue_end, const struct queue_reply *);

/* Begin the arguments of the script for tokens. */
static void
begin_tokens(const struct queue_binding *b, struct queue_args *args)
{
	queue_args_init(args);
	queue_args_add(args, b->rates);
	queue_args_add(args, b->parts);
	queue_args_add(args, b->grants);
	queue_args_add(args, b->meta);
}

/* Ask for what is due. The leases of an answer count from when this was called.
 */
static void
ask_what_is_due(struct queue_binding *b)
{
	static const struct asking asking = {
	    .script = &queue_script_tokens,
	    .keys = 4,
	    .flags = QUEUE_CALL_ONCE,
	    .done = on_tokens,
	};
	struct tokens_rate *rate;
	struct queue_args args;

	begin_tokens(b, &args);
	while ((rate = tokens_next(b->tokens, clock_now_us(), &args))) {
		ask(b, &asking, &args)->rate = rate;
		begin_tokens(b, &args);
	}
	queue_args_release(&args);
	arm(b, tokens_due(b->tokens));
}

static void
on_tokens(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	struct call *c = arg;
	struct queue_binding *b = c->binding;
	struct tokens_rate *rate = c->rate;

	call_free(c);
	if (!rate)
		return;
	tokens_answer(b->tokens, rate, end == QUEUE_ANSWERED ? reply : NULL,
	    clock_now_us());
	ask_what_is_due(b);
	b->setup.wake(b->setup.arg);
}

/* Called from inside the scheduler. */
static void
on_stir(void *arg)
{
	struct queue_binding *b = arg;

	/* What is to be told has the timer, unless it waits for an answer. */
	if (b->is_telling || !strmap_len(&b->to_tell))
		arm(b, tokens_due(b->tokens));
}

/* --- holds that go out ---------------------------------------------------- */

static void on_told(void *, enum queue_end, const struct queue_reply *);

/* Begin the arguments of the script for holds. */
static void
begin_holds(const struct queue_binding *b, struct queue_args *args,
    const char *reads_all)
{
	queue_args_init(args);
	queue_args_add(args, b->holds);
	queue_args_add(args, b->meta);
	queue_args_add(args, b->channel);
	queue_args_add(args, reads_all);
}

static void
forget_holds(struct strmap *holds)
{
	strmap_release_owned(holds);
	strmap_init(holds);
}

static void
note_hold(struct strmap *holds, const char *origin, int64_t until_us)
{
	int64_t *known = strmap_get(holds, origin);

	if (!known) {
		known = xmalloc(sizeof(*known));
		*known = until_us;
		strmap_set(holds, origin, known);
	} else if (until_us > *known) {
		*known = until_us;
	}
}

/* The queue counts from when it hears of a hold: what is told later is shorter
 * by then. */
static void
tell_holds(struct queue_binding *b)
{
	static const struct asking asking = {
	    .script = &queue_script_hold,
	    .keys = 2,
	    .flags = QUEUE_CALL_ONCE,
	    .done = on_told,
	};
	struct queue_args args;
	struct strmap_entry *e;
	int64_t now = clock_now_us();

	if (b->is_telling || !strmap_len(&b->to_tell))
		return;
	b->is_telling = true;
	b->telling = b->to_tell;
	strmap_init(&b->to_tell);
	begin_holds(b, &args, "0");
	for (size_t at = 0; (e = strmap_next(&b->telling, &at));) {
		int64_t ms = (*(int64_t *)e->value - now + 999) / 1000;

		queue_args_add(&args, e->key);
		queue_args_add_number(&args, ms > 0 ? ms : 0);
	}
	ask(b, &asking, &args);
}

/* What was lost with the connection is told by the next one. */
static void
on_told(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	struct call *c = arg;
	struct queue_binding *b = c->binding;
	struct strmap_entry *e;

	(void)reply;
	call_free(c);
	b->is_telling = false;
	for (size_t at = 0;
	     end == QUEUE_CUT && (e = strmap_next(&b->telling, &at));)
		note_hold(&b->to_tell, e->key, *(int64_t *)e->value);
	forget_holds(&b->telling);
	if (end == QUEUE_ANSWERED)
		tell_holds(b);
}

/* Called from inside the scheduler. */
static void
on_held(void *arg, const char *origin, int64_t until_us)
{
	struct queue_binding *b = arg;

	note_hold(&b->to_tell, origin, until_us);
	arm(b, clock_now_us());
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct queue_binding *b = arg;

	(void)fd;
	(void)what;
	tell_holds(b);
	ask_what_is_due(b);
}

/* --- holds that come in --------------------------------------------------- */

static void
hold(struct queue_binding *b, const char *origin, int64_t ms)
{
	int64_t now = clock_now_us();

	if (ms > HOLD_MAX_MS)
		ms = HOLD_MAX_MS;
	if (b->sched && ms > 0 && *origin && strlen(origin) <= ORIGIN_MAX)
		sched_hold(b->sched, origin, now + ms * CLOCK_MS, now);
}

/* "MS ORIGIN". Our own come back, too, and change nothing. */
void
queue_binding_message(
    struct queue_binding *b, const char *channel, const char *text, size_t len)
{
	const char *blank = memchr(text, ' ', len);
	struct queue_reply number = {.kind = QUEUE_TEXT, .text = text};
	char *origin;
	int64_t ms;

	if (strcmp(channel, b->channel) != 0 || !blank)
		return;
	number.len = (size_t)(blank - text);
	if (!queue_reply_number(&number, &ms))
		return;
	origin = xmemdup0(blank + 1, len - number.len - 1);
	hold(b, origin, ms);
	free(origin);
	b->setup.wake(b->setup.arg);
}

static void
on_read(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	struct call *c = arg;
	struct queue_binding *b = c->binding;
	int64_t ms;

	call_free(c);
	if (end != QUEUE_ANSWERED)
		return;
	for (size_t i = 0; reply->kind == QUEUE_ARRAY && i + 1 < reply->count;
	     i += 2)
		if (reply->items[i].kind == QUEUE_TEXT &&
		    queue_reply_number(&reply->items[i + 1], &ms))
			hold(b, reply->items[i].text, ms);
	b->setup.wake(b->setup.arg);
}

/* What was published before is read now. */
void
queue_binding_subscribed(struct queue_binding *b)
{
	static const struct asking asking = {
	    .script = &queue_script_hold,
	    .keys = 2,
	    .done = on_read,
	};
	struct queue_args args;

	begin_holds(b, &args, "1");
	ask(b, &asking, &args);
}

/* --- the life of a binding ------------------------------------------------ */

void
queue_binding_connected(
    struct queue_binding *b, const struct queue_server *server)
{
	tokens_connect(b->tokens, server->run_id);
	tell_holds(b);
	ask_what_is_due(b);
}

/* Calls of before may still end, but their rates are not asked any more. */
void
queue_binding_away(struct queue_binding *b)
{
	LIST_FOREACH (at, &b->calls)
		container_of(at, struct call, link)->rate = NULL;
	tokens_disconnect(b->tokens);
	event_del(&b->timer);
}

static void
attach(void *arg, struct sched *sched)
{
	struct queue_binding *b = arg;
	const struct rate_source *source = tokens_source(b->tokens);

	b->sched = sched;
	source->attach(source->arg, sched);
}

static struct rate_pool *
open_pool(void *arg, const char *origin, const struct rate_limit *limit)
{
	struct queue_binding *b = arg;
	const struct rate_source *source = tokens_source(b->tokens);

	return source->open(source->arg, origin, limit);
}

void
queue_binding_set(struct queue_binding *b, struct sched_options *options)
{
	options->source = &b->source;
	options->held = on_held;
	options->held_arg = b;
}

void
queue_binding_leave(struct queue_binding *b)
{
	tokens_leave(b->tokens);
	ask_what_is_due(b);
}

void
queue_binding_set_workers(struct queue_binding *b, uint64_t workers)
{
	tokens_set_workers(b->tokens, workers);
}

struct queue_binding *
queue_binding_new(const struct queue_binding_setup *setup)
{
	struct queue_binding *b = xcalloc(1, sizeof(*b));
	const struct tokens_setup tokens = {
	    .worker = setup->worker, .stir = on_stir, .arg = b};
	const struct queue_address *address = setup->address;

	b->setup = *setup;
	b->tokens = tokens_new(&tokens);
	b->source =
	    (struct rate_source){.attach = attach, .open = open_pool, .arg = b};
	b->rates = queue_key(address, "rates");
	b->parts = queue_key(address, "tokens");
	b->grants = queue_key(address, "grants");
	b->meta = queue_key(address, "meta");
	b->holds = queue_key(address, "holds");
	b->channel = queue_key(address, "held");
	list_init(&b->calls);
	strmap_init(&b->to_tell);
	strmap_init(&b->telling);
	evtimer_assign(&b->timer, setup->base, on_timer, b);
	queue_client_subscribe(setup->client, b->channel);
	return b;
}

void
queue_binding_free(struct queue_binding *b)
{
	if (!b)
		return;
	event_del(&b->timer);
	while (!list_empty(&b->calls)) {
		struct call *c = container_of(b->calls.next, struct call, link);

		queue_client_cancel(b->setup.client, c->under_way);
		call_free(c);
	}
	forget_holds(&b->to_tell);
	forget_holds(&b->telling);
	tokens_free(b->tokens);
	free(b->rates);
	free(b->parts);
	free(b->grants);
	free(b->meta);
	free(b->holds);
	free(b->channel);
	free(b);
}
