#include "config.h"

#include "request/names.h"

#include <stdlib.h>
#include <string.h>

#include "request/values.h"
#include "text/ascii.h"

static bool
is_column(const struct names *n, const char *name)
{
	for (size_t i = 0; n->columns && i < n->columns->len; i++) {
		if (strcmp(n->columns->items[i], name) == 0)
			return true;
	}
	return false;
}

static bool
has_path(const struct names *n, const char *name)
{
	if (n->levels)
		return request_value_levels_up(name) < n->levels;
	return strcmp(name, ".") == 0 ? n->has_values : n->has_members;
}

bool
names_have(const struct names *n, const char *name)
{
	if (is_column(n, name))
		return true;
	if (request_value_is_path(name))
		return has_path(n, name) || (n->has_any && !n->levels);
	return n->has_any || request_value_is_common(name);
}

static void
add_known(struct buf *b, const struct names *n)
{
	if (!n->columns) {
		buf_adds(b, "there are {{n}} {{k}} {{id}} {{host}} {{path}}");
		buf_adds(b, n->has_values || n->levels ? " and {{.}}" : "");
		return;
	}
	buf_adds(b, "the columns are");
	for (size_t i = 0; i < n->columns->len; i++)
		buf_addf(b, "%s %s", i ? "," : "", n->columns->items[i]);
}

/* The input is above the match of the first stage. */
static void
add_levels(struct buf *b, unsigned levels)
{
	buf_adds(b, "the highest is {{");
	for (unsigned i = 0; i < levels; i++)
		buf_addc(b, '.');
	buf_adds(b, "}}, the input");
}

char *
names_refuse(const struct names *n, const char *name)
{
	bool path = request_value_is_path(name);
	struct buf text = {0};

	buf_addf(&text, "nothing is named {{%s}}; ", name);
	if (path && n->levels)
		add_levels(&text, n->levels);
	else if (path && !n->columns)
		buf_adds(&text, "{{.}} is a line of a list, and there is none: "
		                "name one with @FILE, or pipe it in");
	else
		add_known(&text, n);
	return buf_take(&text);
}

void
names_add_globs(const struct names *n, const char *text, struct buf *out)
{
	while (*text) {
		char *end = NULL;
		unsigned long number = 0;

		if (*text == '#' && ascii_is_digit(text[1]))
			number = strtoul(text + 1, &end, 10);
		if (number == 0 || number > n->globs) {
			buf_addc(out, *text++);
			continue;
		}
		buf_addf(out, "{{#%lu?}}", number);
		text = end;
	}
}
