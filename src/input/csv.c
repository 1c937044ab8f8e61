/* A record of CSV or TSV, taken apart by the machine of input/csv.h. */
#include "config.h"

#include "input/csv.h"

#include <stdbool.h>

#include "base/buf.h"

/* Is the byte between the two states part of its field, and not a separator
 * or a quote around it? */
static bool
is_content(enum csv_state before, enum csv_state after)
{
	return after == CSV_PLAIN ||
	       (after == CSV_QUOTED && before != CSV_FIELD_START);
}

int
csv_split(const char *record, size_t len, char separator,
    struct strlist *fields, const char **cause)
{
	const char *end = record + len, *run = record;
	enum csv_state state = CSV_FIELD_START;
	struct buf field = {0};

	/* Content is copied in runs, which quotes and separators end. */
	for (const char *s = record; s < end; s++) {
		enum csv_state after = csv_step(state, *s, separator);

		if (state == CSV_QUOTE && after == CSV_PLAIN) {
			*cause = "text after a closing quote";
			buf_release(&field);
			return -1;
		}
		if (!is_content(state, after)) {
			buf_add(&field, run, (size_t)(s - run));
			run = s + 1;
		}
		if (after == CSV_FIELD_START)
			strlist_add_owned(fields, buf_take(&field));
		state = after;
	}
	buf_add(&field, run, (size_t)(end - run));
	strlist_add_owned(fields, buf_take(&field));
	if (state != CSV_QUOTED)
		return 0;
	*cause = "a quote is never closed";
	return -1;
}
