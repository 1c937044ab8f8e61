#include "config.h"

#include "fetch/resolve.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/strmap.h"
#include "base/xalloc.h"
#include "fetch/resolve_pool.h"

static const int64_t keep_us = 60 * CLOCK_SECOND;
static const int64_t keep_failure_us = 30 * CLOCK_SECOND;

struct name {
	struct lookup lookup;
	struct heap_node expiry; /* in no heap while it is pending */
	struct list waiters;
	char *addresses;
	const char *host; /* the map's */
};

struct resolver {
	struct event_base *base;
	struct resolve_pool *pool; /* NULL: no name was asked for so far */
	struct event answers;
	struct strmap names; /* -> struct name */
	struct heap expiries;
	int family;
	void (*done)(struct list *waiter, const struct lookup *);
};

static void
forget(struct resolver *r, struct name *name)
{
	heap_remove(&r->expiries, &name->expiry);
	strmap_remove(&r->names, name->host);
	free(name->addresses);
	free(name);
}

static void
wake_waiters(struct resolver *r, struct name *name)
{
	struct list woken;
	struct list *l;

	/* A waiter may ask again: its place is another list then. */
	list_init(&woken);
	while ((l = list_pop_front(&name->waiters)))
		list_push_back(&woken, l);
	while ((l = list_pop_front(&woken)))
		r->done(l, &name->lookup);
}

/* What this machine lacked says nothing about the name. */
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
	struct name *name = strmap_get(&r->names, job->host);

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
	while ((job = resolve_pool_take(r->pool))) {
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

static int
open_pool(struct resolver *r)
{
	int fd;

	if (r->pool)
		return 0;
	r->pool = resolve_pool_new(&fd);
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
	resolve_pool_free(r->pool);
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
		struct name *name = e->value;

		while (list_pop_front(&name->waiters))
			continue;
		free(name->addresses);
		free(name);
	}
	strmap_release(&r->names);
	heap_release(&r->expiries);
	free(r);
}

/* What is out of date, or too much. */
static void
expire(struct resolver *r, int64_t now)
{
	struct heap_node *top;

	while ((top = heap_top(&r->expiries)) &&
	       (top->at <= now || r->expiries.len > RESOLVE_CACHE))
		forget(r, container_of(top, struct name, expiry));
}

static struct name *
begin(struct resolver *r, const char *host)
{
	struct name *name = xcalloc(1, sizeof(*name));

	list_init(&name->waiters);
	name->host = strmap_set(&r->names, host, name);
	if (open_pool(r) == 0) {
		resolve_pool_submit(r->pool, host, r->family);
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
	struct name *name;

	expire(r, clock_now_us());
	name = strmap_get(&r->names, host);
	if (name && use == RESOLVE_AFRESH &&
	    name->lookup.state != LOOKUP_PENDING) {
		forget(r, name);
		name = NULL;
	}
	if (!name)
		name = begin(r, host);
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
		    "%s: there is no such host", host);
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
