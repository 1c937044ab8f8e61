#include "config.h"

#include "compare/compare_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exit_status.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "compare/compare_report.h"
#include "display/terminal.h"

static struct style
style_of(const struct options *o, int fd)
{
	struct terminal t = terminal_of(fd, o->progress.color);

	return (struct style){
	    .drawing = t.unicode ? DRAW_UTF8 : DRAW_ASCII,
	    .color = t.color,
	    .width = t.width,
	};
}

static int
write_text(struct compare *c, FILE *file, const struct buf *text)
{
	if (fwrite(text->data, 1, text->len, file) == text->len &&
	    fflush(file) == 0)
		return 0;
	c->os_errno = errno;
	compare_stop(c, ENDING_OUTPUT);
	return -1;
}

/* One line each, on stderr. Returns 1 if one does not hold. */
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
		log_error("--assert '%s' does not hold: not %.4g%s %s %.4g%s",
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
	    .target = c->target,
	    .requests = replay_len(c->parts.list),
	    .listed = c->listed,
	    .warmup = c->options->compare.warmup,
	    .seed = c->seed,
	};
}

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

/* Where standard output is taken, people read on stderr. */
static int
print(struct compare *c, const struct comparison *result, const char *refusal)
{
	bool taken = exports_take_stdout(c->exports);
	FILE *file = taken ? stderr : stdout;
	struct style style = style_of(c->options, fileno(file));
	struct buf out;
	int rc;

	buf_init(&out);
	report_arms(result, &style, &out);
	if (!refusal)
		report_verdict(result, &style, &out);
	if (c->options->demo && !refusal)
		report_in_a_line(result, &out);
	rc = write_text(c, file, &out);
	buf_release(&out);
	return rc;
}

static int
report(struct compare *c)
{
	struct comparison result = comparison_of(c);
	char *refusal = comparison_refusal(
	    &result, c->options->compare.same_bodies ? BODIES_ARE_SAME
	                                             : BODIES_MAY_DIFFER);
	int status;

	if (print(c, &result, refusal) == -1) {
		free(refusal);
		return STATUS_OUTPUT;
	}
	report_warnings(&result);
	status = write_exports(c, &result);
	if (refusal)
		log_error("%s", refusal);
	if (!status && !refusal)
		status = check_assertions(c);
	if (!status && (refusal || arm_figures_typical(c->figures)->failed))
		status = STATUS_FAILED;
	free(refusal);
	return status;
}

static void
tell_ending(const struct compare *c)
{
	static const char *const texts[] = {
	    [ENDING_NONE] = NULL,
	    [ENDING_HELD] = "a server held requests back in three rounds: "
	                    "its limit would be measured, not the arms; "
	                    "stay below it with --rate",
	    [ENDING_SIGNAL] = NULL,
	    [ENDING_DEADLINE] = "--deadline ended the comparison",
	    [ENDING_FAILURES] = "too many requests failed: "
	                        "the comparison ends",
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

int
compare_conclude(struct compare *c)
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
		status = report(c);
	tell_ending(c);
	return c->ending ? statuses[c->ending] : status;
}
