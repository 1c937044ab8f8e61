/* A URL with globs. Every expansion has as many values as there are globs,
 * and is the literal text if there is none and nothing was escaped. */
#include "config.h"

#include <string.h>

#include "base/xalloc.h"
#include "fuzz.h"
#include "input/glob.h"

static void
expand(const struct glob *g, uint64_t i, const char *text)
{
	struct buf out = {0};
	struct strlist values = {0};

	glob_expand(g, i, &out, &values);
	FUZZ_CHECK(values.len == glob_parts(g));
	if (glob_parts(g) == 0 && *text && !strchr(text, '\\'))
		FUZZ_CHECK(out.data && strcmp(out.data, text) == 0);
	strlist_release(&values);
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xmemdup0((const char *)data, size);
	char *cause = NULL;
	struct glob *g = glob_new(text, &cause);

	if (g) {
		FUZZ_CHECK(glob_count(g) > 0);
		expand(g, 0, text);
		expand(g, glob_count(g) / 2, text);
		expand(g, glob_count(g) - 1, text);
	} else {
		FUZZ_CHECK(cause && *cause);
	}
	glob_free(g);
	free(cause);
	free(text);
	return 0;
}
