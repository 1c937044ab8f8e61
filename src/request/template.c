/*
 * A template is compiled into pieces, which are literal text or names. The
 * compiler follows the literal text to know where each name stands: in a host,
 * a path, a query, a JSON string. Expanding then encodes each value for that
 * spot, so that no value can change the structure around it.
 */
#include "config.h"

#include "request/template.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "json/path.h"
#include "json/write.h"
#include "request/url.h"
#include "text/ascii.h"
#include "text/base64.h"
#include "text/utf8.h"

enum {
	/* Bytes of one name in a path with values. File systems limit names to
	 * 255 bytes; ".NAME.part" and what --no-clobber appends need some. */
	FILE_NAME_MAX = 240,
	FILE_EXTENSION_MAX = 16, /* bytes of an extension that is kept */
	HASH_TEXT = 17           /* "-" and 16 digits */
};

/* The part of a URL or of a JSON text in which a name stands. */
enum template_spot {
	SPOT_PLAIN,
	SPOT_URL_START, /* the value is a URL, or the beginning of one */
	SPOT_URL_HOST,
	SPOT_URL_PATH,
	SPOT_URL_QUERY,   /* or the fragment */
	SPOT_JSON_STRING, /* between quotes */
	SPOT_JSON_VALUE,
	SPOT_COUNT
};

/* Changes a value: reads `from` and writes to `to`, which is empty. */
typedef void template_function(const struct buf *from, struct buf *to);

struct template_step {
	template_function *apply; /* NULL: the value stays as it is */
	bool encodes_url;         /* it needs no percent-encoding any more */
	bool encodes_json;        /* it needs no escapes any more */
};

struct template_piece {
	char *text; /* the literal text, or the name */
	size_t len;
	bool is_name;
	/* Of a name: */
	bool optional; /* `{{name?}}` */
	enum template_spot spot;
	bool encodes_url;          /* a function has encoded it for a URL */
	bool encodes_json;         /* a function has escaped it for JSON */
	template_function **steps; /* in the order in which they apply */
	size_t steps_len;
};

struct template
{
	enum template_place place;
	struct template_piece *pieces;
	size_t len;
};

/* --- functions, named as curl's are ---------------------------------- */

static void
apply_url(const struct buf *from, struct buf *to)
{
	url_add_encoded(to, from->data, from->len);
}

/* Escape the value for a JSON string, whose quotes are in the template. */
static void
apply_json(const struct buf *from, struct buf *to)
{
	struct buf quoted = {0};

	json_add_string(&quoted, from->data, from->len);
	buf_add(to, quoted.data + 1, quoted.len - 2);
	buf_release(&quoted);
}

static void
apply_trim(const struct buf *from, struct buf *to)
{
	size_t len = from->len;
	const char *text = ascii_trim(from->data, &len);

	buf_add(to, text, len);
}

static void
apply_b64(const struct buf *from, struct buf *to)
{
	base64_add(to, from->data, from->len);
}

/* The names in the table below, for a message. */
#define STEP_NAMES "url, json, trim, b64, raw"

static const struct {
	const char *name;
	struct template_step step;
} functions[] = {
    {"url", {.apply = apply_url, .encodes_url = true}},
    {"json", {.apply = apply_json, .encodes_json = true}},
    {"trim", {.apply = apply_trim}},
    {"b64", {.apply = apply_b64}},
    {"raw", {.encodes_url = true, .encodes_json = true}},
};

/* The function called `name`; NULL: there is none. */
static const struct template_step *
find_step(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		if (strlen(functions[i].name) == len &&
		    memcmp(functions[i].name, name, len) == 0)
			return &functions[i].step;
	}
	return NULL;
}

/* --- compiling ------------------------------------------------------- */

struct compiler {
	struct template *t;
	enum template_spot spot; /* where the text so far ends */
	bool json_escape;        /* it ends with a backslash in a string */
	char **cause;
};

/* The `}}` of the name at the start of `s`; NULL: there is none. JSON texts are
 * full of braces, so a name holds no braces, quotes or control characters:
 * `{{"a":1}}` is not one. */
static const char *
close_of_name(const char *s, const char *end)
{
	bool some = false;

	if (end - s < 5 || s[0] != '{' || s[1] != '{')
		return NULL;
	for (s += 2; s < end && (unsigned char)*s >= ' '; s++) {
		if (strchr("{}\"", *s))
			break;
		some |= !ascii_is_blank(*s);
	}
	return some && end - s >= 2 && s[0] == '}' && s[1] == '}' ? s : NULL;
}

size_t
template_name_at(const char *s)
{
	const char *close;

	if (s[0] != '{' || s[1] != '{')
		return 0;
	close = close_of_name(s, s + strlen(s));
	return close ? (size_t)(close + 2 - s) : 0;
}

