/*
 * A journal without what later records have replaced: written anew beside the
 * old one, which it takes the place of when it is whole.
 */
#ifndef GATHER_JOURNAL_COMPACT_H
#define GATHER_JOURNAL_COMPACT_H

#include "journal/journal.h"

/*
 * The index and the lock are the journal's. Returns 0: file and descriptor are
 * the new ones, locked as before, and the index is to be made again; or -1:
 * there is no room or no right to, and nothing has changed.
 */
int journal_compact(struct journal *);

#endif
