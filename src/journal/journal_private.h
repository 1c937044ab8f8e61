/* What the parts of a journal share: open.c (finding out what a file holds),
 * file.c (the file), compact.c (leaving out what is replaced) and journal.c
 * (using it). */
#ifndef GATHER_JOURNAL_JOURNAL_PRIVATE_H
#define GATHER_JOURNAL_JOURNAL_PRIVATE_H

#include "base/strmap.h"
#include "journal/frame.h"
#include "journal/journal.h"

/* The first line: what it is and of which version, the salt in hexadecimal
 * digits, a newline. */
#define JOURNAL_NAME  "gather journal "
#define JOURNAL_TITLE JOURNAL_NAME "1 "

enum {
	JOURNAL_LINE = sizeof(JOURNAL_TITLE) - 1 + 2 * FRAME_SALT + 1
};

/* Bytes of frames that were looked through: what is replaced by how many, not
 * exactly by how long. */
struct journal_weight {
	uint64_t done, done_bytes;
	uint64_t replaced;    /* of those done */
	uint64_t other_bytes; /* begun and failed; most of it is history */
};

struct journal {
	char *file;
	enum journal_use use;
	int fd;
	uint64_t size; /* when it was opened */
	char salt[FRAME_SALT];
	char id[2 * FRAME_SALT + 1]; /* the same in hexadecimal digits */
	struct index index;
	struct index numbers; /* of those that have one */
	struct index taken;   /* the same numbers, by family */
	struct journal_weight weight;
	struct strmap reasons; /* texts that results point to */
};

/* Where `taken` says so. */
struct journal_key journal_taken_key(uint64_t family, uint64_t k);

/* Sets *cause; returns -1. */
int journal_refuse(const struct journal *, char **cause, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
int journal_refuse_errno(const struct journal *, char **cause);

/* Open and lock it, and set its size; to read, it need not be there. */
int journal_open_file(struct journal *, char **cause);

/* A file's bytes while they are looked through. -1 with errno. */
struct journal_view {
	const char *data;
	size_t len;
};
int journal_view_open(struct journal_view *, const struct journal *);
void journal_view_close(struct journal_view *);
/* Pages before `at` need not stay in memory; *done of them do not. */
void journal_view_let_go(const struct journal_view *, size_t *done, size_t at);

/* Locks of fcntl(2) work over NFS, too, and say who has it. -1 with errno. */
int journal_lock(int fd);

#endif
