/* --url-query: pieces in the form of --data-urlencode. */
#include "config.h"

#include "input/expand.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "request/url.h"

enum {
	FILE_MAX = 64 * 1024 /* no URL may be longer */
};

static int
read_file(const char *name, struct buf *to, char **cause)
{
	FILE *file = fopen(name, "re");
	int failed;

	if (!file) {
		*cause = xasprintf(
		    "--url-query: cannot read %s: %s", name, strerror(errno));
		return -1;
	}
	to->len += fread(buf_reserve(to, FILE_MAX), 1, FILE_MAX, file);
	failed = ferror(file);
	fclose(file);
	if (!failed && to->len < FILE_MAX)
		return 0;
	*cause = xasprintf("--url-query: %s %s", name,
	    failed ? "cannot be read" : "is too long for a URL");
	return -1;
}

/* "+raw", "content", "=content", "name=content", "@file", "name@file". */
static int
add_query(struct buf *out, const char *piece, char **cause)
{
	size_t name = strcspn(piece, "=@");
	struct buf content = {0};
	int rc = 0;

	if (*piece == '+') {
		buf_adds(out, piece + 1);
		return 0;
	}
	if (!piece[name]) {
		template_add_encoded(out, piece, name);
		return 0;
	}
	buf_add(out, piece, name);
	if (name)
		buf_addc(out, '=');
	if (piece[name] == '=') {
		template_add_encoded(
		    out, piece + name + 1, strlen(piece + name + 1));
		return 0;
	}
	rc = read_file(piece + name + 1, &content, cause);
	if (rc == 0)
		url_add_encoded(out, content.data, content.len);
	buf_release(&content);
	return rc;
}

struct template *
expand_query(const struct request_options *o, char **cause)
{
	struct template *t = NULL;
	struct buf query = {0};
	int rc = 0;

	*cause = NULL;
	for (size_t i = 0; i < o->url_query.len && !rc; i++) {
		if (i)
			buf_addc(&query, '&');
		rc = add_query(&query, o->url_query.items[i], cause);
	}
	if (!rc && query.len)
		t = template_new(query.data, query.len, TEMPLATE_FORM, cause);
	buf_release(&query);
	return t;
}
