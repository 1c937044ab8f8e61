/* The inside of an encoder: for format.c and the formats, not for those who use
 * them. */
#ifndef GATHER_FORMAT_ENCODER_H
#define GATHER_FORMAT_ENCODER_H

#include "format/fields.h"
#include "format/format.h"
#include "format/writeout.h"

/* The functions of each format, in one of the files format_*.c. */
#define X(symbol, name, help) extern const struct format format_##name;
FORMATS(X)
#undef X

/* A compiled encoder. The options and the extractor are borrowed. */
struct encoder {
	enum format_id id;
	const struct format *format;
	const struct output_options *options;
	const struct extractor *extractor; /* NULL without one */
	struct fields fields; /* those of each record, or columns of a table */
	struct writeout *writeout; /* NULL without -w */
	struct framing framing;
	char *head; /* owned: what framing.head points at, or NULL */
};

/* Do the heads of all answers go to stdout among the rest (-D -)? */
bool encoder_dumps_headers(const struct encoder *);

#endif
