#include "config.h"

#include "request/template_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/xalloc.h"
#include "request/url.h"

/* Follows the literal text, to know where a name stands. */
struct compiler {
	struct template *t;
	enum template_spot spot;
	bool json_escape; /* behind a backslash in a JSON string */
	char **cause;
};

/* The `}}` of a name that stands at `s`; NULL: none does. A JSON text is full
 * of braces: `{{"a":1}}` holds no name. */
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

/* How long is what stands in front of the first name or glob? */
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

/* The next `{{name}}` in the text; NULL: there is none. */
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

static struct template_piece *
add_piece(struct template *t)
{
	t->pieces = xgrow(t->pieces, t->len, sizeof(*t->pieces));
	t->pieces[t->len] = (struct template_piece){0};
	return &t->pieces[t->len++];
}

/* "://" may come in one literal or not at all ("example.org/{{.}}"). */
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

static int
add_step(struct compiler *c, struct template_piece *p, const char *s,
    const char *end)
{
	const struct template_step *step;

	trim(&s, &end);
	step = template_step_find(s, (size_t)(end - s));
	if (!step) {
		*c->cause = xasprintf("unknown function \":%.*s\" in a "
		                      "template; there are %s",
		    (int)(end - s), s, template_step_names());
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
		*c->cause = xstrdup("a template {{...}} without a name; the "
		                    "value itself is {{.}}");
		return -1;
	}
	p->text = xmemdup0(s, (size_t)(end - s));
	p->len = (size_t)(end - s);
	return 0;
}

/* "name", "name?", "name:function:function", blanks anywhere between. */
static int
add_name(struct compiler *c, const char *s, const char *end)
{
	struct template_piece *p = add_piece(c->t);
	const char *colon = find_colon(s, end);

	p->is_name = true;
	p->spot = c->spot;
	c->t->names++;
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

bool
template_has_names(const struct template *t)
{
	return t->names > 0;
}

void
template_each_name(const struct template *t,
    void (*see)(void *arg, const char *name), void *arg)
{
	for (size_t i = 0; i < t->len; i++) {
		if (t->pieces[i].is_name)
			see(arg, t->pieces[i].text);
	}
}
