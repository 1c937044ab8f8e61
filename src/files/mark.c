#include "config.h"

#include "files/mark.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/xalloc.h"

#if defined(HAVE_SYS_XATTR_H) && defined(__linux__)

#include <sys/xattr.h>

static const char name[] = "user.gather.download";

enum {
	MARK_MAX = 1024 /* bytes; a longer one is not ours */
};

int
mark_set(int fd, const char *text)
{
	if (text)
		return fsetxattr(fd, name, text, strlen(text), 0);
	return fremovexattr(fd, name) < 0 && errno != ENODATA ? -1 : 0;
}

char *
mark_get(int fd)
{
	char text[MARK_MAX];
	ssize_t len = fgetxattr(fd, name, text, sizeof(text));

	return len < 0 || memchr(text, '\0', (size_t)len)
	           ? NULL
	           : xmemdup0(text, (size_t)len);
}

bool
mark_is_possible(const char *folder)
{
	return getxattr(folder, name, NULL, 0) >= 0 || errno != ENOTSUP;
}

#else

int
mark_set(int fd, const char *text)
{
	(void)fd;
	(void)text;
	errno = ENOTSUP;
	return -1;
}

char *
mark_get(int fd)
{
	(void)fd;
	return NULL;
}

bool
mark_is_possible(const char *folder)
{
	(void)folder;
	return false;
}

#endif
