/*
 * The built-in loopback server of --demo and --serve, on libevent's evhttp.
 * It runs in a process of its own, forked before anything else is set up,
 * so that it does not time itself.
 */
#ifndef GATHER_DEMO_SERVER_H
#define GATHER_DEMO_SERVER_H

#include <stdint.h>
#include <sys/types.h>

/* A server in a process of its own. */
struct demo_server {
	pid_t pid;
	uint16_t port;
	int lifeline; /* write end of a pipe: closed, it ends the server */
};

/*
 * Fork a server on 127.0.0.1, any port; it listens when this returns, and
 * ends with this process, however that ends. -1 with *cause set (caller
 * frees).
 */
int demo_server_start(struct demo_server *, char **cause);
/* End the server and wait until its process has ended. */
void demo_server_stop(struct demo_server *);

struct serve_options {
	char *address;       /* --serve [ADDR:]PORT; NULL: not given */
	char *replay;        /* --replay FILE; NULL: the routes answer */
	double replay_speed; /* --replay-speed */
};

/*
 * --serve: serve at the address, in this process, until SIGTERM, SIGINT or,
 * if stdin is a pipe or a socket, its end. Prints the base URL on stdout
 * once it listens. Returns the exit status.
 */
int demo_server_serve(const struct serve_options *);

#endif
