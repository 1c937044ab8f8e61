/*
 * A record is one JSON object, whose members are taken one by one. Those that
 * say how far a request had come decide what its repetition may take along
 * (request/lineage.h); without them, one that may have followed on an answer is
 * not trusted.
 */
#include "config.h"

#include "input/records.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "input/lines.h"
#include "json/scan.h"
#include "json/write.h"
#include "request/url.h"

struct records {
	struct reader *reader;
	struct json_doc *doc;
	struct record record;
	struct buf name;
	bool ok;        /* it is the record of a success */
	bool complete;  /* it has the member "ok" */
	bool has_trust; /* it has the member "foreign" */
	uint64_t last;  /* `n` of the failed record before; 0: none */
};

struct records *
records_open(struct reader *reader)
{
	struct records *r = xcalloc(1, sizeof(*r));

	r->reader = reader;
	r->doc = json_doc_new();
	return r;
}

static const size_t fields_of_text[] = {
    offsetof(struct record, input),
    offsetof(struct record, method),
    offsetof(struct record, url),
    offsetof(struct record, id),
    offsetof(struct record, row),
    offsetof(struct record, wire),
};

static const char *const names_of_text[] = {
    "input", "method", "url", "id", "row", "wire"};

static struct buf *
text_at(struct record *r, size_t i)
{
	return (struct buf *)(void *)((char *)r + fields_of_text[i]);
}

static void
clear(struct records *r)
{
	for (size_t i = 0; i < sizeof(names_of_text) / sizeof(char *); i++)
		buf_clear(text_at(&r->record, i));
	r->record.n = 0;
	r->record.trust = (struct trust){false, false};
	r->record.follows = false;
	r->ok = r->complete = r->has_trust = false;
}

void
records_free(struct records *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < sizeof(names_of_text) / sizeof(char *); i++)
		buf_release(text_at(&r->record, i));
	reader_free(r->reader);
	json_doc_free(r->doc);
	buf_release(&r->name);
	free(r);
}

/* Replace `to` by the value as text; null is an empty one. */
static void
set_text(struct buf *to, struct json_span value)
{
	buf_clear(to);
	if (*value.start != 'n')
		json_add_text(to, value.start, value.len);
}

/* Take a member that says what the request followed on. A page above 1, or a
 * parent, says so, too, in records without the others. */
static void
set_origin(struct records *r, const char *name, struct json_span value)
{
	struct record *record = &r->record;
	bool is_true = *value.start == 't';

	if (strcmp(name, "foreign") == 0) {
		record->trust.foreign = is_true;
		record->follows = r->has_trust = true;
	} else if (strcmp(name, "from_public") == 0) {
		record->trust.from_public = is_true;
		record->follows = true;
	} else if (strcmp(name, "parent") == 0) {
		record->follows |= *value.start == '{';
	} else if (strcmp(name, "page") == 0) {
		record->follows |= strtoull(value.start, NULL, 10) > 1;
	}
}

/* The origin of a URL in a record; NULL: it is not a URL. The caller gives it
 * back with origin_unref. */
static const char *
origin_of(const char *url)
{
	const char *origin;
	struct url u;
	char *cause;

	if (url_parse(&u, url, NULL, URL_HTTP_ONLY, &cause)) {
		free(cause);
		return NULL;
	}
	origin = origin_ref(u.origin);
	url_release(&u);
	return origin;
}

/* Is the input ("URL" or "METHOD URL") of another origin than the URL of the
 * record, which is that of the last redirect hop? */
static bool
has_moved(const struct record *record)
{
	const char *input = buf_text(&record->input);
	const char *asked, *given;
	bool moved;

	input += strcspn(input, " \t") < strcspn(input, ":")
	             ? strcspn(input, " \t")
	             : 0;
	input += strspn(input, " \t");
	if (strncmp(input, "http://", 7) != 0 &&
	    strncmp(input, "https://", 8) != 0)
		return false;
	asked = origin_of(buf_text(&record->url));
	given = origin_of(input);
	moved = asked && given && strcmp(asked, given) != 0;
	origin_unref(asked);
	origin_unref(given);
	return moved;
}

/* A request that is repeated is trusted no more than the first time: one that
 * followed on an answer, whose record does not say how far it had come, is not
 * trusted at all. */
static void
distrust(struct records *r)
{
	struct record *record = &r->record;

	if (r->has_trust || (!record->follows && !has_moved(record)))
		return;
	record->trust = (struct trust){true, true};
	record->follows = true;
}

static void
set_member(struct records *r, const char *name, struct json_span value)
{
	for (size_t i = 0; i < sizeof(names_of_text) / sizeof(char *); i++) {
		if (strcmp(names_of_text[i], name) == 0)
			set_text(text_at(&r->record, i), value);
	}
	if (strcmp(name, "n") == 0)
		r->record.n = strtoull(value.start, NULL, 10);
	set_origin(r, name, value);
	if (strcmp(name, "ok") == 0) {
		r->complete = *value.start == 't' || *value.start == 'f';
		r->ok = *value.start == 't';
	}
}

/* Read the record on the line into r->record. Returns why it is not one that
 * can be repeated, static; NULL: it is. */
static const char *
read_record(struct records *r, const struct line *line)
{
	struct json_error error;

	clear(r);
	if (json_doc_scan(r->doc, line->text, line->len, &error) ||
	    json_first(r->doc, 0) != '{')
		return "not a record from an earlier --format ndjson run";
	for (uint32_t at = json_inside(0); at < json_close(r->doc, 0);
	     at = json_after(r->doc, at + 1)) {
		set_text(&r->name, json_span_at(r->doc, at));
		set_member(r, buf_text(&r->name), json_span_at(r->doc, at + 1));
	}
	if (!r->ok)
		distrust(r);
	if (!r->complete)
		return "the record has no \"ok\", which --fields left out";
	if (!r->ok && !r->record.input.len && !r->record.url.len)
		return "the record has neither \"input\" nor \"url\"";
	return NULL;
}

/* Does the record belong to the same input as the failed one before? If several
 * pages or children of an input failed, the input is repeated once. */
static bool
is_again(struct records *r)
{
	bool again = r->record.n && r->record.n == r->last;

	r->last = r->record.n;
	return again;
}

enum reader_status
records_next(struct records *r, struct line *out)
{
	enum reader_status status = reader_next(r->reader, out);

	if (status != READER_LINE || out->bad)
		return status;
	if (list_line_is_blank(out->text, out->len))
		return READER_BUSY;
	out->bad = read_record(r, out);
	return out->bad || (!r->ok && !is_again(r)) ? READER_LINE : READER_BUSY;
}

const struct record *
records_current(const struct records *r)
{
	return &r->record;
}
