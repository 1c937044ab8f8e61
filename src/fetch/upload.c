/*
 * Files that are sent: one that is read by callbacks of libcurl, which pause
 * the transfer while there is nothing to read; and the parts of a form, some of
 * which are such files.
 */
#include "config.h"

#include "fetch/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/xalloc.h"
#include "fetch/engine_private.h"
#include "request/options.h"

/* --- a file --------------------------------------------------------------- */

void
upload_init(struct upload *u, struct attempt *a)
{
	*u = (struct upload){.attempt = a, .fd = -1, .size = -1};
}

static void
stop_waiting(struct upload *u)
{
	if (!u->waits)
		return;
	event_del(&u->event);
	u->waits = false;
	u->attempt->uploads_waiting--;
}

/* There is something to read: go on with the transfer. */
static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct upload *u = arg;
	struct attempt *a = u->attempt;

	(void)fd;
	(void)what;
	stop_waiting(u);
	if (a->flying && curl_easy_pause(a->easy, CURLPAUSE_CONT)) {
		lane_stop(a);
		attempt_finish(a, CURLE_READ_ERROR);
		return;
	}
	lane_kick(a->lane);
}

/* Without O_NONBLOCK, open(2) would wait for somebody to write to a FIFO. */
int
upload_open(struct upload *u, const char *name)
{
	struct stat st;

	u->fd = open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (u->fd < 0 || fstat(u->fd, &st))
		return -1;
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return -1;
	}
	u->size = S_ISREG(st.st_mode) ? st.st_size : -1;
	event_assign(&u->event, u->attempt->engine->base, u->fd, EV_READ,
	    on_readable, u);
	return 0;
}

static void
close_later(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	close((int)(intptr_t)arg);
}

/* libevent takes "no more" and then "again" about one number of a descriptor,
 * in one turn of the loop, for no change (EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST
 * in environment.c), and the kernel has forgotten what was closed: the next
 * upload would wait for ever. So its number stays taken for that turn. */
void
upload_close(struct upload *u)
{
	static const struct timeval next_turn = {.tv_usec = 1};
	bool waited = u->waits;

	stop_waiting(u);
	if (u->fd >= 0 && (!waited || event_base_once(event_get_base(&u->event),
	                                  -1, EV_TIMEOUT, close_later,
	                                  (void *)(intptr_t)u->fd, &next_turn)))
		close(u->fd);
	u->fd = -1;
}

static void
free_upload(void *upload)
{
	upload_close(upload);
	free(upload);
}

/* Nothing was read: may there be more later? A FIFO that nobody has opened for
 * writing so far reads as if it were at its end, but does not poll as hung up.
 */
