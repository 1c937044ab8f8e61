#include "config.h"

#include "sink/har_timings.h"

#include <string.h>

#include "base/clock.h"
#include "request/result.h"

static int64_t
at_least_0(int64_t us)
{
	return us > 0 ? us : 0;
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* It ended before its request was on its way. */
static void
fill_unsent(struct har_timings *t, const struct exchange *x)
{
	int64_t total = at_least_0(x->total_us);

	if (x->namelookup_us < 0 && x->error_class == ERROR_DNS) {
		t->dns_us = total;
		return;
	}
	t->dns_us = x->namelookup_us;
	t->connect_us = at_least_0(total - at_least_0(x->namelookup_us));
	if (x->connect_us >= 0 && x->url && strncmp(x->url, "https:", 6) == 0)
		t->ssl_us = at_least_0(total - x->connect_us);
}

/* Its connection; returns the moment at which it was there. */
static int64_t
fill_connection(struct har_timings *t, const struct exchange *x)
{
	int64_t there = later(x->connect_us, x->appconnect_us);

	t->dns_us = x->namelookup_us;
	if (there < 0)
		return at_least_0(x->namelookup_us);
	t->connect_us = at_least_0(there - at_least_0(x->namelookup_us));
	if (x->appconnect_us >= 0)
		t->ssl_us = at_least_0(x->appconnect_us - x->connect_us);
	return later(there, at_least_0(x->namelookup_us));
}

struct har_timings
har_timings_of(const struct exchange *x)
{
	struct har_timings t = {
	    .blocked_us = at_least_0(x->start_us - x->queued_us),
	    .dns_us = -1,
	    .connect_us = -1,
	    .ssl_us = -1,
	};
	int64_t total = at_least_0(x->total_us);

	if (x->pretransfer_us < 0) {
		fill_unsent(&t, x);
		return t;
	}
	t.send_us = at_least_0(x->pretransfer_us - fill_connection(&t, x));
	if (x->starttransfer_us < 0) {
		t.wait_us = at_least_0(total - x->pretransfer_us);
		return t;
	}
	t.wait_us = at_least_0(x->starttransfer_us - x->pretransfer_us);
	t.receive_us = at_least_0(total - x->starttransfer_us);
	return t;
}

int64_t
har_timings_sum(const struct har_timings *t)
{
	return t->blocked_us + at_least_0(t->dns_us) +
	       at_least_0(t->connect_us) + t->send_us + t->wait_us +
	       t->receive_us;
}

void
har_add_ms(struct buf *out, const char *name, int64_t us)
{
	buf_adds(out, name);
	if (us < 0)
		buf_adds(out, "-1");
	else
		buf_addf(out, "%lld.%03d", (long long)(us / CLOCK_MS),
		    (int)(us % CLOCK_MS));
}

void
har_timings_add(struct buf *out, const struct har_timings *t)
{
	har_add_ms(out, ",\"timings\":{\"blocked\":", t->blocked_us);
	har_add_ms(out, ",\"dns\":", t->dns_us);
	har_add_ms(out, ",\"connect\":", t->connect_us);
	har_add_ms(out, ",\"ssl\":", t->ssl_us);
	har_add_ms(out, ",\"send\":", t->send_us);
	har_add_ms(out, ",\"wait\":", t->wait_us);
	har_add_ms(out, ",\"receive\":", t->receive_us);
	buf_addc(out, '}');
}
