#include "config.h"

#include "fetch/limits.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include <curl/curl.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "fetch/sfield.h"

/* A reset beyond these isn't seconds to go (nobody has windows of 30
 * years), but a moment: in seconds, or in milliseconds, since 1970. */
#define EPOCH_S  INT64_C(1000000000)
#define EPOCH_MS INT64_C(100000000000)

static int64_t
clamp_us(int64_t us)
{
	if (us < 0)
		return 0;
	return us < LIMITS_MAX_US ? us : LIMITS_MAX_US;
}

/* A whole number of digits only, at most 10^15; -1: it is none. */
static int64_t
parse_count(const char *text)
{
	const int64_t most = INT64_C(1000000000000000);
	size_t len = strlen(text);
	const char *s = ascii_trim(text, &len);
	int64_t n = 0;

	if (!len)
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (!isdigit((unsigned char)s[i]))
			return -1;
		n = n * 10 + (s[i] - '0');
		if (n > most)
			n = most;
	}
	return n;
}

static int64_t
seconds_us(int64_t s)
{
	return s < LIMITS_MAX_US / CLOCK_SECOND ? s * CLOCK_SECOND
	                                        : LIMITS_MAX_US;
}

/* `a` a letter, `d` a digit, `D` a digit or a blank, all else itself. */
static bool
fits(char c, char shape)
{
	switch (shape) {
	case 'a': return isalpha((unsigned char)c);
	case 'd': return isdigit((unsigned char)c);
	case 'D': return isdigit((unsigned char)c) || c == ' ';
	default: return c == shape;
	}
}

static bool
has_shape(const char *s, size_t len, const char *shape)
{
	if (len != strlen(shape))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!fits(s[i], shape[i]))
			return false;
	return true;
}

/* RFC 9110, 5.6.7: IMF-fixdate, the date of RFC 850, asctime's. */
static bool
is_date(const char *s, size_t len)
{
	size_t day = strcspn(s, ",");

	if (has_shape(s, len, "aaa, dd aaa dddd dd:dd:dd GMT") ||
	    has_shape(s, len, "aaa aaa Dd dd:dd:dd dddd"))
		return true;
	if (day < strlen("Sunday") || day > strlen("Wednesday"))
		return false;
	for (size_t i = 0; i < day; i++)
		if (!isalpha((unsigned char)s[i]))
			return false;
	return has_shape(s + day, len - day, ", dd-aaa-dd dd:dd:dd GMT");
}

/* Microseconds since 1970, or -1. */
static int64_t
parse_date(const char *value)
{
	enum {
		LONGEST = 40
	};
	size_t len = strlen(value);
	const char *s = ascii_trim(value, &len);
	char text[LONGEST];
	time_t t;

	if (len >= sizeof(text) || !is_date(s, len))
		return -1;
	memcpy(text, s, len);
	text[len] = '\0';
	t = curl_getdate(text, NULL);
	return t < 0 ? -1 : (int64_t)t * CLOCK_SECOND;
}

/* When the answer was sent, by the server's own clock if it tells. */
static int64_t
sent_us(const char *date, int64_t wall_us)
{
	int64_t at = date ? parse_date(date) : -1;

	return at < 0 ? wall_us : at;
}

int64_t
limits_retry_after_us(const char *value, const char *date, int64_t wall_us)
{
	int64_t n = parse_count(value);
	int64_t at;

	if (n >= 0)
		return seconds_us(n);
	at = parse_date(value);
	return at < 0 ? -1 : clamp_us(at - sent_us(date, wall_us));
}

/* The only header of that name; NULL: there is none, or more than one. */
static const char *
only(const struct limits_headers *h, const char *name)
{
	if (h->get(h->arg, name, 1))
		return NULL;
	return h->get(h->arg, name, 0);
}

/* --- RateLimit and RateLimit-Policy ----------------------------------- */

/* One quota of several that an answer may name. */
struct policy {
	const char *name;
	size_t name_len;
	int64_t remaining; /* r; -1 none */
	int64_t reset;     /* t, seconds; -1 none */
	int64_t limit;     /* q; -1 none */
	int64_t window;    /* w, seconds; -1 none */
};

static bool
is_name(const struct sfield_pair *pair, const char *name)
{
	return pair->name && pair->name_len == strlen(name) &&
	       memcmp(pair->name, name, pair->name_len) == 0;
}

