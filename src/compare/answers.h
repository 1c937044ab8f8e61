/*
 * What each request was answered the first time; later answers are held
 * against it, for times of different answers cannot be compared.
 */
#ifndef GATHER_COMPARE_ANSWERS_H
#define GATHER_COMPARE_ANSWERS_H

#include <stddef.h>
#include <stdint.h>

#include "request/request.h"
#include "request/result.h"

struct answers;

/* For requests that are numbered 1 to `requests`. */
struct answers *answers_new(size_t requests);
void answers_free(struct answers *);
/* Whose answers come now: the name of an arm (copied) and the number of its
 * run, from 1. */
void answers_from(struct answers *, const char *arm, unsigned run);
void answers_see(struct answers *, const struct request *, struct result *);

/* Requests whose status, or class of failure, once was another; an example as
 * a sentence, borrowed, NULL if there are none. */
uint64_t answers_differing(const struct answers *, const char **example);
/* The same for bodies of equal status. */
uint64_t answers_other_bodies(const struct answers *, const char **example);

#endif
