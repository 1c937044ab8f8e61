/*
 * What is taken from answers and where it goes: paths of -j and --each, fields,
 * -w, and the files of -o and -O.
 */
#include "config.h"

#include "cli/setters.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "text/utf8.h"

/* --- paths: mistakes that the shell causes ------------------------------- */

/* The paths themselves are checked where they are compiled. */

/* The path in "NAME=PATH" or "PATH". */
static const char *
path_of(const char *text)
{
	static const char name[] = "abcdefghijklmnopqrstuvwxyz"
	                           "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	size_t len = strspn(text, name);

	return len && text[len] == '=' ? text + len + 1 : text;
}

/* The text after the quoted string that begins at `at`. */
static const char *
skip_string(const char *at)
{
	char quote = *at++;

	while (*at && *at != quote)
		at += *at == '\\' && at[1] ? 2 : 1;
	return *at ? at + 1 : at;
}

/* Does a path contain [], which is jq's for all elements, outside of
 * strings? */
static bool
has_empty_brackets(const char *at)
{
	while (*at) {
		if (*at == '\'' || *at == '"')
			at = skip_string(at);
		else if (strncmp(at, "[]", 2) == 0)
			return true;
		else
			at++;
	}
	return false;
}

/* -1 with *cause if the shell has changed the path, or if it is jq's. "$[0]"
 * in double quotes is arithmetic for bash, which puts 0 in its place. */
static int
check_path(const struct setting *s, const char *path, char **cause)
{
	if (!*path)
		return setting_refuse(cause,
		    "%s \"%s\": the path is empty (is a shell variable "
		    "unset?); the whole document is $",
		    s->typed, s->value);
	if (*path >= '0' && *path <= '9')
		return setting_refuse(cause,
		    "%s \"%s\": the shell expanded `$[...]`; put the path in "
		    "single quotes ('$[0].name') or use the short form ('.a', "
		    "'[0]')",
		    s->typed, s->value);
	if (*path != '/' && has_empty_brackets(path))
		return setting_refuse(cause,
		    "%s \"%s\": write `[*]` for all elements, as in '.a[*]'",
		    s->typed, s->value);
	return 0;
}

int
setter_path(const struct setting *s, char **cause)
{
	if (check_path(s, path_of(s->value), cause) == -1)
		return -1;
	strlist_add(&s->options->run.output.extract, s->value);
	return 0;
}

int
setter_items(const struct setting *s, char **cause)
{
	if (check_path(s, s->value, cause) == -1)
		return -1;
	return setter_text(s, cause);
}

/* "link" and "PARAM+N" pass the check of paths, too. */
int
setter_paginate(const struct setting *s, char **cause)
{
	if (check_path(s, path_of(s->value), cause) == -1)
		return -1;
	return setter_text(s, cause);
}

/* The last stage of --each if it has no --then yet; else NULL. */
static struct follow_stage *
open_stage(const struct setting *s)
{
	const struct follow_options *o = &s->options->run.follow;
	struct follow_stage *last =
	    o->stages_len ? &o->stages[o->stages_len - 1] : NULL;

	return last && !last->then ? last : NULL;
}

/* Begin a stage: --each or --each-xpath, whose --then has to follow. */
static int
add_stage(const struct setting *s, enum match_language language, char **cause)
{
	const struct follow_stage *before = open_stage(s);

	if (before)
		return setting_refuse(cause,
		    "%s %s needs a --then before the next %s",
		    follow_stage_option(before), before->each, s->typed);
	follow_options_add(&s->options->run.follow, language, s->value);
	return 0;
}

int
setter_each(const struct setting *s, char **cause)
{
	if (check_path(s, s->value, cause) == -1)
		return -1;
	return add_stage(s, MATCH_JSON, cause);
}

int
setter_each_xpath(const struct setting *s, char **cause)
{
	return add_stage(s, MATCH_XPATH, cause);
}

int
setter_then(const struct setting *s, char **cause)
{
	struct follow_stage *stage = open_stage(s);

	if (strstr(s->value, "{}"))
		return setting_refuse(cause,
		    "%s \"%s\": write {{.}} for the match, {{.id}} for one of "
		    "its members",
		    s->typed, s->value);
	if (!stage)
		return setting_refuse(cause,
		    "%s \"%s\" must follow --each or --each-xpath, which finds "
		    "its values",
		    s->typed, s->value);
	stage->then = xstrdup(s->value);
	return 0;
}

