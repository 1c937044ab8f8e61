/*
 * Origins; parsing, where libcurl's parser is given only what all its versions
 * read alike; the cache of authorities; URLs as text.
 */
#include "config.h"

#include "request/url.h"

#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "base/hash.h"
#include "base/list.h"
#include "base/xalloc.h"
#include "redact/redact.h"
#include "text/ascii.h"
#include "text/utf8.h"

/* Versions before 8.8 tell of an empty query unasked. */
#if LIBCURL_VERSION_NUM >= 0x080800
#define GET_EMPTY CURLU_GET_EMPTY
#else
#define GET_EMPTY 0
#endif

enum {
	SHORT_MOST = 1000 /* bytes that url_redacted_short returns, about */
};

/* --- origins ------------------------------------------------------------- */

struct origin {
	size_t refs;
	char text[];
};

/* The object in which the string stands that origin_text has returned. */
static struct origin *
origin_of(const char *text)
{
	/* Every text that is handed out stands in an object of ours, which
	 * is not const. */
	union {
		const char *in;
		char *out;
	} writable = {.in = text};

	return container_of(writable.out, struct origin, text);
}

const char *
origin_text(const char *text)
{
	size_t size = strlen(text) + 1;
	struct origin *o = xmalloc(sizeof(*o) + size);

	o->refs = 1;
	memcpy(o->text, text, size);
	return o->text;
}

const char *
origin_ref(const char *origin)
{
	origin_of(origin)->refs++;
	return origin;
}

void
origin_unref(const char *origin)
{
	if (origin && --origin_of(origin)->refs == 0)
		free(origin_of(origin));
}

const char *
url_origin_authority(const char *origin)
{
	const char *at = strstr(origin, "://");

	return at ? at + 3 : origin;
}

char *
url_origin_host(const char *origin)
{
	const char *host = url_origin_authority(origin);
	const char *end = strrchr(host, ':');

	if (!end)
		end = host + strlen(host);
	if (*host == '[' && end > host && end[-1] == ']') {
		host++;
		end--;
	}
	return xmemdup0(host, (size_t)(end - host));
}

int
url_origin_port(const char *origin)
{
	const char *port = strrchr(url_origin_authority(origin), ':');

	return port ? (int)strtol(port + 1, NULL, 10) : 0;
}

/* --- parsing -------------------------------------------------------------- */

static int
refuse(char **cause, const char *why)
{
	*cause = xstrdup(why);
	return -1;
}

char *
url_of_page(const char *text)
{
	size_t len = strlen(text);
	const char *s = ascii_trim(text, &len);
	struct buf out = {0};

	for (size_t i = 0; i < len; i++) {
		if (!strchr("\t\r\n", s[i]))
			buf_addc(&out, s[i]);
	}
	return buf_take(&out);
}

size_t
url_scheme_length(const char *text)
{
	size_t len = 0;

	if (!ascii_is_alpha(*text))
		return 0;
	while (ascii_is_alnum(text[len]) ||
	       (text[len] && strchr("+-.", text[len])))
		len++;
	return text[len] == ':' ? len + 1 : 0;
}

/* Does an authority hold a backslash? Browsers take it for a slash, libcurl for
 * part of a name, so the host would be another one for each. */
static bool
has_backslash(const char *text, const char *base)
{
	const char *at = text + (base ? url_scheme_length(text) : 0);
	const char *authority = base ? at : url_authority(text);

	if (at[0] && at[1] && strchr("/\\", at[0]) && strchr("/\\", at[1])) {
		if (at[0] == '\\' || at[1] == '\\')
			return true;
		authority = at + 2;
	}
	return memchr(authority, '\\', strcspn(authority, "/?#")) != NULL;
}

/* Why the text is not a URL, where curl_url would say so with less helpful
 * words, or would accept what browsers and proxies read otherwise. Static;
 * NULL: it may be one. */
