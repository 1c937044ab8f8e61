/* How far a run is, as a line for a terminal and as a sentence. Pure. */
#ifndef GATHER_DISPLAY_PROGRESS_H
#define GATHER_DISPLAY_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "display/terminal.h"

struct progress_figures {
	const char *label; /* in front of it; NULL: none */
	uint64_t done;
	int64_t total; /* -1 unknown */
	uint64_t failed;
	uint64_t flying;
	uint64_t retrying;
	double rate;         /* done per second, lately */
	int64_t eta_us;      /* -1 unknown */
	const char *waiting; /* for what; safe to show; NULL: nothing */
	unsigned frame;      /* of the spinner, where there is no total */
};

/* In front: a bar where the total is known. Parts that do not fit are left
 * out, the least important first. Returns its columns, all but one of
 * terminal->width at most. */
size_t progress_add_line(
    const struct progress_figures *, const struct terminal *, struct buf *out);
/* "120 of 1000 done, ..." */
void progress_add_sentence(const struct progress_figures *, struct buf *out);

#endif
