/* What a run writes, and how. */
#ifndef GATHER_FORMAT_OPTIONS_H
#define GATHER_FORMAT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strlist.h"

/* X(symbol, name, what it is): the values of --format. One row and one
 * `struct format` (in a file format/format_*.c) make a format. */
#define FORMATS(X)                                                      \
	X(BODY, body, "response bodies, or values extracted from them") \
	X(NDJSON, ndjson, "one JSON record per line")                   \
	X(CSV, csv, "a table, RFC 4180")                                \
	X(TSV, tsv, "a table with tabs between the cells")              \
	X(NONE, none, "nothing; -w and -o only")

enum format_id {
#define X(symbol, name, help) FORMAT_##symbol,
	FORMATS(X)
#undef X
	FORMAT_COUNT,
	FORMAT_AUTO = FORMAT_COUNT /* not said */
};

enum order_kind {
	ORDER_INPUT,
	ORDER_DONE
};

/* X(name): what is written beside stdout, each to the file of its option.
 * One row and one file (sink/sink_NAME.c) make a sink. */
#define SINKS(X)  \
	X(sqlite) \
	X(har)

struct output_options {
	enum format_id format;
	enum order_kind order;
	uint64_t order_buffer; /* bytes in memory before they are spilled */
	bool collect;
	bool with_body;
	bool with_headers;
	bool quoted;
	bool fail_with_body;
	struct strlist fields;  /* --fields, split; empty: all */
	struct strlist extract; /* -j texts, as given */
	uint64_t extract_max;   /* bytes of one answer; 0: the usual limit */
	struct strlist xpath;   /* --xpath texts; never with -j */
	char *items;            /* --items: -j applies to each; NULL */
	char *writeout;         /* -w text, read from its @FILE already */
	bool save;              /* -o or -O was given: bodies go to files */
	bool remote_name;       /* -O */
	char *output_dir;       /* NULL: the current one */
	bool skip_existing;
	bool no_clobber;
	bool as_it_is;        /* -o -: a terminal gets the bytes themselves */
	bool include_headers; /* -i */
	char *dump_header;    /* -D */
#define X(name) char *name;
	SINKS(X)
#undef X
};

void output_options_init(struct output_options *);
void output_options_release(struct output_options *);
/* Is there any of SINKS? */
bool sinks_wanted(const struct output_options *);
/* Does --har - take stdout for itself? */
bool output_options_har_on_stdout(const struct output_options *);
/* Are values taken out of bodies: -j or --xpath? */
bool output_options_extract(const struct output_options *);

#endif