static const char *
bad_text(const char *text, const char *base)
{
	if (!*text && !base)
		return "the URL is empty";
	if (strlen(text) > URL_MAX)
		return "the URL is longer than 64 KiB";
	for (const char *s = text; *s; s++) {
		if ((unsigned char)*s < ' ' || *s == 0x7F)
			return "a control character in the URL; "
			       "percent-encode it";
	}
	if (has_backslash(text, base))
		return "a backslash in the host; write / instead";
	return NULL;
}

static bool
is_ascii(const char *s)
{
	for (; *s; s++) {
		if ((unsigned char)*s > 0x7F)
			return false;
	}
	return true;
}

/* The errors of curl_url that users see; for all others, its own words do. */
static const struct {
	CURLUcode rc;
	const char *words;
} better_words[] = {
    {CURLUE_MALFORMED_INPUT, "not a valid URL"},
    {CURLUE_BAD_PORT_NUMBER, "the port must be a number from 0 to 65535"},
    {CURLUE_UNSUPPORTED_SCHEME, "only http and https URLs are supported"},
    {CURLUE_NO_HOST, "the URL has no host"},
};

static const char *
curl_url_words(CURLUcode rc)
{
	for (size_t i = 0; i < sizeof(better_words) / sizeof(*better_words);
	     i++) {
		if (better_words[i].rc == rc)
			return better_words[i].words;
	}
	return NULL;
}

static int
refuse_curl(char **cause, CURLUcode rc)
{
	const char *words = curl_url_words(rc);

	*cause = words ? xstrdup(words)
	               : xasprintf("unusable URL: %s", curl_url_strerror(rc));
	return -1;
}

/* The length of scheme and authority. A text that is relative to `base` may
 * have neither. */
static size_t
host_end(const char *text, const char *base)
{
	const char *authority = url_authority(text);

	if (authority == text && strncmp(text, "//", 2) == 0)
		authority += 2;
	else if (authority == text && base)
		return 0;
	return (size_t)(authority - text) + strcspn(authority, "/?#");
}

/*
 * Encode spaces and bytes that are not ASCII, as curl does, but only after the
 * host. libcurl's own CURLU_URLENCODE writes %c3 or %C3 depending on its
 * version, and later versions rewrite what was encoded already (which they
 * still do to a relative text). Caller frees.
 */
static char *
encode_path(const char *text, const char *base)
{
	struct buf out = {0};
	const char *s = text + host_end(text, base);
	const char *query = strchr(s, '?');

	buf_add(&out, text, (size_t)(s - text));
	for (; *s; s++) {
		if ((unsigned char)*s > 0x7F)
			buf_addf(&out, "%%%02X", (unsigned char)*s);
		else if (*s == ' ')
			buf_adds(&out, query && s > query ? "+" : "%20");
		else
			buf_addc(&out, *s);
	}
	return buf_take(&out);
}

/* A part as a string of our own; NULL: there is none. Caller frees. */
static char *
get_part(CURLU *h, CURLUPart part, unsigned flags)
{
	char *text, *copy;

	if (curl_url_get(h, part, &text, flags))
		return NULL;
	copy = xstrdup(text);
	curl_free(text);
	return copy;
}

static int
check_scheme(const char *scheme, enum url_schemes allowed, char **cause)
{
	if (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0)
		return 0;
	if (strcmp(scheme, "file") == 0 && allowed == URL_HTTP_AND_FILE)
		return 0;
	if (strcmp(scheme, "file") == 0 && allowed == URL_FROM_SERVER)
		return refuse(
		    cause, "a response must not lead to a local file");
	if (strcmp(scheme, "file") == 0)
		return refuse(cause, "file URLs need --proto +file");
	*cause =
	    xasprintf("only http and https URLs are supported, not %s", scheme);
	return -1;
}

/* An empty reference, or a fragment alone, is the base itself (RFC
 * 3986, 5.2.2), while libcurl 7.88 takes it for the folder of the base. */
