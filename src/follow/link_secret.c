#include "config.h"

#include "follow/link_secret.h"

#include <stdlib.h>
#include <string.h>

#include "base/redact.h"
#include "base/secret.h"
#include "base/xalloc.h"
#include "follow/query.h"
#include "request/headers.h"

static const char hidden[] = "=***";

/* The name of the parameter whose `=` stands at `equals`. */
static char *
name_before(const char *start, const char *equals)
{
	const char *name = equals;

	while (name > start && !strchr("?&;#<", name[-1]))
		name--;
	return xmemdup0(name, (size_t)(equals - name));
}

void
link_restore_secrets(struct buf *out, const char *headers, const char *url)
{
	const char *at = headers, *next;

	while ((next = strstr(at, hidden))) {
		char *name = name_before(at, next);
		size_t len;
		const char *value = query_get(url, name, &len);

		buf_add(out, at, (size_t)(next + 1 - at));
		at = next + 1;
		if (value) {
			buf_add(out, value, len);
			at += sizeof(hidden) - 2;
		}
		free(name);
	}
	buf_adds(out, at);
}

/* False: what is hidden cannot be found again. */
static bool
hide_line(struct buf *out, const char *line, size_t len, const char *url)
{
	struct buf shown = {0}, restored = {0};
	bool same;

	redact_add(&shown, REDACT_TEXT, line, len);
	link_restore_secrets(&restored, buf_text(&shown), url);
	same = restored.len == len && memcmp(restored.data, line, len) == 0;
	buf_add(out, shown.data, shown.len);
	buf_adds(out, "\r\n");
	buf_release(&shown);
	buf_release(&restored);
	return same;
}

/* Hide the secrets of a line that is not a Link: nothing brings them back. */
static void
hide_other_line(struct buf *out, const char *line, size_t len)
{
	struct header h;

	if (header_split(&h, line, len) && secret_is_header(h.name, h.name_len))
		buf_addf(out, "%.*s: ***", (int)h.name_len, h.name);
	else
		redact_add(out, REDACT_TEXT, line, len);
	buf_adds(out, "\r\n");
}

bool
link_hide_secrets(struct buf *out, const char *headers, const char *url,
    enum link_lines lines)
{
	bool all = true;
	const char *line;
	size_t len;

	while (headers && (line = headers_next_line(&headers, &len))) {
		struct header h;

		if (header_split(&h, line, len) && header_is(&h, "Link"))
			all &= hide_line(out, line, len, url);
		else if (lines == LINK_AND_OTHER_LINES)
			hide_other_line(out, line, len);
	}
	return all;
}
