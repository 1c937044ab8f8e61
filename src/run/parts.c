/*
 * -C: what an earlier run, or an earlier attempt, has left of a file, and the
 * request for what is missing. Where it all begins: a file FILE.part with a
 * mark that says whose body it is the beginning of (files/mark.h). Whether an
 * answer fits is decided in fetch/resume.h.
 */
#include "config.h"

#include "run/run_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "process/log.h"
#include "stats/show.h"

/* --- marks ---------------------------------------------------------------- */

/* The version of marks; those of another one are ignored. */
#define MARK_FORM "1 %016" PRIx64 " %" PRIu64 " "

/* Another URL may have the same ETag, so the mark names the one that was asked
 * for; by a hash, as it may hold secrets. */
static char *
mark_text(const struct resume *r, const char *url)
{
	return xasprintf(
	    MARK_FORM "%s", hash_text(url), r->total, r->validator);
}

/* Set what the mark says of the body of `url`. False: it is of another one, or
 * no mark of ours. */
static bool
read_mark(struct resume *r, const char *mark, const char *url)
{
	uint64_t hash, total;
	int len = 0;

	if (!mark ||
	    sscanf(mark, "1 %16" SCNx64 " %" SCNu64 " %n", &hash, &total,
	        &len) != 2 ||
	    !len || hash != hash_text(url) || !mark[len])
		return false;
	r->total = total;
	r->validator = xstrdup(mark + len);
	return true;
}

/* Set what there is to go on with. A whole file that somebody else has written
 * has no mark; its size alone tells whether it is complete, as for curl. */
static void
take_found(struct resume *r, const struct target_found *found, const char *url)
{
	bool known = read_mark(r, found->mark, url);

	r->is_whole = found->whole;
	if (known || (found->whole && !found->mark))
		r->offset = found->size;
}

/* --- asking for what is missing ------------------------------------------- */

