/*
 * What comes in, from its end to its beginning: where the body is kept; how it
 * is decoded before that; the functions that libcurl calls; and what is noted
 * of the wire.
 *
 * Nothing here may block or take long: all other transfers wait meanwhile.
 */
#include "config.h"

#include "fetch/engine_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "decode/decoder.h"
#include "limits/limits.h"
#include "process/log.h"
#include "redact/redact.h"
#include "request/guard.h"
#include "text/ascii.h"

/* --- where the body is kept ----------------------------------------------- */

/* In bytes. */
enum {
	BODY_MEMORY = 256 << 10, /* of one body; more moves on */
	/* Of one that is kept: a file of its own costs more than all else that
	 * is done with a body of 300 KB. */
	BODY_MEMORY_KEPT = 1 << 20,
	BODIES_MEMORY_EASY = 32 << 20, /* of all, while one may be kept so */
	BODY_PIECE = 64 << 10,         /* added to the file at once */
	/* Of all bodies in flight: beyond it they go to files earlier, in
	 * smaller pieces. */
	BODIES_MEMORY = 64 << 20,
	BODY_PIECE_SMALL = 16 << 10,
	/* Of all bodies in flight, where no descriptor is free for a file. */
	BODIES_MEMORY_MAX = 4 * BODIES_MEMORY
};

/* No file could be opened: may the body stay in memory for now? Yes if only a
 * descriptor was lacking, and all bodies do not take too much. Another piece
 * later a descriptor may be free. */
static bool
may_stay(struct attempt *a)
{
	if (!io_lacks_descriptors(errno))
		return false;
	a->os_errno = errno;
	a->spill_at = a->body.mem.len + BODY_PIECE;
	return common_total(a->engine->common).bodies < BODIES_MEMORY_MAX;
}

/* Free the memory of the body; its file stays. */
static void
drop_memory(struct attempt *a)
{
	use_subtract(&a->engine->use->bodies, a->body.mem.len);
	buf_clear(&a->body.mem);
}

/* Move what is in memory of the body to its spill file, which is opened if need
 * be. -1 with the attempt's failure set. */
static int
spill(struct attempt *a)
{
	struct body *body = &a->body;

	if (body->fd < 0)
		body->fd = io_open_unlinked();
	if (body->fd < 0 && may_stay(a))
		return 0;
	if (body->fd < 0 ||
	    io_write_all(body->fd, body->mem.data, body->mem.len)) {
		failure_set(&a->failure, ERROR_LOCAL, "spill", 0,
		    "a large body needs a temporary file in %s: %s "
		    "(TMPDIR sets the directory)",
		    io_temporary_folder(), io_error(errno));
		return -1;
	}
	drop_memory(a);
	return 0;
}

/* Is all of the body kept until the end of the attempt? The bodies of redirects
 * and errors are, as another attempt may follow. */
static bool
is_kept(const struct attempt *a)
{
	return a->head.status >= 300 || a->spec.way == WAY_KEPT;
}

/* How much of the body may be in memory, if all bodies take `total` bytes. */
static size_t
memory_allowed(const struct attempt *a, uint64_t total)
{
	if (a->body.fd >= 0)
		return BODY_PIECE;
	return is_kept(a) && total < BODIES_MEMORY_EASY ? BODY_MEMORY_KEPT
	                                                : BODY_MEMORY;
}

/* Is there so much of the body in memory that it should go to its file? The
 * pieces that come may be of a few bytes each, so they are gathered before they
 * are written, even where there is little memory left for all. */
static bool
is_spill_due(const struct attempt *a)
{
	size_t len = a->body.mem.len;
	uint64_t total;

	if (len < a->spill_at || len < BODY_PIECE_SMALL)
		return false;
	total = common_total(a->engine->common).bodies;
	return len >= memory_allowed(a, total) || total >= BODIES_MEMORY;
}

int
attempt_end_body(struct attempt *a)
{
	return a->body.fd >= 0 && a->body.mem.len ? spill(a) : 0;
}

