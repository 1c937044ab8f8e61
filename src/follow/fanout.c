/*
 * Fan-out from top to bottom: the stages are compiled, once; matches are found,
 * for each answer; a child is made, for each match.
 */
#include "config.h"

#include "follow/fanout.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "json/write.h"
#include "request/lineage.h"
#include "request/names.h"
#include "request/template.h"
#include "request/url.h"
#include "text/ascii.h"

/* A template, and what an error message says of it. */
struct template_text {
	const char *option; /* that gave it */
	const char *shown;  /* as it was given */
	const char *text;   /* as it is compiled: globs may have become names */
	enum template_place place;
	unsigned stage; /* of the requests that it is for */
};

/* --each and its --then. */
struct fanout_stage {
	struct matcher *each;
	char *method; /* that --then names; NULL: GET, or HEAD with -I */
	bool head;    /* -I */
	struct template *then;
	bool has_k;                     /* {{k}} is part of the URL */
	struct request_options options; /* of children of listed requests */
	struct gap_finder gaps;         /* of `each` */
	struct gap_sum unmatched;
};

struct fanout {
	struct fanout_stage *stages;
	unsigned len;
	struct matcher *base;    /* finds <base>; NULL: no stage reads HTML */
	struct template *output; /* -o; NULL: none */
	size_t output_own;       /* as in struct request */
	/* What the names in a template stand for while a child is made: the
	 * match, the match above it, and so on up to the input. */
	struct request_values *values;
	unsigned depth; /* how many of the values are set, of len + 1 */
	/* The name that was asked for last, if it has no value; or NULL.
	 * Borrowed from the template. */
	const char *missing;
};

/* Make them the options of a child of the stage. Its method is that of --then,
 * or GET: method, body and range of the listed request are not inherited. */
static void
set_method(struct request_options *o, const struct fanout_stage *s)
{
	request_options_drop_body(o);
	free(o->method);
	free(o->range);
	o->method = xstrdup_null(s->method);
	o->range = NULL;
	o->head = s->head;
}

/* A search for the first name that a template must not hold. */
struct name_check {
	struct names names;
	bool is_last; /* the template is of the last stage */
	bool has_k;   /* it holds {{k}} */
	char *why;    /* what is wrong with that name; NULL: none so far */
};

/* A template_each_name callback. */
static void
check_name(void *arg, const char *name)
{
	struct name_check *c = arg;

	if (c->why)
		return;
	c->has_k |= strcmp(name, "k") == 0;
	if (!names_have(&c->names, name))
		c->why = names_refuse(&c->names, name);
	else if (!c->is_last && strcmp(name, "k") == 0)
		c->why = xstrdup("{{k}} counts records, which only the last "
		                 "stage makes");
}

/* "--then TEMPLATE: why it is wrong", with secrets hidden. Caller frees. */
static char *
template_error(const struct template_text *text, const char *why)
{
	char *shown = url_redacted(text->shown);
	char *message = xasprintf("%s %s: %s", text->option, shown, why);

	free(shown);
	return message;
}

/* A child of `stage` has stage + 2 levels of names: {{.}} is the match it is
 * made of, {{..}} what its parent was made of, and so on up to the input. */
static struct template *
compile_template(struct fanout *f, const struct fanout_setup *setup,
    const struct template_text *text, char **cause)
{
	unsigned stage = text->stage;
	struct name_check c = {
	    .names = setup->names,
	    .is_last = stage + 1 == setup->options->stages_len,
	};
	struct template *t =
	    template_new(text->text, strlen(text->text), text->place, &c.why);

	c.names.levels = stage + 2;
	if (t)
		template_each_name(t, check_name, &c);
	if (text->place == TEMPLATE_URL)
		f->stages[stage].has_k = c.has_k;
	if (!c.why)
		return t;
	*cause = template_error(text, c.why);
	free(c.why);
	template_free(t);
	return NULL;
}

/* Take the method off the front of "METHOD URL". Returns the URL's template. */
static const char *
take_method(struct fanout_stage *s, const char *then)
{
	size_t blanks = strspn(then, " \t");
	size_t len =
	    request_method_prefix(then + blanks, strlen(then + blanks));

	if (!len)
		return then;
	s->method = xmemdup0(then + blanks, len);
	then += blanks + len;
	return then + strspn(then, " \t");
}

