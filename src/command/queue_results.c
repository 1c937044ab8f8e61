/*
 * --results: the records of a queue, on stdout, until every input has one.
 *
 * A record stays at the server until it was written, and synced where stdout is
 * a file. With what is removed the server is told where the file ends then. So
 * the same command can be started again at any time: what stands behind that
 * place was written and not removed, and comes again; the writer compares it
 * and writes the rest.
 *
 * From the top: reading, writing, the calls, the beginning, the end, and the
 * command. What is known of each input is in queue_inputs.c.
 */
#include "config.h"

#include "command/command.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/xalloc.h"
#include "command/queue_inputs.h"
#include "command/queue_place.h"
#include "command/queue_progress.h"
#include "command/queue_session.h"
#include "order/order.h"
#include "process/environment.h"
#include "process/log.h"
#include "writer/writer.h"

enum {
	READ_INPUTS = 1000,       /* in one answer */
	READ_BYTES = 4 << 20,     /* likewise, or one input */
	REMOVE_MOST = 1000,       /* in one call */
	UNREMOVED_MAX = 32 << 20, /* bytes that are written or on their way */
	POLL_US = 50000,          /* while nothing comes */
	RETRY_US = 250000,        /* while the queue is not there, or taken */
	NAMED_MOST = 10           /* inputs in a message */
};

struct sync_task;

struct reader {
	struct queue_session *session;
	const struct options *options;
	struct writer *writer;
	struct order *order;
	struct queue_progress *progress;
	struct event writer_ready;
	bool watches_writer;
	struct event reader_gone; /* of the pipe that stdout is */
	struct inputs in;
	size_t written;         /* so many removals are */
	size_t asked;           /* so many are in the call that is under way */
	struct sync_task *sync; /* under way; or NULL */
	struct place place;     /* where what is written ends */
	bool knows_place;
	bool tells_place; /* though nothing is removed */
	char cursor[48];  /* id of the last entry that was read */
	bool calls;       /* a call is under way */
	bool reads;       /* and it reads */
	bool has_begun;
	bool said_absent; /* that there is no queue */
	bool more;        /* the last answer was not the end of it */
	bool at_end;      /* every input has a record, or will never */
	bool finished;    /* the order is */
	bool broken;      /* stdout takes no more */
	bool left;        /* the last call is made */
	int64_t start_us;
	int64_t fed, total, left_inputs, held, all_written, all_failed;
	uint64_t failed[NAMED_MOST]; /* the first that were read here */
	size_t failed_len;
};

static void pump(struct reader *);
static void begin(struct reader *, const struct queue_reply *);
static void conclude(struct reader *);

/* --- reading -------------------------------------------------------------- */

/* The field of that name among the fields of an entry. */
static const struct queue_reply *
field(const struct queue_reply *fields, const char *name)
{
	for (size_t i = 0; i + 1 < fields->count; i += 2)
		if (queue_reply_is(queue_reply_item(fields, i), name))
			return queue_reply_item(fields, i + 1);
	return queue_reply_item(fields, fields->count);
}

static void
note_failed(struct reader *r, uint64_t n)
{
	if (r->failed_len < NAMED_MOST)
		r->failed[r->failed_len++] = n;
}

static void
take_entry(struct reader *r, const struct queue_reply *id, bool put,
    const struct queue_reply *fields)
{
	const struct queue_reply *records = field(fields, "r");
	bool ok = queue_reply_is(field(fields, "s"), "1");
	struct removal removal = {.bytes = records->len, .kind = '2'};
	int64_t n = 0;

	snprintf(removal.id, sizeof(removal.id), "%s", id->text);
	snprintf(r->cursor, sizeof(r->cursor), "%s", id->text);
	queue_reply_number(field(fields, "n"), &n);
	removal.n = n > 0 ? (uint64_t)n : 0;
	if (put || n < 1 || n > r->fed || !inputs_is_new(&r->in, removal.n)) {
		inputs_add_removal(&r->in, &removal);
		return;
	}
	removal.kind = ok ? '1' : '0';
	if (!ok)
		note_failed(r, removal.n);
	inputs_put(&r->in, &removal, records);
}

/* The figures of an answer, and its entries. */
static void
take_answer(struct reader *r, const struct queue_reply *reply)
{
	enum {
		FIGURES = 9
	};

	r->fed = session_number(reply, 1);
	r->total = session_number(reply, 2);
	r->left_inputs = session_number(reply, 3);
	r->held = session_number(reply, 4);
	r->all_written = session_number(reply, 5);
	r->all_failed = session_number(reply, 6);
	r->more = reply->count > FIGURES;
	for (size_t i = FIGURES; i + 2 < reply->count; i += 3)
		take_entry(r, queue_reply_item(reply, i),
		    session_number(reply, i + 1) == 1,
		    queue_reply_item(reply, i + 2));
}

