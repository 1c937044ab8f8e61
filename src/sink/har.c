/* Entries of an HTTP Archive. From top to bottom: members, headers, the
 * request, the answer, the times, the entry as a whole, and the content of the
 * answer. */
#include "config.h"

#include "sink/har.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "json/write.h"
#include "redact/redact.h"
#include "redact/secret.h"
#include "request/headers.h"
#include "request/url.h"
#include "text/base64.h"
#include "text/utf8.h"

enum {
	PIECE = 48 * 1024 /* a multiple of 3: base64 pads the last one only */
};

/* --- members -------------------------------------------------------------- */

static void
add_string_member(struct buf *out, const char *name, const char *text)
{
	json_open_member(out, name);
	json_add_text_or_null(out, text);
}

static void
add_number_member(struct buf *out, const char *name, int64_t number)
{
	json_open_member(out, name);
	json_add_integer(out, number);
}

static void
add_true_member(struct buf *out, const char *name)
{
	json_open_member(out, name);
	buf_adds(out, "true");
}

/* Add a size; one that is unknown is -1 in an archive. */
static void
add_size_member(struct buf *out, const char *name, uint64_t size)
{
	add_number_member(out, name, size ? (int64_t)size : -1);
}

void
har_add_ms(struct buf *out, const char *name, int64_t us)
{
	json_open_member(out, name);
	if (us < 0)
		buf_adds(out, "-1");
	else
		buf_addf(out, "%lld.%03d", (long long)(us / CLOCK_MS),
		    (int)(us % CLOCK_MS));
}

/* Add a URL, without its secrets. NULL is the empty one. */
static void
add_url_member(struct buf *out, const char *name, const char *url)
{
	char *safe = url_redacted(url ? url : "");

	add_string_member(out, name, safe);
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

/* The name of a version of HTTP, which is 11 for HTTP/1.1. */
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

/* --- headers -------------------------------------------------------------- */

/* Is all of its value a URL? */
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

/* Append the value of a header, without its secrets. */
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

/* Add the headers of a block, which may be NULL, as an array. */
static void
add_headers(struct buf *out, const char *block)
{
	struct header h;
	const char *comma = "";

	json_open_member(out, "headers");
	buf_addc(out, '[');
	while (block && headers_next(&block, &h)) {
		buf_adds(out, comma);
		buf_addc(out, '{');
		json_open_member(out, "name");
		json_add_string(out, h.name, h.name_len);
		json_open_member(out, "value");
		add_value(out, &h);
		buf_addc(out, '}');
		comma = ",";
	}
	buf_addc(out, ']');
}

/* Add the reason phrase of a status line such as "HTTP/1.1 404 Not Found". */
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
	json_open_member(out, "statusText");
	json_add_string(out, buf_text(&safe), safe.len);
	buf_release(&safe);
}

/* --- the request ---------------------------------------------------------- */

/* Append one parameter of a query as an object. */
static void
add_parameter(struct buf *out, const char *text, size_t len)
{
	const char *equals = memchr(text, '=', len);
	size_t name = equals ? (size_t)(equals - text) : len;

	buf_addc(out, '{');
	json_open_member(out, "name");
	json_add_string(out, text, name);
	json_open_member(out, "value");
	if (equals)
		json_add_string(out, equals + 1, len - name - 1);
	else
		buf_adds(out, "\"\"");
	buf_addc(out, '}');
}

