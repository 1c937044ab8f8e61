/*
 * The body is what archives differ in: a text, a text in base64 (which HAR 1.2
 * does not have, but several programs write), or the parameters of a form.
 */
#include "config.h"

#include "har/request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/xalloc.h"
#include "text/ascii.h"
#include "text/base64.h"

/* --- forms ---------------------------------------------------------------- */

/* Append `text` as the name or the value of a form field. */
static void
add_form_encoded(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (ascii_is_alnum(*text) || strchr("-._*", *text))
			buf_addc(out, *text);
		else if (*text == ' ')
			buf_addc(out, '+');
		else
			buf_addf(out, "%%%02X", (unsigned)(unsigned char)*text);
	}
}

static void
add_form(struct buf *out, const struct har_fields *params)
{
	for (size_t i = 0; i < params->len; i++) {
		if (i)
			buf_addc(out, '&');
		add_form_encoded(out, params->items[i].name);
		buf_addc(out, '=');
		add_form_encoded(out, params->items[i].value);
	}
}

/* Append `text` to a header in quotes. */
static void
add_quoted(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\r' || *text == '\n')
			buf_addf(out, "%%%02X", (unsigned)(unsigned char)*text);
		else
			buf_addc(out, *text);
	}
}

/* Append the parts of a form with the boundary `mark` between them. */
static void
add_multipart(
    struct buf *out, const struct har_fields *params, const char *mark)
{
	for (size_t i = 0; i < params->len; i++) {
		buf_addf(out, "--%s\r\nContent-Disposition: form-data; name=\"",
		    mark);
		add_quoted(out, params->items[i].name);
		buf_addf(out, "\"\r\n\r\n%s\r\n", params->items[i].value);
	}
	buf_addf(out, "--%s--\r\n", mark);
}

/* The name of the file that the parameter uploads; NULL: it does not upload
 * one. Caller frees. */
static char *
find_upload(const struct json_doc *doc, uint32_t params)
{
	char *file = NULL;

	for (uint32_t at = json_inside(params);
	     at < json_close(doc, params) && !file; at = json_after(doc, at))
		file = har_member_text(doc, at, "fileName");
	return file;
}

#define FORM_MARK "gather-replayed-form-boundary"

/* Put a body together from its parameters. */
static int
read_params(struct har_request *r, const struct json_doc *doc, uint32_t post,
    char **cause)
{
	uint32_t array = har_member(doc, post, "params", '[');
	char *type = har_member_text(doc, post, "mimeType");
	char *file = find_upload(doc, array);
	struct har_fields params = {0};

	if (file) {
		*cause = xasprintf(
		    "the HAR does not hold the file \"%s\" that it uploads",
		    file);
		free(file);
		free(type);
		return -1;
	}
	har_fields_read(&params, doc, array);
	if (type && strncasecmp(type, "multipart/", 10) == 0) {
		add_multipart(&r->body, &params, FORM_MARK);
		r->content_type =
		    xstrdup("multipart/form-data; boundary=" FORM_MARK);
	} else {
		add_form(&r->body, &params);
	}
	r->has_body = true;
	har_fields_release(&params);
	free(type);
	return 0;
}

/* --- bodies --------------------------------------------------------------- */

/* Read "text" as "encoding" says. */
static int
read_text(struct har_request *r, const struct json_doc *doc, uint32_t post,
    char **cause)
{
	char *encoding = har_member_text(doc, post, "encoding");
	struct buf text = {0};
	int rc = 0;

	har_add_text(&text, doc, har_member(doc, post, "text", '"'));
	r->has_body = true;
	if (!encoding || strcasecmp(encoding, "base64") != 0) {
		r->body = text;
	} else {
		if (!base64_decode(&r->body, buf_text(&text), text.len)) {
			*cause =
			    xstrdup("its \"postData\" is not valid base64");
			rc = -1;
		}
		buf_release(&text);
	}
	free(encoding);
	return rc;
}

static bool
has_items(const struct json_doc *doc, uint32_t array)
{
	return array != HAR_NONE && json_inside(array) < json_close(doc, array);
}

static int
read_body(struct har_request *r, const struct json_doc *doc, uint32_t node,
    char **cause)
{
	uint32_t post = har_member(doc, node, "postData", '{');
	uint32_t text = HAR_NONE, params = HAR_NONE;
	double size = har_member_number(doc, node, "bodySize", 1e15);

	if (post != HAR_NONE) {
		text = har_member(doc, post, "text", '"');
		params = har_member(doc, post, "params", '[');
	}
	if (text != HAR_NONE && json_span_at(doc, text).len > 2)
		return read_text(r, doc, post, cause);
	if (has_items(doc, params))
		return read_params(r, doc, post, cause);
	r->has_body = text != HAR_NONE;
	if (!(size > 0))
		return 0;
	*cause =
	    xasprintf("the HAR does not hold its body of %.0f bytes", size);
	return -1;
}

/* --- the request ---------------------------------------------------------- */

int
har_request_read(struct har_request *r, const struct json_doc *doc,
    uint32_t node, char **cause)
{
	r->method = har_member_text(doc, node, "method");
	r->url = har_member_text(doc, node, "url");
	if (!r->url || !*r->url)
		*cause = xstrdup("its request has no \"url\"");
	else if (!r->method || !ascii_is_token(r->method, strlen(r->method)))
		*cause = xstrdup("its request has no valid \"method\"");
	else {
		har_fields_read(
		    &r->headers, doc, har_member(doc, node, "headers", '['));
		return read_body(r, doc, node, cause);
	}
	return -1;
}

void
har_request_release(struct har_request *r)
{
	free(r->method);
	free(r->url);
	free(r->content_type);
	har_fields_release(&r->headers);
	buf_release(&r->body);
	*r = (struct har_request){0};
}
