/* --har: entries, one after the other, to a temporary file that gets its name
 * when the archive is whole, or to stdout ("-"). */
#include "config.h"

#include "sink/sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/xalloc.h"
#include "files/target.h"
#include "sink/har.h"

struct har {
	struct writer *writer;
	enum har_bodies bodies;
	int64_t start_wall_us;
	bool begun; /* the head and an entry are there */
	bool on_stdout;
	/* The thread's. */
	struct target target;
	bool failed;
};

/* An entry on its way; or the end, which has no body and frees the sink. */
struct piece {
	struct writer_task task;
	struct har *har;
	struct har_entry entry;
	bool has_body;
	struct body body;
};

/* On the thread. */

static void
report_failure(struct har *h)
{
	if (!h->failed)
		writer_fail(h->writer, errno, "cannot write %s: %s",
		    h->target.path, strerror(errno));
	h->failed = true;
}

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

static void
write_body(struct piece *p)
{
	size_t len;
	const char *bytes = body_bytes(&p->body, &len);

	if (bytes)
		har_content(bytes, len, write_bytes, p->har);
}

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

/* On the loop. */

static struct piece *
piece_new(struct har *h)
{
	struct piece *p = xcalloc(1, sizeof(*p));

	p->har = h;
	p->task.perform = perform_piece;
	body_init(&p->body);
	return p;
}

static void
submit(struct piece *p)
{
	p->task.bytes = p->entry.before.len + p->entry.after.len + p->body.size;
	writer_submit(p->har->writer, &p->task);
}

/* One page for the whole run: pages are something of browsers. */
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

/* What stands in front of the next entry, or of the end. */
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

/* NULL: there is none to show. */
static struct body *
body_of(const struct har *h, struct result *r, const struct exchange *x)
{
	if (h->bodies == HAR_WITHOUT_BODIES || x->status == 0)
		return NULL;
	return x->final ? &r->body : x->body;
}

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

static void
add_record(void *self, const struct record *record)
{
	const struct exchanges *exchanges = &record->result->exchanges;

	for (size_t i = 0; i < exchanges->len; i++)
		add_exchange(self, record, &exchanges->items[i]);
}

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
