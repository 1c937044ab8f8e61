#include "config.h"

#include "base/strmap.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum {
	SMALLEST = 16
};

void
strmap_init(struct strmap *m)
{
	*m = (struct strmap){0};
}

void
strmap_release(struct strmap *m)
{
	for (size_t i = 0; i < m->cap; i++)
		free(m->entries[i].key);
	free(m->entries);
	strmap_init(m);
}

void
strmap_release_owned(struct strmap *m)
{
	for (size_t i = 0; i < m->cap; i++)
		if (m->entries[i].key)
			free(m->entries[i].value);
	strmap_release(m);
}

uint64_t
strmap_hash(const char *key)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (; *key; key++) {
		hash ^= (unsigned char)*key;
		hash *= UINT64_C(1099511628211);
	}
	return hash ^ hash >> 32;
}

/* Where `key` stands, or the free place where it would. */
static struct strmap_entry *
find(const struct strmap *m, const char *key, uint64_t hash)
{
	size_t mask = m->cap - 1;

	for (size_t i = (size_t)hash & mask;; i = (i + 1) & mask) {
		struct strmap_entry *e = &m->entries[i];

		if (!e->key || (e->hash == hash && strcmp(e->key, key) == 0))
			return e;
	}
}

static void
grow(struct strmap *m)
{
	struct strmap_entry *old = m->entries;
	size_t old_cap = m->cap;

	m->cap = old_cap ? old_cap * 2 : SMALLEST;
	m->entries = xcalloc(m->cap, sizeof(*m->entries));
	for (size_t i = 0; i < old_cap; i++)
		if (old[i].key)
			*find(m, old[i].key, old[i].hash) = old[i];
	free(old);
}

void *
strmap_get(const struct strmap *m, const char *key)
{
	return m->len ? find(m, key, strmap_hash(key))->value : NULL;
}

const char *
strmap_set(struct strmap *m, const char *key, void *value)
{
	uint64_t hash = strmap_hash(key);
	struct strmap_entry *e;

	if ((m->len + 1) * 4 > m->cap * 3)
		grow(m);
	e = find(m, key, hash);
	if (!e->key) {
		e->key = xstrdup(key);
		e->hash = hash;
		m->len++;
	}
	e->value = value;
	return e->key;
}

/* Close the gap that a removal left, so that no probe stops short. */
static void
close_gap(struct strmap *m, size_t gap)
{
	size_t mask = m->cap - 1;

	for (size_t i = (gap + 1) & mask; m->entries[i].key;
	     i = (i + 1) & mask) {
		size_t home = (size_t)m->entries[i].hash & mask;

		if (((i - home) & mask) < ((i - gap) & mask))
			continue;
		m->entries[gap] = m->entries[i];
		m->entries[i] = (struct strmap_entry){0};
		gap = i;
	}
}

void *
strmap_remove(struct strmap *m, const char *key)
{
	struct strmap_entry *e;
	void *value;

	if (!m->len)
		return NULL;
	e = find(m, key, strmap_hash(key));
	if (!e->key)
		return NULL;
	value = e->value;
	free(e->key);
	*e = (struct strmap_entry){0};
	m->len--;
	close_gap(m, (size_t)(e - m->entries));
	return value;
}

struct strmap_entry *
strmap_next(const struct strmap *m, size_t *at)
{
	while (*at < m->cap) {
		struct strmap_entry *e = &m->entries[(*at)++];

		if (e->key)
			return e;
	}
	return NULL;
}
