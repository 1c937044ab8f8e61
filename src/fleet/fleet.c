/*
 * The run's side of a fleet: transfers on their way to a thread and back, the
 * letters about them, and how the fleet is made and taken apart. With one
 * thread there is none of this: a transfer is the attempt of the one engine.
 */
#include "config.h"

#include "fleet/fleet.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/xalloc.h"
#include "fleet/member.h"
#include "process/log.h"

enum {
	UNEVEN = 8 /* transfers that a thread may have more than another */
};

struct fleet {
	struct fleet_setup setup;
	struct engine_common *common;
	struct engine *engine; /* the only one; NULL: there are members */
	struct member *members;
	unsigned members_len; /* 0: there is one engine */
	struct list flying;  /* transfers that are not over, the oldest first */
	struct list leaving; /* transfers that were cancelled */
	struct list landed;  /* transfers that are to be reaped */
	struct mailbox mailbox; /* letters of the members */
	struct event letters;   /* there are some */
	struct event outgoing;  /* active: letters to members are posted */
	bool is_outgoing;       /* `outgoing` is active */
	atomic_bool full;       /* the run has no room for bodies */
	bool is_scarce;         /* fleet_save_connections was called */
};

/* --- one engine ----------------------------------------------------------- */

/* A transfer of a fleet with one engine is an attempt. */
static struct transfer *
transfer_of(struct attempt *a)
{
	return (struct transfer *)a;
}

static struct attempt *
attempt_of(struct transfer *t)
{
	return (struct attempt *)t;
}

static bool
reap_attempt(struct fleet *fleet, struct landing *l)
{
	l->task = NULL;
	return engine_reap(fleet->engine, &l->owner, &l->result);
}

/* --- letters to the members ----------------------------------------------- */

/* Write to `m`; all letters of a turn of the loop are posted together. */
static void
write_to(struct fleet *fleet, struct member *m, struct letter *l)
{
	letter_add(l, &m->outgoing);
	if (!fleet->is_outgoing)
		event_active(&fleet->outgoing, EV_TIMEOUT, 1);
	fleet->is_outgoing = true;
}

static void
on_outgoing(evutil_socket_t fd, short what, void *arg)
{
	struct fleet *fleet = arg;

	(void)fd;
	(void)what;
	fleet->is_outgoing = false;
	for (unsigned i = 0; i < fleet->members_len; i++) {
		struct member *m = &fleet->members[i];

		mailbox_post(&m->inbox, &m->outgoing);
	}
}

static void
wish_of_all(struct fleet *fleet, enum wish wish)
{
	for (unsigned i = 0; i < fleet->members_len; i++)
		member_wish(&fleet->members[i], wish);
}

/* --- a transfer ----------------------------------------------------------- */

static struct member *
least_busy(struct fleet *fleet)
{
	struct member *least = &fleet->members[0];

	for (unsigned i = 1; i < fleet->members_len; i++)
		if (fleet->members[i].flying < least->flying)
			least = &fleet->members[i];
	return least;
}

/* The thread that an origin keeps, unless that has more to do than others and
 * there is room for more connections. */
static struct member *
choose_member(struct fleet *fleet, const char *origin)
{
	struct member *least = least_busy(fleet);
	struct member *home =
	    &fleet->members[hash_text(origin) % fleet->members_len];

	return fleet->is_scarce || home->flying <= least->flying + UNEVEN
	           ? home
	           : least;
}

/* All that the run might change while the thread looks at it is copied. */
static void
copy_spec(struct transfer *t, const struct attempt_spec *spec)
{
	t->request = xmalloc(sizeof(*t->request));
	*t->request = *spec->request;
	hop_copy(&t->hop, spec->hop);
	t->spec = *spec;
	t->spec.request = t->request;
	t->spec.hop = &t->hop;
	t->spec.owner = t;
	t->ask_at = spec->in_turn_from;
	if (!spec->resume)
		return;
	t->resume = *spec->resume;
	t->resume.validator = xstrdup_null(spec->resume->validator);
	t->spec.resume = &t->resume;
}

static struct transfer *
transfer_new(struct fleet *fleet, const struct attempt_spec *spec, void *task)
{
	struct transfer *t = xcalloc(1, sizeof(*t));

	t->owner = spec->owner;
	t->task = task;
	copy_spec(t, spec);
	t->member = choose_member(fleet, hop_origin(spec->hop, spec->request));
	t->member->flying++;
	list_init(&t->landed);
	list_push_back(&fleet->flying, &t->link);
	letter_init(&t->start, LETTER_START, t);
	letter_init(&t->cancel, LETTER_CANCEL, t);
	letter_init(&t->wire, LETTER_WIRE, t);
	letter_init(&t->over, LETTER_OVER, t);
	letter_init(&t->question.letter, LETTER_QUESTION, t);
	return t;
}

