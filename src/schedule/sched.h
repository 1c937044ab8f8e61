/*
 * Who may start, and when. Pure: no clock, no randomness, no network of its
 * own; `now` is in microseconds of any steady clock, and never runs back.
 *
 * An object that is scheduled embeds a struct sched_item. The item is in
 * exactly one place at a time: waiting (queued at its origin, or for its own
 * moment), rejected, flying, or nowhere. The walk of every request:
 *
 *	sched_add -> sched_next -> sched_on_wire -> sched_release -> nowhere
 *	                 '-> sched_next_rejected -> nowhere
 *
 * The rules: admission is all or nothing in one step of sched_next (a place
 * among -P, a place at the origin, a token of the run and one of the origin,
 * hold, breaker, gate); among origins that may start, the one with the fewest
 * in flight goes next, ties to the longest unserved; inside an origin what
 * goes again comes before what is fresh; a waiting item holds neither a place
 * nor a token. The head takes the next free place, but breaks no promise.
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
#include "schedule/waits.h"

struct sched;
struct origin; /* "https://host:port" and what is known of it */

/* A budget for what is extra (retries, hedges): it may not exceed a share of
 * the requests that were asked for. */
struct budget_limit {
	double share; /* 0.2 is 20 %; negative: no limit */
	uint64_t min; /* this many are always allowed */
};

struct budget {
	uint64_t asked;
	uint64_t extra;
};

/* Is there room for one more extra? */
static inline bool
budget_allows(const struct budget *b, const struct budget_limit *limit)
{
	return limit->share < 0 || b->extra < limit->min ||
	       (double)(b->extra + 1) <= limit->share * (double)b->asked;
}

/* What is worth telling the user; the caller writes the texts. */
enum sched_notice_kind {
	SCHED_NOTICE_HOLD,     /* held until `until_us`; its first one, and each
	                        * of 5 s or more that somebody waits for */
	SCHED_NOTICE_TOO_LONG, /* the hold is over --max-hold, or the 20th in
	                        * a row: `waiting` fail */
	SCHED_NOTICE_RESUME,   /* the hold is over, the first one starts */
	SCHED_NOTICE_SPREAD,   /* a low quota is spread, for the first time */
	SCHED_NOTICE_DOWN,     /* breaker open; next probe at `until_us` */
	SCHED_NOTICE_DEAD,     /* probes failed: `waiting` fail */
	SCHED_NOTICE_UP,       /* breaker closed again */
	SCHED_NOTICE_BUDGET,   /* the retry budget has no room, once */
	SCHED_NOTICE_PARKED,   /* `waiting` are parked: the reader stops */
};

struct sched_notice {
	enum sched_notice_kind kind;
	const char *origin; /* borrowed for the call; NULL of PARKED */
	size_t waiting;     /* items of the origin that wait */
	int64_t until_us;   /* the moment, on the clock of `now`; or -1 */
	int status;         /* the status that caused a hold */
	unsigned row;       /* holds in a row, without an answer between */
	const char *source; /* header that named a time; static; NULL: no
	                     * header did */
	bool backs_off;     /* HOLD: `until_us` is our back-off, since that is
	                     * later than what `source` named */
	bool dns;           /* DOWN, DEAD: names, not connections, failed */
	int64_t since_us;   /* DOWN, DEAD, UP: since when it is down */
};

struct sched_options {
	unsigned parallel;          /* -P; 1 or more */
	bool parallel_auto;         /* -P auto: an origin begins with it */
	unsigned parallel_max;      /* -P auto: never more; 0: 1,024 */
	unsigned parallel_per_host; /* 0: as many as `parallel` */
	struct rate_limit rate;
	struct rate_limit host_rate;
	bool polite;            /* holds apply */
	int64_t max_hold_us;    /* a longer hold fails the origin's requests */
	int64_t backoff_max_us; /* the longest hold that nobody named */
	bool gate_cold_https; /* HTTP/2 is possible: one leads a cold origin */
	size_t parked_max;    /* items; 0: 65,536 */
	size_t parked_bytes;  /* 0: 32 MiB */
	struct budget_limit retry_budget; /* per origin, and for the run */
	/* Called from inside sched_*, must not call back; NULL: silent. */
	void (*notice)(void *arg, const struct sched_notice *);
	void *notice_arg;
};

/* Where an item stands in its origin's queue. */
enum sched_rank {
	SCHED_FRESH, /* a new line */
	SCHED_AGAIN, /* a hop, a requeue, a child, a page, a hedge: before new
	              */
	SCHED_RETRY, /* the same, and charged to the retry budget */
};

/* All but `bytes` is the scheduler's. */
struct sched_item {
	struct list link;
	struct heap_node due;
	struct origin *origin; /* NULL: it is nowhere */
	uint32_t bytes;     /* the caller's: memory it takes while it waits */
	unsigned char rank; /* enum sched_rank */
	unsigned char place;
	unsigned char on_wire; /* times this flight was seen on the wire */
	unsigned char reason;  /* enum sched_reject_reason, while rejected */
	bool head;
	bool probe;         /* it is what an open breaker lets through */
	int64_t started_us; /* when it was last admitted */
	/* Once it flies: what it was queued for until then, a moment of its
	 * own apart; before, where the clocks stood. */
	struct waits waits;
};

void sched_item_init(struct sched_item *);
/* It flies: between sched_next and sched_release. */
bool sched_item_is_flying(const struct sched_item *);
/* It is anywhere at all; if not it may be freed. */
bool sched_item_is_inside(const struct sched_item *);

struct sched *sched_new(const struct sched_options *);
/* Items still inside are left alone: their owners free them. */
void sched_free(struct sched *);
/*
 * For one more run of a comparison: nothing may be inside. Tokens and holds
 * are kept, they are promises to the servers; connections, breakers, limits
 * found by -P auto and budgets start anew. `rate`s must be the same.
 */
