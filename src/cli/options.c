/*
 * The command line as a whole: defaults, fields that follow from several
 * options, the files that a run writes to, and at the end
 * options_parse, which takes the steps in their order: config file, arguments,
 * help, conflicts, operands, files, derived fields.
 */
#include "config.h"

#include "cli/options.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "cli/config_file.h"
#include "cli/conflicts.h"
#include "cli/help.h"
#include "cli/operands.h"
#include "cli/parse.h"
#include "cli/setters.h"
#include "cli/table.h"
#include "cli/units.h"
#include "files/claims.h"
#include "files/save.h"
#include "redact/known.h"
#include "request/template.h"

#define ASCII_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

enum {
	RETRY_BUDGET_MIN = 10, /* retries of an origin that no share forbids */
	/* Longer texts may be secrets, and no names of files. */
	WORD_MOST = 16,
	EXTENSION_MOST = 7,
	FILE_NAME_MOST = 60
};

/* --- defaults, and what was given ---------------------------------------- */

/* Set the default of `row`. The table holds it as a user would type it, so the
 * setter parses it and one text serves the parser, --help and the manual. */
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
	request_options_init(&o->run.request);
	fetch_options_init(&o->run.fetch);
	output_options_init(&o->run.output);
	retry_policy_init(&o->run.retry);
	o->run.sched.retry_budget.min = RETRY_BUDGET_MIN;
	o->run.hedge.budget.min = 1;
	o->run.stop.max_failure_share = -1;
	FOREACH_SECTION (section)
		FOREACH_ROW (row, section)
			if (row->fallback)
				set_fallback(o, row);
}

void
options_release(struct options *o)
{
	input_options_release(&o->input);
	request_options_release(&o->run.request);
	fetch_options_release(&o->run.fetch);
	follow_options_release(&o->run.follow);
	output_options_release(&o->run.output);
	free(o->compare.arms);
	free(o->pictures.waterfall_file);
	free(o->queue.url);
	free(o->pictures.report);
	command_text_release(&o->command);
	free(o->compare.export_json);
	free(o->compare.export_markdown);
	free(o->compare.export_csv);
	strlist_release(&o->compare.assertions);
	variables_release(&o->variables);
	known_secrets_clear();
	free(o->run.journal.file);
	strlist_release(&o->run.expect.expect);
	free(o->run.expect.until);
	free(o->serve.address);
	free(o->serve.replay);
	free(o->eval);
	free(o->help_topic);
	free(o->stdin_reader);
	strlist_release(&o->given);
	strlist_release(&o->typed);
}

