/*
 * From the top: the options that name the input, the entries that they become,
 * and the walk over the entries. Their templates are checked before anything is
 * fetched (input/templates.c). Each line or operand that the walk comes to is
 * built into a request by input/build.c.
 */
#include "config.h"

#include "input/source.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "har/cutter.h"
#include "input/build.h"
#include "input/feed.h"
#include "input/har_list.h"
#include "input/jsonl.h"
#include "input/lines.h"
#include "input/records.h"
#include "input/rows.h"
#include "request/url.h"
#include "text/ascii.h"

enum {
	SKIPPED_AT_ONCE = 256 /* requests of other shards, about 0.1 ms */
};

/* --- options -------------------------------------------------------------- */

void
input_options_add(
    struct input_options *o, enum input_kind kind, const char *text)
{
	o->items = xreallocarray(o->items, o->items_len + 1, sizeof(*o->items));
	o->items[o->items_len++] = (struct input_item){
	    .kind = kind,
	    .text = xstrdup(text),
	};
}

void
input_options_release(struct input_options *o)
{
	for (size_t i = 0; i < o->items_len; i++)
		free(o->items[i].text);
	free(o->items);
	free(o->rows);
	free(o->retry_from);
	*o = (struct input_options){0};
}

/* --- entries -------------------------------------------------------------- */

/* The pointer is good until the next entry is added. */
static struct entry *
add_entry(struct source *s, enum entry_kind kind)
{
	struct entry *e;

	s->entries = xgrow(s->entries, s->len, sizeof(*s->entries));
	e = &s->entries[s->len++];
	*e = (struct entry){.kind = kind};
	return e;
}

/* A message shows the operand without its secrets, as stderr may end up in a
 * log. */
static int
add_operand(struct source *s, const char *text, bool literal, char **cause)
{
	struct entry *e = add_entry(s, ENTRY_OPERAND);
	char *why, *shown;

	e->glob = literal ? glob_new_literal(text) : glob_new(text, &why);
	if (e->glob)
		return 0;
	shown = url_redacted(text);
	*cause = xasprintf("%s: %s", shown, why);
	free(shown);
	free(why);
	return -1;
}

/* Add an entry that reads `path`, where "-" is stdin. */
static int
open_reader(
    struct source *s, const char *path, enum entry_kind kind, char **cause)
{
	struct entry *e = add_entry(s, kind);

	e->reader = reader_open(path, cause);
	return e->reader ? 0 : -1;
}

static int
open_items(struct source *s, const struct input_options *o, char **cause)
{
	for (size_t i = 0; i < o->items_len; i++) {
		const struct input_item *item = &o->items[i];

		if (item->kind == INPUT_URL
		        ? add_operand(s, item->text, o->no_glob, cause)
		        : open_reader(s, item->text, ENTRY_LINES, cause))
			return -1;
	}
	return 0;
}

static int
open_rows(struct source *s, const struct input_options *o, char **cause)
{
	struct entry *e;

	if (!o->rows)
		return 0;
	if (open_reader(s, o->rows, ENTRY_ROWS, cause))
		return -1;
	e = &s->entries[s->len - 1];
	e->rows = rows_open(e->reader, o->rows_format, cause);
	if (!e->rows)
		e->reader = NULL; /* rows_open has freed it */
	return e->rows ? 0 : -1;
}

static int
open_records(struct source *s, const struct input_options *o, char **cause)
{
	struct entry *e;

	if (!o->retry_from)
		return 0;
	if (open_reader(s, o->retry_from, ENTRY_RECORDS, cause))
		return -1;
	e = &s->entries[s->len - 1];
	e->records = records_open(e->reader);
	return 0;
}

/* The name of the `i`th of those that may read stdin (the items, then --rows
 * and --retry-from); NULL: it does not. */
static const char *
reader_of_stdin(const struct input_options *o, size_t i)
{
	if (i < o->items_len)
		return o->items[i].kind == INPUT_LIST &&
		               strcmp(o->items[i].text, "-") == 0
		           ? "a list (-)"
		           : NULL;
	if (i == o->items_len)
		return o->rows && strcmp(o->rows, "-") == 0 ? "--rows -" : NULL;
	return o->retry_from && strcmp(o->retry_from, "-") == 0
	           ? "--retry-from -"
	           : NULL;
}

