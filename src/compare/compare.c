/*
 * The whole of --compare. From top to bottom: the set-up, which checks
 * everything before the first request; the rounds, in each of which every arm
 * runs once, in a random order; the end, which prints, exports and checks.
 */
#include "config.h"

#include "compare/compare.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/xalloc.h"
#include "compare/arms.h"
#include "compare/drawn.h"
#include "compare/exports.h"
#include "compare/text.h"
#include "compare/trial.h"
#include "display/terminal.h"
#include "process/environment.h"
#include "process/exit.h"
#include "process/log.h"
#include "run/notices.h"
#include "stats/assertion.h"
#include "stats/show.h"

enum {
	SEED_MAX = 100000, /* short enough to be typed */
	HELD_MAX = 3,      /* rounds with a hold, then it ends */
	/* In waterfalls of all arms together: */
	TERMINAL_REQUESTS = 30,
	SVG_REQUESTS = 120
};

/* Why the comparison ends. */
enum ending {
	ENDING_NONE, /* no reason: all rounds are done */
	ENDING_HELD, /* a server asked to wait in HELD_MAX rounds */
	ENDING_SIGNAL,
	ENDING_DEADLINE, /* --deadline */
	ENDING_FAILURES, /* --max-failures */
	ENDING_OUTPUT,   /* stdout cannot be written */
	ENDING_SETUP,    /* `cause` says why it cannot begin or go on */
};

/* A comparison from its options to its exit status. */
struct compare {
	const struct options *options;
	struct trial_parts parts; /* what all trials share */
	struct arms arms;
	struct arm_figures *figures; /* one per arm */
	struct exports *exports;
	struct drawn *drawn;           /* NULL: nothing is drawn */
	struct assertion **assertions; /* as many as --assert */
	char *target;  /* what is asked, for people: a host, "3 servers" */
	size_t listed; /* requests in the list, before a sample was taken */
	size_t ports;  /* requests to the origin that has most of them */
	struct cooldown cooldown;
	uint64_t seed;
	uint64_t random; /* the state of the generator */
	int64_t start_us;
	unsigned rounds; /* done, warm-up included */
	unsigned held;   /* rounds in which a server asked to wait */
	enum ending ending;
	int signal;   /* that ended it; 0: none did */
	int os_errno; /* OUTPUT: why stdout cannot be written */
	char *cause;  /* a message of the set-up or of an export; owned */
};

/* End the comparison because of `why`; the first reason given stays. */
static void
end_because(struct compare *c, enum ending why)
{
	if (c->ending == ENDING_NONE)
		c->ending = why;
}

/* --- setting up -------------------------------------------------------- */

/* Parse each --assert before anything is fetched. */
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

/* An arm with more transfers than descriptors would be lowered silently, and
 * measure another -P than its name says: refuse it. An adaptive one finds its
 * own number. */
static int
check_parallel(struct compare *c)
{
	unsigned most = environment_max_parallel();

	for (size_t i = 0; i < c->arms.len; i++) {
		struct arm *arm = &c->arms.items[i];

		if (arm->parallel > most && arm->adaptive)
			arm->parallel = most;
		if (arm->parallel <= most)
			continue;
		c->cause = xasprintf("--compare: %s needs more descriptors "
		                     "than the limit of %u allows (ulimit -n)",
		    arm->name, most);
		return -1;
	}
	return 0;
}

/* Returns whether any arm opens a connection for each request. */
static bool
has_sync(const struct arms *arms)
{
	for (size_t i = 0; i < arms->len; i++)
		if (arms->items[i].kind == ARM_SYNC)
			return true;
	return false;
}

/*
 * sync opens a connection for each request, and each closed one occupies its
 * port for a minute: of a list that would use them up take an even sample.
 */
static void
take_sample(struct compare *c)
{
	struct replay *list = c->parts.list;
	const char *name = NULL;
	size_t origins;

	c->listed = replay_len(list);
	c->ports = replay_most_of_one_origin(list, &origins, &name);
	if (has_sync(&c->arms) && c->ports > COOLDOWN_PORTS) {
		replay_sample(list,
		    (size_t)((uint64_t)c->listed * COOLDOWN_PORTS / c->ports));
		log_note("%zu new connections to one server would use up "
		         "this machine's ports: comparing an even sample of "
		         "%zu requests out of %zu",
		    c->ports, replay_len(list), c->listed);
		c->ports = COOLDOWN_PORTS;
	}
	c->target = origins == 1 ? notices_host(name)
	                         : xasprintf("%zu servers", origins);
}

