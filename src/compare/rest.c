#include "config.h"

#include "compare/rest.h"

#include "base/clock.h"

/* Linux's TIME_WAIT, and a second for what was still open. */
static const int64_t time_wait_us = 61 * CLOCK_SECOND;

void
rest_after(struct rest *r, size_t ports, int64_t now)
{
	r->ended_us = now;
	if (ports)
		r->closed[r->closed_len++ % REST_REMEMBERED] =
		    (struct closed_ports){now, ports};
}

/* The moment at which `ports` more fit in: walk back until they don't. */
static int64_t
when_ports_are_free(const struct rest *r, size_t ports, int64_t now)
{
	size_t sum = ports;
	size_t oldest = r->closed_len > REST_REMEMBERED
	                    ? r->closed_len - REST_REMEMBERED
	                    : 0;

	for (size_t i = r->closed_len; i > oldest; i--) {
		const struct closed_ports *c =
		    &r->closed[(i - 1) % REST_REMEMBERED];

		sum += c->count;
		if (sum > REST_PORTS)
			return c->at_us + time_wait_us;
	}
	return now;
}

int64_t
rest_until(const struct rest *r, size_t ports, int64_t now)
{
	int64_t tokens = r->ended_us ? r->ended_us + r->period_us : now;
	int64_t sockets = ports ? when_ports_are_free(r, ports, now) : now;
	int64_t until = tokens > sockets ? tokens : sockets;

	return until > now ? until : now;
}
