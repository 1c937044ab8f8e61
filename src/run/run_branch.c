#include "config.h"

#include "run/run_private.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "follow/fanout.h"

static struct branch *
branch_of(struct list *link)
{
	return container_of(link, struct branch, link);
}

static unsigned
depth_of(const struct branch *b)
{
	return b->range.before ? 0 : b->job->stage + 1;
}

void
run_enlist(struct run *run, struct branch *branch)
{
	struct list *at = run->branching.next;

	while (at != &run->branching &&
	       depth_of(branch_of(at)) >= depth_of(branch))
		at = at->next;
	list_insert_before(at, &branch->link);
}

/* Even where it has a record, a parent's body is nothing to print. */
static void
drop_body(struct run *run, struct job *job)
{
	if (run->options->output.with_body)
		return;
	body_release(&job->result.body);
	body_init(&job->result.body);
}

bool
run_is_parent(const struct run *run, const struct job *job)
{
	return run->compiled.fanout &&
	       job->stage < fanout_stages(run->compiled.fanout);
}

bool
run_branch(struct run *run, struct job *job)
{
	struct result *r = &job->result;
	struct matches matches = {0};

	if (!run_is_parent(run, job) || !result_ok(r) || !r->attempts)
		return false;
	if (run->stopped)
		failure_set(&r->failure, ERROR_CANCELLED, NULL, 0, "%s",
		    run_why_cancelled(run));
	else if (job->found) {
		matches = job->found->each;
		job->found->each = (struct matches){0};
	}
	if (result_ok(r))
		run_journal_note(run, job);
	if (!result_ok(r) || matches.spans.len == 0) {
		matches_release(&matches);
		drop_body(run, job);
		return false;
	}
	if (!matches_need_body(&matches))
		drop_body(run, job);
	run_found_family(job);
	job->branch = branch_new(job, &matches);
	run_enlist(run, job->branch);
	return true;
}

/* What is left will not be sent: the parent becomes the record that says so,
 * behind its children. */
static void
cut(struct run *run, struct job *job, enum error_class class, const char *why)
{
	struct branch *b = job->branch;

	failure_set(&job->result.failure, class, NULL, 0,
	    "%s: %zu of %zu matches were not followed", why,
	    b->matches.spans.len - b->at, b->matches.spans.len);
	list_remove(&b->link);
	drop_body(run, job);
	run_settle(run, job);
}

void
run_cut_branch(struct run *run, struct job *job)
{
	if (job->branch->range.before)
		run_range_one(run, job);
	else
		cut(run, job, ERROR_CANCELLED, run_why_cancelled(run));
}

/* Records are counted: those of the last stage as they are made, so that their
 * templates know it, of those above it the ones that have a record after all.
 */
static uint64_t
number_of_child(struct run *run, struct job *job, const struct json_span *match)
{
	if (job->stage + 1 < fanout_stages(run->compiled.fanout))
		return 0;
	return run_journal_number(run, job, match);
}

void
run_number_parent(struct run *run, struct job *job)
{
	if (run_is_parent(run, job) && job->family)
		job->request->k = run_journal_number(run, job, NULL);
}

static void
make_child(struct run *run, struct job *job)
{
	struct branch *b = job->branch;
	const struct json_span *match = &b->matches.spans.items[b->at++];
	const struct fanout_parent parent = {
	    .parent = run_parent(run, job),
	    .stage = job->stage,
	    .k = number_of_child(run, job, match),
	    .match = *match,
	};
	struct job *child =
	    run_new_child(run, job, fanout_make(run->compiled.fanout, &parent));

	child->stage = job->stage + 1;
	child->slot = order_insert(run->order, job->slot, child);
	run_take_in(run, child, SCHED_AGAIN);
}

static void
go_on(struct run *run, struct job *job)
{
	const struct branch *b = job->branch;
	uint64_t max = run->options->follow.max_requests;
	char *why;

	if (job->family->followed < max) {
		make_child(run, job);
		if (b->at == b->matches.spans.len)
			run_settle_branch(run, job);
		return;
	}
	why = xasprintf("--max-requests %" PRIu64, max);
	cut(run, job, ERROR_POLICY, why);
	free(why);
}

/* The head's may always make one, or nothing would go on. */
static struct job *
next_parent(struct run *run, enum sched_scope scope, int64_t now)
{
	struct job *head;

	if (run->stopped || list_empty(&run->branching))
		return NULL;
	if (scope == SCHED_ALL && run_has_room(run, now))
		return branch_of(run->branching.next)->job;
	head = order_head(run->order);
	return scope != SCHED_NOTHING && head && head->branch ? head : NULL;
}

bool
run_branch_one(struct run *run, enum sched_scope scope, int64_t now)
{
	struct job *job = next_parent(run, scope, now);

	if (!job)
		return false;
	if (job->branch->range.before)
		run_range_one(run, job);
	else
		go_on(run, job);
	run_look_at_head(run);
	return true;
}
