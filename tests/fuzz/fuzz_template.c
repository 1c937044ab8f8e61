/* A template and its value, with a line end between them; the first byte
 * says the place. An expansion in a header has no line end that the template
 * had not, and one in a file name no slash. */
#include "config.h"

#include <string.h>

#include "base/xalloc.h"
#include "fuzz.h"
#include "request/template.h"

struct value {
	const char *text;
	size_t len;
};

/* Every name has the value. */
static const char *
get(void *arg, const char *name, size_t *len)
{
	const struct value *v = arg;

	(void)name;
	*len = v->len;
	return v->text;
}

static size_t
count(const char *s, size_t len, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += s[i] == c;
	return n;
}

static void
check(enum template_place place, const char *text, const struct buf *out)
{
	size_t len = strlen(text);

	if (place == TEMPLATE_HEADER)
		FUZZ_CHECK(
		    count(out->data, out->len, '\r') <= count(text, len, '\r'));
	if (place == TEMPLATE_FILE)
		FUZZ_CHECK(
		    count(out->data, out->len, '/') <= count(text, len, '/'));
	if (place != TEMPLATE_RAW && place != TEMPLATE_JSON &&
	    place != TEMPLATE_FORM)
		FUZZ_CHECK(count(out->data, out->len, '\0') == 0);
}

static void
expand(enum template_place place, const char *text, struct value *value)
{
	struct template_values values = {.get = get, .arg = value};
	struct buf out = {0};
	char *cause = NULL;
	struct template *t = template_new(text, strlen(text), place, &cause);

	FUZZ_CHECK(t || (cause && *cause));
	if (t && template_expand(t, &values, &out, &cause) == 0 && out.len)
		check(place, text, &out);
	free(cause);
	template_free(t);
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;
	struct value value;

	if (size == 0)
		return 0;
	text = xmemdup0((const char *)data + 1, size - 1);
	value.text = memchr(text, '\n', size - 1);
	value.text = value.text ? value.text + 1 : text + size - 1;
	value.len = (size_t)(text + size - 1 - value.text);
	text[strcspn(text, "\n")] = '\0';
	expand(
	    (enum template_place)(data[0] % (TEMPLATE_FILE + 1)), text, &value);
	free(text);
	return 0;
}
