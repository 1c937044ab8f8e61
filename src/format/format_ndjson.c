#include "config.h"

#include "format/encoder.h"

static void
encode_value(const struct encoder *e, const struct record *r, struct buf *out)
{
	size_t start = out->len;

	for (size_t i = 0; i < e->fields.len; i++) {
		const struct field *f = &e->fields.items[i];
		size_t before = out->len;

		buf_addc(out, before == start ? '{' : ',');
		buf_add(out, f->key, f->key_len);
		if (!f->add(r, f, out))
			buf_truncate(out, before);
	}
	buf_adds(out, out->len == start ? "{}" : "}");
}

static void
encode(const struct encoder *e, const struct record *r, struct encoded *out)
{
	encode_value(e, r, &out->out);
	buf_addc(&out->out, '\n');
}

const struct format format_ndjson = {
    .encode = encode,
    .encode_value = encode_value,
};
