/*
 * --feed: the inputs of a source, put into a queue in batches.
 *
 * The queue knows how many inputs are in, and a digest of them; a batch is
 * added only where it joins on. So the same command can be started again at any
 * time: it reads its list up to there, compares the digest, and goes on. What a
 * server forgets when it crashes is sent again, as batches are kept for some
 * seconds.
 *
 * From the top: batches, what the queue answers, sending, the walk over the
 * source, and the command.
 */
#include "config.h"

#include "command/command.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/siphash.h"
#include "base/xalloc.h"
#include "command/queue_progress.h"
#include "command/queue_session.h"
#include "display/failures.h"
#include "input/queued.h"
#include "input/source.h"
#include "process/log.h"

enum {
	BATCH_INPUTS = 1000,
	BATCH_BYTES = 256 * 1024,
	FLIGHT_MAX = 8,        /* batches that are not answered */
	KEPT_BYTES = 64 << 20, /* of batches that are in */
	KEPT_US = 5000000,     /* how long they are kept */
	POLL_US = 250000,      /* while the queue is full, or taken */
	DIGEST_SIZE = 33
};

/* --- batches -------------------------------------------------------------- */

enum batch_state {
	BATCH_READY, /* to be sent, maybe again */
	BATCH_SENT,  /* not answered */
	BATCH_IN     /* in the queue; kept in case that the server forgets it */
};

struct batch {
	struct list link;
	enum batch_state state;
	uint64_t first; /* n of its first input */
	uint64_t count;
	bool is_last;             /* the list ends with it */
	char before[DIGEST_SIZE]; /* of all inputs before it */
	char after[DIGEST_SIZE];  /* and with it */
	struct buf bytes;         /* its strings, side by side */
	uint32_t *lens;           /* of each */
	size_t lens_len;
	int64_t in_us; /* when it was answered */
	struct feeder *feeder;
};

struct feeder {
	struct queue_session *session;
	const struct options *options;
	struct source *source;
	struct failures *failures;
	struct queue_progress *progress;
	struct list batches; /* the oldest first */
	size_t batches_bytes;
	struct batch *filling;     /* not in the list yet; or NULL */
	struct siphash_key digest; /* of all inputs that were read */
	uint64_t n;                /* the last input that was read */
	struct queued_fields fields;
	unsigned flight;  /* calls that are not answered */
	uint64_t in;      /* inputs that are in, as of the last answer */
	int64_t left;     /* inputs without a record, likewise */
	int64_t total;    /* -1: the queue is not complete */
	uint64_t skipped; /* inputs that were in when we came */
	char theirs[DIGEST_SIZE]; /* of what was in */
	bool has_begun;           /* the queue has said what is in */
	bool has_read;            /* the source has ended */
	struct request *held;     /* read, and not in a batch so far; or NULL */
	bool is_full;             /* --queue-max is reached */
	bool said_full;           /* the first time */
	bool lacks_memory;
	bool has_left;      /* the last call is made */
	struct event input; /* the source has more */
	bool waits;         /* for that */
};

static void
add_string(struct batch *b, const char *text, size_t len)
{
	buf_add(&b->bytes, text, len);
	b->lens = xgrow(b->lens, b->lens_len, sizeof(*b->lens));
	b->lens[b->lens_len++] = (uint32_t)len;
}

static void
write_digest(const struct siphash_key *digest, char out[DIGEST_SIZE])
{
	snprintf(out, DIGEST_SIZE, "%016" PRIx64 "%016" PRIx64,
	    digest->words[0], digest->words[1]);
}

static void
free_batch(struct batch *b)
{
	if (!b)
		return;
	buf_release(&b->bytes);
	free(b->lens);
	free(b);
}

static struct batch *
new_batch(struct feeder *f)
{
	struct batch *b = xcalloc(1, sizeof(*b));

	b->feeder = f;
	b->first = f->n + 1;
	write_digest(&f->digest, b->before);
	return b;
}

