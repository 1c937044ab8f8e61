/*
 * First the message of one failure: what was asked for, why it failed, and how
 * the body of the answer begins, which often says more. Then the tallies.
 */
#include "config.h"

#include "display/failures.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/strmap.h"
#include "base/xalloc.h"
#include "process/log.h"
#include "redact/redact.h"
#include "request/given.h"
#include "text/utf8.h"

enum {
	SHOWN_IN_FULL = 10, /* failures; of a further tally one is shown, */
	SHOWN_MOST = 20,    /* up to so many in all */
	UNREACHED = 3,      /* of a tally whose origin cannot be reached */
	BODY_SHOWN = 200,   /* characters of a body */
	URL_SHOWN = 120,    /* characters of a URL */
	URL_TAIL = 40,      /* of these, after the mark of a cut */
	BODY_REDACTED = 16 << 10, /* bytes, of which BODY_SHOWN remain */
	CONTROLS_RARE = 16, /* text has fewer control characters than 1 of 16 */
	TALLIES_MAX = 30    /* lines at the end; then origins go together */
};

/* The failures with one status, or of one other class, at one origin. */
struct tally {
	struct tally *next; /* the next one that has failed first */
	char *origin;
	enum error_class class;
	int status; /* of ERROR_HTTP */
	char *why;  /* of what was cancelled; NULL: the class says it */
	uint64_t count;
	unsigned in_full; /* of them, shown as they came */
	bool shown;       /* with another of its origin */
};

struct failures {
	uint64_t count;        /* of failures, but for what was cancelled */
	unsigned in_full;      /* of them, shown as they came */
	char *last_name;       /* without a value, as a message; or NULL */
	struct strmap tallies; /* "class status origin" to its tally */
	struct tally *first;   /* in the order of their first failures */
	struct tally **last;   /* where the next one is linked */
};

struct failures *
failures_new(void)
{
	struct failures *f = xcalloc(1, sizeof(*f));

	strmap_init(&f->tallies);
	f->last = &f->first;
	return f;
}

void
failures_free(struct failures *f)
{
	struct tally *next;

	if (!f)
		return;
	for (struct tally *t = f->first; t; t = next) {
		next = t->next;
		free(t->origin);
		free(t->why);
		free(t);
	}
	strmap_release(&f->tallies);
	free(f->last_name);
	free(f);
}

uint64_t
failures_count(const struct failures *f)
{
	return f->count;
}

/* --- in full -------------------------------------------------------------- */

/* The bytes of the first `max` characters of `s`. */
static size_t
prefix_length(const char *s, size_t len, size_t max)
{
	size_t at = 0;
	uint32_t cp;

	while (at < len && max--) {
		size_t n = utf8_decode(s + at, len - at, &cp);

		at += n ? n : 1;
	}
	return at;
}

/* Is it a control character that no text has? ESC is in text for terminals. */
static bool
is_control(char c)
{
	return c == 0x7F || (c >= 0 && c < ' ' && !memchr("\t\n\r\033", c, 4));
}

/* Is it no text, but a picture, say? Text in another charset has no control
 * characters, either. */
static bool
is_binary(const char *s, size_t len)
{
	size_t controls = 0;

	for (size_t i = 0; i < len; i++)
		controls += is_control(s[i]);
	return controls * CONTROLS_RARE > len;
}

/* Append how the body begins, if there is one that was not written to a file.
 */
static void
add_body(struct buf *line, struct body *body)
{
	size_t len, shown;
	const char *bytes = body_bytes(body, &len);
	struct buf safe = {0};

	if (!bytes || len == 0 || len < body->size)
		return; /* none, or it went to its file as it came */
	if (is_binary(bytes, prefix_length(bytes, len, BODY_SHOWN))) {
		buf_addf(line, "; the body: %zu bytes of binary data", len);
		return;
	}
	/* First redacted, then cut: half a secret is not found. */
	redact_add(&safe, REDACT_TEXT, bytes,
	    len < BODY_REDACTED ? len : BODY_REDACTED);
	shown = prefix_length(safe.data, safe.len, BODY_SHOWN);
	buf_adds(line, "; the body: \"");
	utf8_add_safe(line, safe.data, shown);
	buf_adds(line, shown < safe.len ? "\"..." : "\"");
	buf_release(&safe);
}