static struct arrival
arrival_of(const struct attempt *a)
{
	return (struct arrival){
	    .status = a->head.status,
	    .part = a->part,
	    .headers = a->headers.data,
	    .heads = &a->heads,
	};
}

/* Has the body's turn come to be streamed? Then all of it was taken. */
static bool
is_taken_in_turn(struct attempt *a)
{
	const struct engine_hooks *hooks = &a->engine->hooks;
	const struct arrival arrival = arrival_of(a);
	struct body *body = &a->body;
	size_t len = body->mem.len;

	if (a->spec.way != WAY_IN_TURN || body->size < a->spec.in_turn_from ||
	    !hooks->on_turn(hooks->arg, a->spec.owner, &arrival, body))
		return false;
	use_subtract(&a->engine->use->bodies, len);
	buf_clear(&body->mem);
	if (body->fd >= 0)
		close(body->fd);
	body->fd = -1;
	a->content.streams = true;
	return true;
}

/* Hand what is in memory of the body to the run. */
static void
stream(struct attempt *a)
{
	const struct engine_hooks *hooks = &a->engine->hooks;
	const struct arrival arrival = arrival_of(a);
	struct body *body = &a->body;

	use_subtract(&a->engine->use->bodies, body->mem.len);
	a->content.full =
	    !hooks->on_body(hooks->arg, a->spec.owner, &arrival, &body->mem);
	a->content.full_at = a->engine->resumed;
	buf_clear(&body->mem);
}

/* Add decoded bytes to the body, and move it on when there is enough of it. */
static bool
store_decoded(struct attempt *a, const char *data, size_t len)
{
	struct body *body = &a->body;
	bool kept = is_kept(a);

	body->size += len;
	if (!kept && a->spec.way == WAY_DROPPED)
		return true;
	buf_add(&body->mem, data, len);
	use_add(&a->engine->use->bodies, len);
	if (!is_spill_due(a))
		return true;
	if (!kept && (a->content.streams || a->spec.way == WAY_STREAMED))
		stream(a);
	else if (kept || !is_taken_in_turn(a))
		return spill(a) == 0;
	return true;
}

/* Set the attempt's failure: its answer does not fit to what is there of the
 * file, so that is of no use. Returns false. */
static bool
refuse_part(struct attempt *a)
{
	failure_set(&a->failure, ERROR_LOCAL, ENGINE_PART_REFUSED,
	    a->head.status, "the answer does not fit to what is there");
	return false;
}

/* The body is cut by a limit: no output shall keep what is there of it, which
 * may be much and is of no use. */
static void
drop_cut_body(struct attempt *a)
{
	if (!is_kept(a))
		return;
	drop_memory(a);
	body_release(&a->body);
	body_init(&a->body);
}

/* False: the attempt's failure is set, and libcurl must give up. */
static bool
accept_decoded(struct attempt *a, const char *data, size_t len)
{
	uint64_t max = a->spec.max_body;
	uint64_t there = a->part == PART_GOES_ON ? a->spec.resume->offset : 0;

	if (a->part == PART_GOES_ON && a->body.size + len > a->extent.len)
		return refuse_part(a);
	if (max && there + a->body.size + len > max) {
		failure_set(&a->failure, ERROR_SIZE, NULL, 0,
		    "the body is larger than %" PRIu64 " bytes; "
		    "--max-filesize sets the limit",
		    max);
		drop_cut_body(a);
		return false;
	}
	return store_decoded(a, data, len);
}

/* --- how it is decoded ---------------------------------------------------- */

enum {
	PIECE = 16 << 10,  /* decoded bytes of one step, at most */
	STEPS_AT_ONCE = 64 /* then it is the turn of the others */
};

static bool
answer_has(struct attempt *a, const char *name)
{
	struct curl_header *h;

	return !curl_easy_header(a->easy, name, 0, CURLH_HEADER, -1, &h);
}

