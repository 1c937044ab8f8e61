/*
 * The end of a job, and the part that the journal has in it. A result becomes
 * final by a transfer, by a failure, or since the journal has it
 * (run_journal_recall). Then its body is inspected, pages and children follow
 * on it, its body is saved, and its record goes into the order: run_finish_job
 * at the bottom, run_finish_inspected, run_emit.
 */
#include "config.h"

#include "run/run_private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "follow/link.h"
#include "format/format.h"
#include "journal/verdict.h"
#include "request/headers.h"
#include "stats/account.h"

/* --- what the journal knows of a job ---------------------------------- */

/* Ask for `job` only if it has changed since the journal noted it (RFC 9110,
 * 13.1), unless the user sets such conditions. */
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

/* Take the conditions out of the request again: pages and children inherit its
 * headers, and must not ask so. */
static void
forget_conditions(struct job *job)
{
	struct strlist *headers = &request_own_options(job->request)->headers;

	request_headers_set(headers, "If-None-Match", NULL);
	request_headers_set(headers, "If-Modified-Since", NULL);
}

/* The question to the journal about `job`. */
static struct verdict
verdict_for(const struct run *run, const struct job *job)
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

/* Links in the headers that the journal kept lack the secrets that are in the
 * page's own URL, too: put them back. */
static void
restore_links(const struct job *job, struct result *r)
{
	struct buf headers = {0};

	link_restore_secrets(&headers, r->headers, job->request->url);
	free(r->headers);
	r->headers = buf_take(&headers);
}

/* Move the result that the journal has into `job`. */
static void
take_recalled(const struct run *run, struct job *job, struct verdict *known)
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
	struct verdict known = verdict_for(run, job);
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
		take_recalled(run, job, &known);
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

/* The server says that nothing has changed since the journal noted the result
 * of `job`: take the journal's. */
static void
reuse_on_304(struct run *run, struct job *job)
{
	struct exchanges exchanges = job->result.exchanges;
	struct verdict known = verdict_for(run, job);

	if (!job->conditional)
		return;
	forget_conditions(job);
	if (!result_ok(&job->result) || job->result.status != 304)
		return;
	if (verdict_read(&known)) {
		failure_set(&job->result.failure, ERROR_OUTPUT, NULL, 304,
		    "not modified, but the journal's result is gone: run "
		    "again to fetch it");
		return;
	}
	exchanges_init(&job->result.exchanges);
	result_release(&job->result);
	take_recalled(run, job, &known);
	job->result.exchanges = exchanges;
}

/* --- what the journal is told of it ----------------------------------- */

bool
run_may_rerun(const struct job *job)
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

/* Did redirects lead to a URL with a secret in its path? The journal has no
 * secrets, and without its path nobody resolves the links of that page. */
static bool
is_base_hidden(const struct run *run, const struct job *job)
{
	const char *url = job->result.url_effective;
	size_t path = url ? strcspn(url, "?#") : 0;
	char *shown;
	bool hidden;

	if (!url || strcmp(url, job->request->url) == 0 ||
	    (!run->compiled.pager && !run->options->follow.stages_len))
		return false;
	shown = url_redacted(url);
	hidden = strncmp(shown, url, path) != 0;
	free(shown);
	return hidden;
}

/* Copy to `headers` what the journal keeps of the headers: links, as the next
 * page may stand in one, or all, where they are put out again. Returns false if
 * a link or the URL of the page holds a secret that must not be kept, and
 * without which nobody finds the next page: then the page is not done. */
static bool
hide_secrets(const struct run *run, const struct job *job, struct buf *headers)
{
	const struct result *r = &job->result;
	bool all = run->options->journal.with_headers;
	bool complete;

	if (is_base_hidden(run, job))
		return false;
	if (!all && !run->compiled.pager)
		return true;
	complete =
	    link_hide_secrets(headers, all && r->heads ? r->heads : r->headers,
	        job->request->url, all ? LINK_AND_OTHER_LINES : LINK_LINES);
	return complete || !run->compiled.pager;
}

/* Note the result of `job` with its body; a body that went straight to its file
 * is known by the file's size. */
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
	else if (job->was_begun && run_may_rerun(job))
		journal_writer_failed(run->journal_writer, &job->key);
}

