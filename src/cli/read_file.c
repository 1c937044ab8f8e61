#include "config.h"

#include "cli/read_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum {
	FILE_MAX = 64 << 20,
	READ_SIZE = 64 << 10
};

int
read_descriptor(int fd, struct buf *out)
{
	for (;;) {
		ssize_t n = read(fd, buf_reserve(out, READ_SIZE), READ_SIZE);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (n == 0)
			break;
		out->len += (size_t)n;
		if (out->len > FILE_MAX)
			return EFBIG;
	}
	buf_add(out, "", 0); /* so that an empty file is "", too */
	return 0;
}

int
read_file(const char *name, struct buf *out)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	int error;

	if (fd == -1)
		return errno;
	error = read_descriptor(fd, out);
	close(fd);
	return error;
}
