/*
 * What runs on the thread of a member: first the hooks of its engine, which
 * write letters; then what letters tell it; then its loop. At the bottom is
 * what the run's loop calls to make a member and to end it.
 *
 * Letters are gathered in a turn of the loop and posted at its end, so that
 * many of them wake the run's loop once.
 */
#include "config.h"

#include "fleet/member.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/thread.h"
#include "base/xalloc.h"
#include "process/environment.h"

enum {
	ASK_EVERY = 1 << 20, /* bytes of a body between two questions */
	REAP_US = 5000       /* then the sockets are served */
};

/* --- letters -------------------------------------------------------------- */

static void
post_letters(struct member *m)
{
	mailbox_post(m->home, &m->letters);
}

/* Tell the moment of requests that were sent since the last call. libcurl sends
 * after on_wire, and a thread may lose its processor in between: what counts
 * for rates is when the request has gone out, so the clock is read now. */
static void
stamp_sent(struct member *m)
{
	int64_t now;

	if (list_empty(&m->sent))
		return;
	now = clock_now_us();
	while (!list_empty(&m->sent)) {
		struct list *link = list_pop_front(&m->sent);

		container_of(link, struct transfer, sent)->wire_us = now;
	}
}

/* Ask the run's loop, and wait for its answer. The letters before go first, as
 * what is asked may depend on them. */
static bool
ask(struct member *m, struct transfer *t)
{
	struct question *q = &t->question;
	bool answer;

	q->answered = q->answer = false;
	q->wire_by_us = 0;
	letter_add(&q->letter, &m->letters);
	stamp_sent(m);
	post_letters(m);
	pthread_mutex_lock(&m->lock);
	while (!q->answered && !m->closing)
		pthread_cond_wait(&m->answered, &m->lock);
	answer = q->answered && q->answer;
	pthread_mutex_unlock(&m->lock);
	return answer;
}

/* --- hooks of the engine -------------------------------------------------- */

/* Is it too late to send the first copy of a request? The run's loop may let it
 * go later; but the answer takes its time. */
static bool
is_late(struct member *m, struct transfer *t, int64_t now)
{
	const struct attempt_spec *spec = &t->spec;

	if (!spec->wire_by_us || now < spec->wire_by_us ||
	    atomic_load(&t->sending) != SENDING_NOT_YET)
		return false;
	t->question.kind = ASK_LATE;
	t->question.now = now;
	ask(m, t);
	t->spec.wire_by_us = t->question.wire_by_us;
	return clock_now_us() >= spec->wire_by_us;
}

/* The first copy of a request was admitted with the transfer, unless the run's
 * loop has stopped it meanwhile. */
static bool
on_wire(void *arg, void *owner, int64_t now)
{
	struct member *m = arg;
	struct transfer *t = owner;
	enum sending was = SENDING_NOT_YET;

	if (is_late(m, t, now))
		return false;
	if (atomic_compare_exchange_strong(&t->sending, &was, SENDING_BEGUN)) {
		list_push_back(&m->sent, &t->sent);
		letter_add(&t->wire, &m->letters);
		return true;
	}
	if (was == SENDING_STOPPED)
		return false;
	t->question.kind = ASK_WIRE;
	t->question.now = now;
	return ask(m, t);
}

/* Copy what the run wants to know of an answer when its body begins. */
static void
describe(struct piece *p, struct transfer *t, const struct arrival *arrival)
{
	p->arrival = *arrival;
	p->arrival.headers = NULL;
	p->arrival.heads = &p->heads;
	if (t->has_headers)
		return;
	t->has_headers = true;
	buf_add(&p->heads, arrival->heads->data, arrival->heads->len);
	if (!arrival->headers)
		return;
	buf_adds(&p->headers, arrival->headers);
	p->arrival.headers = p->headers.data;
}

/* Has the run enough for now? It is asked again after that was noted, as it may
 * have made room meanwhile, and have seen nobody who waits for it. */