/* Give a key to a job that must not be sent: nobody asked the journal for it,
 * but it is the same in every run. */
static void
name_unsent(struct run *run, struct job *job)
{
	job->key = journal_key_of_unsent(job->request);
	journal_ask(run->journal, &job->key);
	job->has_key = true;
}

/* Pages of an input are one list, on whichever page a match stands, so the
 * match is known by the family; what is found in any other answer belongs to
 * that answer's key. */
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

/* By what `job` is known from run to run, and in which journal, as text that
 * stays until the next call; NULL: there is no journal. */
static const char *
key_text(struct run *run, struct job *job)
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

/* --- a record of a job ------------------------------------------------- */

/* End the run if enough requests have succeeded or too many have failed. A
 * share of few results says nothing, so it counts from 100 results on. */
static void
stop_at_limits(struct run *run)
{
	const struct stop_options *stop = &run->options->stop;
	const struct totals *t = &run->outcome.totals;
	uint64_t count = t->ok + t->failed;

	if (stop->first && t->ok - t->parents >= stop->first)
		run_stop(run, RUN_FIRST);
	if (!stop->limits_failures)
		return;
	if (stop->max_failure_share < 0
	        ? t->failed > stop->max_failures
	        : count >= 100 && (double)t->failed >
	                              stop->max_failure_share * (double)count)
		run_stop(run, RUN_FAILURES);
}

/* The values that -j or --xpath found in the body; a file that was there
 * already was not looked into. */
static const struct columns *
columns_of(struct run *run, const struct job *job)
{
	const struct findings *found = job->found;

	if (!found || !(found->wanted.what & WANT_VALUES) ||
	    !result_ok(&job->result))
		return run->empty_columns;
	extractor_note_matches(run->compiled.extractor, found->columns);
	return found->columns;
}

/* Is the failure printed? Not where the output failed, as that says it all; nor
 * for requests that --first cancelled, as they have not failed. */
static bool
is_worth_printing(const struct run *run, const struct result *r)
{
	return !run->parts.quiet && (r->failure.class != ERROR_CANCELLED ||
	                                (run->outcome.stop != RUN_UNWRITABLE &&
	                                    run->outcome.stop != RUN_FIRST));
}

/* Requests that --first cancelled have a record, but no line and no -w. */
static bool
is_silent(const struct run *run, const struct result *r)
{
	const struct output_options *o = &run->options->output;
	enum format_id format =
	    o->format == FORMAT_AUTO ? format_default(o) : o->format;

	return run->stop_wanted == RUN_FIRST &&
	       r->failure.class == ERROR_CANCELLED &&
	       (format == FORMAT_BODY || format == FORMAT_NONE);
}

/* Show the result of `job` to all that measure this run. */
static void
observe(struct run *run, struct job *job)
{
	if (run->parts.observer.on_result)
		run->parts.observer.on_result(
		    run->parts.observer.arg, job->request, &job->result);
	totals_add(&run->outcome.totals, &job->result);
	if (run->parts.account)
		account_add(run->parts.account, &job->result);
}

/* A result of an earlier run is counted, but its times are not this run's. */
static void
account_for(struct run *run, struct job *job)
{
	struct totals *t = &run->outcome.totals;

	run->retrying -= job_was_repeated(job);
	t->retries += job->retries;
	t->requeues += job->requeues;
	if (job->recalled)
		totals_add_recalled(t, &job->result, job->attempts);
	else
		observe(run, job);
	if (is_worth_printing(run, &job->result))
		failures_add(run->failures, job->request, &job->result);
}

/* With --only-new a result that the journal has is not put out. */
static bool
is_suppressed(const struct run *run, const struct job *job)
{
	return job->recalled && result_ok(&job->result) &&
	       run->options->journal.only_new;
}

/* -D: write the header blocks of `job`, with those of redirects if kept. */
static void
dump_headers(struct run *run, const struct job *job)
{
	const struct result *r = &job->result;
	const char *heads = r->heads ? r->heads : r->headers;

	if (run->header_dump && heads && !is_suppressed(run, job))
		header_dump_add(run->header_dump, heads);
}

/* Give `record` to the sinks, which write beside stdout. */
static void
add_to_sinks(struct run *run, const struct record *record,
    void (*add)(struct sinks *, const struct record *))
{
	if (!run->sinks)
		return;
	add(run->sinks, record);
	run->sinks_dirty = true;
}

