/*
 * Formats: each turns one finished request into the bytes that it puts on
 * stdout.
 *
 * Encoding is pure: the same record gives the same bytes, on any thread and in
 * any order. What stands between the records of a stream (struct framing) is
 * put there by the order, which alone knows what is next to what.
 */
#ifndef GATHER_FORMAT_FORMAT_H
#define GATHER_FORMAT_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "format/extract.h"
#include "format/options.h"
#include "request/names.h"
#include "request/request.h"
#include "request/result.h"
#include "writer/encoded.h"

/* Everything about one finished request, or about one item of its body, all of
 * it borrowed. */
struct record {
	const struct request *request;
	struct result *result; /* not const: a spilled body may be mapped */
	const struct columns *columns; /* NULL without -j and --items */
	uint64_t item; /* the number of the item, from 1; 0: it is of none */
	bool several;  /* the run has more than one request */
	const char
	    *key;      /* its key in the journal, the same in each run; NULL */
	bool recalled; /* the result is from the journal, not from this run */
	const char *worker; /* who fetched it, of several machines; NULL */
	bool begun; /* its head and most of its body are out already: what
	             * `result` has of the body is its end */
};

/* A format with its options, compiled once per run: texts of options become
 * tables. */
struct encoder;

/* What stands around the records of one stream. None of them is NULL. */
struct framing {
	const char *head; /* before the first record, or alone without any */
	const char *separator; /* between two records that are not empty */
	const char *tail;      /* behind the last */
};

/* The functions of one format: format_NAME, in one of the files
 * format/format_*.c. Its name and help are a row of FORMATS(X). */
struct format {
	/* Append the line above all records; NULL: there is none. */
	void (*encode_head)(const struct encoder *, struct buf *out);
	/* Append the record, with its line ends. */
	void (*encode)(
	    const struct encoder *, const struct record *, struct encoded *out);
	/* Append the record for --collect: JSON values with the separator
	 * between them, without a newline; NULL: it cannot be collected. */
	void (*encode_value)(
	    const struct encoder *, const struct record *, struct buf *out);
};

/* The name of a format as --format takes it, such as "ndjson". Static. */
const char *format_name(enum format_id);
/* The format of a run: that of --format, or else "body", or "none" where
 * another output is the reason for the run. */
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
 * Make an encoder. `extractor` is NULL without one; it and the options must
 * outlive the encoder. `names` are those of the inputs, which --fields may
 * name; NULL: none.
 *
 * NULL with *cause set (caller frees) where options contradict each other (both
 * are named), and for fields and -w variables that do not exist (the nearest
 * name is given, or the list).
 */
struct encoder *encoder_new(const struct output_options *,
    const struct extractor *, const struct names *, char **cause);
/* NULL is fine. */
void encoder_free(struct encoder *);
/* Give csv and tsv the columns of --rows. To be called with the row of the
 * first request (NULL: it has none) before encoder_framing and before anything
 * is encoded. */
void encoder_set_columns(struct encoder *, const struct row *);
/* What stands around the records. The strings are borrowed from the encoder. */
struct framing encoder_framing(const struct encoder *);
/* How many bytes each further item of a page takes on stdout, its values aside,
 * if `page` is its record and has the columns of no item. */
uint64_t encoder_item_bytes(const struct encoder *, const struct record *page);
/* Append what `record` puts out: the bytes of its format, then those of -w.
 * With
 * --items that is so for each item. */
void encoder_encode(
    const struct encoder *, const struct record *, struct encoded *out);

#endif
