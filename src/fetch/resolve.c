/*
 * Two halves that meet in a struct question: the threads, which share a pool
 * and know nothing but hosts to look up; and the names, which each resolver
 * keeps for its loop, with who waits for them. The answers are in both, so that
 * a resolver asks the pool, under a lock, for each name only once.
 */
#include "config.h"

#include "fetch/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/heap.h"
#include "base/io.h"
#include "base/strmap.h"
#include "base/thread.h"
#include "base/wakeup.h"
#include "base/xalloc.h"
#include "process/environment.h"

/* --- the threads that look names up --------------------------------------- */

/* How long an answer counts. getaddrinfo(3) does not tell how long it may. */
static const int64_t keep_us = 60 * CLOCK_SECOND;
static const int64_t keep_failure_us = 30 * CLOCK_SECOND;

/* What became of a lookup. */
struct answer {
	char *addresses;  /* comma-separated; owned; NULL: none */
	int error;        /* EAI_* of getaddrinfo(3); 0: none */
	int os_errno;     /* where that is EAI_SYSTEM; else 0 */
	int64_t until_us; /* then it is out of date */
};

/* Where a resolver finds its answers. */
struct inbox {
	struct list answered;  /* questions */
	struct wakeup answers; /* sent once for each */
};

/* What one resolver wants to know. */
struct question {
	struct list link; /* of its lookup, then of its inbox */
	struct inbox *inbox;
	struct answer answer;
};

/* A name that is looked up for all who ask for it meanwhile, or that was. */
struct resolve_job {
	struct list link; /* among those asked, until a thread takes it */
	const char *host; /* the map's */
	struct list questions;
	struct answer answer;
	struct heap_node expiry; /* in no heap before it is answered */
};

/* Shared with threads that may outlive the pool: the last one out frees. */
struct resolve_pool {
	pthread_mutex_t lock; /* of all, and of questions and inboxes */
	pthread_cond_t more;
	int family;
	struct strmap names; /* -> struct resolve_job */
	struct heap expiries;
	struct list asked; /* jobs that no thread has taken so far */
	unsigned asked_len;
	unsigned resolvers;
	unsigned threads;
	unsigned most; /* of threads, by the machine's limits */
	unsigned idle; /* threads that wait for a job */
	bool closed;
};

struct resolve_pool *
resolve_pool_new(int family)
{
	struct resolve_pool *pool = xcalloc(1, sizeof(*pool));

	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->more, NULL);
	strmap_init(&pool->names);
	heap_init(&pool->expiries);
	list_init(&pool->asked);
	pool->family = family;
	pool->most = environment_max_lookups();
	if (pool->most > RESOLVE_THREADS)
		pool->most = RESOLVE_THREADS;
	return pool;
}

