/*
 * A decoder is a row of layers, one for each coding. A step takes the last
 * layer that has something to give, so that what is decoded leaves the row
 * before more is decoded: no layer holds more than one piece.
 */
#include "config.h"

#include "decode/decoder.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "decode/coding.h"
#include "text/ascii.h"

enum {
	LAYERS = 5,      /* codings of one body, as in libcurl */
	PIECE = 16 << 10 /* bytes from one layer to the next */
};

/* In the order in which Accept-Encoding names them. */
static const struct coding *const codings[] = {
    &coding_deflate,
    &coding_gzip,
#ifdef HAVE_BROTLI
    &coding_brotli,
#endif
#ifdef HAVE_ZSTD
    &coding_zstd,
#endif
};

/* One coding of the body, and what it has to decode. */
struct layer {
	const struct coding *coding;
	void *state; /* the coding's; NULL before its first byte */
	enum coding_state at;
	bool was_full;           /* the last step may have more to give */
	const unsigned char *in; /* input that is left; borrowed */
	size_t in_len;
	unsigned char *piece; /* what the layer before gave; not of layer 0 */
};

struct decoder {
	struct layer layers[LAYERS]; /* 0 is the coding applied last */
	size_t len;                  /* of layers */
	bool too_many;               /* codings for LAYERS */
	char *unknown; /* a coding that is not among ours; NULL: none */
	const struct coding *failed; /* NULL: none */
	const char *cause;           /* why it failed; static, or its state's */
};

char *
decoder_accepts(void)
{
	struct buf list;

	buf_init(&list);
	for (size_t i = 0; i < sizeof(codings) / sizeof(*codings); i++) {
		buf_adds(&list, i ? ", " : "");
		buf_adds(&list, codings[i]->name);
	}
	return buf_take(&list);
}

static const struct coding *
find_coding(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(codings) / sizeof(*codings); i++)
		if (ascii_is_word(name, len, codings[i]->name) ||
		    (codings[i]->alias &&
		        ascii_is_word(name, len, codings[i]->alias)))
			return codings[i];
	return NULL;
}

/* Add the coding that was applied after those that are there. Content-Encoding
 * lists codings in the order in which they were applied, so the last one is
 * undone first. */
static void
add_layer(struct decoder *d, const struct coding *coding)
{
	if (d->len == LAYERS) {
		d->too_many = true;
		return;
	}
	memmove(d->layers + 1, d->layers, d->len * sizeof(*d->layers));
	d->layers[0] = (struct layer){.coding = coding};
	d->len++;
}

/* Add the coding of that name. */
static void
add_coding_named(struct decoder *d, const char *name, size_t len)
{
	const struct coding *coding = find_coding(name, len);

	if (len == 0 || ascii_is_word(name, len, "identity") ||
	    ascii_is_word(name, len, "none"))
		return;
	if (coding)
		add_layer(d, coding);
	else if (!d->unknown)
		d->unknown = xmemdup0(name, len);
}

struct decoder *
decoder_new(const char *list)
{
	struct decoder *d = xcalloc(1, sizeof(*d));

	while (*list) {
		size_t len = strcspn(list, ","), trimmed = len;
		const char *name = ascii_trim(list, &trimmed);

		add_coding_named(d, name, trimmed);
		list += len + (list[len] == ',');
	}
	if (d->len || d->unknown)
		return d;
	free(d);
	return NULL;
}

void
decoder_free(struct decoder *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->len; i++) {
		if (d->layers[i].state)
			d->layers[i].coding->close(d->layers[i].state);
		free(d->layers[i].piece);
	}
	free(d->unknown);
	free(d);
}

void
decoder_feed(struct decoder *d, const char *data, size_t len)
{
	d->layers[0].in = (const unsigned char *)data;
	d->layers[0].in_len = len;
}

size_t
decoder_left(const struct decoder *d)
{
	return d->layers[0].in_len;
}

static bool
is_ready(const struct layer *l)
{
	return l->in_len || l->was_full;
}

/* Take one step of the layer's coding. Returns how many bytes came out. */
static size_t
step_layer(struct layer *l, struct coding_step *step)
{
	size_t room = step->out_len;

	if (!l->state)
		l->state = l->coding->open();
	step->in = l->in;
	step->in_len = l->in_len;
	l->at = l->coding->step(l->state, step);
	if (step->out_len == room && step->in_len && step->in_len == l->in_len)
		l->at = CODING_CORRUPT; /* a coding's bug must not hang us */
	l->in = step->in;
	l->in_len = step->in_len;
	l->was_full = step->out_len == 0 && l->at == CODING_INSIDE;
	return room - step->out_len;
}

/* Let the output of layer `i` go to the next one. That of the last layer goes
 * to the caller, as *step says already. */
static void
set_room(struct decoder *d, size_t i, struct coding_step *step)
{
	if (i + 1 == d->len)
		return;
	if (!d->layers[i + 1].piece)
		d->layers[i + 1].piece = xmalloc(PIECE);
	step->out = d->layers[i + 1].piece;
	step->out_len = PIECE;
}

/* Take one step of layer `i`, and one of each layer after it on what that
 * gives. *len is set to how many bytes the last layer gave. */
static enum decoder_verdict
step_from(
    struct decoder *d, size_t i, const struct coding_step *out, size_t *len)
{
	for (; i < d->len; i++) {
		struct coding_step step = *out;

		set_room(d, i, &step);
		*len = step_layer(&d->layers[i], &step);
		if (d->layers[i].at == CODING_CORRUPT) {
			d->failed = d->layers[i].coding;
			d->cause = step.cause ? step.cause
			                      : "the decoder makes no progress";
			return DECODER_FAILED;
		}
		if (i + 1 == d->len || *len == 0)
			break;
		d->layers[i + 1].in = d->layers[i + 1].piece;
		d->layers[i + 1].in_len = *len;
	}
	return DECODER_GOES_ON;
}

/* Does the list hold a coding that cannot be decoded, or too many? That is told
 * when there is something to decode, since an answer without a body may have
 * any Content-Encoding. */
static bool
is_refused(struct decoder *d)
{
	if (d->unknown)
		d->cause = "unknown coding";
	else if (d->too_many)
		d->cause = "too many nested codings";
	return d->unknown || d->too_many;
}

enum decoder_verdict
decoder_step(struct decoder *d, char *out, size_t room, size_t *len)
{
	const struct coding_step step = {
	    .out = (unsigned char *)out, .out_len = room};
	enum decoder_verdict verdict;
	size_t i = d->len;

	*len = 0;
	if (is_refused(d))
		return d->layers[0].in_len ? DECODER_FAILED : DECODER_HUNGRY;
	do {
		if (i == 0)
			return DECODER_HUNGRY;
	} while (!is_ready(&d->layers[--i]));
	verdict = step_from(d, i, &step, len);
	if (verdict == DECODER_FAILED)
		*len = 0;
	return verdict;
}

/* The outermost layer whose stream is not at its end; NULL: none. */
static const struct layer *
unfinished(const struct decoder *d)
{
	for (size_t i = 0; i < d->len; i++)
		if (!d->layers[i].state || d->layers[i].at != CODING_AT_END)
			return &d->layers[i];
	return NULL;
}

bool
decoder_is_whole(const struct decoder *d)
{
	return !d->unknown && !d->too_many && !unfinished(d);
}

const char *
decoder_coding(const struct decoder *d)
{
	const struct layer *l = unfinished(d);

	if (d->unknown)
		return d->unknown;
	if (d->failed)
		return d->failed->name;
	return l ? l->coding->name : "";
}

const char *
decoder_cause(const struct decoder *d)
{
	return d->cause;
}
