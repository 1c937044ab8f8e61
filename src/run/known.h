/*
 * What is known of a request from earlier runs, by a journal or by the record
 * that --retry-from makes it of: that it is done, that it is to be fetched, or
 * that it must not be sent. The same for a run and for --plan.
 */
#ifndef GATHER_RUN_KNOWN_H
#define GATHER_RUN_KNOWN_H

#include "cli/options.h"
#include "journal/journal.h"
#include "request/request.h"

/* The journal of --journal, which is given. NULL with *cause. */
struct journal *known_open(
    const struct options *, enum journal_use use, char **cause);

struct known {
	/* Where to look, and for what; borrowed. */
	struct journal *journal; /* NULL: there is none */
	const struct options *options;
	const struct request *request;
	/* Set by known_ask; the result and its note where it is done or old,
	 * to be taken or released. */
	struct journal_key key;
	struct result result;
	struct journal_note note;
};

enum known_verdict {
	KNOWN_NOT, /* it is to be fetched */
	KNOWN_DONE,
	KNOWN_OLD, /* it is done, and to be asked for again */
	/* It must not be repeated unasked, and ... */
	KNOWN_GONE,     /* it was done, but the result is not there any more */
	KNOWN_IN_DOUBT, /* nobody knows whether it was */
};

/* Once for each request of a run, in the order of the input. */
enum known_verdict known_ask(struct known *);
/* Read the result once more; the key is set. -1: it is gone. */
int known_read(struct known *);
/* Free the result and the note. */
void known_release(struct known *);

/* Why it must not be sent; NULL: it may. Static. */
const char *known_refusal(enum known_verdict);

#endif
