/*
 * Bodies: what is wanted of that of a job, the file that it goes to, and how it
 * gets there once it is whole.
 */
#include "config.h"

#include "run/run_private.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "files/claims.h"
#include "files/server_name.h"
#include "request/headers.h"
#include "request/template.h"
#include "schedule/retry.h"

/* --- what is wanted of a body ---------------------------------------- */

/* Does the answer of `job` only lead to other requests? Then its record holds
 * no values. */
bool
run_is_parent(const struct run *run, const struct job *job)
{
	return run->compiled.fanout &&
	       job->stage < fanout_stages(run->compiled.fanout);
}

/* Where --each follows, the conditions are for its last stage, as -j and -o
 * are. */
bool
run_has_conditions(const struct run *run, const struct job *job)
{
	return run->compiled.conditions && !run_is_parent(run, job);
}

bool
run_reads_bodies(const struct run *run, const struct job *job)
{
	const struct compiled *c = &run->compiled;

	return c->extractor || run->options->output.with_body ||
	       run_is_parent(run, job) || run_has_conditions(run, job) ||
	       (job->stage == 0 && c->pager && pager_reads_body(c->pager));
}

/* Is `job` the page of --max-pages? */
static bool
is_last_page(const struct run *run, const struct job *job)
{
	uint64_t max = run->options->follow.max_pages;

	return max && job->request->page >= max;
}

/* Would a success be a page that may have a next one? */
static bool
may_lead_to_page(const struct run *run, const struct job *job)
{
	return job->stage == 0 && !job->alone && !is_last_page(run, job);
}

/* Is the result of `job` an answer to look into? */
static bool
is_answered(const struct job *job)
{
	return result_ok(&job->result) && job->result.attempts;
}

bool
run_may_have_next_page(const struct run *run, const struct job *job)
{
	return is_answered(job) && may_lead_to_page(run, job);
}

struct wanted
run_wanted(const struct run *run, const struct job *job)
{
	return is_answered(job) ? run_wanted_of_success(run, job)
	                        : (struct wanted){0};
}

struct wanted
run_wanted_of_success(const struct run *run, const struct job *job)
{
	const struct compiled *c = &run->compiled;
	struct wanted wanted = {.stage = job->stage};

	if (c->pager && pager_reads_body(c->pager) &&
	    may_lead_to_page(run, job))
		wanted.what |= WANT_PAGE;
	if (run_is_parent(run, job))
		wanted.what |= WANT_EACH;
	else if (c->extractor)
		wanted.what |= WANT_VALUES;
	return wanted;
}

/* --- what becomes of it as it comes --------------------------------------- */

/* A body that was begun to be printed cannot be taken back, so it is printed as
 * it comes only from this size on; a smaller one is printed once it is whole,
 * and a request that fails prints nothing. */
#define PRINT_FROM (UINT64_C(64) << 20)

enum {
	BINARY_WITHIN = 2000 /* bytes: a NUL among the first makes it binary */
};

/* Does --fields list "body" or "body_encoding"? */
static bool
has_body_field(const struct output_options *o)
{
	for (size_t i = 0; i < o->fields.len; i++)
		if (strstr(o->fields.items[i], "body"))
			return true;
	return false;
}

/* Is all of the body needed, or kept for a later run? */
static bool
is_body_held(const struct run *run, const struct job *job)
{
	const struct output_options *o = &run->options->output;

	return run_reads_bodies(run, job) || o->sqlite || o->collect ||
	       run->parts.observer.reads_bodies || has_body_field(o) ||
	       (run->journal && !job->request->output);
}

/* Do bodies go to stdout as they are? */
static bool
prints_bodies(const struct output_options *o)
{
	return format_default(o) == FORMAT_BODY;
}

/* Does the body begin with what no text has? As with curl, its first bytes
 * tell. */