/* The longest period of the rates, after which all their tokens are back;
 * 0: there is no rate. */
static int64_t
longest_period(const struct sched_options *o)
{
	int64_t run = o->rate.count ? o->rate.period_us : 0;
	int64_t host = o->host_rate.count ? o->host_rate.period_us : 0;

	return run > host ? run : host;
}

/* Returns whether the waterfall goes to the terminal, or where stderr goes. */
static bool
prints_waterfall(const struct options *o)
{
	return o->pictures.waterfall && !o->pictures.waterfall_file;
}

/* All arms together fill about a screen, or a few of a browser. */
static void
open_drawing(struct compare *c)
{
	const struct options *o = c->options;
	size_t most = prints_waterfall(o) ? TERMINAL_REQUESTS : SVG_REQUESTS;

	if (o->pictures.waterfall || o->pictures.report)
		c->drawn = drawn_new(c->arms.len, most / c->arms.len);
}

/* Prepare what measures, once the list is known. A seed that was not given is
 * taken from the clock, and printed, so that the comparison can be repeated. */
static void
open_measurement(struct compare *c)
{
	const struct options *o = c->options;
	struct sched_options noticed = notices_on(&o->run.sched);

	take_sample(c);
	c->figures = xcalloc(c->arms.len, sizeof(*c->figures));
	open_drawing(c);
	c->parts.answers = answers_new(replay_len(c->parts.list));
	c->parts.sched = sched_new(&noticed);
	c->cooldown.period_us = longest_period(&o->run.sched);
	c->seed = options_given(o, "seed")
	              ? o->compare.seed
	              : (uint64_t)clock_wall_us() / CLOCK_MS % SEED_MAX;
	c->random = c->seed;
	c->start_us = clock_now_us();
}

/* Check everything that can be wrong before the first request. */
static void
open_compare(struct compare *c)
{
	const struct options *o = c->options;
	const struct arm plain = {
	    .parallel = o->run.sched.parallel,
	    .adaptive = o->run.sched.parallel_auto,
	};

	if (arms_parse(&c->arms, o->compare.arms, &plain, &c->cause) ||
	    check_parallel(c) || parse_assertions(c))
		goto fail;
	c->exports = exports_open(o, &c->cause);
	if (!c->exports)
		goto fail;
	c->parts.list = replay_open(&o->input, &o->run.request, &c->cause);
	if (!c->parts.list)
		goto fail;
	open_measurement(c);
	return;
fail:
	end_because(c, ENDING_SETUP);
}

/* --- signals between the runs ------------------------------------------ */

/*
 * A run handles its signals by itself. One that comes while none is under way,
 * in a cooldown or while connections are closed, must not cost the rounds that
 * are done: it is kept here, and ends the comparison. A handler cannot be told
 * whose it is, so this is not a member.
 */
static volatile sig_atomic_t kept_signal;

static void
keep_signal(int number)
{
	kept_signal = number;
}

/* Have `handler` for the signals that end a run, but for those that are
 * ignored. libevent puts it back where a run ends. */
static void
handle_signals(void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < EXIT_SIGNALS; i++)
		if (!exit_signal_is_ignored(exit_signals[i]))
			sigaction(exit_signals[i], &action, NULL);
}

static void
note_kept_signal(struct compare *c)
{
	if (!kept_signal || c->ending)
		return;
	c->signal = kept_signal;
	end_because(c, ENDING_SIGNAL);
}

/* --- the rounds -------------------------------------------------------- */

/* Microseconds left of --deadline; 0: there is no deadline, -1: it is over. */
static int64_t
time_left(const struct compare *c)
{
	int64_t deadline = c->options->run.stop.deadline_us;
	int64_t left = c->start_us + deadline - clock_now_us();

	if (deadline <= 0)
		return 0;
	return left > 0 ? left : -1;
}

/* nanosleep(2) ends early when a signal is caught; one that ends the
 * comparison ends the sleep, too. */
