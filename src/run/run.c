#include "config.h"

#include "run/run_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "request/given.h"

enum {
	PUMP_STEPS = 256,
	READ_AHEAD = 65536,    /* requests, while nothing can start */
	READ_AHEAD_S = 7,      /* ... for so many seconds */
	PUMP_US = 5000,        /* then the sockets have their turn */
	LOOKING_MAX = 64 << 20 /* bytes of bodies that are to be looked into */
};

/* --- input -> request -> schedule ----------------------------------- */

/* A file that is there already needs no request. */
static bool
is_there_already(struct run *run, struct job *job, const char *path)
{
	const struct output_options *o = &run->options->output;
	struct result r;

	if (!o->skip_existing || !save_exists(o, job->request->output))
		return false;
	result_init(&r);
	r.file = xstrdup(path);
	job_conclude(job, NULL, &r);
	run_finish_job(run, job);
	return true;
}

static void
fail_claimed(struct run *run, struct job *job, const char *path)
{
	const char *option = output_files_find(&run->files, path);
	char *message;

	if (option && strcmp(option, "-o") != 0)
		message = xasprintf("the file %s is that of %s", path, option);
	else
		message = xasprintf("another request of this run has the file "
		                    "%s, too; {{n}} in its name tells them "
		                    "apart",
		    path);
	run_fail(run, job, ERROR_OUTPUT, message);
	free(message);
}

/* Its file, if it has one, must be its own. True: it is done already, in an
 * earlier run maybe. */
static bool
claim_file(struct run *run, struct job *job)
{
	const struct output_options *o = &run->options->output;
	struct request *request = job->request;
	bool done = true;
	char *path;

	if (o->remote_name && !request->output && !run_is_parent(run, job))
		request->output = save_remote_name(request->url);
	if (!request->output)
		return run_journal_recall(run, job);
	path = save_path(o, request->output);
	if (!o->no_clobber && !claims_take(&run->claims, path))
		fail_claimed(run, job, path);
	else
		done = run_journal_recall(run, job) ||
		       is_there_already(run, job, path);
	free(path);
	return done;
}

/* A table's columns are those of the first row. */
static void
frame_output(struct run *run, const struct request *first)
{
	encoder_set_columns(run->compiled.encoder, first->row);
	order_set_framing(run->order, encoder_framing(run->compiled.encoder));
	run->framed = true;
}

static void
count_in(struct run *run, struct job *job)
{
	run->read++;
	list_push_back(&run->jobs, &job->link);
	job->main.queued_us = job->read_us;
	job->main.item.bytes = (uint32_t)(sizeof(*job) + sizeof(*job->request) +
	                                  3 * job->request->input_len);
}

void
run_refuse(struct run *run, struct job *job, enum error_class class,
    const char *message)
{
	count_in(run, job);
	run_fail(run, job, class, message);
}

void
run_take_in(struct run *run, struct job *job, enum sched_rank rank)
{
	const struct request *request = job->request;
	int64_t now = job->read_us;

	if (request->invalid) {
		run_refuse(run, job, ERROR_INPUT, request->invalid);
		return;
	}
	if (request->trust.foreign && request_has_body(request)) {
		run_refuse(run, job, ERROR_POLICY,
		    "it is at another origin than what led to it: the body "
		    "stays there; --location-trusted sends it on");
		return;
	}
	count_in(run, job);
	if (!claim_file(run, job))
		sched_add(run->sched, &job->main.item, request->origin, rank,
		    now, now);
}

static void
admit(struct run *run, struct request *request, int64_t now)
{
	struct job *job;

	/* A record of a request that had left its origin. */
	request->trust.foreign &= !run->parts.fetch->location_trusted;
	job = job_new(run, request, now);
	if (!run->framed)
		frame_output(run, request);
	request->page = run->compiled.pager != NULL;
	job->slot = order_append(run->order, job);
	run_take_in(run, job, SCHED_FRESH);
}

static int64_t
seconds_without_a_start(const struct run *run, int64_t now)
{
	return (now - run->last_start_us) / CLOCK_SECOND;
}

/* While nothing has started for a second, what fills the queue are requests
 * to slow origins: look further for one to another. Twice as far with each
 * second, so that a server that stalls for a moment costs little memory. */
