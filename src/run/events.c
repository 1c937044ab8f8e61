#include "config.h"

#include "run/run_private.h"

#include <signal.h>

#include "base/clock.h"
#include "process/exit.h"
#include "process/log.h"

static const struct timeval two_seconds = {2, 0};

/* timeout(1) signals its child and then the group that both are in. */
enum {
	ONE_SIGNAL_US = 100 * 1000
};

static const int ending_signals[RUN_SIGNALS] = {SIGINT, SIGTERM, SIGHUP};

static struct timeval
timeval_of(int64_t us)
{
	if (us < 0)
		us = 0;
	return (struct timeval){us / CLOCK_SECOND, us % CLOCK_SECOND};
}

/* An event that makes itself active runs again before libevent looks at any
 * descriptor, signal or timer: the pump asks for its next turn by a timer. */
void
run_wake(struct run *run)
{
	if (run->pumping)
		run->woken = true;
	else
		event_active(&run->pump, EV_TIMEOUT, 1);
}

static void
on_pump(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	run_pump(arg);
}

static void
on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct run *run = arg;

	(void)fd;
	(void)what;
	run->armed_us = -1;
	run_pump(run);
}

void
run_wake_at(struct run *run, int64_t at, int64_t now)
{
	struct timeval tv = timeval_of(at - now);

	if (at == run->armed_us)
		return;
	run->armed_us = at;
	if (at < 0)
		evtimer_del(&run->wake);
	else
		evtimer_add(&run->wake, &tv);
}

static void
on_input(evutil_socket_t fd, short what, void *arg)
{
	struct run *run = arg;

	(void)fd;
	(void)what;
	run->input_waits = false;
	run->parts.feed.fill(run->parts.feed.arg);
	run_pump(run);
}

void
run_wait_for_input(struct run *run)
{
	int fd = run->parts.feed.fd(run->parts.feed.arg);

	run->input_waits = true;
	event_assign(&run->input, run->parts.base, fd, EV_READ, on_input, run);
	event_add(&run->input, NULL);
}

static void
on_writer(evutil_socket_t fd, short what, void *arg)
{
	struct run *run = arg;

	(void)fd;
	(void)what;
	writer_reap(run->writer);
	if (writer_error(run->writer, NULL))
		run_stop(run, RUN_UNWRITABLE);
	run_wake(run);
}

/* The write end of a pipe turns "readable" when its reader is gone. */
static void
on_reader_gone(evutil_socket_t fd, short what, void *arg)
{
	struct run *run = arg;

	(void)fd;
	(void)what;
	if (writer_lost_reader(run->writer))
		run_stop(run, RUN_UNWRITABLE);
	else
		event_del(&run->reader_gone);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	run_stop(arg, RUN_DEADLINE);
}

static void
on_flush(evutil_socket_t fd, short what, void *arg)
{
	struct run *run = arg;

	(void)fd;
	(void)what;
	if (run->sinks)
		sinks_flush(run->sinks);
}

void
run_flush_later(struct run *run)
{
	struct timeval tv = timeval_of(SINKS_GATHER_US);

	if (!evtimer_pending(&run->flush, NULL))
		evtimer_add(&run->flush, &tv);
}

static void
abandon(struct run *run)
{
	run->abandoned = true;
	event_base_loopbreak(run->parts.base);
}

/* After a signal an output that takes nothing must not keep us. */
static void
on_stuck(evutil_socket_t fd, short what, void *arg)
{
	struct run *run = arg;
	uint64_t progress = writer_progress(run->writer);

	(void)fd;
	(void)what;
	if (progress == run->writer_progress_seen)
		abandon(run);
	run->writer_progress_seen = progress;
}

static void
on_signal(evutil_socket_t number, short what, void *arg)
{
	struct run *run = arg;
	int64_t now = clock_now_us();

	(void)what;
	if (run->outcome.signal) {
		if (now - run->signal_us >= ONE_SIGNAL_US)
			abandon(run);
		return;
	}
	run->outcome.signal = (int)number;
	run->signal_us = now;
	run->writer_progress_seen = writer_progress(run->writer);
	event_add(&run->stuck, &two_seconds);
	run_stop(run, RUN_SIGNAL);
}

static void
watch_writer(void *arg, int fd)
{
	struct run *run = arg;

	event_assign(&run->writer_ready, run->parts.base, fd,
	    EV_READ | EV_PERSIST, on_writer, run);
	event_add(&run->writer_ready, NULL);
}

static void
watch_output(struct run *run)
{
	struct event_base *base = run->parts.base;
	int fd = writer_watch_fd(run->writer);

	event_assign(&run->writer_ready, base, -1, 0, on_writer, run);
	writer_on_start(run->writer, watch_writer, run);
	event_assign(&run->reader_gone, base, fd, EV_READ | EV_PERSIST,
	    on_reader_gone, run);
	if (fd >= 0)
		event_add(&run->reader_gone, NULL);
}

/* As nohup(1) leaves SIGHUP, and a shell SIGINT for what it starts with `&`. */
static bool
is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 &&
	       action.sa_handler == SIG_IGN;
}

static void
watch_signals(struct run *run)
{
	for (size_t i = 0; i < RUN_SIGNALS; i++) {
		evsignal_assign(&run->signals[i], run->parts.base,
		    ending_signals[i], on_signal, run);
		if (!is_ignored(ending_signals[i]))
			event_add(&run->signals[i], NULL);
	}
}

void
run_events_open(struct run *run)
{
	struct event_base *base = run->parts.base;
	int64_t left_us = exit_deadline_stop();
	struct timeval deadline =
	    timeval_of(left_us ? left_us : run->options->stop.deadline_us);

	run->armed_us = -1;
	event_assign(&run->pump, base, -1, 0, on_pump, run);
	evtimer_assign(&run->wake, base, on_wake, run);
	event_assign(&run->input, base, -1, 0, on_input, run);
	evtimer_assign(&run->deadline, base, on_deadline, run);
	evtimer_assign(&run->flush, base, on_flush, run);
	event_assign(&run->stuck, base, -1, EV_PERSIST, on_stuck, run);
	if (run->options->stop.deadline_us > 0)
		evtimer_add(&run->deadline, &deadline);
	watch_output(run);
	watch_signals(run);
}

void
run_events_close(struct run *run)
{
	event_del(&run->pump);
	event_del(&run->wake);
	event_del(&run->input);
	event_del(&run->deadline);
	event_del(&run->flush);
	event_del(&run->stuck);
	event_del(&run->writer_ready);
	writer_on_start(run->writer, NULL, NULL);
	event_del(&run->reader_gone);
	for (size_t i = 0; i < RUN_SIGNALS; i++)
		event_del(&run->signals[i]);
}
