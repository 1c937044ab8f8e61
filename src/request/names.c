/* What names stand for in one request, and then which names there are. */
#include "config.h"

#include "request/names.h"

#include <stdlib.h>
#include <string.h>

#include "json/path.h"
#include "json/write.h"
#include "text/ascii.h"

/* --- the values of one request -------------------------------------------- */

void
request_values_init(struct request_values *v)
{
	*v = (struct request_values){0};
	strmap_init(&v->paths);
}

void
request_values_release(struct request_values *v)
{
	struct strmap_entry *e;
	size_t at = 0;

	while ((e = strmap_next(&v->paths, &at)))
		json_path_free(e->value);
	strmap_release(&v->paths);
	json_doc_free(v->doc);
	buf_release(&v->text);
}

void
request_values_set(struct request_values *v, const struct request *request,
    const char *value, size_t len)
{
	v->request = request;
	v->value = value;
	v->value_len = len;
	v->scanned = false;
}

/* The getters below give the value as text in v->text, or NULL. */
static const char *
number(struct request_values *v, uint64_t n)
{
	buf_addu(&v->text, n);
	return v->text.data;
}

static const char *
get_n(struct request_values *v)
{
	return number(v, v->request->n);
}

/* A request without a number is the only one of its input. */
static const char *
get_k(struct request_values *v)
{
	return number(v, v->request->k ? v->request->k : 1);
}

static const char *
get_page(struct request_values *v)
{
	return number(v, v->request->page ? v->request->page : 1);
}

static const char *
get_id(struct request_values *v)
{
	if (!v->request->id)
		return NULL;
	buf_adds(&v->text, v->request->id);
	return v->text.data;
}

static const char *
get_host(struct request_values *v)
{
	char *host;

	if (!v->request->origin)
		return NULL;
	host = url_origin_host(v->request->origin);
	buf_adds(&v->text, host);
	free(host);
	return v->text.data;
}

/* The path without its first slash, so that it can be a file's name;
 * "index.html" for an empty one, as wget names it. */
static const char *
get_path(struct request_values *v)
{
	const char *s = v->request->url;

	if (!s)
		return NULL;
	s = strstr(s, "://");
	s = s ? s + 3 + strcspn(s + 3, "/?#") : v->request->url;
	s += *s == '/';
	buf_add(&v->text, s, strcspn(s, "?#"));
	if (!v->text.len)
		buf_adds(&v->text, "index.html");
	return v->text.data;
}

static const struct {
	const char *name;
	const char *(*get)(struct request_values *);
} common[] = {
    {"n", get_n},
    {"k", get_k},
    {"page", get_page},
    {"id", get_id},
    {"host", get_host},
    {"path", get_path},
};

/* What the glob "#N" became; NULL: the request has no such glob. */
static const char *
get_glob(const struct request *r, const char *name, size_t *len)
{
	char *end;
	unsigned long i = strtoul(name + 1, &end, 10);

	if (*end || i == 0 || i > r->globs.len)
		return NULL;
	*len = strlen(r->globs.items[i - 1]);
	return r->globs.items[i - 1];
}

static const char *
get_common(struct request_values *v, const char *name, size_t *len)
{
	for (size_t i = 0; i < sizeof(common) / sizeof(*common); i++) {
		if (strcmp(common[i].name, name) == 0) {
			const char *text = common[i].get(v);

			*len = v->text.len;
			return text;
		}
	}
	return name[0] == '#' ? get_glob(v->request, name, len) : NULL;
}

/* The compiled path; NULL: it is not one. */
static const struct json_path *
find_path(struct request_values *v, const char *name)
{
	struct json_path *path = strmap_get(&v->paths, name);
	struct json_error error;

	if (path)
		return path;
	path = json_path_new(name, &error);
	if (path)
		strmap_set(&v->paths, name, path);
	return path;
}

/* Is the value JSON? It is scanned once, when a member of it is asked for. */
static bool
scan_value(struct request_values *v)
{
	struct json_error error;

	if (v->scanned)
		return v->is_json;
	if (!v->doc)
		v->doc = json_doc_new();
	v->scanned = true;
	v->is_json = json_doc_scan(v->doc, v->value, v->value_len, &error) == 0;
	return v->is_json;
}

/* A JSON value as text: what a string says, any other value as it was written,
 * and NULL for null. */
static const char *
get_text(struct request_values *v, struct json_span span, size_t *len)
{
	if (*span.start == 'n')
		return NULL;
	if (*span.start == '"')
		json_add_text(&v->text, span.start, span.len);
	else
		buf_add(&v->text, span.start, span.len);
	*len = v->text.len;
	return buf_text(&v->text);
}

/* The member of the value that the path `name` leads to; NULL unless there is
 * just one. */
static const char *
get_member(struct request_values *v, const char *name, size_t *len)
{
	const struct json_path *path = find_path(v, name);
	struct json_spans spans = {0};
	struct json_error error;
	const char *text = NULL;

	if (!path || !scan_value(v))
		return NULL;
	if (json_path_apply(path, v->doc, &spans, &error) == 0 &&
	    spans.len == 1)
		text = get_text(v, spans.items[0], len);
	json_spans_release(&spans);
	return text;
}