static size_t
read_ahead(const struct run *run, int64_t now)
{
	int64_t seconds = seconds_without_a_start(run, now);

	if (seconds < 1)
		return 0;
	if (seconds >= READ_AHEAD_S)
		return READ_AHEAD;
	return READ_AHEAD >> (READ_AHEAD_S - seconds);
}

static bool
looks_further(const struct run *run, int64_t now)
{
	return sched_ahead(run->sched) + sched_parked(run->sched) <
	       read_ahead(run, now);
}

bool
run_has_room(const struct run *run, int64_t now)
{
	return sched_has_room(run->sched) || looks_further(run, now);
}

/* (a) There is room: read more. What has no request yet keeps no other one
 * from its start. */
static bool
read_one(struct run *run, enum sched_scope scope, int64_t now)
{
	struct request *request;

	run->input_busy = false;
	if (run->input_ended || run->input_waits || run->stopped ||
	    scope != SCHED_ALL || !run_has_room(run, now))
		return false;
	switch (run->parts.feed.next(run->parts.feed.arg, &request)) {
	case SOURCE_REQUEST: admit(run, request, now); return true;
	case SOURCE_BUSY: run->input_busy = true; return false;
	case SOURCE_WAIT: run_wait_for_input(run); return false;
	case SOURCE_END: run->input_ended = true; return false;
	}
	return false;
}

/* --- schedule -> fetch ---------------------------------------------- */

static void
first_start(struct run *run, struct job *job, int64_t now)
{
	int64_t max = run->options->retry.max_time_us;

	job->first_us = now;
	if (max > 0)
		heap_push(&run->limits, &job->limit, now + max);
}

void
run_start(struct run *run, struct flight *f, int64_t now)
{
	struct job *job = f->job;
	struct attempt_spec spec = {
	    .request = job->request,
	    .hop = &f->hop,
	    .owner = f,
	    .stream = job->request->output && !run_reads_bodies(run, job),
	    .own_connection = f == job->hedge,
	};

	if (f->anew) {
		f->anew = false;
		f->attempt_number = ++job->attempts;
		f->admitted_us = now;
	}
	if (job->first_us < 0)
		first_start(run, job, now);
	if (f == &job->main)
		run_hedge_wait(run, job, now);
	run->last_start_us = now;
	flight_take_waits(f);
	flight_limit_time(f, &spec, now);
	f->attempt = engine_start(run->engine, &spec);
}

static bool
start_one(struct run *run, int64_t now)
{
	struct sched_item *item =
	    run->stopped ? NULL : sched_next(run->sched, now);
	struct flight *f;

	if (!item)
		return false;
	f = container_of(item, struct flight, item);
	if (!run_journal_holds(run, f))
		run_start(run, f, now);
	return true;
}

static bool
on_wire(void *arg, void *owner)
{
	struct run *run = arg;
	struct flight *f = owner;
	bool admitted = sched_on_wire(run->sched, &f->item, clock_now_us());

	/* It may have opened a gate. */
	if (sched_ahead(run->sched) &&
	    sched_flying(run->sched) < sched_parallel(run->sched))
		run_wake(run);
	return admitted;
}

static void
on_body(void *arg, void *owner, struct buf *chunk)
{
	struct flight *f = owner;

	if (!f->save)
		run_save_begin(arg, f);
	save_write(f->save, chunk);
}

static void
on_ready(void *arg)
{
	run_wake(arg);
}

/* (b) Again, in the same slot: a redirect hop, a retry, a requeue, a hedge. */
void
run_again(struct run *run, struct flight *f, enum sched_rank rank, int64_t at)
{
	int64_t now = clock_now_us();

	flight_queue(f, rank, at, now);
	sched_add(run->sched, &f->item, flight_origin(f), rank, at, now);
}

static bool
reap_one(struct run *run)
{
	struct result r;
	void *owner;

	if (!engine_reap(run->engine, &owner, &r))
		return false;
	run_land(run, owner, &r);
	return true;
}

/* --- the pump --------------------------------------------------------- */