/* --- writing -------------------------------------------------------------- */

struct sync_task {
	struct writer_task task;
	struct reader *reader;
	size_t upto; /* so many removals are written then */
	struct place place;
};

/* On the writer's thread: all that was queued before is written. */
static void
perform_sync(struct writer_task *task, struct writer *w)
{
	struct sync_task *t = container_of(task, struct sync_task, task);

	t->place = stdout_place();
	t->place.at -= writer_has_left(w);
	if (t->place.is_file && fdatasync(STDOUT_FILENO) && errno != EINVAL &&
	    errno != ENOSYS)
		writer_fail(
		    w, errno, "cannot sync stdout: %s", io_error(errno));
}

static void
on_synced(struct writer_task *task)
{
	struct sync_task *t = container_of(task, struct sync_task, task);
	struct reader *r = t->reader;

	if (r && !writer_error(r->writer, NULL)) {
		r->written = t->upto;
		r->place = t->place;
	}
	if (r)
		r->sync = NULL;
	free(t);
}

/* Have what was emitted synced, if that is not under way. */
static void
start_sync(struct reader *r)
{
	struct sync_task *t;

	if (r->sync || r->written == r->in.removals_len)
		return;
	t = xcalloc(1, sizeof(*t));
	t->task.perform = perform_sync;
	t->task.done = on_synced;
	t->reader = r;
	t->upto = r->in.removals_len;
	r->sync = t;
	writer_submit(r->writer, &t->task);
}

/* Does stdout take what comes? */
static bool
has_room(struct reader *r)
{
	return writer_pending(r->writer) < WRITER_STDOUT_MAX / 2 &&
	       r->in.unremoved_bytes < UNREMOVED_MAX && !inputs_lag(&r->in);
}

/* --- calls ---------------------------------------------------------------- */

/* While the queue is not there yet, or somebody else may read it, ask again. */
static void
on_refused(struct reader *r, const struct queue_reply *reply)
{
	const char *error = session_error(reply, "TAKEN ");
	bool absent = !*r->session->identity && session_error(reply, "GONE");
	char *token;

	if (error) {
		if (session_taken(r->session, error, &token)) {
			if (token) { /* it is dead: take its place */
				free(r->session->token);
				r->session->token = xstrdup(token);
			}
			session_wake(r->session, token ? 0 : RETRY_US);
		}
		free(token);
		return;
	}
	if (absent &&
	    clock_now_us() - r->start_us < r->options->queue.timeout_us) {
		if (!r->said_absent)
			log_note("waiting for --feed: there is no queue \"%s\" "
			         "at %s yet",
			    r->session->address.name,
			    r->session->address.shown);
		r->said_absent = true;
		session_wake(r->session, RETRY_US);
		return;
	}
	session_answered(r->session, QUEUE_REFUSED, reply);
}

static void
on_answer(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	struct reader *r = arg;

	r->calls = false;
	if (end == QUEUE_REFUSED) {
		on_refused(r, reply);
		return;
	}
	if (end == QUEUE_OOM) {
		session_wake(r->session, RETRY_US);
		return;
	}
	if (!session_answered(r->session, end, reply))
		return;
	inputs_drop_removed(&r->in, r->asked);
	r->written -= r->asked;
	if (r->sync)
		r->sync->upto -= r->asked;
	r->asked = 0;
	take_answer(r, reply);
	if (r->left)
		conclude(r);
	else if (!r->has_begun)
		begin(r, reply);
	else
		pump(r);
}

static void
add_removals(const struct reader *r, struct queue_args *args)
{
	for (size_t i = 0; i < r->asked; i++) {
		const struct removal *removal = &r->in.removals[i];

		queue_args_add(args, removal->id);
		queue_args_add_number(args, (int64_t)removal->n);
		queue_args_add_number(args, (int64_t)removal->bytes);
		queue_args_add_bytes(args, &removal->kind, 1);
	}
}

/* Where those end that are removed: there may be more that is written. Borrowed
 * until the next call. */
static const char *
place_of_asked(const struct reader *r)
{
	static char text[PLACE_TEXT];
	struct place place = r->place;

	if (!place.is_file || !(r->asked || r->tells_place))
		return "";
	for (size_t i = r->asked; i < r->written; i++)
		if (r->in.removals[i].kind != '2')
			place.at -= r->in.removals[i].bytes;
	place_write(&place, text);
	return text;
}

