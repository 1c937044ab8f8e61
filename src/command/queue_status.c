/* --queue-status: how far a queue is, as one JSON object on stdout. */
#include "config.h"

#include "command/command.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "command/queue_session.h"
#include "json/scan.h"
#include "json/write.h"
#include "process/log.h"

enum {
	SHOWN_MOST = 1000 /* workers, holds and rates each */
};

struct status {
	struct queue_session *session;
	struct buf out;
};

/* The number of pairs, or of longer rows, that an answer holds. */
static size_t
rows_of(const struct queue_reply *array, size_t width)
{
	return array->count / width;
}

static const struct queue_reply *
cell(const struct queue_reply *array, size_t width, size_t row, size_t i)
{
	return queue_reply_item(array, row * width + i);
}

static void
add_string(struct buf *out, const struct queue_reply *text)
{
	json_add_string(out, text->text, text->len);
}

static void
add_number(struct buf *out, const char *name, const struct queue_reply *number)
{
	int64_t n = 0;

	queue_reply_number(number, &n);
	json_open_member(out, name);
	json_add_integer(out, n);
}

/* Milliseconds, as seconds. */
static void
add_ms(struct buf *out, const char *name, const struct queue_reply *number)
{
	int64_t ms = 0;

	queue_reply_number(number, &ms);
	json_open_member(out, name);
	json_add_number(out, (double)ms / 1000);
}

/* The counts; those that are not known are null. */
static void
add_numbers(struct buf *out, const struct queue_reply *pairs)
{
	for (size_t i = 0; i < rows_of(pairs, 2); i++) {
		const struct queue_reply *name = cell(pairs, 2, i, 0);
		int64_t n = -1;

		queue_reply_number(cell(pairs, 2, i, 1), &n);
		json_open_member(out, name->text);
		if (n < 0)
			buf_adds(out, "null");
		else
			json_add_integer(out, n);
	}
}

/* "HOST PID" as an object. */
static void
add_process(struct buf *out, const struct queue_reply *who)
{
	const char *pid = strrchr(who->text, ' ');

	if (!pid) {
		buf_adds(out, "null");
		return;
	}
	buf_addc(out, '{');
	json_open_member(out, "host");
	json_add_string(out, who->text, (size_t)(pid - who->text));
	json_open_member(out, "pid");
	json_add_integer(out, strtol(pid, NULL, 10));
	buf_addc(out, '}');
}

static void
add_role(struct buf *out, const struct queue_reply *pairs, const char *role)
{
	json_open_member(out, role);
	for (size_t i = 0; i < rows_of(pairs, 2); i++) {
		if (!queue_reply_is(cell(pairs, 2, i, 0), role))
			continue;
		add_process(out, cell(pairs, 2, i, 1));
		return;
	}
	buf_adds(out, "null");
}

/* What a worker says of itself, if that is a JSON object; it is not trusted. */
static void
add_about(struct buf *out, const struct queue_reply *text)
{
	struct json_doc *doc = json_doc_new();
	struct json_error error;

	json_open_member(out, "about");
	if (json_doc_scan(doc, text->text, text->len, &error) == 0 &&
	    json_first(doc, 0) == '{')
		json_add_compact(out, text->text, text->len);
	else
		buf_adds(out, "null");
	json_doc_free(doc);
}

static void
add_worker(struct buf *out, const struct queue_reply *rows, size_t i)
{
	int64_t ms = 0;

	queue_reply_number(cell(rows, 4, i, 1), &ms);
	json_open_member(out, "name");
	add_string(out, cell(rows, 4, i, 0));
	json_open_member(out, "alive");
	buf_adds(out, ms >= 0 ? "true" : "false");
	add_ms(out, "lease", cell(rows, 4, i, 1));
	add_number(out, "in_work", cell(rows, 4, i, 2));
	add_about(out, cell(rows, 4, i, 3));
}

static void
add_hold(struct buf *out, const struct queue_reply *rows, size_t i)
{
	json_open_member(out, "origin");
	add_string(out, cell(rows, 2, i, 0));
	add_ms(out, "seconds", cell(rows, 2, i, 1));
}

static void
add_rate(struct buf *out, const struct queue_reply *rows, size_t i)
{
	int64_t us = 0;

	queue_reply_number(cell(rows, 4, i, 2), &us);
	json_open_member(out, "name");
	add_string(out, cell(rows, 4, i, 0));
	add_number(out, "limit", cell(rows, 4, i, 1));
	json_open_member(out, "seconds");
	json_add_number(out, (double)us / 1e6);
	add_number(out, "used", cell(rows, 4, i, 3));
}

/* A member that is an array with an object for each row. */
static void
add_rows(struct buf *out, const char *name, const struct queue_reply *rows,
    size_t width, void (*add)(struct buf *, const struct queue_reply *, size_t))
{
	json_open_member(out, name);
	buf_addc(out, '[');
	for (size_t i = 0; i < rows_of(rows, width); i++) {
		if (i)
			buf_addc(out, ',');
		buf_addc(out, '{');
		add(out, rows, i);
		buf_addc(out, '}');
	}
	buf_addc(out, ']');
}

static void
add_status(struct status *st, const struct queue_reply *reply)
{
	struct buf *out = &st->out;
	const char *name = st->session->address.name;

	buf_addc(out, '{');
	json_open_member(out, "name");
	json_add_string(out, name, strlen(name));
	add_numbers(out, queue_reply_item(reply, 0));
	add_role(out, queue_reply_item(reply, 1), "feeder");
	add_role(out, queue_reply_item(reply, 1), "reader");
	add_rows(out, "workers", queue_reply_item(reply, 2), 4, add_worker);
	add_rows(out, "holds", queue_reply_item(reply, 3), 2, add_hold);
	add_rows(out, "rates", queue_reply_item(reply, 4), 4, add_rate);
	buf_adds(out, "}\n");
}

static void
on_status(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	struct status *st = arg;

	if (!session_answered(st->session, end, reply))
		return;
	add_status(st, reply);
	session_end(st->session, EXIT_SUCCESS);
}

static void
ask(struct status *st)
{
	const struct session_call call = {
	    .script = &queue_script_status,
	    .keys = "q out meta workers about holds rates grants",
	    .done = on_status,
	    .arg = st,
	};
	struct queue_args args;

	queue_args_init(&args);
	queue_args_add_number(&args, SHOWN_MOST);
	session_call(st->session, &call, &args);
}

static int
print(const struct buf *out)
{
	if (!io_write_all(STDOUT_FILENO, buf_text(out), out->len))
		return EXIT_SUCCESS;
	if (errno == EPIPE)
		exit_by_signal(SIGPIPE);
	log_error("cannot write to stdout: %s", io_error(errno));
	return STATUS_OUTPUT;
}

int
command_queue_status(struct options *o)
{
	static const struct session_role role = {.option = "--queue-status"};
	struct status st = {0};
	char *cause = NULL;
	int status;

	st.session = session_open(o, &role, &st, &cause);
	if (!st.session)
		return exit_usage(cause);
	ask(&st);
	status = session_loop(st.session);
	if (status == EXIT_SUCCESS && !st.session->signal)
		status = print(&st.out);
	buf_release(&st.out);
	return session_conclude(st.session, status);
}
