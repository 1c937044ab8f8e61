/*
 * The scheduler: which request may start, and when. Pure: it has no clock, no
 * randomness and no network of its own; `now` is in microseconds of any steady
 * clock, and never runs back.
 *
 * An object that is scheduled embeds a struct sched_item. The item is in
 * exactly one place at a time: waiting (queued at its origin, or until a moment
 * of its own), rejected, flying, or nowhere. The walk of every request:
 *
 *	sched_add -> sched_next -> sched_on_wire -> sched_release -> nowhere
 *	                 '-> sched_next_rejected -> nowhere
 *
 * Admission is all or nothing, in one step of sched_next: a slot among -P, a
 * slot at the origin, a token of the run's rate and one of the origin's, and
 * the origin's hold, breaker and gate must allow it. Among the origins that may
 * start one, the one with the fewest in flight goes next, and of several the
 *one that was not served for longest. Within an origin, requests that go again
 * come before fresh ones. A waiting item holds neither a slot nor a token. The
 * head of the order takes the next free slot, but no limit is broken for it.
 */
#ifndef GATHER_SCHEDULE_SCHED_H
#define GATHER_SCHEDULE_SCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heap.h"
#include "base/list.h"
#include "request/quota.h"
#include "schedule/rate.h"

struct sched;
struct origin; /* "https://host:port" and what is known of it (origin.h) */

/* What an item can wait for. */
enum wait_reason {
	WAIT_PLACE, /* a slot among -P, or room in the output */
	WAIT_HOST,  /* a slot at its origin, or its gate */
	WAIT_RATE,  /* a token of a rate */
	WAIT_HOLD,  /* its origin, which is held or down */
	WAIT_REASONS
};

/* Microseconds that were spent waiting for each reason. */
struct waits {
	int64_t us[WAIT_REASONS];
};

/* A limit for extra requests (retries, hedges): they may not exceed a share of
 * the requests that were asked for. */
struct budget_limit {
	double share; /* 0.2 is 20 %; negative: no limit */
	uint64_t min; /* this many are always allowed */
};

/* How much of a budget is used. */
struct budget {
	uint64_t asked; /* requests that were asked for, so far */
	uint64_t extra; /* extra ones, so far */
};

/* Returns whether `limit` allows one more extra request. */
static inline bool
budget_allows(const struct budget *b, const struct budget_limit *limit)
{
	return limit->share < 0 || b->extra < limit->min ||
	       (double)(b->extra + 1) <= limit->share * (double)b->asked;
}

/* What is worth telling the user; the caller writes the texts. */
enum sched_notice_kind {
	SCHED_NOTICE_HOLD,     /* the origin is held until `until_us`: its first
	                        * hold, and each of 5 s or more that an item
	                        * waits for */
	SCHED_NOTICE_TOO_LONG, /* the hold is over --max-hold, or the 20th in
	                        * a row: the `waiting` items fail */
	SCHED_NOTICE_RESUME,   /* the hold is over, the first item starts */
	SCHED_NOTICE_SPREAD,   /* a low quota is spread, for the first time */
	SCHED_NOTICE_DOWN,     /* breaker open; next probe at `until_us` */
	SCHED_NOTICE_DEAD,     /* probes failed: the `waiting` items fail */
	SCHED_NOTICE_UP,       /* breaker closed again */
	SCHED_NOTICE_BUDGET,   /* the retry budget is used up; once an origin */
	SCHED_NOTICE_PARKED, /* `waiting` items are parked: the reader stops */
};

struct sched_notice {
	enum sched_notice_kind kind;
	const char *origin; /* borrowed for the call; NULL of PARKED */
	size_t waiting;     /* items of the origin that wait */
	int64_t until_us;   /* the moment, on the clock of `now`; or -1 */
	int status;         /* the status that caused a hold; 0: an answer to
	                     * somebody else did (sched_hold) */
	unsigned row;       /* holds in a row, without an answer between them */
	const char *source; /* header that named a time; static; NULL: no
	                     * header did */
	bool backs_off;     /* HOLD: `until_us` is our back-off, since that is
	                     * later than what `source` named */
	bool dns;           /* DOWN, DEAD: names, not connections, failed */
	int64_t since_us;   /* DOWN, DEAD, UP: since when it is down */
};

