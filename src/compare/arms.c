#include "config.h"

#include "compare/arms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum {
	PARALLEL_MAX = 100000
};

static int
parse_number(const char *text, unsigned *n)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text < '1' || *text > '9' || *end || value > PARALLEL_MAX)
		return -1;
	*n = (unsigned)value;
	return 0;
}

static int
parse_arm(struct arm *arm, const char *text, unsigned parallel)
{
	static const char with_number[] = "async:";
	size_t prefix = sizeof(with_number) - 1;
	const char *number = text;

	*arm = (struct arm){.kind = ARM_ASYNC, .parallel = parallel};
	snprintf(arm->name, sizeof(arm->name), "%s", text);
	if (strcmp(text, "async") == 0)
		return 0;
	if (strcmp(text, "sync") == 0 || strcmp(text, "session") == 0) {
		arm->kind = text[1] == 'y' ? ARM_SYNC : ARM_SESSION;
		arm->parallel = 1;
		return 0;
	}
	if (strncmp(text, with_number, prefix) == 0)
		number += prefix;
	if (parse_number(number, &arm->parallel))
		return -1;
	snprintf(arm->name, sizeof(arm->name), "async:%u", arm->parallel);
	return 0;
}

static bool
is_there(const struct arms *arms, const char *name)
{
	for (size_t i = 0; i < arms->len; i++)
		if (strcmp(arms->items[i].name, name) == 0)
			return true;
	return false;
}

int
arms_parse(struct arms *arms, const char *text, unsigned parallel, char **cause)
{
	char *copy = xstrdup(text ? text : "sync,session,async");
	char *rest = copy;
	char *word;

	*arms = (struct arms){0};
	while ((word = strsep(&rest, ","))) {
		struct arm arm;

		if (parse_arm(&arm, word, parallel)) {
			*cause = xasprintf(
			    "--compare=%s: \"%s\" is no arm; write sync, "
			    "session, async, async:N or N",
			    text, word);
			arms_release(arms);
			break;
		}
		if (is_there(arms, arm.name))
			continue;
		arms->items = xreallocarray(
		    arms->items, arms->len + 1, sizeof(*arms->items));
		arms->items[arms->len++] = arm;
	}
	free(copy);
	return arms->len ? 0 : -1;
}

void
arms_release(struct arms *arms)
{
	free(arms->items);
	*arms = (struct arms){0};
}

bool
arms_are_sweep(const struct arms *arms)
{
	for (size_t i = 0; i < arms->len; i++)
		if (arms->items[i].kind != ARM_ASYNC)
			return false;
	return arms->len >= 3;
}

char *
arm_meaning(const struct arm *arm)
{
	if (arm->kind == ARM_SYNC)
		return xstrdup("one at a time, a fresh connection for each");
	if (arm->kind == ARM_SESSION)
		return xstrdup("one at a time, on kept connections");
	return xasprintf("up to %u at a time", arm->parallel);
}
