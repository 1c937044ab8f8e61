/*
 * Threads that take works from one queue. First what runs on a thread, then
 * what runs on the loop: threads are made, checked against their budget, left
 * behind.
 *
 * One lock guards all but `pending`, which is the loop's. Whoever holds the
 * workers last frees them: the loop, or a thread that it has left behind.
 */
#include "config.h"

#include "run/workers.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/thread.h"
#include "base/wakeup.h"
#include "base/xalloc.h"

enum {
	THREADS_MAX = 3,     /* threads that are not stuck */
	STUCK_MAX = 8,       /* stuck threads, after which no more are made */
	HEAVY = 1 << 20,     /* bytes of a work; above, one at a time */
	STACK_SIZE = 8 << 20 /* as a main thread has: libxml2 recurses */
};

/* How often the budgets are checked while something is performed. */
static const struct timeval check_interval = {0, 100000};

struct worker {
	struct list link; /* among all, also those that are stuck */
	struct workers *workers;
	pthread_t thread;
	void *tools;
	struct work *work; /* NULL: it waits for some */
	int64_t begun_us;  /* its work, on the clock of its CPU time */
	bool stuck;        /* its work was left to it */
	bool detached;     /* nobody joins it: it frees itself */
};

struct workers {
	struct workers_setup setup;
	struct event answers; /* `wake` is readable */
	struct event check;   /* after check_interval */
	struct wakeup wake;   /* sent once for each work that is done */
	uint64_t pending;     /* bytes of works, but for those left behind */
	/* Under the lock: */
	pthread_mutex_t lock;
	pthread_cond_t more;  /* the queue or `heavy` has changed */
	struct list queue;    /* works */
	unsigned queued;      /* length of the queue */
	struct list done;     /* works that are performed */
	struct list threads;  /* all, also those that are stuck */
	unsigned threads_len; /* length of that */
	unsigned idle;        /* threads that wait for `more` */
	unsigned stuck;       /* threads */
	bool heavy;           /* a heavy work is performed */
	bool closed;          /* by the loop: threads end */
	unsigned owners; /* the loop; then each thread that is left behind */
};

static struct work *
work_of(struct list *link)
{
	return container_of(link, struct work, link);
}

static struct worker *
worker_of(struct list *link)
{
	return container_of(link, struct worker, link);
}

/* In microseconds. */
static int64_t
time_of(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts))
		return 0;
	return ts.tv_sec * CLOCK_SECOND + ts.tv_nsec / 1000;
}

