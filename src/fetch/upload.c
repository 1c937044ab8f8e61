#include "config.h"

#include "fetch/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch/engine_private.h"

void
upload_init(struct upload *u, struct attempt *a)
{
	*u = (struct upload){.attempt = a, .fd = -1, .size = -1};
}

static void
stop_waiting(struct upload *u)
{
	if (!u->waits)
		return;
	event_del(&u->event);
	u->waits = false;
	u->attempt->uploads_waiting--;
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct upload *u = arg;
	struct attempt *a = u->attempt;

	(void)fd;
	(void)what;
	stop_waiting(u);
	if (a->flying && curl_easy_pause(a->easy, CURLPAUSE_CONT)) {
		lane_stop(a->lane, a);
		attempt_finish(a, CURLE_READ_ERROR);
		return;
	}
	lane_kick(a->lane);
}

/* Without O_NONBLOCK a FIFO would be waited for here. */
int
upload_open(struct upload *u, const char *name)
{
	struct stat st;

	u->fd = open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (u->fd < 0 || fstat(u->fd, &st))
		return -1;
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return -1;
	}
	u->size = S_ISREG(st.st_mode) ? st.st_size : -1;
	event_assign(&u->event, u->attempt->engine->base, u->fd, EV_READ,
	    on_readable, u);
	return 0;
}

void
upload_close(struct upload *u)
{
	stop_waiting(u);
	if (u->fd >= 0)
		close(u->fd);
	u->fd = -1;
}

void
upload_free(void *upload)
{
	upload_close(upload);
	free(upload);
}

/* Nothing was read. That is no end while nobody has opened it to write: then
 * it has not hung up either. */
static bool
may_go_on(const struct upload *u, ssize_t n)
{
	struct pollfd p = {.fd = u->fd, .events = POLLIN};

	if (u->size >= 0)
		return false;
	if (n < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK;
	return poll(&p, 1, 0) == 0;
}

size_t
upload_read(char *data, size_t size, size_t count, void *upload)
{
	struct upload *u = upload;
	ssize_t n;

	do
		n = read(u->fd, data, size * count);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		return (size_t)n;
	if (!may_go_on(u, n))
		return n < 0 ? CURL_READFUNC_ABORT : 0;
	if (!u->waits) {
		u->waits = true;
		u->attempt->uploads_waiting++;
		event_add(&u->event, NULL);
	}
	return CURL_READFUNC_PAUSE;
}

/* To send the same again, after a 401 or a dead connection. */
int
upload_seek(void *upload, curl_off_t offset, int origin)
{
	struct upload *u = upload;

	return lseek(u->fd, offset, origin) < 0 ? CURL_SEEKFUNC_CANTSEEK
	                                        : CURL_SEEKFUNC_OK;
}
