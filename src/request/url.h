/*
 * URLs, always through libcurl's own parser (curl_url(3)), so that what we
 * decide on is what libcurl connects to: http://a\@127.0.0.1/ and 0177.0.0.1
 * must not mean two things.
 */
#ifndef GATHER_REQUEST_URL_H
#define GATHER_REQUEST_URL_H

#include <stdbool.h>

#include "base/buf.h"

struct url {
	char *text;   /* absolute, normalised; no fragment, no userinfo */
	char *origin; /* "scheme://host:port", lower case, port always there */
	char *user;   /* "name:password", decoded; NULL if there was none */
};

/*
 * Parse `text`, relative to `base` unless that is NULL. A missing scheme is
 * guessed as curl guesses it ("example.org/x" is http).
 *
 * Returns 0, or -1 with *cause set to a message the caller frees; then *u is
 * empty. Longer than 64 KiB, a scheme other than http, https and (with
 * `allow_file`) file, a bad port, a bad host are errors.
 */
enum url_schemes {
	URL_HTTP_ONLY,
	URL_HTTP_AND_FILE
};
int url_parse(struct url *u, const char *text, const char *base,
    enum url_schemes allowed, char **cause);
void url_release(struct url *);

/* Append `text` with userinfo and the values of query parameters that carry
 * secrets (token, key, signature, password, ...) replaced by "***". Works on
 * any text, even if it is no valid URL. */
void url_add_redacted(struct buf *, const char *text);
/* The host of an origin, without scheme, port and brackets; caller frees. */
char *url_origin_host(const char *origin);
int url_origin_port(const char *origin);
/* Percent-encode everything outside RFC 3986's unreserved set. */
void url_add_encoded(struct buf *, const char *s, size_t len);

#endif
