/*
 * What is drawn of a comparison: for each arm the waterfall of its median run.
 * Which run that is shows only at the end, so those of some runs are kept, and
 * memory does not grow with the rounds.
 */
#ifndef GATHER_COMPARE_DRAWN_H
#define GATHER_COMPARE_DRAWN_H

#include <stddef.h>

#include "base/buf.h"
#include "compare/arms.h"
#include "pictures/waterfall.h"

struct drawn;

/* For `arms` arms, of each of which at most `requests` are drawn. */
struct drawn *drawn_new(size_t arms, size_t requests);
void drawn_free(struct drawn *);
/* A run of arm `i` begins. Returns its waterfall, to which every result is to
 * be added; borrowed until the round ends. */
struct waterfall *drawn_begin_run(struct drawn *, size_t i);
/* The round is over and counts: each arm has made a run, whose figures are the
 * last ones in `figures`, one per arm. */
void drawn_end_round(struct drawn *, const struct arm_figures *figures);
/* The round is over, and does not count. */
void drawn_drop_round(struct drawn *);

/* Returns the waterfall of the median run of arm `i`, or of the kept run that
 * is nearest to it; borrowed. There was at least one round that counts. */
struct waterfall *drawn_median(
    const struct drawn *, const struct comparison *, size_t i);
/* Append the waterfalls of all arms, on one axis, as a picture that stands
 * alone, as a drawing for a page, or as text. */
void drawn_add_svg(const struct comparison *, struct buf *out);
void drawn_add_drawing(const struct comparison *, struct buf *out);
void drawn_add_text(
    const struct comparison *, const struct waterfall_look *, struct buf *out);

#endif
