/*
 * All origins by name. Kept in full are those with an item inside, and the
 * 4,096 idle ones that were used last. Of an older one only what still binds
 * is kept: a hold, tokens that are not free, an open breaker, in a tombstone
 * of 48 bytes until that expires. So a million origins that bind nothing take
 * no memory at all.
 */
#ifndef GATHER_SCHEDULE_DIRECTORY_H
#define GATHER_SCHEDULE_DIRECTORY_H

#include <stdint.h>

#include "base/hash.h"
#include "base/heap.h"
#include "base/list.h"
#include "base/strmap.h"
#include "schedule/sched.h"

struct origin;

struct directory {
	struct strmap origins;   /* name -> struct origin; owned */
	struct origin *last;     /* that was entered; NULL: none, or evicted */
	struct list busy;        /* origins with an item inside */
	struct list idle;        /* the others, longest unused first */
	size_t idle_len;         /* origins in `idle` */
	struct hash_table tombs; /* hash of a name -> struct tomb; owned */
	struct heap expiry;      /* the same tombs, by when they expire */
};

void directory_init(struct directory *);
void directory_release(struct directory *);
/* Returns the origin called `name`, made if need be, with what its tombstone
 * says. It is busy from here on; the caller counts in origin->inside. */
struct origin *directory_enter(struct directory *, const char *name,
    const struct sched_options *, int64_t now);
/* No item is inside the origin any more: it is idle. Where too many are, the
 * one that was used longest ago is evicted. */
void directory_leave(struct directory *, struct origin *, int64_t now);
/* Reset all origins but for what was promised to servers (origin_renew). */
void directory_renew(struct directory *, const struct sched_options *);

#endif
