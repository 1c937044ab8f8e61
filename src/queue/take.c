/*
 * From the top: the inputs that this worker holds; asking for more; the feed;
 * suspects; the ledger; the end.
 */
#include "config.h"

#include "queue/take.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/list.h"
#include "base/wakeup.h"
#include "base/xalloc.h"
#include "process/exit.h"
#include "process/log.h"
#include "queue/finish.h"
#include "queue/marks.h"
#include "schedule/prefetch.h"

enum {
	TAKE_MAX = 256,        /* inputs of one call */
	TAKE_BYTES = 16 << 20, /* of these, about */
	SUSPECTS_MAX = 16,
	UNSENT_MAX =
	    64 << 20,     /* bytes of records that may wait for the queue */
	IDLE_MIN_MS = 20, /* from a call that got nothing to the next */
	IDLE_MAX_MS = 500,
	SUSPECTS_WAIT_S = 10,      /* until they are passed on */
	SUSPECTS_REST_S = 20,      /* from then until some are taken again */
	SUSPECTS_REST_MAX_S = 640, /* where that happens again and again */
};

enum input_kind_given {
	GIVEN_NORMAL,
	GIVEN_SUSPECT,
	GIVEN_POISON,
	GIVEN_SENT,
	GIVEN_LOST
};

/* An input that this worker holds. */
struct input {
	struct held_input held;
	enum input_kind_given kind;
	bool out; /* handed out, and not ended */
	size_t fields_len;
	struct queued_field fields[]; /* what they point at is behind them */
};

struct place {
	uint64_t hash; /* of the input's n */
	struct input *input;
};

struct take {
	struct take_setup setup;
	struct queue_worker *worker;
	struct finisher *finisher;
	struct alive *alive;
	struct feed_ledger ledger;
	struct hash_table inputs; /* struct place: all that are held */
	struct list ready;        /* to be handed out */
	struct list suspects;     /* likewise, one at a time */
	struct input *alone;      /* the one that is under way; NULL: none */
	bool alone_is_out;        /* it was handed out */
	size_t open;              /* handed out, and not ended */
	struct wakeup wakeup;     /* the feed's descriptor */
	void (*wake)(void *run);
	void *run;

	struct queue_call *asking; /* a take under way; NULL: none */
	struct marks *marks;
	bool stopped;   /* nothing more is taken */
	bool leaving;   /* and the worker ends when all is told */
	bool left_late; /* that took too long */
	bool said_foreign;
	int64_t sequence; /* of the last take */
	struct prefetch prefetch;
	int idle_ms;
	int64_t suspects_us; /* when the suspects came, or may come again */
	int suspects_rest_s;
	struct event ask_later;
	struct event leave_by;
};

/* --- what is held ----------------------------------------------------- */

static struct input *
input_of(struct list *link)
{
	return container_of(link, struct input, held.link);
}

static struct input *
find_input(const struct take *t, uint64_t n)
{
	struct place *p = hash_table_find(&t->inputs, hash_number(n), NULL);

	return p ? p->input : NULL;
}

static void
free_input(struct input *input)
{
	buf_release(&input->held.records);
	free(input);
}

/* The queue takes the input from this worker, or has it back. */
static void
forget(struct take *t, struct input *input)
{
	struct place *p =
	    hash_table_find(&t->inputs, hash_number(input->held.n), NULL);

	if (p)
		hash_table_remove(&t->inputs, p);
	list_remove(&input->held.link);
	if (input == t->alone) {
		t->alone = NULL;
		t->alone_is_out = false;
	}
	free_input(input);
}

/* Have the run look whether there is something for it. */
static void
wake_run(struct take *t)
{
	wakeup_send(&t->wakeup);
	if (t->wake)
		t->wake(t->run);
}

/* --- given back unstarted ----------------------------------------------- */

