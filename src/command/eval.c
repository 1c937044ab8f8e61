/*
 * --eval: a path applied to a local document, without a run. Read the document,
 * scan it, apply the path, print the matches.
 */
#include "config.h"

#include "command/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/setters.h"
#include "json/path.h"
#include "json/write.h"
#include "process/exit.h"
#include "process/log.h"
#include "writer/terminal_filter.h"

enum {
	FLUSH_SIZE = 64 << 10
};

/* A path to be applied, and how. */
struct evaluation {
	const struct json_path *path;
	const char *name; /* of the document, for messages */
	bool quoted;
};

/* The file to read; NULL: stdin. */
static const char *
document_file(const struct options *o)
{
	const char *name = o->input.items_len ? o->input.items[0].text : "-";

	return strcmp(name, "-") == 0 ? NULL : name;
}

/* Read the whole document; -1 after a message. */
static int
read_document(const char *file, struct buf *text)
{
	int error =
	    file ? read_file(file, text) : read_descriptor(STDIN_FILENO, text);

	if (error == 0)
		return 0;
	log_answer("%s: %s", file ? file : "stdin",
	    error == EFBIG ? "larger than 64 MiB" : strerror(error));
	return -1;
}

/* Write the buffer to stdout and empty it. Returns an exit status. */
static int
flush_lines(struct buf *lines)
{
	int rc = terminal_write_all(STDOUT_FILENO, lines->data, lines->len);

	buf_clear(lines);
	if (rc == 0)
		return EXIT_SUCCESS;
	log_error("cannot write to stdout: %s", strerror(errno));
	return STATUS_OUTPUT;
}

/* Print each match on a line. They are written in pieces, as matches may
 * contain each other and be many times as long as the document. */
static int
print_matches(const struct evaluation *e, const struct json_spans *spans)
{
	struct buf lines;
	int status = EXIT_SUCCESS;

	buf_init(&lines);
	for (size_t i = 0; i < spans->len && status == EXIT_SUCCESS; i++) {
		const struct json_span *span = &spans->items[i];

		if (e->quoted)
			json_add_compact(&lines, span->start, span->len);
		else
			json_add_field(&lines, span->start, span->len);
		buf_addc(&lines, '\n');
		if (lines.len >= FLUSH_SIZE || i + 1 == spans->len)
			status = flush_lines(&lines);
	}
	buf_release(&lines);
	return status;
}

/* Print where the document is not valid JSON: "FILE:LINE:COLUMN: ...". */
static int
refuse_document(const struct evaluation *e, const struct json_error *error)
{
	log_error("%s:%zu:%zu: invalid JSON: %s", e->name, error->line,
	    error->column, error->message);
	return STATUS_FAILED;
}

/* Scan the document, then apply the path to it. JSON that is invalid anywhere
 * is refused as a whole. Returns an exit status. */
static int
apply_path(const struct evaluation *e, const struct buf *text)
{
	struct json_doc *doc = json_doc_new();
	struct json_spans spans = {0};
	struct json_error error;
	int status;

	if (json_doc_scan(doc, text->data, text->len, &error) < 0) {
		status = refuse_document(e, &error);
	} else if (json_path_apply(e->path, doc, &spans, &error) < 0) {
		log_error("%s: %s", e->name, error.message);
		status = STATUS_FAILED;
	} else {
		status = print_matches(e, &spans);
	}
	json_spans_release(&spans);
	json_doc_free(doc);
	return status;
}

static int
evaluate(const struct options *o, const struct json_path *path)
{
	const char *file = document_file(o);
	struct evaluation e = {
	    .path = path,
	    .name = file ? file : "stdin",
	    .quoted = o->run.output.quoted,
	};
	struct buf text;
	int status = STATUS_USAGE;

	buf_init(&text);
	if (read_document(file, &text) == 0)
		status = apply_path(&e, &text);
	buf_release(&text);
	return status;
}

/* An invalid path is a usage error, found before the document is read. */
int
command_eval(struct options *o)
{
	struct json_error error;
	struct json_path *path = json_path_new(o->eval, &error);
	int status;

	if (!path) {
		log_answer("--eval %s: column %zu: %s", o->eval, error.column,
		    error.message);
		return STATUS_USAGE;
	}
	status = evaluate(o, path);
	json_path_free(path);
	return status;
}
