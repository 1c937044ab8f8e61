/*
 * The ways in which the process ends: with a usage error, by a signal, and by
 * the deadline as long as there is no event loop.
 */
#include "config.h"

#include "process/exit.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "process/log.h"

int
exit_usage(char *cause)
{
	log_answer("%s", cause);
	free(cause);
	return STATUS_USAGE;
}

const int exit_signals[EXIT_SIGNALS] = {SIGINT, SIGTERM, SIGHUP};

bool
exit_signal_is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 &&
	       action.sa_handler == SIG_IGN;
}

void
exit_by_signal(int number)
{
	sigset_t set;

	signal(number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(number);
	exit(128 + number);
}

/* A signal handler may not use stdio or allocate, so the message is fixed and
 * written by write(2) (signal-safety(7)). */
static void
on_alarm(int number)
{
	static const char message[] =
	    "gather: --deadline reached while reading a file named on the "
	    "command line\n";
	ssize_t n = write(STDERR_FILENO, message, sizeof(message) - 1);

	(void)number;
	(void)n;
	_exit(STATUS_DEADLINE);
}

/* Returns how long the timer has left; 0: it is not running. */
static int64_t
left_of(const struct itimerval *timer)
{
	return timer->it_value.tv_sec * CLOCK_SECOND + timer->it_value.tv_usec;
}

void
exit_deadline_start(int64_t us)
{
	struct itimerval timer = {.it_value = clock_timeval(us)};
	struct itimerval now;

	if (us <= 0 || getitimer(ITIMER_REAL, &now) || left_of(&now))
		return;
	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &timer, NULL);
}

int64_t
exit_deadline_stop(void)
{
	struct itimerval none = {0}, was;

	if (setitimer(ITIMER_REAL, &none, &was))
		return 0;
	signal(SIGALRM, SIG_DFL);
	return left_of(&was);
}
