/*
 * Which options cannot be combined, and which need another one. First the
 * tables (pairs, lists, needs, rules), then a function that checks each; the
 * first conflict found is the message.
 */
#include "config.h"

#include "cli/conflicts.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "cli/table.h"

/* Two options that cannot be combined, by their canonical names, and why. */
struct pair {
	const char *one, *other;
	const char *advice;
};

#define WHOLE_BODY "the whole body is needed, not only what was missing"

#define ONE_ROLE "each is a command of its own"

static const struct pair pairs[] = {
    {"head", "json", "-I sends no body"},
    {"head", "form", "-I sends no body"},
    {"head", "upload-file", "-I sends no body"},
    {"data", "json", "a request has one body"},
    {"data", "form", "a request has one body"},
    {"data", "upload-file", "a request has one body"},
    {"json", "form", "a request has one body"},
    {"json", "upload-file", "a request has one body"},
    {"form", "upload-file", "a request has one body"},
    {"get", "form", "a query cannot hold a multipart form"},
    {"get", "upload-file", "a query cannot hold a file"},
    {"get", "json", "a query cannot hold JSON"},
    {"digest", "aws-sigv4", "choose one way to log in"},
    {"digest", "oauth2-bearer", "choose one way to log in"},
    {"output", "remote-name", "each body is written to one file"},
    {"skip-existing", "clobber", "one skips requests, the other numbers files"},
    {"continue-at", "remote-header-name",
        "the name is known only from the response"},
    {"continue-at", "clobber", "one goes on with a file, the other keeps it"},
    {"continue-at", "range", "both ask for a part of the body"},
    {"continue-at", "include", "a file with headers cannot be resumed"},
    {"continue-at", "first", "mirrors cannot share one partial file"},
    {"continue-at", "extract", WHOLE_BODY},
    {"continue-at", "xpath", WHOLE_BODY},
    {"continue-at", "items", WHOLE_BODY},
    {"continue-at", "expect", WHOLE_BODY},
    {"continue-at", "until", WHOLE_BODY},
    {"continue-at", "with-body", WHOLE_BODY},
    {"remote-header-name", "skip-existing",
        "the name is known only from the response"},
    {"fail", "fail-with-body",
        "one drops the bodies of failures, the other keeps them"},
    {"extract", "xpath",
        "a run extracts values from JSON or from HTML and XML, not both"},
    {"items", "xpath", "--items is a JSON path"},
    {"items", "include", "use --format ndjson --with-headers"},
    {"paginate", "skip-existing", "the next page is found in the response"},
    {"unique", "repeat", "one sends each request once, the other again"},
    {"each", "repeat", "{{k}} numbers either the matches or the copies"},
    {"demo", "each", "--demo makes its own requests"},
    {"expect", "head", "conditions are about bodies"},
    {"until", "head", "conditions are about bodies"},
    {"include", "extract", "use --format ndjson --with-headers"},
    {"include", "xpath", "use --format ndjson --with-headers"},
    {"include", "collect", "use --format ndjson --with-headers"},
    {"rows", "retry-from", "a run has one list of requests"},
    {"max-failures", "fail-fast", "--fail-fast means --max-failures 0"},
    {"demo", "serve", "--demo starts its own server"},
    {"compare", "shard", "a comparison is made by one machine"},
    {"demo", "shard", "--demo makes its own requests"},
    {"feed", "queue-status", ONE_ROLE},
    {"feed", "work", ONE_ROLE},
    {"work", "queue-status", ONE_ROLE},
    {"compare", "work", "a comparison is made by one machine"},
    {"compare", "feed", "a comparison is made by one machine"},
    {"feed", "format", "give it to --work --no-results"},
    {"feed", "collect", "give it to --work --no-results"},
    {"demo", "work", "--demo makes its own requests"},
    {"serve", "work", "--serve sends no requests"},
    {"feed", "results", ONE_ROLE},
    {"results", "queue-status", ONE_ROLE},
    {"results", "work", ONE_ROLE},
    {"serve", "shard", "--serve sends no requests"},
    {"demo", "rows", "--demo makes its own requests"},
    {"demo", "compare", "--demo always compares"},
    {"demo", "sqlite", "--demo prints a comparison"},
    {"demo", "har", "--demo prints a comparison"},
    {"demo", "paginate", "--demo makes its own requests"},
    {"demo", "plan", "--demo makes its own requests"},
    {"serve", "plan", "--serve sends no requests"},
    {"replay-at", "proxy", "all requests go to the replay"},
    {"replay-at", "connect-to", "all requests go to the replay"},
    {"replay-at", "unix-socket", "all requests go to the replay"},
    {"demo", "journal", "--demo prints a comparison"},
    {0},
};

