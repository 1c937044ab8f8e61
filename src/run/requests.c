/*
 * Where jobs come from. (a) The feed: a request is read when there is room for
 * it. (c) Earlier answers: the next page, all pages of a range, or a request of
 * each match. Both get a slot in the order, and are queued by `enqueue`.
 *
 * A parent with many matches makes its children one by one, as there is room:
 * it is a branch until then, and the pump takes from branches before it reads
 * on.
 */
#include "config.h"

#include "run/run_private.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "follow/child.h"
#include "follow/fanout.h"
#include "process/log.h"

enum {
	READ_AHEAD = 65536,  /* most requests read while nothing can start */
	SHARED_AHEAD = 4096, /* likewise, where others could fetch them */
	SHARED_PARKED = 64,  /* and so many beyond those in flight, at first */
	READ_AHEAD_S = 7,    /* seconds without a start until so many are */
	MANY_TRANSFERS = 256 /* at once: closing what they leave takes time */
};

/* --- into the queue -------------------------------------------------- */

/* Begin the output: the columns of a table are those of the first row. */
static void
frame_output(struct run *run, const struct request *first)
{
	encoder_set_columns(run->compiled.encoder, first->row);
	order_set_framing(run->order, encoder_framing(run->compiled.encoder));
	run->framed = true;
}

/* A job for `request`, of whose input it is one. */
static struct job *
make_job(struct run *run, struct request *request, int64_t now)
{
	struct job *job = job_new(run, &run->spare_jobs, request, now);

	run_ledger_join(run, job);
	return job;
}

/* `job` has a slot in the order: it is one of the run's jobs until it is
 * emitted. Its size is what the scheduler counts against its memory. */
static void
track(struct run *run, struct job *job)
{
	run->read++;
	list_push_back(&run->jobs, &job->link);
	job->main.queued_us = job->read_us;
	job->main.item.bytes = (uint32_t)(sizeof(*job) + sizeof(*job->request) +
	                                  3 * job->request->input_len);
}

/* `job` has a slot in the order and must not be fetched: it fails at once. */
static void
fail_unsent(struct run *run, struct job *job, enum error_class class,
    const char *message)
{
	track(run, job);
	run_fail(run, job, class, message);
}

/* `job` has a slot in the order: queue it, unless it is final already. It may
 * be gone when this returns. */
static void
enqueue(struct run *run, struct job *job, enum sched_rank rank)
{
	const struct request *request = job->request;
	int64_t now = job->read_us;

	if (request->refused) {
		fail_unsent(run, job, ERROR_POLICY, request->refused);
		return;
	}
	if (request->invalid) {
		fail_unsent(run, job, ERROR_INPUT, request->invalid);
		return;
	}
	if (request->trust.foreign && request_has_body(request)) {
		fail_unsent(run, job, ERROR_POLICY,
		    "the request body is not sent to another origin "
		    "(--location-trusted sends it)");
		return;
	}
	track(run, job);
	if (!run_claim_file(run, job))
		sched_add(run->sched, &job->main.item, request->origin, rank,
		    now, now);
}

/* --- (a) read from the feed ------------------------------------------ */

/* Is `request`, of this stage, one that came before, which --unique leaves out?
 * A bad line is no request. */
static bool
is_duplicate(struct run *run, const struct request *request, unsigned stage)
{
	if (!run->unique || request->invalid ||
	    unique_add(run->unique, request, stage))
		return false;
	run->outcome.left_out.duplicates++;
	return true;
}

/* `request` came from the feed: make a job of it at the end of the order. */
static void
read_request(struct run *run, struct request *request, int64_t now)
{
	struct job *job;

	/* With --retry-from a request may stand for one that a redirect has led
	 * to another origin. */
	request->trust.foreign &= !run->options->fetch.location_trusted;
	if (is_duplicate(run, request, 0)) {
		run->repeated++;
		run->parts.feed.give_back(run->parts.feed.arg, request);
		return;
	}
	job = make_job(run, request, now);
	if (!run->framed)
		frame_output(run, request);
	request->page = run->compiled.pager != NULL;
	job->slot = order_append(run->order, job);
	enqueue(run, job, SCHED_FRESH);
}

/* Would a request to another origin start earlier than those that wait? In a
 * list of our own it has its turn as soon as there is a place. What others
 * could fetch is left to them, unless there is a place already, and all that
 * wait are held back by their origins. */
static bool
profits_from_others(const struct run *run)
{
	return !run->ledger ||
	       (!sched_ahead(run->sched) &&
	           sched_flying(run->sched) < sched_parallel(run->sched));
}