/* Free the pool, which neither a resolver nor a thread uses any more. */
static void
destroy_pool(struct resolve_pool *pool)
{
	struct strmap_entry *e;
	size_t at = 0;

	while ((e = strmap_next(&pool->names, &at))) {
		struct resolve_job *job = e->value;

		free(job->answer.addresses);
		free(job);
	}
	strmap_release(&pool->names);
	heap_release(&pool->expiries);
	pthread_cond_destroy(&pool->more);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

/* A name server that is silent would hold the end of the run up if its thread
 * were waited for: the last thread frees the pool. */
void
resolve_pool_free(struct resolve_pool *pool)
{
	bool last;

	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->closed = true;
	last = pool->threads == 0;
	pthread_cond_broadcast(&pool->more);
	pthread_mutex_unlock(&pool->lock);
	if (last)
		destroy_pool(pool);
}

/* Append an address as CURLOPT_RESOLVE wants it, with IPv6 in brackets. Those
 * of other families are left out. */
static void
add_address(struct buf *out, const struct addrinfo *ai)
{
	char text[INET6_ADDRSTRLEN];
	const void *address;
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	if (ai->ai_family == AF_INET) {
		memcpy(&in4, ai->ai_addr, sizeof(in4));
		address = &in4.sin_addr;
	} else if (ai->ai_family == AF_INET6) {
		memcpy(&in6, ai->ai_addr, sizeof(in6));
		address = &in6.sin6_addr;
	} else {
		return;
	}
	if (!inet_ntop(ai->ai_family, address, text, sizeof(text)))
		return;
	buf_addf(out, ai->ai_family == AF_INET6 ? "%s[%s]" : "%s%s",
	    out->len ? "," : "", text);
}

/* Tell what this machine lacks from what the name servers say: glibc calls a
 * host unknown if its lookup found no free descriptor. */
static void
set_reason(struct answer *answer)
{
	bool lacked = errno == EMFILE || errno == ENFILE || errno == ENOMEM;

	if (lacked)
		answer->error = EAI_SYSTEM;
	answer->os_errno = answer->error == EAI_SYSTEM ? errno : 0;
}

/* Look the host up; this blocks. */
static void
run_lookup(const char *host, int family, struct answer *answer)
{
	struct addrinfo hints = {
	    .ai_family = family, .ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	struct buf out;

	errno = 0;
	answer->error = getaddrinfo(host, NULL, &hints, &list);
	if (answer->error)
		set_reason(answer);
	if (answer->error)
		return;
	buf_init(&out);
	for (struct addrinfo *ai = list; ai; ai = ai->ai_next)
		add_address(&out, ai);
	freeaddrinfo(list);
	if (!out.len)
		answer->error = EAI_NONAME;
	answer->addresses = buf_take(&out);
}

/* Wait for a job; NULL: the pool is closed. Called with the lock held. */
static struct resolve_job *
wait_for_job(struct resolve_pool *pool)
{
	struct list *l;

	while (!pool->closed && list_empty(&pool->asked)) {
		pool->idle++;
		pthread_cond_wait(&pool->more, &pool->lock);
		pool->idle--;
	}
	l = pool->closed ? NULL : list_pop_front(&pool->asked);
	if (!l)
		return NULL;
	pool->asked_len--;
	return container_of(l, struct resolve_job, link);
}

/* How long the answer is kept. What this machine lacked says nothing about the
 * name. */
static int64_t
keep_for(int error)
{
	switch (error) {
	case 0: return keep_us;
	case EAI_SYSTEM:
	case EAI_MEMORY: return 0;
	default: return keep_failure_us;
	}
}

/* Free a job that is answered. Called with the lock held. */
static void
forget_job(struct resolve_pool *pool, struct resolve_job *job)
{
	heap_remove(&pool->expiries, &job->expiry);
	strmap_remove(&pool->names, job->host);
	free(job->answer.addresses);
	free(job);
}

/* Put the answer into the inbox of who asked. Called with the lock held. */
static void
give_answer(struct question *q, const struct answer *answer)
{
	q->answer = *answer;
	q->answer.addresses = xstrdup_null(answer->addresses);
	list_push_back(&q->inbox->answered, &q->link);
	wakeup_send(&q->inbox->answers);
}

/* Tell all who have asked. The answer is kept for other resolvers, if there are
 * some: each keeps its own. Called with the lock held. */
static void
finish_job(struct resolve_pool *pool, struct resolve_job *job)
{
	int64_t keep = keep_for(job->answer.error);
	struct list *l;

	job->answer.until_us = clock_now_us() + keep;
	while ((l = list_pop_front(&job->questions)))
		give_answer(
		    container_of(l, struct question, link), &job->answer);
	if (keep && pool->resolvers > 1)
		heap_push(&pool->expiries, &job->expiry, job->answer.until_us);
	else
		forget_job(pool, job);
}

static void *
thread_main(void *arg)
{
	struct resolve_pool *pool = arg;
	struct resolve_job *job;
	bool last;

	pthread_mutex_lock(&pool->lock);
	while ((job = wait_for_job(pool))) {
		pthread_mutex_unlock(&pool->lock);
		run_lookup(job->host, pool->family, &job->answer);
		pthread_mutex_lock(&pool->lock);
		finish_job(pool, job);
	}
	last = --pool->threads == 0 && pool->closed;
	pthread_mutex_unlock(&pool->lock);
	if (last)
		destroy_pool(pool);
	return NULL;
}

/* Start a thread, with all signals blocked, since they are the loop's business,
 * and with a small stack, since there may be many. Called with the lock held.
 * Returns an errno, or 0. */
static int
add_thread(struct resolve_pool *pool)
{
	pthread_attr_t attr;
	pthread_t thread;
	int rc;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, (size_t)256 << 10);
	rc = thread_start(&thread, &attr, thread_main, pool);
	if (rc == 0)
		pool->threads++;
	pthread_attr_destroy(&attr);
	return rc;
}

/* Fail all jobs: there is no thread for them, nor one that would come to them
 * later. Called with the lock held. */
static void
fail_asked(struct resolve_pool *pool, int os_errno)
{
	struct list *l;

	while ((l = list_pop_front(&pool->asked))) {
		struct resolve_job *job =
		    container_of(l, struct resolve_job, link);

		job->answer =
		    (struct answer){.error = EAI_SYSTEM, .os_errno = os_errno};
		finish_job(pool, job);
	}
	pool->asked_len = 0;
}

/* Should another thread be started? A thread that was woken counts as idle
 * until it runs, and until then its job counts as asked. Called with the lock
 * held. */
static bool
needs_thread(const struct resolve_pool *pool)
{
	return pool->asked_len > pool->idle && pool->threads < pool->most;
}

/* Have a thread look `host` up. Called with the lock held. */
static struct resolve_job *
new_job(struct resolve_pool *pool, const char *host)
{
	struct resolve_job *job = xcalloc(1, sizeof(*job));

	list_init(&job->link);
	list_init(&job->questions);
	job->host = strmap_set(&pool->names, host, job);
	list_push_back(&pool->asked, &job->link);
	pool->asked_len++;
	return job;
}

/* Have threads come to what is asked. Called with the lock held. */
static void
wake_thread(struct resolve_pool *pool)
{
	int rc = needs_thread(pool) ? add_thread(pool) : 0;

	if (rc && !pool->threads)
		fail_asked(pool, rc);
	pthread_cond_signal(&pool->more);
}

/* The answer that is there, or the lookup under way; NULL: neither. Called with
 * the lock held. */
static struct resolve_job *
find_job(struct resolve_pool *pool, const char *host, enum resolve_use use)
{
	struct resolve_job *job;
	struct heap_node *top;

	while (
	    (top = heap_top(&pool->expiries)) &&
	    (top->at <= clock_now_us() || pool->expiries.len > RESOLVE_CACHE))
		forget_job(pool, container_of(top, struct resolve_job, expiry));
	job = strmap_get(&pool->names, host);
	if (!job || use == RESOLVE_KEPT || !heap_holds(&job->expiry))
		return job;
	forget_job(pool, job);
	return NULL;
}

/* Ask for the addresses of `host`; the answer comes into the inbox. */
static void
pool_ask(struct resolve_pool *pool, const char *host, enum resolve_use use,
    struct question *q)
{
	struct resolve_job *job;

	pthread_mutex_lock(&pool->lock);
	job = find_job(pool, host, use);
	if (job && heap_holds(&job->expiry)) {
		give_answer(q, &job->answer);
	} else if (job) {
		list_push_back(&job->questions, &q->link);
	} else {
		job = new_job(pool, host);
		list_push_back(&job->questions, &q->link);
		wake_thread(pool);
	}
	pthread_mutex_unlock(&pool->lock);
}

/* The next question that is answered; NULL: there is none now. */
static struct question *
pool_take(struct resolve_pool *pool, struct inbox *inbox)
{
	struct list *l;

	pthread_mutex_lock(&pool->lock);
	l = list_pop_front(&inbox->answered);
	if (!l)
		wakeup_drain(&inbox->answers);
	pthread_mutex_unlock(&pool->lock);
	return l ? container_of(l, struct question, link) : NULL;
}

/* --- names, and who waits for them ---------------------------------------- */

/* A name that is being looked up, or was. */
struct known_name {
	struct lookup lookup;
	struct question question; /* while it is pending */
	struct heap_node expiry;  /* in no heap while it is pending */
	struct list waiters;      /* while it is pending */
	char *addresses;          /* owned; lookup.addresses points to it */
	const char *host;         /* the map's */
};

struct resolver {
	struct event_base *base;
	struct resolve_pool *pool;
	struct inbox inbox; /* closed: no name was asked for so far */
	struct event answers;
	struct strmap names; /* -> struct known_name */
	struct heap expiries;
	void (*done)(struct list *waiter, const struct lookup *);
};

/* Free a name that is not pending. */
static void
forget_name(struct resolver *r, struct known_name *name)
{
	heap_remove(&r->expiries, &name->expiry);
	strmap_remove(&r->names, name->host);
	free(name->addresses);
	free(name);
}

static void
wake_waiters(struct resolver *r, struct known_name *name)
{
	struct list woken;
	struct list *l;

	/* A waiter may ask again from within `done`: it is queued in another
	 * list then, not in the one that is emptied here. */
	list_init(&woken);
	list_splice_back(&woken, &name->waiters);
	while ((l = list_pop_front(&woken)))
		r->done(l, &name->lookup);
}

/* The answer to the name's question is there. */
static void
take_answer(struct resolver *r, struct known_name *name)
{
	const struct answer *answer = &name->question.answer;

	name->addresses = answer->addresses;
	name->lookup = (struct lookup){
	    .state = answer->error ? LOOKUP_FAILED : LOOKUP_READY,
	    .addresses = name->addresses,
	    .error = answer->error,
	    .os_errno = answer->os_errno,
	};
	heap_push(&r->expiries, &name->expiry, answer->until_us);
	wake_waiters(r, name);
}

static void
on_answers(evutil_socket_t fd, short what, void *arg)
{
	struct resolver *r = arg;
	struct question *q;

	(void)fd;
	(void)what;
	while ((q = pool_take(r->pool, &r->inbox)))
		take_answer(r, container_of(q, struct known_name, question));
}

struct resolver *
resolver_new(struct resolve_pool *pool, struct event_base *base,
    void (*done)(struct list *waiter, const struct lookup *))
{
	struct resolver *r = xcalloc(1, sizeof(*r));

	r->base = base;
	r->pool = pool;
	r->done = done;
	r->inbox.answers = WAKEUP_CLOSED;
	list_init(&r->inbox.answered);
	strmap_init(&r->names);
	heap_init(&r->expiries);
	pthread_mutex_lock(&pool->lock);
	pool->resolvers++;
	pthread_mutex_unlock(&pool->lock);
	return r;
}

/* A run whose hosts are all addresses needs no pipe, so it is made for the
 * first name. -1 with errno. */
static int
open_inbox(struct resolver *r)
{
	if (wakeup_is_open(&r->inbox.answers))
		return 0;
	if (wakeup_open(&r->inbox.answers))
		return -1;
	event_assign(&r->answers, r->base, wakeup_fd(&r->inbox.answers),
	    EV_READ | EV_PERSIST, on_answers, r);
	event_add(&r->answers, NULL);
	return 0;
}

static void
close_inbox(struct resolver *r)
{
	if (!wakeup_is_open(&r->inbox.answers))
		return;
	event_del(&r->answers);
	wakeup_close(&r->inbox.answers);
}

/* Nobody wants the answer any more. Called with the lock held. */
static void
free_name(struct known_name *name)
{
	if (name->lookup.state == LOOKUP_PENDING) {
		list_remove(&name->question.link);
		free(name->question.answer.addresses);
	}
	while (list_pop_front(&name->waiters))
		continue;
	free(name->addresses);
	free(name);
}

void
resolver_free(struct resolver *r)
{
	struct strmap_entry *e;
	size_t at = 0;

	if (!r)
		return;
	pthread_mutex_lock(&r->pool->lock);
	while ((e = strmap_next(&r->names, &at)))
		free_name(e->value);
	r->pool->resolvers--;
	pthread_mutex_unlock(&r->pool->lock);
	close_inbox(r);
	strmap_release(&r->names);
	heap_release(&r->expiries);
	free(r);
}

/* Forget names that are out of date or, if there are too many, those that will
 * be so first. */
static void
forget_expired(struct resolver *r, int64_t now)
{
	struct heap_node *top;

	while ((top = heap_top(&r->expiries)) &&
	       (top->at <= now || r->expiries.len > RESOLVE_CACHE))
		forget_name(r, container_of(top, struct known_name, expiry));
}

/* Begin to look a name up. */
static struct known_name *
start_lookup(struct resolver *r, const char *host, enum resolve_use use)
{
	struct known_name *name = xcalloc(1, sizeof(*name));

	list_init(&name->waiters);
	list_init(&name->question.link);
	name->question.inbox = &r->inbox;
	name->host = strmap_set(&r->names, host, name);
	if (open_inbox(r) == 0) {
		pool_ask(r->pool, host, use, &name->question);
		return name;
	}
	name->lookup = (struct lookup){
	    .state = LOOKUP_FAILED, .error = EAI_SYSTEM, .os_errno = errno};
	heap_push(&r->expiries, &name->expiry, clock_now_us());
	return name;
}

const struct lookup *
resolver_ask(struct resolver *r, const char *host, struct list *waiter,
    enum resolve_use use)
{
	struct known_name *name;

	forget_expired(r, clock_now_us());
	name = strmap_get(&r->names, host);
	if (name && use == RESOLVE_AFRESH &&
	    name->lookup.state != LOOKUP_PENDING) {
		forget_name(r, name);
		name = NULL;
	}
	if (!name)
		name = start_lookup(r, host, use);
	if (name->lookup.state == LOOKUP_PENDING)
		list_push_back(&name->waiters, waiter);
	return &name->lookup;
}

void
lookup_failure(const struct lookup *l, const char *host, struct failure *f)
{
	switch (l->error) {
	case EAI_NONAME:
#if defined(EAI_NODATA) && EAI_NODATA != EAI_NONAME
	case EAI_NODATA:
#endif
		failure_set(f, ERROR_DNS, "unknown", CURLE_COULDNT_RESOLVE_HOST,
		    "%s: no such host", host);
		break;
	case EAI_SYSTEM:
		failure_set(f, ERROR_LOCAL, "lookup", 0, "%s: %s", host,
		    io_error(l->os_errno));
		break;
	case EAI_MEMORY:
		failure_set(f, ERROR_LOCAL, "lookup", 0, "%s: %s", host,
		    gai_strerror(l->error));
		break;
	default:
		failure_set(f, ERROR_DNS, NULL, CURLE_COULDNT_RESOLVE_HOST,
		    "%s: %s", host, gai_strerror(l->error));
	}
}
