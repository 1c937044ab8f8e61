/* Any bytes as a JSON text. */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "base/buf.h"
#include "json/scan.h"
#include "json/write.h"
#include "text/utf8.h"

static bool
is_closing(const struct json_doc *doc, uint32_t token)
{
	char c = json_first(doc, token);

	return c == '}' || c == ']';
}

/* Each token lies in the text, behind the one before; containers and their
 * closing tokens point at each other. */
static void
check_tape(const struct json_doc *doc, size_t len)
{
	for (uint32_t i = 0; i < doc->tape_len; i++) {
		struct json_span span;

		FUZZ_CHECK(doc->tape[i].start < len);
		FUZZ_CHECK(
		    i == 0 || doc->tape[i].start > doc->tape[i - 1].start);
		if (is_closing(doc, i)) {
			FUZZ_CHECK(json_close(doc, doc->tape[i].link) == i);
			continue;
		}
		span = json_span_at(doc, i);
		FUZZ_CHECK(span.len > 0);
		FUZZ_CHECK(span.start + span.len <= doc->text + len);
		FUZZ_CHECK(json_after(doc, i) > i);
		FUZZ_CHECK(json_after(doc, i) <= doc->tape_len);
	}
	FUZZ_CHECK(json_after(doc, 0) == doc->tape_len);
}

/* In its other dresses a value is still valid, and the same. */
static void
check_values(const struct json_doc *doc)
{
	struct buf b;

	buf_init(&b);
	for (uint32_t i = 0; i < doc->tape_len; i++) {
		struct json_span span;

		if (is_closing(doc, i) || (i > 0 && json_is_container(doc, i)))
			continue;
		span = json_span_at(doc, i);
		buf_clear(&b);
		json_add_field(&b, span.start, span.len);
		FUZZ_CHECK(b.len <= span.len);
		FUZZ_CHECK(utf8_valid(b.data, b.len));
		FUZZ_CHECK(!memchr(b.data, '\n', b.len));
		FUZZ_CHECK(!memchr(b.data, '\t', b.len));
	}
	buf_release(&b);
}

static void
check_compact(const struct json_doc *doc)
{
	struct json_span span = json_span_at(doc, 0);
	struct json_doc *again = json_doc_new();
	struct json_error error;
	struct buf b;

	buf_init(&b);
	json_add_compact(&b, span.start, span.len);
	FUZZ_CHECK(json_doc_scan(again, b.data, b.len, &error) == 0);
	FUZZ_CHECK(again->tape_len == doc->tape_len);
	json_doc_free(again);
	buf_release(&b);
}

/* Whatever the bytes are, as a string they are valid JSON. */
static void
check_string(const char *text, size_t size)
{
	struct json_doc *doc = json_doc_new();
	struct json_error error;
	struct buf b;

	buf_init(&b);
	json_add_string(&b, text, size);
	FUZZ_CHECK(json_doc_scan(doc, b.data, b.len, &error) == 0);
	FUZZ_CHECK(doc->tape_len == 1);
	json_doc_free(doc);
	buf_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = size ? (const char *)data : "";
	struct json_doc *doc = json_doc_new();
	struct json_error error = {0};

	check_string(text, size);
	if (json_doc_scan(doc, text, size, &error) == 0) {
		FUZZ_CHECK(utf8_valid(text, size));
		check_tape(doc, size);
		check_values(doc);
		check_compact(doc);
	} else {
		FUZZ_CHECK(error.line > 0 && error.column > 0);
		FUZZ_CHECK(error.column <= size + 1);
		FUZZ_CHECK(error.message[0]);
	}
	json_doc_free(doc);
	return 0;
}