static struct batch *
batch_of(struct list *link)
{
	return container_of(link, struct batch, link);
}

/* Forget batches that the server has had for long, or too many. */
static void
drop_old(struct feeder *f)
{
	int64_t now = clock_now_us();

	while (!list_empty(&f->batches)) {
		struct batch *b = batch_of(f->batches.next);

		if (b->state != BATCH_IN ||
		    (now - b->in_us < KEPT_US && f->batches_bytes < KEPT_BYTES))
			return;
		f->batches_bytes -= b->bytes.len;
		list_remove(&b->link);
		free_batch(b);
	}
}

static struct batch *
first_ready(struct feeder *f)
{
	LIST_FOREACH (link, &f->batches)
		if (batch_of(link)->state == BATCH_READY)
			return batch_of(link);
	return NULL;
}

/* --- answers -------------------------------------------------------------- */

static void leave(struct feeder *);
static void leave_for(struct feeder *, const char *token);

/* The list is another one, as `problem` says. */
static void
fail_other_list(struct feeder *f, const char *problem)
{
	if (f->session->leaves)
		return;
	log_answer("--feed: the queue \"%s\" %s; feed this one under another "
	           "name",
	    f->session->address.name, problem);
	session_leave_soon(f->session, STATUS_USAGE);
	leave(f);
}

static void
fail_other_beginning(struct feeder *f, uint64_t same)
{
	char *problem = xasprintf("holds another list: its first %" PRIu64
	                          " input%s not these",
	    same, same == 1 ? " is" : "s are");

	fail_other_list(f, problem);
	free(problem);
}

/* What the server says of it (queue/scripts.h). */
static void
fail_refused_list(struct feeder *f, const char *error)
{
	if (strstr(error, "is complete"))
		fail_other_list(
		    f, "is complete, and this list has more inputs");
	else
		fail_other_beginning(f, f->in ? f->in : f->skipped);
}

/* Take over what an answer tells. False: it is an error, which is dealt
 * with. */
static bool
take_answer(
    struct feeder *f, enum queue_end end, const struct queue_reply *reply)
{
	const char *error;
	char *token;

	if (end == QUEUE_OOM) {
		if (!f->lacks_memory)
			log_note("--feed: %s is out of memory (maxmemory): "
			         "waiting for workers and --results",
			    f->session->address.shown);
		f->lacks_memory = true;
		session_wake(f->session, POLL_US);
		return false;
	}
	if (end == QUEUE_REFUSED && session_error(reply, "LIST")) {
		fail_refused_list(f, reply->text);
		return false;
	}
	if (end == QUEUE_REFUSED && session_error(reply, "FOREIGN")) {
		session_fail(f->session, STATUS_USAGE,
		    "--feed: the queue \"%s\" holds what no --feed has put in "
		    "(XADD); feed the list under another name",
		    f->session->address.name);
		return false;
	}
	error = end == QUEUE_REFUSED ? session_error(reply, "TAKEN ") : NULL;
	if (error) {
		if (session_taken(f->session, error, &token)) {
			if (token)
				leave_for(f, token);
			else
				session_wake(f->session, POLL_US);
		}
		free(token);
		return false;
	}
	if (end == QUEUE_REFUSED && !*f->session->identity &&
	    session_error(reply, "GONE")) {
		session_fail(f->session, STATUS_USAGE,
		    "--feed: of the queue \"%s\" only a part is left, as "
		    "others have deleted keys; delete gather:{%s}:*, or feed "
		    "the list under another name",
		    f->session->address.name, f->session->address.name);
		return false;
	}
	if (!session_answered(f->session, end, reply))
		return false;
	f->lacks_memory = false;
	f->in = (uint64_t)session_number(reply, 1);
	f->left = session_number(reply, 3);
	f->total = session_number(reply, 4);
	return true;
}

