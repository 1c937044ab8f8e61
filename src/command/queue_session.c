#include "config.h"

#include "command/queue_session.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/xalloc.h"
#include "process/environment.h"
#include "process/log.h"

enum {
	RENEW_US = 1000000, /* how often a lease is renewed */
	LEAVE_US = 2000000  /* how long the last answers are waited for */
};

/* The keys of the queue, in the order of struct queue_session. */
static const char *const key_parts[SESSION_KEYS] = {
    "q", "out", "meta", "workers", "about", "put", "holds", "rates", "grants"};

/* --- the end -------------------------------------------------------------- */

void
session_end(struct queue_session *s, int status)
{
	if (s->ended)
		return;
	s->ended = true;
	s->status = status;
	event_base_loopbreak(s->base);
}

void
session_fail(struct queue_session *s, int status, const char *fmt, ...)
{
	struct buf text = {0};
	va_list ap;

	if (s->ended)
		return;
	va_start(ap, fmt);
	buf_addv(&text, fmt, ap);
	va_end(ap);
	if (status == STATUS_USAGE)
		log_answer("%s", buf_text(&text));
	else
		log_error("%s", buf_text(&text));
	buf_release(&text);
	session_end(s, status);
}

void
session_leave_soon(struct queue_session *s, int status)
{
	const struct timeval most = clock_timeval(LEAVE_US);

	if (s->leaves)
		return;
	s->leaves = true;
	s->leave_status = status;
	event_add(&s->give_up, &most);
}

static void
on_give_up(evutil_socket_t fd, short what, void *arg)
{
	struct queue_session *s = arg;

	(void)fd;
	(void)what;
	session_end(s, s->leave_status);
}

/* Somebody wants the session to end: have the command wind up, or end it if
 * that was asked before. */
static void
stop(struct queue_session *s)
{
	bool first = !s->stopped;

	s->stopped = true;
	if (first && s->role->on_stop)
		s->role->on_stop(s->arg);
	else
		session_end(s, s->stop_status);
}

static void
on_signal(evutil_socket_t number, short what, void *arg)
{
	struct queue_session *s = arg;

	(void)what;
	s->signal = (int)number;
	stop(s);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct queue_session *s = arg;

	(void)fd;
	(void)what;
	if (s->stopped || s->leaves)
		return;
	log_error("--deadline reached");
	s->stop_status = STATUS_DEADLINE;
	stop(s);
}

/* --- what the client tells ------------------------------------------------ */

static void
on_lost(void *arg, int status, const char *why)
{
	session_fail(arg, status, "%s", why);
}

static void
on_connected(void *arg, const struct queue_server *server)
{
	struct queue_session *s = arg;

	(void)server;
	s->is_connected = true;
	if (s->role->on_connected)
		s->role->on_connected(s->arg);
}

static void
on_away(void *arg)
{
	struct queue_session *s = arg;

	s->is_connected = false;
}

/* --- timers and signals --------------------------------------------------- */

void
session_wake(struct queue_session *s, int64_t us)
{
	const struct timeval after = clock_timeval(us);

	event_add(&s->turn, &after);
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct queue_session *s = arg;

	(void)fd;
	(void)what;
	s->role->on_turn(s->arg);
}

static void
on_renew(evutil_socket_t fd, short what, void *arg)
{
	struct queue_session *s = arg;

	(void)fd;
	(void)what;
	s->role->on_renew(s->arg);
}

static void
open_timers(struct queue_session *s)
{
	const struct timeval renew = clock_timeval(RENEW_US);

	event_assign(&s->turn, s->base, -1, 0, on_turn, s);
	event_assign(&s->renew, s->base, -1, EV_PERSIST, on_renew, s);
	event_assign(&s->give_up, s->base, -1, 0, on_give_up, s);
	event_assign(&s->deadline, s->base, -1, 0, on_deadline, s);
	if (s->role->on_renew)
		event_add(&s->renew, &renew);
}

/* --deadline counts from the start of the process, part of which is over. */
static void
watch_deadline(struct queue_session *s)
{
	int64_t whole_us = s->options->run.stop.deadline_us;
	int64_t left_us = exit_deadline_stop();
	const struct timeval deadline =
	    clock_timeval(left_us ? left_us : whole_us);

	if (whole_us > 0)
		event_add(&s->deadline, &deadline);
}