/* Not with --compare, which discards bodies and reports times. */
static const char *const not_compared[] = {"output", "remote-name", "extract",
    "xpath", "write-out", "format", "collect", "first", "include",
    "dump-header", "with-body", "with-headers", "fields", "retry-from",
    "sqlite", "har", "journal", "plan", "each", "paginate", "items", "why",
    "until", "unique", NULL};

/* All options that go with --eval, which reads a document and fetches
 * nothing. */
static const char *const evaluated[] = {"eval", "quoted", "silent",
    "show-error", "verbose", "config", "disable", NULL};

/* What goes with the roles at a queue that fetch nothing (--feed, --results,
 * --queue-status), beside what is about connections. */
static const struct {
	const char *name;
	unsigned roles; /* bits of enum queue_role */
} roles_take[] = {
    {"allow-files", 1U << QUEUE_FEED},
    {"color", ~0U},
    {"config", ~0U},
    {"deadline", ~0U},
    {"disable", ~0U},
    {"feed", 1U << QUEUE_FEED},
    {"globoff", 1U << QUEUE_FEED},
    {"har-secrets", 1U << QUEUE_FEED},
    {"list", 1U << QUEUE_FEED},
    {"order", 1U << QUEUE_RESULTS},
    {"order-buffer", 1U << QUEUE_RESULTS},
    {"progress", ~0U},
    {"progress-meter", ~0U},
    {"proto", 1U << QUEUE_FEED},
    {"queue", ~0U},
    {"queue-max", 1U << QUEUE_FEED},
    {"queue-status", 1U << QUEUE_STATUS},
    {"queue-timeout", ~0U},
    {"repeat", 1U << QUEUE_FEED},
    {"results", 1U << QUEUE_RESULTS},
    {"retry-from", 1U << QUEUE_FEED},
    {"rows", 1U << QUEUE_FEED},
    {"rows-format", 1U << QUEUE_FEED},
    {"show-error", ~0U},
    {"silent", ~0U},
    {"url", 1U << QUEUE_FEED},
    {"variable", 1U << QUEUE_FEED},
    {"verbose", ~0U},
    {0},
};

/* Those that are about the connection to the queue. */
static const char *const connecting[] = {"cacert", "capath", "cert",
    "connect-timeout", "insecure", "interface", "ipv4", "ipv6", "key",
    "resolve", "tlsv1.2", "tlsv1.3", NULL};

/* Those that there are. */
#define ROLES "--feed, --work, --results, --queue-status"

/* Why a role takes no other options. */
static const struct {
	const char *name, *advice;
} roles[] = {
    [QUEUE_NO_ROLE] = {"queue", ""},
    [QUEUE_FEED] = {"feed", "give it to --work, which fetches the inputs"},
    [QUEUE_WORK] = {"work", ""},
    [QUEUE_RESULTS] = {"results",
        "--results fetches nothing, and writes to stdout (>> FILE)"},
    [QUEUE_STATUS] = {"queue-status", "--queue-status fetches nothing"},
};

#define FED    "the inputs are those of the queue; give it to --feed"
#define SHARED "one worker cannot end the queue for the others"

/* Not with --work, whose inputs are those of the queue, and are done once their
 * records are in it; and what to do instead, for --feed, too. */
static const struct {
	const char *name, *advice;
} not_worked[] = {
    {"list", FED},
    {"url", FED},
    {"rows", FED},
    {"retry-from", FED},
    {"repeat", FED},
    {"unique", "make the list unique before --feed reads it (sort -u)"},
    {"shard", "workers share a queue by themselves"},
    {"journal", "the queue itself remembers what is done"},
    {"first", SHARED},
    {"max-failures", SHARED},
    {"fail-fast", SHARED},
    {"order", "give it to --results"},
    {"plan", "--queue-status tells what is left to do"},
    {0},
};

/* Not with --compare, which repeats requests, so they must be safe (RFC 9110,
 * 9.2.1). */
static const char *const not_safe[] = {"json", "form", "upload-file", NULL};

/* Options that are combined, or not, like another one: the tables name that
 * one only. */
static const struct {
	const char *name, *as;
} aliases[] = {
    {"data-raw", "data"},
    {"data-binary", "data"},
    {"data-urlencode", "data"},
    {"form-string", "form"},
    {"each-xpath", "each"},
};

/* An option that works only together with at least one of `needs`. */
struct need {
	const char *option;
	const char *needs[4];
};

