/*
 * A member of a fleet: an engine on a thread with an event loop of its own.
 * What it is told about a transfer, and what it tells, are letters; what it is
 * to do beside that are wishes, which stay one however often they are made.
 *
 * A transfer is what both sides know of one; the comment of each field says
 * whose it is. It ends with LETTER_OVER, which gives it back to the run's loop;
 * one that is cancelled with LETTER_CANCEL, which goes to the thread and comes
 * back.
 */
#ifndef GATHER_FLEET_MEMBER_H
#define GATHER_FLEET_MEMBER_H

#include <event2/event_struct.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/list.h"
#include "fetch/engine.h"
#include "fetch/hop.h"
#include "fetch/resume.h"
#include "fleet/fleet.h"
#include "fleet/mailbox.h"

struct member;

enum letter_kind {
	/* To the thread, about a transfer. */
	LETTER_START,
	LETTER_CANCEL, /* and back */
	/* To the thread and back, about an errand. */
	LETTER_ERRAND,
	/* To the run's loop, about a transfer. */
	LETTER_WIRE,
	LETTER_QUESTION,
	LETTER_OVER,
	/* To the run's loop, about a piece. */
	LETTER_BODY
};

/* Bits of member.wishes. */
enum wish {
	WISH_RESUME = 1,    /* engine_resume */
	WISH_DROP_IDLE = 2, /* engine_drop_idle */
	WISH_LOOK = 4,      /* engine_look */
	WISH_CLOSE = 8      /* the end */
};

/* Whether its request may still be sent is settled by whoever is first. */
enum sending {
	SENDING_NOT_YET, /* and it may be */
	SENDING_BEGUN,   /* by its thread */
	SENDING_STOPPED  /* by the run's loop: it is never sent */
};

/* What a thread asks the run's loop, and waits for: one of its hooks. */
enum question_kind {
	ASK_WIRE, /* engine.on_wire: once more */
	ASK_LATE, /* on_late */
	ASK_TURN  /* engine.on_turn */
};

struct question {
	struct letter letter;
	enum question_kind kind;
	const struct arrival *arrival; /* TURN */
	struct body *body;             /* TURN */
	int64_t now;                   /* WIRE, LATE */
	int64_t wire_by_us;            /* LATE: the answer */
	bool answer;                   /* WIRE, TURN */
	bool answered;                 /* under the member's lock */
};

struct transfer {
	/* Of the run's loop. */
	struct list link;       /* among those in flight, or that are leaving */
	struct list landed;     /* among those that are over */
	struct request *listed; /* once it is cancelled */
	void *owner;            /* NULL: it was cancelled */
	bool is_wired;          /* the run knows that it is on the wire */

	/* Not changed from start to end, but for spec.wire_by_us, which is the
	 * thread's. The request is a copy, but what it points at is not, and
	 * must stay as it is (request.h: readers). */
	struct member *member;
	struct request *request;
	struct hop hop;
	struct resume resume;
	struct attempt_spec spec;

	/* Of the thread, until it is over. */
	struct attempt *attempt; /* NULL: it has not begun, or has ended */
	uint64_t ask_at;  /* bytes of the body from which on_turn is asked */
	bool has_headers; /* a piece of its body has told of them */
	struct list sent; /* among those whose wire_us is to be told */
	int64_t wire_us;  /* for LETTER_WIRE */
	void *task;
	struct result result; /* for LETTER_OVER */

	_Atomic enum sending sending;
	struct letter start, cancel, wire, over;
	struct question question;
};

/* A piece of a body on its way to the run's loop. */
struct piece {
	struct letter letter;
	struct transfer *transfer;
	struct arrival arrival; /* its headers are known with the first piece */
	struct buf headers, heads;
	struct buf chunk;
};

void piece_free(struct piece *);

struct member {
	/* Of the run's loop. */
	struct list outgoing; /* letters that are to be posted */
	unsigned flying;      /* transfers and errands that were given to it */

	/* Not changed from start to end. */
	const struct fleet_hooks *hooks;
	struct mailbox *home; /* of the run's loop */
	struct event_base *base;
	struct engine *engine;
	pthread_t thread;
	void *tools;
	const atomic_bool *full; /* the run has no room for bodies */

	/* Of the thread. */
	struct event inbox_event;
	struct list letters; /* that are to be posted */
	struct list sent;    /* transfers whose request goes out in this turn */
	bool ready;          /* engine_reap has something */
	bool closed;

	struct mailbox inbox;
	atomic_uint wishes;
	atomic_size_t pieces; /* bytes of bodies on their way to the run */
	atomic_bool held_up;  /* bodies are paused until WISH_RESUME */

	pthread_mutex_t lock; /* for what follows */
	pthread_cond_t answered;
	bool closing; /* no question will be answered */
	struct engine_counts counts;
	struct engine_view view;
};

enum {
	PIECES_MOST = 4 << 20 /* bytes of bodies on their way to the run */
};

/* Make the member's loop, engine and tools; then its thread, which blocks all
 * signals. -1 with errno: none can be made, and nothing is to be released. */
int member_open(struct member *, struct engine_common *);
/* Wish something of the member's thread. */
void member_wish(struct member *, enum wish);
/* Answer the question that the member's thread waits for. */
void member_answer(struct member *, struct question *, bool answer);
/* End the thread and free all but what letters are about. Those that it has not
 * read are added to `unread`. */
void member_release(struct member *, struct list *unread);
/* Is there room again for bodies that are paused? */
bool member_may_resume(const struct member *);

#endif