/* Does the user ask for a part, or under a condition? */
static bool
has_own_conditions(const struct request_options *o)
{
	static const char *const names[] = {"Range", "If-Range", "If-Match",
	    "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (request_headers_find(&o->headers, names[i]))
			return true;
	return o->range != NULL;
}

/* A hedge has a file of its own, since only one can go on with what is there.
 */
static bool
is_resumable(const struct run *run, const struct flight *f)
{
	const struct request *q = f->job->request;

	return run->options->output.resume && q->output && f == &f->job->main &&
	       run_streams_to_file(run, f->job) &&
	       !has_own_conditions(q->options) &&
	       strcmp(request_options_method(q->options), "GET") == 0;
}

static void
warn_of_no_marks(struct run *run)
{
	if (!run->cannot_keep)
		log_note("-C: a later run cannot resume what breaks off: this "
		         "file system has no extended attributes, which would "
		         "tell whether the file has changed");
	run->cannot_keep = true;
}

/* Look for what an earlier run has left. False: `f` has failed with its job. */
static bool
find_part(struct run *run, struct flight *f)
{
	const struct request *q = f->job->request;
	struct target_found found;
	char *cause = NULL;

	f->save = save_new(
	    run->writer, &run->options->output, q->output, q->output_own);
	save_keep(f->save);
	if (save_find(f->save, &found, &cause) < 0) {
		run_fail(run, f->job, ERROR_OUTPUT, cause);
		free(cause);
		return false;
	}
	if (found.unmarkable)
		warn_of_no_marks(run);
	take_found(&f->resume, &found, q->url);
	free(found.mark);
	return true;
}

bool
run_resume(struct run *run, struct flight *f, struct attempt_spec *spec)
{
	if (!is_resumable(run, f))
		return true;
	if (!f->save && !find_part(run, f))
		return false;
	if (f->settled)
		f->resume.offset = f->resume.validator ? save_size(f->save) : 0;
	f->settled = false;
	if (f->resume.offset && !f->part_refused)
		spec->resume = &f->resume;
	return true;
}

bool
run_asked_for_part(const struct flight *f)
{
	const struct request_options *o = f->job->request->options;

	return o->range || request_headers_find(&o->headers, "Range");
}

/* --- notices -------------------------------------------------------------- */

enum {
	NOTICES_MOST = 5 /* files of a kind that are named */
};

/* The file of `f`, with its folder. Caller frees. */
static char *
path_of(const struct flight *f)
{
	const struct job *job = f->job;

	return save_path(&job->run->options->output, job->request->output);
}

/* Is another file of a kind, which is counted, to be named? */
static bool
is_named(const struct run *run, uint64_t *count)
{
	return ++*count <= NOTICES_MOST && !run->parts.quiet;
}

static void
tell_resumed(const struct flight *f)
{
	struct run *run = f->job->run;
	struct buf size = {0};
	char *path;

	if (f->attempt_number == 1)
		run->part_counts.bytes += f->resume.offset;
	if (!is_named(run, &run->part_counts.resumed))
		return;
	path = path_of(f);
	add_size(&size, f->resume.offset);
	log_note("resuming %s at %s", path, size.data);
	buf_release(&size);
	free(path);
}

/* `was` there, but `now` all of it comes. */
static void
tell_anew(
    const struct flight *f, const struct resume *was, const struct resume *now)
{
	struct run *run = f->job->run;
	uint64_t total = was->is_whole ? was->offset : was->total;
	bool changed = (was->validator && now->validator &&
	                   strcmp(was->validator, now->validator) != 0) ||
	               (total && now->total && total != now->total);
	char *path;

	if (!is_named(run, &run->part_counts.anew))
		return;
	path = path_of(f);
	log_note(changed ? "%s has changed on the server: fetched anew"
	                 : "%s: the server does not go on with what is there: "
	                   "fetched anew",
	    path);
	free(path);
}

static void
tell_whole(const struct flight *f)
{
	struct run *run = f->job->run;
	char *path;

	if (!is_named(run, &run->part_counts.whole))
		return;
	path = path_of(f);
	log_note("%s is complete already", path);
	free(path);
}

/* --- what comes ----------------------------------------------------------- */

/* A whole answer comes: know it for a later run, and tell the user if that
 * could not go on with what is there. */
static void
describe(struct flight *f, const char *headers)
{
	struct resume was = f->resume;

	f->resume = (struct resume){0};
	resume_describe(&f->resume, headers);
	if (was.offset)
		tell_anew(f, &was, &f->resume);
	resume_release(&was);
}

void
run_settle_part(struct flight *f, const struct arrival *arrival)
{
	enum part_state part = arrival->part;
	char *mark;

	if (f->settled || !f->save || !save_keeps(f->save))
		return;
	f->settled = true;
	if (part == PART_GOES_ON)
		tell_resumed(f);
	if (part == PART_GOES_ON || part == PART_WHOLE)
		return;
	if (arrival->status == 200)
		describe(f, arrival->headers);
	else
		resume_release(&f->resume);
	mark = f->resume.validator ? mark_text(&f->resume, f->job->request->url)
	                           : NULL;
	save_begin(f->save, mark);
	free(mark);
}

/* Did the transfer break off in the body of the file? */
static bool
broke_off(const struct result *r)
{
	return (r->failure.class == ERROR_RESET ||
	           r->failure.class == ERROR_TIMEOUT) &&
	       (r->part == PART_GOES_ON || r->status == 200);
}

/* Will what came be the content of the file, unless another attempt follows? */
static bool
is_to_be_saved(const struct run *run, const struct result *r)
{
	if (result_ok(r))
		return !r->location;
	return run->options->output.fail_with_body &&
	       r->failure.class == ERROR_HTTP;
}

/* All is there: it only has to get its name, if it has not. */
static void
take_whole(struct run *run, struct flight *f, struct result *r)
{
	body_release(&r->body);
	tell_whole(f);
	if (!f->resume.is_whole)
		return;
	r->file = save_path(&run->options->output, f->job->request->output);
	save_drop(f->save);
	f->save = NULL;
}

void
run_take_part(struct run *run, struct flight *f, struct result *r)
{
	const struct arrival arrival = {
	    .status = r->status, .part = r->part, .headers = r->headers};

	if (!f->save || !save_keeps(f->save))
		return;
	if (r->part == PART_WHOLE)
		take_whole(run, f, r);
	if (is_to_be_saved(run, r))
		run_settle_part(f, &arrival);
	if (broke_off(r) && r->body.fd < 0 && r->body.mem.len) {
		run_settle_part(f, &arrival);
		save_write(f->save, &r->body.mem);
		r->body.size = 0;
	}
}

/* Is there something of the file of `f` that a later run can go on with? */
static bool
is_kept(const struct flight *f)
{
	return f->save && save_keeps(f->save) && f->resume.validator &&
	       save_size(f->save) && !f->job->run->cannot_keep;
}

void
run_note_part(struct flight *f, struct result *r)
{
	char *note;

	if (result_ok(r) || !is_kept(f))
		return;
	note = xasprintf("%" PRIu64 " bytes are kept in %s.part; the same "
	                 "command goes on",
	    save_size(f->save), f->job->request->output);
	failure_note(&r->failure, note);
	free(note);
}

/* --- the end -------------------------------------------------------------- */

void
run_count_kept(struct run *run, const struct job *job)
{
	struct part_counts *c = &run->part_counts;

	if (is_kept(&job->main) && !c->kept++)
		c->kept_file = path_of(&job->main);
}

/* Say how many of a kind were not named. */
static void
tell_others(const struct run *run, uint64_t count, const char *what)
{
	if (count > NOTICES_MOST && !run->parts.quiet)
		log_note(
		    "-C: and %" PRIu64 " more %s", count - NOTICES_MOST, what);
}

void
run_sum_up_parts(struct run *run)
{
	struct part_counts *c = &run->part_counts;

	tell_others(run, c->resumed, "resumed");
	tell_others(run, c->anew, "fetched anew");
	tell_others(run, c->whole, "complete already");
	if (c->kept == 1)
		log_note("%s.part is kept; repeat the command to go on",
		    c->kept_file);
	else if (c->kept)
		log_note("%s.part and %" PRIu64 " more are kept; repeat the "
		         "command to go on",
		    c->kept_file, c->kept - 1);
	free(c->kept_file);
	c->kept_file = NULL;
}
