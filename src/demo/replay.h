/*
 * --replay: a server that answers as a recording did, with its statuses,
 * headers, bodies and delays.
 */
#ifndef GATHER_DEMO_REPLAY_H
#define GATHER_DEMO_REPLAY_H

#include "demo/recording.h"
#include "demo/visit.h"

struct replayer {
	struct recording recording;
	double speed;      /* so many times as fast as it was recorded */
	uint64_t unknown;  /* requests that were not recorded */
	struct list peers; /* connections that are open (replay.c) */
};

/* Load the archive `path`, and say on stderr what it has. -1 with *cause set
 * (caller frees). To be released in any case. */
int replay_load(
    struct replayer *, const char *path, double speed, char **cause);
/* Say how many requests were unknown, and free what it owns. The server has
 * ended. */
void replay_unload(struct replayer *);

/* Answer a request, or start to; evhttp calls it for each. */
void replay_answer(struct demo *, struct evhttp_request *);

/*
 * What becomes of the headers of a recorded answer (replay_headers.c). Left out
 * are those that belong to the connection or the body as it was sent, those
 * that would lead clients to other servers or to TLS, and hidden ones.
 */

/* Add the headers of `a` to the answer to `v`, which has come with this
 * authority in its Host. */
void replay_add_headers(const struct visit *v, const struct recording *,
    const struct recorded *a, const char *authority);
/* Append `value`, a header with URLs in it. The recorded origins in it become
 * the one under which the client reaches the server: "http://" and the
 * authority in its Host if that is not a recorded one, else, as the client
 * sends all of them here, the recorded one over http. A client that tells its
 * scheme
 * (--replay-at) gets them as they are. */
void replay_add_mapped(struct buf *, const struct recording *,
    const char *value, const char *authority);

#endif
