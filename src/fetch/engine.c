#include "config.h"

#include "fetch/engine_private.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/xalloc.h"

enum {
	LATE_US = 100 * 1000 /* a loop turn that comes later serves first */
};

static const struct timeval one_second = {1, 0};

static void
set_timer(struct event *timer, int64_t us)
{
	struct timeval tv = {0};

	if (us > 0) {
		tv.tv_sec = us / CLOCK_SECOND;
		tv.tv_usec = us % CLOCK_SECOND;
	}
	evtimer_add(timer, &tv);
}

static void
arm_deadlines(struct engine *engine)
{
	struct heap_node *top = heap_top(&engine->deadlines);

	if (top)
		set_timer(&engine->deadline_timer, top->at - clock_now_us());
	else
		evtimer_del(&engine->deadline_timer);
}

/* A transfer that we end ourselves, with the failure set before. */
static void
give_up(struct attempt *a)
{
	lane_stop(a->lane, a);
	attempt_finish(a, CURLE_ABORTED_BY_CALLBACK);
}

static void
expire(struct engine *engine, int64_t now)
{
	struct heap_node *top;

	while ((top = heap_top(&engine->deadlines)) && top->at <= now) {
		struct attempt *a = container_of(top, struct attempt, deadline);

		failure_set(&a->failure, ERROR_TIMEOUT, "max-time", 0,
		    "no complete answer within %.3g s (-m)",
		    (double)a->spec.time_left_us / CLOCK_SECOND);
		give_up(a);
	}
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct engine *engine = arg;
	struct heap_node *top = heap_top(&engine->deadlines);
	int64_t now = clock_now_us();

	(void)fd;
	(void)what;
	/* The answer may lie in the socket's buffer already if it was this
	 * process that slept: read before judging. */
	if (top && now - top->at > LATE_US && !engine->late_once) {
		engine->late_once = true;
		set_timer(&engine->deadline_timer, 0);
		return;
	}
	engine->late_once = false;
	expire(engine, now);
	arm_deadlines(engine);
}

