/* A content type, a newline, an expression, a newline, and a body for both;
 * without the newlines, a body alone. */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "base/strlist.h"
#include "base/xalloc.h"
#include "format/extract.h"
#include "text/utf8.h"
#include "xml/xml.h"

static const char own[] = "//*[@*]/text() | //@*";

/* A line of *data as a string; NULL: no newline is left. */
static char *
take_line(const char **data, size_t *size)
{
	const char *newline = memchr(*data, '\n', *size);
	size_t len = newline ? (size_t)(newline - *data) : 0;
	char *line = newline ? xmemdup0(*data, len) : NULL;

	if (newline) {
		*data = newline + 1;
		*size -= len + 1;
	}
	return line;
}

static void
apply(struct extractor *x, struct result *r)
{
	struct columns *columns = columns_new(x);
	struct readings *body = readings_new();

	readings_begin(body, r);
	extractor_apply(x, body, columns);
	readings_end(body);
	for (size_t c = 0; c < columns->len; c++) {
		const struct column *column = &columns->items[c];

		FUZZ_CHECK(!column->singular || column->matches.spans.len <= 1);
		FUZZ_CHECK(result_ok(r) || column->matches.spans.len == 0);
		for (size_t i = 0; i < column->matches.spans.len; i++)
			FUZZ_CHECK(
			    utf8_valid(column->matches.spans.items[i].start,
			        column->matches.spans.items[i].len));
	}
	readings_free(body);
	columns_free(columns);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = size ? (const char *)data : "";
	struct output_options options;
	struct result result;
	struct extractor *x;
	char *expression, *cause = NULL;

	if (!xml_available())
		return 0;
	output_options_init(&options);
	result_init(&result);
	result.content_type = take_line(&bytes, &size);
	expression = take_line(&bytes, &size);
	buf_add(&result.body.mem, bytes, size);
	result.body.size = size;
	strlist_add(&options.xpath, own);
	strlist_add(&options.xpath, expression ? expression : "string(/)");
	x = extractor_new(&options, &cause);
	FUZZ_CHECK(x || (cause && *cause));
	if (x)
		apply(x, &result);
	extractor_free(x);
	free(cause);
	free(expression);
	result_release(&result);
	output_options_release(&options);
	return 0;
}
