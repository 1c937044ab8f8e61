/*
 * What the queue's server answers: a number, bytes, or a list of answers
 * (RESP2). Nothing in it is trusted: its kinds, numbers and lengths are what
 * the server sent, whatever was asked for.
 */
#ifndef GATHER_RESP_REPLY_H
#define GATHER_RESP_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum queue_reply_kind {
	QUEUE_NIL, /* nothing: no such key, or a wait that ran out */
	QUEUE_INTEGER,
	QUEUE_TEXT, /* a string, or a status such as "OK" */
	QUEUE_ARRAY,
	QUEUE_ERROR /* `text` is its message: "ERR ..." */
};

struct queue_reply {
	enum queue_reply_kind kind;
	int64_t integer;  /* of QUEUE_INTEGER; else 0 */
	const char *text; /* of QUEUE_TEXT and QUEUE_ERROR; else "". It ends
	                   * with a NUL, and may hold others */
	size_t len;       /* bytes of `text` */
	const struct queue_reply *items; /* of QUEUE_ARRAY */
	size_t count;                    /* how many */
};

/* The item `i` of an array. What is no array, and an array that is shorter,
 * has a nil there, so that a caller need not check the shape of an answer
 * before it reads it. */
const struct queue_reply *queue_reply_item(
    const struct queue_reply *, size_t i);
/* Store the number that the answer is, or that its text is in decimal, in *n.
 * False: it is none, and *n is as it was. */
bool queue_reply_number(const struct queue_reply *, int64_t *n);
/* Is the answer exactly this text? */
bool queue_reply_is(const struct queue_reply *, const char *text);

#endif
