/*
 * A fleet: the engines of a run. With one thread it is one engine on the loop
 * of the run, called directly. With more, each engine has a thread with an
 * event loop of its own, and the run's loop, which fetches nothing itself,
 * exchanges letters with them (member.h).
 *
 *	run's loop                      a thread
 *	fleet_start      -- start -->   engine_start
 *	hooks.on_sent    <-- wire ---   its request is on the wire
 *	hooks.on_body    <-- body ---   a piece of its body
 *	                                hooks.examine
 *	fleet_reap       <-- over ---   engine_reap
 *	fleet_send       -- errand ->   errand.perform
 *	errand.done      <- errand --
 *
 * What a thread has to know at once it was given with the transfer: whether the
 * request may be sent was decided when it was admitted, until spec.wire_by_us,
 * and its copy is nobody else's. Where only the run's loop knows, the thread
 *asks and waits: whether it may be sent later than that, or once more, and
 *whether the turn of a body has come.
 *
 * An origin keeps its thread, and with it its connections, unless others have
 * less to do.
 *
 * All functions are for the thread of the run's loop. None blocks.
 */
#ifndef GATHER_FLEET_FLEET_H
#define GATHER_FLEET_FLEET_H

#include <stdbool.h>
#include <stdint.h>

#include "fetch/engine.h"
#include "fleet/mailbox.h"

struct event_base;
struct fleet;
struct transfer;

struct fleet_hooks {
	/* Called on the run's loop, whichever thread fetches. */
	struct engine_hooks engine;
	/* With more than one thread, in the place of engine.on_wire for the
	 * first copy of a request: it is on the wire since `when`. */
	void (*on_sent)(void *arg, void *owner, int64_t when);
	/* It is ready to be sent, but spec.wire_by_us is over: returns another
	 * such moment, or one that is over as well: it is not sent then, and
	 * ends with ENGINE_NOT_ADMITTED. NULL: none is given. */
	int64_t (*on_late)(void *arg, void *owner, int64_t now);
	/* With more than one thread: make what a thread needs to examine
	 * answers, and free it; called on the run's loop. */
	void *(*tools_new)(void *arg);
	void (*tools_free)(void *tools);
	/* A transfer that was started with a `task` is over, and `r` is its
	 * result: do what needs a core now, and leave what was found in the
	 * task. Called on the transfer's thread, with its tools. */
	void (*examine)(
	    void *tools, void *task, const struct request *, struct result *r);
	/* A transfer was cancelled, and nobody uses its task any more. Called
	 * on the run's loop, as the next one. */
	void (*drop_task)(void *arg, void *task);
	/* A request of a transfer that was cancelled is no longer read:
	 * request->readers has become 0. */
	void (*unread)(void *arg, struct request *);
	/* Of all but examine, tools_free and those of the engine. */
	void *arg;
};

struct fleet_setup {
	struct event_base *base;             /* of the run's loop; borrowed */
	const struct fetch_options *options; /* borrowed */
	unsigned threads;                    /* 1 or more; fewer may be made
	                                      * (engine_common_engines) */
	struct fleet_hooks hooks;            /* copied */
};

/* Where not all threads can be made, it is said, and fewer fetch. NULL with
 * *cause set (caller frees): this libcurl refuses an option. */
struct fleet *fleet_new(const struct fleet_setup *, char **cause);
/* Cancel what is in flight, without a word to its owners, and end the threads.
 * NULL is fine. */
void fleet_free(struct fleet *);
/* Do threads examine answers? */
bool fleet_examines(const struct fleet *);

/* Start a transfer, which always ends in fleet_reap unless it is cancelled.
 * `task` is for hooks.examine; NULL: there is nothing to examine. */
struct transfer *fleet_start(
    struct fleet *, const struct attempt_spec *, void *task);
/* What has happened to the request of a transfer that is to be cancelled now:
 * from here on it is not sent any more. */
enum wire_state fleet_wire(struct fleet *, struct transfer *);
/* End the transfer of `request`: it will not be reaped, and its owner hears no
 * more of it. A thread may still read the request for a while, which
 * request->readers counts. Neither this nor fleet_start may be called inside
 * hooks. */
void fleet_cancel(struct fleet *, struct transfer *, struct request *request);

/* What came back from a transfer. */
struct landing {
	void *owner;
	struct result result;
	void *task; /* the caller's again; NULL: it had none */
};

/* Take the next transfer that is over. False: there is none. */
bool fleet_reap(struct fleet *, struct landing *);

/* Work for any thread that is not about a transfer. Embedded in what it is
 * about. */
struct errand {
	struct letter letter;  /* the fleet's */
	struct member *member; /* likewise */
	/* Called on a thread, with its tools. */
	void (*perform)(struct errand *, void *tools);
	/* Called on the run's loop: it is performed, and the caller's again. */
	void (*done)(struct errand *);
	/* Called on the run's loop instead of that: the fleet is gone, and it
	 * may not have been performed. */
	void (*drop)(struct errand *);
};

/* Send an errand to the thread that has least to do. Only where there are
 * threads (fleet_examines). */
void fleet_send(struct fleet *, struct errand *);

/* As engine_resume, engine_drop_idle, engine_counts and engine_look, for all
 * engines. With several of them the counts are as of a moment ago, and the view
 * is that of the last call. */
void fleet_resume(struct fleet *);
void fleet_drop_idle(struct fleet *);
/* All that is left of the run is in flight: close the connections that nobody
 * uses. Threads keep theirs to the end: what lands or is about to start may
 * still be on its way to or from them. */
void fleet_close_surplus(struct fleet *);
struct engine_counts fleet_counts(struct fleet *);
struct engine_view fleet_look(struct fleet *);
/* This machine has no room for as many connections as were wanted: threads
 * close those that are idle, and each origin has those of one thread from now
 * on. An engine that is alone does what it can by itself. */
void fleet_save_connections(struct fleet *);

#endif
