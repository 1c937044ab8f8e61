/*
 * Which options shape what a run puts out: a journal holds results of one
 * shape only.
 */
#ifndef GATHER_CLI_SHAPING_H
#define GATHER_CLI_SHAPING_H

#include "cli/options.h"
#include "journal/journal.h"

/* Open the file of --journal, which was given. NULL with *cause, which the
 * caller frees. */
struct journal *options_open_journal(
    const struct options *, enum journal_use use, char **cause);

#endif
