/*
 * -o, -O: a body on its way into its file. All file work happens on the
 * writer's thread: a temporary name in the target's directory first, renamed
 * when the body is whole; a target that is no regular file (/dev/null, a
 * FIFO) is written as it is.
 */
#ifndef GATHER_OUTPUT_SAVE_H
#define GATHER_OUTPUT_SAVE_H

#include <stddef.h>

#include "base/buf.h"
#include "output/options.h"
#include "output/writer.h"

struct save;

/* `name` is the expanded name, copied; directories are made on demand. */
struct save *save_new(
    struct writer *, const struct output_options *, const char *name);
/* The next piece of the body; the content is moved out of `chunk`. */
void save_write(struct save *, struct buf *chunk);
/*
 * Done with it: `commit` renames into place, `abort` removes what is there.
 * `done(arg, cause)` is called on the LOOP's thread from save_reap, cause
 * NULL if all went well. The save is freed then.
 */
void save_commit(
    struct save *, void (*done)(void *arg, const char *cause), void *arg);
void save_abort(struct save *);

#endif