/* Remove what is written, and read `most` inputs. */
static void
call_results(struct reader *r, int64_t most)
{
	const struct queue_session *s = r->session;
	const struct session_call call = {
	    .script = &queue_script_results,
	    .keys = "q out meta put",
	    .done = on_answer,
	    .arg = r,
	};
	struct queue_args args;

	queue_args_init(&args);
	queue_args_add(&args, s->identity);
	queue_args_add(&args, s->token);
	queue_args_add(&args, s->who);
	queue_args_add_number(&args, SESSION_LEASE_MS);
	queue_args_add(&args, r->cursor);
	queue_args_add_number(&args, most);
	queue_args_add_number(&args, READ_BYTES);
	queue_args_add(&args, r->left ? "1" : "0");
	r->asked = r->written < REMOVE_MOST ? r->written : REMOVE_MOST;
	queue_args_add(&args, place_of_asked(r));
	add_removals(r, &args);
	r->calls = true;
	r->reads = most > 0;
	session_call(r->session, &call, &args);
}

/* --- the beginning -------------------------------------------------------- */

/* What stands behind the place was written by an earlier reader, and not
 * removed. */
static void
compare_present(struct reader *r, uint64_t from)
{
	struct file_range range = {from, r->place.at - from};
	struct buf present = {0};

	if (stdout_read_back(range, &present))
		writer_has(r->writer, &present);
	else
		log_note("--results: what was written last cannot be read "
		         "back; a few records may be there twice");
	buf_release(&present);
}

/* The records before went somewhere else than to stdout. */
static void
note_other_file(const struct reader *r)
{
	if (r->total >= 0 && r->all_written == r->total)
		log_note("--results: all %" PRId64 " record%s of the queue "
		         "went to another file before",
		    r->total, r->total == 1 ? "" : "s");
	else if (r->place.is_file && (r->all_written || r->place.at))
		log_note("--results: the records before went to another file; "
		         "what came last there, and was not synced, may come "
		         "again here");
}

/* Go on where an earlier reader has ended: `text` says where that was. The
 * server is told where this one begins before anything is written. */
static void
find_beginning(struct reader *r, const char *text)
{
	uint64_t at;

	r->place = stdout_place();
	r->tells_place = true;
	if (!place_is_same_file(&r->place, text, &at)) {
		if (*text)
			note_other_file(r);
		return;
	}
	if (r->place.at < at)
		log_note("--results: the file was emptied meanwhile: %" PRId64
		         " records that were written are gone; append with >>",
		    r->all_written);
	if (r->place.at > at)
		compare_present(r, at);
	r->tells_place = r->place.at < at;
}

static void
start_reading(struct reader *r)
{
	r->has_begun = true;
	writer_start(r->writer);
	pump(r);
}

static void
on_bitmap(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	struct reader *r = arg;

	r->calls = false;
	if (end != QUEUE_ANSWERED) {
		session_answered(r->session, end, reply);
		return;
	}
	buf_add(&r->in.put, reply->text, reply->len);
	start_reading(r);
}

/* The first input without a record, 0: there is none. Where those before it are
 * all that were written, nothing else is to be known. */
static void
on_first_missing(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	struct reader *r = arg;
	const char *const argv[] = {
	    "GETRANGE", r->session->keys[SESSION_PUT], "0", "-1"};
	const struct queue_request request = {
	    .argc = 4,
	    .argv = argv,
	    .done = on_bitmap,
	    .arg = r,
	};
	int64_t first = reply->count ? session_number(reply, 0) : r->fed + 1;

	r->calls = false;
	if (end != QUEUE_ANSWERED) {
		session_answered(r->session, end, reply);
		return;
	}
	if (first - 1 == r->all_written) {
		inputs_begin_at(&r->in, (uint64_t)first);
		start_reading(r);
		return;
	}
	r->calls = true;
	queue_client_call(r->session->client, &request);
}

static void
ask_missing(struct reader *r, int64_t most,
    void (*done)(void *, enum queue_end, const struct queue_reply *))
{
	const struct session_call call = {
	    .script = &queue_script_missing,
	    .keys = "meta put",
	    .done = done,
	    .arg = r,
	};
	struct queue_args args;

	queue_args_init(&args);
	queue_args_add(&args, "1");
	queue_args_add_number(&args, most);
	r->calls = true;
	session_call(r->session, &call, &args);
}

