/*
 * The values of headers that name limits. First what servers invented each for
 * itself: numbers, durations such as "6m0s", dates of several kinds, and
 * several of them in one header; then structured fields, which replace all
 * that.
 */
#include "config.h"

#include "limits/limit_values.h"

#include <stdbool.h>
#include <string.h>

#include <curl/curl.h>

#include "base/clock.h"
#include "text/ascii.h"

/* --- values of headers from before RFC 9651 ------------------------------- */

enum {
	NS = 1000 /* in a microsecond */
};

/* A bare number beyond these is not a time to go (nobody has windows of 30
 * years) but a moment: in seconds, milli-, micro- or nanoseconds since 1970. */
#define EPOCH_S  INT64_C(1000000000)
#define EPOCH_MS INT64_C(100000000000)
#define EPOCH_US INT64_C(100000000000000)
#define EPOCH_NS INT64_C(100000000000000000)

/* What is left to read of a value. */
struct cursor {
	const char *at;
	const char *end;
};

/* A decimal: "12.5" is 12 and 500000. Digits beyond round up, as a wait must
 * not end early. */
struct number {
	int64_t whole; /* INT64_MAX: that or more */
	int64_t millionths;
};

static struct cursor
cursor_of(const struct limit_value *v)
{
	return (struct cursor){v->text, v->text + v->len};
}

static bool
is_at_end(const struct cursor *c)
{
	return c->at == c->end;
}

static bool
digit_at(const struct cursor *c)
{
	return c->at < c->end && ascii_is_digit(*c->at);
}

/* Read digits; what an int64_t does not hold is INT64_MAX. */
static int64_t
read_whole(struct cursor *c)
{
	int64_t n = 0;

	for (; digit_at(c); c->at++)
		n = n > (INT64_MAX - 9) / 10 ? INT64_MAX
		                             : n * 10 + (*c->at - '0');
	return n;
}

/* Read the digits after the point. */
static int64_t
read_millionths(struct cursor *c)
{
	int64_t unit = CLOCK_SECOND / 10;
	int64_t n = 0;
	bool more = false;

	for (; digit_at(c); c->at++, unit /= 10) {
		n += (*c->at - '0') * unit;
		more |= unit == 0 && *c->at != '0';
	}
	return n + more;
}

/* Read a decimal without sign or exponent. False: there is none. */
static bool
read_number(struct cursor *c, struct number *n)
{
	*n = (struct number){0};
	if (!digit_at(c))
		return false;
	n->whole = read_whole(c);
	if (is_at_end(c) || *c->at != '.')
		return true;
	c->at++;
	n->millionths = read_millionths(c);
	return true;
}

static int64_t
clamp_us(int64_t us)
{
	if (us < 0)
		return 0;
	return us < LIMITS_MAX_US ? us : LIMITS_MAX_US;
}

/* `n` times `unit_us`, rounded up; at most LIMITS_MAX_US. */
static int64_t
scale_us(const struct number *n, int64_t unit_us)
{
	int64_t part =
	    (n->millionths * unit_us + CLOCK_SECOND - 1) / CLOCK_SECOND;

	if (n->whole >= LIMITS_MAX_US / unit_us)
		return LIMITS_MAX_US;
	return clamp_us(n->whole * unit_us + part);
}

/* The microseconds since 1970 that a large number means; -1: it is not large
 * enough to be a moment. */
static int64_t
moment_us(const struct number *n, enum limit_unit unit)
{
	if (n->whole > EPOCH_NS)
		return n->whole / NS;
	if (n->whole > EPOCH_US)
		return n->whole;
	if (n->whole > EPOCH_MS)
		return n->whole * CLOCK_MS + n->millionths / CLOCK_MS;
	if (unit != LIMIT_MS && n->whole > EPOCH_S)
		return n->whole * CLOCK_SECOND + n->millionths;
	return -1;
}

/* The time to go that a bare number means; -1: the value is something else. */
static int64_t
number_us(const struct limit_value *v, enum limit_unit unit, int64_t now_us)
{
	struct cursor c = cursor_of(v);
	struct number n;
	int64_t at;

	if (!read_number(&c, &n) || !is_at_end(&c))
		return -1;
	at = moment_us(&n, unit);
	if (at >= 0)
		return clamp_us(at - now_us);
	if (unit == LIMIT_WHOLE_S && n.millionths)
		n.millionths = CLOCK_SECOND;
	return scale_us(&n, unit == LIMIT_MS ? CLOCK_MS : CLOCK_SECOND);
}