/* Add the parameters of a URL as they stand in it, encoded. */
static void
add_query(struct buf *out, const char *url)
{
	const char *query = url ? strchr(url, '?') : NULL;
	const char *next;
	struct buf safe;

	buf_init(&safe);
	url_add_redacted_query(&safe, query ? query + 1 : "");
	json_open_member(out, "queryString");
	buf_addc(out, '[');
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

/* Append the body of a request as a string, without its secrets. */
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

/* Add what was sent, if this exchange sent it (a redirect may have dropped it)
 * and it stands in memory. */
static void
add_post_data(
    struct buf *out, const struct request *request, const struct exchange *x)
{
	const struct request_options *o = request->options;
	struct header type;

	if (!o->body || !o->body_len || o->data_in_query ||
	    strcmp(x->method, request_options_method(o)) != 0)
		return;
	json_open_object(out, "postData");
	json_open_member(out, "mimeType");
	if (x->request_headers &&
	    headers_find(x->request_headers, "content-type", &type))
		json_add_string(out, type.value, type.value_len);
	else
		buf_adds(out, "\"\"");
	json_open_member(out, "text");
	add_post_text(out, o);
	buf_addc(out, '}');
}

/* Add the request of an exchange. */
static void
add_request(struct buf *out, const struct request *request,
    const struct exchange *x, enum har_bodies bodies)
{
	const char *sent = x->request_headers;

	json_open_object(out, "request");
	add_string_member(out, "method", x->method);
	add_url_member(out, "url", x->url);
	add_string_member(out, "httpVersion", version_name(x->http_version));
	json_open_member(out, "cookies");
	buf_adds(out, "[]");
	add_headers(out, sent);
	add_query(out, x->url);
	if (bodies == HAR_WITH_BODIES)
		add_post_data(out, request, x);
	add_size_member(out, "headersSize", sent ? strlen(sent) : 0);
	add_number_member(out, "bodySize", (int64_t)x->size_upload);
	buf_addc(out, '}');
}

/* --- the answer ----------------------------------------------------------- */

/* Add the answer up to where the text of its content belongs. */
static void
add_response(
    struct buf *out, const struct record *record, const struct exchange *x)
{
	uint64_t size = x->final  ? record->result->body.size
	                : x->body ? x->body->size
	                          : x->size_download;

	json_open_object(out, "response");
	add_number_member(out, "status", x->status);
	add_status_text(out, x->headers);
	add_string_member(out, "httpVersion", version_name(x->http_version));
	json_open_member(out, "cookies");
	buf_adds(out, "[]");
	add_headers(out, x->headers);
	json_open_object(out, "content");
	add_number_member(out, "size", (int64_t)size);
	add_string_member(
	    out, "mimeType", x->content_type ? x->content_type : "");
}

/* Add the rest of the answer, behind its content. */
static void
add_response_end(struct buf *out, const struct exchange *x)
{
	buf_addc(out, '}');
	add_url_member(out, "redirectURL", x->redirect_url);
	add_size_member(out, "headersSize", x->size_header);
	add_number_member(
	    out, "bodySize", x->status ? (int64_t)x->size_download : -1);
	buf_addc(out, '}');
}

/* --- the times ------------------------------------------------------------ */

static int64_t
at_least_0(int64_t us)
{
	return us > 0 ? us : 0;
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Fill the times of an exchange that ended before its request was sent: in the
 * lookup, while connecting, or in the handshake. */
static void
fill_unsent(struct har_timings *t, const struct exchange *x)
{
	int64_t total = at_least_0(x->total_us);

	if (x->namelookup_us < 0 && x->error_class == ERROR_DNS) {
		t->dns_us = total;
		return;
	}
	t->dns_us = x->namelookup_us;
	t->connect_us = at_least_0(total - at_least_0(x->namelookup_us));
	if (x->connect_us >= 0 && x->url && strncmp(x->url, "https:", 6) == 0)
		t->ssl_us = at_least_0(total - x->connect_us);
}

/* Fill the times of the connection. Returns when it was there, in microseconds
 * from the start. */
static int64_t
fill_connection(struct har_timings *t, const struct exchange *x)
{
	int64_t there = later(x->connect_us, x->appconnect_us);

	t->dns_us = x->namelookup_us;
	if (there < 0)
		return at_least_0(x->namelookup_us);
	t->connect_us = at_least_0(there - at_least_0(x->namelookup_us));
	if (x->appconnect_us >= 0)
		t->ssl_us = at_least_0(x->appconnect_us - x->connect_us);
	return later(there, at_least_0(x->namelookup_us));
}

struct har_timings
har_timings_of(const struct exchange *x)
{
	struct har_timings t = {
	    .blocked_us = at_least_0(x->start_us - x->queued_us),
	    .dns_us = -1,
	    .connect_us = -1,
	    .ssl_us = -1,
	};
	int64_t total = at_least_0(x->total_us);

	if (x->pretransfer_us < 0) {
		fill_unsent(&t, x);
		return t;
	}
	t.send_us = at_least_0(x->pretransfer_us - fill_connection(&t, x));
	if (x->starttransfer_us < 0) {
		t.wait_us = at_least_0(total - x->pretransfer_us);
		return t;
	}
	t.wait_us = at_least_0(x->starttransfer_us - x->pretransfer_us);
	t.receive_us = at_least_0(total - x->starttransfer_us);
	return t;
}

int64_t
har_timings_sum(const struct har_timings *t)
{
	return t->blocked_us + at_least_0(t->dns_us) +
	       at_least_0(t->connect_us) + t->send_us + t->wait_us +
	       t->receive_us;
}

/* Add the times as an object. */
static void
add_timings(struct buf *out, const struct har_timings *t)
{
	json_open_object(out, "timings");
	har_add_ms(out, "blocked", t->blocked_us);
	har_add_ms(out, "dns", t->dns_us);
	har_add_ms(out, "connect", t->connect_us);
	har_add_ms(out, "ssl", t->ssl_us);
	har_add_ms(out, "send", t->send_us);
	har_add_ms(out, "wait", t->wait_us);
	har_add_ms(out, "receive", t->receive_us);
	buf_addc(out, '}');
}

/* --- the entry ------------------------------------------------------------ */

/* Add the failure of an exchange. An error status is an answer, not a failure
 * here. */
static void
add_error(struct buf *out, const struct exchange *x)
{
	if (x->error_class == ERROR_NONE || x->error_class == ERROR_HTTP ||
	    x->error_class == ERROR_EXPECT)
		return;
	add_url_member(out, "_error", x->error_message);
	add_string_member(out, "_errorClass",
	    error_class_name((enum error_class)x->error_class));
}

/* Add the address of the server, and the port by which HAR tells connections
 * apart. */
static void
add_server(struct buf *out, const struct exchange *x)
{
	if (x->remote_ip)
		add_string_member(out, "serverIPAddress", x->remote_ip);
	if (x->local_port) {
		json_open_member(out, "connection");
		buf_addf(out, "\"%d\"", x->local_port);
	}
}

/* Add which exchange of the run it is. The names begin with _, which HAR leaves
 * to programs. */
static void
add_place(
    struct buf *out, const struct record *record, const struct exchange *x)
{
	add_number_member(out, "_n", (int64_t)record->request->n);
	if (record->request->k)
		add_number_member(out, "_k", (int64_t)record->request->k);
	if (record->request->page)
		add_number_member(out, "_page", (int64_t)record->request->page);
	add_number_member(out, "_attempt", x->attempt);
	add_number_member(out, "_hop", x->hop);
	if (x->hedge)
		add_true_member(out, "_hedge");
	if (x->cancelled)
		add_true_member(out, "_cancelled");
}

void
har_add_entry(struct har_entry *entry, const struct record *record,
    const struct exchange *x, enum har_bodies bodies)
{
	struct har_timings timings = har_timings_of(x);
	struct buf *out = &entry->before;

	buf_addc(out, '{');
	add_string_member(out, "pageref", HAR_PAGE);
	json_open_member(out, "startedDateTime");
	har_add_moment(out, x->start_wall_us - timings.blocked_us);
	har_add_ms(out, "time", har_timings_sum(&timings));
	add_request(out, record->request, x, bodies);
	add_response(out, record, x);
	out = &entry->after;
	add_response_end(out, x);
	json_open_object(out, "cache");
	buf_addc(out, '}');
	add_timings(out, &timings);
	add_server(out, x);
	add_place(out, record, x);
	add_error(out, x);
	buf_addc(out, '}');
}

/* --- the content of an answer --------------------------------------------- */

/* Append a string of the first bytes of the text, quotes included. Returns how
 * many bytes they were: whole characters. */
static size_t
add_text_piece(struct buf *out, const char *text, size_t len)
{
	size_t n = utf8_cut(text, len, PIECE);

	json_add_string(out, text, n);
	return n;
}

/* Append a string of the first bytes in base64, quotes included. Returns how
 * many bytes they were. */
static size_t
add_base64_piece(struct buf *out, const char *bytes, size_t len)
{
	size_t n = len < PIECE ? len : PIECE;

	buf_addc(out, '"');
	base64_add(out, bytes, n);
	buf_addc(out, '"');
	return n;
}

void
har_content(const char *body, size_t len,
    void (*take)(void *arg, const char *data, size_t len), void *arg)
{
	static const char head[] = ",\"text\":\"";
	static const char end[] = "\"", binary[] = "\",\"encoding\":\"base64\"";
	bool text = utf8_valid(body, len);
	struct buf out;

	buf_init(&out);
	take(arg, head, sizeof(head) - 1);
	while (len) {
		size_t n = text ? add_text_piece(&out, body, len)
		                : add_base64_piece(&out, body, len);

		take(arg, out.data + 1, out.len - 2); /* one string of all */
		buf_clear(&out);
		body += n;
		len -= n;
	}
	take(arg, text ? end : binary,
	    text ? sizeof(end) - 1 : sizeof(binary) - 1);
	buf_release(&out);
}