/* Show the exchanges of a job that has no record on stdout in the sinks. */
static void
add_exchanges(struct run *run, struct job *job, const char *key)
{
	struct record record = {
	    .request = job->request,
	    .result = &job->result,
	    .key = key,
	    .recalled = job->recalled,
	};

	add_to_sinks(run, &record, sinks_add_exchanges);
}

/* A body that is alone on stdout passes byte for byte. */
static bool
has_several_records(const struct run *run)
{
	return run->parts.feed.total != 1 || run->compiled.pager ||
	       run->compiled.fanout;
}

static void
free_request(struct run *run, struct request *request)
{
	if (request->is_derived)
		request_free(request);
	else
		run->parts.feed.give_back(run->parts.feed.arg, request);
}

void
run_take_unread(void *arg, struct request *request)
{
	if (request->is_dropped)
		free_request(arg, request);
}

void
run_drop_job(struct run *run, struct job *job)
{
	struct request *request = job->request;

	run_ledger_leave(run, job);
	inspector_drop_findings(run->inspector, job);
	request->is_dropped = true;
	request->is_derived = job->follows;
	if (!request->readers)
		free_request(run, request);
	job_free(job);
}

/* Leave the encoded bytes in the slot of the order, and free the job. */
static void
finish_slot(struct run *run, struct job *job, struct encoded *encoded)
{
	run_ledger_take(run, job, encoded);
	order_done(run->order, job->slot, encoded);
	heap_remove(&run->retry_deadlines, &job->retry_deadline);
	heap_remove(&run->hedge_timers, &job->hedge_timer);
	run_drop_job(run, job);
	stop_at_limits(run);
}

/* The record is encoded: `record` goes to the sinks, and the bytes out. */
static void
send_record(struct run *run, struct job *job, const struct record *record,
    struct encoded *encoded)
{
	encoded_send_asides(encoded, run->writer);
	add_to_sinks(run, record, sinks_add);
	finish_slot(run, job, encoded);
}

/* A record that a thread encodes, with the run's encoder, which does not
 * change. Its job is left alone meanwhile. */
struct large_record {
	struct errand errand;
	struct job *job;
	struct record record;
	char *key; /* what record.key points at */
	struct encoded encoded;
};

static void
perform_encoding(struct errand *errand, void *tools)
{
	struct large_record *l =
	    container_of(errand, struct large_record, errand);

	(void)tools;
	encoder_encode(l->job->run->compiled.encoder, &l->record, &l->encoded);
}

static void
drop_large(struct errand *errand)
{
	struct large_record *l =
	    container_of(errand, struct large_record, errand);

	encoded_release(&l->encoded);
	free(l->key);
	free(l);
}

static void
on_encoded(struct errand *errand)
{
	struct large_record *l =
	    container_of(errand, struct large_record, errand);
	struct run *run = l->job->run;

	l->encoded.screen = run->encoded.screen;
	send_record(run, l->job, &l->record, &l->encoded);
	drop_large(errand);
	run_wake(run);
}

enum {
	LARGE_BODY = 64 << 10, /* bytes that are encoded as a string */
	LARGE_COUNT = 256      /* values of a column */
};

/* Does the record take long enough to encode that a thread should do it? */
static bool
is_large(const struct run *run, const struct record *record)
{
	const struct columns *c = record->columns;

	if (!fleet_examines(run->fleet))
		return false;
	if (run->options->output.with_body &&
	    record->result->body.size >= LARGE_BODY)
		return true;
	for (size_t i = 0; c && i < c->len; i++)
		if (c->items[i].matches.spans.len >= LARGE_COUNT)
			return true;
	return false;
}

/* Send the record to a thread. */
static void
encode_elsewhere(struct run *run, struct job *job, const struct record *record)
{
	struct large_record *l = xcalloc(1, sizeof(*l));

	l->errand = (struct errand){.perform = perform_encoding,
	    .done = on_encoded,
	    .drop = drop_large};
	l->job = job;
	l->record = *record;
	l->key = xstrdup_null(record->key);
	l->record.key = l->key;
	encoded_init(&l->encoded);
	fleet_send(run->fleet, &l->errand);
	stop_at_limits(run);
}

