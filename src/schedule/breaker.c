/*
 * The states of a breaker and what moves it from one to another. The order is
 * that of a flight's life: when may it start, it starts, it fails, as a probe
 * or not, it succeeds.
 */
#include "config.h"

#include "schedule/breaker.h"

#include "base/clock.h"

enum {
	FAILURES = 5, /* in a row, that open the breaker */
	PROBES = 3    /* that fail before the origin counts as dead */
};

/* How long an origin stays dead before it is probed again. */
#define DEAD_US (60 * CLOCK_SECOND)

static bool
is_out_of_probes(const struct breaker *b)
{
	return b->state == BREAKER_OPEN && b->probes >= PROBES;
}

bool
breaker_is_dead(const struct breaker *b, int64_t now)
{
	return is_out_of_probes(b) && b->probe_us > now;
}

int64_t
breaker_when(const struct breaker *b, int64_t now)
{
	switch ((enum breaker_state)b->state) {
	case BREAKER_CLOSED: return now;
	case BREAKER_OPEN: return b->probe_us;
	case BREAKER_PROBING: return INT64_MAX;
	}
	return now;
}

bool
breaker_start(struct breaker *b)
{
	if (b->state != BREAKER_OPEN)
		return false;
	b->state = BREAKER_PROBING;
	return true;
}

static enum breaker_change
open_breaker(struct breaker *b, int64_t now)
{
	b->state = BREAKER_OPEN;
	b->probes = 0;
	b->probe_us = now + CLOCK_SECOND;
	return BREAKER_OPENED;
}

enum breaker_change
breaker_fail(struct breaker *b, enum breaker_cause cause, int64_t now)
{
	b->cause = (unsigned char)cause;
	/* What was in flight when the breaker opened fails for the same
	 * reason, and says nothing new. */
	if (b->state != BREAKER_CLOSED)
		return BREAKER_SAME;
	if (b->failures++ == 0)
		b->since_us = now;
	return b->failures == FAILURES ? open_breaker(b, now) : BREAKER_SAME;
}

enum breaker_change
breaker_fail_probe(struct breaker *b, enum breaker_cause cause, int64_t now)
{
	/* An older flight may have closed the breaker meanwhile; then this is
	 * an ordinary failure. */
	if (b->state != BREAKER_PROBING)
		return breaker_fail(b, cause, now);
	b->cause = (unsigned char)cause;
	b->state = BREAKER_OPEN;
	if (b->probes < PROBES)
		b->probes++;
	if (b->probes == PROBES) {
		b->probe_us = now + DEAD_US;
		return BREAKER_DIED;
	}
	b->probe_us = now + (CLOCK_SECOND << b->probes);
	return BREAKER_SAME;
}

enum breaker_change
breaker_succeed(struct breaker *b)
{
	bool was_open = b->state != BREAKER_CLOSED;

	b->state = BREAKER_CLOSED;
	b->failures = 0;
	b->probes = 0;
	return was_open ? BREAKER_RECOVERED : BREAKER_SAME;
}

void
breaker_forget_probe(struct breaker *b, int64_t now)
{
	if (b->state != BREAKER_PROBING)
		return;
	b->state = BREAKER_OPEN;
	b->probe_us = now;
}
