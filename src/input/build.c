/*
 * How one request is built, in two steps: a builder for each kind of entry
 * takes what the line says (method, URL, options, values), then finish()
 * expands the templates with those values and adds what the command line adds
 * to each URL. The URL grows as a text, s->url, and is parsed once at the end.
 */
#include "config.h"

#include "input/build.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "input/expand.h"
#include "input/jsonl.h"
#include "input/lines.h"
#include "input/queued.h"
#include "input/records.h"
#include "input/rows.h"
#include "redact/redact.h"
#include "request/given.h"
#include "request/url.h"
#include "text/ascii.h"

/* Mark it invalid; `cause` is freed. */
static void
fail_with(struct request *r, char *cause)
{
	request_fail(r, "%s", cause);
	free(cause);
}

static struct request *
new_request(struct source *s)
{
	const struct current *current = &s->current;
	const struct entry *e = current->entry;
	struct request_source from = {
	    .options = s->common,
	    .input = current->input,
	    .input_len = current->input_len,
	    .file = e->reader ? reader_name(e->reader) : current->file,
	    .line = current->line.number,
	};

	if (e->kind == ENTRY_OPERAND) {
		from.input = s->url.data;
		from.input_len = s->url.len;
	}
	return request_new_from(&from);
}

/* Replace the URL's text by what it expands to. It was compiled when the source
 * was opened, or is itself the text of a template. */
static int
expand_url(struct source *s, const struct template_values *values, char **cause)
{
	const struct entry *operand = s->current.url_template;
	struct template *own = NULL;
	const struct template *t = operand ? operand->url : NULL;
	int rc;

	if (!t)
		t = own =
		    template_new(s->url.data, s->url.len, TEMPLATE_URL, cause);
	if (!t)
		return -1;
	buf_clear(&s->expanded);
	rc = template_expand(t, values, &s->expanded, cause);
	template_free(own);
	if (rc)
		return -1;
	buf_clear(&s->url);
	buf_add(&s->url, s->expanded.data, s->expanded.len);
	return 0;
}

/* Insert `piece` after the first `at` bytes of the URL. */
static void
insert(struct buf *url, size_t at, const struct buf *piece)
{
	char *rest = xstrdup(url->data + at);

	buf_truncate(url, at);
	buf_add(url, piece->data, piece->len);
	buf_adds(url, rest);
	free(rest);
}

/* Append `query` to the query of the URL, in front of its fragment. */
static void
add_to_query(struct buf *url, const char *query, size_t len)
{
	size_t end = strcspn(url->data, "#");
	struct buf piece = {0};

	if (!memchr(url->data, '?', end))
		buf_addc(&piece, '?');
	else if (!strchr("?&", url->data[end - 1]))
		buf_addc(&piece, '&');
	buf_add(&piece, query, len);
	insert(url, end, &piece);
	buf_release(&piece);
}

/* Do the `len` bytes of a URL in front of its query hold a path? */
static bool
has_path(const char *url, size_t len)
{
	const char *host = url_authority(url);

	return memchr(host, '/', (size_t)(url + len - host)) != NULL;
}

/* As in curl, a URL that ends in a slash, or has no path, is a folder: append
 * the name of the file that -T uploads. */
static void
add_upload_name(struct buf *url, const char *upload)
{
	size_t end = strcspn(url->data, "?#");
	bool bare = !has_path(url->data, end);
	const char *slash = strrchr(upload, '/');
	const char *name = slash ? slash + 1 : upload;
	struct buf piece = {0};

	if (!bare && url->data[end - 1] != '/')
		return;
	if (bare)
		buf_addc(&piece, '/');
	url_add_encoded(&piece, name, strlen(name));
	insert(url, end, &piece);
	buf_release(&piece);
}

/* Add --url-query, and with -G the data, to the URL. */
static int
add_queries(struct source *s, const struct request_options *o,
    const struct template_values *values, char **cause)
{
	if (s->query) {
		buf_clear(&s->expanded);
		if (template_expand(s->query, values, &s->expanded, cause))
			return -1;
		add_to_query(&s->url, s->expanded.data, s->expanded.len);
	}
	if (o->data_in_query && o->body)
		add_to_query(&s->url, o->body, strlen(o->body));
	return 0;
}