/* A long URL is told from others by its host and by its end, so it is cut in
 * the middle. */
static void
add_cut(struct buf *line, const char *s)
{
	size_t len = strlen(s), head, tail;
	size_t count = utf8_count(s, len);

	if (count <= URL_SHOWN) {
		utf8_add_safe(line, s, len);
		return;
	}
	head = prefix_length(s, len, URL_SHOWN - URL_TAIL - 1);
	tail = prefix_length(s, len, count - URL_TAIL);
	utf8_add_safe(line, s, head);
	buf_adds(line, "…");
	utf8_add_safe(line, s + tail, len - tail);
}

/* Append what was asked for, without secrets. */
static void
add_subject(struct buf *line, const struct request *q)
{
	char *subject = q->url ? url_redacted(q->url) : given_subject(q);

	add_cut(line, subject);
	free(subject);
}

/* After redirects, append whose answer it is, or who gave none. Why a redirect
 * is not followed is told of its target already. */
static void
add_last_hop(struct buf *line, const struct result *r)
{
	char *url;

	if (!r->num_redirects || !r->url_effective ||
	    r->failure.class == ERROR_REDIRECT)
		return;
	url = url_redacted(r->url_effective);
	buf_adds(line, r->status ? " from " : " at ");
	add_cut(line, url);
	free(url);
}

/* The message, with the last URL and the number of attempts behind its first
 * clause. The class stands in front, unless the message begins with it, as in
 * "HTTP status". */
static void
add_why(struct buf *line, const struct result *r)
{
	const char *class = error_class_name(r->failure.class);
	const char *why = r->failure.message
	                      ? r->failure.message
	                      : error_class_meaning(r->failure.class);
	const char *rest = strchr(why, ';');
	size_t clause = rest ? (size_t)(rest - why) : strlen(why);

	if (r->failure.class != ERROR_HTTP)
		buf_addf(line, "%s: ", class);
	buf_add(line, why, clause);
	add_last_hop(line, r);
	if (r->attempts > 1)
		buf_addf(line, " after %u attempts", r->attempts);
	buf_adds(line, why + clause);
}

/* Is it the same name in --then without a value as that of the match before?
 * The mistake is the same for all matches, whatever members they have. */
static bool
is_repeated(struct failures *f, const struct request *q, const char *why)
{
	size_t clause = why ? strcspn(why, ";") : 0;

	if (!q->lineage || !q->invalid || !why || strncmp(why, "{{", 2) != 0)
		return false;
	if (f->last_name && strlen(f->last_name) == clause &&
	    memcmp(f->last_name, why, clause) == 0)
		return true;
	free(f->last_name);
	f->last_name = xmemdup0(why, clause);
	return false;
}

static void
show(const struct request *q, struct result *r)
{
	struct buf line;

	buf_init(&line);
	add_subject(&line, q);
	if (q->where)
		buf_addf(&line, line.len ? " (%s)" : "%s", q->where);
	buf_adds(&line, ": ");
	add_why(&line, r);
	add_body(&line, &r->body);
	log_error("%s", line.data);
	buf_release(&line);
}

/* --- counted -------------------------------------------------------------- */

static struct tally *
tally_new(struct failures *f, const char *key, const char *origin)
{
	struct tally *t = xcalloc(1, sizeof(*t));

	t->origin = xstrdup(origin);
	strmap_set(&f->tallies, key, t);
	*f->last = t;
	f->last = &t->next;
	return t;
}

/* What an answer with an error status is counted by; 0: the class says it. */
static int
status_of(const struct failure *failure)
{
	return failure->class == ERROR_HTTP ? failure->code : 0;
}

