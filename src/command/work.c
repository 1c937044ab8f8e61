/*
 * --work: a run whose inputs come from a queue and whose records go there. What
 * is a worker's own is said here: how it begins, what ends it, how it leaves,
 * and its exit status.
 */
#include "config.h"

#include "command/command.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "cli/units.h"
#include "command/fetch.h"
#include "process/environment.h"
#include "process/exit.h"
#include "process/log.h"
#include "queue/binding.h"
#include "queue/client.h"
#include "queue/take.h"

/* How long a worker that ends may take to tell the queue so. Others wait for no
 * longer than its lease. */
static const int64_t leave_us = 5 * CLOCK_SECOND;

struct work {
	const struct options *options;
	struct event_base *base;
	struct queue_address address;
	struct queue_client *client;
	struct queued *queued;
	struct take *take;
	struct queue_binding *binding;
	struct run *run; /* NULL before it begins, and when it is over */
	char *rules;
	bool lost;  /* the worker cannot go on */
	int status; /* and so the process ends */
};

/* --- what ends it ------------------------------------------------------- */

static void
cannot_go_on(void *arg, int status, const char *why)
{
	struct work *w = arg;

	if (w->lost)
		return;
	w->lost = true;
	w->status = status;
	if (status == STATUS_USAGE)
		log_answer("%s", why);
	else
		log_error("%s", why);
	if (w->run)
		run_stop(w->run, RUN_QUEUE_LOST);
}

static void
on_begin(void *arg, struct run *run)
{
	struct work *w = arg;

	w->run = run;
	if (w->lost)
		run_stop(run, RUN_QUEUE_LOST);
}

static const char *
plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* the queue "crawl" is done: 1000 inputs, 512 by this worker */
static void
report_done(const struct work *w)
{
	const struct worker_counts *c = &take_knows(w->take)->counts;
	uint64_t twice = take_twice(w->take);

	log_note("the queue \"%s\" is done: %" PRId64 " input%s, %" PRIu64
	         " by this worker",
	    w->address.name, c->total, plural((uint64_t)c->total),
	    take_finished(w->take));
	if (twice)
		log_note("%" PRIu64 " result%s dropped: another worker had "
		         "finished the input%s before",
		    twice, twice == 1 ? " was" : "s were", plural(twice));
}

/* --summary: how far it was when this worker left. */
static void
report_state(const struct work *w)
{
	struct buf state = {0};

	take_add_state(w->take, &state);
	if (state.len)
		log_note("%s", state.data);
	buf_release(&state);
}

static void
report_returned(const struct work *w)
{
	uint64_t n = take_returned(w->take);

	if (n && !w->lost)
		log_note("gave %" PRIu64 " input%s back to the queue \"%s\"", n,
		    plural(n), w->address.name);
	if (take_left_late(w->take))
		log_note(
		    "the queue at %s did not answer in time; other workers "
		    "get what this one held %d s after its last sign of "
		    "life",
		    w->address.shown, WORKER_LEASE_MS / 1000);
}

/* What was in the middle is given back before anything else, since others wait
 * for it. */
static void
on_over(void *arg, const struct run_outcome *outcome)
{
	struct work *w = arg;

	w->run = NULL;
	if (w->binding)
		queue_binding_leave(w->binding);
	take_leave(w->take, leave_us);
	if (outcome->stop == RUN_DEADLINE)
		log_error("--deadline reached");
	report_returned(w);
	if (!w->lost && outcome->stop == RUN_WENT_THROUGH)
		report_done(w);
	else if (w->options->summary)
		report_state(w);
}

/* A queue that is done is a success, failed requests included: they have their
 * records, and a Job that is repeated would find nothing to do. */
static int
status_of(void *arg, const struct run_outcome *outcome, int status)
{
	const struct work *w = arg;

	if (w->lost)
		return w->status;
	return status == STATUS_FAILED && outcome->stop == RUN_WENT_THROUGH
	           ? EXIT_SUCCESS
	           : status;
}

/* --- how it begins ------------------------------------------------------ */

static void
add_rule(struct buf *text, const char *option, const struct rate_limit *rate)
{
	if (!rate->count)
		return;
	buf_addf(text, "%s%s ", text->len ? " " : "", option);
	units_add_rate(rate, text);
}

/* The limits that all workers of a queue must agree on. */
static char *
rules_of(const struct run_options *o)
{
	struct buf text = {0};

	add_rule(&text, "--rate", &o->sched.rate);
	add_rule(&text, "--per-host-rate", &o->sched.host_rate);
	if (!text.len)
		buf_adds(&text, "no --rate and no --per-host-rate");
	return buf_take(&text);
}

