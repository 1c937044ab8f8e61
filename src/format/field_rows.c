/* The fields of a record: an adder for each kind of value, and at the end the
 * table of all fields. An adder is called for every record, so it copies
 * nothing that it can append at once. */
#include "config.h"

#include "format/field_rows.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/strmap.h"
#include "base/xalloc.h"
#include "har/member.h"
#include "json/scan.h"
#include "json/write.h"
#include "request/given.h"
#include "request/headers.h"
#include "text/ascii.h"
#include "text/base64.h"
#include "text/utf8.h"

/* --- values --------------------------------------------------------------- */

/* Append constant text, whose length the compiler knows. */
static void
add_literal(struct buf *out, const char *s)
{
	buf_add(out, s, strlen(s));
}

static bool
add_null(struct buf *out)
{
	add_literal(out, "null");
	return true;
}

/* Append a string, or null. Always true, as adders return it. */
static bool
add_text(struct buf *out, const char *s)
{
	json_add_text_or_null(out, s);
	return true;
}

static bool
add_number(struct buf *out, int64_t n)
{
	json_add_integer(out, n);
	return true;
}

/* Append a time as seconds; null if it is below 0, which means that it was not
 * reached. */
static bool
add_seconds(struct buf *out, int64_t us)
{
	if (us < 0)
		return add_null(out);
	json_add_seconds(out, us);
	return true;
}

/* --- members, by their offset --------------------------------------------- */

/* The member at an offset, which a row names. */
static const void *
member(const void *object, size_t at)
{
	return (const char *)object + at;
}

/* A number of the request, from 1; 0 means that it does not apply. */
static bool
request_count(const struct record *r, const struct field *f, struct buf *out)
{
	uint64_t n = *(const uint64_t *)member(r->request, f->at);

	return n && add_number(out, (int64_t)n);
}

/* Who fetched it, of the machines that work on a queue. */
static bool
add_worker(const struct record *r, const struct field *f, struct buf *out)
{
	(void)f;
	return r->worker && add_text(out, r->worker);
}

/* The number of an item of --items. */
static bool
add_item(const struct record *r, const struct field *f, struct buf *out)
{
	(void)f;
	return r->item && add_number(out, (int64_t)r->item);
}

/* The URL; of a link that is none, its text. What a user wrote instead of a URL
 * is the input. */
static bool
add_url(const struct record *r, const struct field *f, struct buf *out)
{
	const struct request *q = r->request;
	bool shown = q->url || q->follows;

	(void)f;
	return add_text(out, shown ? request_shown_url(q) : NULL);
}

static bool
result_text(const struct record *r, const struct field *f, struct buf *out)
{
	return add_text(out, *(char *const *)member(r->result, f->at));
}

static bool
result_size(const struct record *r, const struct field *f, struct buf *out)
{
	return add_number(
	    out, (int64_t) * (const uint64_t *)member(r->result, f->at));
}

static bool
result_seconds(const struct record *r, const struct field *f, struct buf *out)
{
	return add_seconds(out, *(const int64_t *)member(r->result, f->at));
}

/* The end of a phase, in seconds since the attempt began. That was
 * `redirect_us` before its last hop, for which phases are counted. */
static bool
result_phase(const struct record *r, const struct field *f, struct buf *out)
{
	int64_t us = *(const int64_t *)member(r->result, f->at);

	return add_seconds(out, us < 0 ? -1 : us + r->result->redirect_us);
}

/* --- the request and its answer ------------------------------------------- */

/* Can there be a secret in the input? Inputs are many, and most hold none, so
 * only the others are looked at closely. */
static bool
may_hold_secrets(const char *input, size_t len)
{
	return memchr(input, '@', len) || memchr(input, '\\', len) ||
	       (len && *input == '{' && strstr(input, "\"headers\""));
}

/* Append an input, without passwords, as a string. */
static void
add_given(struct buf *out, const char *input, size_t len)
{
	struct buf safe;

	if (!may_hold_secrets(input, len)) {
		json_add_string(out, input, len);
		return;
	}
	buf_init(&safe);
	given_add(&safe, input, len, GIVEN_RECORDED);
	json_add_string(out, buf_text(&safe), safe.len);
	buf_release(&safe);
}

