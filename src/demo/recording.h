/*
 * What --replay answers with: the answers in a HAR, found again by what was
 * asked.
 */
#ifndef GATHER_DEMO_RECORDING_H
#define GATHER_DEMO_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/strlist.h"
#include "base/strmap.h"
#include "har/exchange.h"

/* One recorded answer. All is owned. */
struct recorded {
	struct har_exchange exchange;
	char *authority; /* "host[:port]" in lower case, without a port that
	                  * its scheme implies */
	char *url;       /* "METHOD URL", without secrets, for messages */
	char *key;       /* of its path and query (recording_key) */
	bool used;       /* it was an answer already */
};

struct recording {
	struct recorded **items; /* in the order of the archive */
	size_t len;
	struct strmap places;   /* by key: struct recorded_place */
	struct strlist origins; /* "https://host[:port]", each once */
	struct strmap connects; /* by authority: int64_t *, microseconds that a
	                         * new connection takes */
	size_t bad;             /* entries that are not valid */
	size_t skipped;  /* entries that cannot be replayed, bad ones, too */
	size_t bodiless; /* of `len`: those whose body was not recorded */
	uint64_t size;   /* bytes of all bodies */
};

enum {
	RECORDING_ENTRY_MAX = 512 * 1024 * 1024 /* bytes of one entry */
};
#define RECORDING_MAX (UINT64_C(1) << 30) /* bytes of all bodies */

/*
 * Read the archive `path` into *r. Entries without an answer, or of another
 * scheme than http and https, are skipped and counted; bad ones are named on
 * stderr, too. -1 with *cause set (caller frees): it cannot be read, is not a
 * HAR, has nothing to answer with, or is too large. To be released in any case.
 */
int recording_load(struct recording *r, const char *path, char **cause);
void recording_release(struct recording *);

/* A request that came in. All is borrowed. */
struct question {
	const char *method;
	const char *target;    /* path and query */
	const char *authority; /* of Host; "" if there is none */
	const char *body;
	size_t body_len;
};

/*
 * The answer to a request, which counts as used then. It was recorded for the
 * same method (HEAD takes that of GET), path and query; for that host, if it is
 * one of the recorded; and for that body, if several were recorded. Of several
 * the first that was not used is taken, or else the last. NULL: there is none.
 */
struct recorded *recording_find(struct recording *, const struct question *);
/* The answer whose URL is most like that of the question. Never NULL. */
const struct recorded *recording_nearest(
    const struct recording *, const struct question *);
/* Is it of the same method, path and query as the question? */
bool recording_is_asked(const struct recorded *, const struct question *);
/* Was something recorded at this authority? */
bool recording_has_authority(const struct recording *, const char *authority);
/* How long a new connection to the server of that answer takes. */
int64_t recording_connect_us(const struct recording *, const struct recorded *);

/* Append the form of a path and query in which those that mean the same are the
 * same: secrets hidden, as they are in an archive, and of what is
 * percent-encoded only what must be. */
void recording_add_key(struct buf *, const char *target);
/* The authority in a URL or a header Host, without userinfo and a default
 * port, in lower case. Caller frees. */
char *recording_authority(const char *text);

#endif
