/*
 * The expressions of a run, what they find in a body, and where that is done:
 * on a thread (perform), or on the loop where it takes no time. A job whose
 * body is on a thread comes back to the pump in on_done or, over its budget, in
 * on_late.
 */
#include "config.h"

#include "run/inspect.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "format/page_records.h"
#include "process/log.h"
#include "run/job.h"
#include "run/workers.h"

enum {
	SMALL = 64 << 10,     /* bytes of JSON that are inspected on the loop */
	EARLY_MOST = 1 << 20, /* and by the thread that has fetched them */
	OVERHEAD = 1024,      /* bytes of a job that waits, beside its body */
	SPANS_KEPT = 4096,    /* memory for matches of one expression, and */
	TEXT_KEPT = 64 << 10  /* for their text, kept from body to body */
};

/* CPU time for the inspection of one body. */
#define BUDGET_US (5 * CLOCK_SECOND)

struct inspector {
	struct inspector_setup setup;
	struct workers *workers;
	struct list done;  /* jobs whose thread is done, for the pump */
	struct list spare; /* findings that are free to be used again */
};

/* The body of a job on its way to a thread and back. The job's result has no
 * body meanwhile. */
struct inspection {
	struct work work;
	struct inspector *inspector;
	struct job *job; /* NULL: nobody waits for it */
	struct findings *found;
	struct result seen;    /* body and type of the job's result; the failure
	                        * if something is wrong with them */
	struct readings *read; /* of that body, owned; NULL: not read yet */
};

/* What was done with a body before its result is final: by the thread that has
 * fetched it; or, where the loop had to check the conditions, only `read`. */
struct early_look {
	struct wanted wanted;
	struct readings *read; /* of the body, owned; NULL: not kept */
	bool checks;           /* --expect and --until apply */
	bool is_checked; /* that was done: `unmet` is the failure, if any */
	struct failure unmet;
	bool is_filled; /* `found` is filled: `failure` is what is wrong */
	struct findings *found; /* NULL: to be made */
	struct failure failure;
};

static struct inspection *
inspection_of(struct work *work)
{
	return container_of(work, struct inspection, work);
}

/* --- what is looked for ---------------------------------------------- */

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
open_encoder(struct compiled *c, const struct output_options *o,
    const struct names *names, char **cause)
{
	if (extract_wanted(o)) {
		c->extractor = extractor_new(o, cause);
		if (!c->extractor)
			return -1;
	}
	c->encoder = encoder_new(o, c->extractor, names, cause);
	c->sizes = c->encoder;
	return c->encoder ? 0 : -1;
}

static int
open_conditions(
    struct compiled *c, const struct expect_options *o, char **cause)
{
	if (!o->until && !o->expect.len)
		return 0;
	c->conditions = conditions_new(o, cause);
	return c->conditions ? 0 : -1;
}

int
compiled_open(struct compiled *c, const struct run_options *o,
    const struct names *names, char **cause)
{
	*c = (struct compiled){
	    .readings = readings_new(),
	    .repeats = o->output.sqlite != NULL,
	};
	return open_pager(c, o, cause) || open_fanout(c, o, names, cause) ||
	               open_encoder(c, &o->output, names, cause) ||
	               open_conditions(c, &o->expect, cause)
	           ? -1
	           : 0;
}

void
compiled_release(struct compiled *c)
{
	encoder_free(c->encoder);
	extractor_free(c->extractor);
	pager_free(c->pager);
	conditions_free(c->conditions);
	fanout_free(c->fanout);
	readings_free(c->readings);
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
	gap_release(&f->page_gap);
	found_links_release(&f->each);
	columns_free(f->columns);
	free(f);
}

/* Empty `m`; keep its memory, unless one large body made it large. */
static void
clear(struct matches *m)
{
	if (m->spans.cap > SPANS_KEPT || m->text.cap > TEXT_KEPT)
		matches_release(m);
	else
		matches_clear(m);
}

/* Likewise for a column, and for the ends of its items. */
static void
clear_column(struct column *c)
{
	clear(&c->matches);
	if (c->ends_cap <= SPANS_KEPT)
		return;
	free(c->ends);
	c->ends = NULL;
	c->ends_cap = 0;
}

/* Make `f` ready for another body. */
static void
findings_clear(struct findings *f)
{
	f->wanted = (struct wanted){0};
	clear(&f->page);
	gap_release(&f->page_gap);
	gap_release(&f->each.gap);
	clear(&f->each.matches);
	free(f->each.base);
	f->each.base = NULL;
	if (!f->columns)
		return;
	f->columns->count = 0;
	for (size_t i = 0; i < f->columns->len; i++)
		clear_column(&f->columns->items[i]);
}

