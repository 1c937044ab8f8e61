/*
 * The arguments of a call, as they are put together one by one. Texts are
 * borrowed until the call is made, unless they are added as copies.
 */
#ifndef GATHER_RESP_ARGS_H
#define GATHER_RESP_ARGS_H

#include <stddef.h>
#include <stdint.h>

struct queue_copy;

struct queue_args {
	const char **texts;
	size_t *lens;
	size_t len, cap;
	struct queue_copy *copies; /* the newest; owned */
};

/* None so far, without memory: all zero. */
void queue_args_init(struct queue_args *);
void queue_args_release(struct queue_args *);
/* Add a text that ends with a NUL. */
void queue_args_add(struct queue_args *, const char *text);
/* Add a copy of such a text. */
void queue_args_add_copy(struct queue_args *, const char *text);
/* Add `len` bytes; `bytes` may be NULL if there are none. */
void queue_args_add_bytes(struct queue_args *, const char *bytes, size_t len);
void queue_args_add_number(struct queue_args *, int64_t);

#endif
