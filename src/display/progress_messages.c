#include "config.h"

#include "display/progress_messages.h"

#include <signal.h>

#include <event2/event.h>

#include "base/buf.h"
#include "base/clock.h"
#include "process/log.h"

/* The message; caller releases. */
static struct buf
message_now(struct progress_messages *m)
{
	struct progress_figures figures = m->figures(m->arg);
	struct buf text;

	buf_init(&text);
	progress_add_sentence(&figures, &text);
	return text;
}

static void
on_every(evutil_socket_t fd, short what, void *arg)
{
	struct buf text = message_now(arg);

	(void)fd;
	(void)what;
	log_note("%s", text.data);
	buf_release(&text);
}

static void
on_asked(evutil_socket_t number, short what, void *arg)
{
	struct buf text = message_now(arg);

	(void)number;
	(void)what;
	log_answer("%s", text.data);
	buf_release(&text);
}

void
progress_messages_open(
    struct progress_messages *m, struct event_base *base, int64_t every_us)
{
	const struct timeval every = clock_timeval(every_us);

	event_assign(&m->every, base, -1, EV_PERSIST, on_every, m);
	evsignal_assign(&m->asked, base, SIGUSR1, on_asked, m);
	evsignal_add(&m->asked, NULL);
	if (every_us > 0)
		event_add(&m->every, &every);
}

void
progress_messages_close(struct progress_messages *m)
{
	event_del(&m->every);
	event_del(&m->asked);
}