static void
return_list(struct take *t, struct list *list)
{
	struct list *link;

	while ((link = list_pop_front(list))) {
		struct input *input = input_of(link);

		t->open++;
		finisher_give_back(t->finisher, &input->held);
	}
}

/* The worker ends: what it has taken and not begun is for others. */
static void
return_unstarted(struct take *t)
{
	if (t->alone && !t->alone_is_out) {
		list_remove(&t->alone->held.link);
		list_push_back(&t->suspects, &t->alone->held.link);
		t->alone = NULL;
	}
	return_list(t, &t->ready);
	return_list(t, &t->suspects);
	if (t->leaving && !t->asking)
		finisher_leave(t->finisher);
}

/* --- asking ------------------------------------------------------------- */

static const char *const kinds[] = {
    [GIVEN_NORMAL] = QUEUE_KIND_FRESH,
    [GIVEN_SUSPECT] = QUEUE_KIND_SUSPECT,
    [GIVEN_POISON] = QUEUE_KIND_POISON,
    [GIVEN_SENT] = QUEUE_KIND_SENT,
    [GIVEN_LOST] = QUEUE_KIND_LOST,
};

static enum input_kind_given
kind_in(const struct queue_reply *reply)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (queue_reply_is(reply, kinds[i]))
			return (enum input_kind_given)i;
	return GIVEN_SUSPECT;
}

/* How many fields of an entry are kept, and the bytes that they take. */
static size_t
measure_fields(const struct queue_reply *reply, size_t *bytes)
{
	size_t len = reply->count / 2;

	if (len > QUEUED_FIELDS_MAX)
		len = QUEUED_FIELDS_MAX;
	*bytes = 0;
	for (size_t i = 0; i < 2 * len; i++)
		*bytes += queue_reply_item(reply, i)->len + 1;
	return len;
}

/* Append a text with its NUL at *at. Returns where it is. */
static const char *
put_text(char **at, const struct queue_reply *text)
{
	char *to = *at;

	memcpy(to, text->text, text->len);
	to[text->len] = '\0';
	*at += text->len + 1;
	return to;
}

/* An input with a copy of its fields, all in one piece of memory. */
static struct input *
new_input(const struct queue_reply *reply)
{
	size_t bytes, len = measure_fields(reply, &bytes);
	struct input *input =
	    xcalloc(1, sizeof(*input) + len * sizeof(*input->fields) + bytes);
	char *at = (char *)&input->fields[len];

	list_init(&input->held.link);
	input->fields_len = len;
	for (size_t i = 0; i < len; i++) {
		const struct queue_reply *value =
		    queue_reply_item(reply, 2 * i + 1);

		input->fields[i].name =
		    put_text(&at, queue_reply_item(reply, 2 * i));
		input->fields[i].value = put_text(&at, value);
		input->fields[i].len = value->len;
	}
	return input;
}

/* Is it to be fetched alone? What may have been sent is a suspect, too, where
 * it is sent again. */
static bool
is_suspect(const struct take *t, const struct input *input)
{
	return input->kind == GIVEN_SUSPECT ||
	       (input->kind == GIVEN_SENT && t->setup.redo_unsafe);
}

/* Somebody has added an entry to the stream by hand. Said of the first. */
static void
note_foreign(struct take *t, const char *id)
{
	if (!t->said_foreign)
		log_note(
		    "the queue \"%s\" holds what no --feed has put in; it is "
		    "removed, and not fetched: entry %s of gather:{%s}:q",
		    t->setup.address->name, id, t->setup.address->name);
	t->said_foreign = true;
}

