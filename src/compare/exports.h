/* A comparison for other programs, in the forms that hyperfine writes. */
#ifndef GATHER_COMPARE_EXPORTS_H
#define GATHER_COMPARE_EXPORTS_H

#include "base/buf.h"
#include "cli/options.h"
#include "compare/arms.h"

struct exports;

/* Open all that the options name, before anything is measured. NULL with
 * *cause (caller frees). */
struct exports *exports_open(const struct options *, char **cause);
/* One of them goes to stdout. */
bool exports_take_stdout(const struct exports *);
/* Write them; -1 with *cause. */
int exports_write(struct exports *, const struct comparison *, char **cause);
void exports_free(struct exports *);

#endif
