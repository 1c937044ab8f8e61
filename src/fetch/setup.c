/*
 * What an easy handle is set up for. First comes the bearer token, which may
 * stand in a file. Then a request becomes options of libcurl: headers, body,
 * credentials, connection.
 * At the end is attempt_setup, which sets up only what has changed since the
 * handle was used last: most requests of a run differ in nothing but the URL.
 */
#include "config.h"

#include "fetch/engine_private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/xalloc.h"
#include "decode/decoder.h"
#include "request/url.h"
#include "text/ascii.h"
#include "text/utf8.h"

/* --- the token of --oauth2-bearer @FILE ----------------------------------- */

enum {
	TOKEN_MAX = 64 << 10 /* bytes */
};

/* The token in the content of a file: a single line, without the blanks around
 * it, since a second line would become a header of its own. Caller frees; NULL
 * with *why set, which is static. */
static char *
find_token(const char *text, size_t len, const char **why)
{
	const char *token = utf8_skip_mark(text, &len);

	token = ascii_trim(token, &len);
	*why = "there is no token in this file";
	if (!len || memchr(token, '\0', len))
		return NULL;
	*why = "a token is a single line, this file has more";
	return memchr(token, '\n', len) || memchr(token, '\r', len)
	           ? NULL
	           : xmemdup0(token, len);
}

/*
 * The token in the file `name` of --oauth2-bearer @FILE, read anew at each
 * call, so that a file that was renewed counts from the next request on.
 * Blanks around it are dropped. Caller frees; NULL with *cause set (caller
 * frees).
 */
static char *
read_token(const char *name, char **cause)
{
	char *text = xmalloc(TOKEN_MAX);
	int fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	size_t len = file ? fread(text, 1, TOKEN_MAX, file) : 0;
	bool failed = !file || ferror(file);
	const char *why = "there is no token in this file";
	char *token = NULL;

	if (failed)
		*cause = xasprintf("%s: %s", name, io_error(errno));
	else if (len < TOKEN_MAX)
		token = find_token(text, len, &why);
	if (!failed && !token)
		*cause = xasprintf("%s: %s", name, why);
	if (file)
		fclose(file);
	free(text);
	return token;
}

/* --- an attempt: its handle ----------------------------------------------- */

/* Where -H names none of these, they are set here, not left to libcurl. */
static const char form_type[] =
    "Content-Type: application/x-www-form-urlencoded";
static const char json_type[] = "Content-Type: application/json";
static const char json_accept[] = "Accept: application/json";

/* Headers of HTTP/2 that do not fit into its buffer make libcurl 7.88 wait for
 * ever if no body follows; it keeps at most 128 KiB of them. */
#define H2_BUFFER (128L << 10)

/* How the headers of -H begin that may go to another origin with a redirect.
 * Any other header may be a secret. */
static const char *const travelling[] = {
    "accept", "content-", "user-agent", "referer"};

static bool
may_travel(const char *header)
{
	for (size_t i = 0; i < sizeof(travelling) / sizeof(*travelling); i++)
		if (strncasecmp(header, travelling[i], strlen(travelling[i])) ==
		    0)
			return true;
	return false;
}

/* Is this header of -H sent with the hop? */
static bool
is_sent(const struct hop *hop, const char *header)
{
	if (hop->no_expect && strncasecmp(header, "expect", 6) == 0 &&
	    strchr(":;", header[6]))
		return false;
	return !hop->trust.foreign || may_travel(header);
}

/* Is there a header of the same name as that of `line`? -H "Name:" and "Name;",
 * which remove one and send an empty one, count as well. */
static bool
lists_header(const struct strlist *headers, const char *line)
{
	size_t name = strcspn(line, ":;");

	for (size_t i = 0; i < headers->len; i++)
		if (strncasecmp(headers->items[i], line, name) == 0 &&
		    strchr(":;", headers->items[i][name]))
			return true;
	return false;
}

static void
append_header(struct attempt *a, const char *line)
{
	a->set_headers = curl_slist_append(a->set_headers, line);
	if (!a->set_headers)
		die("out of memory");
}

/* Add a header unless -H has it. */
static void
add_default(struct attempt *a, const char *line)
{
	if (!lists_header(&a->spec.request->options->headers, line))
		append_header(a, line);
}

static void
add_default_value(struct attempt *a, const char *name, const char *value)
{
	char *line = xasprintf("%s: %s", name, value);

	add_default(a, line);
	free(line);
}