/* Append the values of all Content-Encoding headers as one list. */
static void
add_encodings(struct attempt *a, struct buf *list)
{
	struct curl_header *h;

	for (size_t i = 0; !curl_easy_header(
	         a->easy, "Content-Encoding", i, CURLH_HEADER, -1, &h);
	     i++) {
		buf_adds(list, i ? "," : "");
		buf_adds(list, h->value);
	}
}

/* Will nobody look into the body, so that it may as well be encoded wrongly? So
 * it is with that of a redirect that is followed. */
static bool
is_body_ignored(struct attempt *a)
{
	return a->engine->options->follow && a->head.status >= 300 &&
	       a->head.status < 400 && answer_has(a, "Location");
}

/* The first bytes of the body are there: make its decoder, if it needs one.
 * Without --compressed a body is kept as it came. */
static void
begin_content(struct attempt *a)
{
	struct content *c = &a->content;
	struct buf list;

	c->begun = true;
	if (!a->engine->options->compressed)
		return;
	buf_init(&list);
	add_encodings(a, &list);
	if (list.len)
		c->decoder = decoder_new(list.data);
	c->ignored = c->decoder && is_body_ignored(a);
	buf_release(&list);
}

void
attempt_reset_body(struct attempt *a)
{
	drop_memory(a);
	body_release(&a->body);
	body_init(&a->body);
	a->spill_at = 0;
	a->received = 0;
	a->part = PART_NONE;
	list_remove(&a->content.waiting);
	decoder_free(a->content.decoder);
	a->content = (struct content){0};
	list_init(&a->content.waiting);
}

/* The body cannot be decoded. That is a failure, unless it is ignored. */
static void
set_corrupt(struct attempt *a)
{
	const struct decoder *d = a->content.decoder;

	a->content.broken = true;
	if (!a->content.ignored)
		failure_set(&a->failure, ERROR_PROTOCOL, "encoding",
		    CURLE_BAD_CONTENT_ENCODING,
		    "cannot decode Content-Encoding %s: %s", decoder_coding(d),
		    decoder_cause(d));
}

/* Let the loop decode a piece of the next body in turn, after it has served
 * whatever else is ready. */
static void
take_turns(struct engine *engine)
{
	static const struct timeval now = {0};

	if (!evtimer_pending(&engine->decode_timer, NULL))
		evtimer_add(&engine->decode_timer, &now);
}

/* Has on_body had enough, and not made room since? The next piece may come
 * long after that. */
static bool
is_full(const struct attempt *a)
{
	return a->content.full && a->content.full_at == a->engine->resumed;
}

/* Pause the transfer until engine_resume. */
static size_t
wait_for_room(struct attempt *a)
{
	list_push_back(&a->engine->full, &a->content.waiting);
	return CURL_WRITEFUNC_PAUSE;
}

/* Pause the transfer until it is its turn to decode again. libcurl keeps the
 * piece that it has given, and the rest of the answer stays in the socket. */
static size_t
wait_for_turn(struct attempt *a)
{
	list_push_back(&a->engine->decoding, &a->content.waiting);
	take_turns(a->engine);
	return CURL_WRITEFUNC_PAUSE;
}

/*
 * Decode a piece that libcurl gives, and return what its callback must return.
 *
 * A few bytes may decode to gigabytes, so after some steps others have their
 * turn. libcurl gives the same piece again after a pause; what was used of it
 * is then skipped.
 */
static size_t
decode(struct attempt *a, const char *data, size_t len)
{
	struct content *c = &a->content;
	size_t used = c->used < len ? c->used : len;
	char piece[PIECE];

	if (c->broken)
		return len;
	decoder_feed(c->decoder, data + used, len - used);
	c->used -= used;
	for (unsigned i = 0; i < STEPS_AT_ONCE; i++) {
		size_t n;

		switch (decoder_step(c->decoder, piece, sizeof(piece), &n)) {
		case DECODER_HUNGRY: return len;
		case DECODER_FAILED:
			set_corrupt(a);
			return c->ignored ? len : 0;
		case DECODER_GOES_ON: break;
		}
		if (n && !accept_decoded(a, piece, n))
			return 0;
	}
	c->used = len - decoder_left(c->decoder);
	return wait_for_turn(a);
}

