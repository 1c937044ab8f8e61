/*
 * How the demo server answers. Each visit must be answered exactly once, also
 * if it is a HEAD or its client has left; afterwards its request is gone.
 */
#ifndef GATHER_DEMO_REPLY_H
#define GATHER_DEMO_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "demo/visit.h"

/* Answer with `status` and `body`, whose Content-Type is `type`. Releases the
 * body. */
void reply_send(
    const struct visit *, int status, const char *type, struct buf *body);
/* Answer with `body`, which is JSON, and a newline after it. Releases the
 * body. */
void reply_json(const struct visit *, int status, struct buf *body);
/* Answer a HEAD as if a body of `length` bytes followed. */
void reply_head(
    const struct visit *, int status, const char *type, uint64_t length);
/* Is the visit a HEAD? */
bool reply_is_head(const struct visit *);
/* Answer {"error":"MESSAGE"}. The message must need no escaping in JSON. */
void reply_error(const struct visit *, int status, const char *message);

/*
 * Have `step(v, arg)` called `wait_us` from now; it returns how long until
 * the next call, or -1 when it has answered. `step` must answer at its next
 * call if the client left (reply_gone). `arg` goes to free(3) at the end.
 */
typedef int64_t reply_step(const struct visit *, void *arg);
void reply_later(
    const struct visit *, int64_t wait_us, reply_step *step, void *arg);
/* Has the client closed the connection? */
bool reply_gone(const struct visit *);
/* Drop all answers that wait for a timer, before the server ends. */
void reply_drop_waiting(struct demo *);

#endif
