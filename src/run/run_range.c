#include "config.h"

#include "run/run_private.h"

#include "base/clock.h"
#include "base/xalloc.h"
#include "follow/child.h"

/* What the pages of a range have in common with the first: its request and
 * where that led, which outlive it. */
static struct job *
stand_in_for(struct run *run, struct job *job)
{
	const struct result *r = &job->result;
	struct request *like = request_new_like(job->request);
	struct job *stand_in;

	request_set_url(like, job->request->url);
	like->user = xstrdup_null(job->request->user);
	like->page = job->request->page;
	stand_in = job_new(run, like, clock_now_us());
	run_found_family(job);
	stand_in->follows = true;
	stand_in->family = family_ref(job->family);
	stand_in->result.url_effective = xstrdup_null(r->url_effective);
	stand_in->result.trust = r->trust;
	return stand_in;
}

/* --max-pages. */
static void
limit(const struct run *run, const struct job *job, struct range *range)
{
	uint64_t max = run->options->follow.max_pages;
	uint64_t left = max - job->request->page;

	if (max && range->last - range->next >= left)
		range->last = range->next + left - 1;
}

void
run_range(struct run *run, struct job *job, struct range *range)
{
	struct job *stand_in = stand_in_for(run, job);
	struct matches none = {0};

	limit(run, job, range);
	list_push_back(&run->jobs, &stand_in->link);
	run_place_behind(run, job, stand_in);
	stand_in->branch = branch_new(stand_in, &none);
	stand_in->branch->range = *range;
	run_enlist(run, stand_in->branch);
}

/* Is the page that comes now the last one of the range, or the one that says
 * why there are no more? */
static bool
ends(const struct run *run, const struct job *stand_in)
{
	const struct range *range = &stand_in->branch->range;

	return range->next == range->last || run->stopped ||
	       stand_in->family->followed >= run->options->follow.max_requests;
}

void
run_range_one(struct run *run, struct job *stand_in)
{
	struct range *range = &stand_in->branch->range;
	bool last = ends(run, stand_in);
	struct child_parent parent;
	struct job *page;
	struct buf url;

	buf_init(&url);
	range_add_url(range, &url);
	range->next++;
	parent = run_parent(run, stand_in);
	page = run_new_child(run, stand_in, child_new_page(&parent, url.data));
	buf_release(&url);
	stand_in->request->page++;
	page->alone = !last;
	if (last) {
		page->slot = stand_in->slot;
		order_own(page->slot, page);
		run_drop_job(run, stand_in);
	} else {
		page->slot = order_insert(run->order, stand_in->slot, page);
	}
	run_send_page(run, page);
}