/* Records go to the queue as they would stand on stdout, as NDJSON. Inputs come
 * in no order that anybody knows. */
static void
set_output(struct options *o)
{
	struct output_options *output = &o->run.output;

	if (!o->queue.no_results)
		output->format = FORMAT_NDJSON;
	output->order = ORDER_DONE;
}

/* --- what the client tells, for the limits that bind all workers --------- */

static void
on_connected(void *arg, const struct queue_server *server)
{
	const struct work *w = arg;

	if (w->binding)
		queue_binding_connected(w->binding, server);
}

static void
on_away(void *arg)
{
	const struct work *w = arg;

	if (w->binding)
		queue_binding_away(w->binding);
}

static void
on_subscribed(void *arg)
{
	const struct work *w = arg;

	if (w->binding)
		queue_binding_subscribed(w->binding);
}

static void
on_message(void *arg, const char *channel, const char *text, size_t len)
{
	const struct work *w = arg;

	if (w->binding)
		queue_binding_message(w->binding, channel, text, len);
}

static void
on_workers(void *arg, uint64_t alive)
{
	const struct work *w = arg;

	if (w->binding)
		queue_binding_set_workers(w->binding, alive);
}

static void
wake(void *arg)
{
	take_wake(((struct work *)arg)->take);
}

/* --- its parts ----------------------------------------------------------- */

static struct queue_client *
open_client(struct work *w, char **cause)
{
	const struct queue_client_options options = {
	    .address = &w->address,
	    .fetch = &w->options->run.fetch,
	    .timeout_us = w->options->queue.timeout_us,
	    .hooks = {.on_connected = on_connected,
	        .on_away = on_away,
	        .on_lost = cannot_go_on,
	        .on_subscribed = on_subscribed,
	        .on_message = on_message,
	        .arg = w},
	};

	return queue_client_new(w->base, &options, cause);
}

static struct take *
open_take(struct work *w, char **cause)
{
	const struct options *o = w->options;
	const struct take_setup setup = {
	    .base = w->base,
	    .client = w->client,
	    .address = &w->address,
	    .queued = w->queued,
	    .parallel = o->run.sched.parallel,
	    .keeps_records = !o->queue.no_results,
	    .redo_unsafe = o->run.journal.redo_unsafe,
	    .rules = w->rules,
	    .timeout_us = o->queue.timeout_us,
	    .failed = cannot_go_on,
	    .workers = on_workers,
	    .arg = w,
	};

	return take_new(&setup, cause);
}

/* --rate, --per-host-rate and what servers ask for bind all workers. */
static void
bind_limits(struct work *w, struct sched_options *o)
{
	const struct queue_binding_setup setup = {
	    .base = w->base,
	    .client = w->client,
	    .address = &w->address,
	    .worker = take_knows(w->take)->name,
	    .wake = wake,
	    .arg = w,
	};

	w->binding = queue_binding_new(&setup);
	queue_binding_set(w->binding, o);
}

static int
open_all(struct work *w, char **cause)
{
	const struct options *o = w->options;

	if (queue_address_read(&w->address, o->queue.url, cause))
		return -1;
	w->queued = queued_new(&o->input, &o->run.request, cause);
	if (!w->queued)
		return -1;
	w->client = open_client(w, cause);
	if (!w->client)
		return -1;
	w->take = open_take(w, cause);
	return w->take ? 0 : -1;
}

static void
close_all(struct work *w)
{
	queue_binding_free(w->binding);
	take_free(w->take);
	queue_client_free(w->client);
	queued_free(w->queued);
	queue_address_release(&w->address);
	free(w->rules);
}

int
command_work(struct options *o)
{
	struct work w = {.options = o, .base = environment_open()};
	const struct fetch_watcher watcher = {
	    .begins = on_begin,
	    .is_over = on_over,
	    .status = status_of,
	    .arg = &w,
	};
	char *cause = NULL;
	int status;

	w.rules = rules_of(&o->run);
	run_options_prepare(&o->run);
	set_output(o);
	if (open_all(&w, &cause)) {
		status = exit_usage(cause);
	} else {
		bind_limits(&w, &o->run.sched);
		o->run.output.worker = xstrdup(take_worker(w.take));
		status = fetch_feed(o, take_feed(w.take), w.base, &watcher);
	}
	close_all(&w);
	environment_close(w.base);
	return status;
}
