/*
 * The life of the demo server: set up, serve, end; then the two ways to start
 * it, in a process of its own (--demo) and in this one (--serve).
 */
#include "config.h"

#include "demo/server.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/listener.h>

#include "base/xalloc.h"
#include "demo/listen.h"
#include "demo/replay.h"
#include "demo/reply.h"
#include "demo/routes.h"
#include "process/environment.h"
#include "process/exit.h"
#include "process/log.h"
#include "text/shell.h"

/* Limits that no client of a test or an example reaches: they bound the
 * memory of the server. */
enum {
	IDLE_S = 300, /* then a connection is closed */
	HEADERS_MAX = 256 * 1024,
	BODY_MAX = 64 * 1024 * 1024
};

static void
on_request(struct evhttp_request *req, void *arg)
{
	struct demo *d = arg;

	if (d->replay)
		replay_answer(d, req);
	else
		routes_answer(d, req);
}

/* All methods that evhttp knows, without a Content-Type of its own. */
static void
allow_everything(struct demo *d)
{
	struct evhttp *http = d->http;

	d->evhttp.set_allowed_methods(
	    http, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD |
	              EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS |
	              EVHTTP_REQ_TRACE | EVHTTP_REQ_PATCH);
	d->evhttp.set_max_headers_size(http, HEADERS_MAX);
	d->evhttp.set_max_body_size(http, BODY_MAX);
	d->evhttp.set_default_content_type(http, NULL);
	d->evhttp.set_timeout(http, IDLE_S);
}

/* An event base whose timers are not rounded up to milliseconds, since delays
 * that were recorded may be shorter. */
static struct event_base *
new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config) {
		event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
		base = event_base_new_with_config(config);
		event_config_free(config);
	}
	return base;
}

/* Set the server up on the listening socket `fd`, which it takes over. */
static void
demo_open(struct demo *d, int fd)
{
	struct evconnlistener *listener;

	list_init(&d->waiting);
	tallies_init(&d->tallies);
	d->base = new_base();
	d->http = d->base ? d->evhttp.new(d->base) : NULL;
	if (!d->http)
		die("cannot set up the event loop");
	listener = evconnlistener_new(
	    d->base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE, 0, fd);
	if (!listener || !d->evhttp.bind_listener(d->http, listener))
		die("cannot set up the demo server");
	allow_everything(d);
	d->evhttp.set_gencb(d->http, on_request, d);
}

static void
demo_close(struct demo *d)
{
	reply_drop_waiting(d);
	d->evhttp.free(d->http);
	tallies_release(&d->tallies);
	event_base_free(d->base);
}

/* End the server when the other end of the lifeline closes, which happens
 * however that process ends. What is written there is read and ignored. */
static void
on_lifeline(evutil_socket_t fd, short what, void *base)
{
	char scrap[4096];
	ssize_t n = read(fd, scrap, sizeof(scrap));

	(void)what;
	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
		event_base_loopbreak(base);
}

static void
on_signal(evutil_socket_t signal, short what, void *base)
{
	(void)signal;
	(void)what;
	event_base_loopbreak(base);
}

static struct event *
watch_event(struct event_base *base, int fd, short what, event_callback_fn call)
{
	struct event *e = event_new(base, fd, what | EV_PERSIST, call, base);

	if (!e || event_add(e, NULL) == -1)
		die("cannot set up the event loop");
	return e;
}

/* Serve on `fd`, which is closed in the end, until `lifeline` (-1: none) is
 * closed at its other end, or SIGTERM or SIGINT arrives. */
static void
serve(struct demo *d, int fd, int lifeline)
{
	struct event *events[3] = {NULL};

	environment_raise_descriptor_limit();
	signal(SIGPIPE, SIG_IGN);
	demo_open(d, fd);
	events[0] = watch_event(d->base, SIGTERM, EV_SIGNAL, on_signal);
	events[1] = watch_event(d->base, SIGINT, EV_SIGNAL, on_signal);
	if (lifeline != -1)
		events[2] =
		    watch_event(d->base, lifeline, EV_READ, on_lifeline);
	event_base_dispatch(d->base);
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		if (events[i])
			event_free(events[i]);
	}
	demo_close(d);
}

