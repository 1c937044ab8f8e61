/*
 * The usual command: one run from the input to stdout. command_fetch, at the
 * end, sets up what a run needs; before it stand the run itself with what
 * watches it, and the messages and the exit status after it. fetch_feed is for
 * commands whose requests come from elsewhere.
 */
#include "config.h"

#include "command/command.h"
#include "command/fetch.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "pictures/pictures.h"
#include "pictures/summary.h"
#include "process/environment.h"
#include "process/exit.h"
#include "process/log.h"
#include "run/run.h"

/* After an early end, print where in the input the next run would have to go
 * on. */
static void
report_unread(const struct feed *feed)
{
	char *position = feed->position(feed->arg);

	if (position)
		log_note("not read: %s and everything after it", position);
	free(position);
}

/* Print what was left out although a list or an answer named it. */
static void
report_left_out(const struct left_out *left_out)
{
	struct buf text = {0};

	left_out_add_text(left_out, &text);
	if (text.len)
		log_note("%s", text.data);
	buf_release(&text);
	if (left_out->duplicates)
		log_note("left out %" PRIu64 " duplicate request%s (--unique)",
		    left_out->duplicates, left_out->duplicates == 1 ? "" : "s");
}

/* Print why nothing was fetched. */
static void
report_nothing(const struct feed *feed)
{
	char *why = feed->why_empty ? feed->why_empty(feed->arg) : NULL;

	log_note("nothing to fetch: %s", why ? why : "the input is empty");
	free(why);
}

/* The exit status: the first condition that applies (gather(1), EXIT
 * STATUS). */
static int
status_of(const struct run_options *o, const struct run_outcome *outcome)
{
	const struct totals *t = &outcome->totals;

	if (outcome->os_errno)
		return STATUS_OUTPUT;
	if (outcome->stop == RUN_DEADLINE)
		return STATUS_DEADLINE;
	if (outcome->stop == RUN_FAILURES)
		return STATUS_FAILED;
	if (outcome->stop == RUN_FIRST)
		return EXIT_SUCCESS;
	if (o->stop.first && t->ok - t->parents < o->stop.first)
		return STATUS_FAILED;
	if (o->stop.limits_failures)
		return EXIT_SUCCESS;
	return outcome->totals.failed ? STATUS_FAILED : EXIT_SUCCESS;
}

/* Print that --first was not reached: the exit status is 1 then, even if no
 * request failed. */
static void
report_too_few(const struct run_options *o, const struct totals *t)
{
	uint64_t ok = t->ok - t->parents;

	if (ok >= o->stop.first)
		return;
	if (ok)
		log_error("--first %" PRIu64 ": only %" PRIu64
		          " request%s succeeded",
		    o->stop.first, ok, ok == 1 ? "" : "s");
	else
		log_error(
		    "--first %" PRIu64 ": no request succeeded", o->stop.first);
}

/* What the summary of a run with the options `o` depends on. */
static struct summary_setup
summary_of(const struct options *o)
{
	return (struct summary_setup){
	    .run = &o->run,
	    .detailed = o->summary,
	    .logs_in = options_given(o, "user") ||
	               options_given(o, "oauth2-bearer") ||
	               options_given(o, "aws-sigv4"),
	    .has_retry_from = o->input.retry_from,
	};
}

/* Print what is to be said about a run that is over, and return the exit
 * status. A signal that ended it is raised again, so that the shell sees it. */
static int
conclude(const struct run_parts *parts, const struct run_outcome *outcome,
    const struct summary_setup *summary)
{
	const struct totals *t = &outcome->totals;

	if (outcome->os_errno == EPIPE)
		exit_by_signal(SIGPIPE);
	if (outcome->os_errno)
		log_error("%s", outcome->unwritable);
	if (outcome->stop == RUN_WENT_THROUGH && !totals_count(t))
		report_nothing(&parts->feed);
	if (outcome->stop != RUN_WENT_THROUGH && outcome->stop != RUN_FIRST)
		report_unread(&parts->feed);
	if (outcome->stop == RUN_WENT_THROUGH)
		report_too_few(parts->options, t);
	report_left_out(&outcome->left_out);
	summary_print(summary, outcome, parts->account);
	if (outcome->signal && parts->options->journal.file)
		log_note("the journal has what is done; repeat the command to "
		         "fetch the rest");
	if (outcome->signal)
		exit_by_signal(outcome->signal);
	return status_of(parts->options, outcome);
}

/* Make the run and let it finish. Pictures are drawn before the messages about
 * its end, which are the last thing on stderr. Returns the exit status. */
static int
run_it(const struct run_parts *parts, const struct fetch_watcher *watcher,
    struct pictures *pictures, const struct summary_setup *summary)
{
	char *cause = NULL;
	struct run *run = run_new(parts, &cause);
	struct run_outcome outcome;
	int status;

	if (!run)
		return exit_usage(cause);
	if (watcher->begins)
		watcher->begins(watcher->arg, run);
	outcome = run_loop(run);
	if (watcher->is_over)
		watcher->is_over(watcher->arg, &outcome);
	if (pictures_finish(pictures, &outcome, &cause) == -1)
		log_error("%s", cause);
	status = conclude(parts, &outcome, summary);
	if (watcher->status)
		status = watcher->status(watcher->arg, &outcome, status);
	run_free(run);
	if (cause)
		status = STATUS_OUTPUT;
	free(cause);
	/* A thread that is stuck in a body may still use what exit(3) would
	 * clean up. */
	if (outcome.left_behind)
		_exit(status);
	return status;
}

/* Fetch all of a feed with what watches the run: pictures and summary. */
static int
fetch_watched(const struct options *o, const struct fetch_watcher *watcher,
    struct run_parts *parts)
{
	const struct summary_setup summary = summary_of(o);
	struct pictures *pictures;
	char *cause = NULL;
	int status;

	pictures = pictures_open(&o->pictures, buf_text(&o->command.text),
	    o->run.progress.color, &cause);
	if (!pictures)
		return exit_usage(cause);
	parts->observer = pictures_observer(pictures);
	parts->account = summary_account(&summary);
	status = run_it(parts, watcher, pictures, &summary);
	account_free(parts->account);
	pictures_free(pictures);
	return status;
}

int
fetch_feed(const struct options *o, struct feed feed, struct event_base *base,
    const struct fetch_watcher *watcher)
{
	struct output_files files;
	struct strlist shape;
	struct run_parts parts = {
	    .options = &o->run,
	    .files = &files,
	    .shape = &shape,
	    .feed = feed,
	    .base = base,
	    .out_fd = STDOUT_FILENO,
	};
	int status;

	if (!environment_can_write(STDOUT_FILENO)) {
		log_error("stdout is closed or read-only");
		return STATUS_OUTPUT;
	}
	output_files_init(&files, o);
	strlist_init(&shape);
	options_add_shape(o, &shape);
	status = fetch_watched(o, watcher, &parts);
	strlist_release(&shape);
	output_files_release(&files);
	return status;
}

int
command_fetch(struct options *o)
{
	static const struct fetch_watcher nobody;
	struct event_base *base = environment_open();
	char *cause = NULL;
	struct source *source;
	int status;

	run_options_prepare(&o->run);
	source = source_open(&o->input, &o->run.request, &cause);
	status = source ? fetch_feed(o, feed_from_source(source), base, &nobody)
	                : exit_usage(cause);
	source_free(source);
	environment_close(base);
	return status;
}
