/*
 * The value of -F. It is read from left to right: the name, the content, and
 * the attributes after it; each appends entries to the form. request/options.h
 * says what entries there are.
 */
#include "config.h"

#include "cli/form.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "request/options.h"
#include "text/ascii.h"

/* An attribute ";name=value" after the content of a part. */
static const struct attribute {
	const char *name;
	char tag;
} attributes[] = {
    {"type=", FORM_TYPE},
    {"filename=", FORM_FILENAME},
    {"encoder=", FORM_ENCODER},
    {"headers=", FORM_HEADER},
};

/* What ends a value without quotes. Text and types may contain semicolons
 * ("text/plain; charset=utf-8"): only a semicolon before an attribute ends
 * them. */
enum value_end {
	END_SEMICOLON,
	END_ATTRIBUTE
};

/* The state of reading the value of one -F. */
struct parser {
	struct strlist *form; /* what was read so far */
	const char *at;       /* the rest of the value */
	bool files;           /* a list of files: a comma ends each */
	char **cause;
};

static void
skip_blanks(struct parser *p)
{
	while (ascii_is_blank(*p->at))
		p->at++;
}

/* The attribute whose name is at `s`, after blanks; NULL: there is none. */
static const struct attribute *
attribute_at(const char *s)
{
	while (ascii_is_blank(*s))
		s++;
	for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++)
		if (strncasecmp(
		        s, attributes[i].name, strlen(attributes[i].name)) == 0)
			return &attributes[i];
	return NULL;
}

/* Append an entry with `tag` to the form (request/options.h). */
static void
add_entry(struct parser *p, char tag, const char *text)
{
	strlist_add_owned(p->form, xasprintf("%c%s", tag, text));
}

/* Read a value in quotes, in which a backslash escapes a quote or a backslash
 * only, as in curl. Caller frees. */
static char *
take_quoted(struct parser *p)
{
	struct buf value;

	buf_init(&value);
	for (p->at++; *p->at && *p->at != '"'; p->at++) {
		if (*p->at == '\\' && (p->at[1] == '"' || p->at[1] == '\\'))
			p->at++;
		buf_addc(&value, *p->at);
	}
	if (*p->at)
		p->at++;
	skip_blanks(p);
	return buf_take(&value);
}

static bool
is_end(const struct parser *p, enum value_end end)
{
	if (*p->at == ';')
		return end == END_SEMICOLON || attribute_at(p->at + 1);
	return !*p->at || (p->files && *p->at == ',');
}

/* Read a value without quotes, less the blanks at its end. Caller frees. */
static char *
take_plain(struct parser *p, enum value_end until)
{
	const char *start = p->at, *end;

	while (!is_end(p, until))
		p->at++;
	end = p->at;
	while (end > start && ascii_is_blank(end[-1]))
		end--;
	return xmemdup0(start, (size_t)(end - start));
}

static char *
take_value(struct parser *p, enum value_end until)
{
	skip_blanks(p);
	return *p->at == '"' ? take_quoted(p) : take_plain(p, until);
}

/* Read the attribute after a semicolon. Headers are collected in `headers`: in
 * the form they come after all other attributes. */
static void
take_attribute(struct parser *p, struct strlist *headers)
{
	const struct attribute *a = attribute_at(++p->at);
	char *value;

	skip_blanks(p);
	p->at += strlen(a->name);
	value =
	    take_value(p, a->tag == FORM_TYPE ? END_ATTRIBUTE : END_SEMICOLON);
	if (a->tag == FORM_HEADER)
		strlist_add(headers, value);
	else
		add_entry(p, a->tag, value);
	free(value);
}

/* The message about text after a part that is no attribute. It shows a name at
 * most, because the text may be a secret. Caller frees. */
static char *
refuse_attribute(const char *text)
{
	static const char known[] =
	    "only ;type= ;filename= ;encoder= and ;headers= can follow a part";
	size_t name = strcspn(text, "=");

	if (*text != ';' || text[name] != '=')
		return xstrdup(known);
	return xasprintf("%s, not \"%.*s=...\"", known, (int)name, text);
}

