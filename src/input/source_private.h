/* What the files of the source share: entries are the operands and lists of
 * the command line, a seed is what requests are made from at the moment. */
#ifndef GATHER_INPUT_SOURCE_PRIVATE_H
#define GATHER_INPUT_SOURCE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "input/glob.h"
#include "input/jsonl.h"
#include "input/reader.h"
#include "input/records.h"
#include "input/rows.h"
#include "input/source.h"
#include "request/names.h"
#include "request/template.h"

enum entry_kind {
	ENTRY_OPERAND,
	ENTRY_LINES,   /* lines are requests */
	ENTRY_VALUES,  /* lines are values of the operands */
	ENTRY_ROWS,    /* --rows */
	ENTRY_RECORDS, /* --retry-from */
};

struct entry {
	enum entry_kind kind;
	struct glob *glob;       /* of an operand */
	struct template *url;    /* of one with names and one expansion */
	bool is_shape;           /* filled by values, rows or records */
	struct reader *reader;   /* of a list */
	struct rows *rows;       /* owns its reader */
	struct records *records; /* owns its reader */
};

/* One line, or one operand, and how far its requests are made. */
struct seed {
	const struct entry *entry; /* NULL: there is none */
	const struct entry *shape; /* the operand in use; NULL: none */
	uint64_t expansion;        /* of the shape's glob */
	uint64_t repetition;
	struct line line; /* unless the entry is an operand */
	/* What the request's `input` says; the line or what is in it. */
	const char *input;
	size_t input_len;
};

struct source {
	const struct request_options *common;
	uint64_t repeat; /* at least 1 */
	struct entry *entries;
	size_t len;
	size_t at; /* the entry that gives the next seed */
	struct seed seed;
	uint64_t n;
	bool templated;          /* requests have values beyond their own */
	bool common_has_names;   /* in headers, body and so on */
	struct template *query;  /* --url-query; NULL: none */
	struct template *output; /* -o; NULL: none */
	struct json_line *json;
	struct url_cache urls;
	struct request_values values;
	struct buf url; /* of the request being made */
	struct buf expanded;
};

/* entries.c: fill `entries`. -1 with *cause set (caller frees). */
int source_open_entries(
    struct source *, const struct input_options *, char **cause);
void source_free_entries(struct source *);
/* names.c: templates of the command line; their names are checked. */
int source_open_templates(struct source *, char **cause);
/* make.c: the next request of the seed. */
struct request *source_make(struct source *);

#endif
