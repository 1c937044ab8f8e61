/* zstd by its library, where configure has found it. */
#include "config.h"

#include "decode/coding.h"

#ifdef HAVE_ZSTD

#include <zstd.h>
#include <zstd_errors.h>

#include "base/xalloc.h"

enum {
	WINDOW_LOG = 23 /* 8 MiB, the most that RFC 9659, 3 allows */
};

static void *
zstd_open(void)
{
	ZSTD_DStream *s = ZSTD_createDStream();

	if (!s)
		die("out of memory");
	ZSTD_DCtx_setParameter(s, ZSTD_d_windowLogMax, WINDOW_LOG);
	return s;
}

/* Frames follow each other; the end of each may be the end of the body. */
static enum coding_state
zstd_step(void *state, struct coding_step *step)
{
	ZSTD_inBuffer in = {step->in, step->in_len, 0};
	ZSTD_outBuffer out = {step->out, step->out_len, 0};
	size_t left = ZSTD_decompressStream(state, &out, &in);

	step->in += in.pos;
	step->in_len -= in.pos;
	step->out += out.pos;
	step->out_len -= out.pos;
	if (!ZSTD_isError(left))
		return left ? CODING_INSIDE : CODING_AT_END;
	if (ZSTD_getErrorCode(left) == ZSTD_error_memory_allocation)
		die("out of memory");
	step->cause = ZSTD_getErrorName(left);
	return CODING_CORRUPT;
}

static void
zstd_close(void *state)
{
	ZSTD_freeDStream(state);
}

const struct coding coding_zstd = {
    .name = "zstd",
    .open = zstd_open,
    .step = zstd_step,
    .close = zstd_close,
};

#endif
