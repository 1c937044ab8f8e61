/* A body and its Content-Encoding (the first line of the input): however it is
 * cut into pieces, the outcome is the same, and no step does more than one
 * step's work. */
#include "config.h"

#include "decode/decoder.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "fuzz.h"

enum {
	ROOM = 1 << 10,
	ENOUGH = 1 << 20 /* a bomb is not decoded to its end */
};

struct outcome {
	struct buf out;
	bool failed, whole, stopped;
};

/* False: it is over. */
static bool
feed(struct outcome *o, struct decoder *d, const char *bytes, size_t len)
{
	char *exact = xmalloc(len); /* so that sanitizers see every overrun */
	char room[ROOM];
	enum decoder_verdict verdict;
	size_t n;

	memcpy(exact, bytes, len);
	decoder_feed(d, exact, len);
	while ((verdict = decoder_step(d, room, sizeof(room), &n)) ==
	           DECODER_GOES_ON &&
	       !o->stopped) {
		FUZZ_CHECK(n <= sizeof(room));
		buf_add(&o->out, room, n);
		o->stopped = o->out.len > ENOUGH;
	}
	free(exact);
	o->failed = verdict == DECODER_FAILED;
	FUZZ_CHECK(!o->failed || decoder_cause(d));
	FUZZ_CHECK(!o->failed || *decoder_coding(d));
	return !o->failed && !o->stopped;
}

static void
decode(struct outcome *o, const char *codings, struct buf body, size_t piece)
{
	struct decoder *d = decoder_new(codings);

	*o = (struct outcome){.whole = false};
	if (!d)
		return;
	for (size_t at = 0; at < body.len; at += piece) {
		size_t left = body.len - at;

		if (!feed(o, d, body.data + at, left < piece ? left : piece))
			break;
	}
	o->whole = decoder_is_whole(d);
	FUZZ_CHECK(body.len || !o->whole);
	decoder_free(d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *line = (const char *)data;
	const char *end = size ? memchr(line, '\n', size) : NULL;
	size_t len = end ? (size_t)(end - line) : size;
	struct buf body = {NULL, 0, 0};
	struct outcome whole, pieces;
	char *codings = xmemdup0(line, len);

	if (end)
		buf_add(&body, end + 1, size - len - 1);
	decode(&whole, codings, body, body.len + 1);
	decode(&pieces, codings, body, 1 + len % 7);
	if (!whole.stopped && !pieces.stopped) {
		FUZZ_CHECK(whole.failed == pieces.failed);
		FUZZ_CHECK(whole.failed || whole.whole == pieces.whole);
		FUZZ_CHECK(whole.failed || whole.out.len == pieces.out.len);
		FUZZ_CHECK(whole.failed || !whole.out.len ||
		           memcmp(whole.out.data, pieces.out.data,
		               whole.out.len) == 0);
	}
	buf_release(&whole.out);
	buf_release(&pieces.out);
	buf_release(&body);
	free(codings);
	return 0;
}
