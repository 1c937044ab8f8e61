/*
 * The tallies, found by their key; then the sliding window over the visits of
 * one; then the draw that decides whether a visit of /flaky fails.
 */
#include "config.h"

#include "demo/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* The time in an empty place of the ring: outside of every window, and far
 * enough from INT64_MIN that differences do not overflow. */
#define LONG_AGO (INT64_MIN / 2)

void
tallies_init(struct tallies *t)
{
	list_init(&t->used);
	t->len = 0;
}

static void
tally_free(struct tally *t)
{
	list_remove(&t->link);
	free(t->allowed);
	free(t->key);
	free(t);
}

void
tallies_release(struct tallies *t)
{
	struct list *at;

	while ((at = list_pop_front(&t->used)))
		tally_free(container_of(at, struct tally, link));
	t->len = 0;
}

/* The tally of `key`, or NULL. A list will do for 1024 of them. */
static struct tally *
find_tally(const struct tallies *t, const char *key)
{
	LIST_FOREACH (at, &t->used) {
		struct tally *tally = container_of(at, struct tally, link);

		if (strcmp(tally->key, key) == 0)
			return tally;
	}
	return NULL;
}

/* Free the tally that was not used for the longest time. */
static void
evict_oldest(struct tallies *t)
{
	tally_free(container_of(t->used.prev, struct tally, link));
	t->len--;
}

static struct tally *
add_tally(struct tallies *t, const char *key)
{
	struct tally *tally = xcalloc(1, sizeof(*tally));

	tally->key = xstrdup(key);
	list_init(&tally->link);
	if (t->len == TALLIES_MAX)
		evict_oldest(t);
	t->len++;
	return tally;
}

struct tally *
tallies_get(struct tallies *t, const char *key)
{
	struct tally *tally = find_tally(t, key);

	if (!tally)
		tally = add_tally(t, key);
	list_remove(&tally->link);
	list_push_front(&t->used, &tally->link);
	return tally;
}

/* Empty the ring, with room for `len` visits: the limit has changed. */
static void
make_ring(struct tally *t, size_t len)
{
	t->allowed = xreallocarray(t->allowed, len, sizeof(*t->allowed));
	for (size_t i = 0; i < len; i++)
		t->allowed[i] = LONG_AGO;
	t->allowed_len = len;
	t->next = 0;
}

/* How many visits of the ring are after `since`, where the window begins. */
static size_t
count_inside(const struct tally *t, int64_t since)
{
	size_t n = 0;

	for (size_t i = 0; i < t->allowed_len; i++)
		n += t->allowed[i] > since;
	return n;
}

/* When the oldest visit after `since` was; `now` if there is none. */
static int64_t
oldest_inside(const struct tally *t, int64_t since, int64_t now)
{
	int64_t oldest = now;

	for (size_t i = 0; i < t->allowed_len; i++) {
		if (t->allowed[i] > since && t->allowed[i] < oldest)
			oldest = t->allowed[i];
	}
	return oldest;
}

struct tally_verdict
tally_visit(struct tally *t, struct tally_limit limit, int64_t now)
{
	struct tally_verdict v = {0};
	int64_t since = now - limit.period_us;
	size_t inside;

	if (t->allowed_len != limit.count)
		make_ring(t, limit.count);
	inside = count_inside(t, since);
	if (inside < limit.count) {
		t->allowed[t->next] = now;
		t->next = (t->next + 1) % t->allowed_len;
		inside++;
	} else {
		v.wait_us = oldest_inside(t, since, now) - since;
	}
	v.remaining = limit.count - inside;
	v.reset_us = oldest_inside(t, since, now) - since;
	return v;
}

/* SplitMix64 (Steele, Lea, Flood 2014): neighbouring numbers give unrelated
 * values. */
double
tally_draw(uint64_t seed, uint64_t number)
{
	uint64_t z = (seed * UINT64_C(0x2545F4914F6CDD1D) + number + 1) *
	             UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	z ^= z >> 31;
	return (double)(z >> 11) / 9007199254740992.0; /* 2^53 */
}