/* Set the failure of an attempt with a file that cannot be read. errno tells
 * whether the file is wrong, or no descriptor is free for it. Returns -1. */
static int
fail_file(struct attempt *a, const char *reason, const char *message)
{
	bool lacked = io_lacks_descriptors(errno);

	a->os_errno = lacked ? errno : 0;
	failure_set(&a->failure, lacked ? ERROR_LOCAL : ERROR_INPUT, reason, 0,
	    "%s", message);
	return -1;
}

static int
add_bearer(struct attempt *a, const struct request_options *o)
{
	char *cause = NULL;
	char *token;

	if (!o->bearer && !o->bearer_file)
		return 0;
	errno = 0;
	token = o->bearer_file ? read_token(o->bearer_file, &cause)
	                       : xstrdup(o->bearer);
	if (!token) {
		fail_file(a, "bearer", cause);
		free(cause);
		return -1;
	}
	cause = xasprintf("Bearer %s", token);
	add_default_value(a, "Authorization", cause);
	free(cause);
	free(token);
	return 0;
}

/* --compressed. CURLOPT_ACCEPT_ENCODING would have libcurl decode, which does
 * not tell whether the body is whole. */
static void
add_codings(struct attempt *a)
{
	char *codings = decoder_accepts();

	add_default_value(a, "Accept-Encoding", codings);
	free(codings);
}

/* Say that there is no body where the method has one by its nature (RFC 9110,
 * 8.6): some servers wait for it, or answer 411. libcurl sends no length where
 * it is given no body. */
static void
add_no_length(struct attempt *a, const struct request_options *o)
{
	static const char *const methods[] = {"POST", "PUT", "PATCH"};
	const char *method = hop_method(a->spec.hop, a->spec.request);

	if (o->body_kind != BODY_NONE && !o->data_in_query)
		return;
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (strcmp(method, methods[i]) == 0 &&
		    !lists_header(&o->headers, "Transfer-Encoding:"))
			add_default(a, "Content-Length: 0");
}

static const char *
user_agent(const struct request_options *o)
{
	return o->user_agent ? o->user_agent : PACKAGE_NAME "/" PACKAGE_VERSION;
}

/* Is the User-Agent a line of the list? As an option of its own libcurl formats
 * it anew for each request, at a twentieth of what that costs. But with CONNECT
 * a proxy is told only the option, and a header of blanks would be left out. */
static bool
lists_user_agent(const struct attempt *a, const struct request_options *o)
{
	char first = *user_agent(o);

	return !a->proxy && first && !ascii_is_space(first);
}

static void
set_user_agent(struct attempt *a, const struct request_options *o)
{
	if (lists_user_agent(a, o))
		add_default_value(a, "User-Agent", user_agent(o));
	else
		curl_easy_setopt(a->easy, CURLOPT_USERAGENT, user_agent(o));
}

/* Tell a --replay what the scheme was, so that it leaves redirects as they were
 * recorded. */
static void
add_scheme(struct attempt *a)
{
	const char *origin = hop_origin(a->spec.hop, a->spec.request);
	bool tls = strncmp(origin, "https:", 6) == 0;

	append_header(
	    a, tls ? "X-Forwarded-Proto: https" : "X-Forwarded-Proto: http");
}

static int
set_request_headers(struct attempt *a, const struct request_options *o)
{
	const struct hop *hop = a->spec.hop;

	for (size_t i = 0; i < o->headers.len; i++)
		if (is_sent(hop, o->headers.items[i]))
			append_header(a, o->headers.items[i]);
	if (hop->no_expect)
		append_header(a, "Expect:");
	set_user_agent(a, o);
	if (a->spec.resume && a->spec.resume->validator)
		add_default_value(a, "If-Range", a->spec.resume->validator);
	if (a->spec.resume) /* a part of an encoded body is of no use */
		add_default(a, "Accept-Encoding: identity");
	else if (a->engine->options->compressed)
		add_codings(a);
	if (a->engine->options->to_replay)
		add_scheme(a);
	add_no_length(a, o);
	if (o->body_kind == BODY_JSON && !hop->no_body)
		add_default(a, json_type);
	if (o->body_kind == BODY_JSON)
		add_default(a, json_accept);
	if (o->body_kind == BODY_FORM && !hop->no_body && !o->data_in_query)
		add_default(a, form_type);
	if ((o->body_kind == BODY_RAW || o->body_kind == BODY_UPLOAD) &&
	    !lists_header(&o->headers, "Content-Type:"))
		append_header(a, "Content-Type:");
	/* As a header, -b would be sent beside that of the cookie engine. */
	curl_easy_setopt(
	    a->easy, CURLOPT_COOKIE, hop->trust.foreign ? NULL : o->cookie);
	if (!hop->trust.foreign && add_bearer(a, o))
		return -1;
	curl_easy_setopt(a->easy, CURLOPT_HTTPHEADER, a->set_headers);
	return 0;
}

