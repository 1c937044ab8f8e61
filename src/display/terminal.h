/* What a terminal can show: by its descriptor, the environment and the locale.
 */
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
	bool moves;     /* it is a terminal whose cursor can be moved */
	bool unicode;   /* the locale's charset is UTF-8 */
	bool color;     /* colors are to be used */
	unsigned width; /* in columns */
};

/* Is `fd` a terminal whose cursor can be moved? */
bool terminal_moves(int fd);
/* All that is known of the terminal at `fd`; `when` is an enum color_when.
 * Reads the files of the locale. */
struct terminal terminal_of(int fd, unsigned when);
/* The width of the terminal at `fd`, right now: $COLUMNS where it is no
 * terminal, 80 where that is not set or not sensible. */
unsigned terminal_width(int fd);

#endif
