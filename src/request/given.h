/*
 * An input as it was given (a URL, "METHOD URL", a JSON line, a row), without
 * its secrets: for messages, and for records, which may be sent to others.
 */
#ifndef GATHER_REQUEST_GIVEN_H
#define GATHER_REQUEST_GIVEN_H

#include <stddef.h>

#include "base/buf.h"
#include "request/request.h"

/* Decides which parts of an input are hidden. */
enum given_use {
	/* In a message: all secrets that the redactor knows
	 * (redact/redact.h), and of a JSON line the body and the values of
	 * all headers. */
	GIVEN_SHOWN,
	/* In a record, from which the request may be repeated: passwords, and
	 * the headers of a JSON line that carry secrets. Tokens in URLs stay,
	 * since without them the URL would be another one. */
	GIVEN_RECORDED,
};

/* Append `input` without its secrets. A JSON object is parsed, so that no
 * escape hides a secret, and what is not secret stays as it is to the byte. */
void given_add(struct buf *, const char *input, size_t len, enum given_use);
/* The input as a message may show it (GIVEN_SHOWN). Caller frees. */
char *given_shown(const char *input, size_t len);
/*
 * How messages refer to the request. Caller frees. That is its input, as a
 * message may show it. A value or a row alone does not tell which part of it is
 * secret ("s3cr3t", "me,s3cr3t"), so for those it is the URL that they made, or
 * the row with the names of its columns, or just GIVEN_HIDDEN. An entry of a
 * HAR is its URL, too, since its JSON line is long.
 */
char *given_subject(const struct request *);
/* Stands in the place of a secret. */
#define GIVEN_HIDDEN "***"

#endif