/* Keep the input that begins at item `at` of a reply, unless it is known. */
static bool
keep_input(struct take *t, const struct queue_reply *reply, size_t at)
{
	int64_t n, state;
	struct input *input;
	struct place *p;

	if (queue_reply_is(
	        queue_reply_item(reply, at + 2), QUEUE_KIND_FOREIGN)) {
		note_foreign(t, queue_reply_item(reply, at)->text);
		return false;
	}
	if (!queue_reply_number(queue_reply_item(reply, at), &n) || n < 1 ||
	    !queue_reply_number(queue_reply_item(reply, at + 1), &state) ||
	    find_input(t, (uint64_t)n))
		return false;
	input = new_input(queue_reply_item(reply, at + 3));
	input->held.n = (uint64_t)n;
	input->held.given = input->held.state = state;
	input->kind = kind_in(queue_reply_item(reply, at + 2));
	p = hash_table_add(&t->inputs, hash_number(input->held.n), NULL);
	p->input = input;
	list_push_back(
	    is_suspect(t, input) ? &t->suspects : &t->ready, &input->held.link);
	return true;
}

static void
ask_in(struct take *t, int ms)
{
	const struct timeval tv = clock_timeval(ms * CLOCK_MS);

	evtimer_add(&t->ask_later, &tv);
}

static void
on_taken(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	struct take *t = arg;
	size_t taken = 0;
	bool none;

	t->asking = NULL;
	if (!worker_answered(t->worker, end, reply)) {
		if (end == QUEUE_OOM && t->stopped)
			return_unstarted(t);
		else if (end == QUEUE_OOM)
			ask_in(t, IDLE_MAX_MS);
		return;
	}
	worker_take_counts(t->worker, reply, 2);
	none = list_empty(&t->suspects);
	for (size_t i = 6; i + 3 < reply->count; i += 4)
		taken += keep_input(t, reply, i);
	prefetch_filled(&t->prefetch, taken, t->open, clock_now_us());
	if (none && !list_empty(&t->suspects))
		t->suspects_us = clock_now_us();
	if (t->stopped) {
		return_unstarted(t);
		return;
	}
	if (taken) {
		t->idle_ms = IDLE_MIN_MS;
	} else {
		ask_in(t, t->idle_ms);
		t->idle_ms =
		    t->idle_ms * 2 < IDLE_MAX_MS ? t->idle_ms * 2 : IDLE_MAX_MS;
	}
	wake_run(t);
}

static int64_t
batch(struct take *t)
{
	size_t n = prefetch_ask(&t->prefetch, t->open, clock_now_us());

	return (int64_t)(n < TAKE_MAX ? n : TAKE_MAX);
}

static bool
holds_nothing(const struct take *t)
{
	return !t->open && list_empty(&t->ready) && list_empty(&t->suspects) &&
	       finisher_is_idle(t->finisher);
}

/* Ask the queue for more, unless that is under way. While there are suspects
 * nothing else is taken: they wait until the worker has nothing else. */
static void
ask(struct take *t)
{
	const struct worker_call call = {
	    .script = &queue_script_take,
	    .keys = 5,
	    .lease_ms = WORKER_LEASE_MS,
	    .done = on_taken,
	    .arg = t,
	};
	bool suspects = t->alone || !list_empty(&t->suspects);
	struct queue_args args;

	if (t->asking || t->stopped || !alive_has_joined(t->alive) ||
	    suspects || t->worker->has_failed ||
	    evtimer_pending(&t->ask_later, NULL))
		return;
	worker_begin_args(t->worker, &call, &args);
	queue_args_add_number(&args, ++t->sequence);
	queue_args_add_number(&args, batch(t));
	queue_args_add_number(
	    &args, clock_now_us() < t->suspects_us ? 0 : SUSPECTS_MAX);
	queue_args_add_number(&args, WORKER_UNREAD_MAX);
	queue_args_add_number(&args, TAKE_BYTES);
	queue_args_add(&args, holds_nothing(t) ? "1" : "0");
	t->asking = worker_call(t->worker, &call, &args);
}

static void
on_ask(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	wake_run(arg);
}

/* --- suspects --------------------------------------------------------- */

/* The worker has something else under way for long, as an input waits that its
 * server has asked to hold. Others may be free for the suspects, so it takes
 * none for a while, twice as long each time. */
