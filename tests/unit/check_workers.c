#include "config.h"

#include <check.h>
#include <dlfcn.h>
#include <event2/event.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/wakeup.h"
#include "base/xalloc.h"
#include "run/workers.h"
#include "unit.h"

/*
 * Whoever unlocks a mutex has locked it: the functions of the C library do
 * not look, and two threads at one list meet rarely.
 */
static _Thread_local int locks_held;

int
pthread_mutex_lock(pthread_mutex_t *mutex)
{
	int (*real)(pthread_mutex_t *);

	*(void **)&real = dlsym(RTLD_NEXT, "pthread_mutex_lock");
	locks_held++;
	return real(mutex);
}

int
pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	int (*real)(pthread_mutex_t *);

	*(void **)&real = dlsym(RTLD_NEXT, "pthread_mutex_unlock");
	if (locks_held-- <= 0)
		abort();
	return real(mutex);
}

/* A work that is over at once, or takes CPU time until it is told to end. */
struct job {
	struct work work;
	atomic_bool *until; /* NULL: at once */
};

static struct event_base *base;
static struct workers *workers;
static int done, late;
static sem_t dropped;
static atomic_bool told;
static atomic_int performed, most_performed, tools;

static void *
tools_new(void *arg)
{
	(void)arg;
	atomic_fetch_add(&tools, 1);
	return &tools;
}

static void
tools_free(void *all)
{
	atomic_fetch_sub((atomic_int *)all, 1);
}

static void
perform(struct work *work, void *all)
{
	struct job *job = container_of(work, struct job, work);
	int now = atomic_fetch_add(&performed, 1) + 1;

	ck_assert_ptr_eq(all, &tools);
	if (now > atomic_load(&most_performed))
		atomic_store(&most_performed, now);
	while (job->until && !atomic_load(job->until))
		continue;
	atomic_fetch_sub(&performed, 1);
}

static void
on_done(void *arg, struct work *work)
{
	(void)arg;
	done++;
	free(container_of(work, struct job, work));
}

static void
on_late(void *arg, struct work *work)
{
	(void)arg;
	(void)work;
	late++;
}

static void
drop(struct work *work)
{
	free(container_of(work, struct job, work));
	sem_post(&dropped);
}

static void
open_workers(int64_t budget_us)
{
	const struct workers_setup setup = {
	    .tools_new = tools_new,
	    .tools_free = tools_free,
	    .perform = perform,
	    .done = on_done,
	    .late = on_late,
	    .drop = drop,
	    .budget_us = budget_us,
	};

	base = event_base_new();
	workers = workers_new(base, &setup);
	sem_init(&dropped, 0, 0);
}

static void
close_workers(void)
{
	workers_free(workers);
	event_base_free(base);
}

static struct job *
submit(uint64_t bytes, atomic_bool *until)
{
	struct job *job = xcalloc(1, sizeof(*job));

	job->work.bytes = bytes;
	job->until = until;
	ck_assert_int_eq(workers_submit(workers, &job->work), 0);
	return job;
}

/* Run the loop until as many are over. */
static void
await(const int *count, int wanted)
{
	while (*count < wanted)
		event_base_loop(base, EVLOOP_ONCE);
	ck_assert_int_eq(*count, wanted);
}

START_TEST(a_wakeup_stays_until_it_is_drained_and_never_blocks)
{
	struct wakeup wakeup = WAKEUP_CLOSED;
	struct pollfd p = {.events = POLLIN};

	ck_assert(!wakeup_is_open(&wakeup));
	wakeup_close(&wakeup);
	ck_assert_int_eq(wakeup_open(&wakeup), 0);
	p.fd = wakeup_fd(&wakeup);
	ck_assert_int_eq(poll(&p, 1, 0), 0);
	for (int i = 0; i < 100000; i++) /* more than a pipe holds */
		wakeup_send(&wakeup);
	ck_assert_int_eq(poll(&p, 1, 0), 1);
	wakeup_drain(&wakeup);
	ck_assert_int_eq(poll(&p, 1, 0), 0);
	wakeup_close(&wakeup);
	ck_assert(!wakeup_is_open(&wakeup));
}
END_TEST