/* Of -P auto: requests to an origin that may be in flight. */
enum {
	SCHED_AUTO_START = 50, /* in the beginning */
	SCHED_AUTO_MAX = 1024  /* ever, by default */
};

/* Where the tokens of rates come from that bind several processes together. */
struct rate_source {
	/* A scheduler was made, which takes tokens from here on, and is told of
	 * grants (sched_granted); NULL: it is gone, its pools are closed. */
	void (*attach)(void *arg, struct sched *);
	/* Returns the pool of the rate of `origin`, or with NULL of the run;
	 * one that is not closed yet is not opened again. The source's, until
	 * it is closed and longer; the caller sets its `taker`. */
	struct rate_pool *(*open)(
	    void *arg, const char *origin, const struct rate_limit *);
	void *arg;
};

struct sched_options {
	unsigned parallel;           /* -P; 1 or more */
	bool parallel_auto;          /* -P auto: an origin begins with it */
	unsigned parallel_max;       /* -P auto: never more; 0: 1,024 */
	unsigned parallel_per_host;  /* 0: as many as `parallel` */
	struct rate_limit rate;      /* --rate, of the run */
	struct rate_limit host_rate; /* --per-host-rate, of each origin */
	/* NULL: the rates are this scheduler's own. Borrowed. */
	const struct rate_source *source;
	bool polite;            /* servers that ask for a pause get it */
	int64_t max_hold_us;    /* --max-hold: a longer hold fails the
	                         * origin's requests */
	int64_t backoff_max_us; /* the longest hold that no header named */
	bool gate_cold_https;   /* HTTP/2 is possible: one request opens the
	                         * connection that the others share */
	size_t parked_max;      /* items; 0: 65,536 */
	size_t parked_bytes;    /* memory of these items; 0: 32 MiB */
	struct budget_limit retry_budget; /* of each origin, and of the run */
	/* Called from inside sched_*, must not call back; NULL: silent. */
	void (*notice)(void *arg, const struct sched_notice *);
	void *notice_arg;
	/* An answer holds its origin until so late, which was not known before:
	 * those who share the origin are to be told, however short it is.
	 * Called likewise; NULL: it is nobody else's business. */
	void (*held)(void *arg, const char *origin, int64_t until_us);
	void *held_arg;
};

/* Where an item stands in its origin's queue. */
enum sched_rank {
	SCHED_FRESH, /* a request of the list: behind the others */
	SCHED_AGAIN, /* a redirect, requeue, child, page or hedge */
	SCHED_RETRY, /* like SCHED_AGAIN, and charged to the retry budget */
};

/* The scheduler's part of a request. All but `bytes` belongs to the scheduler.
 */
struct sched_item {
	struct list link;      /* in a queue of its origin, or rejected */
	struct heap_node due;  /* among those that wait for a moment */
	struct origin *origin; /* NULL: it is nowhere */
	uint32_t bytes;       /* the caller's: memory it takes while it waits */
	unsigned char rank;   /* enum sched_rank */
	unsigned char place;  /* enum item_place (queue.h) */
	bool on_wire;         /* the request of this flight was sent */
	unsigned char reason; /* enum sched_reject_reason, while rejected */
	bool head;            /* it is the head of the order */
	bool probe;           /* an open breaker let it through as its probe */
	int64_t started_us;   /* when it was last admitted */
	struct rate_ticket token;      /* of the run's rate, and */
	struct rate_ticket host_token; /* of its origin's, while it flies and
	                                * is not on the wire */
	/* While it flies: how long it was queued, by reason, without the time
	 * until a moment of its own. While it is queued: the readings of its
	 * origin's clock when it was queued. */
	struct waits waits;
};

/* Initialise an item that is nowhere. */
void sched_item_init(struct sched_item *);
/* Returns whether the item flies: it is between sched_next and sched_release.
 */
