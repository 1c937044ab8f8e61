/*
 * The grammar of the command line: which row an argument means, where its value
 * stands, and what to say if there is no such option. The setter of the row
 * does the rest. Config files use the same rows and setters.
 */
#include "config.h"

#include "cli/parse.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cli/curl_names.h"
#include "cli/operands.h"
#include "cli/setters.h"
#include "cli/table.h"
#include "redact/command.h"
#include "request/url.h"
#include "text/suggest.h"

/* The state of reading argv. */
struct parser {
	struct options *options;
	int argc;
	char **argv;
	int at; /* the next argument */
	char **cause;
};

/* An option as it was typed: --name=value, --no-name, -nvalue. */
struct token {
	const struct option_row *row;
	const char *typed; /* "--name" or "-n" */
	char *attached;    /* a value in the same argument, or NULL */
	bool on;           /* false: --no-name */
};

/* --- one option that is known -------------------------------------------- */

/* Overwrite an argument that holds a secret: ps(1) shows argv to everybody. */
static void
wipe_secret(char *text)
{
	memset(text, '*', strlen(text));
}

/* Forget that the option `name` was given: the last occurrence counts. */
static void
forget_given(struct options *o, const char *name)
{
	for (size_t i = o->given.len; i-- > 0;)
		if (strcmp(o->given.items[i], name) == 0) {
			strlist_remove(&o->given, i);
			strlist_remove(&o->typed, i);
			o->defaults -= i < o->defaults;
		}
}

/* Note that an option was given, and how it was typed. A switch that is back at
 * its default counts as not given, so that it conflicts with nothing. */
static void
note_given(struct options *o, const struct token *t)
{
	bool on_by_default = option_is_switch(t->row) && t->row->fallback;

	forget_given(o, t->row->name);
	if (t->on == on_by_default)
		return;
	strlist_add(&o->given, t->row->name);
	strlist_add(&o->typed, t->typed);
}

static int
refuse_missing(struct parser *p, const struct token *t)
{
	return setting_refuse(p->cause, "%s needs a value: %s %s", t->typed,
	    t->typed, t->row->argument);
}

/* Refuse line breaks in a value that becomes part of a header: what follows one
 * would be a header that nobody asked for. The message does not quote the
 * value, which may be a secret. */
static int
check_one_line(struct parser *p, const struct token *t, const char *value)
{
	if (!t->row->one_line || !value || !value[strcspn(value, "\r\n")])
		return 0;
	return setting_refuse(p->cause,
	    "%s: the value becomes part of a header, so it must not contain a "
	    "line break",
	    t->typed);
}

/* Note how the option was given, for those who show the command. What a file
 * says is not part of the command. */
static void
note_typed(struct parser *p, const struct token *t, const char *value)
{
	if (!p->argv)
		return;
	command_text_add_option(&p->options->command,
	    &(struct command_option){
	        .name = t->row->name,
	        .typed = t->typed,
	        .value = value,
	        .between = option_value_is_optional(t->row) ? "=" : " ",
	    });
}

/* Apply one option, and wipe its value if it is a secret, accepted or not. */
static int
set_option(struct parser *p, const struct token *t, char *value)
{
	struct setting s = {
	    .options = p->options,
	    .row = t->row,
	    .typed = t->typed,
	    .value = value,
	    .on = t->on,
	};
	int rc = check_one_line(p, t, value);

	if (rc == 0)
		rc = t->row->set(&s, p->cause);
	note_typed(p, t, value);
	if (value && t->row->secret)
		wipe_secret(value);
	note_given(p->options, t);
	return rc;
}

/* Apply an option that takes a value: the attached one, else the next
 * argument. */
static int
set_valued(struct parser *p, const struct token *t)
{
	if (t->attached)
		return set_option(p, t, t->attached);
	if (p->at == p->argc)
		return refuse_missing(p, t);
	return set_option(p, t, p->argv[p->at++]);
}

/* Apply a long option. An optional value must be attached, as in
 * --compare=ARMS: the next argument may be a URL. */
static int
set_long(struct parser *p, const struct token *t)
{
	if (!option_is_switch(t->row))
		return set_valued(p, t);
	if (t->attached && (!t->on || !option_value_is_optional(t->row)))
		return setting_refuse(
		    p->cause, "%s is a switch and takes no value", t->typed);
	return set_option(p, t, t->attached);
}

/* --- options that are unknown -------------------------------------------- */

