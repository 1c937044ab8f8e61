#include "config.h"

#include "fetch/engine_private.h"

#include <errno.h>

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "fetch/classify.h"
#include "fetch/limits.h"
#include "request/headers.h"
#include "request/url.h"
#include "text/ascii.h"

static curl_off_t
info_number(CURL *easy, CURLINFO info)
{
	curl_off_t value = 0;

	curl_easy_getinfo(easy, info, &value);
	return value;
}

static int
info_int(CURL *easy, CURLINFO info)
{
	long value = 0;

	curl_easy_getinfo(easy, info, &value);
	return (int)value;
}

static char *
info_text(CURL *easy, CURLINFO info)
{
	const char *value = NULL;

	curl_easy_getinfo(easy, info, &value);
	return value && *value ? xstrdup(value) : NULL;
}

/* libcurl's phases run backwards on reused connections, and say 0 for what
 * did not happen. They begin where our own lookup ended. */
static int64_t
phase(const struct attempt *a, CURLINFO info, int64_t *so_far)
{
	int64_t at = info_number(a->easy, info);

	if (at <= 0)
		return -1;
	at += a->lookup_us;
	if (at < *so_far)
		at = *so_far;
	*so_far = at;
	return at;
}

static void
fill_timing(struct attempt *a, struct result *r)
{
	struct timing *t = &r->timing;
	bool opened = r->num_connects > 0 || a->wire_count == 0;
	int64_t at = 0;

	if (opened) {
		t->namelookup_us = phase(a, CURLINFO_NAMELOOKUP_TIME_T, &at);
		t->connect_us = phase(a, CURLINFO_CONNECT_TIME_T, &at);
		t->appconnect_us = phase(a, CURLINFO_APPCONNECT_TIME_T, &at);
	}
	/* Later versions of libcurl name one where the connection failed. */
	if (a->wire_count > 0 || a->code == CURLE_OK)
		t->pretransfer_us = phase(a, CURLINFO_PRETRANSFER_TIME_T, &at);
	if (r->status)
		t->starttransfer_us =
		    phase(a, CURLINFO_STARTTRANSFER_TIME_T, &at);
	t->total_us = phase(a, CURLINFO_TOTAL_TIME_T, &at);
	if (t->total_us < 0)
		t->total_us = clock_now_us() - a->start_us;
}

static int
http_version(CURL *easy)
{
	switch (info_int(easy, CURLINFO_HTTP_VERSION)) {
	case CURL_HTTP_VERSION_1_0: return 10;
	case CURL_HTTP_VERSION_1_1: return 11;
	case CURL_HTTP_VERSION_2_0: return 20;
	case CURL_HTTP_VERSION_3: return 30;
	default: return 0;
	}
}

static void
fill_connection(const struct attempt *a, struct result *r)
{
	CURL *easy = a->easy;

	r->http_version = http_version(easy);
	r->num_connects = info_int(easy, CURLINFO_NUM_CONNECTS);
	r->remote_ip = info_text(easy, CURLINFO_PRIMARY_IP);
	r->remote_port = info_int(easy, CURLINFO_PRIMARY_PORT);
	r->local_ip = info_text(easy, CURLINFO_LOCAL_IP);
	r->local_port = info_int(easy, CURLINFO_LOCAL_PORT);
	r->os_errno =
	    a->os_errno ? a->os_errno : info_int(easy, CURLINFO_OS_ERRNO);
}

/* Of the last answer; libcurl knows which that is. Where a value is folded
 * right behind its name, it leaves a part of the line's end before it. */
static char *
location(CURL *easy)
{
	struct curl_header *h;
	const char *value;
	size_t len;

	if (curl_easy_header(easy, "Location", 0, CURLH_HEADER, -1, &h))
		return NULL;
	len = strlen(h->value);
	value = ascii_trim(h->value, &len);
	return len ? xmemdup0(value, len) : NULL;
}

/* Where that leads. What is no URL of ours is shown as it was sent. */
static char *
redirect_url(const char *to, const char *base)
{
	struct url u;
	char *cause, *text;

	if (url_parse(&u, to, base, URL_FROM_SERVER, &cause) == 0) {
		text = xasprintf("%s%s", u.text, u.fragment ? u.fragment : "");
		url_release(&u);
		return text;
	}
	free(cause);
	text = xstrdup(to);
	if (strstr(text, "//"))
		url_drop_userinfo(text);
	return text;
}

