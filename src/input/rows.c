/*
 * Opening comes first: the format is that of the file's name, else what the
 * first line looks like, and then the header. Rows are parsed one by one after
 * that.
 */
#include "config.h"

#include "input/rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/xalloc.h"
#include "input/csv.h"
#include "input/lines.h"
#include "json/path.h"
#include "text/ascii.h"

struct rows {
	struct reader *reader;
	enum rows_format format;
	char separator;
	struct row_names *names; /* NULL with NDJSON */
	struct json_doc *doc;    /* with NDJSON, to check a row; or NULL */
	struct line held;        /* the first line, read to learn the format */
	bool holds;              /* `held` is to be handed out as a row */
};

static const struct {
	const char *end;
	enum rows_format format;
} extensions[] = {
    {".csv", ROWS_CSV},
    {".tsv", ROWS_TSV},
    {".tab", ROWS_TSV},
    {".ndjson", ROWS_NDJSON},
    {".jsonl", ROWS_NDJSON},
    {".json", ROWS_NDJSON},
};

/* ROWS_AUTO: the name does not tell. */
static enum rows_format
format_of_name(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(extensions) / sizeof(*extensions); i++) {
		size_t end = strlen(extensions[i].end);

		if (len > end &&
		    strcasecmp(name + len - end, extensions[i].end) == 0)
			return extensions[i].format;
	}
	return ROWS_AUTO;
}

static enum rows_format
format_of_line(const struct line *line)
{
	const char *s = line->text;

	while (ascii_is_blank(*s))
		s++;
	if (*s == '{')
		return ROWS_NDJSON;
	return memchr(line->text, '\t', line->len) ? ROWS_TSV : ROWS_CSV;
}

/* Read the first line that is not empty, and set the format. A header may hold
 * line ends in quotes, so the file is framed as CSV until the format is known;
 * JSON never holds one within a string. */
static enum reader_status
read_first(struct rows *r)
{
	enum reader_status status;

	reader_set_framing(r->reader,
	    r->format == ROWS_NDJSON ? FRAMING_LINES : FRAMING_CSV,
	    r->format == ROWS_TSV ? '\t' : ',');
	do
		status = reader_next_blocking(r->reader, &r->held);
	while (status == READER_LINE && !r->held.bad && !r->held.len);
	if (r->format == ROWS_AUTO && status == READER_LINE)
		r->format = format_of_line(&r->held);
	r->separator = r->format == ROWS_TSV ? '\t' : ',';
	reader_set_framing(r->reader,
	    r->format == ROWS_NDJSON ? FRAMING_LINES : FRAMING_CSV,
	    r->separator);
	r->holds = status == READER_LINE;
	return status;
}

/* The header on the line r->held is wrong. */
static int
refuse(const struct rows *r, const char *why, char **cause)
{
	*cause = xasprintf(
	    "%s:%" PRIu64 ": %s", reader_name(r->reader), r->held.number, why);
	return -1;
}

static int
check_names(const struct rows *r, char **cause)
{
	const struct strlist *names = &r->names->names;

	for (size_t i = 0; i < names->len; i++) {
		if (!*names->items[i])
			return refuse(
			    r, "a column of the header has no name", cause);
	}
	if (row_names_repeat(r->names))
		return refuse(
		    r, "two columns of the header have the same name", cause);
	return 0;
}

static int
read_header(struct rows *r, char **cause)
{
	const char *why = r->held.bad;

	r->holds = false;
	r->names = row_names_new();
	if (!why)
		why = list_text_problem(r->held.text, r->held.len);
	if (why || csv_split(r->held.text, r->held.len, r->separator,
	               &r->names->names, &why))
		return refuse(r, why, cause);
	return check_names(r, cause);
}

struct rows *
rows_open(struct reader *reader, enum rows_format format, char **cause)
{
	struct rows *r = xcalloc(1, sizeof(*r));
	int rc = 0;

	r->reader = reader;
	r->format = format;
	if (format == ROWS_AUTO)
		r->format = format_of_name(reader_name(reader));
	if (read_first(r) == READER_LINE && r->format != ROWS_NDJSON)
		rc = read_header(r, cause);
	if (rc == 0)
		return r;
	rows_free(r);
	return NULL;
}

void
rows_free(struct rows *r)
{
	if (!r)
		return;
	reader_free(r->reader);
	row_names_unref(r->names);
	json_doc_free(r->doc);
	free(r);
}

const struct strlist *
rows_columns(const struct rows *r)
{
	return r->names ? &r->names->names : NULL;
}

enum reader_status
rows_next(struct rows *r, struct line *out)
{
	enum reader_status status;

	if (r->holds) {
		r->holds = false;
		*out = r->held;
		return READER_LINE;
	}
	status = reader_next(r->reader, out);
	/* An empty line is a row only if rows have one column, whose cell may
	 * be empty. */
	if (status == READER_LINE && !out->len && !out->bad &&
	    !(r->names && r->names->names.len == 1))
		return READER_BUSY;
	return status;
}

static struct row *
parse_json(struct rows *r, const struct line *line, char **cause)
{
	struct json_error error;

	if (!r->doc)
		r->doc = json_doc_new();
	if (json_doc_scan(r->doc, line->text, line->len, &error)) {
		*cause = xasprintf("invalid JSON in column %zu: %s",
		    error.column, error.message);
		return NULL;
	}
	if (line->text[strspn(line->text, " \t")] != '{') {
		*cause = xstrdup("the row is not a JSON object");
		return NULL;
	}
	return row_new_json(line->text, line->len);
}

static struct row *
parse_csv(struct rows *r, const struct line *line, char **cause)
{
	size_t wanted = r->names->names.len;
	struct strlist fields = {0};
	struct row *row = NULL;
	const char *why;

	if (csv_split(line->text, line->len, r->separator, &fields, &why))
		*cause = xstrdup(why);
	else if (fields.len != wanted)
		*cause = xasprintf("the row has %zu field%s, the header %zu",
		    fields.len, fields.len == 1 ? "" : "s", wanted);
	else
		row = row_new(r->names, &fields);
	strlist_release(&fields);
	return row;
}

struct row *
rows_parse(struct rows *r, const struct line *line, char **cause)
{
	const char *why = line->bad;

	if (!why)
		why = list_text_problem(line->text, line->len);
	if (why) {
		*cause = xstrdup(why);
		return NULL;
	}
	return r->names ? parse_csv(r, line, cause)
	                : parse_json(r, line, cause);
}
