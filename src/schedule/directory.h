/*
 * All origins by name. In full: those with something inside, and the 4,096
 * last used ones. Of the others only what binds is kept, a tombstone of 48
 * bytes each until it expires: a hold, tokens that aren't free, an open
 * breaker. So a million origins that bind nothing take no memory at all.
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
	struct strmap origins;
	struct list busy; /* origins with something inside */
	struct list idle; /* the others, longest unused first */
	size_t idle_len;
	struct hash_table tombs; /* origin's hash -> struct tomb */
	struct heap expiry;      /* of tombs */
};

void directory_init(struct directory *);
void directory_release(struct directory *);
/* The origin called `name`, made if need be, busy from here on. */
struct origin *directory_enter(struct directory *, const char *name,
    const struct sched_options *, int64_t now);
/* Nothing of it is inside any more: it may be forgotten. */
void directory_leave(struct directory *, struct origin *, int64_t now);
/* All origins but what they promised to servers begin anew. */
void directory_renew(struct directory *, const struct sched_options *);
/* Origins kept in full, and tombstones. */
size_t directory_count(const struct directory *);
size_t directory_tombs(const struct directory *);

#endif