bool sched_item_is_flying(const struct sched_item *);
/* Returns whether the scheduler holds the item; free it only when false. */
bool sched_item_is_inside(const struct sched_item *);

/* Make a scheduler; the options are copied. */
struct sched *sched_new(const struct sched_options *);
/* Items that are still inside are left alone: their owners free them. */
void sched_free(struct sched *);
/*
 * Prepare for one more run of a comparison; no item may be inside. Tokens and
 * holds are kept, since they are promises to the servers; connections,
 * breakers, limits found by -P auto and budgets start anew. The two rates must
 * be the same as before.
 */
void sched_reuse(struct sched *, const struct sched_options *);

/* Queue `item`, which is nowhere, for `origin` (copied), to start no earlier
 * than `due` (<= now: at once). */
void sched_add(struct sched *, struct sched_item *, const char *origin,
    enum sched_rank, int64_t due, int64_t now);
/* Withdraw an item that waits, is rejected or is nowhere; it must not fly. */
void sched_remove(struct sched *, struct sched_item *, int64_t now);
/*
 * Make `item` the head of the order: the first that is not done. It goes before
 * all others, wherever it is now and wherever it is added later. Costs nothing
 * if it is the head already.
 */
void sched_set_head(struct sched *, struct sched_item *);

/* Which items may start. */
enum sched_scope {
	SCHED_ALL,
	SCHED_HEAD_ONLY, /* the order has no room for more finished results */
	SCHED_NOTHING,   /* stdout takes nothing */
};
/* Set which items may start from here on, until it is set again. */
void sched_set_scope(struct sched *, enum sched_scope);

/* Admit one item: it flies now, and holds its slot and its tokens. NULL: none
 * may start at `now`. */
struct sched_item *sched_next(struct sched *, int64_t now);

/*
 * Note that the request of a flying item goes over the wire now, which opens
 * its origin's gate. Returns false if it must not: a token of a shared rate has
 * lapsed meanwhile, or it is a repeat (the second call in one flight, as
 * libcurl sends again what a reused connection lost), and there is no token for
 * it. The caller then aborts the transfer, releases the item as SCHED_ABORTED
 * and adds it again.
 */
bool sched_on_wire(struct sched *, struct sched_item *, int64_t now);

/*
 * For a thread that must decide without the scheduler whether a request may be
 * sent for the first time: it may before the moment that sched_wire_by returns
 * (RATE_NEVER: whenever it likes), and sched_sent is told when it was. After
 * that moment sched_renew tries to get other tokens: true if it did, and there
 * is another such moment.
 */
int64_t sched_wire_by(const struct sched_item *);
bool sched_renew(struct sched *, struct sched_item *, int64_t now);
void sched_sent(struct sched *, struct sched_item *, int64_t wire_us);

/* The pool, which the source opened for this scheduler, was granted tokens:
 * call sched_next and sched_wake again. */
void sched_granted(struct sched *, struct rate_pool *, int64_t now);

/* How a flight ended, as far as scheduling is concerned; retry_outcome() of
 * retry.h derives it. */
enum sched_outcome {
	SCHED_ANSWERED,   /* any HTTP answer but the next two */
	SCHED_THROTTLED,  /* 429, 503 with Retry-After, GitHub's 403 */
	SCHED_OVERLOAD,   /* 503, timeout: too much for the origin */
	SCHED_NO_CONNECT, /* no connection could be made */
	SCHED_NO_NAME,    /* the host's name was not found */
	SCHED_BROKEN,     /* reset, protocol, ...: connected, no answer */
	SCHED_ABORTED,    /* cancelled, local, never tried: says nothing about
	                   * the origin */
};

/* The report about a flight that ended. */
struct sched_report {
	enum sched_outcome outcome;
	int status;         /* 0: there was no answer */
	int64_t latency_us; /* from the wire to the first byte; -1: unknown */
	bool closed;      /* the connection is gone: the origin is cold again */
	bool wants_retry; /* what retry_is_wanted() says */
	const struct quota *quota; /* NULL: the answer named no limits */
	uint64_t random;           /* any 64 random bits */
};

