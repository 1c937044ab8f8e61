/*
 * Writing and reading all of something; folders and their durability;
 * temporary files.
 */
#include "config.h"

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/xalloc.h"

enum {
	PIECE_SIZE = 64 * 1024 /* bytes read at a time, on the stack */
};

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

int
io_read_range(int fd, struct file_range range,
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

static void
add_piece(void *arg, const char *data, size_t len)
{
	buf_add(arg, data, len);
}

int
io_add_range(int fd, struct file_range range, struct buf *out)
{
	return io_read_range(fd, range, add_piece, out);
}

int
io_write_at(int fd, const char *data, size_t len, uint64_t offset)
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

char *
io_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? xmemdup0(path, (size_t)(slash - path) + 1)
	             : xstrdup(".");
}

/* Without a descriptor of the folder there is no way to sync it, and some file
 * systems cannot (EINVAL). */
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

bool
io_lacks_descriptors(int os_errno)
{
	return os_errno == EMFILE || os_errno == ENFILE;
}

/* strerror_r(3) returns the text, or a code and the text in `buf`: which one
 * depends on the C library. */
static const char *
error_in_text(const char *text, const char *buf)
{
	(void)buf;
	return text;
}

static const char *
error_in_buf(int code, const char *buf)
{
	return code == 0 ? buf : "unknown error";
}

const char *
io_error(int os_errno)
{
	static _Thread_local char buf[128];

	return _Generic(strerror_r(os_errno, buf, sizeof(buf)),
	    int: error_in_buf,
	    char *: error_in_text)(
	    strerror_r(os_errno, buf, sizeof(buf)), buf);
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
