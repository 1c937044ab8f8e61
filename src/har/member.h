/*
 * Members of the objects in an archive. What comes from a file is untrusted: a
 * member of the wrong type is as one that is missing. Pure.
 */
#ifndef GATHER_HAR_MEMBER_H
#define GATHER_HAR_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "json/scan.h"

#define HAR_NONE UINT32_C(0) /* no node: the document is no member */

/* The value of the member `name`, the last one of that name, if it is of the
 * type whose first byte is `type`: '"', '{', '[' or '0', a number. HAR_NONE:
 * there is none, or `object` is not an object. */
uint32_t har_member(
    const struct json_doc *, uint32_t object, const char *name, char type);
/* Append the text of the string `node`; HAR_NONE is an empty one. Half of a
 * surrogate pair, which is no text, becomes U+FFFD. */
void har_add_text(struct buf *, const struct json_doc *, uint32_t node);
/* The text of the member `name`; NULL: there is none, it is not a string, or it
 * contains a NUL. Caller frees. */
char *har_member_text(
    const struct json_doc *, uint32_t object, const char *name);
/* The number `name`, between 0 and `max`; a larger one is `max`. -1: there is
 * none, or it is negative, as HAR writes what does not apply. */
double har_member_number(
    const struct json_doc *, uint32_t object, const char *name, double max);

/* Names and values, of headers or parameters. */
struct har_field {
	char *name;
	char *value;
};

/* Zero initialises it. */
struct har_fields {
	struct har_field *items;
	size_t len;
};

enum {
	HAR_FIELDS_MAX = 1000 /* of one message; the rest is not read */
};

/* Read the array of objects with "name" and "value". Elements without a name
 * are left out. */
void har_fields_read(
    struct har_fields *, const struct json_doc *, uint32_t array);
void har_fields_release(struct har_fields *);
/* The first value of that name, in any case; borrowed. NULL: there is none. */
const char *har_fields_find(const struct har_fields *, const char *name);

#endif
