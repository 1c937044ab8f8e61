/*
 * The file of a journal: opened under a lock, looked through as memory, and
 * replaced by a copy that leaves out what is out of date. What its bytes say is
 * journal.c's business.
 */
#ifndef GATHER_JOURNAL_FILE_H
#define GATHER_JOURNAL_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "journal/journal.h"

struct journal_file {
	char *name; /* as given to --journal; owned */
	enum journal_use use;
	int fd; /* -1: not open, as the file is missing */
	uint64_t
	    size; /* in bytes, when it was opened; its owner keeps it true */
};

/* Set *cause to "--journal NAME: " and the message. Returns -1. */
int journal_file_refuse(const struct journal_file *, char **cause,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Set *cause to "--journal NAME: " and the text of errno. Returns -1. */
int journal_file_refuse_errno(const struct journal_file *, char **cause);

/*
 * Open the file that `f->name` and `f->use` name and set the rest of `f`. One
 * to be kept is made if it is missing and locked until it is closed
 * (fcntl(2), which works over NFS, too); one to be read may be missing.
 * Returns 0; or -1 with *cause (caller frees), and journal_file_close must be
 * called all the same.
 */
int journal_file_open(struct journal_file *f, char **cause);
/* Close the file and free its name. */
void journal_file_close(struct journal_file *f);

/* The bytes of the file, mapped into memory. */
struct journal_view {
	const char *data;
	size_t len;
};
/* Map all `f->size` bytes, which must not be 0. Returns 0, or -1 with errno. */
int journal_view_open(struct journal_view *, const struct journal_file *f);
void journal_view_close(struct journal_view *);
/* Tell the system that pages before `at` need not stay in memory. *done is how
 * far it was told so before; begin with 0. */
void journal_view_let_go(const struct journal_view *, size_t *done, size_t at);

/* How to make the copy that replaces a file. */
struct journal_copy {
	/* Write to `to` what is kept of the old file. Returns 0 or -1. */
	int (*fill)(void *arg, const struct journal_view *old, int to);
	void *arg;
	/* So many bytes at the beginning of a file tell the journal from all
	 * others, and are the same in its copy. */
	size_t head;
};
/*
 * Write a copy beside the file, and rename it to the file's name once it is on
 * the disk. Returns 0: `f->fd` is the new file, locked as the old one was, and
 * `f->size` its size. Returns -1, and nothing has changed: the file has other
 * links or another owner, which would be lost, or there is no room or no
 * permission.
 */
int journal_file_replace(struct journal_file *f, const struct journal_copy *);

#endif
