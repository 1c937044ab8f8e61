#include "config.h"

#include "run/unique.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/siphash.h"
#include "base/xalloc.h"

enum {
	STAGE_BITS = 8,
	STAGE_MAX = (1 << STAGE_BITS) - 1 /* stands for all beyond it */
};

struct entry {
	uint64_t hash; /* the table's */
	uint64_t more; /* the other half of the hash; the lowest bits are the
	                * stage that has sent it */
};

struct unique {
	struct siphash_key key;
	struct hash_table seen;
	struct buf text; /* scratch: what is hashed of a request */
};

static bool
is_match(const void *entry, const void *more)
{
	uint64_t differ =
	    ((const struct entry *)entry)->more ^ *(const uint64_t *)more;

	return differ >> STAGE_BITS == 0;
}

struct unique *
unique_new(void)
{
	struct unique *u = xcalloc(1, sizeof(*u));

	if (getentropy(&u->key, sizeof(u->key)))
		die("cannot get random numbers for --unique: %s",
		    strerror(errno));
	hash_table_init(&u->seen, sizeof(struct entry), is_match);
	return u;
}

void
unique_free(struct unique *u)
{
	if (!u)
		return;
	hash_table_release(&u->seen);
	buf_release(&u->text);
	free(u);
}

/* Append a text with its end, so that "ab" "c" is not "a" "bc". */
static void
add_text(struct buf *out, const char *text)
{
	buf_add(out, text ? text : "", text ? strlen(text) + 1 : 1);
}

/* The URL from its path on: the origin is compared with its port, whether that
 * was written or not. */
static const char *
path_of(const char *url)
{
	const char *authority = url_authority(url);

	return authority + strcspn(authority, "/?#");
}

static void
add_body(struct buf *out, const struct request *r)
{
	const struct request_options *o = r->options;

	if (!request_has_body(r))
		return;
	buf_addc(out, (char)('0' + o->body_kind));
	for (size_t i = 0; i < o->form.len; i++)
		add_text(out, o->form.items[i]);
	add_text(out, o->upload);
	if (o->body)
		buf_add(out, o->body, o->body_len);
}

/* Would the request take secrets along, if it were trusted? */
static bool
has_secrets(const struct request *r)
{
	const struct request_options *o = r->options;

	return r->user || o->user || o->bearer || o->bearer_file || o->cookie ||
	       o->headers.len;
}

static void
add_request(struct buf *out, const struct request *r)
{
	add_text(out, request_options_method(r->options));
	add_text(out, r->origin);
	add_text(out, path_of(r->url));
	add_text(out, r->user);
	add_text(out, r->trust.foreign && has_secrets(r) ? "foreign" : NULL);
	add_body(out, r);
}

bool
unique_add(struct unique *u, const struct request *r, unsigned stage)
{
	size_t before = u->seen.len;
	struct siphash hash;
	struct entry *entry;
	uint64_t more;

	buf_clear(&u->text);
	add_request(&u->text, r);
	hash = siphash_of(&u->key, u->text.data, u->text.len);
	more = hash.words[1] >> STAGE_BITS << STAGE_BITS;
	more |= stage < STAGE_MAX ? stage : STAGE_MAX;
	entry = hash_table_add(&u->seen, hash.words[0], &more);
	if (u->seen.len == before && entry->more <= more)
		return false;
	entry->more = more;
	return true;
}