/* The method that the first of several words is but for the case of its
 * letters; NULL: it is none. A URL may hold blanks, too. */
static const char *
misspelt_method(const char *then)
{
	static const char *const methods[] = {
	    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
	size_t len;

	then += strspn(then, " \t");
	len = strcspn(then, " \t");
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		if (then[len] && ascii_is_word(then, len, methods[i]) &&
		    strncmp(then, methods[i], len) != 0)
			return methods[i];
	}
	return NULL;
}

/* Refuse "get URL". 0 or -1. */
static int
check_method(const struct template_text *then, char **cause)
{
	const char *method = misspelt_method(then->shown);
	char *why;

	if (!method)
		return 0;
	why = xasprintf("methods are upper case; write %s", method);
	*cause = template_error(then, why);
	free(why);
	return -1;
}

static int
compile_stage(struct fanout *f, const struct fanout_setup *setup, char **cause)
{
	const struct follow_stage *given = &setup->options->stages[f->len];
	struct fanout_stage *s = &f->stages[f->len];
	const struct match_text each = {
	    .language = given->language,
	    .option = follow_stage_option(given),
	    .text = given->each,
	    .max = setup->match_max,
	};
	const struct template_text then = {
	    .option = "--then",
	    .shown = given->then,
	    .text = take_method(s, given->then),
	    .place = TEMPLATE_URL,
	    .stage = f->len,
	};

	s->each = matcher_new(&each, cause);
	if (s->each && check_method(&then, cause) == 0)
		s->then = compile_template(f, setup, &then, cause);
	f->len++;
	s->head = setup->options->head && f->len == setup->options->stages_len;
	request_options_copy(&s->options, setup->common);
	set_method(&s->options, s);
	return s->then ? 0 : -1;
}

static int
compile_output_template(
    struct fanout *f, const struct fanout_setup *setup, char **cause)
{
	struct template_text output = {
	    .option = "-o",
	    .shown = setup->options->output,
	    .place = TEMPLATE_FILE,
	    .stage = f->len - 1,
	};
	struct buf text;

	if (!output.shown)
		return 0;
	buf_init(&text);
	names_add_globs(&setup->names, output.shown, &text);
	output.text = buf_text(&text);
	f->output_own = template_folder(setup->options->output);
	f->output = compile_template(f, setup, &output, cause);
	buf_release(&text);
	return f->output ? 0 : -1;
}

/* Compile what finds the base of a page's links, if a stage reads pages. It is
 * the first <base> that has an href, in documents whose root is <html>. */
static int
compile_base(struct fanout *f, char **cause)
{
	const struct match_text base = {
	    .language = MATCH_XPATH,
	    .option = "the base of a page",
	    .text = "(/html//base/@href)[1]",
	};
	bool reads_html = false;

	for (unsigned i = 0; i < f->len; i++)
		reads_html |= fanout_language(f, i) == MATCH_XPATH;
	if (reads_html)
		f->base = matcher_new(&base, cause);
	return reads_html && !f->base ? -1 : 0;
}

static int
compile_stages(struct fanout *f, const struct fanout_setup *setup, char **cause)
{
	size_t stages = setup->options->stages_len;

	f->stages = xcalloc(stages, sizeof(*f->stages));
	f->values = xcalloc(stages + 1, sizeof(*f->values));
	for (size_t i = 0; i <= stages; i++)
		request_values_init(&f->values[i]);
	while (f->len < stages) {
		if (compile_stage(f, setup, cause))
			return -1;
	}
	if (compile_base(f, cause))
		return -1;
	return compile_output_template(f, setup, cause);
}

struct fanout *
fanout_new(const struct fanout_setup *setup, char **cause)
{
	struct fanout *f = xcalloc(1, sizeof(*f));

	if (compile_stages(f, setup, cause) == 0)
		return f;
	/* All values were initialised, whatever failed. */
	f->len = (unsigned)setup->options->stages_len;
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
		gap_sum_release(&f->stages[i].unmatched);
		template_free(f->stages[i].then);
		free(f->stages[i].method);
		request_options_release(&f->stages[i].options);
	}
	for (unsigned i = 0; i <= f->len; i++)
		request_values_release(&f->values[i]);
	free(f->stages);
	free(f->values);
	matcher_free(f->base);
	template_free(f->output);
	free(f);
}

