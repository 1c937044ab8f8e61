/*
 * The output of one request as it is put together, and the tasks that write the
 * parts of it which -w sends to files.
 */
#include "config.h"

#include "writer/encoded.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/xalloc.h"
#include "writer/terminal_filter.h"
#include "writer/writer.h"

void
encoded_init(struct encoded *e)
{
	*e = (struct encoded){.fd = -1};
}

void
encoded_release(struct encoded *e)
{
	buf_release(&e->out);
	buf_release(&e->after);
	for (size_t i = 0; i < e->asides_len; i++)
		buf_release(&e->asides[i].bytes);
	free(e->asides);
	encoded_init(e);
}

void
encoded_clear(struct encoded *e)
{
	buf_clear(&e->out);
	buf_clear(&e->after);
	e->fd = -1;
	e->size = 0;
	for (size_t i = 0; i < e->asides_len; i++)
		buf_release(&e->asides[i].bytes);
	e->asides_len = 0;
}

bool
encoded_empty(const struct encoded *e)
{
	return e->out.len == 0 && e->size == 0 && e->after.len == 0;
}

static bool
same_file(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

struct buf *
encoded_aside(struct encoded *e, const char *file, bool append)
{
	size_t last = e->asides_len - 1; /* used where there is one */

	if (e->asides_len && same_file(e->asides[last].file, file))
		return &e->asides[last].bytes;
	if (e->asides_len == e->asides_cap) {
		e->asides_cap = e->asides_cap ? e->asides_cap * 2 : 4;
		e->asides =
		    xreallocarray(e->asides, e->asides_cap, sizeof(*e->asides));
	}
	last = e->asides_len++;
	e->asides[last] = (struct aside){.file = file, .append = append};
	return &e->asides[last].bytes;
}

/* An aside on its way to its file. */
struct aside_task {
	struct writer_task task;
	char *file;
	int flags; /* of open(2) */
	struct buf bytes;
};

/* On the writer's thread. A failure ends the run. */
static void
write_aside(struct writer_task *t, struct writer *w)
{
	struct aside_task *a = container_of(t, struct aside_task, task);
	int fd;

	do
		fd = open(
		    a->file, O_WRONLY | O_CREAT | O_CLOEXEC | a->flags, 0666);
	while (
	    fd < 0 && io_lacks_descriptors(errno) && writer_find_descriptor(w));
	if (fd < 0 || terminal_write_all(fd, a->bytes.data, a->bytes.len) < 0)
		writer_fail(w, errno, "cannot write to %s: %s", a->file,
		    io_error(errno));
	if (fd >= 0)
		close(fd);
	writer_spare_descriptor(w);
	buf_release(&a->bytes);
	free(a->file);
	free(a);
}

/* Move the bytes of an aside to the writer. */
static void
submit_aside(struct aside *aside, struct writer *w)
{
	struct aside_task *a = xcalloc(1, sizeof(*a));

	a->file = xstrdup(aside->file);
	a->flags = aside->append ? O_APPEND : O_TRUNC;
	a->bytes = aside->bytes;
	a->task.bytes = a->bytes.len;
	a->task.perform = write_aside;
	buf_init(&aside->bytes);
	writer_submit(w, &a->task);
}

/* Write an aside to stderr. Whoever else writes there (the status line) makes
 * way for it. */
static void
put_aside(const struct aside *aside, const struct writer_screen *screen)
{
	const struct buf *text = &aside->bytes;

	if (screen)
		screen->begin(screen->arg);
	terminal_write_all(STDERR_FILENO, text->data, text->len);
	if (screen)
		screen->end(screen->arg, text->data[text->len - 1]);
}

void
encoded_send_asides(struct encoded *e, struct writer *w)
{
	for (size_t i = 0; i < e->asides_len; i++) {
		struct aside *aside = &e->asides[i];

		if (aside->bytes.len == 0)
			continue;
		if (aside->file)
			submit_aside(aside, w);
		else
			put_aside(aside, e->screen);
	}
}