/* --- durations ------------------------------------------------------------ */

/* As Go prints them. "ms" comes before "m", which is its beginning. */
static const struct {
	const char *name;
	int64_t us;
} units[] = {
    {"ms", CLOCK_MS},
    {"us", 1},
    {"h", 3600 * CLOCK_SECOND},
    {"m", 60 * CLOCK_SECOND},
    {"s", CLOCK_SECOND},
};

/* Read a unit. Returns its microseconds; -1: there is none. */
static int64_t
read_unit(struct cursor *c)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t len = strlen(units[i].name);

		if ((size_t)(c->end - c->at) >= len &&
		    strncmp(c->at, units[i].name, len) == 0) {
			c->at += len;
			return units[i].us;
		}
	}
	return -1;
}

/* The time of a duration such as "6m0s"; -1: the value is something else. */
static int64_t
duration_us(const struct limit_value *v)
{
	struct cursor c = cursor_of(v);
	int64_t sum = 0;
	struct number n;
	int64_t unit;

	while (!is_at_end(&c)) {
		if (!read_number(&c, &n))
			return -1;
		unit = read_unit(&c);
		if (unit < 0)
			return -1;
		sum = clamp_us(sum + scale_us(&n, unit));
	}
	return v->len ? sum : -1;
}

/* --- dates --------------------------------------------------------------- */

/* Does the character fit the shape: `a` stands for a letter, `d` for a digit,
 * `D` for a digit or a blank, `T` for what separates a date from a time, any
 * other for itself? */
static bool
fits_shape(char c, char shape)
{
	switch (shape) {
	case 'a': return ascii_is_alpha(c);
	case 'd': return ascii_is_digit(c);
	case 'D': return ascii_is_digit(c) || c == ' ';
	case 'T': return c == 'T' || c == 't' || c == ' ';
	default: return c == shape;
	}
}

/* Does what is left begin with text of that shape? */
static bool
begins_with_shape(const struct cursor *c, const char *shape)
{
	size_t len = strlen(shape);

	if ((size_t)(c->end - c->at) < len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!fits_shape(c->at[i], shape[i]))
			return false;
	return true;
}

/* Is the whole text of that shape? */
static bool
has_shape(const char *s, size_t len, const char *shape)
{
	struct cursor c = {s, s + len};

	return len == strlen(shape) && begins_with_shape(&c, shape);
}

/* Is it a date of the only form that may be sent (RFC 9110, 5.6.7)? Libraries
 * that were made for mail (RFC 5322) name its zone otherwise. */
static bool
is_fixed_date(const char *s, size_t len)
{
	return has_shape(s, len, "aaa, dd aaa dddd dd:dd:dd GMT") ||
	       has_shape(s, len, "aaa, dd aaa dddd dd:dd:dd UTC") ||
	       has_shape(s, len, "aaa, dd aaa dddd dd:dd:dd +0000") ||
	       has_shape(s, len, "aaa, dd aaa dddd dd:dd:dd -0000");
}

/* Is it one of the three dates that are to be understood (RFC 9110, 5.6.7):
 * that one, the one of RFC 850, or asctime's? */
static bool
is_date(const char *s, size_t len)
{
	const char *comma = memchr(s, ',', len);
	size_t day = comma ? (size_t)(comma - s) : len;

	if (is_fixed_date(s, len) ||
	    has_shape(s, len, "aaa aaa Dd dd:dd:dd dddd"))
		return true;
	if (day < strlen("Sunday") || day > strlen("Wednesday"))
		return false;
	for (size_t i = 0; i < day; i++)
		if (!ascii_is_alpha(s[i]))
			return false;
	return has_shape(s + day, len - day, ", dd-aaa-dd dd:dd:dd GMT");
}

/* curl_getdate understands much more than these dates, so only their shapes
 * get to it. -1: it is not such a date. */
static int64_t
http_date_us(const char *s, size_t len)
{
	enum {
		LONGEST = 40
	};
	char text[LONGEST];
	time_t t;

	if (len >= sizeof(text) || !is_date(s, len))
		return -1;
	memcpy(text, s, len);
	text[len] = '\0';
	t = curl_getdate(text, NULL);
	return t < 0 ? -1 : (int64_t)t * CLOCK_SECOND;
}