/* The thread has nothing to do with it any more. */
static void
transfer_free(struct fleet *fleet, struct transfer *t)
{
	const struct fleet_hooks *hooks = &fleet->setup.hooks;

	if (t->task)
		hooks->drop_task(hooks->arg, t->task);
	if (t->listed && --t->listed->readers == 0)
		hooks->unread(hooks->arg, t->listed);
	list_remove(&t->link);
	list_remove(&t->landed);
	hop_release(&t->hop);
	resume_release(&t->resume);
	free(t->request);
	free(t);
}

struct transfer *
fleet_start(struct fleet *fleet, const struct attempt_spec *spec, void *task)
{
	struct transfer *t;

	if (fleet->engine)
		return transfer_of(engine_start(fleet->engine, spec));
	t = transfer_new(fleet, spec, task);
	write_to(fleet, t->member, &t->start);
	return t;
}

/* Where the request has begun to be sent, nobody here knows how far it got. */
enum wire_state
fleet_wire(struct fleet *fleet, struct transfer *t)
{
	enum sending was = SENDING_NOT_YET;

	if (fleet->engine)
		return attempt_wire(attempt_of(t));
	atomic_compare_exchange_strong(&t->sending, &was, SENDING_STOPPED);
	return was == SENDING_BEGUN ? WIRE_UNKNOWN : WIRE_UNSENT;
}

/* Tell the run, once, that the request of `t` is on the wire since `when`. */
static void
tell_of_wire(struct fleet *fleet, struct transfer *t, int64_t when)
{
	const struct fleet_hooks *hooks = &fleet->setup.hooks;

	if (t->owner && !t->is_wired)
		hooks->on_sent(hooks->arg, t->owner, when);
	t->is_wired = true;
}

/* A request may have been sent although the letter that says so is still on its
 * way: rates must count it. */
void
fleet_cancel(struct fleet *fleet, struct transfer *t, struct request *request)
{
	if (fleet->engine) {
		engine_cancel(fleet->engine, attempt_of(t));
		return;
	}
	if (fleet_wire(fleet, t) != WIRE_UNSENT)
		tell_of_wire(fleet, t, clock_now_us());
	t->owner = NULL;
	t->member->flying--;
	if (!list_empty(&t->landed)) {
		result_release(&t->result);
		transfer_free(fleet, t);
		return;
	}
	t->listed = request;
	request->readers++;
	list_remove(&t->link);
	list_push_back(&fleet->leaving, &t->link);
	write_to(fleet, t->member, &t->cancel);
}

bool
fleet_reap(struct fleet *fleet, struct landing *l)
{
	struct list *link;
	struct transfer *t;

	if (fleet->engine)
		return reap_attempt(fleet, l);
	link = list_pop_front(&fleet->landed);
	if (!link)
		return false;
	t = container_of(link, struct transfer, landed);
	*l = (struct landing){
	    .owner = t->owner, .result = t->result, .task = t->task};
	t->task = NULL;
	t->member->flying--;
	transfer_free(fleet, t);
	return true;
}

/* --- an errand ------------------------------------------------------------ */

void
fleet_send(struct fleet *fleet, struct errand *errand)
{
	struct member *m = least_busy(fleet);

	errand->member = m;
	m->flying++;
	letter_init(&errand->letter, LETTER_ERRAND, errand);
	write_to(fleet, m, &errand->letter);
}

/* --- letters from the members --------------------------------------------- */

/* The run has made room: go on with bodies that were paused. */
static void
resume_if_held_up(struct member *m)
{
	if (atomic_load(&m->held_up) && member_may_resume(m) &&
	    atomic_exchange(&m->held_up, false))
		member_wish(m, WISH_RESUME);
}

static void
take_piece(struct fleet *fleet, struct piece *p)
{
	const struct engine_hooks *hooks = &fleet->setup.hooks.engine;
	struct transfer *t = p->transfer;
	struct member *m = t->member;
	size_t len = p->chunk.len;

	if (t->owner &&
	    !hooks->on_body(hooks->arg, t->owner, &p->arrival, &p->chunk))
		atomic_store(&fleet->full, true);
	atomic_fetch_sub(&m->pieces, len);
	resume_if_held_up(m);
	piece_free(p);
}

