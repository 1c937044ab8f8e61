/*
 * From the top: keys, loading, and finding.
 */
#include "config.h"

#include "demo/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "har/cutter.h"
#include "process/log.h"
#include "redact/redact.h"
#include "request/url.h"
#include "text/ascii.h"
#include "text/shell.h"

enum {
	READ_SIZE = 64 * 1024,
	NAMED = 3 /* bad entries */
};

/* The answers to one path and query, in the order of the archive. */
struct recorded_place {
	struct recorded **items; /* borrowed */
	size_t len;
};

/* --- keys ----------------------------------------------------------------- */

/* Append the byte that "%XX" stands for. What would mean something else then
 * stays encoded. */
static void
add_decoded(struct buf *out, int byte)
{
	if (byte < ' ' || byte == 0x7f || strchr(";/?:@&=+$,#% ", byte))
		buf_addf(out, "%%%02X", (unsigned)byte);
	else
		buf_addc(out, (char)byte);
}

static void
add_normal(struct buf *out, const char *text)
{
	while (*text) {
		int high = *text == '%' ? ascii_hex_value(text[1]) : -1;
		int low = high < 0 ? -1 : ascii_hex_value(text[2]);

		if (low < 0) {
			buf_addc(out, *text++);
			continue;
		}
		add_decoded(out, high * 16 + low);
		text += 3;
	}
}

void
recording_add_key(struct buf *out, const char *target)
{
	static const char front[] = "http://h";
	struct buf url = {0};
	char *safe;

	buf_adds(&url, front);
	if (*target != '/')
		buf_addc(&url, '/');
	buf_add(&url, target, strcspn(target, "#"));
	safe = url_redacted(url.data);
	add_normal(out, safe + sizeof(front) - 1);
	free(safe);
	buf_release(&url);
}

/* Cut `port` off, if the text ends in it. */
static void
drop_suffix(char *text, const char *port)
{
	size_t len = strlen(text), port_len = strlen(port);

	if (len > port_len && strcmp(text + len - port_len, port) == 0)
		text[len - port_len] = '\0';
}

char *
recording_authority(const char *text)
{
	bool secure = strncasecmp(text, "https:", 6) == 0;
	bool plain = strncasecmp(text, "http:", 5) == 0;
	const char *start = secure || plain ? url_authority(text) : text;
	char *authority = xmemdup0(start, strcspn(start, "/?#"));
	char *at = strrchr(authority, '@');

	if (at)
		memmove(authority, at + 1, strlen(at));
	for (char *c = authority; *c; c++)
		*c = ascii_lower(*c);
	if (!secure)
		drop_suffix(authority, ":80");
	if (!plain)
		drop_suffix(authority, ":443");
	return authority;
}

/* --- loading -------------------------------------------------------------- */

static bool
is_http(const char *url)
{
	return strncasecmp(url, "http://", 7) == 0 ||
	       strncasecmp(url, "https://", 8) == 0;
}

static void
recorded_free(struct recorded *a)
{
	har_exchange_release(&a->exchange);
	free(a->authority);
	free(a->url);
	free(a->key);
	free(a);
}

static void
note_origin(struct recording *r, const struct recorded *a)
{
	bool secure = strncasecmp(a->exchange.request.url, "https:", 6) == 0;
	char *origin =
	    xasprintf("%s://%s", secure ? "https" : "http", a->authority);

	if (strlist_has(&r->origins, origin))
		free(origin);
	else
		strlist_add_owned(&r->origins, origin);
}

static void
add_to_place(struct recording *r, struct recorded *a)
{
	struct recorded_place *p = strmap_get(&r->places, a->key);

	if (!p) {
		p = xcalloc(1, sizeof(*p));
		strmap_set(&r->places, a->key, p);
	}
	p->items = xgrow(p->items, p->len, sizeof(*p->items));
	p->items[p->len++] = a;
}

