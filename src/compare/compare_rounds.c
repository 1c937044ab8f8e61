#include "config.h"

#include "compare/compare_private.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/xalloc.h"
#include "stats/show.h"

enum {
	HELD_MAX = 3 /* rounds with a hold */
};

/* What is left of --deadline; 0: there is none, < 0: nothing is left. */
static int64_t
time_left(const struct compare *c)
{
	int64_t deadline = c->options->stop.deadline_us;
	int64_t left = c->start_us + deadline - clock_now_us();

	if (deadline <= 0)
		return 0;
	return left > 0 ? left : -1;
}

static void
sleep_until(int64_t until)
{
	for (int64_t left; (left = until - clock_now_us()) > 0;) {
		struct timespec t = {
		    .tv_sec = (time_t)(left / CLOCK_SECOND),
		    .tv_nsec = (long)(left % CLOCK_SECOND) * 1000,
		};

		nanosleep(&t, NULL);
	}
}

static size_t
ports_of(const struct compare *c, const struct arm *arm)
{
	return arm->kind == ARM_SYNC ? c->ports : 0;
}

static void
take_rest(struct compare *c, const struct arm *arm)
{
	int64_t now = clock_now_us();
	int64_t until = rest_until(&c->rest, ports_of(c, arm), now);
	struct buf text;

	if (until > now + 5 * CLOCK_SECOND) {
		buf_init(&text);
		add_duration(&text, until - now);
		log_note("waiting %s before %s, so that it does not pay for "
		         "what ran before",
		    text.data, arm->name);
		buf_release(&text);
	}
	sleep_until(until);
}

static void
see_stop(struct compare *c, const struct trial *trial)
{
	static const enum ending endings[] = {
	    [RUN_WENT_THROUGH] = ENDING_NONE,
	    [RUN_SIGNAL] = ENDING_SIGNAL,
	    [RUN_DEADLINE] = ENDING_DEADLINE,
	    [RUN_FAILURES] = ENDING_FAILURES,
	    [RUN_FIRST] = ENDING_NONE,
	    [RUN_UNWRITABLE] = ENDING_OUTPUT,
	};

	c->signal = trial->signal;
	c->os_errno = trial->os_errno;
	compare_stop(c, trial->signal ? ENDING_SIGNAL : endings[trial->stop]);
}

/* One arm once; true: a server asked to wait. */
static bool
run_arm(struct compare *c, size_t i, struct run_figures *figures)
{
	const struct arm *arm = &c->arms.items[i];
	struct trial trial;
	int64_t left;

	take_rest(c, arm);
	left = time_left(c);
	if (left < 0) {
		compare_stop(c, ENDING_DEADLINE);
		return false;
	}
	answers_from(c->parts.answers, arm->name, c->rounds + 1);
	if (trial_run(&c->parts, arm, left, &trial, &c->cause)) {
		compare_stop(c, ENDING_SETUP);
		return false;
	}
	c->parts.quiet = true;
	rest_after(&c->rest, ports_of(c, arm), clock_now_us());
	see_stop(c, &trial);
	*figures = trial.figures;
	return trial.held;
}

/* Fisher-Yates: the order of the arms within a round. */
static void
shuffle(struct compare *c, size_t *order)
{
	for (size_t i = 0; i < c->arms.len; i++)
		order[i] = i;
	for (size_t i = c->arms.len; i > 1; i--) {
		size_t j = (size_t)random_below(&c->random, i);
		size_t swapped = order[i - 1];

		order[i - 1] = order[j];
		order[j] = swapped;
	}
}

/* True: the round is good. */
static bool
run_arms(struct compare *c, struct run_figures *figures)
{
	size_t *order = xcalloc(c->arms.len, sizeof(*order));
	bool held = false;

	shuffle(c, order);
	for (size_t i = 0; i < c->arms.len && !c->ending && !held; i++)
		held = run_arm(c, order[i], &figures[order[i]]);
	free(order);
	if (held && ++c->held == HELD_MAX)
		compare_stop(c, ENDING_HELD);
	else if (held && !c->ending)
		log_note("a server held requests back, so this round says "
		         "nothing: once more");
	return !held && !c->ending;
}

static bool
run_round(struct compare *c)
{
	struct run_figures *figures = xcalloc(c->arms.len, sizeof(*figures));
	bool good = run_arms(c, figures);

	for (size_t i = 0; good && i < c->arms.len; i++)
		if (c->rounds >= c->options->compare.warmup)
			arm_figures_add(&c->figures[i], &figures[i]);
	c->rounds += good;
	free(figures);
	return good;
}

static unsigned
rounds_wanted(const struct compare *c)
{
	return c->options->compare.warmup + c->options->compare.runs;
}

/* Said once, when the first is done; that one had one rest less. */
static void
tell_duration(const struct compare *c, int64_t took_us)
{
	unsigned left = rounds_wanted(c) - c->rounds;
	struct buf text;

	if (c->rounds != 1 || !left)
		return;
	buf_init(&text);
	add_duration(&text, (took_us + c->rest.period_us) * left);
	log_note("one round of %zu arm%s is done, %u more take%s about %s",
	    c->arms.len, c->arms.len == 1 ? "" : "s", left,
	    left == 1 ? "s" : "", text.data);
	buf_release(&text);
}

void
compare_rounds(struct compare *c)
{
	while (c->rounds < rounds_wanted(c) && !c->ending) {
		int64_t began = clock_now_us();

		if (run_round(c))
			tell_duration(c, clock_now_us() - began);
	}
}
