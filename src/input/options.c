#include "config.h"

#include "input/source.h"

#include <stdlib.h>

#include "base/xalloc.h"

void
input_options_add(
    struct input_options *o, enum input_kind kind, const char *text)
{
	o->items = xreallocarray(o->items, o->items_len + 1, sizeof(*o->items));
	o->items[o->items_len++] = (struct input_item){
	    .kind = kind,
	    .text = xstrdup(text),
	};
}

void
input_options_release(struct input_options *o)
{
	for (size_t i = 0; i < o->items_len; i++)
		free(o->items[i].text);
	free(o->items);
	free(o->rows);
	free(o->retry_from);
	*o = (struct input_options){0};
}