static void
pass_suspects_on(struct take *t)
{
	int64_t now = clock_now_us();

	if (list_empty(&t->suspects) || t->alone || !t->open ||
	    now - t->suspects_us < SUSPECTS_WAIT_S * CLOCK_SECOND)
		return;
	return_list(t, &t->suspects);
	t->suspects_us = now + t->suspects_rest_s * CLOCK_SECOND;
	if (t->suspects_rest_s < SUSPECTS_REST_MAX_S)
		t->suspects_rest_s *= 2;
}

/* Where nothing else is under way, the next suspect is fetched. It is marked
 * when it is sent (begin): whoever dies while it waits, for a token of a rate
 * or for its server, was not killed by it. */
static void
begin_suspect(struct take *t)
{
	if (t->alone || t->open || list_empty(&t->suspects))
		return;
	t->suspects_rest_s = SUSPECTS_REST_S;
	t->alone = input_of(t->suspects.next);
	list_remove(&t->alone->held.link);
	list_push_back(&t->ready, &t->alone->held.link);
}

/* --- the feed --------------------------------------------------------- */

/* Why an input fails without being fetched; NULL: it is fetched. */
static const char *
refusal_of(const struct take *t, const struct input *input)
{
	switch (input->kind) {
	case GIVEN_POISON:
		return "not fetched: three workers died while they fetched it, "
		       "two of them nothing else";
	case GIVEN_SENT:
		return t->setup.redo_unsafe
		           ? NULL
		           : "its worker died, and it may have been processed; "
		             "--redo-unsafe repeats it";
	case GIVEN_LOST: return "it was removed from the queue by others";
	case GIVEN_NORMAL:
	case GIVEN_SUSPECT: break;
	}
	return NULL;
}

/* How often it was handed out, as far as its state tells. */
static uint64_t
delivery_of(const struct input *input)
{
	int64_t n = input->held.given % 1000;
	int64_t least = input->kind == GIVEN_SENT ? 2 : 1;

	return (uint64_t)(n > least ? n : least);
}

static struct request *
request_of(struct take *t, struct input *input)
{
	struct request *r = queued_read(
	    t->setup.queued, input->held.n, input->fields, input->fields_len);

	r->delivery = delivery_of(input);
	r->refused = refusal_of(t, input);
	r->is_suspect = input == t->alone;
	if (input->kind == GIVEN_SENT)
		r->was = WIRE_UNKNOWN;
	return r;
}

static enum source_status
hand_out(struct take *t, struct request **out)
{
	struct input *input = input_of(t->ready.next);

	list_remove(&input->held.link);
	input->out = true;
	t->open++;
	if (prefetch_hand_out(&t->prefetch))
		ask(t);
	t->alone_is_out |= input == t->alone;
	*out = request_of(t, input);
	return SOURCE_REQUEST;
}

static bool
is_complete(const struct take *t)
{
	return alive_has_joined(t->alive) && worker_is_done(t->worker) &&
	       !t->open && !t->asking && list_empty(&t->ready) &&
	       list_empty(&t->suspects) && finisher_is_idle(t->finisher);
}

static enum source_status
next_input(void *arg, struct request **out)
{
	struct take *t = arg;

	if (list_empty(&t->ready))
		begin_suspect(t);
	if (!list_empty(&t->ready))
		return hand_out(t, out);
	if (is_complete(t))
		return SOURCE_END;
	ask(t);
	return SOURCE_WAIT;
}

static void
give_back_request(void *arg, struct request *request)
{
	(void)arg;
	request_free(request);
}

static int
fd_of_take(void *arg)
{
	const struct take *t = arg;

	return wakeup_fd(&t->wakeup);
}

static void
fill_take(void *arg)
{
	struct take *t = arg;

	wakeup_drain(&t->wakeup);
}

static char *
position_of_take(void *arg)
{
	(void)arg;
	return NULL;
}