static int64_t
seconds_without_a_start(const struct run *run, int64_t now)
{
	return (now - run->last_start.at_us) / CLOCK_SECOND;
}

/* How many requests may be queued beyond the scheduler's own room. When nothing
 * has started for a second, the queue is full of requests to slow origins: read
 * further, for one to another origin. Twice as far with each second, so that a
 * server that stalls for a moment costs little memory. */
static size_t
read_ahead(const struct run *run, int64_t now)
{
	int64_t seconds = seconds_without_a_start(run, now);
	size_t most = run->ledger ? SHARED_AHEAD : READ_AHEAD;

	if (seconds < 1 || !profits_from_others(run))
		return 0;
	if (seconds >= READ_AHEAD_S)
		return most;
	return most >> (READ_AHEAD_S - seconds);
}

/* Is there room because nothing has started for a while? */
static bool
reads_further(const struct run *run, int64_t now)
{
	return sched_ahead(run->sched) + sched_parked(run->sched) <
	       read_ahead(run, now);
}

/* Inputs that others could fetch as well are not read before they can be
 * started; the feed has some at hand. Where those that were read since the last
 * start wait for their origin, the next ones may do so, too. */
static bool
has_enough(const struct run *run)
{
	size_t many = sched_flying(run->sched) + SHARED_PARKED;

	return run->ledger && (sched_ahead(run->sched) ||
	                          (sched_parked(run->sched) > many &&
	                              run->read - run->last_start.read > many));
}

/* May another request be read or derived? */
static bool
has_room(const struct run *run, int64_t now)
{
	return (sched_has_room(run->sched) && !has_enough(run)) ||
	       reads_further(run, now);
}

/* (a) Read another request, if there is room. Returns true if there was one: a
 * feed that waits does not keep those that were read from their start. */
static bool
read_one(struct run *run, enum sched_scope scope, int64_t now)
{
	struct request *request;

	run->input_busy = false;
	if (run->input_ended || run->input_waits || run->stopped ||
	    scope != SCHED_ALL || !has_room(run, now))
		return false;
	switch (run->parts.feed.next(run->parts.feed.arg, &request)) {
	case SOURCE_REQUEST: read_request(run, request, now); return true;
	case SOURCE_BUSY: run->input_busy = true; return false;
	case SOURCE_WAIT: run->input_waits = true; return false;
	case SOURCE_END: run->input_ended = true; return false;
	}
	return false;
}

/* --- (c) what follows on an answer ----------------------------------- */

/* The first request is about to follow on the input of `job`: found the family
 * of all that will. It counts them and knows their URLs. */
static void
start_family(struct job *job)
{
	if (job->family)
		return;
	job->family = family_new();
	job->family->id = journal_key_mix(&job->key);
	family_add_page(job->family, job->request->url);
}

/* A job for `request`, which follows on the answer of `job`; the caller places
 * it in the order and queues it. */
static struct job *
new_child(struct run *run, struct job *job, struct request *request)
{
	struct job *child = make_job(run, request, clock_now_us());

	start_family(job);
	child->follows = true;
	child->family = family_ref(job->family);
	child->family->followed++;
	return child;
}

/* The parts of `job` that a request which follows on it takes over. Borrowed.
 */
static struct child_parent
parent_of(const struct run *run, const struct job *job)
{
	return (struct child_parent){
	    .request = job->request,
	    .result = &job->result,
	    .rule = run->options->fetch.location_trusted ? TRUST_EVERYBODY
	                                                 : TRUST_NOBODY,
	};
}

/* Emit `child` after `job`, which moves on to a slot of its own: the child
 * takes over the place that others may have been put behind. */
static void
place_behind(struct run *run, struct job *job, struct job *child)
{
	child->slot = job->slot;
	order_own(child->slot, child);
	job->slot = order_insert(run->order, child->slot, job);
}

static struct branch *
branch_of(struct list *link)
{
	return container_of(link, struct branch, link);
}

/* How far down in --each and --then the requests of `b` are; 0: pages. */
static unsigned
depth_of(const struct branch *b)
{
	return b->range.before ? 0 : b->job->stage + 1;
}

/* Put `branch` among those that have more to make, the deepest first: they free
 * the memory of those above. Pages of a range come last. */
static void
add_branch(struct run *run, struct branch *branch)
{
	struct list *at = run->branches.next;

	while (
	    at != &run->branches && depth_of(branch_of(at)) >= depth_of(branch))
		at = at->next;
	list_insert_before(at, &branch->link);
}

/* --- pages ----------------------------------------------------------- */