int64_t
limit_date_us(const char *text)
{
	size_t len = strlen(text);
	const char *s = ascii_trim(text, &len);

	return http_date_us(s, len);
}

static int64_t
two_digits(const char *s)
{
	return (s[0] - '0') * 10 + (s[1] - '0');
}

/* Days from 1970 to that day, in the proleptic Gregorian calendar, from the
 * year 0 on. Years begin in March, so that the leap day is the last one (Howard
 * Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
static int64_t
days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5;

	return y * 365 + y / 4 - y / 100 + y / 400 + in_year + day - 1 - 719468;
}

/* Read a zone that ends the value: "Z", "+02:00", "-0330", or nothing, which
 * means UTC. False: it is something else. */
static bool
read_zone(struct cursor *c, int64_t *offset_us)
{
	int64_t sign = c->at < c->end && *c->at == '-' ? -1 : 1;
	int64_t minutes;

	*offset_us = 0;
	if (is_at_end(c) || has_shape(c->at, (size_t)(c->end - c->at), "Z") ||
	    has_shape(c->at, (size_t)(c->end - c->at), "z"))
		return true;
	if (*c->at != '+' && *c->at != '-')
		return false;
	c->at++;
	if (!has_shape(c->at, (size_t)(c->end - c->at), "dd:dd") &&
	    !has_shape(c->at, (size_t)(c->end - c->at), "dddd"))
		return false;
	minutes = two_digits(c->at) * 60 + two_digits(c->end - 2);
	*offset_us = sign * minutes * 60 * CLOCK_SECOND;
	return true;
}

/* The minutes from 1970 to "2024-01-31T23:59"; negative: no month has such a
 * day, or it was before 1970. */
static int64_t
iso_minutes(const char *t)
{
	int64_t year = two_digits(t) * 100 + two_digits(t + 2);
	int64_t month = two_digits(t + 5);
	int64_t day = two_digits(t + 8);

	if (month < 1 || month > 12 || day < 1 || day > 31)
		return -1;
	return days_of(year, month, day) * 24 * 60 + two_digits(t + 11) * 60 +
	       two_digits(t + 14);
}

/* The microseconds since 1970 of a date of RFC 3339, whose seconds and zone may
 * be missing; -1: it is not such a date. */
static int64_t
iso_date_us(const struct limit_value *v)
{
	static const char shape[] = "dddd-dd-ddTdd:dd";
	struct cursor c = cursor_of(v);
	struct number s = {0};
	int64_t minutes, offset;

	minutes = begins_with_shape(&c, shape) ? iso_minutes(c.at) : -1;
	if (minutes < 0)
		return -1;
	c.at += strlen(shape);
	if (begins_with_shape(&c, ":dd")) {
		c.at++;
		read_number(&c, &s);
	}
	if (!read_zone(&c, &offset))
		return -1;
	return minutes * 60 * CLOCK_SECOND + scale_us(&s, CLOCK_SECOND) -
	       offset;
}

/* The time to go until `at`, which is -1 if it is not known. */
static int64_t
time_until(int64_t at, int64_t now_us)
{
	return at < 0 ? -1 : clamp_us(at - now_us);
}

int64_t
limit_wait_us(const struct limit_value *v, enum limit_unit unit, int64_t now_us)
{
	int64_t us = number_us(v, unit, now_us);

	if (us < 0)
		us = duration_us(v);
	if (us < 0)
		us = time_until(http_date_us(v->text, v->len), now_us);
	return us < 0 ? time_until(iso_date_us(v), now_us) : us;
}

/* --- counts, and the values of a header ----------------------------------- */

int64_t
limit_count(const struct limit_value *v)
{
	struct cursor c = cursor_of(v);
	struct number n;

	return read_number(&c, &n) && is_at_end(&c) ? n.whole : -1;
}

int64_t
limit_left_of_usage(const struct limit_value *v, int64_t *limit)
{
	struct cursor c = cursor_of(v);
	struct number used, most;

	if (!read_number(&c, &used) || is_at_end(&c) || *c.at++ != '/' ||
	    !read_number(&c, &most) || !is_at_end(&c))
		return -1;
	*limit = most.whole;
	if (used.whole + (used.millionths > 0) >= most.whole)
		return 0;
	return most.whole - used.whole - (used.millionths > 0);
}