/* Offer the names that other programs use. */
static void
offer_foreign(struct suggestion *s)
{
	const char *name;

	for (size_t i = 0; (name = foreign_name_at(i)); i++)
		suggestion_offer(s, name);
}

/* Offer the names of all rows; after --no- those of switches only. */
static void
offer_rows(struct suggestion *s, bool negated)
{
	FOREACH_SECTION (section)
		FOREACH_ROW (row, section) {
			if (negated && !option_is_switch(row))
				continue;
			suggestion_offer(s, row->name);
			if (row->also)
				suggestion_offer(s, row->also);
		}
}

/* The option that a mistyped long name most likely means; NULL: none is near.
 * A name of another program that is near is translated to ours. */
static const char *
nearest_option(const char *name, bool negated)
{
	struct suggestion s;

	suggestion_init(&s, name);
	offer_rows(&s, negated);
	if (!negated)
		offer_foreign(&s);
	return s.best && foreign_name_find(s.best) ? foreign_name_find(s.best)
	                                           : s.best;
}

/* *cause becomes a message about an unknown option, with the most specific
 * advice that applies. Returns -1. */
static int
refuse_unknown_option(struct parser *p, const char *typed, const char *name)
{
	bool negated = strncmp(name, "no-", 3) == 0;
	const char *nearest;

	if (negated && option_by_name(name + 3))
		return setting_refuse(p->cause,
		    "unknown option %s: --%s takes a value, so it has no "
		    "--no- form; leave it out",
		    typed, name + 3);
	if (foreign_name_find(name))
		return setting_refuse(p->cause,
		    "unknown option %s; gather calls it --%s", typed,
		    foreign_name_find(name));
	if (typed[1] == '-' && !name[1] && option_by_letter(*name))
		return setting_refuse(p->cause,
		    "unknown option %s; did you mean -%s? See gather --help "
		    "all",
		    typed, name);
	nearest = nearest_option(negated ? name + 3 : name, negated);
	if (!nearest)
		return setting_refuse(p->cause,
		    "unknown option %s; see gather --help all", typed);
	return setting_refuse(p->cause,
	    "unknown option %s; did you mean --%s%s? See gather --help all",
	    typed, negated ? "no-" : "", nearest);
}

/* An option without a row: `c` is its entry among those of curl, or NULL. Those
 * that change nothing here are accepted. */
static int
take_foreign(struct parser *p, const char *typed, const char *name,
    const struct curl_name *c)
{
	if (!c)
		return refuse_unknown_option(p, typed, name);
	if (!c->instead)
		return 0;
	if (typed[0] != '-' || typed[1] == '-')
		return setting_refuse(
		    p->cause, "gather has no %s; %s", typed, c->instead);
	return setting_refuse(p->cause, "gather has no %s (curl's --%s); %s",
	    typed, c->name, c->instead);
}

/* The row of --name or --no-name, and in *on which of them it is; NULL: there
 * is no such option, or it has a value and thus no --no- form. */
static const struct option_row *
find_long(const char *name, bool *on)
{
	const struct option_row *row = option_by_name(name);

	*on = true;
	if (row || strncmp(name, "no-", 3) != 0)
		return row;
	row = option_by_name(name + 3);
	*on = false;
	return row && option_is_switch(row) ? row : NULL;
}

/* The entry of an option of curl. --no-... is accepted for those that are
 * accepted silently. */
static const struct curl_name *
find_foreign(const char *name)
{
	const struct curl_name *c = curl_name_find(name);

	if (c || strncmp(name, "no-", 3) != 0)
		return c;
	c = curl_name_find(name + 3);
	return c && !c->instead ? c : NULL;
}

/* --- argv ---------------------------------------------------------------- */

/* Take a long option, whose value may be attached with `=`. */
static int
take_long(struct parser *p, char *arg)
{
	char *equals = strchr(arg, '=');
	char *typed =
	    equals ? xmemdup0(arg, (size_t)(equals - arg)) : xstrdup(arg);
	struct token t = {
	    .typed = typed,
	    .attached = equals ? equals + 1 : NULL,
	};
	int rc;

	t.row = find_long(typed + 2, &t.on);
	if (t.row)
		rc = set_long(p, &t);
	else
		rc = take_foreign(p, typed, typed + 2, find_foreign(typed + 2));
	free(typed);
	return rc;
}

/* Take letters such as -sS or -P50: switches up to the first option with a
 * value, which has the rest. */