static bool
begins_binary(const struct body *body)
{
	char start[BINARY_WITHIN];
	size_t len = body->mem.len;
	ssize_t n;

	if (body->fd < 0)
		return len && memchr(body->mem.data, '\0',
		                  len < BINARY_WITHIN ? len : BINARY_WITHIN);
	n = pread(body->fd, start, sizeof(start), 0);
	return n > 0 && memchr(start, '\0', (size_t)n);
}

bool
run_shuns_body(
    const struct run *run, const struct job *job, const struct body *body)
{
	const struct output_options *o = &run->options->output;

	return prints_bodies(o) && !o->as_it_is && !job->request->output &&
	       !run->compiled.extractor && !run->journal && !run->sinks &&
	       begins_binary(body) && isatty(run->parts.out_fd);
}

/* `held`: is_body_held. */
static enum body_way
body_way(const struct run *run, const struct job *job, bool held)
{
	if (held)
		return WAY_KEPT;
	if (prints_bodies(&run->options->output))
		return job->request->output ? WAY_KEPT : WAY_IN_TURN;
	return job->request->output ? WAY_STREAMED : WAY_DROPPED;
}

bool
run_streams_to_file(const struct run *run, const struct job *job)
{
	return body_way(run, job, is_body_held(run, job)) == WAY_STREAMED;
}

void
run_set_body_way(
    const struct run *run, const struct job *job, struct attempt_spec *spec)
{
	const struct fetch_options *o = &run->options->fetch;
	bool held = is_body_held(run, job);

	spec->way = body_way(run, job, held);
	spec->in_turn_from = PRINT_FROM;
	if (o->limits_passing || spec->way == WAY_DROPPED || held)
		spec->max_body = o->max_filesize;
}

/* May stdout get the body of `f` while it comes? Not where it may turn out to
 * be none that is printed: of several copies or mirrors (--first) another one
 * may win, and a status of --retry-on is asked for again. */
static bool
may_print_now(const struct run *run, const struct flight *f, int status)
{
	const struct job *job = f->job;

	if (status == 206 && !run_asked_for_part(f))
		return false;
	return f == &job->main && !job->hedge && !run->stopped &&
	       !run->options->stop.first &&
	       !retry_on_has(
	           &run->options->retry.on, ERROR_NONE, NULL, status) &&
	       order_is_turn_of(run->order, job->slot);
}

/* Has the output so much to write that the body should wait? The writer wakes
 * the pump when it has written half of it. */
static bool
has_room_for_bodies(const struct run *run)
{
	return writer_pending(run->writer) <= WRITER_STDOUT_MAX;
}

/* Append the heads of all answers that `f` got, as -i shows them; `heads` are
 * those of this hop. */
static void
add_heads(const struct flight *f, const struct buf *heads, struct buf *out)
{
	buf_add(out, f->heads.data, f->heads.len);
	buf_add(out, heads->data, heads->len);
}

/* Do heads stand in front of a body on stdout: those of -i, or of -D -? */
static bool
shows_heads(const struct output_options *o, const struct request *request)
{
	return format_shows_heads(o, request) ||
	       (o->dump_header && strcmp(o->dump_header, "-") == 0);
}

bool
run_take_turn(
    void *arg, void *owner, const struct arrival *arrival, struct body *body)
{
	struct run *run = arg;
	struct flight *f = owner;
	struct encoded e;

	if (!may_print_now(run, f, arrival->status) ||
	    run_shuns_body(run, f->job, body))
		return false;
	encoded_init(&e);
	if (shows_heads(&run->options->output, f->job->request))
		add_heads(f, arrival->heads, &e.out);
	if (body->fd >= 0) {
		e.fd = body->fd;
		e.size = body->size - body->mem.len;
	}
	e.after = body->mem;
	buf_init(&body->mem);
	f->printed = body->size;
	order_begin(run->order, f->job->slot, &e);
	encoded_release(&e);
	return true;
}

/* Open the file for a body that begins to arrive for `f`; with -i it begins
 * with the header blocks. */