static bool
has_enough(struct member *m)
{
	if (!atomic_load(m->full) && atomic_load(&m->pieces) < PIECES_MOST)
		return false;
	atomic_store(&m->held_up, true);
	return !member_may_resume(m);
}

static bool
on_body(
    void *arg, void *owner, const struct arrival *arrival, struct buf *chunk)
{
	struct member *m = arg;
	struct transfer *t = owner;
	struct piece *p = xcalloc(1, sizeof(*p));

	p->transfer = t;
	letter_init(&p->letter, LETTER_BODY, p);
	describe(p, t, arrival);
	p->chunk = *chunk;
	buf_init(chunk);
	atomic_fetch_add(&m->pieces, p->chunk.len);
	letter_add(&p->letter, &m->letters);
	return !has_enough(m);
}

/* Whose turn it is only the run's loop knows. It is not asked for each piece,
 * since this thread does nothing meanwhile. */
static bool
on_turn(
    void *arg, void *owner, const struct arrival *arrival, struct body *body)
{
	struct member *m = arg;
	struct transfer *t = owner;

	if (body->size < t->ask_at)
		return false;
	t->ask_at = body->size + ASK_EVERY;
	t->question.kind = ASK_TURN;
	t->question.arrival = arrival;
	t->question.body = body;
	return ask(m, t);
}

static void
on_ready(void *arg)
{
	struct member *m = arg;

	m->ready = true;
}

/* --- what letters tell ---------------------------------------------------- */

/* A transfer that was stopped before it began has nothing to begin with. */
static void
start(struct member *m, struct transfer *t)
{
	if (atomic_load(&t->sending) == SENDING_NOT_YET)
		t->attempt = engine_start(m->engine, &t->spec);
}

/* The letter goes back: nothing of the transfer is used here any more. */
static void
cancel(struct member *m, struct transfer *t)
{
	if (t->attempt)
		engine_cancel(m->engine, t->attempt);
	t->attempt = NULL;
	letter_add(&t->cancel, &m->letters);
}

static void
perform(struct member *m, struct errand *errand)
{
	errand->perform(errand, m->tools);
	letter_add(&errand->letter, &m->letters);
}

static void
obey(struct member *m, struct letter *l)
{
	if (l->kind == LETTER_START)
		start(m, l->about);
	else if (l->kind == LETTER_CANCEL)
		cancel(m, l->about);
	else if (l->kind == LETTER_ERRAND)
		perform(m, l->about);
}

static void
look(struct member *m)
{
	struct engine_view view = engine_look(m->engine);

	pthread_mutex_lock(&m->lock);
	m->view = view;
	pthread_mutex_unlock(&m->lock);
}

static void
grant(struct member *m, unsigned wishes)
{
	if (wishes & WISH_RESUME)
		engine_resume(m->engine);
	if (wishes & WISH_DROP_IDLE)
		engine_drop_idle(m->engine);
	if (wishes & WISH_LOOK)
		look(m);
	if (wishes & WISH_CLOSE)
		m->closed = true;
}

static void
on_inbox(evutil_socket_t fd, short what, void *arg)
{
	struct member *m = arg;
	struct list letters;
	struct letter *l;

	(void)fd;
	(void)what;
	list_init(&letters);
	mailbox_take(&m->inbox, &letters);
	while ((l = letter_next(&letters)))
		obey(m, l);
	grant(m, atomic_exchange(&m->wishes, 0));
}

/* --- the loop ------------------------------------------------------------- */

/* Take one transfer that is over from the engine, and send it home. */
static bool
reap(struct member *m)
{
	struct transfer *t;
	struct result r;
	void *owner;

	if (!engine_reap(m->engine, &owner, &r))
		return false;
	t = owner;
	t->attempt = NULL;
	t->result = r;
	if (t->task)
		m->hooks->examine(m->tools, t->task, t->request, &t->result);
	letter_add(&t->over, &m->letters);
	return true;
}

