#include "config.h"

#include "run/findings.h"

#include <stdlib.h>

#include "base/xalloc.h"

enum {
	SPANS_KEPT = 4096, /* of one expression, from body to body */
	TEXT_KEPT = 64 * 1024
};

struct findings *
findings_new(const struct compiled *c)
{
	struct findings *f = xcalloc(1, sizeof(*f));

	list_init(&f->link);
	if (c->extractor)
		f->columns = columns_new(c->extractor);
	return f;
}

void
findings_free(struct findings *f)
{
	if (!f)
		return;
	matches_release(&f->page);
	matches_release(&f->each);
	columns_free(f->columns);
	free(f);
}

static void
clear(struct matches *m)
{
	if (m->spans.cap > SPANS_KEPT || m->text.cap > TEXT_KEPT)
		matches_release(m);
	else
		matches_clear(m);
}

void
findings_clear(struct findings *f)
{
	f->wish = (struct wish){0};
	clear(&f->page);
	clear(&f->each);
	for (size_t i = 0; f->columns && i < f->columns->len; i++)
		clear(&f->columns->items[i].matches);
}

void
findings_look(struct findings *f, const struct compiled *c, struct result *r)
{
	if (f->wish.look & LOOK_PAGE)
		pager_look(c->pager, r, &f->page);
	if (f->wish.look & LOOK_EACH && result_ok(r))
		fanout_find(c->fanout, f->wish.stage, r, &f->each);
	if (f->wish.look & LOOK_VALUES && result_ok(r))
		extractor_apply(c->extractor, r, f->columns);
}
