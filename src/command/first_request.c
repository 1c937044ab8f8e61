#include "config.h"

#include "command/first_request.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "fetch/engine.h"
#include "files/save.h"
#include "redact/redact.h"
#include "request/url.h"
#include "stats/show.h"
#include "text/utf8.h"

enum {
	BODY_SHOWN = 200 /* bytes of what is printable of a body */
};

static const char indent[] = "                ";

/* Append "GET https://example.org/items/1": the method is that of the request
 * line, as libcurl has written it. */
static void
add_request_line(struct buf *out, const char *line, const struct request *r)
{
	char *url = url_redacted(r->url);

	buf_adds(out, "first request   ");
	utf8_add_safe(out, line, strcspn(line, " \r\n"));
	buf_addc(out, ' ');
	utf8_add_safe(out, url, strlen(url));
	buf_addc(out, '\n');
	free(url);
}

/* Append one header, of which `len` bytes are given. */
static void
add_header(struct buf *out, const char *line, size_t len)
{
	struct buf shown = {0};

	redact_add(&shown, REDACT_WIRE, line, len);
	buf_adds(out, indent);
	utf8_add_safe(out, buf_text(&shown), shown.len);
	buf_addc(out, '\n');
	buf_release(&shown);
}

/* Append all headers, but not the request line before them. */
static void
add_headers(struct buf *out, const struct buf *head)
{
	const char *line = strchr(head->data, '\n');

	while (line && *++line && *line != '\r' && *line != '\n') {
		add_header(out, line, strcspn(line, "\r\n"));
		line = strchr(line, '\n');
	}
}

/* Does it begin with what is no text? Text has no NUL, and is UTF-8, but for a
 * character that was cut at the end. */
static bool
is_binary(const struct buf *body)
{
	size_t len = body->len < BODY_SHOWN ? body->len : BODY_SHOWN;

	if (memchr(body->data, 0, len))
		return true;
	for (size_t cut = 0; cut < 4 && cut <= len; cut++)
		if (utf8_valid(body->data, len - cut))
			return false;
	return true;
}

/* Append how the body begins. First its secrets are hidden, then it is cut:
 * half a secret is not found. */
static void
add_body(struct buf *out, const struct buf *body)
{
	struct buf shown = {0}, safe = {0};
	size_t len;

	if (!body->len)
		return;
	buf_adds(out, "body            ");
	if (is_binary(body)) {
		buf_adds(out, "binary data\n");
		return;
	}
	redact_add(&shown, REDACT_TEXT, body->data, body->len);
	utf8_add_safe(&safe, shown.data, shown.len);
	len = utf8_cut(safe.data, safe.len, BODY_SHOWN);
	buf_add(out, safe.data, len);
	buf_adds(out, len < safe.len ? "…\n" : "\n");
	buf_release(&shown);
	buf_release(&safe);
}

/* Append where the answer goes, if that is a file. */
static void
add_file(struct buf *out, const struct options *o, const struct request *r)
{
	char *path, *shown;

	if (!r->output)
		return;
	path = save_path(&o->run.output, r->output);
	shown = redacted(REDACT_TEXT, path);
	buf_adds(out, "file            ");
	utf8_add_safe(out, shown, strlen(shown));
	buf_adds(out, o->run.output.server_name
	                  ? ", unless the server names it (-J)\n"
	                  : "\n");
	free(shown);
	free(path);
}

/* Append why the request cannot be shown or sent. */
static void
add_cause(struct buf *out, const struct request *r, const char *cause)
{
	char *shown = redacted(REDACT_TEXT, cause);

	add_request_line(out, request_options_method(r->options), r);
	buf_adds(out, indent);
	utf8_add_safe(out, shown, strlen(shown));
	buf_addc(out, '\n');
	free(shown);
}

void
first_request_add(
    struct buf *out, const struct options *o, const struct request *r)
{
	struct preview p;
	char *cause;

	if (preview_make(&p, &o->run.fetch, r, &cause) == 0) {
		add_request_line(out, p.head.data, r);
		add_headers(out, &p.head);
		add_body(out, &p.body);
	} else {
		add_cause(out, r, cause);
		free(cause);
	}
	if (p.proxy)
		buf_addf(out, "proxy           %s\n", p.proxy);
	add_file(out, o, r);
	preview_release(&p);
}
