/*
 * -w: curl's --write-out (curl(1)), compiled once. All variables of curl
 * 7.88, %header{NAME}, %output{FILE}, and the fields of a record that curl
 * has no name for, %{data.NAME} for -j among them.
 */
#ifndef GATHER_FORMAT_WRITEOUT_H
#define GATHER_FORMAT_WRITEOUT_H

#include "format/extract.h"
#include "format/format.h"
#include "writer/encoded.h"

struct writeout;

/* NULL with *cause (caller frees): an unknown variable, the nearest named.
 * `extractor` may be NULL. */
struct writeout *writeout_new(
    const char *text, const struct extractor *extractor, char **cause);
void writeout_free(struct writeout *);
/* Append what it says about `record`: behind the record's bytes, and to
 * asides. */
void writeout_add(
    const struct writeout *, const struct record *, struct encoded *out);

#endif
