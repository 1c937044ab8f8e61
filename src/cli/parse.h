/* The grammar of the command line: argv to setters. */
#ifndef GATHER_CLI_PARSE_H
#define GATHER_CLI_PARSE_H

#include "cli/options.h"

/*
 * Apply all of `argv`, or all up to --help or --version, to `o`. Secrets in
 * `argv` are overwritten. Returns how many arguments were taken, or -1 with
 * *cause set (caller frees).
 */
int parse_arguments(struct options *o, int argc, char **argv, char **cause);

/* One option in a config file. All is owned by the caller. */
struct parse_line {
	char *option;    /* "--name", "-n", "-sS" or "name" */
	char *value;     /* or NULL; wiped if it is a secret */
	bool is_default; /* of the user's own config file: it may name
	                  * neither input nor output */
};

/* Apply the option of a line to `o`; -1 with *cause set (caller frees). */
int parse_config_line(
    struct options *o, const struct parse_line *line, char **cause);

#endif
