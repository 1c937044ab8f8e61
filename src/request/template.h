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

enum template_place {
	TEMPLATE_URL,    /* at the very start raw, else percent-encoded */
	TEMPLATE_HEADER, /* raw; CR, LF, NUL refused */
	TEMPLATE_FORM,   /* percent-encoded, empty allowed */
	TEMPLATE_JSON,   /* in a string escaped, else a JSON value */
	TEMPLATE_RAW,    /* as it is */
	TEMPLATE_FILE,   /* -o: safe characters only, no `/`, no leading dot */
};

struct template; /* compiled */

/*
 * What a name stands for: `name` is what was written between the braces,
 * without functions and blanks ("." the value, ".id" a member, "..id" one
 * stage up, "n", "k", a column). Sets *len; the bytes are borrowed until the
 * next call. NULL: there is no such name.
 */
struct template_values {
	const char *(*get)(void *arg, const char *name, size_t *len);
	void *arg;
};

/*
 * Compile. Returns NULL with *cause set (caller frees) on bad syntax or an
 * unknown function. `{{` that is never closed is literal text.
 */
struct template *template_new(
    const char *text, size_t len, enum template_place, char **cause);
void template_free(struct template *);
/* Are there any names in it? If not, use the text itself. */
bool template_has_names(const struct template *);
/* Call `see` for each name (functions stripped). */
void template_each_name(const struct template *,
    void (*see)(void *arg, const char *name), void *arg);
/* Append the expansion. Returns -1 with *cause set: a value that is missing,
 * empty, `.` or `..` where that is refused, or has bytes its place forbids. */
int template_expand(const struct template *, const struct template_values *,
    struct buf *out, char **cause);

/* The length of the "{{name}}" that stands at `s`; 0: none does. */
size_t template_name_at(const char *s);
/* Is there a name in it, or a glob ("#1")? */
bool template_varies(const char *text);
/* The length of the folder in which all that `text` may expand to is, with the
 * slash behind it: what stands in front of names and globs ("#1"). */
size_t template_folder(const char *text);
/* Does `text` hold "{{name}}" at all? */
bool template_in(const char *text);
bool template_in_bytes(const char *bytes, size_t len);
/* Percent-encode the text, but not the names in it. */
void template_add_encoded(struct buf *, const char *text, size_t len);

#endif
