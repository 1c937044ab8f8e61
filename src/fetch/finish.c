/*
 * What became of an attempt, as a result: what libcurl knows of it, and what it
 * failed for. A transfer is a failure for the first of these reasons: what was
 * found on the way (attempt.failure), libcurl's code, and at last an answer
 * that libcurl takes for whole although it is not.
 */
#include "config.h"

#include "fetch/engine_private.h"

#include <errno.h>
#include <inttypes.h>

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "fetch/classify.h"
#include "limits/limits.h"
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

/* The time of a phase from the start of the attempt; -1: it did not happen, for
 * which libcurl says 0. Its phases run backwards on reused connections, so
 * *so_far, the end of the phase before, is a lower bound. They begin where our
 * own lookup ended. */
static int64_t
phase_us(const struct attempt *a, CURLINFO info, int64_t *so_far)
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
		t->namelookup_us = phase_us(a, CURLINFO_NAMELOOKUP_TIME_T, &at);
		t->connect_us = phase_us(a, CURLINFO_CONNECT_TIME_T, &at);
		t->appconnect_us = phase_us(a, CURLINFO_APPCONNECT_TIME_T, &at);
	}
	/* Later versions of libcurl give a time even if the connection failed.
	 */
	if (a->wire_count > 0 || a->code == CURLE_OK)
		t->pretransfer_us =
		    phase_us(a, CURLINFO_PRETRANSFER_TIME_T, &at);
	if (r->status)
		t->starttransfer_us =
		    phase_us(a, CURLINFO_STARTTRANSFER_TIME_T, &at);
	t->total_us = phase_us(a, CURLINFO_TOTAL_TIME_T, &at);
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

/* Which machines took part, and whether a connection was opened for it. */
static void
fill_connection(const struct attempt *a, struct result *r)
{
	CURL *easy = a->easy;

	r->http_version = http_version(easy);
	r->num_connects = info_int(easy, CURLINFO_NUM_CONNECTS);
	r->remote_ip = info_text(easy, CURLINFO_PRIMARY_IP);
	if (a->engine->options->keep & KEEP_ENDS) {
		r->remote_port = info_int(easy, CURLINFO_PRIMARY_PORT);
		r->local_ip = info_text(easy, CURLINFO_LOCAL_IP);
		r->local_port = info_int(easy, CURLINFO_LOCAL_PORT);
	}
	if (a->os_errno)
		r->os_errno = a->os_errno;
	else if (a->code != CURLE_OK)
		r->os_errno = info_int(easy, CURLINFO_OS_ERRNO);
}

/* The Location of the last answer; libcurl knows which that is. Where a value
 * is folded right after its name, libcurl leaves a part of the line's end at
 * its beginning. Caller frees; NULL: there is none. */
static char *
last_location(CURL *easy)
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

/* Where a Location leads. One that is not a URL that can be fetched is shown as
 * it was sent, but without userinfo. Caller frees. */
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
	r->location = last_location(a->easy);
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

/* The same, as libcurl has it. CURLINFO_CONTENT_TYPE ends where its line does,
 * even if the value goes on in the next one. */
static char *
folded_type(CURL *easy)
{
	struct curl_header *h;

	if (curl_easy_header(easy, "Content-Type", 0, CURLH_HEADER, -1, &h))
		return NULL;
	if (h->amount > 1)
		curl_easy_header(
		    easy, "Content-Type", h->amount - 1, CURLH_HEADER, -1, &h);
	return *h->value ? headers_clean(h->value, strlen(h->value)) : NULL;
}

/* The Content-Type of the last answer, the last one if there are several, as in
 * libcurl. Caller frees; NULL: there is none. */
static char *
content_type(const struct attempt *a)
{
	const char *value, *end;
	size_t len;

	if (!a->has_type)
		return NULL;
	value = a->headers.data + a->type_line + strlen(TYPE_FIELD);
	end = strchr(value, '\n');
	if (!end || ascii_is_blank(end[1]))
		return folded_type(a->easy);
	len = (size_t)(end - value);
	value = ascii_trim(value, &len);
	return len ? headers_clean(value, len) : NULL;
}