static void
watch_signals(struct queue_session *s)
{
	for (size_t i = 0; i < EXIT_SIGNALS; i++) {
		evsignal_assign(
		    &s->signals[i], s->base, exit_signals[i], on_signal, s);
		if (!exit_signal_is_ignored(exit_signals[i]))
			event_add(&s->signals[i], NULL);
	}
}

/* --- open and close ------------------------------------------------------- */

static uint64_t
random_bits(void)
{
	uint64_t bits;

	if (getrandom(&bits, sizeof(bits), 0) != sizeof(bits))
		die("cannot get random bytes: %s", strerror(errno));
	return bits;
}

/* Names where a process is known by its number: this boot of this machine, and
 * this container. Two machines, and two containers, may have the same name. */
static uint64_t
place_of_pids(void)
{
	char boot[64], space[64];
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t boot_len = fd == -1 ? -1 : read(fd, boot, sizeof(boot));
	ssize_t space_len = readlink("/proc/self/ns/pid", space, sizeof(space));

	if (fd != -1)
		close(fd);
	if (boot_len <= 0 || space_len <= 0)
		return random_bits(); /* like no other place */
	return hash_add(
	    hash_bytes(boot, (size_t)boot_len), space, (size_t)space_len);
}

enum {
	PLACE_DIGITS = 16
};

/* A token begins with the place of the process. */
static char *
new_token(void)
{
	return xasprintf(
	    "%016" PRIx64 "%016" PRIx64, place_of_pids(), random_bits());
}

static char *
host_and_pid(void)
{
	char host[256] = "";

	gethostname(host, sizeof(host) - 1);
	return xasprintf("%s %ld", *host ? host : "?", (long)getpid());
}

static int
connect_to(struct queue_session *s, char **cause)
{
	const struct queue_options *o = &s->options->queue;
	const struct queue_client_options client = {
	    .address = &s->address,
	    .fetch = &s->options->run.fetch,
	    .timeout_us = o->timeout_us,
	    .hooks =
	        {
	            .on_connected = on_connected,
	            .on_away = on_away,
	            .on_lost = on_lost,
	            .arg = s,
	        },
	};

	if (queue_address_read(&s->address, o->url, cause))
		return -1;
	for (size_t i = 0; i < SESSION_KEYS; i++)
		s->keys[i] = queue_key(&s->address, key_parts[i]);
	s->client = queue_client_new(s->base, &client, cause);
	return s->client ? 0 : -1;
}

struct queue_session *
session_open(const struct options *options, const struct session_role *role,
    void *arg, char **cause)
{
	struct queue_session *s = xcalloc(1, sizeof(*s));

	s->base = environment_open();
	s->options = options;
	s->role = role;
	s->arg = arg;
	s->token = new_token();
	s->who = host_and_pid();
	s->identity = xstrdup("");
	open_timers(s);
	watch_signals(s);
	if (connect_to(s, cause)) {
		session_close(s);
		return NULL;
	}
	watch_deadline(s);
	return s;
}

void
session_close(struct queue_session *s)
{
	if (!s)
		return;
	queue_client_free(s->client);
	for (size_t i = 0; i < EXIT_SIGNALS; i++)
		event_del(&s->signals[i]);
	event_del(&s->deadline);
	event_del(&s->turn);
	event_del(&s->renew);
	event_del(&s->give_up);
	for (size_t i = 0; i < SESSION_KEYS; i++)
		free(s->keys[i]);
	queue_address_release(&s->address);
	free(s->token);
	free(s->who);
	free(s->identity);
	environment_close(s->base);
	free(s);
}

int
session_loop(struct queue_session *s)
{
	while (!s->ended)
		if (event_base_dispatch(s->base) != 0)
			break;
	return s->status;
}

int
session_conclude(struct queue_session *s, int status)
{
	int number = s->signal;

	session_close(s);
	if (number)
		exit_by_signal(number);
	return status;
}

/* --- calls ---------------------------------------------------------------- */

static const char *
key_of(const struct queue_session *s, const char *part, size_t len)
{
	for (size_t i = 0; i < SESSION_KEYS; i++)
		if (strlen(key_parts[i]) == len &&
		    memcmp(key_parts[i], part, len) == 0)
			return s->keys[i];
	die("no key is called \"%.*s\"", (int)len, part);
}

void
session_call(struct queue_session *s, const struct session_call *call,
    struct queue_args *args)
{
	struct queue_args all;
	struct queue_request request = {
	    .script = call->script,
	    .done = call->done,
	    .arg = call->arg,
	};