int
setter_xpath(const struct setting *s, char **cause)
{
	(void)cause;
	strlist_add(&s->options->run.output.xpath, s->value);
	return 0;
}

int
setter_eval(const struct setting *s, char **cause)
{
	if (check_path(s, s->value, cause) == -1)
		return -1;
	free(s->options->eval);
	s->options->eval = xstrdup(s->value);
	return 0;
}

/* --- what is put out, and where ------------------------------------------ */

/* How much of `len` bytes at `s` is left without the blanks at the end. */
static size_t
trim(const char *s, size_t len)
{
	while (len > 0 && s[len - 1] == ' ')
		len--;
	return len;
}

/* A comma-separated list; blanks around the names are allowed, and inside of
 * them, too, as names of columns have them. */
int
setter_fields(const struct setting *s, char **cause)
{
	struct strlist *fields = &s->options->run.output.fields;
	const char *at = s->value;

	strlist_release(fields);
	for (;;) {
		size_t len;

		at += strspn(at, " ");
		len = strcspn(at, ",");
		if (trim(at, len) == 0)
			return setting_wants(
			    s, "comma-separated names such as n,url", cause);
		strlist_add_owned(fields, xmemdup0(at, trim(at, len)));
		at += len;
		if (*at == '\0')
			return 0;
		at++;
	}
}

int
setter_writeout(const struct setting *s, char **cause)
{
	struct output_options *o = &s->options->run.output;
	struct buf text;
	int rc;

	if (s->value[0] != '@')
		return setter_text(s, cause);
	buf_init(&text);
	rc = setting_read_file(s, s->value + 1, &text, cause);
	utf8_drop_mark(&text);
	if (rc == 0) {
		free(o->writeout);
		o->writeout = buf_take(&text);
	}
	buf_release(&text);
	return rc;
}

/* -o - prints bodies as they are; all else are files. {} is what xargs and find
 * insert values for, so it is most likely a mistake. */
int
setter_output(const struct setting *s, char **cause)
{
	struct options *o = s->options;

	if (!*s->value)
		return setting_wants(s, "a file name", cause);
	if (strstr(s->value, "{}"))
		return setting_refuse(cause,
		    "%s \"%s\": write {{.}} for the value, {{n}} for the "
		    "number of the request",
		    s->typed, s->value);
	free(o->run.request.output);
	o->run.output.save = strcmp(s->value, "-") != 0;
	o->run.output.as_it_is = !o->run.output.save;
	o->run.request.output = o->run.output.save ? xstrdup(s->value) : NULL;
	return 0;
}

/* An offset would have to fit to what is in the file; "-" looks there. */
int
setter_continue_at(const struct setting *s, char **cause)
{
	if (strcmp(s->value, "-") != 0)
		return setting_refuse(cause,
		    "%s \"%s\": only %s - is supported, which resumes what "
		    "FILE.part has; -r %s- fetches the rest from there",
		    s->typed, s->value, s->typed, s->value);
	s->options->run.output.resume = true;
	return 0;
}

int
setter_remote_name(const struct setting *s, char **cause)
{
	(void)cause;
	s->options->run.output.remote_name = s->on;
	s->options->run.output.save = s->on || s->options->run.request.output;
	return 0;
}

int
setter_include(const struct setting *s, char **cause)
{
	(void)cause;
	s->options->run.request.include_headers = s->on;
	s->options->run.output.include_headers = s->on;
	return 0;
}

static bool
ends_in(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len > end_len && strcmp(text + len - end_len, end) == 0;
}

int
setter_waterfall(const struct setting *s, char **cause)
{
	struct picture_options *p = &s->options->pictures;

	if (s->on && s->value && !ends_in(s->value, ".svg"))
		return setting_refuse(cause,
		    "%s writes SVG: name the file FILE.svg, not \"%s\"",
		    s->typed, s->value);
	p->waterfall = s->on;
	free(p->waterfall_file);
	p->waterfall_file = xstrdup_null(s->value);
	return 0;
}
