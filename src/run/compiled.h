/*
 * What a run compiles of its options: paths, templates, fields, -w. Mistakes
 * in them are told before anything is fetched; by --plan, too.
 */
#ifndef GATHER_RUN_COMPILED_H
#define GATHER_RUN_COMPILED_H

#include "follow/fanout.h"
#include "follow/page.h"
#include "format/extract.h"
#include "format/format.h"
#include "request/names.h"
#include "run/options.h"

struct compiled {
	struct extractor *extractor; /* -j, --xpath; NULL: there are none */
	struct encoder *encoder;
	struct pager *pager;   /* --paginate; NULL: there is one page each */
	struct fanout *fanout; /* --each, --then; NULL: there are none */
};

/* `names` are those of the inputs. -1 with *cause set (caller frees); it is to
 * be released even so. */
int compiled_open(struct compiled *, const struct run_options *,
    const struct names *names, char **cause);
void compiled_release(struct compiled *);

#endif