static void
begin(struct reader *r, const struct queue_reply *reply)
{
	if (!r->knows_place) {
		r->knows_place = true;
		find_beginning(r, queue_reply_item(reply, 8)->text);
	}
	if (r->tells_place && r->place.is_file) {
		call_results(r, 0);
		r->tells_place = false;
		return;
	}
	if (r->all_written && r->in.in_order)
		ask_missing(r, 1, on_first_missing);
	else
		start_reading(r);
}

/* --- the end -------------------------------------------------------------- */

static void
add_names(struct buf *out, const uint64_t *names, size_t len, uint64_t all)
{
	for (size_t i = 0; i < len; i++)
		buf_addf(out, "%s%" PRIu64, i ? ", " : " ", names[i]);
	if (all > len)
		buf_addf(out, " and %" PRIu64 " more", all - len);
}

static void
on_missing(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	struct reader *r = arg;
	uint64_t names[NAMED_MOST], all = (uint64_t)(r->total - r->all_written);
	struct buf text = {0};
	size_t len = 0;

	r->calls = false;
	if (!session_answered(r->session, end, reply))
		return;
	while (len < reply->count && len < NAMED_MOST) {
		names[len] = (uint64_t)session_number(reply, len);
		len++;
	}
	add_names(&text, names, len, all);
	session_fail(r->session, STATUS_FAILED,
	    "--results: %" PRIu64 " of %" PRId64
	    " inputs have no record (--no-results, or others have deleted "
	    "them):%s",
	    all, r->total, text.data);
	buf_release(&text);
}

static void
report_failed(const struct reader *r)
{
	uint64_t all = (uint64_t)r->all_failed;
	struct buf text = {0};

	if (!all)
		return;
	add_names(&text, r->failed, r->failed_len, all);
	log_error("--results: %" PRIu64 " of %" PRId64 " inputs failed%s%s",
	    all, r->total, r->failed_len ? ":" : "",
	    r->failed_len ? text.data : "");
	buf_release(&text);
}

/* All is written and removed, and another reader may begin. */
static void
conclude(struct reader *r)
{
	if (r->session->leaves) {
		session_end(r->session, r->session->leave_status);
		return;
	}
	report_failed(r);
	if (r->total > r->all_written)
		ask_missing(r, NAMED_MOST, on_missing);
	else
		session_end(
		    r->session, r->all_failed ? STATUS_FAILED : EXIT_SUCCESS);
}

/* What stdout said, once it takes no more. */
static void
fail_output(struct reader *r, const char *error, int os_errno)
{
	if (os_errno == EPIPE)
		r->session->signal = SIGPIPE;
	else if (os_errno == EEXIST)
		log_error("--results: the file was changed behind the records "
		          "that were written to it; append to another file");
	else
		log_error("%s", error);
	r->broken = true;
	session_leave_soon(r->session, STATUS_OUTPUT);
}

/* --- the command ---------------------------------------------------------- */

/* Nothing more is read: when all is written, remove it and leave. */
static void
wind_up(struct reader *r)
{
	if (!r->broken && (r->sync || r->written < r->in.removals_len))
		return;
	r->left = r->in.removals_len <= REMOVE_MOST || r->broken;
	call_results(r, 0);
}

/* The answer to a reading call told that there is no more, ever. */
static bool
is_at_end(const struct reader *r)
{
	return r->reads && !r->more && r->total >= 0 && !r->left_inputs &&
	       !r->held;
}

static void
flush_output(struct reader *r)
{
	int os_errno;
	const char *error;

	if (!r->finished)
		order_flush(r->order);
	inputs_count_emitted(&r->in);
	start_sync(r);
	error = writer_error(r->writer, &os_errno);
	if (error && !r->broken)
		fail_output(r, error, os_errno);
}

/* Do what can be done now. */
static void
pump(struct reader *r)
{
	bool room;

	if (r->session->ended || r->calls)
		return;
	if (!r->has_begun) {
		call_results(r, 0);
		return;
	}
	if (!r->at_end && !r->session->leaves && is_at_end(r)) {
		r->at_end = true;
		inputs_finish(&r->in);
		r->finished = true;
	}
	flush_output(r);
	if (r->at_end || r->session->leaves) {
		wind_up(r);
		return;
	}
	room = has_room(r);
	if (r->written || (room && r->more))
		call_results(r, room ? READ_INPUTS : 0);
	else
		session_wake(r->session, POLL_US);
}

static void
on_turn(void *arg)
{
	struct reader *r = arg;

	r->more = true;
	pump(r);
}

/* A sign of life, while stdout takes nothing. */
static void
on_renew(void *arg)
{
	struct reader *r = arg;

	if (r->has_begun && !r->calls && !r->session->ended && !r->left)
		call_results(r, 0);
}

