/*
 * Where a request that --then made comes from: the match that it was made
 * of, and what that one's own request was made of. Shared and counted, on one
 * thread.
 */
#ifndef GATHER_REQUEST_LINEAGE_H
#define GATHER_REQUEST_LINEAGE_H

#include <stddef.h>

#include "json/path.h"

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
