/*
 * Numbers with units. Each parser takes its pieces from the front of the text
 * (digits, decimals, a unit) and accepts it only if nothing is left.
 */
#include "config.h"

#include "cli/units.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "text/ascii.h"

/* A decimal number as whole + nano / 10^9: exact, which a double is not for
 * "0.1s" or for sizes beyond 2^53. */
struct decimal {
	uint64_t whole;
	uint64_t nano;
};

/* A unit and how many of the smallest unit (1 us, 1 byte) it is. */
struct unit {
	const char *name;
	uint64_t factor;
};

#define NANO   UINT64_C(1000000000)
#define MILLI  UINT64_C(1000)
#define SECOND UINT64_C(1000000)

static const struct unit time_units[] = {
    {"ms", MILLI},
    {"s", SECOND},
    {"m", 60 * SECOND},
    {"h", 3600 * SECOND},
    {"d", 86400 * SECOND},
    {NULL, 0},
};

static const struct unit size_units[] = {
    {"k", UINT64_C(1) << 10},
    {"K", UINT64_C(1) << 10},
    {"m", UINT64_C(1) << 20},
    {"M", UINT64_C(1) << 20},
    {"g", UINT64_C(1) << 30},
    {"G", UINT64_C(1) << 30},
    {"t", UINT64_C(1) << 40},
    {"T", UINT64_C(1) << 40},
    {NULL, 0},
};

/* Read the digits at *s, at least one, and move *s behind them. False if there
 * are none, or if they overflow. */
static bool
take_digits(const char **s, uint64_t *out)
{
	uint64_t n = 0;

	if (!ascii_is_digit(**s))
		return false;
	for (; ascii_is_digit(**s); (*s)++) {
		uint64_t digit = (uint64_t)(**s - '0');

		if (n > (UINT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*out = n;
	return true;
}

/* Read digits with or without a fraction at *s, and move *s behind them. Digits
 * after the ninth decimal place are dropped. */
static bool
take_decimal(const char **s, struct decimal *out)
{
	uint64_t place = NANO / 10;

	out->whole = out->nano = 0;
	if (**s != '.' && !take_digits(s, &out->whole))
		return false;
	if (**s != '.')
		return true;
	if (!ascii_is_digit(*++*s))
		return false;
	for (; ascii_is_digit(**s); (*s)++, place /= 10)
		out->nano += (uint64_t)(**s - '0') * place;
	return true;
}

/* The factor of the unit `name` in `units`; false if it is not there. */
static bool
find_unit(const struct unit *units, const char *name, uint64_t *factor)
{
	for (; units->name; units++)
		if (strcmp(units->name, name) == 0) {
			*factor = units->factor;
			return true;
		}
	return false;
}

/* n * factor, rounded down; false if it overflows. */
static bool
scale(const struct decimal *n, uint64_t factor, uint64_t *out)
{
	/* The factor has up to 40 bits and nano has 30: their product would
	 * not fit, so the factor is divided first and its rest added. */
	uint64_t part = factor / 1000 * n->nano / (NANO / 1000) +
	                factor % 1000 * n->nano / NANO;

	if (n->whole > (UINT64_MAX - part) / factor)
		return false;
	*out = n->whole * factor + part;
	return true;
}

/* Parse a number with one of `units`; the factor `bare` stands for no unit. */
static bool
with_unit(
    const char *text, const struct unit *units, uint64_t bare, uint64_t *out)
{
	struct decimal n;
	uint64_t factor = bare;

	if (!take_decimal(&text, &n))
		return false;
	if (*text != '\0' && !find_unit(units, text, &factor))
		return false;
	return scale(&n, factor, out);
}

bool
units_count(const char *text, uint64_t *out)
{
	uint64_t n;

	if (!take_digits(&text, &n) || *text != '\0')
		return false;
	*out = n;
	return true;
}

bool
units_duration(const char *text, int64_t *out_us)
{
	uint64_t us;

	if (!with_unit(text, time_units, SECOND, &us) || us > INT64_MAX)
		return false;
	*out_us = (int64_t)us;
	return true;
}

bool
units_size(const char *text, uint64_t *out)
{
	return with_unit(text, size_units, 1, out);
}

bool
units_share(const char *text, double *out)
{
	struct decimal n;

	if (!take_decimal(&text, &n))
		return false;
	if (strcmp(text, "%") != 0 && strcmp(text, "pct") != 0)
		return false;
	if (n.whole > 100 || (n.whole == 100 && n.nano > 0))
		return false;
	*out = ((double)n.whole + (double)n.nano / (double)NANO) / 100;
	return true;
}

/* Parse "[K]U[:even]", the period of a rate, into *out. */
static bool
rate_period(const char *text, struct rate_limit *out)
{
	const char *colon = strchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : strlen(text);
	uint64_t k = 1, factor, us;
	char unit[4] = "";
	const char *at = text;

	if (ascii_is_digit(*at) && (!take_digits(&at, &k) || k == 0))
		return false;
	len -= (size_t)(at - text);
	if (len >= sizeof(unit))
		return false;
	memcpy(unit, at, len);
	if (!find_unit(time_units, unit, &factor))
		return false;
	if (!scale(&(struct decimal){.whole = k}, factor, &us) ||
	    us > INT64_MAX)
		return false;
	if (colon && strcmp(colon, ":even") != 0)
		return false;
	out->period_us = (int64_t)us;
	out->even = colon != NULL;
	return true;
}

bool
units_rate(const char *text, struct rate_limit *out)
{
	struct rate_limit rate = {0};

	if (!take_digits(&text, &rate.count) || rate.count == 0)
		return false;
	if (*text++ != '/' || !rate_period(text, &rate))
		return false;
	*out = rate;
	return true;
}

/* The largest unit of which `us` is a multiple; NULL: not even of 1 ms. */
static const struct unit *
period_unit(uint64_t us)
{
	const struct unit *found = NULL;

	for (const struct unit *u = time_units; u->name; u++)
		if (us % u->factor == 0)
			found = u;
	return found;
}

void
units_add_rate(const struct rate_limit *rate, struct buf *out)
{
	uint64_t us = (uint64_t)rate->period_us;
	const struct unit *unit = period_unit(us);
	uint64_t k = unit ? us / unit->factor : us;

	buf_addf(out, "%" PRIu64 "/", rate->count);
	if (k != 1 || !unit)
		buf_addf(out, "%" PRIu64, k);
	buf_addf(
	    out, "%s%s", unit ? unit->name : "us", rate->even ? ":even" : "");
}
