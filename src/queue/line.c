/*
 * From top to bottom: how a line is lost; what is sent; what is answered; how a
 * connection begins; the line as a whole.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/xalloc.h"
#include "process/exit.h"
#include "process/log.h"
#include "queue/connection.h"

enum {
	PAUSE_FIRST_US = 100 * 1000,
	PAUSE_MOST_US = 5 * 1000000,
	PING_US = 5 * 1000000, /* between them, on a line that only listens */
	BATCH = 64 << 10,      /* bytes that are sent together */
	READS = 16             /* before others get their turn */
};

static struct queue_call *
first_of(struct list *calls)
{
	return list_empty(calls)
	           ? NULL
	           : container_of(calls->next, struct queue_call, link);
}

static void
set_timer(struct line *line, int64_t us)
{
	struct timeval wait = clock_timeval(us);

	line->timer_due = clock_now_us() + us;
	event_add(&line->timer, &wait);
}

/* --- how it is lost ------------------------------------------------------- */

/* A call that was sent, or was about to be, and the connection is gone. */
static void
drop_call(struct queue_call *call)
{
	if (call->kind == CALL_OF_LINE || call->cancelled)
		call_free(call);
	else if (call->flags & QUEUE_CALL_ONCE)
		call_end_later(call, QUEUE_CUT);
	else
		call_send_again(call);
}

/* The reader is kept: its last answer may be in somebody's hands. */
void
line_close(struct line *line)
{
	transport_close(line->transport);
	line->transport = NULL;
	line->state = LINE_UNUSED;
	line->loaded = 0;
	line->loading = NULL;
	buf_clear(&line->out);
	line->out_sent = 0;
	event_del(&line->timer);
	LIST_FOREACH_SAFE (at, behind, &line->waiting) {
		struct queue_call *call =
		    container_of(at, struct queue_call, link);

		if (call->flags & QUEUE_CALL_ONCE)
			drop_call(call);
	}
	LIST_FOREACH_SAFE (at, behind, &line->sent) {
		drop_call(container_of(at, struct queue_call, link));
	}
}

/* Wait before the next try: each time twice as long, up to a limit, and up to a
 * quarter more, so that not all workers come at the same moment. */
static void
pause_line(struct line *line)
{
	int64_t us = line->pause_us ? line->pause_us : PAUSE_FIRST_US;
	uint64_t more =
	    random_below(&line->client->random, (uint64_t)us / 4 + 1);

	line->state = LINE_PAUSED;
	line->pause_us = us * 2 < PAUSE_MOST_US ? us * 2 : PAUSE_MOST_US;
	set_timer(line, us + (int64_t)more);
}

void
line_lose(struct line *line, const char *why)
{
	char *kept = xstrdup(why);

	line_close(line);
	pause_line(line);
	client_on_away(line, kept);
	free(kept);
}

void
line_doubt(struct line *line, const char *why)
{
	line->doubted = true;
	line_lose(line, why);
}

/* --- what is sent --------------------------------------------------------- */

void
line_flush_soon(struct line *line)
{
	if (line->state >= LINE_GREETING)
		event_active(&line->flush, EV_TIMEOUT, 0);
}

/* The call goes out with the bytes in line->out. */
static void
put_out(struct queue_call *call)
{
	struct line *line = call->line;

	call->sent_us = clock_now_us();
	buf_add(&line->out, call->bytes.data, call->bytes.len);
	list_remove(&call->link);
	list_push_back(&line->sent, &call->link);
	call->sent = true;
	if (!event_pending(&line->timer, EV_TIMEOUT, NULL) ||
	    line->timer_due > call->sent_us + call->time_limit_us)
		set_timer(line, call->time_limit_us);
}

static void
on_loaded(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	struct line *line = arg;
	size_t number = client_script(line->client, line->loading);

	(void)end;
	line->loading = NULL;
	if (reply->kind != QUEUE_TEXT || reply->len != DIGEST_SIZE) {
		line_doubt(line, "SCRIPT LOAD was answered by no digest");
		return;
	}
	memcpy(line->client->scripts[number].digest, reply->text, DIGEST_SIZE);
	line->loaded |= UINT32_C(1) << number;
}

