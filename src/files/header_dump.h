/* -D FILE: the header blocks of all answers, written by the writer's thread. */
#ifndef GATHER_FILES_HEADER_DUMP_H
#define GATHER_FILES_HEADER_DUMP_H

#include "writer/writer.h"

struct header_dump;

/* Create or empty `file`; with "-" the encoder writes header blocks to stdout,
 * and the dump does nothing. The writer is borrowed. NULL with *cause set
 * (caller frees): the file cannot be opened. */
struct header_dump *header_dump_open(
    struct writer *, const char *file, char **cause);
/* Append the blocks of one answer; copied. A failed write ends the run
 * (writer_error). */
void header_dump_add(struct header_dump *, const char *headers);
/* Close the file after all that was added, and free the dump. NULL is fine. */
void header_dump_close(struct header_dump *);

#endif