/* What the end of a flight means for its request. */
enum sched_advice_kind {
	SCHED_USUAL,    /* nothing: retry.h decides alone */
	SCHED_HELD,     /* it belongs to a hold: it goes again uncharged */
	SCHED_LOWERED,  /* it lowered -P auto: it goes again uncharged */
	SCHED_TOO_LONG, /* held beyond --max-hold, or 20 times in a row: it
	                 * fails with class `policy` */
};
/* The scheduler's advice for retry_decide(). */
struct sched_advice {
	enum sched_advice_kind kind;
	int64_t until_us;   /* HELD, TOO_LONG: end of the hold */
	unsigned row;       /* refusals of the origin in a row */
	bool retry_allowed; /* the retry budgets have room */
};

/* End the flight of `item`, which is nowhere from here on, and judge what the
 * report says about its origin. */
struct sched_advice sched_release(struct sched *, struct sched_item *,
    const struct sched_report *, int64_t now);

/* Others that share `origin` were asked to send nothing there before
 * `until_us`: hold it here, too, whether or not an item is inside. Afterwards
 * call sched_next_rejected, sched_next and sched_wake again. */
void sched_hold(
    struct sched *, const char *origin, int64_t until_us, int64_t now);

/* Why a waiting item will not be tried. */
enum sched_reject_reason {
	SCHED_REJECT_HOLD, /* held beyond --max-hold, 20 in a row: `policy` */
	SCHED_REJECT_DOWN, /* its origin is down: `connect` or `dns` */
};
/* What the message of a rejected item needs. */
struct sched_rejection {
	enum sched_reject_reason reason;
	bool dns;         /* DOWN: names, not connections, failed */
	int64_t until_us; /* end of the hold, or next probe */
	int64_t since_us; /* DOWN: since when the origin is down */
	int status;       /* HOLD: the status that caused it */
	unsigned row;     /* HOLD: refusals in a row */
	const char
	    *source; /* HOLD: header that named a time; static; or NULL */
};
/* Take out the next rejected item and say why; NULL: there is none. Call it
 * after each sched_add and sched_release until it returns NULL. */
struct sched_item *sched_next_rejected(
    struct sched *, struct sched_rejection *);

/*
 * Returns the moment, maybe past, at which to call sched_next again if until
 * then no item is added, goes on the wire (which opens gates) or is released;
 * -1: never. At that moment sched_next may still return NULL, but charges the
 * waits from then on to another reason. Call it before the caller sleeps; it
 * announces holds.
 */
int64_t sched_wake(struct sched *, int64_t now);

/* Returns whether another request may be read: enough are ahead only for a
 * while, and not too many are parked. */
bool sched_has_room(const struct sched *);
/* How many items fly. */
size_t sched_flying(const struct sched *);
/* How many items wait while their origin would let them start. */
size_t sched_ahead(const struct sched *);
/* How many items wait for a hold, a back-off, a breaker, a gate, or their
 * origin's own limit. */
size_t sched_parked(const struct sched *);

/*
 * Halve P, since this machine ran out of descriptors or ports in the flight
 * that `item` has or had; once for all that were in flight together. Returns
 * the new P.
 */
unsigned sched_lower_parallel(
    struct sched *, const struct sched_item *, int64_t now);
/* Returns P as it is now. */
unsigned sched_parallel(const struct sched *);

/* What can be shown of an origin. */
struct sched_origin_view {
	const char *name; /* borrowed for the call */
	unsigned flying;
	size_t waiting;
	unsigned limit;        /* in flight: where -P auto is, or the limit */
	uint64_t holds;        /* so far */
	int64_t held_us;       /* end of the hold; in the past: none */
	struct budget retries; /* what of its retry budget is used */
};
/* Call `visit` for each origin that is remembered in full. */
void sched_each_origin(const struct sched *,
    void (*visit)(void *arg, const struct sched_origin_view *), void *arg);

#endif
