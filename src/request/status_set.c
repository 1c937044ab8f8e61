#include "config.h"

#include "request/status_set.h"

#include <strings.h>

#include "text/ascii.h"

enum {
	STATUS_MIN = 100
};

/* The number of three digits at `text`; 0, which is no status, if there are
 * none. */
static unsigned
read_status(const char *text)
{
	unsigned n = 0;

	for (int i = 0; i < 3; i++) {
		if (!ascii_is_digit(text[i]))
			return 0;
		n = n * 10 + (unsigned)(text[i] - '0');
	}
	return n;
}

/* A class such as "4xx", in upper or lower case; false: it is not one. */
static bool
read_class(const char *text, struct status_range *range)
{
	if (!ascii_is_digit(*text) || strncasecmp(text + 1, "xx", 2) != 0)
		return false;
	range->from = (unsigned)(*text - '0') * 100;
	range->to = range->from + 99;
	return true;
}

bool
status_range_parse(const char *text, size_t len, struct status_range *range)
{
	struct status_range r = {0, 0};

	if (len == 3 && !read_class(text, &r)) {
		r.from = r.to = read_status(text);
	} else if (len == 7 && text[3] == '-') {
		r.from = read_status(text);
		r.to = read_status(text + 4);
	}
	if (r.from < STATUS_MIN || r.to < r.from)
		return false;
	*range = r;
	return true;
}

void
status_set_add(struct status_set *s, struct status_range range)
{
	for (unsigned i = range.from; i <= range.to; i++)
		s->bits[i / 32] |= UINT32_C(1) << i % 32;
}

void
status_set_remove(struct status_set *s, struct status_range range)
{
	for (unsigned i = range.from; i <= range.to; i++)
		s->bits[i / 32] &= ~(UINT32_C(1) << i % 32);
}