/* -Y, -y: too slow for too long, the first byte included. */
static bool
is_stalled(struct attempt *a, const struct fetch_options *options)
{
	uint64_t moved = a->body.size + a->headers_total - a->tick_size;
	curl_off_t sent = 0;

	curl_easy_getinfo(a->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
	moved += (uint64_t)sent;
	a->tick_size += moved;
	if (options->speed_limit > 0 && moved < (uint64_t)options->speed_limit)
		a->slow_ticks++;
	else
		a->slow_ticks = 0;
	return a->slow_ticks * CLOCK_SECOND >= options->speed_time_us;
}

static void
watch_flights(struct engine *engine)
{
	const struct fetch_options *options = engine->options;
	struct list *next;

	if (options->speed_time_us <= 0)
		return;
	for (struct list *l = engine->flying.next; l != &engine->flying;
	     l = next) {
		struct attempt *a = container_of(l, struct attempt, link);

		next = l->next;
		if (!is_stalled(a, options))
			continue;
		failure_set(&a->failure, ERROR_TIMEOUT, "stall", 0,
		    "under %lld bytes/s for %.3g s (-Y, -y)",
		    (long long)options->speed_limit,
		    (double)options->speed_time_us / CLOCK_SECOND);
		give_up(a);
	}
}

static void
on_watchdog(evutil_socket_t fd, short what, void *arg)
{
	struct engine *engine = arg;

	(void)fd;
	(void)what;
	for (unsigned i = 0; i < engine->lanes_len; i++)
		if (engine->lanes[i] && engine->lanes[i]->flying)
			lane_kick(engine->lanes[i]);
	watch_flights(engine);
}

/* TLS sessions outlive the handles; cookies, if asked for, are everybody's. */
static void
share_open(struct engine *engine)
{
	const struct fetch_options *o = engine->options;

	engine->share = curl_share_init();
	if (!engine->share)
		die("libcurl cannot make a share handle");
	if (!o->fresh_connections)
		curl_share_setopt(
		    engine->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
	if (!o->cookie_jar_in && !o->cookie_jar_out)
		return;
	curl_share_setopt(
	    engine->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
	engine->cookie_keeper = curl_easy_init();
	if (!engine->cookie_keeper)
		die("libcurl cannot make an easy handle");
	curl_easy_setopt(engine->cookie_keeper, CURLOPT_SHARE, engine->share);
	curl_easy_setopt(engine->cookie_keeper, CURLOPT_COOKIEFILE,
	    o->cookie_jar_in ? o->cookie_jar_in : "");
	curl_easy_setopt(engine->cookie_keeper, CURLOPT_COOKIELIST, "RELOAD");
	if (o->cookie_jar_out)
		curl_easy_setopt(engine->cookie_keeper, CURLOPT_COOKIEJAR,
		    o->cookie_jar_out);
}

static void
share_close(struct engine *engine)
{
	/* Cleaning the keeper up writes the cookie jar. */
	curl_easy_cleanup(engine->cookie_keeper);
	curl_share_cleanup(engine->share);
}

static struct curl_slist *
slist_of(const struct strlist *texts)
{
	struct curl_slist *list = NULL;

	for (size_t i = 0; i < texts->len; i++)
		list = curl_slist_append(list, texts->items[i]);
	return list;
}

/* Does this libcurl take every option? Asked once, of a scratch handle. */
static int
check_options(const struct fetch_options *o, char **cause)
{
	CURL *easy = curl_easy_init();
	CURLcode code = CURLE_OK;

	if (!easy)
		die("libcurl cannot make an easy handle");
	for (size_t i = 0; i < o->curl_len && code == CURLE_OK; i++) {
		const struct curl_setting *s = &o->curl[i];
		const struct curl_easyoption *name =
		    curl_easy_option_by_id(s->option);

		code = s->kind == SETTING_TEXT
		           ? curl_easy_setopt(easy, s->option, s->text)
		       : s->kind == SETTING_LONG
		           ? curl_easy_setopt(easy, s->option, (long)s->number)
		           : curl_easy_setopt(easy, s->option, s->number);
		if (code != CURLE_OK)
			*cause = xasprintf("this libcurl refuses %s: %s",
			    name ? name->name : "an option",
			    curl_easy_strerror(code));
	}
	curl_easy_cleanup(easy);
	return code == CURLE_OK ? 0 : -1;
}

static unsigned
lanes_needed(unsigned parallel)
{
	unsigned lanes = (parallel + LANE_REQUESTS - 1) / LANE_REQUESTS;

	return lanes > LANE_MAX ? LANE_MAX : lanes ? lanes : 1;
}

struct engine *
engine_new(struct event_base *base, const struct fetch_options *options,
    const struct engine_hooks *hooks, char **cause)
{
	struct engine *engine;

	if (check_options(options, cause))
		return NULL;
	engine = xcalloc(1, sizeof(*engine));
	engine->base = base;
	engine->options = options;
	engine->hooks = *hooks;
	list_init(&engine->retired);
	list_init(&engine->flying);
	list_init(&engine->done);
	heap_init(&engine->deadlines);
	engine->lanes_len = lanes_needed(options->parallel);
	engine->lanes = xcalloc(engine->lanes_len, sizeof(struct lane *));
	engine->resolve = slist_of(&options->resolve);
	engine->connect_to = slist_of(&options->connect_to);
	share_open(engine);
	evtimer_assign(&engine->deadline_timer, base, on_deadline, engine);
	event_assign(
	    &engine->watchdog, base, -1, EV_PERSIST, on_watchdog, engine);
	event_add(&engine->watchdog, &one_second);
	return engine;
}

static void
drop_all(struct engine *engine)
{
	struct list *l;

	while ((l = engine->flying.next) != &engine->flying)
		engine_cancel(engine, container_of(l, struct attempt, link));
	while ((l = list_pop_front(&engine->done)))
		attempt_free(container_of(l, struct attempt, link));
}

void
engine_free(struct engine *engine)
{
	if (!engine)
		return;
	drop_all(engine);
	lanes_sweep(engine);
	for (unsigned i = 0; i < engine->lanes_len; i++)
		lane_free(engine->lanes[i]);
	free(engine->lanes);
	evtimer_del(&engine->deadline_timer);
	event_del(&engine->watchdog);
	heap_release(&engine->deadlines);
	share_close(engine);
	curl_slist_free_all(engine->resolve);
	curl_slist_free_all(engine->connect_to);
	free(engine);
}

static struct attempt *
take_attempt(struct lane *lane)
{
	struct list *l = list_pop_front(&lane->idle);

	return l ? container_of(l, struct attempt, link) : attempt_new(lane);
}

static void
give_back(struct attempt *a)
{
	attempt_reset(a);
	if (a->lane->retired)
		attempt_free(a);
	else
		list_push_front(&a->lane->idle, &a->link);
}

static void
set_deadline(struct engine *engine, struct attempt *a)
{
	if (a->spec.time_left_us <= 0)
		return;
	heap_push(&engine->deadlines, &a->deadline,
	    a->start_us + a->spec.time_left_us);
	if (heap_top(&engine->deadlines) == &a->deadline)
		arm_deadlines(engine);
}

struct attempt *
engine_start(struct engine *engine, const struct attempt_spec *spec)
{
	struct lane_origin *at;
	struct lane *lane =
	    lane_choose(engine, hop_origin(spec->hop, spec->request), &at);
	struct attempt *a = take_attempt(lane);

	a->lane_origin = at;
	a->spec = *spec;
	a->start_us = clock_now_us();
	a->wire_us = -1;
	list_push_back(&engine->flying, &a->link);
	engine->counts.flying++;
	if (attempt_setup(a) || !lane_start(lane, a)) {
		attempt_finish(a, CURLE_FAILED_INIT);
		return a;
	}
	set_deadline(engine, a);
	return a;
}

void
engine_cancel(struct engine *engine, struct attempt *a)
{
	if (a->flying) {
		lane_stop(a->lane, a);
		engine->counts.flying--;
	}
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

struct engine_counts
engine_counts(const struct engine *engine)
{
	return engine->counts;
}
