#include "config.h"

#include "cli/options.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "cli/config_file.h"
#include "cli/conflicts.h"
#include "cli/help.h"
#include "cli/parse.h"
#include "cli/table.h"
#include "input/expand.h"
#include "request/template.h"
#include "request/values.h"

enum {
	RETRY_BUDGET_MIN = 10 /* so many retries are always allowed */
};

/* A default is typed by the table as a user would type it. */
static void
set_fallback(struct options *o, const struct option_row *row)
{
	struct setting s = {
	    .options = o,
	    .row = row,
	    .typed = row->name,
	    .value = option_is_switch(row) ? NULL : row->fallback,
	    .on = true,
	};
	char *cause = NULL;
	int rc = row->set(&s, &cause);

	assert(rc == 0);
	(void)rc;
}

void
options_init(struct options *o)
{
	*o = (struct options){0};
	request_options_init(&o->request);
	fetch_options_init(&o->fetch);
	output_options_init(&o->output);
	retry_policy_init(&o->retry);
	o->sched.retry_budget.min = RETRY_BUDGET_MIN;
	o->hedge.budget.min = 1;
	o->stop.max_failure_share = -1;
	FOREACH_SECTION (section)
		FOREACH_ROW (row, section)
			if (row->fallback)
				set_fallback(o, row);
}

void
options_release(struct options *o)
{
	input_options_release(&o->input);
	request_options_release(&o->request);
	fetch_options_release(&o->fetch);
	follow_options_release(&o->follow);
	output_options_release(&o->output);
	free(o->compare.arms);
	free(o->pictures.waterfall_file);
	free(o->pictures.report);
	free(o->compare.export_json);
	free(o->compare.export_markdown);
	free(o->compare.export_csv);
	strlist_release(&o->compare.assertions);
	free(o->journal.file);
	free(o->serve);
	free(o->eval);
	free(o->help_topic);
	free(o->stdin_reader);
	strlist_release(&o->given);
	strlist_release(&o->typed);
}

bool
options_given(const struct options *o, const char *name)
{
	for (size_t i = 0; i < o->given.len; i++)
		if (strcmp(o->given.items[i], name) == 0)
			return true;
	return false;
}

enum log_level
options_log_level(const struct options *o)
{
	if (o->verbose)
		return LOG_VERBOSE;
	if (o->silent)
		return o->show_error ? LOG_ERRORS : LOG_SILENT;
	return LOG_NORMAL;
}

static void
see_name(void *wants, const char *name)
{
	*(bool *)wants |= request_value_is_path(name);
}

/* Does `url` hold {{.}} or a member of it: a list's line? One that does not
 * compile is refused where the source is opened. */
static bool
url_wants_value(const char *url)
{
	char *cause = NULL;
	struct template *t =
	    template_new(url, strlen(url), TEMPLATE_URL, &cause);
	bool wants = false;

	if (t)
		template_each_name(t, see_name, &wants);
	template_free(t);
	free(cause);
	return wants;
}

/* The same of headers, body and so on. */
static bool
request_wants_value(const struct request_options *r)
{
	char *cause = NULL;
	bool wants = false;

	expand_each_name(r, see_name, &wants, &cause);
	free(cause);
	return wants;
}

/* Are there lines, or is there no place for any? */
static bool
has_lines(const struct options *o)
{
	const struct input_options *in = &o->input;

	if (in->rows || in->retry_from || o->demo || o->serve)
		return true;
	for (size_t i = 0; i < in->items_len; i++)
		if (in->items[i].kind == INPUT_LIST)
			return true;
	return false;
}

/* Is anything named to be fetched? A URL with {{.}} asks for a list. */
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
	if (o->given.len == 0 && o->input.items_len == 0)
		help_print_short(stderr);
	else if (o->input.items_len)
		*cause = xstrdup("{{.}} is a line of a list, and there is "
		                 "none: name one with @FILE, or pipe it in");
	else
		*cause = xstrdup("nothing to fetch: name a URL, a list with "
		                 "@FILE, or pipe a list in");
	return OPTIONS_WRONG;
}

/* Where lines are asked for and none are named, they are stdin's. Without
 * them {{.}} in a body is text. */
static enum options_verdict
find_input(struct options *o, char **cause)
{
	bool urls = has_urls(o);

	if (has_lines(o) || (urls && !request_wants_value(&o->request)))
		return OPTIONS_RUN;
	if (!stdin_holds_a_list(o))
		return urls ? OPTIONS_RUN : refuse_nothing(o, cause);
	input_options_add(&o->input, INPUT_LIST, "-");
	o->stdin_reader = xstrdup("the list");
	return OPTIONS_RUN;
}

/* The document of --eval is a FILE, or stdin: something else than a
 * terminal. */
