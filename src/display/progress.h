/*
 * How far a run is, as a line for a terminal (bar, counts, rates, ETA) and as a
 * sentence for a log. Pure: the figures are passed in.
 */
#ifndef GATHER_DISPLAY_PROGRESS_H
#define GATHER_DISPLAY_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "display/terminal.h"

struct progress_figures {
	const char *label; /* of this run among others; NULL: none */
	uint64_t done;     /* results, failures included */
	int64_t total;     /* results to be expected; -1: unknown */
	uint64_t failed;
	double share;       /* of what is in flight that has come, in results */
	uint64_t flying;    /* transfers in flight */
	uint64_t retrying;  /* requests that failed once and go on */
	double rate;        /* results a second, lately */
	uint64_t bytes;     /* of bodies, so far */
	double bytes_rate;  /* of these a second, lately */
	int64_t elapsed_us; /* since the run began */
	int64_t eta_us;     /* until all are done; 0, -1: unknown */
	const char *queue;  /* how far the queue is that it works on, in words;
	                     * NULL or "": there is none */
	const char *waiting; /* what the run waits for, in words that are safe
	                      * for a terminal; NULL: nothing */
	const char *url;     /* and the URL behind the words, safe as well; or
	                      * NULL */
	int64_t left_us;     /* until that is over, told behind the words; 0,
	                      * -1: unknown */
	int64_t waited_us;   /* how long it has waited for that; -1: unknown */
	unsigned frame;      /* counts up: turns the spinner */
};

/* Append the line, without a newline: a bar where the total is known, else a
 * spinner, then the figures. Parts that do not fit are left out, the least
 * important first. Returns the columns that it takes, at most
 * terminal->width - 1: a full line would wrap on some terminals. */
size_t progress_add_line(
    const struct progress_figures *, const struct terminal *, struct buf *out);
/* Append "120 of 1000 done in 12 s, ...". */
void progress_add_sentence(const struct progress_figures *, struct buf *out);

#endif
