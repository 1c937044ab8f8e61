/*
 * Where requests come from: first the checks of operands that are probably
 * mistakes, then the decision whether stdin is a list, and at the end the
 * document of --eval.
 */
#include "config.h"

#include "cli/operands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "cli/help.h"
#include "cli/setters.h"
#include "input/expand.h"
#include "request/names.h"
#include "request/template.h"
#include "text/ascii.h"
#include "text/shell.h"

/* Is it a file that may be a list? A pipe counts: the shell makes one of
 * <(command). */
static bool
is_readable_file(const char *name)
{
	struct stat st;

	return stat(name, &st) == 0 &&
	       (S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode));
}

/* Is it a number? In "--parallel 8" it may be meant as the value of --parallel,
 * which is a switch, as in curl. */
static bool
is_number(const char *text)
{
	return text[strspn(text, "0123456789")] == '\0';
}

/* Is it a JSON path, which is the first operand of jq? */
static bool
is_json_path(const char *text)
{
	if (*text == '$')
		return text[1] == '.' || text[1] == '[';
	return *text == '.' && (ascii_is_alpha(text[1]) || text[1] == '[') &&
	       !strchr(text, '/');
}

/* Does it begin with an arm, as in "--compare async"? The value of --compare
 * must be attached with `=`. */
static bool
is_arm(const char *text)
{
	static const char *const words[] = {"sync", "session", "async", "auto"};
	size_t len = strcspn(text, ":,");

	if (len == strspn(text, "0123456789"))
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i]) == len && memcmp(words[i], text, len) == 0)
			return true;
	return false;
}

/* Operands that are not URLs, and what was probably meant. */
static const struct mistake {
	bool (*is)(const char *text);
	const char *what;   /* what it is: "a file" */
	const char *before; /* the option to write before it, with a space */
	const char *prefix; /* what to write in front, in the same word */
	bool quotes;        /* quote it, whatever characters it has */
	const char *option; /* one with which it is a mistake; NULL: any */
} mistakes[] = {
    {is_readable_file, "a file", "", "@", false, NULL},
    {is_arm, "an arm", "", "--compare=", false, "compare"},
    {is_number, "a number", "-P ", "", false, NULL},
    {is_json_path, "a JSON path", "-j ", "", true, NULL},
};

/* *cause becomes the message that `text` is no URL. The proposal is quoted for
 * the shell, into which it will be pasted. Returns -1. */
static int
refuse_url(const struct mistake *m, const char *text, char **cause)
{
	char *meant = xasprintf("%s%s", m->prefix, text);
	char *word = m->quotes ? shell_quoted(meant) : shell_word(meant);
	int rc =
	    setting_refuse(cause, "\"%s\" is %s, not a URL; did you mean %s%s?",
	        text, m->what, m->before, word);

	free(word);
	free(meant);
	return rc;
}

/* -1 with *cause if the URL operand `text` is one of the mistakes. */
static int
check_url(const struct options *o, const char *text, char **cause)
{
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++)
		if (mistakes[i].is(text) &&
		    (!mistakes[i].option ||
		        options_given(o, mistakes[i].option)))
			return refuse_url(&mistakes[i], text, cause);
	return 0;
}

int
operands_check(const struct options *o, char **cause)
{
	for (size_t i = 0; i < o->input.items_len && !o->eval; i++) {
		const struct input_item *item = &o->input.items[i];

		if (item->kind == INPUT_URL && !strstr(item->text, "://") &&
		    check_url(o, item->text, cause) == -1)
			return -1;
	}
	return 0;
}

static void
on_name(void *wants, const char *name)
{
	*(bool *)wants |= request_value_is_path(name);
}

/* Does `url` contain {{.}}, the line of a list, or a member of it? A template
 * that does not compile is refused when the source is opened. */
static bool
url_wants_value(const char *url)
{
	char *cause = NULL;
	struct template *t =
	    template_new(url, strlen(url), TEMPLATE_URL, &cause);
	bool wants = false;

	if (t)
		template_each_name(t, on_name, &wants);
	template_free(t);
	free(cause);
	return wants;
}

/* Does a header, the body or another part of the request contain {{.}}? */
static bool
request_wants_value(const struct request_options *r)
{
	char *cause = NULL;
	bool wants = false;
	struct expand_walk walk = {.on_name = on_name, .arg = &wants};

	expand_each_name(r, &walk, &cause);
	free(cause);
	return wants;
}

/* Does the input have lines, or a source that excludes a list? Then stdin is
 * not taken for one. */
static bool
has_lines(const struct options *o)
{
	const struct input_options *in = &o->input;

	if (in->rows || in->retry_from || o->demo || o->serve.address ||
	    (o->queue.role != QUEUE_NO_ROLE && o->queue.role != QUEUE_FEED))
		return true;
	for (size_t i = 0; i < in->items_len; i++)
		if (in->items[i].kind == INPUT_LIST)
			return true;
	return false;
}

/* Is there a URL that can be fetched without a list? One with {{.}} cannot. */
static bool
has_urls(const struct options *o)
{
	const struct input_options *in = &o->input;

	for (size_t i = 0; i < in->items_len; i++)
		if (in->items[i].kind == INPUT_URL &&
		    !url_wants_value(in->items[i].text))
			return true;
	return false;
}

static bool
stdin_holds_a_list(const struct options *o)
{
	struct stat st;

	return !o->stdin_reader && fstat(STDIN_FILENO, &st) == 0 &&
	       (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) ||
	           S_ISREG(st.st_mode));
}

static enum options_verdict
refuse_nothing(const struct options *o, char **cause)
{
	struct help h;

	help_init(&h, stderr, "auto");
	if (o->given.len == 0 && o->input.items_len == 0)
		help_print_short(&h);
	else if (o->input.items_len)
		*cause = xstrdup("{{.}} stands for a line of a list: name the "
		                 "list with @FILE, or pipe it in");
	else
		*cause = xstrdup("nothing to fetch: name a URL, a list with "
		                 "@FILE, or pipe a list in");
	return OPTIONS_WRONG;
}

/* stdin becomes the list if no other is named, and there is no URL that can be
 * fetched without one, or the request has {{.}}, as in a body. If stdin is no
 * list either, {{.}} in such a request is text. */
enum options_verdict
operands_find_input(struct options *o, char **cause)
{
	bool urls = has_urls(o);

	if (has_lines(o) || (urls && !request_wants_value(&o->run.request)))
		return OPTIONS_RUN;
	if (!stdin_holds_a_list(o))
		return urls ? OPTIONS_RUN : refuse_nothing(o, cause);
	input_options_add(&o->input, INPUT_LIST, "-");
	o->stdin_reader = xstrdup("the list");
	return OPTIONS_RUN;
}

enum options_verdict
operands_find_document(const struct options *o, char **cause)
{
	const struct input_options *in = &o->input;

	if (in->items_len > 1)
		*cause = xasprintf("--eval reads one document, but \"%s\" is "
		                   "a second one",
		    in->items[1].text);
	else if (in->items_len == 1 && in->items[0].kind == INPUT_LIST &&
	         strcmp(in->items[0].text, "-") != 0)
		*cause = xasprintf("--eval reads a document, not a list: "
		                   "write %s without the @",
		    in->items[0].text);
	else if (in->items_len == 0 && isatty(STDIN_FILENO))
		*cause = xstrdup("--eval needs a document: name a file, or "
		                 "pipe one in");
	return *cause ? OPTIONS_WRONG : OPTIONS_RUN;
}
