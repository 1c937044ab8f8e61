#include "config.h"

#include "follow/options.h"

#include <stdlib.h>

void
follow_options_release(struct follow_options *o)
{
	free(o->paginate);
	free(o->output);
	strlist_release(&o->each);
	strlist_release(&o->then);
	*o = (struct follow_options){0};
}
