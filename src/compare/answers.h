/*
 * The first answer to each request of a comparison. Later answers are compared
 * with it, since the times of different answers cannot be compared.
 */
#ifndef GATHER_COMPARE_ANSWERS_H
#define GATHER_COMPARE_ANSWERS_H

#include <stddef.h>
#include <stdint.h>

#include "request/request.h"
#include "request/result.h"

struct answers;

/* The requests are numbered 1 to `requests`. */
struct answers *answers_new(size_t requests);
void answers_free(struct answers *);
/* Announce that the next answers belong to the run number `run` (from 1) of
 * `arm`, whose name is copied. */
void answers_begin_run(struct answers *, const char *arm, unsigned run);
/* Compare an answer with the first one to the same request; nothing is kept of
 * `r`. Cancelled requests do not count. */
void answers_add(struct answers *, const struct request *, struct result *);

/* The number of requests that got different statuses, or failed in different
 * ways. *example becomes a sentence about one of them, borrowed; NULL if there
 * are none. */
uint64_t answers_other_statuses(const struct answers *, const char **example);
/* The number of requests that got different bodies with the same status;
 * *example likewise. */
uint64_t answers_other_bodies(const struct answers *, const char **example);

#endif
