/*
 * The file that a body ends up in, as the writer's thread sees it: a
 * temporary file beside it until it is committed, or, where the path names
 * something that is no regular file, that itself.
 */
#ifndef GATHER_FILES_TARGET_H
#define GATHER_FILES_TARGET_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The temporary file is locked: what a run that was killed left there is used
 * again, and two runs never write to the same one. Folders that are missing
 * are made. No link is followed in what is not the user's own part of the
 * path (ELOOP): it was expanded from data.
 */
struct target {
	char *path; /* owned; what it is called in the end */
	size_t own; /* so many bytes of it are the user's, all at first */
	char
	    *temporary; /* in its folder; NULL: not open, or written in place */
	int fd;         /* -1: not open */
	bool keep;      /* never replace a file: FILE.1 and so on */
};

/* `path` is owned from here on. */
void target_init(struct target *, char *path, bool keep);
/* What was neither committed nor aborted is aborted. */
void target_release(struct target *);
/* Make directories and the temporary file, or open in place; again: does
 * nothing. -1 with errno. */
int target_open(struct target *);
/* Rename and close; `path` says the name it got. -1 with errno: it may be tried
 * again, or aborted. */
int target_commit(struct target *);
/* Close and remove what is there of it. */
void target_abort(struct target *);

#endif
