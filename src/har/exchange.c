#include "config.h"

#include "har/exchange.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/xalloc.h"
#include "decode/decoder.h"
#include "json/path.h"
#include "text/base64.h"

#define DAY_MS 86400e3

enum {
	DECODED_MAX = 64 * 1024 * 1024, /* bytes; so much is not an accident */
	ROOM = 16 * 1024
};

/* --- times ---------------------------------------------------------------- */

/* A time of at least 0; what does not apply took none. */
static int64_t
read_us(const struct json_doc *doc, uint32_t object, const char *name)
{
	double ms = har_member_number(doc, object, name, DAY_MS);

	return ms > 0 ? (int64_t)(ms * 1000 + 0.5) : 0;
}

/* The time for the handshake is part of "connect", but for programs that count
 * it on its own. */
static void
read_times(struct har_exchange *x, const struct json_doc *doc)
{
	uint32_t timings = har_member(doc, 0, "timings", '{');
	int64_t connect, ssl;

	if (timings == HAR_NONE) {
		x->wait_us = read_us(doc, 0, "time");
		return;
	}
	connect = read_us(doc, timings, "connect");
	ssl = read_us(doc, timings, "ssl");
	if (connect > 0 || ssl > 0)
		x->connect_us = read_us(doc, timings, "dns") +
		                (connect > ssl ? connect : ssl);
	x->wait_us = read_us(doc, timings, "wait");
	x->receive_us = read_us(doc, timings, "receive");
}

/* --- the answer ----------------------------------------------------------- */

static int
read_content(struct har_exchange *x, const struct json_doc *doc,
    uint32_t content, char **cause)
{
	uint32_t node = har_member(doc, content, "text", '"');
	char *encoding = har_member_text(doc, content, "encoding");
	struct buf text = {0};
	int rc = 0;

	har_add_text(&text, doc, node);
	x->body_is_absent =
	    node == HAR_NONE && har_member_number(doc, content, "size", 1) > 0;
	if (encoding && strcasecmp(encoding, "base64") == 0) {
		if (!base64_decode(&x->body, buf_text(&text), text.len)) {
			*cause = xstrdup("its content is not valid base64");
			rc = -1;
		}
		buf_release(&text);
	} else {
		x->body_is_text = true;
		x->body = text;
	}
	free(encoding);
	return rc;
}

/* Can the body be decoded to its end? */
static bool
can_be_decoded(struct decoder *d, const struct buf *body)
{
	char *room = xmalloc(ROOM);
	enum decoder_verdict verdict;
	size_t len, total = 0;

	decoder_feed(d, buf_text(body), body->len);
	do {
		verdict = decoder_step(d, room, ROOM, &len);
		total += len;
	} while (verdict == DECODER_GOES_ON && total < DECODED_MAX);
	free(room);
	return verdict != DECODER_FAILED &&
	       (total >= DECODED_MAX || decoder_is_whole(d));
}

/* A body that is not text may be so because it was not decoded. */
static bool
is_encoded(const struct har_exchange *x)
{
	const char *coding = har_fields_find(&x->headers, "Content-Encoding");
	struct decoder *d;
	bool encoded;

	if (!coding || x->body_is_text || !x->body.len)
		return false;
	d = decoder_new(coding);
	encoded = d && can_be_decoded(d, &x->body);
	decoder_free(d);
	return encoded;
}

static int
read_response(struct har_exchange *x, const struct json_doc *doc, char **cause)
{
	uint32_t response = har_member(doc, 0, "response", '{');
	uint32_t content;
	double status;

	if (response == HAR_NONE)
		return 0;
	status = har_member_number(doc, response, "status", 1000);
	x->status = status >= 100 && status < 1000 ? (int)status : 0;
	x->status_text = har_member_text(doc, response, "statusText");
	har_fields_read(
	    &x->headers, doc, har_member(doc, response, "headers", '['));
	content = har_member(doc, response, "content", '{');
	if (content != HAR_NONE && read_content(x, doc, content, cause))
		return -1;
	x->body_is_encoded = is_encoded(x);
	return 0;
}

/* --- the entry ------------------------------------------------------------ */

static int
read_entry(struct har_exchange *x, const struct json_doc *doc, char **cause)
{
	uint32_t request = har_member(doc, 0, "request", '{');

	if (request == HAR_NONE) {
		*cause = xstrdup("it has no \"request\"");
		return -1;
	}
	read_times(x, doc);
	return har_request_read(&x->request, doc, request, cause) ||
	               read_response(x, doc, cause)
	           ? -1
	           : 0;
}

int
har_exchange_read(
    struct har_exchange *x, const char *text, size_t len, char **cause)
{
	struct json_doc *doc = json_doc_new();
	struct json_error error;
	int rc = -1;

	if (json_doc_scan(doc, text, len, &error))
		*cause = xasprintf("invalid JSON: %s", error.message);
	else
		rc = read_entry(x, doc, cause);
	json_doc_free(doc);
	return rc;
}

void
har_exchange_release(struct har_exchange *x)
{
	har_request_release(&x->request);
	free(x->status_text);
	har_fields_release(&x->headers);
	buf_release(&x->body);
	*x = (struct har_exchange){0};
}
