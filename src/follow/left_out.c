#include "config.h"

#include "follow/left_out.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "text/ascii.h"

/* The scheme of this name, a new one if there is room; NULL: there is none. */
static struct left_out_scheme *
scheme_named(struct left_out *l, const char *name, size_t len)
{
	struct left_out_scheme *s;

	for (size_t i = 0; i < l->schemes_len; i++) {
		if (ascii_is_word(name, len, l->schemes[i].name))
			return &l->schemes[i];
	}
	if (l->schemes_len == LEFT_OUT_SCHEMES || len >= LEFT_OUT_NAME)
		return NULL;
	s = &l->schemes[l->schemes_len++];
	for (size_t i = 0; i < len; i++)
		s->name[i] = ascii_lower(name[i]);
	return s;
}

void
left_out_add_scheme(struct left_out *l, const char *name, size_t len)
{
	struct left_out_scheme *s = scheme_named(l, name, len);

	l->not_http++;
	if (s)
		s->count++;
}

/* Append "mailto x 8, javascript x 4". */
static void
add_schemes(const struct left_out *l, struct buf *out)
{
	uint64_t others = l->not_http;
	const char *between = "";

	for (size_t i = 0; i < l->schemes_len; i++) {
		const struct left_out_scheme *s = &l->schemes[i];

		buf_addf(out, "%s%s x %" PRIu64, between, s->name, s->count);
		between = ", ";
		others -= s->count;
	}
	if (others)
		buf_addf(out, "%sothers x %" PRIu64, between, others);
}

/* Append "3 links". */
static void
add_links(struct buf *out, uint64_t n)
{
	buf_addf(out, "%" PRIu64 " link%s", n, n == 1 ? "" : "s");
}

void
left_out_add_text(const struct left_out *l, struct buf *out)
{
	if (!l->not_http && !l->inside)
		return;
	buf_adds(out, "left out ");
	if (l->not_http) {
		add_links(out, l->not_http);
		buf_addf(out, " that %s not http or https (",
		    l->not_http == 1 ? "is" : "are");
		add_schemes(l, out);
		buf_adds(out, l->inside ? ") and " : ")");
	}
	if (l->inside) {
		add_links(out, l->inside);
		buf_adds(out, " within the same page");
	}
}