/* Note which batches are in, as of the last answer. What the server had and has
 * no more is to be sent again. */
static void
compare_batches(struct feeder *f)
{
	uint64_t next = f->in + 1;

	LIST_FOREACH (link, &f->batches) {
		struct batch *b = batch_of(link);
		bool in = b->first + b->count <= next &&
		          (!b->is_last || f->total >= 0);

		if (b->state == BATCH_IN && !in)
			b->state = BATCH_READY;
		if (b->state == BATCH_READY && b->first > next) {
			session_fail(f->session, STATUS_OUTPUT,
			    "--feed: the server has lost inputs from %" PRIu64
			    " on, which are not kept any more; run the same "
			    "command again",
			    next);
			return;
		}
		if (b->state == BATCH_READY && !in)
			return;
	}
}

static void pump(struct feeder *);

static void
on_batch(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	struct batch *b = arg;
	struct feeder *f = b->feeder;

	f->flight--;
	b->state = BATCH_READY;
	if (!take_answer(f, end, reply))
		return;
	if (session_number(reply, 5)) {
		b->state = BATCH_IN;
		b->in_us = clock_now_us();
	}
	compare_batches(f);
	pump(f);
}

/* The queue says what is in: the beginning, or a sign of life. */
static void
on_hello(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	struct feeder *f = arg;
	const struct queue_reply *digest = queue_reply_item(reply, 2);

	f->flight--;
	if (!take_answer(f, end, reply))
		return;
	if (!f->has_begun) {
		f->has_begun = true;
		f->skipped = f->in;
		snprintf(f->theirs, sizeof(f->theirs), "%s", digest->text);
		if (f->skipped)
			log_verbose("--feed: %" PRIu64 " inputs are in already",
			    f->skipped);
	}
	compare_batches(f);
	pump(f);
}

/* --- calls ---------------------------------------------------------------- */

/* The arguments up to the digests. */
static void
begin_call(struct feeder *f, const char *token, const char *mode,
    struct queue_args *args)
{
	const struct queue_session *s = f->session;

	queue_args_init(args);
	queue_args_add(args, s->identity);
	queue_args_add(args, token);
	queue_args_add(args, s->who);
	queue_args_add_number(args, SESSION_LEASE_MS);
	queue_args_add(args, queue_client_run_id(s->client));
	queue_args_add(args, mode);
}

static void
call_feed(struct feeder *f, struct queue_args *args,
    void (*done)(void *, enum queue_end, const struct queue_reply *), void *arg)
{
	const struct session_call call = {
	    .script = &queue_script_feed,
	    .keys = "q meta",
	    .done = done,
	    .arg = arg,
	};

	f->flight++;
	session_call(f->session, &call, args);
}

/* A call that puts nothing in. */
static void
call_without_inputs(struct feeder *f, const char *token, const char *mode,
    void (*done)(void *, enum queue_end, const struct queue_reply *))
{
	struct queue_args args;

	begin_call(f, token, mode, &args);
	queue_args_add(&args, "0");
	queue_args_add(&args, "");
	queue_args_add(&args, "");
	call_feed(f, &args, done, f);
}

/* Ask what is in, and renew the lease. */
static void
say_hello(struct feeder *f)
{
	call_without_inputs(f, f->session->token, "more", on_hello);
}

static void
send_batch(struct feeder *f, struct batch *b)
{
	struct queue_args args;
	const char *at = b->bytes.data;

	begin_call(f, f->session->token, b->is_last ? "end" : "more", &args);
	queue_args_add_number(&args, (int64_t)b->first);
	queue_args_add(&args, b->before);
	queue_args_add(&args, b->after);
	for (size_t i = 0; i < b->lens_len; i++) {
		queue_args_add_bytes(&args, at, b->lens[i]);
		at += b->lens[i];
	}
	b->state = BATCH_SENT;
	call_feed(f, &args, on_batch, b);
}

