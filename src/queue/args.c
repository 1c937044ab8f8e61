#include "config.h"

#include "queue/args.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum {
	DIGITS = 24, /* of a number, with its sign and NUL */
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
	char text[DIGITS];

	snprintf(text, sizeof(text), "%" PRId64, n);
	queue_args_add_copy(a, text);
}