/* Look for what f->wanted says in a body, whose result may become a failure;
 * then nothing that comes after that is looked for. On any thread, with a `c`
 * that no other thread uses, as it may change when it is used. */
static void
findings_fill(
    struct findings *f, const struct compiled *c, struct readings *body)
{
	const struct result *r = readings_result(body);

	if (f->wanted.what & WANT_PAGE)
		pager_look(c->pager, body, &f->page, &f->page_gap);
	if (f->wanted.what & WANT_EACH && result_ok(r))
		fanout_find(c->fanout, f->wanted.stage, body, &f->each);
	if (f->wanted.what & WANT_VALUES && result_ok(r))
		extractor_apply(c->extractor, body, f->columns);
	readings_end(body);
}

/* Likewise in the body of `r`, which was `read` before; NULL: it was not. */
static void
search(struct findings *f, const struct compiled *c, struct result *r,
    struct readings *read)
{
	if (read)
		readings_move(read, r);
	else
		readings_begin(c->readings, r);
	findings_fill(f, c, read ? read : c->readings);
}

/* What the record of each item will take, its values aside; 0: the body is one
 * record. */
static uint64_t
bytes_of_item(const struct compiled *c, const struct record *record)
{
	if (!extractor_has_items(c->extractor))
		return 0;
	return encoder_item_bytes(c->sizes, record) +
	       (c->repeats ? record_repeated_bytes(record) : 0);
}

/* Get `f`, which is empty, ready for the body of the record, which has no
 * columns so far. */
static void
prepare(struct findings *f, const struct compiled *c, struct wanted wanted,
    struct record *record)
{
	f->wanted = wanted;
	if (!(wanted.what & WANT_VALUES))
		return;
	record->columns = f->columns;
	f->columns->record_bytes = bytes_of_item(c, record);
}

/* --- on a thread of the workers ------------------------------------------- */

/* Called by the workers. */
static void
perform(struct work *work, void *tools)
{
	struct inspection *l = inspection_of(work);

	search(l->found, tools, &l->seen, l->read);
}

/* Nobody waits for the work any more; it may be a thread that calls this. */
static void
drop(struct work *work)
{
	struct inspection *l = inspection_of(work);

	findings_free(l->found);
	result_release(&l->seen);
	readings_free(l->read);
	free(l);
}

void
inspector_tools_free(void *tools)
{
	compiled_release(tools);
	free(tools);
}

/* --- on the loop --------------------------------------------------------- */

/* Each thread compiles its own. The same was compiled before, so the user has
 * made no mistake if it fails now. */
void *
inspector_tools_new(void *arg)
{
	const struct inspector_setup *setup = &((struct inspector *)arg)->setup;
	struct compiled *c = xcalloc(1, sizeof(*c));
	char *cause = NULL;

	if (compiled_open(c, setup->options, setup->names, &cause))
		die("%s", cause);
	c->sizes = setup->compiled->encoder;
	return c;
}

/* The job of `l` goes on when the pump takes it (inspector_next): its turns are
 * bounded, a callback of the loop is not. */
static void
come_back(struct inspection *l)
{
	struct inspector *inspector = l->inspector;
	struct job *job = l->job;

	l->job = NULL;
	job->inspection = NULL;
	list_push_back(&inspector->done, &job->inspect_link);
	inspector->setup.ready(inspector->setup.arg);
}

static void
on_done(void *arg, struct work *work)
{
	struct inspection *l = inspection_of(work);
	struct result *r = &l->job->result;

	(void)arg;
	r->body = l->seen.body;
	r->failure = failure_take(&l->seen.failure);
	body_init(&l->seen.body);
	l->job->found = l->found;
	l->found = NULL;
	come_back(l);
	drop(work);
}

/* The thread is over its budget, and keeps the body, as nobody can stop it. */
static void
on_late(void *arg, struct work *work)
{
	struct inspection *l = inspection_of(work);

	(void)arg;
	failure_set(&l->job->result.failure, ERROR_POLICY, "budget", 0,
	    "searching its body took more than 5 s of CPU time");
	come_back(l);
}