unsigned
fanout_stages(const struct fanout *f)
{
	return f->len;
}

enum match_language
fanout_language(const struct fanout *f, unsigned stage)
{
	return matcher_language(f->stages[stage].each);
}

bool
fanout_url_has_k(const struct fanout *f, unsigned stage)
{
	return f->stages[stage].has_k;
}

/* --- what is found in an answer ----------------------------------------- */

void
found_links_release(struct found_links *found)
{
	matches_release(&found->matches);
	free(found->base);
	gap_release(&found->gap);
	*found = (struct found_links){0};
}

/* Set found->base. -1: the page cannot be searched. */
static int
find_base(const struct fanout *f, struct reading *reading, struct result *r,
    struct found_links *found)
{
	struct matches base = {0};
	struct buf text = {0};
	int rc = matcher_apply(f->base, reading, &base, r);

	if (rc == 0 && base.spans.len) {
		json_add_unescaped(
		    &text, base.spans.items[0].start, base.spans.items[0].len);
		free(found->base);
		found->base = buf_take(&text);
	}
	matches_release(&base);
	return rc;
}

int
fanout_find(struct fanout *f, unsigned stage, struct readings *body,
    struct found_links *found)
{
	struct fanout_stage *s = &f->stages[stage];
	const struct matcher *each = s->each;
	struct result *r = readings_result(body);
	struct reading *reading = readings_take(body, matcher_language(each));
	int rc;

	if (!reading)
		return -1;
	rc = matcher_apply(each, reading, &found->matches, r);
	if (rc == 0) {
		found->gap.matched = found->matches.spans.len > 0;
		gap_find(&s->gaps, each, reading, &found->gap);
		rc = matcher_spread(each, reading, &found->matches, r);
	}
	if (rc == 0 && found->matches.spans.len &&
	    matcher_language(each) == MATCH_XPATH)
		rc = find_base(f, reading, r, found);
	return rc;
}

void
fanout_note_gap(struct fanout *f, unsigned stage, const struct gap *gap)
{
	gap_sum_add(&f->stages[stage].unmatched, gap);
}

bool
fanout_add_unmatched(const struct fanout *f, unsigned stage, struct buf *out)
{
	const struct fanout_stage *s = &f->stages[stage];

	return gap_sum_describe(&s->unmatched, s->each, "", out);
}

/* --- the request of a match --------------------------------------------- */

/* The value of `name` for a child: {{.id}} is about the match, {{..id}} about
 * the match above it, which for the first stage is the input. */
static const char *
find_value(struct fanout *f, const char *name, size_t *len)
{
	unsigned up = request_value_levels_up(name);
	struct template_values values;

	name += up;
	if (up && name[1] == '[')
		name++;
	if (up >= f->depth)
		return NULL;
	values = request_values_of(&f->values[up]);
	return values.get(values.arg, name, len);
}

/* As template_values.get. */
static const char *
get_value(void *arg, const char *name, size_t *len)
{
	struct fanout *f = arg;
	const char *value = find_value(f, name, len);

	f->missing = value ? NULL : name;
	return value;
}

/* Append, for a message, which member of the match was meant by `name`, or
 * which there are, where it is written as a member `path`. */
static void
add_member_advice(const struct lineage *match, const char *name,
    const char *path, struct buf *out)
{
	struct json_doc *doc = json_doc_new();
	struct json_spans spans = {0};
	struct json_error error;
	struct json_path *compiled = json_path_new(path, &error);

	bool searched =
	    compiled &&
	    json_doc_scan(doc, match->json, match->json_len, &error) == 0 &&
	    json_path_apply(compiled, doc, &spans, &error) == 0;

	if (searched && spans.len == 0) {
		buf_adds(out, "; in the match, ");
		json_path_describe_gap(compiled, path, doc, out);
	} else if (searched && strcmp(name, path) != 0) {
		buf_addf(
		    out, "; did you mean {{%s}}, a member of the match?", path);
	}
	json_spans_release(&spans);
	json_doc_free(doc);
	json_path_free(compiled);
}

