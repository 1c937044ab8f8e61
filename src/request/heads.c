#include "config.h"

#include "request/heads.h"

#include <stdbool.h>
#include <string.h>

/* The line at `text`, which is not empty, with its end. */
static size_t
line_length(const char *text)
{
	size_t len = strcspn(text, "\n");

	return len + (text[len] == '\n');
}

static bool
is_blank(const char *line)
{
	return *line == '\n' || (line[0] == '\r' && line[1] == '\n');
}

size_t
heads_length(const char *text)
{
	const char *end = text;

	for (const char *line = text; *line; line += line_length(line))
		if (is_blank(line))
			end = line + line_length(line);
	return (size_t)(end - text);
}

const char *
heads_last(const char *text, size_t *len)
{
	const char *start = text, *end = NULL;
	bool begins = true;

	for (const char *line = text; *line; line += line_length(line)) {
		if (begins && strncmp(line, "HTTP/", 5) == 0) {
			start = line;
			end = NULL;
		}
		begins = is_blank(line);
		if (begins && !end)
			end = line + line_length(line);
	}
	*len = end ? (size_t)(end - start) : strlen(start);
	return start;
}