static const struct need needs[] = {
    {"runs", {"compare", "demo"}},
    {"warmup", {"compare", "demo"}},
    {"same-bodies", {"compare"}},
    {"seed", {"compare", "demo"}},
    {"assert", {"compare", "demo"}},
    {"export-json", {"compare", "demo"}},
    {"export-markdown", {"compare", "demo"}},
    {"export-csv", {"compare", "demo"}},
    {"rows-format", {"rows"}},
    {"journal-new", {"journal"}},
    {"refresh", {"journal"}},
    {"redo-unsafe", {"journal", "retry-from", "work"}},
    {"quoted", {"extract", "xpath", "eval", "items"}},
    {"max-pages", {"paginate"}},
    {"max-requests", {"paginate", "each"}},
    {"output-dir", {"output", "remote-name"}},
    {"remote-header-name", {"remote-name"}},
    {"continue-at", {"output", "remote-name"}},
    {"remote-time", {"output", "remote-name"}},
    {"skip-existing", {"output", "remote-name"}},
    {"clobber", {"output", "remote-name"}},
    {"aws-sigv4", {"user"}},
    {"replay", {"serve"}},
    {"replay-speed", {"replay"}},
    {"queue-timeout", {"feed", "work", "results", "queue-status"}},
    {"queue-max", {"feed"}},
    {"no-results", {"work"}},
    {0},
};

/* A conflict that depends on values, too. What the formats can print is checked
 * where they are set up (format/format.h). */
struct rule {
	const char *one, *other; /* `other` NULL: no option, but operands */
	bool (*broken)(const struct options *); /* is there a conflict? */
	const char *advice;
};

static bool
writes_records(const struct options *o)
{
	return o->run.output.format == FORMAT_NDJSON ||
	       o->run.output.format == FORMAT_CSV ||
	       o->run.output.format == FORMAT_TSV;
}

/* Does -X name another method than GET and HEAD? */
static bool
is_not_safe(const struct options *o)
{
	const char *method = o->run.request.method;

	return method && strcmp(method, "GET") != 0 &&
	       strcmp(method, "HEAD") != 0;
}

/* Does -I apply to the pages? With --each it applies to the last stage. */
static bool
pages_are_heads(const struct options *o)
{
	return o->run.follow.stages_len == 0;
}

/* Does the last --then name another method than that of -I? */
static bool
last_stage_is_no_head(const struct options *o)
{
	const struct follow_options *f = &o->run.follow;
	const char *then =
	    f->stages_len ? f->stages[f->stages_len - 1].then : NULL;
	size_t len;

	if (!then)
		return false;
	then += strspn(then, " \t");
	len = request_method_prefix(then, strlen(then));
	return len && (len != 4 || memcmp(then, "HEAD", len) != 0);
}

/* Is the data of -d a body? With -G it goes to the query. */
static bool
posts_data(const struct options *o)
{
	return !o->run.request.data_in_query;
}

static bool
has_operands(const struct options *o)
{
	return o->input.items_len > 0;
}

static bool
is_stdout(const char *file)
{
	return file && strcmp(file, "-") == 0;
}

/* --report - would mix with the results, which --compare does not print. */
static bool
reports_to_stdout(const struct options *o)
{
	return is_stdout(o->pictures.report) && !o->compare.enabled;
}

/* --har - writes the archive to stdout, and nothing else may go there. */
static bool
archives_to_stdout(const struct options *o)
{
	return output_options_har_on_stdout(&o->run.output);
}

static bool
archives_beside_results(const struct options *o)
{
	return archives_to_stdout(o) && o->run.output.format != FORMAT_NONE;
}

static bool
archives_beside_bodies(const struct options *o)
{
	return archives_to_stdout(o) && o->run.output.as_it_is;
}

static bool
archives_beside_headers(const struct options *o)
{
	return archives_to_stdout(o) && is_stdout(o->run.output.dump_header);
}

static bool
archives_beside_cookies(const struct options *o)
{
	return archives_to_stdout(o) && is_stdout(o->run.fetch.cookie_jar_out);
}

static bool
saves_to_stdout(const struct options *o)
{
	return o->run.output.as_it_is;
}

#define HAS_STDOUT "--har - writes the archive to stdout"

/* Does the worker give its records to the queue, which takes NDJSON alone? */
static bool
gives_records(const struct options *o)
{
	return !o->queue.no_results;
}

static bool
gives_other_records(const struct options *o)
{
	return gives_records(o) && o->run.output.format != FORMAT_NDJSON;
}

#define AS_NDJSON \
	"records go to the queue as NDJSON; --no-results keeps them here"