/* Encode the record of `job` and put it out. */
static void
encode_record(struct run *run, struct job *job, const struct columns *columns)
{
	struct record record = {
	    .request = job->request,
	    .result = &job->result,
	    .columns = columns,
	    .several = has_several_records(run),
	    .key = run->sinks ? key_text(run, job) : NULL,
	    .recalled = job->recalled,
	    .begun = job->main.printed > 0,
	    .worker = run->options->output.worker,
	};
	bool silent = is_silent(run, &job->result);

	if (!silent && is_large(run, &record)) {
		encode_elsewhere(run, job, &record);
		return;
	}
	if (!silent)
		encoder_encode(run->compiled.encoder, &record, &run->encoded);
	send_record(run, job, &record, &run->encoded);
}

/* Encode the record of `job`; where --only-new keeps it back, only the sinks
 * that show exchanges get it. */
static void
emit_record(struct run *run, struct job *job)
{
	const struct columns *columns = columns_of(run, job);

	if (run_gives_back(run, job)) {
		run_emit_nothing(run, job);
		return;
	}
	run_journal_note(run, job);
	account_for(run, job);
	dump_headers(run, job);
	encoded_clear(&run->encoded);
	if (!is_suppressed(run, job)) {
		encode_record(run, job, columns);
		return;
	}
	add_exchanges(run, job, NULL);
	finish_slot(run, job, &run->encoded);
}

/* A parent whose matches have become requests, but for links that were left
 * out, has no record. */
static void
emit_parent(struct run *run, struct job *job)
{
	account_for(run, job);
	run->outcome.totals.parents++;
	dump_headers(run, job);
	encoded_clear(&run->encoded);
	add_exchanges(run, job, key_text(run, job));
	finish_slot(run, job, &run->encoded);
}

/* A binary body on a terminal is a mistake: say what was meant. The message
 * says all that there is to say of the body. */
static void
refuse_binary(struct run *run, struct job *job)
{
	struct result *r = &job->result;

	if (!result_ok(r) || job->main.printed ||
	    !run_shuns_body(run, job, &r->body))
		return;
	failure_set(&r->failure, ERROR_OUTPUT, NULL, 0,
	    "the body is binary, which a terminal cannot show; "
	    "-o FILE saves it, -o - prints it all the same");
	body_release(&r->body);
}

void
run_emit(struct run *run, struct job *job)
{
	refuse_binary(run, job);
	if (job->branch && job->branch->leads_on && result_ok(&job->result))
		emit_parent(run, job);
	else
		emit_record(run, job);
}

void
run_emit_nothing(struct run *run, struct job *job)
{
	encoded_clear(&run->encoded);
	finish_slot(run, job, &run->encoded);
}

/* --- from a final result to its emission ----------------------------- */

/* How far the request of `f` got, whose transfer is cancelled now if it has
 * one; else its last result says `last`. */
static enum wire_state
wire_of(struct run *run, struct flight *f, enum wire_state last)
{
	return flight_wire(
	    f, f->transfer ? fleet_wire(run->fleet, f->transfer) : last);
}

/* How far the request got is asked before the flights are withdrawn, as their
 * transfers know it. */
void
run_finish_job(struct run *run, struct job *job)
{
	struct result *r = &job->result;

	r->wire = job->attempts ? wire_of(run, &job->main, r->wire)
	                        : job->request->was;
	run_withdraw(run, &job->main);
	if (job->hedge)
		run_withdraw(run, job->hedge);
	r->exchanges = job->exchanges;
	exchanges_init(&job->exchanges);
	r->done_us = clock_now_us() - run->start_us;
	if (job->first_us >= 0) {
		r->start_us = job->first_us - run->start_us;
		r->start_wall_us = run->start_wall_us + r->start_us;
		r->queue_us = job->first_us - job->read_us;
	}
	reuse_on_304(run, job);
	if (!inspector_inspect(run->inspector, job, run_wanted(run, job)))
		run_finish_inspected(run, job);
}

/* A parent waits for its children, and is emitted by the last of them. */
void
run_finish_inspected(struct run *run, struct job *job)
{
	inspector_note_gaps(run->inspector, job);
	if (run_follow(run, job))
		return;
	if (run_is_to_be_saved(run, job)) {
		run_save_body(run, job);
		return;
	}
	run_emit(run, job);
}