/* The end of the value at `text`: a comma that is not the one within a date. */
static const char *
end_of(const char *text)
{
	const char *end = text + strcspn(text, ",");
	const char *further;
	size_t len;

	if (!*end)
		return end;
	further = end + 1 + strcspn(end + 1, ",");
	len = (size_t)(further - text);
	text = ascii_trim(text, &len);
	return is_date(text, len) ? further : end;
}

/* The parameter `w` among those from `params` to `end`, in microseconds; -1:
 * there is none. */
static int64_t
window_of(const char *params, const char *end)
{
	struct number n;

	while (params < end &&
	       (params = memchr(params, ';', (size_t)(end - params)))) {
		struct cursor c = {params + 1, end};

		while (c.at < end && ascii_is_blank(*c.at))
			c.at++;
		params++;
		if (end - c.at < 2 || strncmp(c.at, "w=", 2) != 0)
			continue;
		c.at += 2;
		return read_number(&c, &n) ? scale_us(&n, CLOCK_SECOND) : -1;
	}
	return -1;
}

bool
limit_value_next(const char **text, struct limit_value *v)
{
	const char *end, *params;

	while (**text == ',' || ascii_is_blank(**text))
		++*text;
	if (!**text)
		return false;
	end = end_of(*text);
	params = memchr(*text, ';', (size_t)(end - *text));
	v->window_us = params ? window_of(params, end) : -1;
	v->len = (size_t)((params ? params : end) - *text);
	v->text = ascii_trim(*text, &v->len);
	*text = end;
	return true;
}

/* --- structured fields ---------------------------------------------------- */

/* The readers below move f->at behind what they read, and return 1, or -1 if it
 * is malformed. */

enum {
	DIGITS_MAX = 15 /* of an integer; RFC 9651, 3.3.1 */
};

/* RFC 9651, 3.1.2. */
static bool
is_key_char(char c)
{
	return (c >= 'a' && c <= 'z') || ascii_is_digit(c) ||
	       (c && strchr("_-.*", c));
}

/* RFC 9651, 3.3.4. */
static bool
is_token_char(char c)
{
	return ascii_is_tchar(c) || c == ':' || c == '/';
}

/* RFC 9651, 3.3.5. */
static bool
is_base64_char(char c)
{
	return ascii_is_alnum(c) || (c && strchr("+/=", c));
}

static void
skip_blanks(struct sfield *f)
{
	while (ascii_is_blank(*f->at))
		f->at++;
}

/* Read a run of characters that `is` accepts, as the pair's name. */
static int
read_run(struct sfield *f, bool (*is)(char), struct sfield_pair *pair)
{
	pair->name = f->at;
	while (is(*f->at))
		f->at++;
	pair->name_len = (size_t)(f->at - pair->name);
	return pair->name_len ? 1 : -1;
}

/* Read a quoted string, whose escapes stay as they are. */
static int
read_string(struct sfield *f, struct sfield_pair *pair)
{
	pair->name = ++f->at;
	for (; *f->at != '"'; f->at++) {
		if (*f->at == '\\')
			f->at++;
		if (*f->at < ' ' || *f->at > '~')
			return -1;
	}
	pair->name_len = (size_t)(f->at++ - pair->name);
	return 1;
}

static int
read_fraction(struct sfield *f, struct sfield_pair *pair)
{
	f->at++;
	if (!ascii_is_digit(*f->at))
		return -1;
	for (; ascii_is_digit(*f->at); f->at++)
		pair->has_more |= *f->at != '0';
	return 1;
}

/* Read a number. A negative one is legal, but never a count or a time: it is
 * kept as -1, "none". */
static int
read_number_item(struct sfield *f, struct sfield_pair *pair)
{
	bool negative = *f->at == '-';
	int64_t n = 0;
	int digits = 0;

	f->at += negative;
	for (; ascii_is_digit(*f->at); f->at++) {
		if (++digits > DIGITS_MAX)
			return -1;
		n = n * 10 + (*f->at - '0');
	}
	if (!digits)
		return -1;
	pair->number = negative ? -1 : n;
	return *f->at == '.' ? read_fraction(f, pair) : 1;
}

