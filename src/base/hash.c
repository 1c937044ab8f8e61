/*
 * The hash table; its entries stand side by side in one block of memory, each
 * at or behind the place that its hash names. Below it, the set of hashes,
 * which is a table whose entries are only their hash.
 */
#include "config.h"

#include "base/hash.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum {
	SMALLEST = 16 /* places that a table begins with */
};

void
hash_table_init(struct hash_table *t, size_t entry_size,
    bool (*is_match)(const void *entry, const void *key))
{
	assert(entry_size >= sizeof(uint64_t) &&
	       entry_size % sizeof(uint64_t) == 0);
	*t =
	    (struct hash_table){.entry_size = entry_size, .is_match = is_match};
}

void
hash_table_release(struct hash_table *t)
{
	free(t->entries);
	t->entries = NULL;
	t->cap = 0;
	t->len = 0;
}

static void *
entry_at(const struct hash_table *t, size_t i)
{
	return t->entries + i * t->entry_size;
}

static uint64_t *
hash_at(const struct hash_table *t, size_t i)
{
	return entry_at(t, i);
}

static uint64_t
without_zero(uint64_t hash)
{
	return hash ? hash : 1;
}

/* Returns the entry of `key`, or the free place where it would stand. A table
 * is never full, so there is one. */
static void *
place_of(const struct hash_table *t, uint64_t hash, const void *key)
{
	size_t mask = t->cap - 1;

	for (size_t i = (size_t)hash & mask;; i = (i + 1) & mask) {
		uint64_t *e = hash_at(t, i);

		if (!*e ||
		    (*e == hash && (!t->is_match || t->is_match(e, key))))
			return e;
	}
}

/* Copy an entry of the old table into the new one. All entries differ, so their
 * keys need not be compared. */
static void
reinsert(struct hash_table *t, const uint64_t *entry)
{
	size_t mask = t->cap - 1;
	size_t i = (size_t)*entry & mask;

	while (*hash_at(t, i))
		i = (i + 1) & mask;
	memcpy(entry_at(t, i), entry, t->entry_size);
}

static void
grow(struct hash_table *t)
{
	struct hash_table old = *t;

	t->cap = old.cap ? old.cap * 2 : SMALLEST;
	t->entries = xcalloc(t->cap, t->entry_size);
	for (size_t i = 0; i < old.cap; i++)
		if (*hash_at(&old, i))
			reinsert(t, hash_at(&old, i));
	free(old.entries);
}

void *
hash_table_find(const struct hash_table *t, uint64_t hash, const void *key)
{
	uint64_t *e;

	if (!t->len)
		return NULL;
	e = place_of(t, without_zero(hash), key);
	return *e ? e : NULL;
}

void *
hash_table_add(struct hash_table *t, uint64_t hash, const void *key)
{
	uint64_t *e;

	hash = without_zero(hash);
	if ((t->len + 1) * 4 > t->cap * 3)
		grow(t);
	e = place_of(t, hash, key);
	t->len += *e == 0;
	*e = hash;
	return e;
}

/* A search stops at the first free place, so a gap would hide the entries
 * behind it: each that may stand in the gap moves up, and leaves a gap itself.
 */
void
hash_table_remove(struct hash_table *t, void *entry)
{
	size_t mask = t->cap - 1;
	size_t gap =
	    (size_t)((unsigned char *)entry - t->entries) / t->entry_size;

	for (size_t i = (gap + 1) & mask; *hash_at(t, i); i = (i + 1) & mask) {
		size_t home = (size_t)*hash_at(t, i) & mask;

		if (((i - home) & mask) < ((i - gap) & mask))
			continue;
		memcpy(entry_at(t, gap), entry_at(t, i), t->entry_size);
		gap = i;
	}
	memset(entry_at(t, gap), 0, t->entry_size);
	t->len--;
}

void *
hash_table_next(const struct hash_table *t, size_t *at)
{
	while (*at < t->cap) {
		uint64_t *e = hash_at(t, (*at)++);

		if (*e)
			return e;
	}
	return NULL;
}

void
hash_set_init(struct hash_set *s)
{
	hash_table_init(&s->table, sizeof(uint64_t), NULL);
}

void
hash_set_release(struct hash_set *s)
{
	hash_table_release(&s->table);
}

bool
hash_set_has(const struct hash_set *set, uint64_t hash)
{
	return hash_table_find(&set->table, hash, NULL) != NULL;
}

bool
hash_set_add(struct hash_set *s, uint64_t hash)
{
	size_t len = s->table.len;

	hash_table_add(&s->table, hash, NULL);
	return s->table.len > len;
}
