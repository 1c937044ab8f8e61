#include "config.h"

#include "sink/har_entry.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/redact.h"
#include "base/secret.h"
#include "json/write.h"
#include "request/headers.h"
#include "request/url.h"
#include "sink/har_timings.h"

/* Members. `name` comes with what stands in front of it: `,"url":`. */

static void
add_text(struct buf *out, const char *name, const char *text)
{
	buf_adds(out, name);
	json_add_string(out, text, strlen(text));
}

static void
add_number(struct buf *out, const char *name, int64_t number)
{
	buf_addf(out, "%s%lld", name, (long long)number);
}

/* What is unknown is -1. */
static void
add_size(struct buf *out, const char *name, uint64_t size)
{
	add_number(out, name, size ? (int64_t)size : -1);
}

static void
add_url(struct buf *out, const char *name, const char *url)
{
	char *safe = url_redacted(url ? url : "");

	add_text(out, name, safe);
	free(safe);
}

void
har_add_moment(struct buf *out, int64_t wall_us)
{
	time_t seconds = (time_t)(wall_us / CLOCK_SECOND);
	char text[32];
	struct tm tm;

	strftime(
	    text, sizeof(text), "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &tm));
	buf_addf(out, "\"%s.%03dZ\"", text,
	    (int)(wall_us % CLOCK_SECOND / CLOCK_MS));
}

static const char *
version_name(int version)
{
	static const struct {
		int version;
		const char *name;
	} names[] = {
	    {10, "HTTP/1.0"},
	    {11, "HTTP/1.1"},
	    {20, "HTTP/2"},
	    {30, "HTTP/3"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].version == version)
			return names[i].name;
	return "unknown";
}

/* Headers. */

/* All of its value is one. */
static bool
is_url(const struct header *h)
{
	static const char *const names[] = {
	    "location", "content-location", "referer"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (header_is(h, names[i]))
			return true;
	return false;
}

static void
add_value(struct buf *out, const struct header *h)
{
	struct buf value;

	if (secret_is_header(h->name, h->name_len)) {
		buf_adds(out, "\"***\"");
		return;
	}
	buf_init(&value);
	redact_add(&value, is_url(h) ? REDACT_URL : REDACT_TEXT, h->value,
	    h->value_len);
	json_add_string(out, buf_text(&value), value.len);
	buf_release(&value);
}

static void
add_headers(struct buf *out, const char *block)
{
	struct header h;
	const char *comma = "";

	buf_adds(out, ",\"headers\":[");
	while (block && headers_next(&block, &h)) {
		buf_addf(out, "%s{\"name\":", comma);
		json_add_string(out, h.name, h.name_len);
		buf_adds(out, ",\"value\":");
		add_value(out, &h);
		buf_addc(out, '}');
		comma = ",";
	}
	buf_addc(out, ']');
}

/* The reason phrase of "HTTP/1.1 404 Not Found". */
static void
add_status_text(struct buf *out, const char *block)
{
	size_t line = block ? strcspn(block, "\r\n") : 0;
	const char *phrase = line ? memchr(block, ' ', line) : NULL;

	struct buf safe = {0};

	if (phrase)
		phrase = memchr(
		    phrase + 1, ' ', line - (size_t)(phrase + 1 - block));
	if (phrase)
		redact_add(&safe, REDACT_TEXT, phrase + 1,
		    line - (size_t)(phrase + 1 - block));
	buf_adds(out, ",\"statusText\":");
	json_add_string(out, buf_text(&safe), safe.len);
	buf_release(&safe);
}

/* The request. */

static void
add_parameter(struct buf *out, const char *text, size_t len)
{
	const char *equals = memchr(text, '=', len);
	size_t name = equals ? (size_t)(equals - text) : len;

	buf_adds(out, "{\"name\":");
	json_add_string(out, text, name);
	buf_adds(out, ",\"value\":");
	if (equals)
		json_add_string(out, equals + 1, len - name - 1);
	else
		buf_adds(out, "\"\"");
	buf_addc(out, '}');
}

/* As they stand in the URL, encoded. */
static void
add_query(struct buf *out, const char *url)
{
	const char *query = url ? strchr(url, '?') : NULL;
	const char *next;
	struct buf safe;

	buf_init(&safe);
	url_add_redacted_query(&safe, query ? query + 1 : "");
	buf_adds(out, ",\"queryString\":[");
	for (const char *at = query ? safe.data : NULL; at; at = next) {
		size_t len = strcspn(at, "&");

		next = at[len] ? at + len + 1 : NULL;
		add_parameter(out, at, len);
		if (next)
			buf_addc(out, ',');
	}
	buf_addc(out, ']');
	buf_release(&safe);
}

static void
add_post_text(struct buf *out, const struct request_options *o)
{
	struct buf safe;

	buf_init(&safe);
	redact_add(&safe,
	    o->body_kind == BODY_FORM ? REDACT_QUERY : REDACT_TEXT, o->body,
	    o->body_len);
	json_add_string(out, buf_text(&safe), safe.len);
	buf_release(&safe);
}

/* What was sent, if this exchange sent it and it stands in memory. */
static void
add_post_data(
    struct buf *out, const struct request *request, const struct exchange *x)
{
	const struct request_options *o = request->options;
	struct header type;

	if (!o->body || !o->body_len || o->data_in_query ||
	    strcmp(x->method, request_options_method(o)) != 0)
		return;
	buf_adds(out, ",\"postData\":{\"mimeType\":");
	if (x->request_headers &&
	    headers_find(x->request_headers, "content-type", &type))
		json_add_string(out, type.value, type.value_len);
	else
		buf_adds(out, "\"\"");
	buf_adds(out, ",\"text\":");
	add_post_text(out, o);
	buf_addc(out, '}');
}

static void
add_request(struct buf *out, const struct request *request,
    const struct exchange *x, enum har_bodies bodies)
{
	const char *sent = x->request_headers;

	add_text(out, ",\"request\":{\"method\":", x->method);
	add_url(out, ",\"url\":", x->url);
	add_text(out, ",\"httpVersion\":", version_name(x->http_version));
	buf_adds(out, ",\"cookies\":[]");
	add_headers(out, sent);
	add_query(out, x->url);
	if (bodies == HAR_WITH_BODIES)
		add_post_data(out, request, x);
	add_size(out, ",\"headersSize\":", sent ? strlen(sent) : 0);
	add_number(out, ",\"bodySize\":", (int64_t)x->size_upload);
	buf_addc(out, '}');
}

/* The answer. */

/* Up to where the text of the content comes. */
static void
add_response(
    struct buf *out, const struct record *record, const struct exchange *x)
{
	uint64_t size = x->final  ? record->result->body.size
	                : x->body ? x->body->size
	                          : x->size_download;

	add_number(out, ",\"response\":{\"status\":", x->status);
	add_status_text(out, x->headers);
	add_text(out, ",\"httpVersion\":", version_name(x->http_version));
	buf_adds(out, ",\"cookies\":[]");
	add_headers(out, x->headers);
	add_number(out, ",\"content\":{\"size\":", (int64_t)size);
	add_text(out, ",\"mimeType\":", x->content_type ? x->content_type : "");
}

static void
add_response_end(struct buf *out, const struct exchange *x)
{
	buf_addc(out, '}');
	add_url(out, ",\"redirectURL\":", x->redirect_url);
	add_size(out, ",\"headersSize\":", x->size_header);
	add_number(
	    out, ",\"bodySize\":", x->status ? (int64_t)x->size_download : -1);
	buf_addc(out, '}');
}

/* The entry. */

/* An error status is an answer, no error. */
static void
add_error(struct buf *out, const struct exchange *x)
{
	if (x->error_class == ERROR_NONE || x->error_class == ERROR_HTTP)
		return;
	add_url(out, ",\"_error\":", x->error_message);
	add_text(out, ",\"_errorClass\":",
	    error_class_name((enum error_class)x->error_class));
}

static void
add_server(struct buf *out, const struct exchange *x)
{
	if (x->remote_ip)
		add_text(out, ",\"serverIPAddress\":", x->remote_ip);
	if (x->local_port)
		buf_addf(out, ",\"connection\":\"%d\"", x->local_port);
}

/* Which one it is: names of ours, as the format allows. */
static void
add_place(
    struct buf *out, const struct record *record, const struct exchange *x)
{
	add_number(out, ",\"_n\":", (int64_t)record->request->n);
	if (record->request->k)
		add_number(out, ",\"_k\":", (int64_t)record->request->k);
	if (record->request->page)
		add_number(out, ",\"_page\":", (int64_t)record->request->page);
	add_number(out, ",\"_attempt\":", x->attempt);
	add_number(out, ",\"_hop\":", x->hop);
	if (x->hedge)
		buf_adds(out, ",\"_hedge\":true");
	if (x->cancelled)
		buf_adds(out, ",\"_cancelled\":true");
}

void
har_add_entry(struct har_entry *entry, const struct record *record,
    const struct exchange *x, enum har_bodies bodies)
{
	struct har_timings timings = har_timings_of(x);
	struct buf *out = &entry->before;

	buf_adds(out, "{\"pageref\":\"" HAR_PAGE "\",\"startedDateTime\":");
	har_add_moment(out, x->start_wall_us - timings.blocked_us);
	har_add_ms(out, ",\"time\":", har_timings_sum(&timings));
	add_request(out, record->request, x, bodies);
	add_response(out, record, x);
	out = &entry->after;
	add_response_end(out, x);
	buf_adds(out, ",\"cache\":{}");
	har_timings_add(out, &timings);
	add_server(out, x);
	add_place(out, record, x);
	add_error(out, x);
	buf_addc(out, '}');
}
