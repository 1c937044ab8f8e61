#include "config.h"

#include "json/number.h"

#include <string.h>

#define EXPONENT_MAX INT64_C(1000000000000000)

/* sign 0.DIGITS * 10^magnitude, without zeros at either end of the digits */
struct decimal {
	int sign; /* -1, 0, 1 */
	int64_t magnitude;
	const char *at; /* the digits, and maybe a point among them */
	const char *end;
};

static bool
is_significant(char c)
{
	return c >= '1' && c <= '9';
}

/* What follows the e: digits with or without a sign. */
static int64_t
exponent_of(const char *at, const char *end)
{
	bool negative = at != end && *at == '-';
	int64_t n = 0;

	if (at != end && (*at == '-' || *at == '+'))
		at++;
	for (; at != end && n < EXPONENT_MAX; at++)
		n = n * 10 + (*at - '0');
	if (n > EXPONENT_MAX)
		n = EXPONENT_MAX;
	return negative ? -n : n;
}

/* The place behind the mantissa. */
static const char *
mantissa_end(const char *at, const char *end)
{
	while (at != end && *at != 'e' && *at != 'E')
		at++;
	return at;
}

static struct decimal
decimal_of(struct json_text text)
{
	const char *at = text.bytes, *end = at + text.len, *e, *point;
	struct decimal d = {.sign = 1};

	if (*at == '-') {
		d.sign = -1;
		at++;
	}
	e = mantissa_end(at, end);
	point = memchr(at, '.', (size_t)(e - at));
	if (!point)
		point = e;
	d.at = at;
	while (d.at != e && !is_significant(*d.at))
		d.at++;
	if (d.at == e)
		return (struct decimal){0};
	d.end = e;
	while (!is_significant(d.end[-1]))
		d.end--;
	d.magnitude = point - d.at + (d.at > point);
	if (e != end)
		d.magnitude += exponent_of(e + 1, end);
	return d;
}

static int
compare_integers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* The next digit, stepping over a point; -1 behind the last. */
static int
next_digit(struct decimal *d)
{
	if (d->at != d->end && *d->at == '.')
		d->at++;
	return d->at == d->end ? -1 : *d->at++ - '0';
}

static int
compare_digits(struct decimal a, struct decimal b)
{
	int x, y;

	do {
		x = next_digit(&a);
		y = next_digit(&b);
	} while (x == y && x >= 0);
	return compare_integers(x, y);
}

int
json_number_compare(struct json_text a, struct json_text b)
{
	struct decimal x = decimal_of(a), y = decimal_of(b);
	int order;

	if (x.sign != y.sign)
		return compare_integers(x.sign, y.sign);
	if (x.sign == 0)
		return 0;
	order = compare_integers(x.magnitude, y.magnitude);
	if (order == 0)
		order = compare_digits(x, y);
	return order * x.sign;
}