/* The line or operand of the request. */
static bool
add_input(const struct record *r, const struct field *f, struct buf *out)
{
	(void)f;
	add_given(out, r->request->input, r->request->input_len);
	return true;
}

/* The URL in a JSON line; NULL: there is none. Caller frees. */
static char *
url_of_line(const char *line, size_t len)
{
	struct json_doc *doc = json_doc_new();
	struct json_error error;
	char *url = NULL;

	if (json_doc_scan(doc, line, len, &error) == 0)
		url = har_member_text(doc, 0, "url");
	json_doc_free(doc);
	return url;
}

bool
field_add_brief_input(
    const struct record *r, const struct field *f, struct buf *out)
{
	const struct request *q = r->request;
	char *url = q->is_recorded ? url_of_line(q->input, q->input_len) : NULL;

	if (!url)
		return add_input(r, f, out);
	add_given(out, url, strlen(url));
	free(url);
	return true;
}

static bool
add_id(const struct record *r, const struct field *f, struct buf *out)
{
	(void)f;
	return r->request->id && add_text(out, r->request->id);
}

static bool
add_method(const struct record *r, const struct field *f, struct buf *out)
{
	(void)f;
	return add_text(out, r->result->method
	                         ? r->result->method
	                         : request_options_method(r->request->options));
}

static bool
add_ok(const struct record *r, const struct field *f, struct buf *out)
{
	(void)f;
	add_literal(out, result_ok(r->result) ? "true" : "false");
	return true;
}

static bool
add_http_code(const struct record *r, const struct field *f, struct buf *out)
{
	(void)f;
	return r->result->status ? add_number(out, r->result->status)
	                         : add_null(out);
}

/* "1.1" or "2", as a string; null if there was no answer. */
static bool
add_http_version(const struct record *r, const struct field *f, struct buf *out)
{
	int version = r->result->http_version;

	(void)f;
	if (version == 0)
		return add_null(out);
	buf_addc(out, '"');
	buf_addu(out, (uint64_t)version / 10);
	if (version < 20) {
		buf_addc(out, '.');
		buf_addu(out, (uint64_t)version % 10);
	}
	buf_addc(out, '"');
	return true;
}

static bool
add_attempts(const struct record *r, const struct field *f, struct buf *out)
{
	(void)f;
	return add_number(out, r->result->attempts);
}

static bool
add_num_redirects(
    const struct record *r, const struct field *f, struct buf *out)
{
	(void)f;
	return add_number(out, r->result->num_redirects);
}

/* Until the end of the last phase; where none was reached, until the attempt
 * was given up. */
static bool
add_time_total(const struct record *r, const struct field *f, struct buf *out)
{
	if (r->result->timing.total_us < 0)
		return add_seconds(out, r->result->flight_us);
	return result_phase(r, f, out);
}

/* --- failures ------------------------------------------------------------- */

static void
add_code(const struct failure *f, struct buf *out)
{
	if (f->code)
		add_number(out, f->code);
	else
		add_null(out);
}

/* Append a failure as an object, without its closing brace. */
static void
open_failure(const struct failure *f, struct buf *out)
{
	buf_addc(out, '{');
	json_open_member(out, "class");
	json_add_text_or_null(out, error_class_name(f->class));
	json_open_member(out, "reason");
	json_add_text_or_null(out, f->reason);
	json_open_member(out, "code");
	add_code(f, out);
	json_open_member(out, "message");
	json_add_text_or_null(out, f->message);
}

static bool
add_error(const struct record *r, const struct field *f, struct buf *out)
{
	(void)f;
	if (result_ok(r->result))
		return add_null(out);
	open_failure(&r->result->failure, out);
	buf_addc(out, '}');
	return true;
}

/* What happened to a failed request on the wire, which --retry-from reads: may
 * the server have processed it? */
static bool
add_wire(const struct record *r, const struct field *f, struct buf *out)
{
	(void)f;
	if (result_ok(r->result))
		return false;
	return add_text(out, wire_state_name(r->result->wire));
}

