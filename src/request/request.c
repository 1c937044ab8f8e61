/*
 * A list may have ten million lines, and each becomes a request. So a plain one
 * is one block of memory: its input is in it, and so is a URL that is the same
 * as the input to the byte.
 */
#include "config.h"

#include "request/request.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "redact/redact.h"
#include "text/utf8.h"

enum {
	DIGITS_MAX = 20,
	SHOWN_MAX = 100 /* bytes of a server's bad URL in a message */
};

/* Write `n` in decimal without a NUL; returns the length. */
static size_t
write_digits(char *to, uint64_t n)
{
	char digits[DIGITS_MAX];
	size_t at = DIGITS_MAX;

	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	memcpy(to, digits + at, DIGITS_MAX - at);
	return DIGITS_MAX - at;
}

/* Write "FILE:LINE" to `to`, which is returned. */
static char *
write_where(char *to, const char *file, uint64_t line)
{
	size_t len = strlen(file);

	memcpy(to, file, len);
	to[len++] = ':';
	len += write_digits(to + len, line);
	to[len] = '\0';
	return to;
}

struct request *
request_new_from(const struct request_source *s)
{
	size_t where = s->file ? strlen(s->file) + DIGITS_MAX + 2 : 0;
	struct request *r = xmalloc(sizeof(*r) + s->input_len + 1 + where);

	*r = (struct request){
	    .input = r->text,
	    .input_len = s->input_len,
	    .options = s->options,
	};
	memcpy(r->text, s->input, s->input_len);
	r->text[s->input_len] = '\0';
	if (s->file)
		r->where =
		    write_where(r->text + s->input_len + 1, s->file, s->line);
	return r;
}

struct request *
request_new(const struct request_options *options, const char *input)
{
	return request_new_from(&(struct request_source){
	    .options = options,
	    .input = input,
	    .input_len = strlen(input),
	});
}

static void
clear_url(struct request *r)
{
	if (r->url != r->input)
		free(r->url);
	r->url = NULL;
	free(r->shown_url);
	r->shown_url = NULL;
	free(r->user);
	r->user = NULL;
	free(r->bad_url);
	r->bad_url = NULL;
	origin_unref(r->origin);
	r->origin = NULL;
}

struct request *
request_new_like(const struct request *like)
{
	size_t where = like->where ? strlen(like->where) + 1 : 0;
	struct request *r = xmalloc(sizeof(*r) + like->input_len + 1 + where);

	*r = (struct request){
	    .n = like->n,
	    .k = like->k,
	    .delivery = like->delivery,
	    .output_own = like->output_own,
	    .input = r->text,
	    .input_len = like->input_len,
	    .id = xstrdup_null(like->id),
	    .options = like->options,
	    .trust = like->trust,
	    .follows = like->follows,
	    .is_recorded = like->is_recorded,
	    .row = like->row ? row_ref(like->row) : NULL,
	};
	memcpy(r->text, like->input, like->input_len + 1);
	if (where)
		r->where =
		    memcpy(r->text + like->input_len + 1, like->where, where);
	if (like->own)
		request_own_options(r);
	strlist_copy(&r->globs, &like->globs);
	return r;
}

static void
free_options(struct request_options *o)
{
	if (o)
		request_options_release(o);
	free(o);
}

void
request_free(struct request *r)
{
	if (!r)
		return;
	clear_url(r);
	free(r->id);
	free_options(r->own);
	for (unsigned i = 0; i < r->seen_len; i++)
		free_options(r->seen[i]);
	free(r->seen);
	free(r->output);
	free(r->invalid);
	lineage_unref(r->lineage);
	row_free(r->row);
	free(r->trail);
	strlist_release(&r->globs);
	free(r);
}

/* Append all of the number but the input's. */
static void
add_trail(const struct request *r, struct buf *out)
{
	if (r->trail) {
		buf_adds(out, r->trail);
		return;
	}
	if (r->k)
		buf_addf(out, ".%" PRIu64, r->k);
	if (r->page)
		buf_addf(out, ".%" PRIu64, r->page);
}

void
request_add_number(const struct request *r, struct buf *out)
{
	buf_addu(out, r->n);
	add_trail(r, out);
}

void
request_set_trail(struct request *r, const struct request *parent, uint64_t at)
{
	struct buf trail = {0};

	add_trail(parent, &trail);
	buf_addf(&trail, ".%" PRIu64, at);
	free(r->trail);
	r->trail = buf_take(&trail);
}

