/* The grammar of the command line: argv to setters. */
#ifndef GATHER_CLI_PARSE_H
#define GATHER_CLI_PARSE_H

#include "cli/options.h"

/*
 * Take all of `argv`, or all up to --help or --version. Returns how many
 * arguments were taken, or -1 with *cause set (caller frees).
 */
int parse_arguments(struct options *o, int argc, char **argv, char **cause);

/* One line of a config file. */
struct parse_line {
	char *option;    /* "--name", "-n", "-sS" or "name" */
	char *value;     /* or NULL; wiped if it is a secret */
	bool is_default; /* of the user's own config file: it may name
	                  * neither input nor output */
};

/* Set one option; -1 with *cause set (caller frees). */
int parse_config_line(
    struct options *o, const struct parse_line *line, char **cause);

#endif
