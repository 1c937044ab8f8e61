#include "config.h"

#include "base/shell.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/xalloc.h"

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

/* Bytes beyond ASCII are letters of some language. */
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