/* Go on with a transfer that was paused. libcurl gives the piece again from
 * within this call; if that fails, it tells nobody but the caller. */
static void
resume(struct attempt *a)
{
	CURLcode code = curl_easy_pause(a->easy, CURLPAUSE_CONT);

	if (code == CURLE_OK)
		return;
	lane_stop(a);
	attempt_finish(a, code);
}

/* Decode a piece of one body, the first in turn: however many there are, a turn
 * of the loop is short. */
static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct engine *engine = arg;
	struct list *l = list_pop_front(&engine->decoding);

	(void)fd;
	(void)what;
	if (l)
		resume(container_of(l, struct attempt, content.waiting));
	if (!list_empty(&engine->decoding))
		take_turns(engine);
}

/* Let the next piece come when what came before is paid for. */
static void
arm_throttle(struct engine *engine)
{
	int64_t us;
	struct timeval tv;

	if (list_empty(&engine->throttled) ||
	    evtimer_pending(&engine->throttle_timer, NULL))
		return;
	us = common_wait_us(engine->common);
	tv = clock_timeval(us);
	evtimer_add(&engine->throttle_timer, &tv);
}

/* Pause the transfer until it is its turn to get another piece. */
static size_t
wait_for_rate(struct attempt *a)
{
	list_push_back(&a->engine->throttled, &a->content.waiting);
	arm_throttle(a->engine);
	return CURL_WRITEFUNC_PAUSE;
}

/* The transfer that has waited longest gets its piece, unless another engine
 * was faster. */
static void
on_paid(evutil_socket_t fd, short what, void *arg)
{
	struct engine *engine = arg;
	struct list *l = common_wait_us(engine->common) == 0
	                     ? list_pop_front(&engine->throttled)
	                     : NULL;

	(void)fd;
	(void)what;
	if (l)
		resume(container_of(l, struct attempt, content.waiting));
	arm_throttle(engine);
}

/* Does --limit-total allow this piece now? It was paid for where a part of it
 * is decoded already. */
static bool
is_paid(const struct attempt *a, size_t len)
{
	return a->content.used || common_take(a->engine->common, len);
}

/* Count a piece that has come in, once. */
static void
count_received(struct attempt *a, size_t len)
{
	if (a->content.used)
		return;
	a->received += len;
	a->engine->counts.bytes_received += len;
}

/* A transfer that is resumed may be paused again before this returns, so only
 * those are taken that waited before. */
void
engine_resume(struct engine *engine)
{
	struct list waiting, *l;

	engine->resumed++;
	list_init(&waiting);
	list_splice_back(&waiting, &engine->full);
	while ((l = list_pop_front(&waiting)))
		resume(container_of(l, struct attempt, content.waiting));
}

void
receive_open(struct engine *engine)
{
	list_init(&engine->decoding);
	list_init(&engine->full);
	list_init(&engine->throttled);
	evtimer_assign(&engine->throttle_timer, engine->base, on_paid, engine);
	evtimer_assign(&engine->decode_timer, engine->base, on_turn, engine);
}

void
receive_close(struct engine *engine)
{
	evtimer_del(&engine->decode_timer);
	evtimer_del(&engine->throttle_timer);
}

void
attempt_check_body(struct attempt *a, int http_version, struct failure *f)
{
	struct content *c = &a->content;

	if (!attempt_may_have_body(a) || attempt_is_empty(a, http_version))
		return;
	if (!c->begun)
		begin_content(a);
	if (!c->decoder || c->ignored || decoder_is_whole(c->decoder))
		return;
	if (a->head.status == 206)
		failure_set(f, ERROR_PROTOCOL, "encoding", 0,
		    "cannot decode a part of a %s stream; leave out "
		    "--compressed or -r",
		    decoder_coding(c->decoder));
	else
		failure_set(f, ERROR_RESET, "truncated", 0,
		    "the body ends before the end of its %s stream",
		    decoder_coding(c->decoder));
}