/* Take the answer `a`, whose exchange is set. */
static void
add_recorded(struct recording *r, struct recorded *a)
{
	const struct har_request *request = &a->exchange.request;
	const char *host = url_authority(request->url);
	struct buf key = {0};
	char *safe = url_redacted(request->url);

	a->authority = recording_authority(request->url);
	a->url = xasprintf("%s %s", request->method, safe);
	free(safe);
	recording_add_key(&key, host + strcspn(host, "/?#"));
	a->key = buf_take(&key);
	r->items = xgrow(r->items, r->len, sizeof(*r->items));
	r->items[r->len++] = a;
	r->size += a->exchange.body.len + request->body.len;
	r->bodiless += a->exchange.body_is_absent;
	add_to_place(r, a);
	note_origin(r, a);
}

/* Can a server give this answer? Not one that switches protocols, and none
 * where there was none. */
static bool
is_replayable(const struct har_exchange *x)
{
	return x->status >= 200 && x->status <= 599 && is_http(x->request.url);
}

static void
name_bad_entry(struct recording *r, const char *path,
    const struct har_piece *piece, const char *why)
{
	if (r->bad++ < NAMED)
		log_note("%s:%" PRIu64 ": entry %" PRIu64 " is left out: %s",
		    path, piece->line, piece->number, why);
	r->skipped++;
}

static void
load_entry(struct recording *r, const char *path, const struct har_piece *piece)
{
	struct recorded *a = xcalloc(1, sizeof(*a));
	char *why = NULL;

	if (piece->too_long)
		why = xstrdup("it is longer than 512 MiB");
	else if (har_exchange_read(
	             &a->exchange, piece->text, piece->len, &why) == 0) {
		if (is_replayable(&a->exchange)) {
			add_recorded(r, a);
			return;
		}
		r->skipped++;
	}
	if (why)
		name_bad_entry(r, path, piece, why);
	free(why);
	recorded_free(a);
}

/* Load the entries in the bytes. -1: there is a problem. */
static int
load_bytes(struct recording *r, const char *path, struct har_cutter *cutter,
    struct buf *bytes)
{
	const char *at = bytes->data;
	size_t len = bytes->len;
	struct har_piece piece;
	enum har_cut cut;

	while ((cut = har_cutter_feed(cutter, &at, &len, &piece)) ==
	       HAR_CUT_PIECE) {
		load_entry(r, path, &piece);
		if (r->size > RECORDING_MAX)
			return -1;
	}
	return cut == HAR_CUT_BAD ? -1 : 0;
}

/* Load the entries in the file. -1 with errno: it cannot be read. */
static int
load_file(
    struct recording *r, const char *path, struct har_cutter *cutter, int fd)
{
	struct buf bytes = {0};
	ssize_t n;

	do {
		buf_clear(&bytes);
		n = read(fd, buf_reserve(&bytes, READ_SIZE), READ_SIZE);
		if (n > 0) {
			bytes.len = (size_t)n;
			bytes.data[n] = '\0';
		}
	} while ((n < 0 && errno == EINTR) ||
	         (n > 0 && load_bytes(r, path, cutter, &bytes) == 0));
	buf_release(&bytes);
	return n < 0 ? -1 : 0;
}

