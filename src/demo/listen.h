/* Addresses to listen on. */
#ifndef GATHER_DEMO_LISTEN_H
#define GATHER_DEMO_LISTEN_H

#include <stdint.h>

#include "base/buf.h"

/*
 * Listen on "[ADDR:]PORT", by default on 127.0.0.1; port 0 picks one; an
 * IPv6 address stands in brackets. Returns a socket that doesn't block, is
 * closed by exec(3) and answers without Nagle's delay, or -1 with *cause set
 * (caller frees).
 */
int listen_open(const char *address, char **cause);
/* The port that it got. */
uint16_t listen_port(int fd);
/* Append "http://ADDR:PORT" as a client on this machine reaches it. */
void listen_add_url(struct buf *, int fd);

#endif
