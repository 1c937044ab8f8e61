/*
 * Two halves that meet in a struct resolve_job: the threads, which share a pool
 * and know nothing but hosts to look up; and the names, which the loop keeps,
 * with who waits for them.
 */
#include "config.h"

#include "fetch/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/heap.h"
#include "base/strmap.h"
#include "base/wakeup.h"
#include "base/xalloc.h"
#include "process/environment.h"

/* --- the threads that look names up --------------------------------------- */

/* One lookup: a question on its way to a thread, an answer on its way back. */
struct resolve_job {
	struct list link; /* among those asked or answered */
	char *host;
	int family;
	char *addresses; /* the answer, comma-separated; or NULL */
	int error;       /* EAI_* of getaddrinfo(3); 0: none */
	int os_errno;    /* where that is EAI_SYSTEM; else 0 */
};

/* Shared with threads that may outlive the pool: the last one out frees. */
struct resolve_pool {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct list asked; /* jobs that no thread has taken so far */
	unsigned asked_len;
	struct list answered; /* jobs that the loop has not taken so far */
	unsigned threads;
	unsigned most;         /* of threads, by the machine's limits */
	unsigned idle;         /* threads that wait for a job */
	bool closed;           /* the resolver is gone */
	struct wakeup answers; /* sent once for each answer */
};

/* A pool without threads; each is made when it is needed. *fd is set to a
 * descriptor that is readable when answers are there. NULL with errno: there is
 * no such descriptor. */
static struct resolve_pool *
pool_new(int *fd)
{
	struct resolve_pool *pool = xcalloc(1, sizeof(*pool));

	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->more, NULL);
	list_init(&pool->asked);
	list_init(&pool->answered);
	if (wakeup_open(&pool->answers)) {
		pthread_cond_destroy(&pool->more);
		pthread_mutex_destroy(&pool->lock);
		free(pool);
		return NULL;
	}
	pool->most = environment_max_lookups();
	if (pool->most > RESOLVE_THREADS)
		pool->most = RESOLVE_THREADS;
	*fd = wakeup_fd(&pool->answers);
	return pool;
}

static void
resolve_job_free(struct resolve_job *job)
{
	if (!job)
		return;
	free(job->host);
	free(job->addresses);
	free(job);
}

static void
free_jobs(struct list *jobs)
{
	struct list *l;

	while ((l = list_pop_front(jobs)))
		resolve_job_free(container_of(l, struct resolve_job, link));
}