static int
check_stdin(const struct input_options *o, char **cause)
{
	const char *first = NULL;

	for (size_t i = 0; i < o->items_len + 2; i++) {
		const char *reader = reader_of_stdin(o, i);

		if (reader && first) {
			*cause = xasprintf("%s and %s: stdin can be read "
			                   "only once",
			    first, reader);
			return -1;
		}
		first = reader ? reader : first;
	}
	return 0;
}

/* Rows and records fill URL templates, and so would the lines of a list beside
 * them: it could not be said which. */
static int
check_one_list(const struct input_options *o, char **cause)
{
	const char *option = o->rows ? "--rows" : "--retry-from";

	if (!o->rows && !o->retry_from)
		return 0;
	for (size_t i = 0; i < o->items_len; i++) {
		if (o->items[i].kind != INPUT_LIST)
			continue;
		*cause = xasprintf("%s cannot be combined with the list %s: "
		                   "use one of them",
		    option, o->items[i].text);
		return -1;
	}
	return 0;
}

static int
open_entries(struct source *s, const struct input_options *o, char **cause)
{
	if (check_stdin(o, cause) || check_one_list(o, cause) ||
	    open_items(s, o, cause) || open_rows(s, o, cause) ||
	    open_records(s, o, cause))
		return -1;
	return 0;
}

static void
free_entries(struct source *s)
{
	for (size_t i = 0; i < s->len; i++) {
		struct entry *e = &s->entries[i];

		glob_free(e->glob);
		template_free(e->url);
		if (e->rows)
			rows_free(e->rows);
		else if (e->records)
			records_free(e->records);
		else if (e->har)
			har_list_free(e->har);
		else
			reader_free(e->reader);
	}
	free(s->entries);
}

/* --- opening -------------------------------------------------------------- */

