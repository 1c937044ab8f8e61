#include "config.h"

#include "request/template_private.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "json/path.h"
#include "json/write.h"
#include "request/url.h"

enum {
	FILE_PART_MAX = 200 /* bytes of one expanded value in a file name */
};

/* One expansion on its way. */
struct expansion {
	const struct template *t;
	const struct template_piece *piece;
	struct buf *out;
	struct buf value;
	struct json_doc *json; /* made when it is first needed */
	char **cause;
};

static int
refuse(struct expansion *e, const char *why)
{
	*e->cause = xasprintf("{{%s}} %s", e->piece->text, why);
	return -1;
}

static void
apply_steps(struct expansion *e)
{
	for (size_t i = 0; i < e->piece->steps_len; i++) {
		struct buf to = {0};

		buf_reserve(&to, 0);
		e->piece->steps[i](&e->value, &to);
		buf_release(&e->value);
		e->value = to;
	}
}

/* Where a value that says nothing would make another address of it. */
static bool
must_say_something(const struct template_piece *p)
{
	return p->spot == SPOT_URL_START || p->spot == SPOT_URL_HOST ||
	       p->spot == SPOT_URL_PATH;
}

static int
add_url(struct expansion *e)
{
	if (e->piece->spot != SPOT_URL_START && !e->piece->encodes_url)
		url_add_encoded(e->out, e->value.data, e->value.len);
	else if (memchr(e->value.data, '\0', e->value.len))
		return refuse(e, "has a NUL in its value");
	else
		buf_add(e->out, e->value.data, e->value.len);
	return 0;
}

static int
add_header(struct expansion *e)
{
	for (size_t i = 0; i < e->value.len; i++) {
		if (strchr("\r\n", e->value.data[i]))
			return refuse(e, "has a line end or NUL in its "
			                 "value, which no header may hold");
	}
	buf_add(e->out, e->value.data, e->value.len);
	return 0;
}

static bool
is_json(struct expansion *e)
{
	struct json_error error;

	if (!e->json)
		e->json = json_doc_new();
	return json_doc_scan(e->json, e->value.data, e->value.len, &error) == 0;
}

static int
add_json(struct expansion *e)
{
	struct buf quoted = {0};

	if (e->piece->encodes_json) {
		buf_add(e->out, e->value.data, e->value.len);
		return 0;
	}
	if (!utf8_valid(e->value.data, e->value.len))
		return refuse(e, "is no UTF-8, which JSON has to be");
	if (e->piece->spot == SPOT_JSON_VALUE && is_json(e)) {
		buf_add(e->out, e->value.data, e->value.len);
		return 0;
	}
	json_add_string(&quoted, e->value.data, e->value.len);
	if (e->piece->spot == SPOT_JSON_VALUE)
		buf_add(e->out, quoted.data, quoted.len);
	else
		buf_add(e->out, quoted.data + 1, quoted.len - 2);
	buf_release(&quoted);
	return 0;
}

static int
add_raw(struct expansion *e)
{
	buf_add(e->out, e->value.data, e->value.len);
	return 0;
}

static bool
is_file_safe(const char *s, size_t i)
{
	return ascii_is_alnum(s[i]) || s[i] == '_' || s[i] == '-' ||
	       (s[i] == '.' && i > 0);
}

/* A long value is cut; its hash keeps two of them apart. */
static void
shorten(struct buf *name, size_t start, const char *whole)
{
	size_t cut = start + FILE_PART_MAX;

	if (name->len <= cut)
		return;
	/* No half "%41". */
	for (size_t i = cut - 2; i < cut; i++) {
		if (name->data[i] == '%')
			cut = i;
	}
	buf_truncate(name, cut);
	buf_addf(name, "-%016" PRIx64, hash_text(whole));
}

static int
add_file(struct expansion *e)
{
	size_t start = e->out->len;
	struct buf whole = {0};

	for (size_t i = 0; i < e->value.len; i++) {
		if (is_file_safe(e->value.data, i))
			buf_addc(&whole, e->value.data[i]);
		else
			buf_addf(&whole, "%%%02X",
			    (unsigned)(unsigned char)e->value.data[i]);
	}
	buf_add(e->out, whole.data, whole.len);
	shorten(e->out, start, buf_text(&whole));
	buf_release(&whole);
	return 0;
}

static int (*const add_value[])(struct expansion *) = {
    [TEMPLATE_URL] = add_url,
    [TEMPLATE_HEADER] = add_header,
    [TEMPLATE_FORM] = add_url,
    [TEMPLATE_JSON] = add_json,
    [TEMPLATE_RAW] = add_raw,
    [TEMPLATE_FILE] = add_file,
};

static bool
is_dots(const char *s, size_t len)
{
	return (len == 1 && s[0] == '.') ||
	       (len == 2 && s[0] == '.' && s[1] == '.');
}

/* A segment of dots is resolved away, and the request would go elsewhere; so
 * would one to a host of dots. */
static int
check_segment(struct expansion *e, size_t start)
{
	const char *s = e->out->data;

	if (e->piece->spot != SPOT_URL_PATH && e->piece->spot != SPOT_URL_HOST)
		return 0;
	while (start > 0 && s[start - 1] != '/')
		start--;
	return is_dots(s + start, e->out->len - start)
	           ? refuse(e,
	                 "makes it \".\" or \"..\", which is another address")
	           : 0;
}

/* Nothing to insert: no such value, or an empty one. */
static int
add_nothing(struct expansion *e, bool missing)
{
	const struct template_piece *p = e->piece;

	if (missing && !p->optional)
		return refuse(e, "has no value here");
	if (!p->optional && must_say_something(p))
		return refuse(e, "is empty; {{name?}} would allow that");
	if (!p->optional && e->t->place == TEMPLATE_FILE)
		return refuse(e, "is empty, which makes no file name");
	if (p->spot == SPOT_JSON_VALUE)
		buf_adds(e->out, missing ? "null" : "\"\"");
	return 0;
}

static int
expand_name(struct expansion *e, const struct template_values *values)
{
	size_t start = e->out->len, len;
	const char *value = values->get(values->arg, e->piece->text, &len);

	buf_clear(&e->value);
	buf_add(&e->value, value ? value : "", value ? len : 0);
	apply_steps(e);
	if (!e->value.len)
		return add_nothing(e, value == NULL);
	if (add_value[e->t->place](e))
		return -1;
	return check_segment(e, start);
}

int
template_expand(const struct template *t, const struct template_values *values,
    struct buf *out, char **cause)
{
	struct expansion e = {.t = t, .out = out, .cause = cause};
	int rc = 0;

	for (size_t i = 0; i < t->len && !rc; i++) {
		e.piece = &t->pieces[i];
		if (e.piece->is_name)
			rc = expand_name(&e, values);
		else
			buf_add(out, e.piece->text, e.piece->len);
	}
	buf_release(&e.value);
	json_doc_free(e.json);
	return rc;
}
