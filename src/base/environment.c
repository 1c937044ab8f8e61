#include "config.h"

#include "base/environment.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <curl/curl.h>
#include <event2/event.h>

#include "base/log.h"
#include "base/xalloc.h"

enum {
	DESCRIPTORS_OF_OURS = 24 /* stdio, lists, spill files, the loop */
};

static void
raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) ||
	    limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* Opened the wrong way round, so that using them fails as it should. */
void
environment_fill_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null",
			    fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

bool
environment_can_write(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

/* Kernel timers to the microsecond: rates need them. The change list saves
 * half of the system time; it is unsafe with duplicated descriptors only,
 * and what we watch is never duplicated. */
static struct event_base *
make_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config) {
		event_config_set_flag(
		    config, EVENT_BASE_FLAG_NOLOCK |
		                EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST |
		                EVENT_BASE_FLAG_PRECISE_TIMER);
		base = event_base_new_with_config(config);
		event_config_free(config);
	}
	if (!base)
		die("libevent cannot make an event loop");
	return base;
}

/* A timer or a socket that could not be added would never be heard of. */
static void
guard_allocations(void)
{
#ifdef EVENT_SET_MEM_FUNCTIONS_IMPLEMENTED
	event_set_mem_functions(xmalloc, xrealloc, free);
#endif
}

struct event_base *
environment_open(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGUSR1, SIG_IGN); /* a run answers it; between two, nobody */
	raise_descriptor_limit();
	guard_allocations();
	log_hook_libevent();
	/* Else libcurl 7.88 divides by zero, lets a transfer hang, or sends a
	 * request without what it had no room for. */
	if (curl_global_init_mem(
	        CURL_GLOBAL_DEFAULT, xmalloc, free, xrealloc, xstrdup, xcalloc))
		die("libcurl cannot be initialised");
	return make_base();
}

void
environment_close(struct event_base *base)
{
	event_base_free(base);
	curl_global_cleanup();
	libevent_global_shutdown();
}

unsigned
environment_max_parallel(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) ||
	    limit.rlim_cur > 1000000 + DESCRIPTORS_OF_OURS)
		return 1000000;
	if (limit.rlim_cur <= DESCRIPTORS_OF_OURS)
		return 1;
	return (unsigned)limit.rlim_cur - DESCRIPTORS_OF_OURS;
}

void
environment_raise(int number)
{
	sigset_t set;

	signal(number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(number);
	exit(128 + number);
}
