#include "config.h"

#include "run/compiled.h"

static int
open_pager(struct compiled *c, const struct run_options *o, char **cause)
{
	if (!o->follow.paginate)
		return 0;
	c->pager = pager_new(o->follow.paginate, o->output.items, cause);
	return c->pager ? 0 : -1;
}

static int
open_fanout(struct compiled *c, const struct run_options *o,
    const struct names *names, char **cause)
{
	const struct fanout_setup setup = {
	    .options = &o->follow,
	    .common = &o->request,
	    .names = *names,
	    .match_max = o->output.extract_max,
	};

	if (!o->follow.stages_len)
		return 0;
	c->fanout = fanout_new(&setup, cause);
	return c->fanout ? 0 : -1;
}

static int
open_encoder(struct compiled *c, const struct output_options *o, char **cause)
{
	if (extract_wanted(o)) {
		c->extractor = extractor_new(o, cause);
		if (!c->extractor)
			return -1;
	}
	c->encoder = encoder_new(o, c->extractor, cause);
	return c->encoder ? 0 : -1;
}

int
compiled_open(struct compiled *c, const struct run_options *o,
    const struct names *names, char **cause)
{
	*c = (struct compiled){0};
	return open_pager(c, o, cause) || open_fanout(c, o, names, cause) ||
	               open_encoder(c, &o->output, cause)
	           ? -1
	           : 0;
}

void
compiled_release(struct compiled *c)
{
	encoder_free(c->encoder);
	extractor_free(c->extractor);
	pager_free(c->pager);
	fanout_free(c->fanout);
}
