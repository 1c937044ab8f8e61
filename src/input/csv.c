#include "config.h"

#include "input/csv.h"

#include "base/buf.h"

/* Up to the closing quote; NULL: there is none. */
static const char *
read_quoted(const char *s, const char *end, struct buf *field)
{
	for (s++; s < end; s++) {
		if (*s != '"')
			buf_addc(field, *s);
		else if (s + 1 < end && s[1] == '"')
			buf_addc(field, *s++);
		else
			return s + 1;
	}
	return NULL;
}

static const char *
read_plain(const char *s, const char *end, char separator, struct buf *field)
{
	const char *stop = s;

	while (stop < end && *stop != separator)
		stop++;
	buf_add(field, s, (size_t)(stop - s));
	return stop;
}

int
csv_split(const char *record, size_t len, char separator,
    struct strlist *fields, const char **cause)
{
	const char *s = record, *end = record + len;

	for (;; s++) {
		struct buf field = {0};

		s = s < end && *s == '"'
		        ? read_quoted(s, end, &field)
		        : read_plain(s, end, separator, &field);
		strlist_add_owned(fields, buf_take(&field));
		if (!s)
			*cause = "a quote that is never closed";
		else if (s < end && *s != separator)
			*cause = "text behind a closing quote";
		else if (s < end)
			continue;
		else
			return 0;
		return -1;
	}
}
