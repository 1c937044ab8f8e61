/*
 * Pictures of where a run's time went: --waterfall on stderr or in a file,
 * --report, --why.
 * They watch the results of the run, and are drawn when it is over.
 */
#ifndef GATHER_PICTURES_PICTURES_H
#define GATHER_PICTURES_PICTURES_H

#include "pictures/options.h"
#include "run/run.h"

struct pictures;

/* Makes the files; draws nothing if nothing is wanted. `color` is an enum
 * color_when. NULL with *cause (caller frees): a file can't be made. */
struct pictures *pictures_open(
    const struct picture_options *, unsigned color, char **cause);
/* What is not finished leaves no files behind. */
void pictures_free(struct pictures *);
/* To be shown every result. */
struct run_observer pictures_observer(struct pictures *);
/* The run is over. -1 with *cause (caller frees): a file can't be written. */
int pictures_finish(
    struct pictures *, const struct run_outcome *, char **cause);

#endif
