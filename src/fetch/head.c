/*
 * The head of an answer, line by line. What is judged here is where the body
 * ends: an answer that two readers may understand in two ways is refused, as it
 * may be somebody's attempt to smuggle a second answer into a connection that
 * is shared (RFC 9112, 11.1).
 */
#include "config.h"

#include "fetch/head.h"

#include <string.h>

#include "request/headers.h"
#include "text/ascii.h"

static bool
is_status_line(const char *line, size_t len)
{
	return len > 5 && memcmp(line, "HTTP/", 5) == 0;
}

bool
head_begins(
    const struct head *h, const char *line, size_t len, unsigned request)
{
	bool final = h->ended && h->status >= 200;

	return is_status_line(line, len) && (!final || request != h->request);
}

/* How much of a line to show: *len is set to its length without what ends it,
 * and the result is at most 60 of it. */
static int
shown_len(const char *line, size_t *len)
{
	while (*len && ascii_is_space(line[*len - 1]))
		--*len;
	return *len < 60 ? (int)*len : 60;
}

/* Read the status code: three digits (RFC 9112, 4). libcurl makes do with
 * less. */
static int
take_status(struct head *h, const char *line, size_t len, struct failure *f)
{
	const char *space = memchr(line, ' ', len);
	size_t left = space ? len - (size_t)(space - line) : 0;
	int n = shown_len(line, &len);

	for (size_t i = 1; left >= 4 && i <= 3; i++) {
		if (!ascii_is_digit(space[i]))
			left = 0;
		h->status = h->status * 10 + (space[i] - '0');
	}
	if (left >= 4 && h->status >= 100)
		return 0;
	failure_set(f, ERROR_PROTOCOL, "status line", 0,
	    "the status line is not HTTP: %.*s", n, line);
	return -1;
}

/* The next element of a comma-separated list, without blanks around it: *at
 * moves on, *len is set. */
static const char *
next_element(const char **at, const char *end, size_t *len)
{
	const char *start = *at;
	const char *comma = memchr(start, ',', (size_t)(end - start));

	*at = comma ? comma + 1 : end;
	*len = (size_t)((comma ? comma : end) - start);
	return ascii_trim(start, len);
}

/* Read digits, and nothing else, into *length. False: they are not like that,
 * or are too many. */
static bool
read_length(const char *digits, size_t len, uint64_t *length)
{
	*length = 0;
	for (size_t i = 0; i < len; i++) {
		if (!ascii_is_digit(digits[i]) ||
		    *length > (INT64_MAX - 9) / 10)
			return false;
		*length = *length * 10 + (uint64_t)(digits[i] - '0');
	}
	return len > 0;
}

/* Content-Length: digits, maybe the same ones several times (RFC 9110, 8.6).
 * Whatever else is read by one as this and by another as that (RFC 9112,
 * 6.3). */
static int
take_length(struct head *h, const char *value, size_t len, struct failure *f)
{
	const char *at = value, *end = value + len;

	do {
		uint64_t length;
		size_t n;
		const char *digits = next_element(&at, end, &n);

		/* The comma that ends it separates nothing. */
		if (!read_length(digits, n, &length) || end[-1] == ',') {
			failure_set(f, ERROR_PROTOCOL, "length", 0,
			    "Content-Length is not a number of bytes: %.*s",
			    shown_len(value, &len), value);
			return -1;
		}
		if (h->has_length && length != h->length) {
			failure_set(f, ERROR_PROTOCOL, "two lengths", 0,
			    "two different values of Content-Length");
			return -1;
		}
		h->has_length = h->framed = true;
		h->length = length;
	} while (at < end);
	return 0;
}

/* Transfer-Encoding: no TE was sent, so only `chunked` is allowed (RFC 9112,
 * 7). Of the others, some versions of libcurl decode them without telling
 * whether they are whole, and some leave them as they are. */
static int
take_transfer(struct head *h, const char *value, size_t len, struct failure *f)
{
	const char *at = value, *end = value + len;

	while (at < end) {
		size_t n;
		const char *coding = next_element(&at, end, &n);

		if (ascii_is_word(coding, n, "chunked")) {
			h->framed = true;
		} else if (n && !ascii_is_word(coding, n, "identity")) {
			failure_set(f, ERROR_PROTOCOL, "transfer coding", 0,
			    "the server used a Transfer-Encoding that was not "
			    "requested: %.*s",
			    shown_len(value, &len), value);
			return -1;
		}
	}
	return 0;
}

/* Is it the empty line that ends a head? */
static bool
is_empty_line(const char *line, size_t len)
{
	return len > 0 && (line[0] == '\n' || line[0] == '\r');
}

/* May the line be Content-Length or Transfer-Encoding, or go on with one of
 * them? Most lines are of other headers, and need not be taken to pieces: a
 * letter or two tells them apart, also Content-Type and Connection. */
static bool
may_be_framing(const char *line, size_t len)
{
	static const size_t at = sizeof("Content-") - 1;
	char first = len ? ascii_lower(*line) : '\0';

	if (first == 'c')
		return len > at && ascii_lower(line[at]) == 'l';
	return first == 't' || ascii_is_blank(first);
}

/* Take a header, or a line that goes on with the header before it. */
static int
take_field(struct head *h, const char *line, size_t len, struct failure *f)
{
	struct header field = {0};

	if (!may_be_framing(line, len)) {
		h->must_not_fold = false;
		return 0;
	}
	/* A line that is not a header leaves `field` without a name. */
	header_split(&field, line, len);
	if (header_is(&field, "Content-Length")) {
		h->must_not_fold = true;
		return take_length(h, field.value, field.value_len, f);
	}
	if (header_is(&field, "Transfer-Encoding")) {
		h->must_not_fold = true;
		return take_transfer(h, field.value, field.value_len, f);
	}
	if (ascii_is_blank(*line) && h->must_not_fold) {
		failure_set(f, ERROR_PROTOCOL, "length", 0,
		    "the header that tells the length of the body is folded");
		return -1;
	}
	h->must_not_fold = false;
	return 0;
}

int
head_take(struct head *h, const char *line, size_t len, unsigned request,
    struct failure *f)
{
	if (head_begins(h, line, len, request)) {
		*h = (struct head){.request = request};
		return take_status(h, line, len, f);
	}
	if (h->ended)
		return 0;
	h->ended = is_empty_line(line, len);
	return h->ended ? 0 : take_field(h, line, len, f);
}
