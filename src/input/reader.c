/*
 * One buffer holds what was read and not handed out. Lines are handed out as
 * they stand in it, their ends overwritten by a NUL, and forgotten when room
 * for the next read is made.
 */
#include "config.h"

#include "input/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/xalloc.h"
#include "input/csv.h"
#include "text/shell.h"
#include "text/utf8.h"

enum {
	READ_SIZE = 64 * 1024,
	SHOWN = 200, /* bytes kept of a line that is too long */
};

struct reader {
	int fd;
	bool may_block; /* a pipe, a socket or a terminal */
	off_t origin;   /* where the list begins in its file; -1: it is none */
	bool at_end;    /* read(2) said so, or failed */
	bool skipping;  /* the rest of a line that is too long is dropped */
	char *name;
	char *bad;    /* the last `bad` that was handed out */
	char *failed; /* why reading failed, to be handed out as the last line;
	               * NULL: it has not, or that was handed out */
	enum reader_framing framing;
	enum csv_state csv; /* with FRAMING_CSV, at `scanned` */
	char separator;
	uint64_t number; /* of the line at `start` */
	char *data;
	size_t start;   /* the first byte that was not handed out */
	size_t scanned; /* between `start` and here no record ends */
	size_t end;     /* how many bytes of `data` are filled */
	size_t cap;     /* one byte more is allocated, for a NUL */
};

