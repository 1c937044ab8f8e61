#include "config.h"

#include "command/queue_progress.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "display/progress_messages.h"
#include "display/status_line.h"
#include "process/log.h"
#include "stats/pace.h"

enum {
	FRAME_US = 100000,
	UNSEEN_US = 1000000, /* where no line is drawn */
	FRAMES_BEFORE = 3    /* what is over before then shows no line */
};

struct queue_progress {
	bool shown; /* there is a terminal, and it is wanted */
	struct terminal terminal;
	struct status_line line;
	struct writer_screen screen;
	struct pace pace;
	uint64_t most; /* that `ask` has told */
	unsigned frame;
	int64_t start_us;
	struct event tick; /* a frame, and a sample of the pace */
	struct progress_messages messages;
	void (*ask)(void *arg, struct progress_figures *);
	void *arg;
};

static struct progress_figures
figures_now(void *arg)
{
	struct queue_progress *p = arg;
	int64_t now = clock_now_us();
	struct progress_figures f = {
	    .total = -1,
	    .elapsed_us = now - p->start_us,
	    .eta_us = -1,
	    .left_us = -1,
	    .waited_us = -1,
	    .frame = p->frame,
	};

	p->ask(p->arg, &f);
	/* A server that came back with less lets the count fall. */
	p->most = f.done > p->most ? f.done : p->most;
	pace_add(&p->pace, now, p->most);
	f.rate = pace_rate(&p->pace);
	return f;
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct queue_progress *p = arg;
	struct progress_figures f = figures_now(p);
	struct buf text = {0};
	size_t columns;

	(void)fd;
	(void)what;
	if (p->frame++ < FRAMES_BEFORE || !p->shown)
		return;
	p->terminal.width = terminal_width(STDERR_FILENO);
	columns = progress_add_line(&f, &p->terminal, &text);
	status_line_draw(&p->line,
	    &(struct status_text){buf_text(&text), text.len, columns});
	buf_release(&text);
}

static void
open_line(struct queue_progress *p)
{
	status_line_init(&p->line, STDERR_FILENO);
	log_set_wipe(status_line_begin_message, &p->line);
}

struct queue_progress *
queue_progress_new(struct event_base *base, const struct progress_options *o,
    void (*ask)(void *arg, struct progress_figures *), void *arg)
{
	struct queue_progress *p = xcalloc(1, sizeof(*p));
	struct timeval tick;

	p->ask = ask;
	p->arg = arg;
	p->start_us = clock_now_us();
	p->terminal = terminal_of(STDERR_FILENO, o->color);
	p->shown =
	    o->meter && p->terminal.moves && log_get_level() >= LOG_NORMAL;
	if (p->shown)
		open_line(p);
	tick = clock_timeval(p->shown ? FRAME_US : UNSEEN_US);
	event_assign(&p->tick, base, -1, EV_PERSIST, on_tick, p);
	event_add(&p->tick, &tick);
	p->messages.figures = figures_now;
	p->messages.arg = p;
	progress_messages_open(&p->messages, base, p->shown ? 0 : o->every_us);
	return p;
}

void
queue_progress_share(struct queue_progress *p, struct writer *writer)
{
	if (!p->shown || !isatty(STDOUT_FILENO))
		return;
	p->screen = (struct writer_screen){
	    .begin = status_line_begin_other,
	    .end = status_line_end_other,
	    .arg = &p->line,
	};
	writer_share_screen(writer, &p->screen);
}

void
queue_progress_free(struct queue_progress *p)
{
	if (!p)
		return;
	event_del(&p->tick);
	progress_messages_close(&p->messages);
	if (p->shown) {
		log_set_wipe(NULL, NULL);
		status_line_release(&p->line);
	}
	free(p);
}
