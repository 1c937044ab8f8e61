#include "config.h"

#include "run/run_private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "follow/link.h"
#include "journal/verdict.h"
#include "request/headers.h"

int
run_journal_open(struct run *run, char **cause)
{
	const struct journal_setup setup = {
	    .file = run->options->journal.file,
	    .use = JOURNAL_TO_KEEP,
	    .options = run->parts.shape,
	};

	if (!setup.file)
		return 0;
	run->journal = journal_open(&setup, cause);
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

static struct verdict
known_of(const struct run *run, const struct job *job)
{
	return (struct verdict){
	    .journal = run->journal,
	    .options = &run->options->journal,
	    .output = &run->options->output,
	    .accept = &run->options->accept,
	    .request = job->request,
	    .key = job->key,
	};
}

/* Links that were kept lack the secrets that the page's own URL has. */
static void
restore_links(const struct job *job, struct result *r)
{
	struct buf headers = {0};

	link_restore_secrets(&headers, r->headers, job->request->url);
	free(r->headers);
	r->headers = buf_take(&headers);
}

static void
take_known(const struct run *run, struct job *job, struct verdict *known)
{
	job->result = known->result;
	job->recalled = true;
	journal_note_release(&known->note);
	if (run->compiled.pager && job->result.headers)
		restore_links(job, &job->result);
}

bool
run_journal_recall(struct run *run, struct job *job)
{
	struct verdict known = known_of(run, job);
	enum journal_verdict verdict;

	if (!run->journal && job->request->was == WIRE_UNSENT)
		return false;
	verdict = verdict_ask(&known);
	job->key = known.key;
	job->has_key = job->to_note = run->journal != NULL;
	switch (verdict) {
	case VERDICT_FETCH: return false;
	case VERDICT_REFRESH:
		ask_for_changes(job, &known.note);
		verdict_release(&known);
		return false;
	case VERDICT_DONE:
		take_known(run, job, &known);
		run_finish_job(run, job);
		return true;
	case VERDICT_GONE:
	case VERDICT_IN_DOUBT:
		if (job->request->was == WIRE_UNSENT)
			job->request->was = WIRE_UNKNOWN;
		run_fail(run, job, ERROR_POLICY, verdict_refusal(verdict));
		return true;
	}
	return false;
}

void
run_journal_renew(struct run *run, struct job *job)
{
	struct exchanges exchanges = job->result.exchanges;
	struct verdict known = known_of(run, job);

	if (!job->conditional)
		return;
	forget_conditions(job);
	if (!result_ok(&job->result) || job->result.status != 304)
		return;
	if (verdict_read(&known)) {
		failure_set(&job->result.failure, ERROR_OUTPUT, NULL, 304,
		    "it is unchanged, but what the journal had is gone; try "
		    "again");
		return;
	}
	exchanges_init(&job->result.exchanges);
	result_release(&job->result);
	take_known(run, job, &known);
	job->result.exchanges = exchanges;
}

/* --- what becomes known -------------------------------------------------- */

static bool
may_rerun(const struct job *job)
{
	return resend_allows(request_resend_method(job->request),
	    job->result.wire, RESEND_RERUN);
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

/* The next page may stand in a link, and all may be put out again. False: in
 * a link there is a secret that must not be kept, and without which nobody
 * finds the next page, so the page is not done. */
static bool
hide_secrets(const struct run *run, const struct job *job, struct buf *headers)
{
	const struct result *r = &job->result;
	bool all = run->options->journal.with_headers;
	bool complete;

	if (!all && !run->compiled.pager)
		return true;
	complete =
	    link_hide_secrets(headers, all && r->heads ? r->heads : r->headers,
	        job->request->url, all ? LINK_AND_OTHER_LINES : LINK_LINES);
	return complete || !run->compiled.pager;
}

static void
note_done(struct run *run, struct job *job)
{
	struct result *r = &job->result;
	struct result shown = *r;
	struct buf headers = {0};
	struct journal_done done = {
	    .key = job->key,
	    .result = &shown,
	    .note = {.url = job->request->url,
	        .etag = header_value(r, "ETag"),
	        .last_modified = header_value(r, "Last-Modified"),
	        .file_size = size_of_file(r->file)},
	};

	shown.headers = shown.heads = NULL;
	if (hide_secrets(run, job, &headers)) {
		shown.headers = headers.data;
		journal_writer_done(run->journal_writer, &done,
		    r->file && !run_reads_bodies(run, job) ? NULL : &r->body);
	}
	journal_note_release(&done.note);
	buf_release(&headers);
	job->to_note = false;
}

void
run_journal_note(struct run *run, struct job *job)
{
	if (!job->to_note || job->recalled || !job->result.attempts)
		return;
	if (result_ok(&job->result))
		note_done(run, job);
	else if (job->was_begun && may_rerun(job))
		journal_writer_failed(run->journal_writer, &job->key);
}

/* What must not be sent was not asked for, but is the same in every run. */
static void
name_unsent(struct run *run, struct job *job)
{
	job->key = journal_key_of_unsent(job->request);
	journal_ask(run->journal, &job->key);
	job->has_key = true;
}

/* Pages of an input are one list, on whichever page something stands; what is
 * found in another answer belongs to that. */
uint64_t
run_journal_number(
    struct run *run, struct job *job, const struct json_span *match)
{
	struct family *family = job->family;
	struct journal_numbered what = {.family = family->id};
	bool in_list = match && job->stage == 0;

	if (!run->journal)
		return ++family->last_k;
	if (!job->has_key)
		name_unsent(run, job);
	what.key = journal_key_of_part(
	    in_list ? family->id : journal_key_mix(&job->key),
	    match ? match->start : NULL, match ? match->len : 0);
	return journal_writer_number(
	    run->journal_writer, &what, &family->last_k);
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
	if (!job->has_key)
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
