/*
 * First the feeder's side, which writes the fields of a request, then the
 * worker's, which builds a request of them as one of a list is built
 * (input/build.h).
 */
#include "config.h"

#include "input/queued.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "input/build.h"
#include "json/write.h"
#include "request/url.h"

/* --- written ---------------------------------------------------------- */

static void
add_field(
    struct queued_fields *f, const char *name, const char *value, size_t len)
{
	if (f->len < QUEUED_FIELDS_MAX)
		f->items[f->len++] = (struct queued_field){name, value, len};
}

/* Append the part of the URL that names the user, which a request keeps apart
 * from it. */
static void
add_userinfo(struct buf *out, const char *user)
{
	const char *colon = strchr(user, ':');
	size_t name = colon ? (size_t)(colon - user) : strlen(user);

	url_add_encoded(out, user, name);
	if (colon) {
		buf_addc(out, ':');
		url_add_encoded(out, colon + 1, strlen(colon + 1));
	}
	buf_addc(out, '@');
}

/* The URL of `r` as a user would write it. */
static char *
written_url(const struct request *r)
{
	const char *url = request_shown_url(r);
	const char *host = url_authority(url);
	struct buf out = {0};

	buf_add(&out, url, (size_t)(host - url));
	if (r->user)
		add_userinfo(&out, r->user);
	buf_adds(&out, host);
	return buf_take(&out);
}

/* Append `r` as a line of a list. */
static void
add_json_line(struct buf *out, const struct request *r)
{
	char *url = written_url(r);

	buf_addc(out, '{');
	json_open_member(out, "url");
	json_add_string(out, url, strlen(url));
	if (r->options->method) {
		json_open_member(out, "method");
		json_add_text_or_null(out, r->options->method);
	}
	if (r->id) {
		json_open_member(out, "id");
		json_add_text_or_null(out, r->id);
	}
	buf_addc(out, '}');
	free(url);
}

/* Is the input of `r` a line of a list, which says all there is to say? */
static bool
is_line(const struct request *r)
{
	return r->where && !r->is_value && !r->row && !r->globs.len &&
	       !r->is_repeated;
}

static void
add_letters(struct buf *out, const struct request *r)
{
	if (r->is_value)
		buf_addc(out, 'v');
	if (r->is_recorded)
		buf_addc(out, 'h');
	if (r->hides_input)
		buf_addc(out, 's');
	if (r->follows)
		buf_addc(out, 'l');
	if (r->trust.foreign)
		buf_addc(out, 'o');
	if (r->trust.from_public)
		buf_addc(out, 'p');
}

/* Add what is made for the entry alone. The buffer may move until it is whole.
 */
static void
add_made(struct queued_fields *f, const struct request *r, bool line)
{
	static const char *const names[] = {"r", "v", "k", "f"};
	size_t ends[4], at = 0;
	struct buf *b = &f->scratch;

	if (!line && r->url)
		add_json_line(b, r);
	ends[0] = b->len;
	if (!line && r->row)
		row_add_json(b, r->row);
	ends[1] = b->len;
	if (r->k)
		buf_addf(b, "%llu", (unsigned long long)r->k);
	ends[2] = b->len;
	add_letters(b, r);
	ends[3] = b->len;
	for (size_t i = 0; i < 4; at = ends[i++])
		if (ends[i] > at)
			add_field(f, names[i], b->data + at, ends[i] - at);
}

void
queued_write(struct queued_fields *f, const struct request *r)
{
	bool line = is_line(r);

	f->len = 0;
	buf_clear(&f->scratch);
	add_field(f, line ? "r" : "i", r->input, r->input_len);
	add_made(f, r, line);
	if (r->where)
		add_field(f, "w", r->where, strlen(r->where));
	if (r->was != WIRE_UNSENT)
		add_field(f, "u", wire_state_name(r->was),
		    strlen(wire_state_name(r->was)));
	if (r->invalid)
		add_field(f, "x", r->invalid, strlen(r->invalid));
	for (size_t i = 0; i < r->globs.len; i++)
		add_field(f, "g", r->globs.items[i], strlen(r->globs.items[i]));
}

