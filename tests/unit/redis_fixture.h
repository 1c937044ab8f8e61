/* A server of Redis or Valkey, whichever is installed, at the socket of a
 * folder of its own. */
#ifndef GATHER_TESTS_REDIS_FIXTURE_H
#define GATHER_TESTS_REDIS_FIXTURE_H

#include <check.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct redis_fixture {
	char folder[40];
	char path[60]; /* of the socket */
	pid_t pid;     /* 0: it does not run */
};

/* Send a command, given as a line, and return the first bytes of the answer; ""
 * where nobody answers. */
static inline const char *
redis_fixture_ask(const struct redis_fixture *f, const char *line)
{
	static char answer[512];
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char call[512];
	int len = snprintf(call, sizeof(call), "%s\r\n", line);
	ssize_t got = -1;

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", f->path);
	if (!connect(fd, (struct sockaddr *)&at, sizeof(at)) &&
	    send(fd, call, (size_t)len, MSG_NOSIGNAL) == len)
		got = read(fd, answer, sizeof(answer) - 1);
	answer[got > 0 ? got : 0] = '\0';
	close(fd);
	return answer;
}

/* Is there a server that can be started? */
static inline bool
redis_fixture_is_installed(void)
{
	return system("command -v redis-server >/dev/null || "
	              "command -v valkey-server >/dev/null") == 0;
}

/* Start the server, with options of its own, ended by NULL; wait until it
 * answers anything. */
static inline void
redis_fixture_start(struct redis_fixture *f, const char *const *more)
{
	static const char *const names[] = {"redis-server", "valkey-server"};
	const char *argv[32] = {"redis-server", "--port", "0", "--unixsocket",
	    f->path, "--dir", f->folder, "--save", "", "--appendonly", "yes",
	    "--loglevel", "warning", "--logfile", "log"};
	size_t len = 15;

	while (more && *more && len < 31)
		argv[len++] = *more++;
	f->pid = fork();
	if (!f->pid) {
		for (size_t i = 0; i < 2; i++)
			execvp(names[i], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	while (!*redis_fixture_ask(f, "PING")) {
		struct timespec pause = {.tv_nsec = 5000000};

		ck_assert_int_eq(waitpid(f->pid, NULL, WNOHANG), 0);
		nanosleep(&pause, NULL);
	}
}

/* Kill the server, and wait until it is gone, also where it is no child of this
 * process: the next one must not be taken for the one that still dies. */
static inline void
redis_fixture_kill(struct redis_fixture *f)
{
	struct timespec pause = {.tv_nsec = 1000000};

	if (f->pid) {
		kill(f->pid, SIGKILL);
		waitpid(f->pid, NULL, 0);
		while (*redis_fixture_ask(f, "PING"))
			nanosleep(&pause, NULL);
	}
	f->pid = 0;
}

static inline void
redis_fixture_open(struct redis_fixture *f, const char *const *more)
{
	*f = (struct redis_fixture){.folder = "/tmp/gather-redis.XXXXXX"};
	ck_assert_ptr_nonnull(mkdtemp(f->folder));
	snprintf(f->path, sizeof(f->path), "%s/socket", f->folder);
	redis_fixture_start(f, more);
}

static inline void
redis_fixture_close(struct redis_fixture *f)
{
	char command[80];

	redis_fixture_kill(f);
	snprintf(command, sizeof(command), "rm -r '%s'", f->folder);
	if (*f->folder)
		ck_assert_int_eq(system(command), 0);
}

#endif