/* --- what libcurl calls --------------------------------------------------- */

bool
attempt_judge_part(struct attempt *a)
{
	a->part = resume_judge(
	    a->spec.resume, a->head.status, a->headers.data, &a->extent);
	return a->part != PART_UNFIT || refuse_part(a);
}

/* CURLOPT_WRITEFUNCTION: a piece of the body. What is returned is other than
 * its length only to pause or to give up. */
static size_t
on_write(char *data, size_t size, size_t count, void *arg)
{
	struct attempt *a = arg;
	size_t len = size * count;

	if (is_full(a))
		return wait_for_room(a);
	if (!is_paid(a, len))
		return wait_for_rate(a);
	count_received(a, len);
	if (a->spec.resume && !a->content.begun && !attempt_judge_part(a))
		return 0;
	if (!a->content.begun)
		begin_content(a);
	if (a->content.decoder)
		return decode(a, data, len);
	return accept_decoded(a, data, len) ? len : 0;
}

/* Another head begins, after a 1xx or a 401: forget the headers of the one
 * before. */
static void
begin_head(struct attempt *a)
{
	buf_clear(&a->headers);
	a->has_quota_header = a->has_type = false;
}

/* After a 417 the request is sent again. Who refuses to read a body often
 * closes the connection, too, and the repeat would run into that: it gets
 * another. */
static void
forbid_reuse_after_417(struct attempt *a)
{
	if (a->head.status != 417)
		return;
	curl_easy_setopt(a->easy, CURLOPT_FORBID_REUSE, 1L);
	a->set_closing = true;
}

/* Note where the Content-Type is, if the line that comes is one. */
static void
note_type(struct attempt *a, const char *line, size_t len)
{
	if (len < strlen(TYPE_FIELD) || ascii_lower(*line) != 'c' ||
	    strncasecmp(line, TYPE_FIELD, strlen(TYPE_FIELD)) != 0)
		return;
	a->has_type = true;
	a->type_line = a->headers.len;
}

/* CURLOPT_HEADERFUNCTION: a line of a head, or a trailer. */
static size_t
on_header(char *data, size_t size, size_t count, void *arg)
{
	struct attempt *a = arg;
	size_t len = size * count;
	uint64_t max = a->engine->options->max_headers;

	a->headers_total += len;
	if (max && a->headers_total > max) {
		failure_set(&a->failure, ERROR_PROTOCOL, "header too long", 0,
		    "the answer has more than %" PRIu64 " bytes of headers",
		    max);
		return 0;
	}
	if (a->engine->options->keep & KEEP_HEADS)
		buf_add(&a->heads, data, len);
	if (head_begins(&a->head, data, len, a->wire_count))
		begin_head(a);
	else if (a->head.ended)
		return len; /* a trailer: -D wants it, nobody else */
	if (head_take(&a->head, data, len, a->wire_count, &a->failure))
		return 0;
	forbid_reuse_after_417(a);
	a->has_quota_header |= limits_is_one(data, len);
	note_type(a, data, len);
	buf_add(&a->headers, data, len);
	return len;
}

/* May the request be sent again? libcurl does so by itself: for the second
 * round of an authentication, without Expect after a 417, or because a
 * connection that was kept turns out to be dead. It sends a POST again, too;
 * the server may have processed it. */
static bool
may_send_again(struct attempt *a)
{
	if (resend_allows(hop_resend_method(a->spec.hop, a->spec.request),
	        a->wire, RESEND_ROUND))
		return true;
	failure_set(&a->failure, ERROR_RESET, "maybe processed", 0,
	    "the connection broke after the request was sent");
	return false;
}