static void
open_save(struct run *run, struct flight *f, const struct buf *heads)
{
	const struct request *q = f->job->request;
	struct buf text;

	f->save = save_new(
	    run->writer, &run->options->output, q->output, q->output_own);
	if (!format_shows_heads(&run->options->output, q))
		return;
	buf_init(&text);
	add_heads(f, heads, &text);
	save_write(f->save, &text);
	buf_release(&text);
}

/* The file is opened with the first bytes: a failure without a body leaves no
 * file. */
bool
run_take_body(
    void *arg, void *owner, const struct arrival *arrival, struct buf *chunk)
{
	struct run *run = arg;
	struct flight *f = owner;

	if (f->printed) {
		f->printed += chunk->len;
		order_go_on(run->order, f->job->slot, chunk);
	} else {
		if (!f->save)
			open_save(run, f, arrival->heads);
		run_settle_part(f, arrival);
		save_write(f->save, chunk);
	}
	return has_room_for_bodies(run);
}

void
run_resume_bodies(struct run *run)
{
	if (writer_pending(run->writer) <= WRITER_STDOUT_MAX / 2)
		fleet_resume(run->fleet);
}

/* --- the file of a body: its name ---------------------------------------- */

/* With --skip-existing a request whose file exists is done without a fetch.
 * Returns true if that is so, and `job` is finished. */
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

int
run_check_names(const struct run *run, char **cause)
{
	const struct output_options *o = &run->options->output;
	const char *name = run->options->request.output;
	char *path;
	bool clash;

	if (!o->save || o->remote_name || run->parts.feed.total < 2 || !name ||
	    run->options->stop.first == 1 || template_varies(name) ||
	    strcmp(name, "-") == 0)
		return 0;
	path = save_path(o, name);
	clash = !claims_is_shared_target(path);
	free(path);
	if (clash)
		*cause = xasprintf("-o %s: several requests cannot share one "
		                   "file; put {{n}} into its name, or keep the "
		                   "first success with --first 1",
		    name);
	return clash ? -1 : 0;
}

/* The option whose file `path` is; NULL: it is no option's. */
static const char *
option_of_file(const struct output_files *files, const char *path)
{
	for (size_t i = 0; files && i < files->len; i++)
		if (claims_is_same_file(files->items[i].path, path))
			return files->items[i].option;
	return NULL;
}

/* The file at `path` is somebody else's: say whose. Caller frees. */
static char *
claimed_message(const struct run *run, const char *path)
{
	const char *option = option_of_file(run->parts.files, path);

	if (option && strcmp(option, "-o") != 0)
		return xasprintf("the file %s is written by %s", path, option);
	return xasprintf("%s was already written by another request; %s", path,
	    run->options->output.remote_name ? "--no-clobber numbers the files"
	                                     : "add {{n}} to the name");
}

/* Take the file at `path`. Returns NULL, or why another one has it; caller
 * frees. */
static char *
take_file(struct run *run, const char *path)
{
	if (run->options->output.no_clobber || claims_take(&run->claims, path))
		return NULL;
	return claimed_message(run, path);
}

/* Does it show only when a body is whole who gets which file? With --first 1
 * all requests may name the same one, which the first success gets; with -J
 * the answer has the name. */
static bool
names_files_late(const struct run *run)
{
	return run->options->stop.first == 1 ||
	       run->options->output.server_name;
}

/* Reserve the file that the body of `job` goes to, which no other request of
 * the run may have. Returns true if the job is finished already: its file is
 * taken, or the journal or the disk has its result. The journal is asked once
 * for each request, in the order of the input (journal_ask). */
bool
run_claim_file(struct run *run, struct job *job)
{
	const struct output_options *o = &run->options->output;
	struct request *request = job->request;
	bool done = true;
	char *path, *taken;

	if (o->remote_name && !request->output && !run_is_parent(run, job))
		request->output = save_remote_name(request->url);
	if (!request->output)
		return run_journal_recall(run, job);
	path = save_path(o, request->output);
	taken = names_files_late(run) ? NULL : take_file(run, path);
	if (taken)
		run_fail(run, job, ERROR_OUTPUT, taken);
	else
		done = run_journal_recall(run, job) ||
		       is_there_already(run, job, path);
	free(taken);
	free(path);
	return done;
}

