/* The options of output: their defaults, and what follows from several of
 * them. */
#include "config.h"

#include "format/options.h"

#include <stdlib.h>
#include <string.h>

void
output_options_init(struct output_options *o)
{
	*o = (struct output_options){
	    .format = FORMAT_AUTO,
	    .order_buffer = UINT64_C(64) << 20,
	};
	strlist_init(&o->fields);
	strlist_init(&o->extract);
	strlist_init(&o->xpath);
}

void
output_options_release(struct output_options *o)
{
	strlist_release(&o->fields);
	strlist_release(&o->extract);
	strlist_release(&o->xpath);
	free(o->items);
	free(o->writeout);
	free(o->output_dir);
	free(o->dump_header);
	free(o->worker);
#define X(name) free(o->name);
	SINKS(X)
#undef X
	output_options_init(o);
}

bool
sinks_wanted(const struct output_options *o)
{
#define X(name) || o->name != NULL
	return false SINKS(X);
#undef X
}

bool
output_options_har_on_stdout(const struct output_options *o)
{
	return o->har && strcmp(o->har, "-") == 0;
}

bool
output_options_extract(const struct output_options *o)
{
	return o->extract.len > 0 || o->xpath.len > 0 || o->items;
}