static enum options_verdict
find_document(const struct options *o, char **cause)
{
	const struct input_options *in = &o->input;

	if (in->items_len > 1)
		*cause = xasprintf("--eval reads one document; \"%s\" is a "
		                   "second one",
		    in->items[1].text);
	else if (in->items_len == 1 && in->items[0].kind == INPUT_LIST &&
	         strcmp(in->items[0].text, "-") != 0)
		*cause = xasprintf("--eval reads a document, no list: write %s "
		                   "without the @",
		    in->items[0].text);
	else if (in->items_len == 0 && isatty(STDIN_FILENO))
		*cause = xstrdup("--eval needs a document: name a file, or "
		                 "pipe one in");
	return *cause ? OPTIONS_WRONG : OPTIONS_RUN;
}

static bool
writes(const struct output_options *o, const char *what)
{
	return o->writeout && strstr(o->writeout, what);
}

/* As they are, secrets included (an archive leaves those out); %header{NAME},
 * %{header_json} and %{headers.NAME} among them. */
static bool
puts_out_headers(const struct output_options *o)
{
	return o->with_headers || o->include_headers || o->dump_header ||
	       writes(o, "%header{") || writes(o, "%{header");
}

static bool
counts_headers(const struct output_options *o)
{
	return writes(o, "%{num_headers}") || writes(o, "%{json}");
}

/* "headers" or "headers.NAME" in --fields: then they are wanted. */
static bool
names_headers(const struct strlist *fields)
{
	static const char word[] = "headers";

	for (size_t i = 0; i < fields->len; i++)
		if (strncmp(fields->items[i], word, sizeof(word) - 1) == 0)
			return true;
	return false;
}

/* The outputs that want each transfer, not only the last one of a request. */
static bool
wants_exchanges(const struct options *o)
{
	return sinks_wanted(&o->output) || o->pictures.waterfall ||
	       o->pictures.why || o->pictures.report;
}

/* What one option means for the fields of others. */
static void
settle(struct options *o)
{
	if (options_given(o, "retry") && !options_given(o, "retry-budget"))
		o->sched.retry_budget.share = -1;
	if (o->output.save && !options_given(o, "max-filesize"))
		o->fetch.max_filesize = 0;
	o->output.include_headers |= o->request.head;
	o->output.with_headers |= names_headers(&o->output.fields);
	o->journal.with_headers = puts_out_headers(&o->output);
	o->fetch.keep_headers = o->journal.with_headers || o->journal.file ||
	                        o->output.har || o->follow.paginate ||
	                        counts_headers(&o->output);
	o->fetch.keep_request_headers = o->output.har != NULL;
	o->keep_exchanges = wants_exchanges(o);
	o->sched.gate_cold_https =
	    o->fetch.http == HTTP_ANY || o->fetch.http == HTTP_2;
}

/* --help and --version: `next` is the argument behind, or NULL. */
static enum options_verdict
answer(const struct options *o, const char *next, char **cause)
{
	const char *topic = o->help_topic ? o->help_topic : next;

	if (o->version)
		help_print_version(stdout);
	else if (!topic)
		help_print_short(stdout);
	else if (help_print_topic(stdout, topic, cause) == -1)
		return OPTIONS_WRONG;
	if (fflush(stdout) || ferror(stdout))
		die("cannot write to stdout");
	return OPTIONS_DONE;
}

/* -q, or letters that begin with it, as the first argument. */
static bool
refuses_config(int argc, char **argv)
{
	return argc > 1 && (strncmp(argv[1], "-q", 2) == 0 ||
	                       strcmp(argv[1], "--disable") == 0);
}

/* The config file, then the arguments; returns how many, -1 with *cause. A bad
 * file is no reason to withhold help. */
static int
read_options(struct options *o, int argc, char **argv, char **cause)
{
	char *bad_file = NULL;
	int used;

	if (!refuses_config(argc, argv))
		config_read_default(o, &bad_file);
	used = parse_arguments(o, argc, argv, cause);
	if (!bad_file || (used != -1 && (o->help || o->version))) {
		free(bad_file);
		return used;
	}
	free(*cause);
	*cause = bad_file;
	return -1;
}

/* With --each, -o is about the last stage. */
static void
hand_on_output(struct options *o)
{
	if (o->follow.stages_len == 0)
		return;
	o->follow.output = o->request.output;
	o->request.output = NULL;
}

enum options_verdict
options_parse(struct options *o, int argc, char **argv, char **cause)
{
	enum options_verdict verdict;
	int used;

	*cause = NULL;
	used = read_options(o, argc, argv, cause);
	if (used == -1)
		return OPTIONS_WRONG;
	if (o->help || o->version)
		return answer(o, used < argc ? argv[used] : NULL, cause);
	if (conflicts_find(o, cause) == -1)
		return OPTIONS_WRONG;
	if (o->eval)
		return find_document(o, cause);
	hand_on_output(o);
	verdict = find_input(o, cause);
	if (verdict == OPTIONS_RUN)
		settle(o);
	return verdict;
}
