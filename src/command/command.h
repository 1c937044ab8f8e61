/*
 * The commands: what one call of the program does. Each prints its own messages
 * and returns the exit status. command_compare is in compare/compare.h.
 */
#ifndef GATHER_COMMAND_COMMAND_H
#define GATHER_COMMAND_COMMAND_H

#include "cli/options.h"

/* Fetch what the options name and print the results. Adapts -P and the rates in
 * the options to this machine. */
int command_fetch(struct options *);
/* --plan: expand and check the input, print what a run would do, and contact no
 * server. */
int command_plan(const struct options *);
/* --eval: print what a path matches in a local JSON document. */
int command_eval(struct options *);
/* --demo: compare sequential with concurrent fetching, using the built-in
 * server. Sets the input and the arms in the options. */
int command_demo(struct options *);
/* --feed: put the list into a queue. */
int command_queue_feed(const struct options *);
/* --work: fetch what a queue holds. Adapts -P and the rates in the options to
 * this machine. */
int command_work(struct options *);
/* --results: write the records of a queue. */
int command_queue_results(const struct options *);
/* --queue-status: print how far a queue is. */
int command_queue_status(struct options *);

#endif
