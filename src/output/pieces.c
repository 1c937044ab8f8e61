#include "config.h"

#include "output/pieces.h"

#include <errno.h>
#include <unistd.h>

enum {
	PIECE_SIZE = 64 * 1024
};

int
pieces_of_file(int fd, struct range range,
    void (*take)(void *arg, const char *data, size_t len), void *arg)
{
	char piece[PIECE_SIZE];

	while (range.size) {
		size_t want =
		    range.size < sizeof(piece) ? range.size : sizeof(piece);
		ssize_t n = pread(fd, piece, want, (off_t)range.offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO;
		if (n <= 0)
			return -1;
		take(arg, piece, (size_t)n);
		range.offset += (uint64_t)n;
		range.size -= (uint64_t)n;
	}
	return 0;
}

int
pieces_write_at(int fd, const char *data, size_t len, uint64_t offset)
{
	while (len) {
		ssize_t n = pwrite(fd, data, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data += n;
		len -= (size_t)n;
		offset += (uint64_t)n;
	}
	return 0;
}
