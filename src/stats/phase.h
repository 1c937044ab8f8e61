/*
 * The phases of an exchange, from the moment at which it could have started
 * to its last byte. They follow each other without gap or overlap, so their
 * sum is exactly the time between. What is waited for comes first, then what
 * the network takes. Pure.
 */
#ifndef GATHER_STATS_PHASE_H
#define GATHER_STATS_PHASE_H

#include <stddef.h>
#include <stdint.h>

#include "request/exchange.h"

/* X(symbol, name, meaning) in the order in which phases happen. The waits of
 * one exchange may alternate; each is then told once, as their sum.
 * waterfall.css and the reports know the phases by their number. */
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

/* "backoff", for columns and legends. Static. */
const char *phase_name(enum phase);
/* "waiting between two attempts". Static. */
const char *phase_meaning(enum phase);

/* A phase of an exchange; its moments are since the start of the run. */
struct span {
	enum phase phase;
	int64_t from_us;
	int64_t to_us; /* > from_us */
};

/* Write the phases of an exchange that took any time to `out`, which has room
 * for PHASE_COUNT of them, in their order. Returns how many there are. */
size_t phase_spans(const struct exchange *, struct span *out);

#endif
