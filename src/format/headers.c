#include "config.h"

#include "format/headers.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/strmap.h"
#include "base/xalloc.h"
#include "json/write.h"
#include "request/headers.h"

void
headers_add_heads(struct buf *out, const struct result *r)
{
	const char *heads = r->heads ? r->heads : r->headers;
	size_t end = heads ? headers_complete_len(heads) : 0;

	if (!heads)
		return;
	buf_add(out, heads, end ? end : strlen(heads));
	if (!end)
		buf_adds(out, "\r\n");
}

bool
headers_are_shown(const struct output_options *o, const struct request *r)
{
	return o->include_headers || r->options->include_headers ||
	       r->options->head;
}

/* The values of one name, as they will stand in the array. */
struct group {
	struct group *next;
	const char *name; /* the map's */
	struct buf values;
};

static char *
lower_name(const struct header *h)
{
	char *name = xmemdup0(h->name, h->name_len);

	for (char *c = name; *c; c++)
		*c = ascii_lower(*c);
	return name;
}

/* The group of `name`; a new one goes to *last, the end of the list. */
static struct group *
find_group(struct strmap *groups, const char *name, struct group ***last)
{
	struct group *g = strmap_get(groups, name);

	if (g)
		return g;
	g = xcalloc(1, sizeof(*g));
	g->name = strmap_set(groups, name, g);
	**last = g;
	*last = &g->next;
	return g;
}

static struct group *
group_by_name(struct strmap *groups, const char *block)
{
	struct group *first = NULL, **last = &first;
	struct header h;

	while (headers_next(&block, &h)) {
		char *name = lower_name(&h);
		struct group *g = find_group(groups, name, &last);

		if (g->values.len)
			buf_addc(&g->values, ',');
		json_add_string(&g->values, h.value, h.value_len);
		free(name);
	}
	return first;
}

void
headers_add_json(struct buf *out, const char *block)
{
	struct strmap groups;
	struct group *g, *next;

	strmap_init(&groups);
	buf_addc(out, '{');
	for (g = group_by_name(&groups, block); g; g = next) {
		next = g->next;
		json_add_string(out, g->name, strlen(g->name));
		buf_adds(out, ":[");
		buf_add(out, g->values.data, g->values.len);
		buf_adds(out, next ? "]," : "]");
		buf_release(&g->values);
		free(g);
	}
	buf_addc(out, '}');
	strmap_release(&groups);
}
