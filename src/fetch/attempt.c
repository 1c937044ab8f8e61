#include "config.h"

#include "fetch/engine_private.h"

#include <stdlib.h>

#include "base/xalloc.h"

enum {
	HEAD_KEPT = 4096 /* bytes of memory for heads, between two transfers */
};

struct attempt *
attempt_new(struct lane *lane)
{
	struct attempt *a = xcalloc(1, sizeof(*a));

	a->engine = lane->engine;
	a->lane = lane;
	upload_init(&a->upload, a);
	list_init(&a->link);
	list_init(&a->waiter);
	list_init(&a->early);
	list_init(&a->content.waiting);
	body_init(&a->body);
	a->easy = curl_easy_init();
	if (!a->easy)
		die("libcurl cannot make an easy handle");
	return a;
}

void
attempt_free(struct attempt *a)
{
	if (!a)
		return;
	attempt_forget_setup(a);
	curl_easy_cleanup(a->easy);
	attempt_reset(a);
	buf_release(&a->headers);
	buf_release(&a->heads);
	buf_release(&a->request_headers);
	free(a);
}

void
attempt_drop_memory(struct attempt *a)
{
	a->engine->bodies_memory -= a->body.mem.len;
	buf_clear(&a->body.mem);
}

/* The largest head of all would stay with each attempt in the end. */
static void
forget(struct buf *b)
{
	if (b->cap > HEAD_KEPT)
		buf_release(b);
	else
		buf_clear(b);
}

/* Ready for another transfer; what the handle is set up for stays. */
void
attempt_reset(struct attempt *a)
{
	upload_close(&a->upload);
	failure_clear(&a->failure);
	attempt_drop_memory(a);
	body_release(&a->body);
	body_init(&a->body);
	forget(&a->headers);
	forget(&a->heads);
	forget(&a->request_headers);
	a->names_limits = false;
	a->headers_total = 0;
	a->error[0] = '\0';
	a->os_errno = 0;
	a->spill_at = 0;
	a->is_over = false;
	a->wire_count = 0;
	a->sending = false;
	a->wire = WIRE_UNSENT;
	a->head = (struct head){0};
	content_reset(a);
	a->received = 0;
	a->stream = (struct stream){0};
	a->tick_size = 0;
	a->slow_ticks = 0;
	a->wire_us = -1;
	a->lookup_us = -1;
}

void
attempt_finish(struct attempt *a, CURLcode code)
{
	struct engine *engine = a->engine;

	a->code = code;
	a->is_over = true;
	heap_remove(&engine->deadlines, &a->deadline);
	list_remove(&a->waiter);
	list_remove(&a->content.waiting);
	list_remove(&a->link);
	list_push_back(&engine->done, &a->link);
	engine->counts.flying--;
	if (!engine->told) {
		engine->told = true;
		engine->hooks.on_ready(engine->hooks.arg);
	}
}

curl_off_t
attempt_sent(const struct attempt *a)
{
	long sent = 0;

	curl_easy_getinfo(a->easy, CURLINFO_REQUEST_SIZE, &sent);
	return sent;
}

bool
attempt_is_answered(const struct attempt *a)
{
	curl_off_t received = 0;

	curl_easy_getinfo(a->easy, CURLINFO_SIZE_DOWNLOAD_T, &received);
	return a->head.status >= 200 && list_empty(&a->content.waiting) &&
	       stream_is_whole(&a->stream, (uint64_t)received);
}

enum wire_state
attempt_wire(const struct attempt *a)
{
	if (!a->sending)
		return a->wire;
	if (a->stream.refused)
		return WIRE_REFUSED;
	if (attempt_sent(a) <= a->sent_before)
		return WIRE_UNSENT;
	return a->head.status < 200
	           ? WIRE_UNKNOWN
	           : wire_state_of_answer(a->head.status, NULL);
}

const struct buf *
attempt_heads(const struct attempt *a)
{
	return &a->heads;
}

int
attempt_status(const struct attempt *a)
{
	return a->head.status;
}
