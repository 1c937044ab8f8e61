/*
 * The bytes of an HTML page as UTF-8, whatever they were.
 *
 * The charset of a page is that of its byte order mark, of the Content-Type
 * header, or of a <meta> element; else UTF-8 where the page is valid as such,
 * else windows-1252. As in browsers (the Encoding Standard of the WHATWG)
 * "iso-8859-1" is windows-1252 and "shift_jis" is windows-31j.
 */
#ifndef GATHER_XML_CHARSET_H
#define GATHER_XML_CHARSET_H

#include <stddef.h>

#include "base/buf.h"

/* The charset that a Content-Type names, as iconv(3) calls it; NULL if it names
 * none that we know. `content_type` may be NULL. Static. */
const char *charset_of_type(const char *content_type);
/* The charset that an XML declaration names, as iconv(3) calls it; NULL if it
 * names none that we know, or one that libxml2 reads better by itself (UTF-8
 * and UTF-16). Static. */
const char *charset_of_declaration(const char *bytes, size_t len);

/* The page as valid UTF-8 without NULs and byte order mark: its own bytes where
 * they are that already, else converted in `room`, which must live as long as
 * the result. *len is in and out. Bytes that make no sense become U+FFFD. */
const char *charset_decode(
    struct buf *room, const char *bytes, size_t *len, const char *content_type);

#endif
