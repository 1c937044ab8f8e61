/* What is nobody else's business, told by its name. */
#ifndef GATHER_BASE_SECRET_H
#define GATHER_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* Does a parameter of that name carry a secret: token, api_key,
 * X-Amz-Signature, clientSecret? */
bool secret_is_name(const char *name, size_t len);
/* The same of a header, which may be Cookie or Set-Cookie, too. */
bool secret_is_header(const char *name, size_t len);

#endif