static void
on_connected(void *arg)
{
	pump(arg);
}

/* What is written is synced and removed, for a while. */
static void
on_stop(void *arg)
{
	struct reader *r = arg;
	struct queue_session *s = r->session;

	if (!r->has_begun) {
		session_end(s, s->stop_status);
		return;
	}
	session_leave_soon(s, s->stop_status);
	pump(r);
}

static void
on_writer(evutil_socket_t fd, short what, void *arg)
{
	struct reader *r = arg;

	(void)fd;
	(void)what;
	writer_reap(r->writer);
	flush_output(r);
	pump(r);
}

static void
watch_writer(void *arg, int fd)
{
	struct reader *r = arg;

	r->watches_writer = true;
	event_assign(&r->writer_ready, r->session->base, fd,
	    EV_READ | EV_PERSIST, on_writer, r);
	event_add(&r->writer_ready, NULL);
}

static void
on_reader_gone(evutil_socket_t fd, short what, void *arg)
{
	struct reader *r = arg;

	(void)fd;
	(void)what;
	event_del(&r->reader_gone);
	if (writer_lost_reader(r->writer))
		pump(r);
}

static void
fill_figures(void *arg, struct progress_figures *f)
{
	const struct reader *r = arg;

	f->done = (uint64_t)r->all_written;
	f->total = r->total;
	f->failed = (uint64_t)r->all_failed;
	f->waiting = session_waiting(r->session);
	if (f->waiting)
		return;
	if (!*r->session->identity)
		f->waiting = "there is no queue yet";
	else if (r->total >= 0 && !r->more && r->left_inputs)
		f->waiting = "waiting for workers";
}

static void
start(struct reader *r)
{
	struct event_base *base = r->session->base;
	int fd = writer_watch_fd(r->writer);

	writer_on_start(r->writer, watch_writer, r);
	event_assign(
	    &r->reader_gone, base, fd, EV_READ | EV_PERSIST, on_reader_gone, r);
	if (fd >= 0)
		event_add(&r->reader_gone, NULL);
	r->progress = queue_progress_new(
	    base, &r->options->run.progress, fill_figures, r);
	queue_progress_share(r->progress, r->writer);
}

/* Give the writer's thread up where it may hang in a write. */
static int
close_writer(struct reader *r, int status)
{
	char *cause = NULL;
	int os_errno = 0;

	if (r->sync)
		r->sync->reader = NULL;
	if (r->session->leaves) {
		writer_abandon(r->writer);
		return r->broken ? STATUS_OUTPUT : status;
	}
	if (writer_close(r->writer, &os_errno, &cause)) {
		log_error("%s", cause);
		status = STATUS_OUTPUT;
	}
	free(cause);
	return status;
}

static int
finish(struct reader *r, int status)
{
	queue_progress_free(r->progress);
	event_del(&r->reader_gone);
	if (r->watches_writer)
		event_del(&r->writer_ready);
	if (r->session->stopped && r->has_begun)
		log_note("%" PRId64 " record%s written; repeat the command "
		         "(with >>) for the rest",
		    r->all_written, r->all_written == 1 ? " is" : "s are");
	order_free(r->order);
	status = close_writer(r, status);
	inputs_release(&r->in);
	return status;
}

static int
open_output(struct reader *r, char **cause)
{
	const struct framing none = {"", "", ""};

	r->writer = writer_open(STDOUT_FILENO, cause);
	if (!r->writer)
		return -1;
	r->order = order_new(&r->options->run.output, none, r->writer);
	inputs_init(&r->in, r->order, r->options->run.output.order);
	return 0;
}

int
command_queue_results(const struct options *o)
{
	static const struct session_role role = {
	    .option = "--results",
	    .on_connected = on_connected,
	    .on_stop = on_stop,
	    .on_turn = on_turn,
	    .on_renew = on_renew,
	};
	struct reader r = {
	    .options = o,
	    .total = -1,
	    .cursor = "0-0",
	    .more = true,
	    .start_us = clock_now_us(),
	};
	struct queue_session *session;
	char *cause = NULL;
	int status;

	session = r.session = session_open(o, &role, &r, &cause);
	if (!session)
		return exit_usage(cause);
	if (open_output(&r, &cause)) {
		session_close(session);
		log_error("%s", cause);
		free(cause);
		return STATUS_OUTPUT;
	}
	start(&r);
	status = session_loop(session);
	status = finish(&r, status);
	/* The writer's thread, given up, may use what exit(3) cleans up. */
	if (session->leaves && !session->signal) {
		fflush(stderr);
		_exit(status);
	}
	return session_conclude(session, status);
}