/* The length of the text in front of the first name or glob. */
static size_t
fixed_part(const char *text)
{
	size_t i = 0;

	while (text[i] && !template_name_at(text + i) &&
	       !(text[i] == '#' && ascii_is_digit(text[i + 1])))
		i++;
	return i;
}

bool
template_varies(const char *text)
{
	return text[fixed_part(text)];
}

size_t
template_folder(const char *text)
{
	size_t len = fixed_part(text);

	while (len && text[len - 1] != '/')
		len--;
	return len;
}

/* The next `{{name}}` in the text, and its `}}`; NULL: there is none. */
static const char *
find_name(const char *s, const char *end, const char **close)
{
	while ((s = memchr(s, '{', (size_t)(end - s)))) {
		*close = close_of_name(s, end);
		if (*close)
			return s;
		s++;
	}
	return NULL;
}

bool
template_in_bytes(const char *bytes, size_t len)
{
	const char *close;

	return find_name(bytes, bytes + len, &close) != NULL;
}

bool
template_in(const char *text)
{
	return template_in_bytes(text, strlen(text));
}

void
template_add_encoded(struct buf *out, const char *text, size_t len)
{
	const char *open, *close, *end = text + len;

	while ((open = find_name(text, end, &close))) {
		url_add_encoded(out, text, (size_t)(open - text));
		buf_add(out, open, (size_t)(close + 2 - open));
		text = close + 2;
	}
	url_add_encoded(out, text, (size_t)(end - text));
}

/* The pointer is good until the next piece is added. */
static struct template_piece *
add_piece(struct template *t)
{
	t->pieces = xgrow(t->pieces, t->len, sizeof(*t->pieces));
	t->pieces[t->len] = (struct template_piece){0};
	return &t->pieces[t->len++];
}

/* Follow the literal text of a URL. It may have no scheme
 * ("example.org/{{.}}"), which curl would guess. */
static void
walk_url(struct compiler *c, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (c->spot == SPOT_URL_START)
			c->spot = SPOT_URL_HOST;
		if (s[i] == '?' || s[i] == '#')
			c->spot = SPOT_URL_QUERY;
		else if (c->spot == SPOT_URL_HOST && s[i] == ':' &&
		         len - i > 2 && memcmp(s + i, "://", 3) == 0)
			i += 2;
		else if (c->spot == SPOT_URL_HOST && s[i] == '/')
			c->spot = SPOT_URL_PATH;
	}
}

/* Follow the literal text of a JSON text: only quotes tell strings apart from
 * values. */
static void
walk_json(struct compiler *c, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (c->json_escape)
			c->json_escape = false;
		else if (s[i] == '\\' && c->spot == SPOT_JSON_STRING)
			c->json_escape = true;
		else if (s[i] == '"')
			c->spot = c->spot == SPOT_JSON_STRING
			              ? SPOT_JSON_VALUE
			              : SPOT_JSON_STRING;
	}
}

static void
add_literal(struct compiler *c, const char *s, size_t len)
{
	struct template_piece *p;

	if (!len)
		return;
	p = add_piece(c->t);
	p->text = xmemdup0(s, len);
	p->len = len;
	if (c->t->place == TEMPLATE_URL)
		walk_url(c, s, len);
	else if (c->t->place == TEMPLATE_JSON)
		walk_json(c, s, len);
}

static void
trim(const char **s, const char **end)
{
	while (*s < *end && ascii_is_blank(**s))
		*s += 1;
	while (*s < *end && ascii_is_blank((*end)[-1]))
		*end -= 1;
}

/* Add the function whose name is between `s` and `end`. -1 with *c->cause set:
 * there is no such function. */
static int
add_step(struct compiler *c, struct template_piece *p, const char *s,
    const char *end)
{
	const struct template_step *step;

	trim(&s, &end);
	step = find_step(s, (size_t)(end - s));
	if (!step) {
		*c->cause =
		    xasprintf("unknown function \":%.*s\" in a "
		              "template; valid functions are " STEP_NAMES,
		        (int)(end - s), s);
		return -1;
	}
	p->encodes_url |= step->encodes_url;
	p->encodes_json |= step->encodes_json;
	if (!step->apply)
		return 0;
	p->steps = xreallocarray(p->steps, p->steps_len + 1, sizeof(*p->steps));
	p->steps[p->steps_len++] = step->apply;
	return 0;
}

static const char *
find_colon(const char *s, const char *end)
{
	const char *colon = memchr(s, ':', (size_t)(end - s));

	return colon ? colon : end;
}

