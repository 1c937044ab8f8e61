/*
 * /headers and /anything: answers that show the request as the server received
 * it. From the bottom up: text, pairs of names and values, the body, the whole.
 */
#include "config.h"

#include "demo/routes.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <event2/buffer.h>
#include <event2/keyvalq_struct.h>

#include "base/xalloc.h"
#include "demo/reply.h"
#include "json/path.h"
#include "json/write.h"
#include "text/utf8.h"

/* Append text as a JSON string. A byte that is not UTF-8 is shown as Latin-1,
 * and NUL as the replacement character, so that every body can be shown. */
static void
add_json_text(struct buf *out, const char *s, size_t len)
{
	struct buf text;
	uint32_t cp;

	buf_init(&text);
	while (len > 0) {
		size_t n = utf8_decode(s, len, &cp);

		if (n == 0) {
			cp = (unsigned char)*s;
			n = 1;
		}
		utf8_encode(&text, cp ? cp : 0xFFFD);
		s += n;
		len -= n;
	}
	json_add_string(out, buf_text(&text), text.len);
	buf_release(&text);
}

static void
add_string(struct buf *out, const char *s)
{
	add_json_text(out, s, strlen(s));
}

/* The next pair after `pair` whose name is `key`; NULL: none. The members of
 * the list are read by name, since <sys/queue.h> is not POSIX. */
static const struct evkeyval *
next_of(const struct evkeyval *pair, const char *key)
{
	do
		pair = pair->next.tqe_next;
	while (pair && strcmp(pair->key, key) != 0);
	return pair;
}

/* Has an earlier pair of the list the name of `pair`? */
static bool
came_before(const struct evkeyvalq *pairs, const struct evkeyval *pair)
{
	const struct evkeyval *first = pairs->tqh_first;

	return first != pair && (strcmp(first->key, pair->key) == 0 ||
	                            next_of(first, pair->key) != pair);
}

/* Append the name of `pair` and its value; if the name comes again, an array of
 * all its values. */
static void
add_values(struct buf *out, const struct evkeyval *pair)
{
	const struct evkeyval *next = next_of(pair, pair->key);

	add_string(out, pair->key);
	buf_adds(out, next ? ":[" : ":");
	add_string(out, pair->value);
	for (; next; next = next_of(next, pair->key)) {
		buf_addc(out, ',');
		add_string(out, next->value);
	}
	if (next_of(pair, pair->key))
		buf_addc(out, ']');
}

/* Append the pairs as an object, whose names are unique. */
static void
add_object(struct buf *out, const struct evkeyvalq *pairs)
{
	const char *separator = "";

	buf_addc(out, '{');
	for (const struct evkeyval *pair = pairs->tqh_first; pair;
	     pair = pair->next.tqe_next) {
		if (came_before(pairs, pair))
			continue;
		buf_adds(out, separator);
		add_values(out, pair);
		separator = ",";
	}
	buf_addc(out, '}');
}

/* Append the parameters of a query or a form as an object. */
static void
add_parameters(struct buf *out, const struct visit *v, const char *query)
{
	struct evkeyvalq pairs;

	if (!query || v->demo->evhttp.parse_query_str(query, &pairs) < 0) {
		buf_adds(out, "{}");
		return;
	}
	add_object(out, &pairs);
	v->demo->evhttp.clear_headers(&pairs);
}

static void
add_request_headers(struct buf *out, const struct visit *v)
{
	add_object(out, v->demo->evhttp.request_get_input_headers(v->req));
}

void
answer_headers(const struct visit *v)
{
	struct buf out;

	buf_init(&out);
	buf_adds(&out, "{\"headers\":");
	add_request_headers(&out, v);
	buf_addc(&out, '}');
	reply_json(v, 200, &out);
}

static void
add_request_url(struct buf *out, const struct visit *v)
{
	struct buf url;

	buf_init(&url);
	visit_add_base(v, &url);
	buf_adds(&url, v->demo->evhttp.request_get_uri(v->req));
	add_json_text(out, url.data, url.len);
	buf_release(&url);
}

static bool
is_form(const struct visit *v)
{
	static const char form[] = "application/x-www-form-urlencoded";
	const char *type = visit_header(v, "Content-Type");

	return type && strncasecmp(type, form, sizeof(form) - 1) == 0;
}

static void
add_form(struct buf *out, const struct visit *v, const char *body)
{
	if (is_form(v))
		add_parameters(out, v, body);
	else
		buf_adds(out, "null");
}

/* Append the body as JSON without blanks; null if it is not valid JSON. */
static void
add_body_as_json(struct buf *out, const char *body, size_t len)
{
	struct json_doc *doc = json_doc_new();
	struct json_error error;

	body = utf8_skip_mark(body, &len);
	if (json_doc_scan(doc, body, len, &error) == 0)
		json_add_compact(out, body, len);
	else
		buf_adds(out, "null");
	json_doc_free(doc);
}

/* Append the body: `data` as it came, its `size`, and what it means as `form`
 * and `json`, which are null if it is none. */
static void
add_request_body(struct buf *out, const struct visit *v)
{
	struct evbuffer *in = v->demo->evhttp.request_get_input_buffer(v->req);
	size_t len = evbuffer_get_length(in);
	char *body = xmalloc(len + 1);

	evbuffer_copyout(in, body, len);
	body[len] = '\0';
	buf_adds(out, ",\"data\":");
	add_json_text(out, body, len);
	buf_adds(out, ",\"size\":");
	buf_addu(out, len);
	buf_adds(out, ",\"form\":");
	add_form(out, v, body);
	buf_adds(out, ",\"json\":");
	add_body_as_json(out, body, len);
	free(body);
}

void
answer_anything(const struct visit *v)
{
	const struct evhttp_uri *uri =
	    v->demo->evhttp.request_get_evhttp_uri(v->req);
	struct buf out;

	buf_init(&out);
	buf_adds(&out, "{\"method\":");
	add_string(&out, visit_method(v));
	buf_adds(&out, ",\"url\":");
	add_request_url(&out, v);
	buf_adds(&out, ",\"path\":");
	add_string(&out, v->demo->evhttp.uri_get_path(uri));
	buf_adds(&out, ",\"args\":");
	add_parameters(&out, v, v->demo->evhttp.uri_get_query(uri));
	buf_adds(&out, ",\"headers\":");
	add_request_headers(&out, v);
	add_request_body(&out, v);
	buf_addc(&out, '}');
	reply_json(v, 200, &out);
}
