/*
 * A comparison for other programs: JSON, Markdown and CSV in the forms that
 * hyperfine writes, and a page of HTML.
 */
#ifndef GATHER_COMPARE_EXPORTS_H
#define GATHER_COMPARE_EXPORTS_H

#include <stdbool.h>

#include "cli/options.h"
#include "compare/arms.h"

struct exports;

/*
 * Open every file that the options name, so that a bad name is known before
 * anything is measured. NULL with *cause (caller frees): a file can't be made,
 * or two exports go to stdout.
 */
struct exports *exports_open(const struct options *, char **cause);
/* Does an export go to stdout? */
bool exports_take_stdout(const struct exports *);
/* Write all exports, each file as a whole. -1 with *cause (caller frees): one
 * could not be written, and those after it were not. */
int exports_write(struct exports *, const struct comparison *, char **cause);
/* Free it; files that were not written leave nothing behind. */
void exports_free(struct exports *);

#endif
