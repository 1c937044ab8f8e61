#include "config.h"

#include "run/known.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "output/save.h"
#include "run/journal_options.h"

struct journal *
known_open(const struct options *o, enum journal_use use, char **cause)
{
	struct strlist options;
	const struct journal_setup setup = {
	    .file = o->journal.file,
	    .use = use,
	    .options = &options,
	};
	struct journal *journal;

	strlist_init(&options);
	journal_options_add(&options, o);
	journal = journal_open(&setup, cause);
	strlist_release(&options);
	return journal;
}

/* May it go over the wire once more? */
static bool
may_repeat(const struct known *k, enum wire_state wire)
{
	return k->options->journal.redo_unsafe ||
	       resend_allows(
	           request_resend_method(k->request), wire, RESEND_RERUN);
}

static bool
is_to_be_refreshed(const struct known *k)
{
	const char *method = request_options_method(k->request->options);

	return k->options->journal.refresh &&
	       (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0);
}

static bool
is_as_it_was(const struct known *k)
{
	struct stat st;

	if (stat(k->result.file, &st))
		return false;
	return !S_ISREG(st.st_mode) || st.st_size == k->note.file_size;
}

/* Is its file the one that this run would write, and there? */
static bool
has_its_file(const struct known *k)
{
	const struct output_options *o = &k->options->output;
	char *path;
	bool same;

	if (!k->result.file)
		return true;
	if (!k->request->output)
		return false;
	path = save_path(o, k->request->output);
	same = o->no_clobber || strcmp(path, k->result.file) == 0;
	free(path);
	return same && is_as_it_was(k);
}

/* What was accepted once may be no more. */
static bool
is_accepted(const struct known *k)
{
	return k->result.status < 400 ||
	       status_set_has(&k->options->accept, k->result.status);
}

void
known_release(struct known *k)
{
	result_release(&k->result);
	journal_note_release(&k->note);
}

/* The result, as far as it serves this run. */
int
known_read(struct known *k)
{
	journal_note_init(&k->note, k->request->url);
	result_init(&k->result);
	if (journal_read(k->journal, &k->key, &k->result, &k->note))
		return -1;
	if (has_its_file(k) && is_accepted(k))
		return 0;
	known_release(k);
	return -1;
}

static enum known_verdict
judge_done(struct known *k)
{
	if (known_read(k))
		return may_repeat(k, WIRE_ANSWERED) ? KNOWN_NOT : KNOWN_GONE;
	return is_to_be_refreshed(k) ? KNOWN_OLD : KNOWN_DONE;
}

/* Begun: nobody knows more. Unknown: but its record may know something. */
enum known_verdict
known_ask(struct known *k)
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
	return may_repeat(k, was) ? KNOWN_NOT : KNOWN_IN_DOUBT;
}

const char *
known_refusal(enum known_verdict verdict)
{
	static const char *const why[] = {
	    [KNOWN_GONE] = "it was done before, but its result is gone; "
	                   "--redo-unsafe repeats it",
	    [KNOWN_IN_DOUBT] = "it was sent before, and may have been "
	                       "processed; --redo-unsafe repeats it",
	};

	return why[verdict];
}
