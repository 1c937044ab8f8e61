/*
 * curl's URL globs: {a,b}, [1-100:5], [001-100], [a-z]; the rightmost varies
 * fastest. `{{...}}` is a template's and stays as it is; `\{ \} \[ \]` are
 * literal, and so are `[]` and IPv6 addresses.
 */
#ifndef GATHER_INPUT_GLOB_H
#define GATHER_INPUT_GLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/strlist.h"

struct glob;

/* NULL with *cause set (caller frees): what is wrong, and its column. */
struct glob *glob_new(const char *text, char **cause);
/* The text as it is, with nothing in it expanded (-g). */
struct glob *glob_new_literal(const char *text);
void glob_free(struct glob *);
/* How many expansions there are; at least 1. */
uint64_t glob_count(const struct glob *);
/* How many globs are in it: items of `values`. */
size_t glob_parts(const struct glob *);
/* The expansion `i` < glob_count, appended to `out`, and what each glob
 * became appended to `values`, unless that is NULL. */
void glob_expand(
    const struct glob *, uint64_t i, struct buf *out, struct strlist *values);

#endif