/* Does the server know the script of the call? Else it is sent, and nothing
 * more until it was answered. */
static bool
is_loaded(struct queue_call *call)
{
	struct line *line = call->line;
	size_t number;

	if (!call->script)
		return true;
	number = client_script(line->client, call->script);
	if (line->loaded >> number & 1) {
		memcpy(call->bytes.data + call->digest_at,
		    line->client->scripts[number].digest, DIGEST_SIZE);
		return true;
	}
	line->loading = call->script;
	put_out(call_new_own(line, 3,
	    (const char *const[]){"SCRIPT", "LOAD", call->script->text},
	    on_loaded));
	return false;
}

/* Collect calls to be sent together. */
static void
fill_out(struct line *line)
{
	struct queue_call *call;

	if (line->state != LINE_READY)
		return;
	while (!line->loading && line->out.len < BATCH &&
	       (call = first_of(&line->waiting)) && is_loaded(call))
		put_out(call);
}

/* Send what can be sent now. */
static void
flush_line(struct line *line)
{
	const char *why = NULL;
	long sent;

	if (line->state < LINE_GREETING)
		return;
	for (;;) {
		if (line->out_sent == line->out.len) {
			buf_clear(&line->out);
			line->out_sent = 0;
			fill_out(line);
		}
		if (!line->out.len)
			return;
		sent = transport_send(line->transport,
		    line->out.data + line->out_sent,
		    line->out.len - line->out_sent, &why);
		if (sent < 0) {
			line_lose(line, why);
			return;
		}
		line->out_sent += (size_t)sent;
		if (line->out_sent < line->out.len)
			return;
	}
}

static void
on_flush(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	flush_line(arg);
}

static void
on_writable(void *arg)
{
	flush_line(arg);
}

/* --- what is answered ----------------------------------------------------- */

/* The queue cannot be on this server. */
static void
refuse_server(struct queue_call *call, const char *error)
{
	struct queue_client *client = call->line->client;
	struct buf name = {0}, keys = {0}, why = {0};
	struct refused_call refused = call_describe(call, &name, &keys);

	refusal_explain(&why, error, &refused, client->address);
	client_end(client, STATUS_USAGE, buf_text(&why));
	buf_release(&name);
	buf_release(&keys);
	buf_release(&why);
}

static void
forget_script(struct queue_call *call)
{
	struct line *line = call->line;

	if (call->script)
		line->loaded &=
		    ~(UINT32_C(1) << client_script(line->client, call->script));
	call_send_again(call);
	line_flush_soon(line);
}

/* The server answers as it should. */
static void
trust(struct line *line)
{
	line->doubted = false;
	line->pause_us = 0;
	client_on_back(line);
}

/* An error that is left to whoever called. One about a command of ours is of
 * nobody else's concern. */
static void
pass_error(struct queue_call *call, enum queue_end end,
    const struct queue_reply *reply)
{
	if (call->kind == CALL_OF_LINE) {
		refuse_server(call, reply->text);
		return;
	}
	trust(call->line);
	call_end(call, end, reply);
}

static void
on_error(struct queue_call *call, const struct queue_reply *reply)
{
	switch (refusal_of(reply->text)) {
	case REFUSAL_CALLER: pass_error(call, QUEUE_REFUSED, reply); return;
	case REFUSAL_OOM: pass_error(call, QUEUE_OOM, reply); return;
	case REFUSAL_NOSCRIPT: forget_script(call); return;
	case REFUSAL_WAIT: line_doubt(call->line, reply->text); return;
	case REFUSAL_UNFIT: refuse_server(call, reply->text); return;
	}
}

/* A message of a channel, as an array: "message", channel, text. */
static bool
take_message(struct line *line, const struct queue_reply *reply)
{
	const struct queue_hooks *hooks = &line->client->hooks;
	const struct queue_reply *channel = queue_reply_item(reply, 1);
	const struct queue_reply *text = queue_reply_item(reply, 2);

	if (line->which != QUEUE_SUBSCRIBE ||
	    !queue_reply_is(queue_reply_item(reply, 0), "message"))
		return false;
	if (hooks->on_message && text->kind == QUEUE_TEXT)
		hooks->on_message(
		    hooks->arg, channel->text, text->text, text->len);
	return true;
}

