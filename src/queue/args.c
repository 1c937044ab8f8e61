/* Numbers stand in blocks that do not move, so that texts may point at them. */
#include "config.h"

#include "queue/args.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum {
	BLOCK = 64,  /* numbers */
	DIGITS = 24, /* of one, with its sign and NUL */
	FIRST_CAP = 32
};

struct queue_number {
	struct queue_number *before;
	size_t len;
	char texts[BLOCK][DIGITS];
};

void
queue_args_init(struct queue_args *a)
{
	*a = (struct queue_args){0};
}

void
queue_args_release(struct queue_args *a)
{
	while (a->numbers) {
		struct queue_number *before = a->numbers->before;

		free(a->numbers);
		a->numbers = before;
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
queue_args_add_number(struct queue_args *a, int64_t n)
{
	struct queue_number *block = a->numbers;
	char *text;
	int len;

	if (!block || block->len == BLOCK) {
		block = xmalloc(sizeof(*block));
		block->before = a->numbers;
		block->len = 0;
		a->numbers = block;
	}
	text = block->texts[block->len++];
	len = snprintf(text, DIGITS, "%" PRId64, n);
	queue_args_add_bytes(a, text, (size_t)len);
}
