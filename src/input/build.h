/*
 * Where a source stands (source.c moves it), and the one step that needs all
 * of it: how the next request is built (build.c).
 *
 * An entry is an operand or a list of the command line. An operand that holds
 * names which a list fills ({{.}}, a column of --rows) is a URL template: it
 * makes no request by itself, but one for each line of the lists.
 */
#ifndef GATHER_INPUT_BUILD_H
#define GATHER_INPUT_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "input/glob.h"
#include "input/reader.h"
#include "input/source.h"
#include "request/names.h"
#include "request/template.h"

struct har_list;
struct json_line;
struct queued_field;
struct records;
struct rows;

enum entry_kind {
	ENTRY_OPERAND,
	ENTRY_LINES,   /* a list whose lines are requests */
	ENTRY_VALUES,  /* a list whose lines are values of URL templates */
	ENTRY_ROWS,    /* --rows */
	ENTRY_RECORDS, /* --retry-from */
	ENTRY_QUEUED,  /* of a queue (input/queued.h) */
};

/* All are owned, but `reader` where `rows`, `records` or `har` owns it. */
struct entry {
	enum entry_kind kind;
	struct glob *glob;     /* of an operand */
	struct template *url;  /* of an operand that holds names and has only
	                        * one expansion; NULL: compiled when used */
	bool is_template;      /* a list fills this operand */
	struct reader *reader; /* of a list */
	struct rows *rows;
	struct records *records;
	struct har_list *har; /* of a list that is a HAR */
	bool is_plain;        /* a list, and it is known not to be one */
};

/* The operand or line from which requests are built at the moment, and how
 * many of them have been. */
struct current {
	const struct entry *entry;        /* NULL: there is none */
	const struct entry *url_template; /* the operand that makes the URL:
	                                   * `entry` itself, or a template that
	                                   * its line fills; NULL: the line */
	uint64_t expansion;               /* of the operand's glob, from 0 */
	uint64_t repetition;              /* of --repeat, from 0 */
	struct line line;                 /* unless `entry` is an operand */
	const char *input; /* of the request: the line, or what an earlier run
	                    * had for its input; borrowed */
	size_t input_len;
	/* Of an entry of a queue: */
	const struct queued_field *fields; /* borrowed */
	size_t fields_len;
	const char *file; /* that it stood in, borrowed; NULL: none */
	bool is_final;    /* there is nothing to fill in its line */
	bool is_value;    /* as in the request, both */
	bool is_recorded;
	bool follows;
	struct trust trust;
};

struct source {
	const struct request_options *common; /* borrowed */
	uint64_t repeat;                      /* at least 1 */
	struct entry *entries;
	size_t len;
	size_t at; /* the entry that is read next */
	struct current current;
	struct shard shard;    /* which requests are built */
	uint64_t n;            /* the number of the current input, from 1 */
	bool har_secrets;      /* --har-secrets */
	bool templated;        /* values may fill what is on the command line */
	bool common_has_names; /* in its headers, body, credentials */
	struct template *query;  /* --url-query; NULL: none */
	struct template *output; /* -o; NULL: none */
	struct json_line *json;
	struct url_cache urls;
	struct request_values values;
	/* Of the request that is built, reused for the next one: */
	struct buf url;
	struct buf expanded;
};

/* --- build.c */
/* The request for s->current, whose entry is not NULL; the caller owns it.
 * Whatever is wrong with it makes it invalid. */
struct request *source_build(struct source *);

/* --- templates.c: what stands in the URLs, in the options of all requests and
 * in -o, and which of the names in them the lists can fill */
/*
 * Check the templates of `s`, whose entries are open, and set what follows: the
 * kind of each entry, which operands are URL templates, --url-query and -o
 * compiled. -1 with *cause set (caller frees): a name that nothing fills, or
 * rows of which no column is used.
 */
int templates_open(
    struct source *s, const struct input_options *, char **cause);
/* Free what templates_open has compiled for all requests. */
void templates_close(struct source *);
/* The names that templates may hold, those in the "vars" of a line included.
 * The columns are borrowed from the source. */
struct names templates_names(const struct source *);

#endif
