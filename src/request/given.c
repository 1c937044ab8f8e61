#include "config.h"

#include "request/given.h"

#include <stdbool.h>
#include <string.h>

#include "base/xalloc.h"
#include "json/scan.h"
#include "json/write.h"
#include "redact/redact.h"
#include "redact/secret.h"
#include "request/url.h"
#include "text/ascii.h"

/* A JSON line that is being copied without its secrets. Only what is replaced
 * is written at once; what stands in front of it is copied then. */
struct copy {
	struct buf *out;
	const struct json_doc *doc;
	const char *at; /* in the line: what is not copied yet */
	enum given_use use;
	struct buf text;  /* of the string being looked at, unescaped */
	struct buf shown; /* of the same string, redacted */
};

/* Write `s` as a string in place of the value `node`. */
static void
replace(struct copy *c, uint32_t node, const char *s, size_t len)
{
	struct json_span span = json_span_at(c->doc, node);

	buf_add(c->out, c->at, (size_t)(span.start - c->at));
	json_add_string(c->out, s, len);
	c->at = span.start + span.len;
}

/* Set c->text to what the string `node` says. */
static void
unescape(struct copy *c, uint32_t node)
{
	struct json_span span = json_span_at(c->doc, node);

	buf_clear(&c->text);
	json_add_text(&c->text, span.start, span.len);
}

static bool
is_named(const struct copy *c, const char *name)
{
	return strcmp(buf_text(&c->text), name) == 0;
}

static void
copy_string(struct copy *c, uint32_t node, enum redact_kind kind)
{
	unescape(c, node);
	buf_clear(&c->shown);
	redact_add(&c->shown, kind, buf_text(&c->text), c->text.len);
	if (c->shown.len != c->text.len ||
	    memcmp(buf_text(&c->shown), buf_text(&c->text), c->text.len) != 0)
		replace(c, node, buf_text(&c->shown), c->shown.len);
}

static void copy_value(struct copy *, uint32_t node, enum redact_kind);

/* Copy the object "headers". Which values are secret the names tell; a null
 * removes a header, and is none. */
static void
copy_headers(struct copy *c, uint32_t node)
{
	for (uint32_t at = json_inside(node); at < json_close(c->doc, node);
	     at = json_after(c->doc, at + 1)) {
		unescape(c, at);
		if (json_first(c->doc, at + 1) != 'n' &&
		    (c->use == GIVEN_SHOWN ||
		        secret_is_header(buf_text(&c->text), c->text.len)))
			replace(c, at + 1, GIVEN_HIDDEN, strlen(GIVEN_HIDDEN));
		else
			copy_value(c, at + 1, REDACT_PASSWORD);
	}
}

/* Is the member c->text with this value hidden altogether? */
static bool
hides_member(const struct copy *c, uint32_t value)
{
	if (c->use != GIVEN_SHOWN || json_first(c->doc, value) == 'n')
		return false;
	return is_named(c, "body") || is_named(c, "body_base64") ||
	       is_named(c, "json") ||
	       (!json_is_container(c->doc, value) &&
	           secret_is_name(buf_text(&c->text), c->text.len));
}

static void
copy_object(struct copy *c, uint32_t node)
{
	enum redact_kind kind =
	    c->use == GIVEN_SHOWN ? REDACT_TEXT : REDACT_PASSWORD;

	for (uint32_t at = json_inside(node); at < json_close(c->doc, node);
	     at = json_after(c->doc, at + 1)) {
		uint32_t value = at + 1;

		unescape(c, at);
		if (is_named(c, "headers") && json_first(c->doc, value) == '{')
			copy_headers(c, value);
		else if (hides_member(c, value))
			replace(c, value, GIVEN_HIDDEN, strlen(GIVEN_HIDDEN));
		else if (is_named(c, "url") && c->use == GIVEN_SHOWN)
			copy_value(c, value, REDACT_URL);
		else
			copy_value(c, value, kind);
	}
}

/* Copy a value; strings in it are redacted as `kind`. The recursion ends, as
 * the scanner limits the depth (JSON_DEPTH_MAX). */
static void
copy_value(struct copy *c, uint32_t node, enum redact_kind kind)
{
	char first = json_first(c->doc, node);

	if (first == '"')
		copy_string(c, node, kind);
	else if (first == '{')
		copy_object(c, node);
	else if (first == '[')
		for (uint32_t at = json_inside(node);
		     at < json_close(c->doc, node); at = json_after(c->doc, at))
			copy_value(c, at, kind);
}

/* The line looks like an object but is not valid JSON. It cannot be repeated
 * from a record anyway, so all that might be a secret is hidden. */
static void
add_bad_json(struct buf *out, const char *input, size_t len)
{
	struct buf safe = {0};

	redact_add(&safe, REDACT_PASSWORD, input, len);
	redact_add(out, REDACT_TEXT, buf_text(&safe), safe.len);
	buf_release(&safe);
}

static void
add_json(struct buf *out, const char *input, size_t len, enum given_use use)
{
	struct json_doc *doc = json_doc_new();
	struct copy c = {.out = out, .doc = doc, .at = input, .use = use};
	struct json_error error;

	if (json_doc_scan(doc, input, len, &error)) {
		add_bad_json(out, input, len);
	} else {
		copy_value(&c, 0, REDACT_TEXT);
		buf_add(out, c.at, (size_t)(input + len - c.at));
	}
	buf_release(&c.text);
	buf_release(&c.shown);
	json_doc_free(doc);
}

void
given_add(struct buf *out, const char *input, size_t len, enum given_use use)
{
	size_t blanks = 0;

	while (blanks < len && ascii_is_space(input[blanks]))
		blanks++;
	if (blanks < len && input[blanks] == '{')
		add_json(out, input, len, use);
	else
		redact_add(out,
		    use == GIVEN_SHOWN ? REDACT_URL : REDACT_PASSWORD, input,
		    len);
}

char *
given_subject(const struct request *r)
{
	struct buf row = {0};
	char *shown;

	if ((r->is_value || r->is_recorded) && r->url)
		return url_redacted(r->url);
	if (r->hides_input)
		return xstrdup(GIVEN_HIDDEN);
	if (!r->is_value || !r->row ||
	    !row_names_hold_secret(row_columns(r->row)))
		return given_shown(r->input, r->input_len);
	row_add_json(&row, r->row);
	shown = given_shown(buf_text(&row), row.len);
	buf_release(&row);
	return shown;
}

char *
given_shown(const char *input, size_t len)
{
	struct buf out = {0};

	given_add(&out, input, len, GIVEN_SHOWN);
	buf_adds(&out, "");
	return buf_take(&out);
}
