/*
 * How far the run is: a line that is drawn ten times a second on a terminal, a
 * message every so often (--progress), or one on SIGUSR1. First what the run
 * waits for, then the figures, and at the end the events.
 *
 * What the run waits for is looked up once a second only: with many origins
 * that takes a while.
 */
#include "config.h"

#include "run/run_private.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "display/progress.h"
#include "display/progress_messages.h"
#include "display/status_line.h"
#include "process/log.h"
#include "request/given.h"
#include "request/url.h"
#include "run/notices.h"
#include "stats/pace.h"
#include "text/percent.h"
#include "text/utf8.h"

enum {
	FEW = 8, /* requests in flight at the end of a run: one is named */
	LOOK_AT_MOST = 100, /* transfers in flight of which bodies are asked */
	FRAME_US = 100000,
	FRAMES_BEFORE = 3,   /* a run that is over before then shows no line */
	FRAMES_A_LOOKUP = 10 /* of what is waited for: once a second */
};

struct run_progress {
	struct run *run;
	struct terminal terminal;
	struct status_line line;
	struct writer_screen screen; /* makes way for bytes of others */
	struct pace pace;            /* results a second, lately */
	struct pace bytes;           /* of bodies a second, lately */
	struct buf queue;            /* of the feed's ledger, in words */
	struct buf waiting;          /* what the run waits for, in words */
	struct buf url;              /* and the URL behind them; or empty */
	int64_t since_us;            /* it waits for that; -1: unknown */
	int64_t until_us;            /* it waits at most; -1: unknown */
	const struct flight *oldest; /* of those in flight, to compare only */
	unsigned frame;              /* frames so far */
	struct event tick;           /* the next frame */
	struct event resized;        /* SIGWINCH */
	struct progress_messages messages;
};

/* --- what is waited for ----------------------------------------------- */

/* The origins that are held (Retry-After, a quota that is used up). */
struct held {
	char *name;       /* of the origin whose hold ends first; NULL: none */
	int64_t until_us; /* when that hold ends */
	size_t waiting;   /* requests to any of them */
	int64_t now;
};

static void
on_origin(void *arg, const struct sched_origin_view *view)
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

/* "12 held by example.org for 8 s" */
static void
add_held(struct run_progress *p, const struct held *held)
{
	char *host = notices_host(held->name);

	buf_addf(&p->waiting, "%zu held by ", held->waiting);
	utf8_add_safe(&p->waiting, host, strlen(host));
	buf_adds(&p->waiting, " for");
	p->until_us = held->until_us;
	free(host);
}

/* Set the URL to that where `f` is, as people read it. */
static void
set_url_of_flight(struct run_progress *p, const struct flight *f)
{
	char *url = url_redacted(hop_url(&f->hop, f->job->request));

	percent_add_safe(&p->url, url, strlen(url));
	free(url);
}

/* Set the URL to that of `job`, which a bad line of the input has not. */
static void
set_url(struct run_progress *p, const struct job *job)
{
	char *subject;

	if (job->request->url) {
		set_url_of_flight(p, &job->main);
		return;
	}
	subject = given_subject(job->request);
	utf8_add_safe(&p->url, subject, strlen(subject));
	free(subject);
}

/* "held up by URL": the first in the order, behind which the order is full. */
static void
add_head(struct run_progress *p)
{
	struct job *head = order_head(p->run->order);

	buf_adds(&p->waiting, "held up by");
	if (head)
		set_url(p, head);
}

/* "next start in 8 s": nothing is in flight, and rates, back-offs or origins
 * that are down let nothing start before that. The last request is named. */
static void
add_next_start(struct run_progress *p, int64_t shown_until_us)
{
	const struct run *run = p->run;
	const struct list *last = &run->jobs;
	int64_t left = run->armed_us - clock_now_us();

	/* A short wait is not worth a word, but a long one is counted down. */
	if (sched_flying(run->sched) ||
	    (left < CLOCK_SECOND && run->armed_us != shown_until_us))
		return;
	buf_adds(&p->waiting, "next start in");
	p->until_us = run->armed_us;
	if (run->input_ended && !list_empty(last) && last->next == last->prev)
		set_url(p, container_of(last->next, struct job, link));
}

