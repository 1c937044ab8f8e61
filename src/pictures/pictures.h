/*
 * Pictures of where a run's time went: --waterfall on stderr or in a file,
 * --report in a file, --why on stderr. They observe the results of the run, and
 * are drawn when it is over.
 */
#ifndef GATHER_PICTURES_PICTURES_H
#define GATHER_PICTURES_PICTURES_H

#include "pictures/options.h"
#include "run/run.h"

struct pictures;

/* Prepare the pictures that the options ask for, and make their files, so that
 * a bad name is known before the run. `command` is what was typed, without its
 * secrets; it is borrowed. `color` is an enum color_when. NULL with *cause
 * (caller frees): a file can't be made. */
struct pictures *pictures_open(const struct picture_options *,
    const char *command, unsigned color, char **cause);
/* Free them; pictures that were not finished leave no files behind. */
void pictures_free(struct pictures *);
/* Returns the observer that the run must show every result; it borrows the
 * pictures. */
struct run_observer pictures_observer(struct pictures *);
/* Draw everything, as the run is over. -1 with *cause (caller frees): a file
 * can't be written. */
int pictures_finish(
    struct pictures *, const struct run_outcome *, char **cause);

#endif