/* By what failures are counted together: class, status and origin. */
static char *
key_of(const struct failure *failure, const char *origin)
{
	return xasprintf(
	    "%d %d %s", (int)failure->class, status_of(failure), origin);
}

/* Count a failure; returns where. When there are many tallies, those of further
 * origins go together: a list of a million hosts must not give a million lines.
 */
static struct tally *
count(struct failures *f, const char *origin, const struct failure *failure)
{
	char *key = key_of(failure, origin);
	struct tally *t = strmap_get(&f->tallies, key);

	if (!t && strmap_len(&f->tallies) >= TALLIES_MAX) {
		free(key);
		origin = "other origins";
		key = key_of(failure, origin);
		t = strmap_get(&f->tallies, key);
	}
	if (!t)
		t = tally_new(f, key, origin);
	t->class = failure->class;
	t->status = status_of(failure);
	t->count++;
	if (!t->why && failure->class == ERROR_CANCELLED)
		t->why = xstrdup_null(failure->message);
	free(key);
	return t;
}

static bool
is_only_counted(const struct result *r)
{
	return r->failure.class == ERROR_CANCELLED ||
	       (r->failure.reason &&
	           strcmp(r->failure.reason, FAILURE_NOT_TRIED) == 0);
}

/* Is it the origin that has failed, whatever was asked of it? */
static bool is_unreached(enum error_class class)
{
	return class == ERROR_DNS || class == ERROR_CONNECT ||
	       class == ERROR_TLS;
}

/* Is one more of `t` to be shown in full? The first ones are, and then one of
 * each kind that has not been seen yet: an origin that fails often must not
 * hide what happens at others. */
static bool
is_shown_in_full(const struct failures *f, const struct tally *t)
{
	if (t->in_full == 0)
		return f->in_full < SHOWN_MOST;
	return f->in_full < SHOWN_IN_FULL &&
	       (t->in_full < UNREACHED || !is_unreached(t->class));
}

void
failures_add(struct failures *f, const struct request *q, struct result *r)
{
	struct tally *t;

	if (result_ok(r))
		return;
	f->count += r->failure.class != ERROR_CANCELLED;
	t = count(f, q->origin ? q->origin : "input", &r->failure);
	if (is_only_counted(r) || !is_shown_in_full(f, t))
		return;
	if (is_repeated(f, q, r->failure.message))
		return;
	f->in_full++;
	t->in_full++;
	show(q, r);
}

void
failures_add_invalid(struct failures *f, const struct request *q)
{
	struct result result;

	result_init(&result);
	failure_set(&result.failure, ERROR_INPUT, NULL, 0, "%s", q->invalid);
	failures_add(f, q, &result);
	result_release(&result);
}

/* Append "20 x 503" or "1 x timeout", and of what was cancelled why. */
static void
add_tally(struct buf *line, const struct tally *t)
{
	buf_addf(line, "%" PRIu64 " x ", t->count);
	if (t->status)
		buf_addf(line, "%d", t->status);
	else
		buf_adds(line, error_class_name(t->class));
	if (t->why)
		buf_addf(line, " (%s)", t->why);
}

/* The first tally of `origin`, so that its line has them all. */
static struct tally *
first_of_origin(const struct failures *f, const char *origin)
{
	struct tally *t = f->first;

	while (strcmp(t->origin, origin) != 0)
		t = t->next;
	return t;
}

/* One line for the origin of `first` and all that is counted of it. */
static void
show_origin(struct tally *first)
{
	struct buf line = {0};
	const char *before = "";

	for (struct tally *t = first; t; t = t->next) {
		if (strcmp(t->origin, first->origin) != 0)
			continue;
		t->shown = true;
		buf_adds(&line, before);
		add_tally(&line, t);
		before = ", ";
	}
	log_error("%s: %s", first->origin, line.data);
	buf_release(&line);
}

/* Only an origin all of whose failures have been shown needs no count. */
void
failures_finish(const struct failures *f)
{
	for (struct tally *t = f->first; t; t = t->next)
		if (!t->shown && t->in_full < t->count)
			show_origin(first_of_origin(f, t->origin));
}
