/* --plan: what a run would do, without doing any of it. */
#include "config.h"

#include "command.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/strmap.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "output/claims.h"
#include "output/extract.h"
#include "output/failures.h"
#include "output/format.h"
#include "output/save.h"
#include "timing/totals.h"

enum {
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_OUTPUT = 3,
	CLASHES_SHOWN = 10
};

/* The requests to one origin. */
struct part {
	const char *origin; /* the map's */
	uint64_t count;
	char *first;
	char *last;
};

struct plan {
	const struct options *options;
	struct source *source;
	struct strmap by_origin;
	struct part **parts; /* in the order of their first requests */
	size_t len;
	struct claims claims;
	struct failures *failures;
	struct strlist clashes; /* the first of them */
	uint64_t clashing;
	uint64_t valid;
};

/* --- reading ------------------------------------------------------------- */

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

static void
take_name(struct plan *p, const struct request *r)
{
	const struct output_options *o = &p->options->output;
	char *name = NULL, *path;

	if (o->remote_name && !r->output)
		name = save_remote_name(r->url);
	if ((!name && !r->output) || o->no_clobber) {
		free(name);
		return;
	}
	path = save_path(o, name ? name : r->output);
	if (!claims_take(&p->claims, path) && p->clashing++ < CLASHES_SHOWN)
		strlist_add(&p->clashes, path);
	free(path);
	free(name);
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
take(struct plan *p, const struct request *r)
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
		case SOURCE_WAIT: wait_for_more(p->source); break;
		case SOURCE_END: return;
		}
	}
}

/* --- what it comes to ---------------------------------------------------- */

/* From the first of `n` starts to the last, at least. */
static int64_t
least_us(const struct rate_limit *rate, uint64_t n)
{
	double starts = (double)(n ? n - 1 : 0);
	double periods;

	if (!rate->count)
		return 0;
	periods = starts / (double)rate->count;
	if (!rate->even)
		periods = floor(periods);
	return (int64_t)(periods * (double)rate->period_us);
}

static void
add_least(const struct plan *p, struct buf *out)
{
	const struct sched_options *o = &p->options->sched;
	int64_t all = least_us(&o->rate, p->valid);
	int64_t host = 0;
	const char *why = "--rate";

	for (size_t i = 0; i < p->len; i++) {
		int64_t us = least_us(&o->host_rate, p->parts[i]->count);

		if (us > host)
			host = us;
	}
	if (host > all)
		why = "--per-host-rate";
	if (host > all)
		all = host;
	buf_adds(out, "least duration  ");
	if (all) {
		add_duration(out, all);
		buf_addf(out, ", for %s", why);
	} else {
		buf_adds(out, o->rate.count || o->host_rate.count
		                  ? "none: all fit into the rate at once"
		                  : "no rate is limited");
	}
	buf_addc(out, '\n');
}

static void
add_url(struct buf *out, const char *what, const char *url)
{
	struct buf redacted = {0};

	url_add_redacted(&redacted, url);
	buf_adds(out, what);
	utf8_add_safe(out, redacted.data, redacted.len);
	buf_addc(out, '\n');
	buf_release(&redacted);
}

static void
add_part(const struct part *part, struct buf *out)
{
	buf_addf(out, "\n%s\n", part->origin);
	buf_addf(
	    out, "requests        %llu\n", (unsigned long long)part->count);
	add_url(out, "first           ", part->first);
	if (part->count > 1)
		add_url(out, "last            ", part->last);
}

static void
add_clashes(const struct plan *p, struct buf *out)
{
	if (!p->clashing)
		return;
	buf_addf(
	    out, "clashing names  %llu\n", (unsigned long long)p->clashing);
	for (size_t i = 0; i < p->clashes.len; i++) {
		const char *path = p->clashes.items[i];

		buf_adds(out, "                ");
		utf8_add_safe(out, path, strlen(path));
		buf_addc(out, '\n');
	}
}

static int
print(const struct plan *p)
{
	const struct follow_options *follow = &p->options->follow;
	uint64_t invalid = failures_count(p->failures);
	struct buf out;
	bool fine;

	buf_init(&out);
	buf_addf(&out, "requests        %llu to %zu origin%s\n",
	    (unsigned long long)p->valid, p->len, p->len == 1 ? "" : "s");
	if (follow->paginate || follow->stages_len)
		buf_adds(&out, "                and what follows on their "
		               "answers\n");
	if (invalid)
		buf_addf(&out, "invalid         %llu\n",
		    (unsigned long long)invalid);
	add_clashes(p, &out);
	add_least(p, &out);
	for (size_t i = 0; i < p->len; i++)
		add_part(p->parts[i], &out);
	fine = fwrite(out.data, 1, out.len, stdout) == out.len &&
	       fflush(stdout) == 0;
	buf_release(&out);
	if (!fine) {
		log_error("cannot write to stdout");
		return STATUS_OUTPUT;
	}
	return invalid || p->clashing ? STATUS_FAILED : EXIT_SUCCESS;
}

/* Paths, fields and -w are compiled as for a run. */
static int
check_output(const struct output_options *o, char **cause)
{
	struct extractor *extractor = NULL;
	struct encoder *encoder;

	if (extract_wanted(o)) {
		extractor = extractor_new(o, cause);
		if (!extractor)
			return -1;
	}
	encoder = encoder_new(o, extractor, cause);
	encoder_free(encoder);
	extractor_free(extractor);
	return encoder ? 0 : -1;
}

static void
release(struct plan *p)
{
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
	int status = STATUS_USAGE;

	strmap_init(&p.by_origin);
	claims_init(&p.claims);
	strlist_init(&p.clashes);
	p.failures = failures_new();
	if (check_output(&o->output, &cause) == 0)
		p.source = source_open(&o->input, &o->request, &cause);
	if (p.source) {
		read_all(&p);
		failures_finish(p.failures);
		status = print(&p);
	} else {
		log_error("%s", cause);
		free(cause);
	}
	release(&p);
	return status;
}