/* Skip a byte sequence, ":...:". */
static int
read_bytes(struct sfield *f)
{
	for (f->at++; is_base64_char(*f->at);)
		f->at++;
	if (*f->at != ':')
		return -1;
	f->at++;
	return 1;
}

/* Skip a boolean, "?0" or "?1". */
static int
read_boolean(struct sfield *f)
{
	f->at++;
	if (*f->at != '0' && *f->at != '1')
		return -1;
	f->at++;
	return 1;
}

/* Skip a date, "@" and a number, which is neither a count nor a time to go. */
static int
read_date(struct sfield *f)
{
	struct sfield_pair date = {0};

	f->at++;
	return read_number_item(f, &date);
}

/* Skip a display string: "%" and a string, with octets as %xx. */
static int
read_display(struct sfield *f)
{
	struct sfield_pair text;

	f->at++;
	return *f->at == '"' ? read_string(f, &text) : -1;
}

/* Read a bare item (RFC 9651, 4.2.3.1). */
static int
read_item(struct sfield *f, struct sfield_pair *pair)
{
	char c = *f->at;

	if (c == '"')
		return read_string(f, pair);
	if (c == '-' || ascii_is_digit(c))
		return read_number_item(f, pair);
	if (c == ':')
		return read_bytes(f);
	if (c == '?')
		return read_boolean(f);
	if (c == '@')
		return read_date(f);
	if (c == '%')
		return read_display(f);
	if (c == '*' || ascii_is_alpha(c))
		return read_run(f, is_token_char, pair);
	return -1;
}

/* Skip an inner list, "(...)" (RFC 9651, 4.2.1.2). */
static int
skip_inner_list(struct sfield *f)
{
	struct sfield_pair pair;
	int rc = 1;

	for (f->at++; rc >= 0;) {
		while (*f->at == ' ')
			f->at++;
		if (*f->at == ')') {
			f->at++;
			return 1;
		}
		rc = read_item(f, &pair);
		while (rc > 0)
			rc = sfield_next_param(f, &pair);
	}
	return -1;
}

static int
read_member(struct sfield *f, struct sfield_pair *pair)
{
	return *f->at == '(' ? skip_inner_list(f) : read_item(f, pair);
}

/* Read "=" and the value of a key or parameter. */
static int
read_pair_value(struct sfield *f, struct sfield_pair *pair)
{
	struct sfield_pair value = {.number = -1};
	int rc;

	f->at++;
	rc = read_member(f, &value);
	pair->number = value.number;
	pair->has_more = value.has_more;
	pair->text = value.name;
	pair->text_len = value.name_len;
	return rc;
}

void
sfield_init(struct sfield *f, const char *text)
{
	*f = (struct sfield){.at = text};
	skip_blanks(f);
}

int
sfield_next_param(struct sfield *f, struct sfield_pair *pair)
{
	*pair = (struct sfield_pair){.number = -1};
	if (*f->at != ';')
		return 0;
	f->at++;
	while (*f->at == ' ')
		f->at++;
	if (read_run(f, is_key_char, pair) < 0)
		return -1;
	return *f->at == '=' ? read_pair_value(f, pair) : 1;
}

/* Move from the end of a member to the next one. Returns as sfield_next. */
static int
next_member(struct sfield *f)
{
	skip_blanks(f);
	if (!*f->at)
		return 0;
	if (*f->at++ != ',')
		return -1;
	skip_blanks(f);
	return *f->at ? 1 : -1;
}

/* Read `key=item`, the entry of a dictionary. 0: it is not one, so that it may
 * be a member of a list; nothing was read. */
static int
read_entry(struct sfield *f, struct sfield_pair *pair)
{
	const char *start = f->at;

	if (!ascii_is_digit(*f->at) && read_run(f, is_key_char, pair) > 0 &&
	    *f->at == '=')
		return read_pair_value(f, pair);
	f->at = start;
	*pair = (struct sfield_pair){.number = -1};
	return 0;
}

int
sfield_next(struct sfield *f, struct sfield_pair *pair)
{
	int rc;

	while ((rc = sfield_next_param(f, pair)) > 0)
		;
	if (rc == 0)
		rc = f->begun ? next_member(f) : *f->at != '\0';
	*pair = (struct sfield_pair){.number = -1};
	if (rc <= 0)
		return rc;
	f->begun = true;
	rc = read_entry(f, pair);
	return rc ? rc : read_member(f, pair);
}