static int
set_upload(struct attempt *a, const struct request_options *o)
{
	if (upload_open(&a->upload, o->upload)) {
		char *why = xasprintf("%s: %s", o->upload, io_error(errno));

		fail_file(a, "upload", why);
		free(why);
		return -1;
	}
	curl_easy_setopt(a->easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(
	    a->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)a->upload.size);
	return 0;
}

static int
set_multipart(struct attempt *a, const struct request_options *o)
{
	char *cause = NULL;

	errno = 0;
	a->set_mime = multipart_new(a->easy, a, o, &cause);
	if (!a->set_mime) {
		fail_file(a, "form", cause);
		free(cause);
		return -1;
	}
	curl_easy_setopt(a->easy, CURLOPT_MIMEPOST, a->set_mime);
	return 0;
}

static int
set_bytes(struct attempt *a, const struct request_options *o)
{
	if (o->data_in_query)
		return 0;
	curl_easy_setopt(
	    a->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)o->body_len);
	curl_easy_setopt(a->easy, CURLOPT_POSTFIELDS, o->body ? o->body : "");
	return 0;
}

static int
set_nothing(struct attempt *a, const struct request_options *o)
{
	(void)a;
	(void)o;
	return 0;
}

static int (*const set_body[])(
    struct attempt *, const struct request_options *) = {
    [BODY_NONE] = set_nothing,
    [BODY_RAW] = set_bytes,
    [BODY_FORM] = set_bytes,
    [BODY_JSON] = set_bytes,
    [BODY_MULTIPART] = set_multipart,
    [BODY_FILE] = set_upload,
    [BODY_UPLOAD] = set_bytes,
};

/* Set the body, then the method, since each option for a body implies one. */
static int
set_body_and_method(struct attempt *a, const struct request_options *o)
{
	const char *method = hop_method(a->spec.hop, a->spec.request);

	if (!a->spec.hop->no_body && set_body[o->body_kind](a, o))
		return -1;
	if (strcmp(method, "HEAD") == 0)
		curl_easy_setopt(a->easy, CURLOPT_NOBODY, 1L);
	curl_easy_setopt(a->easy, CURLOPT_CUSTOMREQUEST, method);
	return 0;
}

/* "name:password" for the hop: of its URL, else of -u, else of the netrc file.
 * Another origin gets what that file says of it, but neither -u nor the entry
 * `default`. Caller frees; NULL: none. */
static char *
credentials(const struct attempt *a, const struct request_options *o)
{
	const struct hop *hop = a->spec.hop;
	const char *user = hop->user;
	char *host, *found;

	if (!user && !hop->trust.foreign)
		user = o->user;
	if (user && strchr(user, ':'))
		return xstrdup(user);
	if (hop->trust.foreign && o->auth == AUTH_AWS_SIGV4)
		return NULL; /* nobody signs what was not asked for */
	host = url_origin_host(hop_origin(hop, a->spec.request));
	found = netrc_find(&a->engine->common->netrc, host, user,
	    hop->trust.foreign ? NETRC_MACHINE_ONLY : NETRC_OR_DEFAULT);
	free(host);
	return found || !user ? found : xasprintf("%s:", user);
}

/* `user` may be NULL. */
static void
set_credentials(
    struct attempt *a, const struct request_options *o, const char *user)
{
	static const unsigned long kinds[] = {
	    [AUTH_BASIC] = CURLAUTH_BASIC,
	    [AUTH_DIGEST] = CURLAUTH_DIGEST,
	    [AUTH_AWS_SIGV4] = CURLAUTH_AWS_SIGV4,
	};

	if (user)
		curl_easy_setopt(a->easy, CURLOPT_USERPWD, user);
	curl_easy_setopt(a->easy, CURLOPT_HTTPAUTH, kinds[o->auth]);
	if (o->aws_sigv4)
		curl_easy_setopt(a->easy, CURLOPT_AWS_SIGV4, o->aws_sigv4);
}