static void
fill_sizes(CURL *easy, struct result *r)
{
	r->size_upload = (uint64_t)info_number(easy, CURLINFO_SIZE_UPLOAD_T);
	r->size_header = (uint64_t)info_int(easy, CURLINFO_HEADER_SIZE);
	r->size_request = (uint64_t)info_int(easy, CURLINFO_REQUEST_SIZE);
}

static void
fill_speeds(CURL *easy, struct result *r)
{
	r->speed_download = info_number(easy, CURLINFO_SPEED_DOWNLOAD_T);
	r->speed_upload = info_number(easy, CURLINFO_SPEED_UPLOAD_T);
}

static void
fill_verdicts(CURL *easy, struct result *r)
{
	r->http_connect = info_int(easy, CURLINFO_HTTP_CONNECTCODE);
	r->ssl_verify_result = info_int(easy, CURLINFO_SSL_VERIFYRESULT);
	r->proxy_ssl_verify_result =
	    info_int(easy, CURLINFO_PROXY_SSL_VERIFYRESULT);
}

static void
fill_answer(struct attempt *a, struct result *r)
{
	/* What an output shows of the rest. */
	static const struct {
		enum fetch_keep keep;
		void (*fill)(CURL *, struct result *);
	} rest[] = {
	    {KEEP_SIZES, fill_sizes},
	    {KEEP_SPEEDS, fill_speeds},
	    {KEEP_VERDICTS, fill_verdicts},
	};
	const struct fetch_options *o = a->engine->options;
	CURL *easy = a->easy;

	r->status = info_int(easy, CURLINFO_RESPONSE_CODE);
	r->content_type = content_type(a);
	if (o->remote_time)
		r->modified_s = info_number(easy, CURLINFO_FILETIME_T);
	r->size_download =
	    (uint64_t)info_number(easy, CURLINFO_SIZE_DOWNLOAD_T);
	for (size_t i = 0; i < sizeof(rest) / sizeof(*rest); i++)
		if (o->keep & rest[i].keep)
			rest[i].fill(easy, r);
}

/* Is a 1xx all that came? libcurl takes it for the answer where an HTTP/2
 * session ends after it; over HTTP/1 only if its headers are complete. */
static bool
lacks_final_answer(const struct attempt *a, const struct result *r)
{
	int status = a->head.status;

	return status >= 100 && status < 200 &&
	       (a->head.ended || r->http_version >= 20);
}

/* Once the whole answer is there it is no failure if the connection breaks off,
 * or if the stream is reset: the server has no use for the rest of the request
 * (RFC 9113, 8.1). */
static void
take_whole_answer(struct attempt *a)
{
	static const CURLcode broken[] = {CURLE_HTTP2, CURLE_HTTP2_STREAM,
	    CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR};

	if (a->code == CURLE_OK || !attempt_is_answered(a))
		return;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		if (a->code == broken[i])
			a->code = CURLE_OK;
}

/* Was the stream reset inside the body? libcurl takes RST_STREAM(NO_ERROR) for
 * its end. */
static bool
is_stream_cut(const struct attempt *a, const struct result *r)
{
	return a->stream.begun && !a->stream.ended &&
	       attempt_may_have_body(a) &&
	       !(a->head.has_length && r->size_download >= a->head.length);
}

/* Was there no descriptor free for a file? libcurl opens those of -F and --cert
 * itself, and does not say why it could not. */
static bool
lacked_file(const struct attempt *a)
{
	return a->engine->sockets_scarce &&
	       (a->code == CURLE_READ_ERROR ||
	           a->code == CURLE_SSL_CACERT_BADFILE ||
	           a->code == CURLE_SSL_CERTPROBLEM);
}

/* libcurl adds Expect to larger bodies over HTTP/1.1. */
enum {
	EXPECT_FROM = 1 << 20
};

/* Is it a 417 (RFC 9110, 15.5.18) to a request with Expect? libcurl repeats it
 * without, unless the body was out before the 417 came. */
static bool
is_expect_refused(const struct attempt *a)
{
	const struct request_options *o = a->spec.request->options;

	if (a->head.status != 417 || a->code != CURLE_OK ||
	    a->spec.hop->no_expect)
		return false;
	return request_headers_find(&o->headers, "Expect") ||
	       info_number(a->easy, CURLINFO_SIZE_UPLOAD_T) > EXPECT_FROM;
}

/* Does the answer have all of the part that was missing? Without a body it was
 * not judged so far. */
