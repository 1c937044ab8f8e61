/* What gather says about itself; all of it comes from the option table. */
#ifndef GATHER_CLI_HELP_H
#define GATHER_CLI_HELP_H

#include <stdio.h>

/* One screen: the headline, everyday options, examples. */
void help_print_short(FILE *);
/*
 * A category, an option ("-P", "rate"), "all", or "table": the rows for
 * programs, TAB between columns. -1 with *cause set (caller frees): there is
 * no such topic.
 */
int help_print_topic(FILE *, const char *topic, char **cause);
/* Versions of gather and of what it is linked with. */
void help_print_version(FILE *);

#endif
