#include "config.h"

#include "fetch/engine_private.h"

#include "base/clock.h"

/* From here until it is given back the lane is in use. */
static struct attempt *
take_attempt(struct engine *engine, const char *origin)
{
	struct lane_origin *at;
	struct lane *lane;
	struct list *l;
	struct attempt *a;

	sockets_balance(engine);
	lane = lane_choose(engine, origin, &at);
	l = list_pop_front(&lane->idle);
	a = l ? container_of(l, struct attempt, link) : attempt_new(lane);
	a->lane_origin = at;
	at->flying++;
	lane->users++;
	sockets_await(a);
	return a;
}

static void
give_back(struct attempt *a)
{
	/* Its parts may be open files, and waited for. */
	if (a->set_mime)
		attempt_forget_setup(a);
	sockets_await_no_more(a);
	attempt_reset(a);
	a->lane_origin->flying--;
	a->lane->users--;
	if (a->lane->retired)
		attempt_free(a);
	else
		list_push_front(&a->lane->idle, &a->link);
}

static int64_t
lookup_limit_us(const struct attempt *a)
{
	int64_t connect_us = a->engine->options->connect_timeout_us;
	int64_t left_us = a->spec.time_left_us;

	return left_us > 0 && left_us < connect_us ? left_us : connect_us;
}

static void
go_on(struct attempt *a, enum address_state state)
{
	switch (state) {
	case ADDRESS_PENDING: watch_deadline(a, lookup_limit_us(a)); return;
	case ADDRESS_FAILED:
		attempt_finish(a, a->failure.class == ERROR_POLICY
		                      ? CURLE_ABORTED_BY_CALLBACK
		                      : CURLE_COULDNT_RESOLVE_HOST);
		return;
	case ADDRESS_KNOWN: break;
	}
	a->lookup_us = clock_now_us() - a->start_us;
	if (lane_start(a->lane, a))
		watch_deadline(a, a->spec.time_left_us);
	else
		attempt_finish(a, CURLE_FAILED_INIT);
}

void
flight_on_lookup(struct list *waiter, const struct lookup *lookup)
{
	struct attempt *a = container_of(waiter, struct attempt, waiter);

	go_on(a, address_found(a, lookup));
}

struct attempt *
engine_start(struct engine *engine, const struct attempt_spec *spec)
{
	const char *origin = hop_origin(spec->hop, spec->request);
	struct attempt *a = take_attempt(engine, origin);

	a->spec = *spec;
	a->proxy = proxy_find(&engine->proxies, origin, &a->proxy_kind);
	a->start_us = clock_now_us();
	a->wire_us = -1;
	a->lookup_us = -1;
	a->early_sent = -1;
	list_push_back(&engine->flying, &a->link);
	engine->counts.flying++;
	if (attempt_setup(a))
		attempt_finish(a, CURLE_FAILED_INIT);
	else
		go_on(a, address_find(a));
	return a;
}

void
engine_cancel(struct engine *engine, struct attempt *a)
{
	if (a->flying)
		lane_stop(a->lane, a);
	if (!a->is_over)
		engine->counts.flying--;
	list_remove(&a->waiter);
	heap_remove(&engine->deadlines, &a->deadline);
	list_remove(&a->link);
	give_back(a);
}

static void
count_connections(struct engine *engine, const struct result *r)
{
	if (r->num_connects > 0)
		engine->counts.connections_opened += (unsigned)r->num_connects;
	else if (r->status)
		engine->counts.connections_reused++;
}

bool
engine_reap(struct engine *engine, void **owner, struct result *r)
{
	struct list *l = list_pop_front(&engine->done);
	struct attempt *a;

	engine->told = l != NULL;
	if (!l) {
		lanes_sweep(engine); /* nobody refers to one any more */
		return false;
	}
	a = container_of(l, struct attempt, link);
	*owner = a->spec.owner;
	attempt_result(a, r);
	engine->counts.wire_requests += a->wire_count;
	count_connections(engine, r);
	give_back(a);
	return true;
}
