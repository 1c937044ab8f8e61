/*
 * Records to bytes and back: first the bytes of numbers and texts, then tables
 * of the members of a result, then writing, then reading.
 *
 * The order of the tables is the format of the file: a new member would need a
 * new version in its first line.
 */
#include "config.h"

#include "journal/record.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "request/headers.h"
#include "request/url.h"

/* --- numbers and texts as bytes ------------------------------------------- */

enum {
	BITS = 7,
	MORE = 1 << BITS
};

/* A number takes a byte for each 7 bits, the lowest first. */
static void
pack_number(struct buf *out, uint64_t n)
{
	for (; n >= MORE; n >>= BITS)
		buf_addc(out, (char)(n % MORE | MORE));
	buf_addc(out, (char)n);
}

/* Zigzag: small numbers take few bytes, be they negative. */
static void
pack_signed(struct buf *out, int64_t n)
{
	uint64_t twice = (uint64_t)n << 1;

	pack_number(out, n < 0 ? ~twice : twice);
}

/* A text is its length plus 1, then its bytes; NULL is a 0. */
static void
pack_text(struct buf *out, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	pack_number(out, text ? (uint64_t)len + 1 : 0);
	buf_add(out, text ? text : "", len);
}

/* Bytes that are unpacked. What does not fit makes it `bad`, and all that is
 * read from then on is 0 or NULL, so that a caller checks once, at the end. */
struct packed {
	const char *at;
	const char *end;
	bool bad;
};

static uint64_t
unpack_number(struct packed *p)
{
	uint64_t n = 0;

	for (unsigned shift = 0; shift < 64; shift += BITS) {
		unsigned char c =
		    p->at < p->end && !p->bad ? (unsigned char)*p->at++ : MORE;

		n |= (uint64_t)(c % MORE) << shift;
		if (c < MORE)
			return n;
	}
	p->bad = true;
	return 0;
}

static int64_t
unpack_signed(struct packed *p)
{
	uint64_t n = unpack_number(p);

	return n & 1 ? -(int64_t)(n >> 1) - 1 : (int64_t)(n >> 1);
}

/* The next `len` bytes; NULL if there are fewer. */
static const char *
unpack_bytes(struct packed *p, size_t len)
{
	const char *bytes = p->at;

	if (p->bad || len > (size_t)(p->end - p->at)) {
		p->bad = true;
		return NULL;
	}
	p->at += len;
	return bytes;
}

/* A copy; caller frees. */
static char *
unpack_text(struct packed *p)
{
	uint64_t len = unpack_number(p);
	const char *bytes;

	if (len == 0)
		return NULL;
	if (len - 1 > SIZE_MAX / 2) {
		p->bad = true;
		return NULL;
	}
	bytes = unpack_bytes(p, (size_t)len - 1);
	return bytes ? xmemdup0(bytes, (size_t)len - 1) : NULL;
}

/* --- the members of a result that a record holds ---------------------------
 */

enum {
	PAST_MAX = 100000 /* attempts of one request that are believed */
};

/* The type of a member; NUMBER_ROUTE is made of several. */
enum number_kind {
	NUMBER_INT,
	NUMBER_UNSIGNED,
	NUMBER_INT64,
	NUMBER_UINT64,
	NUMBER_ROUTE,
};

#define NUMBER(member)                                         \
	{                                                      \
		offsetof(struct result, member),               \
		    _Generic(((struct result *)0)->member, int \
		             : NUMBER_INT, unsigned            \
		             : NUMBER_UNSIGNED, int64_t        \
		             : NUMBER_INT64, uint64_t          \
		             : NUMBER_UINT64)                  \
	}

