/*
 * An exchange is told by libcurl as moments, and by the scheduler as sums of
 * waits. A walk along them makes spans, each of which begins where the last
 * one ended.
 */
#include "config.h"

#include "stats/phase.h"

#include <string.h>

static const struct {
	const char *name, *meaning;
} words[] = {
#define X(symbol, name, meaning) {name, meaning},
    PHASES(X)
#undef X
};

const char *
phase_name(enum phase phase)
{
	return words[phase].name;
}

const char *
phase_meaning(enum phase phase)
{
	return words[phase].meaning;
}

/* Spans under construction: each begins where the last one ended. */
struct walk {
	struct span *out;
	size_t len;
	int64_t at_us;
};

/* The phase lasts until the moment `us`. One that ends before it begins, as
 * connecting does on a reused connection, takes no time. */
static void
add_span_until(struct walk *w, enum phase phase, int64_t us)
{
	if (us <= w->at_us)
		return;
	w->out[w->len++] = (struct span){phase, w->at_us, us};
	w->at_us = us;
}

/* The phase lasts for `us`. */
static void
add_span_of(struct walk *w, enum phase phase, int64_t us)
{
	add_span_until(w, phase, w->at_us + us);
}

/* The waits that were accounted for are as long as they were; what else passed
 * before the start was spent waiting for a slot. */
static void
walk_waits(struct walk *w, const struct exchange *x)
{
	const struct exchange_waits *waits = &x->waits;
	int64_t told = waits->host_us + waits->rate_us + waits->hold_us;

	add_span_of(w, PHASE_BACKOFF, waits->backoff_us);
	add_span_until(w, PHASE_PLACE, x->start_us - told);
	add_span_of(w, PHASE_HOST, waits->host_us);
	add_span_of(w, PHASE_RATE, waits->rate_us);
	add_span_of(w, PHASE_HOLD, waits->hold_us);
}

/* Returns the phase in which the exchange ended: the one after the last that
 * was completed. */
static enum phase
last_phase(const struct exchange *x)
{
	if (x->starttransfer_us >= 0)
		return PHASE_RECEIVE;
	if (x->pretransfer_us >= 0 || x->cancelled)
		return PHASE_WAIT;
	if (x->appconnect_us >= 0)
		return PHASE_SEND;
	if (x->connect_us >= 0)
		return strncmp(x->url, "https:", 6) == 0 ? PHASE_TLS
		                                         : PHASE_WAIT;
	return x->namelookup_us >= 0 ? PHASE_CONNECT : PHASE_DNS;
}

static void
walk_flight(struct walk *w, const struct exchange *x)
{
	const struct {
		enum phase phase;
		int64_t end_us;
	} ends[] = {
	    {PHASE_DNS, x->namelookup_us},
	    {PHASE_CONNECT, x->connect_us},
	    {PHASE_TLS, x->appconnect_us},
	    {PHASE_SEND, x->pretransfer_us},
	    {PHASE_WAIT, x->starttransfer_us},
	};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ends[i].end_us >= 0)
			add_span_until(
			    w, ends[i].phase, x->start_us + ends[i].end_us);
	add_span_until(w, last_phase(x), x->start_us + x->total_us);
}

/* Returns when the exchange could have started but for its waits. */
static int64_t
begin_of(const struct exchange *x)
{
	int64_t waited = x->waits.hold_us + x->waits.rate_us +
	                 x->waits.host_us + x->waits.place_us;
	int64_t queued = x->start_us - waited;

	if (x->queued_us < queued)
		queued = x->queued_us;
	return queued - x->waits.backoff_us;
}

size_t
phase_spans(const struct exchange *x, struct span *out)
{
	struct walk w = {.out = out, .at_us = begin_of(x)};

	walk_waits(&w, x);
	walk_flight(&w, x);
	return w.len;
}
