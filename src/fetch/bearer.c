#include "config.h"

#include "fetch/bearer.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/xalloc.h"

enum {
	TOKEN_MAX = 64 << 10
};

/* NULL: there is none in it. */
static char *
find_token(const char *text, size_t len)
{
	const char *token = ascii_trim(text, &len);

	return len && !memchr(token, '\0', len) ? xmemdup0(token, len) : NULL;
}

char *
bearer_read(const char *name, char **cause)
{
	char *text = xmalloc(TOKEN_MAX);
	FILE *file = fopen(name, "re");
	size_t len = file ? fread(text, 1, TOKEN_MAX, file) : 0;
	bool failed = !file || ferror(file);
	char *token = NULL;

	if (failed)
		*cause = xasprintf("%s: %s", name, strerror(errno));
	else if (len < TOKEN_MAX)
		token = find_token(text, len);
	if (!failed && !token)
		*cause = xasprintf("%s: holds no token", name);
	if (file)
		fclose(file);
	free(text);
	return token;
}
