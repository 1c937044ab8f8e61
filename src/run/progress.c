#include "config.h"

#include "run/run_private.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "display/progress.h"
#include "display/status_line.h"
#include "process/log.h"
#include "request/given.h"
#include "run/notices.h"
#include "stats/pace.h"
#include "text/utf8.h"

enum {
	FRAME_US = 100000,
	FRAMES_BEFORE = 3, /* what is over before then shows nothing */
	FRAMES_A_LOOK = 10 /* what is waited for is looked at once a second */
};

struct run_progress {
	struct run *run;
	struct terminal terminal;
	struct status_line line;
	struct writer_screen screen; /* stdout's bytes pass the line by */
	struct pace pace;
	struct buf waiting;
	unsigned frame;
	struct event tick;    /* the next frame, */
	struct event every;   /* --progress, */
	struct event asked;   /* SIGUSR1, */
	struct event resized; /* SIGWINCH */
};

/* --- what is waited for ----------------------------------------------- */

struct held {
	char *name; /* of the origin whose hold ends first; NULL: none */
	int64_t until_us;
	size_t waiting; /* at all that are held */
	int64_t now;
};

static void
see_origin(void *arg, const struct sched_origin_view *view)
{
	struct held *held = arg;

	if (!view->waiting || view->held_us <= held->now)
		return;
	held->waiting += view->waiting;
	if (held->name && held->until_us <= view->held_us)
		return;
	free(held->name);
	held->name = xstrdup(view->name);
	held->until_us = view->held_us;
}

static void
add_held(struct buf *out, const struct held *held)
{
	int64_t left = held->until_us - held->now;
	char *host = notices_host(held->name);

	buf_addf(out, "%zu held by ", held->waiting);
	utf8_add_safe(out, host, strlen(host));
	buf_addf(out, " for %lld s",
	    (long long)((left + CLOCK_SECOND - 1) / CLOCK_SECOND));
	free(host);
}

static void
add_head(struct run *run, struct buf *out)
{
	struct job *head = order_head(run->order);

	char *input = head ? given_subject(head->request) : NULL;

	buf_adds(out, "held up by ");
	if (input)
		utf8_add_safe(out, input, strlen(input));
	free(input);
}

/* Rates, back-offs, origins that are down: nothing starts before then. */
static void
add_next_start(const struct run *run, struct buf *out)
{
	int64_t left = run->armed_us - clock_now_us();

	if (!sched_flying(run->sched) && left >= CLOCK_SECOND)
		buf_addf(out, "next start in %lld s",
		    (long long)((left + CLOCK_SECOND - 1) / CLOCK_SECOND));
}

static void
look_at_waiting(struct run_progress *p)
{
	struct held held = {.now = clock_now_us()};
	struct run *run = p->run;
	struct buf *out = &p->waiting;

	buf_clear(out);
	if (sched_parked(run->sched))
		sched_each_origin(run->sched, see_origin, &held);
	if (writer_pending(run->writer) > WRITER_STDOUT_MAX)
		buf_adds(out, "waiting for stdout's reader");
	else if (!order_has_room(run->order))
		add_head(run, out);
	else if (held.name)
		add_held(out, &held);
	else if (run->input_waits && list_empty(&run->jobs))
		buf_adds(out, "waiting for input");
	else
		add_next_start(run, out);
	free(held.name);
}

/* --- how far it is ---------------------------------------------------- */

/* Pages and children are more than were listed: then nobody knows. */
static int64_t
total_of(const struct run *run)
{
	int64_t total =
	    run->input_ended ? (int64_t)run->read : run->parts.feed.total;

	return total >= (int64_t)totals_count(&run->outcome.totals) ? total
	                                                            : -1;
}

static struct progress_figures
look(struct run_progress *p)
{
	struct run *run = p->run;
	const struct totals *t = &run->outcome.totals;
	struct progress_figures f = {
	    .label = run->parts.label,
	    .done = totals_count(t),
	    .total = total_of(run),
	    .failed = t->failed,
	    .flying = sched_flying(run->sched),
	    .retrying = run->retrying,
	    .eta_us = -1,
	    .frame = p->frame,
	};

	pace_add(&p->pace, clock_now_us(), f.done);
	f.rate = pace_rate(&p->pace);
	if (f.total >= 0)
		f.eta_us = pace_eta_us(&p->pace, (uint64_t)f.total - f.done);
	f.waiting = p->waiting.len ? p->waiting.data : NULL;
	return f;
}

