/* Which options shape what a run puts out: a journal holds results of one
 * shape only. */
#ifndef GATHER_RUN_JOURNAL_OPTIONS_H
#define GATHER_RUN_JOURNAL_OPTIONS_H

#include "base/strlist.h"
#include "cli/options.h"

/* Append those that were said as "name=value", a switch as "name=yes". */
void journal_options_add(struct strlist *, const struct options *);

#endif
