/*
 * First the keys of requests, then the index from keys to places in the file.
 */
#include "config.h"

#include "journal/index.h"

#include <inttypes.h>
#include <string.h>

#include <zlib.h>

#include "base/hash.h"
#include "redact/secret.h"

/* --- keys -------------------------------------------------------------- */

static void
add_bytes(struct journal_key *key, const char *data, size_t len)
{
	key->hash = hash_add(key->hash, data, len);
	key->check =
	    (uint32_t)crc32_z(key->check, (const unsigned char *)data, len);
}

/* Add a text with its end, so that "ab" "c" is not "a" "bc"; NULL is not "". */
static void
add_text(struct journal_key *key, const char *text)
{
	if (text)
		add_bytes(key, text, strlen(text) + 1);
	add_bytes(key, "\n", 1);
}

/* Headers that are credentials are left out. */
static void
add_headers(struct journal_key *key, const struct strlist *headers)
{
	for (size_t i = 0; i < headers->len; i++) {
		const char *h = headers->items[i];

		if (!secret_is_header(h, strcspn(h, ":;")))
			add_text(key, h);
	}
}

static void
add_texts(struct journal_key *key, const struct strlist *texts)
{
	for (size_t i = 0; i < texts->len; i++)
		add_text(key, texts->items[i]);
}

static void
add_body(struct journal_key *key, const struct request_options *o)
{
	const char kind = (char)('0' + o->body_kind);

	if (o->body_kind == BODY_NONE || o->data_in_query)
		return;
	add_bytes(key, &kind, 1);
	if (o->body)
		add_bytes(key, o->body, o->body_len);
	add_texts(key, &o->form);
	add_text(key, o->upload);
}

struct journal_key
journal_key_of(const struct request *r)
{
	const struct request_options *o = r->options;
	struct journal_key key = {.hash = HASH_START};

	add_text(&key, request_options_method(o));
	add_text(&key, r->url);
	add_text(&key, o->user_agent);
	add_text(&key, o->referer);
	add_text(&key, o->range);
	add_headers(&key, &o->headers);
	add_body(&key, o);
	return key;
}

/* The key begins with "not sent" where others have a method, and no method has
 * a blank. */
struct journal_key
journal_key_of_unsent(const struct request *r)
{
	struct journal_key key = {.hash = HASH_START};

	add_text(&key, "not sent");
	add_bytes(&key, r->input, r->input_len);
	add_text(&key, r->url);
	return key;
}

struct journal_key
journal_key_of_part(uint64_t whole, const char *text, size_t len)
{
	struct journal_key key = {.hash = HASH_START};

	add_bytes(&key, (const char *)&whole, sizeof(whole));
	add_text(&key, text ? "part" : "whole");
	add_bytes(&key, text ? text : "", len);
	return key;
}

/* The finalizer of splitmix64: equal requests, whose occurrences count up, get
 * hashes that are far apart. */
uint64_t
journal_key_mix(const struct journal_key *key)
{
	uint64_t z = key->hash ^ (uint64_t)key->check << 32;

	z += (key->occurrence + 1) * UINT64_C(0x9E3779B97F4A7C15);
	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	z ^= z >> 31;
	return z ? z : 1;
}

void
journal_key_add_text(struct buf *out, const struct journal_key *key)
{
	buf_addf(out, "%016" PRIx64 "%08" PRIx32 ":%" PRIu64, key->hash,
	    key->check, key->occurrence);
}

/* --- the index ---------------------------------------------------------- */

enum {
	FLAG_ASKED = 1, /* this run has asked for it */
	FLAG_BEGUN = 2, /* it is sent */
	FLAG_DONE = 4,  /* the offset is set */
	FLAG_BITS = 3   /* below the offset */
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

/* The entry of `key`, made if there is none. */
static struct index_entry *
entry_for(struct index *x, const struct journal_key *key)
{
	return hash_table_add(&x->table, journal_key_mix(key), NULL);
}

/* Offset and flags; 0: there is no entry. */
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

/* Has this run asked for that occurrence of `key`? */
static bool
was_asked(const struct index *x, struct journal_key key, uint64_t occurrence)
{
	key.occurrence = occurrence;
	return value_of(x, &key) & FLAG_ASKED;
}

/* All occurrences before the next one were asked for, and none after it: double
 * until it is passed, then halve. A list may hold one request a million times.
 */
void
index_take_occurrence(struct index *x, struct journal_key *key)
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
