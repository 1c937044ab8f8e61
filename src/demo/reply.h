/* How the demo server answers. Each visit is answered exactly once, HEAD and
 * clients that left included; afterwards its request is gone. */
#ifndef GATHER_DEMO_REPLY_H
#define GATHER_DEMO_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "demo/visit.h"

/* Answer now, with `body` as `type`; the body is released. */
void reply_send(
    const struct visit *, int status, const char *type, struct buf *body);
/* The same as application/json, with a newline at the end. */
void reply_json(const struct visit *, int status, struct buf *body);
/* Answer HEAD for a body of `length` bytes. */
void reply_head(
    const struct visit *, int status, const char *type, uint64_t length);
bool reply_is_head(const struct visit *);
/* {"error": message}; the message is ours and needs no escaping. */
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
/* Forget all answers that wait; for the end of the server. */
void reply_drop_waiting(struct demo *);

#endif
