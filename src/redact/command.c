/* How a value is shown depends on its option; the table is for those whose
 * values are or hold secrets. All other values are texts like any other. */
#include "config.h"

#include "redact/command.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "redact/redact.h"
#include "text/shell.h"
#include "text/utf8.h"

enum {
	TEXT_MOST = 4000, /* bytes of the whole command, about */
	WORD_MOST =
	    300,      /* bytes of a value; of longer ones the middle is cut */
	WORD_END = 60 /* of these, behind the mark of the cut */
};

/* Returns a value of which nothing but its form may be shown. */
static char *
hidden(const char *value)
{
	(void)value;
	return xstrdup("***");
}

static char *
shown_as_header(const char *value)
{
	return redacted(REDACT_WIRE, value);
}

static char *
shown_as_url(const char *value)
{
	return redacted(REDACT_URL, value);
}

static char *
shown_as_query(const char *value)
{
	return redacted(REDACT_QUERY, value);
}

static char *
shown_as_text(const char *value)
{
	return redacted(REDACT_TEXT, value);
}

/* "NAME=***"; %NAME and NAME@FILE say only where the secret is. */
static char *
shown_as_variable(const char *value)
{
	size_t name = strcspn(value, "=@");

	if (value[name] != '=')
		return xstrdup(value);
	return xasprintf("%.*s=***", (int)name, value);
}

/* Cookies have a `=`; what has none is a file of them. */
static char *
shown_as_cookie(const char *value)
{
	return strchr(value, '=') ? hidden(value) : xstrdup(value);
}

static const struct {
	const char *option;
	char *(*shown)(const char *value);
} kinds[] = {
    {"aws-sigv4", shown_as_text},
    {"cert", hidden},
    {"cookie", shown_as_cookie},
    {"data", shown_as_query},
    {"data-binary", shown_as_query},
    {"data-raw", shown_as_query},
    {"data-urlencode", shown_as_query},
    {"form", shown_as_query},
    {"form-string", shown_as_query},
    {"header", shown_as_header},
    {"oauth2-bearer", hidden},
    {"pass", hidden},
    {"proxy", shown_as_url},
    {"proxy-user", hidden},
    {"referer", shown_as_url},
    {"url", shown_as_url},
    {"url-query", shown_as_query},
    {"user", hidden},
    {"variable", shown_as_variable},
};

/* Returns the value as it may be shown. A body that is JSON is a text with
 * members, whatever option it came by. */
static char *
shown_value(const struct command_option *o)
{
	if (*o->value == '@')
		return xstrdup(o->value);
	if (*o->value == '{' || *o->value == '[')
		return shown_as_text(o->value);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kinds[i].option, o->name) == 0)
			return kinds[i].shown(o->value);
	return shown_as_text(o->value);
}

/* Returns whether there is room for one more word, else counts it. */
static bool
has_room(struct command_text *c)
{
	if (!c->text.len)
		buf_adds(&c->text, "gather");
	if (c->text.len < TEXT_MOST)
		return true;
	c->left_out++;
	return false;
}

/* Append one word of the shell. */
static void
add_word(struct command_text *c, const struct buf *word)
{
	char *quoted = shell_word(buf_text(word));

	buf_addc(&c->text, ' ');
	buf_adds(&c->text, quoted);
	free(quoted);
}

void
command_text_release(struct command_text *c)
{
	buf_release(&c->text);
}

void
command_text_add(struct command_text *c, const char *operand)
{
	char *shown;
	struct buf word;

	if (!has_room(c))
		return;
	shown = redacted(REDACT_URL, operand);
	buf_init(&word);
	utf8_add_middle(&word, shown, WORD_MOST, WORD_END);
	add_word(c, &word);
	buf_release(&word);
	free(shown);
}

void
command_text_add_option(struct command_text *c, const struct command_option *o)
{
	struct buf word;
	char *shown;

	if (!has_room(c))
		return;
	buf_init(&word);
	buf_adds(&word, o->typed);
	if (!o->value) {
		add_word(c, &word);
		buf_release(&word);
		return;
	}
	if (*o->between == '=') {
		buf_addc(&word, '=');
	} else {
		add_word(c, &word);
		buf_clear(&word);
	}
	shown = shown_value(o);
	utf8_add_middle(&word, shown, WORD_MOST, WORD_END);
	add_word(c, &word);
	buf_release(&word);
	free(shown);
}

void
command_text_end(struct command_text *c)
{
	if (c->left_out)
		buf_addf(&c->text, " … (%zu more argument%s)", c->left_out,
		    c->left_out == 1 ? "" : "s");
}