struct source *
source_open(const struct input_options *o, const struct request_options *common,
    char **cause)
{
	struct source *s = xcalloc(1, sizeof(*s));

	s->common = common;
	s->repeat = o->repeat ? o->repeat : 1;
	s->har_secrets = o->har_secrets;
	s->shard = o->shard;
	s->json = json_line_new(
	    o->allow_files ? JSON_LINE_MAY_READ_FILES : JSON_LINE_NO_FILES);
	url_cache_init(
	    &s->urls, o->allow_file_scheme ? URL_HTTP_AND_FILE : URL_HTTP_ONLY);
	request_values_init(&s->values);
	if (open_entries(s, o, cause) || templates_open(s, o, cause)) {
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
	free_entries(s);
	templates_close(s);
	json_line_free(s->json);
	url_cache_release(&s->urls);
	request_values_release(&s->values);
	buf_release(&s->url);
	buf_release(&s->expanded);
	free(s);
}

struct names
source_names(const struct source *s)
{
	return templates_names(s);
}

/* --- walking -------------------------------------------------------------- */

/* The first URL template among the entries from `at` on; NULL: there is none
 * left. */
static const struct entry *
find_template(const struct source *s, size_t at)
{
	for (; at < s->len; at++) {
		if (s->entries[at].is_template)
			return &s->entries[at];
	}
	return NULL;
}

static void
open_har(struct source *s, struct entry *e)
{
	const struct har_list_options options = {
	    .use =
	        e->kind == ENTRY_VALUES ? HAR_LIST_VALUES : HAR_LIST_REQUESTS,
	    .secrets = s->har_secrets ? HAR_LIST_SECRETS : HAR_LIST_NO_SECRETS,
	    .common = s->common,
	};

	e->har = har_list_open(e->reader, &options);
}

/* Find out from its first bytes whether a list is a HAR. READER_LINE: that is
 * known now. */
static enum reader_status
guess_list(struct source *s, struct entry *e)
{
	enum har_guess guess = HAR_UNDECIDED;
	enum reader_status status = READER_LINE;
	struct line bytes = {0};

	while (guess == HAR_UNDECIDED && status == READER_LINE) {
		status = reader_peek(e->reader, bytes.len, &bytes);
		if (status == READER_LINE)
			guess = har_guess(bytes.text, bytes.len);
		if (bytes.len >= HAR_LIST_GUESS_MAX || status == READER_END)
			guess = guess == HAR_YES ? HAR_YES : HAR_NO;
	}
	if (guess == HAR_UNDECIDED)
		return status;
	if (guess == HAR_YES)
		open_har(s, e);
	e->is_plain = guess == HAR_NO;
	return READER_LINE;
}

/* Blanks around a value are no part of it, as those around a URL: editors and
 * spreadsheets leave them there. Returns whether anything is left. */
static bool
trim_value(struct line *line)
{
	const char *value = ascii_trim(line->text, &line->len);

	line->text += value - line->text;
	line->text[line->len] = '\0';
	return line->len > 0;
}

/* The next line that is not blank. A blank line is READER_BUSY, so that
 * millions of them do not keep the loop from its other work. */
static enum reader_status
next_line(struct source *s, struct entry *e, struct line *line)
{
	enum reader_status status;
	bool blank;

	if (e->kind == ENTRY_ROWS)
		return rows_next(e->rows, line);
	if (e->kind == ENTRY_RECORDS)
		return records_next(e->records, line);
	if (!e->har && !e->is_plain) {
		status = guess_list(s, e);
		if (status != READER_LINE)
			return status;
	}
	if (e->har)
		return har_list_next(e->har, line);
	status = reader_next(e->reader, line);
	if (status != READER_LINE || line->bad)
		return status;
	blank = e->kind == ENTRY_VALUES
	            ? !trim_value(line)
	            : list_line_is_blank(line->text, line->len);
	return blank ? READER_BUSY : READER_LINE;
}

/* The input of a request from a record is what the earlier run was given; where
 * the record does not say that, its URL. */
static void
set_input(struct current *current)
{
	const struct record *record;

	current->input = current->line.text;
	current->input_len = current->line.len;
	if (current->entry->kind != ENTRY_RECORDS || current->line.bad)
		return;
	record = records_current(current->entry->records);
	current->input =
	    record->input.len ? record->input.data : record->url.data;
	current->input_len = strlen(current->input);
}

/* Make the next line of the list `e` the current one, if there is one. */
static enum reader_status
take_from_list(struct source *s, struct entry *e)
{
	struct current current = {.entry = e};
	enum reader_status status = next_line(s, e, &current.line);

	if (status != READER_LINE)
		return status;
	if (e->kind != ENTRY_LINES && !current.line.bad)
		current.url_template = find_template(s, 0);
	set_input(&current);
	s->current = current;
	return status;
}

/* What a reader says, as the source says it. The end of a list is not that of
 * the source. */
static const enum source_status statuses[] = {
    [READER_LINE] = SOURCE_REQUEST,
    [READER_BUSY] = SOURCE_BUSY,
    [READER_WAIT] = SOURCE_WAIT,
};

/* Make the next operand or line of a list the current one. */
static enum source_status
find_current(struct source *s)
{
	for (; s->at < s->len; s->at++) {
		struct entry *e = &s->entries[s->at];
		enum reader_status status;

		if (e->is_template)
			continue;
		if (e->kind == ENTRY_OPERAND) {
			s->current =
			    (struct current){.entry = e, .url_template = e};
			s->at++;
			return SOURCE_REQUEST;
		}
		status = take_from_list(s, e);
		if (status != READER_END)
			return statuses[status];
	}
	return SOURCE_END;
}

/* Go on to the next request of the current line or operand: its next
 * repetition, else the next expansion of the glob, else the next URL template.
 * Without any of these nothing is current. */
static void
advance(struct source *s)
{
	struct current *current = &s->current;
	const struct entry *operand = current->url_template;

	if (++current->repetition < s->repeat && !current->line.bad)
		return;
	current->repetition = 0;
	if (!operand) {
		current->entry = NULL;
		return;
	}
	if (++current->expansion < glob_count(operand->glob))
		return;
	current->expansion = 0;
	current->url_template =
	    current->entry == operand
	        ? NULL
	        : find_template(s, (size_t)(operand - s->entries) + 1);
	if (!current->url_template)
		current->entry = NULL;
}

/* Does nothing but its line make the request, so that a line which holds a
 * plain URL is sure to be a valid one? */
static bool
is_line_alone(const struct source *s)
{
	const struct request_options *o = s->common;

	return s->current.entry->is_plain && !s->current.url_template &&
	       !s->templated && !s->common_has_names && !s->query &&
	       !s->output && !o->method && !o->data_in_query &&
	       !o->names_upload;
}

/* Does what is current belong to another shard, as its number or the text of
 * its line shows? Building a request only to find that out would cost several
 * times as much. */
static bool
is_plainly_elsewhere(struct source *s)
{
	const struct line *line = &s->current.line;

	if (!s->shard.count)
		return false;
	if (s->shard.by_line)
		return !shard_has(&s->shard, NULL, s->n);
	if (line->bad || !is_line_alone(s))
		return false;
	buf_clear(&s->expanded);
	return url_add_plain_origin(&s->expanded, line->text, line->len) &&
	       !shard_has(&s->shard, s->expanded.data, s->n);
}

/* Returns the request for what is current; NULL: it belongs to another
 * shard. */
static struct request *
build_current(struct source *s)
{
	struct request *r;

	if (is_plainly_elsewhere(s))
		return NULL;
	r = source_build(s);
	if (shard_has(&s->shard, r->origin, s->n))
		return r;
	request_free(r);
	return NULL;
}

enum source_status
source_next(struct source *s, struct request **out)
{
	for (unsigned i = 0; i < SKIPPED_AT_ONCE; i++) {
		if (!s->current.entry) {
			enum source_status status = find_current(s);

			if (status != SOURCE_REQUEST)
				return status;
		}
		if (s->current.repetition == 0)
			s->n++;
		*out = build_current(s);
		advance(s);
		if (*out)
			return SOURCE_REQUEST;
	}
	return SOURCE_BUSY;
}

uint64_t
source_inputs(const struct source *s)
{
	return s->n;
}

const struct shard *
source_shard(const struct source *s)
{
	return &s->shard;
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
	const struct current *current = &s->current;

	if (current->entry && current->entry->kind == ENTRY_OPERAND)
		return operand_position(current->entry, current->expansion);
	if (current->entry)
		return list_position(current->entry, current->line.number);
	for (size_t i = s->at; i < s->len; i++) {
		const struct entry *e = &s->entries[i];

		if (e->kind == ENTRY_OPERAND && !e->is_template)
			return operand_position(e, 0);
		if (e->har && !har_list_is_over(e->har))
			return list_position(e, har_list_line(e->har));
		if (e->reader && !e->har && !reader_at_end(e->reader))
			return list_position(e, reader_line_number(e->reader));
	}
	return NULL;
}

int64_t
source_total(const struct source *s)
{
	uint64_t total = 0;

	if (s->shard.count && !s->shard.by_line)
		return -1;
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
	return (int64_t)(shard_count(&s->shard, total) * s->repeat);
}

/* --- as a feed ------------------------------------------------------------ */

static enum source_status
next_of_source(void *arg, struct request **out)
{
	return source_next(arg, out);
}

static void
free_request(void *arg, struct request *request)
{
	(void)arg;
	request_free(request);
}

static int
fd_of_source(void *arg)
{
	return source_fd(arg);
}

static void
fill_source(void *arg)
{
	source_fill(arg);
}

static char *
position_of_source(void *arg)
{
	return source_position(arg);
}

/* Had the list inputs, they all belong to other shards. */
static char *
why_source_is_empty(void *arg)
{
	uint64_t inputs = source_inputs(arg);
	struct buf shard = {0};
	char *why;

	if (!inputs)
		return NULL;
	shard_add_text(source_shard(arg), &shard);
	why = xasprintf("of %" PRIu64 " inputs none belongs to shard %s",
	    inputs, shard.data);
	buf_release(&shard);
	return why;
}

struct feed
feed_from_source(struct source *source)
{
	return (struct feed){
	    .next = next_of_source,
	    .give_back = free_request,
	    .fd = fd_of_source,
	    .fill = fill_source,
	    .position = position_of_source,
	    .why_empty = why_source_is_empty,
	    .total = source_total(source),
	    .names = source_names(source),
	    .arg = source,
	};
}
