/* Two tables name the fields that are owned, so that releasing and copying
 * cannot forget one: a new field needs a row here. */
#include "config.h"

#include "request/options.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/xalloc.h"
#include "text/ascii.h"

/* The fields that are one owned string each. `body` is treated apart, since it
 * may hold NULs. */
static const size_t strings[] = {
    offsetof(struct request_options, method),
    offsetof(struct request_options, upload),
    offsetof(struct request_options, user),
    offsetof(struct request_options, aws_sigv4),
    offsetof(struct request_options, bearer),
    offsetof(struct request_options, bearer_file),
    offsetof(struct request_options, cookie),
    offsetof(struct request_options, user_agent),
    offsetof(struct request_options, referer),
    offsetof(struct request_options, range),
    offsetof(struct request_options, output),
};

static const size_t lists[] = {
    offsetof(struct request_options, headers),
    offsetof(struct request_options, form),
    offsetof(struct request_options, url_query),
};

#define STRINGS (sizeof(strings) / sizeof(*strings))
#define LISTS   (sizeof(lists) / sizeof(*lists))

static char **
string_at(struct request_options *o, size_t i)
{
	return (char **)(void *)((char *)o + strings[i]);
}

static struct strlist *
list_at(struct request_options *o, size_t i)
{
	return (struct strlist *)(void *)((char *)o + lists[i]);
}

void
request_options_init(struct request_options *o)
{
	*o = (struct request_options){0};
}

void
request_options_release(struct request_options *o)
{
	for (size_t i = 0; i < STRINGS; i++)
		free(*string_at(o, i));
	for (size_t i = 0; i < LISTS; i++)
		strlist_release(list_at(o, i));
	free(o->body);
	request_options_init(o);
}

void
request_options_copy(
    struct request_options *to, const struct request_options *from)
{
	*to = *from;
	for (size_t i = 0; i < STRINGS; i++)
		*string_at(to, i) = xstrdup_null(*string_at(to, i));
	for (size_t i = 0; i < LISTS; i++) {
		struct strlist borrowed = *list_at(to, i);

		strlist_init(list_at(to, i));
		strlist_copy(list_at(to, i), &borrowed);
	}
	if (from->body)
		to->body = xmemdup0(from->body, from->body_len);
}

void
variables_release(struct variables *v)
{
	strlist_release(&v->names);
	strlist_release(&v->values);
}

/* The place of the variable `name`; v->names.len: there is none. */
static size_t
variable_index(const struct variables *v, const char *name)
{
	size_t i = 0;

	while (i < v->names.len && strcmp(v->names.items[i], name) != 0)
		i++;
	return i;
}

void
variables_set(struct variables *v, const char *name, const char *value)
{
	size_t i = variable_index(v, name);

	if (i < v->names.len) {
		strlist_remove(&v->names, i);
		strlist_remove(&v->values, i);
	}
	strlist_add(&v->names, name);
	strlist_add(&v->values, value);
}

const char *
variables_get(const struct variables *v, const char *name)
{
	size_t i = v ? variable_index(v, name) : 0;

	return v && i < v->names.len ? v->values.items[i] : NULL;
}

void
request_options_drop_body(struct request_options *o)
{
	free(o->body);
	free(o->upload);
	strlist_release(&o->form);
	o->body = o->upload = NULL;
	o->body_len = 0;
	o->body_kind = BODY_NONE;
	o->names_upload = false;
	o->data_in_query = false;
}

/* Is `header` ("Name: value", "Name:", "Name;") one of `name`? */
static bool
text_is_for(const char *header, const char *name)
{
	size_t len = strlen(name);

	if (strncasecmp(header, name, len) != 0)
		return false;
	while (ascii_is_blank(header[len]))
		len++;
	return header[len] == ':' || header[len] == ';';
}

const char *
request_headers_find(const struct strlist *headers, const char *name)
{
	for (size_t i = headers->len; i-- > 0;) {
		if (text_is_for(headers->items[i], name))
			return headers->items[i];
	}
	return NULL;
}

void
request_headers_set(
    struct strlist *headers, const char *name, const char *value)
{
	for (size_t i = headers->len; i-- > 0;) {
		if (text_is_for(headers->items[i], name))
			strlist_remove(headers, i);
	}
	if (value && *value)
		strlist_add_owned(headers, xasprintf("%s: %s", name, value));
	else if (value)
		strlist_add_owned(headers, xasprintf("%s;", name));
}

static const char *const implied_methods[] = {
    [BODY_NONE] = "GET",
    [BODY_RAW] = "POST",
    [BODY_FORM] = "POST",
    [BODY_JSON] = "POST",
    [BODY_MULTIPART] = "POST",
    [BODY_FILE] = "PUT",
    [BODY_UPLOAD] = "PUT",
};

const char *
request_options_method(const struct request_options *o)
{
	if (o->method)
		return o->method;
	if (o->head)
		return "HEAD";
	if (o->data_in_query)
		return "GET";
	return implied_methods[o->body_kind];
}

/* Is the word a method, and not the beginning of a URL? */
static bool
looks_like_method(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (ascii_lower(text[i]) != text[i])
			continue;
		if (ascii_is_alpha(text[i]))
			return false;
	}
	return len && ascii_is_alpha(text[0]) && ascii_is_token(text, len);
}

size_t
request_method_prefix(const char *text, size_t len)
{
	size_t word = 0;

	if (len && ascii_is_alpha(*text) && ascii_lower(*text) == *text)
		return 0; /* a URL, most likely */
	while (word < len && !ascii_is_blank(text[word]))
		word++;
	return word < len && looks_like_method(text, word) ? word : 0;
}
