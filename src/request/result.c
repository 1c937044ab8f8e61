/* Failures, bodies, and the result that holds both. */
#include "config.h"

#include "request/result.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "redact/redact.h"

static const struct {
	const char *name;
	const char *meaning;
} classes[ERROR_CLASS_COUNT] = {[ERROR_NONE] = {"", ""},
#define X(symbol, name, meaning) [ERROR_##symbol] = {name, meaning},
    ERROR_CLASSES(X)
#undef X
};

const char *error_class_name(enum error_class class)
{
	return classes[class].name;
}

const char *error_class_meaning(enum error_class class)
{
	return classes[class].meaning;
}

void
failure_set(struct failure *f, enum error_class class, const char *reason,
    int code, const char *fmt, ...)
{
	struct buf text = {0}, message = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_addv(&text, fmt, ap);
	va_end(ap);
	redact_add(&message, REDACT_TEXT, text.data, text.len);
	buf_release(&text);
	free(f->message);
	*f = (struct failure){
	    .class = class,
	    .reason = reason,
	    .code = code,
	    .message = buf_take(&message),
	};
}

void
failure_note(struct failure *f, const char *note)
{
	char *shown = redacted(REDACT_TEXT, note);
	char *longer = xasprintf("%s; %s",
	    f->message ? f->message : error_class_meaning(f->class), shown);

	free(shown);
	free(f->message);
	f->message = longer;
}

void
failure_clear(struct failure *f)
{
	free(f->message);
	*f = (struct failure){0};
}

void
body_init(struct body *b)
{
	*b = (struct body){.fd = -1};
}

static void
unmap(struct body *b)
{
	if (b->map)
		munmap(b->map, b->map_len);
	b->map = NULL;
	b->map_len = 0;
}

void
body_release(struct body *b)
{
	unmap(b);
	buf_release(&b->mem);
	if (b->fd >= 0)
		close(b->fd);
	body_init(b);
}

/* Map the file; again if it has grown since it was mapped. NULL with errno. */
static const char *
map_file(struct body *b)
{
	size_t len = (size_t)b->size;
	void *map;

	if (b->map && b->map_len == len)
		return b->map;
	unmap(b);
	map = mmap(NULL, len, PROT_READ, MAP_PRIVATE, b->fd, 0);
	if (map == MAP_FAILED)
		return NULL;
	b->map = map;
	b->map_len = len;
	return map;
}

const char *
body_bytes(struct body *b, size_t *len)
{
	if (b->fd < 0) {
		*len = b->mem.len;
		return buf_text(&b->mem);
	}
	*len = (size_t)b->size;
	return b->size ? map_file(b) : "";
}

void
body_copy(struct body *to, struct body *from)
{
	const char *bytes;
	size_t len;

	body_init(to);
	if (from->fd >= 0)
		to->fd = fcntl(from->fd, F_DUPFD_CLOEXEC, 0);
	bytes = to->fd < 0 ? body_bytes(from, &len) : NULL;
	if (bytes)
		buf_add(&to->mem, bytes, len);
	to->size = to->fd < 0 ? to->mem.len : from->size;
}

void
result_init(struct result *r)
{
	*r = (struct result){
	    .timing = {-1, -1, -1, -1, -1, -1},
	    .quota = quota_none(),
	    .modified_s = -1,
	    .start_us = -1,
	    .start_wall_us = -1,
	    .queue_us = -1,
	    .flight_us = -1,
	    .done_us = -1,
	};
	body_init(&r->body);
}

void
result_release(struct result *r)
{
	failure_clear(&r->failure);
	for (unsigned i = 0; i < r->past_len; i++)
		failure_clear(&r->past[i].failure);
	free(r->past);
	free(r->url_effective);
	free(r->location);
	free(r->redirect_url);
	free(r->remote_ip);
	free(r->local_ip);
	free(r->content_type);
	free(r->headers);
	free(r->heads);
	free(r->method);
	free(r->referer);
	free(r->request_headers);
	exchanges_release(&r->exchanges);
	free(r->file);
	body_release(&r->body);
	result_init(r);
}
