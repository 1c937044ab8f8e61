#include "config.h"

#include "json/value.h"

#include <stdio.h>
#include <string.h>

#include "json/string.h"

void
json_value_init(struct json_value *v)
{
	v->type = JSON_NOTHING;
	buf_init(&v->decoded);
}

void
json_value_release(struct json_value *v)
{
	buf_release(&v->decoded);
}

/* The type of what starts with `c`. */
static enum json_type
type_of(char c)
{
	static const char firsts[] = "nft\"[{";
	static const enum json_type types[] = {JSON_NULL, JSON_FALSE, JSON_TRUE,
	    JSON_STRING, JSON_ARRAY, JSON_OBJECT};
	const char *at = memchr(firsts, c, sizeof(firsts) - 1);

	return at ? types[at - firsts] : JSON_NUMBER;
}

static void
set_text(struct json_value *v, struct json_span span, bool escaped)
{
	if (v->type == JSON_NUMBER) {
		v->text = (struct json_text){span.start, span.len};
	} else if (!escaped) {
		v->text = (struct json_text){span.start + 1, span.len - 2};
	} else {
		buf_clear(&v->decoded);
		json_string_decode(&v->decoded, span.start, span.len);
		v->text = (struct json_text){v->decoded.data, v->decoded.len};
	}
}

void
json_value_load(struct json_value *v, struct json_eval *eval, uint32_t node)
{
	struct json_span span;

	v->type = type_of(json_first(eval->doc, node));
	v->node = node;
	if (v->type != JSON_STRING && v->type != JSON_NUMBER)
		return;
	span = json_span_at(eval->doc, node);
	json_spend(eval, span.len / JSON_BYTES_PER_STEP);
	set_text(v, span, json_has_escapes(eval->doc, node));
}

void
json_value_set_literal(struct json_value *v, struct json_text text)
{
	v->type = type_of(text.bytes[0]);
	v->text = text;
}

void
json_value_set_string(struct json_value *v, struct json_text text)
{
	v->type = JSON_STRING;
	v->text = text;
}

void
json_value_set_count(struct json_value *v, size_t n)
{
	int len = snprintf(v->digits, sizeof(v->digits), "%zu", n);

	v->type = JSON_NUMBER;
	v->text = (struct json_text){v->digits, (size_t)len};
}

void
json_value_set_logical(struct json_value *v, bool b)
{
	v->type = b ? JSON_TRUE : JSON_FALSE;
}

/* --- numbers ----------------------------------------------------------------
 */

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

/*
 * Compare two JSON numbers by their exact decimal values, whatever their
 * size: 1 is 1.0 and 10e-1, and 9007199254740993 is not 9007199254740992.
 * (Exponents beyond 10^15 count as 10^15.)
 *
 * Returns less than, equal to, or greater than 0.
 */
static int
compare_numbers(struct json_text a, struct json_text b)
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

/* --- comparisons ------------------------------------------------------------
 */

static bool
nodes_equal(struct json_eval *eval, uint32_t a, uint32_t b)
{
	struct json_value x, y;
	bool equal;

	json_value_init(&x);
	json_value_init(&y);
	json_value_load(&x, eval, a);
	json_value_load(&y, eval, b);
	equal = json_value_equal(eval, &x, &y);
	json_value_release(&x);
	json_value_release(&y);
	return equal;
}

static bool
arrays_equal(struct json_eval *eval, uint32_t a, uint32_t b)
{
	const struct json_doc *doc = eval->doc;
	uint32_t a_close = json_close(doc, a), b_close = json_close(doc, b);

	a = json_inside(a);
	b = json_inside(b);
	while (a < a_close && b < b_close) {
		if (!nodes_equal(eval, a, b))
			return false;
		a = json_after(doc, a);
		b = json_after(doc, b);
	}
	return a == a_close && b == b_close;
}

/* Does object `b` have the member at `name` of object `a`, and is it equal?
 * One that is hidden by a later one of its name does not count. */
static bool
has_member(struct json_eval *eval, uint32_t b, uint32_t a, uint32_t name)
{
	struct json_value v;
	uint32_t other = JSON_NO_NODE;
	bool hidden;

	json_value_init(&v);
	json_value_load(&v, eval, name);
	hidden = json_member(eval, a, v.text) != name + 1;
	if (!hidden)
		other = json_member(eval, b, v.text);
	json_value_release(&v);
	return hidden ||
	       (other != JSON_NO_NODE && nodes_equal(eval, name + 1, other));
}

static bool
has_members(struct json_eval *eval, uint32_t b, uint32_t a)
{
	uint32_t close = json_close(eval->doc, a);

	for (uint32_t name = json_inside(a); name < close;
	     name = json_after(eval->doc, name + 1))
		if (!has_member(eval, b, a, name))
			return false;
	return true;
}

/* Does object `b` have each name of object `a`? */
static bool
has_names(struct json_eval *eval, uint32_t b, uint32_t a)
{
	uint32_t close = json_close(eval->doc, a);
	struct json_value v;
	bool all = true;

	json_value_init(&v);
	for (uint32_t name = json_inside(a); all && name < close;
	     name = json_after(eval->doc, name + 1)) {
		json_value_load(&v, eval, name);
		all = json_member(eval, b, v.text) != JSON_NO_NODE;
	}
	json_value_release(&v);
	return all;
}

static bool
texts_equal(struct json_text a, struct json_text b)
{
	return a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0;
}

bool
json_value_equal(struct json_eval *eval, const struct json_value *a,
    const struct json_value *b)
{
	if (a->type != b->type || !json_spend(eval, 1))
		return false;
	switch (a->type) {
	case JSON_NOTHING:
	case JSON_NULL:
	case JSON_FALSE:
	case JSON_TRUE: return true;
	case JSON_NUMBER: return compare_numbers(a->text, b->text) == 0;
	case JSON_STRING: return texts_equal(a->text, b->text);
	case JSON_ARRAY: return arrays_equal(eval, a->node, b->node);
	case JSON_OBJECT:
		return has_names(eval, a->node, b->node) &&
		       has_members(eval, b->node, a->node);
	}
	return false;
}

/* UTF-8 sorts like the code points that it encodes. */
static bool
text_less(struct json_text a, struct json_text b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = memcmp(a.bytes, b.bytes, common);

	return order < 0 || (order == 0 && a.len < b.len);
}

bool
json_value_less(const struct json_value *a, const struct json_value *b)
{
	if (a->type == JSON_NUMBER && b->type == JSON_NUMBER)
		return compare_numbers(a->text, b->text) < 0;
	if (a->type == JSON_STRING && b->type == JSON_STRING)
		return text_less(a->text, b->text);
	return false;
}