static void
take_param(struct policy *p, const struct sfield_pair *pair)
{
	const struct {
		const char *name;
		int64_t *to;
	} known[] = {
	    {"r", &p->remaining},
	    {"t", &p->reset},
	    {"q", &p->limit},
	    {"w", &p->window},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (is_name(pair, known[i].name))
			*known[i].to = pair->number;
}

static int
read_params(struct sfield *f, struct policy *p)
{
	struct sfield_pair pair;
	int rc;

	while ((rc = sfield_next_param(f, &pair)) > 0)
		take_param(p, &pair);
	return rc;
}

static int
next_policy(struct sfield *f, struct policy *p)
{
	struct sfield_pair pair;
	int rc = sfield_next(f, &pair);

	*p = (struct policy){pair.name, pair.name_len, -1, -1, -1, -1};
	if (rc > 0 && read_params(f, p) < 0)
		return -1;
	return rc;
}

/* Does `p` bind more than what is known so far? Of empty quotas the one that
 * is empty longest, else the one with the least left. */
static bool
binds_more(const struct policy *p, const struct policy *than)
{
	if (p->remaining < 0)
		return false;
	if (than->remaining < 0 || p->remaining < than->remaining)
		return true;
	return p->remaining == than->remaining && p->reset > than->reset;
}

static struct policy
tightest(const char *text)
{
	static const struct policy none = {NULL, 0, -1, -1, -1, -1};
	struct policy best = none;
	struct policy p;
	struct sfield f;
	int rc;

	sfield_init(&f, text);
	while ((rc = next_policy(&f, &p)) > 0)
		if (binds_more(&p, &best))
			best = p;
	return rc < 0 ? none : best;
}

/* The policy that a RateLimit member names: its quota and its window. */
static void
find_policy(struct policy *p, const char *text)
{
	struct policy found;
	struct sfield f;

	sfield_init(&f, text);
	while (next_policy(&f, &found) > 0)
		if (found.name && p->name && found.name_len == p->name_len &&
		    memcmp(found.name, p->name, p->name_len) == 0) {
			p->limit = found.limit;
			p->window = found.window;
			return;
		}
}

/* `limit=100, remaining=50, reset=30`, as drafts before the eighth had it. */
static struct policy
from_dictionary(const char *text)
{
	static const struct policy none = {NULL, 0, -1, -1, -1, -1};
	struct policy p = none;
	struct sfield_pair pair;
	struct sfield f;
	int rc;

	sfield_init(&f, text);
	while ((rc = sfield_next(&f, &pair)) > 0) {
		if (is_name(&pair, "limit"))
			p.limit = pair.number;
		if (is_name(&pair, "remaining"))
			p.remaining = pair.number;
		if (is_name(&pair, "reset"))
			p.reset = pair.number;
	}
	return rc < 0 ? none : p;
}

static bool
read_ratelimit(struct quota *q, const struct limits_headers *h)
{
	const char *text = only(h, "RateLimit");
	const char *policies;
	struct policy p;

	if (!text)
		return false;
	p = tightest(text);
	if (p.remaining < 0)
		p = from_dictionary(text);
	if (p.remaining < 0)
		return false;
	policies = p.name ? only(h, "RateLimit-Policy") : NULL;
	if (policies)
		find_policy(&p, policies);
	if (p.reset < 0 && p.remaining == 0)
		p.reset = p.window;
	q->remaining = p.remaining;
	q->limit = p.limit;
	q->reset_us = p.reset < 0 ? -1 : seconds_us(p.reset);
	q->source = "RateLimit";
	return true;
}

/* --- RateLimit-Remaining, X-RateLimit-Remaining, ... ------------------ */

struct family {
	const char *limit;
	const char *remaining;
	const char *reset;
};

static const struct family families[] = {
    {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"},
    {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"},
    {"X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"},
};

static int64_t
count_of(const struct limits_headers *h, const char *name)
{
	const char *text = only(h, name);

	return text ? parse_count(text) : -1;
}

static int64_t
reset_us(int64_t n, int64_t now_us)
{
	if (n < 0)
		return -1;
	if (n > EPOCH_MS)
		return clamp_us(n * CLOCK_MS - now_us);
	if (n > EPOCH_S)
		return clamp_us(n * CLOCK_SECOND - now_us);
	return seconds_us(n);
}

static bool
read_family(struct quota *q, const struct limits_headers *h,
    const struct family *f, int64_t now_us)
{
	int64_t remaining = count_of(h, f->remaining);
	int64_t reset = reset_us(count_of(h, f->reset), now_us);

	if (remaining < 0 && reset < 0)
		return false;
	q->remaining = remaining;
	q->reset_us = reset;
	q->limit = count_of(h, f->limit);
	q->source = reset < 0 ? f->remaining : f->reset;
	return true;
}

static void
read_families(struct quota *q, const struct limits_headers *h, int64_t now_us)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (read_family(q, h, &families[i], now_us))
			return;
}

void
limits_read(struct quota *q, const struct limits_headers *h, int64_t wall_us)
{
	int64_t now_us = sent_us(only(h, "Date"), wall_us);
	const char *retry_after;

	*q = quota_none();
	if (!read_ratelimit(q, h))
		read_families(q, h, now_us);
	retry_after = only(h, "Retry-After");
	if (!retry_after)
		return;
	q->retry_after_us = limits_retry_after_us(retry_after, NULL, now_us);
	if (q->retry_after_us >= 0)
		q->source = "Retry-After";
}
