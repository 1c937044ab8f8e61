/* How "I/N[:line]" is read, and the two ways to divide: inputs and limits. */
#include "config.h"

#include "input/shard.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "text/ascii.h"

#define FORM "expects I/N, such as 3/8 or 3/8:line"

/* Read the digits at *at, at least one, and move it behind them. A number above
 * SHARD_MAX counts as SHARD_MAX + 1. */
static bool
take_number(const char **at, uint64_t *out)
{
	uint64_t n = 0;

	if (!ascii_is_digit(**at))
		return false;
	for (; ascii_is_digit(**at); (*at)++) {
		n = n * 10 + (uint64_t)(**at - '0');
		if (n > SHARD_MAX)
			n = SHARD_MAX + 1;
	}
	*out = n;
	return true;
}

static int
refuse(char **cause, const char *why)
{
	*cause = xstrdup(why);
	return -1;
}

/* -1 with *cause if there are no `count` shards, or `index` is none of them. */
static int
check_range(uint64_t index, uint64_t count, char **cause)
{
	if (count < 1 || count > SHARD_MAX) {
		*cause = xasprintf(
		    "the number of shards must be from 1 to %d", SHARD_MAX);
		return -1;
	}
	if (index <= count)
		return 0;
	*cause = xasprintf("the shards are 0 to %" PRIu64 ", or 1 to %" PRIu64,
	    count - 1, count);
	return -1;
}

int
shard_parse(struct shard *shard, const char *text, char **cause)
{
	const char *at = text;
	uint64_t index, count;

	if (*text == '/')
		return refuse(cause,
		    "there is no number before the slash; is its variable "
		    "set?");
	if (!take_number(&at, &index) || *at++ != '/')
		return refuse(cause, FORM);
	if (*at == '\0')
		return refuse(cause,
		    "there is no number after the slash; is its variable "
		    "set?");
	if (!take_number(&at, &count))
		return refuse(cause, FORM);
	if (*at != '\0' && strcmp(at, ":line") != 0)
		return refuse(cause, FORM);
	if (check_range(index, count, cause) == -1)
		return -1;
	*shard = (struct shard){
	    .index = index % count,
	    .count = count,
	    .by_line = *at == ':',
	};
	return 0;
}

void
shard_add_text(const struct shard *shard, struct buf *out)
{
	buf_addf(out, "%" PRIu64 "/%" PRIu64 "%s", shard->index, shard->count,
	    shard->by_line ? ":line" : "");
}

bool
shard_has(const struct shard *shard, const char *origin, uint64_t n)
{
	uint64_t share = shard->by_line || !origin ? n : hash_text(origin);

	return !shard->count || share % shard->count == shard->index;
}

uint64_t
shard_part(const struct shard *shard, uint64_t whole)
{
	if (!shard->count)
		return whole;
	return whole / shard->count + (shard->index < whole % shard->count);
}

uint64_t
shard_count(const struct shard *shard, uint64_t count)
{
	if (!shard->count)
		return count;
	/* Inputs are numbered from 1, so 0, a multiple of every count, is not
	 * one. */
	return count / shard->count + (shard->index <= count % shard->count) -
	       (shard->index == 0);
}
