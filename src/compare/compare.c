#include "config.h"

#include "compare/compare.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/environment.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "compare/compare_private.h"
#include "run/notices.h"

enum {
	SEED_MAX = 100000 /* short enough to be typed */
};

static int
parse_assertions(struct compare *c)
{
	const struct strlist *texts = &c->options->compare.assertions;
	const char **names = xcalloc(c->arms.len, sizeof(*names));
	struct arm_names all = {names, c->arms.len};

	for (size_t i = 0; i < c->arms.len; i++)
		names[i] = c->arms.items[i].name;
	c->assertions = xcalloc(texts->len, sizeof(struct assertion *));
	for (size_t i = 0; i < texts->len && !c->cause; i++)
		c->assertions[i] =
		    assertion_parse(texts->items[i], &all, &c->cause);
	free(names);
	return c->cause ? -1 : 0;
}

/* A name that means -P 5000 must not measure something else. */
static int
check_parallel(struct compare *c)
{
	unsigned most = environment_max_parallel();

	for (size_t i = 0; i < c->arms.len; i++)
		if (c->arms.items[i].parallel > most) {
			c->cause = xasprintf("--compare: %s needs more "
			                     "descriptors than the limit of %u "
			                     "allows (ulimit -n)",
			    c->arms.items[i].name, most);
			return -1;
		}
	return 0;
}

static bool
has_sync(const struct arms *arms)
{
	for (size_t i = 0; i < arms->len; i++)
		if (arms->items[i].kind == ARM_SYNC)
			return true;
	return false;
}

/* More fresh connections than there are ports cannot be opened in a row. */
static void
take_sample(struct compare *c)
{
	struct replay *list = c->parts.list;
	const char *name = NULL;
	size_t origins;

	c->listed = replay_len(list);
	c->ports = replay_most_of_one_origin(list, &origins, &name);
	if (has_sync(&c->arms) && c->ports > REST_PORTS) {
		replay_sample(list,
		    (size_t)((uint64_t)c->listed * REST_PORTS / c->ports));
		log_note("%zu fresh connections to one server would use up "
		         "this machine's ports: comparing %zu requests, "
		         "evenly spread over the list of %zu",
		    c->ports, replay_len(list), c->listed);
		c->ports = REST_PORTS;
	}
	c->target = origins == 1 ? notices_host(name)
	                         : xasprintf("%zu servers", origins);
}

static int64_t
longest_period(const struct sched_options *o)
{
	int64_t run = o->rate.count ? o->rate.period_us : 0;
	int64_t host = o->host_rate.count ? o->host_rate.period_us : 0;

	return run > host ? run : host;
}

static void
open_measurement(struct compare *c)
{
	const struct options *o = c->options;
	struct sched_options noticed = notices_on(&o->sched);

	take_sample(c);
	c->figures = xcalloc(c->arms.len, sizeof(*c->figures));
	c->parts.answers = answers_new(replay_len(c->parts.list));
	c->parts.sched = sched_new(&noticed);
	c->rest.period_us = longest_period(&o->sched);
	c->seed = options_given(o, "seed")
	              ? o->compare.seed
	              : (uint64_t)clock_wall_us() / CLOCK_MS % SEED_MAX;
	c->random = c->seed;
	c->start_us = clock_now_us();
}

static void
open_compare(struct compare *c)
{
	const struct options *o = c->options;
	unsigned parallel = o->sched.parallel;

	if (arms_parse(&c->arms, o->compare.arms, parallel, &c->cause) ||
	    check_parallel(c) || parse_assertions(c))
		goto fail;
	c->exports = exports_open(o, &c->cause);
	if (!c->exports)
		goto fail;
	c->parts.list = replay_open(&o->input, &o->request, &c->cause);
	if (!c->parts.list)
		goto fail;
	open_measurement(c);
	return;
fail:
	compare_stop(c, ENDING_SETUP);
}

static void
close_compare(struct compare *c)
{
	sched_free(c->parts.sched);
	answers_free(c->parts.answers);
	replay_free(c->parts.list);
	exports_free(c->exports);
	for (size_t i = 0; c->figures && i < c->arms.len; i++)
		arm_figures_release(&c->figures[i]);
	free(c->figures);
	for (size_t i = 0;
	     c->assertions && i < c->options->compare.assertions.len; i++)
		assertion_free(c->assertions[i]);
	free(c->assertions);
	arms_release(&c->arms);
	free(c->target);
	free(c->cause);
}

int
command_compare(struct options *o)
{
	struct event_base *base = environment_open();
	struct compare c = {
	    .options = o,
	    .parts = {.options = o, .base = base},
	};
	int signal = 0;
	int status;

	open_compare(&c);
	compare_rounds(&c);
	status = compare_conclude(&c);
	if (c.ending == ENDING_SIGNAL)
		signal = c.signal;
	else if (c.ending == ENDING_OUTPUT && c.os_errno == EPIPE)
		signal = SIGPIPE;
	close_compare(&c);
	environment_close(base);
	if (signal)
		environment_raise(signal);
	return status;
}
