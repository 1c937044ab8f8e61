/*
 * Which file a path names, however it is spelled ("./a//b", through a link to
 * a folder), whether or not it exists; and the files that the requests of a
 * run have taken, so that no two write to the same one.
 */
#ifndef GATHER_FILES_CLAIMS_H
#define GATHER_FILES_CLAIMS_H

#include <stdbool.h>

#include "base/hash.h"
#include "base/strmap.h"

/*
 * A run may save ten million files, so of each name only a hash of eight bytes
 * is kept. The probability that two of so many names have one hash, which
 * fails the later request, is 3 in a million.
 */
struct claims {
	struct hash_set paths; /* hashes of the real paths */
	struct strmap folders; /* folders as spelled -> their real paths */
};

void claims_init(struct claims *);
void claims_release(struct claims *);
/*
 * Take the file that `path` names. False: another request has taken it. A
 * device or a FIFO (/dev/null) may be taken by all requests.
 */
bool claims_take(struct claims *, const char *path);
/* Is `path` a device or a FIFO, to which all requests of a run may write? */
bool claims_is_shared_target(const char *path);

/* Do both paths name one file, also where it does not exist yet: by another
 * spelling, or by a hard or a symbolic link? False if it exists and is no
 * regular file, since many may write to a device. */
bool claims_is_same_file(const char *one, const char *other);

#endif
