/*
 * A setter for each key comes first, then the table of keys, and at the bottom
 * the walk over the members of the object.
 */
#include "config.h"

#include "input/jsonl.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "json/scan.h"
#include "json/write.h"
#include "text/ascii.h"
#include "text/base64.h"
#include "text/suggest.h"

enum {
	/* Each header is compared with all others. Servers refuse requests with
	 * far fewer: Apache httpd takes 100. */
	HEADERS_MAX = 1000
};

struct json_line {
	enum json_line_files files;
	struct json_doc *doc;
	struct buf name; /* of the member being read */
	struct buf text; /* its value, if that is a string */
	/* Of the line being read: */
	struct request *request;
	struct buf *url;
	const char *body_key; /* the key that gave the body; NULL: none */
	uint32_t seen;        /* a bit for each row of `keys` */
};

struct key {
	const char *name;
	const char *types;  /* first bytes of the values that it takes */
	const char *wanted; /* what the value must be, for a message */
	/* Take the value, the token `node` of the document; a string is in
	 * l->text, too. */
	void (*set)(struct json_line *l, uint32_t node);
};

static struct request_options *
own(struct json_line *l)
{
	return request_own_options(l->request);
}

static void
replace(char **field, const struct buf *text)
{
	free(*field);
	*field = xmemdup0(buf_text(text), text->len);
}

static bool
has_nul(const struct buf *text)
{
	return text->len && memchr(text->data, '\0', text->len);
}

static void
set_url(struct json_line *l, uint32_t node)
{
	(void)node;
	if (has_nul(&l->text))
		request_fail(l->request, "\"url\" contains a NUL");
	buf_add(l->url, l->text.data, l->text.len);
}

static void
set_method(struct json_line *l, uint32_t node)
{
	(void)node;
	if (!ascii_is_token(l->text.data, l->text.len))
		request_fail(
		    l->request, "\"method\" is not a valid HTTP method");
	else
		replace(&own(l)->method, &l->text);
}

static void
set_id(struct json_line *l, uint32_t node)
{
	struct json_span value = json_span_at(l->doc, node);

	if (*value.start != '"')
		buf_add(&l->text, value.start, value.len);
	if (has_nul(&l->text))
		request_fail(l->request, "\"id\" contains a NUL");
	replace(&l->request->id, &l->text);
}

static void
set_output(struct json_line *l, uint32_t node)
{
	const char *s = l->text.data;

	(void)node;
	/* A list is data, so it must not name a file outside of --output-dir.
	 */
	if (!l->text.len || has_nul(&l->text))
		request_fail(l->request, "\"output\" is not a file name");
	else if (*s == '/' || strncmp(s, "../", 3) == 0 ||
	         strcmp(s, "..") == 0 || strstr(s, "/../") ||
	         (l->text.len > 2 && strcmp(s + l->text.len - 3, "/..") == 0))
		request_fail(l->request,
		    "\"output\" must stay below the output directory");
	else
		replace(&own(l)->output, &l->text);
}

static void
set_max_time(struct json_line *l, uint32_t node)
{
	struct json_span value = json_span_at(l->doc, node);
	double seconds = strtod(value.start, NULL);

	if (!(seconds > 0) || seconds > 1e9)
		request_fail(l->request,
		    "\"max_time\" must be a number of seconds above 0");
	else
		own(l)->max_time_us = (int64_t)(seconds * 1e6 + 0.5);
}

static void
set_vars(struct json_line *l, uint32_t node)
{
	struct json_span value = json_span_at(l->doc, node);

	row_free(l->request->row);
	l->request->row = row_new_json(value.start, value.len);
}

/* A body replaces that of the command line, whatever kind that was. */
static struct request_options *
new_body(struct json_line *l, const char *key, enum body_kind kind)
{
	struct request_options *o = own(l);

	if (l->body_key && strcmp(l->body_key, key) != 0)
		request_fail(l->request,
		    "\"%s\" and \"%s\": a request can have only one body",
		    l->body_key, key);
	l->body_key = key;
	request_options_drop_body(o);
	o->body_kind = kind;
	return o;
}