static void
on_left(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	struct feeder *f = arg;

	(void)end;
	(void)reply;
	f->flight--;
	session_end(f->session, f->session->leave_status);
}

/* Let another feeder begin at once, and end. */
static void
leave(struct feeder *f)
{
	if (f->has_left)
		return;
	f->has_left = true;
	session_leave_soon(f->session, EXIT_SUCCESS);
	call_without_inputs(f, f->session->token, "leave", on_left);
}

static void
on_dead_left(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	struct feeder *f = arg;

	f->flight--;
	if (end == QUEUE_ANSWERED || end == QUEUE_REFUSED)
		pump(f);
	(void)reply;
}

/* Step back in the place of a feeder that is dead. */
static void
leave_for(struct feeder *f, const char *token)
{
	call_without_inputs(f, token, "leave", on_dead_left);
}

/* --- the source ----------------------------------------------------------- */

/* Count the input into the digest: all but the name of its file, as the same
 * list may come through a pipe. */
static void
digest_fields(struct feeder *f)
{
	struct buf text = {0};
	struct siphash hash;

	for (size_t i = 0; i < f->fields.len; i++) {
		const struct queued_field *field = &f->fields.items[i];

		if (strcmp(field->name, "w") == 0)
			continue;
		buf_addf(&text, "%s%zu:", field->name, field->len);
		buf_add(&text, field->value, field->len);
	}
	hash = siphash_of(&f->digest, buf_text(&text), text.len);
	memcpy(f->digest.words, hash.words, sizeof(hash.words));
	buf_release(&text);
}

/* Where a line stands is only told of a bad one: the name of its file would
 * take a quarter of the memory that an input does. */
static bool
is_sent(const struct queued_field *field, bool bad)
{
	return bad || strcmp(field->name, "w") != 0;
}

static void
add_to_batch(struct feeder *f, bool bad)
{
	struct batch *b = f->filling;
	char count[24];
	size_t strings = 0;
	int len;

	for (size_t i = 0; i < f->fields.len; i++)
		strings += is_sent(&f->fields.items[i], bad) ? 2 : 0;
	len = snprintf(count, sizeof(count), "%zu", strings);
	add_string(b, count, (size_t)len);
	for (size_t i = 0; i < f->fields.len; i++) {
		const struct queued_field *field = &f->fields.items[i];

		if (!is_sent(field, bad))
			continue;
		add_string(b, field->name, strlen(field->name));
		add_string(b, field->value, field->len);
	}
	b->count++;
}

/* All that was in when we came is read: was it the same? */
static void
check_skipped(struct feeder *f)
{
	char ours[DIGEST_SIZE];

	write_digest(&f->digest, ours);
	if (f->n != f->skipped || strcmp(ours, f->theirs) != 0)
		fail_other_beginning(f, f->skipped);
	else if (f->total < 0)
		log_note("--feed: going on behind input %" PRIu64, f->n);
}

static void
take_request(struct feeder *f, const struct request *r)
{
	bool in = f->n < f->skipped;

	if (!in && !f->filling)
		f->filling = new_batch(f);
	f->n++;
	queued_write(&f->fields, r);
	digest_fields(f);
	if (in) {
		if (f->n == f->skipped)
			check_skipped(f);
		return;
	}
	if (r->invalid)
		failures_add_invalid(f->failures, r);
	add_to_batch(f, r->invalid != NULL);
}

static void
on_input(evutil_socket_t fd, short what, void *arg)
{
	struct feeder *f = arg;

	(void)fd;
	(void)what;
	f->waits = false;
	source_fill(f->source);
	pump(f);
}

static void
wait_for_input(struct feeder *f)
{
	f->waits = true;
	event_assign(&f->input, f->session->base, source_fd(f->source), EV_READ,
	    on_input, f);
	event_add(&f->input, NULL);
}

