/*
 * What an answer's headers say about the limits of its server, in four steps: a
 * table of the headers that are known; the standard ones, which are structured
 * fields; all others, by families; and the quota that binds most.
 */
#include "config.h"

#include "limits/limits.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "limits/limit_values.h"
#include "text/ascii.h"

/* What the values of a header are (limit_values.h). */
enum kind {
	WAIT,      /* how long to stay away */
	LEFT,      /* what is left of the quota */
	USED,      /* "32/40": what is used of what there is */
	RESET,     /* when there is more of it */
	WINDOW,    /* how long the quota lasts: there is more after it, at
	            * the latest */
	MOST,      /* how much of it there is in a window */
	STRUCTURED /* RFC 9651: quotas of their own */
};

/* The headers of one family are about one quota. The families from OTHER on
 * count something else than requests, so that how much is left of them says
 * nothing; they bind only when nothing is left. */
enum family {
	NONE,
	PLAIN,
	X_PLAIN,
	X_DASHED,
	X_REQUESTS,
	X_REQUEST_KIND,
	X_USER,
	ANTHROPIC,
	HUBSPOT,
	SHOPIFY,
	OTHER,
	X_TOKENS = OTHER,
	ANTHROPIC_TOKENS,
	ANTHROPIC_INPUT,
	ANTHROPIC_OUTPUT,
	FAMILIES
};

struct limit_row {
	const char *name;
	enum kind kind;
	enum limit_unit unit; /* of a bare number */
	enum family family;
};

