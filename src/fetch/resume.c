/* Content-Range first, then validators, then the verdict on an answer. */
#include "config.h"

#include "fetch/resume.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "request/headers.h"
#include "text/ascii.h"

void
resume_release(struct resume *r)
{
	free(r->validator);
	*r = (struct resume){0};
}

/* The value of a header, NULL: it is not there, or more than once. Caller
 * frees. */
static char *
only_value(const char *headers, const char *name)
{
	const char *at = headers;
	struct header h, other;

	if (!headers || !headers_find_next(&at, name, &h) ||
	    headers_find_next(&at, name, &other))
		return NULL;
	return xmemdup0(h.value, h.value_len);
}

/* --- Content-Range (RFC 9110, 14.4) --------------------------------------- */

/* The values of "bytes 1-2/3". */
struct content_range {
	bool satisfied; /* not "bytes * /3" */
	uint64_t first, last;
	uint64_t total; /* 0: "*" */
};

/* Read a number that begins at *s, which moves on. False: there is none, or it
 * is too large. */
static bool
take_number(const char **s, uint64_t *n)
{
	const char *start = *s;

	for (*n = 0; ascii_is_digit(**s); (*s)++) {
		if (*n > (UINT64_MAX - 9) / 10)
			return false;
		*n = *n * 10 + (uint64_t)(**s - '0');
	}
	return *s > start;
}

static bool
take_char(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

static bool
parse_content_range(const char *s, struct content_range *r)
{
	*r = (struct content_range){0};
	if (!s || strncmp(s, "bytes ", 6) != 0)
		return false;
	s += 6 + strspn(s + 6, " ");
	r->satisfied = *s != '*';
	if (!r->satisfied)
		s++;
	else if (!take_number(&s, &r->first) || !take_char(&s, '-') ||
	         !take_number(&s, &r->last) || r->last < r->first)
		return false;
	if (!take_char(&s, '/'))
		return false;
	if (take_char(&s, '*'))
		return r->satisfied && *s == '\0';
	return take_number(&s, &r->total) && *s == '\0' &&
	       (!r->satisfied || r->total > r->last);
}

/* --- validators ----------------------------------------------------------- */

static bool
is_strong_etag(const char *s)
{
	size_t len = s ? strlen(s) : 0;

	return len >= 2 && s[0] == '"' && s[len - 1] == '"';
}

/* A date is a strong validator if the answer is at least a second younger: the
 * file cannot have changed again within that second. */
static bool
is_strong_date(const char *modified, const char *date)
{
	time_t at = modified ? curl_getdate(modified, NULL) : -1;
	time_t now = date ? curl_getdate(date, NULL) : -1;

	return at >= 0 && now > at;
}

static bool
is_encoded(const char *headers)
{
	struct header h;

	return headers && headers_find(headers, "Content-Encoding", &h) &&
	       !(h.value_len == 8 && strncmp(h.value, "identity", 8) == 0);
}

/* The validator of an answer. Caller frees; NULL: it has no strong one. */
static char *
strong_validator(const char *headers)
{
	char *etag = only_value(headers, "ETag");
	char *modified = only_value(headers, "Last-Modified");
	char *date = only_value(headers, "Date");
	char *validator = NULL;

	if (is_strong_etag(etag))
		validator = xstrdup(etag);
	else if (!etag && is_strong_date(modified, date))
		validator = xstrdup(modified);
	free(etag);
	free(modified);
	free(date);
	return validator;
}

void
resume_describe(struct resume *r, const char *headers)
{
	char *length = only_value(headers, "Content-Length");
	const char *at = length;

	resume_release(r);
	if (length && (!take_number(&at, &r->total) || *at))
		r->total = 0;
	free(length);
	if (!is_encoded(headers))
		r->validator = strong_validator(headers);
}

/* --- the verdict ---------------------------------------------------------- */

/* Does the answer name another validator than the one that is known? A server
 * may well ignore If-Range. */
static bool
is_another_file(const struct resume *r, const char *headers)
{
	const char *name =
	    r->validator && *r->validator == '"' ? "ETag" : "Last-Modified";
	char *value = only_value(headers, name);
	bool differs =
	    r->validator && value && strcmp(value, r->validator) != 0;

	free(value);
	return differs;
}

enum part_state
resume_judge(const struct resume *r, int status, const char *headers,
    struct resume_extent *extent)
{
	char *value = only_value(headers, "Content-Range");
	struct content_range range;
	bool fits = parse_content_range(value, &range) &&
	            !is_encoded(headers) && !is_another_file(r, headers) &&
	            (!r->total || !range.total || r->total == range.total);
	uint64_t total;

	free(value);
	if (status != 206 && status != 416)
		return PART_NONE;
	if (status == 416)
		return fits && !range.satisfied && range.total == r->offset
		           ? PART_WHOLE
		           : PART_UNFIT;
	if (!fits || !range.satisfied || range.first != r->offset ||
	    r->is_whole)
		return PART_UNFIT;
	total = range.total ? range.total : r->total;
	extent->len = range.last - range.first + 1;
	extent->left = total ? total - range.last - 1 : 0;
	return PART_GOES_ON;
}
