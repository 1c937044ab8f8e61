/* What an encoder is made of: for the formats, not for those who use them. */
#ifndef GATHER_FORMAT_ENCODER_H
#define GATHER_FORMAT_ENCODER_H

#include "format/fields.h"
#include "format/format.h"
#include "format/writeout.h"

#define X(symbol, name, help) extern const struct format format_##name;
FORMATS(X)
#undef X

struct encoder {
	enum format_id id;
	const struct format *format;
	const struct output_options *options;
	const struct extractor *extractor; /* NULL without one */
	struct fields fields;              /* of a record */
	struct writeout *writeout;         /* NULL without -w */
	struct framing framing;
	char *head; /* what framing.head is, if it had to be made */
};

/* -D -: are the headers of every answer among what goes to stdout? */
bool encoder_dumps_headers(const struct encoder *);

#endif
