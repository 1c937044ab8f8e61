/*
 * Allocation that cannot fail: out of memory ends the program with one line
 * on stderr and status 3. Sizes that come from outside have their ceiling
 * checked before they get here.
 */
#ifndef GATHER_BASE_XALLOC_H
#define GATHER_BASE_XALLOC_H

#include <stddef.h>

/* A broken environment or a bug: one line on stderr, then exit status 3. */
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
/* `count` x `size` is checked for overflow. */
void *xreallocarray(void *old, size_t count, size_t size);
/* Room for one more behind `len` items of `size` bytes, in an array that only
 * this lets grow: by doubling, so that n items cost a multiple of n. */
void *xgrow(void *items, size_t len, size_t size);
char *xstrdup(const char *s);
/* xstrdup that keeps NULL. */
char *xstrdup_null(const char *s);
/* The first `len` bytes of `s` (all of them: NUL is no end), and a NUL. */
char *xmemdup0(const char *s, size_t len);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Much of the heap was freed that will not be needed again: give it back to the
 * system, where the C library can. Takes milliseconds. */
void xtrim(void);

#endif
