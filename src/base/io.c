#include "config.h"

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/shell.h"
#include "base/xalloc.h"

int
io_write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

char *
io_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? xmemdup0(path, (size_t)(slash - path) + 1)
	             : xstrdup(".");
}

/* Without a descriptor of it there is no way. */
int
io_sync_folder(const char *path)
{
	char *folder = io_folder(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 || fsync(fd) == 0 || errno == EINVAL ? 0 : -1;

	if (fd >= 0)
		close(fd);
	free(folder);
	return rc;
}

/* It will be pasted into a shell. */
static char *
home_word(const char *path)
{
	char *word = shell_word(path);
	char *home = *word == '\'' ? xasprintf("\"$HOME\"/%s", word)
	                           : xasprintf("\"$HOME/%s\"", word);

	free(word);
	return home;
}

char *
io_reason(const char *path, int error)
{
	bool left = error == ENOENT && path[0] == '~' && path[1] == '/';
	char *home, *reason;

	if (!left)
		return xstrdup(strerror(error));
	home = home_word(path + 2);
	reason = xasprintf("%s; write %s, for the shell leaves this ~ as it is",
	    strerror(error), home);
	free(home);
	return reason;
}

bool
io_lacks_descriptors(int os_errno)
{
	return os_errno == EMFILE || os_errno == ENFILE;
}

const char *
io_temporary_folder(void)
{
	const char *folder = getenv("TMPDIR");

	return folder && *folder ? folder : "/tmp";
}

int
io_open_unlinked(void)
{
	char *name = xasprintf("%s/gather.XXXXXX", io_temporary_folder());
	int fd = mkostemp(name, O_CLOEXEC);

	if (fd >= 0)
		unlink(name);
	free(name);
	return fd;
}
