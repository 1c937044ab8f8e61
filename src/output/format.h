/*
 * Formats: each turns one finished request into the bytes it puts on stdout.
 * Pure: same record, same bytes; separators are the writer's.
 */
#ifndef GATHER_OUTPUT_FORMAT_H
#define GATHER_OUTPUT_FORMAT_H

#include <stdbool.h>

#include "base/buf.h"
#include "output/extract.h"
#include "output/options.h"
#include "request/request.h"
#include "request/result.h"

/* Everything about one finished request. All borrowed. */
struct record {
	const struct request *request;
	struct result *result; /* not const: a spilled body may be mapped */
	const struct columns *columns; /* NULL without -j */
	bool several;                  /* the run has more than one request */
};

/* Compiled once per run: option texts to tables. */
struct encoder;

/* What the writer puts around the records of one stream. */
struct framing {
	const char *head; /* before the first; with none at all, too */
	const char *separator;
	const char *tail;
};

struct format {
	enum format_id id;
	const char *name;
	const char *help;
	void (*encode)(
	    const struct encoder *, const struct record *, struct buf *out);
	/* The same inside --collect: one JSON value, no newline; NULL: the
	 * format cannot be collected. */
	void (*encode_value)(
	    const struct encoder *, const struct record *, struct buf *out);
};

/* By enum format_id. */
const struct format *format_get(enum format_id);

/* Contradictions are NULL with *cause (both options named). */
struct encoder *encoder_new(
    const struct output_options *, const struct extractor *, char **cause);
void encoder_free(struct encoder *);
struct framing encoder_framing(const struct encoder *);
/* Append what `record` puts on stdout: its format's bytes, then -w's. */
void encoder_encode(
    const struct encoder *, const struct record *, struct buf *out);

#endif