/* Let go of what the child shares with its parent. A pipe that it kept open
 * would never end for its reader; and Ctrl-C, which a terminal sends to the
 * whole group, shall reach the parent only, whose end closes the lifeline. */
static void
detach(void)
{
	int null = open("/dev/null", O_RDWR);

	if (null != -1) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		if (null > STDERR_FILENO)
			close(null);
	}
	setpgid(0, 0);
}

_Noreturn static void
run_child(struct demo *d, int fd, int lifeline)
{
	detach();
	serve(d, fd, lifeline);
	_exit(0);
}

/* A pipe that is closed in programs which either process starts. */
static int
open_lifeline(int ends[2], char **cause)
{
	if (pipe(ends) == -1) {
		*cause = xasprintf("cannot make a pipe: %s", strerror(errno));
		return -1;
	}
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	return 0;
}

int
demo_server_start(struct demo_server *s, char **cause)
{
	struct demo demo = {0};
	int ends[2];
	int fd;

	if (evhttp_load(&demo.evhttp, cause) == -1)
		return -1;
	fd = listen_open("127.0.0.1:0", cause);
	if (fd == -1)
		return -1;
	if (open_lifeline(ends, cause) == -1) {
		close(fd);
		return -1;
	}
	s->port = listen_port(fd);
	s->pid = fork();
	if (s->pid == 0) {
		close(ends[1]);
		run_child(&demo, fd, ends[0]);
	}
	if (s->pid == -1)
		*cause = xasprintf("cannot fork: %s", strerror(errno));
	close(fd);
	close(ends[0]);
	s->lifeline = ends[1];
	if (s->pid == -1)
		close(s->lifeline);
	return s->pid == -1 ? -1 : 0;
}

void
demo_server_stop(struct demo_server *s)
{
	close(s->lifeline);
	while (waitpid(s->pid, NULL, 0) == -1 && errno == EINTR)
		;
}

/* stdin if it is a pipe or a socket, which has another end; else -1. A script
 * can so end the server by ending itself. */
static int
stdin_lifeline(void)
{
	struct stat st;

	if (fstat(STDIN_FILENO, &st) == -1)
		return -1;
	return S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) ? STDIN_FILENO : -1;
}

/* Print the URL of the server; scripts wait for this line. -1 with errno. */
static int
print_url(int fd)
{
	struct buf url;
	int failed;

	buf_init(&url);
	listen_add_url(&url, fd);
	failed = puts(url.data) == EOF || fflush(stdout) == EOF;
	buf_release(&url);
	return failed ? -1 : 0;
}

/* Say how what was recorded is fetched again. */
static void
log_how_to_fetch(const struct serve_options *o, int fd)
{
	char *list = xasprintf("@%s", o->replay);
	char *word = shell_word(list);
	struct buf url = {0};

	listen_add_url(&url, fd);
	log_note("to fetch it: gather --replay-at %s %s",
	    url.data + strlen("http://"), word);
	buf_release(&url);
	free(word);
	free(list);
}

static int
listen_and_serve(struct demo *d, const struct serve_options *o)
{
	char *cause;
	int fd = listen_open(o->address, &cause);

	if (fd == -1)
		return exit_usage(cause);
	if (print_url(fd) == -1) {
		log_error("cannot write to stdout: %s", strerror(errno));
		close(fd);
		return STATUS_OUTPUT;
	}
	if (o->replay)
		log_how_to_fetch(o, fd);
	serve(d, fd, stdin_lifeline());
	return 0;
}

static int
serve_replay(struct demo *d, const struct serve_options *o)
{
	char *cause;
	int status;

	if (replay_load(d->replay, o->replay, o->replay_speed, &cause))
		status = exit_usage(cause);
	else
		status = listen_and_serve(d, o);
	replay_unload(d->replay);
	return status;
}

int
demo_server_serve(const struct serve_options *o)
{
	struct replayer replay = {0};
	struct demo demo = {.replay = o->replay ? &replay : NULL};
	char *cause;

	if (evhttp_load(&demo.evhttp, &cause) == -1)
		return exit_usage(cause);
	return o->replay ? serve_replay(&demo, o) : listen_and_serve(&demo, o);
}
