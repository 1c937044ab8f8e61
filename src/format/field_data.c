/* What -j, --xpath and --items found, and headers, as fields of a record. */
#include "config.h"

#include "format/field_rows.h"

#include <string.h>

#include "request/headers.h"
#include "json/write.h"

static bool
add_null(struct buf *out)
{
	buf_adds(out, "null");
	return true;
}

/* Of an item, it may be missing. */
static void
add_match(const struct json_span *span, struct buf *out)
{
	if (span->start)
		json_add_compact(out, span->start, span->len);
	else
		add_null(out);
}

/* One column's value; false where its path found nothing. */
static bool
add_column(const struct record *r, size_t at, struct buf *out)
{
	const struct column *c = &r->columns->items[at];

	if (c->singular && c->matches.spans.len == 0)
		return false;
	if (!c->singular)
		buf_addc(out, '[');
	for (size_t i = 0; i < c->matches.spans.len; i++) {
		if (i)
			buf_addc(out, ',');
		add_match(&c->matches.spans.items[i], out);
	}
	if (!c->singular)
		buf_addc(out, ']');
	return true;
}

bool
field_add_column(const struct record *r, const struct field *f, struct buf *out)
{
	return r->columns && result_ok(r->result) && add_column(r, f->at, out);
}

static void
add_member(const struct record *r, size_t at, struct buf *out)
{
	size_t before = out->len;
	const char *name = r->columns->items[at].name;

	if (out->data[before - 1] != '{')
		buf_addc(out, ',');
	json_add_string(out, name, strlen(name));
	buf_addc(out, ':');
	if (!add_column(r, at, out))
		buf_truncate(out, before);
}

/* An item as an object of what -j found in it. */
static void
add_item(const struct columns *columns, size_t row, struct buf *out)
{
	char before = '{';

	for (size_t i = 0; i < columns->len; i++) {
		const struct column *c = &columns->items[i];

		if (!c->matches.spans.items[row].start)
			continue;
		buf_addc(out, before);
		json_add_string(out, c->name, strlen(c->name));
		buf_addc(out, ':');
		add_match(&c->matches.spans.items[row], out);
		before = ',';
	}
	buf_adds(out, before == '{' ? "{}" : "}");
}

static void
add_items(const struct columns *columns, struct buf *out)
{
	size_t rows = columns->items[0].matches.spans.len;

	buf_addc(out, '[');
	for (size_t row = 0; row < rows; row++) {
		if (row)
			buf_addc(out, ',');
		add_item(columns, row, out);
	}
	buf_addc(out, ']');
}

bool
field_add_items(const struct record *r, const struct field *f, struct buf *out)
{
	(void)f;
	if (!r->columns || !result_ok(r->result))
		return false;
	add_items(r->columns, out);
	return true;
}

bool
field_add_data(const struct record *r, const struct field *f, struct buf *out)
{
	(void)f;
	if (!r->columns || r->columns->len == 0)
		return false;
	if (!result_ok(r->result))
		return add_null(out);
	if (r->columns->of_items) {
		buf_adds(out, "{\"items\":");
		add_items(r->columns, out);
		buf_addc(out, '}');
		return true;
	}
	buf_addc(out, '{');
	for (size_t i = 0; i < r->columns->len; i++)
		add_member(r, i, out);
	buf_addc(out, '}');
	return true;
}

/* RFC 9110, 5.3: lines of one name are one list. False: there is none. */
static bool
add_header_list(const char *block, const char *name, struct buf *list)
{
	struct header h;
	bool found = false;

	while (headers_find_next(&block, name, &h)) {
		if (list->len)
			buf_adds(list, ", ");
		buf_add(list, h.value, h.value_len);
		found = true;
	}
	return found;
}

bool
field_add_header(const struct record *r, const struct field *f, struct buf *out)
{
	struct buf list;

	if (!r->result->headers)
		return add_null(out);
	buf_init(&list);
	if (add_header_list(r->result->headers, f->name, &list))
		json_add_string(out, list.data, list.len);
	else
		add_null(out);
	buf_release(&list);
	return true;
}
