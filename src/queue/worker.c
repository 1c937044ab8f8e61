#include "config.h"

#include "queue/worker.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/xalloc.h"
#include "json/write.h"
#include "process/exit.h"
#include "process/log.h"

static const char *const key_parts[] = {
    "q", "out", "meta", "workers", "about", "put"};

enum {
	KEYS = sizeof(key_parts) / sizeof(*key_parts)
};

/* Two processes of one name would share what they hold, so there is something
 * random in it: containers have the same pid everywhere. */
static void
set_names(struct queue_worker *w)
{
	char host[256] = "";
	uint64_t random = 0;

	if (gethostname(host, sizeof(host) - 1) || !*host)
		snprintf(host, sizeof(host), "localhost");
	for (char *c = host; *c; c++)
		if (*c <= ' ' || *c > '~')
			*c = '_';
	if (getentropy(&random, sizeof(random)))
		die("cannot get random numbers: %s", strerror(errno));
	w->name = xasprintf("%s %ld %016" PRIx64, host, (long)getpid(), random);
	w->shown = xasprintf("%s:%ld", host, (long)getpid());
}

struct queue_worker *
worker_new(const struct worker_setup *setup)
{
	struct queue_worker *w = xcalloc(1, sizeof(*w));

	w->setup = *setup;
	for (size_t i = 0; i < KEYS; i++)
		w->keys[i] = queue_key(setup->address, key_parts[i]);
	set_names(w);
	w->identity = xstrdup("");
	w->counts.total = w->counts.fed = -1;
	return w;
}

void
worker_free(struct queue_worker *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < KEYS; i++)
		free(w->keys[i]);
	free(w->name);
	free(w->shown);
	free(w->identity);
	free(w);
}

void
worker_begin_args(const struct queue_worker *w, const struct worker_call *what,
    struct queue_args *args)
{
	queue_args_init(args);
	for (size_t i = 0; i < what->keys; i++)
		queue_args_add(args, w->keys[i]);
	queue_args_add(args, w->identity);
	queue_args_add(args, w->name);
	queue_args_add_number(args, what->lease_ms);
}

struct queue_call *
worker_call(struct queue_worker *w, const struct worker_call *what,
    struct queue_args *args)
{
	const struct queue_request request = {
	    .script = what->script,
	    .keys = what->keys,
	    .argc = args->len,
	    .argv = args->texts,
	    .lens = args->lens,
	    .done = what->done,
	    .arg = what->arg,
	};
	struct queue_call *call = queue_client_call(w->setup.client, &request);

	queue_args_release(args);
	return call;
}

void
worker_fail(struct queue_worker *w, int status, const char *fmt, ...)
{
	struct buf why = {0};
	va_list ap;

	if (w->has_failed)
		return;
	w->has_failed = true;
	va_start(ap, fmt);
	buf_addv(&why, fmt, ap);
	va_end(ap);
	w->setup.failed(w->setup.arg, status, buf_text(&why));
	buf_release(&why);
}

/* What a script has refused. */
static void
fail_refused(struct queue_worker *w, const char *error)
{
	const char *name = w->setup.address->name;

	if (strncmp(error, "GONE", 4) == 0)
		worker_fail(w, STATUS_OUTPUT,
		    "the queue \"%s\" at %s was deleted while this worker was "
		    "at work",
		    name, w->setup.address->shown);
	else if (strncmp(error, "RULES ", 6) == 0)
		worker_fail(w, STATUS_USAGE,
		    "the other workers of the queue \"%s\" run with %s: all "
		    "workers of a queue need the same rates",
		    name, error + 6);
	else
		worker_fail(w, STATUS_OUTPUT, "the queue \"%s\" at %s: %s",
		    name, w->setup.address->shown, error);
}

/* Say, once for each time that it comes so far, that the server takes nothing
 * in. Records are added all the same, and make room when they are read. */
static void
note_full(struct queue_worker *w)
{
	if (!w->said_full)
		log_note("the queue at %s is out of memory (maxmemory): "
		         "nothing is taken until there is some",
		    w->setup.address->shown);
	w->said_full = true;
}

void
worker_has_memory(struct queue_worker *w)
{
	w->said_full = false;
}

bool
worker_answered(
    struct queue_worker *w, enum queue_end end, const struct queue_reply *reply)
{
	const struct queue_reply *identity = queue_reply_item(reply, 0);

	if (end == QUEUE_REFUSED)
		fail_refused(w, reply->text);
	if (end == QUEUE_OOM)
		note_full(w);
	if (end != QUEUE_ANSWERED)
		return false;
	if (!*w->identity && identity->kind == QUEUE_TEXT) {
		free(w->identity);
		w->identity = xstrdup(identity->text);
	}
	return true;
}

static void
take_number(const struct queue_reply *reply, size_t i, int64_t *n)
{
	queue_reply_number(queue_reply_item(reply, i), n);
}

