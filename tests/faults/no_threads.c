/*
 * To be preloaded: lets no thread begin, but for the first
 * NO_THREADS_BUT of them.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

typedef int creator(pthread_t *thread, const pthread_attr_t *attr,
    void *(*begin)(void *), void *arg);

static atomic_long count;

int
pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*begin)(void *), void *arg)
{
	const char *but = getenv("NO_THREADS_BUT");
	creator *create;

	if (atomic_fetch_add(&count, 1) >= (but ? atol(but) : 0))
		return EAGAIN;
	*(void **)&create = dlsym(RTLD_NEXT, "pthread_create");
	return create(thread, attr, begin, arg);
}