static int
compare_us(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Set what a new connection to the authority takes: the lowest tenth of what it
 * took. Where many are opened at once, as a concurrent run does, most of the
 * time is that of the client, which a replay spends again. */
static void
set_connect(struct recording *r, const char *authority)
{
	int64_t *times = xcalloc(r->len, sizeof(*times)), *least;
	size_t n = 0;

	for (size_t i = 0; i < r->len; i++)
		if (r->items[i]->exchange.connect_us > 0 &&
		    strcmp(r->items[i]->authority, authority) == 0)
			times[n++] = r->items[i]->exchange.connect_us;
	qsort(times, n, sizeof(*times), compare_us);
	least = xcalloc(1, sizeof(*least));
	*least = n ? times[n / 10] : 0;
	strmap_set(&r->connects, authority, least);
	free(times);
}

static void
set_connects(struct recording *r)
{
	for (size_t i = 0; i < r->origins.len; i++) {
		const char *host = url_authority(r->origins.items[i]);

		if (!strmap_get(&r->connects, host))
			set_connect(r, host);
	}
}

/* Judge what was read. What an archive that was cut off still holds is
 * replayed. */
static int
judge(struct recording *r, const char *path, struct har_cutter *cutter,
    char **cause)
{
	const char *problem = NULL;

	if (r->size > RECORDING_MAX)
		*cause = xasprintf("--replay %s: its bodies take more than "
		                   "1 GiB",
		    path);
	else
		problem = har_cutter_problem(cutter);
	if (problem && !r->len)
		*cause = xasprintf("--replay %s: %s", path, problem);
	else if (!*cause && !r->len)
		*cause = xasprintf(
		    "--replay %s: no entry of it has an answer", path);
	else if (problem)
		log_note("%s:%" PRIu64 ": %s", path, har_cutter_line(cutter),
		    problem);
	return *cause ? -1 : 0;
}

static char *
cannot_read(const char *path)
{
	char *why = shell_open_reason(path, errno);
	char *cause = xasprintf("--replay: cannot read %s: %s", path, why);

	free(why);
	return cause;
}

int
recording_load(struct recording *r, const char *path, char **cause)
{
	struct har_cutter *cutter;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int rc = -1;

	*r = (struct recording){0};
	*cause = NULL;
	strmap_init(&r->places);
	strmap_init(&r->connects);
	if (fd < 0) {
		*cause = cannot_read(path);
		return -1;
	}
	cutter = har_cutter_new(HAR_ENTRIES, RECORDING_ENTRY_MAX);
	if (load_file(r, path, cutter, fd))
		*cause = cannot_read(path);
	else
		rc = judge(r, path, cutter, cause);
	har_cutter_free(cutter);
	close(fd);
	set_connects(r);
	return rc;
}

void
recording_release(struct recording *r)
{
	struct strmap_entry *e;
	size_t at = 0;

	while ((e = strmap_next(&r->places, &at)))
		free(((struct recorded_place *)e->value)->items);
	for (size_t i = 0; i < r->len; i++)
		recorded_free(r->items[i]);
	free(r->items);
	strmap_release_owned(&r->places);
	strmap_release_owned(&r->connects);
	strlist_release(&r->origins);
	*r = (struct recording){0};
}

/* --- finding -------------------------------------------------------------- */

/* What an archive has in the place of a secret. */
static const char hidden[] = "***";

/* Could the archive's `text` be what it keeps of `asked`? Where it has hidden a
 * secret, anything may have stood: which value was secret only the program
 * knew that wrote the archive. */
static bool
is_like(const char *text, const char *asked)
{
	const char *behind = NULL, *from = NULL;

	while (*asked) {
		if (strncmp(text, hidden, strlen(hidden)) == 0) {
			text += strlen(hidden);
			behind = text;
			from = asked;
		} else if (*text == *asked) {
			text++;
			asked++;
		} else if (behind) {
			text = behind;
			asked = ++from;
		} else {
			return false;
		}
	}
	return !*text || strcmp(text, hidden) == 0;
}

/* The place whose path and query could be those of `key`; NULL: none. */
static const struct recorded_place *
find_hidden_place(const struct recording *r, const char *key)
{
	for (size_t i = 0; i < r->len; i++)
		if (is_like(r->items[i]->key, key))
			return strmap_get(&r->places, r->items[i]->key);
	return NULL;
}

/* Is a redacted body the same? An archive hides secrets in bodies, too. */
static bool
is_same_redacted(
    enum redact_kind kind, const struct buf *recorded, const struct question *q)
{
	struct buf one = {0}, other = {0};
	bool same;

	redact_add(&one, kind, buf_text(recorded), recorded->len);
	redact_add(&other, kind, q->body, q->body_len);
	same = (one.len == other.len &&
	           memcmp(buf_text(&one), buf_text(&other), one.len) == 0) ||
	       is_like(buf_text(&one), buf_text(&other));
	buf_release(&one);
	buf_release(&other);
	return same;
}

static bool
is_same_body(const struct recorded *a, const struct question *q)
{
	const struct buf *body = &a->exchange.request.body;

	if (body->len == q->body_len &&
	    memcmp(buf_text(body), q->body, body->len) == 0)
		return true;
	return is_same_redacted(REDACT_TEXT, body, q) ||
	       is_same_redacted(REDACT_QUERY, body, q);
}

/* What of a question an answer must fit. */
struct wanted {
	const char *method;
	const char *authority; /* NULL: any */
	bool same_body;
};

static bool
fits(const struct recorded *a, const struct question *q, struct wanted w)
{
	return strcmp(a->exchange.request.method, w.method) == 0 &&
	       (!w.authority || strcmp(a->authority, w.authority) == 0) &&
	       (!w.same_body || is_same_body(a, q));
}

/* The first answer that fits and was not used, else the last one; NULL: none
 * fits. */
static struct recorded *
pick(const struct recorded_place *p, const struct question *q, struct wanted w)
{
	struct recorded *last = NULL;

	for (size_t i = 0; i < p->len; i++) {
		if (!fits(p->items[i], q, w))
			continue;
		last = p->items[i];
		if (!last->used)
			break;
	}
	return last;
}

/* Were these requests recorded with different bodies? */
static bool
have_different_bodies(
    const struct recorded_place *p, const struct question *q, struct wanted w)
{
	const struct buf *first = NULL;

	for (size_t i = 0; i < p->len; i++) {
		const struct buf *body = &p->items[i]->exchange.request.body;

		if (!fits(p->items[i], q, w))
			continue;
		if (first && (first->len != body->len ||
		                 memcmp(buf_text(first), buf_text(body),
		                     body->len) != 0))
			return true;
		first = body;
	}
	return false;
}

static struct recorded *
find_by_method(const struct recorded_place *p, const struct question *q,
    const char *method)
{
	struct wanted w = {.method = method, .authority = q->authority};

	if (!pick(p, q, w))
		w.authority = NULL;
	w.same_body = have_different_bodies(p, q, w);
	return pick(p, q, w);
}

struct recorded *
recording_find(struct recording *r, const struct question *q)
{
	const struct recorded_place *p;
	struct recorded *found;
	struct buf key = {0};

	recording_add_key(&key, q->target);
	p = strmap_get(&r->places, key.data);
	if (!p)
		p = find_hidden_place(r, key.data);
	buf_release(&key);
	if (!p)
		return NULL;
	found = find_by_method(p, q, q->method);
	if (!found && strcmp(q->method, "HEAD") == 0)
		found = find_by_method(p, q, "GET");
	if (found)
		found->used = true;
	return found;
}

/* How many bytes two texts have in common at their ends. */
static size_t
count_common(const char *a, const char *b)
{
	size_t a_len = strlen(a), b_len = strlen(b);
	size_t front = 0, back = 0, most = a_len < b_len ? a_len : b_len;

	while (front < most && a[front] == b[front])
		front++;
	while (
	    back < most - front && a[a_len - 1 - back] == b[b_len - 1 - back])
		back++;
	return front + back;
}

const struct recorded *
recording_nearest(const struct recording *r, const struct question *q)
{
	const struct recorded *best = r->items[0];
	struct buf key = {0};
	size_t most = 0;

	recording_add_key(&key, q->target);
	for (size_t i = 0; i < r->len; i++) {
		const struct recorded *a = r->items[i];
		size_t common =
		    2 * count_common(a->key, key.data) +
		    (strcmp(a->exchange.request.method, q->method) == 0);

		if (common > most) {
			most = common;
			best = a;
		}
	}
	buf_release(&key);
	return best;
}

bool
recording_is_asked(const struct recorded *a, const struct question *q)
{
	struct buf key = {0};
	bool same;

	recording_add_key(&key, q->target);
	same = strcmp(a->exchange.request.method, q->method) == 0 &&
	       is_like(a->key, key.data);
	buf_release(&key);
	return same;
}

bool
recording_has_authority(const struct recording *r, const char *authority)
{
	return strmap_get(&r->connects, authority) != NULL;
}

int64_t
recording_connect_us(const struct recording *r, const struct recorded *a)
{
	const int64_t *us = strmap_get(&r->connects, a->authority);

	return us ? *us : 0;
}
