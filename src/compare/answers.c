/*
 * The first answer to each request is kept as a status, a size and a checksum;
 * each later one is compared with it. Only the first difference of a kind is
 * put into words.
 */
#include "config.h"

#include "compare/answers.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include <zlib.h>

#include "base/xalloc.h"
#include "request/given.h"

/* The requests whose answers differ in one way. */
struct differences {
	bool *seen;     /* by number of the request: it is counted already */
	uint64_t count; /* requests */
	char *example;  /* a sentence about the first of them; owned */
};

/* What is kept of an answer to tell it from another. */
struct first_answer {
	int16_t status; /* -1: not seen yet; 0: none came */
	uint8_t class;
	uint32_t crc; /* of the body */
	uint64_t size;
};

struct answers {
	struct first_answer *first; /* by number of the request */
	size_t len;
	struct differences statuses;
	struct differences bodies;
	char *arm;       /* whose answers come */
	unsigned run;    /* number of its run */
	char *first_arm; /* whose answers are the first ones */
};

struct answers *
answers_new(size_t requests)
{
	struct answers *a = xcalloc(1, sizeof(*a));

	a->len = requests;
	a->first = xcalloc(requests, sizeof(*a->first));
	a->statuses.seen = xcalloc(requests, sizeof(bool));
	a->bodies.seen = xcalloc(requests, sizeof(bool));
	for (size_t i = 0; i < requests; i++)
		a->first[i].status = -1;
	return a;
}

static void
differences_release(struct differences *d)
{
	free(d->seen);
	free(d->example);
}

void
answers_free(struct answers *a)
{
	if (!a)
		return;
	differences_release(&a->statuses);
	differences_release(&a->bodies);
	free(a->first);
	free(a->arm);
	free(a->first_arm);
	free(a);
}

void
answers_begin_run(struct answers *a, const char *arm, unsigned run)
{
	if (!a->first_arm)
		a->first_arm = xstrdup(arm);
	free(a->arm);
	a->arm = xstrdup(arm);
	a->run = run;
}

/* A checksum is enough: nobody gains from two bodies that collide. */
static uint32_t
checksum(const char *bytes, size_t len)
{
	const Bytef *at = (const Bytef *)bytes;

	return (uint32_t)crc32_z(0, at, len);
}

/* A body of which nothing is in memory has no checksum; its size is still
 * compared. */
static struct first_answer
answer_of(struct result *r)
{
	size_t len = 0;
	const char *bytes = body_bytes(&r->body, &len);

	return (struct first_answer){
	    .status = (int16_t)r->status,
	    .class = (uint8_t)r->failure.class,
	    .size = r->body.size,
	    .crc = bytes ? checksum(bytes, len) : 0,
	};
}

/* "503", or "reset" where no answer came; caller frees. */
static char *
answer_text(const struct first_answer *x)
{
	return x->status
	           ? xasprintf("%d", x->status)
	           : xstrdup(error_class_name((enum error_class)x->class));
}

/* Count that `request` differs, once. True if it is the first request that
 * does, and so the example. */
static bool
is_first_to_differ(struct differences *d, const struct request *request)
{
	bool *seen = &d->seen[request->n - 1];

	if (*seen)
		return false;
	*seen = true;
	return d->count++ == 0;
}

static void
note_status(struct answers *a, const struct request *request,
    const struct first_answer *now)
{
	char *before, *after, *input;

	if (!is_first_to_differ(&a->statuses, request))
		return;
	before = answer_text(&a->first[request->n - 1]);
	after = answer_text(now);
	input = given_subject(request);
	a->statuses.example = xasprintf("%s answered %s to %s, then %s to %s "
	                                "(run %u)",
	    input, before, a->first_arm, after, a->arm, a->run);
	free(input);
	free(before);
	free(after);
}

static void
note_body(struct answers *a, const struct request *request,
    const struct first_answer *now)
{
	const struct first_answer *first = &a->first[request->n - 1];
	char *input;

	if (!is_first_to_differ(&a->bodies, request))
		return;
	input = given_subject(request);
	a->bodies.example =
	    first->size == now->size
	        ? xasprintf("%s sent %s and %s different bodies of "
	                    "%" PRIu64 " bytes",
	              input, a->first_arm, a->arm, now->size)
	        : xasprintf("%s sent %" PRIu64 " bytes to %s, %" PRIu64
	                    " to %s",
	              input, first->size, a->first_arm, now->size, a->arm);
	free(input);
}

/* A different failure without a status counts as a different status. */
void
answers_add(struct answers *a, const struct request *request, struct result *r)
{
	struct first_answer now;
	struct first_answer *first;

	if (request->n < 1 || request->n > a->len ||
	    r->failure.class == ERROR_CANCELLED)
		return;
	first = &a->first[request->n - 1];
	now = answer_of(r);
	if (first->status < 0)
		*first = now;
	else if (first->status != now.status || first->class != now.class)
		note_status(a, request, &now);
	else if (first->size != now.size || first->crc != now.crc)
		note_body(a, request, &now);
}

uint64_t
answers_other_statuses(const struct answers *a, const char **example)
{
	*example = a->statuses.example;
	return a->statuses.count;
}

uint64_t
answers_other_bodies(const struct answers *a, const char **example)
{
	*example = a->bodies.example;
	return a->bodies.count;
}
