/* Quoting, and the message for a file name whose ~ the shell has left alone. */
#include "config.h"

#include "text/shell.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "text/ascii.h"

char *
shell_quoted(const char *text)
{
	struct buf out;

	buf_init(&out);
	buf_addc(&out, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			buf_adds(&out, "'\\'");
		buf_addc(&out, *text);
	}
	buf_addc(&out, '\'');
	return buf_take(&out);
}

/* Returns whether no shell gives any byte a meaning. Bytes beyond ASCII are
 * letters of some language. */
static bool
is_plain(const char *text)
{
	for (; *text; text++)
		if (!ascii_is_alnum(*text) && !strchr("@%+=:,./_-", *text) &&
		    !((unsigned char)*text & 0x80))
			return false;
	return true;
}

char *
shell_word(const char *text)
{
	return *text && is_plain(text) ? xstrdup(text) : shell_quoted(text);
}

/* Double quotes let the shell expand $HOME; a rest that needs quotes of its own
 * follows in single ones. */
static char *
home_word(const char *path)
{
	char *word = shell_word(path);
	char *home = *word == '\'' ? xasprintf("\"$HOME\"/%s", word)
	                           : xasprintf("\"$HOME/%s\"", word);

	free(word);
	return home;
}

char *
shell_open_reason(const char *path, int error)
{
	bool left = error == ENOENT && path[0] == '~' && path[1] == '/';
	char *home, *reason;

	if (!left)
		return xstrdup(strerror(error));
	home = home_word(path + 2);
	reason = xasprintf("%s; the shell did not expand this ~, so write %s",
	    strerror(error), home);
	free(home);
	return reason;
}