static char *
why_take_is_empty(void *arg)
{
	const struct take *t = arg;

	return xstrdup(t->worker->counts.total
	                   ? "all of the queue was done before"
	                   : "the queue has no inputs");
}

struct feed
take_feed(struct take *t)
{
	return (struct feed){
	    .next = next_input,
	    .give_back = give_back_request,
	    .fd = fd_of_take,
	    .fill = fill_take,
	    .position = position_of_take,
	    .why_empty = why_take_is_empty,
	    .total = -1,
	    .names = queued_names(t->setup.queued),
	    .ledger = &t->ledger,
	    .arg = t,
	};
}

/* --- the ledger ------------------------------------------------------- */

static void
attach(void *arg, void (*wake)(void *run), void *run)
{
	struct take *t = arg;

	t->wake = wake;
	t->run = run;
}

static void
begin(void *arg, const struct request *request, struct send_wait *wait)
{
	struct take *t = arg;

	marks_begin(t->marks, request, wait);
}

static void
end_input(void *arg, struct input_end *end)
{
	struct take *t = arg;
	struct input *input = find_input(t, end->n);

	if (!input)
		return;
	input->out = false;
	input->held.failed = end->failed;
	input->held.records = end->records;
	end->records = (struct buf){0};
	switch (end->fate) {
	case INPUT_DONE: finisher_finish(t->finisher, &input->held); break;
	case INPUT_GIVEN_BACK:
		finisher_give_back(t->finisher, &input->held);
		break;
	case INPUT_LEFT:
		t->open--;
		forget(t, input);
		break;
	}
}

static bool
has_room(void *arg)
{
	const struct take *t = arg;

	return finisher_pending(t->finisher) <= UNSENT_MAX;
}

void
take_add_state(const struct take *t, struct buf *out)
{
	const struct worker_counts *c = &t->worker->counts;
	int64_t waiting = c->left - c->held;
	int64_t mine = (int64_t)take_finished(t);

	if (c->fed < 0)
		return;
	buf_addf(out,
	    "queue: %" PRId64 " waiting, %" PRId64 " in work, %" PRId64
	    " done, %" PRId64 " worker%s",
	    waiting < 0 ? 0 : waiting, c->held, worker_done(t->worker, mine),
	    c->workers, c->workers == 1 ? "" : "s");
}

static void
add_state(void *arg, struct buf *out)
{
	take_add_state(arg, out);
}

static void
on_ended(void *arg, struct held_input *held)
{
	struct take *t = arg;
	struct input *input = container_of(held, struct input, held);

	t->open--;
	forget(t, input);
}

static struct held_input *
find_held(void *arg, uint64_t n)
{
	struct input *input = find_input(arg, n);

	return input ? &input->held : NULL;
}

static void
on_news(void *arg)
{
	wake_run(arg);
}

/* --- begin and end ---------------------------------------------------- */

static void
failed(void *arg, int status, const char *why)
{
	struct take *t = arg;

	t->stopped = true;
	t->setup.failed(t->setup.arg, status, why);
}

/* The queue has told how far it is, after a sign of life. */
static void
on_signed(void *arg)
{
	struct take *t = arg;
	int64_t workers = t->worker->counts.workers;

	if (workers > 0)
		t->setup.workers(t->setup.arg, (uint64_t)workers);
	if (t->stopped)
		return;
	pass_suspects_on(t);
	wake_run(t);
}

static void
on_leave_by(evutil_socket_t fd, short what, void *arg)
{
	struct take *t = arg;

	(void)fd;
	(void)what;
	t->left_late = true;
}