void sched_reuse(struct sched *, const struct sched_options *);

/* Queue `item`, that is nowhere, for `origin` (copied), to start no earlier
 * than `due` (<= now: at once). */
void sched_add(struct sched *, struct sched_item *, const char *origin,
    enum sched_rank, int64_t due, int64_t now);
/* Take it out, wherever it waits or is rejected; not if it flies. One that is
 * nowhere is left alone. */
void sched_remove(struct sched *, struct sched_item *, int64_t now);
/* Take out any that waits or is rejected, to cancel all; NULL: none is left. */
struct sched_item *sched_take_any(struct sched *, int64_t now);
/*
 * `item` is the first that is not done: it goes before all others, wherever
 * it is and wherever it is added later. Costs nothing if it is already.
 */
void sched_set_head(struct sched *, struct sched_item *);

/* What may start; stays until set anew. */
enum sched_scope {
	SCHED_ALL,
	SCHED_HEAD_ONLY, /* there is no room for what is done but not emitted */
	SCHED_NOTHING,   /* stdout takes nothing */
};
void sched_set_scope(struct sched *, enum sched_scope);

/* Admit one item: it flies now and holds its place and its tokens. NULL:
 * none may start at `now`. */
struct sched_item *sched_next(struct sched *, int64_t now);

/*
 * The request of a flying item goes over the wire now. Opens its origin's
 * gate. Returns false if it must not: a repeat (second call of one flight)
 * for which there is no token; the caller aborts the transfer then, lands it
 * as SCHED_ABORTED and adds it again.
 */
bool sched_on_wire(struct sched *, struct sched_item *, int64_t now);

/* What came of a flight, as far as scheduling cares; retry_outcome() of
 * retry.h tells. */
enum sched_outcome {
	SCHED_ANSWERED,  /* any HTTP answer but the next two */
	SCHED_THROTTLED, /* 429, 503 with Retry-After, GitHub's 403 */
	SCHED_OVERLOAD,  /* 503, timeout: too much for the origin */
	SCHED_NO_CONNECT,
	SCHED_NO_NAME,
	SCHED_BROKEN,  /* reset, protocol, ...: connected, no answer */
	SCHED_ABORTED, /* cancelled, local, never tried: says nothing */
};

struct sched_report {
	enum sched_outcome outcome;
	int status;         /* 0 without an answer */
	int64_t latency_us; /* wire to first byte; -1 unknown */
	bool closed;        /* connection-level: the origin is cold again */
	bool wants_retry;   /* retry_is_wanted() */
	const struct quota *quota; /* NULL: the answer named no limits */
	uint64_t random;           /* any 64 random bits */
};

/* What scheduling made of a landing; goes into retry_decide(). */
enum sched_advice_kind {
	SCHED_USUAL,
	SCHED_HELD,     /* it belongs to a hold: goes again uncharged */
	SCHED_LOWERED,  /* it lowered -P auto: goes again uncharged */
	SCHED_TOO_LONG, /* held beyond --max-hold, 20 in a row: `policy` */
};
struct sched_advice {
	enum sched_advice_kind kind;
	int64_t until_us;   /* HELD, TOO_LONG: end of the hold */
	unsigned row;       /* so many refusals in a row */
	bool retry_allowed; /* the retry budgets have room */
};

/* The flight is over: the item is nowhere. */
struct sched_advice sched_release(struct sched *, struct sched_item *,
    const struct sched_report *, int64_t now);

/* Why a waiting item will not be tried. */
enum sched_reject_reason {
	SCHED_REJECT_HOLD, /* held beyond --max-hold, 20 in a row: `policy` */
	SCHED_REJECT_DOWN, /* its origin is down: `connect` or `dns` */
};
struct sched_rejection {
	enum sched_reject_reason reason;
	bool dns;
	int64_t until_us; /* end of the hold, or next probe */
	int64_t since_us; /* DOWN: since when */
	int status;       /* HOLD: the status that caused it */
	unsigned row;     /* HOLD: so many in a row */
	const char *source;
};
/* The next rejected item, now nowhere, and why; NULL: none. To be called until
 * then after sched_add and sched_release. */
struct sched_item *sched_next_rejected(
    struct sched *, struct sched_rejection *);

/* When to call sched_next again if nothing is added, seen on the wire (that
 * opens gates), or lands before: a moment, maybe past; -1: never. It may give
 * nothing then, but knows what is waited for from then on. To be called before
 * the caller rests; tells of holds. */
int64_t sched_wake(struct sched *, int64_t now);

/* May the reader bring another line? */
bool sched_has_room(const struct sched *);
size_t sched_flying(const struct sched *);
/* Waits, and its origin would let it start. */
size_t sched_ahead(const struct sched *);
/* Waits for a hold, back-off, breaker, gate, or its origin's own limit. */
size_t sched_parked(const struct sched *);

/*
 * This machine ran out of something in the flight that `item` had, landed or
 * not: P halves; once for all that flew when it did. Returns the new P.
 */
unsigned sched_lower_parallel(
    struct sched *, const struct sched_item *, int64_t now);
/* P now. */
unsigned sched_parallel(const struct sched *);

struct sched_origin_view {
	const char *name; /* borrowed for the call */
	unsigned flying;
	size_t waiting;
	unsigned limit;  /* in flight: where -P auto settled, or the limit */
	uint64_t holds;  /* so far */
	int64_t held_us; /* end of the hold; in the past: none */
	struct budget retries;
};
/* Show every origin that is remembered in full. */
void sched_each_origin(const struct sched *,
    void (*see)(void *arg, const struct sched_origin_view *), void *arg);

#endif