struct inspector *
inspector_new(const struct inspector_setup *setup)
{
	struct inspector *inspector = xcalloc(1, sizeof(*inspector));
	const struct workers_setup threads = {
	    .tools_new = inspector_tools_new,
	    .tools_free = inspector_tools_free,
	    .perform = perform,
	    .done = on_done,
	    .late = on_late,
	    .drop = drop,
	    .arg = inspector,
	    .budget_us = BUDGET_US,
	};

	inspector->setup = *setup;
	list_init(&inspector->done);
	list_init(&inspector->spare);
	inspector->workers = workers_new(setup->base, &threads);
	return inspector;
}

void
inspector_free(struct inspector *inspector)
{
	struct list *link;

	if (!inspector)
		return;
	workers_free(inspector->workers);
	while ((link = list_pop_front(&inspector->spare)))
		findings_free(container_of(link, struct findings, link));
	free(inspector);
}

static struct findings *
take_spare(struct inspector *inspector)
{
	struct list *link = list_pop_front(&inspector->spare);

	return link ? container_of(link, struct findings, link) : NULL;
}

static void
give_back(struct inspector *inspector, struct findings *f)
{
	if (!f)
		return;
	findings_clear(f);
	list_push_front(&inspector->spare, &f->link);
}

/* Empty findings for the body of `job`. */
static struct findings *
take_findings(
    struct inspector *inspector, struct job *job, struct wanted wanted)
{
	const struct compiled *c = inspector->setup.compiled;
	struct findings *f = take_spare(inspector);

	if (!f)
		f = findings_new(c);
	prepare(f, c, wanted,
	    &(struct record){.request = job->request, .result = &job->result});
	return f;
}

void
inspector_drop_findings(struct inspector *inspector, struct job *job)
{
	give_back(inspector, job->found);
	job->found = NULL;
	inspector_keep_early(inspector, job, NULL);
}

/* Is only JSON looked for, which is over in a moment, whatever is in the body?
 * That is not so with HTML and XML. */
static bool
is_of_json(const struct compiled *c, struct wanted wanted)
{
	if (wanted.what & WANT_EACH &&
	    fanout_language(c->fanout, wanted.stage) != MATCH_JSON)
		return false;
	return !(wanted.what & WANT_VALUES) ||
	       extractor_language(c->extractor) == MATCH_JSON;
}

/* Move the body of `job` into an inspection of its own. */
static struct inspection *
inspection_new(
    struct inspector *inspector, struct job *job, struct wanted wanted)
{
	struct inspection *l = xcalloc(1, sizeof(*l));
	struct result *r = &job->result;

	l->inspector = inspector;
	l->job = job;
	l->found = take_findings(inspector, job, wanted);
	l->read = job->early ? job->early->read : NULL;
	if (l->read)
		job->early->read = NULL;
	l->work.bytes =
	    r->body.size + OVERHEAD + (l->read ? readings_bytes(l->read) : 0);
	result_init(&l->seen);
	l->seen.content_type = xstrdup_null(r->content_type);
	l->seen.body = r->body;
	body_init(&r->body);
	return l;
}

/* On the loop, without a thread. */
static void
inspect_at_once(
    struct inspector *inspector, struct job *job, struct wanted wanted)
{
	job->found = take_findings(inspector, job, wanted);
	search(job->found, inspector->setup.compiled, &job->result,
	    job->early ? job->early->read : NULL);
}

/* --- early, on a thread of the fleet -------------------------------------- */

struct early_look *
inspector_plan(
    struct inspector *inspector, struct wanted wanted, bool has_conditions)
{
	const struct compiled *c = inspector->setup.compiled;
	struct early_look *early;

	if (!is_of_json(c, wanted))
		wanted.what = 0;
	if (!wanted.what && !has_conditions)
		return NULL;
	early = xcalloc(1, sizeof(*early));
	early->wanted = wanted;
	early->checks = has_conditions;
	if (wanted.what)
		early->found = take_spare(inspector);
	return early;
}

/* Is this most likely the final result, and worth a look? */
static bool
is_worth_a_look(const struct result *r)
{
	return result_ok(r) && r->status >= 200 && r->status < 300 &&
	       r->part == PART_NONE && r->body.size <= EARLY_MOST;
}

/* What it finds wrong with the body says nothing before the result is judged,
 * so it is kept apart. */
