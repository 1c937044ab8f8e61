/*
 * Config files, in the syntax of curl's -K: an option on each line, with or
 * without dashes, and its value after white space, `=` or `:`, in quotes if it
 * contains white space; `#` begins a comment.
 */
#ifndef GATHER_CLI_CONFIG_FILE_H
#define GATHER_CLI_CONFIG_FILE_H

#include "cli/options.h"

/*
 * Apply the user's own file, $XDG_CONFIG_HOME/gather/config (~/.config without
 * the variable), which holds defaults: it may name neither input nor output. It
 * need not exist. -1 with *cause set (caller frees), naming file and line.
 */
int config_read_default(struct options *, char **cause);

enum config_kind {
	CONFIG_DEFAULT, /* the user's own file */
	CONFIG_NAMED    /* -K */
};

/* A config file that was read; both texts are borrowed. */
struct config_file {
	const char *name; /* for messages */
	char *text;       /* config_take cuts it to pieces */
	enum config_kind kind;
};

/* Apply the options of a file; -1 with *cause set (caller frees), naming file
 * and line. */
int config_take(struct options *, const struct config_file *, char **cause);

#endif