/* Set the name between `s` and `end`, which may end with "?". */
static int
set_name(struct compiler *c, struct template_piece *p, const char *s,
    const char *end)
{
	trim(&s, &end);
	if (s < end && end[-1] == '?') {
		p->optional = true;
		end--;
		trim(&s, &end);
	}
	if (s == end) {
		*c->cause = xstrdup("a template {{...}} without a name; write "
		                    "{{.}} for the value itself");
		return -1;
	}
	p->text = xmemdup0(s, (size_t)(end - s));
	p->len = (size_t)(end - s);
	return 0;
}

/* Add the piece for what is between braces: "name", "name?", or
 * "name:function:function", with blanks between them or not. */
static int
add_name(struct compiler *c, const char *s, const char *end)
{
	struct template_piece *p = add_piece(c->t);
	const char *colon = find_colon(s, end);

	p->is_name = true;
	p->spot = c->spot;
	if (c->spot == SPOT_URL_START)
		c->spot = SPOT_URL_PATH;
	if (set_name(c, p, s, colon))
		return -1;
	while (colon < end) {
		s = colon + 1;
		colon = find_colon(s, end);
		if (add_step(c, p, s, colon))
			return -1;
	}
	return 0;
}

/* Compile the text between `s` and `end`. -1 with *c->cause set. */
static int
compile(struct compiler *c, const char *s, const char *end)
{
	const char *open, *close;

	while ((open = find_name(s, end, &close))) {
		add_literal(c, s, (size_t)(open - s));
		if (add_name(c, open + 2, close))
			return -1;
		s = close + 2;
	}
	add_literal(c, s, (size_t)(end - s));
	return 0;
}

static const enum template_spot first_spot[] = {
    [TEMPLATE_URL] = SPOT_URL_START,
    [TEMPLATE_HEADER] = SPOT_PLAIN,
    [TEMPLATE_FORM] = SPOT_PLAIN,
    [TEMPLATE_JSON] = SPOT_JSON_VALUE,
    [TEMPLATE_RAW] = SPOT_PLAIN,
    [TEMPLATE_FILE] = SPOT_PLAIN,
};

struct template *
template_new(
    const char *text, size_t len, enum template_place place, char **cause)
{
	struct compiler c = {
	    .t = xcalloc(1, sizeof(*c.t)),
	    .spot = first_spot[place],
	    .cause = cause,
	};

	c.t->place = place;
	if (compile(&c, text, text + len) == 0)
		return c.t;
	template_free(c.t);
	return NULL;
}

void
template_free(struct template *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->len; i++) {
		free(t->pieces[i].text);
		free(t->pieces[i].steps);
	}
	free(t->pieces);
	free(t);
}

void
template_each_name(const struct template *t,
    void (*on_name)(void *arg, const char *name), void *arg)
{
	for (size_t i = 0; i < t->len; i++) {
		if (t->pieces[i].is_name)
			on_name(arg, t->pieces[i].text);
	}
}

/* --- expanding ------------------------------------------------------- */

struct expansion {
	const struct template *t;
	const struct template_piece *piece; /* the name being expanded */
	struct buf *out;
	struct buf value;      /* of the name, after its functions */
	struct json_doc *json; /* to check values; made when first needed */
	char **cause;
};

/* The message begins with the name, which the user wrote; the value may be a
 * secret. */
static int
refuse(struct expansion *e, const char *why)
{
	*e->cause = xasprintf("{{%s}} %s", e->piece->text, why);
	return -1;
}

/* Apply the functions of the name to its value. */
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

/* Would an empty value make another address of the URL? */
static bool
must_say_something(const struct template_piece *p)
{
	return p->spot == SPOT_URL_START || p->spot == SPOT_URL_HOST ||
	       p->spot == SPOT_URL_PATH;
}

/* The functions below append a value, each for one place. -1 with *e->cause
 * set: the place does not allow it. */

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
			                 "value, which a header cannot "
			                 "contain");
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
		return refuse(e, "is not valid UTF-8, which JSON requires");
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

/* Where the last component of a path begins. */
static size_t
component_start(const struct buf *path)
{
	size_t at = path->len;

	while (at > 0 && path->data[at - 1] != '/')
		at--;
	return at;
}

/* Would `c` at the end of the path make its last component a hidden file, "..",
 * or what a command takes for an option? */
static bool
is_bad_start(const struct buf *path, char c)
{
	size_t at = component_start(path);

	if (c == '-')
		return at == path->len;
	while (at < path->len && path->data[at] == '.')
		at++;
	return c == '.' && at == path->len;
}

/* Is it a control character, or one that changes the direction of a text, which
 * shows another name than there is? */
static bool
is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x200E ||
	       cp == 0x200F || (cp >= 0x2028 && cp <= 0x202E) ||
	       (cp >= 0x2066 && cp <= 0x2069);
}

