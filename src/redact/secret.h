/* Secrets are recognised by the names of what carries them. */
#ifndef GATHER_REDACT_SECRET_H
#define GATHER_REDACT_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* Does a parameter of that name carry a secret: token, api_key,
 * X-Amz-Signature, clientSecret? */
bool secret_is_name(const char *name, size_t len);
/* Does a header of that name carry one? Cookie and Set-Cookie do, and whatever
 * secret_is_name() says of a parameter. */
bool secret_is_header(const char *name, size_t len);

#endif
