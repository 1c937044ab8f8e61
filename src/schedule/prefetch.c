#include "config.h"

#include "schedule/prefetch.h"

#include "base/clock.h"

void
prefetch_init(struct prefetch *p, unsigned parallel)
{
	*p = (struct prefetch){.parallel = parallel, .ahead = 1};
}

static void
adapt(struct prefetch *p, int64_t lasted)
{
	unsigned most = p->parallel / 2 + 8;

	if (lasted < PREFETCH_SHORT_MS * CLOCK_MS)
		p->ahead *= 2;
	else if (lasted > PREFETCH_LONG_MS * CLOCK_MS)
		p->ahead /= 2;
	p->ahead = p->ahead < 1 ? 1 : p->ahead < most ? p->ahead : most;
}

size_t
prefetch_ask(struct prefetch *p, size_t open, int64_t now)
{
	size_t places = open < p->parallel ? p->parallel - open : 0;

	if (p->filled_us)
		adapt(p, now - p->filled_us);
	return places + p->ahead;
}

void
prefetch_filled(struct prefetch *p, size_t taken, size_t open, int64_t now)
{
	p->taken = p->left = taken;
	p->filled_us = open < p->parallel ? 0 : now;
}

bool
prefetch_hand_out(struct prefetch *p)
{
	if (p->left)
		p->left--;
	return p->ahead > 1 && p->left <= p->taken / 2;
}