static const struct rule rules[] = {
    {"work", "format", gives_other_records, AS_NDJSON},
    {"work", "collect", gives_records, AS_NDJSON},
    {"har", "format", archives_beside_results, HAS_STDOUT},
    {"har", "output", archives_beside_bodies, HAS_STDOUT},
    {"har", "dump-header", archives_beside_headers, HAS_STDOUT},
    {"har", "cookie-jar", archives_beside_cookies, HAS_STDOUT},
    {"har", "write-out", archives_to_stdout, HAS_STDOUT},
    {"har", "collect", archives_to_stdout, HAS_STDOUT},
    {"har", "extract", archives_to_stdout, HAS_STDOUT},
    {"har", "xpath", archives_to_stdout, HAS_STDOUT},
    {"har", "items", archives_to_stdout, HAS_STDOUT},
    {"continue-at", "output", saves_to_stdout, "stdout cannot be resumed"},
    {"report", NULL, reports_to_stdout,
        "needs a file: stdout is for the results"},
    {"demo", NULL, has_operands, "takes no URLs: it has its own"},
    {"work", NULL, has_operands,
        "takes no list and no URLs: they are in the queue"},
    {"results", NULL, has_operands,
        "takes no URLs and no file: records go to stdout (>> FILE)"},
    {"queue-status", NULL, has_operands, "takes no URLs: it fetches nothing"},
    {"serve", NULL, has_operands, "takes no URLs: it sends no requests"},
    {"include", "format", writes_records,
        "use --with-headers to add headers to records"},
    {"head", "data", posts_data, "-I sends no body"},
    {"paginate", "head", pages_are_heads, "pages are fetched with GET"},
    {"head", "then", last_stage_is_no_head,
        "-I makes HEAD requests in the last stage"},
    {"compare", "request", is_not_safe, "only GET and HEAD are repeated"},
    {"compare", "data", posts_data, "only GET and HEAD are repeated"},
    {0},
};

/* The name by which the tables know the option `name`. */
static const char *
canonical_name(const char *name)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (strcmp(aliases[i].name, name) == 0)
			return aliases[i].as;
	return name;
}

/* How the option `name`, or an alias of it, was typed; NULL: it was not. */
static const char *
as_typed(const struct options *o, const char *name)
{
	for (size_t i = 0; i < o->given.len; i++)
		if (strcmp(canonical_name(o->given.items[i]), name) == 0)
			return o->typed.items[i];
	return NULL;
}

/* -1 with *cause if both options of the pair were given. */
static int
check_pair(const struct options *o, const struct pair *p, char **cause)
{
	const char *one = as_typed(o, p->one), *other = as_typed(o, p->other);

	if (!one || !other)
		return 0;
	*cause = xasprintf(
	    "%s and %s cannot be combined: %s", one, other, p->advice);
	return -1;
}

static int
check_pairs(const struct options *o, char **cause)
{
	for (const struct pair *p = pairs; p->one; p++)
		if (check_pair(o, p, cause) == -1)
			return -1;
	return 0;
}

static int
check_against_compare(const struct options *o, const char *const *names,
    const char *advice, char **cause)
{
	for (; *names; names++) {
		struct pair p = {"compare", *names, advice};

		if (check_pair(o, &p, cause) == -1)
			return -1;
	}
	return 0;
}

static bool
is_listed(const char *const *names, const char *name)
{
	while (*names && strcmp(*names, name) != 0)
		names++;
	return *names != NULL;
}

/* What the user's own file says is meant for the runs that do fetch. */
static int
check_eval(const struct options *o, char **cause)
{
	for (size_t i = o->defaults; o->eval && i < o->given.len; i++) {
		if (is_listed(evaluated, o->given.items[i]))
			continue;
		*cause = xasprintf("--eval and %s cannot be combined: --eval "
		                   "fetches nothing",
		    o->typed.items[i]);
		return -1;
	}
	return 0;
}

/* Does the option go with a role that fetches nothing? */
static bool
goes_with_role(enum queue_role role, const char *name)
{
	for (size_t i = 0; roles_take[i].name; i++)
		if (strcmp(roles_take[i].name, name) == 0)
			return roles_take[i].roles >> role & 1;
	return is_listed(connecting, name);
}

/* What to do with an option that a role which fetches nothing does not take. */
static const char *
advice_for(enum queue_role role, const char *name)
{
	for (size_t i = 0; role == QUEUE_FEED && not_worked[i].name; i++)
		if (strcmp(not_worked[i].name, name) == 0)
			return not_worked[i].advice;
	return roles[role].advice;
}

/* A role that fetches nothing takes few options, but any that the user's own
 * file says. */
