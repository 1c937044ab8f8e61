/* Expressions and readings, whatever their language: the limit on what is
 * found, and failures with the expression named. All that differs is in the
 * rows of language.h. */
#include "config.h"

#include "match/match.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "match/language.h"
#include "text/utf8.h"

enum {
	LARGE = 1 << 20 /* bytes of a body whose tree is worth giving back */
};

struct matcher {
	const struct language *language;
	char *label;      /* the option and the expression, for messages */
	const char *text; /* the expression alone: the end of `label` */
	void *expression;
	uint64_t max;
};

struct reading {
	const struct language *language;
	void *document;
	bool done;      /* it holds the body at hand */
	uint64_t found; /* bytes that all expressions found in it so far */
};

struct readings {
	struct result *result; /* with the body at hand; borrowed */
	struct reading of[MATCH_LANGUAGES];
};

/* The languages, by the values of enum match_language. */
static const struct language *const languages[] = {
    [MATCH_JSON] = &language_json,
    [MATCH_XPATH] = &language_xpath,
};

struct matcher *
matcher_new(const struct match_text *text, char **cause)
{
	struct matcher *m = xcalloc(1, sizeof(*m));
	size_t column;
	char *why;

	m->language = languages[text->language];
	m->max = text->max ? text->max : MATCH_MAX;
	m->label = xasprintf("%s %s", text->option, text->text);
	m->text = m->label + strlen(text->option) + 1 + text->skip;
	m->expression =
	    m->language->compile(text->text + text->skip, &column, &why);
	if (m->expression)
		return m;
	if (column)
		*cause = xasprintf("%s: column %zu: %s", m->label,
		    column + utf8_count(text->text, text->skip), why);
	else
		*cause = xasprintf("%s: %s", m->label, why);
	free(why);
	matcher_free(m);
	return NULL;
}

void
matcher_free(struct matcher *m)
{
	if (!m)
		return;
	if (m->expression)
		m->language->expression_free(m->expression);
	free(m->label);
	free(m);
}

bool
matcher_is_singular(const struct matcher *m)
{
	return m->language->is_singular(m->expression);
}

enum match_language
matcher_language(const struct matcher *m)
{
	return m->language == &language_json ? MATCH_JSON : MATCH_XPATH;
}

const char *
matcher_name(const struct matcher *m)
{
	const char *name = m->language->name(m->expression);

	return name ? name : m->language->default_name;
}

const char *
matcher_label(const struct matcher *m)
{
	return m->label;
}

void
matches_clear(struct matches *m)
{
	json_spans_clear(&m->spans);
	buf_clear(&m->text);
}

void
matches_release(struct matches *m)
{
	json_spans_release(&m->spans);
	buf_release(&m->text);
}

bool
matches_need_body(const struct matches *m)
{
	return m->spans.len > 0 && m->text.len == 0;
}

struct readings *
readings_new(void)
{
	struct readings *readings = xcalloc(1, sizeof(*readings));

	for (int i = 0; i < MATCH_LANGUAGES; i++)
		readings->of[i].language = languages[i];
	return readings;
}

void
readings_free(struct readings *readings)
{
	if (!readings)
		return;
	for (int i = 0; i < MATCH_LANGUAGES; i++) {
		struct reading *reading = &readings->of[i];

		if (reading->document)
			reading->language->document_free(reading->document);
	}
	free(readings);
}

void
readings_begin(struct readings *readings, struct result *r)
{
	readings->result = r;
	for (int i = 0; i < MATCH_LANGUAGES; i++)
		readings->of[i].done = false;
}

void
readings_move(struct readings *readings, struct result *r)
{
	readings->result = r;
}

struct result *
readings_result(const struct readings *readings)
{
	return readings->result;
}

size_t
readings_bytes(const struct readings *readings)
{
	const struct reading *json = &readings->of[MATCH_JSON];

	return json->done ? json_doc_bytes(json->document) : 0;
}