static bool
answer_question(
    const struct fleet_hooks *hooks, void *owner, struct question *q)
{
	const struct engine_hooks *engine = &hooks->engine;

	switch (q->kind) {
	case ASK_WIRE: return engine->on_wire(engine->arg, owner, q->now);
	case ASK_TURN:
		return engine->on_turn(engine->arg, owner, q->arrival, q->body);
	case ASK_LATE: break;
	}
	if (hooks->on_late)
		q->wire_by_us = hooks->on_late(hooks->arg, owner, q->now);
	return false;
}

static void
take_question(struct fleet *fleet, struct transfer *t)
{
	struct question *q = &t->question;
	bool answer =
	    t->owner && answer_question(&fleet->setup.hooks, t->owner, q);

	member_answer(t->member, q, answer);
}

static void
take_wire(struct fleet *fleet, struct transfer *t)
{
	tell_of_wire(fleet, t, t->wire_us);
}

/* One that was cancelled meanwhile is kept until that letter comes back. */
static void
take_over(struct fleet *fleet, struct transfer *t)
{
	if (t->owner)
		list_push_back(&fleet->landed, &t->landed);
	else
		result_release(&t->result);
}

static void
take_errand(struct errand *errand)
{
	errand->member->flying--;
	errand->done(errand);
}

static void
take_letter(struct fleet *fleet, struct letter *l)
{
	switch ((enum letter_kind)l->kind) {
	case LETTER_BODY: take_piece(fleet, l->about); break;
	case LETTER_WIRE: take_wire(fleet, l->about); break;
	case LETTER_QUESTION: take_question(fleet, l->about); break;
	case LETTER_OVER: take_over(fleet, l->about); break;
	case LETTER_CANCEL: transfer_free(fleet, l->about); break;
	case LETTER_ERRAND: take_errand(l->about); break;
	case LETTER_START: break;
	}
}

static void
on_letters(evutil_socket_t fd, short what, void *arg)
{
	struct fleet *fleet = arg;
	const struct engine_hooks *hooks = &fleet->setup.hooks.engine;
	struct list letters;
	struct letter *l;

	(void)fd;
	(void)what;
	list_init(&letters);
	mailbox_take(&fleet->mailbox, &letters);
	while ((l = letter_next(&letters)))
		take_letter(fleet, l);
	if (!list_empty(&fleet->landed))
		hooks->on_ready(hooks->arg);
}

/* --- the fleet as a whole ------------------------------------------------- */

static int
open_members(struct fleet *fleet)
{
	unsigned n = engine_common_engines(fleet->common);

	if (mailbox_open(&fleet->mailbox))
		return -1;
	event_assign(&fleet->letters, fleet->setup.base,
	    mailbox_fd(&fleet->mailbox), EV_READ | EV_PERSIST, on_letters,
	    fleet);
	event_add(&fleet->letters, NULL);
	fleet->members = xcalloc(n, sizeof(*fleet->members));
	while (fleet->members_len < n) {
		struct member *m = &fleet->members[fleet->members_len];

		m->hooks = &fleet->setup.hooks;
		m->home = &fleet->mailbox;
		m->full = &fleet->full;
		if (member_open(m, fleet->common))
			return -1;
		fleet->members_len++;
	}
	return 0;
}

/* Free what a letter has that nobody takes any more; transfers are freed
 * later. */
static void
discard(struct letter *l)
{
	struct transfer *t;
	struct errand *errand;

	switch ((enum letter_kind)l->kind) {
	case LETTER_BODY: piece_free(l->about); break;
	case LETTER_OVER:
		t = l->about;
		result_release(&t->result);
		break;
	case LETTER_ERRAND:
		errand = l->about;
		errand->drop(errand);
		break;
	case LETTER_START:
	case LETTER_CANCEL:
	case LETTER_WIRE:
	case LETTER_QUESTION: break;
	}
}

static void
discard_all(struct list *letters)
{
	struct letter *l;

	while ((l = letter_next(letters)))
		discard(l);
}

/* End the threads. Letters that nobody has read are discarded: they lie here,
 * with a member, or on their way to the run. */
static void
close_members(struct fleet *fleet)
{
	struct list letters;

	list_init(&letters);
	while (fleet->members_len) {
		struct member *m = &fleet->members[--fleet->members_len];

		member_release(m, &letters);
		discard_all(&m->outgoing);
	}
	if (wakeup_is_open(&fleet->mailbox.wake))
		mailbox_take(&fleet->mailbox, &letters);
	discard_all(&letters);
}

/* This machine has no room for as many threads as were wanted: fewer fetch as
 * well, and one that would be alone does so as the run's own. */