/* --- the file of a body: its content -------------------------------------- */

/* The body is in its file, or could not be written; then the job fails. */
static void
on_saved(void *arg, const struct saved *saved)
{
	struct job *job = arg;

	if (saved->lacked)
		run_lower_parallel(job->run, &job->main, saved->lacked);
	if (saved->cause)
		failure_set(&job->result.failure, ERROR_OUTPUT, NULL, 0, "%s",
		    saved->cause);
	else
		job->result.file = xstrdup(saved->file);
	run_emit(job->run, job);
}

/* A save for a body that came as a whole; with -i it begins with the header
 * blocks. */
static struct save *
begin_save(struct run *run, struct job *job)
{
	struct save *save = save_new(run->writer, &run->options->output,
	    job->request->output, job->request->output_own);
	struct buf heads;

	if (!format_shows_heads(&run->options->output, job->request))
		return save;
	buf_init(&heads);
	format_add_heads(&heads, &job->result);
	save_write(save, &heads);
	buf_release(&heads);
	return save;
}

/* -J: give the file the name that the server has for it, if it has one. */
static void
take_server_name(struct run *run, struct job *job, struct save *save)
{
	const char *headers = job->result.headers;
	struct header h;
	char *value, *name;

	if (!run->options->output.server_name || !headers ||
	    !headers_find(headers, "Content-Disposition", &h))
		return;
	value = xmemdup0(h.value, h.value_len);
	name = server_name(value);
	free(value);
	if (!name)
		return;
	save_set_name(save, &run->options->output, name);
	free(job->request->output);
	job->request->output = name;
}

/* The body of `job` is whole, and may have to share the name of its file.
 * False: that is taken, and `job` has failed. */
static bool
may_be_written(struct run *run, struct job *job, struct save *save)
{
	char *path, *taken;

	take_server_name(run, job, save);
	if (run->options->stop.first == 1) {
		run_stop(run, RUN_FIRST);
		return true;
	}
	if (!names_files_late(run))
		return true;
	path = save_path(&run->options->output, job->request->output);
	taken = take_file(run, path);
	if (taken)
		failure_set(
		    &job->result.failure, ERROR_OUTPUT, NULL, 0, "%s", taken);
	free(taken);
	free(path);
	return !taken;
}

/* Write the body of `job` to its file; the job goes on in on_saved. The bytes
 * are copied if a record or an expression needs them, too, and moved otherwise.
 */
void
run_save_body(struct run *run, struct job *job)
{
	struct save *save = job->save ? job->save : begin_save(run, job);
	struct body *body = &job->result.body;
	struct buf copy;

	job->save = NULL;
	if (!may_be_written(run, job, save)) {
		save_abort(save);
		body_release(body);
		run_emit(run, job);
		return;
	}
	save_set_time(save, job->result.modified_s);
	if (body->fd >= 0) {
		save_write_file(save, body->fd, body->size);
	} else if (run_reads_bodies(run, job)) {
		buf_init(&copy);
		buf_add(&copy, body->mem.data, body->mem.len);
		save_write(save, &copy);
		buf_release(&copy);
	} else {
		save_write(save, &body->mem);
	}
	save_commit(save, on_saved, job);
}

/* A failure leaves no file, except an error answer with --fail-with-body. */
bool
run_is_to_be_saved(const struct run *run, const struct job *job)
{
	const struct result *r = &job->result;

	if (!job->request->output || r->file)
		return false;
	if (run->options->stop.first == 1)
		return result_ok(r);
	return result_ok(r) || (run->options->output.fail_with_body &&
	                           r->failure.class == ERROR_HTTP);
}
