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

/* -w's %{stderr} and %output{...}. */
struct aside {
	const char *file; /* borrowed from the encoder; NULL: stderr */
	bool append;      /* behind what is in the file already */
	struct buf bytes;
};

struct encoded {
	struct buf out;   /* for stdout: all, or what stands before the file */
	int fd;           /* a spilled body, borrowed from its result; or -1 */
	uint64_t size;    /* of that file */
	struct buf after; /* what stands behind the file */
	struct aside *asides;
	size_t asides_len;
	size_t asides_cap;
};

void encoded_init(struct encoded *);
void encoded_release(struct encoded *);
/* Forget the content, keep the memory. */
void encoded_clear(struct encoded *);
bool encoded_empty(const struct encoded *);
/* The aside for `file` (NULL: stderr), to be appended to. */
struct buf *encoded_aside(struct encoded *, const char *file, bool append);
/* Send the asides off: stderr at once, files through the writer. As in curl,
 * a file that isn't appended to holds the last result's part only. */
void encoded_send_asides(struct encoded *, struct writer *);

#endif