static int
take_letters(struct parser *p, char *letters)
{
	for (; *letters; letters++) {
		char typed[] = {'-', *letters, '\0'};
		struct token t = {
		    .row = option_by_letter(*letters),
		    .typed = typed,
		    .on = true,
		};
		int rc;

		if (t.row && !option_is_switch(t.row)) {
			t.attached = letters[1] ? letters + 1 : NULL;
			return set_valued(p, &t);
		}
		if (*letters == '{')
			return setting_refuse(p->cause,
			    "gather has no -I{}, unlike xargs; write {{.}} "
			    "for a value of the list");
		rc = t.row ? set_option(p, &t, NULL)
		           : take_foreign(p, typed, typed + 1,
		                 curl_name_find_letter(*letters));
		if (rc == -1)
			return -1;
	}
	return 0;
}

/* Wipe a URL that holds a password, or a token in its query. */
static void
wipe_operand(char *text)
{
	char *redacted = url_redacted(text);

	if (strcmp(redacted, text) != 0)
		wipe_secret(text);
	free(redacted);
}

/* Take an operand as the option that it stands for: @FILE and - are lists, all
 * else is a URL. */
static int
take_operand(struct parser *p, char *arg)
{
	const struct option_row *row = option_by_name(
	    *arg == '@' || strcmp(arg, "-") == 0 ? "list" : "url");
	struct setting s = {
	    .options = p->options,
	    .row = row,
	    .typed = arg,
	    .value = *arg == '@' ? arg + 1 : arg,
	    .on = true,
	};

	if (row->set(&s, p->cause) == -1)
		return -1;
	command_text_add(&p->options->command, arg);
	wipe_operand(arg);
	return 0;
}

static int
take_argument(struct parser *p, char *arg)
{
	if (strncmp(arg, "--", 2) == 0)
		return take_long(p, arg);
	if (arg[0] == '-' && arg[1])
		return take_letters(p, arg + 1);
	return take_operand(p, arg);
}

int
parse_arguments(struct options *o, int argc, char **argv, char **cause)
{
	struct parser p = {o, argc, argv, 1, cause};
	bool operands = false;

	while (p.at < argc && !o->help && !o->version) {
		char *arg = argv[p.at++];
		int rc;

		if (!operands && strcmp(arg, "--") == 0) {
			operands = true;
			command_text_add(&o->command, arg);
			continue;
		}
		rc = operands ? take_operand(&p, arg) : take_argument(&p, arg);
		if (rc == -1)
			return -1;
	}
	command_text_end(&o->command);
	return operands_check(o, cause) == -1 ? -1 : p.at;
}

/* --- lines of config files ----------------------------------------------- */

/* Is it "-n" or "-sS"? Config files may also hold "name" and "--name". */
static bool
is_letters(const char *option)
{
	return option[0] == '-' && option[1] && option[1] != '-';
}

/* Apply letters of a config line, such as "-sS" or "-dfoo": the first letter,
 * and then, unless it took the rest as its value, the rest likewise. */
static int
parse_letters(struct options *o, const struct parse_line *line, char **cause)
{
	const struct option_row *row = option_by_letter(line->option[1]);
	char first[] = {'-', line->option[1], '\0'};
	struct parse_line one = *line, rest = *line;

	one.option = first;
	one.value = row && !option_is_switch(row) ? line->option + 2 : NULL;
	if (one.value && line->value)
		return setting_refuse(cause,
		    "quote a value that contains spaces: %s \"...\"", first);
	if (parse_config_line(o, &one, cause) == -1)
		return -1;
	if (one.value)
		return 0;
	*++rest.option = '-';
	return parse_config_line(o, &rest, cause);
}

int
parse_config_line(
    struct options *o, const struct parse_line *line, char **cause)
{
	struct parser p = {.options = o, .cause = cause};
	const char *name = line->option + strspn(line->option, "-");
	bool letter = is_letters(line->option);
	struct token t = {
	    .typed = line->option,
	    .attached = line->value,
	    .on = true,
	};

	if (letter && line->option[2])
		return parse_letters(o, line, cause);
	t.row = letter ? option_by_letter(*name) : find_long(name, &t.on);
	if (!t.row)
		return take_foreign(&p, line->option, name,
		    letter ? curl_name_find_letter(*name) : find_foreign(name));
	if (t.row->set == setter_config ||
	    (t.row->line_only && line->is_default))
		return setting_refuse(cause,
		    "%s is allowed only on the command line", line->option);
	return set_long(&p, &t);
}
