#include "config.h"

#include "fetch/bearer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum {
	TOKEN_MAX = 64 << 10
};

static const char blanks[] = " \t\r\n";

static char *
trimmed(const char *text, size_t len)
{
	while (len && strchr(blanks, text[len - 1]))
		len--;
	while (len && strchr(blanks, *text)) {
		text++;
		len--;
	}
	return xmemdup0(text, len);
}

char *
bearer_read(const char *name, char **cause)
{
	char *text = xmalloc(TOKEN_MAX);
	FILE *file = fopen(name, "re");
	size_t len = file ? fread(text, 1, TOKEN_MAX, file) : 0;
	char *token = NULL;

	if (!file || ferror(file))
		*cause = xasprintf("%s: %s", name, strerror(errno));
	else if (len == TOKEN_MAX || memchr(text, '\0', len))
		*cause = xasprintf("%s: holds no token", name);
	else
		token = trimmed(text, len);
	if (token && !*token) {
		*cause = xasprintf("%s: holds no token", name);
		free(token);
		token = NULL;
	}
	if (file)
		fclose(file);
	free(text);
	return token;
}
