/* Choosing a format, checking that the options fit it, and encoding by it. */
#include "config.h"

#include "format/format.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "format/encoder.h"
#include "format/page_records.h"
#include "request/headers.h"

static const struct format *const formats[FORMAT_COUNT] = {
#define X(symbol, name, help) [FORMAT_##symbol] = &format_##name,
    FORMATS(X)
#undef X
};

static const char *const names[FORMAT_COUNT] = {
#define X(symbol, name, help) [FORMAT_##symbol] = #name,
    FORMATS(X)
#undef X
};

const char *
format_name(enum format_id id)
{
	return names[id];
}

enum format_id
format_default(const struct output_options *options)
{
	if (options->format != FORMAT_AUTO)
		return options->format;
	if (options->sqlite || output_options_har_on_stdout(options) ||
	    (options->save && !output_options_extract(options)))
		return FORMAT_NONE;
	return FORMAT_BODY;
}

/* --- heads of answers ----------------------------------------------------- */

/* A head that was cut off ends without an empty line; it gets one. */
void
format_add_heads(struct buf *out, const struct result *r)
{
	const char *heads = r->heads ? r->heads : r->headers;
	size_t end = heads ? headers_complete_len(heads) : 0;

	if (!heads)
		return;
	buf_add(out, heads, end ? end : strlen(heads));
	if (!end)
		buf_adds(out, "\r\n");
}

bool
format_shows_heads(const struct output_options *o, const struct request *r)
{
	return o->include_headers || r->options->include_headers ||
	       r->options->head;
}

/* --- contradictions ------------------------------------------------------- */

/* Does the format have no records, so that --fields means nothing to it? */
static bool
is_text_format(enum format_id id)
{
	return id == FORMAT_BODY || id == FORMAT_NONE;
}

/* Check that --collect gets JSON values, and only those. */
static int
check_collect(const struct encoder *e, char **cause)
{
	if (!e->options->collect)
		return 0;
	if (e->options->writeout) {
		*cause = xstrdup(
		    "--collect writes one JSON array and cannot be combined "
		    "with -w");
		return -1;
	}
	if (!e->format->encode_value && e->options->format == FORMAT_AUTO) {
		*cause = xasprintf(
		    "--collect writes one JSON array to stdout, and %s leaves "
		    "nothing for it: add --format body or ndjson",
		    e->options->sqlite ? "--sqlite" : "-o");
		return -1;
	}
	if (!e->format->encode_value) {
		*cause = xasprintf(
		    "--collect writes one JSON array, which --format %s "
		    "cannot: use --format body or ndjson",
		    format_name(e->id));
		return -1;
	}
	return 0;
}

/* Check that options about records have some, and that -w has none beside
 * it. */
static int
check_records(const struct encoder *e, char **cause)
{
	const struct output_options *o = e->options;
	bool sinks = sinks_wanted(o); /* bodies and headers are for them, too */
	const char *option = o->fields.len               ? "--fields"
	                     : o->with_body && !sinks    ? "--with-body"
	                     : o->with_headers && !sinks ? "--with-headers"
	                                                 : NULL;

	if (!is_text_format(e->id) && o->writeout) {
		*cause = xasprintf(
		    "-w cannot be combined with --format %s: use --fields to "
		    "choose what its records hold",
		    format_name(e->id));
		return -1;
	}
	if (is_text_format(e->id) && option) {
		*cause = xasprintf(
		    "%s applies to records, and --format %s writes none: add "
		    "--format ndjson",
		    option, format_name(e->id));
		return -1;
	}
	return 0;
}

/* Check that lines can be made: with two columns of several matches it would be
 * open which of them belong together. */
static int
check_plural(const struct encoder *e, char **cause)
{
	if (e->id != FORMAT_BODY || !e->extractor ||
	    extractor_plural(e->extractor) < 2)
		return 0;
	*cause = xasprintf(
	    "only one %s may match more than once where the output is lines: "
	    "use --format ndjson, or a single such %s",
	    extractor_option(e->extractor), extractor_option(e->extractor));
	return -1;
}

/* The array of --collect, or nothing. Its values stand on lines of their own,
 * so that the output can be followed with line tools. */
