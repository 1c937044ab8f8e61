/*
 * Allocation that cannot fail: out of memory ends the program with one line
 * on stderr and status 3. Sizes that come from outside have their ceiling
 * checked before they get here.
 */
#ifndef GATHER_BASE_XALLOC_H
#define GATHER_BASE_XALLOC_H

#include <stddef.h>

/* End the program because of a broken environment or a bug: print a line on
 * stderr and exit with status 3, without any clean-up. */
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* As malloc(3) and its like, but never NULL, whatever the size. */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
/* Resize an array to `count` items of `size` bytes; a product that overflows
 * ends the program. */
void *xreallocarray(void *old, size_t count, size_t size);
/* Make room for one more behind `len` items of `size` bytes, in an array that
 * grows by this function only. Its memory is doubled, so that adding n items
 * takes time in proportion to n. */
void *xgrow(void *items, size_t len, size_t size);
/* Returns a copy of a string. Caller frees, here and below. */
char *xstrdup(const char *s);
/* Returns a copy of a string, or NULL of NULL. */
char *xstrdup_null(const char *s);
/* Returns a copy of the `len` bytes at `s`, NULs among them included, and a NUL
 * behind them. */
char *xmemdup0(const char *s, size_t len);
/* Returns what printf() would print. */
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Give freed memory back to the system, where the C library can: for when much
 * of it was freed and will not be needed again. Takes milliseconds. */
void xtrim(void);
/* From now on keep up to 2 MB of freed memory, where the C library can. It
 * would else return 128 KB at once and ask for them again: with 64 connections
 * over TLS, whose buffers of 17 KB come and go, at every fourth request. */
void xkeep_freed(void);

#endif