static void
draw(struct run_progress *p)
{
	struct progress_figures figures = look(p);
	struct status_text text;
	struct buf line;

	buf_init(&line);
	text.columns = progress_add_line(&figures, &p->terminal, &line);
	text.text = line.data;
	text.len = line.len;
	status_line_draw(&p->line, &text);
	buf_release(&line);
}

static struct buf
sentence(struct run_progress *p)
{
	struct progress_figures figures;
	struct buf text;

	look_at_waiting(p);
	figures = look(p);
	buf_init(&text);
	progress_add_sentence(&figures, &text);
	return text;
}

/* --- when to say it --------------------------------------------------- */

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct run_progress *p = arg;

	(void)fd;
	(void)what;
	if (++p->frame < FRAMES_BEFORE)
		return;
	if (p->frame % FRAMES_A_LOOK == FRAMES_BEFORE)
		look_at_waiting(p);
	draw(p);
}

static void
on_every(evutil_socket_t fd, short what, void *arg)
{
	struct buf text = sentence(arg);

	(void)fd;
	(void)what;
	log_note("%s", text.data);
	buf_release(&text);
}

static void
on_asked(evutil_socket_t number, short what, void *arg)
{
	struct buf text = sentence(arg);

	(void)number;
	(void)what;
	log_answer("%s", text.data);
	buf_release(&text);
}

static void
on_resized(evutil_socket_t number, short what, void *arg)
{
	struct run_progress *p = arg;

	(void)number;
	(void)what;
	p->terminal.width = terminal_width(STDERR_FILENO);
	if (p->frame >= FRAMES_BEFORE)
		draw(p);
}

static void
open_line(struct run_progress *p)
{
	static const struct timeval frame = {0, FRAME_US};

	p->terminal =
	    terminal_of(STDERR_FILENO, p->run->options->progress.color);
	log_set_wipe(status_line_begin_message, &p->line);
	p->screen = (struct writer_screen){
	    status_line_begin_other, status_line_end_other, &p->line};
	writer_share_screen(p->run->writer, &p->screen);
	event_add(&p->tick, &frame);
	evsignal_add(&p->resized, NULL);
}

static bool
wants_line(const struct run_progress *p)
{
	return p->run->options->progress.meter && terminal_moves(STDERR_FILENO);
}

void
run_progress_open(struct run *run)
{
	struct event_base *base = run->parts.base;
	int64_t every_us = run->options->progress.every_us;
	struct timeval every = {
	    every_us / CLOCK_SECOND, every_us % CLOCK_SECOND};
	struct run_progress *p = xcalloc(1, sizeof(*p));

	run->progress = p;
	p->run = run;
	status_line_init(&p->line, STDERR_FILENO);
	pace_add(&p->pace, run->start_us, 0);
	event_assign(&p->tick, base, -1, EV_PERSIST, on_tick, p);
	event_assign(&p->every, base, -1, EV_PERSIST, on_every, p);
	evsignal_assign(&p->asked, base, SIGUSR1, on_asked, p);
	evsignal_assign(&p->resized, base, SIGWINCH, on_resized, p);
	evsignal_add(&p->asked, NULL);
	if (wants_line(p))
		open_line(p);
	else if (every_us > 0)
		event_add(&p->every, &every);
}

void
run_progress_close(struct run *run)
{
	struct run_progress *p = run->progress;

	event_del(&p->tick);
	event_del(&p->every);
	event_del(&p->asked);
	event_del(&p->resized);
	status_line_wipe(&p->line);
}

void
run_progress_free(struct run *run)
{
	if (!run->progress)
		return;
	log_set_wipe(NULL, NULL);
	status_line_release(&run->progress->line);
	buf_release(&run->progress->waiting);
	free(run->progress);
}
