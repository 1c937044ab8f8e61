/* -d and its relatives: what curl(1) says about them, word for word. */
#include "config.h"

#include "cli/custom.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "cli/setters.h"
#include "request/template.h"

/* Append `piece` to the body, behind `separator` unless it is the first. */
static void
add_body(
    struct request_options *r, const struct buf *piece, const char *separator)
{
	struct buf body;

	buf_init(&body);
	if (r->body) {
		buf_add(&body, r->body, r->body_len);
		buf_adds(&body, separator);
	}
	buf_add(&body, piece->data, piece->len);
	free(r->body);
	r->body_len = body.len;
	r->body = buf_take(&body);
}

static void
add_form_body(const struct setting *s, const struct buf *piece)
{
	struct request_options *r = &s->options->request;

	add_body(r, piece, "&");
	r->body_kind = BODY_FORM;
}

/* The value into `out`, or the content of the file that it names. */
static int
read_value(const struct setting *s, struct buf *out, char **cause)
{
	if (s->value[0] == '@')
		return setting_read_file(s, s->value + 1, out, cause);
	buf_adds(out, s->value);
	return 0;
}

/* What -d drops of a file: line ends and NULs. */
static void
drop_line_ends(struct buf *b)
{
	size_t to = 0;

	for (size_t i = 0; i < b->len; i++)
		if (b->data[i] != '\r' && b->data[i] != '\n' && b->data[i])
			b->data[to++] = b->data[i];
	buf_truncate(b, to);
}

int
set_data(const struct setting *s, char **cause)
{
	struct buf piece;
	int rc;

	buf_init(&piece);
	rc = read_value(s, &piece, cause);
	if (rc == 0) {
		if (s->value[0] == '@')
			drop_line_ends(&piece);
		add_form_body(s, &piece);
	}
	buf_release(&piece);
	return rc;
}

int
set_data_binary(const struct setting *s, char **cause)
{
	struct buf piece;
	int rc;

	buf_init(&piece);
	rc = read_value(s, &piece, cause);
	if (rc == 0)
		add_form_body(s, &piece);
	buf_release(&piece);
	return rc;
}

int
set_data_raw(const struct setting *s, char **cause)
{
	struct buf piece;

	(void)cause;
	buf_init(&piece);
	buf_adds(&piece, s->value);
	add_form_body(s, &piece);
	buf_release(&piece);
	return 0;
}

/* "content", "=content", "name=content", "@file" or "name@file". Names of
 * templates stay: their values are encoded when they are known. */
static int
read_encoded(const struct setting *s, struct buf *piece, char **cause)
{
	/* As in curl, an = anywhere is stronger than an @ before it. */
	size_t name_len = strcspn(s->value, strchr(s->value, '=') ? "=" : "@");
	char sign = s->value[name_len];
	const char *rest = s->value + name_len + (sign ? 1 : 0);
	struct buf raw;
	int rc = 0;

	buf_init(&raw);
	if (sign == '@')
		rc = setting_read_file(s, rest, &raw, cause);
	else
		buf_adds(&raw, sign ? rest : s->value);
	if (sign && name_len)
		buf_addf(piece, "%.*s=", (int)name_len, s->value);
	template_add_encoded(piece, raw.data ? raw.data : "", raw.len);
	buf_release(&raw);
	return rc;
}

int
set_data_urlencode(const struct setting *s, char **cause)
{
	struct buf piece;
	int rc;

	buf_init(&piece);
	rc = read_encoded(s, &piece, cause);
	if (rc == 0)
		add_form_body(s, &piece);
	buf_release(&piece);
	return rc;
}

/* The same, or "+" and what is encoded already. */
int
set_url_query(const struct setting *s, char **cause)
{
	struct buf piece;
	int rc = 0;

	buf_init(&piece);
	if (*s->value == '+')
		buf_adds(&piece, s->value + 1);
	else
		rc = read_encoded(s, &piece, cause);
	if (rc == 0)
		strlist_add_owned(
		    &s->options->request.url_query, buf_take(&piece));
	buf_release(&piece);
	return rc;
}

int
set_json(const struct setting *s, char **cause)
{
	struct request_options *r = &s->options->request;
	struct buf piece;
	int rc;

	buf_init(&piece);
	rc = read_value(s, &piece, cause);
	if (rc == 0) {
		add_body(r, &piece, "");
		r->body_kind = BODY_JSON;
	}
	buf_release(&piece);
	return rc;
}

/* Does this part's content come from stdin? */
static bool
form_reads_stdin(const char *content)
{
	return (content[0] == '@' || content[0] == '<') && content[1] == '-' &&
	       (content[2] == '\0' || content[2] == ';');
}

int
set_form(const struct setting *s, char **cause)
{
	struct request_options *r = &s->options->request;
	const char *equals = strchr(s->value, '=');

	if (!equals || equals == s->value)
		return setting_wants(
		    s, "NAME=CONTENT, NAME=@FILE or NAME=<FILE", cause);
	if (form_reads_stdin(equals + 1) && setting_claim_stdin(s, cause) == -1)
		return -1;
	r->body_kind = BODY_MULTIPART;
	strlist_add(&r->form, s->value);
	return 0;
}

int
set_upload(const struct setting *s, char **cause)
{
	struct request_options *r = &s->options->request;

	if (strcmp(s->value, "-") == 0 && setting_claim_stdin(s, cause) == -1)
		return -1;
	r->body_kind = BODY_FILE;
	free(r->upload);
	r->upload = xstrdup(s->value);
	return 0;
}