static void
open_parts(struct take *t)
{
	const struct worker_setup who = {
	    .client = t->setup.client,
	    .address = t->setup.address,
	    .failed = failed,
	    .arg = t,
	};
	struct alive_setup life = {
	    .base = t->setup.base,
	    .parallel = t->setup.parallel,
	    .rules = t->setup.rules,
	    .timeout_us = t->setup.timeout_us,
	    .signed_in = on_signed,
	    .arg = t,
	};
	const struct finisher_hooks hooks = {
	    .ended = on_ended, .news = on_news, .arg = t};
	const struct marks_hooks marked = {.find = find_held, .arg = t};

	t->worker = worker_new(&who);
	life.worker = t->worker;
	t->alive = alive_new(&life);
	t->finisher = finisher_new(t->setup.base, t->worker, &hooks);
	t->marks = marks_new(t->setup.base, t->worker, &marked);
	t->ledger = (struct feed_ledger){
	    .attach = attach,
	    .begin = begin,
	    .end = end_input,
	    .has_room = has_room,
	    .add_state = add_state,
	    .keeps_records = t->setup.keeps_records,
	    .arg = t,
	};
}

void
take_wake(struct take *t)
{
	wake_run(t);
}

const char *
take_worker(const struct take *t)
{
	return t->worker->shown;
}

const struct queue_worker *
take_knows(const struct take *t)
{
	return t->worker;
}

uint64_t
take_finished(const struct take *t)
{
	return finisher_finished(t->finisher);
}

uint64_t
take_twice(const struct take *t)
{
	return finisher_twice(t->finisher);
}

uint64_t
take_returned(const struct take *t)
{
	return finisher_returned(t->finisher);
}

bool
take_left_late(const struct take *t)
{
	return t->left_late;
}

/* The run was left before it told the end of these, as its output is stuck: who
 * fetches them next is not to suspect them. What must not be sent twice stays
 * marked as sent. */
static void
return_cut_off(struct take *t)
{
	struct place *p;

	for (size_t at = 0; (p = hash_table_next(&t->inputs, &at));) {
		struct held_input *held = &p->input->held;

		if (p->input->out && held->state < QUEUE_STATE_SENT)
			finisher_give_back(t->finisher, held);
	}
}

void
take_leave(struct take *t, int64_t most_us)
{
	struct timeval tv = clock_timeval(most_us);

	t->wake = NULL;
	t->stopped = t->leaving = true;
	alive_stop(t->alive);
	evtimer_del(&t->ask_later);
	if (!alive_has_joined(t->alive) || t->worker->has_failed)
		return;
	return_cut_off(t);
	return_unstarted(t);
	evtimer_add(&t->leave_by, &tv);
	while (!finisher_has_left(t->finisher) && !t->left_late &&
	       !t->worker->has_failed)
		event_base_loop(t->setup.base, EVLOOP_ONCE);
}

struct take *
take_new(const struct take_setup *setup, char **cause)
{
	struct take *t = xcalloc(1, sizeof(*t));

	t->setup = *setup;
	prefetch_init(&t->prefetch, setup->parallel);
	t->suspects_rest_s = SUSPECTS_REST_S;
	t->idle_ms = IDLE_MIN_MS;
	list_init(&t->ready);
	list_init(&t->suspects);
	hash_table_init(&t->inputs, sizeof(struct place), NULL);
	t->wakeup = WAKEUP_CLOSED;
	if (wakeup_open(&t->wakeup)) {
		*cause = xasprintf("cannot make a pipe: %s", strerror(errno));
		free(t);
		return NULL;
	}
	open_parts(t);
	evtimer_assign(&t->ask_later, setup->base, on_ask, t);
	evtimer_assign(&t->leave_by, setup->base, on_leave_by, t);
	return t;
}

void
take_free(struct take *t)
{
	struct place *p;

	if (!t)
		return;
	event_del(&t->ask_later);
	if (t->asking)
		queue_client_cancel(t->setup.client, t->asking);
	marks_free(t->marks);
	alive_free(t->alive);
	event_del(&t->leave_by);
	finisher_free(t->finisher);
	worker_free(t->worker);
	for (size_t at = 0; (p = hash_table_next(&t->inputs, &at));)
		free_input(p->input);
	hash_table_release(&t->inputs);
	wakeup_close(&t->wakeup);
	free(t);
}
