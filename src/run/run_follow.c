#include "config.h"

#include "run/run_private.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "follow/child.h"

bool
run_follows(const struct run *run)
{
	return run->compiled.pager || run->compiled.fanout;
}

bool
run_follow_reads_body(const struct run *run, const struct job *job)
{
	return run_is_parent(run, job) ||
	       (job->stage == 0 && run->compiled.pager &&
	           pager_reads_body(run->compiled.pager));
}

void
run_found_family(struct job *job)
{
	if (job->family)
		return;
	job->family = family_new();
	job->family->id = journal_key_mix(&job->key);
	family_see(job->family, job->request->url);
}

struct job *
run_new_child(struct run *run, struct job *job, struct request *request)
{
	struct job *child = job_new(run, request, clock_now_us());

	run_found_family(job);
	child->follows = true;
	child->family = family_ref(job->family);
	child->family->followed++;
	return child;
}

struct child_parent
run_parent(const struct run *run, const struct job *job)
{
	return (struct child_parent){
	    .request = job->request,
	    .result = &job->result,
	    .rule = run->parts.fetch->location_trusted ? TRUST_EVERYBODY
	                                               : TRUST_NOBODY,
	};
}

void
run_place_behind(struct run *run, struct job *job, struct job *child)
{
	child->slot = job->slot;
	order_own(child->slot, child);
	job->slot = order_insert(run->order, child->slot, job);
}

static void
refuse_further(struct run *run, struct job *child)
{
	char *why = xasprintf("--max-requests %" PRIu64
	                      ": so many have followed on one input",
	    run->options->follow.max_requests);

	run_refuse(run, child, ERROR_POLICY, why);
	free(why);
}

void
run_send_page(struct run *run, struct job *page)
{
	uint64_t max = run->options->follow.max_requests;
	struct family *family = page->family;

	if (run->stopped)
		run_refuse(run, page, ERROR_CANCELLED, run_why_cancelled(run));
	else if (family->followed > max)
		refuse_further(run, page);
	else if (!page->request->invalid &&
	         !family_see(family, page->request->url))
		run_refuse(run, page, ERROR_POLICY,
		    "this page came before: the pages go in a circle");
	else
		run_take_in(run, page, SCHED_AGAIN);
}

static void
add_page(struct run *run, struct job *job, const char *url)
{
	struct child_parent parent = run_parent(run, job);
	struct job *page =
	    run_new_child(run, job, child_new_page(&parent, url));

	run_place_behind(run, job, page);
	run_send_page(run, page);
}

static bool
is_last_page(const struct run *run, const struct job *job)
{
	uint64_t max = run->options->follow.max_pages;

	return max && job->request->page >= max;
}

/* Is it a page of which nobody knows yet whether there is a next one? */
static bool
looks_further(const struct run *run, const struct job *job)
{
	return job->stage == 0 && !job->alone && result_ok(&job->result) &&
	       job->result.attempts && !is_last_page(run, job);
}

bool
run_follow_reads_page(const struct run *run, const struct job *job)
{
	return run->compiled.pager && pager_reads_body(run->compiled.pager) &&
	       looks_further(run, job);
}

void
run_follow(struct run *run, struct job *job)
{
	static const struct matches nothing;
	const struct pager_page page = {
	    .request = job->request,
	    .result = &job->result,
	    .found = job->found ? &job->found->page : &nothing,
	};
	struct range range;
	struct buf url;

	if (!run->compiled.pager || !looks_further(run, job))
		return;
	if (!pager_reads_body(run->compiled.pager) &&
	    range_find_links(&range, job->request->url, job->result.headers)) {
		run_range(run, job, &range);
		return;
	}
	buf_init(&url);
	if (pager_next(run->compiled.pager, &page, &url) == PAGER_NEXT)
		add_page(run, job, buf_text(&url));
	buf_release(&url);
}
