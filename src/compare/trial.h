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
#include "pictures/waterfall.h"
#include "run/run.h"

enum {
	REPLAY_MAX = 100000 /* requests in a list */
};

/* A list of requests that was read once and is fetched several times. */
struct replay;

/*
 * Read the whole list; its requests are numbered from 1 on, in `n`. NULL with
 * *cause (caller frees): the list can't be read, is empty, longer than
 * REPLAY_MAX, or has a request that is invalid or neither GET nor HEAD.
 */
struct replay *replay_open(const struct input_options *,
    const struct request_options *common, char **cause);
void replay_free(struct replay *);
/* The number of requests in the list. */
size_t replay_len(const struct replay *);
/* Keep `keep` requests (1 to all), evenly spread, and number them anew. */
void replay_sample(struct replay *, size_t keep);
/*
 * The number of requests to the origin that has the most of them. *origins
 * becomes the number of origins, *name one of them, borrowed.
 */
size_t replay_most_of_one_origin(
    const struct replay *, size_t *origins, const char **name);
/* A feed of the list from its beginning; it borrows the list, and there is one
 * feed at a time. */
struct feed replay_feed(struct replay *);

enum {
	COOLDOWN_PORTS = 20000, /* of the 28,232 that Linux has by default */
	COOLDOWN_REMEMBERED = 64
};

/* Connections to one origin that a trial closed. */
struct closed_ports {
	int64_t at_us;
	size_t count;
};

/*
 * When the next trial may begin, so that none pays for an earlier one. Pure;
 * moments are those of clock_now_us.
 *
 * Under a rate each trial begins with all its tokens, so a period must have
 * passed. A closed connection occupies its port for a minute, so trials that
 * reuse no connections must not use up the ports. Zero and `period_us`
 * initialise it.
 */
struct cooldown {
	int64_t period_us; /* of the longest rate; 0: there is no rate */
	int64_t ended_us;  /* when the last trial ended; 0: there was none */
	struct closed_ports closed[COOLDOWN_REMEMBERED]; /* a ring */
	size_t closed_len;                               /* so far */
};

/* A trial ended `now` that closed `ports` connections to one origin. */
void cooldown_begin(struct cooldown *, size_t ports, int64_t now);
/* The moment, at least `now`, from which another trial may begin that will
 * close `ports` connections to one origin. */
int64_t cooldown_until(const struct cooldown *, size_t ports, int64_t now);

/* What all trials of a comparison share. */
struct trial_parts {
	const struct options *options;
	struct event_base *base;
	struct replay *list;
	struct sched *sched; /* its tokens and holds bind all arms together */
	struct answers *answers;
	struct waterfall *waterfall; /* results are added; NULL: to none */
	bool quiet; /* failures were printed in an earlier trial */
};

struct trial {
	struct run_figures figures;
	enum run_stop stop;
	int signal;   /* the one that ended the trial; 0: none did */
	int os_errno; /* why stdout cannot be written; 0: it can */
	bool held;    /* a server asked to wait, so the figures don't count */
};

/*
 * Fetch the whole list with `arm` into *out. `deadline_us` is what is left of
 * --deadline; 0: there is none. -1 with *cause (caller frees): the trial could
 * not be set up.
 */
int trial_run(const struct trial_parts *, const struct arm *,
    int64_t deadline_us, struct trial *out, char **cause);

#endif
