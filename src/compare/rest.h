/*
 * When the next trial of a comparison may begin, so that none pays for the
 * one before it. Pure.
 *
 * Under a rate each begins with all its tokens. A closed connection keeps its
 * port for a minute: connections that are not kept must not use them up.
 */
#ifndef GATHER_COMPARE_REST_H
#define GATHER_COMPARE_REST_H

#include <stddef.h>
#include <stdint.h>

enum {
	REST_PORTS = 20000, /* of the 28,232 that Linux has by default */
	REST_REMEMBERED = 64
};

/* Connections to one origin that were closed. */
struct closed_ports {
	int64_t at_us;
	size_t count;
};

struct rest {
	int64_t period_us; /* of the longest rate; 0: none */
	int64_t ended_us;  /* the last trial */
	struct closed_ports closed[REST_REMEMBERED]; /* a ring */
	size_t closed_len;                           /* so far */
};

/* A trial is over that closed `ports` connections to one origin. */
void rest_after(struct rest *, size_t ports, int64_t now);
/* From when on another may begin that will close `ports`. */
int64_t rest_until(const struct rest *, size_t ports, int64_t now);

#endif
