#include "config.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/ascii.h"
#include "base/hash.h"
#include "base/xalloc.h"
#include "files/save.h"

enum {
	NAME_LEN_MAX = 200 /* beyond, a hash tells names apart */
};

char *
save_path(const struct output_options *options, const char *name)
{
	const char *dir = options->output_dir;

	if (!dir || *name == '/')
		return xstrdup(name);
	return xasprintf("%s/%s", dir, name);
}

bool
save_exists(const struct output_options *options, const char *name)
{
	char *path = save_path(options, name);
	struct stat st;
	bool there = stat(path, &st) == 0 && S_ISREG(st.st_mode);

	free(path);
	return there;
}

/* -O. */

static bool
is_safe(char c)
{
	return ascii_is_alnum(c) || (c && strchr("._-%", c));
}

/* The last segment of the path, without query. */
static const char *
last_segment(const char *url, size_t *len)
{
	const char *path = strstr(url, "://");
	const char *end, *start;

	path = path ? path + 3 : url;
	path += strcspn(path, "/?#");
	end = path + strcspn(path, "?#");
	start = end;
	while (start > path && start[-1] != '/')
		start--;
	*len = (size_t)(end - start);
	return start;
}

static void
add_safe(struct buf *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (is_safe(s[i]) && !(i == 0 && s[i] == '.'))
			buf_addc(out, s[i]);
		else
			buf_addf(out, "%%%02X", (unsigned char)s[i]);
	}
}

char *
save_remote_name(const char *url)
{
	size_t len;
	const char *segment = last_segment(url, &len);
	struct buf name;

	if (len == 0)
		return xstrdup("curl_response");
	buf_init(&name);
	add_safe(&name, segment, len);
	if (name.len > NAME_LEN_MAX) {
		uint64_t hash = hash_text(name.data);

		buf_truncate(&name, NAME_LEN_MAX);
		buf_addf(&name, "-%016" PRIx64, hash);
	}
	return buf_take(&name);
}
