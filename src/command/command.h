/*
 * What the program can be asked to do. Each returns the exit status.
 */
#ifndef GATHER_COMMAND_COMMAND_H
#define GATHER_COMMAND_COMMAND_H

#include "cli/options.h"

/* Fetch what the options name. */
int command_fetch(struct options *);
/* --plan: expand and check it, and contact nobody. */
int command_plan(const struct options *);
/* --eval: a path over a local document. */
int command_eval(struct options *);
/* --demo: the comparison, against the built-in server. */
int command_demo(struct options *);

#endif
