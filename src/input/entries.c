#include "config.h"

#include "input/source_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "request/url.h"

static struct entry *
add_entry(struct source *s, enum entry_kind kind)
{
	struct entry *e;

	s->entries = xgrow(s->entries, s->len, sizeof(*s->entries));
	e = &s->entries[s->len++];
	*e = (struct entry){.kind = kind};
	return e;
}

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

/* Where a file gives the list, and whether it is stdin. */
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
		e->reader = NULL;
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

/* What reads stdin, to be named beside another one; NULL: not this. */
static const char *
reads_stdin(const struct input_options *o, size_t i)
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
		const char *reader = reads_stdin(o, i);

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

static int
check_one_list(const struct input_options *o, char **cause)
{
	const char *option = o->rows ? "--rows" : "--retry-from";

	if (!o->rows && !o->retry_from)
		return 0;
	for (size_t i = 0; i < o->items_len; i++) {
		if (o->items[i].kind != INPUT_LIST)
			continue;
		*cause = xasprintf("%s and the list %s: a run has one of them",
		    option, o->items[i].text);
		return -1;
	}
	return 0;
}

int
source_open_entries(
    struct source *s, const struct input_options *o, char **cause)
{
	if (check_stdin(o, cause) || check_one_list(o, cause) ||
	    open_items(s, o, cause) || open_rows(s, o, cause) ||
	    open_records(s, o, cause))
		return -1;
	return 0;
}

void
source_free_entries(struct source *s)
{
	for (size_t i = 0; i < s->len; i++) {
		struct entry *e = &s->entries[i];

		glob_free(e->glob);
		template_free(e->url);
		if (e->rows)
			rows_free(e->rows);
		else if (e->records)
			records_free(e->records);
		else
			reader_free(e->reader);
	}
	free(s->entries);
}
