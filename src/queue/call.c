#include "config.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "queue/connection.h"

enum {
	TIME_LIMIT_US = 10 * 1000000,
	ARGUMENTS_MAX = 1 << 20
};

static struct queue_call *
new_call(struct line *line)
{
	struct queue_call *call = xcalloc(1, sizeof(*call));

	list_init(&call->link);
	call->line = line;
	call->number = line->client->calls++;
	call->time_limit_us = TIME_LIMIT_US;
	return call;
}

/* Is it short enough? */
static bool
fits(const struct queue_request *r)
{
	size_t room = QUEUE_MAX_CALL;

	if (r->argc > ARGUMENTS_MAX)
		return false;
	for (size_t i = 0; i < r->argc; i++) {
		size_t len = r->lens ? r->lens[i] : strlen(r->argv[i]);

		if (len > room)
			return false;
		room -= len;
	}
	return true;
}

/* Format the call of a script. Its digest is what the server has called it, and
 * filled in when the call is sent. */
static int
format_script(struct queue_call *call, const struct queue_request *r)
{
	static const char digest[DIGEST_SIZE + 1] =
	    "0000000000000000000000000000000000000000";
	size_t argc = r->argc + 3;
	const char **argv = xcalloc(argc, sizeof(*argv));
	size_t *lens = xcalloc(argc, sizeof(*lens));
	char *keys = xasprintf("%zu", r->keys);
	int rc;

	argv[0] = "EVALSHA";
	argv[1] = digest;
	argv[2] = keys;
	for (size_t i = 0; i < r->argc; i++)
		argv[3 + i] = r->argv[i];
	for (size_t i = 0; i < argc; i++)
		lens[i] = i >= 3 && r->lens ? r->lens[i - 3] : strlen(argv[i]);
	rc = resp_add_command(&call->bytes, argc, argv, lens);
	if (!rc)
		call->digest_at = (size_t)(strstr(call->bytes.data, digest) -
		                           call->bytes.data);
	free(argv);
	free(lens);
	free(keys);
	return rc;
}

struct queue_call *
call_new(struct line *line, const struct queue_request *r)
{
	struct queue_call *call = new_call(line);
	int rc = -1;

	assert(r->keys <= r->argc);
	call->script = r->script;
	call->flags = r->flags;
	call->done = r->done;
	call->arg = r->arg;
	if (r->time_limit_us)
		call->time_limit_us = r->time_limit_us;
	if (fits(r))
		rc = r->script ? format_script(call, r)
		               : resp_add_command(
		                     &call->bytes, r->argc, r->argv, r->lens);
	if (rc)
		buf_release(&call->bytes);
	return call;
}

struct queue_call *
call_new_own(struct line *line, size_t argc, const char *const *argv,
    void (*done)(void *line, enum queue_end, const struct queue_reply *))
{
	struct queue_call *call = new_call(line);

	call->kind = CALL_OF_LINE;
	call->done = done;
	call->arg = line;
	resp_add_command(&call->bytes, argc, argv, NULL);
	return call;
}

void
call_free(struct queue_call *call)
{
	list_remove(&call->link);
	buf_release(&call->bytes);
	free(call);
}

void
call_end(struct queue_call *call, enum queue_end end,
    const struct queue_reply *reply)
{
	void (*done)(void *, enum queue_end, const struct queue_reply *) =
	    call->cancelled ? NULL : call->done;
	void *arg = call->arg;

	call_free(call);
	if (done)
		done(arg, end, reply);
}

void
call_end_later(struct queue_call *call, enum queue_end end)
{
	struct queue_client *client = call->line->client;

	list_remove(&call->link);
	call->sent = false;
	call->end = end;
	list_push_back(&client->ending, &call->link);
	event_active(&client->end, EV_TIMEOUT, 0);
}

void
call_send_again(struct queue_call *call)
{
	struct list *at = call->line->waiting.next;

	while (at != &call->line->waiting) {
		const struct queue_call *other =
		    container_of(at, struct queue_call, link);

		if (!other->again || other->number > call->number)
			break;
		at = at->next;
	}
	list_remove(&call->link);
	call->sent = false;
	call->again = true;
	list_insert_before(at, &call->link);
}

/* --- what was called ------------------------------------------------------ */

/* Is it a key of a queue, or a channel, that can be shown? */
static bool
is_key(const struct queue_reply *argument)
{
	return strncmp(argument->text, "gather:{", 8) == 0 &&
	       argument->len <= 9 + QUEUE_NAME_MAX + 40 &&
	       !strchr(argument->text, ' ');
}

/* Add the keys among the arguments. What a password is in is not shown. */
static void
add_keys(struct buf *keys, const struct queue_reply *arguments)
{
	for (size_t i = 1; i < arguments->count; i++) {
		const struct queue_reply *item = queue_reply_item(arguments, i);

		if (!is_key(item))
			continue;
		buf_adds(keys, keys->len ? ", " : "");
		buf_adds(keys, item->text);
	}
}

/* A command has the form of an answer: it is a list of texts. */
struct refused_call
call_describe(const struct queue_call *call, struct buf *name, struct buf *keys)
{
	struct resp_reader *reader = resp_reader_new(SIZE_MAX);
	const struct queue_reply *arguments;
	const char *why;

	resp_reader_feed(reader, call->bytes.data, call->bytes.len);
	if (resp_reader_next(reader, &arguments, &why) > 0) {
		buf_adds(name, queue_reply_item(arguments, 0)->text);
		add_keys(keys, arguments);
	}
	resp_reader_free(reader);
	return (struct refused_call){
	    .command = buf_text(name),
	    .script = call->script ? call->script->name : NULL,
	    .keys = buf_text(keys),
	};
}