static int
take_attributes(struct parser *p)
{
	struct strlist headers;

	strlist_init(&headers);
	while (*p->at == ';' && attribute_at(p->at + 1))
		take_attribute(p, &headers);
	for (size_t i = 0; i < headers.len; i++)
		add_entry(p, FORM_HEADER, headers.items[i]);
	strlist_release(&headers);
	if (!*p->at || (p->files && *p->at == ','))
		return 0;
	*p->cause = refuse_attribute(p->at);
	return -1;
}

/* Read the name of a file, which gets `tag`, and its attributes. stdin gets the
 * file name "-", as curl sends it. */
static int
take_file(struct parser *p, char tag)
{
	char *name = take_value(p, END_SEMICOLON);

	if (strcmp(name, "-") == 0) {
		add_entry(p, FORM_STDIN, "");
		if (tag == FORM_FILE)
			add_entry(p, FORM_FILENAME, "-");
	} else {
		add_entry(p, tag, name);
	}
	free(name);
	return take_attributes(p);
}

/* Does another file follow the one at `text`? It is read for nothing, since
 * only the parser knows where it ends. */
static bool
has_many_files(const char *text)
{
	struct strlist none;
	char *cause = NULL;
	struct parser p = {&none, text, true, &cause};
	bool many;

	strlist_init(&none);
	many = take_file(&p, FORM_FILE) == 0 && *p.at == ',';
	strlist_release(&none);
	free(cause);
	return many;
}

/* Read one file, or several as a part with parts of its own (RFC 7578 has no
 * such nesting any more, but curl sends it). */
static int
take_files(struct parser *p)
{
	if (!has_many_files(p->at))
		return take_file(p, FORM_FILE);
	add_entry(p, FORM_OPEN, "");
	do {
		add_entry(p, FORM_PART, "");
		if (take_file(p, FORM_FILE) == -1)
			return -1;
	} while (*p->at++ == ',');
	add_entry(p, FORM_CLOSE, "");
	return 0;
}

/* Read what follows "name=": files (@), the content of a file (<), the
 * beginning of nested parts "(" or text. */
static int
take_content(struct parser *p)
{
	char *text;
	int rc;

	switch (*p->at) {
	case '@':
		p->at++;
		p->files = true;
		return take_files(p);
	case '<': p->at++; return take_file(p, FORM_CONTENT);
	case '(':
		p->at++;
		rc = take_attributes(p);
		add_entry(p, FORM_OPEN, "");
		return rc;
	}
	text = take_value(p, END_ATTRIBUTE);
	add_entry(p, FORM_TEXT, text);
	free(text);
	return take_attributes(p);
}

static size_t
count_tag(const struct strlist *form, char tag)
{
	size_t n = 0;

	for (size_t i = 0; i < form->len; i++)
		n += form->items[i][0] == tag;
	return n;
}

/* End the nested parts that "=(" began. */
static int
close_part(struct parser *p)
{
	if (count_tag(p->form, FORM_OPEN) > count_tag(p->form, FORM_CLOSE)) {
		add_entry(p, FORM_CLOSE, "");
		return 0;
	}
	*p->cause = xstrdup("=) has no matching =(");
	return -1;
}

/* Read "name=", which begins a part. */
static int
take_name(struct parser *p)
{
	size_t len = strcspn(p->at, "=");
	char *name;

	if (!p->at[len]) {
		*p->cause =
		    xstrdup("expected NAME=CONTENT, NAME=@FILE or NAME=<FILE");
		return -1;
	}
	name = xmemdup0(p->at, len);
	add_entry(p, FORM_PART, name);
	free(name);
	p->at += len + 1;
	return 0;
}

int
form_parse(struct strlist *form, const char *text, char **cause)
{
	struct parser p = {form, text, false, cause};

	if (strcmp(text, "=)") == 0)
		return close_part(&p);
	return take_name(&p) == -1 ? -1 : take_content(&p);
}

int
form_parse_string(struct strlist *form, const char *text, char **cause)
{
	struct parser p = {form, text, false, cause};

	if (take_name(&p) == -1)
		return -1;
	add_entry(&p, FORM_TEXT, p.at);
	return 0;
}
