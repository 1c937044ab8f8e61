#include "config.h"

#include "command.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arms.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "compare_report.h"
#include "demo/server.h"
#include "environment.h"
#include "notices.h"
#include "replay.h"
#include "run.h"

enum {
	STATUS_USAGE = 2
};

struct compare {
	const struct options *options;
	struct event_base *base;
	struct replay *list;
	struct sched *sched; /* tokens and holds bind all arms together */
	struct arms arms;
	struct arm_figures *figures; /* one per arm */
	struct statuses *statuses;   /* of the first run, and what differed */
	unsigned seed;
};

/* The options of one arm: the same but for what makes the arm. */
static void
arm_options(const struct compare *c, const struct arm *arm, struct options *o)
{
	*o = *c->options;
	o->sched.parallel = arm->parallel;
	o->sched.parallel_auto = false;
	o->fetch.parallel = arm->parallel;
	o->fetch.fresh_connections = arm->kind == ARM_SYNC;
	o->output = (struct output_options){.format = FORMAT_NONE};
	o->stop = (struct stop_options){0};
	if (!options_given(c->options, "retry"))
		o->retry.retries = 0;
}

static void
see_result(void *arg, const struct request *request, struct result *r)
{
	statuses_see(arg, request, r);
}

/* One arm once. Returns -1 with *cause, or the signal that ended it, or 0. */
static int
run_arm(struct compare *c, size_t i, bool counts, char **cause)
{
	struct options o;
	struct run_parts parts = {
	    .options = &o,
	    .fetch = &o.fetch,
	    .feed = replay_feed(c->list),
	    .base = c->base,
	    .sched = c->sched,
	    .out_fd = STDOUT_FILENO,
	    .observer = {see_result, c->statuses},
	};
	struct run_outcome outcome;
	struct run *run;

	arm_options(c, &c->arms.items[i], &o);
	sched_reuse(c->sched, &o.sched);
	run = run_new(&parts, cause);
	if (!run)
		return -1;
	outcome = run_loop(run);
	run_free(run);
	if (counts && !outcome.signal)
		arm_figures_add(&c->figures[i], &outcome.totals);
	return outcome.signal;
}

/* Fisher-Yates: the order of the arms within a round. */
static void
shuffle(struct compare *c, size_t *order)
{
	for (size_t i = 0; i < c->arms.len; i++)
		order[i] = i;
	for (size_t i = c->arms.len; i > 1; i--) {
		c->seed = c->seed * 1103515245U + 12345U;
		size_t j = (c->seed >> 8) % i;
		size_t swapped = order[i - 1];

		order[i - 1] = order[j];
		order[j] = swapped;
	}
}

static int
run_round(struct compare *c, bool counts, char **cause)
{
	size_t *order = xcalloc(c->arms.len, sizeof(*order));
	int ended = 0;

	shuffle(c, order);
	for (size_t i = 0; i < c->arms.len && !ended; i++)
		ended = run_arm(c, order[i], counts, cause);
	free(order);
	return ended;
}

static void
tell_duration(const struct compare *c, unsigned round)
{
	const struct compare_options *o = &c->options->compare;
	struct buf text;
	int64_t sum = 0;

	if (round != 1 || o->runs < 2)
		return;
	for (size_t i = 0; i < c->arms.len; i++)
		sum += (int64_t)(c->figures[i].wall_s[0] * CLOCK_SECOND);
	buf_init(&text);
	add_duration(&text, sum * (o->runs - 1));
	log_note("one round of %zu arms is done, %u more take about %s",
	    c->arms.len, o->runs - 1, text.data);
	buf_release(&text);
}

static int
run_rounds(struct compare *c, char **cause)
{
	const struct compare_options *o = &c->options->compare;
	int ended = 0;

	for (unsigned i = 0; i < o->warmup && !ended; i++)
		ended = run_round(c, false, cause);
	for (unsigned i = 0; i < o->runs && !ended; i++) {
		ended = run_round(c, true, cause);
		if (!ended)
			tell_duration(c, i + 1);
	}
	return ended;
}

static int
report(struct compare *c)
{
	struct buf out;
	int status;

	buf_init(&out);
	status = compare_report(
	    &(struct comparison){
	        .arms = &c->arms,
	        .figures = c->figures,
	        .statuses = c->statuses,
	        .requests = replay_len(c->list),
	    },
	    &out);
	if (fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout)) {
		log_error("stdout: cannot be written");
		status = 3;
	}
	buf_release(&out);
	return status;
}

static int
open_compare(struct compare *c, char **cause)
{
	const struct options *o = c->options;
	struct sched_options noticed = notices_on(&o->sched);

	if (arms_parse(&c->arms, o->compare.arms, o->sched.parallel, cause))
		return -1;
	c->list = replay_open(&o->input, &o->request, cause);
	if (!c->list)
		return -1;
	c->figures = xcalloc(c->arms.len, sizeof(*c->figures));
	c->statuses = statuses_new(replay_len(c->list));
	c->sched = sched_new(&noticed);
	c->seed = (unsigned)clock_wall_us();
	return 0;
}

static void
close_compare(struct compare *c)
{
	sched_free(c->sched);
	statuses_free(c->statuses);
	for (size_t i = 0; c->figures && i < c->arms.len; i++)
		free(c->figures[i].wall_s);
	free(c->figures);
	replay_free(c->list);
	arms_release(&c->arms);
}

static int
usage(char *cause)
{
	log_error("%s", cause);
	free(cause);
	return STATUS_USAGE;
}

int
command_compare(struct options *o)
{
	struct compare c = {.options = o, .base = environment_open()};
	char *cause = NULL;
	int ended = 0;
	int status;

	status = open_compare(&c, &cause);
	if (!status)
		ended = run_rounds(&c, &cause);
	if (cause)
		status = usage(cause);
	else if (!ended)
		status = report(&c);
	close_compare(&c);
	environment_close(c.base);
	if (ended > 0)
		environment_raise(ended);
	return status;
}

int
command_demo(struct options *o)
{
	struct demo_server server;
	char *cause = NULL;
	char *url;
	int status;

	if (demo_server_start(&server, &cause))
		return usage(cause);
	url = xasprintf(
	    "http://127.0.0.1:%u/delay/1?n=[1-5]", (unsigned)server.port);
	log_note("five requests that take one second each: one after the "
	         "other, then together");
	input_options_add(&o->input, INPUT_URL, url);
	free(url);
	o->compare.runs = 1;
	o->compare.warmup = 0;
	o->compare.arms = xstrdup("sync,async");
	status = command_compare(o);
	demo_server_stop(&server);
	return status;
}
