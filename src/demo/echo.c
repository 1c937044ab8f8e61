#include "config.h"

#include "demo/routes.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cjson/cJSON.h>
#include <event2/buffer.h>
#include <event2/keyvalq_struct.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "demo/reply.h"

static const struct {
	enum evhttp_cmd_type command;
	const char *name;
} methods[] = {
    {EVHTTP_REQ_GET, "GET"},
    {EVHTTP_REQ_POST, "POST"},
    {EVHTTP_REQ_HEAD, "HEAD"},
    {EVHTTP_REQ_PUT, "PUT"},
    {EVHTTP_REQ_DELETE, "DELETE"},
    {EVHTTP_REQ_OPTIONS, "OPTIONS"},
    {EVHTTP_REQ_TRACE, "TRACE"},
    {EVHTTP_REQ_CONNECT, "CONNECT"},
    {EVHTTP_REQ_PATCH, "PATCH"},
};

static const char *
method_name(const struct visit *v)
{
	enum evhttp_cmd_type command = evhttp_request_get_command(v->req);

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (methods[i].command == command)
			return methods[i].name;
	}
	return "";
}

/* Text as a JSON string; a byte that is no UTF-8 is shown as Latin-1. */
static cJSON *
make_string(const char *s, size_t len)
{
	struct buf b;
	cJSON *json;
	uint32_t cp;

	buf_init(&b);
	buf_reserve(&b, len)[0] = '\0';
	while (len > 0) {
		size_t n = utf8_decode(s, len, &cp);

		if (n == 0) {
			cp = (unsigned char)*s;
			n = 1;
		}
		utf8_encode(&b, cp ? cp : 0xFFFD);
		s += n;
		len -= n;
	}
	json = cJSON_CreateString(b.data);
	buf_release(&b);
	return json;
}

/* A name that comes again makes an array of its values. */
static void
add_pair(cJSON *to, const struct evkeyval *pair)
{
	cJSON *value = make_string(pair->value, strlen(pair->value));
	cJSON *old = cJSON_DetachItemFromObjectCaseSensitive(to, pair->key);

	if (old && !cJSON_IsArray(old)) {
		cJSON *both = cJSON_CreateArray();

		cJSON_AddItemToArray(both, old);
		old = both;
	}
	if (old) {
		cJSON_AddItemToArray(old, value);
		value = old;
	}
	cJSON_AddItemToObject(to, pair->key, value);
}

static cJSON *
make_object(const struct evkeyvalq *pairs)
{
	cJSON *object = cJSON_CreateObject();

	/* TAILQ_FOREACH is not everywhere */
	for (const struct evkeyval *pair = pairs->tqh_first; pair;
	     pair = pair->next.tqe_next)
		add_pair(object, pair);
	return object;
}

static cJSON *
make_parameters(const char *query)
{
	struct evkeyvalq pairs;
	cJSON *object;

	if (!query || evhttp_parse_query_str(query, &pairs) < 0)
		return cJSON_CreateObject();
	object = make_object(&pairs);
	evhttp_clear_headers(&pairs);
	return object;
}

static void
reply_document(const struct visit *v, cJSON *document)
{
	char *text = cJSON_PrintUnformatted(document);
	struct buf b;

	if (!text)
		die("out of memory");
	buf_init(&b);
	buf_adds(&b, text);
	cJSON_free(text);
	cJSON_Delete(document);
	reply_json(v, 200, &b);
}

static cJSON *
make_headers(const struct visit *v)
{
	return make_object(evhttp_request_get_input_headers(v->req));
}

void
answer_headers(const struct visit *v)
{
	cJSON *document = cJSON_CreateObject();

	cJSON_AddItemToObject(document, "headers", make_headers(v));
	reply_document(v, document);
}

static cJSON *
make_url(const struct visit *v)
{
	struct buf b;
	cJSON *url;

	buf_init(&b);
	visit_add_base(v, &b);
	buf_adds(&b, evhttp_request_get_uri(v->req));
	url = make_string(b.data, b.len);
	buf_release(&b);
	return url;
}

static bool
is_form(const struct visit *v)
{
	static const char form[] = "application/x-www-form-urlencoded";
	const char *type = visit_header(v, "Content-Type");

	return type && strncasecmp(type, form, sizeof(form) - 1) == 0;
}

/* `data` as it came, and what it means: `form` and `json`, null if it is
 * none. */
static void
add_body(const struct visit *v, cJSON *document)
{
	struct evbuffer *in = evhttp_request_get_input_buffer(v->req);
	size_t len = evbuffer_get_length(in);
	char *body = xmalloc(len + 1);
	cJSON *json;

	evbuffer_copyout(in, body, len);
	body[len] = '\0';
	json = cJSON_ParseWithLengthOpts(body, len + 1, NULL, 1);
	cJSON_AddItemToObject(document, "data", make_string(body, len));
	cJSON_AddNumberToObject(document, "size", (double)len);
	cJSON_AddItemToObject(document, "form",
	    is_form(v) ? make_parameters(body) : cJSON_CreateNull());
	cJSON_AddItemToObject(
	    document, "json", json ? json : cJSON_CreateNull());
	free(body);
}

void
answer_anything(const struct visit *v)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(v->req);
	const char *path = evhttp_uri_get_path(uri);
	cJSON *document = cJSON_CreateObject();

	cJSON_AddStringToObject(document, "method", method_name(v));
	cJSON_AddItemToObject(document, "url", make_url(v));
	cJSON_AddItemToObject(
	    document, "path", make_string(path, strlen(path)));
	cJSON_AddItemToObject(
	    document, "args", make_parameters(evhttp_uri_get_query(uri)));
	cJSON_AddItemToObject(document, "headers", make_headers(v));
	add_body(v, document);
	reply_document(v, document);
}
