#include "config.h"

#include "run/look.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "process/log.h"
#include "run/job.h"
#include "run/workers.h"

enum {
	SMALL = 64 << 10,    /* bytes of JSON that are looked into at once */
	OVERHEAD = 1024,     /* bytes of a job that waits, beside its body */
	SPANS_KEPT = 4096,   /* of one expression, from body to body */
	TEXT_KEPT = 64 << 10 /* likewise */
};

#define BUDGET_US (5 * CLOCK_SECOND)

struct looker {
	struct looker_setup setup;
	struct workers *workers;
	struct list done;  /* jobs whose body was looked into by a thread */
	struct list spare; /* findings to be used again */
};

/* A body on its way to a thread and back. */
struct looking {
	struct work work;
	struct looker *looker;
	struct job *job; /* NULL: nobody waits for it */
	struct findings *found;
	struct result seen; /* the body, its type, and what is wrong with it */
};

static struct looking *
looking_of(struct work *work)
{
	return container_of(work, struct looking, work);
}

/* --- what is found in a body ----------------------------------------- */

static struct findings *
findings_new(const struct compiled *c)
{
	struct findings *f = xcalloc(1, sizeof(*f));

	list_init(&f->link);
	if (c->extractor)
		f->columns = columns_new(c->extractor);
	return f;
}

static void
findings_free(struct findings *f)
{
	if (!f)
		return;
	matches_release(&f->page);
	matches_release(&f->each);
	columns_free(f->columns);
	free(f);
}

static void
clear(struct matches *m)
{
	if (m->spans.cap > SPANS_KEPT || m->text.cap > TEXT_KEPT)
		matches_release(m);
	else
		matches_clear(m);
}

/* Forget what was found; keep the memory that is worth keeping. */
static void
findings_clear(struct findings *f)
{
	f->wish = (struct wish){0};
	clear(&f->page);
	clear(&f->each);
	for (size_t i = 0; f->columns && i < f->columns->len; i++)
		clear(&f->columns->items[i].matches);
}

/* Look for what f->wish says in the body of `r`, which may become a failure;
 * then nothing that comes after that is looked for. On any thread that has a
 * `c` of its own. */
static void
findings_look(struct findings *f, const struct compiled *c, struct result *r)
{
	if (f->wish.look & LOOK_PAGE)
		pager_look(c->pager, r, &f->page);
	if (f->wish.look & LOOK_EACH && result_ok(r))
		fanout_find(c->fanout, f->wish.stage, r, &f->each);
	if (f->wish.look & LOOK_VALUES && result_ok(r))
		extractor_apply(c->extractor, r, f->columns);
}

/* --- on a thread ----------------------------------------------------- */

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
	const struct looker_setup *setup = &((struct looker *)arg)->setup;
	struct compiled *c = xcalloc(1, sizeof(*c));
	char *cause = NULL;

	if (compiled_open(c, setup->options, setup->names, &cause))
		die("%s", cause);
	return c;
}

/* The job waits for its turn in the pump, which is bounded. */
static void
come_back(struct looking *l)
{
	struct looker *looker = l->looker;
	struct job *job = l->job;

	l->job = NULL;
	job->looking = NULL;
	list_push_back(&looker->done, &job->look_link);
	looker->setup.ready(looker->setup.arg);
}

static void
on_done(void *arg, struct work *work)
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

/* The thread keeps the body, as nobody can stop it. */
static void
on_late(void *arg, struct work *work)
{
	struct looking *l = looking_of(work);

	(void)arg;
	failure_set(&l->job->result.failure, ERROR_POLICY, "budget", 0,
	    "extracting from its body took more than 5 s");
	come_back(l);
}

struct looker *
looker_new(const struct looker_setup *setup)
{
	struct looker *looker = xcalloc(1, sizeof(*looker));
	const struct workers_setup threads = {
	    .tools_new = tools_new,
	    .tools_free = tools_free,
	    .perform = perform,
	    .done = on_done,
	    .late = on_late,
	    .drop = drop,
	    .arg = looker,
	    .budget_us = BUDGET_US,
	};

	looker->setup = *setup;
	list_init(&looker->done);
	list_init(&looker->spare);
	looker->workers = workers_new(setup->base, &threads);
	return looker;
}

void
looker_free(struct looker *looker)
{
	struct list *link;

	if (!looker)
		return;
	workers_free(looker->workers);
	while ((link = list_pop_front(&looker->spare)))
		findings_free(container_of(link, struct findings, link));
	free(looker);
}

static struct findings *
take_findings(struct looker *looker)
{
	struct list *link = list_pop_front(&looker->spare);

	return link ? container_of(link, struct findings, link)
	            : findings_new(looker->setup.compiled);
}

void
looker_drop_findings(struct looker *looker, struct job *job)
{
	if (!job->found)
		return;
	findings_clear(job->found);
	list_push_front(&looker->spare, &job->found->link);
	job->found = NULL;
}

/* Is it over in a moment, whatever is in the body? HTML and XML are not. */
static bool
is_quick(const struct compiled *c, const struct job *job, struct wish wish)
{
	if (job->result.body.size > SMALL)
		return false;
	if (wish.look & LOOK_EACH &&
	    fanout_language(c->fanout, wish.stage) != MATCH_JSON)
		return false;
	return !(wish.look & LOOK_VALUES) ||
	       extractor_language(c->extractor) == MATCH_JSON;
}

static struct looking *
looking_new(struct looker *looker, struct job *job, struct wish wish)
{
	struct looking *l = xcalloc(1, sizeof(*l));
	struct result *r = &job->result;

	l->looker = looker;
	l->job = job;
	l->found = take_findings(looker);
	l->found->wish = wish;
	l->work.bytes = r->body.size + OVERHEAD;
	result_init(&l->seen);
	l->seen.content_type = xstrdup_null(r->content_type);
	l->seen.body = r->body;
	body_init(&r->body);
	return l;
}

static void
look_at_once(struct looker *looker, struct job *job, struct wish wish)
{
	job->found = take_findings(looker);
	job->found->wish = wish;
	findings_look(job->found, looker->setup.compiled, &job->result);
}

bool
looker_look(struct looker *looker, struct job *job, struct wish wish)
{
	struct looking *l;

	if (!wish.look)
		return false;
	if (is_quick(looker->setup.compiled, job, wish)) {
		look_at_once(looker, job, wish);
		return false;
	}
	l = looking_new(looker, job, wish);
	job->looking = l;
	if (workers_submit(looker->workers, &l->work) == 0)
		return true;
	job->looking = NULL;
	findings_look(l->found, looker->setup.compiled, &l->seen);
	on_done(looker, &l->work);
	return true;
}

struct job *
looker_next(struct looker *looker)
{
	struct list *link = list_pop_front(&looker->done);

	return link ? container_of(link, struct job, look_link) : NULL;
}

bool
looker_cancel(struct looker *looker, struct job *job)
{
	bool looked = !list_empty(&job->look_link);

	list_remove(&job->look_link);
	if (!job->looking)
		return looked;
	workers_forget(looker->workers, &job->looking->work);
	job->looking = NULL;
	return true;
}

uint64_t
looker_pending(const struct looker *looker)
{
	return workers_pending(looker->workers);
}

unsigned
looker_stuck(const struct looker *looker)
{
	return workers_stuck(looker->workers);
}