static void
set_body(struct json_line *l, uint32_t node)
{
	struct request_options *o = new_body(l, "body", BODY_RAW);

	(void)node;
	replace(&o->body, &l->text);
	o->body_len = l->text.len;
}

/* A body that JSON cannot hold, since it is not text. */
static void
set_body_base64(struct json_line *l, uint32_t node)
{
	struct request_options *o = new_body(l, "body_base64", BODY_RAW);
	struct buf bytes = {0};

	(void)node;
	if (!base64_decode(&bytes, buf_text(&l->text), l->text.len))
		request_fail(l->request, "\"body_base64\" is not base64");
	o->body_len = bytes.len;
	o->body = buf_take(&bytes);
}

/* The bytes of the line, not a reprint: 1.0 stays 1.0. */
static void
set_json(struct json_line *l, uint32_t node)
{
	struct json_span value = json_span_at(l->doc, node);
	struct request_options *o = new_body(l, "json", BODY_JSON);

	o->body = xmemdup0(value.start, value.len);
	o->body_len = value.len;
}

static void
set_body_file(struct json_line *l, uint32_t node)
{
	(void)node;
	if (l->files != JSON_LINE_MAY_READ_FILES)
		request_fail(l->request,
		    "\"body_file\" needs --allow-files: it reads a local file");
	else if (!l->text.len || has_nul(&l->text))
		request_fail(l->request, "\"body_file\" is not a file name");
	else
		replace(&new_body(l, "body_file", BODY_FILE)->upload, &l->text);
}

/* Replace `to` by what a JSON string says. False: it has no text, and the
 * request is invalid. */
static bool
read_string(struct json_line *l, struct json_span value, struct buf *to)
{
	buf_clear(to);
	if (json_add_unescaped(to, value.start, value.len))
		return true;
	request_fail(l->request,
	    "\"%s\": the string contains half of a surrogate pair",
	    l->name.data);
	return false;
}

/* Read the value of the header l->name into l->text; a number stays as it is
 * written. False: it cannot be a header's, and the request is invalid. */
static bool
read_header(struct json_line *l, struct json_span value)
{
	buf_clear(&l->text);
	if (strchr("-0123456789", *value.start)) {
		buf_add(&l->text, value.start, value.len);
		return true;
	}
	if (*value.start != '"') {
		request_fail(l->request,
		    "\"headers\": \"%s\" must be a string, a number or null",
		    l->name.data);
		return false;
	}
	if (!read_string(l, value, &l->text))
		return false;
	if (!has_nul(&l->text) &&
	    (!l->text.len || !strpbrk(l->text.data, "\r\n")))
		return true;
	request_fail(l->request,
	    "\"headers\": the value of \"%s\" contains a line end or a NUL",
	    l->name.data);
	return false;
}

static void
set_header(struct json_line *l, struct json_span value)
{
	struct strlist *headers = &own(l)->headers;

	if (!ascii_is_token(l->name.data, l->name.len)) {
		request_fail(l->request,
		    "\"headers\": \"%s\" is not a valid header name",
		    l->name.len ? l->name.data : "");
	} else if (*value.start == 'n') {
		/* "Name:" also drops one that libcurl would add. */
		request_headers_set(headers, l->name.data, NULL);
		strlist_add_owned(headers, xasprintf("%s:", l->name.data));
	} else if (read_header(l, value)) {
		request_headers_set(headers, l->name.data, buf_text(&l->text));
	}
}

static void
set_headers(struct json_line *l, uint32_t node)
{
	uint32_t end = json_close(l->doc, node);

	if (end - json_inside(node) > 2 * HEADERS_MAX) {
		request_fail(l->request, "\"headers\" has more than %d members",
		    HEADERS_MAX);
		return;
	}
	for (uint32_t at = json_inside(node); at < end;
	     at = json_after(l->doc, at + 1)) {
		if (!read_string(l, json_span_at(l->doc, at), &l->name))
			return;
		set_header(l, json_span_at(l->doc, at + 1));
	}
}

