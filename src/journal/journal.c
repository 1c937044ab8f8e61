#include "config.h"

#include "journal/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "journal/frame.h"
#include "journal/journal_private.h"

void
journal_free(struct journal *j)
{
	if (!j)
		return;
	if (j->fd >= 0)
		close(j->fd);
	index_release(&j->index);
	index_release(&j->numbers);
	index_release(&j->taken);
	strmap_release(&j->reasons);
	free(j->file);
	free(j);
}

const char *
journal_file(const struct journal *j)
{
	return j->file;
}

const char *
journal_id(const struct journal *j)
{
	return j->id;
}

int
journal_fd(const struct journal *j)
{
	return j->fd;
}

enum journal_state
journal_ask(struct journal *j, struct journal_key *key)
{
	uint64_t offset;

	index_count(&j->index, key);
	return index_find(&j->index, key, &offset);
}

struct journal_key
journal_taken_key(uint64_t family, uint64_t k)
{
	return (struct journal_key){.hash = family, .occurrence = k};
}

static bool
is_taken(const struct journal *j, uint64_t family, uint64_t k)
{
	struct journal_key key = journal_taken_key(family, k);

	return index_done_at(&j->taken, &key) != 0;
}

uint64_t
journal_number(struct journal *j, const struct journal_numbered *what,
    uint64_t *last, struct buf *out)
{
	struct record_number number = {.family = what->family};
	struct journal_key key = what->key;
	struct buf record = {0};

	index_count(&j->numbers, &key);
	number.k = index_done_at(&j->numbers, &key);
	if (number.k)
		return number.k;
	do
		number.k = ++*last;
	while (is_taken(j, number.family, number.k));
	record_add_number(&record, &key, &number);
	frame_add(out, j->salt, record.data, record.len);
	buf_release(&record);
	return number.k;
}

/* The bytes from `offset` on, as many as `len`; fewer at the end. */
static int
read_at(int fd, uint64_t offset, size_t len, struct buf *out)
{
	while (out->len < len) {
		ssize_t n = pread(fd, buf_reserve(out, len - out->len),
		    len - out->len, (off_t)(offset + out->len));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		out->len += (size_t)n;
	}
	return 0;
}

/* The frame at `offset` alone. */
static int
read_frame(const struct journal *j, uint64_t offset, struct buf *out,
    struct frame *frame)
{
	struct frames frames = {.salt = j->salt};
	uint64_t len;

	if (read_at(j->fd, offset, FRAME_AROUND, out))
		return -1;
	len = frame_len(out->data);
	if (len > j->size ||
	    read_at(j->fd, offset, FRAME_AROUND + (size_t)len, out))
		return -1;
	frames.data = out->data;
	frames.len = out->len;
	return frames_next(&frames, frame) == FRAME_WHOLE ? 0 : -1;
}

static bool
is_same(const struct journal_key *a, const struct journal_key *b)
{
	return a->hash == b->hash && a->check == b->check &&
	       a->occurrence == b->occurrence;
}

int
journal_read(struct journal *j, const struct journal_key *key, struct result *r,
    struct journal_note *note)
{
	struct buf bytes = {0};
	struct record_head head;
	struct frame frame;
	uint64_t offset;
	int rc = -1;

	if (index_find(&j->index, key, &offset) == JOURNAL_DONE &&
	    read_frame(j, offset, &bytes, &frame) == 0 &&
	    record_read(&head, frame.payload, frame.len) == 0 &&
	    is_same(&head.key, key))
		rc = record_read_done(&head, r, note, &j->reasons);
	buf_release(&bytes);
	if (rc) {
		result_release(r);
		journal_note_release(note);
	}
	return rc;
}

static void
add_key(const struct journal *j, enum record_kind kind,
    const struct journal_key *key, struct buf *out)
{
	struct buf record = {0};

	record_add_key(&record, kind, key);
	frame_add(out, j->salt, record.data, record.len);
	buf_release(&record);
}

void
journal_add_begun(
    const struct journal *j, const struct journal_key *key, struct buf *out)
{
	add_key(j, RECORD_BEGUN, key, out);
}

void
journal_add_failed(
    const struct journal *j, const struct journal_key *key, struct buf *out)
{
	add_key(j, RECORD_FAILED, key, out);
}

uint32_t
journal_add_done(
    const struct journal *j, const struct journal_done *done, struct buf *out)
{
	struct buf record = {0};
	uint32_t sum;

	record_add_done(&record, &done->key, done->result, &done->note);
	sum = frame_begin(out, j->salt, record.len + done->body_len);
	sum = frame_sum(sum, record.data, record.len);
	buf_add(out, record.data, record.len);
	buf_release(&record);
	return sum;
}
