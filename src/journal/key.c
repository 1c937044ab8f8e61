#include "config.h"

#include "journal/key.h"

#include <inttypes.h>
#include <string.h>

#include <zlib.h>

#include "base/hash.h"
#include "redact/secret.h"

static void
add_bytes(struct journal_key *key, const char *data, size_t len)
{
	key->hash = hash_add(key->hash, data, len);
	key->check =
	    (uint32_t)crc32_z(key->check, (const unsigned char *)data, len);
}

/* With its end, so that "ab" "c" is not "a" "bc"; NULL is not "". */
static void
add_text(struct journal_key *key, const char *text)
{
	if (text)
		add_bytes(key, text, strlen(text) + 1);
	add_bytes(key, "\n", 1);
}

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

/* No method has a blank. */
struct journal_key
journal_key_of_unsent(const struct request *r)
{
	struct journal_key key = {.hash = HASH_START};

	add_text(&key, "not sent");
	add_bytes(&key, r->input, r->input_len);
	add_text(&key, r->url);
	return key;
}

/* NULL: the whole itself. */
struct journal_key
journal_key_of_part(uint64_t whole, const char *text, size_t len)
{
	struct journal_key key = {.hash = HASH_START};

	add_bytes(&key, (const char *)&whole, sizeof(whole));
	add_text(&key, text ? "part" : "whole");
	add_bytes(&key, text ? text : "", len);
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
