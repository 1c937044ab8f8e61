/*
 * The bytes of an HTML page as UTF-8, whatever they were.
 *
 * Its charset is that of the byte order mark, of the Content-Type header, of
 * <meta>; else UTF-8 where the page is valid as such, else windows-1252. As
 * in browsers (the WHATWG's Encoding Standard) "iso-8859-1" is windows-1252
 * and "shift_jis" is windows-31j.
 */
#ifndef GATHER_XML_CHARSET_H
#define GATHER_XML_CHARSET_H

#include <stddef.h>

#include "base/buf.h"

/* What iconv(3) calls the charset of a Content-Type, if that names one that
 * we know. `content_type` may be NULL. Static. */
const char *charset_of_type(const char *content_type);
/* The same of an XML declaration; NULL, too, where libxml2 knows better. */
const char *charset_of_declaration(const char *bytes, size_t len);

/*
 * The page as valid UTF-8 without NULs and byte order mark: its own bytes where
 * they are that already, else made in `room`. *len is in and out. What makes no
 * sense becomes U+FFFD.
 */
const char *charset_decode(
    struct buf *room, const char *bytes, size_t *len, const char *content_type);

#endif
