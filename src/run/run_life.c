#include "config.h"

#include "run/run_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "request/template.h"
#include "run/notices.h"

static int
compile(struct run *run, char **cause)
{
	struct compiled *c = &run->compiled;

	if (compiled_open(c, run->options, &run->parts.feed.names, cause))
		return -1;
	if (c->extractor) {
		run->no_columns = columns_new(c->extractor);
	}
	return 0;
}

static int
open_output(struct run *run, char **cause)
{
	const struct output_options *o = &run->options->output;

	run->writer = writer_open(run->parts.out_fd, cause);
	if (!run->writer)
		return -1;
	if (o->as_it_is)
		writer_keep_bytes(run->writer);
	run->order =
	    order_new(o, encoder_framing(run->compiled.encoder), run->writer);
	if (!o->dump_header)
		return 0;
	run->header_dump = header_dump_open(run->writer, o->dump_header, cause);
	return run->header_dump ? 0 : -1;
}

/* One name for several files is seen before anything is fetched. */
static int
check_names(const struct run *run, char **cause)
{
	const struct output_options *o = &run->options->output;
	const char *name = run->options->request.output;
	char *path;
	bool clash;

	if (!o->save || o->remote_name || run->parts.feed.total < 2 || !name ||
	    template_varies(name) || strcmp(name, "-") == 0)
		return 0;
	path = save_path(o, name);
	clash = !claims_is_common(path);
	free(path);
	if (clash)
		*cause = xasprintf("-o %s: several requests cannot share one "
		                   "file; put {{n}} into its name",
		    name);
	return clash ? -1 : 0;
}

/* Last of all: from here on the run takes place. */
static int
open_sinks(struct run *run, char **cause)
{
	const struct sink_setup setup = {
	    .options = &run->options->output,
	    .writer = run->writer,
	    .start_wall_us = clock_wall_us(),
	    .journal = run_journal_id(run),
	};

	if (!sinks_wanted(setup.options))
		return 0;
	run->sinks = sinks_open(&setup, cause);
	return run->sinks ? 0 : -1;
}

static int
open_stages(struct run *run, char **cause)
{
	struct engine_hooks hooks = run_hooks(run);
	struct sched_options noticed = notices_on(&run->options->sched);

	if (check_names(run, cause) || compile(run, cause) ||
	    open_output(run, cause))
		return -1;
	run->engine =
	    engine_new(run->parts.base, run->parts.fetch, &hooks, cause);
	if (!run->engine)
		return -1;
	run->failures = failures_new();
	run->sched = run->parts.sched ? run->parts.sched : sched_new(&noticed);
	return run_journal_open(run, cause) || open_sinks(run, cause) ? -1 : 0;
}

/* No request may have them. */
static void
claim_named_files(struct run *run)
{
	const struct output_files *files = &run->files;

	output_files_init(&run->files, run->options);
	for (size_t i = 0; i < files->len; i++)
		if (strcmp(files->items[i].option, "-o") != 0)
			claims_take(&run->claims, files->items[i].path);
}

struct run *
run_new(const struct run_parts *parts, char **cause)
{
	struct run *run = xcalloc(1, sizeof(*run));

	run->parts = *parts;
	run->options = parts->options;
	run->random = (uint64_t)clock_wall_us();
	list_init(&run->jobs);
	list_init(&run->branching);
	heap_init(&run->limits);
	heap_init(&run->patience);
	claims_init(&run->claims);
	claim_named_files(run);
	encoded_init(&run->encoded);
	run_look_open(run);
	if (open_stages(run, cause)) {
		run_free(run);
		return NULL;
	}
	run_events_open(run);
	return run;
}

static void
count_holds(void *arg, const struct sched_origin_view *origin)
{
	uint64_t *holds = arg;

	*holds += origin->holds;
}

/* What no single result knows. */
static void
count_stages(struct run *run)
{
	struct engine_counts counts = engine_counts(run->engine);
	struct totals *t = &run->outcome.totals;

	t->connections_opened = counts.connections_opened;
	t->connections_reused = counts.connections_reused;
	t->hedges = run->hedges.extra;
	sched_each_origin(run->sched, count_holds, &t->holds);
	run->outcome.lowered = run->lowered;
}

/* Everything is in the writer's hands: see it through, or, where a second
 * signal or a blocked output ended the loop, leave it behind. */
static void
close_output(struct run *run)
{
	header_dump_close(run->header_dump);
	run->header_dump = NULL;
	order_free(run->order);
	run->order = NULL;
	if (run->finished && !run->abandoned)
		writer_close(run->writer, &run->outcome.os_errno,
		    &run->outcome.unwritable);
	else
		writer_abandon(run->writer);
	run->writer = NULL;
}

static void
tell_barren(struct run *run)
{
	struct run_outcome *o = &run->outcome;

	o->barren = extractor_barren(run->compiled.extractor, &o->barren_in);
	o->extract = extractor_option(run->compiled.extractor);
}

struct run_outcome
run_loop(struct run *run)
{
	run->start_us = clock_now_us();
	run->last_start_us = run->start_us;
	run->start_wall_us = clock_wall_us();
	run_wake(run);
	run_progress_open(run);
	event_base_dispatch(run->parts.base);
	run->outcome.totals.wall_us = clock_now_us() - run->start_us;
	count_stages(run);
	if (run->compiled.extractor)
		tell_barren(run);
	run_progress_close(run);
	if (run->options->sched.parallel_auto &&
	    totals_count(&run->outcome.totals) > run->options->sched.parallel)
		notices_settled(run->sched);
	run->outcome.left_behind = workers_stuck(run->workers) > 0;
	run_events_close(run);
	close_output(run);
	if (run->outcome.os_errno != EPIPE)
		failures_finish(run->failures);
	return run->outcome;
}

void
run_drop_job(struct run *run, struct job *job)
{
	run_forget_findings(run, job);
	if (job->follows)
		request_free(job->request);
	else
		run->parts.feed.give_back(run->parts.feed.arg, job->request);
	job_free(job);
}

static void
drop_jobs(struct run *run)
{
	while (!list_empty(&run->jobs)) {
		struct job *job =
		    container_of(run->jobs.next, struct job, link);

		run_drop_job(run, job);
	}
}

/* The run did not take place: nothing was written. */
static void
drop_output(struct run *run)
{
	if (!run->writer)
		return;
	header_dump_close(run->header_dump);
	order_free(run->order);
	writer_close(run->writer, NULL, NULL);
}

void
run_free(struct run *run)
{
	if (!run)
		return;
	drop_output(run);
	engine_free(run->engine);
	drop_jobs(run);
	run_look_close(run);
	heap_release(&run->limits);
	heap_release(&run->patience);
	if (!run->parts.sched)
		sched_free(run->sched);
	claims_release(&run->claims);
	output_files_release(&run->files);
	failures_free(run->failures);
	columns_free(run->no_columns);
	compiled_release(&run->compiled);
	encoded_release(&run->encoded);
	if (!run->abandoned) {
		run_progress_free(run);
		run_journal_free(run);
	}
	free(run->outcome.unwritable);
	free(run);
}
