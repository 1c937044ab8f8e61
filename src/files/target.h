/*
 * The file that output ends up in, as the thread that writes it sees it: a
 * temporary file in the same folder until it is committed, so that readers see
 * all of it or nothing. What exists and is not a regular file (a device, a
 * FIFO) is written in place.
 */
#ifndef GATHER_FILES_TARGET_H
#define GATHER_FILES_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a commit does where the path names a file already. */
enum target_existing {
	TARGET_REPLACES,
	TARGET_KEEPS, /* and takes the name FILE.1, or .2 and so on to .100 */
	TARGET_FAILS  /* with EEXIST */
};

/*
 * The temporary file is locked (flock(2)): one that a killed run left there is
 * used again, and two runs never write to the same one. Folders that are
 * missing are made. No link is followed in what is not the user's own part of
 * the path (ELOOP), since data made that, and a link may lead anywhere.
 */
struct target {
	char *path; /* owned: the final path */
	size_t own; /* so many bytes of it are the user's text; all at first */
	char *temporary; /* its name in the folder of `path`; NULL: the target
	                  * is not open, or written in place */
	int fd;          /* -1: the target is not open */
	enum target_existing existing;
	bool keeps; /* -C: the temporary file is PATH.part, and an abort leaves
	             * it if it has a mark (mark.h) */
	int64_t modified_s; /* the file's time, since 1970; -1: when it is
	                     * written */
};

/* Nothing is opened yet. `path` is owned from here on. */
void target_init(struct target *, char *path, enum target_existing);
/* Abort what was neither committed nor aborted, and free the path. */
void target_release(struct target *);
/* What there is of a file that keeps what it has. */
struct target_found {
	uint64_t size;   /* 0: nothing */
	char *mark;      /* owned; NULL: it has none */
	bool unmarkable; /* the file system has no marks: nothing can be kept */
	bool whole; /* it is PATH itself; else PATH.part, which is open now */
};
/* Look for PATH.part, and open it with its lock, or else for PATH. -1 with
 * errno, EBUSY: another run writes to it; EEXIST: there is something of that
 * name that is no file of ours. */
int target_find(struct target *, struct target_found *);
/* Empty the file, and give it another mark; NULL: none. -1 with errno. */
int target_begin(struct target *, const char *mark);
/* Make the folders and the temporary file, or open in place; does nothing if
 * the target is open. -1 with errno. */
int target_open(struct target *);
/* Give the file another final path, which is owned from here on, in the same
 * folder. */
void target_rename(struct target *, char *path);
/* Give the file its name and close it; `path` is the name that it got. -1 with
 * errno: it may be tried again, or aborted. */
int target_commit(struct target *);
/* Close the target and remove its temporary file, unless it is kept. */
void target_abort(struct target *);
/* Close the target and remove its temporary file. */
void target_drop(struct target *);

#endif
