/*
 * The phases of an exchange, from the moment at which it could have started
 * to its last byte. They follow each other without gap or overlap, so their
 * sum is exactly the time between. Pure.
 */
#ifndef GATHER_STATS_PHASE_H
#define GATHER_STATS_PHASE_H

#include <stddef.h>
#include <stdint.h>

#include "request/exchange.h"

/* X(symbol, name, what was waited for) in the order in which they happen, as
 * far as one is: waits of one exchange may take turns, and are summed up. */
#define PHASES(X)                                                \
	X(BACKOFF, "backoff", "waiting between two attempts")    \
	X(PLACE, "slot", "waiting for a -P slot")                \
	X(HOST, "host slot", "waiting for a per-host slot")      \
	X(RATE, "rate", "waiting for --rate or --per-host-rate") \
	X(HOLD, "hold", "the server asked to wait, or is down")  \
	X(DNS, "dns", "DNS lookup")                              \
	X(CONNECT, "connect", "connecting")                      \
	X(TLS, "tls", "TLS handshake")                           \
	X(SEND, "send", "sending the request")                   \
	X(WAIT, "wait", "waiting for the first byte")            \
	X(RECEIVE, "receive", "downloading")

enum phase {
#define X(symbol, name, meaning) PHASE_##symbol,
	PHASES(X)
#undef X
	PHASE_COUNT
};

/* Static. */
const char *phase_name(enum phase);
const char *phase_meaning(enum phase);

/* Part of an exchange; moments since the start of the run. */
struct span {
	enum phase phase;
	int64_t from_us;
	int64_t to_us; /* > from_us */
};

/* Those that took any time, PHASE_COUNT at most. */
size_t phase_spans(const struct exchange *, struct span *out);

#endif