static bool
is_filled(const struct feeder *f)
{
	return f->filling && (f->filling->count >= BATCH_INPUTS ||
	                         f->filling->bytes.len >= BATCH_BYTES);
}

/* Inputs that are read and not in. */
static uint64_t
ahead(const struct feeder *f)
{
	return f->n > f->in ? f->n - f->in : 0;
}

/* Is the queue as full as --queue-max allows? */
static bool
is_full(struct feeder *f)
{
	uint64_t max = f->options->queue.max;
	bool full = f->n >= f->skipped && !f->has_read &&
	            (uint64_t)f->left + ahead(f) >= max;

	if (full && !f->said_full)
		log_note("--feed: %" PRIu64 " input%s (--queue-max): "
		         "pausing until workers have fetched some",
		    (uint64_t)f->left + ahead(f),
		    f->left + (int64_t)ahead(f) == 1 ? " waits" : "s wait");
	f->said_full |= full;
	f->is_full = full;
	return full;
}

static void
drop_held(struct feeder *f)
{
	request_free(f->held);
	f->held = NULL;
}

/* Read on until a batch is filled, or for one turn of the loop. A request is
 * read before it is known whether there is room for it, so that a list of just
 * as many as --queue-max allows is known to be complete. */
static void
read_source(struct feeder *f)
{
	for (int steps = 0; steps < BATCH_INPUTS && !f->session->leaves &&
	                    !f->has_read && !f->waits && !is_filled(f);
	     steps++) {
		if (f->held && is_full(f))
			return;
		if (f->held) {
			take_request(f, f->held);
			drop_held(f);
		}
		switch (source_next(f->source, &f->held)) {
		case SOURCE_REQUEST: break;
		case SOURCE_BUSY: break;
		case SOURCE_WAIT: wait_for_input(f); break;
		case SOURCE_END: f->has_read = true; break;
		}
	}
}

/* The next batch of what is read; NULL: there is none yet. A part of one goes
 * out when nothing else is to be done. */
static struct batch *
take_filled(struct feeder *f)
{
	struct batch *b = f->filling;
	bool last = f->has_read;

	if (last && f->n < f->skipped)
		check_skipped(f);
	if (f->session->leaves || f->n < f->skipped)
		return NULL;
	if (!b && last)
		b = new_batch(f);
	if (!b ||
	    !(last || is_filled(f) || ((f->waits || f->is_full) && !f->flight)))
		return NULL;
	b->is_last = last;
	write_digest(&f->digest, b->after);
	f->filling = NULL;
	list_push_back(&f->batches, &b->link);
	f->batches_bytes += b->bytes.len;
	return b;
}

/* The next batch to be sent, one that the server has lost first. */
static struct batch *
next_batch(struct feeder *f)
{
	struct batch *b = first_ready(f);
	bool has_last =
	    !list_empty(&f->batches) && batch_of(f->batches.prev)->is_last;

	if (b || has_last)
		return b;
	read_source(f);
	return take_filled(f);
}

/* Is a batch to be sent again, before which others are under way? They would
 * not join on, so all of them are answered first. */
static bool
is_rewinding(struct feeder *f)
{
	struct batch *b = first_ready(f);

	return b && f->flight && b->in_us;
}

static bool
is_complete(const struct feeder *f)
{
	const struct batch *b =
	    list_empty(&f->batches) ? NULL : batch_of(f->batches.prev);

	return b && b->is_last && b->state == BATCH_IN;
}

/* --- the command ---------------------------------------------------------- */

/* Do what can be done now. */
static void
pump(struct feeder *f)
{
	struct queue_session *s = f->session;
	struct batch *b;

	if (s->ended)
		return;
	if (!f->has_begun && !s->leaves) {
		if (!f->flight)
			say_hello(f);
		return;
	}
	drop_old(f);
	while (!s->leaves && f->flight < FLIGHT_MAX && !is_rewinding(f) &&
	       (b = next_batch(f)))
		send_batch(f, b);
	if (s->ended || f->flight)
		return;
	if (s->leaves || is_complete(f))
		leave(f);
	else if (f->is_full)
		session_wake(s, POLL_US);
	else if (!f->waits)
		session_wake(s, 0);
}

