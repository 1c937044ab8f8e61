/* --format body: bodies as they are, or the values in them as lines of text, or
 * with --collect as JSON; and --format none, which has neither. */
#include "config.h"

#include <string.h>

#include "format/encoder.h"
#include "json/path.h"
#include "json/write.h"
#include "text/ascii.h"
#include "text/utf8.h"

/* --- bodies as they are --------------------------------------------------- */

/* Does the content type name JSON in one of its forms? */
static bool
is_json_type(const char *type)
{
	return type && (strstr(type, "/json") || strstr(type, "+json"));
}

static bool
starts_like_json(const char *bytes, size_t len)
{
	size_t i = 0;

	while (i < len && strchr(" \t\r\n", bytes[i]) && bytes[i])
		i++;
	return i < len && (bytes[i] == '{' || bytes[i] == '[');
}

/* Does a JSON body need a newline behind it? Without one the bodies of several
 * requests would run into each other. */
static bool
lacks_newline(const struct record *r, const char *bytes, size_t len)
{
	return r->several && len && bytes[len - 1] != '\n' &&
	       (is_json_type(r->result->content_type) ||
	           starts_like_json(bytes, len));
}

/* Append the body. One that was spilled to a file goes as that file, so that it
 * is never read into memory. */
static void
add_bytes(const struct record *r, struct encoded *out)
{
	struct body *body = &r->result->body;
	bool spilled = body->fd >= 0;
	size_t len;
	const char *bytes = body_bytes(body, &len);

	if (spilled) {
		out->fd = body->fd;
		out->size = body->size;
	} else {
		buf_add(&out->out, bytes, len);
	}
	if (bytes && lacks_newline(r, bytes, len))
		buf_addc(spilled ? &out->after : &out->out, '\n');
}

/* Append the last bytes of a body that was printed as it came, unless it broke
 * off. */
static void
add_end(const struct record *r, struct encoded *out)
{
	const struct buf *end = &r->result->body.mem;

	if (!result_ok(r->result))
		return;
	buf_add(&out->out, end->data, end->len);
	if (lacks_newline(r, end->data, end->len))
		buf_addc(&out->out, '\n');
}

/* Encode a body, with heads in front of it where they are asked for. The body
 * of a failure is shown with --fail-with-body only. */
static void
encode_whole(
    const struct encoder *e, const struct record *r, struct encoded *out)
{
	bool shown = result_ok(r->result) || e->options->fail_with_body;

	if (r->begun) {
		add_end(r, out);
		return;
	}
	if (encoder_dumps_headers(e) ||
	    (shown && format_shows_heads(e->options, r->request)))
		format_add_heads(&out->out, r->result);
	if (!shown)
		return;
	if (r->result->body.size)
		add_bytes(r, out);
}

/* --- lines of values ------------------------------------------------------ */

/* Append value `i` of a list to a line: as text, or with --quoted as JSON. */
static void
add_cell(const struct encoder *e, const struct json_spans *spans, size_t i,
    struct buf *out)
{
	const struct json_span *span = &spans->items[i];

	if (e->options->quoted || span->len == 0 || *span->start != '"')
		json_add_value(out, spans, i);
	else
		json_add_field(out, span->start, span->len);
}

/* Has the column a match `i`? */
static bool
has_match(const struct column *column, size_t i)
{
	return i < column->matches.spans.len;
}

/* Append the line of match `i`; columns with one match have it in every
 * line. */
static void
add_line(
    const struct encoder *e, const struct record *r, size_t i, struct buf *out)
{
	for (size_t c = 0; c < r->columns->len; c++) {
		const struct column *column = &r->columns->items[c];
		size_t match = column->singular ? 0 : i;

		if (c)
			buf_addc(out, '\t');
		if (has_match(column, match))
			add_cell(e, &column->matches.spans, match, out);
	}
	buf_addc(out, '\n');
}

/* How many lines there are: as many as the column with many matches has, or one
 * if there is no such column. A page without items has none. */
static size_t
count_lines(const struct record *r)
{
	const struct columns *columns = r->columns;

	if (columns->of_items && !r->item)
		return 0;
	for (size_t c = 0; c < columns->len; c++)
		if (!columns->items[c].singular)
			return columns->items[c].matches.spans.len;
	return 1;
}

static void
encode(const struct encoder *e, const struct record *r, struct encoded *out)
{
	size_t lines;

	if (!r->columns || r->columns->len == 0) {
		encode_whole(e, r, out);
		return;
	}
	lines = count_lines(r);
	for (size_t i = 0; i < lines; i++)
		add_line(e, r, i, &out->out);
}

/* --- --collect ------------------------------------------------------------ */

/* Append match `i` of a column as JSON; null if there is none. */
static void
add_match(const struct column *column, size_t i, struct buf *out)
{
	if (has_match(column, i))
		json_add_value(out, &column->matches.spans, i);
	else
		buf_adds(out, "null");
}

/* Append line `i` as a JSON value: the match, or with several paths an object
 * of them. */
static void
add_line_value(const struct columns *columns, size_t i, struct buf *out)
{
	if (columns->len > 1)
		buf_addc(out, '{');
	for (size_t c = 0; c < columns->len; c++) {
		const struct column *column = &columns->items[c];

		if (columns->len > 1)
			json_open_member(out, column->name);
		add_match(column, column->singular ? 0 : i, out);
	}
	if (columns->len > 1)
		buf_addc(out, '}');
}

/* Append a body that is known to be JSON, on one line; null if it is empty. */
static void
add_json_body(struct result *r, struct buf *out)
{
	size_t len;
	const char *bytes = body_bytes(&r->body, &len);

	if (bytes)
		bytes = utf8_skip_mark(bytes, &len);
	if (bytes && len)
		json_add_compact(out, bytes, len);
	else
		buf_adds(out, "null");
}

static void
encode_value(const struct encoder *e, const struct record *r, struct buf *out)
{
	size_t lines;

	if (!result_ok(r->result)) {
		buf_adds(out, "null");
		return;
	}
	if (!r->columns || r->columns->len == 0) {
		add_json_body(r->result, out);
		return;
	}
	lines = count_lines(r);
	for (size_t i = 0; i < lines; i++) {
		if (i)
			buf_adds(out, e->framing.separator);
		add_line_value(r->columns, i, out);
	}
}

const struct format format_body = {
    .encode = encode,
    .encode_value = encode_value,
};

/* --- --format none -------------------------------------------------------- */

/* Encode nothing but the heads of -D -, if any. */
static void
encode_none(
    const struct encoder *e, const struct record *r, struct encoded *out)
{
	if (encoder_dumps_headers(e) && r->item <= 1)
		format_add_heads(&out->out, r->result);
}

const struct format format_none = {
    .encode = encode_none,
};