static bool
add_error_class(const struct record *r, const struct field *f, struct buf *out)
{
	enum error_class class = r->result->failure.class;

	(void)f;
	return add_text(out, class ? error_class_name(class) : NULL);
}

static bool
add_error_reason(const struct record *r, const struct field *f, struct buf *out)
{
	(void)f;
	return add_text(out, r->result->failure.reason);
}

static bool
add_error_code(const struct record *r, const struct field *f, struct buf *out)
{
	(void)f;
	add_code(&r->result->failure, out);
	return true;
}

/* The failures of the attempts before the last. */
static bool
add_errors(const struct record *r, const struct field *f, struct buf *out)
{
	(void)f;
	buf_addc(out, '[');
	for (unsigned i = 0; i < r->result->past_len; i++) {
		const struct past_attempt *past = &r->result->past[i];

		if (i)
			buf_addc(out, ',');
		open_failure(&past->failure, out);
		json_open_member(out, "time_total");
		add_seconds(out, past->total_us);
		buf_addc(out, '}');
	}
	buf_addc(out, ']');
	return true;
}

/* The URL and the match from which a request was derived. */
static bool
add_parent(const struct record *r, const struct field *f, struct buf *out)
{
	const struct lineage *l = r->request->lineage;

	(void)f;
	if (!l)
		return false;
	buf_addc(out, '{');
	json_open_member(out, "url");
	json_add_text_or_null(out, l->url);
	json_open_member(out, "match");
	json_add_compact(out, l->json, l->json_len);
	buf_addc(out, '}');
	return true;
}

bool
field_add_parent_url(
    const struct record *r, const struct field *f, struct buf *out)
{
	const struct lineage *l = r->request->lineage;

	(void)f;
	return l && add_text(out, l->url);
}

/* Append the values that a path found. False: it may find one, and did not. */
static bool
add_spans(struct buf *out, const struct json_spans *spans, bool singular)
{
	if (singular && !spans->len)
		return false;
	if (!singular)
		buf_addc(out, '[');
	for (size_t i = 0; i < spans->len; i++) {
		if (i)
			buf_addc(out, ',');
		json_add_value(out, spans, i);
	}
	if (!singular)
		buf_addc(out, ']');
	return true;
}

bool
field_add_parent_match(
    const struct record *r, const struct field *f, struct buf *out)
{
	const struct lineage *l = r->request->lineage;
	struct json_doc *doc = json_doc_new();
	struct json_spans spans = {.max = MATCH_MAX};
	struct json_error error;
	bool found;

	found = l && json_doc_scan(doc, l->json, l->json_len, &error) == 0 &&
	        json_path_apply(f->path, doc, &spans, &error) == 0 &&
	        add_spans(out, &spans, json_path_is_singular(f->path));
	json_spans_release(&spans);
	json_doc_free(doc);
	return found;
}

/* --- trust ---------------------------------------------------------------- */

static bool
add_bool(struct buf *out, bool value)
{
	add_literal(out, value ? "true" : "false");
	return true;
}

/* Has the request left the origin of its input, so that it takes no secrets
 * along? --retry-from reads it. */
static bool
add_foreign(const struct record *r, const struct field *f, struct buf *out)
{
	(void)f;
	return r->request->follows && add_bool(out, r->request->trust.foreign);
}

/* Does the request follow on an answer from a public address? */
static bool
add_from_public(const struct record *r, const struct field *f, struct buf *out)
{
	(void)f;
	return r->request->follows &&
	       add_bool(out, r->request->trust.from_public);
}

/* --- bodies, headers and rows --------------------------------------------- */

/* Does the record show the body and the headers of its request? Of several
 * items only the first does, as together they may be many times as large. */
static bool
shows_answer(const struct record *r)
{
	return r->item <= 1;
}

/* The body as a string; one that is not UTF-8 in base64. */
static bool
add_body(const struct record *r, const struct field *f, struct buf *out)
{
	size_t len;
	const char *bytes = body_bytes(&r->result->body, &len);

	(void)f;
	if (!shows_answer(r))
		return false;
	if (!bytes || r->result->status == 0)
		return add_null(out);
	if (utf8_valid(bytes, len)) {
		json_add_string(out, bytes, len);
		return true;
	}
	buf_addc(out, '"');
	base64_add(out, bytes, len);
	buf_addc(out, '"');
	return true;
}

