/*
 * The functions of malloc(3) that never fail, and die(), which they end with.
 */
#include "config.h"

#include "base/xalloc.h"

#ifdef HAVE_MALLOC_TRIM
#include <malloc.h>
#endif
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
die(const char *fmt, ...)
{
	va_list ap;

	flockfile(stderr); /* another thread that dies says nothing */
	fputs("gather: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	/* exit(3) would take apart what other threads still use. */
	_Exit(3);
}

void *
xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		die("out of memory");
	return p;
}

/* Bytes that are cleared here: for so many malloc(3) of glibc has a cache of
 * each thread, which calloc(3) of most versions passes by, although what it
 * gave is freed into that. Of more, much may be clear as it comes from the
 * kernel. */
enum {
	CLEARED_MAX = 1024
};

void *
xcalloc(size_t count, size_t size)
{
	void *p;

	if (size && count > (size_t)-1 / size)
		die("out of memory");
	size *= count;
	if (size <= CLEARED_MAX)
		return memset(xmalloc(size), 0, size);
	p = calloc(1, size);
	if (!p)
		die("out of memory");
	return p;
}

void *
xrealloc(void *old, size_t size)
{
	return xreallocarray(old, 1, size);
}

void *
xreallocarray(void *old, size_t count, size_t size)
{
	void *p;

	if (size && count > (size_t)-1 / size)
		die("out of memory");
	if (!count || !size)
		count = size = 1;
	p = realloc(old, count * size);
	if (!p)
		die("out of memory");
	return p;
}

void *
xgrow(void *items, size_t len, size_t size)
{
	if (len & (len - 1))
		return items;
	if (len > (size_t)-1 / 2)
		die("out of memory");
	return xreallocarray(items, len ? 2 * len : 1, size);
}

char *
xstrdup(const char *s)
{
	return xmemdup0(s, strlen(s));
}

char *
xstrdup_null(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

char *
xmemdup0(const char *s, size_t len)
{
	char *copy = xmalloc(len + 1);

	if (len)
		memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *
xasprintf(const char *fmt, ...)
{
	va_list ap, again;
	char *s;
	int len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		die("cannot format a message");
	s = xmalloc((size_t)len + 1);
	vsnprintf(s, (size_t)len + 1, fmt, again);
	va_end(again);
	return s;
}

void
xtrim(void)
{
#ifdef HAVE_MALLOC_TRIM
	malloc_trim(0);
#endif
}

void
xkeep_freed(void)
{
#ifdef HAVE_MALLOC_TRIM
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
	mallopt(M_TRIM_THRESHOLD, 2 << 20);
	mallopt(M_TOP_PAD, 256 << 10);
#endif
}