/* May the request go to this address? */
static bool
may_reach(struct attempt *a, const char *ip)
{
	/* One of several addresses was refused in on_open_socket, and libcurl
	 * has tried the next one. That will not do: the failure is set, so that
	 * the answer would be thrown away. */
	if (a->failure.class != ERROR_NONE)
		return false;
	/* A proxy's address is the user's own choice. */
	if (a->proxy || !address_is_guarded(a) || !guard_is_private(ip))
		return true;
	address_refuse(a, NULL, ip);
	return false;
}

/* After a 417 libcurl leaves out the Expect that it has added itself, but not
 * one of -H: that one takes another attempt. */
static bool
may_expect(struct attempt *a)
{
	if (a->head.status != 417 || a->spec.hop->no_expect ||
	    !request_headers_find(&a->spec.request->options->headers, "Expect"))
		return true;
	failure_set(&a->failure, ERROR_LOCAL, ENGINE_EXPECT_REFUSED, 417,
	    "it is sent again without Expect");
	return false;
}

/* May the request go out now, by the rate limits? */
static bool
is_admitted(struct attempt *a)
{
	struct engine_hooks *hooks = &a->engine->hooks;

	if (hooks->on_wire(hooks->arg, a->spec.owner, clock_now_us()))
		return true;
	failure_set(&a->failure, ERROR_LOCAL, ENGINE_NOT_ADMITTED, 0,
	    "it must wait for a rate limit before it is sent again");
	return false;
}

/* CURLOPT_PREREQFUNCTION: called once for each copy of the request, right
 * before it is sent, also for those that libcurl repeats silently. */
static int
on_prereq(void *arg, char *ip, char *local_ip, int port, int local_port)
{
	struct attempt *a = arg;

	(void)local_ip;
	(void)port;
	(void)local_port;
	a->wire = attempt_wire(a);
	a->sending = false;
	a->wire_count++;
	sockets_await_no_more(a);
	if (a->wire_us < 0)
		a->wire_us = clock_now_us();
	if (!may_reach(a, ip) || !may_send_again(a) || !may_expect(a) ||
	    !is_admitted(a))
		return CURL_PREREQFUNC_ABORT;
	a->sending = true;
	a->sent_before = attempt_sent(a);
	a->stream = (struct stream){0};
	a->head.status = 0;
	return CURL_PREREQFUNC_OK;
}

/* CURLOPT_OPENSOCKETFUNCTION: where it is libcurl that looks the name up, a
 * private address is refused here, before a SYN is sent to it. A socket with a
 * path is the user's own choice. */
static curl_socket_t
on_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct attempt *a = arg;
	char ip[INET6_ADDRSTRLEN] = "";

	(void)purpose;
	if (!a->proxy && address->family != AF_UNIX && address_is_guarded(a) &&
	    guard_address_is_private(&address->addr)) {
		getnameinfo(&address->addr, address->addrlen, ip, sizeof(ip),
		    NULL, 0, NI_NUMERICHOST);
		address_refuse(a, NULL, ip);
		return CURL_SOCKET_BAD;
	}
	return sockets_add(a, address);
}

/* --- what passes on the wire: for -v, and for results that hold it -------- */

enum {
	LINE_SHOWN = 1000 /* bytes of a line that -v shows */
};

/* Does the line go on with the header before it (RFC 9112, 5.2)? Then there is
 * no name by which to judge whether it is a secret. */
static bool
is_continuation(const char *line, size_t len)
{
	return len > 2 && ascii_is_blank(*line);
}

void
attempt_begin_trace(struct attempt *a)
{
	const struct attempt_spec *s = &a->spec;
	struct buf what = {0};

	if (log_get_level() < LOG_VERBOSE)
		return;
	buf_clear(&a->tag);
	request_add_number(s->request, &a->tag);
	if (s->number > 1) {
		buf_addf(&a->tag, "#%u", s->number);
		buf_addf(&what, "attempt %u%s: ", s->number,
		    s->own_connection ? ", a second copy (--hedge)" : "");
	}
	if (s->hop->number)
		buf_addf(&what, "redirect %u: ", s->hop->number);
	log_trace(a->tag.data, "* %s%s %s", buf_text(&what),
	    hop_method(s->hop, s->request), hop_url(s->hop, s->request));
	buf_release(&what);
}

