/*
 * Numbers with units, as people write them on a command line. The whole text
 * must match: no signs, no blanks, no overflow, and the locale does not matter.
 * Each parser returns false, with *out untouched, for a text of another form.
 */
#ifndef GATHER_CLI_UNITS_H
#define GATHER_CLI_UNITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "schedule/rate.h"

/* What each parser accepts, for messages: "--x expects " UNITS_COUNT_FORM. */
#define UNITS_COUNT_FORM    "a whole number"
#define UNITS_DURATION_FORM "a duration such as 250ms, 5s, 2m or 1h"
#define UNITS_SIZE_FORM     "a size such as 4096, 64k, 10M or 1G"
#define UNITS_SHARE_FORM    "a percentage such as 5% or 5pct"
#define UNITS_RATE_FORM     "a rate such as 3/s, 3/5s, 100/m or 3/5s:even"

/* A whole number in decimal digits, up to 2^64 - 1. */
bool units_count(const char *text, uint64_t *out);
/* A number of `ms s m h d`, or of seconds, with or without a fraction; *out_us
 * is in microseconds, 0 included. */
bool units_duration(const char *text, int64_t *out_us);
/* A number of bytes, or of `k M G T` in either case, which are powers of 1024;
 * with or without a fraction. */
bool units_size(const char *text, uint64_t *out);
/* `5%` or `5pct`, from 0 to 100, with or without a fraction; *out is 0.05. */
bool units_share(const char *text, double *out);
/* `N/[K]U[:even]`: N starts in K units U, which is one of `ms s m h d`; N and K
 * are at least 1. */
bool units_rate(const char *text, struct rate_limit *out);
/* Append a rate as units_rate reads it, in the largest unit of which its period
 * is a multiple. */
void units_add_rate(const struct rate_limit *, struct buf *out);

#endif
