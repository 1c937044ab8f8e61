/*
 * The request in an entry of an archive: what was asked, as far as the archive
 * says it. Pure.
 */
#ifndef GATHER_HAR_REQUEST_H
#define GATHER_HAR_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "har/member.h"
#include "json/scan.h"

/* All is owned. */
struct har_request {
	char *method;
	char *url;
	struct har_fields headers;
	struct buf body;
	bool has_body;
	char *content_type; /* of a body that was put together from its
	                     * parts; NULL: that of the headers is right */
};

/*
 * Read the object `node` into *r, which is zero. A body is the text of
 * "postData", which is base64 where "encoding" says so, or is put together from
 * its "params".
 *
 * -1 with *cause set (caller frees), and *r to be released all the same: there
 * is no method or no URL, or the archive does not hold the body.
 */
int har_request_read(struct har_request *r, const struct json_doc *,
    uint32_t node, char **cause);
void har_request_release(struct har_request *);

/* Stands in an archive of ours for a secret that it does not hold. */
#define HAR_HIDDEN "***"

#endif