static CURLUcode
set_same(CURLU *h, const char *fragment)
{
	return curl_url_set(h, CURLUPART_FRAGMENT,
	    *fragment == '#' ? fragment + 1 : NULL, CURLU_URLENCODE);
}

static CURLUcode
set_text(CURLU *h, const char *text, const char *base)
{
	char *encoded = encode_path(text, base);
	CURLUcode rc = curl_url_set(
	    h, CURLUPART_URL, encoded, base ? 0 : CURLU_GUESS_SCHEME);

	free(encoded);
	return rc;
}

/* Read a reference that a server gave, as curl reads Location. Schemes are
 * checked first: curl_url would refuse unknown ones in other words. */
static int
read_reference(CURLU *h, const char *text, const char *base, char **cause)
{
	size_t scheme = url_scheme_length(text);
	CURLUcode rc;

	if (scheme && strncasecmp(text, "http:", scheme) != 0 &&
	    strncasecmp(text, "https:", scheme) != 0) {
		char *name = xmemdup0(text, scheme - 1);

		check_scheme(name, URL_FROM_SERVER, cause);
		free(name);
		return -1;
	}
	/* RFC 3986, 4.2: no first segment of a path holds a colon. */
	if (!scheme && text[strcspn(text, ":/?#")] == ':')
		return refuse(
		    cause, "a colon follows something that is not a scheme");
	rc = curl_url_set(h, CURLUPART_URL, base, 0);
	if (!rc)
		rc = *text && *text != '#' ? set_text(h, text, base)
		                           : set_same(h, text);
	return rc ? refuse_curl(cause, rc) : 0;
}

static int
read_text(CURLU *h, const char *text, const char *base, char **cause)
{
	const char *bad = bad_text(text, base);
	CURLUcode rc;

	if (bad)
		return refuse(cause, bad);
	if (base)
		return read_reference(h, text, base, cause);
	if (strchr(text, ' '))
		return refuse(cause, "a space in the URL; write %20");
	rc = set_text(h, text, NULL);
	return rc ? refuse_curl(cause, rc) : 0;
}

/* Move the userinfo out of the URL into *user. */
static int
take_user(CURLU *h, char **user, char **cause)
{
	char *name, *password = NULL;
	CURLUcode rc;

	rc = curl_url_get(h, CURLUPART_USER, &name, CURLU_URLDECODE);
	if (rc == CURLUE_NO_USER)
		name = NULL;
	else if (rc)
		return refuse(cause, "invalid characters in the user name");
	rc = curl_url_get(h, CURLUPART_PASSWORD, &password, CURLU_URLDECODE);
	if (rc && rc != CURLUE_NO_PASSWORD) {
		curl_free(name);
		return refuse(cause, "invalid characters in the password");
	}
	if (rc)
		password = NULL;
	if (password)
		*user = xasprintf("%s:%s", name ? name : "", password);
	else if (name && *name)
		*user = xstrdup(name);
	curl_free(name);
	curl_free(password);
	curl_url_set(h, CURLUPART_USER, NULL, 0);
	curl_url_set(h, CURLUPART_PASSWORD, NULL, 0);
	return 0;
}

/* The URL with its host in punycode. libidn2 reads names in the charset of the
 * locale, but ours are UTF-8. The whole URL is asked for, since libcurl 7.88
 * leaks a host alone when it fails. */
static char *
get_punycode(CURLU *h)
{
	locale_t utf8, old;
	char *text;

	utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	old = uselocale(utf8);
	text = get_part(h, CURLUPART_URL, CURLU_PUNYCODE);
	uselocale(old);
	if (utf8)
		freelocale(utf8);
	return text;
}

/* Replace the host by its ASCII form. */
static int
set_ascii_host(CURLU *h, char **cause)
{
	char *ascii = get_punycode(h);
	int rc = 0;

	if (!ascii || !is_ascii(ascii))
		rc = refuse(
		    cause, "the host is not a valid international domain name");
	else
		curl_url_set(h, CURLUPART_URL, ascii, 0);
	free(ascii);
	return rc;
}

