/*
 * From top to bottom: the server is away, and back; it is checked; the end; the
 * client and what is asked of it.
 */
#include "config.h"

#include "queue/client.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "process/exit.h"
#include "process/log.h"
#include "queue/connection.h"
#include "redact/redact.h"
#include "stats/show.h"

/* --- away, and back ------------------------------------------------------- */

/* How long it may be away, in words. */
static const char *
timeout_text(const struct queue_client *c, struct buf *out)
{
	add_round_duration(out, c->timeout_us);
	return buf_text(out);
}

static void
set_away_timer(struct queue_client *c, int64_t us)
{
	struct timeval wait = clock_timeval(us);

	event_add(&c->away, &wait);
}

static void
tell_away(struct queue_client *c)
{
	struct buf limit = {0};

	log_note("the queue at %s %s: %s; trying again for %s",
	    c->address->shown,
	    c->was_connected ? "is away" : "cannot be reached", c->why,
	    timeout_text(c, &limit));
	buf_release(&limit);
	c->told_away = true;
	c->was_away = c->was_connected;
}

/* How much of a reason is for people: an error of a command in a script ends
 * with ". script: DIGEST, on @user_script:7.". */
static int
length_of_reason(const char *why)
{
	const char *end = strstr(why, " script: ");
	size_t len = end ? (size_t)(end - why) : strlen(why);

	if (len && why[len - 1] == '.')
		len--;
	return len < 300 ? (int)len : 300;
}

void
client_on_away(struct line *line, const char *why)
{
	struct queue_client *c = line->client;

	free(c->why);
	c->why = xasprintf("%.*s", length_of_reason(why), why);
	if (!line->away_since)
		line->away_since = clock_now_us();
	if (!c->told_away)
		tell_away(c);
	if (!event_pending(&c->away, EV_TIMEOUT, NULL))
		set_away_timer(c, c->timeout_us);
	if (line->which != QUEUE_COMMANDS || !c->is_connected)
		return;
	c->is_connected = false;
	if (c->hooks.on_away)
		c->hooks.on_away(c->hooks.arg);
}

/* Since when one of the lines is away; 0: none is. */
static int64_t
away_since(const struct queue_client *c)
{
	int64_t first = 0;

	for (size_t i = 0; i < QUEUE_LINES; i++) {
		int64_t since = c->lines[i].away_since;

		if (since && (!first || since < first))
			first = since;
	}
	return first;
}

void
client_on_back(struct line *line)
{
	struct queue_client *c = line->client;

	line->away_since = 0;
	if (away_since(c))
		return;
	event_del(&c->away);
	if (c->told_away)
		log_note("the queue at %s is %s", c->address->shown,
		    c->was_away ? "back" : "there");
	c->told_away = false;
}

static void
on_away_timer(evutil_socket_t fd, short what, void *arg)
{
	struct queue_client *c = arg;
	int64_t since = away_since(c), now = clock_now_us();
	struct buf limit = {0};
	char *cause;

	(void)fd;
	(void)what;
	if (!since)
		return;
	if (now - since < c->timeout_us) {
		set_away_timer(c, since + c->timeout_us - now);
		return;
	}
	cause = xasprintf("%s for %s (--queue-timeout): %s",
	    c->was_connected ? "was away" : "could not be reached",
	    timeout_text(c, &limit), c->why);
	client_end(c, c->was_connected ? STATUS_OUTPUT : STATUS_USAGE, cause);
	free(cause);
	buf_release(&limit);
}

/* --- what it is ----------------------------------------------------------- */

static void
warn_of_loss(struct queue_client *c, const struct server_info *info)
{
	if (c->warned || !info->keeps_no_log || info->has_replicas)
		return;
	c->warned = true;
	log_note("the queue at %s has no log on disk (appendonly no) and no "
	         "replica: if the server stops, what has changed since its "
	         "last snapshot is lost; CONFIG SET appendonly yes",
	    c->address->shown);
}

bool
client_check(struct line *line, const struct server_info *info)
{
	struct buf why = {0};
	enum server_verdict verdict = server_judge(info, &why);

	if (verdict == SERVER_UNFIT)
		client_end(line->client, STATUS_USAGE, buf_text(&why));
	if (verdict == SERVER_WAIT)
		line_lose(line, buf_text(&why));
	if (verdict == SERVER_FINE)
		warn_of_loss(line->client, info);
	buf_release(&why);
	return verdict == SERVER_FINE;
}

void
client_on_connected(struct queue_client *c, const struct server_info *info)
{
	struct queue_server server = {
	    .run_id = c->run_id,
	    .version = info->version,
	    .first = !c->was_connected,
	    .changed = c->was_connected && strcmp(c->run_id, info->run_id) != 0,
	};

	memcpy(c->run_id, info->run_id, sizeof(c->run_id));
	c->was_connected = c->is_connected = true;
	if (c->hooks.on_connected)
		c->hooks.on_connected(c->hooks.arg, &server);
}

