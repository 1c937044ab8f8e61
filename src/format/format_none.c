#include "config.h"

#include "format/encoder.h"
#include "format/headers.h"

static void
encode(const struct encoder *e, const struct record *r, struct encoded *out)
{
	if (encoder_dumps_headers(e))
		headers_add_heads(&out->out, r->result);
}

const struct format format_none = {
    .encode = encode,
};
