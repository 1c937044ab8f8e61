/* br by the Brotli library, where configure has found it. */
#include "config.h"

#include "decode/coding.h"

#ifdef HAVE_BROTLI

#include <stdlib.h>

#include <brotli/decode.h>

#include "base/xalloc.h"

/* Without memory the program ends (base/xalloc.h). */
static void *
allocate(void *arg, size_t size)
{
	(void)arg;
	return xmalloc(size);
}

static void
release(void *arg, void *memory)
{
	(void)arg;
	free(memory);
}

static void *
brotli_open(void)
{
	BrotliDecoderState *s =
	    BrotliDecoderCreateInstance(allocate, release, NULL);

	if (!s)
		die("Brotli cannot be initialised");
	return s;
}

static enum coding_state
brotli_step(void *state, struct coding_step *step)
{
	BrotliDecoderState *s = state;

	if (BrotliDecoderIsFinished(s)) {
		step->cause = "extra bytes follow its end";
		return CODING_CORRUPT;
	}
	switch (BrotliDecoderDecompressStream(
	    s, &step->in_len, &step->in, &step->out_len, &step->out, NULL)) {
	case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
	case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT: return CODING_INSIDE;
	case BROTLI_DECODER_RESULT_SUCCESS: return CODING_AT_END;
	case BROTLI_DECODER_RESULT_ERROR: break;
	}
	step->cause = BrotliDecoderErrorString(BrotliDecoderGetErrorCode(s));
	return CODING_CORRUPT;
}

static void
brotli_close(void *state)
{
	BrotliDecoderDestroyInstance(state);
}

const struct coding coding_brotli = {
    .name = "br",
    .open = brotli_open,
    .step = brotli_step,
    .close = brotli_close,
};

#endif