bool
request_value_is_path(const char *name)
{
	return *name && strchr(".[$", *name);
}

unsigned
request_value_levels_up(const char *name)
{
	unsigned up = 0;

	while (name[up] == '.' && name[up + 1] == '.')
		up++;
	return up;
}

bool
request_value_is_common(const char *name)
{
	for (size_t i = 0; i < sizeof(common) / sizeof(*common); i++) {
		if (strcmp(common[i].name, name) == 0)
			return true;
	}
	return name[0] == '#' && ascii_is_digit(name[1]);
}

/* As template_values.get. Columns come first: the user has named them. */
static const char *
get(void *arg, const char *name, size_t *len)
{
	struct request_values *v = arg;
	const char *text = NULL;

	buf_clear(&v->text);
	if (v->request->row)
		text = row_get(v->request->row, name, len);
	if (text)
		return text;
	text = variables_get(v->request->options->variables, name);
	if (text) {
		*len = strlen(text);
		return text;
	}
	if (!request_value_is_path(name))
		return get_common(v, name, len);
	if (!v->value)
		return NULL;
	if (strcmp(name, ".") != 0)
		return get_member(v, name, len);
	*len = v->value_len;
	return v->value;
}

struct template_values
request_values_of(struct request_values *v)
{
	return (struct template_values){.get = get, .arg = v};
}

/* --- which names there are ------------------------------------------------ */

static bool
is_column(const struct names *n, const char *name)
{
	return n->columns && strlist_has(n->columns, name);
}

/* May a template hold the path? In --then it must not look above the input. */
static bool
has_path(const struct names *n, const char *name)
{
	if (n->levels)
		return request_value_levels_up(name) < n->levels;
	return strcmp(name, ".") == 0 ? n->has_values : n->has_members;
}

bool
names_have(const struct names *n, const char *name)
{
	if (is_column(n, name) || variables_get(n->variables, name))
		return true;
	if (request_value_is_path(name))
		return has_path(n, name) || (n->has_any && !n->levels);
	return n->has_any || request_value_is_common(name);
}

bool
names_variable(const char *name)
{
	while (ascii_is_alnum(*name) || *name == '_')
		name++;
	return !*name;
}

static void
add_variables(struct buf *b, const struct variables *v)
{
	for (size_t i = 0; v && i < v->names.len; i++)
		buf_addf(b, "%s {{%s}}", i ? "," : "; variables are",
		    v->names.items[i]);
}

void
names_add_columns(const struct strlist *columns, struct buf *out)
{
	buf_adds(out, "the columns are");
	for (size_t i = 0; i < columns->len; i++)
		buf_addf(out, "%s %s", i ? "," : "", columns->items[i]);
	if (columns->len == 1 && strchr(columns->items[0], ';'))
		buf_adds(out, " (one column: its name has semicolons where "
		              "CSV has commas; save the table with commas, or "
		              "with tabs for --rows-format tsv)");
}

/* Append which names there are. */
static void
add_known(struct buf *b, const struct names *n)
{
	if (!n->columns) {
		buf_adds(
		    b, "valid names are {{n}} {{k}} {{id}} {{host}} {{path}}");
		buf_adds(b, n->has_values || n->levels ? " and {{.}}" : "");
		add_variables(b, n->variables);
		return;
	}
	names_add_columns(n->columns, b);
	add_variables(b, n->variables);
}

/* Append the highest path in --then: the input, which is above the match of the
 * first stage. */
static void
add_levels(struct buf *b, unsigned levels)
{
	buf_adds(b, "the highest level is {{");
	for (unsigned i = 0; i < levels; i++)
		buf_addc(b, '.');
	buf_adds(b, "}}, the input");
}

char *
names_refuse(const struct names *n, const char *name)
{
	bool path = request_value_is_path(name);
	struct buf text = {0};

	buf_addf(&text, "unknown name {{%s}}; ", name);
	if (!path && n->levels && !n->columns)
		buf_addf(&text, "a member of the match is {{.%s}}; ", name);
	if (path && n->levels)
		add_levels(&text, n->levels);
	else if (path && !n->columns)
		buf_adds(&text, "{{.}} is a line of a list, but no list is "
		                "given: name one with @FILE, or pipe it in");
	else
		add_known(&text, n);
	return buf_take(&text);
}

void
names_add_globs(const struct names *n, const char *text, struct buf *out)
{
	while (*text) {
		char *end = NULL;
		unsigned long number = 0;

		if (*text == '#' && ascii_is_digit(text[1]))
			number = strtoul(text + 1, &end, 10);
		if (number == 0 || number > n->globs) {
			buf_addc(out, *text++);
			continue;
		}
		buf_addf(out, "{{#%lu?}}", number);
		text = end;
	}
}
