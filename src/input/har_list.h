/*
 * A HAR as a list: each entry of the archive is a request, or a value for URL
 * templates.
 *
 * A request is handed out as a line of a list, the JSON object that says the
 * same (input/jsonl.h): so records hold it whole, and a journal and
 * --retry-from treat it as any other line. It has no headers that belong to the
 * connection or to the cache of whoever made the archive, none that the command
 * line sets, and no secrets unless they are wanted.
 *
 * Entries come as they stand in the archive, but those of an archive of ours in
 * a regular file in the order of the run's input (input/har_index.h).
 */
#ifndef GATHER_INPUT_HAR_LIST_H
#define GATHER_INPUT_HAR_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "input/reader.h"
#include "request/options.h"

enum {
	/* Bytes of one request; answers are not kept, so an archive may be of
	 * any size. */
	HAR_LIST_REQUEST_MAX = 64 * 1024 * 1024,
	/* By then it is known whether a list is a HAR. */
	HAR_LIST_GUESS_MAX = 64 * 1024
};

enum har_list_use {
	HAR_LIST_REQUESTS, /* entries become JSON lines */
	HAR_LIST_VALUES    /* ... their URLs */
};

enum har_list_secrets {
	HAR_LIST_NO_SECRETS,
	HAR_LIST_SECRETS /* --har-secrets: cookies and credentials are sent */
};

struct har_list_options {
	enum har_list_use use;
	enum har_list_secrets secrets;
	const struct request_options *common; /* borrowed */
};

struct har_list;

/* The reader, from which nothing was taken, is owned from here on. Never
 * fails. */
struct har_list *har_list_open(
    struct reader *, const struct har_list_options *);
/* NULL is fine. */
void har_list_free(struct har_list *);
/* The next entry, whose out->number is the line on which it begins in the
 * archive. An entry that is no request is a bad line, and so is the end of an
 * archive that is not whole. Otherwise as reader_next. */
enum reader_status har_list_next(struct har_list *, struct line *out);
/* Was everything handed out, as far as that is known? */
bool har_list_is_over(const struct har_list *);
/* The line of the archive that comes next, from 1. */
uint64_t har_list_line(const struct har_list *);

#endif
