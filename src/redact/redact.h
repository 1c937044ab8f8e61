/*
 * What may be shown of a text that came from a user or a server, whoever
 * shows it: userinfo in URLs, the values of parameters, headers, cookies and
 * JSON members whose names say that they are secrets (secret.h) are "***".
 *
 * Percent-encoding, also of what is encoded already, and the escapes of JSON
 * hide nothing: "?url=https%3A%2F%2Fme%3Apw%40host" has userinfo. Nor does it
 * matter what is redacted already: twice is once.
 */
#ifndef GATHER_REDACT_REDACT_H
#define GATHER_REDACT_REDACT_H

#include <stddef.h>

#include "base/buf.h"

enum redact_kind {
	/* A sentence of ours with such texts in it, a body: URLs end at a
	 * blank or a quote. */
	REDACT_TEXT,
	/* All of it is one URL, good or bad: only & and # end a value. */
	REDACT_URL,
	/* All of it is the query of one, or a form. */
	REDACT_QUERY,
	/* Likewise one URL, but only passwords in it: the name in front of one
	 * stays, and so do tokens. */
	REDACT_PASSWORD,
	/* A line that went over the wire, or what libcurl says of it: what
	 * looks like a header is one. */
	REDACT_WIRE,
};

/* Append the `len` bytes at `s`, redacted. */
void redact_add(struct buf *, enum redact_kind, const char *s, size_t len);
/* `s` redacted, as a new string. Caller frees. */
char *redacted(enum redact_kind, const char *s);

#endif
