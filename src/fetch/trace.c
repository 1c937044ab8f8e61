#include "config.h"

#include "fetch/engine_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/log.h"
#include "base/redact.h"

enum {
	LINE_SHOWN = 1000
};

/* A line that begins with a blank goes on with the header before it (RFC 9112,
 * 5.2), so that its name is not there to be judged. */
static bool
goes_on(const char *line, size_t len)
{
	return len > 2 && ascii_is_blank(*line);
}

static void
show_line(const char *mark, const char *line, size_t len)
{
	struct buf shown = {0};

	while (len && (line[len - 1] == '\n' || line[len - 1] == '\r'))
		len--;
	redact_add(&shown, REDACT_WIRE, line, len);
	log_verbose("%s %.*s", mark, LINE_SHOWN, buf_text(&shown));
	buf_release(&shown);
}

static void
show_lines(const char *mark, const char *text, size_t len)
{
	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t n = end ? (size_t)(end - text) + 1 : len;

		show_line(mark, text, n);
		text += n;
		len -= n;
	}
}

/* The last request of several counts: after a 401 round, a CONNECT. */
static void
keep_request(struct attempt *a, const char *data, size_t len)
{
	static const char end[] = "\r\n\r\n";
	struct buf *kept = &a->request_headers;

	if (!a->engine->options->keep_request_headers)
		return;
	if (kept->len >= 4 && memcmp(kept->data + kept->len - 4, end, 4) == 0)
		buf_clear(kept);
	buf_add(kept, data, len);
}

/* CURLOPT_DEBUGFUNCTION */
static int
on_debug(CURL *easy, curl_infotype type, char *data, size_t len, void *arg)
{
	struct attempt *a = arg;

	(void)easy;
	if (type == CURLINFO_HEADER_OUT)
		keep_request(a, data, len);
	if (log_get_level() < LOG_VERBOSE)
		return 0;
	if (type == CURLINFO_TEXT)
		show_lines("*", data, len);
	else if (type == CURLINFO_HEADER_OUT)
		show_lines(">", data, len);
	else if (type == CURLINFO_HEADER_IN && goes_on(data, len))
		show_line("<", "  ***", 5);
	else if (type == CURLINFO_HEADER_IN)
		show_lines("<", data, len);
	return 0;
}

void
trace_set_up(struct attempt *a)
{
	const struct fetch_options *o = a->engine->options;

	if (log_get_level() < LOG_VERBOSE && !o->keep_request_headers)
		return;
	curl_easy_setopt(a->easy, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(a->easy, CURLOPT_DEBUGFUNCTION, on_debug);
	curl_easy_setopt(a->easy, CURLOPT_DEBUGDATA, a);
}