/* Show a line of the wire for -v, without secrets and without its end. */
static void
show_line(
    const struct attempt *a, const char *mark, const char *line, size_t len)
{
	struct buf shown = {0};

	while (len && (line[len - 1] == '\n' || line[len - 1] == '\r'))
		len--;
	redact_add(&shown, REDACT_WIRE, line, len);
	log_trace(
	    buf_text(&a->tag), "%s %.*s", mark, LINE_SHOWN, buf_text(&shown));
	buf_release(&shown);
}

static void
show_lines(
    const struct attempt *a, const char *mark, const char *text, size_t len)
{
	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t n = end ? (size_t)(end - text) + 1 : len;

		show_line(a, mark, text, n);
		text += n;
		len -= n;
	}
}

/* Does libcurl only think aloud how it chooses a connection? What it chose is
 * said by another line. */
static bool
is_of_no_use(const char *text, size_t len)
{
	static const char *const begins[] = {"Found bundle for host",
	    "Can not multiplex, even if we wanted to",
	    "Can multiplex, but not asked to",
	    "Could multiplex, but not asked to",
	    "Server doesn't support multiplex", "Multiplexed connection found",
	    "Found pending candidate for reuse"};

	for (size_t i = 0; i < sizeof(begins) / sizeof(*begins); i++)
		if (len >= strlen(begins[i]) &&
		    memcmp(text, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

/* Keep what was sent of a request. Of several, for a 401 round or a CONNECT,
 * the last one counts: a new one begins where an empty line has ended the
 * other. */
static void
note_request(struct attempt *a, const char *data, size_t len)
{
	static const char end[] = "\r\n\r\n";
	struct buf *kept = &a->request_headers;

	if (!(a->engine->options->keep & KEEP_REQUEST_HEADERS))
		return;
	if (kept->len >= 4 && memcmp(kept->data + kept->len - 4, end, 4) == 0)
		buf_clear(kept);
	buf_add(kept, data, len);
}

/* CURLOPT_DEBUGFUNCTION: all that passes on the wire, and what libcurl says of
 * it. */
static int
on_debug(CURL *easy, curl_infotype type, char *data, size_t len, void *arg)
{
	struct attempt *a = arg;

	(void)easy;
	if (type == CURLINFO_HEADER_OUT)
		note_request(a, data, len);
	if (log_get_level() < LOG_VERBOSE)
		return 0;
	if (type == CURLINFO_TEXT && !is_of_no_use(data, len))
		show_lines(a, "*", data, len);
	else if (type == CURLINFO_HEADER_OUT)
		show_lines(a, ">", data, len);
	else if (type == CURLINFO_HEADER_IN && is_continuation(data, len))
		show_line(a, "<", "  ***", 5);
	else if (type == CURLINFO_HEADER_IN)
		show_lines(a, "<", data, len);
	return 0;
}

/* libcurl formats all that passes only for who wants to see it. */
static void
set_up_trace(struct attempt *a)
{
	const struct fetch_options *o = a->engine->options;

	if (log_get_level() < LOG_VERBOSE && !(o->keep & KEEP_REQUEST_HEADERS))
		return;
	curl_easy_setopt(a->easy, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(a->easy, CURLOPT_DEBUGFUNCTION, on_debug);
	curl_easy_setopt(a->easy, CURLOPT_DEBUGDATA, a);
}

void
attempt_set_callbacks(struct attempt *a)
{
	CURL *easy = a->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, a);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, a->error);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_write);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, a);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, a);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, upload_read);
	curl_easy_setopt(easy, CURLOPT_READDATA, &a->upload);
	curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, upload_seek);
	curl_easy_setopt(easy, CURLOPT_SEEKDATA, &a->upload);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_prereq);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, a);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, a);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, sockets_close);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, a->engine);
	set_up_trace(a);
}