static void
take_reply(struct line *line, const struct queue_reply *reply)
{
	struct queue_call *call = first_of(&line->sent);

	line->progress_us = clock_now_us();
	if (take_message(line, reply))
		return;
	if (!call && reply->kind == QUEUE_ERROR)
		line_doubt(line, reply->text); /* as it closes the connection */
	else if (!call)
		line_doubt(line, "an answer came to nothing that was asked");
	else if (reply->kind == QUEUE_ERROR)
		on_error(call, reply);
	else {
		if (call->kind == CALL_OF_USER)
			trust(line);
		call_end(call, QUEUE_ANSWERED, reply);
	}
}

/* Take all answers that are whole. False: this connection is no more. */
static bool
take_replies(struct line *line)
{
	const struct transport *transport = line->transport;
	const struct queue_reply *reply;
	const char *why = NULL;
	int rc;

	while ((rc = resp_reader_next(line->reader, &reply, &why)) > 0) {
		take_reply(line, reply);
		if (line->transport != transport)
			return false;
	}
	if (rc < 0)
		line_doubt(line, why);
	return rc == 0;
}

/* What came is fed in small pieces, as the reader moves what is left of one
 * after each answer. */
static bool
feed_reader(struct line *line, const char *data, size_t len)
{
	const size_t most = 16 << 10;

	while (len) {
		size_t piece = len < most ? len : most;

		resp_reader_feed(line->reader, data, piece);
		if (!take_replies(line))
			return false;
		data += piece;
		len -= piece;
	}
	return true;
}

static void
on_readable(void *arg)
{
	struct line *line = arg;
	struct queue_client *client = line->client;
	const char *why = NULL;
	long got;

	for (int i = 0; i < READS; i++) {
		got = transport_receive(line->transport, client->received,
		    sizeof(client->received), &why);
		if (got < 0)
			line_lose(line, why);
		if (got > 0 &&
		    !feed_reader(line, client->received, (size_t)got))
			return;
		if (got <= 0) {
			line_flush_soon(line);
			return;
		}
	}
	transport_look_again(line->transport);
	line_flush_soon(line);
}

/* --- how a connection begins ---------------------------------------------- */

/* Send a command of the connection's own. */
static void
ask(struct line *line, size_t argc, const char *const *argv,
    void (*done)(void *line, enum queue_end, const struct queue_reply *))
{
	put_out(call_new_own(line, argc, argv, done));
}

static void
on_ok(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	(void)arg;
	(void)end;
	(void)reply;
}

static void
become_ready(struct line *line)
{
	line->state = LINE_READY;
	if (!line->doubted)
		trust(line);
	line_flush_soon(line);
}

/* What the hook calls goes before what waits. */
static void
on_info(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	struct line *line = arg;
	struct server_info info;
	struct list waiting;

	(void)end;
	server_info_read(&info, reply->text, reply->len);
	if (!client_check(line, &info))
		return;
	become_ready(line);
	list_init(&waiting);
	list_splice_back(&waiting, &line->waiting);
	client_on_connected(line->client, &info);
	list_splice_back(&line->waiting, &waiting);
}

static void
on_subscribed(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	struct line *line = arg;
	const struct queue_hooks *hooks = &line->client->hooks;

	(void)end;
	(void)reply;
	if (--line->unconfirmed)
		return;
	if (line->state == LINE_GREETING)
		become_ready(line);
	if (hooks->on_subscribed)
		hooks->on_subscribed(hooks->arg);
}

static void
greet_as_user(struct line *line)
{
	const struct queue_address *a = line->client->address;

	if (a->user)
		ask(line, 3,
		    (const char *const[]){"AUTH", a->user, a->password}, on_ok);
	else if (a->password)
		ask(line, 2, (const char *const[]){"AUTH", a->password}, on_ok);
	if (a->db) {
		char *db = xasprintf("%u", a->db);

		ask(line, 2, (const char *const[]){"SELECT", db}, on_ok);
		free(db);
	}
}

static void
subscribe(struct line *line, const char *channel)
{
	line->unconfirmed++;
	ask(line, 2, (const char *const[]){"SUBSCRIBE", channel},
	    on_subscribed);
}