	queue_args_init(&all);
	for (const char *at = call->keys; *at; at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");

		queue_args_add(&all, key_of(s, at, len));
		request.keys++;
		at += len;
	}
	for (size_t i = 0; i < args->len; i++)
		queue_args_add_bytes(&all, args->texts[i], args->lens[i]);
	request.argc = all.len;
	request.argv = all.texts;
	request.lens = all.lens;
	queue_client_call(s->client, &request);
	queue_args_release(&all);
	queue_args_release(args);
}

const char *
session_error(const struct queue_reply *reply, const char *word)
{
	const char *at;

	if (reply->kind != QUEUE_ERROR)
		return NULL;
	at = strstr(reply->text, word);
	return at && (at == reply->text || at[-1] == ' ') ? at : NULL;
}

static void
fail_refused(struct queue_session *s, const struct queue_reply *reply)
{
	if (!session_error(reply, "GONE"))
		session_fail(s, STATUS_OUTPUT, "%s refuses a call: %s",
		    s->address.shown, reply->text);
	else if (*s->identity)
		session_fail(s, STATUS_OUTPUT,
		    "the queue \"%s\" was deleted at %s meanwhile",
		    s->address.name, s->address.shown);
	else
		session_fail(s, STATUS_USAGE,
		    "there is no queue \"%s\" at %s: nothing was fed yet "
		    "(gather --feed)",
		    s->address.name, s->address.shown);
}

bool
session_answered(struct queue_session *s, enum queue_end end,
    const struct queue_reply *reply)
{
	const struct queue_reply *identity = queue_reply_item(reply, 0);

	if (end == QUEUE_ANSWERED && !*s->identity &&
	    identity->kind == QUEUE_TEXT) {
		free(s->identity);
		s->identity = xstrdup(identity->text);
	}
	if (end == QUEUE_REFUSED)
		fail_refused(s, reply);
	return end == QUEUE_ANSWERED;
}

const char *
session_waiting(const struct queue_session *s)
{
	return s->is_connected ? NULL : "waiting for the server of the queue";
}

int64_t
session_number(const struct queue_reply *reply, size_t i)
{
	int64_t n = 0;

	queue_reply_number(queue_reply_item(reply, i), &n);
	return n;
}

/* --- who was first -------------------------------------------------------- */

/* Is the owner of `token`, "HOST PID", a process of this place that is gone? Of
 * others it is not known; their lease ends. */
static bool
is_dead(const struct queue_session *s, const char *token, const char *who)
{
	const char *pid = strrchr(who, ' ');
	long number = pid ? strtol(pid, NULL, 10) : 0;

	if (number <= 0 || strncmp(s->token, token, PLACE_DIGITS) != 0)
		return false;
	return number == (long)getpid() ||
	       (kill((pid_t)number, 0) == -1 && errno == ESRCH);
}

/* The parts of "TAKEN MS TOKEN HOST PID". Others may have changed the last
 * three, which may then be anything. */
static void
read_taken(const char *error, int64_t *ms, char **token, const char **who)
{
	const char *at = error + strlen("TAKEN ");
	size_t len;

	*ms = strtoll(at, NULL, 10);
	at += strcspn(at, " ");
	at += *at == ' ';
	len = strcspn(at, " ");
	*token = xmemdup0(at, len);
	*who = at + len + (at[len] == ' ');
}

static void
fail_taken(struct queue_session *s, const char *who)
{
	const char *pid = strrchr(who, ' ');
	struct buf process = {0};

	if (pid)
		buf_addf(&process, "process %s on %.*s", pid + 1,
		    (int)(pid - who), who);
	session_fail(s, STATUS_USAGE,
	    "%s: another one is at work on the queue \"%s\": %s",
	    s->role->option, s->address.name,
	    pid ? process.data : "an unknown process");
	buf_release(&process);
}

bool
session_taken(struct queue_session *s, const char *error, char **token)
{
	int64_t now = clock_now_us(), ms;
	const char *who;

	read_taken(error, &ms, token, &who);
	if (is_dead(s, *token, who))
		return true;
	free(*token);
	*token = NULL;
	/* Its lease ends, unless it has renewed it since. */
	if (!s->taken_ms || ms <= s->taken_ms - (now - s->taken_us) / 2000) {
		s->taken_ms = ms > 0 ? ms : 1;
		s->taken_us = now;
		return true;
	}
	fail_taken(s, who);
	return false;
}
