/*
 * From the top: which headers of an entry are sent again, the entry as a line
 * of a list, and the walk through the archive. One whose entries say which of a
 * run they were is walked through twice: first to find out where they are.
 */
#include "config.h"

#include "input/har_list.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "har/cutter.h"
#include "har/request.h"
#include "input/har_index.h"
#include "json/write.h"
#include "process/log.h"
#include "redact/secret.h"
#include "request/url.h"
#include "text/base64.h"
#include "text/utf8.h"

enum {
	SHOWN = 200 /* bytes of the URL of a bad entry */
};

enum har_walk {
	WALK_FIRST,   /* no entry was seen so far */
	WALK_ARCHIVE, /* they are handed out as they come */
	WALK_INDEX,   /* where they are is noted; none is handed out */
	WALK_SORTED   /* they are handed out in the order of the index */
};

struct har_list {
	struct reader *reader;
	struct har_list_options options;
	struct har_cutter *cutter;
	const char *at; /* bytes that were read and not cut so far */
	size_t len;
	enum har_walk walk;
	struct har_index index; /* of WALK_INDEX and WALK_SORTED */
	struct buf text;        /* of the entry that was read again */
	bool is_over;
	bool is_told;     /* that secrets were left out */
	struct buf line;  /* the last one that was handed out */
	struct buf value; /* of several headers with one name */
	char *bad;
};

/* --- headers -------------------------------------------------------------- */

/* Headers that are not sent again. They belong to the connection (RFC 9110,
 * 7.6.1), follow from the rest of the request, say which encodings that program
 * could decode, or ask whether its copy is still good, so that an answer
 * without a body would come. */
static const char *const left_out[] = {"host", "content-length", "connection",
    "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding",
    "upgrade", "http2-settings", "expect", "accept-encoding", "alt-used",
    "if-none-match", "if-modified-since"};

static bool
is_left_out(const char *name)
{
	for (size_t i = 0; i < sizeof(left_out) / sizeof(*left_out); i++)
		if (strcasecmp(left_out[i], name) == 0)
			return true;
	return *name == ':'; /* a pseudo-header of HTTP/2 */
}

/* Does the command line have an option for this header? It counts, as whoever
 * typed it has seen the archive. */
static bool
is_set_by_option(const struct request_options *o, const char *name)
{
	const struct {
		const char *name;
		bool given;
	} options[] = {
	    {"user-agent", o->user_agent != NULL},
	    {"referer", o->referer != NULL},
	    {"cookie", o->cookie != NULL},
	    {"range", o->range != NULL},
	    {"authorization", o->user || o->bearer || o->bearer_file},
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (options[i].given && strcasecmp(options[i].name, name) == 0)
			return true;
	return request_headers_find(&o->headers, name) != NULL;
}

/* Is it a secret that must not be sent? What the archive hides is never. */
static bool
is_withheld(struct har_list *h, const struct har_field *f)
{
	if (strcmp(f->value, HAR_HIDDEN) == 0)
		return true;
	if (h->options.secrets == HAR_LIST_SECRETS ||
	    !secret_is_header(f->name, strlen(f->name)))
		return false;
	if (!h->is_told)
		log_note("%s: cookies and credentials in it are not sent; "
		         "--har-secrets sends them",
		    reader_name(h->reader));
	h->is_told = true;
	return true;
}

static bool
is_sent(struct har_list *h, const struct har_field *f)
{
	return !is_left_out(f->name) &&
	       !is_set_by_option(h->options.common, f->name) &&
	       !is_withheld(h, f);
}

static bool
is_repeated(const struct har_fields *fields, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcasecmp(fields->items[k].name, fields->items[i].name) ==
		    0)
			return true;
	return false;
}

/* Join the values of all headers that are called as the `i`th (RFC 9110, 5.3;
 * cookies: RFC 9113, 8.2.3). */
static void
join_values(struct buf *out, const struct har_fields *fields, size_t i)
{
	const char *name = fields->items[i].name;
	const char *separator = strcasecmp(name, "cookie") == 0 ? "; " : ", ";

	buf_clear(out);
	buf_adds(out, fields->items[i].value);
	for (size_t k = i + 1; k < fields->len; k++)
		if (strcasecmp(fields->items[k].name, name) == 0)
			buf_addf(
			    out, "%s%s", separator, fields->items[k].value);
}

