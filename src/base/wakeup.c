/*
 * A pipe rather than an eventfd(2): POSIX has it, and three of them in a
 * process cost nothing.
 */
#include "config.h"

#include "base/wakeup.h"

#include <fcntl.h>
#include <unistd.h>

int
wakeup_open(struct wakeup *w)
{
	if (pipe2(w->fds, O_CLOEXEC | O_NONBLOCK) == 0)
		return 0;
	*w = WAKEUP_CLOSED;
	return -1;
}

bool
wakeup_is_open(const struct wakeup *w)
{
	return w->fds[0] >= 0;
}

void
wakeup_close(struct wakeup *w)
{
	if (!wakeup_is_open(w))
		return;
	close(w->fds[0]);
	close(w->fds[1]);
	*w = WAKEUP_CLOSED;
}

int
wakeup_fd(const struct wakeup *w)
{
	return w->fds[0];
}

void
wakeup_send(const struct wakeup *w)
{
	/* Where the pipe is full, the loop has a wake-up waiting already. */
	ssize_t n = write(w->fds[1], "", 1);

	(void)n;
}

void
wakeup_drain(const struct wakeup *w)
{
	char sink[64];

	/* A read that has room left has emptied the pipe. */
	while (read(w->fds[0], sink, sizeof(sink)) == sizeof(sink))
		continue;
}
