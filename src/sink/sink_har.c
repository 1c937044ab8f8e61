/*
 * --har: the entries of an archive, one after the other, to a temporary file
 * that gets its name when the archive is whole, or to stdout ("-").
 *
 * Entries are encoded on the loop (har.h); bodies stay as they are until the
 * writer's thread writes them, since they may be large and on disk.
 */
#include "config.h"

#include "sink/sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/xalloc.h"
#include "files/target.h"
#include "sink/har.h"

/* The archive of a run. */
struct har {
	struct writer *writer;
	enum har_bodies bodies;
	int64_t start_wall_us;
	bool begun; /* the head was submitted */
	bool on_stdout;
	/* From here on for the thread only. */
	struct target target;
	bool failed;
};

/* An entry on its way to the thread; or the end of the archive, which has no
 * body and frees the sink. */
struct piece {
	struct writer_task task;
	struct har *har;
	struct har_entry entry;
	bool has_body;
	struct body body;
};

/* --- on the thread -------------------------------------------------------- */

/* Report a failed write, once: what follows is dropped. */
static void
report_failure(struct har *h)
{
	if (!h->failed)
		writer_fail(h->writer, errno, "cannot write %s: %s",
		    h->target.path, strerror(errno));
	h->failed = true;
}

/* Write to the file or to stdout; after a failure nothing. */
static void
write_bytes(void *arg, const char *data, size_t len)
{
	struct har *h = arg;

	if (h->on_stdout)
		writer_put(h->writer, data, len);
	else if (!h->failed && len && io_write_all(h->target.fd, data, len) < 0)
		report_failure(h);
}

static void
write_buf(struct har *h, const struct buf *bytes)
{
	write_bytes(h, bytes->data, bytes->len);
}

/* Write the text of the content. A body that cannot be read is left out. */
static void
write_body(struct piece *p)
{
	size_t len;
	const char *bytes = body_bytes(&p->body, &len);

	if (bytes)
		har_content(bytes, len, write_bytes, p->har);
}

/* Write an entry with its body between its two parts. */
static void
write_piece(struct piece *p)
{
	write_buf(p->har, &p->entry.before);
	if (p->has_body)
		write_body(p);
	write_buf(p->har, &p->entry.after);
}

static void
piece_free(struct piece *p)
{
	buf_release(&p->entry.before);
	buf_release(&p->entry.after);
	body_release(&p->body);
	free(p);
}

/* Called on the thread for each entry. */
static void
perform_piece(struct writer_task *t, struct writer *w)
{
	struct piece *p = container_of(t, struct piece, task);

	(void)w;
	write_piece(p);
	piece_free(p);
}

static void
har_free(struct har *h)
{
	target_release(&h->target);
	free(h);
}

/* Called on the thread for the end: gives the file its name. */
static void
perform_end(struct writer_task *t, struct writer *w)
{
	struct piece *p = container_of(t, struct piece, task);
	struct har *h = p->har;

	(void)w;
	write_piece(p);
	if (!h->failed && !h->on_stdout && target_commit(&h->target) < 0)
		report_failure(h);
	har_free(h);
	piece_free(p);
}

/* --- on the loop ---------------------------------------------------------- */

/* An empty piece, to be submitted. */
static struct piece *
piece_new(struct har *h)
{
	struct piece *p = xcalloc(1, sizeof(*p));

	p->har = h;
	p->task.perform = perform_piece;
	body_init(&p->body);
	return p;
}

/* Hand a piece to the writer, with the memory that it holds. */
static void
submit(struct piece *p)
{
	p->task.bytes = p->entry.before.len + p->entry.after.len + p->body.size;
	writer_submit(p->har->writer, &p->task);
}

/* Append the head of the archive. All entries are on one page: pages are
 * something of browsers. */
static void
add_head(const struct har *h, struct buf *out)
{
	buf_adds(out,
	    "{\"log\":{\"version\":\"1.2\",\"creator\":"
	    "{\"name\":\"" PACKAGE_NAME "\",\"version\":\"" PACKAGE_VERSION
	    "\"},\n\"pages\":[{\"startedDateTime\":");
	har_add_moment(out, h->start_wall_us);
	buf_adds(out, ",\"id\":\"" HAR_PAGE "\",\"title\":\"" PACKAGE_NAME
	              "\",\"pageTimings\":{\"onContentLoad\":-1,"
	              "\"onLoad\":-1}}],\n\"entries\":[\n");
}

/* Append what stands in front of the next entry, or of the end: the head, if
 * there was nothing before. */
static void
add_separator(struct har *h, const char *separator, struct buf *out)
{
	if (h->begun)
		buf_adds(out, separator);
	else
		add_head(h, out);
	h->begun = true;
}

static void *
open_har(const struct sink_setup *setup, const char *file, char **cause)
{
	struct har *h = xcalloc(1, sizeof(*h));

	h->writer = setup->writer;
	h->bodies =
	    setup->options->with_body ? HAR_WITH_BODIES : HAR_WITHOUT_BODIES;
	target_init(&h->target, xstrdup(file), TARGET_REPLACES);
	h->start_wall_us = setup->start_wall_us;
	h->on_stdout = output_options_har_on_stdout(setup->options);
	if (h->on_stdout || target_open(&h->target) == 0)
		return h;
	*cause = xasprintf("--har %s: %s", file, strerror(errno));
	har_free(h);
	return NULL;
}

/* The body to be shown for an exchange; NULL if there is none, or bodies were
 * not asked for. */
static struct body *
body_of(const struct har *h, struct result *r, const struct exchange *x)
{
	if (h->bodies == HAR_WITHOUT_BODIES || x->status == 0)
		return NULL;
	return x->final ? &r->body : x->body;
}

/* Add one exchange of a request as an entry. */
static void
add_exchange(
    struct har *h, const struct record *record, const struct exchange *x)
{
	struct piece *p = piece_new(h);
	struct body *body = body_of(h, record->result, x);

	add_separator(h, ",\n", &p->entry.before);
	har_add_entry(&p->entry, record, x, h->bodies);
	p->has_body = body != NULL;
	if (body)
		body_copy(&p->body, body);
	submit(p);
}

/* Add all exchanges of a request. */
static void
add_record(void *self, const struct record *record)
{
	const struct exchanges *exchanges = &record->result->exchanges;

	for (size_t i = 0; i < exchanges->len; i++)
		add_exchange(self, record, &exchanges->items[i]);
}

/* Submit the end of the archive. */
static void
close_har(void *self)
{
	struct har *h = self;
	struct piece *p = piece_new(h);

	p->task.perform = perform_end;
	add_separator(h, "\n", &p->entry.before);
	buf_adds(&p->entry.before, "]}}\n");
	submit(p);
}

/* Drop the archive; its temporary file goes with it. */
static void
abort_har(void *self)
{
	har_free(self);
}

const struct sink_kind sink_har = {
    .open = open_har,
    .add = add_record,
    .add_exchanges = add_record,
    .close = close_har,
    .abort = abort_har,
};
