/*
 * What binds all workers of a queue together: the tokens of --rate and
 * --per-host-rate (tokens.h), and the holds of origins. Ties the scheduler of
 * this worker to the client (client.h).
 *
 * A hold that an answer causes here is written to the queue and published in
 * the same turn of the loop, however short it is. What others publish holds the
 * origin here; and since nothing is published twice, all holds are read at each
 * subscription. Breakers are not shared: another worker may reach what this one
 * does not.
 */
#ifndef GATHER_QUEUE_BINDING_H
#define GATHER_QUEUE_BINDING_H

#include <stddef.h>
#include <stdint.h>

#include "queue/address.h"
#include "queue/client.h"
#include "schedule/sched.h"

struct event_base;
struct queue_binding;

/* All is borrowed until queue_binding_free, but for `worker`. */
struct queue_binding_setup {
	struct event_base *base;
	struct queue_client *client;
	const struct queue_address *address;
	const char *worker; /* the name that nobody else has; copied */
	/* More may start, or less: the pump of the run has to look. Called from
	 * the loop, never from inside the scheduler. */
	void (*wake)(void *arg);
	void *arg;
};

/* Subscribes to what others publish. */
struct queue_binding *queue_binding_new(const struct queue_binding_setup *);
/* The scheduler must be gone. NULL is fine. */
void queue_binding_free(struct queue_binding *);
/* Set in the options of the scheduler that is to be made what binds it. */
void queue_binding_set(struct queue_binding *, struct sched_options *);
/* The run is over: give back at once what tokens are left, which would else be
 * nobody's for a period. The scheduler may still be there. */
void queue_binding_leave(struct queue_binding *);
/* So many workers are alive. */
void queue_binding_set_workers(struct queue_binding *, uint64_t workers);

/* The hooks of the client of the same names (client.h). */
void queue_binding_connected(
    struct queue_binding *, const struct queue_server *);
void queue_binding_away(struct queue_binding *);
void queue_binding_subscribed(struct queue_binding *);
void queue_binding_message(
    struct queue_binding *, const char *channel, const char *text, size_t len);

#endif
