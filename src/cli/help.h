/*
 * --help and --version. Options come from their table; topics and the details
 * of an option come from the manual page, whose text is compiled in.
 */
#ifndef GATHER_CLI_HELP_H
#define GATHER_CLI_HELP_H

#include <stdbool.h>
#include <stdio.h>

struct help {
	FILE *out; /* borrowed */
	bool bold; /* headings and names are bold */
};

/* Set up help on `out`. `color` is the word of --color: auto, always or
 * never. */
void help_init(struct help *, FILE *out, const char *color);
/* Print one screen: the usage, the everyday options, examples. */
void help_print_short(const struct help *);
/*
 * Print help on a topic: a category of options, an option ("-P", "rate"), a
 * section of the manual page ("paths"), "all" options, or "table", the rows for
 * programs with TABs between the columns. Returns -1 with *cause set (caller
 * frees) if there is no such topic.
 */
int help_print_topic(const struct help *, const char *topic, char **cause);
/* Print the versions of gather and of the libraries that it is linked with. */
void help_print_version(FILE *);

#endif