static void
add_headers(struct har_list *h, const struct har_request *r)
{
	struct buf *out = &h->line;

	json_open_object(out, "headers");
	for (size_t i = 0; i < r->headers.len; i++) {
		const struct har_field *f = &r->headers.items[i];

		if (!is_sent(h, f) || is_repeated(&r->headers, i) ||
		    (r->content_type &&
		        strcasecmp(f->name, "content-type") == 0))
			continue;
		join_values(&h->value, &r->headers, i);
		json_open_member(out, f->name);
		json_add_string(out, h->value.data, h->value.len);
	}
	if (r->content_type) {
		json_open_member(out, "Content-Type");
		json_add_text_or_null(out, r->content_type);
	}
	buf_addc(out, '}');
}

/* --- the line ------------------------------------------------------------- */

/* A password that the archive hides is not one; others are secrets. */
static void
drop_password(const struct har_list *h, char *url)
{
	const char *host = url_authority(url);
	size_t len = strcspn(host, "/?#");
	bool hidden = memmem(host, len, ":" HAR_HIDDEN "@",
	                  sizeof(":" HAR_HIDDEN "@") - 1) != NULL;

	if (hidden || h->options.secrets != HAR_LIST_SECRETS)
		url_drop_userinfo(url);
}

static void
add_body(struct buf *out, const struct har_request *r)
{
	static const char *const with_body[] = {"POST", "PUT", "PATCH"};
	bool wants = r->body.len > 0;

	for (size_t i = 0; i < 3; i++)
		wants |= strcmp(r->method, with_body[i]) == 0;
	if (!wants)
		return;
	if (utf8_valid(buf_text(&r->body), r->body.len)) {
		json_open_member(out, "body");
		json_add_string(out, buf_text(&r->body), r->body.len);
		return;
	}
	json_open_member(out, "body_base64");
	buf_addc(out, '"');
	base64_add(out, r->body.data, r->body.len);
	buf_addc(out, '"');
}

/* Make h->line of the request. As in other lists, one that is GET leaves the
 * method to the command line. */
static void
write_line(struct har_list *h, const struct har_request *r)
{
	struct buf *out = &h->line;

	drop_password(h, r->url);
	buf_clear(out);
	if (h->options.use == HAR_LIST_VALUES) {
		buf_adds(out, r->url);
		return;
	}
	buf_addc(out, '{');
	if (strcmp(r->method, "GET") != 0 || r->body.len) {
		json_open_member(out, "method");
		json_add_text_or_null(out, r->method);
	}
	json_open_member(out, "url");
	json_add_text_or_null(out, r->url);
	add_headers(h, r);
	add_body(out, r);
	buf_addc(out, '}');
}

/* Only http and https can be asked for; a data: URL would be a very long one in
 * a message, too. Returns why not, to be freed; NULL: it can. */
static char *
check_scheme(const char *url)
{
	size_t len = strcspn(url, ":/?#");

	if (strncasecmp(url, "http://", 7) == 0 ||
	    strncasecmp(url, "https://", 8) == 0)
		return NULL;
	if (len < 32 && url[len] == ':')
		return xasprintf("%.*s: URLs cannot be fetched, only http and "
		                 "https",
		    (int)len, url);
	return xstrdup("its \"url\" is not an absolute URL");
}

/* A bad entry is shown by the beginning of its URL, if it has one. */
static void
show_url(struct har_list *h, const struct har_request *r)
{
	const char *url = r->url ? r->url : "";

	buf_clear(&h->line);
	buf_add(&h->line, url, utf8_cut(url, strlen(url), SHOWN));
}

/* Why the piece is no request, to be freed. h->line is set. */
static char *
read_piece(struct har_list *h, const struct har_piece *piece)
{
	struct har_request r = {0};
	struct json_doc *doc = json_doc_new();
	struct json_error error;
	char *why = NULL;

	if (piece->too_long)
		why = xstrdup("its request is longer than 64 MiB");
	else if (!piece->len)
		why = xstrdup("it has no \"request\"");
	else if (json_doc_scan(doc, piece->text, piece->len, &error))
		why = xasprintf("invalid JSON: %s", error.message);
	else if (har_request_read(&r, doc, 0, &why) == 0)
		why = check_scheme(r.url);
	if (why)
		show_url(h, &r);
	else
		write_line(h, &r);
	har_request_release(&r);
	json_doc_free(doc);
	return why;
}

/* --- the walk ------------------------------------------------------------- */

struct har_list *
har_list_open(struct reader *reader, const struct har_list_options *options)
{
	struct har_list *h = xcalloc(1, sizeof(*h));

	h->reader = reader;
	h->options = *options;
	h->cutter = har_cutter_new(HAR_REQUESTS, HAR_LIST_REQUEST_MAX);
	return h;
}