static size_t
len_of(const char *s)
{
	return s ? strlen(s) : 0;
}

/* Limit the size of the headers, as is done for those of answers. libcurl 7.88
 * sends up to a megabyte of them, 8.14 silently leaves out one that it finds
 * too long. */
static int
check_headers_size(
    struct attempt *a, const struct request_options *o, const char *user)
{
	uint64_t max = a->engine->options->max_headers;
	size_t size = len_of(o->referer) + len_of(o->cookie) + len_of(user);

	if (!lists_user_agent(a, o))
		size += len_of(o->user_agent);
	for (const struct curl_slist *h = a->set_headers; h; h = h->next)
		size += strlen(h->data);
	if (!max || size <= max)
		return 0;
	failure_set(&a->failure, ERROR_INPUT, "header too long", 0,
	    "%zu bytes of request headers; the limit is %" PRIu64, size, max);
	return -1;
}

static bool
has_line_end(const char *text)
{
	return text && text[strcspn(text, "\r\n")];
}

/* No text with a line end may go into a header, whether it came from the
 * command line, a list, a file or a template: it would end that header and
 * begin one of its own. */
static int
check_line_ends(
    struct attempt *a, const struct request_options *o, const char *user)
{
	bool bad = has_line_end(user) || has_line_end(o->user_agent) ||
	           has_line_end(o->referer) || has_line_end(o->cookie) ||
	           has_line_end(o->range) || has_line_end(o->aws_sigv4);

	for (const struct curl_slist *l = a->set_headers; l; l = l->next)
		bad |= has_line_end(l->data);
	if (bad)
		failure_set(&a->failure, ERROR_INPUT, "header", 0,
		    "a header must not contain a line break");
	return bad ? -1 : 0;
}

/* Ask for the part that -r names, or for what is missing of the file. */
static void
set_range(struct attempt *a, const struct request_options *o)
{
	char range[32];

	if (!a->spec.resume) {
		curl_easy_setopt(a->easy, CURLOPT_RANGE, o->range);
		return;
	}
	snprintf(range, sizeof(range), "%" PRIu64 "-", a->spec.resume->offset);
	curl_easy_setopt(a->easy, CURLOPT_RANGE, range);
}

static int
set_request(struct attempt *a)
{
	const struct request_options *o = a->spec.request->options;
	char *user = credentials(a, o);
	int rc;

	curl_easy_setopt(a->easy, CURLOPT_REFERER,
	    o->auto_referer && a->spec.hop->from ? a->spec.hop->from
	                                         : o->referer);
	set_range(a, o);
	set_credentials(a, o, user);
	rc = set_request_headers(a, o) || check_line_ends(a, o, user) ||
	             check_headers_size(a, o, user) || set_body_and_method(a, o)
	         ? -1
	         : 0;
	free(user);
	return rc;
}

/* May libcurl need to know all that --resolve gives? Else it is told the
 * addresses of the one host that it connects to (route.c). */
static bool
needs_all_given(const struct attempt *a)
{
	return a->proxy || !a->engine->resolver ||
	       strchr(hop_origin(a->spec.hop, a->spec.request), '[');
}

static void
set_connection(struct attempt *a, const struct fetch_options *o, bool tls)
{
	static const long versions[] = {
	    [HTTP_ANY] = CURL_HTTP_VERSION_2TLS,
	    [HTTP_1_0] = CURL_HTTP_VERSION_1_0,
	    [HTTP_1_1] = CURL_HTTP_VERSION_1_1,
	    [HTTP_2] = CURL_HTTP_VERSION_2TLS,
	    [HTTP_3] = CURL_HTTP_VERSION_3,
	    [HTTP_3_ONLY] = CURL_HTTP_VERSION_3ONLY,
	};
	CURL *easy = a->easy;

	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, versions[o->http]);
	/* With plain http, waiting for a connection that may be shared would
	 * leave one where there should be many. */
	if (tls && o->http != HTTP_1_1 && o->http != HTTP_1_0) {
		curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
		curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, H2_BUFFER);
	}
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)(o->connect_timeout_us / CLOCK_MS));
	if (needs_all_given(a))
		curl_easy_setopt(
		    easy, CURLOPT_RESOLVE, a->engine->common->resolve);
	curl_easy_setopt(
	    easy, CURLOPT_CONNECT_TO, a->engine->common->connect_to);
	/* What the environment says is in there already (route.h). */
	curl_easy_setopt(easy, CURLOPT_PROXY, a->proxy ? a->proxy : "");
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
	if (o->fresh_connections) {
		curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
		curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
	}
}

