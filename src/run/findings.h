/*
 * What the expressions of a run find in one body: where the next page is
 * (--paginate), what requests follow (--each), the values (-j, --xpath).
 */
#ifndef GATHER_RUN_FINDINGS_H
#define GATHER_RUN_FINDINGS_H

#include "base/list.h"
#include "format/extract.h"
#include "match/match.h"
#include "request/result.h"
#include "run/compiled.h"

/* What to look for. */
enum {
	LOOK_PAGE = 1,
	LOOK_EACH = 2,
	LOOK_VALUES = 4
};

struct wish {
	unsigned look;  /* 0: nothing */
	unsigned stage; /* of LOOK_EACH */
};

struct findings {
	struct list link; /* among spare ones */
	struct wish wish;
	struct matches page;
	struct matches each;
	struct columns *columns; /* NULL: no values are ever looked for */
};

struct findings *findings_new(const struct compiled *);
void findings_free(struct findings *);
/* Nothing was found; keeps what memory is worth keeping. */
void findings_clear(struct findings *);
/* Look into the body of `r`, which may become a failure; then nothing behind
 * that was looked for. Whoever has something compiled may do so on any
 * thread. */
void findings_look(
    struct findings *, const struct compiled *, struct result *r);

#endif