/* May the character `cp`, which begins with the byte `c`, stand in the name of
 * a file as it is? "%" may not, so that different values have different names.
 */
static bool
is_file_safe(const struct buf *path, char c, uint32_t cp)
{
	return !is_control(cp) && c != '/' && c != '%' &&
	       !is_bad_start(path, c);
}

static int
add_file(struct expansion *e)
{
	const char *s = e->value.data, *end = s + e->value.len;

	while (s < end) {
		uint32_t cp = 0;
		size_t len = utf8_decode(s, (size_t)(end - s), &cp);
		bool safe = len && is_file_safe(e->out, *s, cp);

		len = len ? len : 1;
		if (safe)
			buf_add(e->out, s, len);
		for (size_t i = 0; i < len && !safe; i++)
			buf_addf(e->out, "%%%02X", (unsigned char)s[i]);
		s += len;
	}
	return 0;
}

/* The length of the extension, with its dot, at the end of a name; 0: it has
 * none, or a long one. */
static size_t
extension_len(const char *name, size_t len)
{
	size_t ext = 0;

	while (ext < len && ext < FILE_EXTENSION_MAX) {
		if (name[len - ++ext] == '.')
			return ext;
	}
	return 0;
}

/* Append a name that is too long: its beginning, a hash of the whole that keeps
 * two of them apart, and its extension. */
static void
add_shortened(struct buf *out, const char *name, size_t len)
{
	size_t ext = extension_len(name, len);
	size_t cut = utf8_cut(name, len, FILE_NAME_MAX - HASH_TEXT - ext);

	/* Do not cut "%41" in two. */
	for (size_t i = cut - 2; i < cut; i++) {
		if (name[i] == '%')
			cut = i;
	}
	buf_add(out, name, cut);
	buf_addf(out, "-%016" PRIx64, hash_bytes(name, len));
	buf_add(out, name + len - ext, ext);
}

/* Shorten the components of the path that file systems refuse. What stands in
 * front of `start` is the user's own. */
static void
shorten(struct buf *path, size_t start)
{
	char *rest = xmemdup0(path->data + start, path->len - start);
	char *s = rest;

	buf_truncate(path, start);
	for (;;) {
		size_t len = strcspn(s, "/");

		if (len > FILE_NAME_MAX)
			add_shortened(path, s, len);
		else
			buf_add(path, s, len);
		if (!s[len])
			break;
		buf_addc(path, '/');
		s += len + 1;
	}
	free(rest);
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

/* Refuse a value that makes a path segment "." or "..": it would be resolved
 * away, and the request go elsewhere (RFC 3986, 5.2.4). A host of dots would be
 * another host. */
static int
check_segment(struct expansion *e, size_t start)
{
	const char *s = e->out->data;

	if (e->piece->spot != SPOT_URL_PATH && e->piece->spot != SPOT_URL_HOST)
		return 0;
	while (start > 0 && s[start - 1] != '/')
		start--;
	return is_dots(s + start, e->out->len - start)
	           ? refuse(e, "would turn a path segment or the host "
	                       "into \".\" or \"..\"")
	           : 0;
}

/* Expand a name that has no value, or an empty one. */
static int
add_nothing(struct expansion *e, bool missing)
{
	const struct template_piece *p = e->piece;

	if (missing && !p->optional)
		return refuse(e, "has no value here");
	if (!p->optional && must_say_something(p))
		return refuse(e, "is empty; write {{name?}} to allow that");
	if (!p->optional && e->t->place == TEMPLATE_FILE)
		return refuse(e, "is empty; write {{name?}} to allow that in a "
		                 "file name");
	if (p->spot == SPOT_JSON_VALUE)
		buf_adds(e->out, missing ? "null" : "\"\"");
	return 0;
}

/* Append what the name e->piece stands for. */
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

const char *
template_first_name(const struct template *t)
{
	return t->len && t->pieces[0].is_name ? t->pieces[0].text : NULL;
}

int
template_expand(const struct template *t, const struct template_values *values,
    struct buf *out, char **cause)
{
	struct expansion e = {.t = t, .out = out, .cause = cause};
	size_t own = SIZE_MAX; /* where the first value is put */
	int rc = 0;

	for (size_t i = 0; i < t->len && !rc; i++) {
		e.piece = &t->pieces[i];
		if (e.piece->is_name && own == SIZE_MAX)
			own = component_start(out);
		if (e.piece->is_name)
			rc = expand_name(&e, values);
		else
			buf_add(out, e.piece->text, e.piece->len);
	}
	if (rc == 0 && t->place == TEMPLATE_FILE && own != SIZE_MAX && out->len)
		shorten(out, own);
	buf_release(&e.value);
	json_doc_free(e.json);
	return rc;
}
