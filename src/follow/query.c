#include "config.h"

#include "follow/query.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "request/url.h"

static bool
is_named(const char *s, size_t len, const char *name)
{
	return len == strlen(name) && strncmp(s, name, len) == 0;
}

/* As it is, or percent-encoded as we would. */
static bool
names(const char *s, size_t len, const char *name)
{
	struct buf encoded;
	bool same = is_named(s, len, name);

	if (same)
		return true;
	buf_init(&encoded);
	url_add_encoded(&encoded, name, strlen(name));
	same = encoded.len && is_named(s, len, encoded.data);
	buf_release(&encoded);
	return same;
}

const char *
query_get(const char *url, const char *name, size_t *len)
{
	const char *at = url + strcspn(url, "?#");

	while (*at && *at != '#') {
		const char *start = at + 1;
		size_t name_len = strcspn(start, "=&#");
		const char *value = start + name_len + (start[name_len] == '=');

		*len = strcspn(value, "&#");
		if (names(start, name_len, name))
			return value;
		at = value + *len;
	}
	return NULL;
}

static void
append(struct buf *out, const char *url, const char *name)
{
	size_t end = strcspn(url, "#");

	buf_add(out, url, end);
	if (!memchr(url, '?', end))
		buf_addc(out, '?');
	else if (!strchr("?&", url[end - 1]))
		buf_addc(out, '&');
	url_add_encoded(out, name, strlen(name));
	buf_addc(out, '=');
}

void
query_add_with(
    struct buf *out, const char *url, const char *name, const struct buf *value)
{
	size_t len = 0;
	const char *old = query_get(url, name, &len);
	const char *rest = old ? old + len : "";

	if (!old)
		append(out, url, name);
	else
		buf_add(out, url, (size_t)(old - url));
	if (old && old[-1] != '=')
		buf_addc(out, '=');
	url_add_encoded(out, value->data, value->len);
	buf_adds(out, rest);
}