/* The numbers of a result, in the order of the record. */
static const struct {
	size_t at; /* offset in struct result */
	enum number_kind kind;
} numbers[] = {
    NUMBER(status),
    NUMBER(http_version),
    NUMBER(exitcode),
    NUMBER(remote_port),
    NUMBER(local_port),
    NUMBER(size_download),
    NUMBER(size_upload),
    NUMBER(size_header),
    NUMBER(size_request),
    NUMBER(num_redirects),
    NUMBER(num_connects),
    NUMBER(speed_download),
    NUMBER(speed_upload),
    {0, NUMBER_ROUTE},
    NUMBER(http_connect),
    NUMBER(ssl_verify_result),
    NUMBER(proxy_ssl_verify_result),
    NUMBER(redirect_us),
    NUMBER(timing.namelookup_us),
    NUMBER(timing.connect_us),
    NUMBER(timing.appconnect_us),
    NUMBER(timing.pretransfer_us),
    NUMBER(timing.starttransfer_us),
    NUMBER(timing.total_us),
    NUMBER(start_us),
    NUMBER(start_wall_us),
    NUMBER(queue_us),
    NUMBER(flight_us),
    NUMBER(done_us),
    NUMBER(attempts),
};

/* The texts of a result, which follow on the numbers. */
static const size_t texts[] = {
    offsetof(struct result, remote_ip),
    offsetof(struct result, local_ip),
    offsetof(struct result, content_type),
    offsetof(struct result, headers),
    offsetof(struct result, file),
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* The way to the answer, as far as it is known, one bit each. */
enum route {
	ROUTE_PROXY = 1,
	ROUTE_FOREIGN = 2,
	ROUTE_PUBLIC = 4,
	ROUTE_TRUST = 8 /* FOREIGN and PUBLIC are set; older records lack it */
};

static int64_t
get_route(const struct result *r)
{
	return (r->proxy_used ? ROUTE_PROXY : 0) |
	       (r->trust.foreign ? ROUTE_FOREIGN : 0) |
	       (r->trust.from_public ? ROUTE_PUBLIC : 0) | ROUTE_TRUST;
}

/* Where nothing is known of the way, nothing is trusted. */
static void
set_route(struct result *r, int64_t n)
{
	bool known = n & ROUTE_TRUST;

	r->proxy_used = n & ROUTE_PROXY;
	r->trust.foreign = !known || n & ROUTE_FOREIGN;
	r->trust.from_public = !known || n & ROUTE_PUBLIC;
}

static int64_t
get_number(const struct result *r, size_t i)
{
	const void *at = (const char *)r + numbers[i].at;

	switch (numbers[i].kind) {
	case NUMBER_INT: return *(const int *)at;
	case NUMBER_UNSIGNED: return *(const unsigned *)at;
	case NUMBER_INT64: return *(const int64_t *)at;
	case NUMBER_UINT64: return (int64_t) * (const uint64_t *)at;
	case NUMBER_ROUTE: return get_route(r);
	}
	return 0;
}

static void
set_number(struct result *r, size_t i, int64_t n)
{
	void *at = (char *)r + numbers[i].at;

	switch (numbers[i].kind) {
	case NUMBER_INT: *(int *)at = (int)n; break;
	case NUMBER_UNSIGNED: *(unsigned *)at = (unsigned)n; break;
	case NUMBER_INT64: *(int64_t *)at = n; break;
	case NUMBER_UINT64: *(uint64_t *)at = (uint64_t)n; break;
	case NUMBER_ROUTE: set_route(r, n); break;
	}
}

/* The member of `r` that texts[i] names. */
static char **
text_at(struct result *r, size_t i)
{
	return (char **)(void *)((char *)r + texts[i]);
}

void
journal_note_init(struct journal_note *note, const char *url)
{
	*note = (struct journal_note){.url = url, .file_size = -1};
}

void
journal_note_release(struct journal_note *note)
{
	free(note->etag);
	free(note->last_modified);
	journal_note_init(note, note->url);
}

/* --- writing ----------------------------------------------------------- */

void
record_add_options(struct buf *out, const struct strlist *options)
{
	buf_addc(out, RECORD_OPTIONS);
	pack_number(out, options->len);
	for (size_t i = 0; i < options->len; i++)
		pack_text(out, options->items[i]);
}

void
record_add_key(
    struct buf *out, enum record_kind kind, const struct journal_key *key)
{
	buf_addc(out, (char)kind);
	pack_number(out, key->hash);
	pack_number(out, key->check);
	pack_number(out, key->occurrence);
}

void
record_add_number(struct buf *out, const struct journal_key *key,
    const struct record_number *number)
{
	record_add_key(out, RECORD_NUMBER, key);
	pack_number(out, number->family);
	pack_number(out, number->k);
}

/* Append a URL. As a rule it is the request's `own`, which needs no copy;
 * secrets are left out of any other. */
static void
add_url(struct buf *out, const char *url, const char *own)
{
	bool same = url && strcmp(url, own) == 0;
	char *redacted;

	pack_number(out, same);
	if (same)
		return;
	redacted = url ? url_redacted(url) : NULL;
	pack_text(out, redacted);
	free(redacted);
}

/* The parts of the last hop that stand in a record. */
enum last_hop {
	HOP_SAME_URL = 1, /* no text follows */
	HOP_METHOD = 2,   /* a text follows, as of the next */
	HOP_REFERER = 4,
};

/* Append where the redirects of the request led: URL, method, Referer. */
static void
add_last_hop(struct buf *out, const struct result *r, const char *own)
{
	const char *url = r->url_effective;
	bool same = url && strcmp(url, own) == 0;
	char *redacted = url && !same ? url_redacted(url) : NULL;

	pack_number(out, (same ? HOP_SAME_URL : 0U) |
	                     (r->method ? HOP_METHOD : 0U) |
	                     (r->referer ? HOP_REFERER : 0U));
	if (!same)
		pack_text(out, redacted);
	if (r->method)
		pack_text(out, r->method);
	free(redacted);
	redacted = r->referer ? url_redacted(r->referer) : NULL;
	if (redacted)
		pack_text(out, redacted);
	free(redacted);
}

/* Append the attempts that failed before. */
static void
add_past(struct buf *out, const struct result *r)
{
	pack_number(out, r->past_len);
	for (unsigned i = 0; i < r->past_len; i++) {
		const struct past_attempt *p = &r->past[i];

		pack_number(out, (uint64_t)p->failure.class);
		pack_text(out, p->failure.reason);
		pack_signed(out, p->failure.code);
		pack_text(out, p->failure.message);
		pack_signed(out, p->start_us);
		pack_signed(out, p->total_us);
	}
}

void
record_add_done(struct buf *out, const struct journal_key *key,
    const struct result *r, const struct journal_note *note)
{
	struct result copy = *r;

	if (r->heads)
		copy.headers = r->heads;
	record_add_key(out, RECORD_DONE, key);
	for (size_t i = 0; i < COUNT(numbers); i++)
		pack_signed(out, get_number(r, i));
	for (size_t i = 0; i < COUNT(texts); i++)
		pack_text(out, *text_at(&copy, i));
	add_last_hop(out, r, note->url);
	add_url(out, r->redirect_url, note->url);
	add_past(out, r);
	pack_text(out, note->etag);
	pack_text(out, note->last_modified);
	pack_signed(out, note->file_size);
}

/* --- reading ----------------------------------------------------------- */

static struct packed
packed_of(const struct record_head *head)
{
	return (struct packed){head->rest, head->rest + head->rest_len, false};
}

int
record_read(struct record_head *head, const char *payload, size_t len)
{
	struct packed p = {payload, payload + len, false};
	const char *kind = unpack_bytes(&p, 1);

	*head = (struct record_head){0};
	if (!kind || !memchr("OBFDN", *kind, 5))
		return -1;
	head->kind = (enum record_kind) * kind;
	if (head->kind != RECORD_OPTIONS) {
		head->key.hash = unpack_number(&p);
		head->key.check = (uint32_t)unpack_number(&p);
		head->key.occurrence = unpack_number(&p);
	}
	head->rest = p.at;
	head->rest_len = (size_t)(p.end - p.at);
	return p.bad ? -1 : 0;
}

int
record_read_number(const struct record_head *head, struct record_number *number)
{
	struct packed p = packed_of(head);

	if (head->kind != RECORD_NUMBER)
		return -1;
	number->family = unpack_number(&p);
	number->k = unpack_number(&p);
	return p.bad ? -1 : 0;
}

int
record_read_options(const struct record_head *head, struct strlist *out)
{
	struct packed p = packed_of(head);
	uint64_t count = unpack_number(&p);

	if (head->kind != RECORD_OPTIONS)
		return -1;
	while (count-- > 0 && !p.bad) {
		char *text = unpack_text(&p);

		if (text)
			strlist_add_owned(out, text);
	}
	return p.bad ? -1 : 0;
}

static void
read_last_hop(struct packed *p, struct result *r, const char *own)
{
	uint64_t what = unpack_number(p);

	r->url_effective = what & HOP_SAME_URL ? xstrdup(own) : unpack_text(p);
	if (what & HOP_METHOD)
		r->method = unpack_text(p);
	if (what & HOP_REFERER)
		r->referer = unpack_text(p);
}

/* The text of the headers may be the heads of all answers, with status lines
 * (-D, -i): then the headers are those of the last head. */
static void
split_heads(struct result *r)
{
	const char *last;
	size_t len;

	if (!r->headers || strncmp(r->headers, "HTTP/", 5) != 0)
		return;
	r->heads = r->headers;
	last = headers_last_head(r->heads, &len);
	r->headers = headers_clean(last, len);
}

static char *
read_url(struct packed *p, const char *own)
{
	return unpack_number(p) ? xstrdup(own) : unpack_text(p);
}

/* Reasons are static texts elsewhere, so a result does not own them: the copy
 * in the table lives as long as the table. Takes `reason`. */
static const char *
keep_reason(struct strmap *reasons, char *reason)
{
	const char *kept = NULL;

	if (reason)
		kept = strmap_set(reasons, reason, reasons);
	free(reason);
	return kept;
}

static void
read_past_attempt(
    struct packed *p, struct past_attempt *past, struct strmap *reasons)
{
	uint64_t class = unpack_number(p);

	p->bad |= class >= ERROR_CLASS_COUNT;
	past->failure.class = p->bad ? ERROR_NONE : (enum error_class) class;
	past->failure.reason = keep_reason(reasons, unpack_text(p));
	past->failure.code = (int)unpack_signed(p);
	past->failure.message = unpack_text(p);
	past->start_us = unpack_signed(p);
	past->total_us = unpack_signed(p);
}

static void
read_past(struct packed *p, struct result *r, struct strmap *reasons)
{
	uint64_t count = unpack_number(p);

	if (count > PAST_MAX) {
		p->bad = true;
		return;
	}
	while (count-- > 0 && !p->bad) {
		r->past =
		    xreallocarray(r->past, r->past_len + 1, sizeof(*r->past));
		r->past[r->past_len] = (struct past_attempt){0};
		read_past_attempt(p, &r->past[r->past_len++], reasons);
	}
}

int
record_read_done(const struct record_head *head, struct result *r,
    struct journal_note *note, struct strmap *reasons)
{
	struct packed p = packed_of(head);

	if (head->kind != RECORD_DONE)
		return -1;
	for (size_t i = 0; i < COUNT(numbers); i++)
		set_number(r, i, unpack_signed(&p));
	for (size_t i = 0; i < COUNT(texts); i++)
		*text_at(r, i) = unpack_text(&p);
	split_heads(r);
	read_last_hop(&p, r, note->url);
	r->redirect_url = read_url(&p, note->url);
	read_past(&p, r, reasons);
	note->etag = unpack_text(&p);
	note->last_modified = unpack_text(&p);
	note->file_size = unpack_signed(&p);
	if (p.bad)
		return -1;
	buf_add(&r->body.mem, p.at, (size_t)(p.end - p.at));
	r->body.size = r->body.mem.len;
	return 0;
}