/* Within a family the first header that says when there is more counts. */
static const struct limit_row rows[] = {
    {"Retry-After", WAIT, LIMIT_WHOLE_S, NONE},
    /* OpenAI and Azure; Azure Cosmos DB */
    {"Retry-After-Ms", WAIT, LIMIT_MS, NONE},
    {"X-Ms-Retry-After-Ms", WAIT, LIMIT_MS, NONE},
    {"RateLimit", STRUCTURED, LIMIT_S, NONE},
    {"RateLimit-Policy", STRUCTURED, LIMIT_S, NONE},
    /* GitLab, Zendesk, Docker Hub ("0;w=21600") */
    {"RateLimit-Limit", MOST, LIMIT_S, PLAIN},
    {"RateLimit-Remaining", LEFT, LIMIT_S, PLAIN},
    {"RateLimit-Reset", RESET, LIMIT_S, PLAIN},
    /* GitHub (s since 1970), Reddit ("0.0"), Discord (-After, and decimals),
     * Atlassian (dates) */
    {"X-RateLimit-Limit", MOST, LIMIT_S, X_PLAIN},
    {"X-RateLimit-Remaining", LEFT, LIMIT_S, X_PLAIN},
    {"X-RateLimit-Reset-After", RESET, LIMIT_S, X_PLAIN},
    {"X-RateLimit-Reset", RESET, LIMIT_S, X_PLAIN},
    {"X-RateLimit-Interval-Seconds", WINDOW, LIMIT_S, X_PLAIN},
    /* X, Okta, Mapbox */
    {"X-Rate-Limit-Limit", MOST, LIMIT_S, X_DASHED},
    {"X-Rate-Limit-Remaining", LEFT, LIMIT_S, X_DASHED},
    {"X-Rate-Limit-Reset", RESET, LIMIT_S, X_DASHED},
    {"X-Rate-Limit-Interval", WINDOW, LIMIT_S, X_DASHED},
    /* OpenAI ("6m0s") */
    {"X-RateLimit-Limit-Requests", MOST, LIMIT_S, X_REQUESTS},
    {"X-RateLimit-Remaining-Requests", LEFT, LIMIT_S, X_REQUESTS},
    {"X-RateLimit-Reset-Requests", RESET, LIMIT_S, X_REQUESTS},
    {"X-RateLimit-Remaining-Tokens", LEFT, LIMIT_S, X_TOKENS},
    {"X-RateLimit-Reset-Tokens", RESET, LIMIT_S, X_TOKENS},
    /* Linear */
    {"X-RateLimit-Requests-Limit", MOST, LIMIT_S, X_REQUEST_KIND},
    {"X-RateLimit-Requests-Remaining", LEFT, LIMIT_S, X_REQUEST_KIND},
    {"X-RateLimit-Requests-Reset", RESET, LIMIT_S, X_REQUEST_KIND},
    /* Imgur */
    {"X-RateLimit-UserLimit", MOST, LIMIT_S, X_USER},
    {"X-RateLimit-UserRemaining", LEFT, LIMIT_S, X_USER},
    {"X-RateLimit-UserReset", RESET, LIMIT_S, X_USER},
    /* Anthropic (dates) */
    {"Anthropic-RateLimit-Requests-Limit", MOST, LIMIT_S, ANTHROPIC},
    {"Anthropic-RateLimit-Requests-Remaining", LEFT, LIMIT_S, ANTHROPIC},
    {"Anthropic-RateLimit-Requests-Reset", RESET, LIMIT_S, ANTHROPIC},
    {"Anthropic-RateLimit-Tokens-Remaining", LEFT, LIMIT_S, ANTHROPIC_TOKENS},
    {"Anthropic-RateLimit-Tokens-Reset", RESET, LIMIT_S, ANTHROPIC_TOKENS},
    {"Anthropic-RateLimit-Input-Tokens-Remaining", LEFT, LIMIT_S,
        ANTHROPIC_INPUT},
    {"Anthropic-RateLimit-Input-Tokens-Reset", RESET, LIMIT_S, ANTHROPIC_INPUT},
    {"Anthropic-RateLimit-Output-Tokens-Remaining", LEFT, LIMIT_S,
        ANTHROPIC_OUTPUT},
    {"Anthropic-RateLimit-Output-Tokens-Reset", RESET, LIMIT_S,
        ANTHROPIC_OUTPUT},
    {"X-HubSpot-RateLimit-Max", MOST, LIMIT_S, HUBSPOT},
    {"X-HubSpot-RateLimit-Remaining", LEFT, LIMIT_S, HUBSPOT},
    {"X-HubSpot-RateLimit-Interval-Milliseconds", WINDOW, LIMIT_MS, HUBSPOT},
    {"X-Shopify-Shop-Api-Call-Limit", USED, LIMIT_S, SHOPIFY},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* Called for each header of each answer, so that the first letter has to tell
 * for most of them. */
bool
limits_is_one(const char *line, size_t len)
{
	char first = len ? ascii_lower(*line) : '\0';
	const char *colon;
	size_t name;

	if (first != 'r' && first != 'x' && first != 'a')
		return false;
	colon = memchr(line, ':', len);
	name = colon ? (size_t)(colon - line) : 0;
	for (size_t i = 0; i < ROWS; i++)
		if (ascii_is_word(line, name, rows[i].name))
			return true;
	return false;
}

/* One quota of several that an answer may name; -1 where it does not say. */
struct policy {
	const char *name; /* in a structured field; NULL none */
	size_t name_len;
	int64_t left;       /* requests */
	int64_t reset_us;   /* time to go until there are more */
	int64_t window_us;  /* how long the quota lasts */
	int64_t most;       /* requests in a window */
	bool other;         /* it counts something else than requests */
	const char *source; /* the header; static */
};

static const struct policy nothing = {NULL, 0, -1, -1, -1, -1, false, NULL};

/* Does `p` bind more than `than`? The one with less left does, and of two with
 * equally much the one that lasts longer. One that does not say what is left
 * binds less than any that does. */
static bool
binds_more(const struct policy *p, const struct policy *than)
{
	if (p->left < 0)
		return than->left < 0 && p->reset_us > than->reset_us;
	if (than->left < 0 || p->left < than->left)
		return true;
	return p->left == than->left && p->reset_us > than->reset_us;
}

/* Let `p` be the best one so far, if it binds more. */
static void
take_policy(struct policy *best, struct policy p)
{
	if (p.left == 0 && p.reset_us < 0)
		p.reset_us = p.window_us;
	if (p.other && p.left != 0)
		return;
	if (binds_more(&p, best))
		*best = p;
}

/* --- RateLimit and RateLimit-Policy --------------------------------------- */

static bool
is_name(const struct sfield_pair *pair, const char *name)
{
	return pair->name && pair->name_len == strlen(name) &&
	       memcmp(pair->name, name, pair->name_len) == 0;
}

/* Seconds, rounded up, in microseconds; -1: the pair is not a number. */
static int64_t
seconds_us(const struct sfield_pair *pair)
{
	int64_t s = pair->number < 0 ? -1 : pair->number + pair->has_more;

	if (s < 0)
		return -1;
	return s < LIMITS_MAX_US / CLOCK_SECOND ? s * CLOCK_SECOND
	                                        : LIMITS_MAX_US;
}

/* The parameters of RateLimit (r, t) and RateLimit-Policy (q, w, qu). */
static void
apply_param(struct policy *p, const struct sfield_pair *pair)
{
	if (is_name(pair, "r"))
		p->left = pair->number;
	if (is_name(pair, "t"))
		p->reset_us = seconds_us(pair);
	if (is_name(pair, "q"))
		p->most = pair->number;
	if (is_name(pair, "w"))
		p->window_us = seconds_us(pair);
	if (is_name(pair, "qu"))
		p->other = pair->text_len != strlen("requests") ||
		           memcmp(pair->text, "requests", pair->text_len) != 0;
}

/* The next member of either field; returns as sfield_next. */
static int
next_policy(struct sfield *f, struct policy *p)
{
	struct sfield_pair pair;
	int rc = sfield_next(f, &pair);
	int more;

	*p = nothing;
	p->name = pair.name;
	p->name_len = pair.name_len;
	p->source = "RateLimit";
	if (rc <= 0)
		return rc;
	while ((more = sfield_next_param(f, &pair)) > 0)
		apply_param(p, &pair);
	return more < 0 ? -1 : rc;
}

/* Complete the quota by what `text`, the value of RateLimit-Policy, says about
 * the policy of its name. */
static void
find_policy(struct policy *p, const char *text)
{
	struct policy found;
	struct sfield f;

	sfield_init(&f, text);
	while (p->name && next_policy(&f, &found) > 0) {
		if (!found.name || found.name_len != p->name_len ||
		    memcmp(found.name, p->name, p->name_len) != 0)
			continue;
		p->most = found.most;
		p->window_us = found.window_us;
		p->other = found.other;
		return;
	}
}

/* The quota of RateLimit that binds most; `nothing` if the field is malformed,
 * which is to be ignored as a whole (RFC 9651, 4.2). */
static struct policy
tightest(const char *text, const char *policies)
{
	struct policy best = nothing;
	struct policy p;
	struct sfield f;
	int rc;

	sfield_init(&f, text);
	while ((rc = next_policy(&f, &p)) > 0) {
		find_policy(&p, policies);
		take_policy(&best, p);
	}
	return rc < 0 ? nothing : best;
}

/* The quota of `limit=100, remaining=50, reset=30`, as the drafts before the
 * eighth had it. */
static struct policy
from_dictionary(const char *text)
{
	struct policy p = nothing;
	struct sfield_pair pair;
	struct sfield f;
	int rc;

	p.source = "RateLimit";
	sfield_init(&f, text);
	while ((rc = sfield_next(&f, &pair)) > 0) {
		if (is_name(&pair, "limit"))
			p.most = pair.number;
		if (is_name(&pair, "remaining"))
			p.left = pair.number;
		if (is_name(&pair, "reset"))
			p.reset_us = seconds_us(&pair);
	}
	return rc < 0 ? nothing : p;
}

/* The values of all headers of that name as one (RFC 9651, 4.2). */
static void
join_values(struct buf *out, const struct limits_headers *h, const char *name)
{
	const char *line;

	buf_init(out);
	for (size_t i = 0; (line = h->get(h->arg, name, i)); i++)
		buf_addf(out, "%s%s", i ? ", " : "", line);
}

static void
read_structured(struct policy *best, const struct limits_headers *h)
{
	struct buf text, policies;
	struct policy p;

	join_values(&text, h, "RateLimit");
	join_values(&policies, h, "RateLimit-Policy");
	p = tightest(buf_text(&text), buf_text(&policies));
	if (p.left < 0)
		p = from_dictionary(buf_text(&text));
	p.name = NULL;
	if (p.left >= 0)
		take_policy(best, p);
	buf_release(&text);
	buf_release(&policies);
}

/* --- headers of other names ----------------------------------------------- */

/* The smaller count; -1 counts as not said. */
static int64_t
tighter(int64_t count, int64_t than)
{
	return than < 0 || (count >= 0 && count < than) ? count : than;
}

static int64_t
longer(int64_t us, int64_t than)
{
	return us > than ? us : than;
}

/* "10, 10;w=1, 50;w=60": first the limit that is nearest, then all of them with
 * their windows; the window of the nearest is found among these. */
static void
apply_limit(struct policy *p, const struct limit_value *v)
{
	int64_t most = limit_count(v);

	if (p->most < 0)
		p->most = most;
	if (most == p->most && p->window_us < 0)
		p->window_us = v->window_us;
}

/* Take one value of a header. Of several values of a header the tightest count
 * and the longest wait win. */
static void
apply_value(struct policy *p, const struct limit_row *row,
    const struct limit_value *v, int64_t now_us)
{
	switch (row->kind) {
	case LEFT:
		p->left = tighter(limit_count(v), p->left);
		p->window_us = longer(v->window_us, p->window_us);
		break;
	case USED: p->left = limit_left_of_usage(v, &p->most); break;
	case MOST: apply_limit(p, v); break;
	case WAIT:
	case RESET:
		p->reset_us =
		    longer(limit_wait_us(v, row->unit, now_us), p->reset_us);
		break;
	case WINDOW: p->window_us = limit_wait_us(v, row->unit, now_us); break;
	case STRUCTURED: break;
	}
}

/* What all headers of one name say, without those of other names. */
static struct policy
read_row(
    const struct limits_headers *h, const struct limit_row *row, int64_t now_us)
{
	struct policy p = nothing;
	struct limit_value v;
	const char *text;

	for (size_t i = 0; (text = h->get(h->arg, row->name, i)); i++) {
		p.source = row->name;
		while (limit_value_next(&text, &v))
			apply_value(&p, row, &v, now_us);
	}
	return p;
}

/* Complete a family by one of its headers. */
static void
complete_family(
    struct policy *p, const struct limit_row *row, const struct policy *read)
{
	if (p->left < 0)
		p->left = read->left;
	if (p->most < 0)
		p->most = read->most;
	if (p->window_us < 0)
		p->window_us = read->window_us;
	if (p->reset_us < 0 && read->reset_us >= 0) {
		p->reset_us = read->reset_us;
		p->source = row->name;
	}
	if (!p->source && (read->left >= 0))
		p->source = row->name;
}

static void
read_families(
    struct policy *best, const struct limits_headers *h, int64_t now_us)
{
	struct policy families[FAMILIES];

	for (int i = 0; i < FAMILIES; i++) {
		families[i] = nothing;
		families[i].other = i >= OTHER;
	}
	for (size_t i = 0; i < ROWS; i++) {
		struct policy read;

		if (rows[i].family == NONE)
			continue;
		read = read_row(h, &rows[i], now_us);
		complete_family(&families[rows[i].family], &rows[i], &read);
	}
	for (int i = 0; i < FAMILIES; i++)
		take_policy(best, families[i]);
}

/* Read how long the server wants to be left alone: the rows of WAIT stand first
 * in the table. Also a wait that is malformed is a wish to be left alone. */
static void
read_waits(struct quota *q, const struct limits_headers *h, int64_t now_us)
{
	for (size_t i = 0; i < ROWS && rows[i].kind == WAIT; i++) {
		struct policy read = read_row(h, &rows[i], now_us);

		q->asks |= read.source != NULL;
		if (read.reset_us <= q->retry_after_us)
			continue;
		q->retry_after_us = read.reset_us;
		q->source = rows[i].name;
	}
}

/* When the answer was sent, in microseconds since 1970; by the server's own
 * clock if it tells, since its dates are by that clock, too. */
static int64_t
sent_us(const struct limits_headers *h, int64_t wall_us)
{
	const char *date = h->get(h->arg, "Date", 0);
	int64_t at = date ? limit_date_us(date) : -1;

	return at < 0 ? wall_us : at;
}

void
limits_read(struct quota *q, const struct limits_headers *h, int64_t wall_us)
{
	int64_t now_us = sent_us(h, wall_us);
	struct policy best = nothing;

	read_structured(&best, h);
	read_families(&best, h, now_us);
	*q = quota_none();
	q->remaining = best.left;
	q->reset_us = best.reset_us;
	q->limit = best.most;
	q->source = best.source;
	read_waits(q, h, now_us);
}