void
har_list_free(struct har_list *h)
{
	if (!h)
		return;
	reader_free(h->reader);
	har_cutter_free(h->cutter);
	har_index_release(&h->index);
	buf_release(&h->text);
	buf_release(&h->line);
	buf_release(&h->value);
	free(h->bad);
	free(h);
}

/* Hand out a bad line; `why` is owned. */
static enum reader_status
take_bad(struct har_list *h, uint64_t line, char *why, struct line *out)
{
	free(h->bad);
	h->bad = why;
	*out = (struct line){.text = h->line.data,
	    .len = h->line.len,
	    .number = line,
	    .bad = h->bad};
	return READER_LINE;
}

static enum reader_status
take_piece(struct har_list *h, const struct har_piece *piece, struct line *out)
{
	char *why = read_piece(h, piece);
	char *bad;

	if (why) {
		bad = xasprintf("entry %" PRIu64 ": %s", piece->number, why);
		free(why);
		return take_bad(h, piece->line, bad, out);
	}
	*out = (struct line){
	    .text = h->line.data, .len = h->line.len, .number = piece->line};
	return READER_LINE;
}

/* The archive goes on no further. Its entries were noted: hand them out now.
 * If it is not whole, say so at the end. */
static enum reader_status
take_end(struct har_list *h, struct line *out)
{
	const char *why;

	h->len = 0;
	if (h->walk == WALK_INDEX) {
		har_index_sort(&h->index);
		h->walk = WALK_SORTED;
		return READER_BUSY;
	}
	why = har_cutter_problem(h->cutter);
	h->is_over = true;
	if (!why)
		return READER_END;
	buf_clear(&h->line);
	buf_adds(&h->line, "");
	return take_bad(h, har_cutter_line(h->cutter), xstrdup(why), out);
}

/* The first entry tells whether the archive has an order of its own. What comes
 * through a pipe cannot be read again. */
static enum har_walk
choose_walk(const struct har_list *h, const struct har_piece *first)
{
	return first->place.n && reader_can_reread(h->reader) ? WALK_INDEX
	                                                      : WALK_ARCHIVE;
}

/* Cut the bytes that were read. */
static enum reader_status
cut(struct har_list *h, struct line *out)
{
	struct har_piece piece;

	for (;;) {
		switch (har_cutter_feed(h->cutter, &h->at, &h->len, &piece)) {
		case HAR_CUT_PIECE: break;
		case HAR_CUT_MORE: return READER_BUSY;
		case HAR_CUT_BAD: return take_end(h, out);
		}
		if (h->walk == WALK_FIRST)
			h->walk = choose_walk(h, &piece);
		if (h->walk == WALK_ARCHIVE)
			return take_piece(h, &piece, out);
		har_index_add(&h->index, &piece);
	}
}

/* Read the next entry of the index again. If the file has changed since, that
 * is no request. */
static enum reader_status
take_sorted(struct har_list *h, struct line *out)
{
	const struct har_slot *slot = har_index_take(&h->index);
	struct har_piece piece;

	if (!slot)
		return take_end(h, out);
	buf_clear(&h->text);
	reader_reread(
	    h->reader, (struct file_range){slot->offset, slot->len}, &h->text);
	buf_adds(&h->text, "");
	piece = (struct har_piece){.text = h->text.data,
	    .len = h->text.len,
	    .number = slot->number,
	    .line = slot->line,
	    .too_long = slot->too_long};
	return take_piece(h, &piece, out);
}

enum reader_status
har_list_next(struct har_list *h, struct line *out)
{
	struct line bytes;
	enum reader_status status;

	if (h->is_over)
		return READER_END;
	if (h->walk == WALK_SORTED)
		return take_sorted(h, out);
	if (h->len)
		return cut(h, out);
	status = reader_next_bytes(h->reader, &bytes);
	if (status == READER_END)
		return take_end(h, out);
	if (status != READER_LINE)
		return status;
	if (bytes.bad) {
		*out = bytes;
		out->number = har_cutter_line(h->cutter);
		return READER_LINE;
	}
	h->at = bytes.text;
	h->len = bytes.len;
	return READER_BUSY;
}

bool
har_list_is_over(const struct har_list *h)
{
	if (h->is_over || har_index_peek(&h->index))
		return h->is_over;
	return !h->len && har_cutter_is_over(h->cutter) &&
	       reader_at_end(h->reader);
}

uint64_t
har_list_line(const struct har_list *h)
{
	const struct har_slot *next = har_index_peek(&h->index);

	return next ? next->line : har_cutter_line(h->cutter);
}
