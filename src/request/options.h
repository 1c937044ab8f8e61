/*
 * What the command line, or one line of a list, says about a request: method,
 * headers, body, credentials, its file, its time. The command line's options
 * are shared by all requests that change nothing; a line that overrides
 * something, or a template with a value in it, has a copy of its own.
 *
 * Strings are owned. NULL or zero means "not said".
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

struct request_options {
	char *method;           /* -X; NULL: GET, or what the body implies */
	struct strlist headers; /* -H as given: "N: v", "N:" removes, "N;" */
	enum body_kind body_kind;
	char *body; /* may hold NULs */
	size_t body_len;
	struct strlist form; /* texts that begin with an enum form_tag */
	char *upload;
	bool names_upload;        /* a URL that ends in / gets its name */
	bool data_in_query;       /* -G: the body goes behind the `?` */
	bool head;                /* -I */
	bool include_headers;     /* -i: headers in front of the body */
	struct strlist url_query; /* --url-query, encoded but for {{names}} */
	char *user;               /* -u "name:password" */
	enum auth_kind auth;
	char *aws_sigv4;
	char *bearer;      /* --oauth2-bearer */
	char *bearer_file; /* the same from a file that may be renewed */
	char *cookie;      /* -b: header text, not a file */
	char *user_agent;
	char *referer;
	bool auto_referer; /* -e ";auto": where a redirect came from */
	char *range;
	char *output;        /* -o template, as given */
	int64_t max_time_us; /* -m; 0 none */
};

void request_options_init(struct request_options *);
void request_options_release(struct request_options *);
/* A deep copy; `to` is uninitialised storage. */
void request_options_copy(
    struct request_options *to, const struct request_options *from);
/* As if no option had named a body, -G neither. */
void request_options_drop_body(struct request_options *);
/* The last text for header `name` in a list ("Name: value", "Name:",
 * "Name;"), NULL if there is none; names compare without case (RFC 9110,
 * 5.1). Borrowed. */
const char *request_headers_find(
    const struct strlist *headers, const char *name);
/*
 * Replace, add or, with value NULL, drop the header `name` in such a list.
 */
void request_headers_set(
    struct strlist *headers, const char *name, const char *value);
/* The method as it goes over the wire, "GET" to begin with. Borrowed. */
const char *request_options_method(const struct request_options *);

#endif