static void
sleep_until(int64_t until)
{
	int64_t left;

	while (!kept_signal && (left = until - clock_now_us()) > 0) {
		struct timespec t = {
		    .tv_sec = (time_t)(left / CLOCK_SECOND),
		    .tv_nsec = (long)(left % CLOCK_SECOND) * 1000,
		};

		nanosleep(&t, NULL);
	}
}

/* How many ports one trial of `arm` occupies at the busiest origin. */
static size_t
ports_of(const struct compare *c, const struct arm *arm)
{
	return arm->kind == ARM_SYNC ? c->ports : 0;
}

/* Sleep until a trial of `arm` can start without paying for earlier ones. */
static void
wait_for_cooldown(struct compare *c, const struct arm *arm)
{
	int64_t now = clock_now_us();
	int64_t until = cooldown_until(&c->cooldown, ports_of(c, arm), now);
	struct buf text;

	if (until > now + 5 * CLOCK_SECOND) {
		buf_init(&text);
		add_duration(&text, until - now);
		log_note("waiting %s before %s, so that earlier runs do not "
		         "slow it down",
		    text.data, arm->name);
		buf_release(&text);
	}
	sleep_until(until);
}

/* End the comparison if the run of `trial` was ended from outside. */
static void
note_ending(struct compare *c, const struct trial *trial)
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
	end_because(c, trial->signal ? ENDING_SIGNAL : endings[trial->stop]);
}

/* Fetch the list once with arm `i`. Returns true if a server asked to wait, as
 * then the time is the server's choice. */
static bool
run_arm(struct compare *c, size_t i, struct run_figures *figures)
{
	const struct arm *arm = &c->arms.items[i];
	struct trial trial;
	int64_t left;

	wait_for_cooldown(c, arm);
	note_kept_signal(c);
	if (c->ending)
		return false;
	left = time_left(c);
	if (left < 0) {
		end_because(c, ENDING_DEADLINE);
		return false;
	}
	if (c->drawn)
		c->parts.waterfall = drawn_begin_run(c->drawn, i);
	answers_begin_run(c->parts.answers, arm->name, c->rounds + 1);
	if (trial_run(&c->parts, arm, left, &trial, &c->cause)) {
		end_because(c, ENDING_SETUP);
		return false;
	}
	c->parts.quiet = true;
	cooldown_begin(&c->cooldown, ports_of(c, arm), clock_now_us());
	note_ending(c, &trial);
	*figures = trial.figures;
	return trial.held;
}

/* Put the arms into a random order for one round (Fisher-Yates), so that what
 * drifts in the course of the comparison favours none of them. */
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

/* Run every arm once, into `figures`. Returns true if the round counts: nothing
 * ended it, and no server asked to wait. */
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
		end_because(c, ENDING_HELD);
	else if (held && !c->ending)
		log_note("a server asked to slow down: repeating this round");
	return !held && !c->ending;
}

/* Keep the figures of a round, and what is drawn of it. */
static void
keep_round(struct compare *c, const struct run_figures *figures)
{
	for (size_t i = 0; i < c->arms.len; i++)
		arm_figures_add(&c->figures[i], &figures[i]);
	if (c->drawn)
		drawn_end_round(c->drawn, c->figures);
}

/* Run one round and keep its figures if it counts and is no warm-up. */
static bool
run_round(struct compare *c)
{
	struct run_figures *figures = xcalloc(c->arms.len, sizeof(*figures));
	bool good = run_arms(c, figures);

	if (good && c->rounds >= c->options->compare.warmup)
		keep_round(c, figures);
	else if (c->drawn)
		drawn_drop_round(c->drawn);
	c->rounds += good;
	free(figures);
	return good;
}

static unsigned
rounds_wanted(const struct compare *c)
{
	return c->options->compare.warmup + c->options->compare.runs;
}

/* Announce after the first round how long the others will take. The first arm
 * of the first round had no cooldown, so one is added for each. */
static void
announce_duration(const struct compare *c, int64_t took_us)
{
	unsigned left = rounds_wanted(c) - c->rounds;
	struct buf text;

	if (c->rounds != 1 || !left)
		return;
	buf_init(&text);
	add_duration(&text, (took_us + c->cooldown.period_us) * left);
	log_note("first round of %zu arm%s done; %u more will take about %s",
	    c->arms.len, c->arms.len == 1 ? "" : "s", left, text.data);
	buf_release(&text);
}

