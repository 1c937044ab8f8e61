/*
 * The source of requests: operands and lists in command-line order, read as
 * far as the run asks for them and no further.
 */
#ifndef GATHER_INPUT_SOURCE_H
#define GATHER_INPUT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "request/names.h"
#include "request/request.h"

enum input_kind {
	INPUT_URL,  /* an operand: globs are expanded */
	INPUT_LIST, /* @FILE or -l FILE; "-" is stdin */
};

struct input_item {
	enum input_kind kind;
	char *text; /* the URL, or the list's file name */
};

enum rows_format {
	ROWS_AUTO,
	ROWS_CSV,
	ROWS_TSV,
	ROWS_NDJSON
};

struct input_options {
	struct input_item *items; /* owned, in command-line order */
	size_t items_len;
	bool no_glob;           /* -g */
	bool allow_files;       /* --allow-files: body_file in JSON lines */
	bool allow_file_scheme; /* --proto +file */
	uint64_t repeat;        /* --repeat; 0 and 1: once */
	char *rows;             /* --rows FILE or "-" */
	enum rows_format rows_format;
	char *retry_from; /* --retry-from FILE */
};

void input_options_release(struct input_options *);
/* Append an item; `text` is copied. */
void input_options_add(
    struct input_options *, enum input_kind, const char *text);

enum source_status {
	SOURCE_REQUEST, /* *out is the next request, owned by the caller */
	SOURCE_BUSY,    /* nothing yet: ask again, once others had their turn */
	SOURCE_WAIT,    /* nothing yet: watch source_fd, then source_fill */
	SOURCE_END,     /* there is no more */
};

struct source;

/*
 * Open it: lists are opened here, so that an unreadable one is found before
 * anything is fetched; operands' globs are checked to the end. `common` is
 * borrowed and must outlive every request. With a URL operand that holds
 * {{.}} the lists give its values. Returns NULL with *cause set (caller
 * frees).
 */
struct source *source_open(const struct input_options *,
    const struct request_options *common, char **cause);
void source_free(struct source *);

/* What templates of later stages may name. Columns are borrowed. */
struct names source_names(const struct source *);

/* The next request, or why there is none now. Never blocks on a pipe, a
 * socket or a terminal, and reads 64 KiB or a line at most. A bad line is a
 * request that is marked invalid. */
enum source_status source_next(struct source *, struct request **out);
/* The descriptor behind SOURCE_WAIT; it is a pipe, socket or terminal. */
int source_fd(const struct source *);
/* One read(2) from it, to be called when it is readable. */
void source_fill(struct source *);
/* "FILE:LINE" of the first line not read so far, or the operand; NULL at the
 * end. For the message of a run that is cut short. Caller frees. */
char *source_position(const struct source *);
/* How many requests there will be, if that is known without reading on;
 * -1 if not. */
int64_t source_total(const struct source *);

#endif
