/* The variables of -w and what they are worth. */
#ifndef GATHER_FORMAT_WRITEOUT_VALUES_H
#define GATHER_FORMAT_WRITEOUT_VALUES_H

#include <stdint.h>

#include "base/buf.h"
#include "format/format.h"

enum value_kind {
	VALUE_TEXT,   /* `text`; NULL: none */
	VALUE_NUMBER, /* `number` */
	VALUE_STATUS, /* `number`, with three digits at least in text */
	VALUE_TIME,   /* `number` of microseconds; none is zero */
};

struct value {
	enum value_kind kind;
	const char *text;
	int64_t number;
};

struct variable {
	const char *name;
	struct value (*get)(const struct record *, size_t at);
	size_t at; /* an offset, for those that need one */
};

/* In curl's order, which is the alphabet's; ends with one without a name. */
extern const struct variable writeout_variables[];

void value_add_text(struct buf *, struct value);
void value_add_json(struct buf *, struct value);

#endif