static bool
may_go_on(const struct upload *u, ssize_t n)
{
	struct pollfd p = {.fd = u->fd, .events = POLLIN};

	if (u->size >= 0)
		return false;
	if (n < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK;
	return poll(&p, 1, 0) == 0;
}

size_t
upload_read(char *data, size_t size, size_t count, void *upload)
{
	struct upload *u = upload;
	ssize_t n;

	do
		n = read(u->fd, data, size * count);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		return (size_t)n;
	if (!may_go_on(u, n))
		return n < 0 ? CURL_READFUNC_ABORT : 0;
	if (!u->waits) {
		u->waits = true;
		u->attempt->uploads_waiting++;
		event_add(&u->event, NULL);
	}
	return CURL_READFUNC_PAUSE;
}

/* libcurl sends the same again after a 401, or after a dead connection. */
int
upload_seek(void *upload, curl_off_t offset, int origin)
{
	struct upload *u = upload;

	return lseek(u->fd, offset, origin) < 0 ? CURL_SEEKFUNC_CANTSEEK
	                                        : CURL_SEEKFUNC_OK;
}

/* --- the parts of a form -------------------------------------------------- */

/* A walk through the texts of a form (request/options.h). */
struct form_walk {
	CURL *easy;
	struct attempt *attempt; /* that may pause; NULL: none */
	const struct request_options *options;
	size_t at; /* the next text of the form */
	char **cause;
};

/* Set something of a part; `value` is the text without its first character. */
typedef CURLcode part_setter(
    struct form_walk *, curl_mimepart *, const char *value);

static CURLcode
set_part_text(struct form_walk *w, curl_mimepart *part, const char *value)
{
	(void)w;
	return curl_mime_data(part, value, CURL_ZERO_TERMINATED);
}

/* Is it a FIFO or a device, which may have nothing to read for a while? */
static bool
may_have_to_wait(const char *file)
{
	struct stat st;

	return stat(file, &st) == 0 && !S_ISREG(st.st_mode) &&
	       !S_ISDIR(st.st_mode);
}

static CURLcode
set_stream(struct form_walk *w, curl_mimepart *part, const char *file)
{
	struct upload *u = xmalloc(sizeof(*u));

	upload_init(u, w->attempt);
	if (upload_open(u, file)) {
		free_upload(u);
		return CURLE_READ_ERROR;
	}
	return curl_mime_data_cb(
	    part, -1, upload_read, upload_seek, free_upload, u);
}

/* Do for a stream what curl_mime_filedata does for a file: give the part the
 * file's name and, if that does not tell the type, the type of any bytes. */
static CURLcode
name_stream(curl_mimepart *part, const char *file)
{
	const char *slash = strrchr(file, '/');
	const char *name = slash ? slash + 1 : file;
	CURLcode code = curl_mime_filename(part, name);

	return code == CURLE_OK && !strchr(name, '.')
	           ? curl_mime_type(part, "application/octet-stream")
	           : code;
}

/* Have libcurl send a regular file. It opens it in the middle of the request,
 * so see first whether there are descriptors for it and for a connection. */
static CURLcode
set_regular(struct form_walk *w, curl_mimepart *part, const char *file)
{
	int fd = w->attempt ? open(file, O_RDONLY | O_CLOEXEC) : -1;
	int another = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
	bool lacked = w->attempt && another < 0 && io_lacks_descriptors(errno);
	int os_errno = errno;

	if (fd >= 0)
		close(fd);
	if (another >= 0)
		close(another);
	errno = os_errno;
	return lacked ? CURLE_READ_ERROR : curl_mime_filedata(part, file);
}

static CURLcode
set_file(struct form_walk *w, curl_mimepart *part, const char *value)
{
	CURLcode code;

	if (!w->attempt || !may_have_to_wait(value))
		return set_regular(w, part, value);
	code = set_stream(w, part, value);
	return code == CURLE_OK ? name_stream(part, value) : code;
}

static CURLcode
set_content(struct form_walk *w, curl_mimepart *part, const char *value)
{
	CURLcode code;

	if (w->attempt && may_have_to_wait(value))
		return set_stream(w, part, value);
	code = set_regular(w, part, value);
	return code == CURLE_OK ? curl_mime_filename(part, NULL) : code;
}

static CURLcode
set_stdin(struct form_walk *w, curl_mimepart *part, const char *value)
{
	const struct request_options *o = w->options;

	(void)value;
	return curl_mime_data(part, o->body ? o->body : "", o->body_len);
}

static CURLcode
set_type(struct form_walk *w, curl_mimepart *part, const char *value)
{
	(void)w;
	return curl_mime_type(part, value);
}

static CURLcode
set_filename(struct form_walk *w, curl_mimepart *part, const char *value)
{
	(void)w;
	return curl_mime_filename(part, value);
}

static CURLcode
set_encoder(struct form_walk *w, curl_mimepart *part, const char *value)
{
	(void)w;
	return curl_mime_encoder(part, value);
}

/* Set this header and those that follow it: libcurl takes them at once. */
static CURLcode
set_part_headers(struct form_walk *w, curl_mimepart *part, const char *value)
{
	const struct strlist *form = &w->options->form;
	struct curl_slist *list = curl_slist_append(NULL, value);

	while (w->at < form->len && form->items[w->at][0] == FORM_HEADER)
		list = curl_slist_append(list, form->items[w->at++] + 1);
	return curl_mime_headers(part, list, 1);
}

static int add_parts(struct form_walk *, curl_mime *);

static CURLcode
set_parts(struct form_walk *w, curl_mimepart *part, const char *value)
{
	curl_mime *mime = curl_mime_init(w->easy);

	(void)value;
	if (add_parts(w, mime) == -1) {
		curl_mime_free(mime);
		return CURLE_READ_ERROR;
	}
	return curl_mime_subparts(part, mime);
}

static part_setter *const setters[] = {
    [FORM_TEXT] = set_part_text,
    [FORM_FILE] = set_file,
    [FORM_CONTENT] = set_content,
    [FORM_STDIN] = set_stdin,
    [FORM_OPEN] = set_parts,
    [FORM_TYPE] = set_type,
    [FORM_FILENAME] = set_filename,
    [FORM_ENCODER] = set_encoder,
    [FORM_HEADER] = set_part_headers,
};

static int
set_part(struct form_walk *w, curl_mimepart *part, const char *text)
{
	CURLcode code = setters[(unsigned char)*text](w, part, text + 1);

	if (code == CURLE_OK)
		return 0;
	if (!*w->cause)
		*w->cause = xasprintf("-F: %s: %s", text + 1,
		    code == CURLE_READ_ERROR ? "cannot read the file"
		                             : curl_easy_strerror(code));
	return -1;
}

/* Add parts up to the end of the form, or to the end of the group that they are
 * in. -1 with *cause set. */
static int
add_parts(struct form_walk *w, curl_mime *mime)
{
	const struct strlist *form = &w->options->form;
	curl_mimepart *part = NULL;

	while (w->at < form->len) {
		const char *text = form->items[w->at++];

		if (*text == FORM_CLOSE)
			break;
		if (*text != FORM_PART) {
			if (set_part(w, part, text) == -1)
				return -1;
			continue;
		}
		part = curl_mime_addpart(mime);
		if (text[1])
			curl_mime_name(part, text + 1);
	}
	return 0;
}

curl_mime *
multipart_new(CURL *easy, struct attempt *a, const struct request_options *o,
    char **cause)
{
	struct form_walk w = {
	    .easy = easy, .attempt = a, .options = o, .cause = cause};
	curl_mime *mime = curl_mime_init(easy);

	*cause = NULL;
	if (add_parts(&w, mime) == 0)
		return mime;
	curl_mime_free(mime);
	return NULL;
}