static void
run_rounds(struct compare *c)
{
	handle_signals(keep_signal);
	while (c->rounds < rounds_wanted(c) && !c->ending) {
		int64_t began = clock_now_us();

		if (run_round(c))
			announce_duration(c, clock_now_us() - began);
		note_kept_signal(c);
	}
	handle_signals(SIG_DFL);
}

/* --- the end ----------------------------------------------------------- */

/* Returns what may be used on `fd`, which is a terminal or not. */
static struct style
style_of(const struct options *o, int fd)
{
	struct terminal t = terminal_of(fd, o->run.progress.color);

	return (struct style){
	    .drawing = t.unicode ? DRAW_UTF8 : DRAW_ASCII,
	    .color = t.color,
	    .width = t.width,
	};
}

/* Write the outcome. -1: it cannot be written, and the comparison ends
 * because of that. */
static int
write_text(struct compare *c, FILE *file, const struct buf *text)
{
	if (fwrite(text->data, 1, text->len, file) == text->len &&
	    fflush(file) == 0)
		return 0;
	c->os_errno = errno;
	end_because(c, ENDING_OUTPUT);
	return -1;
}

/* Check each --assert and print the outcome on stderr. Returns the exit status,
 * which is STATUS_FAILED if any is false. */
static int
check_assertions(const struct compare *c)
{
	const struct strlist *texts = &c->options->compare.assertions;
	double *medians = xcalloc(c->arms.len, sizeof(*medians));
	int status = 0;

	for (size_t i = 0; i < c->arms.len; i++)
		medians[i] = arm_figures_wall(&c->figures[i]).median;
	for (size_t i = 0; i < texts->len; i++) {
		struct assertion_outcome o =
		    assertion_check(c->assertions[i], medians);
		const char *unit = o.ratio ? "" : " s";

		if (o.holds) {
			log_note("--assert '%s' holds: %.4g%s %s %.4g%s",
			    texts->items[i], o.left, unit, o.relation, o.right,
			    unit);
			continue;
		}
		log_error("--assert '%s' failed: %.4g%s %s %.4g%s is false",
		    texts->items[i], o.left, unit, o.relation, o.right, unit);
		status = STATUS_FAILED;
	}
	free(medians);
	return status;
}

static struct comparison
comparison_of(const struct compare *c)
{
	return (struct comparison){
	    .arms = &c->arms,
	    .figures = c->figures,
	    .answers = c->parts.answers,
	    .drawn = c->drawn,
	    .command = buf_text(&c->options->command.text),
	    .target = c->target,
	    .requests = replay_len(c->parts.list),
	    .listed = c->listed,
	    .warmup = c->options->compare.warmup,
	    .seed = c->seed,
	};
}

/* Write the exports. Returns the exit status if one of them fails, else 0. */
static int
write_exports(struct compare *c, const struct comparison *result)
{
	char *cause = NULL;

	if (exports_write(c->exports, result, &cause) == 0)
		return 0;
	log_error("%s", cause);
	free(cause);
	return STATUS_OUTPUT;
}

/* Print the comparison for people: on stdout, or on stderr where an export
 * takes stdout. Without a verdict if there is a `refusal`. */
static int
print_comparison(
    struct compare *c, const struct comparison *result, const char *refusal)
{
	bool taken = exports_take_stdout(c->exports);
	FILE *file = taken ? stderr : stdout;
	struct style style = style_of(c->options, fileno(file));
	struct buf out;
	int rc;

	buf_init(&out);
	comparison_add_arms(result, &style, &out);
	if (!refusal)
		comparison_add_verdict(result, &style, &out);
	if (c->options->demo && !refusal)
		comparison_add_line(result, &out);
	rc = write_text(c, file, &out);
	buf_release(&out);
	return rc;
}

