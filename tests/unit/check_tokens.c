/*
 * Rates that bind several workers, against a model of the script `tokens`: in
 * virtual time, workers whose clocks differ are stopped, killed and cut off,
 * and the server is restarted and has its clock set. However they fare, there
 * are never more than N starts in any window of P; and where nothing happens to
 * them, they use nearly all that there is.
 */
#include "config.h"

#include "queue/tokens.h"
#include "unit.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/list.h"
#include "base/xalloc.h"

#define MS  INT64_C(1000)
#define S   INT64_C(1000000)
#define DAY (86400 * S)

enum {
	WORKERS = 4,
	ITEMS = 24, /* of each worker, over and over */
	PARTS = 96, /* tokens and buckets that are not free, at most */
	STARTS = 20000,
	ARGS = 2048
};

/* ck_assert writes to a pipe each time; these run millions of times. */
#define MUST(condition)                                               \
	do {                                                          \
		if (!(condition))                                     \
			ck_abort_msg("seed %llu: %s",                 \
			    (unsigned long long)history, #condition); \
	} while (0)

static uint64_t seed, history;

/* xorshift64: 0 to n - 1. */
static int64_t
any(int64_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return n > 0 ? (int64_t)(seed % (uint64_t)n) : 0;
}

/* A clock that is off by so much, and runs so fast. */
struct drift {
	int64_t offset_us, ppm;
};

static int64_t now_us; /* the true time */

static int64_t
read_clock(const struct drift *d)
{
	return now_us + now_us / 1000 * d->ppm / 1000 + d->offset_us;
}

/* --- the server: what tokens.lua does, for one rate ------------------------
 */

struct part {
	char name[RATE_LEASE_NAME]; /* "": a bucket */
	int64_t free_us;
	int64_t count;
};

static struct {
	struct drift clock;
	struct part parts[PARTS];
	size_t parts_len;
	int64_t spent, seen_us, since_us, sequence;
	int64_t asked_us[WORKERS * 64]; /* by the number in a worker's name */
	unsigned epoch;                 /* of meta; 0: none so far */
	unsigned run;                   /* the run_id that it has now */
} server;

static void
put_part(const char *name, int64_t free_us, int64_t count)
{
	struct part *p = server.parts;

	for (size_t i = 0; i < server.parts_len; i++)
		if (!*name && !*p[i].name && p[i].free_us == free_us) {
			p[i].count += count;
			return;
		}
	ck_assert_uint_lt(server.parts_len, PARTS);
	p += server.parts_len++;
	snprintf(p->name, sizeof(p->name), "%s", name);
	p->free_us = free_us;
	p->count = count;
}

static void
drop_part(size_t i)
{
	server.parts[i] = server.parts[--server.parts_len];
}

static void
free_parts(int64_t now)
{
	for (size_t i = server.parts_len; i-- > 0;)
		if (server.parts[i].free_us <= now) {
			server.spent -= server.parts[i].count;
			drop_part(i);
		}
}

static struct part *
find_part(const char *name)
{
	for (size_t i = 0; i < server.parts_len; i++)
		if (strcmp(server.parts[i].name, name) == 0)
			return &server.parts[i];
	return NULL;
}

/* Returns how many arguments it takes. */
static size_t
take_report(char *const *arg, int64_t P, int64_t now)
{
	int64_t grain = P / 200 > 1 ? P / 200 : 1;
	struct part *p = find_part(arg[0]);
	int64_t out = p ? p->count : 0, left = out, unused = atoll(arg[1]);
	size_t i = 2;

	if (unused > 0 && unused <= left) {
		left -= unused;
		server.spent -= unused;
	}
	for (; *arg[i]; i += 2) {
		int64_t used = atoll(arg[i]), age = atoll(arg[i + 1]);
		int64_t at = (now - age + P + grain - 1) / grain * grain;

		if (used <= 0 || used > left)
			continue;
		left -= used;
		if (at > now)
			put_part("", at, used);
		else
			server.spent -= used;
	}
	p = find_part(arg[0]);
	if (p && left == 0)
		drop_part((size_t)(p - server.parts));
	else if (p)
		p->count = left;
	return i + 1;
}

static int64_t
count_askers(const char *worker, int64_t P, int64_t now)
{
	int64_t n = 0, late = 2 * P > 2 * S ? 2 * P : 2 * S;

	server.asked_us[atoi(worker + 1)] = now + late;
	for (size_t i = 0; i < WORKERS * 64; i++)
		n += server.asked_us[i] > now;
	return n;
}

static int64_t
first_free(int64_t now)
{
	int64_t at = INT64_MAX;

	for (size_t i = 0; i < server.parts_len; i++)
		if (server.parts[i].free_us < at)
			at = server.parts[i].free_us;
	return at < INT64_MAX ? at - now : 0;
}

struct answer {
	char grant[RATE_LEASE_NAME];
	int64_t granted, wait, time;
};

static void
check_epoch(const char *epoch, int64_t now)
{
	bool stepped = *epoch == '!';
	unsigned run = (unsigned)atoi(epoch + stepped);

	if (!stepped && server.epoch == run && now >= server.seen_us - 1000)
		return;
	server.parts_len = 0;
	server.spent = 0;
	server.seen_us = 0;
	memset(server.asked_us, 0, sizeof(server.asked_us));
	server.since_us = now;
	server.epoch = run;
}

static struct answer
run_script(char *const *arg, size_t argc)
{
	int64_t now = read_clock(&server.clock) + 1000 * DAY;
	int64_t N = atoll(arg[1]), P = atoll(arg[2]), L = atoll(arg[3]);
	int64_t want = atoll(arg[4]), quiet, share;
	struct answer a = {.time = now};

	check_epoch(arg[6], now);
	quiet = server.since_us ? server.since_us + P + L - now : 0;
	free_parts(now);
	for (size_t i = 7; i < argc;)
		i += take_report(arg + i, P, now);
	if (want > 0) {
		int64_t askers = count_askers(arg[5], P, now);

		share = (N - server.spent + askers - 1) / askers;
		if (quiet <= 0) {
			a.granted = want < share ? want : share;
			if (a.granted > N - server.spent)
				a.granted = N - server.spent;
		}
		if (a.granted > 0) {
			snprintf(a.grant, sizeof(a.grant), "%lld.%lld",
			    (long long)now, (long long)++server.sequence);
			put_part(a.grant, now + L + P, a.granted);
			server.spent += a.granted;
		}
		if (quiet > 0)
			a.wait = quiet;
		else if (a.granted < want && server.spent >= N)
			a.wait = first_free(now);
	}
	server.seen_us = now;
	return a;
}

/* --- the network ---------------------------------------------------------- */

/* A call on its way to the server, or its answer on the way back. */
struct mail {
	struct list link;
	int64_t at_us; /* when it arrives */
	struct tokens_rate *rate;
	char **argv;
	size_t argc;
	struct answer answer;
};

static void
mail_free(struct mail *m)
{
	list_remove(&m->link);
	for (size_t i = 0; i < m->argc; i++)
		free(m->argv[i]);
	free(m->argv);
	free(m);
}

static void
drop_mail(struct list *box)
{
	while (!list_empty(box))
		mail_free(container_of(box->next, struct mail, link));
}

/* In its order. Now and then it takes long. */
static void
post(struct list *box, struct mail *m, int64_t slow)
{
	int64_t at = now_us + 50 + any(300) + (any(50) ? 0 : any(slow));

	if (!list_empty(box)) {
		const struct mail *last =
		    container_of(box->prev, struct mail, link);

		if (last->at_us > at)
			at = last->at_us;
	}
	m->at_us = at;
	list_push_back(box, &m->link);
}

static struct mail *
arrived(struct list *box)
{
	struct mail *m;

	if (list_empty(box))
		return NULL;
	m = container_of(box->next, struct mail, link);
	return m->at_us <= now_us ? m : NULL;
}

/* --- workers -------------------------------------------------------------- */

struct flight {
	struct sched_item item;
	int64_t wire_us; /* true; -1: it was there */
	int64_t land_us;
};

struct worker {
	struct drift clock;
	struct tokens *tokens;
	struct sched *sched;
	struct flight flights[ITEMS];
	struct list calls, answers; /* struct mail */
	int64_t stopped_us; /* until then it does nothing; dead if there is no
	                     * `sched` */
	int64_t up_us;      /* when it connected */
	bool connected;
};

static struct worker workers[WORKERS];
static unsigned workers_len, names;
static struct rate_limit limit;
static int64_t slow_us; /* what takes long takes that, at most */
static int64_t set_us;  /* when the server's clock was set ahead */
static int64_t wired[STARTS];
static size_t wired_len;
static bool disturbed, skewed;

static int64_t
time_of(const struct worker *w)
{
	return read_clock(&w->clock) + 50 * DAY;
}

static void
queue_flight(struct worker *w, struct flight *f)
{
	sched_add(
	    w->sched, &f->item, "http://a:80", SCHED_AGAIN, 0, time_of(w));
}

static void
launch(struct worker *w)
{
	struct sched_options options = {
	    .parallel = (unsigned)(skewed && w == workers ? 2 : ITEMS / 2),
	    .retry_budget = {0.2, 10},
	};
	struct tokens_setup setup;
	char name[16];

	snprintf(name, sizeof(name), "w%u", names++ % (WORKERS * 64));
	setup = (struct tokens_setup){.worker = name};
	w->clock = (struct drift){any(20 * DAY) - 10 * DAY, any(1001) - 500};
	w->tokens = tokens_new(&setup);
	tokens_set_workers(w->tokens, workers_len);
	options.source = tokens_source(w->tokens);
	if (any(2))
		options.rate = limit;
	else
		options.host_rate = limit;
	w->sched = sched_new(&options);
	list_init(&w->calls);
	list_init(&w->answers);
	w->connected = false;
	w->stopped_us = 0;
	for (int i = 0; i < ITEMS; i++) {
		sched_item_init(&w->flights[i].item);
		queue_flight(w, &w->flights[i]);
	}
}

static void
hang_up(struct worker *w)
{
	if (w->connected)
		tokens_disconnect(w->tokens);
	w->connected = false;
	/* Some of what was sent still arrives. */
	for (struct mail *m; any(2) && !list_empty(&w->calls);) {
		m = container_of(w->calls.next, struct mail, link);
		run_script(m->argv, m->argc);
		mail_free(m);
	}
	drop_mail(&w->calls);
	drop_mail(&w->answers);
}

static void
bury(struct worker *w)
{
	if (!w->sched)
		return;
	hang_up(w);
	sched_free(w->sched);
	tokens_free(w->tokens);
	w->sched = NULL;
}

static void
connect_worker(struct worker *w)
{
	char run_id[16];

	snprintf(run_id, sizeof(run_id), "%u", server.run);
	w->connected = true;
	w->up_us = now_us;
	tokens_connect(w->tokens, run_id);
}

static void
send_calls(struct worker *w)
{
	struct tokens_rate *rate;
	struct queue_args args;

	queue_args_init(&args);
	while ((rate = tokens_next(w->tokens, time_of(w), &args))) {
		struct mail *m = xcalloc(1, sizeof(*m));

		list_init(&m->link);
		m->rate = rate;
		m->argc = args.len;
		m->argv = xcalloc(args.len, sizeof(*m->argv));
		for (size_t i = 0; i < args.len; i++)
			m->argv[i] = xstrdup(args.texts[i]);
		queue_args_release(&args);
		post(&w->calls, m, slow_us);
	}
}

static void
serve(struct worker *w)
{
	struct mail *m;

	while ((m = arrived(&w->calls))) {
		m->answer = run_script(m->argv, m->argc);
		list_remove(&m->link);
		post(&w->answers, m, slow_us);
	}
}

static void
hear(struct worker *w)
{
	struct mail *m;

	while ((m = arrived(&w->answers))) {
		char time[32];
		struct queue_reply items[4] = {
		    {.kind = QUEUE_TEXT,
		        .text = m->answer.grant,
		        .len = strlen(m->answer.grant)},
		    {.kind = QUEUE_INTEGER, .integer = m->answer.granted},
		    {.kind = QUEUE_INTEGER, .integer = m->answer.wait},
		    {.kind = QUEUE_TEXT, .text = time},
		};
		const struct queue_reply reply = {
		    .kind = QUEUE_ARRAY, .items = items, .count = 4};

		items[3].len = (size_t)snprintf(
		    time, sizeof(time), "%lld", (long long)m->answer.time);
		tokens_answer(w->tokens, m->rate, &reply, time_of(w));
		mail_free(m);
	}
}

static void
end_flight(struct worker *w, struct flight *f, enum sched_outcome outcome)
{
	const struct sched_report report = {
	    .outcome = outcome, .status = 200, .latency_us = -1};

	sched_release(w->sched, &f->item, &report, time_of(w));
	queue_flight(w, f);
}

static void
go_on(struct worker *w, struct flight *f)
{
	if (f->wire_us >= 0 && f->wire_us <= now_us) {
		if (!sched_on_wire(w->sched, &f->item, time_of(w))) {
			end_flight(w, f, SCHED_ABORTED);
			return;
		}
		MUST(wired_len < STARTS);
		wired[wired_len++] = now_us;
		f->wire_us = -1;
		/* Sent once more by libcurl. */
		if (any(20) == 0 &&
		    sched_on_wire(w->sched, &f->item, time_of(w)))
			wired[wired_len++] = now_us;
	}
	if (f->land_us <= now_us)
		end_flight(w, f, any(20) ? SCHED_ANSWERED : SCHED_BROKEN);
}

static void
start_flights(struct worker *w)
{
	struct sched_item *item;

	while ((item = sched_next(w->sched, time_of(w)))) {
		struct flight *f = container_of(item, struct flight, item);
		bool is_slow = any(disturbed ? 5 : 50) == 0;

		f->wire_us = now_us + (is_slow ? any(3 * slow_us) : 0);
		f->land_us = f->wire_us + any(slow_us / 4) + 1;
		if (any(30) == 0)
			f->wire_us = INT64_MAX;
	}
	sched_wake(w->sched, time_of(w));
}

static void
work(struct worker *w)
{
	serve(w);
	if (!w->sched || now_us < w->stopped_us)
		return;
	if (!w->connected)
		connect_worker(w);
	hear(w);
	for (int i = 0; i < ITEMS; i++)
		if (sched_item_is_flying(&w->flights[i].item))
			go_on(w, &w->flights[i]);
	start_flights(w);
	send_calls(w);
}

/* --- what happens to them --------------------------------------------------
 */

static void
stop_one(struct worker *w)
{
	w->stopped_us = now_us + any(3 * limit.period_us);
}

static void
kill_one(struct worker *w)
{
	if (now_us < set_us + limit.period_us + 2 * S)
		return;
	bury(w);
	launch(w);
}

static void
restart_server(void)
{
	for (unsigned i = 0; i < workers_len; i++)
		hang_up(&workers[i]);
	server.run++;
	if (any(2))
		return;
	/* Its last writes are lost, or all of the rate. */
	server.parts_len = any(2) ? server.parts_len / 2 : 0;
	server.spent = 0;
	for (size_t i = 0; i < server.parts_len; i++)
		server.spent += server.parts[i].count;
}

/* Somebody who was there before must see it happen: nobody else can know. Nor
 * may a worker begin right after it. */
static bool
is_seen(void)
{
	bool seen = false;

	for (unsigned i = 0; i < workers_len; i++) {
		const struct worker *w = &workers[i];

		if (now_us < w->stopped_us || !w->connected ||
		    now_us - w->up_us < 2 * S)
			return false;
		seen = true;
	}
	return seen;
}

static void
set_clock(void)
{
	if (any(2))
		server.clock.offset_us -= any(5 * S);
	else if (is_seen()) {
		server.clock.offset_us += 300 * MS + any(5 * S);
		set_us = now_us;
	}
}

static void
disturb(int64_t tick)
{
	struct worker *w = &workers[any(workers_len)];

	if (any(limit.period_us / tick) > 0)
		return;
	switch (any(8)) {
	case 0:
	case 1:
	case 2: stop_one(w); break;
	case 3: kill_one(w); break;
	case 4: hang_up(w); break;
	case 5: restart_server(); break;
	default: set_clock(); break;
	}
}

static void
set_up(uint64_t number)
{
	static const int64_t periods[] = {
	    50 * MS, 100 * MS, 500 * MS, 1 * S, 2 * S, 5 * S};

	history = number;
	seed = number * 2654435761 + 88172645463325252;
	for (int i = 0; i < 10; i++)
		any(2);
	memset(&server, 0, sizeof(server));
	server.clock =
	    (struct drift){any(20 * DAY) - 10 * DAY, any(1001) - 500};
	server.run = server.epoch = 1;
	limit = (struct rate_limit){
	    (uint64_t)any(any(2) ? 5 : 40) + 1, periods[any(6)], false};
	slow_us = limit.period_us / 4;
	now_us = 100 * S;
	set_us = 0;
	wired_len = 0;
	workers_len = (unsigned)any(WORKERS) + 1;
	skewed = workers_len > 1 && any(2);
	for (unsigned i = 0; i < workers_len; i++)
		launch(&workers[i]);
}

static void
live(int64_t duration)
{
	int64_t tick = limit.period_us / 400, end = now_us + duration;

	for (; now_us < end; now_us += tick + any(tick)) {
		if (disturbed)
			disturb(tick);
		for (unsigned i = 0; i < workers_len; i++)
			work(&workers[i]);
	}
}

static void
tear_down(void)
{
	for (unsigned i = 0; i < workers_len; i++)
		bury(&workers[i]);
}

static void
check_windows(void)
{
	for (size_t i = limit.count; i < wired_len; i++)
		if (wired[i] - wired[i - limit.count] < limit.period_us)
			ck_abort_msg("seed %llu: %zu starts in %lld us, at "
			             "most %llu in %lld",
			    (unsigned long long)history,
			    (size_t)limit.count + 1,
			    (long long)(wired[i] - wired[i - limit.count]),
			    (unsigned long long)limit.count,
			    (long long)limit.period_us);
}

START_TEST(never_more_than_n_in_any_window)
{
	disturbed = true;
	for (uint64_t i = 0; i < 250; i++) {
		set_up((uint64_t)_i * 250 + i);
		live(20 * limit.period_us + 10 * S);
		check_windows();
		tear_down();
	}
}
END_TEST

START_TEST(undisturbed_workers_use_nearly_all)
{
	double used = 0;

	disturbed = false;
	for (uint64_t i = 0; i < 40; i++) {
		int64_t duration;
		double share;

		set_up((uint64_t)_i * 40 + i);
		/* The first grants; then whole periods. */
		live(limit.period_us);
		wired_len = 0;
		duration = 10 * limit.period_us;
		live(duration);
		check_windows();
		share = (double)wired_len / (double)(10 * limit.count);
		if (share < 0.8)
			ck_abort_msg("seed %llu: %.2f used of %llu in %lld us "
			             "by %u",
			    (unsigned long long)history, share,
			    (unsigned long long)limit.count,
			    (long long)limit.period_us, workers_len);
		used += share;
		tear_down();
	}
	ck_assert_double_ge(used / 40, 0.9);
}
END_TEST

/* Is a request in flight, whose token is still out? */
static bool
flies(void)
{
	for (unsigned k = 0; k < workers_len; k++)
		for (int i = 0; i < ITEMS; i++)
			if (sched_item_is_flying(&workers[k].flights[i].item) &&
			    !workers[k].flights[i].item.on_wire)
				return true;
	return false;
}

/* Of the last tokens that were granted those that were not used are free. */
START_TEST(who_leaves_gives_all_back)
{
	disturbed = false;
	for (uint64_t i = 0; i < 100; i++) {
		int64_t end;

		set_up(i);
		live(limit.period_us * 3 / 2);
		for (unsigned k = 0; k < workers_len; k++)
			tokens_leave(workers[k].tokens);
		for (end = now_us + limit.period_us; now_us < end; now_us += 50)
			for (unsigned k = 0; k < workers_len; k++) {
				serve(&workers[k]);
				hear(&workers[k]);
				send_calls(&workers[k]);
			}
		for (size_t k = 0; k < server.parts_len; k++)
			MUST(!*server.parts[k].name || flies());
		tear_down();
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tokens");
	TCase *tc = tcase_create("tokens");

	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, never_more_than_n_in_any_window, 0, 8);
	tcase_add_loop_test(tc, undisturbed_workers_use_nearly_all, 0, 4);
	tcase_add_test(tc, who_leaves_gives_all_back);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