/* Is the run at its end: few requests are left, all of them are in flight, and
 * have been for a while? Who has asked for one only knows its URL. */
static bool
is_at_its_end(const struct run *run)
{
	size_t flying = sched_flying(run->sched);

	return flying > 0 && flying <= FEW && run->input_ended &&
	       run->read > 1 && list_empty(&run->branches) &&
	       !sched_ahead(run->sched) &&
	       clock_now_us() - run->last_start.at_us >= CLOCK_SECOND;
}

/* "waiting for URL (3.2 s)": the one that is in flight for longest. */
static void
add_straggler(struct run_progress *p)
{
	const struct flight *f = fleet_look(p->run->fleet).oldest;

	if (!f)
		return;
	buf_adds(&p->waiting, "waiting for");
	p->since_us = f->admitted_us;
	p->oldest = f;
	set_url_of_flight(p, f);
}

/* Find out what the run waits for; only the outermost reason is named. */
static void
update_waiting(struct run_progress *p)
{
	struct held held = {.now = clock_now_us()};
	struct run *run = p->run;
	int64_t shown_until_us = p->until_us;

	buf_clear(&p->waiting);
	buf_clear(&p->url);
	p->since_us = -1;
	p->until_us = -1;
	p->oldest = NULL;
	if (sched_parked(run->sched))
		sched_each_origin(run->sched, on_origin, &held);
	if (writer_pending(run->writer) > WRITER_STDOUT_MAX)
		buf_adds(&p->waiting, "waiting for stdout's reader");
	else if (!order_has_room(run->order))
		add_head(p);
	else if (held.name)
		add_held(p, &held);
	else if (run->input_waits && list_empty(&run->jobs))
		buf_adds(&p->waiting, "waiting for input");
	else if (is_at_its_end(run))
		add_straggler(p);
	else
		add_next_start(p, shown_until_us);
	free(held.name);
}

/* --- how far it is ---------------------------------------------------- */

/* How many results there will be; -1: nobody knows, as with pages and children,
 * of which any answer may lead to more. */
static int64_t
total_of(const struct run *run)
{
	const struct follow_options *follow = &run->options->follow;
	int64_t total = run->input_ended
	                    ? (int64_t)run->read
	                    : run->parts.feed.total - (int64_t)run->repeated;

	if (follow->paginate || follow->stages_len)
		return -1;
	return total >= (int64_t)totals_count(&run->outcome.totals) ? total
	                                                            : -1;
}

/* How long the bodies of all that is left will take; -1: some are of unknown
 * length, or not all is in flight. */
static int64_t
bodies_eta_us(const struct progress_figures *f, const struct engine_view *view)
{
	if (!f->flying || (uint64_t)f->total != f->done + f->flying ||
	    view->left < 0 || f->bytes_rate < 1)
		return -1;
	return (int64_t)((double)view->left / f->bytes_rate * CLOCK_SECOND);
}

/* How long the rest will take; -1: that cannot be told. While few are done, as
 * many as are in flight, their pace means nothing, nor while the run waits. */
static int64_t
eta_us(const struct run_progress *p, const struct progress_figures *f)
{
	if (f->waiting || f->done < f->flying)
		return -1;
	return pace_eta_us(&p->pace, (uint64_t)f->total - f->done);
}

/* Set what is known of the bodies in flight. */
static void
look_at_bodies(struct run_progress *p, struct progress_figures *f)
{
	struct engine_view view;

	if (f->total < 0 || f->flying > LOOK_AT_MOST)
		return;
	view = fleet_look(p->run->fleet);
	f->share = view.share;
	f->eta_us = bodies_eta_us(f, &view);
}

/* Is what the run waits for still to come? */
static bool
still_waits(const struct run_progress *p, int64_t now)
{
	return p->waiting.len && (p->until_us < 0 || p->until_us > now);
}

/* How far all are who work on the queue of the feed; NULL: it has none. */
static const char *
queue_now(struct run_progress *p)
{
	const struct feed_ledger *l = p->run->parts.feed.ledger;

	if (!l)
		return NULL;
	buf_clear(&p->queue);
	l->add_state(l->arg, &p->queue);
	return buf_text(&p->queue);
}