static void
make_do(struct fleet *fleet, int os_errno)
{
	if (fleet->members_len < 2)
		close_members(fleet);
	log_note("--threads %u: using %u: %s", fleet->setup.threads,
	    fleet->members_len ? fleet->members_len : 1, strerror(os_errno));
}

struct fleet *
fleet_new(const struct fleet_setup *setup, char **cause)
{
	struct fleet *fleet = xcalloc(1, sizeof(*fleet));

	fleet->setup = *setup;
	list_init(&fleet->flying);
	list_init(&fleet->leaving);
	list_init(&fleet->landed);
	fleet->mailbox.wake = WAKEUP_CLOSED;
	event_assign(&fleet->letters, setup->base, -1, 0, on_letters, fleet);
	event_assign(&fleet->outgoing, setup->base, -1, 0, on_outgoing, fleet);
	fleet->common =
	    engine_common_new(setup->options, setup->threads, cause);
	if (!fleet->common) {
		fleet_free(fleet);
		return NULL;
	}
	if (engine_common_engines(fleet->common) > 1 && open_members(fleet))
		make_do(fleet, errno);
	if (!fleet->members_len)
		fleet->engine = engine_new(
		    fleet->common, setup->base, &setup->hooks.engine);
	return fleet;
}

/* Free transfers that no thread has any more. */
static void
free_transfers(struct fleet *fleet, struct list *transfers)
{
	while (!list_empty(transfers)) {
		struct transfer *t =
		    container_of(transfers->next, struct transfer, link);

		if (!list_empty(&t->landed))
			result_release(&t->result);
		transfer_free(fleet, t);
	}
}

void
fleet_free(struct fleet *fleet)
{
	if (!fleet)
		return;
	event_del(&fleet->letters);
	event_del(&fleet->outgoing);
	engine_free(fleet->engine);
	close_members(fleet);
	free_transfers(fleet, &fleet->flying);
	free_transfers(fleet, &fleet->leaving);
	mailbox_close(&fleet->mailbox);
	engine_common_free(fleet->common);
	free(fleet->members);
	free(fleet);
}

bool
fleet_examines(const struct fleet *fleet)
{
	return fleet->members_len > 0;
}

void
fleet_resume(struct fleet *fleet)
{
	if (fleet->engine)
		engine_resume(fleet->engine);
	atomic_store(&fleet->full, false);
	for (unsigned i = 0; i < fleet->members_len; i++)
		resume_if_held_up(&fleet->members[i]);
}

void
fleet_drop_idle(struct fleet *fleet)
{
	if (fleet->engine)
		engine_drop_idle(fleet->engine);
	wish_of_all(fleet, WISH_DROP_IDLE);
}

void
fleet_close_surplus(struct fleet *fleet)
{
	if (fleet->engine)
		engine_drop_idle(fleet->engine);
}

void
fleet_save_connections(struct fleet *fleet)
{
	if (!fleet->members_len)
		return;
	fleet->is_scarce = true;
	fleet_drop_idle(fleet);
}

static void
add_counts(struct engine_counts *sum, const struct engine_counts *c)
{
	sum->connections_opened += c->connections_opened;
	sum->connections_reused += c->connections_reused;
	sum->wire_requests += c->wire_requests;
	sum->bytes_received += c->bytes_received;
	sum->flying += c->flying;
}

struct engine_counts
fleet_counts(struct fleet *fleet)
{
	struct engine_counts sum = {0};

	if (fleet->engine)
		return engine_counts(fleet->engine);
	for (unsigned i = 0; i < fleet->members_len; i++) {
		struct member *m = &fleet->members[i];

		pthread_mutex_lock(&m->lock);
		add_counts(&sum, &m->counts);
		pthread_mutex_unlock(&m->lock);
	}
	return sum;
}

static void
add_view(struct engine_view *sum, const struct engine_view *v)
{
	sum->share += v->share;
	sum->left = sum->left < 0 || v->left < 0 ? -1 : sum->left + v->left;
}

/* Who has been in flight for longest is known here. */
struct engine_view
fleet_look(struct fleet *fleet)
{
	struct engine_view sum = {0};
	struct list *oldest = fleet->flying.next;

	if (fleet->engine)
		return engine_look(fleet->engine);
	for (unsigned i = 0; i < fleet->members_len; i++) {
		struct member *m = &fleet->members[i];

		pthread_mutex_lock(&m->lock);
		add_view(&sum, &m->view);
		pthread_mutex_unlock(&m->lock);
	}
	wish_of_all(fleet, WISH_LOOK);
	if (oldest != &fleet->flying)
		sum.oldest = container_of(oldest, struct transfer, link)->owner;
	return sum;
}