/* The last answer tells that the line is ready. */
static void
greet(struct line *line)
{
	greet_as_user(line);
	switch (line->which) {
	case QUEUE_COMMANDS:
		ask(line, 1, (const char *const[]){"INFO"}, on_info);
		break;
	case QUEUE_SUBSCRIBE:
		for (size_t i = 0; i < line->channels.len; i++)
			subscribe(line, line->channels.items[i]);
		break;
	case QUEUE_LINES: break;
	}
}

static void
on_open(void *arg)
{
	struct line *line = arg;

	line->state = LINE_GREETING;
	line->progress_us = clock_now_us();
	line->unconfirmed = 0;
	resp_reader_free(line->reader);
	line->reader = resp_reader_new(QUEUE_MAX_REPLY);
	greet(line);
	flush_line(line);
}

static void
on_failed(void *arg, const char *why, bool final)
{
	struct line *line = arg;
	struct queue_client *client = line->client;
	char *cause;

	if (!final || client->was_connected) {
		line_lose(line, why);
		return;
	}
	cause = xasprintf("cannot be connected to: %s", why);
	client_end(client, STATUS_USAGE, cause);
	free(cause);
}

/* --- the line as a whole -------------------------------------------------- */

static void
open_line(struct line *line)
{
	const struct transport_hooks hooks = {
	    .on_open = on_open,
	    .on_readable = on_readable,
	    .on_writable = on_writable,
	    .on_failed = on_failed,
	    .arg = line,
	};

	line->state = LINE_OPENING;
	line->transport = transport_open(&line->client->transports, &hooks);
}

/* The answer to the call did not come in time. */
static void
give_up_waiting(struct line *line, const struct queue_call *call)
{
	struct buf name = {0}, keys = {0};
	struct refused_call about = call_describe(call, &name, &keys);
	char *why = xasprintf("no answer to %s%s%s within %g s", about.command,
	    about.script ? " of the script " : "",
	    about.script ? about.script : "",
	    (double)call->time_limit_us / CLOCK_SECOND);

	line_doubt(line, why);
	free(why);
	buf_release(&name);
	buf_release(&keys);
}

/* Look whether the first answer is late. It is expected as long after the one
 * before as after its call was sent. */
static void
watch_answers(struct line *line)
{
	const struct queue_call *call = first_of(&line->sent);
	int64_t from, now = clock_now_us();

	if (!call && line->which == QUEUE_SUBSCRIBE) {
		ask(line, 1, (const char *const[]){"PING"}, on_ok);
		flush_line(line);
	}
	if (!call)
		return;
	from = call->sent_us > line->progress_us ? call->sent_us
	                                         : line->progress_us;
	if (now - from >= call->time_limit_us)
		give_up_waiting(line, call);
	else
		set_timer(line, from + call->time_limit_us - now);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct line *line = arg;

	(void)fd;
	(void)what;
	if (line->state == LINE_PAUSED)
		open_line(line);
	else if (line->state >= LINE_GREETING)
		watch_answers(line);
}

void
line_init(struct line *line, struct queue_client *client, enum queue_line which)
{
	*line = (struct line){.client = client, .which = which};
	list_init(&line->waiting);
	list_init(&line->sent);
	evtimer_assign(&line->timer, client->base, on_timer, line);
	evtimer_assign(&line->flush, client->base, on_flush, line);
}

static void
free_calls(struct list *calls)
{
	LIST_FOREACH_SAFE (at, behind, calls) {
		call_free(container_of(at, struct queue_call, link));
	}
}

void
line_release(struct line *line)
{
	line_close(line);
	free_calls(&line->waiting);
	event_del(&line->flush);
	resp_reader_free(line->reader);
	buf_release(&line->out);
	strlist_release(&line->channels);
}

void
line_use(struct line *line)
{
	if (line->state != LINE_UNUSED || line->client->end_status)
		return;
	line->state = LINE_PAUSED;
	set_timer(line, 0);
}

void
line_subscribe(struct line *line, const char *channel)
{
	strlist_add(&line->channels, channel);
	if (line->state >= LINE_GREETING) {
		subscribe(line, channel);
		line_flush_soon(line);
	}
	line_use(line);
}
