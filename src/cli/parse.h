/* The grammar of the command line: argv to setters. */
#ifndef GATHER_CLI_PARSE_H
#define GATHER_CLI_PARSE_H

#include "cli/options.h"

/*
 * Take all of `argv`, or all up to --help or --version. Returns how many
 * arguments were taken, or -1 with *cause set (caller frees).
 */
int parse_arguments(struct options *o, int argc, char **argv, char **cause);

#endif
