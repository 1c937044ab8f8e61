#include "config.h"

#include "fetch/multipart.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/xalloc.h"
#include "fetch/upload.h"
#include "request/form.h"

struct walk {
	CURL *easy;
	struct attempt *attempt; /* NULL: none */
	const struct request_options *options;
	size_t at; /* the next text of the form */
	char **cause;
};

typedef CURLcode part_setter(struct walk *, curl_mimepart *, const char *value);

static CURLcode
set_text(struct walk *w, curl_mimepart *part, const char *value)
{
	(void)w;
	return curl_mime_data(part, value, CURL_ZERO_TERMINATED);
}

static bool
may_have_to_wait(const char *file)
{
	struct stat st;

	return stat(file, &st) == 0 && !S_ISREG(st.st_mode) &&
	       !S_ISDIR(st.st_mode);
}

static CURLcode
set_stream(struct walk *w, curl_mimepart *part, const char *file)
{
	struct upload *u = xmalloc(sizeof(*u));

	upload_init(u, w->attempt);
	if (upload_open(u, file)) {
		upload_free(u);
		return CURLE_READ_ERROR;
	}
	return curl_mime_data_cb(
	    part, -1, upload_read, upload_seek, upload_free, u);
}

/* As curl_mime_filedata has it: the file's name, and for names that do not say
 * what is in it, bytes. */
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

/* libcurl opens it when half of the request is sent, so see first whether
 * there are descriptors for it and for a connection. */
static CURLcode
set_regular(struct walk *w, curl_mimepart *part, const char *file)
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
set_file(struct walk *w, curl_mimepart *part, const char *value)
{
	CURLcode code;

	if (!w->attempt || !may_have_to_wait(value))
		return set_regular(w, part, value);
	code = set_stream(w, part, value);
	return code == CURLE_OK ? name_stream(part, value) : code;
}

static CURLcode
set_content(struct walk *w, curl_mimepart *part, const char *value)
{
	CURLcode code;

	if (w->attempt && may_have_to_wait(value))
		return set_stream(w, part, value);
	code = set_regular(w, part, value);
	return code == CURLE_OK ? curl_mime_filename(part, NULL) : code;
}

static CURLcode
set_stdin(struct walk *w, curl_mimepart *part, const char *value)
{
	const struct request_options *o = w->options;

	(void)value;
	return curl_mime_data(part, o->body ? o->body : "", o->body_len);
}

static CURLcode
set_type(struct walk *w, curl_mimepart *part, const char *value)
{
	(void)w;
	return curl_mime_type(part, value);
}

static CURLcode
set_filename(struct walk *w, curl_mimepart *part, const char *value)
{
	(void)w;
	return curl_mime_filename(part, value);
}

static CURLcode
set_encoder(struct walk *w, curl_mimepart *part, const char *value)
{
	(void)w;
	return curl_mime_encoder(part, value);
}

/* This one and those that follow it. */
static CURLcode
set_headers(struct walk *w, curl_mimepart *part, const char *value)
{
	const struct strlist *form = &w->options->form;
	struct curl_slist *list = curl_slist_append(NULL, value);

	while (w->at < form->len && form->items[w->at][0] == FORM_HEADER)
		list = curl_slist_append(list, form->items[w->at++] + 1);
	return curl_mime_headers(part, list, 1);
}

static int fill(struct walk *, curl_mime *);

static CURLcode
set_parts(struct walk *w, curl_mimepart *part, const char *value)
{
	curl_mime *mime = curl_mime_init(w->easy);

	(void)value;
	if (fill(w, mime) == -1) {
		curl_mime_free(mime);
		return CURLE_READ_ERROR;
	}
	return curl_mime_subparts(part, mime);
}

static part_setter *const setters[] = {
    [FORM_TEXT] = set_text,
    [FORM_FILE] = set_file,
    [FORM_CONTENT] = set_content,
    [FORM_STDIN] = set_stdin,
    [FORM_OPEN] = set_parts,
    [FORM_TYPE] = set_type,
    [FORM_FILENAME] = set_filename,
    [FORM_ENCODER] = set_encoder,
    [FORM_HEADER] = set_headers,
};

static int
set_part(struct walk *w, curl_mimepart *part, const char *text)
{
	CURLcode code = setters[(unsigned char)*text](w, part, text + 1);

	if (code == CURLE_OK)
		return 0;
	if (!*w->cause)
		*w->cause = xasprintf("-F: %s: %s", text + 1,
		    code == CURLE_READ_ERROR ? "the file cannot be read"
		                             : curl_easy_strerror(code));
	return -1;
}

/* The parts up to the end, or to what closes them. */
static int
fill(struct walk *w, curl_mime *mime)
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
	struct walk w = {
	    .easy = easy, .attempt = a, .options = o, .cause = cause};
	curl_mime *mime = curl_mime_init(easy);

	*cause = NULL;
	if (fill(&w, mime) == 0)
		return mime;
	curl_mime_free(mime);
	return NULL;
}