/* Nobody has the workers in their hands any more. */
static void
destroy(struct workers *w)
{
	wakeup_close(&w->wake);
	pthread_cond_destroy(&w->more);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

/* --- on a thread, with the lock held ---------------------------------- */

/* The first work that may be performed now; NULL: none. */
static struct work *
find_work(struct workers *w)
{
	LIST_FOREACH (link, &w->queue) {
		struct work *work = work_of(link);

		if (!w->heavy || work->bytes <= HEAVY)
			return work;
	}
	return NULL;
}

/* A thread that was stuck may come back to find its place taken. */
static bool
is_one_too_many(const struct workers *w)
{
	return w->threads_len - w->stuck > THREADS_MAX;
}

/* Wait for a work; NULL: the thread has to end. */
static struct work *
take_work(struct workers *w)
{
	struct work *work = NULL;

	while (!w->closed && !is_one_too_many(w) && !(work = find_work(w))) {
		w->idle++;
		pthread_cond_wait(&w->more, &w->lock);
		w->idle--;
	}
	if (!work)
		return NULL;
	list_remove(&work->link);
	w->queued--;
	w->heavy |= work->bytes > HEAVY;
	work->state = WORK_RUNNING;
	return work;
}

/* `work` is performed, or left to its thread: another heavy one may be. */
static void
release_heavy(struct workers *w, const struct work *work)
{
	if (work->bytes <= HEAVY)
		return;
	w->heavy = false;
	pthread_cond_broadcast(&w->more);
}

/* The thread `me` has performed its work. */
static void
finish_work(struct worker *me)
{
	struct workers *w = me->workers;
	struct work *work = me->work;

	me->work = NULL;
	if (work->state == WORK_LEFT) {
		me->stuck = false;
		w->stuck--;
		w->setup.drop(work);
		return;
	}
	release_heavy(w, work);
	work->state = WORK_DONE;
	list_push_back(&w->done, &work->link);
	wakeup_send(&w->wake);
}

/* The thread `me` ends. Returns true if it was the last one with the workers in
 * its hands. One that is to be joined is still the loop's. */
static bool
end_thread(struct worker *me)
{
	struct workers *w = me->workers;

	if (w->closed)
		return me->detached && --w->owners == 0;
	pthread_detach(pthread_self());
	me->detached = true;
	w->threads_len--;
	list_remove(&me->link);
	return false;
}

/* After the unlock at the end the workers may be gone, unless `last`; `me` is
 * the loop's to free, unless it is detached. */
static void *
thread_main(void *arg)
{
	struct worker *me = arg;
	struct workers *w = me->workers;
	void (*tools_free)(void *) = w->setup.tools_free;
	bool last, detached;

	pthread_mutex_lock(&w->lock);
	while ((me->work = take_work(w))) {
		me->begun_us = time_of(CLOCK_THREAD_CPUTIME_ID);
		pthread_mutex_unlock(&w->lock);
		w->setup.perform(me->work, me->tools);
		pthread_mutex_lock(&w->lock);
		finish_work(me);
	}
	last = end_thread(me);
	detached = me->detached;
	pthread_mutex_unlock(&w->lock);
	tools_free(me->tools);
	if (last)
		destroy(w);
	if (detached)
		free(me);
	return NULL;
}

/* --- on the loop -------------------------------------------------------- */

/* Nobody waits any more for what the thread `t` does. With the lock held. */
static void
leave_behind(struct workers *w, struct worker *t)
{
	release_heavy(w, t->work);
	t->work->state = WORK_LEFT;
	t->stuck = true;
	w->stuck++;
	w->pending -= t->work->bytes;
}

/* The CPU time that `t` has spent on its work. */
static int64_t
used_us(const struct worker *t)
{
	clockid_t clock;

	if (pthread_getcpuclockid(t->thread, &clock))
		return 0;
	return time_of(clock) - t->begun_us;
}

/* Signals are the loop's business: they are blocked in the thread. With the
 * lock held. Returns 0 or -1. */
static int
start_thread(struct workers *w)
{
	struct worker *t = xcalloc(1, sizeof(*t));
	pthread_attr_t attr;
	int rc;

	t->workers = w;
	t->tools = w->setup.tools_new(w->setup.arg);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	rc = thread_start(&t->thread, &attr, thread_main, t);
	pthread_attr_destroy(&attr);
	if (rc) {
		w->setup.tools_free(t->tools);
		free(t);
		return -1;
	}
	list_push_back(&w->threads, &t->link);
	w->threads_len++;
	return 0;
}

/* Make a thread for what is queued, if more are needed and allowed; wake one.
 * With the lock held. */
static void
add_threads(struct workers *w)
{
	if (w->queued > w->idle && w->threads_len - w->stuck < THREADS_MAX &&
	    w->stuck < STUCK_MAX)
		start_thread(w);
	pthread_cond_signal(&w->more);
}

/* All threads are stuck, and more would end as they did: the queue is late,
 * too. */
static void
give_up_queue(struct workers *w)
{
	struct list *link;

	while ((link = list_pop_front(&w->queue))) {
		w->queued--;
		w->pending -= work_of(link)->bytes;
		w->setup.late(w->setup.arg, work_of(link));
		w->setup.drop(work_of(link));
	}
}

/* Leave to their threads the works that are over their budget. With the lock
 * held. Returns true if anything is left to check. */
static bool
check(struct workers *w)
{
	bool busy = false;

	LIST_FOREACH (link, &w->threads) {
		struct worker *t = worker_of(link);

		if (!t->work || t->stuck)
			continue;
		busy = true;
		if (used_us(t) <= w->setup.budget_us)
			continue;
		w->setup.late(w->setup.arg, t->work);
		leave_behind(w, t);
	}
	if (w->queued)
		add_threads(w);
	if (w->threads_len == w->stuck)
		give_up_queue(w);
	return busy || w->queued;
}

static void
on_check(evutil_socket_t fd, short what, void *arg)
{
	struct workers *w = arg;
	bool busy;

	(void)fd;
	(void)what;
	pthread_mutex_lock(&w->lock);
	busy = check(w);
	pthread_mutex_unlock(&w->lock);
	if (busy)
		evtimer_add(&w->check, &check_interval);
}

static void
on_answers(evutil_socket_t fd, short what, void *arg)
{
	struct workers *w = arg;
	struct list *link;

	(void)fd;
	(void)what;
	wakeup_drain(&w->wake);
	pthread_mutex_lock(&w->lock);
	while ((link = list_pop_front(&w->done))) {
		w->pending -= work_of(link)->bytes;
		w->setup.done(w->setup.arg, work_of(link));
	}
	pthread_mutex_unlock(&w->lock);
}

struct workers *
workers_new(struct event_base *base, const struct workers_setup *setup)
{
	struct workers *w = xcalloc(1, sizeof(*w));

	w->setup = *setup;
	w->owners = 1;
	w->wake = WAKEUP_CLOSED;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->more, NULL);
	list_init(&w->queue);
	list_init(&w->done);
	list_init(&w->threads);
	event_assign(&w->answers, base, -1, 0, on_answers, w);
	evtimer_assign(&w->check, base, on_check, w);
	return w;
}

