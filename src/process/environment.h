/*
 * What the process needs of its machine: stdio, descriptors, signals, and the
 * libraries that are initialised once.
 */
#ifndef GATHER_PROCESS_ENVIRONMENT_H
#define GATHER_PROCESS_ENVIRONMENT_H

#include <stdbool.h>

struct event_base;

/* Open /dev/null for each of stdin, stdout and stderr that is closed, so that
 * no file that the program opens takes its number; reading or writing there
 * still fails. Call it before anything else. */
void environment_ensure_stdio(void);
/* Returns whether descriptor `fd` is open, and not for reading only. */
bool environment_can_write(int fd);
/* Raise the soft limit of descriptors to the hard one: each connection in
 * flight takes one. */
void environment_raise_descriptor_limit(void);

/*
 * Ignore SIGPIPE and SIGXFSZ, raise the soft limit of descriptors to the hard
 * one, initialise libcurl, and make an event base. Dies if that fails.
 */
struct event_base *environment_open(void);
/* Another event base of the same kind, for a thread of its own; the caller
 * frees it. NULL with errno: none can be made. */
struct event_base *environment_new_base(void);
/* Free the event base, and what the libraries keep. */
void environment_close(struct event_base *);

/* Return how much the limit of descriptors allows at once, when a part of it is
 * left for files. It is 1 or more. */
/* How many transfers: an upper limit for -P. */
unsigned environment_max_parallel(void);
/* How many lookups of names, each of which opens sockets and files. */
unsigned environment_max_lookups(void);
/* How many sockets, beside the descriptors that are open now. */
unsigned environment_max_sockets(void);
/* Returns how many cores the process may use at a time, at least 1: those that
 * it may run on, or less where its control group has a quota. */
unsigned environment_cores(void);

#endif