/* Set what does not depend on the request. */
static void
set_common(struct attempt *a, bool tls)
{
	const struct fetch_options *o = a->engine->options;
	CURL *easy = a->easy;
	const char *protocols =
	    o->allow_file_scheme ? "http,https,file" : "http,https";

	attempt_set_callbacks(a);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols);
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(easy, CURLOPT_SHARE, a->engine->share);
	/* Names are looked up by us, so what libcurl notes of them does not
	 * grow old; it would look for what has after each request. */
	if (a->engine->resolver && !a->proxy)
		curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, -1L);
	if (a->engine->cookie_keeper)
		curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "");
	curl_easy_setopt(easy, CURLOPT_FILETIME, (long)o->remote_time);
	set_connection(a, o, tls);
	for (size_t i = 0; i < o->curl_len; i++)
		curl_setting_apply(easy, &o->curl[i]);
	if (tls)
		authorities_apply(&a->engine->tls, easy,
		    a->proxy && strncasecmp(a->proxy, "https:", 6) == 0);
}

/* A reset of the handle also clears what libcurl keeps of another origin's
 * authentication. But it loses the list of cookie files without freeing it,
 * unless that list was emptied before, and the next transfer still reads the
 * list of addresses, which is freed here, unless that was taken back. */
void
attempt_forget_setup(struct attempt *a)
{
	curl_easy_setopt(a->easy, CURLOPT_COOKIEFILE, NULL);
	curl_easy_setopt(a->easy, CURLOPT_RESOLVE, NULL);
	curl_easy_reset(a->easy);
	curl_slist_free_all(a->set_headers);
	a->set_headers = NULL;
	curl_slist_free_all(a->set_resolve);
	a->set_resolve = NULL;
	free(a->set_addresses);
	a->set_addresses = NULL;
	curl_mime_free(a->set_mime);
	a->set_mime = NULL;
	free(a->set_origin);
	a->set_origin = NULL;
	curl_url_cleanup(a->set_url);
	a->set_url = NULL;
	a->set_options = NULL;
	a->set_fresh = a->set_closing = false;
}

/* Is the handle set up for the attempt in all but the URL? Files are not among
 * what can be used again: their content may have changed. */
static bool
is_set_up(const struct attempt *a, const char *origin)
{
	const struct request *request = a->spec.request;

	return !request->own && a->spec.hop->number == 0 && !request->user &&
	       !a->spec.resume && !a->spec.hop->no_expect &&
	       a->set_options == request->options && !a->set_mime &&
	       a->set_foreign == request->trust.foreign &&
	       !request->options->upload && !request->options->bearer_file &&
	       strcmp(a->set_origin, origin) == 0;
}

/* Is `word` in the list that is the value of a header (RFC 9110, 5.6.1)? */
static bool
names_word(const char *header, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = strchr(header, ':'); at; at = strchr(at, ',')) {
		at += 1 + strspn(at + 1, " \t");
		if (strncasecmp(at, word, len) == 0 &&
		    strspn(at + len, " \t") == strcspn(at + len, ","))
			return true;
	}
	return false;
}

/* Does the request ask for the connection to end after the answer? HTTP/1.0
 * asks by saying nothing. Not all servers end it, so it is ended here. */
static bool
is_to_close(const struct attempt *a, const struct fetch_options *o)
{
	const char *header = request_headers_find(
	    &a->spec.request->options->headers, "Connection");

	if (header && names_word(header, "close"))
		return true;
	return o->http == HTTP_1_0 &&
	       !(header && names_word(header, "keep-alive"));
}

/* Say whether the attempt may use a connection that is open, and whether others
 * may have its connection afterwards. */
static void
set_reuse(struct attempt *a, const struct fetch_options *o)
{
	bool closes = o->fresh_connections || is_to_close(a, o);
	bool fresh = a->spec.own_connection || closes;

	if (a->set_fresh != fresh)
		curl_easy_setopt(a->easy, CURLOPT_FRESH_CONNECT, (long)fresh);
	if (a->set_closing != closes)
		curl_easy_setopt(a->easy, CURLOPT_FORBID_REUSE, (long)closes);
	a->set_fresh = fresh;
	a->set_closing = closes;
}