/* Free the pool, which neither the resolver nor a thread uses any more. */
static void
destroy_pool(struct resolve_pool *pool)
{
	free_jobs(&pool->asked);
	free_jobs(&pool->answered);
	wakeup_close(&pool->answers);
	pthread_cond_destroy(&pool->more);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

/* Close the pool without waiting for threads that look something up: a name
 * server that is silent would hold the end of the run up. The last of them
 * frees it. */
static void
pool_free(struct resolve_pool *pool)
{
	bool last;

	pthread_mutex_lock(&pool->lock);
	pool->closed = true;
	free_jobs(&pool->asked);
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
set_reason(struct resolve_job *job)
{
	bool lacked = errno == EMFILE || errno == ENFILE || errno == ENOMEM;

	if (lacked)
		job->error = EAI_SYSTEM;
	job->os_errno = job->error == EAI_SYSTEM ? errno : 0;
}

/* Look the host up; this blocks. */
static void
run_lookup(struct resolve_job *job)
{
	struct addrinfo hints = {
	    .ai_family = job->family, .ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	struct buf out;

	errno = 0;
	job->error = getaddrinfo(job->host, NULL, &hints, &list);
	if (job->error)
		set_reason(job);
	if (job->error)
		return;
	buf_init(&out);
	for (struct addrinfo *ai = list; ai; ai = ai->ai_next)
		add_address(&out, ai);
	freeaddrinfo(list);
	if (!out.len)
		job->error = EAI_NONAME;
	job->addresses = buf_take(&out);
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

/* Hand `job`, which is done, back to the loop. Called with the lock held. */
static void
give_answer(struct resolve_pool *pool, struct resolve_job *job)
{
	list_push_back(&pool->answered, &job->link);
	wakeup_send(&pool->answers);
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
		run_lookup(job);
		pthread_mutex_lock(&pool->lock);
		give_answer(pool, job);
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
	sigset_t all, old;
	int rc;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, (size_t)256 << 10);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&thread, &attr, thread_main, pool);
	if (rc == 0)
		pool->threads++;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
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

		job->error = EAI_SYSTEM;
		job->os_errno = os_errno;
		give_answer(pool, job);
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

/* Have a thread look `host` up. */
static void
pool_submit(struct resolve_pool *pool, const char *host, int family)
{
	struct resolve_job *job = xcalloc(1, sizeof(*job));
	int rc = 0;

	job->host = xstrdup(host);
	job->family = family;
	pthread_mutex_lock(&pool->lock);
	list_push_back(&pool->asked, &job->link);
	pool->asked_len++;
	if (needs_thread(pool))
		rc = add_thread(pool);
	if (rc && !pool->threads)
		fail_asked(pool, rc);
	pthread_cond_signal(&pool->more);
	pthread_mutex_unlock(&pool->lock);
}

/* The next answer, to be freed by job_free; NULL: there is none now. */
static struct resolve_job *
pool_take(struct resolve_pool *pool)
{
	struct list *l;

	pthread_mutex_lock(&pool->lock);
	l = list_pop_front(&pool->answered);
	if (!l)
		wakeup_drain(&pool->answers);
	pthread_mutex_unlock(&pool->lock);
	return l ? container_of(l, struct resolve_job, link) : NULL;
}

/* --- names, and who waits for them ---------------------------------------- */

/* How long an answer counts. getaddrinfo(3) does not tell how long it may. */
static const int64_t keep_us = 60 * CLOCK_SECOND;
static const int64_t keep_failure_us = 30 * CLOCK_SECOND;

/* A name that is being looked up, or was. */
struct known_name {
	struct lookup lookup;
	struct heap_node expiry; /* in no heap while it is pending */
	struct list waiters;     /* while it is pending */
	char *addresses;         /* owned; lookup.addresses points to it */
	const char *host;        /* the map's */
};

struct resolver {
	struct event_base *base;
	struct resolve_pool *pool; /* NULL: no name was asked for so far */
	struct event answers;
	struct strmap names; /* -> struct known_name */
	struct heap expiries;
	int family;
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
	while ((l = list_pop_front(&name->waiters)))
		list_push_back(&woken, l);
	while ((l = list_pop_front(&woken)))
		r->done(l, &name->lookup);
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

static void
take_answer(struct resolver *r, struct resolve_job *job)
{
	struct known_name *name = strmap_get(&r->names, job->host);

	if (!name || name->lookup.state != LOOKUP_PENDING)
		return;
	free(name->addresses);
	name->addresses = job->addresses;
	job->addresses = NULL;
	name->lookup = (struct lookup){
	    .state = job->error ? LOOKUP_FAILED : LOOKUP_READY,
	    .addresses = name->addresses,
	    .error = job->error,
	    .os_errno = job->os_errno,
	};
	heap_push(
	    &r->expiries, &name->expiry, clock_now_us() + keep_for(job->error));
	wake_waiters(r, name);
}

static void
on_answers(evutil_socket_t fd, short what, void *arg)
{
	struct resolver *r = arg;
	struct resolve_job *job;

	(void)fd;
	(void)what;
	while ((job = pool_take(r->pool))) {
		take_answer(r, job);
		resolve_job_free(job);
	}
}

struct resolver *
resolver_new(struct event_base *base, int family,
    void (*done)(struct list *waiter, const struct lookup *))
{
	struct resolver *r = xcalloc(1, sizeof(*r));

	r->base = base;
	r->family = family;
	r->done = done;
	strmap_init(&r->names);
	heap_init(&r->expiries);
	return r;
}

/* A run whose hosts are all addresses needs neither threads nor pipe, so the
 * pool is made for the first name. -1 with errno. */
static int
open_pool(struct resolver *r)
{
	int fd;

	if (r->pool)
		return 0;
	r->pool = pool_new(&fd);
	if (!r->pool)
		return -1;
	event_assign(
	    &r->answers, r->base, fd, EV_READ | EV_PERSIST, on_answers, r);
	event_add(&r->answers, NULL);
	return 0;
}

static void
close_pool(struct resolver *r)
{
	event_del(&r->answers);
	pool_free(r->pool);
}

void
resolver_free(struct resolver *r)
{
	struct strmap_entry *e;
	size_t at = 0;

	if (!r)
		return;
	if (r->pool)
		close_pool(r);
	while ((e = strmap_next(&r->names, &at))) {
		struct known_name *name = e->value;

		while (list_pop_front(&name->waiters))
			continue;
		free(name->addresses);
		free(name);
	}
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
start_lookup(struct resolver *r, const char *host)
{
	struct known_name *name = xcalloc(1, sizeof(*name));

	list_init(&name->waiters);
	name->host = strmap_set(&r->names, host, name);
	if (open_pool(r) == 0) {
		pool_submit(r->pool, host, r->family);
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
		name = start_lookup(r, host);
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
		    strerror(l->os_errno));
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
