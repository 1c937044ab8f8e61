#include "config.h"

#include "pictures/hints.h"

#include <inttypes.h>

#include "base/clock.h"

enum {
	FEW = 3,          /* so often it may be chance */
	MANY = 100,       /* requests, for what is said of shares */
	LISTS = 20,       /* requests that are worth a second run */
	TAIL = 10,        /* times the median, where hedging would show */
	BUSY_PERCENT = 80 /* of the places, where -P was the limit */
};

static const int64_t long_run_us = 2 * CLOCK_SECOND;

/* "1 answer was", "3 answers were". */
static void
add_count(struct buf *out, uint64_t n, const char *one, const char *several)
{
	buf_addf(out, "%" PRIu64 " %s", n, n == 1 ? one : several);
}

static bool
ran_out(const struct hint_facts *f)
{
	return f->ran_out;
}

static void
say_ran_out(const struct hint_facts *f, struct buf *out)
{
	buf_addf(out,
	    "this machine had no room for -P %u: raise `ulimit -n`, "
	    "or take a smaller -P",
	    f->parallel);
}

static bool
is_throttled(const struct hint_facts *f)
{
	return !f->has_rate && account_throttled(f->account) >= FEW;
}

/* What got through is about what the server grants. */
static void
say_throttled(const struct hint_facts *f, struct buf *out)
{
	double s = (double)f->totals->wall_us / CLOCK_SECOND;
	double rate = s > 0 ? (double)f->totals->ok / s : 0;

	add_count(
	    out, account_throttled(f->account), "answer was", "answers were");
	buf_adds(out, " 429; stay below the server's limit with --rate");
	if (rate >= 1)
		buf_addf(out, " (about %.0f/s got through)", rate);
	else if (rate * 60 >= 1)
		buf_addf(out, " (about %.0f/m got through)", rate * 60);
}

static bool
is_not_followed(const struct hint_facts *f)
{
	return !f->follows && f->totals->by_class[ERROR_REDIRECT];
}

static void
say_not_followed(const struct hint_facts *f, struct buf *out)
{
	add_count(out, f->totals->by_class[ERROR_REDIRECT], "redirect was",
	    "redirects were");
	buf_adds(out, " not followed; -L does");
}

static bool
is_locked_out(const struct hint_facts *f)
{
	return !f->logs_in && account_status(f->account, 401);
}

static void
say_locked_out(const struct hint_facts *f, struct buf *out)
{
	add_count(
	    out, account_status(f->account, 401), "answer was", "answers were");
	buf_adds(out, " 401; log in with -u or --oauth2-bearer");
}

static bool
is_cut_short(const struct hint_facts *f)
{
	return f->has_max_time && f->totals->by_class[ERROR_TIMEOUT] >= FEW;
}

static void
say_cut_short(const struct hint_facts *f, struct buf *out)
{
	add_count(
	    out, f->totals->by_class[ERROR_TIMEOUT], "request", "requests");
	buf_adds(out, " took too long; a longer -m helps, or a smaller -P if "
	              "the server is slow under load");
}

static bool
is_too_large(const struct hint_facts *f)
{
	return f->totals->by_class[ERROR_SIZE];
}

static void
say_too_large(const struct hint_facts *f, struct buf *out)
{
	add_count(
	    out, f->totals->by_class[ERROR_SIZE], "body was", "bodies were");
	buf_adds(out, " too large; --max-filesize sets the limit, -o has none");
}

static bool
is_distrusted(const struct hint_facts *f)
{
	return f->totals->by_class[ERROR_TLS];
}

static void
say_distrusted(const struct hint_facts *f, struct buf *out)
{
	add_count(
	    out, f->totals->by_class[ERROR_TLS], "handshake", "handshakes");
	buf_adds(out, " failed; --cacert, or CURL_CA_BUNDLE, SSL_CERT_FILE or "
	              "SSL_CERT_DIR in the environment, names whose "
	              "certificates to trust");
}

static bool
is_barren(const struct hint_facts *f)
{
	return f->barren;
}

static void
say_barren(const struct hint_facts *f, struct buf *out)
{
	buf_addf(out, "%s %s matched nothing in ", f->extract, f->barren);
	add_count(out, f->barren_in, "answer", "answers");
}

static bool
is_worth_repeating(const struct hint_facts *f)
{
	return f->totals->failed && !f->has_retry_from &&
	       totals_count(f->totals) >= LISTS;
}

static void
say_worth_repeating(const struct hint_facts *f, struct buf *out)
{
	(void)f;
	buf_adds(out, "with --format ndjson failures are records, and "
	              "--retry-from FILE fetches just those again");
}

static bool
has_long_tail(const struct hint_facts *f)
{
	int64_t p99 = percentiles_at(account_latencies(f->account), 99);
	int64_t p50 = percentiles_at(account_latencies(f->account), 50);

	return !f->hedges && p99 > p50 * TAIL && p99 > CLOCK_SECOND / 10;
}

static void
say_long_tail(const struct hint_facts *f, struct buf *out)
{
	(void)f;
	buf_adds(out, "one request in a hundred takes over ten times as long "
	              "as usual; --hedge p95 asks a second time for those");
}

static bool
is_full(const struct hint_facts *f)
{
	const struct totals *t = f->totals;

	return f->whole && !f->has_rate && !t->failed && f->parallel > 1 &&
	       t->wall_us >= long_run_us && totals_count(t) >= MANY &&
	       t->flight_us / f->parallel >= t->wall_us / 100 * BUSY_PERCENT;
}

static void
say_full(const struct hint_facts *f, struct buf *out)
{
	buf_addf(out,
	    "all places were busy; whether more would help says "
	    "--compare=%u,%u,%u on a part of the list",
	    f->parallel, f->parallel * 2, f->parallel * 4);
}

bool
hint_add(const struct hint_facts *f, struct buf *out)
{
	/* The first that applies is the one that helps most. */
	static const struct {
		bool (*applies)(const struct hint_facts *);
		void (*say)(const struct hint_facts *, struct buf *);
	} hints[] = {
	    {ran_out, say_ran_out},
	    {is_throttled, say_throttled},
	    {is_locked_out, say_locked_out},
	    {is_not_followed, say_not_followed},
	    {is_cut_short, say_cut_short},
	    {is_too_large, say_too_large},
	    {is_distrusted, say_distrusted},
	    {is_barren, say_barren},
	    {is_worth_repeating, say_worth_repeating},
	    {has_long_tail, say_long_tail},
	    {is_full, say_full},
	};

	for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++)
		if (hints[i].applies(f)) {
			hints[i].say(f, out);
			return true;
		}
	return false;
}
