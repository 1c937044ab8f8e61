/*
 * Writing JSON: values into a growing buffer, always valid UTF-8, and spans
 * of a scanned text in other dresses.
 */
#ifndef GATHER_JSON_WRITE_H
#define GATHER_JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* A JSON string with its quotes. Invalid UTF-8 becomes U+FFFD. */
void json_add_string(struct buf *, const char *s, size_t len);
/* `s` as a JSON string, or null where it is NULL. */
void json_add_text_or_null(struct buf *, const char *s);
void json_add_integer(struct buf *, int64_t);
/* As short as it can be without becoming another number. One that JSON does
 * not know, NaN or an infinity, is null. */
void json_add_number(struct buf *, double);
/* Microseconds as decimal seconds, six digits: 1.500000. */
void json_add_seconds(struct buf *, int64_t us);

/* Begin the member `name` of the object that stands open at the end of the
 * buffer: a comma unless it is the first, the name, and a colon. The caller
 * appends the value. */
void json_open_member(struct buf *, const char *name);
/* Begin the member `name` whose value is an object; the caller appends its
 * members and closes it. */
void json_open_object(struct buf *, const char *name);

/* A scanned value without blanks between tokens; strings untouched. */
void json_add_compact(struct buf *, const char *span, size_t len);
/* The text of a scanned JSON string (quotes included in the span), unescaped
 * to UTF-8. Returns false, with nothing appended, if it has no such text (a
 * lone surrogate). */
bool json_add_unescaped(struct buf *, const char *span, size_t len);
/* Append a scanned value as text for a person, a URL or a cell: what a string
 * says; any other value, or a string that has no text, compact. */
void json_add_text(struct buf *, const char *span, size_t len);
/* As one field of one line: strings as text unless they hold control
 * characters or lone surrogates, then as JSON; all else compact. */
void json_add_field(struct buf *, const char *span, size_t len);

#endif