/* Append what to write instead of a name that has no value for the child. */
static void
add_advice(const struct fanout *f, const struct request *child, struct buf *out)
{
	const char *name = f->missing;
	char *path;

	if (!name || *name == '#' || request_value_levels_up(name))
		return;
	path = request_value_is_path(name) ? xstrdup(name)
	                                   : xasprintf(".%s", name);
	add_member_advice(child->lineage, name, path, out);
	free(path);
}

/* Set the values from the innermost match outwards. */
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

/* Expand `t` for the child. NULL: the child has become invalid. */
static char *
expand_for_child(
    struct fanout *f, const struct template *t, struct request *child)
{
	const struct template_values values = {.get = get_value, .arg = f};
	struct buf text;
	char *cause;

	buf_init(&text);
	f->missing = NULL;
	if (template_expand(t, &values, &text, &cause) == 0)
		return buf_take(&text);
	buf_clear(&text);
	add_advice(f, child, &text);
	request_fail(child, "%s%s", cause, buf_text(&text));
	free(cause);
	buf_release(&text);
	return NULL;
}

/* Children of listed requests that have no options of their own share one set
 * for each stage. */
static void
set_options(const struct fanout_stage *s, struct request *child)
{
	if (child->own)
		set_method(child->own, s);
	else
		child->options = &s->options;
}

/* Does the text look like "host:port" rather than a URL with a scheme? No
 * scheme in use has a dot. */
static bool
looks_like_host(const char *text, size_t len)
{
	return memchr(text, '.', len) || ascii_is_word(text, len, "localhost");
}

/* The length of the scheme of a link, as the server wrote it, that can be no
 * mistake for http; 0: there is none. */
static size_t
foreign_scheme(const char *text)
{
	size_t len = url_scheme_length(text);

	if (!len || ascii_is_word(text, len, "http:") ||
	    ascii_is_word(text, len, "https:") ||
	    looks_like_host(text, len - 1))
		return 0;
	return len - 1;
}

/* Is the link, which a page gives, left out before it is resolved? Then it was
 * counted. */
static bool
leaves_out_text(
    struct left_out *l, const struct fanout_parent *p, const char *url)
{
	char *text = url_of_page(url);
	size_t scheme = foreign_scheme(text);
	bool inside = !*text || (*text == '#' && !p->parent.base);

	if (scheme)
		left_out_add_scheme(l, text, scheme);
	l->inside += inside;
	free(text);
	return scheme || inside;
}

/* Is the match the value of an empty href, which leads to the page itself? The
 * template could not be expanded. */
static bool
leaves_out_empty(struct left_out *l, const struct fanout_stage *s,
    const struct json_span *match)
{
	const char *name = template_first_name(s->then);
	bool empty = matcher_language(s->each) == MATCH_XPATH &&
	             match->len == 2 && *match->start == '"' && name &&
	             strcmp(name, ".") == 0;

	l->inside += empty;
	return empty;
}

/* Set the URL of the child. False: it is left out, and was counted. */
static bool
set_url(struct request *child, const struct fanout_parent *p, const char *url,
    struct left_out *l)
{
	if (l && leaves_out_text(l, p, url))
		return false;
	child_set_url(child, &p->parent, url);
	if (!l || !child_is_inside(child, &p->parent))
		return true;
	l->inside++;
	return false;
}

struct request *
fanout_make(
    struct fanout *f, const struct fanout_parent *p, struct left_out *left_out)
{
	const struct fanout_stage *s = &f->stages[p->stage];
	const struct request *parent = p->parent.request;
	struct left_out *l = template_first_name(s->then) ? left_out : NULL;
	struct request *child;
	char *url;

	if (l && leaves_out_empty(l, s, &p->match))
		return NULL;
	child = request_new_like(parent);
	child->lineage = lineage_new(parent->url, p->match, parent->lineage);
	child->k = p->k;
	set_options(s, child);
	set_values(f, child);
	url = expand_for_child(f, s->then, child);
	if (url && !set_url(child, p, url, l)) {
		request_free(child);
		child = NULL;
	}
	free(url);
	return child;
}

void
fanout_name(struct fanout *f, unsigned stage, struct request *child, uint64_t k)
{
	child->k = k;
	if (!f->output || stage + 1 < f->len || child->invalid)
		return;
	set_values(f, child);
	child->output = expand_for_child(f, f->output, child);
	child->output_own = f->output_own;
}
