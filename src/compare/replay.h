/*
 * A list that was read once and is fetched several times: what the arms of a
 * comparison share.
 */
#ifndef GATHER_COMPARE_REPLAY_H
#define GATHER_COMPARE_REPLAY_H

#include <stddef.h>

#include "input/source.h"
#include "run/feed.h"

enum {
	REPLAY_MAX = 100000
};

struct replay;

/* Read it all; the requests are numbered from 1 on, in `n`. NULL with *cause
 * (caller frees): it can't be read, is empty, longer than REPLAY_MAX, or holds
 * something else than GET and HEAD. */
struct replay *replay_open(const struct input_options *,
    const struct request_options *common, char **cause);
void replay_free(struct replay *);
size_t replay_len(const struct replay *);
/* Keep so many of them (>= 1), evenly spread, numbered anew. */
void replay_sample(struct replay *, size_t keep);
/* How many go to the origin that has the most of them. *origins becomes the
 * number of origins, *name one of them, borrowed. */
size_t replay_most_of_one_origin(
    const struct replay *, size_t *origins, const char **name);
/* From the beginning; one feed at a time. */
struct feed replay_feed(struct replay *);

#endif
