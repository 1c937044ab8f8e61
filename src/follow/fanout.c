#include "config.h"

#include "follow/fanout.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "request/lineage.h"
#include "request/template.h"
#include "request/values.h"

struct stage {
	struct matcher *each;
	struct template *then;
};

struct fanout {
	struct stage *stages;
	unsigned len;
	struct template *output;        /* -o; NULL: none */
	struct request_options options; /* of children that share theirs */
	/* What the names stand for: the match, the one above, ... */
	struct request_values *values;
	unsigned depth; /* how many of them are known, of len + 1 */
};

/* What a listed request sends is its own; children ask. */
static void
become_get(struct request_options *o)
{
	free(o->method);
	free(o->body);
	free(o->upload);
	free(o->range);
	strlist_release(&o->form);
	o->method = o->body = o->upload = o->range = NULL;
	o->body_len = 0;
	o->body_kind = BODY_NONE;
	o->data_in_query = false;
	o->head = false;
}

static int
compile_stage(struct fanout *f, const struct follow_options *o, char **cause)
{
	const struct follow_stage *given = &o->stages[f->len];
	const struct match_text each = {
	    .language = given->language,
	    .option = follow_stage_option(given),
	    .text = given->each,
	};
	struct stage *s = &f->stages[f->len];
	char *why;

	s->each = matcher_new(&each, cause);
	f->len++;
	if (!s->each)
		return -1;
	s->then =
	    template_new(given->then, strlen(given->then), TEMPLATE_URL, &why);
	if (s->then)
		return 0;
	*cause = xasprintf("--then %s: %s", given->then, why);
	free(why);
	return -1;
}

static int
compile(struct fanout *f, const struct follow_options *o, char **cause)
{
	char *why;

	f->stages = xcalloc(o->stages_len, sizeof(*f->stages));
	f->values = xcalloc(o->stages_len + 1, sizeof(*f->values));
	for (size_t i = 0; i <= o->stages_len; i++)
		request_values_init(&f->values[i]);
	while (f->len < o->stages_len) {
		if (compile_stage(f, o, cause))
			return -1;
	}
	if (!o->output)
		return 0;
	f->output =
	    template_new(o->output, strlen(o->output), TEMPLATE_FILE, &why);
	if (f->output)
		return 0;
	*cause = xasprintf("-o %s: %s", o->output, why);
	free(why);
	return -1;
}

struct fanout *
fanout_new(const struct follow_options *o, const struct request_options *common,
    char **cause)
{
	struct fanout *f = xcalloc(1, sizeof(*f));

	request_options_copy(&f->options, common);
	become_get(&f->options);
	if (compile(f, o, cause) == 0)
		return f;
	/* All values were initialised, whatever failed. */
	f->len = (unsigned)o->stages_len;
	fanout_free(f);
	return NULL;
}

void
fanout_free(struct fanout *f)
{
	if (!f)
		return;
	for (unsigned i = 0; i < f->len; i++) {
		matcher_free(f->stages[i].each);
		template_free(f->stages[i].then);
	}
	for (unsigned i = 0; i <= f->len; i++)
		request_values_release(&f->values[i]);
	free(f->stages);
	free(f->values);
	template_free(f->output);
	request_options_release(&f->options);
	free(f);
}

unsigned
fanout_stages(const struct fanout *f)
{
	return f->len;
}

int
fanout_find(
    struct fanout *f, unsigned stage, struct result *r, struct matches *matches)
{
	return matcher_find(f->stages[stage].each, matches, r);
}

/* {{.id}} is about the match, {{..id}} about the one above, which of the
 * first stage is the input. */
static const char *
get(void *arg, const char *name, size_t *len)
{
	struct fanout *f = arg;
	unsigned up = 0;
	struct template_values values;

	while (name[0] == '.' && name[1] == '.') {
		name++;
		up++;
	}
	if (up && name[1] == '[')
		name++;
	if (up >= f->depth)
		return NULL;
	values = request_values_of(&f->values[up]);
	return values.get(values.arg, name, len);
}

static void
set_values(struct fanout *f, const struct request *child)
{
	const struct lineage *l = child->lineage;

	for (f->depth = 0; l; l = l->up)
		request_values_set(
		    &f->values[f->depth++], child, l->text, l->text_len);
	request_values_set(
	    &f->values[f->depth++], child, child->input, child->input_len);
}

/* NULL: the child has become invalid. */
static char *
expand(struct fanout *f, const struct template *t, struct request *child)
{
	const struct template_values values = {.get = get, .arg = f};
	struct buf text;
	char *cause;

	buf_init(&text);
	if (template_expand(t, &values, &text, &cause) == 0)
		return buf_take(&text);
	request_fail(child, "%s", cause);
	free(cause);
	buf_release(&text);
	return NULL;
}

static void
set_options(
    struct fanout *f, const struct request *parent, struct request *child)
{
	if (child->own)
		become_get(child->own);
	else if (!parent->lineage)
		child->options = &f->options;
}

struct request *
fanout_make(
    struct fanout *f, const struct fanout_parent *p, enum child_trust trust)
{
	struct request *child = request_new_like(p->request);
	char *url;

	child->lineage =
	    lineage_new(p->request->url, p->match, p->request->lineage);
	child->k = p->k;
	set_options(f, p->request, child);
	set_values(f, child);
	url = expand(f, f->stages[p->stage].then, child);
	if (url)
		child_set_url(child, p->request, p->result, url);
	if (trust == CHILD_TRUSTED)
		child->foreign = false;
	if (f->output && p->stage + 1 == f->len && !child->invalid)
		child->output = expand(f, f->output, child);
	free(url);
	return child;
}