/* "base64" for a body that add_body wrote so; else it does not apply. */
static bool
add_body_encoding(
    const struct record *r, const struct field *f, struct buf *out)
{
	size_t len;
	const char *bytes = body_bytes(&r->result->body, &len);

	(void)f;
	if (!shows_answer(r) || !bytes || r->result->status == 0 ||
	    utf8_valid(bytes, len))
		return false;
	return add_text(out, "base64");
}

/* The values of one header name, as they will stand in the array. */
struct group {
	struct group *next;
	const char *name; /* the map's */
	struct buf values;
};

/* The name of a header in lower case. Caller frees. */
static char *
lower_name(const struct header *h)
{
	char *name = xmemdup0(h->name, h->name_len);

	for (char *c = name; *c; c++)
		*c = ascii_lower(*c);
	return name;
}

/* The group of `name`; a new one goes to *last, the end of the list. */
static struct group *
find_group(struct strmap *groups, const char *name, struct group ***last)
{
	struct group *g = strmap_get(groups, name);

	if (g)
		return g;
	g = xcalloc(1, sizeof(*g));
	g->name = strmap_set(groups, name, g);
	**last = g;
	*last = &g->next;
	return g;
}

/* Group the headers of a block by name, in the order of their first appearance.
 * The groups are the caller's. */
static struct group *
group_by_name(struct strmap *groups, const char *block)
{
	struct group *first = NULL, **last = &first;
	struct header h;

	while (headers_next(&block, &h)) {
		char *name = lower_name(&h);
		struct group *g = find_group(groups, name, &last);

		if (g->values.len)
			buf_addc(&g->values, ',');
		json_add_string(&g->values, h.value, h.value_len);
		free(name);
	}
	return first;
}

void
field_add_header_object(struct buf *out, const char *block)
{
	struct strmap groups;
	struct group *g, *next;

	strmap_init(&groups);
	buf_addc(out, '{');
	for (g = group_by_name(&groups, block); g; g = next) {
		next = g->next;
		json_open_member(out, g->name);
		buf_addc(out, '[');
		buf_add(out, g->values.data, g->values.len);
		buf_addc(out, ']');
		buf_release(&g->values);
		free(g);
	}
	buf_addc(out, '}');
	strmap_release(&groups);
}

static bool
add_headers(const struct record *r, const struct field *f, struct buf *out)
{
	(void)f;
	if (!shows_answer(r))
		return false;
	if (!r->result->headers)
		return add_null(out);
	field_add_header_object(out, r->result->headers);
	return true;
}

/* One cell of the row: --fields row.NAME. */
bool
field_add_cell(const struct record *r, const struct field *f, struct buf *out)
{
	size_t len;
	const char *cell;

	if (!r->request->row)
		return false;
	cell = row_get(r->request->row, f->name, &len);
	if (!cell)
		return false;
	json_add_string(out, cell, len);
	return true;
}

static bool
add_row(const struct record *r, const struct field *f, struct buf *out)
{
	(void)f;
	if (!r->request->row)
		return false;
	row_add_json(out, r->request->row);
	return true;
}

/* --- what expressions found, and single headers --------------------------- */

/* Append the value of column `at`: the match, or an array if there may be
 * several. False if a singular path found nothing. */
static bool
add_column(const struct record *r, size_t at, struct buf *out)
{
	const struct column *c = &r->columns->items[at];

	return add_spans(out, &c->matches.spans, c->singular);
}

bool
field_add_column(const struct record *r, const struct field *f, struct buf *out)
{
	return r->columns && result_ok(r->result) && add_column(r, f->at, out);
}

/* Append column `at` as a member of "data", unless its path found nothing. */
static void
add_member(const struct record *r, size_t at, struct buf *out)
{
	size_t before = out->len;

	json_open_member(out, r->columns->items[at].name);
	if (!add_column(r, at, out))
		buf_truncate(out, before);
}

