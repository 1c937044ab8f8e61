#include "config.h"

#include "display/terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "text/ascii.h"

enum {
	WIDTH_UNKNOWN = 80, /* columns, where nobody knows */
	/* $COLUMNS outside of this is not believed. */
	WIDTH_LEAST = 20,
	WIDTH_MOST = 1000
};

/* The width that $COLUMNS gives. */
static unsigned
width_named(void)
{
	const char *columns = getenv("COLUMNS");
	unsigned long n;
	char *end;

	if (!columns || !ascii_is_digit(*columns))
		return WIDTH_UNKNOWN;
	n = strtoul(columns, &end, 10);
	if (*end || n < WIDTH_LEAST || n > WIDTH_MOST)
		return WIDTH_UNKNOWN;
	return (unsigned)n;
}

unsigned
terminal_width(int fd)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) == -1)
		return width_named();
	return size.ws_col ? size.ws_col : WIDTH_UNKNOWN;
}

/* Is the charset of the user's locale UTF-8? The locale of the program itself
 * stays "C", so that numbers are written with a point. */
static bool
speaks_utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool utf8;

	if (locale == (locale_t)0)
		return false;
	utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
	freelocale(locale);
	return utf8;
}

static bool
is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

/* A terminal that cannot move its cursor, as in an editor's shell window. */
static bool
is_dumb(void)
{
	const char *term = getenv("TERM");

	return !term || !*term || strcmp(term, "dumb") == 0;
}

bool
terminal_moves(int fd)
{
	return isatty(fd) && !is_dumb();
}

struct terminal
terminal_of(int fd, unsigned when)
{
	bool moves = terminal_moves(fd);

	return (struct terminal){
	    .moves = moves,
	    .unicode = speaks_utf8(),
	    .color = when == COLOR_ALWAYS ||
	             (when == COLOR_AUTO && moves && !is_set("NO_COLOR")),
	    .width = terminal_width(fd),
	};
}
