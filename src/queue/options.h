/* What the command line says about the queue. */
#ifndef GATHER_QUEUE_OPTIONS_H
#define GATHER_QUEUE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

/* What this process does at the queue; at most one of them. */
enum queue_role {
	QUEUE_NO_ROLE,
	QUEUE_FEED,    /* --feed: put a list in */
	QUEUE_WORK,    /* --work: take, fetch, finish */
	QUEUE_RESULTS, /* --results: write the records */
	QUEUE_STATUS   /* --queue-status: show how far it is */
};

struct queue_options {
	char *url; /* --queue, or $GATHER_QUEUE: as it came, "@FILE"
	            * too; owned; NULL: no queue */
	enum queue_role role;
	int64_t timeout_us; /* --queue-timeout */
	uint64_t max;       /* --queue-max: inputs that wait; the feed pauses */
	bool no_results;    /* --no-results: records stay with the worker */
};

#endif