/* The spill file may just lag: only one that takes long is to blame. */
static void
tell_who_holds_up(struct run *run, int64_t now)
{
	struct job *head = order_head(run->order);
	char *input;

	if (run->held_up || !head || head->first_us < 0 ||
	    now - head->first_us < CLOCK_SECOND)
		return;
	run->held_up = true;
	input = given_subject(head->request);
	log_note("%s holds up the output, and what waits behind it "
	         "fills --order-buffer: nothing else starts",
	    input);
	free(input);
}

static enum sched_scope
scope_now(struct run *run, int64_t now)
{
	if (writer_pending(run->writer) > WRITER_STDOUT_MAX ||
	    workers_pending(run->workers) > LOOKING_MAX ||
	    writer_lacks_descriptor(run->writer))
		return SCHED_NOTHING;
	if (order_has_room(run->order))
		return SCHED_ALL;
	tell_who_holds_up(run, now);
	return SCHED_HEAD_ONLY;
}

void
run_look_at_head(struct run *run)
{
	struct job *head = order_head(run->order);

	if (head && sched_item_is_inside(&head->main.item))
		sched_set_head(run->sched, &head->main.item);
}

static bool
step(struct run *run, enum sched_scope scope, int64_t now)
{
	return reap_one(run) || run_looked_one(run) || run_doom_one(run) ||
	       run_expire_one(run, now) || run_hedge_one(run, now) ||
	       run_branch_one(run, scope, now) || read_one(run, scope, now) ||
	       start_one(run, now) || run->input_busy;
}

static int64_t
earlier(int64_t at, int64_t other)
{
	return at < 0 || other < at ? other : at;
}

static int64_t
sooner(int64_t at, const struct heap *heap)
{
	struct heap_node *top = heap_top(heap);

	return top ? earlier(at, top->at) : at;
}

static bool
could_make_more(const struct run *run)
{
	return !list_empty(&run->branching) ||
	       (!run->input_ended && !run->input_waits);
}

static int64_t
next_moment(struct run *run, int64_t now)
{
	int64_t at = sched_wake(run->sched, now);
	int64_t seconds = seconds_without_a_start(run, now);

	at = sooner(sooner(at, &run->limits), &run->patience);
	if (could_make_more(run) && !looks_further(run, now) &&
	    seconds < READ_AHEAD_S)
		at = earlier(
		    at, run->last_start_us + (seconds + 1) * CLOCK_SECOND);
	return at;
}

static bool
is_settled(const struct run *run)
{
	return (run->input_ended || run->stopped) && list_empty(&run->jobs);
}

/* What was settled may let others start: all, or the next one in the order.
 * Nobody else would say so where nothing is in flight. */
static bool
may_start_more(struct run *run, enum sched_scope scope, const void *head)
{
	return order_head(run->order) != head ||
	       scope_now(run, clock_now_us()) != scope;
}

/* Bounded, so that sockets are served; never entered recursively. */
void
run_pump(struct run *run)
{
	int64_t now = clock_now_us();
	int64_t until = now + PUMP_US;
	enum sched_scope scope = scope_now(run, now);
	const void *head = order_head(run->order);
	bool busy = true;

	if (run->finished)
		return;
	run->pumping = true;
	sched_set_scope(run->sched, scope);
	run_look_at_head(run);
	for (int i = 0; i < PUMP_STEPS && busy && now < until; i++) {
		busy = step(run, scope, now);
		if (run->stop_wanted != RUN_WENT_THROUGH && !run->stopped)
			run_cancel_all(run);
		now = clock_now_us();
	}
	if (writer_lacks_descriptor(run->writer))
		engine_drop_idle(run->engine);
	order_flush(run->order);
	run_journal_flush(run);
	busy |= run->woken || may_start_more(run, scope, head);
	run->pumping = run->woken = false;
	/* The last bytes of a small run need no thread (writer/writer.h). */
	if (!is_settled(run))
		writer_start(run->writer);
	if (busy)
		run_wake_at(run, now, now);
	else if (is_settled(run))
		run_finish(run);
	else
		run_wake_at(run, next_moment(run, now), now);
}

struct engine_hooks
run_hooks(struct run *run)
{
	return (struct engine_hooks){
	    .on_wire = on_wire,
	    .on_body = on_body,
	    .on_ready = on_ready,
	    .arg = run,
	};
}
