/*
 * The templates of a source: what stands in the URLs, in the options of all
 * requests and in -o, and which of the names in them the lists can fill.
 */
#ifndef GATHER_INPUT_TEMPLATES_H
#define GATHER_INPUT_TEMPLATES_H

#include "input/source.h"
#include "request/names.h"

/*
 * Check the templates of `s`, whose entries are open, and set what follows: the
 * kind of each entry, which operands are URL templates, --url-query and -o
 * compiled. -1 with *cause set (caller frees): a name that nothing fills, or
 * rows of which no column is used.
 */
int templates_open(
    struct source *s, const struct input_options *, char **cause);
/* Free what templates_open has compiled for all requests. */
void templates_close(struct source *);
/* The names that templates may hold, those in the "vars" of a line included.
 * The columns are borrowed from the source. */
struct names templates_names(const struct source *);

#endif
