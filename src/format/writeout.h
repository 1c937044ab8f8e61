/* -w: the --write-out of curl(1), compiled once. It knows all variables of curl
 * 7.88, %header{NAME}, %output{FILE}, and the fields of a record for which curl
 * has no name, such as %{data.NAME} for -j. */
#ifndef GATHER_FORMAT_WRITEOUT_H
#define GATHER_FORMAT_WRITEOUT_H

#include "format/extract.h"
#include "format/format.h"
#include "writer/encoded.h"

/* A compiled text of -w. */
struct writeout;

/* Compile a text. NULL with *cause set (caller frees): a variable does not
 * exist, the nearest one is named. `extractor` may be NULL. */
struct writeout *writeout_new(
    const char *text, const struct extractor *extractor, char **cause);
/* NULL is fine. */
void writeout_free(struct writeout *);
/* Append what the text says about `record`: to stdout behind the bytes of the
 * record, and to the other files that it names. */
void writeout_add(
    const struct writeout *, const struct record *, struct encoded *out);

#endif
