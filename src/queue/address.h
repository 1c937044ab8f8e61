/*
 * Where the queue is: redis[s]://[USER:PASS@]HOST[:PORT][/DB]?name=NAME, or
 * redis+unix://[USER:PASS@]/PATH/OF/SOCKET?name=NAME[&db=DB].
 */
#ifndef GATHER_QUEUE_ADDRESS_H
#define GATHER_QUEUE_ADDRESS_H

#include <stdbool.h>

#include "base/buf.h"

enum {
	QUEUE_PORT = 6379,
	QUEUE_NAME_MAX = 128, /* bytes of a name */
	QUEUE_DB_MAX = 1 << 20
};

/* Strings are owned. */
struct queue_address {
	char *host;     /* no brackets; NULL: there is a path */
	char *path;     /* of a Unix socket; NULL: there is a host */
	char *name;     /* of the queue: no braces, blanks or controls */
	char *user;     /* NULL: none, the default user */
	char *password; /* NULL: none */
	char *shown;    /* "redis.example:6379", for messages */
	unsigned port;
	unsigned db;
	bool tls;
};

/* Read the address in `text`, or in the file FILE if it is "@FILE". Passwords
 * are secrets from then on (redact/known.h). Returns -1 with *cause set
 * (caller frees), which shows no secret. */
int queue_address_read(struct queue_address *, const char *text, char **cause);
/* Free what it owns; all zero is fine. */
void queue_address_release(struct queue_address *);

/* Append the key `part` of the queue, "gather:{NAME}:PART". The braces keep the
 * keys of a queue in one slot of a cluster. */
void queue_add_key(
    struct buf *out, const struct queue_address *, const char *part);
/* The same as a string of its own; caller frees. */
char *queue_key(const struct queue_address *, const char *part);

#endif
