/* Options that contradict each other, or miss the one they belong to. */
#ifndef GATHER_CLI_CONFLICTS_H
#define GATHER_CLI_CONFLICTS_H

#include "cli/options.h"

/* Check the options that were given against each other. -1 with *cause set
 * (caller frees), naming both options as they were typed. */
int conflicts_find(const struct options *, char **cause);

#endif
