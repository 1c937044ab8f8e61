/* What stands at the other end of a descriptor, and what it can show. */
#ifndef GATHER_DISPLAY_TERMINAL_H
#define GATHER_DISPLAY_TERMINAL_H

#include <stdbool.h>

/* --color; the order is that of the words in the option's row. */
enum color_when {
	COLOR_AUTO, /* on a terminal, unless NO_COLOR is set */
	COLOR_ALWAYS,
	COLOR_NEVER
};

struct terminal {
	bool moves; /* it is a terminal whose cursor can be moved */
	bool unicode;
	bool color;
	unsigned width; /* columns */
};

/* Is it a terminal whose cursor can be moved? */
bool terminal_moves(int fd);
/* `when` is an enum color_when. Reads the locale's files. */
struct terminal terminal_of(int fd, unsigned when);
/* Now; 80 where nobody knows, $COLUMNS where no terminal is. */
unsigned terminal_width(int fd);

#endif