/* `child` is one more than --max-requests allows. */
static void
fail_too_many(struct run *run, struct job *child)
{
	char *why = xasprintf("--max-requests %" PRIu64
	                      ": no more follow-up requests for one input",
	    run->options->follow.max_requests);

	fail_unsent(run, child, ERROR_POLICY, why);
	free(why);
}

/* Fetch a page that stands in the order, unless it comes too late, is one too
 * many or came before. */
static void
send_page(struct run *run, struct job *page)
{
	uint64_t max = run->options->follow.max_requests;
	struct family *family = page->family;

	if (run->stopped)
		fail_unsent(run, page, ERROR_CANCELLED, run->cancel_reason);
	else if (family->followed > max)
		fail_too_many(run, page);
	else if (!page->request->invalid &&
	         !family_add_page(family, page->request->url))
		fail_unsent(run, page, ERROR_POLICY,
		    "this page was fetched before: the pages form a loop");
	else
		enqueue(run, page, SCHED_AGAIN);
}

/* Was the page fetched before on behalf of another input? Then that input has
 * it, and the pages behind it. A page of the same input makes a loop, which is
 * a failure, and so is one too many. */
static bool
is_page_of_others(
    struct run *run, const struct family *family, const struct request *page)
{
	return !page->invalid && !family_has_page(family, page->url) &&
	       family->followed < run->options->follow.max_requests &&
	       is_duplicate(run, page, 0);
}

/* The page at `url` follows on `job`: make it, emit it behind `job`, fetch it.
 */
static void
add_page(struct run *run, struct job *job, const char *url)
{
	struct child_parent parent = parent_of(run, job);
	struct request *request = child_new_page(&parent, url);
	struct job *page;

	start_family(job);
	if (is_page_of_others(run, job->family, request)) {
		request_free(request);
		return;
	}
	page = new_child(run, job, request);
	place_behind(run, job, page);
	send_page(run, page);
}

/* A job that is never sent: it stands for the pages of a range while they are
 * made, and keeps what they need of the first page, which may be gone by
 * then: its request and where that led. */
static struct job *
new_range_placeholder(struct run *run, struct job *job)
{
	const struct result *r = &job->result;
	struct request *like = request_new_like(job->request);
	struct job *placeholder;

	request_set_url(like, job->request->url);
	like->user = xstrdup_null(job->request->user);
	like->page = job->request->page;
	placeholder = make_job(run, like, clock_now_us());
	start_family(job);
	placeholder->follows = true;
	placeholder->family = family_ref(job->family);
	placeholder->result.url_effective = xstrdup_null(r->url_effective);
	placeholder->result.trust = r->trust;
	return placeholder;
}

/* Shorten the range that follows on the page `job`, so that no page beyond
 * --max-pages is made. */
static void
limit_range(
    const struct run *run, const struct job *job, struct page_range *range)
{
	uint64_t max = run->options->follow.max_pages;
	uint64_t left = max - job->request->page;

	if (max && range->last - range->next >= left)
		range->last = range->next + left - 1;
}

/* All pages of `range`, which is moved, follow on the answer of `job`: they are
 * made as there is room, and fetched side by side. */
static void
add_range(struct run *run, struct job *job, struct page_range *range)
{
	struct job *placeholder = new_range_placeholder(run, job);
	struct matches none = {0};

	limit_range(run, job, range);
	list_push_back(&run->jobs, &placeholder->link);
	place_behind(run, job, placeholder);
	placeholder->branch = branch_new(placeholder, &none);
	placeholder->branch->range = *range;
	add_branch(run, placeholder->branch);
}

/* Is the next page the last one that is made: the last of the range, or one
 * that fails and says why there are no more? */
static bool
is_last_of_range(const struct run *run, const struct job *placeholder)
{
	const struct page_range *range = &placeholder->branch->range;

	return range->next == range->last || run->stopped ||
	       placeholder->family->followed >=
	           run->options->follow.max_requests;
}

/* The request of the next page of a range. */
static struct request *
request_of_range(struct run *run, struct job *placeholder)
{
	struct page_range *range = &placeholder->branch->range;
	struct child_parent parent = parent_of(run, placeholder);
	struct request *page;
	struct buf url;

	buf_init(&url);
	page_range_add_url(range, &url);
	range->next++;
	page = child_new_page(&parent, url.data);
	buf_release(&url);
	placeholder->request->page++;
	return page;
}

