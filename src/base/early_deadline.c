#include "config.h"

#include "base/early_deadline.h"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exit_status.h"

static void
on_alarm(int number)
{
	static const char said[] =
	    "gather: --deadline came while a file of the command line was "
	    "being read\n";
	ssize_t n = write(STDERR_FILENO, said, sizeof(said) - 1);

	(void)number;
	(void)n;
	_exit(STATUS_DEADLINE);
}

static int64_t
left_of(const struct itimerval *timer)
{
	return timer->it_value.tv_sec * CLOCK_SECOND + timer->it_value.tv_usec;
}

void
early_deadline_start(int64_t us)
{
	struct itimerval timer = {
	    .it_value = {us / CLOCK_SECOND, us % CLOCK_SECOND}};
	struct itimerval now;

	if (us <= 0 || getitimer(ITIMER_REAL, &now) || left_of(&now))
		return;
	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &timer, NULL);
}

int64_t
early_deadline_stop(void)
{
	struct itimerval none = {0}, was;

	if (setitimer(ITIMER_REAL, &none, &was))
		return 0;
	signal(SIGALRM, SIG_DFL);
	return left_of(&was);
}
