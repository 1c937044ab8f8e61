#include "config.h"

#include "resp/args.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"

enum {
	FIRST_CAP = 32
};

struct queue_copy {
	struct queue_copy *before;
	char text[];
};

void
queue_args_init(struct queue_args *a)
{
	*a = (struct queue_args){0};
}

void
queue_args_release(struct queue_args *a)
{
	while (a->copies) {
		struct queue_copy *before = a->copies->before;

		free(a->copies);
		a->copies = before;
	}
	free(a->texts);
	free(a->lens);
	queue_args_init(a);
}

void
queue_args_add_bytes(struct queue_args *a, const char *bytes, size_t len)
{
	if (a->len == a->cap) {
		a->cap = a->cap ? 2 * a->cap : FIRST_CAP;
		a->texts = xreallocarray(a->texts, a->cap, sizeof(*a->texts));
		a->lens = xreallocarray(a->lens, a->cap, sizeof(*a->lens));
	}
	a->texts[a->len] = bytes ? bytes : "";
	a->lens[a->len++] = len;
}

void
queue_args_add(struct queue_args *a, const char *text)
{
	queue_args_add_bytes(a, text, strlen(text));
}

void
queue_args_add_copy(struct queue_args *a, const char *text)
{
	size_t len = strlen(text);
	struct queue_copy *copy = xmalloc(sizeof(*copy) + len + 1);

	memcpy(copy->text, text, len + 1);
	copy->before = a->copies;
	a->copies = copy;
	queue_args_add_bytes(a, copy->text, len);
}

void
queue_args_add_number(struct queue_args *a, int64_t n)
{
	char text[1 + BUF_DIGITS + 1];
	size_t len = 0;

	if (n < 0)
		text[len++] = '-';
	len += buf_put_digits(text + len, n < 0 ? -(uint64_t)n : (uint64_t)n);
	text[len] = '\0';
	queue_args_add_copy(a, text);
}
