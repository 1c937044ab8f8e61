#include "config.h"

#include "cli/options.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cli/config_file.h"
#include "cli/conflicts.h"
#include "cli/files.h"
#include "cli/help.h"
#include "cli/operands.h"
#include "cli/parse.h"
#include "cli/table.h"
#include "cli/units.h"

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

/* Set the fields that follow from several options. */
static void
derive_options(struct options *o)
{
	if (options_given(o, "retry") && !options_given(o, "retry-budget"))
		o->sched.retry_budget.share = -1;
	o->output.extract_max =
	    o->fetch.max_filesize ? o->fetch.max_filesize : UINT64_MAX;
	if (o->output.save && !options_given(o, "max-filesize"))
		o->fetch.max_filesize = 0;
	o->output.include_headers |= o->request.head;
	o->output.with_headers |= names_headers(&o->output.fields);
	o->journal.with_headers = puts_out_headers(&o->output);
	o->fetch.keep_headers = o->journal.with_headers || o->journal.file ||
	                        o->output.har || o->follow.paginate ||
	                        counts_headers(&o->output);
	o->fetch.keep_heads =
	    o->output.include_headers || o->output.dump_header;
	o->fetch.keep_request_headers = o->output.har != NULL;
	o->keep_exchanges = wants_exchanges(o);
	o->sched.backoff_max_us = o->retry.max_delay_us;
	o->sched.gate_cold_https =
	    o->fetch.http == HTTP_ANY || o->fetch.http == HTTP_2;
}

static void
start_help(struct help *h, const struct options *o, FILE *out)
{
	help_init(h, out, option_by_name("color")->words[o->progress.color]);
}

/* `next` is the argument behind --help or --version, or NULL. */
static enum options_verdict
print_help_or_version(const struct options *o, const char *next, char **cause)
{
	const char *topic = o->help_topic ? o->help_topic : next;
	struct help h;

	start_help(&h, o, stdout);
	if (o->version)
		help_print_version(stdout);
	else if (!topic)
		help_print_short(&h);
	else if (help_print_topic(&h, topic, cause) == -1)
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

/* With --each, the files of -o are those of the last stage. */
static void
move_output_to_last_stage(struct options *o)
{
	if (o->follow.stages_len == 0)
		return;
	o->follow.output = o->request.output;
	o->request.output = NULL;
}

int64_t
options_deadline(int argc, char **argv)
{
	static const char name[] = "--deadline";
	size_t len = sizeof(name) - 1;
	int64_t us = 0;

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const char *value = NULL;

		if (strncmp(argv[i], name, len) != 0)
			continue;
		if (argv[i][len] == '=')
			value = argv[i] + len + 1;
		else if (argv[i][len] == '\0' && i + 1 < argc)
			value = argv[i + 1];
		if (value && !units_duration(value, &us))
			us = 0;
	}
	return us;
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
		return print_help_or_version(
		    o, used < argc ? argv[used] : NULL, cause);
	if (conflicts_find(o, cause) == -1)
		return OPTIONS_WRONG;
	if (o->eval)
		return operands_find_document(o, cause);
	move_output_to_last_stage(o);
	verdict = operands_find_input(o, cause);
	if (verdict == OPTIONS_RUN && output_files_check(o, cause) == -1)
		return OPTIONS_WRONG;
	if (verdict == OPTIONS_RUN)
		derive_options(o);
	return verdict;
}