void
inspector_look_early(
    void *tools, void *task, const struct request *request, struct result *r)
{
	const struct compiled *c = tools;
	struct early_look *e = task;
	struct record record = {.request = request, .result = r};

	if (!is_worth_a_look(r))
		return;
	readings_begin(c->readings, r);
	if (e->checks) {
		conditions_check(c->conditions, c->readings);
		e->unmet = failure_take(&r->failure);
		e->is_checked = true;
	}
	if (!e->wanted.what || e->unmet.class != ERROR_NONE)
		return;
	if (!e->found)
		e->found = findings_new(c);
	prepare(e->found, c, e->wanted, &record);
	findings_fill(e->found, c, c->readings);
	e->failure = failure_take(&r->failure);
	e->is_filled = true;
}

void
inspector_drop_early(struct inspector *inspector, struct early_look *early)
{
	if (!early)
		return;
	give_back(inspector, early->found);
	readings_free(early->read);
	failure_clear(&early->unmet);
	failure_clear(&early->failure);
	free(early);
}

void
inspector_keep_early(
    struct inspector *inspector, struct job *job, struct early_look *early)
{
	inspector_drop_early(inspector, job->early);
	job->early = early;
}

/* Does any expression of the run look into bodies that meet the conditions? */
static bool
has_expressions(const struct compiled *c)
{
	return c->extractor || c->pager || c->fanout;
}

/* Check the conditions on the loop. What was read is kept, for the expressions
 * that come next if the body meets them. */
static void
check_here(struct inspector *inspector, struct job *job, struct result *r)
{
	const struct compiled *c = inspector->setup.compiled;
	struct readings *read = readings_new();
	struct early_look *early;

	readings_begin(read, r);
	conditions_check(c->conditions, read);
	if (!result_ok(r) || !has_expressions(c)) {
		readings_free(read);
		return;
	}
	early = xcalloc(1, sizeof(*early));
	early->read = read;
	inspector_keep_early(inspector, job, early);
}

void
inspector_check_conditions(
    struct inspector *inspector, struct job *job, struct result *r)
{
	struct early_look *early = job->early;

	if (early && early->is_checked)
		r->failure = failure_take(&early->unmet);
	else
		check_here(inspector, job, r);
}

/* Was all that is `wanted` looked for early? Then it becomes the job's. */
static bool
take_early(struct inspector *inspector, struct job *job, struct wanted wanted)
{
	struct early_look *early = job->early;

	if (!early || !early->is_filled || early->wanted.what != wanted.what ||
	    early->wanted.stage != wanted.stage)
		return false;
	job->found = early->found;
	early->found = NULL;
	job->result.failure = failure_take(&early->failure);
	inspector_keep_early(inspector, job, NULL);
	return true;
}

/* --- when the result is final --------------------------------------------- */

/* Where no thread can be made, the loop does the work itself, however long it
 * takes: late is better than never. */
bool
inspector_inspect(
    struct inspector *inspector, struct job *job, struct wanted wanted)
{
	struct inspection *l;

	if (!wanted.what || take_early(inspector, job, wanted))
		return false;
	if (job->result.body.size <= SMALL &&
	    is_of_json(inspector->setup.compiled, wanted)) {
		inspect_at_once(inspector, job, wanted);
		return false;
	}
	l = inspection_new(inspector, job, wanted);
	job->inspection = l;
	if (workers_submit(inspector->workers, &l->work) == 0)
		return true;
	job->inspection = NULL;
	search(l->found, inspector->setup.compiled, &l->seen, l->read);
	on_done(inspector, &l->work);
	return true;
}

void
inspector_note_gaps(struct inspector *inspector, const struct job *job)
{
	const struct compiled *c = inspector->setup.compiled;
	const struct findings *f = job->found;

	if (!f || !result_ok(&job->result))
		return;
	if (f->wanted.what & WANT_PAGE)
		pager_note_gap(c->pager, &f->page_gap);
	if (f->wanted.what & WANT_EACH)
		fanout_note_gap(c->fanout, f->wanted.stage, &f->each.gap);
}

struct job *
inspector_next(struct inspector *inspector)
{
	struct list *link = list_pop_front(&inspector->done);

	return link ? container_of(link, struct job, inspect_link) : NULL;
}

bool
inspector_cancel(struct inspector *inspector, struct job *job)
{
	bool looked = !list_empty(&job->inspect_link);

	list_remove(&job->inspect_link);
	if (!job->inspection)
		return looked;
	workers_cancel(inspector->workers, &job->inspection->work);
	job->inspection = NULL;
	return true;
}

uint64_t
inspector_pending(const struct inspector *inspector)
{
	return workers_pending(inspector->workers);
}

unsigned
inspector_stuck(const struct inspector *inspector)
{
	return workers_stuck(inspector->workers);
}