static void
on_turn(void *arg)
{
	struct feeder *f = arg;

	if (f->is_full && !f->flight && !f->session->leaves)
		say_hello(f);
	else
		pump(f);
}

static void
on_renew(void *arg)
{
	struct feeder *f = arg;

	if (f->has_begun && !f->flight && !f->session->leaves)
		say_hello(f);
}

static void
on_connected(void *arg)
{
	pump(arg);
}

/* What is under way is waited for, for a while. */
static void
on_stop(void *arg)
{
	struct feeder *f = arg;
	struct queue_session *s = f->session;

	if (!f->has_begun) {
		session_end(s, s->stop_status);
		return;
	}
	session_leave_soon(s, s->stop_status);
	if (!f->flight)
		pump(f);
}

static void
fill_figures(void *arg, struct progress_figures *figures)
{
	const struct feeder *f = arg;

	figures->done = f->in;
	figures->total = source_total(f->source);
	figures->waiting = session_waiting(f->session);
	if (figures->waiting)
		return;
	figures->waiting = f->is_full        ? "the queue is full"
	                   : f->lacks_memory ? "the server is out of memory"
	                                     : NULL;
}

/* Say what was done, and what is to be done. */
static void
report(const struct feeder *f)
{
	const char *name = f->session->address.name;
	uint64_t fed = f->in > f->skipped ? f->in - f->skipped : 0;
	uint64_t bad = failures_count(f->failures);

	failures_finish(f->failures);
	if (f->session->stopped && f->has_begun)
		log_note("fed %" PRIu64
		         " input%s so far; repeat the command to "
		         "feed the rest",
		    f->in, f->in == 1 ? "" : "s");
	if (f->session->stopped || f->session->status != EXIT_SUCCESS)
		return;
	if (f->skipped && !fed)
		log_note("the queue \"%s\" has all %" PRIu64
		         " inputs of the list already",
		    name, f->in);
	else
		log_note("fed %" PRIu64 " input%s; the queue \"%s\" is "
		         "complete with %" PRIu64,
		    fed, fed == 1 ? "" : "s", name, f->in);
	if (bad)
		log_note("%" PRIu64 " of them %s bad; the records will say so",
		    bad, bad == 1 ? "is" : "are");
}

static void
release(struct feeder *f)
{
	if (f->waits)
		event_del(&f->input);
	while (!list_empty(&f->batches)) {
		struct batch *b = batch_of(f->batches.next);

		list_remove(&b->link);
		free_batch(b);
	}
	free_batch(f->filling);
	drop_held(f);
	queued_fields_release(&f->fields);
	failures_free(f->failures);
}

int
command_queue_feed(const struct options *o)
{
	static const struct session_role role = {
	    .option = "--feed",
	    .on_connected = on_connected,
	    .on_stop = on_stop,
	    .on_turn = on_turn,
	    .on_renew = on_renew,
	};
	struct feeder f = {.options = o, .total = -1};
	struct queue_session *session;
	char *cause = NULL;
	int status;

	f.source = source_open(&o->input, &o->run.request, &cause);
	if (!f.source)
		return exit_usage(cause);
	session = f.session = session_open(o, &role, &f, &cause);
	if (!session) {
		source_free(f.source);
		return exit_usage(cause);
	}
	list_init(&f.batches);
	f.failures = failures_new();
	f.progress = queue_progress_new(
	    session->base, &o->run.progress, fill_figures, &f);
	status = session_loop(session);
	queue_progress_free(f.progress);
	report(&f);
	release(&f);
	source_free(f.source);
	return session_conclude(session, status);
}
