/*
 * The names of a run's files: two requests never share one. Eight bytes a
 * name, so it is a hash that is kept; a clash of hashes is less likely than
 * a broken disk.
 */
#ifndef GATHER_FILES_CLAIMS_H
#define GATHER_FILES_CLAIMS_H

#include <stdbool.h>

#include "base/hash.h"
#include "base/strmap.h"

struct claims {
	struct hash_set places; /* hashes of where the files really are */
	struct strmap folders;  /* as given, and where they really are */
};

void claims_init(struct claims *);
void claims_release(struct claims *);
/*
 * Take `path`, however it is spelled ("./a//b", through a link to a folder);
 * false if another request has it. What exists and is no regular file
 * (/dev/null, a FIFO) may be taken by all requests.
 */
bool claims_take(struct claims *, const char *path);
/* Is `path` a device or a FIFO, to which all requests of a run may write? */
bool claims_is_shared_target(const char *path);

#endif