/* Expand the file name of -o. Only the folder that the command line wrote is
 * the user's own text; a JSON line's "output" is data (files/target.h). */
static void
set_output(
    struct source *s, struct request *r, const struct template_values *values)
{
	const char *text = r->options->output;
	struct template *own = NULL;
	const struct template *t = s->output;
	struct buf name = {0};
	char *cause;

	if (!text)
		return;
	if (!s->common->output || strcmp(text, s->common->output) != 0)
		t = own =
		    template_new(text, strlen(text), TEMPLATE_FILE, &cause);
	if (!t || template_expand(t, values, &name, &cause)) {
		fail_with(r, cause);
		buf_release(&name);
	} else if (name.len == 0) {
		request_fail(r, "-o %s: the file name is empty", text);
	} else {
		r->output = buf_take(&name);
		r->output_own = own ? 0 : template_folder(text);
	}
	template_free(own);
}

/* Expand the templates in the URL and in the options. Options without names are
 * shared by all requests; copies are made only where values fill them. */
static int
expand(struct source *s, struct request *r,
    const struct template_values *values, char **cause)
{
	bool compiled = s->current.url_template && s->current.url_template->url;

	if ((compiled || template_in(s->url.data)) &&
	    expand_url(s, values, cause))
		return -1;
	if (s->common_has_names || r->own)
		return expand_options(request_own_options(r), values, cause);
	return 0;
}

/* May values fill names in the request? Braces in a HAR are text. */
static bool
is_template(const struct source *s, const struct request *r)
{
	if ((s->current.entry->har && !s->current.url_template) ||
	    s->current.is_final)
		return false;
	return s->templated || r->row;
}

/* Complete a request whose URL's text is in s->url and whose values are in
 * s->values. */
static void
finish(struct source *s, struct request *r)
{
	struct template_values values = request_values_of(&s->values);
	const char *method;
	char *cause;

	if (r->invalid)
		return;
	if ((is_template(s, r) && expand(s, r, &values, &cause)) ||
	    add_queries(s, r->options, &values, &cause)) {
		fail_with(r, cause);
		return;
	}
	method = r->options->method;
	if (r->options->names_upload && s->url.len)
		add_upload_name(&s->url, r->options->upload);
	if (method && !ascii_is_token(method, strlen(method)))
		request_fail(r, "the method is not a valid HTTP method");
	else
		request_set_url_cached(r, s->url.data, &s->urls);
	if (!r->invalid)
		set_output(s, r, &values);
}

static void
set_url_text(struct source *s, const char *text, size_t len)
{
	buf_clear(&s->url);
	buf_add(&s->url, text, len);
}

static void
set_method(struct request *r, const char *method, size_t len)
{
	struct request_options *own = request_own_options(r);

	free(own->method);
	own->method = xmemdup0(method, len);
}

/* Read a line of a list, or the input in a record, which was such a line. */
static void
build_from_text(struct source *s, struct request *r, char *text, size_t len)
{
	struct list_line line = list_line_read(text, len);

	set_url_text(s, "", 0);
	switch (line.kind) {
	case LIST_LINE_BLANK: request_fail(r, "the line is empty"); break;
	case LIST_LINE_BAD: request_fail(r, "%s", line.bad); break;
	case LIST_LINE_JSON:
		json_line_apply(s->json, line.text, line.len, r, &s->url);
		break;
	case LIST_LINE_URL:
		set_url_text(s, line.text, line.len);
		if (line.method)
			set_method(r, line.method, line.method_len);
		break;
	}
}

/* A line in which nothing is to be filled. Values fill what the command line
 * says before the line is added. */
static void
build_final(struct source *s, struct request *r)
{
	struct template_values values = request_values_of(&s->values);
	char *cause;

	if (s->common_has_names &&
	    expand_options(request_own_options(r), &values, &cause)) {
		fail_with(r, cause);
		return;
	}
	build_from_text(s, r, s->current.line.text, s->current.line.len);
}