/* Print the waterfall on stderr, if it has no file. */
static void
print_waterfall(const struct compare *c, const struct comparison *result)
{
	struct terminal t =
	    terminal_of(STDERR_FILENO, c->options->run.progress.color);
	struct waterfall_look look = {
	    .width = t.width, .unicode = t.unicode, .color = t.color};
	struct buf text;

	if (!prints_waterfall(c->options))
		return;
	buf_init(&text);
	buf_addc(&text, '\n');
	drawn_add_text(result, &look, &text);
	log_picture(&text);
	buf_release(&text);
}

/* Print why there is no verdict, and how to come to one. */
static void
print_refusal(const struct comparison *result, const char *refusal)
{
	const char *example;

	log_error("%s", refusal);
	if (answers_other_statuses(result->answers, &example))
		log_note("if the server fails under load, lower -P or set "
		         "--rate; if its failures are transient, add --retry "
		         "2");
}

/* Print, export and check the outcome of the rounds that were done. Returns the
 * exit status. */
static int
report_outcome(struct compare *c)
{
	struct comparison result = comparison_of(c);
	char *refusal = comparison_refusal(
	    &result, c->options->compare.same_bodies ? BODIES_ARE_SAME
	                                             : BODIES_MAY_DIFFER);
	int status;

	if (print_comparison(c, &result, refusal) == -1) {
		free(refusal);
		return STATUS_OUTPUT;
	}
	print_waterfall(c, &result);
	if (!refusal)
		comparison_warn(&result);
	status = write_exports(c, &result);
	if (refusal)
		print_refusal(&result, refusal);
	if (!status && !refusal)
		status = check_assertions(c);
	if (!status && (refusal || arm_figures_typical(c->figures)->failed))
		status = STATUS_FAILED;
	free(refusal);
	return status;
}

/* Print why the comparison ended early, if it did. */
static void
report_ending(const struct compare *c)
{
	static const char *const texts[] = {
	    [ENDING_NONE] = NULL,
	    [ENDING_HELD] = "a server asked to slow down in three rounds, so "
	                    "its rate limit would be measured; stay below it "
	                    "with --rate",
	    [ENDING_SIGNAL] = NULL,
	    [ENDING_DEADLINE] = "--deadline reached: comparison stopped",
	    [ENDING_FAILURES] = "too many requests failed: "
	                        "comparison stopped",
	    [ENDING_OUTPUT] = NULL,
	    [ENDING_SETUP] = NULL,
	};

	if (c->cause && c->ending == ENDING_SETUP)
		log_answer("%s", c->cause);
	else if (c->cause)
		log_error("%s", c->cause);
	if (texts[c->ending])
		log_error("%s", texts[c->ending]);
	if (c->ending == ENDING_OUTPUT && c->os_errno != EPIPE)
		log_error("stdout: %s", strerror(c->os_errno));
}

/* End the comparison: report what was measured, and why it ended. Returns the
 * exit status. */
static int
conclude(struct compare *c)
{
	static const int statuses[] = {
	    [ENDING_NONE] = 0,
	    [ENDING_HELD] = STATUS_FAILED,
	    [ENDING_SIGNAL] = STATUS_FAILED,
	    [ENDING_DEADLINE] = STATUS_DEADLINE,
	    [ENDING_FAILURES] = STATUS_FAILED,
	    [ENDING_OUTPUT] = STATUS_OUTPUT,
	    [ENDING_SETUP] = STATUS_USAGE,
	};
	bool done = c->figures && c->figures[0].len > 0;
	int status = 0;

	if (done && c->ending != ENDING_OUTPUT && c->ending != ENDING_SETUP)
		status = report_outcome(c);
	report_ending(c);
	return c->ending ? statuses[c->ending] : status;
}

/* After a set-up that failed any of the parts may be missing. */
static void
close_compare(struct compare *c)
{
	sched_free(c->parts.sched);
	answers_free(c->parts.answers);
	replay_free(c->parts.list);
	exports_free(c->exports);
	drawn_free(c->drawn);
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

/* A signal ends the process only when everything is reported and freed. */
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
	run_rounds(&c);
	status = conclude(&c);
	if (c.ending == ENDING_SIGNAL)
		signal = c.signal;
	else if (c.ending == ENDING_OUTPUT && c.os_errno == EPIPE)
		signal = SIGPIPE;
	close_compare(&c);
	environment_close(base);
	if (signal)
		exit_by_signal(signal);
	return status;
}
