#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/ascii.h"
#include "base/strmap.h"
#include "base/xalloc.h"
#include "output/save.h"

enum {
	NAME_LEN_MAX = 200, /* beyond, a hash tells names apart */
	PATHS_MIN = 1024
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
		uint64_t hash = strmap_hash(name.data);

		buf_truncate(&name, NAME_LEN_MAX);
		buf_addf(&name, "-%016llx", (unsigned long long)hash);
	}
	return buf_take(&name);
}

/* Claims: the hashes alone, as a run may write millions of files. */

struct save_paths {
	uint64_t *hashes; /* 0: free */
	size_t cap;       /* a power of two */
	size_t len;
};

struct save_paths *
save_paths_new(void)
{
	struct save_paths *p = xcalloc(1, sizeof(*p));

	p->cap = PATHS_MIN;
	p->hashes = xcalloc(p->cap, sizeof(*p->hashes));
	return p;
}

void
save_paths_free(struct save_paths *p)
{
	if (!p)
		return;
	free(p->hashes);
	free(p);
}

/* False if it is there already. */
static bool
add_hash(struct save_paths *p, uint64_t hash)
{
	size_t at = hash & (p->cap - 1);

	while (p->hashes[at] && p->hashes[at] != hash)
		at = (at + 1) & (p->cap - 1);
	if (p->hashes[at])
		return false;
	p->hashes[at] = hash;
	p->len++;
	return true;
}

static void
grow(struct save_paths *p)
{
	struct save_paths larger = {.cap = p->cap * 2};

	larger.hashes = xcalloc(larger.cap, sizeof(*larger.hashes));
	for (size_t i = 0; i < p->cap; i++)
		if (p->hashes[i])
			add_hash(&larger, p->hashes[i]);
	free(p->hashes);
	*p = larger;
}

bool
save_paths_claim(struct save_paths *p, const char *path)
{
	struct stat st;
	uint64_t hash = strmap_hash(path);

	if (p->len >= p->cap / 2)
		grow(p);
	if (add_hash(p, hash ? hash : 1))
		return true;
	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}
