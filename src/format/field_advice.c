/* Names of fields that do not exist: which was meant, or which there are. */
#include "config.h"

#include "format/field_advice.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/xalloc.h"
#include "format/field_rows.h"
#include "text/suggest.h"

enum {
	LISTED = 20,   /* columns, or names of -j, in one message */
	OFFERED = 1000 /* of each that a misspelt name is compared with */
};

/* What people who come from other tools call the fields. */
static const struct alias {
	const char *name;
	const char *field;
} aliases[] = {
    {"class", "error.class"},
    {"code", "http_code"},
    {"duration", "time_total"},
    {"effective_url", "url_effective"},
    {"elapsed", "time_total"},
    {"error_class", "error.class"},
    {"error_message", "error.message"},
    {"final_url", "url_effective"},
    {"http_status", "http_code"},
    {"index", "n"},
    {"ip", "remote_ip"},
    {"message", "error.message"},
    {"mime", "content_type"},
    {"reason", "error.reason"},
    {"redirects", "num_redirects"},
    {"response_code", "http_code"},
    {"retries", "attempts"},
    {"size", "size_download"},
    {"status", "http_code"},
    {"status_code", "http_code"},
    {"time", "time_total"},
    {"ttfb", "time_starttransfer"},
    {"type", "content_type"},
    {"version", "http_version"},
};

const char *
fields_alias(const char *name)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (strcasecmp(aliases[i].name, name) == 0)
			return aliases[i].field;
	return NULL;
}

const struct strlist *
field_scope_columns(const struct field_scope *scope)
{
	return scope->names ? scope->names->columns : NULL;
}

/* A name that is one letter off is nearer than an alias. */
const char *
field_nearest(const char *name, const struct field_scope *scope)
{
	const struct strlist *columns = field_scope_columns(scope);
	size_t count = scope->extractor ? extractor_count(scope->extractor) : 0;
	const char *alias = fields_alias(name);
	struct suggestion nearest;

	suggestion_init(&nearest, name);
	for (const struct field_row *row = field_rows; row->name; row++)
		suggestion_offer(&nearest, row->name);
	for (size_t i = 0; i < count && i < OFFERED; i++)
		suggestion_offer(&nearest, extractor_name(scope->extractor, i));
	for (size_t i = 0; columns && i < columns->len && i < OFFERED; i++)
		suggestion_offer(&nearest, columns->items[i]);
	return nearest.best && (!alias || nearest.cost < 2) ? nearest.best
	                                                    : alias;
}

/* The column that was meant by `name`; NULL: none is near. Borrowed. */
static const char *
nearest_column(const char *name, const struct strlist *columns)
{
	struct suggestion nearest;

	suggestion_init(&nearest, name);
	for (size_t i = 0; i < columns->len && i < OFFERED; i++)
		suggestion_offer(&nearest, columns->items[i]);
	return nearest.best;
}

/* Append the columns of the rows, for a message. */
static void
add_column_names(struct buf *text, const struct strlist *columns)
{
	buf_adds(text, "the columns are");
	for (size_t i = 0; i < columns->len && i < LISTED; i++)
		buf_addf(text, "%s %s", i ? "," : "", columns->items[i]);
	if (columns->len > LISTED)
		buf_addf(text, " and %zu more", columns->len - LISTED);
}

/* Append the names of all fields, for a message. */
static void
add_all_names(struct buf *text, const struct field_scope *scope)
{
	const struct extractor *x = scope->extractor;
	const struct strlist *columns = field_scope_columns(scope);

	buf_adds(text, "known fields:");
	for (const struct field_row *row = field_rows; row->name; row++)
		buf_addf(text, " %s", row->name);
	buf_adds(text, " parent.match.NAME data.NAME (each -j or --xpath) "
	               "row.NAME headers.NAME");
	for (size_t i = 0; x && i < extractor_count(x) && i < LISTED; i++)
		buf_addf(text, "%s %s",
		    i ? "," : "; extracted:", extractor_name(x, i));
	if (columns) {
		buf_adds(text, "; ");
		add_column_names(text, columns);
	}
}

void
fields_add_data_names(struct buf *text, const struct extractor *extractor,
    const char *before, const char *after)
{
	size_t count = extractor ? extractor_count(extractor) : 0;

	if (count == 0)
		buf_adds(text, "add -j or --xpath to have one");
	for (size_t i = 0; i < count; i++)
		buf_addf(text, "%s %sdata.%s%s", i ? "," : "known:", before,
		    extractor_name(extractor, i), after);
}

void
fields_add_parent_advice(
    struct buf *text, const char *name, const char *before, const char *after)
{
	const char *part = name + strlen(FIELD_PARENT);
	const char *rest = part + strcspn(part, ".[");
	char *word = xmemdup0(part, (size_t)(rest - part));
	struct suggestion nearest;

	suggestion_init(&nearest, word);
	suggestion_offer(&nearest, "url");
	suggestion_offer(&nearest, "match");
	if (nearest.best && strcmp(nearest.best, word) != 0)
		buf_addf(text, "did you mean %s" FIELD_PARENT "%s%s%s?", before,
		    nearest.best, rest, after);
	else if (*word && !nearest.best)
		buf_addf(text,
		    "did you mean %s" FIELD_PARENT "match.%s%s, a member of "
		    "the match?",
		    before, part, after);
	else
		buf_addf(text,
		    "a parent has %s" FIELD_PARENT "url%s, %s" FIELD_PARENT
		    "match%s and members of it: %s" FIELD_PARENT "match.id%s",
		    before, after, before, after, before, after);
	free(word);
}

/* Append what to write instead of a bare name. */
static void
add_bare_advice(
    struct buf *text, const char *name, const struct field_scope *scope)
{
	const char *nearest = field_nearest(name, scope);

	if (nearest)
		buf_addf(text, "did you mean %s?", nearest);
	else if (strchr(name, ' '))
		buf_adds(text, "commas separate the names");
	else
		add_all_names(text, scope);
	if (nearest && scope->names && scope->names->has_any)
		buf_addf(text, " (a column of that name is row.%s)", name);
}

/* Append what to write instead of "row.NAME". */
static void
add_column_advice(
    struct buf *text, const char *name, const struct strlist *columns)
{
	const char *nearest = nearest_column(name, columns);

	if (nearest)
		buf_addf(text, "did you mean row.%s?", nearest);
	else
		add_column_names(text, columns);
}

char *
field_unknown(const char *name, const struct field_scope *scope)
{
	const struct strlist *columns = field_scope_columns(scope);
	struct buf text;

	buf_init(&text);
	buf_addf(&text, "--fields: unknown field %s; ", name);
	if (strncmp(name, "data.", 5) == 0)
		fields_add_data_names(&text, scope->extractor, "", "");
	else if (strncmp(name, FIELD_PARENT, strlen(FIELD_PARENT)) == 0)
		fields_add_parent_advice(&text, name, "", "");
	else if (columns && strncmp(name, "row.", 4) == 0)
		add_column_advice(&text, name + 4, columns);
	else
		add_bare_advice(&text, name, scope);
	return buf_take(&text);
}
