/*
 * A thread that no signal is delivered to: signals are the business of the
 * thread that has the event loop of the run, which they must wake.
 */
#ifndef GATHER_BASE_THREAD_H
#define GATHER_BASE_THREAD_H

#include <pthread.h>
#include <signal.h>

/* As pthread_create(3), with all signals blocked in the thread. Returns an
 * errno, or 0. */
static inline int
thread_start(pthread_t *thread, const pthread_attr_t *attr,
    void *(*run)(void *), void *arg)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(thread, attr, run, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

#endif
