/*
 * What one finished request puts out: its bytes for stdout, with a spilled
 * body in the middle where there is one, and what -w sends elsewhere.
 * Reused from request to request.
 */
#ifndef GATHER_WRITER_ENCODED_H
#define GATHER_WRITER_ENCODED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct writer;

/* What -w sends elsewhere by %{stderr} or %output{...}. */
struct aside {
	const char *file; /* borrowed from the encoder; NULL: stderr */
	bool append;      /* to what is in the file already */
	struct buf bytes;
};

struct encoded {
	struct buf out;   /* for stdout: all, or what comes before the file */
	int fd;           /* a spilled body, borrowed from its result; or -1 */
	uint64_t size;    /* of that file */
	struct buf after; /* what comes after the file */
	struct aside *asides;
	size_t asides_len;
	size_t asides_cap;
	/* Called before and after something is written to stderr, as a
	 * status line may stand there; borrowed. NULL: nobody is. */
	const struct writer_screen *screen;
};

/* Nothing, without memory. */
void encoded_init(struct encoded *);
/* Free the memory; the files are not closed. */
void encoded_release(struct encoded *);
/* Forget the content, keep the memory. */
void encoded_clear(struct encoded *);
/* Is there nothing for stdout? */
bool encoded_empty(const struct encoded *);
/* The buffer to append what goes to `file` (NULL: stderr); borrowed until the
 * next call. A new one begins only where the last one is for another file, so
 * that the order is kept. */
struct buf *encoded_aside(struct encoded *, const char *file, bool append);
/* Write the asides: those for stderr at once, those for files through the
 * writer. As in curl, a file that is not appended to holds the part of the last
 * result only. */
void encoded_send_asides(struct encoded *, struct writer *);

#endif
