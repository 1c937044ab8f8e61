/*
 * --unique: which requests came before. A request is its method, its URL
 * without the fragment, and its body; headers do not count.
 *
 * With --each one that was only met further down counts for nothing: its answer
 * was not searched for what it is to be searched for now. Otherwise it would
 * depend on chance which links are followed.
 *
 * It is known by a hash of 120 bits with a random key, so servers cannot make
 * two of them collide. The hashes take 21 to 43 bytes for each request that is
 * different from all before it, and up to 64 while the set grows.
 */
#ifndef GATHER_RUN_UNIQUE_H
#define GATHER_RUN_UNIQUE_H

#include <stdbool.h>

#include "request/request.h"

struct unique;

/* An empty set. Ends the program if the system has no random numbers. */
struct unique *unique_new(void);
/* NULL is fine. */
void unique_free(struct unique *);
/* Add a valid request of this stage of --each; 0: an input or one of its pages.
 * Returns false if it was added before at this stage or an earlier one. A
 * request that goes without the secrets that it has, since another origin led
 * to it, is different from one that takes them along. */
bool unique_add(struct unique *, const struct request *, unsigned stage);

#endif
