/*
 * URLs. All are parsed by libcurl (curl_url(3)), so that what gather decides on
 * is what libcurl connects to: http://a\@127.0.0.1/ and 0177.0.0.1 must not
 * mean two things.
 */
#ifndef GATHER_REQUEST_URL_H
#define GATHER_REQUEST_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define URL_MAX (64U * 1024)

/*
 * An origin is "scheme://host:port" in lower case, always with its port, or
 * "file://". It is a string with a counter in front of it, since most requests
 * of a list share few of them. The counter has no lock, so an origin stays on
 * the thread that made it.
 */
const char *origin_text(const char *text);
/* One more reference; returns its argument. */
const char *origin_ref(const char *origin);
/* One reference less; the last one frees the origin. NULL is fine. */
void origin_unref(const char *origin);

/* All strings are owned, and the origin counted. */
struct url {
	char *text; /* absolute and normalised, without fragment and userinfo */
	const char *origin;
	char *user;     /* "name:password" or "name", decoded; or NULL */
	char *fragment; /* "#..."; NULL: there is none */
};

enum url_schemes {
	URL_HTTP_ONLY,
	URL_HTTP_AND_FILE,
	URL_FROM_SERVER /* http and https, whatever the user allows */
};

/*
 * Parse `text` into *u. With `base` NULL a user wrote it, and a missing scheme
 * is guessed as curl does ("example.org/x" is http). Else it is a reference
 * that a server gave (RFC 3986, 5.2), in which "example.org:80" has the scheme
 * "example.org", and spaces are encoded. A host that is not ASCII becomes
 * punycode; other bytes that are not ASCII are percent-encoded.
 *
 * -1 with *cause set (caller frees) and *u empty: the URL is longer than
 * URL_MAX; its scheme is not http, https or (as `allowed` says) file; it has
 * control characters, a user's spaces, a backslash in its authority, a bad port
 * or a bad host.
 */
int url_parse(struct url *u, const char *text, const char *base,
    enum url_schemes allowed, char **cause);
/* The text of a reference that stands in a page, as url_parse reads it: without
 * the blanks around it, and without tabs and line ends, which are no part of a
 * URL (WHATWG URL, basic URL parser, steps 1 to 3). Caller frees. */
char *url_of_page(const char *text);
/* The length of "scheme:" at the start of a reference (RFC 3986, 3.1); 0: there
 * is none. */
size_t url_scheme_length(const char *text);
/* Free what *u owns; it is empty then. */
void url_release(struct url *);

/*
 * The authorities that were parsed last, so that a list of a million URLs is
 * not taken apart a million times: a plain URL at a known authority is already
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
/* The origin of a `text` that url_parse would leave as it is; borrowed from the
 * cache. NULL: it is not known, so call url_parse. */
const char *url_cache_find(const struct url_cache *, const char *text);
/*
 * Append to `origin` that of a `text` of `len` bytes which url_parse would
 * leave as it is (but for the slash that a URL without a path gets), without
 * parsing it. False, with nothing appended: it takes url_parse to tell.
 */
bool url_add_plain_origin(struct buf *origin, const char *text, size_t len);
/* As url_cache_find, but remember the authority where the text shows by itself
 * what url_parse would say of it. */
const char *url_cache_find_plain(struct url_cache *, const char *text);
/* Remember the authority of `text`, of which url_parse made `parsed`. */
void url_cache_learn(
    struct url_cache *, const char *text, const struct url *parsed);

/* The place in `text` where the authority begins: its start if there is no
 * "://", since curl would guess the scheme. */
const char *url_authority(const char *text);
/* Cut the userinfo, if there is any, out of `url`. */
void url_drop_userinfo(char *url);
/* Append `text` with userinfo and the values of query parameters that carry
 * secrets (token, key, signature, password, ...) replaced by "***". Works on
 * any text, even if it is no valid URL. */
void url_add_redacted(struct buf *, const char *text);
/* As url_add_redacted, in a new string. Caller frees. */
char *url_redacted(const char *text);
/* Likewise, but of a long text the middle is left out: for those who keep many,
 * and show them to people. Caller frees. */
char *url_redacted_short(const char *text);
/* As url_add_redacted, for a query or a form alone: "name=value&...". */
void url_add_redacted_query(struct buf *, const char *text);
/* The part "host:port" of an origin, with the brackets of an IPv6 address;
 * borrowed. */
const char *url_origin_authority(const char *origin);
/* The host of an origin, without scheme, port and brackets. Caller frees. */
char *url_origin_host(const char *origin);
/* The port of an origin; 0: it has none (file). */
int url_origin_port(const char *origin);
/* Append the `len` bytes, percent-encoded but for RFC 3986's unreserved set. */
void url_add_encoded(struct buf *, const char *s, size_t len);

#endif
