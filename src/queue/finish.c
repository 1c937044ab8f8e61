#include "config.h"

#include "queue/finish.h"

#include <stdlib.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/xalloc.h"

enum {
	BATCH_MAX = 256,      /* inputs of a call */
	BATCH_BYTES = 8 << 20 /* of records, but for the last input */
};

/* Until a call is made again that the server had no memory for. */
static const struct timeval one_second = {1, 0};

struct finisher {
	struct queue_worker *worker;
	struct finisher_hooks hooks;
	struct list done;      /* to be finished */
	struct list back;      /* to be given back */
	struct list finishing; /* with the call under way */
	struct list returning;
	struct queue_call *call; /* under way; NULL: none */
	int64_t sequence;        /* of the last finish */
	size_t pending;
	uint64_t finished; /* by this worker first */
	uint64_t twice;    /* by others before */
	uint64_t returned; /* given back */
	bool leaving;
	bool has_left;
	struct event again;
};

static void send_next(struct finisher *);

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	send_next(arg);
}

struct finisher *
finisher_new(struct event_base *base, struct queue_worker *worker,
    const struct finisher_hooks *hooks)
{
	struct finisher *f = xcalloc(1, sizeof(*f));

	f->worker = worker;
	f->hooks = *hooks;
	list_init(&f->done);
	list_init(&f->back);
	list_init(&f->finishing);
	list_init(&f->returning);
	evtimer_assign(&f->again, base, on_again, f);
	return f;
}

void
finisher_free(struct finisher *f)
{
	if (!f)
		return;
	if (f->call)
		queue_client_cancel(f->worker->setup.client, f->call);
	evtimer_del(&f->again);
	free(f);
}

static struct held_input *
input_of(struct list *link)
{
	return container_of(link, struct held_input, link);
}

static void
end_all(struct finisher *f, struct list *list)
{
	struct list *link;

	while ((link = list_pop_front(list))) {
		struct held_input *input = input_of(link);

		f->pending -= input->records.len;
		buf_release(&input->records);
		f->hooks.ended(f->hooks.arg, input);
	}
}

/* The call is over. If it has no answer, where the server had no memory it is
 * made again; else the worker ends. */
static bool
was_answered(
    struct finisher *f, enum queue_end end, const struct queue_reply *reply)
{
	f->call = NULL;
	if (worker_answered(f->worker, end, reply))
		return true;
	list_splice_back(&f->finishing, &f->done);
	list_splice_back(&f->done, &f->finishing);
	list_splice_back(&f->back, &f->returning);
	if (end == QUEUE_OOM)
		evtimer_add(&f->again, &one_second);
	return false;
}

/* The queue knows of all in `list`, those of the last call. */
static void
go_on_after(struct finisher *f, struct list *list)
{
	end_all(f, list);
	send_next(f);
	f->hooks.news(f->hooks.arg);
}

/* --- finish -------------------------------------------------------------- */

/* Count who was the first to finish those of a reply. Of a call that the server
 * has twice it is not known; most likely it was this worker. */
static void
count_first(struct finisher *f, const struct queue_reply *reply)
{
	for (size_t i = 5; i < reply->count; i++) {
		int64_t first;

		if (!queue_reply_number(queue_reply_item(reply, i), &first))
			continue;
		f->twice += first == 0;
		f->finished += first != 0;
	}
}

static void
on_finished(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	struct finisher *f = arg;

	if (!was_answered(f, end, reply))
		return;
	worker_take_counts(f->worker, reply, 1);
	count_first(f, reply);
	go_on_after(f, &f->finishing);
}

static void
send_finish(struct finisher *f)
{
	const struct worker_call call = {
	    .script = &queue_script_finish,
	    .keys = 6,
	    .lease_ms = WORKER_LEASE_MS,
	    .done = on_finished,
	    .arg = f,
	};
	struct queue_args args;
	size_t bytes = 0;

	worker_begin_args(f->worker, &call, &args);
	queue_args_add_number(&args, ++f->sequence);
	for (int i = 0;
	     i < BATCH_MAX && bytes < BATCH_BYTES && !list_empty(&f->done);
	     i++) {
		struct held_input *input = input_of(f->done.next);

		list_remove(&input->link);
		list_push_back(&f->finishing, &input->link);
		queue_args_add_number(&args, (int64_t)input->n);
		queue_args_add(&args, input->failed ? "0" : "1");
		queue_args_add_bytes(
		    &args, input->records.data, input->records.len);
		bytes += input->records.len;
	}
	f->call = worker_call(f->worker, &call, &args);
}

/* --- give back ----------------------------------------------------------- */

static void
on_back(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	struct finisher *f = arg;

	if (!was_answered(f, end, reply))
		return;
	f->returned += list_len(&f->returning);
	go_on_after(f, &f->returning);
}

/* Give back what is to be. The lease is 0 where the worker leaves. */
static void
send_back(struct finisher *f, int64_t lease_ms)
{
	const struct worker_call call = {
	    .script = &queue_script_back,
	    .keys = 5,
	    .lease_ms = lease_ms,
	    .done = on_back,
	    .arg = f,
	};
	struct queue_args args;

	worker_begin_args(f->worker, &call, &args);
	for (int i = 0; i < BATCH_MAX && !list_empty(&f->back); i++) {
		struct held_input *input = input_of(f->back.next);

		list_remove(&input->link);
		list_push_back(&f->returning, &input->link);
		queue_args_add_number(&args, (int64_t)input->n);
		queue_args_add_number(&args, input->given);
	}
	f->call = worker_call(f->worker, &call, &args);
}

/* --- what comes next ----------------------------------------------------- */

static void
send_next(struct finisher *f)
{
	if (f->call || f->worker->has_failed)
		return;
	if (!list_empty(&f->done)) {
		send_finish(f);
	} else if (!list_empty(&f->back)) {
		send_back(f, WORKER_LEASE_MS);
	} else if (f->leaving && !f->has_left) {
		f->has_left = true;
		send_back(f, 0);
	}
}

void
finisher_finish(struct finisher *f, struct held_input *input)
{
	f->pending += input->records.len;
	list_push_back(&f->done, &input->link);
	send_next(f);
}

void
finisher_give_back(struct finisher *f, struct held_input *input)
{
	list_push_back(&f->back, &input->link);
	send_next(f);
}

void
finisher_leave(struct finisher *f)
{
	f->leaving = true;
	send_next(f);
}

bool
finisher_has_left(const struct finisher *f)
{
	return f->has_left && !f->call;
}

bool
finisher_is_idle(const struct finisher *f)
{
	return !f->call && list_empty(&f->done) && list_empty(&f->back);
}

size_t
finisher_pending(const struct finisher *f)
{
	return f->pending;
}

uint64_t
finisher_finished(const struct finisher *f)
{
	return f->finished;
}

uint64_t
finisher_returned(const struct finisher *f)
{
	return f->returned;
}

uint64_t
finisher_twice(const struct finisher *f)
{
	return f->twice;
}
