#include "config.h"

#include "output/encoder.h"

static void
encode(const struct encoder *e, const struct record *r, struct encoded *out)
{
	if (encoder_dumps_headers(e))
		encoder_add_headers(r, &out->out);
}

const struct format format_none = {
    .encode = encode,
};
