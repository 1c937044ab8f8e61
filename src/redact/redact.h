/*
 * Hides secrets in a text that came from a user or a server, before it is shown
 * to anybody: userinfo in URLs, and the values of parameters, headers, cookies
 * and JSON members whose names say that they are secrets (secret.h), become
 * "***".
 *
 * Percent-encoding, also of what is encoded already, and the escapes of JSON do
 * not keep a secret from being found: "?url=https%3A%2F%2Fme%3Apw%40host" has
 * userinfo. A text that is redacted already stays as it is. Pure, but for the
 * values that are known to be secret, which are hidden wherever they stand
 * (known.h); REDACT_PASSWORD leaves them.
 */
#ifndef GATHER_REDACT_REDACT_H
#define GATHER_REDACT_REDACT_H

#include <stddef.h>

#include "base/buf.h"

/* What a text is, which decides where the URLs and values in it end. */
enum redact_kind {
	/* A message with such texts in it, or a body: URLs end at a blank or a
	 * quote. */
	REDACT_TEXT,
	/* All of it is one URL, good or bad: only & and # end a value. */
	REDACT_URL,
	/* All of it is the query of a URL, or a form. */
	REDACT_QUERY,
	/* All of it is one URL, of which only the password is hidden: the name
	 * in front of it stays, and so do tokens. */
	REDACT_PASSWORD,
	/* A line that went over the wire, or libcurl's message about it: what
	 * looks like a header is one. */
	REDACT_WIRE,
};

/* Append the `len` bytes at `s` with their secrets hidden. */
void redact_add(struct buf *, enum redact_kind, const char *s, size_t len);
/* Returns `s` with its secrets hidden, as a new string. Caller frees. */
char *redacted(enum redact_kind, const char *s);

#endif
