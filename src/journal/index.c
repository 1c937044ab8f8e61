#include "config.h"

#include "journal/index.h"

enum {
	FLAG_ASKED = 1, /* this run has seen it */
	FLAG_BEGUN = 2,
	FLAG_DONE = 4,
	FLAG_BITS = 3
};

void
index_init(struct index *x)
{
	hash_table_init(&x->table, sizeof(struct index_entry), NULL);
}

void
index_release(struct index *x)
{
	hash_table_release(&x->table);
}

static struct index_entry *
entry_for(struct index *x, const struct journal_key *key)
{
	return hash_table_add(&x->table, journal_key_mix(key), NULL);
}

static uint64_t
value_of(const struct index *x, const struct journal_key *key)
{
	const struct index_entry *e =
	    hash_table_find(&x->table, journal_key_mix(key), NULL);

	return e ? e->value : 0;
}

void
index_set_begun(struct index *x, const struct journal_key *key)
{
	entry_for(x, key)->value |= FLAG_BEGUN;
}

void
index_set_failed(struct index *x, const struct journal_key *key)
{
	entry_for(x, key)->value &= ~(uint64_t)FLAG_BEGUN;
}

bool
index_set_done(struct index *x, const struct journal_key *key, uint64_t offset)
{
	struct index_entry *e = entry_for(x, key);
	bool again = e->value & FLAG_DONE;

	e->value = offset << FLAG_BITS | FLAG_DONE;
	return again;
}

uint64_t
index_done_at(const struct index *x, const struct journal_key *key)
{
	uint64_t value = value_of(x, key);

	return value & FLAG_DONE ? value >> FLAG_BITS : 0;
}

bool
index_is_begun(const struct index *x, const struct journal_key *key)
{
	return value_of(x, key) & FLAG_BEGUN;
}

static bool
was_asked(const struct index *x, struct journal_key key, uint64_t occurrence)
{
	key.occurrence = occurrence;
	return value_of(x, &key) & FLAG_ASKED;
}

/* All before the next one were asked for and none behind it: double, then
 * halve. */
void
index_count(struct index *x, struct journal_key *key)
{
	uint64_t low = 0, high = 1;

	while (was_asked(x, *key, high - 1))
		high *= 2;
	low = high / 2;
	high--;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (was_asked(x, *key, middle))
			low = middle + 1;
		else
			high = middle;
	}
	key->occurrence = low;
	entry_for(x, key)->value |= FLAG_ASKED;
}

enum journal_state
index_find(
    const struct index *x, const struct journal_key *key, uint64_t *offset)
{
	uint64_t value = value_of(x, key);

	if (value & FLAG_BEGUN)
		return JOURNAL_BEGUN;
	if (!(value & FLAG_DONE))
		return JOURNAL_UNKNOWN;
	*offset = value >> FLAG_BITS;
	return JOURNAL_DONE;
}
