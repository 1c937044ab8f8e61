/* What a run writes, and how: the options of output, for the formats, the files
 * and the sinks. */
#ifndef GATHER_FORMAT_OPTIONS_H
#define GATHER_FORMAT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strlist.h"

/* X(symbol, name, help): the values of --format. A row here and a `struct
 * format` of that name, in a file format/format_*.c, make a format. */
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
	FORMAT_AUTO = FORMAT_COUNT /* --format was not given */
};

/* In which order results are put out: that of the input, or as they are
 * done. */
enum order_kind {
	ORDER_INPUT,
	ORDER_DONE
};

/* X(name): what is written beside stdout, each to the file of its option. A row
 * here and a file sink/sink_NAME.c make a sink. */
#define SINKS(X)  \
	X(sqlite) \
	X(har)

/* The options, with the texts as the user gave them; strings are owned. */
struct output_options {
	enum format_id format;
	enum order_kind order;
	uint64_t order_buffer; /* bytes kept in memory, others are spilled */
	bool collect;
	bool with_body;
	bool with_headers;
	bool quoted;
	bool fail_with_body;
	struct strlist fields;  /* --fields, split; empty: the default ones */
	struct strlist extract; /* texts of -j */
	uint64_t extract_max;   /* bytes found in one body; 0: MATCH_MAX */
	struct strlist xpath;   /* texts of --xpath; never with -j */
	char *items;            /* --items, to each of which -j applies; NULL */
	char *writeout;         /* text of -w, its @FILE read already; NULL */
	bool save;              /* -o or -O was given: bodies go to files */
	bool remote_name;       /* -O */
	bool server_name;       /* -J */
	bool resume;            /* -C - */
	char *output_dir;       /* NULL: the current directory */
	bool skip_existing;
	bool no_clobber;
	bool as_it_is;        /* -o -: a terminal gets the bytes unfiltered */
	bool include_headers; /* -i */
	char *dump_header;    /* the file of -D, "-" for stdout; NULL */
	char *worker;         /* the name of this machine in records; NULL */
#define X(name) char *name;
	SINKS(X)
#undef X
};

void output_options_init(struct output_options *);
void output_options_release(struct output_options *);
/* Is any of SINKS asked for? */
bool sinks_wanted(const struct output_options *);
/* Does --har - take stdout for itself? */
bool output_options_har_on_stdout(const struct output_options *);
/* Are values extracted from bodies (-j, --xpath, --items)? */
bool output_options_extract(const struct output_options *);

#endif
