#include "config.h"

#include "journal/journal_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/xalloc.h"
#include "journal/compact.h"
#include "process/log.h"

enum {
	NAME = sizeof(JOURNAL_NAME) - 1,
	TITLE = sizeof(JOURNAL_TITLE) - 1,
	COMPACT_MIN = 1 << 20 /* below, nobody cares */
};

/* --- what is in it ----------------------------------------------------- */

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

/* A first line that was cut off is none. */
static int
read_title(
    struct journal *j, const struct journal_view *v, bool *none, char **cause)
{
	size_t common = v->len < TITLE ? v->len : TITLE;

	if (memcmp(v->data, JOURNAL_TITLE, common) != 0)
		return journal_refuse(j, cause,
		    v->len > NAME && memcmp(v->data, JOURNAL_NAME, NAME) == 0
		        ? "it was written by a newer gather"
		        : "not a gather journal; left unchanged");
	*none = v->len < JOURNAL_LINE;
	if (*none)
		return 0;
	if (v->data[JOURNAL_LINE - 1] != '\n' || read_salt(j, v->data + TITLE))
		return journal_refuse(j, cause, "its first line is damaged");
	set_id(j);
	return 0;
}

static void
take_number(struct journal *j, const struct record_head *head)
{
	struct record_number number;
	struct journal_key taken;

	if (record_read_number(head, &number))
		return;
	taken = journal_taken_key(number.family, number.k);
	index_set_done(&j->numbers, &head->key, number.k);
	index_set_done(&j->taken, &taken, 1);
}

static void
take_record(struct journal *j, const struct record_head *head,
    const struct frame *frame)
{
	struct journal_weight *w = &j->weight;
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

/* "with --x y", or "without --x", of the first that differs. */
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

/* The first of `some` that is not among `others`; NULL: there is none. */
static const char *
missing_in(const struct strlist *others, const struct strlist *some)
{
	for (size_t i = 0; i < some->len; i++) {
		size_t k = 0;

		while (k < others->len &&
		       strcmp(others->items[k], some->items[i]) != 0)
			k++;
		if (k == others->len)
			return some->items[i];
	}
	return NULL;
}

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
	journal_refuse(j, cause,
	    "its results were made %s, this run is %s: use the same options, "
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
		rc = journal_refuse(j, cause, "its options cannot be read");
	else
		rc = compare_options(j, &was, is, cause);
	strlist_release(&was);
	return rc;
}

/* All whole frames; `frames` then stands where they end. */
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
			return journal_refuse(j, cause,
			    "the record at byte %zu is none of ours", frame.at);
		if (first && check_options(j, &head, options, cause))
			return -1;
		first = false;
		take_record(j, &head, &frame);
		journal_view_let_go(&v, &done, frames->at);
	}
	return 0;
}

static int
cut(struct journal *j, size_t at, char **cause)
{
	j->size = at;
	if (j->use == JOURNAL_TO_READ)
		return 0;
	if (at > JOURNAL_LINE)
		log_note("--journal %s: its last record is torn, and is cut "
		         "off at byte %zu",
		    j->file, at);
	return ftruncate(j->fd, (off_t)at) ? journal_refuse_errno(j, cause) : 0;
}

static int
look_through(struct journal *j, const struct journal_view *v,
    const struct strlist *options, char **cause)
{
	struct frames frames = {v->data, v->len, JOURNAL_LINE, j->salt};
	bool none = false;

	if (read_title(j, v, &none, cause))
		return -1;
	if (none)
		return cut(j, 0, cause);
	if (take_frames(j, &frames, options, cause))
		return -1;
	if (frames.at == v->len && frames.at > JOURNAL_LINE)
		return 0;
	if (frames_go_on(&frames))
		return journal_refuse(j, cause,
		    "it is damaged at byte %zu, and good again behind that; "
		    "restore it from a copy, or keep what stands before with "
		    "head -c %zu",
		    frames.at, frames.at);
	if (frames.at > JOURNAL_LINE)
		return cut(j, frames.at, cause);
	if (!frames_end_here(&frames))
		return journal_refuse(j, cause,
		    "its first lines are damaged; restore it from a copy");
	/* Without its options it says nothing. */
	return cut(j, 0, cause);
}

static int
look_at_file(struct journal *j, const struct strlist *options, char **cause)
{
	struct journal_view v;
	int rc;

	if (j->size == 0)
		return 0;
	if (journal_view_open(&v, j))
		return journal_refuse_errno(j, cause);
	rc = look_through(j, &v, options, cause);
	journal_view_close(&v);
	return rc;
}

/* More than half of it, by and large, is replaced. */
static bool
is_worth_compacting(const struct journal *j)
{
	const struct journal_weight *w = &j->weight;
	uint64_t dead = w->other_bytes;

	if (w->done)
		dead += w->replaced * (w->done_bytes / w->done);
	return j->use == JOURNAL_TO_KEEP && j->size >= COMPACT_MIN &&
	       dead > j->size / 2;
}

/* Where that is not possible, it is no harm. */
static int
compact(struct journal *j, const struct strlist *options, char **cause)
{
	uint64_t before = j->size;
	struct stat st;

	if (!is_worth_compacting(j) || journal_compact(j))
		return 0;
	if (fstat(j->fd, &st))
		return journal_refuse_errno(j, cause);
	j->size = (uint64_t)st.st_size;
	j->weight = (struct journal_weight){0};
	index_release(&j->index);
	index_release(&j->numbers);
	index_release(&j->taken);
	log_note("--journal %s: of %" PRIu64 " bytes %" PRIu64
	         " are left, without what later runs replaced",
	    j->file, before, j->size);
	return look_at_file(j, options, cause);
}

/* --- a new one --------------------------------------------------------- */

static int
begin_file(struct journal *j, const struct strlist *options, char **cause)
{
	struct buf bytes = {0}, record = {0};
	int rc;

	if (getentropy(j->salt, FRAME_SALT))
		return journal_refuse_errno(j, cause);
	set_id(j);
	buf_addf(&bytes, "%s%s\n", JOURNAL_TITLE, j->id);
	record_add_options(&record, options);
	frame_add(&bytes, j->salt, record.data, record.len);
	rc = io_write_all(j->fd, bytes.data, bytes.len);
	if (rc == 0)
		rc = fsync(j->fd) ? -1 : io_sync_folder(j->file);
	if (rc)
		journal_refuse_errno(j, cause);
	j->size = bytes.len;
	buf_release(&bytes);
	buf_release(&record);
	return rc;
}

struct journal *
journal_open(const struct journal_setup *setup, char **cause)
{
	struct journal *j = xcalloc(1, sizeof(*j));

	*cause = NULL;
	j->fd = -1;
	j->file = xstrdup(setup->file);
	j->use = setup->use;
	index_init(&j->index);
	index_init(&j->numbers);
	index_init(&j->taken);
	strmap_init(&j->reasons);
	if (journal_open_file(j, cause) ||
	    look_at_file(j, setup->options, cause) ||
	    compact(j, setup->options, cause) ||
	    (j->size == 0 && setup->use == JOURNAL_TO_KEEP &&
	        begin_file(j, setup->options, cause))) {
		journal_free(j);
		return NULL;
	}
	return j;
}