/* Make the next page of a range; with the last one the placeholder is gone. */
static void
make_range_page(struct run *run, struct job *placeholder)
{
	bool last = is_last_of_range(run, placeholder);
	struct request *request = request_of_range(run, placeholder);
	struct job *page;

	if (is_page_of_others(run, placeholder->family, request)) {
		request_free(request);
		if (last)
			run_emit_nothing(run, placeholder);
		return;
	}
	page = new_child(run, placeholder, request);
	page->alone = !last;
	if (last) {
		page->slot = placeholder->slot;
		order_own(page->slot, page);
		run_drop_job(run, placeholder);
	} else {
		page->slot = order_insert(run->order, placeholder->slot, page);
	}
	send_page(run, page);
}

/* (c) The result of `job` is final: make its next page, if there is one, or all
 * of them, where their URLs follow from those of the next and the last one. May
 * turn the result into a failure. */
static void
follow_page(struct run *run, struct job *job)
{
	static const struct matches nothing;
	const struct pager_page page = {
	    .request = job->request,
	    .result = &job->result,
	    .found = job->found ? &job->found->page : &nothing,
	};
	struct page_range range;
	struct buf url;

	if (!run->compiled.pager || !run_may_have_next_page(run, job))
		return;
	if (!pager_reads_body(run->compiled.pager) &&
	    page_range_find_links(
	        &range, job->request->url, job->result.headers)) {
		add_range(run, job, &range);
		return;
	}
	buf_init(&url);
	if (pager_next(run->compiled.pager, &page, &url) == PAGER_NEXT)
		add_page(run, job, buf_text(&url));
	buf_release(&url);
}

/* --- one request of each match --------------------------------------- */

/* The {{k}} of a child that is made of `match`; 0: none yet. Children of the
 * last stage get their number when they are made, so that their templates know
 * it; parents above it only where they have a record after all. */
static uint64_t
number_of_child(struct run *run, struct job *job, const struct json_span *match)
{
	if (job->stage + 1 < fanout_stages(run->compiled.fanout))
		return 0;
	return run_journal_number(run, job, match);
}

/* A parent that has a record after all gets its number among those of its
 * input. */
static void
number_parent(struct run *run, struct job *job)
{
	if (run_is_parent(run, job) && job->family)
		job->request->k = run_journal_number(run, job, NULL);
}

/* The body of a parent is not printed, even where the parent has a record. */
static void
drop_body(struct run *run, struct job *job)
{
	if (run->options->output.with_body)
		return;
	body_release(&job->result.body);
}

/* (c) Each match in the answer of `job` becomes a request. Returns true if
 * `job` branches, and has no record of its own. May turn the result into a
 * failure. A result that no transfer ever gave (--skip-existing) has no
 * matches.
 */
static bool
follow_matches(struct run *run, struct job *job)
{
	struct result *r = &job->result;
	struct found_links found = {0};
	struct child_parent parent = parent_of(run, job);

	if (!run_is_parent(run, job) || !result_ok(r) || !r->attempts)
		return false;
	if (run->stopped)
		failure_set(&r->failure, ERROR_CANCELLED, NULL, 0, "%s",
		    run->cancel_reason);
	else if (job->found) {
		found = job->found->each;
		job->found->each = (struct found_links){0};
	}
	if (result_ok(r))
		run_journal_note(run, job);
	if (!result_ok(r) || found.matches.spans.len == 0) {
		found_links_release(&found);
		drop_body(run, job);
		return false;
	}
	if (!matches_need_body(&found.matches))
		drop_body(run, job);
	start_family(job);
	job->branch = branch_new(job, &found.matches);
	if (found.base)
		job->branch->base = child_base(&parent, found.base);
	found_links_release(&found);
	add_branch(run, job->branch);
	return true;
}

/* The matches of `job` that are left are not followed: the parent is emitted
 * behind its children, with a record that says so. */
static void
cut_branch(
    struct run *run, struct job *job, enum error_class class, const char *why)
{
	struct branch *b = job->branch;

	failure_set(&job->result.failure, class, NULL, 0,
	    "%s: %zu of %zu matches were not followed", why,
	    b->matches.spans.len - b->at, b->matches.spans.len);
	list_remove(&b->link);
	drop_body(run, job);
	number_parent(run, job);
	run_emit(run, job);
}

void
run_cancel_branch(struct run *run, struct job *job)
{
	if (job->branch->range.before)
		make_range_page(run, job);
	else
		cut_branch(run, job, ERROR_CANCELLED, run->cancel_reason);
}

/* The request that --then makes of a match; NULL: it is left out, and takes no
 * number. Where the URL holds the number, a trial with another one tells
 * whether the match is left out. */
static struct request *
request_to_follow(
    struct run *run, struct job *job, struct fanout_parent *parent)
{
	struct fanout *fanout = run->compiled.fanout;
	struct request *request;
	bool has_k = fanout_url_has_k(fanout, job->stage);

