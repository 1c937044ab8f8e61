/* Writing JSON: values and members into a growing buffer, always valid UTF-8,
 * and spans of a scanned text in other forms. */
#ifndef GATHER_JSON_WRITE_H
#define GATHER_JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "json/path.h"

/* Append `len` bytes as a JSON string with its quotes. Invalid UTF-8 becomes
 * U+FFFD, a byte at a time. */
void json_add_string(struct buf *, const char *s, size_t len);
/* Append `s` as a JSON string, or null where it is NULL. */
void json_add_text_or_null(struct buf *, const char *s);
void json_add_integer(struct buf *, int64_t);
/* Append a number, as short as it can be without becoming another one. NaN and
 * the infinities, which JSON does not have, become null. */
void json_add_number(struct buf *, double);
/* Append microseconds as decimal seconds with six digits: 1.500000. */
void json_add_seconds(struct buf *, int64_t us);

/* Begin the member `name` of the object that stands open at the end of the
 * buffer: a comma unless it is the first, the name, and a colon. The caller
 * appends the value. */
void json_open_member(struct buf *, const char *name);
/* Begin the member `name` whose value is an object; the caller appends its
 * members and closes it. */
void json_open_object(struct buf *, const char *name);

/* Append a scanned value without the blanks between its tokens. Strings and
 * numbers stay as they are. */
void json_add_compact(struct buf *, const char *span, size_t len);
/* Likewise, value `i` of a list; where they are compact that is a copy. */
void json_add_value(struct buf *, const struct json_spans *, size_t i);
/* Append the text of a scanned JSON string, whose quotes are part of the span.
 * Returns false, with nothing appended, if it has no such text because of an
 * unpaired surrogate. */
bool json_add_unescaped(struct buf *, const char *span, size_t len);
/* Append a scanned value as text for a person, a URL or a cell: what a string
 * says; any other value, or a string that has no text, compact. */
void json_add_text(struct buf *, const char *span, size_t len);
/* Append a scanned value as one field of one line: a string as text, unless it
 * holds control characters or unpaired surrogates, else as JSON; all other
 * values compact. */
void json_add_field(struct buf *, const char *span, size_t len);

#endif
