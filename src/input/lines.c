/*
 * Most mistakes in a list are a list in another format, so what such lines look
 * like is known, and the message says what to do.
 */
#include "config.h"

#include "input/lines.h"

#include <string.h>

#include "request/options.h"
#include "text/ascii.h"
#include "text/utf8.h"

const char *
list_text_problem(const char *text, size_t len)
{
	if (memchr(text, '\0', len))
		return "the line contains a NUL";
	if (!utf8_valid(text, len))
		return "the line is not valid UTF-8";
	return NULL;
}

/* How many blanks are at the start of the text. */
static size_t
skip_blanks(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && ascii_is_blank(text[i]))
		i++;
	return i;
}

bool
list_line_is_blank(const char *text, size_t len)
{
	size_t start = skip_blanks(text, len);

	return start == len || text[start] == '#';
}

static struct list_line
bad_line(const char *why)
{
	return (struct list_line){.kind = LIST_LINE_BAD, .bad = why};
}

/* What kind of list another program has written; NULL: the line may be a URL.
 * "[::1]/x" is one, so not every bracket is an array. */
static const char *
foreign_list(const char *text, size_t len)
{
	if (*text == '"')
		return "a quoted string; write the URL without quotes, as "
		       "jq -r does";
	if (*text == ']' ||
	    (*text == '[' && (len == 1 || strchr("\"[{] ", text[1]))))
		return "a JSON array; a list has one request per line, as "
		       "jq -c '.[]' writes them";
	return NULL;
}

/* Is the line nothing but a method? As a URL it would be a host of that name,
 * which nobody has. */
static bool
is_lone_method(const char *text, size_t len)
{
	static const char *const methods[] = {
	    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (strlen(methods[i]) == len &&
		    memcmp(methods[i], text, len) == 0)
			return true;
	return false;
}

/* Split "METHOD URL", or take the line as a URL. */
static struct list_line
split_method(const char *text, size_t len)
{
	const char *end = text + len;
	struct list_line line = {.kind = LIST_LINE_URL};

	line.method_len = request_method_prefix(text, len);
	if (line.method_len) {
		line.method = text;
		text += line.method_len;
		text += skip_blanks(text, (size_t)(end - text));
	}
	line.len = (size_t)(end - text);
	if (memchr(text, ' ', line.len) || memchr(text, '\t', line.len))
		return bad_line("a space in the URL; write %20 (a line is "
		                "URL, METHOD URL or a JSON object; methods "
		                "are upper case)");
	line.text = text;
	return line;
}

struct list_line
list_line_read(char *text, size_t len)
{
	size_t start = skip_blanks(text, len);
	const char *problem;

	while (len > start && ascii_is_blank(text[len - 1]))
		len--;
	if (list_line_is_blank(text, len))
		return (struct list_line){.kind = LIST_LINE_BLANK};
	problem = list_text_problem(text, len);
	if (problem)
		return bad_line(problem);
	text[len] = '\0';
	text += start;
	len -= start;
	if (*text == '{')
		return (struct list_line){
		    .kind = LIST_LINE_JSON, .text = text, .len = len};
	problem = foreign_list(text, len);
	if (!problem && is_lone_method(text, len))
		problem = "a method without a URL";
	if (problem)
		return bad_line(problem);
	return split_method(text, len);
}