bool
options_given(const struct options *o, const char *name)
{
	return strlist_has(&o->given, name);
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

/* --- what follows from several options ----------------------------------- */

/* Does the format of -w contain `what`, such as "%{json}"? */
static bool
writeout_contains(const struct output_options *o, const char *what)
{
	return o->writeout && strstr(o->writeout, what);
}

/* Will an output show the headers of answers as they are, secrets included?
 * -w does with %header{NAME}, %{header_json} and %{headers.NAME}; --har does
 * not count, since it masks them. */
static bool
outputs_headers(const struct output_options *o)
{
	return o->with_headers || o->include_headers || o->dump_header ||
	       writeout_contains(o, "%header{") ||
	       writeout_contains(o, "%{header");
}

/* Does -w print how many headers an answer had? Then they must be kept, though
 * their values are not shown. */
static bool
counts_headers(const struct output_options *o)
{
	return writeout_contains(o, "%{num_headers}") ||
	       writeout_contains(o, "%{json}");
}

/* Is it "headers" or "headers.NAME"? A name of -j or of a column that only
 * begins so has them kept for nothing. */
static bool
begins_headers(const char *name)
{
	static const char word[] = "headers";

	return strncmp(name, word, sizeof(word) - 1) == 0;
}

/* Do `fields`, those of --fields, contain headers, be it under another name?
 * Then records need them without --with-headers, too. */
static bool
fields_have_headers(const struct strlist *fields)
{
	for (size_t i = 0; i < fields->len; i++) {
		const char *renamed = strchr(fields->items[i], '=');

		if (begins_headers(fields->items[i]))
			return true;
		if (renamed &&
		    begins_headers(renamed + 1 + strspn(renamed + 1, " ")))
			return true;
	}
	return false;
}

static bool
shows_headers(const struct options *o)
{
	return o->run.journal.with_headers;
}

/* Does something that shows no header look into them? */
static bool
reads_headers(const struct options *o)
{
	return o->run.follow.paginate || counts_headers(&o->run.output) ||
	       o->run.output.server_name || o->run.output.resume;
}

static bool
shows_all_heads(const struct options *o)
{
	return o->run.output.include_headers || o->run.follow.head ||
	       o->run.output.dump_header;
}

static bool
writes_har(const struct options *o)
{
	return o->run.output.har;
}

static bool
writes_sqlite(const struct options *o)
{
	return o->run.output.sqlite;
}

/* A later run may show all of it. */
static bool
writes_journal(const struct options *o)
{
	return o->run.journal.file;
}

static bool
writes_out(const struct options *o)
{
	return o->run.output.writeout;
}

/* What each output has fetch keep, beyond what records hold by default. */
static const struct {
	bool (*is_wanted)(const struct options *);
	unsigned keep; /* of enum fetch_keep */
} keeps[] = {
    {shows_headers, KEEP_HEADERS},
    {reads_headers, KEEP_HEADERS},
    {shows_all_heads, KEEP_HEADS},
    {writes_har, KEEP_HEADERS | KEEP_REQUEST_HEADERS | KEEP_ENDS | KEEP_SIZES},
    {writes_sqlite, KEEP_ENDS | KEEP_SIZES},
    {writes_journal, KEEP_HEADERS | KEEP_TRANSFER},
    {writes_out, KEEP_TRANSFER},
};

static unsigned
kept_by_outputs(const struct options *o)
{
	unsigned keep = 0;

	for (size_t i = 0; i < sizeof(keeps) / sizeof(*keeps); i++)
		keep |= keeps[i].is_wanted(o) ? keeps[i].keep : 0;
	return keep;
}

/* Does an output show each transfer of a request (retries and redirects), not
 * only the last one? Keeping them takes memory for each request in flight. */
static bool
wants_exchanges(const struct options *o)
{
	return sinks_wanted(&o->run.output) || o->pictures.waterfall ||
	       o->pictures.why || o->pictures.report;
}

/* Let --retry, --retry-delay and --retry-max-time apply to the requests of
 * --until, too, if they were given; else those keep their own defaults. */
static void
derive_polls(struct options *o)
{
	struct retry_policy *retry = &o->run.retry;

	if (options_given(o, "retry"))
		retry->polls = retry->retries;
	if (options_given(o, "retry-delay"))
		retry->poll_delay_us = retry->delay_us;
	if (retry->max_time_us)
		retry->poll_max_time_us = retry->max_time_us;
	else if (options_given(o, "retry"))
		retry->poll_max_time_us = INT64_MAX;
}

/*
 * Set the fields that follow from several options. It is done once, when all
 * options are known, so that their order on the command line does not matter.
 *
 * -o lifts the default limit of a body's size, as bodies then go to files; what
 * is extracted from them stays in memory and keeps the limit.
 */
static void
derive_options(struct options *o)
{
	struct run_options *r = &o->run;

	if (options_given(o, "retry") && !options_given(o, "retry-budget"))
		r->sched.retry_budget.share = -1;
	r->output.extract_max =
	    r->fetch.max_filesize ? r->fetch.max_filesize : UINT64_MAX;
	r->fetch.limits_passing = options_given(o, "max-filesize");
	if (r->output.save && !r->fetch.limits_passing)
		r->fetch.max_filesize = 0;
	r->output.include_headers |= r->request.head;
	r->output.with_headers |= fields_have_headers(&r->output.fields);
	r->journal.with_headers = outputs_headers(&r->output) || r->follow.head;
	r->fetch.keep = kept_by_outputs(o);
	r->keep_exchanges = wants_exchanges(o);
	r->progress.meter &= !o->silent;
	derive_polls(o);
	o->input.rows_in_then = r->follow.stages_len > 0;
	r->sched.backoff_max_us = r->retry.max_delay_us;
	r->sched.gate_cold_https =
	    !r->fetch.to_replay &&
	    (r->fetch.http == HTTP_ANY || r->fetch.http == HTTP_2);
}

/* --- the limits of a shard ------------------------------------------------ */

/* Refuse a limit that leaves some shard nothing: all of them refuse it, so that
 * none begins with a list that cannot be completed. `text` is the option with
 * its value, `advice` how else it may be written. -1. */
static void
refuse_to_divide(const struct shard *shard, const char *text,
    const char *advice, char **cause)
{
	*cause =
	    xasprintf("%s is less than one for each of %" PRIu64 " shards; %s",
	        text, shard->count, advice);
}

/* Append the rate that lets `factor` times as many requests start in a window
 * that is as many times longer. */
static void
add_longer_rate(const struct rate_limit *rate, uint64_t factor, struct buf *out)
{
	struct rate_limit longer = *rate;

	if (rate->period_us > INT64_MAX / SHARD_MAX) {
		buf_adds(out, "a longer period");
		return;
	}
	longer.count *= factor;
	longer.period_us *= (int64_t)factor;
	units_add_rate(&longer, out);
}

/* Leave `rate`, which `option` sets, the part of this shard. */
static int
divide_rate(const struct shard *shard, const char *option,
    struct rate_limit *rate, char **cause)
{
	struct buf text = {0}, advice = {0};

	if (!rate->count || rate->count >= shard->count) {
		rate->count = shard_part(shard, rate->count);
		return 0;
	}
	buf_addf(&text, "%s ", option);
	units_add_rate(rate, &text);
	buf_adds(&advice, "write it as ");
	add_longer_rate(rate, shard->count, &advice);
	refuse_to_divide(shard, text.data, advice.data, cause);
	buf_release(&text);
	buf_release(&advice);
	return -1;
}

/* Leave --parallel-max-host the part of this shard. */
static int
divide_per_host(const struct shard *shard, unsigned *count, char **cause)
{
	char *text;

	if (!*count || *count >= shard->count) {
		*count = (unsigned)shard_part(shard, *count);
		return 0;
	}
	text = xasprintf("--parallel-max-host %u", *count);
	refuse_to_divide(
	    shard, text, "use fewer shards, or a higher limit", cause);
	free(text);
	return -1;
}

/* With --shard each run gets its part of the limits that are meant for all of
 * them: by origin only --rate, since an origin is in one shard; by line those
 * of origins, too. -1 with *cause. */
static int
divide_limits(struct options *o, char **cause)
{
	const struct shard *shard = &o->input.shard;
	struct sched_options *sched = &o->run.sched;

	if (!shard->count)
		return 0;
	if (divide_rate(shard, "--rate", &sched->rate, cause) == -1)
		return -1;
	if (!shard->by_line)
		return 0;
	if (divide_rate(shard, "--per-host-rate", &sched->host_rate, cause) ==
	    -1)
		return -1;
	return divide_per_host(shard, &sched->parallel_per_host, cause);
}

/* --- the steps of options_parse ------------------------------------------ */

static void
start_help(struct help *h, const struct options *o, FILE *out)
{
	help_init(
	    h, out, option_by_name("color")->words[o->run.progress.color]);
}

/* Answer --help or --version. `next` is the argument after it, or NULL: the
 * topic of "gather --help rate". */
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

/* True if the first argument is -q, or letters that begin with it. As in curl
 * it counts only there: the file is read before the other arguments. */
static bool
refuses_config(int argc, char **argv)
{
	return argc > 1 && (strncmp(argv[1], "-q", 2) == 0 ||
	                       strcmp(argv[1], "--disable") == 0);
}

/*
 * Read the user's config file, then the arguments, which win. Returns how many
 * arguments were taken, or -1 with *cause.
 *
 * An invalid file is reported only after the arguments are read: a user who
 * asks for --help in order to mend it shall get help.
 */
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

/* With --each the files of -o and the method of -I are those of the last stage,
 * not of its parents: move them there. */
static void
move_to_last_stage(struct options *o)
{
	if (o->run.follow.stages_len == 0)
		return;
	o->run.follow.output = o->run.request.output;
	o->run.request.output = NULL;
	o->run.follow.head = o->run.request.head;
	o->run.request.head = false;
}

/* --- the files that a run writes to --------------------------- */

/* Options that name one file each, and where its name stands. */
static const struct {
	const char *option;
	size_t at;
} file_options[] = {
    {"--journal", offsetof(struct options, run.journal.file)},
    {"--sqlite", offsetof(struct options, run.output.sqlite)},
    {"--har", offsetof(struct options, run.output.har)},
    {"-D", offsetof(struct options, run.output.dump_header)},
    {"-c", offsetof(struct options, run.fetch.cookie_jar_out)},
    {"--report", offsetof(struct options, pictures.report)},
    {"--waterfall", offsetof(struct options, pictures.waterfall_file)},
    {"--export-json", offsetof(struct options, compare.export_json)},
    {"--export-markdown", offsetof(struct options, compare.export_markdown)},
    {"--export-csv", offsetof(struct options, compare.export_csv)},
};

/* Append a file to `f`, which takes `path` over. */
static void
add_output_file(struct output_files *f, const char *option, char *path)
{
	f->items = xreallocarray(f->items, f->len + 1, sizeof(*f->items));
	f->items[f->len++] = (struct output_file){option, path};
}

static bool
is_file(const char *name)
{
	return name && *name && strcmp(name, "-") != 0;
}

/* Append the file of -o, unless its name depends on the request: those are
 * claimed one by one as the run meets them (files/claims.h). */
static void
add_output(struct output_files *f, const struct options *o, const char *name)
{
	if (o->run.output.save && is_file(name) && !template_varies(name))
		add_output_file(f, "-o", save_path(&o->run.output, name));
}

/* Append the files of %output{FILE} and %output{>>FILE} in the format of -w.
 * The same file may be named several times, as in curl. */
static void
add_writeout(struct output_files *f, const char *text)
{
	static const char opening[] = "%output{";
	const char *close;

	while (text && (text = strstr(text, opening))) {
		text += strlen(opening);
		text += strncmp(text, ">>", 2) == 0 ? 2 : 0;
		close = strchr(text, '}');
		if (close && close > text)
			add_output_file(
			    f, "-w", xmemdup0(text, (size_t)(close - text)));
	}
}

void
output_files_init(struct output_files *f, const struct options *o)
{
	*f = (struct output_files){0};
	for (size_t i = 0; i < sizeof(file_options) / sizeof(*file_options);
	     i++) {
		const char *name =
		    *(char *const *)(const void *)((const char *)o +
		                                   file_options[i].at);

		if (is_file(name))
			add_output_file(
			    f, file_options[i].option, xstrdup(name));
	}
	add_output(f, o, o->run.request.output);
	if (o->run.follow.output &&
	    o->run.follow.output != o->run.request.output)
		add_output(f, o, o->run.follow.output);
	add_writeout(f, o->run.output.writeout);
}

void
output_files_release(struct output_files *f)
{
	for (size_t i = 0; i < f->len; i++)
		free(f->items[i].path);
	free(f->items);
	*f = (struct output_files){0};
}

/* Is `path` the regular file that stdout was redirected to? Of a terminal or
 * a pipe nothing is overwritten. */
static bool
is_stdout_file(const char *path)
{
	struct stat out, file;

	return fstat(STDOUT_FILENO, &out) == 0 && S_ISREG(out.st_mode) &&
	       stat(path, &file) == 0 && out.st_dev == file.st_dev &&
	       out.st_ino == file.st_ino;
}

/* Would the file receive what stdout receives, too? -o is exempt because it
 * replaces the file, and -w because it may append to what stdout wrote. */
static bool
shares_with_stdout(const struct output_file *f)
{
	return strcmp(f->option, "-o") != 0 && strcmp(f->option, "-w") != 0 &&
	       is_stdout_file(f->path);
}

/* -1 with *cause if two options name one file. Two names of the same option
 * are that option's business. */
static int
check_two_files(const struct output_file *one, const struct output_file *other,
    char **cause)
{
	if (one->option == other->option ||
	    !claims_is_same_file(one->path, other->path))
		return 0;
	*cause = xasprintf("%s %s and %s %s are the same file; give each its "
	                   "own",
	    one->option, one->path, other->option, other->path);
	return -1;
}

static int
check_each_file(const struct output_files *f, char **cause)
{
	for (size_t i = 0; i < f->len; i++) {
		if (shares_with_stdout(&f->items[i])) {
			*cause = xasprintf("%s %s: stdout is redirected to "
			                   "the same file; give each its own",
			    f->items[i].option, f->items[i].path);
			return -1;
		}
		for (size_t j = i + 1; j < f->len; j++)
			if (check_two_files(&f->items[i], &f->items[j], cause) <
			    0)
				return -1;
	}
	return 0;
}

/* Two outputs in one file would overwrite each other, which would show only
 * after the run: refuse that before anything is fetched. */
static int
check_files(const struct options *o, char **cause)
{
	struct output_files f;
	int rc;

	output_files_init(&f, o);
	rc = check_each_file(&f, cause);
	output_files_release(&f);
	return rc;
}

/* Returns whether the value of -b was meant as a file, by its path or extension
 * or as it is one plain word. Else it may be the secret of a cookie whose name
 * was left out. */
static bool
is_file_name(const char *value)
{
	const char *dot = strrchr(value, '.');
	size_t letters = strspn(value, ASCII_LETTERS);

	if (strchr("/.~", *value) || (!value[letters] && letters <= WORD_MOST))
		return true;
	return dot && dot[1] && strlen(value) <= FILE_NAME_MOST &&
	       strspn(dot + 1, ASCII_LETTERS) == strlen(dot + 1) &&
	       strlen(dot + 1) <= EXTENSION_MOST;
}

/* *cause becomes why -b cannot take `value`; `error` is an errno. -1. */
static int
refuse_cookie_file(const char *value, int error, char **cause)
{
	if (is_file_name(value))
		return setting_refuse(cause,
		    "-b cannot read \"%s\": %s; a cookie is written "
		    "NAME=VALUE",
		    value, strerror(error));
	return setting_refuse(cause,
	    "-b expects NAME=VALUE, or a file with cookies that can be read: "
	    "%s",
	    strerror(error));
}

/* Check that the files of -b can be read. The one that -c will write need not
 * exist before the first run. */
static int
check_cookie_files(const struct fetch_options *o, char **cause)
{
	for (size_t i = 0; i < o->cookie_files.len; i++) {
		const char *name = o->cookie_files.items[i];

		if (!*name ||
		    (o->cookie_jar_out && strcmp(o->cookie_jar_out, name) == 0))
			continue;
		if (access(name, R_OK) == -1)
			return refuse_cookie_file(name, errno, cause);
	}
	return 0;
}

/* --- the command line ---------------------------------------------------- */

/*
 * Looked for ahead of parsing, because parsing itself may block: it reads the
 * files and pipes that options name. Wrong values are ignored here; the parser
 * will refuse them.
 */
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

/* The queue of the environment, if there is a role at it and no other one. */
static void
find_queue(struct queue_options *o)
{
	const char *environment = getenv("GATHER_QUEUE");

	if (o->role != QUEUE_NO_ROLE && !o->url && environment)
		o->url = xstrdup(environment);
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
	find_queue(&o->queue);
	move_to_last_stage(o);
	verdict = operands_find_input(o, cause);
	if (verdict == OPTIONS_RUN &&
	    (divide_limits(o, cause) == -1 || check_files(o, cause) == -1 ||
	        check_cookie_files(&o->run.fetch, cause) == -1))
		return OPTIONS_WRONG;
	if (verdict == OPTIONS_RUN)
		derive_options(o);
	return verdict;
}
