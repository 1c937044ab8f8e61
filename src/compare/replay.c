#include "config.h"

#include "compare/replay.h"

#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/strmap.h"
#include "base/xalloc.h"
#include "request/given.h"

struct replay {
	struct source *source;
	struct request **items;
	size_t len;
	size_t cap;
	size_t at;
};

static int
check(const struct replay *r, const struct request *request, char **cause)
{
	const char *method = request_options_method(request->options);
	char *input = given_subject(request);

	if (r->len >= REPLAY_MAX)
		*cause = xasprintf("--compare: the list has more than %d "
		                   "requests; compare a part of it",
		    REPLAY_MAX);
	else if (request->invalid)
		*cause = xasprintf("--compare: %s%s%s: %s",
		    request->where ? request->where : "",
		    request->where ? ": " : "", input, request->invalid);
	else if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		*cause = xasprintf("--compare repeats requests, so it takes "
		                   "GET and HEAD only: %s %s",
		    method, input);
	free(input);
	return *cause ? -1 : 0;
}

static int
keep(struct replay *r, struct request *request, char **cause)
{
	if (check(r, request, cause)) {
		request_free(request);
		return -1;
	}
	if (r->len == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 64;
		r->items = xreallocarray(r->items, r->cap, sizeof(*r->items));
	}
	r->items[r->len++] = request;
	request->n = r->len;
	return 0;
}

static void
wait_for_more(struct source *source)
{
	struct pollfd p = {.fd = source_fd(source), .events = POLLIN};

	if (poll(&p, 1, -1) > 0)
		source_fill(source);
}

static int
read_all(struct replay *r, char **cause)
{
	struct request *request;

	for (;;) {
		switch (source_next(r->source, &request)) {
		case SOURCE_REQUEST:
			if (keep(r, request, cause))
				return -1;
			break;
		case SOURCE_BUSY: break;
		case SOURCE_WAIT: wait_for_more(r->source); break;
		case SOURCE_END:
			if (!r->len)
				*cause = xstrdup("--compare: the list is "
				                 "empty");
			return r->len ? 0 : -1;
		}
	}
}

struct replay *
replay_open(const struct input_options *input,
    const struct request_options *common, char **cause)
{
	struct replay *r = xcalloc(1, sizeof(*r));

	r->source = source_open(input, common, cause);
	if (!r->source || read_all(r, cause)) {
		replay_free(r);
		return NULL;
	}
	return r;
}

void
replay_free(struct replay *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->len; i++)
		request_free(r->items[i]);
	free(r->items);
	source_free(r->source);
	free(r);
}

size_t
replay_len(const struct replay *r)
{
	return r->len;
}

void
replay_sample(struct replay *r, size_t keep)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->len; i++) {
		/* The last of each of `keep` equal parts stays. */
		if ((i + 1) * keep / r->len == kept) {
			request_free(r->items[i]);
			continue;
		}
		r->items[kept++] = r->items[i];
		r->items[kept - 1]->n = kept;
	}
	r->len = kept;
}

size_t
replay_most_of_one_origin(
    const struct replay *r, size_t *origins, const char **name)
{
	struct strmap counts;
	size_t most = 0;

	strmap_init(&counts);
	for (size_t i = 0; i < r->len; i++) {
		const char *origin = r->items[i]->origin;
		uintptr_t count = (uintptr_t)strmap_get(&counts, origin) + 1;

		/* A count, not an address: it is never followed. */
		strmap_set(&counts, origin, (void *)count);
		if (count > most)
			most = count;
		*name = origin;
	}
	*origins = counts.len;
	strmap_release(&counts);
	return most;
}

static enum source_status
next_kept(void *arg, struct request **out)
{
	struct replay *r = arg;

	if (r->at == r->len)
		return SOURCE_END;
	*out = r->items[r->at++];
	return SOURCE_REQUEST;
}

static void
keep_it(void *arg, struct request *request)
{
	(void)arg;
	(void)request;
}

static int
no_fd(void *arg)
{
	(void)arg;
	return -1;
}

static void
no_fill(void *arg)
{
	(void)arg;
}

static char *
next_input(void *arg)
{
	const struct replay *r = arg;

	return r->at < r->len ? given_subject(r->items[r->at]) : NULL;
}

struct feed
replay_feed(struct replay *r)
{
	r->at = 0;
	return (struct feed){
	    .next = next_kept,
	    .give_back = keep_it,
	    .fd = no_fd,
	    .fill = no_fill,
	    .position = next_input,
	    .total = (int64_t)r->len,
	    .arg = r,
	};
}
