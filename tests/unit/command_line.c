#include "config.h"

#include "command_line.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/xalloc.h"

void
parse(struct parsed *p, const char *line)
{
	char *copy = xstrdup(line), *rest = copy, *word;

	*p = (struct parsed){0};
	strlist_add(&p->argv, "gather");
	while ((word = strtok_r(rest, " ", &rest))) {
		for (char *c = word; *c; c++)
			*c = *c == '_' ? ' ' : *c;
		strlist_add(&p->argv, word);
	}
	free(copy);
	options_init(&p->options);
	p->verdict = options_parse(
	    &p->options, (int)p->argv.len, p->argv.items, &p->cause);
}

void
release(struct parsed *p)
{
	options_release(&p->options);
	strlist_release(&p->argv);
	free(p->cause);
}

void
assert_refused(const char *line, const char *words)
{
	struct parsed p;

	parse(&p, line);
	ck_assert_msg(p.verdict == OPTIONS_WRONG, "accepted: %s", line);
	ck_assert_msg(p.cause && strstr(p.cause, words), "%s: \"%s\"", line,
	    p.cause ? p.cause : "(null)");
	release(&p);
}

void
assert_runs(struct parsed *p, const char *line)
{
	parse(p, line);
	ck_assert_msg(p->verdict == OPTIONS_RUN, "%s: %s", line,
	    p->cause ? p->cause : "(null)");
}

void
command_line_forget_config(void)
{
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
}
