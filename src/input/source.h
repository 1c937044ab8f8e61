/*
 * The source of requests: operands and lists in the order of the command line,
 * read as far as the run asks for requests and no further. A list may be larger
 * than memory, or a pipe that never ends.
 */
#ifndef GATHER_INPUT_SOURCE_H
#define GATHER_INPUT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "input/shard.h"
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
	ROWS_AUTO, /* by the file's name, else by its first line */
	ROWS_CSV,
	ROWS_TSV,
	ROWS_NDJSON
};

struct input_options {
	struct input_item *items; /* owned, in command-line order */
	size_t items_len;
	bool no_glob;           /* -g */
	bool allow_files;       /* --allow-files: "body_file" in JSON lines */
	bool allow_file_scheme; /* --proto +file */
	bool har_secrets;       /* --har-secrets: send what a HAR has of them */
	uint64_t repeat;        /* --repeat; 0 and 1: once */
	char *rows;             /* --rows FILE or "-"; NULL: not given */
	enum rows_format rows_format;
	bool rows_in_then;  /* the rows may be used by --then alone */
	char *retry_from;   /* --retry-from FILE or "-"; NULL: not given */
	struct shard shard; /* --shard: only requests of this one */
};

/* Free what the options own; they are all zero afterwards. */
void input_options_release(struct input_options *);
/* Append an operand or a list; `text` is copied. */
void input_options_add(
    struct input_options *, enum input_kind, const char *text);

enum source_status {
	SOURCE_REQUEST, /* *out is the next request, owned by the caller */
	SOURCE_BUSY,    /* nothing yet: ask again after other work */
	SOURCE_WAIT,    /* nothing yet: call source_fill when source_fd is
	                 * readable, then ask again */
	SOURCE_END,     /* there are no more requests */
};

struct source;

/*
 * Open the source. Files are opened, and globs and templates checked, so that
 * mistakes are found before anything is fetched; the header of --rows is read,
 * which may wait. `common` holds the options of the command line; it is
 * borrowed and must outlive all requests. With a URL operand that holds {{.}}
 * the lists give its values. NULL with *cause set (caller frees).
 */
struct source *source_open(const struct input_options *,
    const struct request_options *common, char **cause);
void source_free(struct source *);

/* The names that templates of later stages (--then, -o) may hold. The columns
 * are borrowed from the source. */
struct names source_names(const struct source *);

/* Build the next request, or say why there is none now. Never blocks on a pipe,
 * a socket or a terminal; one call makes one read(2) at most, of up to 64 KiB.
 * A bad line becomes a request that is marked invalid. Requests of other shards
 * are left out; their inputs have numbers all the same. */
enum source_status source_next(struct source *, struct request **out);
/* The descriptor that SOURCE_WAIT is about: a pipe, a socket or a terminal.
 * Borrowed; its flags must not be changed (input/reader.h). */
int source_fd(const struct source *);
/* Make one read(2) from source_fd, which should be readable. */
void source_fill(struct source *);
/* Where the requests that were not built begin: "FILE:LINE", or the operand
 * without its secrets; NULL: there are none. For the message of a run that is
 * cut short. Caller frees. */
char *source_position(const struct source *);
/* How many inputs were read so far, those of other shards included. */
uint64_t source_inputs(const struct source *);
/* The shard whose requests are built; borrowed. */
const struct shard *source_shard(const struct source *);
/* How many requests there are altogether; -1: that is not known, since there
 * is a list, or their origins decide which ones belong to the shard. */
int64_t source_total(const struct source *);

#endif
