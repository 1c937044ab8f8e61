/*
 * A journal from top to bottom: what its first line and its records say when it
 * is opened, how it is compacted and begun, and then its use by a run: what is
 * known of a request, and what is to be written of it.
 */
#include "config.h"

#include "journal/journal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/io.h"
#include "base/strmap.h"
#include "base/xalloc.h"
#include "journal/file.h"
#include "journal/frame.h"
#include "process/log.h"

/* The first line: this title, which holds the version of the format, the salt
 * in hexadecimal digits, and a newline. */
#define FORMAT_NAME "gather journal "
#define TITLE       FORMAT_NAME "1 "

enum {
	FORMAT_NAME_LEN = sizeof(FORMAT_NAME) - 1,
	TITLE_LEN = sizeof(TITLE) - 1,
	LINE_LEN = TITLE_LEN + 2 * FRAME_SALT + 1,
	COMPACT_MIN = 1 << 20, /* bytes; below, nobody cares */
	STRETCH_MAX = 1 << 20  /* bytes for one write(2) while compacting */
};

/* The bytes of frames that were looked through. What was replaced is counted,
 * not measured: its length is taken to be that of the average. */
struct weight {
	uint64_t done, done_bytes;
	uint64_t replaced;    /* of those done */
	uint64_t other_bytes; /* begun and failed; most of it is history */
};

struct journal {
	struct journal_file file;
	char salt[FRAME_SALT];
	char id[2 * FRAME_SALT + 1]; /* the salt in hexadecimal digits */
	struct index index;          /* of results */
	struct index numbers;        /* key -> its number */
	struct index taken;          /* taken_key -> 1 */
	struct weight weight;
	struct strmap reasons; /* texts that results point to */
};

/* By which `taken` knows that number `k` is given away in `family`. */
static struct journal_key
taken_key(uint64_t family, uint64_t k)
{
	return (struct journal_key){.hash = family, .occurrence = k};
}

/* --- what is in it ----------------------------------------------------- */

