/*
 * All that follows on one input: counted, so that it ends, and remembered,
 * so that it does not go in circles.
 */
#ifndef GATHER_FOLLOW_FAMILY_H
#define GATHER_FOLLOW_FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash_table.h"

struct family {
	size_t refs;
	uint64_t followed; /* requests beside the input's own */
	uint64_t id;       /* the same in each run, where a journal wants it */
	uint64_t last_k;   /* the number that the last record got */
	struct hash_set seen; /* hashes of the URLs of its pages */
};

struct family *family_new(void);
struct family *family_ref(struct family *);
/* NULL is fine. */
void family_unref(struct family *);
/* Remember a page's URL; false: it was there before. Eight bytes stand for
 * it, so of 100,000 pages one in 10^9 runs mistakes one for another. */
bool family_see(struct family *, const char *url);

#endif