	parent->k = has_k;
	request = fanout_make(fanout, parent, &run->outcome.left_out);
	if (!request || !has_k)
		return request;
	request_free(request);
	parent->k = number_of_child(run, job, &parent->match);
	return fanout_make(fanout, parent, NULL);
}

/* The request of the next match of `job`; NULL: it is left out. The number
 * comes last, so that those that are left out leave no gaps; unless the URL
 * holds it. */
static struct request *
request_of_match(struct run *run, struct job *job)
{
	struct branch *b = job->branch;
	struct fanout_parent parent = {
	    .parent = parent_of(run, job),
	    .stage = job->stage,
	    .match = b->matches.spans.items[b->at++],
	};
	struct request *request;

	parent.parent.base = b->base;
	request = request_to_follow(run, job, &parent);
	if (!request)
		return NULL;
	b->leads_on = true;
	if (is_duplicate(run, request, job->stage + 1)) {
		request_free(request);
		return NULL;
	}
	if (!parent.k)
		parent.k = number_of_child(run, job, &parent.match);
	fanout_name(run->compiled.fanout, job->stage, request, parent.k);
	return request;
}

/* Make the request of the next match of `job`, and queue it, unless it is left
 * out. It is emitted before its parent, so that the order is that of the
 * matches. */
static void
make_child(struct run *run, struct job *job)
{
	struct request *request = request_of_match(run, job);
	struct job *child;

	if (!request)
		return;
	child = new_child(run, job, request);
	if (log_get_level() >= LOG_VERBOSE)
		request_set_trail(request, job->request, job->branch->at);
	child->stage = job->stage + 1;
	child->slot = order_insert(run->order, job->slot, child);
	enqueue(run, child, SCHED_AGAIN);
}

/* All matches of `job` were looked at. Where all of them were left out it has a
 * record, as if nothing had matched; without a number, if nothing else follows
 * on its input. */
static void
end_branch(struct run *run, struct job *job)
{
	if (!job->branch->leads_on) {
		drop_body(run, job);
		if (job->family->followed)
			number_parent(run, job);
	}
	run_emit(run, job);
}

/* Make the next child of `job`, if --max-requests allows; with the last child
 * the parent is emitted. */
static void
add_child(struct run *run, struct job *job)
{
	const struct branch *b = job->branch;
	uint64_t max = run->options->follow.max_requests;
	char *why;

	if (job->family->followed < max) {
		make_child(run, job);
		if (b->at == b->matches.spans.len)
			end_branch(run, job);
		return;
	}
	why = xasprintf("--max-requests %" PRIu64, max);
	cut_branch(run, job, ERROR_POLICY, why);
	free(why);
}

/* The job whose next request is made now; NULL: there is none, or no room. The
 * head of the order may always make one, or nothing would go on. */
static struct job *
next_parent(struct run *run, enum sched_scope scope, int64_t now)
{
	struct job *head;

	if (run->stopped || list_empty(&run->branches))
		return NULL;
	if (scope == SCHED_ALL && has_room(run, now))
		return branch_of(run->branches.next)->job;
	head = order_head(run->order);
	return scope != SCHED_NOTHING && head && head->branch ? head : NULL;
}

/* Make a request of a match or of a page whose URL is known, if there is room.
 * Returns true if there was one to make. */
static bool
make_derived(struct run *run, enum sched_scope scope, int64_t now)
{
	struct job *job = next_parent(run, scope, now);

	if (!job)
		return false;
	if (job->branch->range.before)
		make_range_page(run, job);
	else
		add_child(run, job);
	run_update_head(run);
	return true;
}

bool
run_follow(struct run *run, struct job *job)
{
	follow_page(run, job);
	if (follow_matches(run, job))
		return true;
	number_parent(run, job);
	return false;
}

bool
run_make_request(struct run *run, enum sched_scope scope, int64_t now)
{
	return make_derived(run, scope, now) || read_one(run, scope, now);
}

int64_t
run_next_read_us(const struct run *run, int64_t now)
{
	int64_t seconds = seconds_without_a_start(run, now);
	bool more = !list_empty(&run->branches) ||
	            (!run->input_ended && !run->input_waits);

	if (!more || !profits_from_others(run) || reads_further(run, now) ||
	    seconds >= READ_AHEAD_S)
		return -1;
	return run->last_start.at_us + (seconds + 1) * CLOCK_SECOND;
}

bool
run_is_running_out(const struct run *run)
{
	return run->input_ended && list_empty(&run->branches) &&
	       sched_parallel(run->sched) >= MANY_TRANSFERS &&
	       !sched_ahead(run->sched) && !sched_parked(run->sched);
}
