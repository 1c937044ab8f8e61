/* The map from strings: a hash table whose entries hold a copy of the key. */
#include "config.h"

#include "base/strmap.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"

static bool
has_key(const void *entry, const void *key)
{
	const struct strmap_entry *e = entry;

	return strcmp(e->key, key) == 0;
}

void
strmap_init(struct strmap *m)
{
	hash_table_init(&m->table, sizeof(struct strmap_entry), has_key);
}

void
strmap_release(struct strmap *m)
{
	struct strmap_entry *e;

	for (size_t at = 0; (e = strmap_next(m, &at));)
		free(e->key);
	hash_table_release(&m->table);
}

void
strmap_release_owned(struct strmap *m)
{
	struct strmap_entry *e;

	for (size_t at = 0; (e = strmap_next(m, &at));)
		free(e->value);
	strmap_release(m);
}

size_t
strmap_len(const struct strmap *m)
{
	return m->table.len;
}

void *
strmap_get(const struct strmap *m, const char *key)
{
	struct strmap_entry *e =
	    m->table.len ? hash_table_find(&m->table, hash_text(key), key)
	                 : NULL;

	return e ? e->value : NULL;
}

const char *
strmap_set(struct strmap *m, const char *key, void *value)
{
	struct strmap_entry *e = hash_table_add(&m->table, hash_text(key), key);

	if (!e->key)
		e->key = xstrdup(key);
	e->value = value;
	return e->key;
}

void *
strmap_remove(struct strmap *m, const char *key)
{
	struct strmap_entry *e =
	    hash_table_find(&m->table, hash_text(key), key);
	void *value;

	if (!e)
		return NULL;
	value = e->value;
	free(e->key);
	hash_table_remove(&m->table, e);
	return value;
}

struct strmap_entry *
strmap_next(const struct strmap *m, size_t *at)
{
	return hash_table_next(&m->table, at);
}
