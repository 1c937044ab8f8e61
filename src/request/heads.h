/* The heads of answers as they came, as one text: each from its status
 * line to its blank line; behind the last one trailers, which have no end. */
#ifndef GATHER_REQUEST_HEADS_H
#define GATHER_REQUEST_HEADS_H

#include <stddef.h>

/* The length of all of them, without trailers; 0: none has its blank line. */
size_t heads_length(const char *text);
/* The last one, and its length; it may lack its blank line. */
const char *heads_last(const char *text, size_t *len);

/*
 * A head, or a value, made one to be read: what was folded (RFC 9112, 5.2) is
 * on one line, and a line that is no UTF-8 is taken for ISO-8859-1, as headers
 * used to be. Caller frees.
 */
char *heads_clean(const char *bytes, size_t len);

#endif
