#include "config.h"

#include "base/io.h"

#include <errno.h>
#include <sys/types.h>
#include <unistd.h>

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
