/* The threads behind the resolver. */
#ifndef GATHER_FETCH_RESOLVE_POOL_H
#define GATHER_FETCH_RESOLVE_POOL_H

#include "base/list.h"

struct resolve_pool;

struct resolve_job {
	struct list link;
	char *host;
	int family;
	char *addresses; /* the answer, comma-separated; or NULL */
	int error;
	int os_errno;
};

/* Reading end of a pipe that is readable when answers are there. NULL with
 * errno: there is no pipe. */
struct resolve_pool *resolve_pool_new(int *fd);
/* Does not wait for threads that look something up. */
void resolve_pool_free(struct resolve_pool *);
void resolve_pool_submit(struct resolve_pool *, const char *host, int family);
/* An answer, or NULL; free it with resolve_job_free. */
struct resolve_job *resolve_pool_take(struct resolve_pool *);
void resolve_job_free(struct resolve_job *);

#endif
