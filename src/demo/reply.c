/*
 * Answers: at once (reply_send and what calls it), or in steps on a timer
 * (reply_later), until evhttp has the whole answer.
 */
#include "config.h"

#include "demo/reply.h"

#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

#include "base/clock.h"
#include "base/xalloc.h"

/* evhttp would send the body in the answer to HEAD, too, so it gets none, and
 * the length as a header. */
void
reply_head(const struct visit *v, int status, const char *type, uint64_t length)
{
	struct buf text;

	buf_init(&text);
	visit_add_header(v, "Content-Type", type);
	buf_addu(&text, length);
	visit_add_header(v, "Content-Length", text.data);
	buf_release(&text);
	v->demo->evhttp.send_reply(v->req, status, NULL, NULL);
}

bool
reply_is_head(const struct visit *v)
{
	return v->demo->evhttp.request_get_command(v->req) == EVHTTP_REQ_HEAD;
}

/* RFC 9110, 6.4.1: answers with these statuses have no body. */
static bool
status_has_body(int status)
{
	return status >= 200 && status != 204 && status != 304;
}

/* The reason phrase of a status that evhttp does not know, which it would call
 * "Client Error"; NULL: evhttp knows it. */
static const char *
reason_of(int status)
{
	return status == 429 ? "Too Many Requests" : NULL;
}

void
reply_send(const struct visit *v, int status, const char *type, struct buf *b)
{
	struct evbuffer *out =
	    v->demo->evhttp.request_get_output_buffer(v->req);

	if (!status_has_body(status)) {
		v->demo->evhttp.send_reply(v->req, status, NULL, NULL);
	} else if (reply_is_head(v)) {
		reply_head(v, status, type, b->len);
	} else {
		visit_add_header(v, "Content-Type", type);
		evbuffer_add(out, b->data, b->len);
		v->demo->evhttp.send_reply(
		    v->req, status, reason_of(status), NULL);
	}
	buf_release(b);
}

void
reply_json(const struct visit *v, int status, struct buf *body)
{
	buf_addc(body, '\n');
	reply_send(v, status, "application/json", body);
}

void
reply_error(const struct visit *v, int status, const char *message)
{
	struct buf b;

	buf_init(&b);
	buf_addf(&b, "{\"error\":\"%s\"}", message);
	reply_json(v, status, &b);
}

/* An answer whose next step waits for a timer. */
struct waiting {
	struct list link; /* in demo.waiting */
	struct visit visit;
	struct event *timer;
	int64_t due_us; /* when the next step is */
	reply_step *step;
	void *arg; /* owned */
};

static void
waiting_free(struct waiting *w)
{
	list_remove(&w->link);
	event_free(w->timer);
	free(w->arg);
	free(w);
}

static void
wait_for(struct waiting *w, int64_t wait_us)
{
	struct timeval tv = {
	    .tv_sec = (time_t)(wait_us / CLOCK_SECOND),
	    .tv_usec = (suseconds_t)(wait_us % CLOCK_SECOND),
	};

	evtimer_add(w->timer, &tv);
}

/* Take the next step. The time of the one after it is counted from when this
 * one was due, so that delays do not add up. */
static void
take_step(struct waiting *w)
{
	int64_t wait_us = w->step(&w->visit, w->arg);

	if (wait_us < 0) {
		waiting_free(w);
		return;
	}
	w->due_us += wait_us;
	wait_for(w, wait_us);
}

/* The coarse clock of libevent may be a few milliseconds early: wait again, so
 * that no answer comes before the time that was asked for. */
static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct waiting *w = arg;
	int64_t early_us = w->due_us - clock_now_us();

	(void)fd;
	(void)what;
	if (early_us > 0)
		wait_for(w, early_us);
	else
		take_step(w);
}

void
reply_later(const struct visit *v, int64_t wait_us, reply_step *step, void *arg)
{
	struct waiting *w = xcalloc(1, sizeof(*w));

	w->visit = *v;
	w->visit.rest = NULL; /* evhttp may free the path meanwhile */
	w->step = step;
	w->arg = arg;
	w->due_us = clock_now_us() + wait_us;
	w->timer = evtimer_new(v->demo->base, on_timer, w);
	if (!w->timer)
		die("out of memory");
	list_push_back(&v->demo->waiting, &w->link);
	wait_for(w, wait_us);
}

bool
reply_gone(const struct visit *v)
{
	return v->demo->evhttp.request_get_connection(v->req) == NULL;
}

void
reply_drop_waiting(struct demo *d)
{
	struct list *at;

	while ((at = list_pop_front(&d->waiting))) {
		struct waiting *w = container_of(at, struct waiting, link);

		/* evhttp frees a request that still has a connection. */
		if (reply_gone(&w->visit))
			d->evhttp.request_free(w->visit.req);
		waiting_free(w);
	}
}
