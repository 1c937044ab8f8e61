/*
 * The details of a run beyond its totals: how long requests took, and which
 * errors occurred how often. Its memory is bounded, however many requests there
 * are. Pure.
 */
#ifndef GATHER_STATS_ACCOUNT_H
#define GATHER_STATS_ACCOUNT_H

#include <stddef.h>
#include <stdint.h>

#include "request/result.h"
#include "stats/percentiles.h"

enum {
	ACCOUNT_GROUPS = 64 /* kinds of errors; later kinds are "other" */
};

/* Errors of one class whose messages differ in digits only. */
struct error_group {
	enum error_class class;
	char *message;  /* of the first of them; owned */
	uint64_t count; /* 1 or more */
};

struct account;

struct account *account_new(void);
void account_free(struct account *);
/* Count a result; nothing of it is kept but the name of its file. */
void account_add(struct account *, const struct result *);

/* How long requests with an answer took (result_took_us); borrowed. */
struct percentiles *account_latencies(struct account *);
/* The groups of errors, the most frequent first; borrowed until the next
 * account_add. Cancelled requests are not errors. */
const struct error_group *account_errors(struct account *, size_t *len);
/* The number of errors that are in no group, as there were too many kinds. */
uint64_t account_other_errors(const struct account *);
/* The file that the only result was downloaded to; NULL: it was none, or there
 * were several results. Borrowed until the next account_add. */
const char *account_only_file(const struct account *);
/* The number of 429 answers, to final and to earlier attempts. */
uint64_t account_throttled(const struct account *);

#endif
