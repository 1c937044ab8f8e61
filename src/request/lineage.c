#include "config.h"

#include "request/lineage.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "json/write.h"

void
trust_step(
    struct trust *t, const char *from, const char *to, enum trust_rule rule)
{
	t->foreign =
	    rule != TRUST_EVERYBODY && (t->foreign || strcmp(from, to) != 0);
}

static void
set_text(struct lineage *l)
{
	struct buf text;

	if (*l->json == 'n')
		return;
	buf_init(&text);
	json_add_text(&text, l->json, l->json_len);
	l->text_len = text.len;
	l->text = buf_take(&text);
}

struct lineage *
lineage_new(const char *url, struct json_span match, struct lineage *up)
{
	struct lineage *l = xcalloc(1, sizeof(*l));

	l->refs = 1;
	l->url = xstrdup(url);
	l->json = xmemdup0(match.start, match.len);
	l->json_len = match.len;
	l->up = up ? lineage_ref(up) : NULL;
	set_text(l);
	return l;
}

struct lineage *
lineage_ref(struct lineage *l)
{
	l->refs++;
	return l;
}

/* A loop, since a chain of --then may be long. */
void
lineage_unref(struct lineage *l)
{
	while (l && --l->refs == 0) {
		struct lineage *up = l->up;

		free(l->url);
		free(l->json);
		free(l->text);
		free(l);
		l = up;
	}
}
