/*
 * From top to bottom: the parts of the URL; the name of the queue; the file
 * that may hold the URL; keys.
 */
#include "config.h"

#include "queue/address.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/io.h"
#include "base/xalloc.h"
#include "redact/known.h"
#include "text/ascii.h"
#include "text/utf8.h"

#define EXAMPLE "redis://HOST:6379/?name=jobs"

/* --- the parts of the URL ------------------------------------------------- */

/* A part of the URL, decoded; caller frees. NULL: there is none, or it has
 * control characters (then *wrong). */
static char *
part(CURLU *url, CURLUPart which, bool *wrong)
{
	char *text = NULL;
	CURLUcode code = curl_url_get(url, which, &text, CURLU_URLDECODE);
	char *copy = code == CURLUE_OK && *text ? xstrdup(text) : NULL;

	*wrong |= code == CURLUE_URLDECODE;
	curl_free(text);
	return copy;
}

static int
fail(char **cause, const char *what)
{
	*cause = xasprintf("--queue: %s; the URL looks like %s", what, EXAMPLE);
	return -1;
}

enum scheme {
	SCHEME_TCP,
	SCHEME_TLS,
	SCHEME_UNIX,
	SCHEME_UNKNOWN
};

static enum scheme
scheme_of(CURLU *url)
{
	static const char *const names[] = {
	    [SCHEME_TCP] = "redis",
	    [SCHEME_TLS] = "rediss",
	    [SCHEME_UNIX] = "redis+unix",
	};
	bool wrong = false;
	char *scheme = part(url, CURLUPART_SCHEME, &wrong);
	enum scheme found = SCHEME_TCP;

	while (found < SCHEME_UNKNOWN &&
	       (!scheme || strcasecmp(scheme, names[found]) != 0))
		found++;
	free(scheme);
	return found;
}

/* Read a number of at most `max`; "" is 0. */
static bool
read_number(const char *text, unsigned max, unsigned *n)
{
	*n = 0;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || *n > max / 10)
			return false;
		*n = *n * 10 + (unsigned)(*text - '0');
	}
	return *n <= max;
}

/* The host without the brackets of an IPv6 address. */
static void
drop_brackets(char *host)
{
	size_t len = strlen(host);

	if (*host != '[' || host[len - 1] != ']')
		return;
	memmove(host, host + 1, len - 2);
	host[len - 2] = '\0';
}

static int
read_host(struct queue_address *a, CURLU *url, char **cause)
{
	bool wrong = false;
	char *port = part(url, CURLUPART_PORT, &wrong);

	a->host = part(url, CURLUPART_HOST, &wrong);
	a->port = QUEUE_PORT;
	if (port)
		a->port = (unsigned)strtoul(port, NULL, 10);
	free(port);
	if (!a->host || wrong)
		return fail(cause, "the host is missing");
	if (!a->port)
		return fail(cause, "port 0 cannot be used");
	for (char *c = a->host; *c; c++)
		*c = ascii_lower(*c);
	drop_brackets(a->host);
	a->shown = xasprintf(
	    strchr(a->host, ':') ? "[%s]:%u" : "%s:%u", a->host, a->port);
	return 0;
}

/* The path: that of a socket, or "/DB". */
static int
read_path(struct queue_address *a, CURLU *url, enum scheme scheme, char **cause)
{
	bool wrong = false;
	char *path = part(url, CURLUPART_PATH, &wrong);

	if (scheme == SCHEME_UNIX) {
		a->path = path;
		a->port = QUEUE_PORT;
		if (!path || wrong || strcmp(path, "/") == 0)
			return fail(cause, "the path of the socket is missing");
		a->shown = xstrdup(path);
		return 0;
	}
	if (wrong || !read_number(path ? path + 1 : "", QUEUE_DB_MAX, &a->db)) {
		free(path);
		return fail(cause, "the path must be empty or the number of a "
		                   "database (redis://HOST/0)");
	}
	free(path);
	return 0;
}

static int
read_user(struct queue_address *a, CURLU *url, char **cause)
{
	bool wrong = false;

	a->user = part(url, CURLUPART_USER, &wrong);
	a->password = part(url, CURLUPART_PASSWORD, &wrong);
	if (a->password)
		known_secrets_add(a->password);
	if (wrong)
		return fail(cause, "the password has a control character");
	if (a->user && !a->password)
		return fail(cause, "a user needs a password "
		                   "(USER:PASSWORD or :PASSWORD before the @)");
	return 0;
}

/* --- the name of the queue ------------------------------------------------ */

/* What is wrong with the name; NULL: nothing. */
static const char *
problem_of_name(const char *name)
{
	if (!*name)
		return "the name of the queue is missing";
	if (strlen(name) > QUEUE_NAME_MAX)
		return "the name of the queue has more than 128 bytes";
	for (const char *at = name; *at; at++)
		if ((unsigned char)*at <= ' ' || *at == 0x7f ||
		    strchr("{}", *at))
			return "the name of the queue has a brace, a blank or "
			       "a control character";
	return utf8_valid(name, strlen(name))
	           ? NULL
	           : "the name of the queue is not UTF-8";
}