START_TEST(works_come_back_when_they_are_done)
{
	open_workers(CLOCK_SECOND);
	for (int i = 0; i < 100; i++)
		submit(10, NULL);
	ck_assert_uint_gt(workers_pending(workers), 0);
	await(&done, 100);
	ck_assert_uint_eq(workers_pending(workers), 0);
	ck_assert_int_eq(late, 0);
	close_workers();
	ck_assert_int_eq(atomic_load(&tools), 0);
}
END_TEST

START_TEST(heavy_works_are_performed_one_at_a_time)
{
	open_workers(CLOCK_SECOND);
	for (int i = 0; i < 100; i++)
		submit(2 << 20, NULL);
	await(&done, 100);
	ck_assert_int_eq(atomic_load(&most_performed), 1);
	close_workers();
}
END_TEST

START_TEST(light_works_pass_a_heavy_one)
{
	open_workers(100 * CLOCK_SECOND);
	submit(2 << 20, &told);
	submit(2 << 20, NULL);
	submit(10, NULL);
	submit(10, NULL);
	await(&done, 2);
	atomic_store(&told, true);
	await(&done, 4);
	close_workers();
}
END_TEST

START_TEST(what_takes_too_long_is_left_to_its_thread)
{
	open_workers(CLOCK_SECOND / 100);
	submit(2 << 20, &told);
	await(&late, 1);
	ck_assert_uint_eq(workers_stuck(workers), 1);
	ck_assert_uint_eq(workers_pending(workers), 0);
	submit(2 << 20, NULL);
	await(&done, 1);
	atomic_store(&told, true);
	sem_wait(&dropped);
	submit(10, NULL);
	await(&done, 2);
	ck_assert_uint_eq(workers_stuck(workers), 0);
	close_workers();
}
END_TEST

/* Each takes another thread with it. */
START_TEST(where_all_threads_are_stuck_nothing_waits)
{
	open_workers(CLOCK_SECOND / 100);
	for (int i = 0; i < 20; i++)
		submit(10, &told);
	await(&late, 20);
	ck_assert_uint_le(workers_stuck(workers), 10);
	atomic_store(&told, true);
	for (int i = 0; i < 20; i++)
		sem_wait(&dropped);
	close_workers();
}
END_TEST

/* Some of them leave, since others took their places. */
START_TEST(threads_that_come_back_do_not_keep_works_waiting)
{
	open_workers(CLOCK_SECOND / 100);
	for (int i = 0; i < 20; i++)
		submit(10, &told);
	await(&late, 20);
	atomic_store(&told, true);
	for (int i = 0; i < 20; i++)
		sem_wait(&dropped);
	submit(10, NULL);
	await(&done, 1);
	ck_assert_uint_eq(workers_stuck(workers), 0);
	close_workers();
}
END_TEST

START_TEST(what_nobody_waits_for_is_dropped)
{
	struct job *running, *queued;

	open_workers(100 * CLOCK_SECOND);
	running = submit(2 << 20, &told);
	queued = submit(2 << 20, NULL);
	workers_cancel(workers, &queued->work);
	sem_wait(&dropped);
	while (!atomic_load(&performed))
		continue;
	workers_cancel(workers, &running->work);
	ck_assert_uint_eq(workers_stuck(workers), 1);
	ck_assert_uint_eq(workers_pending(workers), 0);
	atomic_store(&told, true);
	sem_wait(&dropped);
	ck_assert_int_eq(done + late, 0);
	close_workers();
}
END_TEST

START_TEST(threads_that_are_stuck_are_left_behind)
{
	open_workers(CLOCK_SECOND / 100);
	submit(10, &told);
	await(&late, 1);
	submit(10, NULL);
	close_workers();
	atomic_store(&told, true);
	sem_wait(&dropped);
	sem_wait(&dropped);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("workers");
	TCase *tc = tcase_create("workers");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_wakeup_stays_until_it_is_drained_and_never_blocks);
	tcase_add_test(tc, works_come_back_when_they_are_done);
	tcase_add_test(tc, heavy_works_are_performed_one_at_a_time);
	tcase_add_test(tc, light_works_pass_a_heavy_one);
	tcase_add_test(tc, what_takes_too_long_is_left_to_its_thread);
	tcase_add_test(tc, where_all_threads_are_stuck_nothing_waits);
	tcase_add_test(tc, threads_that_come_back_do_not_keep_works_waiting);
	tcase_add_test(tc, what_nobody_waits_for_is_dropped);
	tcase_add_test(tc, threads_that_are_stuck_are_left_behind);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