/* An entry of a HAR is a JSON line now. */
static void
build_line(struct source *s, struct request *r)
{
	r->is_recorded = s->current.entry->har != NULL;
	if (r->is_recorded)
		build_final(s, r);
	else
		build_from_text(
		    s, r, s->current.line.text, s->current.line.len);
}

static void
build_value(struct source *s, struct request *r)
{
	const char *why =
	    list_text_problem(s->current.input, s->current.input_len);

	if (why)
		request_fail(r, "%s", why);
	r->is_value = true;
	request_values_set(
	    &s->values, r, s->current.input, s->current.input_len);
}

static void
build_row(struct source *s, struct request *r)
{
	struct rows *rows = s->current.entry->rows;
	char *cause;

	r->is_value = true;
	r->row = rows_parse(rows, &s->current.line, &cause);
	if (!r->row) {
		/* Of a row with too many cells, say, nobody knows which cell
		 * is the password. */
		r->hides_input = row_names_hold_secret(rows_columns(rows));
		fail_with(r, cause);
	}
	request_values_set(
	    &s->values, r, s->current.input, s->current.input_len);
}

/* Is the header "Name: ***", as records show secret ones? */
static bool
is_hidden(const char *header)
{
	const char *value = strchr(header, ':');

	return value && strcmp(value, ": " GIVEN_HIDDEN) == 0;
}

/* A record does not hold the secrets of a JSON line; take them from the command
 * line, or fail where that does not have them. */
static void
restore_hidden(struct source *s, struct request *r)
{
	struct strlist *own = r->own ? &r->own->headers : NULL;

	for (size_t i = 0; own && i < own->len; i++) {
		const char *header = own->items[i];
		size_t len = strcspn(header, ":");
		char *name = xmemdup0(header, len);
		const char *given =
		    request_headers_find(&s->common->headers, name);

		if (is_hidden(header) && given) {
			free(own->items[i]);
			own->items[i] = xstrdup(given);
		} else if (is_hidden(header)) {
			request_fail(r,
			    "the record hides the header \"%s\"; pass it "
			    "with -H",
			    name);
		}
		free(name);
	}
	if (!r->options->user && s->url.len &&
	    strstr(s->url.data, ":" GIVEN_HIDDEN "@"))
		request_fail(
		    r, "the record hides the password; pass it with -u");
}

/* The record of a link that is no URL, or leads elsewhere than to http or
 * https, has it as its URL: it fails again, whatever --proto allows the user's
 * own. */
static void
check_link(struct request *r, const char *url)
{
	struct url u;
	char *cause;

	if (url_parse(&u, url, NULL, URL_FROM_SERVER, &cause) == 0) {
		url_release(&u);
		return;
	}
	request_fail(r, "%s", cause);
	free(cause);
}

/* Build the request from its input if that was a JSON line, or if the record
 * has no URL; else from its URL, since the input may have been a mere value.
 * The record's method is that of the last redirect hop, so the input's has
 * precedence. */
static void
build_from_record(struct source *s, struct request *r, const struct record *was)
{
	char *text = xstrdup(was->input.len ? was->input.data : "");
	struct list_line line;

	if (*text == '{' || !was->url.len) {
		build_from_text(s, r, text, strlen(text));
		restore_hidden(s, r);
		free(text);
		return;
	}
	set_url_text(s, was->url.data, was->url.len);
	r->trust = was->trust;
	r->follows = was->follows;
	if (r->follows)
		check_link(r, was->url.data);
	line = list_line_read(text, strlen(text));
	if (line.kind == LIST_LINE_URL && line.method)
		set_method(r, line.method, line.method_len);
	else if (was->method.len && strcmp(was->method.data, "GET") != 0)
		set_method(r, was->method.data, was->method.len);
	free(text);
}

static void
build_record(struct source *s, struct request *r)
{
	const struct record *was = records_current(s->current.entry->records);

	r->is_repeated = was->url.len && buf_text(&was->input)[0] != '{';
	r->was = wire_state_named(buf_text(&was->wire));
	if (was->id.len)
		r->id = xstrdup(was->id.data);
	if (was->row.len)
		r->row = row_new_json(was->row.data, was->row.len);
	request_values_set(
	    &s->values, r, s->current.input, s->current.input_len);
	if (!s->current.url_template)
		build_from_record(s, r, was);
}