/* Say, once for each time that it comes so far, that nobody reads. */
static void
note_unread(struct queue_worker *w)
{
	bool full = w->counts.unread >= WORKER_UNREAD_MAX;

	if (full && !w->said_unread)
		log_note("paused: 1 GiB of records is not read; run `gather "
		         "--queue ... --results` to go on");
	w->said_unread = full;
}

void
worker_take_counts(
    struct queue_worker *w, const struct queue_reply *reply, size_t at)
{
	take_number(reply, at, &w->counts.left);
	take_number(reply, at + 1, &w->counts.held);
	take_number(reply, at + 2, &w->counts.total);
	take_number(reply, at + 3, &w->counts.unread);
	note_unread(w);
}

/* While the list is being fed only a sign of life tells how much is done, every
 * few seconds. */
int64_t
worker_done(const struct queue_worker *w, int64_t mine)
{
	const struct worker_counts *c = &w->counts;

	if (c->total >= 0)
		return c->total - c->left;
	return mine > c->done ? mine : c->done;
}

bool
worker_is_done(const struct queue_worker *w)
{
	return w->counts.total >= 0 && w->counts.left == 0;
}

/* --- signs of life ------------------------------------------------------- */

enum {
	ABSENT_MS = 500 /* from one try to the next, while there is no queue */
};

struct alive {
	struct alive_setup setup;
	struct event again;
	struct queue_call *call; /* under way; NULL: none */
	int64_t since_us;        /* when it was begun */
	bool joined;
	bool said_absent;
	bool stopped;
};

static void
sign_in(struct alive *a, int ms)
{
	struct timeval tv = {ms / 1000, ms % 1000 * 1000};

	if (!a->stopped)
		evtimer_add(&a->again, &tv);
}

static void
wait_for_queue(struct alive *a)
{
	struct queue_worker *w = a->setup.worker;
	const struct queue_address *at = w->setup.address;

	if (clock_now_us() - a->since_us > a->setup.timeout_us) {
		worker_fail(w, STATUS_USAGE,
		    "there is no queue \"%s\" at %s: fill it with --feed",
		    at->name, at->shown);
		return;
	}
	if (!a->said_absent)
		log_note(
		    "waiting for --feed: there is no queue \"%s\" at %s yet",
		    at->name, at->shown);
	a->said_absent = true;
	sign_in(a, ABSENT_MS);
}

/* A sign of life tells all of them. */
static void
take_all_counts(struct queue_worker *w, const struct queue_reply *reply)
{
	struct worker_counts *c = &w->counts;

	worker_take_counts(w, reply, 1);
	take_number(reply, 5, &c->fed);
	take_number(reply, 6, &c->done);
	take_number(reply, 7, &c->failed);
	take_number(reply, 8, &c->workers);
}

static void
on_signed(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	struct alive *a = arg;

	a->call = NULL;
	if (end == QUEUE_REFUSED && !a->joined &&
	    strncmp(reply->text, "GONE", 4) == 0) {
		wait_for_queue(a);
		return;
	}
	if (!worker_answered(a->setup.worker, end, reply)) {
		if (end == QUEUE_OOM)
			sign_in(a, ABSENT_MS);
		return;
	}
	worker_has_memory(a->setup.worker);
	take_all_counts(a->setup.worker, reply);
	a->joined = true;
	sign_in(a, WORKER_LEASE_MS / 6);
	a->setup.signed_in(a->setup.arg);
}

/* What the worker says about itself, for --queue-status. */
static void
add_about(struct buf *out, const struct alive *a)
{
	buf_addc(out, '{');
	json_open_member(out, "worker");
	json_add_text_or_null(out, a->setup.worker->shown);
	json_open_member(out, "parallel");
	json_add_integer(out, a->setup.parallel);
	buf_addc(out, '}');
}

static void
sign(struct alive *a)
{
	const struct worker_call call = {
	    .script = &queue_script_alive,
	    .keys = 5,
	    .lease_ms = WORKER_LEASE_MS,
	    .done = on_signed,
	    .arg = a,
	};
	struct queue_args args;
	struct buf about = {0};

	add_about(&about, a);
	worker_begin_args(a->setup.worker, &call, &args);
	queue_args_add(&args, a->joined ? "" : about.data);
	queue_args_add(&args, a->joined ? "" : a->setup.rules);
	a->call = worker_call(a->setup.worker, &call, &args);
	buf_release(&about);
}

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	sign(arg);
}

struct alive *
alive_new(const struct alive_setup *setup)
{
	struct alive *a = xcalloc(1, sizeof(*a));

	a->setup = *setup;
	a->since_us = clock_now_us();
	evtimer_assign(&a->again, setup->base, on_again, a);
	sign(a);
	return a;
}

void
alive_free(struct alive *a)
{
	if (!a)
		return;
	if (a->call)
		queue_client_cancel(a->setup.worker->setup.client, a->call);
	evtimer_del(&a->again);
	free(a);
}

bool
alive_has_joined(const struct alive *a)
{
	return a->joined;
}

void
alive_stop(struct alive *a)
{
	a->stopped = true;
	evtimer_del(&a->again);
}
