/*
 * Numbers with units, as people write them on a command line. Strict: the
 * whole text or nothing, no signs, no blanks, overflow is an error, and the
 * locale does not matter. Each returns false, with *out untouched, for a text
 * of another form.
 */
#ifndef GATHER_CLI_UNITS_H
#define GATHER_CLI_UNITS_H

#include <stdbool.h>
#include <stdint.h>

#include "schedule/rate.h"

/* The right forms, for messages: "wants " UNITS_DURATION_FORM. */
#define UNITS_COUNT_FORM    "a whole number"
#define UNITS_DURATION_FORM "a duration such as 250ms, 5s, 2m or 1h"
#define UNITS_SIZE_FORM     "a size such as 4096, 64k, 10M or 1G"
#define UNITS_SHARE_FORM    "a percentage such as 5% or 5pct"
#define UNITS_RATE_FORM     "a rate such as 3/s, 3/5s, 100/m or 3/5s:even"

/* Decimal digits. */
bool units_count(const char *text, uint64_t *out);
/* `ms s m h d`, fractions allowed; a bare number is seconds. */
bool units_duration(const char *text, int64_t *out_us);
/* Bytes: `k M G T` of either case are powers of 1024; fractions allowed. */
bool units_size(const char *text, uint64_t *out);
/* `5%` or `5pct`, 0 to 100, fractions allowed; *out is 0.05. */
bool units_share(const char *text, double *out);
/* `N/[K]U[:even]`, N and K at least 1, U one of `ms s m h d`. */
bool units_rate(const char *text, struct rate_limit *out);

#endif