/* Borrows p->queue, p->waiting and p->url. */
static struct progress_figures
figures_now(struct run_progress *p)
{
	struct run *run = p->run;
	const struct totals *t = &run->outcome.totals;
	int64_t now = clock_now_us();
	bool waits = still_waits(p, now);
	struct progress_figures f = {
	    .label = run->parts.label,
	    .done = totals_count(t),
	    .total = total_of(run),
	    .failed = t->failed,
	    .flying = sched_flying(run->sched),
	    .retrying = run->retrying,
	    .queue = queue_now(p),
	    .bytes = fleet_counts(run->fleet).bytes_received,
	    .elapsed_us = now - run->start_us,
	    .eta_us = -1,
	    .waiting = waits ? p->waiting.data : NULL,
	    .url = waits && p->url.len ? p->url.data : NULL,
	    .left_us = p->until_us < 0 ? -1 : p->until_us - now,
	    .waited_us = p->since_us < 0 ? -1 : now - p->since_us,
	    .frame = p->frame,
	};

	pace_add(&p->pace, now, f.done);
	pace_add(&p->bytes, now, f.bytes);
	f.rate = pace_rate(&p->pace);
	f.bytes_rate = pace_rate(&p->bytes);
	f.bytes += run->part_counts.bytes;
	look_at_bodies(p, &f);
	if (f.total >= 0 && f.eta_us < 0)
		f.eta_us = eta_us(p, &f);
	return f;
}

static void
draw(struct run_progress *p)
{
	struct progress_figures figures = figures_now(p);
	struct status_text text;
	struct buf line;

	buf_init(&line);
	text.columns = progress_add_line(&figures, &p->terminal, &line);
	text.text = line.data;
	text.len = line.len;
	status_line_draw(&p->line, &text);
	buf_release(&line);
}

static struct progress_figures
figures_for_message(void *arg)
{
	struct run_progress *p = arg;

	update_waiting(p);
	return figures_now(p);
}

/* --- when it is shown ------------------------------------------------- */

/* Has the request that the run waited for ended? */
static bool
is_outdated(const struct run_progress *p)
{
	return p->oldest && fleet_look(p->run->fleet).oldest != p->oldest;
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct run_progress *p = arg;

	(void)fd;
	(void)what;
	if (++p->frame < FRAMES_BEFORE)
		return;
	if (p->frame % FRAMES_A_LOOKUP == FRAMES_BEFORE || is_outdated(p))
		update_waiting(p);
	draw(p);
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

/* Draw a line from now on; messages and bytes for the same terminal wipe it
 * first. */
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
	p->run->encoded.screen = &p->screen;
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
	struct run_progress *p = xcalloc(1, sizeof(*p));
	bool line;

	run->progress = p;
	p->run = run;
	line = wants_line(p);
	status_line_init(&p->line, STDERR_FILENO);
	p->since_us = -1;
	p->until_us = -1;
	pace_add(&p->pace, run->start_us, 0);
	pace_add(&p->bytes, run->start_us, 0);
	event_assign(&p->tick, base, -1, EV_PERSIST, on_tick, p);
	evsignal_assign(&p->resized, base, SIGWINCH, on_resized, p);
	p->messages.figures = figures_for_message;
	p->messages.arg = p;
	progress_messages_open(&p->messages, base, line ? 0 : every_us);
	if (line)
		open_line(p);
}

void
run_progress_close(struct run *run)
{
	struct run_progress *p = run->progress;

	event_del(&p->tick);
	progress_messages_close(&p->messages);
	event_del(&p->resized);
	status_line_wipe(&p->line);
}

void
run_progress_free(struct run *run)
{
	if (!run->progress)
		return;
	log_set_wipe(NULL, NULL);
	run->encoded.screen = NULL;
	status_line_release(&run->progress->line);
	buf_release(&run->progress->waiting);
	buf_release(&run->progress->queue);
	buf_release(&run->progress->url);
	free(run->progress);
}
