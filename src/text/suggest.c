/*
 * First the distance of two texts, by dynamic programming over three rows of
 * the matrix; then what makes a name near: few wrong letters, a beginning, or
 * a text that goes on behind the name.
 */
#include "config.h"

#include "text/suggest.h"

#include <stdbool.h>
#include <string.h>

enum {
	NAME_MAX_LEN = 40, /* longer texts are near to no name */
	BEGINNING_MIN = 3, /* letters that can stand for a longer name */
	WORD_MIN = 4,      /* letters of a name that more words follow */
	GOES_ON_MIN = 6,   /* letters of a name that more letters follow */
	FAR = 100          /* the cost of a name that is not near */
};

/* Three rows of the matrix of distances; a swap looks back two rows. */
struct rows {
	size_t before[NAME_MAX_LEN + 1]; /* of a[i - 3] */
	size_t last[NAME_MAX_LEN + 1];   /* of a[i - 2] */
	size_t now[NAME_MAX_LEN + 1];    /* of a[i - 1] */
};

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Fill the row of a[i - 1]: insertions, deletions, replacements and swaps of
 * neighbours count one each (optimal string alignment). */
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

/* Fill the matrix: then now[j] is the distance of `a` to the first j letters of
 * `b`. */
static void
fill_matrix(struct rows *r, const char *a, const char *b)
{
	size_t a_len = strlen(a), b_len = strlen(b);

	memset(r, 0, sizeof(*r));
	for (size_t j = 0; j <= b_len; j++)
		r->now[j] = j;
	for (size_t i = 1; i <= a_len; i++)
		next_row(r, a, b, i);
}

static bool
is_too_long(const char *name)
{
	return strlen(name) > NAME_MAX_LEN;
}

static size_t
common_prefix(const char *a, const char *b)
{
	size_t len = 0;

	while (a[len] && a[len] == b[len])
		len++;
	return len;
}

/* Returns how many letters of a text of `len` may be wrong. */
static size_t
allowed_edits(size_t len)
{
	return len < 6 ? 1 : len < 9 ? 2 : 3;
}

/* Returns the cost of the text as the beginning of the name, with at most one
 * mistake in six letters: "--paralel" is --parallel-max. */
static size_t
cost_as_beginning(const struct rows *r, size_t wrong_len, size_t name_len)
{
	size_t least = FAR;

	for (size_t j = BEGINNING_MIN; j < name_len; j++)
		least = smaller(least, r->now[j]);
	return wrong_len >= BEGINNING_MIN && least <= wrong_len / 6 ? 1 + least
	                                                            : FAR;
}

/* Returns the cost of the text as the name with more behind it: "--retry-count"
 * is
 * --retry. */
static size_t
cost_of_more(const char *wrong, const char *name)
{
	size_t len = strlen(name);
	size_t least =
	    wrong[common_prefix(wrong, name)] == '-' ? WORD_MIN : GOES_ON_MIN;

	return len >= least && common_prefix(wrong, name) == len ? 2 : FAR;
}

/* Returns the least of the three costs of a name. */
static size_t
cost_of(const char *wrong, const char *name)
{
	size_t wrong_len = strlen(wrong), name_len = strlen(name);
	struct rows rows;
	size_t cost;

	if (is_too_long(wrong) || is_too_long(name))
		return FAR;
	fill_matrix(&rows, wrong, name);
	cost = rows.now[name_len];
	if (cost > allowed_edits(wrong_len) || cost >= name_len)
		cost = FAR; /* nothing of the name would be left */
	return smaller(
	    cost, smaller(cost_as_beginning(&rows, wrong_len, name_len),
	              cost_of_more(wrong, name)));
}

void
suggestion_init(struct suggestion *s, const char *wrong)
{
	s->wrong = wrong;
	s->best = NULL;
	s->cost = FAR;
}

/* Returns whether `name` is better than the best one, which is as near: it
 * begins like the text, or it is shorter. */
static bool
is_better(const struct suggestion *s, const char *name)
{
	size_t prefix = common_prefix(s->wrong, name);
	size_t best_prefix = common_prefix(s->wrong, s->best);

	return prefix != best_prefix ? prefix > best_prefix
	                             : strlen(name) < strlen(s->best);
}

void
suggestion_offer(struct suggestion *s, const char *name)
{
	size_t cost = cost_of(s->wrong, name);

	if (cost == FAR || cost > s->cost ||
	    (cost == s->cost && s->best && !is_better(s, name)))
		return;
	s->best = name;
	s->cost = cost;
}
