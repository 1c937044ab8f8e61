/* XPath as a language of match.h. What it finds becomes JSON in a text of its
 * own, so that everything that is written of values is told once, for both
 * languages. */
#include "config.h"

#include "match/language.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "json/write.h"
#include "xml/xml.h"

enum {
	NAMES_SHOWN = 20, /* elements, in a message */
	NAME_SHOWN = 40   /* bytes of the name of each */
};

static void *
compile(const char *text, size_t *column, char **why)
{
	struct xml_error error;
	struct xml_path *path = xml_path_new(text, &error);

	if (path)
		return path;
	*column = error.column;
	*why = xstrdup(error.message);
	return NULL;
}

static void
expression_free(void *expression)
{
	xml_path_free(expression);
}

static bool
is_singular(const void *expression)
{
	return xml_path_is_singular(expression);
}

static const char *
name(const void *expression)
{
	return xml_path_last_name(expression);
}

static void *
document_new(void)
{
	return xml_doc_new();
}

static void
document_free(void *document)
{
	xml_doc_free(document);
}

static void
forget(void *document)
{
	xml_doc_clear(document);
}

/* How a problem with a document or an expression is classified in a record. */
static const struct problem_kind {
	enum error_class class;
	const char *reason;
} problem_kinds[] = {
    [XML_PROBLEM_SYNTAX] = {ERROR_PROTOCOL, "xml"},
    [XML_PROBLEM_TYPE] = {ERROR_PROTOCOL, "type"},
    [XML_PROBLEM_SIZE] = {ERROR_SIZE, "markup"},
    [XML_PROBLEM_PATH] = {ERROR_INPUT, "xpath"},
    [XML_PROBLEM_STEPS] = {ERROR_POLICY, "xpath"},
    [XML_PROBLEM_MEMORY] = {ERROR_LOCAL, "memory"},
};

/* Put a problem of the XML reader into words. Always returns -1. */
static int
set_problem(struct match_problem *p, const struct xml_error *error)
{
	const struct problem_kind *kind = &problem_kinds[error->problem];

	p->class = kind->class;
	p->reason = kind->reason;
	if (error->problem == XML_PROBLEM_SYNTAX)
		snprintf(p->message, sizeof(p->message),
		    "the body is not well-formed XML: line %zu, column %zu: %s",
		    error->line, error->column, error->message);
	else
		snprintf(p->message, sizeof(p->message), "%s", error->message);
	return -1;
}

static int
read_text(
    void *document, const struct match_input *input, struct match_problem *p)
{
	const struct xml_input text = {
	    .bytes = input->bytes,
	    .len = input->len,
	    .content_type = input->content_type,
	};
	struct xml_error error;

	return xml_doc_read(document, &text, &error) ? set_problem(p, &error)
	                                             : 0;
}

/* Append a value as JSON. False, with nothing appended, for a number that JSON
 * does not have: NaN and the infinities are no value. */
static bool
add_value(struct buf *out, const struct xml_value *value)
{
	switch (value->type) {
	case XML_VALUE_TEXT:
		json_add_string(out, value->text, strlen(value->text));
		return true;
	case XML_VALUE_NUMBER:
		if (!isfinite(value->number))
			return false;
		json_add_number(out, value->number);
		return true;
	case XML_VALUE_TRUTH: break;
	}
	buf_adds(out, value->truth ? "true" : "false");
	return true;
}

/* Append a value to the matches. Only its length is known for good: the text
 * may still move while it grows. */
static bool
on_value(void *arg, const struct xml_value *value)
{
	struct matches *found = arg;
	size_t before = found->text.len;

	if (add_value(&found->text, value))
		json_spans_add(&found->spans,
		    (struct json_span){.len = found->text.len - before});
	return !json_spans_too_many(&found->spans);
}

/* Set the start of each span, now that the text stays where it is. */
static void
place_spans(struct matches *found)
{
	const char *at = found->text.data;

	for (size_t i = 0; i < found->spans.len; i++) {
		found->spans.items[i].start = at;
		at += found->spans.items[i].len;
	}
}

static int
apply(const void *expression, void *document, struct matches *found,
    struct match_problem *p)
{
	const struct xml_viewer viewer = {on_value, found};
	struct xml_error error;

	if (xml_path_apply(expression, document, &viewer, &error) < 0)
		return set_problem(p, &error);
	place_spans(found);
	return 0;
}

/* How far an expression gets cannot be told: all elements of the document are
 * named, as far as they fit. */
static unsigned
describe_gap(
    const void *expression, const char *text, void *document, struct buf *out)
{
	struct strlist names = {0};
	unsigned rank;

	(void)expression;
	(void)text;
	xml_doc_add_names(document, &names, NAMES_SHOWN + 1);
	for (size_t i = 0; i < names.len; i++) {
		bool more = i == NAMES_SHOWN;

		buf_adds(out, i ? ", " : "the elements there are ");
		buf_addf(
		    out, "%.*s", NAME_SHOWN, more ? "..." : names.items[i]);
	}
	rank = names.len > 0;
	strlist_release(&names);
	return rank;
}

const struct language language_xpath = {
    .default_name = "xpath",
    .compile = compile,
    .expression_free = expression_free,
    .is_singular = is_singular,
    .name = name,
    .document_new = document_new,
    .document_free = document_free,
    .read = read_text,
    .apply = apply,
    .describe_gap = describe_gap,
    .forget = forget,
};