void
queued_fields_release(struct queued_fields *f)
{
	buf_release(&f->scratch);
}

/* --- read ------------------------------------------------------------- */

struct queued {
	struct source *source; /* with a list that is empty */
	struct entry entry;
	struct buf line; /* of the entry at hand; the decoder writes into it */
	struct buf file; /* the part of `w` that names a file */
};

struct queued *
queued_new(const struct input_options *input,
    const struct request_options *common, char **cause)
{
	struct input_options o = {
	    .allow_file_scheme = input->allow_file_scheme,
	    .allow_files = input->allow_files,
	};
	struct source *source;
	struct queued *q;

	/* Lines of lists may have any names ("vars"), and so may entries. */
	input_options_add(&o, INPUT_LIST, "/dev/null");
	source = source_open(&o, common, cause);
	input_options_release(&o);
	if (!source)
		return NULL;
	q = xcalloc(1, sizeof(*q));
	q->source = source;
	q->entry.kind = ENTRY_QUEUED;
	return q;
}

void
queued_free(struct queued *q)
{
	if (!q)
		return;
	source_free(q->source);
	buf_release(&q->line);
	buf_release(&q->file);
	free(q);
}

struct names
queued_names(const struct queued *q)
{
	return source_names(q->source);
}

static const struct queued_field *
find_field(const struct queued_field *fields, size_t len, const char *name)
{
	for (size_t i = 0; i < len; i++)
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

static uint64_t
number_in(const struct queued_field *f)
{
	char text[24] = "";

	if (!f || f->len >= sizeof(text))
		return 0;
	memcpy(text, f->value, f->len);
	return strtoull(text, NULL, 10);
}

/* Set the file and the number of the line from "FILE:LINE". */
static void
set_where(
    struct queued *q, struct current *current, const struct queued_field *w)
{
	struct queued_field line = {.len = 0};
	char *colon;

	if (!w)
		return;
	buf_clear(&q->file);
	buf_add(&q->file, w->value, w->len);
	colon = q->file.data ? strrchr(q->file.data, ':') : NULL;
	if (!colon)
		return;
	line.value = colon + 1;
	line.len = strlen(colon + 1);
	current->line.number = number_in(&line);
	*colon = '\0';
	current->file = q->file.data;
}

/* The line of the entry is a copy, since the decoder writes into it. */
static void
set_line(struct queued *q, struct current *current,
    const struct queued_field *r, const struct queued_field *i)
{
	const struct queued_field *input = i ? i : r;

	buf_clear(&q->line);
	if (r)
		buf_add(&q->line, r->value, r->len);
	buf_addc(&q->line, '\0');
	current->line.text = q->line.data;
	current->line.len = q->line.len - 1;
	current->input = input ? input->value : "";
	current->input_len = input ? input->len : 0;
}

static bool
has_letter(const struct queued_field *f, char letter)
{
	return f && memchr(f->value, letter, f->len);
}

struct request *
queued_read(
    struct queued *q, uint64_t n, const struct queued_field *fields, size_t len)
{
	const struct queued_field *i = find_field(fields, len, "i");
	const struct queued_field *letters = find_field(fields, len, "f");
	struct current *current = &q->source->current;
	struct request *request;

	*current = (struct current){
	    .entry = &q->entry,
	    .fields = fields,
	    .fields_len = len,
	    .is_final = i || has_letter(letters, 'h'),
	    .is_value = has_letter(letters, 'v'),
	    .is_recorded = has_letter(letters, 'h'),
	    .follows = has_letter(letters, 'l'),
	    .trust = {.foreign = has_letter(letters, 'o'),
	        .from_public = has_letter(letters, 'p')},
	};
	set_line(q, current, find_field(fields, len, "r"), i);
	set_where(q, current, find_field(fields, len, "w"));
	q->source->n = n;
	request = source_build(q->source);
	request->k = number_in(find_field(fields, len, "k"));
	request->hides_input |= has_letter(letters, 's');
	current->entry = NULL;
	return request;
}
