/* What the two halves of a journal share: open.c (finding out what a file
 * holds) and journal.c (using it). */
#ifndef GATHER_JOURNAL_JOURNAL_PRIVATE_H
#define GATHER_JOURNAL_JOURNAL_PRIVATE_H

#include "base/strmap.h"
#include "journal/frame.h"
#include "journal/journal.h"

struct journal {
	char *file;
	enum journal_use use;
	int fd;
	uint64_t size; /* when it was opened */
	char salt[FRAME_SALT];
	char id[2 * FRAME_SALT + 1]; /* the same in hexadecimal digits */
	struct index index;
	struct strmap reasons; /* texts that results point to */
};

#endif
