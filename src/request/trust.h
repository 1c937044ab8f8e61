/*
 * What a request may take along, and where it may lead, because of the
 * answers that it follows on. One policy for redirect hops, pages, children
 * and for a record that is asked for again:
 *
 *   - Secrets stay with the origin of the input. Who has left it once is a
 *     stranger for good, also back at that origin: what a stranger says must
 *     not make us send secrets there.
 *   - An answer that came over the public Internet leads to no private
 *     address, however many steps later.
 *   - --location-trusted lifts the first, nothing lifts the second.
 */
#ifndef GATHER_REQUEST_TRUST_H
#define GATHER_REQUEST_TRUST_H

#include <stdbool.h>

struct trust {
	bool foreign;     /* it has left the origin of its input */
	bool from_public; /* an answer of a public address led to it */
};

enum trust_rule {
	TRUST_NOBODY,
	TRUST_EVERYBODY /* --location-trusted */
};

/* It follows on an answer of the origin `from`, and goes to `to`. Whether
 * that answer was public is in it already (result.h). */
void trust_step(
    struct trust *, const char *from, const char *to, enum trust_rule);

#endif