/* What -j, --xpath and --items found: an object of columns. */
static bool
add_data(const struct record *r, const struct field *f, struct buf *out)
{
	(void)f;
	if (!r->columns || r->columns->len == 0)
		return false;
	if (!result_ok(r->result))
		return add_null(out);
	buf_addc(out, '{');
	for (size_t i = 0; i < r->columns->len; i++)
		add_member(r, i, out);
	buf_addc(out, '}');
	return true;
}

/* Append all values of a header, since lines of one name are one list (RFC
 * 9110, 5.3). False if there is none. */
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

/* --- the table ------------------------------------------------------------ */

static bool
always(const struct output_options *o)
{
	(void)o;
	return true;
}

static bool
with_worker(const struct output_options *o)
{
	return o->worker != NULL;
}

static bool
never(const struct output_options *o)
{
	(void)o;
	return false;
}

static bool
with_save(const struct output_options *o)
{
	return o->save;
}

static bool
with_body(const struct output_options *o)
{
	return o->with_body;
}

static bool
with_headers(const struct output_options *o)
{
	return o->with_headers;
}

const struct field_row field_rows[] = {
    {"n", request_count, offsetof(struct request, n), always},
    {"k", request_count, offsetof(struct request, k), always},
    {"page", request_count, offsetof(struct request, page), always},
    {"worker", add_worker, 0, with_worker},
    {"delivery", request_count, offsetof(struct request, delivery),
        with_worker},
    {"item", add_item, 0, always}, {"input", add_input, 0, always},
    {"id", add_id, 0, always}, {"url", add_url, 0, always},
    {"url_effective", result_text, offsetof(struct result, url_effective),
        always},
    {"method", add_method, 0, always}, {"ok", add_ok, 0, always},
    {"http_code", add_http_code, 0, always}, {"error", add_error, 0, always},
    {"wire", add_wire, 0, always}, {"error.class", add_error_class, 0, never},
    {"error.reason", add_error_reason, 0, never},
    {"error.code", add_error_code, 0, never},
    {"error.message", result_text, offsetof(struct result, failure.message),
        never},
    {"attempts", add_attempts, 0, always}, {"errors", add_errors, 0, always},
    {"http_version", add_http_version, 0, always},
    {"remote_ip", result_text, offsetof(struct result, remote_ip), always},
    {"content_type", result_text, offsetof(struct result, content_type),
        always},
    {"size_download", result_size, offsetof(struct result, size_download),
        always},
    {"num_redirects", add_num_redirects, 0, always},
    {"time_start", result_seconds, offsetof(struct result, start_wall_us),
        always},
    {"time_queue", result_seconds, offsetof(struct result, queue_us), always},
    {"time_namelookup", result_phase,
        offsetof(struct result, timing.namelookup_us), always},
    {"time_connect", result_phase, offsetof(struct result, timing.connect_us),
        always},
    {"time_appconnect", result_phase,
        offsetof(struct result, timing.appconnect_us), always},
    {"time_pretransfer", result_phase,
        offsetof(struct result, timing.pretransfer_us), always},
    {"time_starttransfer", result_phase,
        offsetof(struct result, timing.starttransfer_us), always},
    {"time_total", add_time_total, offsetof(struct result, timing.total_us),
        always},
    {"data", add_data, 0, always},
    {"file", result_text, offsetof(struct result, file), with_save},
    {"body", add_body, 0, with_body},
    {"body_encoding", add_body_encoding, 0, with_body},
    {"headers", add_headers, 0, with_headers}, {"row", add_row, 0, always},
    {"parent", add_parent, 0, always}, {"foreign", add_foreign, 0, always},
    {"from_public", add_from_public, 0, always}, {NULL, NULL, 0, NULL}};

/* By the adders, which alone know it. Every record has an `n`. */
bool
field_row_may_be_absent(const struct field_row *row)
{
	static field_adder *const adders[] = {request_count, add_worker,
	    add_item, add_id, add_wire, add_parent, add_foreign,
	    add_from_public, add_body_encoding, add_row, add_data};

	if (row->at == offsetof(struct request, n) && row->add == request_count)
		return false;
	for (size_t i = 0; i < sizeof(adders) / sizeof(*adders); i++)
		if (row->add == adders[i])
			return true;
	return false;
}