static void
fill_redirect(struct attempt *a, struct result *r)
{
	if (r->status < 300 || r->status >= 400)
		return;
	r->location = location(a->easy);
	if (r->location)
		r->redirect_url = redirect_url(
		    r->location, hop_url(a->spec.hop, a->spec.request));
}

static char *
effective_url(const struct attempt *a)
{
	const struct hop *hop = a->spec.hop;

	if (!hop->url)
		return xstrdup(request_shown_url(a->spec.request));
	return xasprintf("%s%s", hop->url, hop->fragment ? hop->fragment : "");
}

/* CURLINFO_CONTENT_TYPE ends where its line does, though the line be folded. */
static char *
content_type(CURL *easy)
{
	struct curl_header *h;

	if (curl_easy_header(easy, "Content-Type", 0, CURLH_HEADER, -1, &h))
		return NULL;
	if (h->amount > 1)
		curl_easy_header(
		    easy, "Content-Type", h->amount - 1, CURLH_HEADER, -1, &h);
	return *h->value ? headers_clean(h->value, strlen(h->value)) : NULL;
}

static void
fill_answer(CURL *easy, struct result *r)
{
	r->status = info_int(easy, CURLINFO_RESPONSE_CODE);
	r->http_connect = info_int(easy, CURLINFO_HTTP_CONNECTCODE);
	r->ssl_verify_result = info_int(easy, CURLINFO_SSL_VERIFYRESULT);
	r->proxy_ssl_verify_result =
	    info_int(easy, CURLINFO_PROXY_SSL_VERIFYRESULT);
	r->content_type = content_type(easy);
	r->size_download =
	    (uint64_t)info_number(easy, CURLINFO_SIZE_DOWNLOAD_T);
	r->size_upload = (uint64_t)info_number(easy, CURLINFO_SIZE_UPLOAD_T);
	r->size_header = (uint64_t)info_int(easy, CURLINFO_HEADER_SIZE);
	r->size_request = (uint64_t)info_int(easy, CURLINFO_REQUEST_SIZE);
	r->speed_download = info_number(easy, CURLINFO_SPEED_DOWNLOAD_T);
	r->speed_upload = info_number(easy, CURLINFO_SPEED_UPLOAD_T);
}

/* libcurl takes 1xx for the answer where an HTTP/2 session ends inside its
 * headers; over HTTP/1 the headers themselves were cut. */
static bool
lacks_final_answer(const struct attempt *a, const struct result *r)
{
	int status = a->head.status;

	return status >= 100 && status < 200 &&
	       (a->head.ended || r->http_version >= 20);
}

/* A connection that breaks off, or a stream that is reset, once all is there
 * is no failure (RFC 9113, 8.1). */
static void
take_whole_answer(struct attempt *a)
{
	static const CURLcode broken[] = {CURLE_HTTP2, CURLE_HTTP2_STREAM,
	    CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR};

	if (!attempt_is_answered(a))
		return;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		if (a->code == broken[i])
			a->code = CURLE_OK;
}

/* Of what has no body libcurl does not wait for the end. */
static bool
has_body(const struct attempt *a)
{
	const char *method = hop_method(a->spec.hop, a->spec.request);

	return a->head.status != 204 && a->head.status != 304 &&
	       strcmp(method, "HEAD") != 0;
}

/* libcurl takes RST_STREAM(NO_ERROR) for an end. */
static bool
is_stream_cut(const struct attempt *a, const struct result *r)
{
	return a->stream.begun && !a->stream.ended && has_body(a) &&
	       !(a->head.has_length && r->size_download >= a->head.length);
}

/* libcurl opens files itself, and does not say why it could not. */
static bool
lacked_file(const struct attempt *a)
{
	return a->engine->sockets_scarce &&
	       (a->code == CURLE_READ_ERROR ||
	           a->code == CURLE_SSL_CACERT_BADFILE ||
	           a->code == CURLE_SSL_CERTPROBLEM);
}

