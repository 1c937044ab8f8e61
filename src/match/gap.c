#include "config.h"

#include "match/gap.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/xalloc.h"

enum {
	DESCRIBED_MAX = 4 /* bodies in which it is noted what was there */
};

void
gap_release(struct gap *gap)
{
	buf_release(&gap->text);
	*gap = (struct gap){0};
}

void
gap_find(struct gap_finder *f, const struct matcher *m,
    const struct reading *reading, struct gap *gap)
{
	gap->looked = true;
	f->matched |= gap->matched;
	if (f->matched || f->described == DESCRIBED_MAX)
		return;
	f->described++;
	gap->says = matcher_describe_gap(m, reading, &gap->text);
}

void
gap_sum_add(struct gap_sum *sum, const struct gap *gap)
{
	sum->bodies += gap->looked;
	sum->matched |= gap->matched;
	if (sum->matched || gap->says <= sum->says)
		return;
	sum->says = gap->says;
	free(sum->text);
	sum->text = xstrdup(buf_text(&gap->text));
}

bool
gap_sum_describe(const struct gap_sum *sum, const struct matcher *m,
    const char *so, struct buf *out)
{
	if (!sum->bodies || sum->matched)
		return false;
	buf_addf(out, "%s matched nothing in %" PRIu64 " response%s%s",
	    matcher_label(m), sum->bodies, sum->bodies == 1 ? "" : "s", so);
	if (sum->text)
		buf_addf(out, "; %s", sum->text);
	return true;
}

void
gap_sum_release(struct gap_sum *sum)
{
	free(sum->text);
	*sum = (struct gap_sum){0};
}
