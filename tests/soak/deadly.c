/*
 * To be preloaded: whoever sends a request whose first bytes hold $DEADLY dies
 * at once, as if the answer had killed it. Without the variable nothing is
 * deadly.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

ssize_t
send(int fd, const void *data, size_t size, int flags)
{
	const char *deadly = getenv("DEADLY");

	if (deadly && memmem(data, size, deadly, strlen(deadly)))
		kill(getpid(), SIGKILL);
	return syscall(SYS_sendto, fd, data, size, flags, NULL, 0);
}
