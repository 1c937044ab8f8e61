/*
 * What the command line, or one line of a list, says about a request: method,
 * headers, body, credentials, output file, time limit. Requests share the
 * options of the command line; one whose line overrides something, or whose
 * templates were filled, has a copy of its own.
 *
 * Strings are owned. NULL or zero means "not given".
 */
#ifndef GATHER_REQUEST_OPTIONS_H
#define GATHER_REQUEST_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strlist.h"

enum body_kind {
	BODY_NONE,
	BODY_RAW,       /* bytes as they are; no Content-Type of ours */
	BODY_FORM,      /* -d: application/x-www-form-urlencoded */
	BODY_JSON,      /* --json: application/json, Accept too */
	BODY_MULTIPART, /* -F: `form` holds its parts */
	BODY_FILE,      /* -T, body_file: `upload` is streamed */
	BODY_UPLOAD,    /* -T -: bytes that stdin held */
};

/*
 * -F as data: a list of texts, each with a tag in front. Whether a text names
 * a file or is text itself is settled where the option is read, so no value
 * that fills a template can turn one into the other.
 *
 * A part is FORM_PART and its name, then its content (FORM_TEXT, FORM_FILE,
 * FORM_CONTENT or FORM_STDIN), then its FORM_TYPE, FORM_FILENAME, FORM_ENCODER
 * and FORM_HEADER. A part that holds parts itself has the latter first, then
 * FORM_OPEN, its parts, and FORM_CLOSE.
 */
enum form_tag {
	FORM_PART = 'n', /* a part begins; its name, or "" for none */
	FORM_TEXT = '=',
	FORM_FILE = '@',    /* an upload: the file's name */
	FORM_CONTENT = '<', /* a file's content as text */
	FORM_STDIN = '-',   /* what stdin held, which is the request's body */
	FORM_OPEN = '(',
	FORM_CLOSE = ')',
	FORM_TYPE = 't',
	FORM_FILENAME = 'f',
	FORM_ENCODER = 'e',
	FORM_HEADER = 'h', /* those of a part follow each other */
};

enum auth_kind {
	AUTH_BASIC,
	AUTH_DIGEST,
	AUTH_AWS_SIGV4, /* `aws_sigv4` holds the provider text */
};

/* --variable: texts that templates may name, `values` in the order of `names`.
 * A later one of the same name replaces the earlier one. */
struct variables {
	struct strlist names;
	struct strlist values;
};

struct request_options {
	const struct variables *variables; /* borrowed; NULL: none */
	char *method;           /* -X; NULL: GET, or what the body implies */
	struct strlist headers; /* -H as given: "N: v", "N:" removes, "N;" */
	enum body_kind body_kind;
	char *body; /* it may hold NULs */
	size_t body_len;
	struct strlist form;      /* texts that begin with an enum form_tag */
	char *upload;             /* name of the file that is the body */
	bool names_upload;        /* append its name to a URL that ends in / */
	bool data_in_query;       /* -G: the body is appended to the query */
	bool head;                /* -I */
	bool include_headers;     /* -i: headers in front of the body */
	struct strlist url_query; /* --url-query, encoded but for {{names}} */
	char *user;               /* -u "name:password" */
	enum auth_kind auth;
	char *aws_sigv4;
	char *bearer;      /* --oauth2-bearer */
	char *bearer_file; /* a file with the token, read for each request,
	                    * since it may be renewed during the run */
	char *cookie;      /* -b: header text, not a file */
	char *user_agent;
	char *referer;
	bool auto_referer; /* -e ";auto": a redirect sends where it came from */
	char *range;
	char *output;        /* -o: a template, as given */
	int64_t max_time_us; /* -m; 0: no limit */
};

/* Free all variables; there are none then. */
void variables_release(struct variables *);
/* Give the variable `name` a value. Both texts are copied. */
void variables_set(struct variables *, const char *name, const char *value);
/* The value of the variable `name`, borrowed; NULL: there is no such variable.
 * `v` may be NULL. */
const char *variables_get(const struct variables *v, const char *name);

/* Make them options of which nothing is given: all bytes zero. */
void request_options_init(struct request_options *);
/* Free what the options own; they are as after request_options_init. */
void request_options_release(struct request_options *);
/* Make `to`, which is uninitialised storage, a deep copy of `from`. */
void request_options_copy(
    struct request_options *to, const struct request_options *from);
/* Remove the body, -G included, as if no option had given one. */
void request_options_drop_body(struct request_options *);
/* Find the last text in `headers` for the header `name`: "Name: value", "Name:"
 * (which removes it) or "Name;" (an empty value). Case does not matter (RFC
 * 9110, 5.1). Borrowed; NULL: there is none. */
const char *request_headers_find(
    const struct strlist *headers, const char *name);
/* Replace all texts for the header `name` in `headers` by one with `value`, or,
 * if that is NULL, remove them. */
void request_headers_set(
    struct strlist *headers, const char *name, const char *value);
/* The method of the first request on the wire: that of -X, else the one that
 * the other options imply, else "GET". Borrowed. */
const char *request_options_method(const struct request_options *);
/* The length of the METHOD at the start of "METHOD URL"; 0: the text does not
 * begin with one. Methods are case-sensitive (RFC 9110, 9.1), and all that are
 * in use are upper case: "a b" is a URL with a blank in it. */
size_t request_method_prefix(const char *text, size_t len);

#endif