/* Most runs submit no work, and need no pipe. */
static int
open_wakeup(struct workers *w)
{
	if (wakeup_is_open(&w->wake))
		return 0;
	if (wakeup_open(&w->wake))
		return -1;
	event_assign(&w->answers, event_get_base(&w->answers),
	    wakeup_fd(&w->wake), EV_READ | EV_PERSIST, on_answers, w);
	event_add(&w->answers, NULL);
	return 0;
}

int
workers_submit(struct workers *w, struct work *work)
{
	int rc = 0;

	if (open_wakeup(w))
		return -1;
	pthread_mutex_lock(&w->lock);
	work->state = WORK_QUEUED;
	list_push_back(&w->queue, &work->link);
	w->queued++;
	add_threads(w);
	if (w->threads_len == 0) {
		list_remove(&work->link);
		w->queued--;
		rc = -1;
	}
	pthread_mutex_unlock(&w->lock);
	if (rc)
		return rc;
	w->pending += work->bytes;
	if (!evtimer_pending(&w->check, NULL))
		evtimer_add(&w->check, &check_interval);
	return 0;
}

/* Take `work` back, wherever it is. With the lock held. Returns true if it is
 * on no thread, so that it can be dropped now. */
static bool
take_back(struct workers *w, struct work *work)
{
	LIST_FOREACH (link, &w->threads) {
		if (worker_of(link)->work != work)
			continue;
		leave_behind(w, worker_of(link));
		return false;
	}
	w->queued -= work->state == WORK_QUEUED;
	w->pending -= work->bytes;
	list_remove(&work->link);
	return true;
}

void
workers_cancel(struct workers *w, struct work *work)
{
	bool mine;

	pthread_mutex_lock(&w->lock);
	mine = take_back(w, work);
	pthread_mutex_unlock(&w->lock);
	if (mine)
		w->setup.drop(work);
}

uint64_t
workers_pending(const struct workers *w)
{
	return w->pending;
}

unsigned
workers_stuck(struct workers *w)
{
	unsigned stuck;

	pthread_mutex_lock(&w->lock);
	stuck = w->stuck;
	pthread_mutex_unlock(&w->lock);
	return stuck;
}

/* With the lock held. */
static void
drop_all(struct workers *w, struct list *works)
{
	while (!list_empty(works))
		w->setup.drop(work_of(list_pop_front(works)));
}

/* Threads that have a work are left behind, and free themselves; the others
 * move to `idle`, to be joined. With the lock held. */
static void
close_threads(struct workers *w, struct list *idle)
{
	w->closed = true;
	LIST_FOREACH_SAFE (l, next, &w->threads) {
		struct worker *t = worker_of(l);

		if (t->work && !t->stuck)
			leave_behind(w, t);
		list_remove(l);
		if (t->work) {
			pthread_detach(t->thread);
			t->detached = true;
			w->owners++;
		} else {
			list_push_back(idle, l);
		}
	}
	pthread_cond_broadcast(&w->more);
}

void
workers_free(struct workers *w)
{
	struct list idle, *link;
	bool last;

	if (!w)
		return;
	event_del(&w->answers);
	event_del(&w->check);
	list_init(&idle);
	pthread_mutex_lock(&w->lock);
	drop_all(w, &w->queue);
	drop_all(w, &w->done);
	close_threads(w, &idle);
	pthread_mutex_unlock(&w->lock);
	while ((link = list_pop_front(&idle))) {
		pthread_join(worker_of(link)->thread, NULL);
		free(worker_of(link));
	}
	pthread_mutex_lock(&w->lock);
	last = --w->owners == 0;
	pthread_mutex_unlock(&w->lock);
	if (last)
		destroy(w);
}
