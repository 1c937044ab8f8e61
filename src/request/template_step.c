/* The functions of templates, named as curl's are. */
#include "config.h"

#include "request/template_private.h"

#include <string.h>

#include "base/ascii.h"
#include "base/base64.h"
#include "json/write.h"
#include "request/url.h"

static void
apply_url(const struct buf *from, struct buf *to)
{
	url_add_encoded(to, from->data, from->len);
}

/* Escapes only: the quotes stand in the template. */
static void
apply_json(const struct buf *from, struct buf *to)
{
	struct buf quoted = {0};

	json_add_string(&quoted, from->data, from->len);
	buf_add(to, quoted.data + 1, quoted.len - 2);
	buf_release(&quoted);
}

static void
apply_trim(const struct buf *from, struct buf *to)
{
	size_t len = from->len;
	const char *text = ascii_trim(from->data, &len);

	buf_add(to, text, len);
}

static void
apply_b64(const struct buf *from, struct buf *to)
{
	base64_add(to, from->data, from->len);
}

static const struct {
	const char *name;
	struct template_step step;
} functions[] = {
    {"url", {.apply = apply_url, .encodes_url = true}},
    {"json", {.apply = apply_json, .encodes_json = true}},
    {"trim", {.apply = apply_trim}},
    {"b64", {.apply = apply_b64}},
    {"raw", {.encodes_url = true, .encodes_json = true}},
};

const struct template_step *
template_step_find(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		if (strlen(functions[i].name) == len &&
		    memcmp(functions[i].name, name, len) == 0)
			return &functions[i].step;
	}
	return NULL;
}

const char *
template_step_names(void)
{
	return "url, json, trim, b64, raw";
}
