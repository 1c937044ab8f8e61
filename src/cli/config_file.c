/*
 * Config files: take_line and the functions before it read one line into an
 * option and its value, which parse_config_line applies; config_take goes
 * through the lines of a file; the last functions find and read the files.
 */
#include "config.h"

#include "cli/config_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "cli/parse.h"
#include "cli/setters.h"
#include "text/utf8.h"

static const char blanks[] = " \t\r";
/* Appended to messages about the user's own file, which a user may not know of
 * at all. */
static const char skip_hint[] = " (-q as the first option skips this file)";

/* The character that a backslash and `c` stand for. */
static char
unescape(char c)
{
	static const char from[] = "tnrv", to[] = "\t\n\r\v";
	const char *at = strchr(from, c);

	return at && c ? to[at - from] : c;
}

/* Read the quoted text at `at`, which is unescaped in place, into *value.
 * Returns what follows it, or NULL if the closing quote is missing. */
static char *
take_quoted(char *at, char **value)
{
	char *to = ++at;

	*value = to;
	for (; *at && *at != '"'; at++) {
		if (*at == '\\' && at[1])
			*to++ = unescape(*++at);
		else
			*to++ = *at;
	}
	if (!*at)
		return NULL;
	*to = '\0';
	return at + 1;
}

/* Read the word at `at`, which is ended in place, into *value. Returns what
 * follows it. */
static char *
take_word(char *at, char **value)
{
	size_t len = strcspn(at, blanks);
	char *next = at + len + (at[len] ? 1 : 0);

	*value = at;
	at[len] = '\0';
	return next;
}

/* Read the value at `at`, if there is one, into the line. Only a comment may
 * follow it. */
static int
take_value(char *at, struct parse_line *line, char **cause)
{
	if (*at == '\0' || *at == '#')
		return 0;
	at = *at == '"' ? take_quoted(at, &line->value)
	                : take_word(at, &line->value);
	if (!at)
		return setting_refuse(cause, "the closing quote is missing");
	at += strspn(at, blanks);
	if (*at && *at != '#')
		return setting_refuse(cause,
		    "quote a value that contains spaces: %s = \"...\"",
		    line->option);
	return 0;
}

/* The characters that end the option at `text`: "name=value", "name: value" and
 * "--name=value", but "-nVALUE", whose value may contain `=` and `:`. */
static const char *
name_ends(const char *text)
{
	if (*text != '-')
		return " \t\r=:";
	return text[1] == '-' ? " \t\r=" : blanks;
}

/* Apply one line, which is cut to pieces. */
static int
take_line(struct options *o, char *text, enum config_kind kind, char **cause)
{
	struct parse_line line = {.is_default = kind == CONFIG_DEFAULT};
	size_t len;
	char *rest;

	text += strspn(text, blanks);
	if (*text == '\0' || *text == '#')
		return 0;
	len = strcspn(text, name_ends(text));
	rest = text + len + strspn(text + len, " \t\r=:");
	line.option = xmemdup0(text, len);
	if (take_value(rest, &line, cause) == -1 ||
	    parse_config_line(o, &line, cause) == -1) {
		free(line.option);
		return -1;
	}
	free(line.option);
	return 0;
}

int
config_take(struct options *o, const struct config_file *file, char **cause)
{
	char *text = file->text, *next, *why;

	for (unsigned n = 1; text; n++, text = next) {
		next = strchr(text, '\n');
		if (next)
			*next++ = '\0';
		if (take_line(o, text, file->kind, &why) == 0)
			continue;
		*cause = xasprintf("%s:%u: %s%s", file->name, n, why,
		    file->kind == CONFIG_DEFAULT ? skip_hint : "");
		free(why);
		return -1;
	}
	return 0;
}

/* The name of the user's config file (XDG Base Directory Specification); NULL:
 * neither variable says where it would be. Caller frees. */
static char *
default_name(void)
{
	const char *dir = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	if (dir && *dir == '/')
		return xasprintf("%s/gather/config", dir);
	return home && *home ? xasprintf("%s/.config/gather/config", home)
	                     : NULL;
}

/* Read the user's config file `name`. That it does not exist is no error. */
static int
read_default(struct options *o, const char *name, char **cause)
{
	struct config_file file = {.name = name, .kind = CONFIG_DEFAULT};
	struct buf text;
	int error, rc = 0;

	buf_init(&text);
	error = read_file(name, &text);
	utf8_drop_mark(&text);
	file.text = text.data;
	if (error && error != ENOENT && error != ENOTDIR)
		rc = setting_refuse(cause, "cannot read \"%s\": %s%s", name,
		    strerror(error), skip_hint);
	else if (!error)
		rc = config_take(o, &file, cause);
	buf_release(&text);
	return rc;
}

int
config_read_default(struct options *o, char **cause)
{
	char *name = default_name();
	int rc = name ? read_default(o, name, cause) : 0;

	free(name);
	o->defaults = o->given.len;
	return rc;
}

/* -K FILE. Config files cannot contain -K themselves (parse_config_line), so
 * they cannot include each other endlessly. */
int
setter_config(const struct setting *s, char **cause)
{
	struct config_file file = {.name = s->value, .kind = CONFIG_NAMED};
	struct buf text;
	int rc;

	buf_init(&text);
	rc = setting_read_file(s, s->value, &text, cause);
	utf8_drop_mark(&text);
	file.text = text.data;
	if (rc == 0)
		rc = config_take(s->options, &file, cause);
	buf_release(&text);
	return rc;
}
