/*
 * curl's URL globs (curl(1), GLOBBING): {a,b}, [1-100:5], [001-100], [a-z]; the
 * rightmost varies fastest. `{{...}}` belongs to a template and stays as it is;
 * `\{ \} \[ \]` are literal, and so are `[]` and IPv6 addresses. Expansions are
 * made one at a time, so that [1-1000000000] takes no memory.
 */
#ifndef GATHER_INPUT_GLOB_H
#define GATHER_INPUT_GLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/strlist.h"

struct glob; /* parsed */

/* Parse `text`. NULL with *cause set (caller frees), which names the column. */
struct glob *glob_new(const char *text, char **cause);
/* A glob whose only expansion is `text` (-g). Never fails. */
struct glob *glob_new_literal(const char *text);
/* NULL is fine. */
void glob_free(struct glob *);
/* The number of expansions: 1 to INT64_MAX. */
uint64_t glob_count(const struct glob *);
/* The number of sets and ranges: the items that glob_expand adds to `values`.
 */
size_t glob_parts(const struct glob *);
/* Append the expansion `i`, from 0 to glob_count - 1, to `out`, and what each
 * set and range became to `values`, unless that is NULL. */
void glob_expand(
    const struct glob *, uint64_t i, struct buf *out, struct strlist *values);

#endif
