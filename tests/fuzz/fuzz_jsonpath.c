/* A path, a newline, and a document to apply it to; without a newline, a
 * document of our own. */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "base/xalloc.h"
#include "json/path.h"

static const char own[] =
    "{\"a\":[1,-2.5e1,\"x\",\"\\u00e9\\ud800\",null,true,[],{}],"
    "\"b\":{\"a\":{\"a\":[[1],[1]]},\"b\":\"a.*b\"},\"\":0,\"c d\":\"ab\","
    "\"a\":{\"k\":1,\"l\":[3,2,1,{\"k\":1,\"l\":[3]}]}}";

static void
apply(const struct json_path *path, const char *text, size_t len)
{
	struct json_doc *doc = json_doc_new();
	struct json_spans spans = {0};
	struct json_error error = {0};

	if (json_doc_scan(doc, text, len, &error) == 0 &&
	    json_path_apply(path, doc, &spans, &error) == 0)
		FUZZ_CHECK(spans.len <= 1 || !json_path_is_singular(path));
	for (size_t i = 0; i < spans.len; i++) {
		FUZZ_CHECK(spans.items[i].start >= text);
		FUZZ_CHECK(
		    spans.items[i].start + spans.items[i].len <= text + len);
	}
	json_spans_release(&spans);
	json_doc_free(doc);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = size ? (const char *)data : "";
	const char *newline = memchr(bytes, '\n', size);
	size_t len = newline ? (size_t)(newline - bytes) : size;
	char *text = xmemdup0(bytes, len);
	struct json_error error = {0};
	struct json_path *path = json_path_new(text, &error);

	if (!path) {
		FUZZ_CHECK(error.line == 1);
		FUZZ_CHECK(error.column > 0 && error.column <= len + 1);
		FUZZ_CHECK(error.message[0]);
	} else if (newline) {
		apply(path, newline + 1, size - len - 1);
	} else {
		apply(path, own, sizeof(own) - 1);
	}
	json_path_free(path);
	free(text);
	return 0;
}