/* The fields that a request has before it is built of its line. */
static void
take_fields(struct source *s, struct request *r)
{
	const struct current *c = &s->current;

	for (size_t i = 0; i < c->fields_len; i++) {
		const struct queued_field *f = &c->fields[i];

		if (strcmp(f->name, "v") == 0 && !r->row)
			r->row = row_new_json(f->value, f->len);
		else if (strcmp(f->name, "g") == 0)
			strlist_add_owned(
			    &r->globs, xmemdup0(f->value, f->len));
		else if (strcmp(f->name, "u") == 0)
			r->was = wire_state_named(f->value);
		else if (strcmp(f->name, "x") == 0)
			request_fail(r, "%.*s", (int)f->len, f->value);
	}
}

/* An entry of a queue: a line, or what another process has made of its input.
 */
static void
build_queued(struct source *s, struct request *r)
{
	const struct current *c = &s->current;

	take_fields(s, r);
	r->is_value = c->is_value;
	r->is_recorded = c->is_recorded;
	r->trust = c->trust;
	r->follows = c->follows;
	if (c->is_value)
		request_values_set(&s->values, r, c->input, c->input_len);
	if (r->invalid)
		return;
	if (c->is_final) {
		build_final(s, r);
		if (r->follows && !r->invalid)
			check_link(r, buf_text(&s->url));
	} else
		build_from_text(s, r, c->line.text, c->line.len);
}

/* An operand needs none: its URL is in s->url already. */
static void (*const builders[])(struct source *, struct request *) = {
    [ENTRY_OPERAND] = NULL,
    [ENTRY_LINES] = build_line,
    [ENTRY_VALUES] = build_value,
    [ENTRY_ROWS] = build_row,
    [ENTRY_RECORDS] = build_record,
    [ENTRY_QUEUED] = build_queued,
};

/* How many "{{" are in the text. */
static size_t
count_names(const char *text)
{
	size_t n = 0;

	for (; (text = strstr(text, "{{")); text += 2)
		n++;
	return n;
}

/* Is a {{name}} in a place of `text` that the redactor hides? */
static bool
names_secret(enum redact_kind kind, const char *text)
{
	char *shown = redacted(kind, text);
	bool hidden = count_names(shown) < count_names(text);

	free(shown);
	return hidden;
}

/* May the value be secret, because a template puts it where secrets are? For a
 * value that fills several names, one such place is enough. */
static bool
fills_secret(struct source *s)
{
	const struct request_options *o = s->common;
	struct strlist globs = {0};
	bool secret;

	set_url_text(s, "", 0);
	glob_expand(s->current.url_template->glob, s->current.expansion,
	    &s->url, &globs);
	strlist_release(&globs);
	secret = names_secret(REDACT_URL, buf_text(&s->url)) ||
	         (o->user && count_names(o->user)) ||
	         (o->body && names_secret(REDACT_TEXT, o->body));
	for (size_t i = 0; i < o->headers.len && !secret; i++)
		secret = names_secret(REDACT_WIRE, o->headers.items[i]);
	return secret;
}

struct request *
source_build(struct source *s)
{
	const struct current *current = &s->current;
	struct strlist globs = {0};
	struct request *r;

	if (current->url_template) {
		set_url_text(s, "", 0);
		glob_expand(current->url_template->glob, current->expansion,
		    &s->url, &globs);
	}
	r = new_request(s);
	r->globs = globs;
	r->n = s->n;
	r->k = s->repeat > 1 ? current->repetition + 1 : 0;
	request_values_set(&s->values, r, NULL, 0);
	if (current->line.bad)
		request_fail(r, "%s", current->line.bad);
	else if (builders[current->entry->kind])
		builders[current->entry->kind](s, r);
	finish(s, r);
	if (r->invalid && r->is_value && !r->hides_input &&
	    current->url_template)
		r->hides_input = fills_secret(s);
	return r;
}
