#include "config.h"

#include "har/member.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/xalloc.h"
#include "json/string.h"
#include "text/ascii.h"

/* Is the value of that type? */
static bool
is_of_type(const struct json_doc *doc, uint32_t node, char type)
{
	char first = json_first(doc, node);

	return type == '0' ? first == '-' || ascii_is_digit(first)
	                   : first == type;
}

/* None of our names needs an escape, so a name with one is not one of them. */
static bool
is_named(const struct json_doc *doc, uint32_t node, const char *name)
{
	struct json_span span = json_span_at(doc, node);
	size_t len = strlen(name);

	return span.len == len + 2 && memcmp(span.start + 1, name, len) == 0;
}

uint32_t
har_member(
    const struct json_doc *doc, uint32_t object, const char *name, char type)
{
	uint32_t found = HAR_NONE;

	if (json_first(doc, object) != '{')
		return HAR_NONE;
	for (uint32_t at = json_inside(object); at < json_close(doc, object);
	     at = json_after(doc, at + 1))
		if (is_named(doc, at, name) && is_of_type(doc, at + 1, type))
			found = at + 1;
	return found;
}

/* Replace halves of surrogate pairs, of three bytes each (json/string.h), by
 * U+FFFD, which has as many. */
static void
replace_halves(char *text, size_t len)
{
	for (size_t i = 0; i + 2 < len; i++) {
		if ((unsigned char)text[i] == 0xed &&
		    (unsigned char)text[i + 1] >= 0xa0)
			memcpy(text + i, "\xef\xbf\xbd", 3);
	}
}

void
har_add_text(struct buf *out, const struct json_doc *doc, uint32_t node)
{
	struct json_span span;
	size_t before = out->len;

	if (node == HAR_NONE)
		return;
	span = json_span_at(doc, node);
	if (!json_string_decode(out, span.start, span.len))
		replace_halves(out->data + before, out->len - before);
}

char *
har_member_text(const struct json_doc *doc, uint32_t object, const char *name)
{
	uint32_t node = har_member(doc, object, name, '"');
	struct buf text = {0};

	if (node == HAR_NONE)
		return NULL;
	har_add_text(&text, doc, node);
	if (text.len && memchr(text.data, '\0', text.len)) {
		buf_release(&text);
		return NULL;
	}
	return buf_take(&text);
}

double
har_member_number(
    const struct json_doc *doc, uint32_t object, const char *name, double max)
{
	uint32_t node = har_member(doc, object, name, '0');
	double number = -1;

	if (node != HAR_NONE)
		number = strtod(json_span_at(doc, node).start, NULL);
	if (!(number >= 0))
		return -1;
	return number < max ? number : max;
}

/* --- fields --------------------------------------------------------------- */

static void
add_field(struct har_fields *f, const struct json_doc *doc, uint32_t object)
{
	struct har_field field = {.name = har_member_text(doc, object, "name")};

	if (!field.name)
		return;
	field.value = har_member_text(doc, object, "value");
	if (!field.value)
		field.value = xstrdup("");
	f->items = xgrow(f->items, f->len, sizeof(*f->items));
	f->items[f->len++] = field;
}

void
har_fields_read(
    struct har_fields *f, const struct json_doc *doc, uint32_t array)
{
	if (array == HAR_NONE)
		return;
	for (uint32_t at = json_inside(array);
	     at < json_close(doc, array) && f->len < HAR_FIELDS_MAX;
	     at = json_after(doc, at))
		add_field(f, doc, at);
}

void
har_fields_release(struct har_fields *f)
{
	for (size_t i = 0; i < f->len; i++) {
		free(f->items[i].name);
		free(f->items[i].value);
	}
	free(f->items);
	*f = (struct har_fields){0};
}

const char *
har_fields_find(const struct har_fields *f, const char *name)
{
	for (size_t i = 0; i < f->len; i++)
		if (strcasecmp(f->items[i].name, name) == 0)
			return f->items[i].value;
	return NULL;
}
