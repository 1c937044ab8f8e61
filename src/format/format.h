/*
 * Formats: each turns one finished request into the bytes it puts on stdout.
 * Pure: same record, same bytes; what stands between the records of a stream
 * (struct framing) is put there by the order.
 */
#ifndef GATHER_FORMAT_FORMAT_H
#define GATHER_FORMAT_FORMAT_H

#include <stdbool.h>

#include "format/extract.h"
#include "format/options.h"
#include "request/request.h"
#include "request/result.h"
#include "writer/encoded.h"

/* Everything about one finished request. All borrowed. */
struct record {
	const struct request *request;
	struct result *result; /* not const: a spilled body may be mapped */
	const struct columns *columns; /* NULL without -j */
	bool several;                  /* the run has more than one request */
	const char *key; /* by which --journal knows it from run to run; NULL */
	bool recalled;   /* the result is the journal's, and no news */
};

/* Compiled once per run: option texts to tables. */
struct encoder;

/* What stands around the records of one stream. */
struct framing {
	const char *head;      /* before the first; with none at all, too */
	const char *separator; /* between two that put anything out */
	const char *tail;      /* at the end */
};

/* The functions of one format: format_NAME, in one of the files
 * format/format_*.c. Its name and help are a row of FORMATS(X). */
struct format {
	/* Append the line above all records; NULL: none. */
	void (*encode_head)(const struct encoder *, struct buf *out);
	void (*encode)(
	    const struct encoder *, const struct record *, struct encoded *out);
	/* The same inside --collect: JSON values with the separator between
	 * them, no newline; NULL: the format cannot be collected. */
	void (*encode_value)(
	    const struct encoder *, const struct record *, struct buf *out);
};

/* "ndjson". Static. */
const char *format_name(enum format_id);
/* What --format is where it was not said. */
enum format_id format_default(const struct output_options *);

/* Do the heads of its answers stand in front of the body of `request` (-i, -I)?
 */
bool format_shows_heads(
    const struct output_options *, const struct request *request);
/* Append what -i puts in front of a body: the heads of all answers to the
 * request, as they came, or the last one alone where the others were not
 * kept. */
void format_add_heads(struct buf *out, const struct result *);

/*
 * `extractor` is NULL without one; it and the options must outlive the
 * encoder. Contradictions are NULL with *cause (both options named), as are
 * unknown fields and -w variables (the nearest name, or the list).
 */
struct encoder *encoder_new(
    const struct output_options *, const struct extractor *, char **cause);
void encoder_free(struct encoder *);
/* csv and tsv have the columns of --rows: call it with the row of the first
 * request (or NULL) before encoder_framing and before anything is encoded. */
void encoder_set_columns(struct encoder *, const struct row *);
/* Its strings are the encoder's. */
struct framing encoder_framing(const struct encoder *);
/* Append what `record` puts out: its format's bytes, then -w's. */
void encoder_encode(
    const struct encoder *, const struct record *, struct encoded *out);

#endif
