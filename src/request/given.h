/*
 * An input as it was given (a URL, "METHOD URL", a JSON line, a row), without
 * what nobody else may see of it.
 */
#ifndef GATHER_REQUEST_GIVEN_H
#define GATHER_REQUEST_GIVEN_H

#include <stddef.h>

#include "base/buf.h"
#include "request/request.h"

enum given_use {
	/* A message: all that is secret (redact/redact.h), and of a JSON line
	 * no body and no header's value. */
	GIVEN_SHOWN,
	/* A record, from which it may be asked for again: passwords, and
	 * headers of a JSON line that carry secrets; tokens in URLs stay. */
	GIVEN_RECORDED,
};

/* A JSON object is read as one: escapes hide nothing, and the rest of it stays
 * as it is to the byte. */
void given_add(struct buf *, const char *input, size_t len, enum given_use);
/* The same as a message may show it; caller frees. */
char *given_shown(const char *input, size_t len);
/*
 * What a message calls the request by; caller frees. That is its input, but for
 * a value or a row it is what became of it: what is secret about "s3cr3t" or
 * "me,s3cr3t" only the URL or the names of the columns tell.
 */
char *given_subject(const struct request *);
/* What a secret has become. */
#define GIVEN_HIDDEN "***"

#endif
