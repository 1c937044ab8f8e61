/*
 * --compare: the same list is fetched several times, in several ways (arms),
 * and the times are compared.
 */
#ifndef GATHER_COMPARE_COMPARE_H
#define GATHER_COMPARE_COMPARE_H

#include "cli/options.h"

/* Compare as the options say, and print and export the outcome. Returns the
 * exit status; if a signal ended the comparison it ends the process instead. */
int command_compare(struct options *);

#endif
