/*
 * Origins are made when their first item comes, are idle when their last one
 * has gone, and are evicted when too many are idle. What still binds then
 * becomes a tombstone, from which a later origin of that name is restored.
 * From top to bottom: tombs by hash and by expiry; a tomb of an origin and
 * back; entering and leaving.
 */
#include "config.h"

#include "schedule/directory.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "schedule/origin.h"

enum {
	IDLE_MAX = 4096, /* idle origins that are kept in full */
	EXPIRE_STEPS = 4 /* tombs freed, at most, with each new origin */
};

/*
 * What outlives an origin. Its name is not kept, only the 64-bit hash: two
 * names with one hash would share what binds, which does no harm, and which
 * among a million origins has a chance of about one in 37 million.
 */
struct tomb {
	struct heap_node expiry; /* when nothing binds any more */
	uint64_t hash;           /* of the origin's name */
	int64_t until_us;        /* end of the hold, or of the breaker's wait */
	uint32_t tokens;         /* in use; all are free at expiry */
	unsigned char probes;    /* of the breaker */
	unsigned char cause;     /* of the breaker */
	bool is_open;       /* until_us is the breaker's; else the hold's */
	bool is_over_limit; /* the hold is */
};

struct tomb_entry {
	uint64_t hash;
	struct tomb *tomb;
};

void
directory_init(struct directory *d)
{
	*d = (struct directory){0};
	strmap_init(&d->origins);
	hash_table_init(&d->tombs, sizeof(struct tomb_entry), NULL);
	list_init(&d->busy);
	list_init(&d->idle);
	heap_init(&d->expiry);
}

static void
free_all(struct list *origins)
{
	struct list *l;

	while ((l = list_pop_front(origins)))
		origin_free(container_of(l, struct origin, link));
}

void
directory_release(struct directory *d)
{
	struct heap_node *n;

	free_all(&d->busy);
	free_all(&d->idle);
	strmap_release(&d->origins);
	while ((n = heap_pop(&d->expiry)))
		free(container_of(n, struct tomb, expiry));
	heap_release(&d->expiry);
	hash_table_release(&d->tombs);
}

static void
add_tomb(struct directory *d, struct tomb *t, int64_t expiry)
{
	struct tomb_entry *e = hash_table_add(&d->tombs, t->hash, NULL);

	if (e->tomb) {
		heap_remove(&d->expiry, &e->tomb->expiry);
		free(e->tomb);
	}
	e->tomb = t;
	heap_push(&d->expiry, &t->expiry, expiry);
}

/* Take the tomb of `hash` out of the directory; the caller frees it. NULL:
 * there is none. */
static struct tomb *
take_tomb(struct directory *d, uint64_t hash)
{
	struct tomb_entry *e = hash_table_find(&d->tombs, hash, NULL);
	struct tomb *t;

	if (!e)
		return NULL;
	t = e->tomb;
	hash_table_remove(&d->tombs, e);
	heap_remove(&d->expiry, &t->expiry);
	return t;
}

/* Free tombs that have expired. No call frees many, so none takes long; but it
 * may free more than the one that an origin leaves, so they do not pile up. */
static void
expire_tombs(struct directory *d, int64_t now)
{
	for (int i = 0; i < EXPIRE_STEPS; i++) {
		struct heap_node *n = heap_top(&d->expiry);

		if (!n || n->at > now)
			return;
		free(take_tomb(d, container_of(n, struct tomb, expiry)->hash));
	}
}

/* Make the tomb of `o` and say when it expires. NULL: nothing of it binds. */
static struct tomb *
tomb_make(struct origin *o, int64_t now, int64_t *expiry)
{
	bool is_open =
	    o->breaker.state == BREAKER_OPEN &&
	    o->hold.until_us <= now; /* a hold is a promise, it goes first */
	int64_t until = is_open ? o->breaker.probe_us : o->hold.until_us;
	uint64_t tokens = rate_bound(&o->rate, now, expiry);
	struct tomb *t;

	if (until <= now && !tokens)
		return NULL;
	if (until > *expiry)
		*expiry = until;
	t = xcalloc(1, sizeof(*t));
	t->hash = hash_text(o->name);
	t->until_us = until;
	t->tokens = tokens < UINT32_MAX ? (uint32_t)tokens : UINT32_MAX;
	t->is_open = is_open;
	t->is_over_limit = o->hold.over_limit;
	t->probes = o->breaker.probes;
	t->cause = o->breaker.cause;
	return t;
}

/* Forget the idle origin `o` but for its tomb. */
static void
evict(struct directory *d, struct origin *o, int64_t now)
{
	int64_t expiry;
	struct tomb *t = tomb_make(o, now, &expiry);

	if (t)
		add_tomb(d, t, expiry);
	if (d->last == o)
		d->last = NULL;
	strmap_remove(&d->origins, o->name);
	origin_free(o);
}

/* Give a new origin what an earlier one of that name left behind. */
static void
tomb_restore(struct origin *o, const struct tomb *t)
{
	if (t->tokens)
		rate_restore(&o->rate, t->tokens, t->expiry.at);
	if (!t->is_open) {
		o->hold.until_us = t->until_us;
		o->hold.over_limit = t->is_over_limit;
		return;
	}
	o->breaker.state = BREAKER_OPEN;
	o->breaker.probe_us = t->until_us;
	o->breaker.since_us = t->until_us;
	o->breaker.probes = t->probes;
	o->breaker.cause = t->cause;
}

static struct origin *
make_origin(struct directory *d, const char *name,
    const struct sched_options *options, int64_t now)
{
	struct tomb *t = take_tomb(d, hash_text(name));
	struct origin *o = origin_new(name, options);

	o->name = strmap_set(&d->origins, name, o);
	if (t)
		tomb_restore(o, t);
	free(t);
	expire_tombs(d, now);
	return o;
}

/* Most items are for the origin of the one before. */
static struct origin *
find_origin(struct directory *d, const char *name)
{
	if (!d->last || strcmp(d->last->name, name) != 0)
		d->last = strmap_get(&d->origins, name);
	return d->last;
}

struct origin *
directory_enter(struct directory *d, const char *name,
    const struct sched_options *options, int64_t now)
{
	struct origin *o = find_origin(d, name);

	if (!o)
		o = d->last = make_origin(d, name, options, now);
	else if (o->inside)
		return o;
	else
		d->idle_len--;
	list_remove(&o->link);
	list_push_back(&d->busy, &o->link);
	return o;
}

void
directory_leave(struct directory *d, struct origin *o, int64_t now)
{
	list_remove(&o->link);
	list_push_back(&d->idle, &o->link);
	if (++d->idle_len <= IDLE_MAX)
		return;
	o = container_of(d->idle.next, struct origin, link);
	list_remove(&o->link);
	d->idle_len--;
	evict(d, o, now);
}

void
directory_renew(struct directory *d, const struct sched_options *options)
{
	struct strmap_entry *e;
	struct tomb_entry *t;

	for (size_t at = 0; (e = strmap_next(&d->origins, &at));)
		origin_renew(e->value, options);
	/* A breaker is not a promise to a server: forget it. */
	for (size_t at = 0; (t = hash_table_next(&d->tombs, &at));)
		if (t->tomb->is_open) {
			t->tomb->is_open = false;
			t->tomb->until_us = INT64_MIN;
		}
}
