/*
 * A set of HTTP statuses, and the items by which users name them: a status
 * ("404"), a class ("5xx") or a range ("200-204").
 */
#ifndef GATHER_REQUEST_STATUS_SET_H
#define GATHER_REQUEST_STATUS_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A bit for each of the HTTP statuses 0 to 999. All zero is the empty set. */
struct status_set {
	uint32_t bits[32];
};

/* The statuses `from` to `to`, both included; 100 to 999. */
struct status_range {
	unsigned from;
	unsigned to;
};

/*
 * Read one item, the `len` bytes of `text`. False: it is not an item, or names
 * a status below 100 or a range that runs backwards; *range is not set then.
 */
bool status_range_parse(
    const char *text, size_t len, struct status_range *range);
/* Add all statuses of the range to the set. */
void status_set_add(struct status_set *, struct status_range);
/* Remove all statuses of the range from the set. */
void status_set_remove(struct status_set *, struct status_range);

/* Is `status` in the set? False for any outside 0 to 999. */
static inline bool
status_set_has(const struct status_set *s, int status)
{
	return status >= 0 && status < 1000 &&
	       (s->bits[status / 32] >> (status % 32) & 1);
}

#endif
