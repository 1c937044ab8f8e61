/*
 * Names of what carries secrets. A secret cannot be told from another text by
 * itself, so it is recognised by the name of its parameter, header or member.
 */
#ifndef GATHER_REDACT_SECRET_H
#define GATHER_REDACT_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* Returns whether a parameter of that name carries a secret: token, api_key,
 * X-Amz-Signature, clientSecret. */
bool secret_is_name(const char *name, size_t len);
/* Returns whether a header of that name carries a secret: Cookie, Set-Cookie,
 * and every name of which secret_is_name() says so. */
bool secret_is_header(const char *name, size_t len);

#endif