static int
read_parameter(struct queue_address *a, const char *text, char **cause)
{
	int len = 0;
	char *value;

	if (strncmp(text, "db=", 3) == 0 && a->path)
		return read_number(text + 3, QUEUE_DB_MAX, &a->db)
		           ? 0
		           : fail(cause, "db must be the number of a database");
	if (strncmp(text, "name=", 5) != 0)
		return fail(cause, a->path
		                       ? "the only parameters are name and db"
		                       : "the only parameter is name");
	value = curl_easy_unescape(NULL, text + 5, 0, &len);
	if (!value || strlen(value) != (size_t)len) {
		curl_free(value);
		return fail(cause, "the name of the queue has a control "
		                   "character");
	}
	if (a->name) {
		curl_free(value);
		return fail(
		    cause, "name is there twice; a worker has one queue");
	}
	a->name = xstrdup(value);
	curl_free(value);
	return 0;
}

static int
read_query(struct queue_address *a, CURLU *url, char **cause)
{
	char *query = NULL, *rest = NULL;
	const char *problem;
	int rc = 0;

	if (curl_url_get(url, CURLUPART_FRAGMENT, &query, 0) == CURLUE_OK) {
		curl_free(query);
		return fail(cause, "write a # in the name as %23");
	}
	curl_url_get(url, CURLUPART_QUERY, &query, 0);
	for (char *at = query ? strtok_r(query, "&", &rest) : NULL; at && !rc;
	     at = strtok_r(NULL, "&", &rest))
		rc = read_parameter(a, at, cause);
	curl_free(query);
	if (rc)
		return rc;
	problem = problem_of_name(a->name ? a->name : "");
	return problem ? fail(cause, problem) : 0;
}

static int
read_parts(struct queue_address *a, CURLU *url, char **cause)
{
	enum scheme scheme = scheme_of(url);

	if (scheme == SCHEME_UNKNOWN)
		return fail(cause, "the scheme must be redis, rediss (TLS) or "
		                   "redis+unix");
	a->tls = scheme == SCHEME_TLS;
	if (scheme != SCHEME_UNIX && read_host(a, url, cause))
		return -1;
	if (read_path(a, url, scheme, cause) || read_user(a, url, cause))
		return -1;
	return read_query(a, url, cause);
}

/* The URL, caller frees, in which the path of a socket has a host before it:
 * libcurl would take the first part of the path for one. */
static char *
with_host(const char *text)
{
	static const char scheme[] = "redis+unix://";
	size_t len = strlen(scheme);

	if (strncasecmp(text, scheme, len) != 0)
		return xstrdup(text);
	len += strcspn(text + len, "/");
	return xasprintf("%.*slocalhost%s", (int)len, text, text + len);
}

static int
read_url(struct queue_address *a, const char *text, char **cause)
{
	CURLU *url = curl_url();
	char *whole = with_host(text);
	CURLUcode code;
	int rc;

	if (!url)
		die("out of memory");
	code =
	    curl_url_set(url, CURLUPART_URL, whole, CURLU_NON_SUPPORT_SCHEME);
	free(whole);
	if (code == CURLUE_NO_HOST)
		rc = fail(cause, "the host is missing");
	else if (code)
		rc = fail(cause, "this is not the URL of a queue");
	else
		rc = read_parts(a, url, cause);
	curl_url_cleanup(url);
	return rc;
}

/* --- the file that may hold it -------------------------------------------- */

enum {
	FILE_MAX = 64 << 10 /* bytes */
};

/* Read all of a file, up to FILE_MAX bytes: a pipe gives a part at a time.
 * Returns how many, -1: errno. */
static ssize_t
read_all(int fd, char *to)
{
	ssize_t len = 0, got = 1;

	while (len < FILE_MAX && got) {
		got = read(fd, to + len, (size_t)(FILE_MAX - len));
		if (got < 0 && errno != EINTR)
			return -1;
		len += got > 0 ? got : 0;
	}
	return len;
}

/* The only line of a file; caller frees. NULL with *cause set. */
static char *
read_file(const char *name, char **cause)
{
	char *text = xmalloc(FILE_MAX);
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read_all(fd, text);
	size_t len = got < 0 ? 0 : (size_t)got;
	const char *line = utf8_skip_mark(text, &len);
	char *copy = NULL;

	line = ascii_trim(line, &len);
	if (got < 0)
		*cause = xasprintf("--queue: %s: %s", name, io_error(errno));
	else if (!len || memchr(line, '\0', len) || memchr(line, '\n', len))
		*cause = xasprintf("--queue: %s holds no URL: it has one line, "
		                   "such as %s",
		    name, EXAMPLE);
	else
		copy = xmemdup0(line, len);
	if (fd >= 0)
		close(fd);
	free(text);
	return copy;
}

int
queue_address_read(struct queue_address *a, const char *text, char **cause)
{
	char *content = NULL;
	int rc;

	*a = (struct queue_address){0};
	if (*text == '@') {
		content = read_file(text + 1, cause);
		if (!content)
			return -1;
		text = content;
	}
	rc = read_url(a, text, cause);
	free(content);
	if (rc)
		queue_address_release(a);
	return rc;
}

void
queue_address_release(struct queue_address *a)
{
	free(a->host);
	free(a->path);
	free(a->name);
	free(a->user);
	free(a->password);
	free(a->shown);
	*a = (struct queue_address){0};
}

/* --- keys ----------------------------------------------------------------- */

void
queue_add_key(
    struct buf *out, const struct queue_address *a, const char *part_name)
{
	buf_adds(out, "gather:{");
	buf_adds(out, a->name);
	buf_adds(out, "}:");
	buf_adds(out, part_name);
}

char *
queue_key(const struct queue_address *a, const char *part_name)
{
	struct buf key = {0};

	queue_add_key(&key, a, part_name);
	return buf_take(&key);
}
