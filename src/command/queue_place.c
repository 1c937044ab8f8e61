#include "config.h"

#include "command/queue_place.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* With O_APPEND every write goes to the end, whatever the offset is. */
static bool
appends(void)
{
	int flags = fcntl(STDOUT_FILENO, F_GETFL);

	return flags != -1 && flags & O_APPEND;
}

struct place
stdout_place(void)
{
	struct place place = {.is_file = false};
	struct stat st;
	off_t at;

	if (fstat(STDOUT_FILENO, &st) || !S_ISREG(st.st_mode))
		return place;
	at = appends() ? st.st_size : lseek(STDOUT_FILENO, 0, SEEK_CUR);
	place.is_file = at >= 0;
	place.device = (uintmax_t)st.st_dev;
	place.inode = (uintmax_t)st.st_ino;
	place.at = (uint64_t)at;
	return place;
}

void
place_write(const struct place *place, char out[PLACE_TEXT])
{
	snprintf(out, PLACE_TEXT, "%ju:%ju:%" PRIu64, place->device,
	    place->inode, place->at);
}

bool
place_is_same_file(const struct place *place, const char *text, uint64_t *at)
{
	uintmax_t device, inode;

	return place->is_file &&
	       sscanf(text, "%ju:%ju:%" SCNu64, &device, &inode, at) == 3 &&
	       device == place->device && inode == place->inode;
}

bool
stdout_read_back(struct file_range range, struct buf *out)
{
	int fd = open("/dev/fd/1", O_RDONLY | O_CLOEXEC);
	bool done = fd >= 0 && range.size <= PLACE_PRESENT_MAX &&
	            io_add_range(fd, range, out) == 0;

	if (fd >= 0)
		close(fd);
	return done;
}
