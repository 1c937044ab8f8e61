/*
 * -o, -O: a body on its way into its file. All file work happens on the
 * writer's thread: the body is written under a temporary name in the folder of
 * its file and renamed when it is complete. What exists and is not a regular
 * file (/dev/null, a FIFO) is written in place. A symbolic link is replaced,
 * never followed, except under /dev/ and /proc/.
 */
#ifndef GATHER_FILES_SAVE_H
#define GATHER_FILES_SAVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "files/target.h"
#include "format/options.h"
#include "writer/writer.h"

struct save;

/* How a save ended. The strings are borrowed until `done` returns. */
struct saved {
	const char *file;  /* the file's final path; FILE.1 with --no-clobber */
	const char *cause; /* why it failed; NULL: it did not */
	uint64_t size;     /* bytes written */
	int lacked;        /* EMFILE or ENFILE: the save had to wait for a
	                    * free descriptor; 0: it had not */
};

/*
 * Begin to save a body. `name` is the expanded name, copied, whose first `own`
 * bytes are the user's own text, not data (struct target). --output-dir is put
 * in front of a relative name; missing folders are made. Never fails: `done`
 * reports all errors. The writer is borrowed until the save has ended.
 */
struct save *save_new(struct writer *, const struct output_options *,
    const char *name, size_t own);
/* -C: keep what is there in NAME.part if the save is aborted after save_begin
 * had a mark. Nothing is to be written before that, and nothing before this. */
void save_keep(struct save *);
/*
 * Look for what an earlier run has kept: *found is set, whose mark is the
 * caller's. If it is NAME.part, it is open now, and what is written follows on
 * it unless save_begin is called. Blocks for a moment. -1 with *cause set
 * (caller frees): another run writes to that file, or it is none of ours.
 */
int save_find(struct save *, struct target_found *found, char **cause);
/* The body begins anew: forget what is there and was written so far, and mark
 * the file; NULL: it will not be kept. */
void save_begin(struct save *, const char *mark);
/* Is it one of save_keep? */
bool save_keeps(const struct save *);
/* The bytes of the body so far, with those that were found. */
uint64_t save_size(const struct save *);
/* The file's time will be this moment, in seconds since 1970 (-R). */
void save_set_time(struct save *, int64_t modified_s);
/* Save it under another name than was thought, in the same folder; a name that
 * a server gave, so that without --no-clobber it must not exist (-J). */
void save_set_name(
    struct save *, const struct output_options *, const char *name);
/* Append the content of `bytes`, which is moved out, to the body. */
void save_write(struct save *, struct buf *bytes);
/* Append the first `size` bytes of file `fd`; the save keeps a duplicate. */
void save_write_file(struct save *, int fd, uint64_t size);
/*
 * The body is complete: rename the file into place. `done(arg, saved)` is
 * called on the loop's thread from writer_reap; then the save is freed. A full
 * disk or an I/O error also ends the run (writer_error), since it would fail
 * all other files, too.
 */
void save_commit(
    struct save *, void (*done)(void *arg, const struct saved *), void *arg);
/* Remove the temporary file, unless it is to be kept, and free the save; `done`
 * is not called. */
void save_abort(struct save *);
/* The same, but keep nothing. */
void save_drop(struct save *);

/* The path of `name` with --output-dir in front where that applies. Caller
 * frees. */
char *save_path(const struct output_options *, const char *name);
/* --skip-existing: does save_path(name) name a regular file? (One stat(2).) */
bool save_exists(const struct output_options *, const char *name);
/* -O: the last segment of the URL's path as a file name, never hidden and at
 * most 217 bytes long; "curl_response", as in curl, where the path ends in a
 * slash. Bytes that are not safe in a name are percent-encoded. Caller frees.
 */
char *save_remote_name(const char *url);

#endif
