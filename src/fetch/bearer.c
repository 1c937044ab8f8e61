#include "config.h"

#include "fetch/bearer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "base/xalloc.h"

enum {
	TOKEN_MAX = 64 << 10
};

/* One line, without the blanks around it; NULL with *why: there is none. A
 * second line would be a header of its own. */
static char *
find_token(const char *text, size_t len, const char **why)
{
	const char *token = utf8_skip_mark(text, &len);

	token = ascii_trim(token, &len);
	*why = "holds no token";
	if (!len || memchr(token, '\0', len))
		return NULL;
	*why = "holds more than one line; a token is one";
	return memchr(token, '\n', len) || memchr(token, '\r', len)
	           ? NULL
	           : xmemdup0(token, len);
}

char *
bearer_read(const char *name, char **cause)
{
	char *text = xmalloc(TOKEN_MAX);
	int fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	size_t len = file ? fread(text, 1, TOKEN_MAX, file) : 0;
	bool failed = !file || ferror(file);
	const char *why = "holds no token";
	char *token = NULL;

	if (failed)
		*cause = xasprintf("%s: %s", name, strerror(errno));
	else if (len < TOKEN_MAX)
		token = find_token(text, len, &why);
	if (!failed && !token)
		*cause = xasprintf("%s: %s", name, why);
	if (file)
		fclose(file);
	free(text);
	return token;
}
