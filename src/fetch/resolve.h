/*
 * Name lookups off the loop: a pool of at most RESOLVE_THREADS threads that
 * call getaddrinfo(3), one lookup per name however many wait for it, answers
 * kept for a minute and failures for half of it. The event loops of several
 * threads share a pool; each has a resolver of its own.
 *
 * libcurl's own resolver takes a thread and three descriptors per lookup in
 * flight, merges nothing, and cannot tell an unknown name from a silent
 * server.
 */
#ifndef GATHER_FETCH_RESOLVE_H
#define GATHER_FETCH_RESOLVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "request/result.h"

struct event_base;
struct resolve_pool;
struct resolver;

enum {
	RESOLVE_THREADS = 64,
	RESOLVE_CACHE = 4096 /* names kept */
};

enum lookup_state {
	LOOKUP_PENDING,
	LOOKUP_READY,  /* `addresses` is set */
	LOOKUP_FAILED, /* `error` is set */
};

/* What is known of one name. Borrowed; valid until the loop runs again. */
struct lookup {
	enum lookup_state state;
	const char *addresses; /* "192.0.2.1,[2001:db8::1]" */
	int error;             /* EAI_* of getaddrinfo(3) */
	int os_errno;          /* where that is EAI_SYSTEM; else 0 */
};

/* A pool that looks for addresses of `family`: AF_UNSPEC, AF_INET or AF_INET6.
 * Its threads are made when they are needed. */
struct resolve_pool *resolve_pool_new(int family);
/* All its resolvers must be gone. Threads that are in getaddrinfo(3) end by
 * themselves. NULL is fine. */
void resolve_pool_free(struct resolve_pool *);

/* A resolver, which one thread uses. `done` is called from the loop for each
 * waiter of a lookup that has ended, in the order in which they asked. */
struct resolver *resolver_new(struct resolve_pool *, struct event_base *,
    void (*done)(struct list *waiter, const struct lookup *));
/* Free the resolver without calling waiters. NULL is fine. */
void resolver_free(struct resolver *);
enum resolve_use {
	RESOLVE_KEPT,  /* an earlier answer will do */
	RESOLVE_AFRESH /* look the name up again, unless that is being done */
};
/* Ask for the addresses of `host`. If the answer is not there yet (the result
 * is pending), `waiter` is queued until `done` is called with it;
 * list_remove(waiter) gives up. */
const struct lookup *resolver_ask(struct resolver *, const char *host,
    struct list *waiter, enum resolve_use use);
/* Set *failure to what the failed lookup of `host` means: class `dns`, or
 * `local` where this machine lacked something. */
void lookup_failure(const struct lookup *, const char *host, struct failure *);

#endif