/* Read the body of `r`. -1: `r` has become a failure. */
static int
read_body(struct reading *reading, struct result *r)
{
	struct match_input input = {.content_type = r->content_type};
	struct match_problem p;

	input.bytes = body_bytes(&r->body, &input.len);
	if (!input.bytes) {
		failure_set(&r->failure, ERROR_LOCAL, "memory", 0,
		    "cannot read the body from its temporary file: %s",
		    strerror(errno));
		return -1;
	}
	if (!reading->document)
		reading->document = reading->language->document_new();
	if (reading->language->read(reading->document, &input, &p) == 0)
		return 0;
	failure_set(&r->failure, p.class, p.reason, 0, "%s", p.message);
	return -1;
}

struct reading *
readings_take(struct readings *readings, enum match_language language)
{
	struct reading *reading = &readings->of[language];

	if (!reading->done && read_body(reading, readings->result))
		return NULL;
	if (reading->done && language == MATCH_JSON)
		reading_leave(reading);
	reading->done = true;
	reading_begin(reading);
	return reading;
}

const struct json_doc *
reading_json(const struct reading *reading)
{
	return reading->document;
}

void
reading_enter(struct reading *reading, const struct json_span *match)
{
	reading->language->enter(reading->document, match);
}

void
reading_leave(struct reading *reading)
{
	reading->language->enter(reading->document, NULL);
}

void
reading_begin(struct reading *reading)
{
	reading->found = 0;
}

/* Forget the body, if the language says that this is worth it. */
static void
drop(struct reading *reading, uint64_t size)
{
	reading->done = false;
	if (!reading->language->forget)
		return;
	reading->language->forget(reading->document);
	if (size >= LARGE)
		xtrim();
}

void
readings_end(struct readings *readings)
{
	for (int i = 0; i < MATCH_LANGUAGES; i++)
		if (readings->of[i].document)
			drop(&readings->of[i], readings->result->body.size);
}

/* Make `r` a failure: too much was found. Always returns -1. */
static int
fail_size(const struct matcher *m, struct result *r)
{
	failure_set(&r->failure, ERROR_SIZE, "matches", 0,
	    "%s: the matches are larger than %" PRIu64
	    " bytes; --max-filesize sets the limit",
	    m->label, m->max);
	return -1;
}

/* How many bytes may still be found. None is told by 1, since 0 would be no
 * limit and a match takes more than 1. */
static uint64_t
bytes_left(const struct matcher *m, const struct reading *reading)
{
	return m->max > reading->found ? m->max - reading->found : 1;
}

int
matcher_apply(const struct matcher *m, struct reading *reading,
    struct matches *found, struct result *r)
{
	struct match_problem p;
	uint64_t before = found->spans.size;
	int rc;

	assert(m->language == reading->language);
	found->spans.max = before + bytes_left(m, reading);
	rc = m->language->apply(m->expression, reading->document, found, &p);
	if (json_spans_too_many(&found->spans))
		return fail_size(m, r);
	reading->found += found->spans.size - before;
	if (rc == 0)
		return 0;
	failure_set(
	    &r->failure, p.class, p.reason, 0, "%s: %s", m->label, p.message);
	return -1;
}

int
matcher_spread(const struct matcher *m, struct reading *reading,
    struct matches *found, struct result *r)
{
	struct matcher elements = *m;
	struct json_span only;
	size_t column;
	char *why;
	int rc;

	if (m->language != languages[MATCH_JSON] || !matcher_is_singular(m) ||
	    found->spans.len == 0 || *found->spans.items[0].start != '[')
		return 0;
	only = found->spans.items[0];
	elements.expression = m->language->compile("[*]", &column, &why);
	assert(elements.expression);
	reading_begin(reading);
	reading_enter(reading, &only);
	matches_clear(found);
	rc = matcher_apply(&elements, reading, found, r);
	reading_leave(reading);
	m->language->expression_free(elements.expression);
	return rc;
}

unsigned
matcher_describe_gap(
    const struct matcher *m, const struct reading *reading, struct buf *out)
{
	return m->language->describe_gap(
	    m->expression, m->text, reading->document, out);
}

int
matcher_repeat(const struct matcher *m, struct reading *reading, uint64_t more,
    struct result *r)
{
	if (more > bytes_left(m, reading))
		return fail_size(m, r);
	reading->found += more;
	return 0;
}
