/* Command lines for tests. */
#ifndef GATHER_TESTS_COMMAND_LINE_H
#define GATHER_TESTS_COMMAND_LINE_H

#include "base/strlist.h"
#include "cli/options.h"

/* A command line, parsed. */
struct parsed {
	struct options options;
	struct strlist argv; /* what is left of it */
	enum options_verdict verdict;
	char *cause;
};

/* `line` is cut at blanks; `_` inside a word stands for one. */
void parse(struct parsed *, const char *line);
void release(struct parsed *);
/* Parse; it must be fine. */
void assert_runs(struct parsed *, const char *line);
/* It is refused, with a message that holds `words`. */
void assert_refused(const char *line, const char *words);
/* Whoever runs a test may have a config file of their own. */
void command_line_forget_config(void);

#endif
