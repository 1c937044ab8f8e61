/*
 * Where a request comes from. Its trust says what the answers that led to it
 * permit: the one policy for redirect hops, pages, children, and records whose
 * requests are repeated. Its lineage says which matches --then made it from.
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
	bool foreign;     /* it has left the origin of its input: no secrets */
	bool from_public; /* an answer of a public address led to it: it must
	                   * not go to a private one */
};

enum trust_rule {
	TRUST_NOBODY,
	TRUST_EVERYBODY /* --location-trusted */
};

/* Update the trust of a request that follows on an answer of the origin `from`
 * and goes to the origin `to` (request/url.h). `from_public` is set by who
 * knows the address that has answered (struct result). */
void trust_step(
    struct trust *, const char *from, const char *to, enum trust_rule);

/*
 * The match that --then made a request from, and the lineage of the request in
 * whose answer it stood. Shared and counted, on one thread.
 */
struct lineage {
	size_t refs;
	char *url;  /* of the parent, whose answer held the match */
	char *json; /* the match, as it was sent */
	size_t json_len;
	char *text; /* the match as text (json_add_text); NULL: it is null */
	size_t text_len;
	struct lineage *up; /* of the parent; NULL: the parent was an input */
};

/* A lineage with one reference. `url` and `match` are copied; `up` (or NULL)
 * gets one more reference. */
struct lineage *lineage_new(
    const char *url, struct json_span match, struct lineage *up);
/* One more reference; returns its argument. */
struct lineage *lineage_ref(struct lineage *);
/* One reference less; the last one frees it, and drops its own to the parent's.
 * NULL is fine. */
void lineage_unref(struct lineage *);

#endif
