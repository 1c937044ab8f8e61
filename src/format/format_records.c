/* The formats that are made of the fields of a record (fields.h): ndjson writes
 * them as one JSON object a line, csv and tsv as the cells of a table. */
#include "config.h"

#include <string.h>

#include "format/encoder.h"
#include "json/write.h"
#include "text/ascii.h"

/* --- ndjson --------------------------------------------------------------- */

/* Encode a record as an object. A field that does not apply is left out. */
static void
ndjson_value(const struct encoder *e, const struct record *r, struct buf *out)
{
	size_t start = out->len;

	for (size_t i = 0; i < e->fields.len; i++) {
		const struct field *f = &e->fields.items[i];
		size_t before = out->len;

		buf_add(out, f->key, f->key_len);
		if (!field_add_value(r, f, out))
			buf_truncate(out, before);
	}
	if (out->len == start)
		buf_addc(out, '{');
	else
		out->data[start] = '{'; /* for the comma of the first key */
	buf_addc(out, '}');
}

static void
ndjson_line(
    const struct encoder *e, const struct record *r, struct encoded *out)
{
	ndjson_value(e, r, &out->out);
	buf_addc(&out->out, '\n');
}

const struct format format_ndjson = {
    .encode = ndjson_line,
    .encode_value = ndjson_value,
};

/* --- csv and tsv ---------------------------------------------------------- */

/* How csv and tsv write the cells of a line. */
struct table_style {
	char delimiter;
	void (*add_text)(struct buf *out, const char *json, size_t len);
	bool quotes; /* as in RFC 4180; else add_text leaves nothing to quote */
};

/* Append a value as text, line breaks and all. A string with an unpaired
 * surrogate has no text but its JSON; one with a NUL none that readers of
 * tables would take. */
static void
add_any_text(struct buf *out, const char *json, size_t len)
{
	size_t before = out->len;

	if (*json == '"' && json_add_unescaped(out, json, len) &&
	    !memchr(out->data + before, '\0', out->len - before))
		return;
	buf_truncate(out, before);
	json_add_compact(out, json, len);
}

static const struct table_style csv = {',', add_any_text, true};
static const struct table_style tsv = {'\t', json_add_field, false};

static const char *
skip_digits(const char *s)
{
	return s + strspn(s, "0123456789");
}

/* Is all of `s` a decimal number? */
static bool
is_number(const char *s)
{
	s += *s == '-' || *s == '+';
	if (!ascii_is_digit(*s))
		return false;
	s = skip_digits(s);
	s = *s == '.' ? skip_digits(s + 1) : s;
	if (ascii_lower(*s) != 'e')
		return *s == '\0';
	s++;
	s += *s == '-' || *s == '+';
	return ascii_is_digit(*s) && *skip_digits(s) == '\0';
}

/* Would a spreadsheet run the text (OWASP, "CSV injection")? Such a cell gets
 * an apostrophe in front. Numbers, in strings or not, stay as they are. */
static bool
is_formula(const struct buf *text)
{
	return text->len && text->data[0] &&
	       strchr("=+-@\t\r\n", text->data[0]) && !is_number(text->data);
}

/* Append the text in quotes, the quotes in it doubled (RFC 4180, 2). */
static void
add_quoted(struct buf *out, const struct buf *text)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < text->len; i++) {
		if (text->data[i] == '"')
			buf_addc(out, '"');
		buf_addc(out, text->data[i]);
	}
	buf_addc(out, '"');
}

/* Does a cell need quotes in CSV? (RFC 4180, 2) */
static bool
needs_quotes(const struct buf *text)
{
	return memchr(text->data, '"', text->len) ||
	       memchr(text->data, ',', text->len) ||
	       memchr(text->data, '\n', text->len) ||
	       memchr(text->data, '\r', text->len);
}

/* Append the text of the value `json`; null is an empty cell. */
static void
add_cell(
    const struct table_style *style, const struct buf *json, struct buf *out)
{
	struct buf raw, text;

	if (json->len == 0 || strcmp(json->data, "null") == 0)
		return;
	buf_init(&raw);
	buf_init(&text);
	style->add_text(&raw, json->data, json->len);
	if (is_formula(&raw))
		buf_addc(&text, '\'');
	buf_add(&text, raw.data, raw.len);
	if (style->quotes && needs_quotes(&text))
		add_quoted(out, &text);
	else
		buf_add(out, text.data, text.len);
	buf_release(&raw);
	buf_release(&text);
}

/* Append the names of the columns. */
static void
add_head(
    const struct table_style *style, const struct encoder *e, struct buf *out)
{
	struct buf json;

	buf_init(&json);
	for (size_t i = 0; i < e->fields.len; i++) {
		const struct field *f = &e->fields.items[i];

		if (i)
			buf_addc(out, style->delimiter);
		buf_clear(&json);
		/* Without the comma and the colon. */
		buf_add(&json, f->key + 1, f->key_len - 2);
		add_cell(style, &json, out);
	}
	buf_addc(out, '\n');
	buf_release(&json);
}

/* Make a line of one empty cell visible: readers of CSV skip empty lines. */
static void
mark_empty(const struct table_style *style, size_t before, struct buf *out)
{
	if (style->quotes && out->len == before)
		buf_adds(out, "\"\"");
}

/* Append the cells of a record. */
static void
add_line(const struct table_style *style, const struct encoder *e,
    const struct record *r, struct buf *out)
{
	size_t before = out->len;
	struct buf json;

	buf_init(&json);
	for (size_t i = 0; i < e->fields.len; i++) {
		const struct field *f = &e->fields.items[i];

		if (i)
			buf_addc(out, style->delimiter);
		buf_clear(&json);
		field_add_value(r, f, &json);
		add_cell(style, &json, out);
	}
	mark_empty(style, before, out);
	buf_addc(out, '\n');
	buf_release(&json);
}

static void
csv_head(const struct encoder *e, struct buf *out)
{
	add_head(&csv, e, out);
}

static void
csv_line(const struct encoder *e, const struct record *r, struct encoded *out)
{
	add_line(&csv, e, r, &out->out);
}

static void
tsv_head(const struct encoder *e, struct buf *out)
{
	add_head(&tsv, e, out);
}

static void
tsv_line(const struct encoder *e, const struct record *r, struct encoded *out)
{
	add_line(&tsv, e, r, &out->out);
}

const struct format format_csv = {
    .encode_head = csv_head,
    .encode = csv_line,
};

const struct format format_tsv = {
    .encode_head = tsv_head,
    .encode = tsv_line,
};
