#include "config.h"

#include "run/run_private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "run/journal_options.h"
#include "output/headers.h"
#include "request/secret.h"

static const char in_doubt[] =
    "it was sent before, and may have been processed; --redo-unsafe repeats "
    "it";
static const char gone[] =
    "it was done before, but its result is gone; --redo-unsafe repeats it";

int
run_journal_open(struct run *run, char **cause)
{
	struct journal_setup setup = {.file = run->options->journal.file};
	struct strlist options;

	if (!setup.file)
		return 0;
	strlist_init(&options);
	journal_options_add(&options, run->options);
	setup.options = &options;
	run->journal = journal_open(&setup, cause);
	strlist_release(&options);
	if (!run->journal)
		return -1;
	run->journal_writer =
	    journal_writer_new(run->journal, run->writer, run->parts.base);
	return 0;
}

void
run_journal_free(struct run *run)
{
	buf_release(&run->key);
	journal_writer_free(run->journal_writer);
	journal_free(run->journal);
}

/* --- what is known ------------------------------------------------------- */

/* May it go over the wire once more? */
static bool
may_repeat(const struct run *run, const struct job *job)
{
	return run->options->journal.redo_unsafe ||
	       request_is_idempotent(job->request);
}

static bool
is_as_it_was(const struct result *r, const struct journal_note *note)
{
	struct stat st;

	if (stat(r->file, &st))
		return false;
	return !S_ISREG(st.st_mode) || st.st_size == note->file_size;
}

/* Is its file the one that this run would write, and there? */
static bool
has_its_file(const struct run *run, const struct job *job,
    const struct result *r, const struct journal_note *note)
{
	const struct output_options *o = &run->options->output;
	char *path;
	bool same;

	if (!r->file)
		return true;
	if (!job->request->output)
		return false;
	path = save_path(o, job->request->output);
	same = o->no_clobber || strcmp(path, r->file) == 0;
	free(path);
	return same && is_as_it_was(r, note);
}

/* The result, as far as it serves this run. */
static int
read_known(struct run *run, struct job *job, struct result *r,
    struct journal_note *note)
{
	journal_note_init(note, job->request->url);
	result_init(r);
	if (journal_read(run->journal, &job->key, r, note))
		return -1;
	if (has_its_file(run, job, r, note) &&
	    (r->status < 400 ||
	        status_set_has(&run->options->accept, r->status)))
		return 0;
	result_release(r);
	journal_note_release(note);
	return -1;
}

/* RFC 9110, 13.1: unless the user does so. */
static void
ask_for_changes(struct job *job, const struct journal_note *note)
{
	struct strlist *headers = &request_own_options(job->request)->headers;

	if (request_headers_find(headers, "If-None-Match") ||
	    request_headers_find(headers, "If-Modified-Since"))
		return;
	if (note->etag)
		request_headers_set(headers, "If-None-Match", note->etag);
	if (note->last_modified)
		request_headers_set(
		    headers, "If-Modified-Since", note->last_modified);
	job->conditional = note->etag || note->last_modified;
}

/* What follows on it must not ask so, too. */
static void
forget_conditions(struct job *job)
{
	struct strlist *headers = &request_own_options(job->request)->headers;

	request_headers_set(headers, "If-None-Match", NULL);
	request_headers_set(headers, "If-Modified-Since", NULL);
}

static bool
is_to_be_refreshed(const struct run *run, const struct job *job)
{
	const char *method = request_options_method(job->request->options);

	return run->options->journal.refresh &&
	       (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0);
}

static bool
recall_done(struct run *run, struct job *job)
{
	bool refresh = is_to_be_refreshed(run, job);
	struct journal_note note;
	struct result r;

	if (read_known(run, job, &r, &note)) {
		if (may_repeat(run, job))
			return false;
		run_fail(run, job, ERROR_POLICY, gone);
		return true;
	}
	if (refresh)
		ask_for_changes(job, &note);
	journal_note_release(&note);
	if (refresh) {
		result_release(&r);
		return false;
	}
	job->result = r;
	job->recalled = true;
	run_finish_job(run, job);
	return true;
}

bool
run_journal_recall(struct run *run, struct job *job)
{
	if (!run->journal)
		return false;
	job->key = journal_key_of(job->request);
	job->was_named = true;
	job->has_key = true;
	switch (journal_ask(run->journal, &job->key)) {
	case JOURNAL_UNKNOWN: return false;
	case JOURNAL_DONE: return recall_done(run, job);
	case JOURNAL_BEGUN:
		if (may_repeat(run, job))
			return false;
		run_fail(run, job, ERROR_POLICY, in_doubt);
		return true;
	}
	return false;
}

