#include "config.h"

#include "journal/journal_private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/xalloc.h"

/* The first line: these words, the salt in hexadecimal digits, a newline. */
static const char title[] = "gather journal 1 ";

enum {
	TITLE = sizeof(title) - 1,
	LINE = TITLE + 2 * FRAME_SALT + 1
};

/* A file's bytes while they are looked through. */
struct view {
	const char *data;
	size_t len;
};

__attribute__((format(printf, 3, 4))) static int
refuse(const struct journal *j, char **cause, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;

	buf_addf(&b, "--journal %s: ", j->file);
	va_start(ap, fmt);
	buf_addv(&b, fmt, ap);
	va_end(ap);
	*cause = buf_take(&b);
	return -1;
}

static int
refuse_errno(const struct journal *j, char **cause)
{
	return refuse(j, cause, "%s", strerror(errno));
}

/* --- the file ---------------------------------------------------------- */

/* Locks of fcntl(2) work over NFS, too, and say who has it. */
static int
lock(const struct journal *j, char **cause)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (fcntl(j->fd, F_SETLK, &l) == 0)
		return 0;
	if (errno != EACCES && errno != EAGAIN)
		return refuse_errno(j, cause);
	l = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
	if (fcntl(j->fd, F_GETLK, &l) || l.l_type == F_UNLCK || l.l_pid <= 0)
		return refuse(j, cause, "another run uses it");
	return refuse(j, cause,
	    "another run uses it (process %ld); give each its own",
	    (long)l.l_pid);
}

static int
open_file(struct journal *j, char **cause)
{
	static const int flags[] = {
	    [JOURNAL_TO_KEEP] = O_RDWR | O_CREAT | O_APPEND,
	    [JOURNAL_TO_READ] = O_RDONLY | O_NONBLOCK,
	};
	struct stat st;

	j->fd = open(j->file, flags[j->use] | O_CLOEXEC | O_NOCTTY, 0600);
	if (j->fd < 0 && errno == ENOENT && j->use == JOURNAL_TO_READ)
		return 0;
	if (j->fd < 0 || fstat(j->fd, &st))
		return refuse_errno(j, cause);
	if (!S_ISREG(st.st_mode))
		return refuse(j, cause, "it must be a regular file");
	if ((j->use == JOURNAL_TO_KEEP && lock(j, cause)) || fstat(j->fd, &st))
		return *cause ? -1 : refuse_errno(j, cause);
	j->size = (uint64_t)st.st_size;
	return 0;
}

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
read_title(struct journal *j, const struct view *v, bool *none, char **cause)
{
	size_t common = v->len < TITLE ? v->len : TITLE;

	if (memcmp(v->data, title, common) != 0)
		return refuse(j, cause,
		    v->len > 15 && memcmp(v->data, title, 15) == 0
		        ? "it was written by a newer gather"
		        : "it is no journal of gather's, and is left as it "
		          "is");
	*none = v->len < LINE;
	if (*none)
		return 0;
	if (v->data[LINE - 1] != '\n' || read_salt(j, v->data + TITLE))
		return refuse(j, cause, "its first line is damaged");
	set_id(j);
	return 0;
}

static void
take_record(struct journal *j, const struct record_head *head, size_t at)
{
	switch (head->kind) {
	case RECORD_BEGUN: index_set_begun(&j->index, &head->key); break;
	case RECORD_FAILED: index_set_failed(&j->index, &head->key); break;
	case RECORD_DONE: index_set_done(&j->index, &head->key, at); break;
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
	refuse(j, cause,
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
		rc = refuse(j, cause, "its options cannot be read");
	else
		rc = compare_options(j, &was, is, cause);
	strlist_release(&was);
	return rc;
}

/* Pages that were looked at need not stay in memory. */
static void
let_go(const struct view *v, size_t *done, size_t at)
{
	const size_t step = (size_t)16 << 20;

#ifdef MADV_DONTNEED
	for (; at - *done >= step; *done += step)
		madvise(
		    (char *)(uintptr_t)v->data + *done, step, MADV_DONTNEED);
#else
	(void)v;
	*done = at;
#endif
}

/* All whole frames; `frames` then stands where they end. */
static int
take_frames(struct journal *j, struct frames *frames,
    const struct strlist *options, char **cause)
{
	const struct view v = {frames->data, frames->len};
	struct record_head head;
	struct frame frame = {0};
	bool first = true;
	size_t done = 0;

	while (frames_next(frames, &frame) == FRAME_WHOLE) {
		if (record_read(&head, frame.payload, frame.len) ||
		    first != (head.kind == RECORD_OPTIONS))
			return refuse(j, cause,
			    "the record at byte %zu is none of ours", frame.at);
		if (first && check_options(j, &head, options, cause))
			return -1;
		first = false;
		take_record(j, &head, frame.at);
		let_go(&v, &done, frames->at);
	}
	return 0;
}

static int
cut(struct journal *j, size_t at, char **cause)
{
	j->size = at;
	if (j->use == JOURNAL_TO_READ)
		return 0;
	if (at > LINE)
		log_note("--journal %s: its last record is torn, and is cut "
		         "off at byte %zu",
		    j->file, at);
	return ftruncate(j->fd, (off_t)at) ? refuse_errno(j, cause) : 0;
}

static int
look_through(struct journal *j, const struct view *v,
    const struct strlist *options, char **cause)
{
	struct frames frames = {v->data, v->len, LINE, j->salt};
	bool none = false;

	if (read_title(j, v, &none, cause))
		return -1;
	if (none)
		return cut(j, 0, cause);
	if (take_frames(j, &frames, options, cause))
		return -1;
	if (frames.at == v->len && frames.at > LINE)
		return 0;
	if (frames_go_on(&frames))
		return refuse(j, cause,
		    "it is damaged at byte %zu, and good again behind that; "
		    "restore it from a copy, or keep what stands before with "
		    "head -c %zu",
		    frames.at, frames.at);
	/* Without its options it says nothing. */
	return cut(j, frames.at == LINE ? 0 : frames.at, cause);
}

static int
look_at_file(struct journal *j, const struct strlist *options, char **cause)
{
	struct view v = {.len = (size_t)j->size};
	void *map;
	int rc;

	if (j->size == 0)
		return 0;
	map = mmap(NULL, v.len, PROT_READ, MAP_PRIVATE, j->fd, 0);
	if (map == MAP_FAILED)
		return refuse_errno(j, cause);
	v.data = map;
	rc = look_through(j, &v, options, cause);
	munmap(map, v.len);
	return rc;
}

/* --- a new one --------------------------------------------------------- */

static int
begin_file(struct journal *j, const struct strlist *options, char **cause)
{
	struct buf bytes = {0}, record = {0};
	int rc;

	if (getentropy(j->salt, FRAME_SALT))
		return refuse_errno(j, cause);
	set_id(j);
	buf_addf(&bytes, "%s%s\n", title, j->id);
	record_add_options(&record, options);
	frame_add(&bytes, j->salt, record.data, record.len);
	rc = io_write_all(j->fd, bytes.data, bytes.len);
	if (rc == 0)
		rc = fsync(j->fd) ? -1 : io_sync_folder(j->file);
	if (rc)
		refuse_errno(j, cause);
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
	strmap_init(&j->reasons);
	if (open_file(j, cause) || look_at_file(j, setup->options, cause) ||
	    (j->size == 0 && setup->use == JOURNAL_TO_KEEP &&
	        begin_file(j, setup->options, cause))) {
		journal_free(j);
		return NULL;
	}
	return j;
}
