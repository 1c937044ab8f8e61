#include "config.h"

#include "writer/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/xalloc.h"

/* Part of a file on its way to stdout. */
struct part {
	struct writer_task task;
	int fd;
	uint64_t offset;
};

static void
put_piece(void *arg, const char *data, size_t len)
{
	writer_put(arg, data, len);
}

static void
write_part(struct writer_task *t, struct writer *w)
{
	struct part *p = container_of(t, struct part, task);
	struct file_range range = {p->offset, t->bytes};

	if (io_read_range(p->fd, range, put_piece, w) < 0)
		writer_fail_stdout(w, errno, "cannot read a spilled body: %s",
		    strerror(errno));
	close(p->fd);
	free(p);
}

static void
add_piece(void *arg, const char *data, size_t len)
{
	buf_add(arg, data, len);
}

/* No descriptor is free for a duplicate: through memory, then. */
static void
queue_content(struct writer *w, int fd, struct file_range range)
{
	struct buf content;

	buf_init(&content);
	if (io_read_range(fd, range, add_piece, &content) < 0)
		die("cannot read a spilled body: %s", strerror(errno));
	writer_stdout(w, &content);
	buf_release(&content);
}

void
writer_stdout_file(struct writer *w, int fd, uint64_t offset, uint64_t size)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	struct part *p;

	if (own < 0) {
		queue_content(w, fd, (struct file_range){offset, size});
		return;
	}
	p = xcalloc(1, sizeof(*p));
	p->fd = own;
	p->offset = offset;
	p->task.bytes = size;
	p->task.perform = write_part;
	writer_submit(w, &p->task);
}
