/* The options of this folder as the command line builds them up. */
#include "config.h"

#include "follow/options.h"

#include <stdlib.h>

#include "base/xalloc.h"

void
follow_options_release(struct follow_options *o)
{
	free(o->paginate);
	free(o->output);
	for (size_t i = 0; i < o->stages_len; i++) {
		free(o->stages[i].each);
		free(o->stages[i].then);
	}
	free(o->stages);
	*o = (struct follow_options){0};
}

void
follow_options_add(
    struct follow_options *o, enum match_language language, const char *each)
{
	o->stages =
	    xreallocarray(o->stages, o->stages_len + 1, sizeof(*o->stages));
	o->stages[o->stages_len++] = (struct follow_stage){
	    .language = language,
	    .each = xstrdup(each),
	};
}

const char *
follow_stage_option(const struct follow_stage *stage)
{
	return stage->language == MATCH_XPATH ? "--each-xpath" : "--each";
}
