/*
 * -o, -O: a body on its way into its file. All file work happens on the
 * writer's thread: the body is written under a temporary name in the target's
 * directory and renamed when it is complete; a target that is no regular file
 * (/dev/null, a FIFO) is written directly. A symbolic link is replaced, never
 * followed, except under /dev/ and /proc/.
 */
#ifndef GATHER_FILES_SAVE_H
#define GATHER_FILES_SAVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "format/options.h"
#include "writer/writer.h"

struct save;

/* How a save ended. All strings are borrowed until `done` returns. */
struct saved {
	const char *file;  /* the file's final path; FILE.1 with --no-clobber */
	const char *cause; /* why it failed; NULL: it did not */
	uint64_t size;     /* bytes written */
	int lacked;        /* EMFILE or ENFILE: it had to wait for a free
	                    * descriptor; 0: it had not */
};

/* `name` is the expanded name, copied, whose first `own` bytes are the user's
 * own text (struct target). --output-dir is put in front of a relative name;
 * missing directories are made. Never fails: `done` reports what does. */
struct save *save_new(struct writer *, const struct output_options *,
    const char *name, size_t own);
/* Add the next piece of the body; its content is moved out of `chunk`. */
void save_write(struct save *, struct buf *chunk);
/* Add the first `size` bytes of file `fd`, of which a duplicate is kept. */
void save_write_file(struct save *, int fd, uint64_t size);
/*
 * The body is complete: rename the file into place. `done(arg, saved)` is
 * called on the loop's thread from writer_reap; then the save is freed. A full
 * disk or an I/O error ends the run, too (writer_error).
 */
void save_commit(
    struct save *, void (*done)(void *arg, const struct saved *), void *arg);
/* Remove what was written, and free the save. */
void save_abort(struct save *);

/* The path of `name` with --output-dir in front where that applies. Caller
 * frees. */
char *save_path(const struct output_options *, const char *name);
/* --skip-existing: is there a file already? (One stat(2).) */
bool save_exists(const struct output_options *, const char *name);
/* -O: the last segment of the URL's path, made safe as a file name; as in curl
 * "curl_response" where the path ends in a slash. Caller frees. */
char *save_remote_name(const char *url);

#endif
