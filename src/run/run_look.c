#include "config.h"

#include "run/run_private.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/xalloc.h"

enum {
	SMALL = 64 << 10, /* bytes of JSON that are looked into at once */
	OVERHEAD = 1024   /* bytes of a job that waits, beside its body */
};

#define BUDGET_US (5 * CLOCK_SECOND)

/* A body on its way to a thread and back. */
struct looking {
	struct work work;
	struct job *job; /* NULL: nobody waits for it */
	struct findings *found;
	struct result seen; /* the body, its type, and what is wrong with it */
};

static struct looking *
looking_of(struct work *work)
{
	return container_of(work, struct looking, work);
}

/* --- on a thread --------------------------------------------------------- */

static void
perform(struct work *work, void *tools)
{
	struct looking *l = looking_of(work);

	findings_look(l->found, tools, &l->seen);
}

static void
drop(struct work *work)
{
	struct looking *l = looking_of(work);

	findings_free(l->found);
	result_release(&l->seen);
	free(l);
}

static void
tools_free(void *tools)
{
	compiled_release(tools);
	free(tools);
}

/* --- on the loop --------------------------------------------------------- */

/* What is compiled may change when it is used: each thread has its own. */
static void *
tools_new(void *arg)
{
	struct run *run = arg;
	struct compiled *c = xcalloc(1, sizeof(*c));
	char *cause = NULL;

	if (compiled_open(c, run->options, &run->parts.feed.names, &cause))
		die("%s", cause);
	return c;
}

/* It waits for its turn in the pump, which is bounded. */
static void
come_back(struct looking *l)
{
	struct job *job = l->job;

	l->job = NULL;
	job->looking = NULL;
	list_push_back(&job->run->looked, &job->look_link);
	run_wake(job->run);
}

static void
done(void *arg, struct work *work)
{
	struct looking *l = looking_of(work);
	struct result *r = &l->job->result;

	(void)arg;
	r->body = l->seen.body;
	r->failure = l->seen.failure;
	body_init(&l->seen.body);
	l->seen.failure = (struct failure){0};
	l->job->found = l->found;
	l->found = NULL;
	come_back(l);
	drop(work);
}

/* The body stays with the thread. */
static void
late(void *arg, struct work *work)
{
	struct looking *l = looking_of(work);

	(void)arg;
	failure_set(&l->job->result.failure, ERROR_POLICY, "budget", 0,
	    "extracting from its body took more than 5 s");
	come_back(l);
}

void
run_look_open(struct run *run)
{
	const struct workers_setup setup = {
	    .tools_new = tools_new,
	    .tools_free = tools_free,
	    .perform = perform,
	    .done = done,
	    .late = late,
	    .drop = drop,
	    .arg = run,
	    .budget_us = BUDGET_US,
	};

	list_init(&run->looked);
	list_init(&run->spare_findings);
	run->workers = workers_new(run->parts.base, &setup);
}

static struct findings *
take_findings(struct run *run)
{
	struct list *link = list_pop_front(&run->spare_findings);

	return link ? container_of(link, struct findings, link)
	            : findings_new(&run->compiled);
}

void
run_forget_findings(struct run *run, struct job *job)
{
	if (!job->found)
		return;
	findings_clear(job->found);
	list_push_front(&run->spare_findings, &job->found->link);
	job->found = NULL;
}

void
run_look_close(struct run *run)
{
	struct list *link;

	workers_free(run->workers);
	while ((link = list_pop_front(&run->spare_findings)))
		findings_free(container_of(link, struct findings, link));
}

static struct wish
wish_of(const struct run *run, const struct job *job)
{
	const struct compiled *c = &run->compiled;
	bool parent = run_is_parent(run, job);
	struct wish wish = {.stage = job->stage};

	if (!result_ok(&job->result) || !job->result.attempts)
		return wish;
	if (run_follow_reads_page(run, job))
		wish.look |= LOOK_PAGE;
	if (parent)
		wish.look |= LOOK_EACH;
	else if (c->extractor)
		wish.look |= LOOK_VALUES;
	return wish;
}

/* Is it over in a moment, whatever is in the body? HTML and XML are not. */
static bool
is_quick(const struct run *run, const struct job *job, struct wish wish)
{
	const struct compiled *c = &run->compiled;

	if (job->result.body.size > SMALL)
		return false;
	if (wish.look & LOOK_EACH &&
	    fanout_language(c->fanout, wish.stage) != MATCH_JSON)
		return false;
	return !(wish.look & LOOK_VALUES) ||
	       extractor_language(c->extractor) == MATCH_JSON;
}

static struct looking *
looking_new(struct job *job, struct wish wish)
{
	struct looking *l = xcalloc(1, sizeof(*l));
	struct result *r = &job->result;

	l->job = job;
	l->found = take_findings(job->run);
	l->found->wish = wish;
	l->work.bytes = r->body.size + OVERHEAD;
	result_init(&l->seen);
	l->seen.content_type = xstrdup_null(r->content_type);
	l->seen.body = r->body;
	body_init(&r->body);
	return l;
}

static void
look_here(struct run *run, struct job *job, struct wish wish)
{
	job->found = take_findings(run);
	job->found->wish = wish;
	findings_look(job->found, &run->compiled, &job->result);
}

bool
run_look(struct run *run, struct job *job)
{
	struct wish wish = wish_of(run, job);
	struct looking *l;

	if (!wish.look)
		return false;
	if (is_quick(run, job, wish)) {
		look_here(run, job, wish);
		return false;
	}
	l = looking_new(job, wish);
	job->looking = l;
	if (workers_submit(run->workers, &l->work) == 0)
		return true;
	job->looking = NULL;
	findings_look(l->found, &run->compiled, &l->seen);
	done(run, &l->work);
	return true;
}

bool
run_looked_one(struct run *run)
{
	struct list *link = list_pop_front(&run->looked);

	if (!link)
		return false;
	run_go_on(run, container_of(link, struct job, look_link));
	return true;
}

bool
run_look_away(struct run *run, struct job *job)
{
	bool looked = !list_empty(&job->look_link);

	list_remove(&job->look_link);
	if (!job->looking)
		return looked;
	workers_forget(run->workers, &job->looking->work);
	job->looking = NULL;
	return true;
}
