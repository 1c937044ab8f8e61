#include "config.h"

#include "queue/marks.h"

#include <stdlib.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/list.h"
#include "base/xalloc.h"
#include "request/request.h"

struct marks {
	struct queue_worker *worker;
	struct marks_hooks hooks;
	struct list all;    /* struct marking */
	struct event again; /* those without a call are made again */
};

/* A request that waits until the queue knows that it is sent. */
struct marking {
	struct list link;
	struct marks *marks;
	struct queue_call *call; /* under way; NULL: to be made again */
	uint64_t n;
	bool alone;        /* it is marked as fetched alone, first */
	bool sent;         /* it is marked as sent */
	struct list waits; /* of the one send_wait */
};

static const struct timeval one_second = {1, 0};

static void
free_marking(struct marking *m)
{
	list_remove(&m->waits);
	list_remove(&m->link);
	free(m);
}

static void
cancel(struct marking *m)
{
	if (m->call)
		queue_client_cancel(m->marks->worker->setup.client, m->call);
	free_marking(m);
}

static void
end_marking(struct marking *m, bool is_marked)
{
	struct list *link = list_pop_front(&m->waits);
	struct send_wait *wait;

	free_marking(m);
	if (!link)
		return;
	wait = container_of(link, struct send_wait, link);
	if (is_marked)
		wait->go(wait);
	else
		wait->give_up(wait);
}

/* NULL: it is not this worker's any more. */
static struct held_input *
input_of(const struct marking *m)
{
	return m->marks->hooks.find(m->marks->hooks.arg, m->n);
}

static void make(struct marking *m, const struct held_input *input);

/* `state` is 0 if the input is not this worker's any more. */
static void
on_marked(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	struct marking *m = arg;
	struct held_input *input = input_of(m);
	int64_t state = 0;

	m->call = NULL;
	if (!worker_answered(m->marks->worker, end, reply)) {
		if (end == QUEUE_OOM)
			evtimer_add(&m->marks->again, &one_second);
		return;
	}
	if (input)
		queue_reply_number(queue_reply_item(reply, 1), &state);
	if (!state) {
		end_marking(m, false);
		return;
	}
	input->state = state;
	if (m->alone && m->sent) {
		m->alone = false;
		make(m, input);
		return;
	}
	end_marking(m, true);
}

static void
make(struct marking *m, const struct held_input *input)
{
	const struct worker_call call = {
	    .script = &queue_script_mark,
	    .keys = 5,
	    .lease_ms = WORKER_LEASE_MS,
	    .done = on_marked,
	    .arg = m,
	};
	struct queue_args args;

	worker_begin_args(m->marks->worker, &call, &args);
	queue_args_add_number(&args, (int64_t)input->n);
	queue_args_add_number(&args, input->state);
	queue_args_add(&args, m->alone ? "alone" : "sent");
	m->call = worker_call(m->marks->worker, &call, &args);
}

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	struct marks *marks = arg;

	(void)fd;
	(void)what;
	LIST_FOREACH_SAFE (at, behind, &marks->all) {
		struct marking *m = container_of(at, struct marking, link);
		struct held_input *input = input_of(m);

		if (m->call)
			continue;
		if (list_empty(&m->waits) || !input)
			end_marking(m, false);
		else
			make(m, input);
	}
}

struct marks *
marks_new(struct event_base *base, struct queue_worker *worker,
    const struct marks_hooks *hooks)
{
	struct marks *marks = xcalloc(1, sizeof(*marks));

	marks->worker = worker;
	marks->hooks = *hooks;
	list_init(&marks->all);
	evtimer_assign(&marks->again, base, on_again, marks);
	return marks;
}

void
marks_free(struct marks *marks)
{
	if (!marks)
		return;
	LIST_FOREACH_SAFE (at, behind, &marks->all) {
		cancel(container_of(at, struct marking, link));
	}
	evtimer_del(&marks->again);
	free(marks);
}

void
marks_begin(
    struct marks *marks, const struct request *request, struct send_wait *wait)
{
	struct marking *m = xcalloc(1, sizeof(*m));

	list_init(&m->link);
	list_push_back(&marks->all, &m->link);
	m->marks = marks;
	m->n = request->n;
	m->alone = request->is_suspect;
	m->sent = request_is_sent_once(request);
	list_init(&m->waits);
	list_push_back(&m->waits, &wait->link);
	make(m, input_of(m));
}
