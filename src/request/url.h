/*
 * URLs, always through libcurl's own parser (curl_url(3)), so that what we
 * decide on is what libcurl connects to: http://a\@127.0.0.1/ and 0177.0.0.1
 * must not mean two things.
 */
#ifndef GATHER_REQUEST_URL_H
#define GATHER_REQUEST_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define URL_MAX (64U * 1024)

/*
 * "scheme://host:port", lower case, the port always there ("file://" alone).
 * Origins are shared: most requests of a list go to few of them. Counted
 * without locks, so they stay on the thread that made them.
 */
const char *origin_text(const char *text);
const char *origin_ref(const char *origin);
/* NULL is fine. */
void origin_unref(const char *origin);

struct url {
	char *text;         /* absolute, normalised; no fragment, no userinfo */
	const char *origin; /* counted, see above */
	char *user;         /* "name:password" or "name", decoded; or NULL */
	char *fragment;     /* "#..."; NULL: there was none */
};

enum url_schemes {
	URL_HTTP_ONLY,
	URL_HTTP_AND_FILE,
	URL_FROM_SERVER /* http(s), whatever the user allows */
};

/*
 * Parse `text`: with `base` NULL what a user wrote, whose missing scheme is
 * guessed as curl guesses it ("example.org/x" is http); else a reference that
 * a server gave (RFC 3986, 5.2), in which "example.org:80" has the scheme
 * "example.org", and blanks are encoded. A host that is not ASCII becomes
 * punycode, other bytes that are not ASCII are percent-encoded.
 *
 * Returns 0, or -1 with *cause set to a message the caller frees; then *u is
 * empty. Longer than 64 KiB, a scheme other than http, https and (with
 * `allowed`) file, a user's blanks, control characters, a backslash in the
 * authority, a bad port, a bad host are errors.
 */
int url_parse(struct url *u, const char *text, const char *base,
    enum url_schemes allowed, char **cause);
void url_release(struct url *);

/*
 * A memory of authorities seen, so that a list of a million URLs is not
 * taken apart a million times: a plain URL at a known authority is already
 * what url_parse would make of it.
 */
enum {
	URL_CACHE_SIZE = 256
};

struct url_cache {
	enum url_schemes allowed;
	struct url_known {
		char *prefix; /* "https://host:port" as written; NULL: free */
		size_t len;
		const char *origin;
	} known[URL_CACHE_SIZE];
};

void url_cache_init(struct url_cache *, enum url_schemes allowed);
void url_cache_release(struct url_cache *);
/* The origin (not counted) of a `text` that url_parse would leave as it is;
 * NULL: ask url_parse. */
const char *url_cache_find(const struct url_cache *, const char *text);
/* Remember what url_parse made of `text`. */
void url_cache_learn(
    struct url_cache *, const char *text, const struct url *parsed);

/* Where the authority of a URL begins. Of a text without "://", whose scheme
 * curl would guess, that is the beginning. */
const char *url_authority(const char *text);
/* Cut userinfo out of it, where there is any. */
void url_drop_userinfo(char *url);
/* Append `text` with userinfo and the values of query parameters that carry
 * secrets (token, key, signature, password, ...) replaced by "***". Works on
 * any text, even if it is no valid URL. */
void url_add_redacted(struct buf *, const char *text);
/* The same as a text of its own; caller frees. */
char *url_redacted(const char *text);
/* The same of a query alone, or of a form: "name=value&...". */
void url_add_redacted_query(struct buf *, const char *text);
/* The host of an origin, without scheme, port and brackets; caller frees. */
char *url_origin_host(const char *origin);
/* 0: it has none (file). */
int url_origin_port(const char *origin);
/* Percent-encode everything outside RFC 3986's unreserved set. */
void url_add_encoded(struct buf *, const char *s, size_t len);

#endif
