/* --compare: a list fetched several times, in several ways. */
#ifndef GATHER_COMPARE_COMPARE_H
#define GATHER_COMPARE_COMPARE_H

#include "cli/options.h"

/* Returns the exit status. */
int command_compare(struct options *);

#endif
