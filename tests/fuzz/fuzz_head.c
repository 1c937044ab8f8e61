/* The head of an answer, line by line, and as one text. */
#include "config.h"

#include "fetch/head.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "text/ascii.h"
#include "text/utf8.h"
#include "fuzz.h"
#include "request/headers.h"

static void
take_lines(const char *text, size_t size)
{
	struct head head = {0};
	struct failure failure = {0};

	for (size_t at = 0, len; at < size; at += len) {
		const char *end = memchr(text + at, '\n', size - at);
		unsigned request = at % 3 ? 1 : 2;

		len = end ? (size_t)(end - text) + 1 - at : size - at;
		if (head_take(&head, text + at, len, request, &failure)) {
			FUZZ_CHECK(failure.class == ERROR_PROTOCOL);
			break;
		}
	}
	FUZZ_CHECK(!head.has_length || head.length <= INT64_MAX);
	failure_clear(&failure);
}

static void
check_clean(const char *text, size_t size)
{
	char *clean = headers_clean(text, size);

	FUZZ_CHECK(utf8_valid(clean, strlen(clean)));
	for (const char *at = clean; (at = strchr(at, '\n')); at++)
		FUZZ_CHECK(!ascii_is_blank(at[1]));
	free(clean);
}

static void
check_last(const char *text)
{
	size_t len, all = headers_complete_len(text);
	const char *last = headers_last_head(text, &len);

	FUZZ_CHECK(all <= strlen(text));
	FUZZ_CHECK((size_t)(last - text) + len <= strlen(text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xmemdup0((const char *)data, size);

	take_lines((const char *)data, size);
	check_clean((const char *)data, size);
	check_last(text);
	free(text);
	return 0;
}
