/*
 * Counting what a summary tells in detail. Errors are grouped by a key without
 * digits; the groups are counted in the order in which they appear, and sorted
 * when they are asked for.
 */
#include "config.h"

#include "stats/account.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/strmap.h"
#include "base/xalloc.h"
#include "text/ascii.h"

enum {
	TOO_MANY = 429
};

struct account {
	struct percentiles *latencies;
	struct strmap index; /* key_of() -> position in `groups`, plus one */
	struct error_group groups[ACCOUNT_GROUPS]; /* as they appeared */
	struct error_group sorted[ACCOUNT_GROUPS]; /* borrows their texts */
	size_t len;                                /* groups */
	uint64_t other;                            /* errors in no group */
	uint64_t throttled;                        /* answers, 429 */
	uint64_t results;
	char *file; /* of the first result, while it is the only one */
};

struct account *
account_new(void)
{
	struct account *a = xcalloc(1, sizeof(*a));

	a->latencies = percentiles_new();
	strmap_init(&a->index);
	return a;
}

void
account_free(struct account *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->len; i++)
		free(a->groups[i].message);
	free(a->file);
	strmap_release(&a->index);
	percentiles_free(a->latencies);
	free(a);
}

/* Returns what a group of errors has in common: the class, the code, and the
 * message without its digits, which are times, ports and addresses. Caller
 * frees. */
static char *
key_of(const struct failure *f)
{
	struct buf key;

	buf_init(&key);
	buf_addf(&key, "%d %d ", (int)f->class, f->code);
	for (const char *c = f->message ? f->message : ""; *c; c++)
		if (!ascii_is_digit(*c))
			buf_addc(&key, *c);
	return buf_take(&key);
}

static void
add_group(struct account *a, const char *key, const struct failure *f)
{
	if (a->len == ACCOUNT_GROUPS) {
		a->other++;
		return;
	}
	a->groups[a->len++] = (struct error_group){
	    .class = f->class,
	    .message = xstrdup(f->message ? f->message : ""),
	    .count = 1,
	};
	strmap_set(&a->index, key, (void *)(uintptr_t)a->len);
}

static void
add_failure(struct account *a, const struct failure *f)
{
	char *key = key_of(f);
	uintptr_t place = (uintptr_t)strmap_get(&a->index, key);

	if (place)
		a->groups[place - 1].count++;
	else
		add_group(a, key, f);
	free(key);
}

static void
note_file(struct account *a, const struct result *r)
{
	free(a->file);
	a->file = NULL;
	if (a->results++ == 0 && r->file && r->attempts && result_ok(r))
		a->file = xstrdup(r->file);
}

void
account_add(struct account *a, const struct result *r)
{
	note_file(a, r);
	if (result_has_latency(r))
		percentiles_add(a->latencies, result_took_us(r));
	a->throttled += r->status == TOO_MANY;
	for (unsigned i = 0; i < r->past_len; i++)
		a->throttled += r->past[i].failure.code == TOO_MANY;
	if (!result_ok(r) && r->failure.class != ERROR_CANCELLED)
		add_failure(a, &r->failure);
}

struct percentiles *
account_latencies(struct account *a)
{
	return a->latencies;
}

static int
compare_counts(const void *a, const void *b)
{
	uint64_t x = ((const struct error_group *)a)->count;
	uint64_t y = ((const struct error_group *)b)->count;

	return (x < y) - (x > y);
}

const struct error_group *
account_errors(struct account *a, size_t *len)
{
	memcpy(a->sorted, a->groups, a->len * sizeof(*a->sorted));
	qsort(a->sorted, a->len, sizeof(*a->sorted), compare_counts);
	*len = a->len;
	return a->sorted;
}

const char *
account_only_file(const struct account *a)
{
	return a->file;
}

uint64_t
account_other_errors(const struct account *a)
{
	return a->other;
}

uint64_t
account_throttled(const struct account *a)
{
	return a->throttled;
}