static void
check_part(struct attempt *a, struct result *r)
{
	if (a->received == 0 && !attempt_judge_part(a)) {
		r->failure = failure_take(&a->failure);
	} else if (a->part == PART_GOES_ON &&
	           a->extent.left + a->extent.len > a->body.size) {
		failure_set(&r->failure, ERROR_RESET, "truncated", 206,
		    "the server sent %" PRIu64 " of %" PRIu64 " missing bytes",
		    a->body.size, a->extent.left + a->extent.len);
	}
}

/* libcurl takes the answer for whole: is it? */
static void
check_whole(struct attempt *a, struct result *r)
{
	if (a->spec.resume)
		check_part(a, r);
	if (r->failure.class == ERROR_NONE)
		attempt_check_body(a, r->http_version, &r->failure);
}

/* The failure that libcurl's code stands for. */
static void
fill_classified(const struct attempt *a, struct result *r)
{
	char *proxy = a->proxy ? url_redacted(a->proxy) : NULL;
	struct transfer_end end = {
	    .code = a->code,
	    .os_errno = r->os_errno,
	    .proxy = proxy,
	    .proxy_status = info_int(a->easy, CURLINFO_HTTP_CONNECTCODE),
	    .replay = fetch_options_replay(a->engine->options),
	    .connected = r->timing.connect_us > 0,
	    .on_wire = a->wire_count > 0,
	    .interim = a->head.status >= 100 && a->head.status < 200,
	    .only_http3 = a->engine->options->http == HTTP_3_ONLY,
	    .length_seen = a->head.has_length,
	    .authorities = a->engine->common->authorities.shown,
	    .detail = a->error,
	};

	classify(&end, &r->failure);
	free(proxy);
}

/* The failure of the attempt, if it is one; its reasons are tried in the order
 * that is told at the top of this file. */
static void
fill_failure(struct attempt *a, struct result *r)
{
	if (a->failure.class != ERROR_NONE) {
		r->failure = failure_take(&a->failure);
	} else if (is_expect_refused(a)) {
		failure_set(&r->failure, ERROR_LOCAL, ENGINE_EXPECT_REFUSED,
		    417, "it is sent again without Expect");
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
		fill_classified(a, r);
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
		check_whole(a, r);
}

/* The `get` of struct limits_headers. */
static const char *
get_header(void *arg, const char *name, size_t i)
{
	struct curl_header *header;

	if (curl_easy_header(arg, name, i, CURLH_HEADER, -1, &header))
		return NULL;
	return header->value;
}

/* Most answers have no such header, so they are spared the search. */
static void
fill_quota(struct attempt *a, struct result *r)
{
	struct limits_headers headers = {get_header, a->easy};

	r->quota = quota_none();
	if (a->has_quota_header)
		limits_read(&r->quota, &headers, clock_wall_us());
}

/* What is known of the last copy that was sent. From its headers on the
 * server's word counts that it has not processed the request; that it has, only
 * with the whole answer. */
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
	/* An attempt that never got to libcurl has a handle that still tells
	 * of the transfer before. */
	if (a->lookup_us < 0)
		attempt_forget_setup(a);
	take_whole_answer(a);
	attempt_end_body(a);
	result_init(r);
	r->exitcode =
	    a->content.broken ? CURLE_BAD_CONTENT_ENCODING : (int)a->code;
	r->url_effective = effective_url(a);
	fill_hop(a, r);
	fill_connection(a, r);
	fill_answer(a, r);
	fill_redirect(a, r);
	fill_timing(a, r);
	fill_quota(a, r);
	r->wire = wire_of(a, r);
	fill_failure(a, r);
	r->part = a->part;
	r->proxy_used = a->proxy != NULL;
	r->trust = a->spec.hop->trust;
	r->trust.from_public |= address_was_public(a);
	if (a->engine->options->keep & KEEP_HEADERS && a->headers.len)
		r->headers = headers_clean(a->headers.data, a->headers.len);
	if (a->heads.len)
		r->heads = xmemdup0(a->heads.data, a->heads.len);
	if (a->request_headers.len)
		r->request_headers = buf_take(&a->request_headers);
	use_subtract(&a->engine->use->bodies, a->body.mem.len);
	r->body = a->body;
	body_init(&a->body);
}
