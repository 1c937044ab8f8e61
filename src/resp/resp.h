/*
 * RESP2, the protocol of Redis, by hiredis: commands are formatted, and what
 * comes from a server is cut into answers. hiredis is loaded when a queue is
 * used. Nothing here knows of a connection.
 */
#ifndef GATHER_RESP_RESP_H
#define GATHER_RESP_RESP_H

#include <stddef.h>

#include "base/buf.h"
#include "resp/reply.h"

struct resp_reader;

/* Load hiredis, before anything else here is called. -1 with *cause set (caller
 * frees): it is not installed, or gather was built without it. */
int resp_load(char **cause);

/* Append a command of `argc` arguments, the first of which is its name. `lens`
 * has the bytes of each; NULL: all end with a NUL. Returns -1 if it is too
 * long for the protocol (2 GB). */
int resp_add_command(
    struct buf *out, size_t argc, const char *const *argv, const size_t *lens);

/* A reader of answers each of which may take `max` bytes of memory. */
struct resp_reader *resp_reader_new(size_t max);
/* NULL is fine. */
void resp_reader_free(struct resp_reader *);
/* Give it what a server has sent. */
void resp_reader_feed(struct resp_reader *, const char *data, size_t len);
/* The next answer: 1, *reply is set and valid until the reader is used again;
 * 0, there is no whole one; -1, what came is no answer, or one that is too
 * long, and nothing can be read any more: *why says what, borrowed from the
 * reader. */
int resp_reader_next(
    struct resp_reader *, const struct queue_reply **reply, const char **why);

#endif
