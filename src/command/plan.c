/* --plan: what a run would do, without doing any of it. */
#include "config.h"

#include "command/command.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/exit_status.h"
#include "base/io.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "cli/shaping.h"
#include "command/plan.h"
#include "files/save.h"

enum {
	CLASHES_SHOWN = 10
};

static struct part *
part_of(struct plan *p, const struct request *r)
{
	struct part *part = strmap_get(&p->by_origin, r->origin);

	if (part)
		return part;
	part = xcalloc(1, sizeof(*part));
	part->origin = strmap_set(&p->by_origin, r->origin, part);
	p->parts = xreallocarray(p->parts, p->len + 1, sizeof(*p->parts));
	p->parts[p->len++] = part;
	return part;
}

static bool
is_to_be_sent(struct plan *p, const struct request *r)
{
	struct verdict known = {
	    .journal = p->journal,
	    .options = &p->options->journal,
	    .output = &p->options->output,
	    .accept = &p->options->accept,
	    .request = r,
	};
	enum journal_verdict verdict = verdict_ask(&known);

	p->known[verdict]++;
	if (verdict == VERDICT_DONE || verdict == VERDICT_REFRESH)
		verdict_release(&known);
	return verdict == VERDICT_FETCH || verdict == VERDICT_REFRESH;
}

static void
take_name(struct plan *p, const struct request *r)
{
	const struct output_options *o = &p->options->output;
	char *path;

	if (!r->output || o->no_clobber)
		return;
	path = save_path(o, r->output);
	if (!claims_take(&p->claims, path) && p->clashing++ < CLASHES_SHOWN)
		strlist_add(&p->clashes, path);
	free(path);
}

static void
tell_invalid(struct plan *p, const struct request *r)
{
	struct result result;

	result_init(&result);
	failure_set(&result.failure, ERROR_INPUT, NULL, 0, "%s", r->invalid);
	failures_add(p->failures, r, &result);
	result_release(&result);
}

static void
take(struct plan *p, struct request *r)
{
	struct part *part;

	if (r->invalid) {
		tell_invalid(p, r);
		return;
	}
	part = part_of(p, r);
	if (!part->count++)
		part->first = xstrdup(r->url);
	free(part->last);
	part->last = xstrdup(r->url);
	if (p->options->output.remote_name && !r->output)
		r->output = save_remote_name(r->url);
	part->to_send += is_to_be_sent(p, r);
	p->valid++;
	take_name(p, r);
}

static void
wait_for_more(struct source *source)
{
	struct pollfd fd = {.fd = source_fd(source), .events = POLLIN};

	if (poll(&fd, 1, -1) > 0)
		source_fill(source);
}

static void
read_all(struct plan *p)
{
	struct request *r;

	for (;;) {
		switch (source_next(p->source, &r)) {
		case SOURCE_REQUEST:
			take(p, r);
			request_free(r);
			break;
		case SOURCE_BUSY: break;
		case SOURCE_WAIT: wait_for_more(p->source); break;
		case SOURCE_END: return;
		}
	}
}

static uint64_t
will_fail(const struct plan *p)
{
	return failures_count(p->failures) + p->clashing +
	       p->known[VERDICT_IN_DOUBT] + p->known[VERDICT_GONE];
}

static int
print(const struct plan *p)
{
	struct buf out;
	int error;

	buf_init(&out);
	plan_add_text(p, &out);
	error = io_write_all(STDOUT_FILENO, out.data, out.len) ? errno : 0;
	buf_release(&out);
	if (error) {
		log_error("cannot write to stdout: %s", strerror(error));
		return STATUS_OUTPUT;
	}
	return will_fail(p) ? STATUS_FAILED : EXIT_SUCCESS;
}

static int
open_all(struct plan *p, char **cause)
{
	const struct options *o = p->options;
	struct names names;

	if (o->journal.file) {
		p->journal = options_open_journal(o, JOURNAL_TO_READ, cause);
		if (!p->journal)
			return -1;
	}
	p->source = source_open(&o->input, &o->request, cause);
	if (!p->source)
		return -1;
	names = source_names(p->source);
	return compiled_open(&p->compiled, o, &names, cause);
}

static void
release(struct plan *p)
{
	compiled_release(&p->compiled);
	journal_free(p->journal);
	for (size_t i = 0; i < p->len; i++) {
		free(p->parts[i]->first);
		free(p->parts[i]->last);
		free(p->parts[i]);
	}
	free(p->parts);
	strmap_release(&p->by_origin);
	claims_release(&p->claims);
	strlist_release(&p->clashes);
	failures_free(p->failures);
	source_free(p->source);
}

int
command_plan(const struct options *o)
{
	struct plan p = {.options = o};
	char *cause = NULL;
	int status;

	strmap_init(&p.by_origin);
	claims_init(&p.claims);
	strlist_init(&p.clashes);
	p.failures = failures_new();
	if (open_all(&p, &cause) == 0) {
		read_all(&p);
		failures_finish(p.failures);
		status = print(&p);
	} else {
		status = exit_refuse(cause);
	}
	release(&p);
	return status;
}