#define STRING "\""
#define NUMBER "-0123456789"

static const struct key keys[] = {
    {"url", STRING, "a string", set_url},
    {"method", STRING, "a string", set_method},
    {"headers", "{", "an object", set_headers},
    {"body", STRING, "a string (\"json\" takes any value)", set_body},
    {"json", STRING NUMBER "{[tfn", "any value", set_json},
    {"body_base64", STRING, "a string", set_body_base64},
    {"body_file", STRING, "a string", set_body_file},
    {"id", STRING NUMBER, "a string or a number", set_id},
    {"output", STRING, "a string", set_output},
    {"max_time", NUMBER, "a number of seconds", set_max_time},
    {"vars", "{", "an object", set_vars},
};

#define KEYS (sizeof(keys) / sizeof(*keys))

static_assert(KEYS <= 32, "a bit of `seen` for each");

/* The row of a key; NULL: there is no such key. */
static const struct key *
find_key(const char *name)
{
	for (size_t i = 0; i < KEYS; i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

static void
refuse_key(struct json_line *l, const char *name)
{
	struct suggestion near;
	struct buf hint = {0};

	suggestion_init(&near, name);
	for (size_t i = 0; i < KEYS; i++) {
		suggestion_offer(&near, keys[i].name);
		buf_addf(&hint, " %s", keys[i].name);
	}
	if (near.best)
		request_fail(l->request,
		    "unknown key \"%s\"; did you mean \"%s\"?", name,
		    near.best);
	else
		request_fail(l->request, "unknown key \"%s\"; valid keys are%s",
		    name, hint.data);
	buf_release(&hint);
}

/* A key that appears twice makes the request invalid: parsers differ in which
 * of the values counts (RFC 8259, 4). */
static bool
is_first(struct json_line *l, const struct key *key)
{
	uint32_t bit = UINT32_C(1) << (key - keys);

	if (l->seen & bit)
		request_fail(l->request, "\"%s\" appears twice", key->name);
	l->seen |= bit;
	return !l->request->invalid;
}

/* Take the member whose name is the token `node`. */
static void
set_member(struct json_line *l, uint32_t node)
{
	struct json_span value = json_span_at(l->doc, node + 1);
	const struct key *key;

	if (!read_string(l, json_span_at(l->doc, node), &l->name))
		return;
	key = find_key(buf_text(&l->name));
	if (!key)
		refuse_key(l, buf_text(&l->name));
	if (!key || !is_first(l, key))
		return;
	buf_clear(&l->text);
	if (!strchr(key->types, *value.start)) {
		if (*value.start != 'n')
			request_fail(l->request, "\"%s\" must be %s", key->name,
			    key->wanted);
		return;
	}
	if (*value.start == '"' && !read_string(l, value, &l->text))
		return;
	key->set(l, node + 1);
}

struct json_line *
json_line_new(enum json_line_files files)
{
	struct json_line *l = xcalloc(1, sizeof(*l));

	l->files = files;
	l->doc = json_doc_new();
	return l;
}

void
json_line_free(struct json_line *l)
{
	if (!l)
		return;
	json_doc_free(l->doc);
	buf_release(&l->name);
	buf_release(&l->text);
	free(l);
}

void
json_line_apply(struct json_line *l, const char *text, size_t len,
    struct request *r, struct buf *url)
{
	struct json_error error;

	l->request = r;
	l->url = url;
	l->body_key = NULL;
	l->seen = 0;
	if (json_doc_scan(l->doc, text, len, &error)) {
		request_fail(r, "invalid JSON in column %zu: %s", error.column,
		    error.message);
		return;
	}
	for (uint32_t at = json_inside(0); at < json_close(l->doc, 0);
	     at = json_after(l->doc, at + 1))
		set_member(l, at);
	if (!url->len)
		request_fail(r, "the object has no \"url\"");
}
