#include "config.h"

#include "input/source_private.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "input/lines.h"
#include "request/url.h"

struct source *
source_open(const struct input_options *o, const struct request_options *common,
    char **cause)
{
	struct source *s = xcalloc(1, sizeof(*s));

	s->common = common;
	s->repeat = o->repeat ? o->repeat : 1;
	s->json = json_line_new(
	    o->allow_files ? JSON_LINE_MAY_READ_FILES : JSON_LINE_NO_FILES);
	url_cache_init(
	    &s->urls, o->allow_file_scheme ? URL_HTTP_AND_FILE : URL_HTTP_ONLY);
	request_values_init(&s->values);
	if (source_open_entries(s, o, cause) ||
	    source_open_templates(s, cause)) {
		source_free(s);
		return NULL;
	}
	return s;
}

void
source_free(struct source *s)
{
	if (!s)
		return;
	source_free_entries(s);
	template_free(s->query);
	template_free(s->output);
	json_line_free(s->json);
	url_cache_release(&s->urls);
	request_values_release(&s->values);
	buf_release(&s->url);
	buf_release(&s->expanded);
	free(s);
}

/* The first shape from `at` on; NULL: there is none left. */
static const struct entry *
find_shape(const struct source *s, size_t at)
{
	for (; at < s->len; at++) {
		if (s->entries[at].is_shape)
			return &s->entries[at];
	}
	return NULL;
}

/* A line that says something; one that does not is READER_BUSY, for there may
 * be millions of them. */
static enum reader_status
next_line(struct entry *e, struct line *line)
{
	enum reader_status status;
	bool blank;

	if (e->kind == ENTRY_ROWS)
		return rows_next(e->rows, line);
	if (e->kind == ENTRY_RECORDS)
		return records_next(e->records, line);
	status = reader_next(e->reader, line);
	if (status != READER_LINE || line->bad)
		return status;
	blank = e->kind == ENTRY_VALUES
	            ? line->len == 0
	            : list_line_is_blank(line->text, line->len);
	return blank ? READER_BUSY : READER_LINE;
}

static void
set_input(struct seed *seed)
{
	const struct record *record;

	seed->input = seed->line.text;
	seed->input_len = seed->line.len;
	if (seed->entry->kind != ENTRY_RECORDS || seed->line.bad)
		return;
	record = records_current(seed->entry->records);
	seed->input = record->input.len ? record->input.data : record->url.data;
	seed->input_len = strlen(seed->input);
}

static enum reader_status
seed_from_list(struct source *s, struct entry *e)
{
	struct seed seed = {.entry = e};
	enum reader_status status = next_line(e, &seed.line);

	if (status != READER_LINE)
		return status;
	if (e->kind != ENTRY_LINES && !seed.line.bad)
		seed.shape = find_shape(s, 0);
	set_input(&seed);
	s->seed = seed;
	return status;
}

static const enum source_status statuses[] = {
    [READER_LINE] = SOURCE_REQUEST,
    [READER_BUSY] = SOURCE_BUSY,
    [READER_WAIT] = SOURCE_WAIT,
};

/* Where the next requests come from. */
static enum source_status
next_seed(struct source *s)
{
	for (; s->at < s->len; s->at++) {
		struct entry *e = &s->entries[s->at];
		enum reader_status status;

		if (e->is_shape)
			continue;
		if (e->kind == ENTRY_OPERAND) {
			s->seed = (struct seed){.entry = e, .shape = e};
			s->at++;
			return SOURCE_REQUEST;
		}
		status = seed_from_list(s, e);
		if (status != READER_END)
			return statuses[status];
	}
	return SOURCE_END;
}

/* The seed's next request: again, the next expansion, the next shape. */
static void
advance(struct source *s)
{
	struct seed *seed = &s->seed;
	const struct entry *shape = seed->shape;

	if (++seed->repetition < s->repeat && !seed->line.bad)
		return;
	seed->repetition = 0;
	if (!shape) {
		seed->entry = NULL;
		return;
	}
	if (++seed->expansion < glob_count(shape->glob))
		return;
	seed->expansion = 0;
	seed->shape = seed->entry == shape
	                  ? NULL
	                  : find_shape(s, (size_t)(shape - s->entries) + 1);
	if (!seed->shape)
		seed->entry = NULL;
}

enum source_status
source_next(struct source *s, struct request **out)
{
	if (!s->seed.entry) {
		enum source_status status = next_seed(s);

		if (status != SOURCE_REQUEST)
			return status;
	}
	if (s->seed.repetition == 0)
		s->n++;
	*out = source_make(s);
	advance(s);
	return SOURCE_REQUEST;
}

int
source_fd(const struct source *s)
{
	return reader_fd(s->entries[s->at].reader);
}

void
source_fill(struct source *s)
{
	reader_fill(s->entries[s->at].reader);
}

static char *
list_position(const struct entry *e, uint64_t line)
{
	return xasprintf("%s:%" PRIu64, reader_name(e->reader), line);
}

static char *
operand_position(const struct entry *e, uint64_t expansion)
{
	struct buf text = {0};
	char *shown;

	glob_expand(e->glob, expansion, &text, NULL);
	shown = url_redacted(buf_text(&text));
	buf_release(&text);
	return shown;
}

char *
source_position(const struct source *s)
{
	const struct seed *seed = &s->seed;

	if (seed->entry && seed->entry->kind == ENTRY_OPERAND)
		return operand_position(seed->entry, seed->expansion);
	if (seed->entry)
		return list_position(seed->entry, seed->line.number);
	for (size_t i = s->at; i < s->len; i++) {
		const struct entry *e = &s->entries[i];

		if (e->kind == ENTRY_OPERAND && !e->is_shape)
			return operand_position(e, 0);
		if (e->reader && !reader_at_end(e->reader))
			return list_position(e, reader_line_number(e->reader));
	}
	return NULL;
}

int64_t
source_total(const struct source *s)
{
	uint64_t total = 0;

	for (size_t i = 0; i < s->len; i++) {
		const struct entry *e = &s->entries[i];
		uint64_t more;

		if (e->kind != ENTRY_OPERAND)
			return -1;
		more = glob_count(e->glob);
		if (more > (uint64_t)INT64_MAX / s->repeat - total)
			return INT64_MAX;
		total += more;
	}
	return (int64_t)(total * s->repeat);
}
