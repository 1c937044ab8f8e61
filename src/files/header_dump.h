/*
 * -D FILE: the header blocks of all answers, in the order in which their
 * requests end. Written by the writer's thread, since a file may block.
 */
#ifndef GATHER_FILES_HEADER_DUMP_H
#define GATHER_FILES_HEADER_DUMP_H

#include "writer/writer.h"

struct header_dump;

/* Create or empty `file`. With "-" the dump does nothing: header blocks go to
 * stdout with the bodies, which is the encoder's work. The writer is borrowed.
 * NULL with *cause set (caller frees): the file cannot be opened. */
struct header_dump *header_dump_open(
    struct writer *, const char *file, char **cause);
/* Append `headers`, the header blocks of one request, which are copied. A
 * failed write ends the run (writer_error). */
void header_dump_add(struct header_dump *, const char *headers);
/* Close the file once all blocks are written, and free the dump. Call it before
 * writer_close. NULL is fine. */
void header_dump_close(struct header_dump *);

#endif
