/*
 * Whether a request may be sent again: decided here, from what is known to have
 * happened to it on the wire, and nowhere else. Pure.
 *
 * A request that may have changed something must not reach its server twice
 * unless the first copy cannot have been processed. The table of man/gather.1
 * (RETRIES) says the same as the one in resend.c; a test compares them.
 */
#ifndef GATHER_REQUEST_RESEND_H
#define GATHER_REQUEST_RESEND_H

#include <stdbool.h>

#include "base/list.h"
#include "request/quota.h"

/* What a second copy of a request does to its server (RFC 9110, 9.2). */
enum resend_method {
	RESEND_GET,  /* GET, HEAD: it changes nothing */
	RESEND_PUT,  /* OPTIONS, TRACE, PUT, DELETE, or any with an
	              * Idempotency-Key: it changes nothing that the first copy
	              * has not changed */
	RESEND_POST, /* all others: it may do the same a second time */
	RESEND_METHODS
};

/* What happened to the copy that was sent last. X(symbol, name) */
#define WIRE_STATES(X)                                                     \
	X(UNSENT, "unsent")         /* no byte of it left this machine */  \
	X(REFUSED, "refused")       /* the server says that it did not     \
	                             * process it */                       \
	X(CHALLENGED, "challenged") /* 401, 407: it wants credentials */   \
	X(REJECTED, "rejected")     /* 307, 308, another 4xx, complete */  \
	X(ANSWERED, "answered")     /* any other final status, complete */ \
	X(UNKNOWN, "unknown")       /* sent, and no complete answer */

enum wire_state {
#define X(symbol, name) WIRE_##symbol,
	WIRE_STATES(X)
#undef X
	WIRE_STATE_COUNT
};

/* The state's name in records, such as "unsent". Static. */
const char *wire_state_name(enum wire_state);
/* The state of that name; WIRE_UNKNOWN, the careful one, if there is none. */
enum wire_state wire_state_named(const char *name);

/*
 * What a final answer says happened to its request, as soon as its head is
 * known. REFUSED is 417, 421, 425 and 429 (RFC 9110, 15.5.18, 15.5.20; RFC
 * 8470, 5.2; RFC 6585, 4), and 503 and 403 with Retry-After or its like, or
 * with an empty quota. 307 and 308 are REJECTED, since they redirect what was
 * not done. A status below 200 is not a final answer: UNKNOWN.
 */
enum wire_state wire_state_of_answer(int status, const struct quota *);
/* Does the answer tell its client to slow down? The quota may be NULL. */
bool wire_is_throttled(int status, const struct quota *);

/* What the second copy is sent for. */
enum resend_use {
	RESEND_RETRY, /* another attempt: a retry, or a requeue after a hold */
	RESEND_ROUND, /* the second round of an authentication, the repeat
	               * without Expect, a repeat on a fresh connection */
	RESEND_COPY,  /* a second copy beside the first (--hedge) */
	RESEND_RERUN, /* another run: --journal, --retry-from */
	RESEND_USES
};

/* May a request in this state be sent again for this use? */
bool resend_allows(enum resend_method, enum wire_state, enum resend_use);

/*
 * Embedded in what must not be sent before it is noted somewhere that it is: a
 * journal, or a queue that other machines work on. list_init(&link) makes it
 * ready; list_remove(&link) withdraws it.
 */
struct send_wait {
	struct list link;
	/* One of them is called on the loop, once: it is noted; or it must not
	 * be sent, since somebody else may send it by now. */
	void (*go)(struct send_wait *);
	void (*give_up)(struct send_wait *);
};

/* The kind of a method, from its name alone: the caller knows whether there is
 * an Idempotency-Key. */
enum resend_method resend_method_named(const char *method);

#endif
