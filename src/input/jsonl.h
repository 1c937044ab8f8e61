/*
 * A JSON object as a line of a list: {"url": ..., "method": ...}. It
 * overrides the command line key by key; its headers merge, null removes.
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

/* Reusable for any number of lines. */
struct json_line *json_line_new(enum json_line_files);
void json_line_free(struct json_line *);
/*
 * Read the object into `r` (all but its URL, which goes to `url`). What is
 * wrong with it makes the request invalid: bad JSON, an unknown key, a wrong
 * type; the message names the key.
 */
void json_line_apply(struct json_line *, const char *text, size_t len,
    struct request *r, struct buf *url);

#endif
