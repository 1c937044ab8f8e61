/*
 * One walk over all texts of the options that may hold names. A visitor does
 * the rest: it expands each text, or reports the names in it.
 */
#include "config.h"

#include "input/expand.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "request/options.h"

/* A text among the options, and the place that it stands for in a request. */
struct slot {
	char **text; /* owned by the options */
	size_t *len; /* NULL: the text ends with its NUL */
	enum template_place place;
};

struct visitor {
	/* Called for each text that holds a name. -1 with *cause set. */
	int (*visit)(struct visitor *, const struct slot *);
	const struct template_values *values;         /* of expand_slot */
	void (*on_name)(void *arg, const char *name); /* of name_slot */
	void *arg;
	char **cause;
};

/* The options that are one string each. */
static const struct {
	size_t offset;
	enum template_place place;
} strings[] = {
    {offsetof(struct request_options, method), TEMPLATE_HEADER},
    {offsetof(struct request_options, upload), TEMPLATE_RAW},
    {offsetof(struct request_options, user), TEMPLATE_HEADER},
    {offsetof(struct request_options, bearer), TEMPLATE_HEADER},
    {offsetof(struct request_options, cookie), TEMPLATE_HEADER},
    {offsetof(struct request_options, user_agent), TEMPLATE_HEADER},
    {offsetof(struct request_options, referer), TEMPLATE_HEADER},
    {offsetof(struct request_options, range), TEMPLATE_HEADER},
};

static int
visit_text(struct visitor *v, char **text, enum template_place place)
{
	struct slot slot = {.text = text, .place = place};

	return *text && template_in(*text) ? v->visit(v, &slot) : 0;
}

static int
visit_list(struct visitor *v, struct strlist *list, enum template_place place)
{
	for (size_t i = 0; i < list->len; i++) {
		if (visit_text(v, &list->items[i], place))
			return -1;
	}
	return 0;
}

/* How values in a body are encoded: as the Content-Type says, which may be of a
 * JSON line; without one, as the option that gave the body. */
static enum template_place
body_place(const struct request_options *o)
{
	const char *type = request_headers_find(&o->headers, "Content-Type");

	if (type ? strcasestr(type, "json") != NULL : o->body_kind == BODY_JSON)
		return TEMPLATE_JSON;
	if (o->body_kind == BODY_FORM &&
	    (!type || strcasestr(type, "form-urlencoded")))
		return TEMPLATE_FORM;
	return TEMPLATE_RAW;
}

static int
visit_body(struct visitor *v, struct request_options *o)
{
	struct slot slot = {
	    .text = &o->body,
	    .len = &o->body_len,
	    .place = body_place(o),
	};

	/* What stdin held is data, as is a file that is streamed. The parts of
	 * a form are visited one by one. */
	if (o->body_kind == BODY_MULTIPART || o->body_kind == BODY_UPLOAD)
		return 0;
	if (!o->body || !template_in_bytes(o->body, o->body_len))
		return 0;
	return v->visit(v, &slot);
}

/* A name is expanded behind the tag of its part (request/options.h), so that
 * no value turns a text into a file. */
static int
visit_form(struct visitor *v, struct request_options *o)
{
	for (size_t i = 0; i < o->form.len; i++) {
		char **part = &o->form.items[i];
		bool header = **part == FORM_HEADER || **part == FORM_TYPE;

		if (visit_text(
		        v, part, header ? TEMPLATE_HEADER : TEMPLATE_RAW))
			return -1;
	}
	return 0;
}

static int
visit_all(struct visitor *v, struct request_options *o)
{
	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++) {
		char *at = (char *)o + strings[i].offset;

		if (visit_text(v, (char **)(void *)at, strings[i].place))
			return -1;
	}
	return visit_list(v, &o->headers, TEMPLATE_HEADER) ||
	               visit_form(v, o) || visit_body(v, o)
	           ? -1
	           : 0;
}

static struct template *
compile_slot(const struct slot *slot, char **cause)
{
	size_t len = slot->len ? *slot->len : strlen(*slot->text);

	return template_new(*slot->text, len, slot->place, cause);
}

static int
expand_slot(struct visitor *v, const struct slot *slot)
{
	struct template *t = compile_slot(slot, v->cause);
	struct buf out = {0};
	int rc;

	if (!t)
		return -1;
	rc = template_expand(t, v->values, &out, v->cause);
	template_free(t);
	if (rc) {
		buf_release(&out);
		return -1;
	}
	free(*slot->text);
	if (slot->len)
		*slot->len = out.len;
	*slot->text = buf_take(&out);
	return 0;
}

int
expand_options(struct request_options *o, const struct template_values *values,
    char **cause)
{
	struct visitor v = {
	    .visit = expand_slot, .values = values, .cause = cause};

	return visit_all(&v, o);
}

/* Report the names in a text. */
static int
name_slot(struct visitor *v, const struct slot *slot)
{
	struct template *t = compile_slot(slot, v->cause);

	if (!t)
		return -1;
	template_each_name(t, v->on_name, v->arg);
	template_free(t);
	return 0;
}

int
expand_each_name(const struct request_options *o,
    void (*on_name)(void *arg, const char *name), void *arg, char **cause)
{
	struct visitor v = {
	    .visit = name_slot, .on_name = on_name, .arg = arg, .cause = cause};
	struct request_options copy;
	int rc;

	/* The walk is one for both visitors, and wants to write. */
	request_options_copy(&copy, o);
	rc = visit_all(&v, &copy);
	request_options_release(&copy);
	return rc;
}

int
expand_query(
    const struct request_options *o, struct template **query, char **cause)
{
	struct buf text = {0};
	int rc;

	*query = NULL;
	for (size_t i = 0; i < o->url_query.len; i++) {
		if (text.len)
			buf_addc(&text, '&');
		buf_adds(&text, o->url_query.items[i]);
	}
	/* Even an empty text may hold memory: that of an empty file. */
	if (text.len)
		*query =
		    template_new(text.data, text.len, TEMPLATE_FORM, cause);
	rc = text.len && !*query ? -1 : 0;
	buf_release(&text);
	return rc;
}
