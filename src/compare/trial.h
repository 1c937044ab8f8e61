/*
 * One arm of a comparison, fetched once: the list that all arms share, the
 * cooldown before an arm may begin, and the trial itself.
 */
#ifndef GATHER_COMPARE_TRIAL_H
#define GATHER_COMPARE_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/options.h"
#include "compare/answers.h"
#include "compare/arms.h"
#include "input/source.h"
#include "run/feed.h"
#include "run/run.h"

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

/*
 * When the next trial of a comparison may begin, so that none pays for the
 * one before it. Pure.
 *
 * Under a rate each begins with all its tokens. A closed connection keeps its
 * port for a minute: connections that are not kept must not use them up.
 */
enum {
	REST_PORTS = 20000, /* of the 28,232 that Linux has by default */
	REST_REMEMBERED = 64
};

/* Connections to one origin that were closed. */
struct closed_ports {
	int64_t at_us;
	size_t count;
};

struct rest {
	int64_t period_us; /* of the longest rate; 0: none */
	int64_t ended_us;  /* the last trial */
	struct closed_ports closed[REST_REMEMBERED]; /* a ring */
	size_t closed_len;                           /* so far */
};

/* A trial is over that closed `ports` connections to one origin. */
void rest_after(struct rest *, size_t ports, int64_t now);
/* From when on another may begin that will close `ports`. */
int64_t rest_until(const struct rest *, size_t ports, int64_t now);

/* What the trials of a comparison share. */
struct trial_parts {
	const struct options *options;
	struct event_base *base;
	struct replay *list;
	struct sched *sched; /* tokens and holds bind all arms together */
	struct answers *answers;
	bool quiet; /* failures were told of before */
};

struct trial {
	struct run_figures figures;
	enum run_stop stop;
	int signal;   /* that ended it; 0: none */
	int os_errno; /* why stdout is gone; 0: it is not */
	bool held;    /* a server asked to wait */
};

/* -1 with *cause (caller frees): it could not be set up. `deadline_us` is
 * what is left of --deadline; 0: there is none. */
int trial_run(const struct trial_parts *, const struct arm *,
    int64_t deadline_us, struct trial *out, char **cause);

#endif
