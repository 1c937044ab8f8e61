/*
 * A JSON object as a line of a list: {"url": ..., "method": ...}. It overrides
 * the options of the command line key by key. "headers" merge with those of -H,
 * a null there removes a header; any other key that is null counts as absent,
 * but for "json", which may be null.
 */
#ifndef GATHER_INPUT_JSONL_H
#define GATHER_INPUT_JSONL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "request/request.h"

struct json_line;

enum json_line_files {
	JSON_LINE_NO_FILES,
	JSON_LINE_MAY_READ_FILES /* "body_file" (--allow-files) */
};

/* A parser for any number of lines. Never fails. */
struct json_line *json_line_new(enum json_line_files);
void json_line_free(struct json_line *);
/*
 * Read the object of `len` bytes into `r`; its URL is appended to `url`, which
 * is empty, since it may be a template. Bad JSON, an unknown key or a wrong
 * type makes the request invalid; the message names the key.
 */
void json_line_apply(struct json_line *, const char *text, size_t len,
    struct request *r, struct buf *url);

#endif
