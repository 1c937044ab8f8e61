/*
 * Who may start, and when. Pure: no clock, no randomness, no network of its
 * own; `now` is in microseconds of any steady clock, and never runs back.
 *
 * An object that is scheduled embeds a struct sched_item. The item belongs
 * to exactly one place at a time: queued (startable), parked (back-off, hold,
 * breaker, its origin at its own limit), flying, or none.
 *
 * The rules (and their order) are those of HACKING.md: admission is all or
 * nothing in one step; among origins that may start, the one with the fewest
 * in flight goes next; hops and due retries go before new lines; a waiting
 * item holds neither a place nor a token.
 */
#ifndef GATHER_SCHEDULE_SCHED_H
#define GATHER_SCHEDULE_SCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heap.h"
#include "base/list.h"

struct sched;
struct sched_origin;

/* N starts in any window of period_us; count 0: no limit. */
struct rate_limit {
	uint64_t count;
	int64_t period_us;
	bool even; /* space the starts evenly */
};

struct sched_options {
	unsigned parallel;          /* -P; 1 or more */
	bool parallel_auto;         /* -P auto: `parallel` is where it begins */
	unsigned parallel_per_host; /* 0: as many as `parallel` */
	struct rate_limit rate;
	struct rate_limit host_rate;
	bool polite;          /* holds apply */
	int64_t max_hold_us;  /* a longer hold fails the origin's requests */
	bool gate_cold_https; /* HTTP/2 is possible: one leader per cold origin
	                       */
	unsigned parked_max;  /* items; 0: 65,536 */
};

/* Where an item stands in its origin's queue. */
enum sched_rank {
	SCHED_HEAD,  /* first slot not done: exempt from room, goes first */
	SCHED_AGAIN, /* a hop, a due retry, a requeue, a child */
	SCHED_FRESH, /* a new line */
};

struct sched_item {
	struct list link;     /* the scheduler's */
	struct heap_node due; /* the scheduler's */
	struct sched_origin *origin;
	enum sched_rank rank;
	unsigned char state;   /* the scheduler's */
	unsigned char on_wire; /* times it was seen on the wire */
	int64_t queued_us;     /* when it was last queued */
	int64_t started_us;    /* when it was last admitted */
};

void sched_item_init(struct sched_item *);

struct sched *sched_new(const struct sched_options *, uint64_t seed);
/* Items still inside are left alone: their owners free them. */
void sched_free(struct sched *);

/* Queue `item` for `origin` ("https://host:port"), startable at `due`
 * (<= now: at once). */
void sched_add(struct sched *, struct sched_item *, const char *origin,
    enum sched_rank, int64_t due, int64_t now);
/* Take it out, wherever it is queued or parked (cancellation). */
void sched_remove(struct sched *, struct sched_item *);

/* Admit one item: it is flying now and holds its place and its tokens.
 * NULL: none may start at `now`. */
struct sched_item *sched_next(struct sched *, int64_t now);

/*
 * The request of a flying item goes over the wire now. Opens its origin's
 * gate. Returns false if it must not: a repeat (second call of one flight)
 * for which there is no token; the caller aborts the transfer then.
 */
bool sched_on_wire(struct sched *, struct sched_item *, int64_t now);

/* What came of a flight, as far as scheduling cares. */
enum sched_outcome {
	SCHED_ANSWERED,  /* any HTTP answer but the next two */
	SCHED_THROTTLED, /* 429, 503 with Retry-After, GitHub's 403 */
	SCHED_OVERLOAD,  /* 503, timeout: too much for the origin */
	SCHED_NO_CONNECT,
	SCHED_NO_NAME,
	SCHED_BROKEN,  /* reset, protocol, ...: connected, no answer */
	SCHED_ABORTED, /* cancelled or never tried: says nothing */
};

struct sched_report {
	enum sched_outcome outcome;
	int64_t latency_us; /* wire to first byte; -1 unknown */
	bool closed;        /* connection-level: the origin is cold again */
};

/* The flight is over; the item is in no place, until added again. */
void sched_land(struct sched *, struct sched_item *,
    const struct sched_report *, int64_t now);

/* When to call sched_next again if nothing lands before: a moment, or -1 if
 * only a landing or an addition can change anything. */
int64_t sched_wake(const struct sched *, int64_t now);

/* May the reader bring another line? */
bool sched_has_room(const struct sched *);
size_t sched_flying(const struct sched *);
/* Startable but not started. */
size_t sched_ahead(const struct sched *);
size_t sched_parked(const struct sched *);

#endif
