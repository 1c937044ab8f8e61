/*
 * Set-up of the process: stdio, signals, the libraries, the event loop; then
 * how many descriptors there are for what, and how many cores.
 */
#include "config.h"

#include "process/environment.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <curl/curl.h>
#include <event2/event.h>

#include "base/xalloc.h"
#include "process/log.h"

enum {
	DESCRIPTORS_OF_OURS = 24,    /* stdio, lists, spill files, the loop */
	DESCRIPTORS_LATER = 4,       /* of these, not open from the start */
	DESCRIPTORS_OF_LOOKUP = 4,   /* sockets and files of one lookup */
	DESCRIPTORS_LOOKED_AT = 256, /* a parent leaves none open beyond */
	DESCRIPTORS_MAX = 1000000    /* no run needs more */
};

void
environment_raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) ||
	    limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* The substitutes are opened the wrong way round, so that using a closed stdin
 * or stdout fails as it should. */
void
environment_ensure_stdio(void)
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

/* The change list saves half of the system time; it is unsafe with duplicated
 * descriptors only, and those that are watched here are never duplicated. What
 * it says of a closed descriptor, whose number another thread may have again,
 * is that it is not watched any more: that is true of this base, and the kernel
 * answers ENOENT. ThreadSanitizer takes it for a use of the new one. */
enum {
#ifdef __SANITIZE_THREAD__
	CHANGE_LIST = 0
#else
	CHANGE_LIST = EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST
#endif
};

/* Rates need timers that are precise to the microsecond. */
struct event_base *
environment_new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config) {
		event_config_set_flag(
		    config, EVENT_BASE_FLAG_NOLOCK |
		                EVENT_BASE_FLAG_PRECISE_TIMER | CHANGE_LIST);
		base = event_base_new_with_config(config);
		event_config_free(config);
	}
	return base;
}

/* Without memory event_add() fails, and a timer or a socket that was not added
 * would never be heard of; with these functions the program ends instead. */
static void
guard_allocations(void)
{
#ifdef EVENT_SET_MEM_FUNCTIONS_IMPLEMENTED
	event_set_mem_functions(xmalloc, xrealloc, free);
#endif
}

static void
on_libevent_message(int severity, const char *message)
{
	if (severity >= EVENT_LOG_WARN)
		log_note("event loop: %s", message);
	else
		log_verbose("event loop: %s", message);
}

struct event_base *
environment_open(void)
{
	struct event_base *base;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* write(2) says EFBIG */
	signal(SIGUSR1, SIG_IGN); /* a run answers it; between two, nobody */
	environment_raise_descriptor_limit();
	xkeep_freed();
	guard_allocations();
	event_set_log_callback(on_libevent_message);
	/* Without memory libcurl 7.88 divides by zero, lets a transfer hang, or
	 * sends a request without what it had no room for; with these
	 * functions the program ends instead. */
	if (curl_global_init_mem(
	        CURL_GLOBAL_DEFAULT, xmalloc, free, xrealloc, xstrdup, xcalloc))
		die("libcurl cannot be initialised");
	base = environment_new_base();
	if (!base)
		die("libevent cannot make an event loop");
	return base;
}

void
environment_close(struct event_base *base)
{
	event_base_free(base);
	curl_global_cleanup();
	libevent_global_shutdown();
}

/* Returns how many descriptors the process may have. */
static unsigned
descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) ||
	    limit.rlim_cur > DESCRIPTORS_MAX)
		return DESCRIPTORS_MAX;
	return (unsigned)limit.rlim_cur;
}

/* Returns how many descriptors are left for files that come and go: bodies, and
 * what lookups open. */
static unsigned
share_of_files(void)
{
	return descriptor_limit() / 8;
}

/* Returns what `others` leave of a limit, but 1 at least. */
static unsigned
at_least_one(unsigned limit, unsigned others)
{
	return limit > others ? limit - others : 1;
}

/* Returns how many descriptors are open: one poll(2) asks about all of them,
 * and those that are not open are not valid. */
static unsigned
open_descriptors(unsigned limit)
{
	struct pollfd fds[DESCRIPTORS_LOOKED_AT] = {0};
	unsigned len =
	    limit < DESCRIPTORS_LOOKED_AT ? limit : DESCRIPTORS_LOOKED_AT;
	unsigned open = 0;

	for (unsigned fd = 0; fd < len; fd++)
		fds[fd].fd = (int)fd;
	poll(fds, len, 0);
	for (unsigned fd = 0; fd < len; fd++)
		open += !(fds[fd].revents & POLLNVAL);
	return open;
}

unsigned
environment_max_parallel(void)
{
	return at_least_one(
	    descriptor_limit(), DESCRIPTORS_OF_OURS + share_of_files());
}

unsigned
environment_max_lookups(void)
{
	return 1 + share_of_files() / DESCRIPTORS_OF_LOOKUP;
}

unsigned
environment_max_sockets(void)
{
	unsigned limit = descriptor_limit();

	return at_least_one(limit,
	    open_descriptors(limit) + DESCRIPTORS_LATER + share_of_files());
}

/* What the kernel shares out in a period (cgroups(7), cpu.max), in cores and at
 * least 1; `none` where nobody has set a quota. */
static unsigned
quota_of_group(unsigned none)
{
	FILE *file = fopen("/sys/fs/cgroup/cpu.max", "re");
	double quota, period;
	unsigned cores = none;

	if (!file)
		return none;
	if (fscanf(file, "%lf %lf", &quota, &period) == 2 && period > 0 &&
	    quota / period < none)
		cores = quota < period ? 1 : (unsigned)(quota / period + 0.5);
	fclose(file);
	return cores;
}

unsigned
environment_cores(void)
{
	unsigned cores = 1;
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		cores = (unsigned)CPU_COUNT(&set);
	return quota_of_group(cores > 0 ? cores : 1);
}
