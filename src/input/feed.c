/* A source as a feed. */
#include "config.h"

#include "input/feed.h"

#include <inttypes.h>

#include "base/xalloc.h"

static enum source_status
next_of_source(void *arg, struct request **out)
{
	return source_next(arg, out);
}

static void
free_request(void *arg, struct request *request)
{
	(void)arg;
	request_free(request);
}

static int
fd_of_source(void *arg)
{
	return source_fd(arg);
}

static void
fill_source(void *arg)
{
	source_fill(arg);
}

static char *
position_of_source(void *arg)
{
	return source_position(arg);
}

/* Had the list inputs, they all belong to other shards. */
static char *
why_source_is_empty(void *arg)
{
	uint64_t inputs = source_inputs(arg);
	struct buf shard = {0};
	char *why;

	if (!inputs)
		return NULL;
	shard_add_text(source_shard(arg), &shard);
	why = xasprintf("of %" PRIu64 " inputs none belongs to shard %s",
	    inputs, shard.data);
	buf_release(&shard);
	return why;
}

struct feed
feed_from_source(struct source *source)
{
	return (struct feed){
	    .next = next_of_source,
	    .give_back = free_request,
	    .fd = fd_of_source,
	    .fill = fill_source,
	    .position = position_of_source,
	    .why_empty = why_source_is_empty,
	    .total = source_total(source),
	    .names = source_names(source),
	    .arg = source,
	};
}
