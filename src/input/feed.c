/* A source as a feed. */
#include "config.h"

#include "input/feed.h"

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

struct feed
feed_from_source(struct source *source)
{
	return (struct feed){
	    .next = next_of_source,
	    .give_back = free_request,
	    .fd = fd_of_source,
	    .fill = fill_source,
	    .position = position_of_source,
	    .total = source_total(source),
	    .names = source_names(source),
	    .arg = source,
	};
}
