/*
 * First the waterfalls that are kept: those of the current round, which may yet
 * turn out not to count, and of each arm some that are nearest to the median so
 * far. Then the drawing of all arms together.
 */
#include "config.h"

#include "compare/drawn.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "compare/table.h"

enum {
	KEPT = 8 /* runs of an arm */
};

/* A run that is kept. */
struct sight {
	struct waterfall *waterfall; /* owned */
	double wall_s;
};

struct arm_sights {
	struct waterfall *current; /* owned; NULL: there is none */
	struct sight kept[KEPT + 1];
	size_t len;
};

struct drawn {
	struct arm_sights *arms;
	size_t len;
	size_t requests;
};

struct drawn *
drawn_new(size_t arms, size_t requests)
{
	struct drawn *d = xcalloc(1, sizeof(*d));

	d->arms = xcalloc(arms, sizeof(*d->arms));
	d->len = arms;
	d->requests = requests;
	return d;
}

void
drawn_free(struct drawn *d)
{
	if (!d)
		return;
	drawn_drop_round(d);
	for (size_t i = 0; i < d->len; i++)
		for (size_t j = 0; j < d->arms[i].len; j++)
			waterfall_free(d->arms[i].kept[j].waterfall);
	free(d->arms);
	free(d);
}

struct waterfall *
drawn_begin_run(struct drawn *d, size_t i)
{
	struct arm_sights *arm = &d->arms[i];

	waterfall_free(arm->current);
	arm->current = waterfall_new(d->requests);
	return arm->current;
}

void
drawn_drop_round(struct drawn *d)
{
	for (size_t i = 0; i < d->len; i++) {
		waterfall_free(d->arms[i].current);
		d->arms[i].current = NULL;
	}
}

/* Forget the run that is farthest from the median. */
static void
forget_farthest(struct arm_sights *arm, double median)
{
	size_t farthest = 0;

	for (size_t i = 1; i < arm->len; i++)
		if (fabs(arm->kept[i].wall_s - median) >
		    fabs(arm->kept[farthest].wall_s - median))
			farthest = i;
	waterfall_free(arm->kept[farthest].waterfall);
	arm->kept[farthest] = arm->kept[--arm->len];
}

void
drawn_end_round(struct drawn *d, const struct arm_figures *figures)
{
	for (size_t i = 0; i < d->len; i++) {
		const struct arm_figures *f = &figures[i];
		struct arm_sights *arm = &d->arms[i];

		arm->kept[arm->len++] =
		    (struct sight){arm->current, f->runs[f->len - 1].wall_s};
		arm->current = NULL;
		if (arm->len > KEPT)
			forget_farthest(arm, arm_figures_wall(f).median);
	}
}

struct waterfall *
drawn_median(const struct drawn *d, const struct comparison *c, size_t i)
{
	const struct arm_sights *arm = &d->arms[i];
	double wall_s = arm_figures_typical(&c->figures[i])->wall_s;
	const struct sight *nearest = arm->kept;

	for (size_t j = 1; j < arm->len; j++)
		if (fabs(arm->kept[j].wall_s - wall_s) <
		    fabs(nearest->wall_s - wall_s))
			nearest = &arm->kept[j];
	return nearest->waterfall;
}

/* --- all arms together -----------------------------------------------------
 */

/* A group, and the texts that its parts borrow. */
struct texts {
	struct waterfall_group group;
	struct waterfall_part *parts;
	char **owned; /* a name and a meaning of each */
};

/* In a sweep the name of an arm is its -P, and needs no more words. */
static void
fill_part(const struct comparison *c, size_t i, struct waterfall_part *part,
    char **texts)
{
	struct buf name;

	buf_init(&name);
	buf_adds(&name, arms_are_sweep(c->arms) ? "-P " : "");
	comparison_add_arm_name(c, i, &name);
	texts[0] = buf_take(&name);
	texts[1] = arm_meaning(&c->arms->items[i]);
	*part = (struct waterfall_part){
	    .waterfall = drawn_median(c->drawn, c, i),
	    .name = texts[0],
	    .meaning = texts[1],
	    .wall_us = (int64_t)(arm_figures_typical(&c->figures[i])->wall_s *
	                         CLOCK_SECOND),
	};
}

static void
texts_init(struct texts *t, const struct comparison *c)
{
	size_t *order = comparison_order(c);

	t->parts = xcalloc(c->arms->len, sizeof(*t->parts));
	t->owned = xcalloc(2 * c->arms->len, sizeof(char *));
	for (size_t i = 0; i < c->arms->len; i++)
		fill_part(c, order[i], &t->parts[i], &t->owned[2 * i]);
	t->group = (struct waterfall_group){
	    .parts = t->parts,
	    .len = c->arms->len,
	    .title = c->figures[0].len > 1 ? ", median run of each arm" : "",
	};
	free(order);
}

static void
texts_release(struct texts *t)
{
	for (size_t i = 0; i < 2 * t->group.len; i++)
		free(t->owned[i]);
	free(t->owned);
	free(t->parts);
}

void
drawn_add_svg(const struct comparison *c, struct buf *out)
{
	struct texts t;

	texts_init(&t, c);
	waterfall_group_add_svg(&t.group, out);
	texts_release(&t);
}

void
drawn_add_drawing(const struct comparison *c, struct buf *out)
{
	struct texts t;

	texts_init(&t, c);
	waterfall_group_add_drawing(&t.group, out);
	texts_release(&t);
}

void
drawn_add_text(const struct comparison *c, const struct waterfall_look *look,
    struct buf *out)
{
	struct texts t;

	texts_init(&t, c);
	waterfall_group_add_text(&t.group, look, out);
	texts_release(&t);
}