/* --- the end -------------------------------------------------------------- */

void
client_end(struct queue_client *c, int status, const char *why)
{
	char *line;

	if (c->end_status)
		return;
	c->end_status = status;
	line = xasprintf("the queue at %s %s", c->address->shown, why);
	free(c->why);
	c->why = redacted(REDACT_TEXT, line);
	free(line);
	event_del(&c->away);
	for (size_t i = 0; i < QUEUE_LINES; i++) {
		line_close(&c->lines[i]);
		LIST_FOREACH_SAFE (at, behind, &c->lines[i].waiting) {
			call_end_later(
			    container_of(at, struct queue_call, link),
			    QUEUE_LOST);
		}
	}
	event_active(&c->end, EV_TIMEOUT, 0);
}

static void
tell_end(struct queue_client *c)
{
	if (!c->end_status || c->told_end)
		return;
	c->told_end = true;
	c->is_connected = false;
	if (c->hooks.on_lost)
		c->hooks.on_lost(c->hooks.arg, c->end_status, c->why);
}

static void
on_end(evutil_socket_t fd, short what, void *arg)
{
	static const struct queue_reply nil = {.text = ""};
	struct queue_client *c = arg;
	struct list over, *at;

	(void)fd;
	(void)what;
	tell_end(c);
	list_init(&over);
	list_splice_back(&over, &c->ending);
	while ((at = list_pop_front(&over))) {
		struct queue_call *call =
		    container_of(at, struct queue_call, link);

		call_end(call, call->end, &nil);
	}
}

/* --- the client ----------------------------------------------------------- */

size_t
client_script(struct queue_client *c, const struct queue_script *script)
{
	size_t i = 0;

	while (i < c->scripts_len && c->scripts[i].script != script)
		i++;
	assert(i < CLIENT_SCRIPTS);
	if (i == c->scripts_len)
		c->scripts[c->scripts_len++].script = script;
	return i;
}

struct queue_client *
queue_client_new(
    struct event_base *base, const struct queue_client_options *o, char **cause)
{
	struct queue_client *c;

	if (resp_load(cause))
		return NULL;
	c = xcalloc(1, sizeof(*c));
	c->base = base;
	c->address = o->address;
	c->hooks = o->hooks;
	c->timeout_us = o->timeout_us;
	c->random = (uint64_t)clock_wall_us() ^ (uint64_t)(uintptr_t)c;
	list_init(&c->ending);
	evtimer_assign(&c->end, base, on_end, c);
	evtimer_assign(&c->away, base, on_away_timer, c);
	transport_common_init(&c->transports, base, o->address, o->fetch);
	for (size_t i = 0; i < QUEUE_LINES; i++)
		line_init(&c->lines[i], c, (enum queue_line)i);
	line_use(&c->lines[QUEUE_COMMANDS]);
	/* It is away until it is there. */
	c->why = xstrdup("it does not answer");
	c->lines[QUEUE_COMMANDS].away_since = clock_now_us();
	set_away_timer(c, c->timeout_us);
	return c;
}

void
queue_client_free(struct queue_client *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < QUEUE_LINES; i++)
		line_release(&c->lines[i]);
	LIST_FOREACH_SAFE (at, behind, &c->ending) {
		call_free(container_of(at, struct queue_call, link));
	}
	event_del(&c->end);
	event_del(&c->away);
	transport_common_release(&c->transports);
	free(c->why);
	free(c);
}

struct queue_call *
queue_client_call(struct queue_client *c, const struct queue_request *r)
{
	struct line *line = &c->lines[QUEUE_COMMANDS];
	struct queue_call *call = call_new(line, r);

	line_use(line);
	list_push_back(&line->waiting, &call->link);
	if (c->end_status)
		call_end_later(call, QUEUE_LOST);
	else if (!call->bytes.len)
		call_end_later(call, QUEUE_REFUSED);
	else if (line->state != LINE_READY && r->flags & QUEUE_CALL_ONCE)
		call_end_later(call, QUEUE_CUT);
	else
		line_flush_soon(line);
	return call;
}

void
queue_client_cancel(struct queue_client *c, struct queue_call *call)
{
	(void)c;
	if (call->sent)
		call->cancelled = true;
	else
		call_free(call);
}

void
queue_client_subscribe(struct queue_client *c, const char *channel)
{
	line_subscribe(&c->lines[QUEUE_SUBSCRIBE], channel);
}

const char *
queue_client_run_id(const struct queue_client *c)
{
	return c->run_id;
}
