/*
 * -o, -O: a body on its way into its file. All file work happens on the
 * writer's thread: a temporary name in the target's directory first, renamed
 * when the body is whole; a target that is no regular file (/dev/null, a
 * FIFO) is written as it is. A symbolic link is replaced, never followed,
 * but under /dev/ and /proc/.
 */
#ifndef GATHER_FILES_SAVE_H
#define GATHER_FILES_SAVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "format/options.h"
#include "writer/writer.h"

struct save;

/* How it ended. All strings are borrowed until `done` returns. */
struct saved {
	const char *file;  /* the name it has in the end; FILE.1 with
	                      --no-clobber */
	const char *cause; /* NULL: all went well */
	uint64_t size;
	int lacked; /* errno of a descriptor that it had to wait for; 0 */
};

/* `name` is the expanded name, copied, of which `own` bytes are the user's
 * (struct target); --output-dir is put in front of a relative one; directories
 * are made on demand. */
struct save *save_new(struct writer *, const struct output_options *,
    const char *name, size_t own);
/* The next piece of the body; the content is moved out of `chunk`. */
void save_write(struct save *, struct buf *chunk);
/* `size` bytes of file `fd`, of which a duplicate is kept. */
void save_write_file(struct save *, int fd, uint64_t size);
/*
 * The body is whole: rename it into place. `done(arg, saved)` is called on
 * the loop's thread from writer_reap; then the save is freed. A full disk or
 * an I/O error is the run's failure, too (writer_error).
 */
void save_commit(
    struct save *, void (*done)(void *arg, const struct saved *), void *arg);
/* Forget it: what is there of it is removed. Frees. */
void save_abort(struct save *);

/* The path that `name` has under --output-dir. Caller frees. */
char *save_path(const struct output_options *, const char *name);
/* --skip-existing: is there a file already? (One stat(2).) */
bool save_exists(const struct output_options *, const char *name);
/* -O: the name that the URL's path ends in, made safe to use, or, as in curl,
 * "curl_response" where it ends in a slash. Caller frees. */
char *save_remote_name(const char *url);

/* -D FILE: header blocks through the writer. With "-" they are the encoder's
 * business, and nothing happens here. NULL with *cause. */
struct header_dump;
struct header_dump *header_dump_open(
    struct writer *, const char *file, char **cause);
void header_dump_add(struct header_dump *, const char *headers);
void header_dump_close(struct header_dump *);

#endif