static void
fill_failure(struct attempt *a, struct result *r)
{
	char *proxy = a->proxy ? url_redacted(a->proxy) : NULL;
	struct transfer_end end = {
	    .code = a->code,
	    .os_errno = r->os_errno,
	    .proxy = proxy,
	    .proxy_status = info_int(a->easy, CURLINFO_HTTP_CONNECTCODE),
	    .connected = r->timing.connect_us > 0,
	    .on_wire = a->wire_count > 0,
	    .interim = a->head.status >= 100 && a->head.status < 200,
	    .length_seen = a->head.has_length,
	    .authorities = a->engine->authorities.shown,
	    .detail = a->error,
	};

	if (a->failure.class != ERROR_NONE) {
		r->failure = a->failure;
		a->failure = (struct failure){0};
	} else if (lacked_file(a)) {
		r->os_errno = EMFILE;
		failure_set(&r->failure, ERROR_LOCAL, "file", (int)a->code,
		    "cannot read a file, most likely because no "
		    "descriptor is free: %s",
		    *a->error ? a->error : curl_easy_strerror(a->code));
	} else if (a->head.status == 101)
		failure_set(&r->failure, ERROR_PROTOCOL, "upgrade", 101,
		    "the server switched protocols without being asked to");
	else if (a->code != CURLE_OK && a->stream.refused)
		failure_set(&r->failure, ERROR_RESET, "refused", (int)a->code,
		    "the server refused the request and did not process it");
	else if (a->code != CURLE_OK)
		classify(&end, &r->failure);
	else if (lacks_final_answer(a, r))
		failure_set(&r->failure, ERROR_PROTOCOL, "no final answer",
		    a->head.status, "no final answer came after the status %d",
		    a->head.status);
	else if (is_stream_cut(a, r))
		failure_set(&r->failure, ERROR_RESET, "truncated", 0,
		    "the stream was reset before its end");
	else if (a->head.status && !a->head.ended)
		failure_set(&r->failure, ERROR_RESET, "truncated", 0,
		    "the answer ends before the end of its headers");
	else
		attempt_check_body(a, r->http_version, &r->failure);
	free(proxy);
}

static const char *
header_value(void *arg, const char *name, size_t i)
{
	struct curl_header *header;

	if (curl_easy_header(arg, name, i, CURLH_HEADER, -1, &header))
		return NULL;
	return header->value;
}

static void
fill_quota(struct attempt *a, struct result *r)
{
	struct limits_headers headers = {header_value, a->easy};

	r->quota = quota_none();
	if (a->has_quota_header)
		limits_read(&r->quota, &headers, clock_wall_us());
}

/* The server's word counts from its header block on; that it did what was
 * asked for, only with the whole answer. */
static enum wire_state
wire_of(const struct attempt *a, const struct result *r)
{
	enum wire_state wire = attempt_wire(a);

	if (!a->sending || a->head.status < 200)
		return wire;
	wire = wire_state_of_answer(a->head.status, &r->quota);
	return wire == WIRE_ANSWERED && a->code != CURLE_OK ? WIRE_UNKNOWN
	                                                    : wire;
}

static void
fill_hop(const struct attempt *a, struct result *r)
{
	const struct hop *hop = a->spec.hop;

	r->num_redirects = (int)hop->number;
	r->method = xstrdup_null(hop->method);
	if (a->spec.request->options->auto_referer)
		r->referer = xstrdup_null(hop->from);
}

void
attempt_result(struct attempt *a, struct result *r)
{
	CURL *easy = a->easy;

	if (a->lookup_us < 0) /* the handle tells of the transfer before */
		attempt_forget_setup(a);
	take_whole_answer(a);
	attempt_end_body(a);
	result_init(r);
	r->exitcode =
	    a->content.broken ? CURLE_BAD_CONTENT_ENCODING : (int)a->code;
	r->url_effective = effective_url(a);
	fill_hop(a, r);
	fill_connection(a, r);
	fill_answer(easy, r);
	fill_redirect(a, r);
	fill_timing(a, r);
	fill_quota(a, r);
	r->wire = wire_of(a, r);
	fill_failure(a, r);
	r->proxy_used = a->proxy != NULL;
	r->trust = a->spec.hop->trust;
	r->trust.from_public |= address_was_public(a);
	if (a->engine->options->keep_headers && a->headers.len)
		r->headers = headers_clean(a->headers.data, a->headers.len);
	if (a->heads.len)
		r->heads = xmemdup0(a->heads.data, a->heads.len);
	if (a->request_headers.len)
		r->request_headers = buf_take(&a->request_headers);
	a->engine->bodies_memory -= a->body.mem.len;
	r->body = a->body;
	body_init(&a->body);
}