/* The host in ASCII; NULL with *cause set. Caller frees. */
static char *
get_ascii_host(CURLU *h, char **cause)
{
	char *host = get_part(h, CURLUPART_HOST, 0);

	if (!host || !*host) {
		refuse(cause, "the URL has no host");
	} else if (is_ascii(host)) {
		return host;
	} else if (set_ascii_host(h, cause) == 0) {
		free(host);
		return get_part(h, CURLUPART_HOST, 0);
	}
	free(host);
	return NULL;
}

static const char *
make_origin(const char *scheme, const char *host, const char *port)
{
	char *text = xasprintf("%s://%s:%s", scheme, host, port);
	const char *origin;

	for (char *s = text; *s; s++)
		*s = ascii_lower(*s);
	origin = origin_text(text);
	free(text);
	return origin;
}

static int
take_origin(CURLU *h, struct url *u, const char *scheme, char **cause)
{
	char *host, *port;

	if (strcmp(scheme, "file") == 0) {
		u->origin = origin_text("file://");
		return 0;
	}
	host = get_ascii_host(h, cause);
	if (!host)
		return -1;
	port = get_part(h, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	u->origin = make_origin(scheme, host, port ? port : "0");
	free(host);
	free(port);
	return 0;
}

/* Move the fragment out of the URL. */
static void
take_fragment(CURLU *h, struct url *u)
{
	char *fragment = get_part(h, CURLUPART_FRAGMENT, 0);

	if (fragment)
		u->fragment = xasprintf("#%s", fragment);
	free(fragment);
	curl_url_set(h, CURLUPART_FRAGMENT, NULL, 0);
}

/* The URL as text. libcurl leaves out the `?` of an empty query here, but sends
 * it. */
static char *
get_text(CURLU *h)
{
	char *text = get_part(h, CURLUPART_URL, GET_EMPTY);
	char *query = get_part(h, CURLUPART_QUERY, GET_EMPTY);
	char *whole = NULL;

	if (text && query && !*query && text[strlen(text) - 1] != '?')
		whole = xasprintf("%s?", text);
	free(query);
	if (!whole)
		return text;
	free(text);
	return whole;
}

static int
take_parts(CURLU *h, struct url *u, enum url_schemes allowed, char **cause)
{
	char *scheme = get_part(h, CURLUPART_SCHEME, 0);
	int rc;

	if (!scheme)
		return refuse(cause, "not a valid URL");
	rc = check_scheme(scheme, allowed, cause);
	if (!rc)
		rc = take_user(h, &u->user, cause);
	if (!rc)
		rc = take_origin(h, u, scheme, cause);
	free(scheme);
	if (rc)
		return -1;
	take_fragment(h, u);
	u->text = get_text(h);
	if (!u->text || strlen(u->text) > URL_MAX)
		return refuse(cause, "the URL is longer than 64 KiB");
	return 0;
}

int
url_parse(struct url *u, const char *text, const char *base,
    enum url_schemes allowed, char **cause)
{
	CURLU *h = curl_url();
	int rc;

	if (!h)
		die("out of memory");
	*u = (struct url){0};
	rc = read_text(h, text, base, cause);
	if (!rc)
		rc = take_parts(h, u, allowed, cause);
	if (rc)
		url_release(u);
	curl_url_cleanup(h);
	return rc;
}

void
url_release(struct url *u)
{
	free(u->text);
	origin_unref(u->origin);
	free(u->user);
	free(u->fragment);
	*u = (struct url){0};
}

/* --- the cache of authorities -------------------------------------------- */

void
url_cache_init(struct url_cache *c, enum url_schemes allowed)
{
	*c = (struct url_cache){.allowed = allowed};
}

static void
clear_slot(struct url_cache *c, size_t slot)
{
	free(c->known[slot].prefix);
	origin_unref(c->known[slot].origin);
	c->known[slot].prefix = NULL;
	c->known[slot].origin = NULL;
}

void
url_cache_release(struct url_cache *c)
{
	for (size_t i = 0; i < URL_CACHE_SIZE; i++)
		clear_slot(c, i);
}

/* The length of "https://host:port" or the like; 0: the text begins otherwise.
 */
static size_t
prefix_length(const char *text)
{
	size_t scheme;

	if (strncmp(text, "https://", 8) == 0)
		scheme = 8;
	else if (strncmp(text, "http://", 7) == 0)
		scheme = 7;
	else
		return 0;
	return scheme + strcspn(text + scheme, "/?#");
}

/* The slot of a prefix, which may also be in the one beside it, slot ^ 1. */
static size_t
slot_of(const char *prefix, size_t len)
{
	/* The lowest bits, unfolded, set numbered names apart best. */
	return (size_t)hash_add(HASH_START, prefix, len) % URL_CACHE_SIZE;
}

/* Is the segment after the slash one that libcurl might resolve? It begins with
 * a dot, or with what may be an encoded one. */
static bool
is_dot_segment(const char *slash)
{
	return slash[1] == '.' || (slash[1] == '%' && slash[2] == '2');
}

/* Would curl_url return this path and query byte for byte? When in doubt, no.
 */
static bool
is_plain(const char *path)
{
	const char *s;

	if (*path != '/')
		return false;
	for (s = path; s; s = strchr(s + 1, '/'))
		if (is_dot_segment(s))
			return false;
	for (s = path; *s; s++)
		if (!ascii_is_alnum(*s) &&
		    (*s <= ' ' || *s > '~' || *s == '#' || *s == '\\'))
			return false;
	/* An empty query loses its `?`. */
	return s[-1] != '?' && (size_t)(s - path) < URL_MAX / 2;
}

static bool
is_known(const struct url_cache *c, size_t slot, const char *prefix, size_t len)
{
	return c->known[slot].prefix && c->known[slot].len == len &&
	       memcmp(c->known[slot].prefix, prefix, len) == 0;
}

const char *
url_cache_find(const struct url_cache *c, const char *text)
{
	size_t len = prefix_length(text);
	size_t slot = slot_of(text, len);

	if (!is_known(c, slot, text, len))
		slot ^= 1;
	return len && is_known(c, slot, text, len) && is_plain(text + len)
	           ? c->known[slot].origin
	           : NULL;
}

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

/* May `c` stand in a plain name behind `before`? "--" is that of punycode. */
static bool
is_plain_in_name(char c, char before)
{
	return is_lower(c) || ascii_is_digit(c) ||
	       ((c == '.' || c == '-') && before != '.' && before != '-');
}

/* The length of a host that is a plain name in lower case; 0: it is none, or
 * one that libcurl might rewrite, as it does numbers. */
static size_t
plain_name_length(const char *host)
{
	const char *label = host;
	const char *s = host;

	if (!is_lower(*s) && !ascii_is_digit(*s))
		return 0;
	for (s++; is_plain_in_name(*s, s[-1]); s++) {
		if (*s == '.')
			label = s + 1;
	}
	return is_lower(*label) ? (size_t)(s - host) : 0;
}

/* The length of ":PORT"; 0: there is none, or it takes a closer look. */
static size_t
plain_port_length(const char *s)
{
	size_t len = 1;

	if (s[0] != ':' || s[1] == '0')
		return 0;
	while (len <= 4 && ascii_is_digit(s[len]))
		len++;
	/* 65535 is the last one. */
	if (len == 5 && ascii_is_digit(s[5]) && s[1] < '6')
		len++;
	return len > 1 ? len : 0;
}

bool
url_add_plain_origin(struct buf *origin, const char *text, size_t len)
{
	size_t end = strncmp(text, "https://", 8) == 0  ? 8
	             : strncmp(text, "http://", 7) == 0 ? 7
	                                                : 0;
	const char *default_port = end == 8 ? ":443" : ":80";
	size_t name = end ? plain_name_length(text + end) : 0;
	size_t port;

	if (!name)
		return false;
	end += name;
	port = plain_port_length(text + end);
	end += port;
	if ((text[end] && !is_plain(text + end)) || strlen(text) != len)
		return false;
	buf_add(origin, text, end);
	if (!port)
		buf_adds(origin, default_port);
	return true;
}

/* Remember the prefix of `text`, which has `len` bytes. */
static void
remember(struct url_cache *c, const char *text, size_t len, const char *origin)
{
	size_t slot = slot_of(text, len);

	if (is_known(c, slot, text, len) || is_known(c, slot ^ 1, text, len))
		return;
	/* The last one moves over, so that two can take turns. */
	if (c->known[slot].prefix) {
		clear_slot(c, slot ^ 1);
		c->known[slot ^ 1] = c->known[slot];
	}
	c->known[slot].prefix = xmemdup0(text, len);
	c->known[slot].len = len;
	c->known[slot].origin = origin_ref(origin);
}

void
url_cache_learn(struct url_cache *c, const char *text, const struct url *parsed)
{
	size_t len = prefix_length(text);

	/* An authority that was rewritten (userinfo, case, odd addresses) is
	 * not what url_parse would leave as it is. */
	if (len > 0 && len <= URL_MAX / 2 &&
	    prefix_length(parsed->text) == len &&
	    memcmp(text, parsed->text, len) == 0)
		remember(c, text, len, parsed->origin);
}

const char *
url_cache_find_plain(struct url_cache *c, const char *text)
{
	const char *known = url_cache_find(c, text);
	size_t len = prefix_length(text);
	struct buf plain = {0};
	const char *origin;

	/* A text without a path gets a slash, so it does not stay as it is. */
	if (known || text[len] != '/' || len > URL_MAX / 2 ||
	    !url_add_plain_origin(&plain, text, strlen(text)))
		return known;
	origin = origin_text(plain.data);
	remember(c, text, len, origin);
	origin_unref(origin); /* the cache has it */
	buf_release(&plain);
	return url_cache_find(c, text);
}

/* --- URLs as text ------------------------------------------------------- */

/* A fragment may be given as well, which OAuth fills with the same names. */
void
url_add_redacted_query(struct buf *b, const char *s)
{
	redact_add(b, REDACT_QUERY, s, strlen(s));
}

const char *
url_authority(const char *text)
{
	const char *slashes = strstr(text, "://");

	return slashes && slashes < text + strcspn(text, "?#") ? slashes + 3
	                                                       : text;
}

/* The `@` at the end of the userinfo; NULL: there is none. */
static const char *
userinfo_end(const char *authority)
{
	const char *at = NULL;

	for (const char *s = authority; *s && !strchr("/?#", *s); s++)
		if (*s == '@')
			at = s;
	return at;
}

void
url_drop_userinfo(char *url)
{
	char *authority = url + (url_authority(url) - url);
	const char *at = userinfo_end(authority);

	if (at)
		memmove(authority, at + 1, strlen(at));
}

void
url_add_redacted(struct buf *b, const char *text)
{
	redact_add(b, REDACT_URL, text, strlen(text));
}

char *
url_redacted(const char *text)
{
	return redacted(REDACT_URL, text);
}

char *
url_redacted_short(const char *text)
{
	char *whole = url_redacted(text);
	struct buf cut;

	buf_init(&cut);
	utf8_add_middle(&cut, whole, SHORT_MOST, SHORT_MOST / 2);
	free(whole);
	return buf_take(&cut);
}

static bool
is_unreserved(char c)
{
	return ascii_is_alnum(c) || (c && strchr("-._~", c));
}

void
url_add_encoded(struct buf *b, const char *s, size_t len)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (is_unreserved(s[i])) {
			buf_addc(b, s[i]);
			continue;
		}
		buf_addc(b, '%');
		buf_addc(b, hex[c >> 4]);
		buf_addc(b, hex[c & 15]);
	}
}
