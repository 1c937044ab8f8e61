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
/* Take the lines of `text`, which is cut to pieces; `file` is for messages. */
enum config_kind {
	CONFIG_DEFAULT,
	CONFIG_NAMED /* -K */
};
int config_take(struct options *, char *text, const char *file,
    enum config_kind, char **cause);

#endif
