/*
 * Config files, in the syntax of curl's -K: an option on each line, with or
 * without dashes, its value behind blanks, `=` or `:`, quoted if it holds
 * blanks; `#` begins a comment.
 */
#ifndef GATHER_CLI_CONFIG_FILE_H
#define GATHER_CLI_CONFIG_FILE_H

#include "cli/options.h"

/*
 * The user's own file, $XDG_CONFIG_HOME/gather/config (~/.config without the
 * variable), which holds defaults: it may name neither input nor output. No
 * file is fine. -1 with *cause set (caller frees), naming file and line.
 */
int config_read_default(struct options *, char **cause);

enum config_kind {
	CONFIG_DEFAULT,
	CONFIG_NAMED /* -K */
};

/* A config file that was read; both texts are borrowed. */
struct config_file {
	const char *name; /* for messages */
	char *text;       /* taking it cuts it to pieces */
	enum config_kind kind;
};

/* Set the options in it; -1 with *cause set (caller frees). */
int config_take(struct options *, const struct config_file *, char **cause);

#endif
