/*
 * Where a request comes from. Its trust says what the answers that led to it
 * permit: the one policy for redirect hops, pages, children, and records that
 * are asked for again. Its lineage says which matches --then made it from.
 */
#ifndef GATHER_REQUEST_LINEAGE_H
#define GATHER_REQUEST_LINEAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "json/path.h"

/*
 * What a request may take along, and where it may lead:
 *
 *   - Secrets stay with the origin of the input. Who has left it once is a
 *     stranger for good, also back at that origin: what a stranger says must
 *     not make us send secrets there.
 *   - An answer that came over the public Internet leads to no private
 *     address (request/guard.h), however many steps later.
 *   - --location-trusted lifts the first rule; nothing lifts the second.
 */
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

/*
 * The match that --then made a request from, and the lineage of the request in
 * whose answer it stood. Shared and counted, on one thread.
 */
struct lineage {
	size_t refs;
	char *url;  /* of the parent */
	char *json; /* the match, as it was sent */
	size_t json_len;
	char *text; /* the same as text: a string's content; NULL of null */
	size_t text_len;
	struct lineage *up; /* of the parent; NULL: that was an input */
};

/* Copies what it is given; `up` (or NULL) gets one more reference. */
struct lineage *lineage_new(
    const char *url, struct json_span match, struct lineage *up);
struct lineage *lineage_ref(struct lineage *);
/* NULL is fine. */
void lineage_unref(struct lineage *);

#endif
