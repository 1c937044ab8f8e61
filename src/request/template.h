/*
 * Templates: text with {{names}} in it. What a value becomes depends on
 * where it stands (percent-encoded in a URL, escaped in a JSON string, raw
 * in a header), so a template is compiled for its place.
 */
#ifndef GATHER_REQUEST_TEMPLATE_H
#define GATHER_REQUEST_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* The kind of text that a template is, which decides how values are inserted.
 */
enum template_place {
	TEMPLATE_URL,    /* percent-encoded, but at the start of the URL, where
	                  * the value is a URL itself */
	TEMPLATE_HEADER, /* as it is; CR, LF and NUL are refused */
	TEMPLATE_FORM,   /* percent-encoded; it may be empty */
	TEMPLATE_JSON,   /* escaped in a string, else as a JSON value */
	TEMPLATE_RAW,    /* as it is */
	TEMPLATE_FILE,   /* -o: percent-encoded are `/`, `%`, control
	                  * characters, invalid UTF-8, and a `.` or `-` that
	                  * begins a name; a long name is cut, and has a hash */
};

struct template; /* compiled */

/*
 * Where values come from. `get` returns the value of a name and sets *len; the
 * bytes are borrowed until the next call. NULL: there is no such value. `name`
 * is the text between the braces without blanks and functions
 * (request/names.h).
 */
struct template_values {
	const char *(*get)(void *arg, const char *name, size_t *len);
	void *arg;
};

/*
 * Compile the template `text` for its place. NULL with *cause set (caller
 * frees): bad syntax or an unknown function. A `{{` that is never closed is
 * literal text.
 */
struct template *template_new(
    const char *text, size_t len, enum template_place, char **cause);
/* NULL is fine. */
void template_free(struct template *);
/* Call `on_name(arg, name)` for each name, without its functions. */
void template_each_name(const struct template *,
    void (*on_name)(void *arg, const char *name), void *arg);
/* The name at the very start of the template, whose value is a URL where the
 * place is TEMPLATE_URL; NULL: it begins with text, or is empty. Borrowed. */
const char *template_first_name(const struct template *);
/* Append the expansion to `out`. -1 with *cause set (caller frees), and a part
 * appended: a value is missing, or it is empty, `.`, `..` or holds bytes where
 * its place does not allow that. */
int template_expand(const struct template *, const struct template_values *,
    struct buf *out, char **cause);

/* The length of the "{{name}}" at the start of `s`; 0: there is none. */
size_t template_name_at(const char *s);
/* Does the text of -o hold a name or a glob ("#1")? */
bool template_varies(const char *text);
/* The length of the folder, with its slash, in which all files are that `text`
 * may expand to: what stands in front of names and globs ("#1"). */
size_t template_folder(const char *text);
/* Does the text hold a "{{name}}"? */
bool template_in(const char *text);
/* Do the `len` bytes hold a "{{name}}"? */
bool template_in_bytes(const char *bytes, size_t len);
/* Append `text`, percent-encoded but for the names in it. */
void template_add_encoded(struct buf *, const char *text, size_t len);

#endif
