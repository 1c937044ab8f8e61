#include "config.h"

#include "schedule/ration.h"

enum {
	PROBES_MAX = 8,
	PROBES_SHARE = 4 /* a fourth of what is known, at most */
};

void
ration_init(struct ration *r)
{
	*r = (struct ration){.known = UINT64_MAX, .since_us = INT64_MIN};
}

/* Who refuses the first after a hold says nothing about how many. */
void
ration_hold(struct ration *r, int64_t until, int64_t now)
{
	int64_t since = r->since_us == INT64_MIN ? now : r->since_us;

	if (r->passed || r->known == UINT64_MAX)
		r->known = r->passed ? r->passed : 1;
	r->period_us = until - since;
	r->passed = 0;
	r->since_us = until;
}

void
ration_extend(struct ration *r, int64_t until)
{
	if (until <= r->since_us)
		return;
	r->period_us += until - r->since_us;
	r->since_us = until;
}

static uint64_t
probes(const struct ration *r)
{
	uint64_t share = r->known / PROBES_SHARE + 1;

	return share < PROBES_MAX ? share : PROBES_MAX;
}

void
ration_answer(struct ration *r, int64_t started_us, int64_t now)
{
	if (r->since_us == INT64_MIN)
		r->since_us = started_us;
	/* It was under way when the hold began. */
	if (started_us < r->since_us && r->known != UINT64_MAX) {
		r->known++;
		return;
	}
	r->passed++;
	if (r->known == UINT64_MAX)
		return;
	if (r->passed >= r->known + probes(r))
		r->known = 2 * r->passed;
	if (now - r->since_us < r->period_us)
		return;
	if (r->passed >= r->known)
		r->known = 2 * r->passed;
	r->passed = 0;
	r->since_us = now;
}

bool
ration_allows(const struct ration *r, unsigned flying)
{
	return !flying || r->known == UINT64_MAX ||
	       r->passed + flying < r->known;
}
