/* What the process needs of its machine, set up once. */
#ifndef GATHER_PROCESS_ENVIRONMENT_H
#define GATHER_PROCESS_ENVIRONMENT_H

#include <stdbool.h>

struct event_base;

/* Open /dev/null for each of stdin, stdout and stderr that is closed, so that
 * no file that the program opens takes its number; reading or writing there
 * still fails. Call it before anything else. */
void environment_ensure_stdio(void);
/* True if descriptor `fd` is open, and not for reading only. */
bool environment_can_write(int fd);
/* Raise the soft limit of descriptors to the hard one: each connection in
 * flight takes one. */
void environment_raise_descriptor_limit(void);

/*
 * Ignore SIGPIPE and SIGXFSZ, raise the soft limit of descriptors to the hard
 * one, initialise libcurl, and make an event base. Dies if that fails.
 */
struct event_base *environment_open(void);
void environment_close(struct event_base *);
/* How many transfers, lookups and sockets the limit of descriptors allows at
 * once. A part of it stays for files; of the sockets it counts what is open
 * when it is asked. */
unsigned environment_max_parallel(void);
unsigned environment_max_lookups(void);
unsigned environment_max_sockets(void);

#endif
