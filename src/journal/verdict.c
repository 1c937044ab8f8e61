/*
 * A result of an earlier run serves this one if its file is where this run
 * would write it, and if its status is accepted. Whether a request may be
 * repeated is decided by request/resend.h.
 */
#include "config.h"

#include "journal/verdict.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "files/save.h"

/* May the request go over the wire once more, if it got as far as `wire`? */
static bool
may_repeat(const struct verdict *k, enum wire_state wire)
{
	return k->options->redo_unsafe ||
	       resend_allows(
	           request_resend_method(k->request), wire, RESEND_RERUN);
}

/* --refresh asks by conditions, which only these methods know. */
static bool
is_to_be_refreshed(const struct verdict *k)
{
	const char *method = request_options_method(k->request->options);

	return k->options->refresh &&
	       (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0);
}

/* Is the file still there, with as many bytes as it had? */
static bool
is_as_it_was(const struct verdict *k)
{
	struct stat st;

	if (stat(k->result.file, &st))
		return false;
	return !S_ISREG(st.st_mode) || st.st_size == k->note.file_size;
}

/* Is the file of the result the one that this run would write, and there? */
static bool
has_its_file(const struct verdict *k)
{
	char *path;
	bool same;

	if (!k->result.file)
		return true;
	if (!k->request->output)
		return false;
	path = save_path(k->output, k->request->output);
	same = k->output->no_clobber || k->output->server_name ||
	       strcmp(path, k->result.file) == 0;
	free(path);
	return same && is_as_it_was(k);
}

/* A status that was accepted once (--accept) may be no more. */
static bool
is_accepted(const struct verdict *k)
{
	return k->result.status < 400 ||
	       status_set_has(k->accept, k->result.status);
}

void
verdict_release(struct verdict *k)
{
	result_release(&k->result);
	journal_note_release(&k->note);
}

int
verdict_read(struct verdict *k)
{
	journal_note_init(&k->note, k->request->url);
	result_init(&k->result);
	if (journal_read(k->journal, &k->key, &k->result, &k->note))
		return -1;
	if (has_its_file(k) && is_accepted(k))
		return 0;
	verdict_release(k);
	return -1;
}

/* The journal says that it is done: is its result there? */
static enum journal_verdict
judge_done(struct verdict *k)
{
	if (verdict_read(k))
		return may_repeat(k, WIRE_ANSWERED) ? VERDICT_FETCH
		                                    : VERDICT_GONE;
	return is_to_be_refreshed(k) ? VERDICT_REFRESH : VERDICT_DONE;
}

/* Of what is begun nobody knows more. Of what the journal does not know, the
 * record that the request is made of may know something (request->was). */
enum journal_verdict
verdict_ask(struct verdict *k)
{
	enum wire_state was = k->request->was;

	if (k->journal) {
		k->key = journal_key_of(k->request);
		switch (journal_ask(k->journal, &k->key)) {
		case JOURNAL_UNKNOWN: break;
		case JOURNAL_DONE: return judge_done(k);
		case JOURNAL_BEGUN: was = WIRE_UNKNOWN; break;
		}
	}
	return may_repeat(k, was) ? VERDICT_FETCH : VERDICT_IN_DOUBT;
}

const char *
verdict_refusal(enum journal_verdict verdict)
{
	static const char *const why[] = {
	    [VERDICT_GONE] = "it was done before, but its result is gone; "
	                     "--redo-unsafe repeats it",
	    [VERDICT_IN_DOUBT] = "it was sent before, and may have been "
	                         "processed; --redo-unsafe repeats it",
	};

	return why[verdict];
}
