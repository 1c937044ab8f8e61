/*
 * The engine: transfers on a libevent base by libcurl's multi interface. It
 * starts what it is told to at once and reports what is over; who may start,
 * and what follows, is not its business.
 *
 * One engine has no state outside itself; several can live side by side.
 */
#ifndef GATHER_FETCH_ENGINE_H
#define GATHER_FETCH_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fetch/hop.h"
#include "fetch/options.h"
#include "request/request.h"
#include "request/result.h"

struct event_base;
struct engine;
struct attempt;

/* Reasons of ERROR_LOCAL: it is to be started once more, */
#define ENGINE_NOT_ADMITTED   "not admitted"
#define ENGINE_EXPECT_REFUSED "417" /* with hop.no_expect */

struct engine_hooks {
	/* The request of `owner` is about to go over the wire; false: it
	 * must not, and ends as `local` with the reason ENGINE_NOT_ADMITTED.
	 * Called inside libcurl: no engine function may be called. */
	bool (*on_wire)(void *arg, void *owner);
	/* A piece of a body that is to be streamed (attempt_spec.stream);
	 * its content may be moved out. Called inside libcurl. */
	void (*on_body)(void *arg, void *owner, struct buf *chunk);
	/* engine_reap has something. Called inside the event loop. */
	void (*on_ready)(void *arg);
	void *arg;
};

struct attempt_spec {
	const struct request *request; /* borrowed until the attempt ends */
	const struct hop *hop;         /* borrowed likewise */
	void *owner;                   /* handed back by engine_reap */
	int64_t time_left_us;          /* 0: no limit */
	const char *time_option;       /* what set it: "-m"; static */
	bool own_connection;           /* not one that is open already */
	bool stream; /* a body of an accepted status goes to on_body */
};

/* `options` are borrowed. NULL with *cause set (caller frees): an option
 * that this libcurl refuses. */
struct engine *engine_new(struct event_base *, const struct fetch_options *,
    const struct engine_hooks *, char **cause);
/* Cancels what is in flight; owners are not told. */
void engine_free(struct engine *);

/* Start a transfer now. It always ends in engine_reap, also when it cannot
 * even begin. Not to be called inside hooks. */
struct attempt *engine_start(struct engine *, const struct attempt_spec *);
/* End it now; it will not be reaped. Not to be called inside hooks. */
void engine_cancel(struct engine *, struct attempt *);
/* The next transfer that is over, or NULL: its owner, and its result moved
 * to *r (uninitialised storage). The attempt is gone afterwards. */
bool engine_reap(struct engine *, void **owner, struct result *r);

/* The heads that came so far, in order, if they are kept; for on_body. */
const struct buf *attempt_heads(const struct attempt *);
/* What has happened so far to what was sent last. */
enum wire_state attempt_wire(const struct attempt *);

/* Close connections that nobody uses: others need descriptors. Not to be
 * called inside hooks. */
void engine_drop_idle(struct engine *);

struct engine_counts {
	uint64_t connections_opened;
	uint64_t connections_reused;
	uint64_t wire_requests;
	size_t flying;
};
struct engine_counts engine_counts(const struct engine *);

#endif