/* Keep the request's own options for those who read them. */
static void
leave_to_readers(struct request *r)
{
	r->seen = xreallocarray(r->seen, r->seen_len + 1, sizeof(*r->seen));
	r->seen[r->seen_len++] = r->own;
	r->own = NULL;
}

struct request_options *
request_own_options(struct request *r)
{
	if (r->own && r->readers)
		leave_to_readers(r);
	if (!r->own) {
		r->own = xmalloc(sizeof(*r->own));
		request_options_copy(r->own, r->options);
		r->options = r->own;
	}
	return r->own;
}

/* The URL in memory of the request: as a rule that of its input. */
static char *
keep_url(struct request *r, const char *url)
{
	return strcmp(url, r->input) == 0 ? r->input : xstrdup(url);
}

/* Take the parts of `u`, which is released. */
static void
set_parsed(struct request *r, struct url *u)
{
	char *kept = keep_url(r, u->text);

	clear_url(r);
	r->url = kept;
	r->user = u->user;
	u->user = NULL;
	if (u->fragment)
		r->shown_url = xasprintf("%s%s", kept, u->fragment);
	r->origin = u->origin;
	u->origin = NULL;
	url_release(u);
}

/* Keep the text, which is moved in, of what is no URL. */
static void
keep_bad_url(struct request *r, char *safe)
{
	free(r->bad_url);
	r->bad_url = safe;
}

/* Set a user's URL. The cache, which may be NULL, learns its authority. */
static void
parse_url(struct request *r, const char *url, struct url_cache *cache)
{
	struct url u;
	char *cause;

	if (url_parse(&u, url, NULL, cache ? cache->allowed : URL_HTTP_ONLY,
	        &cause)) {
		request_fail(r, "%s", cause);
		keep_bad_url(r, url_redacted(url));
		free(cause);
		return;
	}
	if (cache)
		url_cache_learn(cache, url, &u);
	if (r->options->user) {
		free(u.user);
		u.user = NULL;
	}
	set_parsed(r, &u);
}

void
request_set_url(struct request *r, const char *url)
{
	parse_url(r, url, NULL);
}

/* Quote the URL, cut and without its secrets, in front of `why`. */
static void
fail_url(struct request *r, const char *url, const char *why)
{
	char *safe = url_redacted(url);
	size_t shown = utf8_cut(safe, strlen(safe), SHOWN_MAX);

	request_fail(r, "\"%.*s%s\": %s", (int)shown, safe,
	    safe[shown] ? "..." : "", why);
	keep_bad_url(r, safe);
}

void
request_set_url_from(struct request *r, const char *url, const char *base)
{
	char *text = url_of_page(url);
	struct url u;
	char *cause;

	if (*text == '#') {
		fail_url(r, text, "links to a fragment of the same page");
	} else if (url_parse(&u, text, base, URL_FROM_SERVER, &cause)) {
		fail_url(r, text, cause);
		free(cause);
	} else {
		set_parsed(r, &u);
	}
	free(text);
}

void
request_set_url_cached(
    struct request *r, const char *url, struct url_cache *cache)
{
	const char *origin = url_cache_find_plain(cache, url);
	char *kept;

	if (!origin) {
		parse_url(r, url, cache);
		return;
	}
	kept = keep_url(r, url);
	origin_ref(origin);
	clear_url(r);
	r->url = kept;
	r->origin = origin;
}

void
request_fail(struct request *r, const char *fmt, ...)
{
	struct buf text = {0}, why = {0};
	va_list ap;

	if (r->invalid)
		return;
	va_start(ap, fmt);
	buf_addv(&text, fmt, ap);
	va_end(ap);
	redact_add(&why, REDACT_TEXT, text.data, text.len);
	buf_release(&text);
	r->invalid = buf_take(&why);
	clear_url(r);
}

bool
request_has_body(const struct request *r)
{
	return r->options->body_kind != BODY_NONE && !r->options->data_in_query;
}

enum resend_method
request_resend_method(const struct request *r)
{
	enum resend_method method =
	    resend_method_named(request_options_method(r->options));

	if (method == RESEND_POST &&
	    request_headers_find(&r->options->headers, "Idempotency-Key"))
		return RESEND_PUT;
	return method;
}

bool
request_is_sent_once(const struct request *r)
{
	return !resend_allows(
	    request_resend_method(r), WIRE_UNKNOWN, RESEND_RERUN);
}
