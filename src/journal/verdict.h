/*
 * What is known of a request from earlier runs, by a journal or by the record
 * that --retry-from makes it of: that it is done, that it is to be fetched, or
 * that it must not be sent. The same for a run and for --plan.
 */
#ifndef GATHER_JOURNAL_VERDICT_H
#define GATHER_JOURNAL_VERDICT_H

#include "format/options.h"
#include "journal/journal.h"
#include "journal/options.h"
#include "request/request.h"
#include "request/status_set.h"

struct verdict {
	/* Where to look, and for what; borrowed. */
	struct journal *journal; /* NULL: there is none */
	const struct journal_options *options;
	const struct output_options *output; /* where files go */
	const struct status_set *accept;
	const struct request *request;
	/* Set by verdict_ask; the result and its note where it is done or old,
	 * to be taken or released. */
	struct journal_key key;
	struct result result;
	struct journal_note note;
};

enum journal_verdict {
	VERDICT_FETCH, /* it is to be fetched */
	VERDICT_DONE,
	VERDICT_REFRESH, /* it is done, and to be asked for again */
	/* It must not be repeated unasked, and ... */
	VERDICT_GONE, /* it was done, but the result is not there any more */
	VERDICT_IN_DOUBT, /* nobody knows whether it was */
};

/* Once for each request of a run, in the order of the input. */
enum journal_verdict verdict_ask(struct verdict *);
/* Read the result once more; the key is set. -1: it is gone. */
int verdict_read(struct verdict *);
/* Free the result and the note. */
void verdict_release(struct verdict *);

/* Why it must not be sent; NULL: it may. Static. */
const char *verdict_refusal(enum journal_verdict);

#endif
