/* The heads of answers as one text: each from its status line to its blank
 * line, as they came; behind the last one trailers, which have no end. */
#ifndef GATHER_REQUEST_HEADS_H
#define GATHER_REQUEST_HEADS_H

#include <stddef.h>

/* The length of all of them, without trailers; 0: none has its blank line. */
size_t heads_length(const char *text);
/* The last one, and its length; it may lack its blank line. */
const char *heads_last(const char *text, size_t *len);

#endif