static int
check_idle_role(const struct options *o, char **cause)
{
	enum queue_role role = o->queue.role;

	for (size_t i = o->defaults; i < o->given.len; i++) {
		const char *name = o->given.items[i];

		if (goes_with_role(role, name))
			continue;
		*cause = xasprintf("--%s and %s cannot be combined: %s",
		    roles[role].name, o->typed.items[i],
		    advice_for(role, name));
		return -1;
	}
	return 0;
}

static int
check_work(const struct options *o, char **cause)
{
	for (size_t i = 0; not_worked[i].name; i++) {
		struct pair p = {
		    "work", not_worked[i].name, not_worked[i].advice};

		if (check_pair(o, &p, cause) == -1)
			return -1;
	}
	return 0;
}

/* --queue on the command line and a role belong together; what the user's own
 * file and the environment say waits for a role. */
static int
check_queue(const struct options *o, char **cause)
{
	const char *environment = getenv("GATHER_QUEUE");
	bool named = o->queue.url || (environment && *environment);

	if (o->queue.role == QUEUE_NO_ROLE) {
		for (size_t i = o->defaults; i < o->given.len; i++)
			if (strcmp(o->given.items[i], "queue") == 0) {
				*cause = xstrdup("--queue needs one of " ROLES);
				return -1;
			}
		return 0;
	}
	if (!named) {
		*cause = xasprintf("--%s needs --queue "
		                   "redis://HOST/?name=NAME, or GATHER_QUEUE",
		    roles[o->queue.role].name);
		return -1;
	}
	return o->queue.role == QUEUE_WORK ? check_work(o, cause)
	                                   : check_idle_role(o, cause);
}

static int
check_rule(const struct options *o, const struct rule *r, char **cause)
{
	struct pair p = {r->one, r->other, r->advice};

	if (r->other)
		return check_pair(o, &p, cause);
	if (!as_typed(o, r->one))
		return 0;
	*cause = xasprintf("%s %s", as_typed(o, r->one), r->advice);
	return -1;
}

static int
check_rules(const struct options *o, char **cause)
{
	for (const struct rule *r = rules; r->one; r++)
		if (r->broken(o) && check_rule(o, r, cause) == -1)
			return -1;
	return 0;
}

static bool
is_met(const struct options *o, const struct need *n)
{
	for (size_t i = 0; i < 4 && n->needs[i]; i++)
		if (as_typed(o, n->needs[i]))
			return true;
	return false;
}

/* The message about an option whose needs are not met: "--quoted needs
 * --extract, --xpath or --eval". Caller frees. */
static char *
unmet_message(const char *option, const struct need *n)
{
	struct buf text;

	buf_init(&text);
	buf_addf(&text, "%s needs --%s", option, n->needs[0]);
	for (size_t i = 1; i < 4 && n->needs[i]; i++) {
		bool last = i == 3 || !n->needs[i + 1];

		buf_addf(&text, "%s--%s", last ? " or " : ", ", n->needs[i]);
	}
	return buf_take(&text);
}

static int
check_needs(const struct options *o, char **cause)
{
	for (const struct need *n = needs; n->option; n++) {
		const char *option = as_typed(o, n->option);

		if (!option || is_met(o, n))
			continue;
		*cause = unmet_message(option, n);
		return -1;
	}
	return 0;
}

/* The last --each must have its --then. Earlier ones were refused by the
 * setter of the next --each. */
static int
check_last_stage(const struct options *o, char **cause)
{
	const struct follow_options *f = &o->run.follow;
	const struct follow_stage *last;

	if (f->stages_len == 0 || f->stages[f->stages_len - 1].then)
		return 0;
	last = &f->stages[f->stages_len - 1];
	*cause = xasprintf("%s needs --then: what to request for each %s",
	    follow_stage_option(last), last->each);
	return -1;
}

/* In the order in which a message helps most: what --eval excludes comes before
 * pairs, and a missing companion last, since the fix of a conflict may be to
 * leave that option out. */
int
conflicts_find(const struct options *o, char **cause)
{
	if (check_eval(o, cause) == -1 || check_pairs(o, cause) == -1 ||
	    check_rules(o, cause) == -1 || check_queue(o, cause) == -1)
		return -1;
	if (check_against_compare(o, not_compared,
	        "a comparison discards bodies and prints times", cause) == -1)
		return -1;
	if (check_against_compare(
	        o, not_safe, "only GET and HEAD are repeated", cause) == -1)
		return -1;
	if (check_last_stage(o, cause) == -1)
		return -1;
	return check_needs(o, cause);
}
