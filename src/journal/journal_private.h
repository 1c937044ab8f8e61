/* What the two halves of a journal share: open.c (finding out what a file
 * holds) and journal.c (using it). */
#ifndef GATHER_JOURNAL_JOURNAL_PRIVATE_H
#define GATHER_JOURNAL_JOURNAL_PRIVATE_H

#include "base/strmap.h"
#include "journal/frame.h"
#include "journal/journal.h"

struct journal {
	char *file;
	int fd;
	uint64_t size; /* when it was opened */
	char salt[FRAME_SALT];
	struct index index;
	struct strmap reasons; /* texts that results point to */
};

#endif
