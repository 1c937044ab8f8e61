#include "config.h"

#include "base/suggest.h"

#include <string.h>

enum {
	NAME_MAX_LEN = 40 /* longer texts are near to no option */
};

/* Three rows of the matrix are enough to see a swap. */
struct rows {
	size_t before[NAME_MAX_LEN + 1];
	size_t last[NAME_MAX_LEN + 1];
	size_t now[NAME_MAX_LEN + 1];
};

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Fill the row of a[i - 1]. */
static void
next_row(struct rows *r, const char *a, const char *b, size_t i)
{
	size_t len = strlen(b);

	memcpy(r->before, r->last, sizeof(r->before));
	memcpy(r->last, r->now, sizeof(r->last));
	r->now[0] = i;
	for (size_t j = 1; j <= len; j++) {
		size_t cost = a[i - 1] != b[j - 1];

		r->now[j] = smaller(r->last[j - 1] + cost,
		    smaller(r->last[j], r->now[j - 1]) + 1);
		if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
		    a[i - 2] == b[j - 1])
			r->now[j] = smaller(r->now[j], r->before[j - 2] + 1);
	}
}

size_t
edit_distance(const char *a, const char *b, size_t limit)
{
	size_t a_len = strlen(a), b_len = strlen(b);
	struct rows rows;

	if (a_len > NAME_MAX_LEN || b_len > NAME_MAX_LEN)
		return limit + 1;
	memset(&rows, 0, sizeof(rows));
	for (size_t j = 0; j <= b_len; j++)
		rows.now[j] = j;
	for (size_t i = 1; i <= a_len; i++)
		next_row(&rows, a, b, i);
	return smaller(rows.now[b_len], limit + 1);
}

static size_t
common_prefix(const char *a, const char *b)
{
	size_t len = 0;

	while (a[len] && a[len] == b[len])
		len++;
	return len;
}

void
suggestion_init(struct suggestion *s, const char *wrong)
{
	s->wrong = wrong;
	s->best = NULL;
	s->distance = 1 + strlen(wrong) / 3; /* a third may be wrong */
}

/* Among equals the one that begins alike. */
void
suggestion_offer(struct suggestion *s, const char *name)
{
	size_t prefix = common_prefix(s->wrong, name);
	size_t distance = edit_distance(s->wrong, name, s->distance);

	if (prefix >= 3 && s->wrong[prefix] == '\0')
		distance = 1; /* an abbreviation */
	if (distance > s->distance || distance >= strlen(name))
		return; /* too far, or nothing of it is left */
	if (distance == s->distance && s->best &&
	    prefix <= common_prefix(s->wrong, s->best))
		return;
	s->best = name;
	s->distance = distance;
}
