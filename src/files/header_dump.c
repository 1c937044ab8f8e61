/* Each block, and the closing of the file, is a task of the writer's thread;
 * the terminal filter applies, since -D may name a terminal. */
#include "config.h"

#include "files/header_dump.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "writer/terminal_filter.h"

struct header_dump {
	struct writer *writer;
	int fd; /* -1: headers go to stdout, and not through the dump */
	struct writer_task closing;
};

/* The header blocks of one request on their way to the file. */
struct block {
	struct writer_task task;
	const struct header_dump *dump;
	char *text;
};

struct header_dump *
header_dump_open(struct writer *writer, const char *file, char **cause)
{
	struct header_dump *d = xcalloc(1, sizeof(*d));

	d->writer = writer;
	d->fd = -1;
	if (strcmp(file, "-") == 0)
		return d;
	d->fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (d->fd >= 0)
		return d;
	*cause = xasprintf("-D %s: %s", file, strerror(errno));
	free(d);
	return NULL;
}

static void
perform_block(struct writer_task *t, struct writer *w)
{
	struct block *b = container_of(t, struct block, task);

	if (terminal_write_all(b->dump->fd, b->text, strlen(b->text)) < 0)
		writer_fail(w, errno, "cannot write the headers of -D: %s",
		    strerror(errno));
	free(b->text);
	free(b);
}

void
header_dump_add(struct header_dump *d, const char *headers)
{
	struct block *b;

	if (d->fd < 0)
		return;
	b = xcalloc(1, sizeof(*b));
	b->dump = d;
	b->text = xstrdup(headers);
	b->task.bytes = strlen(headers);
	b->task.perform = perform_block;
	writer_submit(d->writer, &b->task);
}

static void
perform_closing(struct writer_task *t, struct writer *w)
{
	struct header_dump *d = container_of(t, struct header_dump, closing);

	if (d->fd >= 0 && close(d->fd) < 0)
		writer_fail(w, errno, "cannot write the headers of -D: %s",
		    strerror(errno));
	free(d);
}

void
header_dump_close(struct header_dump *d)
{
	if (!d)
		return;
	d->closing.perform = perform_closing;
	writer_submit(d->writer, &d->closing);
}
