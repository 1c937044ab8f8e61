#include "config.h"

#include "journal/key.h"

#include <inttypes.h>
#include <string.h>

#include <zlib.h>

#include "base/secret.h"

#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

static void
hash_bytes(struct journal_key *key, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		key->hash = (key->hash ^ (unsigned char)data[i]) * FNV_PRIME;
	key->check =
	    (uint32_t)crc32_z(key->check, (const unsigned char *)data, len);
}

/* With its end, so that "ab" "c" is not "a" "bc"; NULL is not "". */
static void
hash_text(struct journal_key *key, const char *text)
{
	if (text)
		hash_bytes(key, text, strlen(text) + 1);
	hash_bytes(key, "\n", 1);
}

static void
hash_headers(struct journal_key *key, const struct strlist *headers)
{
	for (size_t i = 0; i < headers->len; i++) {
		const char *h = headers->items[i];

		if (!secret_is_header(h, strcspn(h, ":;")))
			hash_text(key, h);
	}
}

static void
hash_texts(struct journal_key *key, const struct strlist *texts)
{
	for (size_t i = 0; i < texts->len; i++)
		hash_text(key, texts->items[i]);
}

static void
hash_body(struct journal_key *key, const struct request_options *o)
{
	const char kind = (char)('0' + o->body_kind);

	if (o->body_kind == BODY_NONE || o->data_in_query)
		return;
	hash_bytes(key, &kind, 1);
	if (o->body)
		hash_bytes(key, o->body, o->body_len);
	hash_texts(key, &o->form);
	hash_text(key, o->upload);
}

struct journal_key
journal_key_of(const struct request *r)
{
	const struct request_options *o = r->options;
	struct journal_key key = {.hash = FNV_BASIS};

	hash_text(&key, request_options_method(o));
	hash_text(&key, r->url);
	hash_text(&key, o->user_agent);
	hash_text(&key, o->referer);
	hash_text(&key, o->range);
	hash_headers(&key, &o->headers);
	hash_body(&key, o);
	return key;
}

/* No method has a blank. */
struct journal_key
journal_key_of_unsent(const struct request *r)
{
	struct journal_key key = {.hash = FNV_BASIS};

	hash_text(&key, "not sent");
	hash_bytes(&key, r->input, r->input_len);
	hash_text(&key, r->url);
	return key;
}

/* NULL: the whole itself. */
struct journal_key
journal_key_of_part(uint64_t whole, const char *text, size_t len)
{
	struct journal_key key = {.hash = FNV_BASIS};

	hash_bytes(&key, (const char *)&whole, sizeof(whole));
	hash_text(&key, text ? "part" : "whole");
	hash_bytes(&key, text ? text : "", len);
	return key;
}

/* The end of splitmix64. */
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
