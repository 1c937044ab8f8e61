/*
 * The verdict on a request, from what earlier runs have left: a journal, or the
 * record that --retry-from makes the request of. It is done, it is to be
 * fetched, or it must not be sent. A run and --plan ask the same.
 */
#ifndef GATHER_JOURNAL_VERDICT_H
#define GATHER_JOURNAL_VERDICT_H

#include "format/options.h"
#include "journal/journal.h"
#include "journal/options.h"
#include "request/request.h"
#include "request/status_set.h"

struct verdict {
	/* Set by the caller, and borrowed: where to look, and for what. */
	struct journal *journal; /* NULL: there is none */
	const struct journal_options *options;
	const struct output_options *output; /* where files go */
	const struct status_set *accept;
	const struct request *request;
	/* Set by verdict_ask: the key; for VERDICT_DONE and VERDICT_REFRESH
	 * also the result and its note, to be moved or released. */
	struct journal_key key;
	struct result result;
	struct journal_note note;
};

enum journal_verdict {
	VERDICT_FETCH,    /* it is to be fetched */
	VERDICT_DONE,     /* its result is there */
	VERDICT_REFRESH,  /* its result is there; ask whether it has changed */
	VERDICT_GONE,     /* it was done, its result is gone, and it must not be
	                   * repeated unasked */
	VERDICT_IN_DOUBT, /* nobody knows whether it was processed, and it must
	                   * not be repeated unasked */
};

/* Ask once for each request of a run, in the order of the input (journal_ask).
 */
enum journal_verdict verdict_ask(struct verdict *);
/* Read the result once more; the key is set. Returns 0; or -1 if it is gone, or
 * does not serve this run any more, and nothing is set. */
int verdict_read(struct verdict *);
/* Free the result and the note. */
void verdict_release(struct verdict *);

/* The message why a request must not be sent; NULL: it may be. Static. */
const char *verdict_refusal(enum journal_verdict);

#endif