void
run_journal_renew(struct run *run, struct job *job)
{
	struct exchanges exchanges = job->result.exchanges;
	struct journal_note note;
	struct result known;

	if (!job->conditional)
		return;
	forget_conditions(job);
	if (!result_ok(&job->result) || job->result.status != 304)
		return;
	if (read_known(run, job, &known, &note)) {
		failure_set(&job->result.failure, ERROR_OUTPUT, NULL, 304,
		    "it is unchanged, but what the journal had is gone; try "
		    "again");
		return;
	}
	exchanges_init(&job->result.exchanges);
	result_release(&job->result);
	job->result = known;
	job->result.exchanges = exchanges;
	job->recalled = true;
	journal_note_release(&note);
}

bool
run_journal_mutes(const struct run *run, const struct job *job)
{
	return job->recalled && run->options->journal.only_new;
}

/* --- what becomes known -------------------------------------------------- */

static void
go(struct journal_wait *wait)
{
	struct job *job = container_of(wait, struct job, begun);

	run_start(job->run, &job->main, clock_now_us());
}

bool
run_journal_holds(struct run *run, struct flight *f)
{
	struct job *job = f->job;

	if (!run->journal || job->was_begun ||
	    request_is_idempotent(job->request))
		return false;
	job->was_begun = true;
	job->begun.go = go;
	journal_writer_begin(run->journal_writer, &job->key, &job->begun);
	return true;
}

/* Nobody said that it was not processed. */
static bool
may_have_been_processed(const struct job *job)
{
	const struct result *r = &job->result;

	if (job->cut_short)
		return true;
	if (r->failure.class == ERROR_HTTP || r->failure.class == ERROR_POLICY)
		return false;
	return r->size_request > 0 || r->status || r->num_redirects;
}

static char *
header_value(const struct result *r, const char *name)
{
	struct header h;

	if (!r->headers || !headers_find(r->headers, name, &h))
		return NULL;
	return xmemdup0(h.value, h.value_len);
}

static int64_t
size_of_file(const char *file)
{
	struct stat st;

	if (!file || stat(file, &st) || !S_ISREG(st.st_mode))
		return -1;
	return st.st_size;
}

/* The next page may stand in a header; NULL: none is needed. */
static char *
harmless_headers(const struct run *run, const struct result *r, struct buf *out)
{
	const char *at = r->headers;
	struct header h;

	if (!run->pager || !at)
		return NULL;
	while (headers_next(&at, &h))
		if (!secret_is_header(h.name, h.name_len))
			buf_addf(out, "%.*s: %.*s\r\n", (int)h.name_len, h.name,
			    (int)h.value_len, h.value);
	return out->data;
}

/* Headers may hold secrets: all are kept where they are shown only. */
static void
note_done(struct run *run, struct job *job)
{
	struct result *r = &job->result;
	struct result shown = *r;
	struct buf headers;
	struct journal_done done = {
	    .key = job->key,
	    .result = &shown,
	    .note = {.url = job->request->url,
	        .etag = header_value(r, "ETag"),
	        .last_modified = header_value(r, "Last-Modified"),
	        .file_size = size_of_file(r->file)},
	};

	buf_init(&headers);
	if (!run->options->journal.with_headers)
		shown.headers = harmless_headers(run, r, &headers);
	journal_writer_done(run->journal_writer, &done,
	    r->file && !run_reads_bodies(run, job) ? NULL : &r->body);
	journal_note_release(&done.note);
	buf_release(&headers);
	job->has_key = false;
}

void
run_journal_note(struct run *run, struct job *job)
{
	if (!job->has_key || job->recalled || !job->result.attempts)
		return;
	if (result_ok(&job->result))
		note_done(run, job);
	else if (job->was_begun && !may_have_been_processed(job))
		journal_writer_failed(run->journal_writer, &job->key);
}

/* What must not be sent was not asked for, but is the same in every run. */
static void
name_unsent(struct run *run, struct job *job)
{
	job->key = journal_key_of_unsent(job->request);
	journal_ask(run->journal, &job->key);
	job->was_named = true;
}

const char *
run_journal_id(const struct run *run)
{
	return run->journal ? journal_id(run->journal) : NULL;
}

const char *
run_journal_key(struct run *run, struct job *job)
{
	if (!run->journal)
		return NULL;
	if (!job->was_named)
		name_unsent(run, job);
	buf_clear(&run->key);
	buf_addf(&run->key, "%s:", journal_id(run->journal));
	journal_key_add_text(&run->key, &job->key);
	return run->key.data;
}

void
run_journal_flush(struct run *run)
{
	if (run->journal_writer)
		journal_writer_flush(run->journal_writer);
}

void
run_journal_finish(struct run *run)
{
	if (run->journal_writer)
		journal_writer_finish(run->journal_writer);
}
