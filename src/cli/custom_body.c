/*
 * The options that make a body: -d and its variants, --json, -F and -T, as
 * curl(1) describes them. Bodies of several options are joined; the last option
 * decides what kind the body is (conflicts.c refuses mixtures).
 */
#include "config.h"

#include "cli/setters.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "cli/form.h"
#include "request/options.h"
#include "request/template.h"

/* Append `piece` to the body, after `separator` unless it is the first. */
static void
append_to_body(
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

/* Append `piece` to a body of form data, whose pieces are joined by "&". */
static void
add_form_body(const struct setting *s, const struct buf *piece)
{
	struct request_options *r = &s->options->run.request;

	append_to_body(r, piece, "&");
	r->body_kind = BODY_FORM;
}

/* Append the value to `out`, or the content of the file that @FILE names. */
static int
read_value_or_file(const struct setting *s, struct buf *out, char **cause)
{
	if (s->value[0] == '@')
		return setting_read_file(s, s->value + 1, out, cause);
	buf_adds(out, s->value);
	return 0;
}

/* Drop what -d drops from a file: line breaks and NULs. */
static void
drop_line_ends(struct buf *b)
{
	size_t to = 0;

	for (size_t i = 0; i < b->len; i++)
		if (b->data[i] != '\r' && b->data[i] != '\n' && b->data[i])
			b->data[to++] = b->data[i];
	buf_truncate(b, to);
}

/* Read the value of -d. Only files lose their line breaks. */
static int
read_unbroken(const struct setting *s, struct buf *out, char **cause)
{
	if (read_value_or_file(s, out, cause) == -1)
		return -1;
	if (s->value[0] == '@')
		drop_line_ends(out);
	return 0;
}

/* Read the value of --data-raw, in which @ has no meaning. */
static int
read_as_is(const struct setting *s, struct buf *out, char **cause)
{
	(void)cause;
	buf_adds(out, s->value);
	return 0;
}

/* Write "%20" as "+", as curl and browsers do in forms. A "%20" of the user's
 * is
 * "%2520" by now, so it cannot be hit. */
static void
write_blanks_as_plus(struct buf *b)
{
	size_t to = 0;

	for (size_t i = 0; i < b->len; i++) {
		bool blank = b->len - i >= 3 && !memcmp(b->data + i, "%20", 3);

		b->data[to++] = blank ? '+' : b->data[i];
		i += blank ? 2 : 0;
	}
	buf_truncate(b, to);
}

/* Read "content", "=content", "name=content", "@file" or "name@file", percent-
 * encoded. Templates stay: their values are encoded once they are known. */
static int
read_encoded(const struct setting *s, struct buf *piece, char **cause)
{
	/* As in curl, an = anywhere is stronger than an @ before it. */
	size_t name_len = strcspn(s->value, strchr(s->value, '=') ? "=" : "@");
	char sign = s->value[name_len];
	const char *rest = s->value + name_len + (sign ? 1 : 0);
	struct buf raw, encoded;
	int rc = 0;

	buf_init(&raw);
	buf_init(&encoded);
	if (sign == '@')
		rc = setting_read_file(s, rest, &raw, cause);
	else
		buf_adds(&raw, sign ? rest : s->value);
	if (sign && name_len)
		buf_addf(piece, "%.*s=", (int)name_len, s->value);
	template_add_encoded(&encoded, buf_text(&raw), raw.len);
	write_blanks_as_plus(&encoded);
	buf_add(piece, encoded.data, encoded.len);
	buf_release(&encoded);
	buf_release(&raw);
	return rc;
}

/* Append to the form data what `read` makes of the value. */
static int
add_form_data(const struct setting *s,
    int (*read)(const struct setting *, struct buf *, char **), char **cause)
{
	struct buf piece;
	int rc;

	buf_init(&piece);
	rc = read(s, &piece, cause);
	if (rc == 0)
		add_form_body(s, &piece);
	buf_release(&piece);
	return rc;
}

int
setter_data(const struct setting *s, char **cause)
{
	return add_form_data(s, read_unbroken, cause);
}

int
setter_data_binary(const struct setting *s, char **cause)
{
	return add_form_data(s, read_value_or_file, cause);
}

int
setter_data_raw(const struct setting *s, char **cause)
{
	return add_form_data(s, read_as_is, cause);
}

int
setter_data_urlencode(const struct setting *s, char **cause)
{
	return add_form_data(s, read_encoded, cause);
}

/* The value is encoded as by --data-urlencode, unless it begins with "+": then
 * it is encoded already. */
int
setter_url_query(const struct setting *s, char **cause)
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
		    &s->options->run.request.url_query, buf_take(&piece));
	buf_release(&piece);
	return rc;
}

