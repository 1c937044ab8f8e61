/* Headers that name limits: each line of the input is one, its first byte
 * says which. Whatever they hold, waits are within their bounds. */
#include "config.h"

#include "limits/limit_values.h"
#include "limits/limits.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/xalloc.h"
#include "fuzz.h"

#define WALL_US (INT64_C(1700000000) * 1000000)

static const char *const names[] = {"Retry-After", "Date", "RateLimit",
    "RateLimit-Policy", "RateLimit-Limit", "RateLimit-Remaining",
    "RateLimit-Reset", "X-RateLimit-Limit", "X-RateLimit-Remaining",
    "X-RateLimit-Reset", "X-RateLimit-Reset-After", "Retry-After-Ms",
    "X-RateLimit-Remaining-Tokens", "X-RateLimit-Reset-Tokens",
    "X-Shopify-Shop-Api-Call-Limit", "X-HubSpot-RateLimit-Remaining",
    "X-HubSpot-RateLimit-Interval-Milliseconds",
    "Anthropic-RateLimit-Requests-Remaining",
    "Anthropic-RateLimit-Requests-Reset"};

enum {
	NAMES = sizeof(names) / sizeof(names[0]),
	LINES = 16
};

struct lines {
	char *at[LINES];
	size_t len;
};

static const char *
name_of(const char *line)
{
	return names[(unsigned char)*line % NAMES];
}

static const char *
get(void *arg, const char *name, size_t i)
{
	const struct lines *lines = arg;

	for (size_t at = 0; at < lines->len; at++)
		if (strcasecmp(name_of(lines->at[at]), name) == 0 && i-- == 0)
			return lines->at[at] + 1;
	return NULL;
}

static void
split(struct lines *lines, char *text)
{
	char *rest = text;
	char *line;

	while (lines->len < LINES && (line = strsep(&rest, "\n")))
		if (*line)
			lines->at[lines->len++] = line;
}

static void
check_us(int64_t us)
{
	FUZZ_CHECK(us >= -1 && us <= LIMITS_MAX_US);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xmemdup0((const char *)data, size);
	struct lines lines = {.len = 0};
	struct limits_headers headers = {get, &lines};
	struct quota q;

	split(&lines, text);
	limits_read(&q, &headers, WALL_US);
	check_us(q.retry_after_us);
	check_us(q.reset_us);
	FUZZ_CHECK(q.remaining >= -1 && q.limit >= -1);
	free(text);
	return 0;
}