/* The path and the query of an http URL. NULL: it has none, or more of it than
 * that is sent. */
static const char *
target_of(const char *url)
{
	const char *authority =
	    strncmp(url, "http", 4) == 0 ? strstr(url, "://") : NULL;
	const char *target = authority ? strpbrk(authority + 3, "/?#") : NULL;

	return target && *target == '/' && !strchr(target, '#') ? target : NULL;
}

/* Does libcurl use the target in nothing but the request line? Then it can be
 * given as it is, and the URL stays that of the origin. */
static bool
needs_no_path(const struct attempt *a)
{
	return !a->proxy && !a->engine->cookie_keeper &&
	       a->spec.request->options->auth == AUTH_BASIC;
}

/* Replace the path and the query of a->set_url. Escapes are left to whoever
 * parses the whole URL: libcurl would write them in lower case. */
static bool
set_parts(struct attempt *a, const char *target)
{
	const char *query = strchr(target, '?');
	char *path;
	bool ok;

	if (strchr(target, '%'))
		return false;
	path =
	    xmemdup0(target, query ? (size_t)(query - target) : strlen(target));
	ok = !curl_url_set(a->set_url, CURLUPART_PATH, path, 0) &&
	     !curl_url_set(
	         a->set_url, CURLUPART_QUERY, query ? query + 1 : NULL, 0);
	free(path);
	return ok;
}

/* Parse the URL as a whole; a->set_url is NULL where that is left to libcurl,
 * which has the words for what is wrong. */
static void
set_whole_url(struct attempt *a, const char *url)
{
	if (!a->set_url)
		a->set_url = curl_url();
	if (!a->set_url || strncmp(url, "http", 4) != 0 ||
	    curl_url_set(a->set_url, CURLUPART_URL, url, 0)) {
		curl_url_cleanup(a->set_url);
		a->set_url = NULL;
	}
	curl_easy_setopt(a->easy, CURLOPT_CURLU, a->set_url);
}

/* Set a URL that libcurl needs as a whole; `target`, which may be NULL, stands
 * in it. Where the handle has one of the same origin, its parts are replaced.
 */
static void
give_whole_url(
    struct attempt *a, const char *url, const char *target, bool same_origin)
{
	if (!same_origin || !a->set_url || !target || !set_parts(a, target))
		set_whole_url(a, url);
	/* Later versions forget the URL with a change of its parts. */
	curl_easy_setopt(a->easy, CURLOPT_URL, url);
}

/* libcurl takes a URL to pieces and puts it together again, character by
 * character, at a tenth of what a request costs. So it gets that of the origin,
 * once, and then nothing but the target of each request. */
static void
give_url(struct attempt *a, const char *url, bool same_origin)
{
	const char *target = target_of(url);
	bool apart = target && needs_no_path(a);
	bool same = same_origin && apart == a->set_apart;
	char *root =
	    apart && !same ? xmemdup0(url, (size_t)(target + 1 - url)) : NULL;

	if (root || !apart)
		give_whole_url(a, root ? root : url, target, same && !root);
	curl_easy_setopt(
	    a->easy, CURLOPT_REQUEST_TARGET, apart ? target : NULL);
	a->set_apart = apart;
	free(root);
}

/* Set the URL, in which a --replay gets http for https. */
static void
set_url(struct attempt *a, bool same_origin)
{
	const char *url = hop_url(a->spec.hop, a->spec.request);
	char *plain = NULL;

	if (a->engine->options->to_replay && strncmp(url, "https:", 6) == 0)
		plain = xasprintf("http%s", url + strlen("https"));
	give_url(a, plain ? plain : url, same_origin);
	free(plain);
}

int
attempt_setup(struct attempt *a)
{
	const struct request *request = a->spec.request;
	const char *origin = hop_origin(a->spec.hop, request);
	bool usual = a->spec.hop->number == 0 && !a->spec.hop->no_expect;
	bool same = is_set_up(a, origin);

	if (!same) {
		attempt_forget_setup(a);
		set_common(a, strncmp(origin, "https:", 6) == 0 &&
		                  !a->engine->options->to_replay);
		if (set_request(a))
			return -1;
		a->set_options =
		    request->own || request->user || !usual || a->spec.resume
		        ? NULL
		        : request->options;
		a->set_foreign = request->trust.foreign;
		a->set_origin = xstrdup(origin);
	}
	set_reuse(a, a->engine->options);
	set_url(a, same);
	return 0;
}
