/*
 * One connection to the queue's server: a name that is looked up, a socket,
 * TLS. libcurl opens it and carries the bytes (CURLOPT_CONNECT_ONLY); nothing
 * here knows what they mean. The loop is never blocked.
 */
#ifndef GATHER_QUEUE_TRANSPORT_H
#define GATHER_QUEUE_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strmap.h"
#include "fetch/authorities.h"
#include "queue/address.h"

struct event_base;
struct resolve_pool;
struct resolver;
struct transport;

/* What the connections of a client have in common. */
struct transport_common {
	struct event_base *base;             /* borrowed */
	const struct queue_address *address; /* borrowed */
	const struct fetch_options *options; /* borrowed */
	struct authorities authorities;
	struct tls_context tls;
	struct strmap given;       /* addresses of --resolve (fetch/route.h) */
	struct resolve_pool *pool; /* NULL: nothing is to be looked up */
	struct resolver *resolver;
};

void transport_common_init(struct transport_common *, struct event_base *,
    const struct queue_address *, const struct fetch_options *);
/* All its transports must be gone. */
void transport_common_release(struct transport_common *);

struct transport_hooks {
	/* It is open: bytes may be sent. */
	void (*on_open)(void *arg);
	/* Call transport_receive until it has nothing. */
	void (*on_readable)(void *arg);
	/* What transport_send did not take may be tried again. */
	void (*on_writable)(void *arg);
	/* It could not be opened; it is of no use any more. `why` is borrowed,
	 * and nobody can help that but the user if it is `final`: a certificate
	 * that is not to be trusted, a key that cannot be read. */
	void (*on_failed)(void *arg, const char *why, bool final);
	void *arg;
};

/* Begin to open a connection; hooks are called from the loop only, and may
 * close it. They are copied. */
struct transport *transport_open(
    struct transport_common *, const struct transport_hooks *);
/* Close it at once. NULL is fine. */
void transport_close(struct transport *);

/* Call on_readable in the next turn of the loop: not all was received. */
void transport_look_again(struct transport *);

/* Send some of `len` bytes. Returns how many were taken; on_writable follows
 * where that is fewer. -1: the connection is broken, *why is set (borrowed). */
long transport_send(
    struct transport *, const char *data, size_t len, const char **why);
/* Receive up to `size` bytes. Returns how many there were; 0: none for now;
 * -1: the connection has ended, *why is set (borrowed). */
long transport_receive(
    struct transport *, char *data, size_t size, const char **why);

#endif