/* Reap what is over, until it is the sockets' turn again. */
static void
reap_some(struct member *m)
{
	int64_t until;

	if (!m->ready)
		return;
	until = clock_now_us() + REAP_US;
	while (reap(m))
		if (clock_now_us() >= until)
			return;
	m->ready = false;
}

/* Counts come before the letters that they count. */
static void
publish_counts(struct member *m)
{
	struct engine_counts counts = engine_counts(m->engine);

	pthread_mutex_lock(&m->lock);
	m->counts = counts;
	pthread_mutex_unlock(&m->lock);
}

static void *
thread_main(void *arg)
{
	struct member *m = arg;

	while (!m->closed) {
		event_base_loop(
		    m->base, EVLOOP_ONCE | (m->ready ? EVLOOP_NONBLOCK : 0));
		stamp_sent(m);
		reap_some(m);
		publish_counts(m);
		post_letters(m);
	}
	return NULL;
}

/* --- on the run's loop ---------------------------------------------------- */

void
piece_free(struct piece *p)
{
	buf_release(&p->headers);
	buf_release(&p->heads);
	buf_release(&p->chunk);
	free(p);
}

bool
member_may_resume(const struct member *m)
{
	return !atomic_load(m->full) &&
	       atomic_load(&m->pieces) <= PIECES_MOST / 2;
}

void
member_wish(struct member *m, enum wish wish)
{
	if (!(atomic_fetch_or(&m->wishes, (unsigned)wish) & wish))
		mailbox_nudge(&m->inbox);
}

void
member_answer(struct member *m, struct question *q, bool answer)
{
	pthread_mutex_lock(&m->lock);
	q->answer = answer;
	q->answered = true;
	pthread_cond_signal(&m->answered);
	pthread_mutex_unlock(&m->lock);
}

/* All but the thread, which has ended or was never made. */
static void
close_member(struct member *m)
{
	engine_free(m->engine);
	if (m->tools)
		m->hooks->tools_free(m->tools);
	mailbox_close(&m->inbox);
	if (m->base)
		event_base_free(m->base);
	pthread_cond_destroy(&m->answered);
	pthread_mutex_destroy(&m->lock);
}

/* Descriptors are what a machine lacks first. */
static int
open_loop(struct member *m, struct engine_common *common)
{
	const struct engine_hooks hooks = {
	    .on_wire = on_wire,
	    .on_body = on_body,
	    .on_turn = on_turn,
	    .on_ready = on_ready,
	    .arg = m,
	};

	if (mailbox_open(&m->inbox))
		return -1;
	m->base = environment_new_base();
	if (!m->base)
		return -1;
	m->engine = engine_new(common, m->base, &hooks);
	event_assign(&m->inbox_event, m->base, mailbox_fd(&m->inbox),
	    EV_READ | EV_PERSIST, on_inbox, m);
	event_add(&m->inbox_event, NULL);
	m->tools = m->hooks->tools_new(m->hooks->arg);
	return 0;
}

int
member_open(struct member *m, struct engine_common *common)
{
	int rc;

	list_init(&m->outgoing);
	list_init(&m->letters);
	list_init(&m->sent);
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->answered, NULL);
	m->inbox.wake = WAKEUP_CLOSED;
	rc = open_loop(m, common)
	         ? errno
	         : thread_start(&m->thread, NULL, thread_main, m);
	if (rc == 0)
		return 0;
	close_member(m);
	errno = rc;
	return -1;
}

/* A thread that waits for an answer is told that none will come. */
void
member_release(struct member *m, struct list *unread)
{
	pthread_mutex_lock(&m->lock);
	m->closing = true;
	pthread_cond_signal(&m->answered);
	pthread_mutex_unlock(&m->lock);
	member_wish(m, WISH_CLOSE);
	pthread_join(m->thread, NULL);
	mailbox_take(&m->inbox, unread);
	close_member(m);
}
