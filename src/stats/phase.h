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
#define PHASES(X)                                                  \
	X(BACKOFF, "backoff", "the time between two attempts")     \
	X(PLACE, "slot", "a place among -P")                       \
	X(HOST, "host slot", "a place at its server")              \
	X(RATE, "rate", "--rate, --per-host-rate")                 \
	X(HOLD, "hold", "a server that asked to wait, or is down") \
	X(DNS, "dns", "its address")                               \
	X(CONNECT, "connect", "the connection")                    \
	X(TLS, "tls", "the TLS handshake")                         \
	X(SEND, "send", "the request to leave")                    \
	X(WAIT, "wait", "the first byte of the answer")            \
	X(RECEIVE, "receive", "the rest of it")

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
