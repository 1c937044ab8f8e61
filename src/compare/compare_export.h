/* A comparison for other programs, in the forms that hyperfine writes. */
#ifndef GATHER_COMPARE_COMPARE_EXPORT_H
#define GATHER_COMPARE_COMPARE_EXPORT_H

#include "base/buf.h"
#include "cli/options.h"
#include "compare/figures.h"

/* Append it. */
void export_json(const struct comparison *, struct buf *out);
void export_markdown(const struct comparison *, struct buf *out);
void export_csv(const struct comparison *, struct buf *out);
/* A page that stands alone (pictures/page.h). compare_page.c */
void export_html(const struct comparison *, struct buf *out);

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