/* The value of a hexadecimal digit; -1: it is none. */
static int
digit_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static int
read_salt(struct journal *j, const char *hex)
{
	for (size_t i = 0; i < FRAME_SALT; i++) {
		int high = digit_value(hex[2 * i]);
		int low = digit_value(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return -1;
		j->salt[i] = (char)(high << 4 | low);
	}
	return 0;
}

static void
set_id(struct journal *j)
{
	for (size_t i = 0; i < FRAME_SALT; i++)
		snprintf(j->id + 2 * i, 3, "%02x", (unsigned char)j->salt[i]);
}

/* Read the first line. One that was cut off is as good as none: the run that
 * began the journal was killed before anything was noted. */
static int
read_title(
    struct journal *j, const struct journal_view *v, bool *none, char **cause)
{
	size_t common = v->len < TITLE_LEN ? v->len : TITLE_LEN;

	if (memcmp(v->data, TITLE, common) != 0)
		return journal_file_refuse(&j->file, cause,
		    v->len > FORMAT_NAME_LEN &&
		            memcmp(v->data, FORMAT_NAME, FORMAT_NAME_LEN) == 0
		        ? "written by a newer version of gather"
		        : "not a gather journal; left unchanged");
	*none = v->len < LINE_LEN;
	if (*none)
		return 0;
	if (v->data[LINE_LEN - 1] != '\n' || read_salt(j, v->data + TITLE_LEN))
		return journal_file_refuse(&j->file, cause,
		    "its first line is damaged; restore it from a copy");
	set_id(j);
	return 0;
}

/* Index a number, in both directions. */
static void
take_number(struct journal *j, const struct record_head *head)
{
	struct record_number number;
	struct journal_key taken;

	if (record_read_number(head, &number))
		return;
	taken = taken_key(number.family, number.k);
	index_set_done(&j->numbers, &head->key, number.k);
	index_set_done(&j->taken, &taken, 1);
}

/* Index a record; a later one of the same request replaces what was known. */
static void
take_record(struct journal *j, const struct record_head *head,
    const struct frame *frame)
{
	struct weight *w = &j->weight;
	size_t size = FRAME_AROUND + frame->len;

	switch (head->kind) {
	case RECORD_BEGUN:
		index_set_begun(&j->index, &head->key);
		w->other_bytes += size;
		break;
	case RECORD_FAILED:
		index_set_failed(&j->index, &head->key);
		w->other_bytes += size;
		break;
	case RECORD_DONE:
		w->replaced += index_set_done(&j->index, &head->key, frame->at);
		w->done++;
		w->done_bytes += size;
		break;
	case RECORD_NUMBER: take_number(j, head); break;
	case RECORD_OPTIONS: break;
	}
}

/* How `options` have the option `name`: "with --x y" or "without --x". Caller
 * frees. */
static char *
how_made(const struct strlist *options, const char *name, size_t len)
{
	for (size_t i = 0; i < options->len; i++) {
		const char *o = options->items[i];

		if (strncmp(o, name, len) != 0 || o[len] != '=')
			continue;
		if (strcmp(o + len, "=yes") == 0)
			return xasprintf("with --%.*s", (int)len, name);
		return xasprintf("with --%.*s %s", (int)len, name, o + len + 1);
	}
	return xasprintf("without --%.*s", (int)len, name);
}

/* The first option of `some` that is not among `others`; NULL: there is none.
 */
static const char *
missing_in(const struct strlist *others, const struct strlist *some)
{
	for (size_t i = 0; i < some->len; i++)
		if (!strlist_has(others, some->items[i]))
			return some->items[i];
	return NULL;
}

/* Results of other options would not fit those of this run: say which option
 * differs. */
static int
compare_options(const struct journal *j, const struct strlist *was,
    const struct strlist *is, char **cause)
{
	const char *odd = missing_in(was, is);
	char *then, *now;
	size_t len;

	if (!odd)
		odd = missing_in(is, was);
	if (!odd)
		return 0;
	len = strcspn(odd, "=");
	then = how_made(was, odd, len);
	now = how_made(is, odd, len);
	journal_file_refuse(&j->file, cause,
	    "its results were made %s, this run is %s: use the same options "
	    "or another journal",
	    then, now);
	free(then);
	free(now);
	return -1;
}

static int
check_options(const struct journal *j, const struct record_head *head,
    const struct strlist *is, char **cause)
{
	struct strlist was;
	int rc;

	strlist_init(&was);
	if (record_read_options(head, &was))
		rc = journal_file_refuse(
		    &j->file, cause, "its options cannot be read");
	else
		rc = compare_options(j, &was, is, cause);
	strlist_release(&was);
	return rc;
}

/* Index the records of all whole frames, from the beginning; `frames` then
 * stands where they end. The first record must hold the options. */
static int
take_frames(struct journal *j, struct frames *frames,
    const struct strlist *options, char **cause)
{
	const struct journal_view v = {frames->data, frames->len};
	struct record_head head;
	struct frame frame = {0};
	bool first = true;
	size_t done = 0;

	while (frames_next(frames, &frame) == FRAME_WHOLE) {
		if (record_read(&head, frame.payload, frame.len) ||
		    first != (head.kind == RECORD_OPTIONS))
			return journal_file_refuse(&j->file, cause,
			    "the record at byte %zu is not one of "
			    "gather's",
			    frame.at);
		if (first && check_options(j, &head, options, cause))
			return -1;
		first = false;
		take_record(j, &head, &frame);
		journal_view_let_go(&v, &done, frames->at);
	}
	return 0;
}

/* Cut the file off at `at`. One that is only read stays as it is, but is taken
 * to end there. */
static int
cut(struct journal *j, size_t at, char **cause)
{
	j->file.size = at;
	if (j->file.use == JOURNAL_TO_READ)
		return 0;
	if (at > LINE_LEN)
		log_note("--journal %s: the last record is incomplete; cutting "
		         "it off at byte %zu",
		    j->file.name, at);
	return ftruncate(j->file.fd, (off_t)at)
	           ? journal_file_refuse_errno(&j->file, cause)
	           : 0;
}

/* Index what `v` holds, and decide what to do about the place where whole
 * frames end before the file does: a writer that was stopped leaves half a
 * frame at the end, which is cut off. Anything else is damage, which is left to
 * people. */
static int
look_through(struct journal *j, const struct journal_view *v,
    const struct strlist *options, char **cause)
{
	struct frames frames = {v->data, v->len, LINE_LEN, j->salt};
	bool none = false;

	if (read_title(j, v, &none, cause))
		return -1;
	if (none)
		return cut(j, 0, cause);
	if (take_frames(j, &frames, options, cause))
		return -1;
	if (frames.at == v->len && frames.at > LINE_LEN)
		return 0;
	if (frames_valid_after(&frames))
		return journal_file_refuse(&j->file, cause,
		    "damaged at byte %zu, but not after that: restore it from "
		    "a copy, or keep what comes before with head -c %zu",
		    frames.at, frames.at);
	if (frames.at > LINE_LEN)
		return cut(j, frames.at, cause);
	if (!frames_is_torn_tail(&frames))
		return journal_file_refuse(&j->file, cause,
		    "its first record is damaged; restore it from a copy");
	/* Nothing was noted: begin it again. */
	return cut(j, 0, cause);
}

static int
look_at_file(struct journal *j, const struct strlist *options, char **cause)
{
	struct journal_view v;
	int rc;

	if (j->file.size == 0)
		return 0;
	if (journal_view_open(&v, &j->file))
		return journal_file_refuse_errno(&j->file, cause);
	rc = look_through(j, &v, options, cause);
	journal_view_close(&v);
	return rc;
}

/* --- compaction ------------------------------------------------------------
 */

/* Bytes of the old file that go over as they are, in one write(2). */
struct stretch {
	const struct journal_view *from;
	int to;
	size_t begin, end;
};

static int
write_stretch(const struct stretch *s)
{
	return io_write_all(s->to, s->from->data + s->begin, s->end - s->begin);
}

/* Make the stretch longer by `frame`, or write it and begin another one. */
static int
add_frame(struct stretch *s, const struct frame *frame)
{
	size_t end = frame->at + FRAME_AROUND + frame->len;

	if (frame->at == s->end && end - s->begin <= STRETCH_MAX) {
		s->end = end;
		return 0;
	}
	if (write_stretch(s))
		return -1;
	s->begin = frame->at;
	s->end = end;
	return 0;
}

/* Is the record in `frame` the last word about its request? */
static bool
is_live(const struct journal *j, const struct frame *frame)
{
	struct record_head head;

	if (record_read(&head, frame->payload, frame->len))
		return true;
	switch (head.kind) {
	case RECORD_OPTIONS: return true;
	case RECORD_DONE:
		return index_done_at(&j->index, &head.key) == frame->at;
	case RECORD_NUMBER: return true;
	case RECORD_BEGUN: return index_is_begun(&j->index, &head.key);
	case RECORD_FAILED: break;
	}
	return false;
}

/* Fill the copy that replaces the file (journal_copy). */
static int
copy_live(void *arg, const struct journal_view *old, int to)
{
	const struct journal *j = arg;
	struct frames frames = {old->data, old->len, LINE_LEN, j->salt};
	struct stretch s = {.from = old, .to = to, .end = LINE_LEN};
	struct frame frame;
	size_t let_go = 0;

	while (frames_next(&frames, &frame) == FRAME_WHOLE) {
		if (is_live(j, &frame) && add_frame(&s, &frame))
			return -1;
		journal_view_let_go(old, &let_go, frames.at);
	}
	return write_stretch(&s);
}

/* Is more than half of the file, by and large, replaced? */
static bool
is_worth_compacting(const struct journal *j)
{
	const struct weight *w = &j->weight;
	uint64_t dead = w->other_bytes;

	if (w->done)
		dead += w->replaced * (w->done_bytes / w->done);
	return j->file.use == JOURNAL_TO_KEEP && j->file.size >= COMPACT_MIN &&
	       dead > j->file.size / 2;
}

/* Leave out what later records have replaced. A journal that cannot be
 * replaced only stays longer than it need be. The index holds offsets, so it is
 * made again from the new file. */
static int
compact(struct journal *j, const struct strlist *options, char **cause)
{
	const struct journal_copy copy = {copy_live, j, LINE_LEN};
	uint64_t before = j->file.size;

	if (!is_worth_compacting(j) || journal_file_replace(&j->file, &copy))
		return 0;
	j->weight = (struct weight){0};
	index_release(&j->index);
	index_release(&j->numbers);
	index_release(&j->taken);
	log_note("--journal %s: compacted from %" PRIu64 " to %" PRIu64
	         " bytes",
	    j->file.name, before, j->file.size);
	return look_at_file(j, options, cause);
}

/* --- a new one --------------------------------------------------------- */

/* Write the first line and the options, and see to it that they and the name of
 * the file are on the disk, before anything is sent. */
static int
begin_file(struct journal *j, const struct strlist *options, char **cause)
{
	struct buf bytes = {0}, record = {0};
	int rc;

	if (getentropy(j->salt, FRAME_SALT))
		return journal_file_refuse_errno(&j->file, cause);
	set_id(j);
	buf_addf(&bytes, "%s%s\n", TITLE, j->id);
	record_add_options(&record, options);
	frame_add(&bytes, j->salt, record.data, record.len);
	rc = io_write_all(j->file.fd, bytes.data, bytes.len);
	if (rc == 0)
		rc = fsync(j->file.fd) ? -1 : io_sync_folder(j->file.name);
	if (rc)
		journal_file_refuse_errno(&j->file, cause);
	j->file.size = bytes.len;
	buf_release(&bytes);
	buf_release(&record);
	return rc;
}

struct journal *
journal_open(const struct journal_setup *setup, char **cause)
{
	struct journal *j = xcalloc(1, sizeof(*j));

	*cause = NULL;
	j->file.name = xstrdup(setup->file);
	j->file.use = setup->use;
	index_init(&j->index);
	index_init(&j->numbers);
	index_init(&j->taken);
	strmap_init(&j->reasons);
	if (journal_file_open(&j->file, cause) ||
	    look_at_file(j, setup->options, cause) ||
	    compact(j, setup->options, cause) ||
	    (j->file.size == 0 && setup->use == JOURNAL_TO_KEEP &&
	        begin_file(j, setup->options, cause))) {
		journal_free(j);
		return NULL;
	}
	return j;
}

void
journal_free(struct journal *j)
{
	if (!j)
		return;
	index_release(&j->index);
	index_release(&j->numbers);
	index_release(&j->taken);
	strmap_release(&j->reasons);
	journal_file_close(&j->file);
	free(j);
}

/* --- in a run ---------------------------------------------------------- */

const char *
journal_file(const struct journal *j)
{
	return j->file.name;
}

const char *
journal_id(const struct journal *j)
{
	return j->id;
}

int
journal_fd(const struct journal *j)
{
	return j->file.fd;
}

enum journal_state
journal_ask(struct journal *j, struct journal_key *key)
{
	uint64_t offset;

	index_take_occurrence(&j->index, key);
	return index_find(&j->index, key, &offset);
}

/* Did an earlier run give the number `k` in `family`? */
static bool
is_taken(const struct journal *j, uint64_t family, uint64_t k)
{
	struct journal_key key = taken_key(family, k);

	return index_done_at(&j->taken, &key) != 0;
}

uint64_t
journal_number(struct journal *j, const struct journal_numbered *what,
    uint64_t *last, struct buf *out)
{
	struct record_number number = {.family = what->family};
	struct journal_key key = what->key;
	struct buf record = {0};

	index_take_occurrence(&j->numbers, &key);
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

/* Read into `out` what it lacks of the `len` bytes from `offset` on. Returns 0;
 * or -1 if there are fewer. */
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

/* Read the frame at `offset` into `out`. Returns 0; or -1 if it is not whole
 * any more: another program may have written to the file. */
static int
read_frame(const struct journal *j, uint64_t offset, struct buf *out,
    struct frame *frame)
{
	struct frames frames = {.salt = j->salt};
	uint64_t len;

	if (read_at(j->file.fd, offset, FRAME_AROUND, out))
		return -1;
	len = frame_len(out->data);
	if (len > j->file.size ||
	    read_at(j->file.fd, offset, FRAME_AROUND + (size_t)len, out))
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

/* Append a frame whose record is a key alone. */
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
