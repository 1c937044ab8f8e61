#include "config.h"

#include "schedule/directory.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "schedule/origin.h"

enum {
	IDLE_MAX = 4096,
	EXPIRE_STEPS = 4
};

/* What outlives an origin. Names are told apart by their 64-bit hash. */
struct tomb {
	struct heap_node expiry; /* when nothing binds any more */
	uint64_t hash;
	int64_t until_us; /* end of the hold, or time of the next probe */
	uint32_t tokens;  /* taken to be free at expiry */
	unsigned char probes;
	unsigned char cause; /* of the breaker */
	bool is_open;        /* the breaker; else it is a hold */
	bool is_over_limit;  /* the hold */
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

/* Takes it out of the directory; NULL: there is none. */
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

/* A few at a time, but more than one new tomb needs. */
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

/* NULL: nothing of it binds. */
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

static void
evict(struct directory *d, struct origin *o, int64_t now)
{
	int64_t expiry;
	struct tomb *t = tomb_make(o, now, &expiry);

	if (t)
		add_tomb(d, t, expiry);
	strmap_remove(&d->origins, o->name);
	origin_free(o);
}

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

struct origin *
directory_enter(struct directory *d, const char *name,
    const struct sched_options *options, int64_t now)
{
	struct origin *o = strmap_get(&d->origins, name);

	if (!o)
		o = make_origin(d, name, options, now);
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
	/* A breaker is no promise. */
	for (size_t at = 0; (t = hash_table_next(&d->tombs, &at));)
		if (t->tomb->is_open) {
			t->tomb->is_open = false;
			t->tomb->until_us = INT64_MIN;
		}
}

size_t
directory_count(const struct directory *d)
{
	return strmap_len(&d->origins);
}

size_t
directory_tombs(const struct directory *d)
{
	return d->expiry.len;
}
