/* A map from the origin to its count, and the counts as a list to sort. */
#include "config.h"

#include "pictures/targets.h"

#include <stdlib.h>
#include <string.h>

#include "base/strmap.h"
#include "base/xalloc.h"

struct targets {
	struct strmap index;                    /* origin to its count */
	struct target_count *list[TARGETS_MAX]; /* owned */
	size_t len;
	uint64_t others; /* requests */
};

struct targets *
targets_new(void)
{
	struct targets *t = xcalloc(1, sizeof(*t));

	strmap_init(&t->index);
	return t;
}

void
targets_free(struct targets *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->len; i++) {
		free(t->list[i]->origin);
		free(t->list[i]);
	}
	strmap_release(&t->index);
	free(t);
}

/* Returns an origin without its port, if that is what the scheme stands for.
 * Caller frees. */
static char *
without_usual_port(const char *origin)
{
	const char *port = strrchr(origin, ':');
	bool usual =
	    port &&
	    ((strncmp(origin, "https:", 6) == 0 && strcmp(port, ":443") == 0) ||
	        (strncmp(origin, "http:", 5) == 0 && strcmp(port, ":80") == 0));

	return usual ? xmemdup0(origin, (size_t)(port - origin))
	             : xstrdup(origin);
}

/* Returns the count of an origin, made now if it is new; NULL: there are too
 * many. */
static struct target_count *
count_of(struct targets *t, const char *origin)
{
	struct target_count *count = strmap_get(&t->index, origin);

	if (count || t->len == TARGETS_MAX)
		return count;
	count = xcalloc(1, sizeof(*count));
	count->origin = without_usual_port(origin);
	strmap_set(&t->index, origin, count);
	t->list[t->len++] = count;
	return count;
}

void
targets_add(
    struct targets *t, const struct request *request, const struct result *r)
{
	struct target_count *count;

	if (!request->origin)
		return;
	count = count_of(t, request->origin);
	if (!count) {
		t->others++;
		return;
	}
	count->requests++;
	count->failed += !result_ok(r);
	count->bytes += r->size_download;
	if (!result_has_latency(r))
		return;
	count->answered++;
	count->took_us += result_took_us(r);
	if (result_took_us(r) > count->slowest_us)
		count->slowest_us = result_took_us(r);
}

/* For qsort: the most requests first, and then by name, so that a report is the
 * same each time. */
static int
compare_counts(const void *a, const void *b)
{
	const struct target_count *x = *(const struct target_count *const *)a;
	const struct target_count *y = *(const struct target_count *const *)b;

	if (x->requests != y->requests)
		return x->requests < y->requests ? 1 : -1;
	return strcmp(x->origin, y->origin);
}

const struct target_count *const *
targets_sorted(struct targets *t, size_t *len)
{
	qsort(t->list, t->len, sizeof(struct target_count *), compare_counts);
	*len = t->len;
	return (const struct target_count *const *)t->list;
}

uint64_t
targets_others(const struct targets *t)
{
	return t->others;
}
