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
	const char *option; /* that gave it */
};

struct visitor {
	/* Called for each text that holds a name. -1 with *cause set. */
	int (*visit)(struct visitor *, const struct slot *);
	const struct template_values *values; /* of expand_slot */
	struct expand_walk *walk;             /* of name_slot */
	char **cause;
};

/* The options that are one string each. */
static const struct {
	size_t offset;
	enum template_place place;
	const char *option;
} strings[] = {
    {offsetof(struct request_options, method), TEMPLATE_HEADER, "-X"},
    {offsetof(struct request_options, upload), TEMPLATE_RAW, "-T"},
    {offsetof(struct request_options, user), TEMPLATE_HEADER, "-u"},
    {offsetof(struct request_options, bearer), TEMPLATE_HEADER,
        "--oauth2-bearer"},
    {offsetof(struct request_options, cookie), TEMPLATE_HEADER, "-b"},
    {offsetof(struct request_options, user_agent), TEMPLATE_HEADER, "-A"},
    {offsetof(struct request_options, referer), TEMPLATE_HEADER, "-e"},
    {offsetof(struct request_options, range), TEMPLATE_HEADER, "-r"},
};

static int
visit_text(struct visitor *v, const struct slot *slot)
{
	const char *text = *slot->text;

	return text && template_in(text) ? v->visit(v, slot) : 0;
}

static int
visit_headers(struct visitor *v, struct strlist *headers)
{
	for (size_t i = 0; i < headers->len; i++) {
		struct slot slot = {
		    .text = &headers->items[i],
		    .place = TEMPLATE_HEADER,
		    .option = "-H",
		};

		if (visit_text(v, &slot))
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
	    .option = o->body_kind == BODY_JSON ? "--json" : "-d",
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
		struct slot slot = {
		    .text = part,
		    .place = header ? TEMPLATE_HEADER : TEMPLATE_RAW,
		    .option = "-F",
		};

		if (visit_text(v, &slot))
			return -1;
	}
	return 0;
}

static int
visit_all(struct visitor *v, struct request_options *o)
{
	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++) {
		char *at = (char *)o + strings[i].offset;
		struct slot slot = {
		    .text = (char **)(void *)at,
		    .place = strings[i].place,
		    .option = strings[i].option,
		};

		if (visit_text(v, &slot))
			return -1;
	}
	return visit_headers(v, &o->headers) || visit_form(v, o) ||
	               visit_body(v, o)
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
	v->walk->option = slot->option;
	template_each_name(t, v->walk->on_name, v->walk->arg);
	template_free(t);
	return 0;
}

int
expand_each_name(
    const struct request_options *o, struct expand_walk *walk, char **cause)
{
	struct visitor v = {.visit = name_slot, .walk = walk, .cause = cause};
	struct request_options copy;
	int rc;

	/* The walk is one for both visitors, and wants to write. */
	request_options_copy(&copy, o);
	rc = visit_all(&v, &copy);
	request_options_release(&copy);
	return rc;
}

bool
expand_is_body(const char *option)
{
	return strcmp(option, "-d") == 0 || strcmp(option, "--json") == 0 ||
	       strcmp(option, "-F") == 0;
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
