/* What an HTML page says of its own charset: the WHATWG's HTML Standard,
 * 13.2.3.2, "prescan a byte stream to determine its encoding". */
#ifndef GATHER_XML_META_H
#define GATHER_XML_META_H

#include <stddef.h>

#include "xml/encoding.h"

/* Of <meta charset> or <meta http-equiv=content-type>, whichever comes first,
 * in the first 4 KiB; NULL: there is none that is known. Never UTF-16, in
 * which it could not be read. */
const struct encoding *meta_encoding(const char *bytes, size_t len);

/* Behind the first `charset=` in a text such as "text/html; charset=utf-8"
 * (the same, "extracting a character encoding from a meta element"). */
const struct encoding *meta_encoding_in(const char *text, size_t len);

#endif
