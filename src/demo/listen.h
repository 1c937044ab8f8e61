/* The socket that the demo server listens on. */
#ifndef GATHER_DEMO_LISTEN_H
#define GATHER_DEMO_LISTEN_H

#include <stdint.h>

#include "base/buf.h"

/*
 * Listen on "[ADDR:]PORT", by default on 127.0.0.1; port 0 picks a free one; an
 * IPv6 address must be in brackets. Returns a socket that does not block, is
 * closed by exec(3) and answers without Nagle's delay, or -1 with *cause set
 * (caller frees).
 */
int listen_open(const char *address, char **cause);
/* The port on which `fd` listens. */
uint16_t listen_port(int fd);
/* Append the URL "http://ADDR:PORT" under which a client on this machine
 * reaches `fd`. */
void listen_add_url(struct buf *, int fd);

#endif
