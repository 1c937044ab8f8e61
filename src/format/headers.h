/* How the headers of an answer are put out: as they came, and as JSON. */
#ifndef GATHER_FORMAT_HEADERS_H
#define GATHER_FORMAT_HEADERS_H

#include <stdbool.h>

#include "base/buf.h"
#include "format/options.h"
#include "request/request.h"
#include "request/result.h"

/* -i, -I: do headers stand in front of the body? */
bool headers_are_shown(const struct output_options *, const struct request *);
/* What -i puts in front of a body: the heads of all answers, as they came, or
 * the last one alone where the others were not kept. */
void headers_add_heads(struct buf *, const struct result *);
/* As curl's %{header_json}: lower-case names, each with an array of values,
 * in the order of their first appearance. */
void headers_add_json(struct buf *, const char *block);

#endif