int
setter_json(const struct setting *s, char **cause)
{
	struct request_options *r = &s->options->run.request;
	struct buf piece;
	int rc;

	buf_init(&piece);
	rc = read_value_or_file(s, &piece, cause);
	if (rc == 0) {
		append_to_body(r, &piece, "");
		r->body_kind = BODY_JSON;
	}
	buf_release(&piece);
	return rc;
}

/* Read stdin as the body. It is held in memory, since there may be many
 * requests, and retries, and a stream can be read only once. */
static int
read_stdin(const struct setting *s, char **cause)
{
	struct request_options *r = &s->options->run.request;
	struct buf all;

	buf_init(&all);
	if (setting_read_file(s, "-", &all, cause) == -1) {
		buf_release(&all);
		return -1;
	}
	free(r->body);
	r->body_len = all.len;
	r->body = buf_take(&all);
	return 0;
}

/* Check one entry of a form: the file that it names must be readable, and text
 * that goes into a header of the part must be one line. */
static int
check_part(const struct setting *s, const char *part, char **cause)
{
	if ((*part == FORM_HEADER || *part == FORM_TYPE) &&
	    part[strcspn(part, "\r\n")])
		return setting_refuse(cause,
		    "%s: the header of a part must not contain a line break",
		    s->typed);
	if (*part == FORM_STDIN)
		return read_stdin(s, cause);
	if (*part == FORM_FILE || *part == FORM_CONTENT)
		return setting_check_file(s, part + 1, cause);
	return 0;
}

/* Append the entries that `parse` makes of the value, and check each. */
static int
add_form_parts(const struct setting *s,
    int (*parse)(struct strlist *, const char *, char **), char **cause)
{
	struct request_options *r = &s->options->run.request;
	size_t i = r->form.len;
	char *why = NULL;

	r->body_kind = BODY_MULTIPART;
	if (parse(&r->form, s->value, &why) == -1) {
		setting_refuse(cause, "%s: %s", s->typed, why);
		free(why);
		return -1;
	}
	for (; i < r->form.len; i++)
		if (check_part(s, r->form.items[i], cause) == -1)
			return -1;
	return 0;
}

/* Is it a word of --format? "--form ndjson" is an abbreviation that other
 * programs would accept. */
static bool
is_format(const char *text)
{
	const char *const *word = option_by_name("format")->words;

	while (*word && strcmp(*word, text) != 0)
		word++;
	return *word;
}

int
setter_form(const struct setting *s, char **cause)
{
	if (is_format(s->value))
		return setting_refuse(cause,
		    "%s expects NAME=CONTENT, not \"%s\"; did you mean "
		    "--format %s?",
		    s->typed, s->value, s->value);
	return add_form_parts(s, form_parse, cause);
}

int
setter_form_string(const struct setting *s, char **cause)
{
	return add_form_parts(s, form_parse_string, cause);
}

int
setter_upload(const struct setting *s, char **cause)
{
	struct request_options *r = &s->options->run.request;

	if (strcmp(s->value, "-") == 0) {
		r->body_kind = BODY_UPLOAD;
		return read_stdin(s, cause);
	}
	r->body_kind = BODY_FILE;
	r->names_upload = true;
	free(r->upload);
	r->upload = xstrdup(s->value);
	return setting_check_file(s, s->value, cause);
}
