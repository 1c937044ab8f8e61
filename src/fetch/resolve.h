/*
 * Name lookups off the loop: a pool of at most RESOLVE_THREADS threads that
 * call getaddrinfo(3), one lookup per name however many wait for it, answers
 * kept for a minute and failures for half of it.
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
struct resolver;

enum {
	RESOLVE_THREADS = 64,
	RESOLVE_CACHE = 4096 /* names kept */
};

enum lookup_state {
	LOOKUP_PENDING,
	LOOKUP_READY,  /* `addresses` */
	LOOKUP_FAILED, /* `error` */
};

/* One name. Borrowed; valid until the loop runs again. */
struct lookup {
	enum lookup_state state;
	const char *addresses; /* "192.0.2.1,[2001:db8::1]" */
	int error;             /* EAI_* of getaddrinfo(3) */
	int os_errno;          /* of EAI_SYSTEM */
};

/* `family` is AF_UNSPEC, AF_INET or AF_INET6. `done` is called from the loop
 * for each waiter of a lookup that ended. */
struct resolver *resolver_new(struct event_base *, int family,
    void (*done)(struct list *waiter, const struct lookup *));
/* Waiters are forgotten. Threads that are in getaddrinfo(3) end by
 * themselves. */
void resolver_free(struct resolver *);
/*
 * Ask for `host`. If the answer is not there yet, `waiter` is queued until
 * `done`; list_remove(waiter) gives up. With `afresh` what is kept of an
 * earlier lookup does not count.
 */
enum resolve_use {
	RESOLVE_KEPT,
	RESOLVE_AFRESH
};
const struct lookup *resolver_ask(struct resolver *, const char *host,
    struct list *waiter, enum resolve_use use);
/* Say what a failed lookup means: `dns`, or `local`. */
void lookup_failure(const struct lookup *, const char *host, struct failure *);

#endif