static int
open_path(const char *path)
{
	if (strcmp(path, "-") == 0)
		return STDIN_FILENO;
	return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

/* May a read have to wait? Regular files and other devices cannot be polled
 * (epoll_ctl(2), EPERM), so they are read at once. */
static bool
may_block(int fd, mode_t mode)
{
	return S_ISFIFO(mode) || S_ISSOCK(mode) ||
	       (S_ISCHR(mode) && isatty(fd));
}

struct reader *
reader_open(const char *path, char **cause)
{
	int fd = open_path(path);
	struct reader *r;
	struct stat st;
	char *why;

	if (fd < 0 || fstat(fd, &st)) {
		why = shell_open_reason(path, errno);
		*cause = xasprintf("cannot read %s: %s", path, why);
		free(why);
		return NULL;
	}
	if (S_ISDIR(st.st_mode)) {
		*cause = xasprintf("cannot read %s: it is a directory", path);
		if (fd != STDIN_FILENO)
			close(fd);
		return NULL;
	}
	r = xcalloc(1, sizeof(*r));
	r->fd = fd;
	r->may_block = may_block(fd, st.st_mode);
	r->origin = S_ISREG(st.st_mode) ? lseek(fd, 0, SEEK_CUR) : -1;
	r->name = xstrdup(fd == STDIN_FILENO ? "stdin" : path);
	r->number = 1;
	r->cap = READ_SIZE;
	r->data = xmalloc(r->cap + 1);
	return r;
}

void
reader_free(struct reader *r)
{
	if (!r)
		return;
	if (r->fd != STDIN_FILENO)
		close(r->fd);
	free(r->name);
	free(r->bad);
	free(r->failed);
	free(r->data);
	free(r);
}

void
reader_set_framing(
    struct reader *r, enum reader_framing framing, char separator)
{
	r->framing = framing;
	r->separator = separator;
}

/* Make room for a read: forget what was handed out, then grow. Half a READ_SIZE
 * is enough, so that a line in the middle does not double the buffer. */
static void
make_room(struct reader *r)
{
	if (r->start) {
		memmove(r->data, r->data + r->start, r->end - r->start);
		r->end -= r->start;
		r->scanned -= r->start;
		r->start = 0;
	}
	if (r->cap - r->end < READ_SIZE / 2) {
		r->cap *= 2;
		r->data = xreallocarray(r->data, r->cap + 1, 1);
	}
}

void
reader_fill(struct reader *r)
{
	size_t room;
	ssize_t n;

	make_room(r);
	room = r->cap - r->end < READ_SIZE ? r->cap - r->end : READ_SIZE;
	do {
		n = read(r->fd, r->data + r->end, room);
	} while (n < 0 && errno == EINTR);
	if (n > 0) {
		r->end += (size_t)n;
		return;
	}
	/* Another process may have made a shared file description
	 * non-blocking. */
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return;
	if (n < 0)
		r->failed = xasprintf("reading failed: %s", strerror(errno));
	r->at_end = true;
}

/* The LF that ends the record, in what was not scanned yet; NULL: it is not
 * there. */
static char *
find_csv_end(struct reader *r)
{
	for (size_t i = r->scanned; i < r->end; i++) {
		if (r->data[i] == '\n' && r->csv != CSV_QUOTED) {
			r->csv = CSV_FIELD_START;
			return r->data + i;
		}
		r->csv = csv_step(r->csv, r->data[i], r->separator);
	}
	return NULL;
}

/* The LF that ends the line or the record; NULL: it was not read so far. While
 * a record that is too long is dropped, the first line end is taken for its
 * end: an unclosed quote must not cost all lines that follow. */
static char *
find_end(struct reader *r)
{
	char *end;

	if (r->framing == FRAMING_CSV && !r->skipping)
		end = find_csv_end(r);
	else
		end = memchr(r->data + r->scanned, '\n', r->end - r->scanned);
	if (!end)
		r->scanned = r->end;
	return end;
}

/* How many line ends are in the text. */
static uint64_t
count_lines(const char *s, size_t len)
{
	const char *end = s + len;
	uint64_t n = 0;

	while ((s = memchr(s, '\n', (size_t)(end - s)))) {
		n++;
		s++;
	}
	return n;
}

static void
drop_byte_order_mark(struct line *line)
{
	const char *text = line->text;

	if (line->number == 1)
		line->text += utf8_skip_mark(text, &line->len) - text;
}

/* Hand out the line or record up to `end`, its LF or the end of the input. */
static void
take_line(struct reader *r, char *end, struct line *out)
{
	char *text = r->data + r->start;
	size_t len = (size_t)(end - text);
	bool last = end == r->data + r->end;

	*out = (struct line){.text = text, .len = len, .number = r->number};
	r->number += 1;
	if (r->framing == FRAMING_CSV)
		r->number += count_lines(text, len);
	r->start += len + (last ? 0 : 1);
	r->scanned = r->start;
	if (len && text[len - 1] == '\r')
		out->len--;
	text[out->len] = '\0';
	drop_byte_order_mark(out);
}

/* Hand out the beginning of a line that does not end within its limit, as a bad
 * one. The rest, up to `end` if that was read (else NULL), is dropped. */
static void
take_too_long(struct reader *r, const char *end, struct line *out)
{
	size_t len = (end ? (size_t)(end - r->data) : r->end) - r->start;

	free(r->bad);
	r->bad = xstrdup("the line is longer than 1 MiB");
	*out = (struct line){
	    .text = r->data + r->start,
	    .len = SHOWN,
	    .number = r->number,
	    .bad = r->bad,
	};
	r->number += count_lines(out->text, len);
	r->start += len;
	r->scanned = r->start;
	r->skipping = true;
	out->text[SHOWN] = '\0';
	drop_byte_order_mark(out);
}

/* Nothing more can be read: hand out a last line without an end, then why
 * reading failed if it did, then READER_END. */
static enum reader_status
take_end(struct reader *r, struct line *out)
{
	if (r->start < r->end && !r->skipping) {
		take_line(r, r->data + r->end, out);
		return READER_LINE;
	}
	if (!r->failed)
		return READER_END;
	free(r->bad);
	r->data[r->end] = '\0';
	*out = (struct line){
	    .text = r->data + r->end,
	    .number = r->number,
	    .bad = r->failed,
	};
	r->bad = r->failed;
	r->failed = NULL;
	return READER_LINE;
}

/* Drop the rest of a line that was too long. False: its end was not read yet.
 */
static bool
skip(struct reader *r)
{
	char *end = find_end(r);

	if (!end) {
		r->start = r->end;
		return false;
	}
	r->start = r->scanned = (size_t)(end + 1 - r->data);
	r->number++;
	r->csv = CSV_FIELD_START;
	r->skipping = false;
	return true;
}

/* Hand out a line from what was read. False: there is no whole one. */
static bool
take_buffered(struct reader *r, struct line *out)
{
	char *end;

	if (r->skipping && !skip(r))
		return false;
	end = find_end(r);
	if (end && (size_t)(end - r->data) - r->start <= LINE_MAX_BYTES) {
		take_line(r, end, out);
		return true;
	}
	if (r->end - r->start <= LINE_MAX_BYTES)
		return false;
	take_too_long(r, end, out);
	return true;
}

enum reader_status
reader_next(struct reader *r, struct line *out)
{
	if (take_buffered(r, out))
		return READER_LINE;
	if (r->at_end)
		return take_end(r, out);
	if (r->may_block)
		return READER_WAIT;
	reader_fill(r);
	return READER_BUSY;
}

enum reader_status
reader_next_bytes(struct reader *r, struct line *out)
{
	if (r->start == r->end)
		return reader_next(r, out);
	*out = (struct line){
	    .text = r->data + r->start,
	    .len = r->end - r->start,
	    .number = r->number,
	};
	r->start = r->scanned = r->end;
	return READER_LINE;
}

enum reader_status
reader_peek(struct reader *r, size_t seen, struct line *out)
{
	*out = (struct line){
	    .text = r->data + r->start,
	    .len = r->end - r->start,
	    .number = r->number,
	};
	if (out->len > seen)
		return READER_LINE;
	if (r->at_end)
		return READER_END;
	if (r->may_block)
		return READER_WAIT;
	reader_fill(r);
	return READER_BUSY;
}

enum reader_status
reader_next_blocking(struct reader *r, struct line *out)
{
	enum reader_status status;

	while ((status = reader_next(r, out)) == READER_WAIT ||
	       status == READER_BUSY) {
		struct pollfd p = {.fd = r->fd, .events = POLLIN};

		if (status == READER_BUSY)
			continue;
		poll(&p, 1, -1);
		reader_fill(r);
	}
	return status;
}

bool
reader_can_reread(const struct reader *r)
{
	return r->origin >= 0;
}

void
reader_reread(const struct reader *r, struct file_range part, struct buf *out)
{
	part.offset += (uint64_t)r->origin;
	(void)io_add_range(r->fd, part, out);
}

bool
reader_at_end(struct reader *r)
{
	if (r->start == r->end && !r->at_end && !r->may_block)
		reader_fill(r);
	return r->start == r->end && r->at_end;
}

int
reader_fd(const struct reader *r)
{
	return r->fd;
}

const char *
reader_name(const struct reader *r)
{
	return r->name;
}

uint64_t
reader_line_number(const struct reader *r)
{
	return r->number;
}