static struct framing
plain_framing(const struct output_options *options)
{
	static const struct framing array = {"[", ",\n", "]\n"};
	static const struct framing none = {"", "", ""};

	return options->collect ? array : none;
}

/* Check the options, and compile what they say. -1 with *cause set. */
static int
prepare_encoder(
    struct encoder *e, const struct field_scope *scope, char **cause)
{
	const struct output_options *o = e->options;

	if (check_collect(e, cause) < 0 || check_records(e, cause) < 0 ||
	    check_plural(e, cause) < 0)
		return -1;
	if (!is_text_format(e->id) &&
	    fields_choose(&e->fields, o, scope, cause) < 0)
		return -1;
	if (o->writeout) {
		e->writeout = writeout_new(o->writeout, e->extractor, cause);
		return e->writeout ? 0 : -1;
	}
	return 0;
}

/* Make the line above all records, from the fields as they are now. */
static void
make_head(struct encoder *e)
{
	struct buf head;

	if (!e->format->encode_head)
		return;
	buf_init(&head);
	e->format->encode_head(e, &head);
	free(e->head);
	e->head = buf_take(&head);
	e->framing.head = e->head;
}

void
encoder_set_columns(struct encoder *e, const struct row *row)
{
	if (!e->format->encode_head || e->options->fields.len)
		return;
	fields_choose_cells(&e->fields, row, e->extractor);
	make_head(e);
}

struct encoder *
encoder_new(const struct output_options *options,
    const struct extractor *extractor, const struct names *inputs, char **cause)
{
	const struct field_scope scope = {extractor, inputs};
	struct encoder *e = xcalloc(1, sizeof(*e));

	e->options = options;
	e->extractor = extractor;
	e->id = format_default(options);
	e->format = formats[e->id];
	e->framing = plain_framing(options);
	if (prepare_encoder(e, &scope, cause) < 0) {
		encoder_free(e);
		return NULL;
	}
	make_head(e);
	encoder_set_columns(e, NULL);
	return e;
}

void
encoder_free(struct encoder *e)
{
	if (!e)
		return;
	fields_release(&e->fields);
	writeout_free(e->writeout);
	free(e->head);
	free(e);
}

struct framing
encoder_framing(const struct encoder *e)
{
	return e->framing;
}

bool
encoder_dumps_headers(const struct encoder *e)
{
	const char *file = e->options->dump_header;

	return file && strcmp(file, "-") == 0;
}

/* Append the value of --collect. One that is empty, since the path of many
 * matches has none in an item, gets no separator. */
static void
collect(const struct encoder *e, const struct record *record, struct buf *out)
{
	size_t before = out->len, start;

	if (before)
		buf_adds(out, e->framing.separator);
	start = out->len;
	e->format->encode_value(e, record, out);
	if (out->len == start)
		buf_truncate(out, before);
}

static void
encode_one(
    const struct encoder *e, const struct record *record, struct encoded *out)
{
	if (e->options->collect)
		collect(e, record, &out->out);
	else
		e->format->encode(e, record, out);
	if (e->writeout)
		writeout_add(e->writeout, record, out);
}

/* A page without items that comes after others is their end: a row of a table
 * for it would be none of the items. */
static bool
is_end_of_pages(const struct record *page)
{
	const struct columns *columns = page->columns;

	return page->request->page > 1 && columns && columns->of_items &&
	       !columns->count && result_ok(page->result);
}

void
encoder_encode(
    const struct encoder *e, const struct record *page, struct encoded *out)
{
	const struct record *record;
	struct page_records records;

	if (is_end_of_pages(page))
		return;
	page_records_open(&records, page);
	while ((record = page_records_next(&records)))
		encode_one(e, record, out);
	page_records_release(&records);
}

/* The body and the headers are only in the first record of a page, therefore
 * the second one is measured. */
uint64_t
encoder_item_bytes(const struct encoder *e, const struct record *page)
{
	struct record second = *page;
	struct encoded encoded;
	uint64_t size;

	second.item = 2;
	encoded_init(&encoded);
	encode_one(e, &second, &encoded);
	size = encoded.out.len + encoded.after.len;
	for (size_t i = 0; i < encoded.asides_len; i++)
		size += encoded.asides[i].bytes.len;
	encoded_release(&encoded);
	return size;
}
