/* The first request of a plan, whole, as text. */
#ifndef GATHER_COMMAND_FIRST_REQUEST_H
#define GATHER_COMMAND_FIRST_REQUEST_H

#include "base/buf.h"
#include "cli/options.h"
#include "request/request.h"

/* Append what would be sent: method and URL, headers with those of libcurl, the
 * beginning of the body, the proxy, and the file that the answer goes to. All
 * is printable, and secrets are hidden. Contacts nobody. */
void first_request_add(
    struct buf *, const struct options *, const struct request *);

#endif
