/*
 * What a page would cost to parse, found before it is parsed. libxml2 looks
 * at all attributes of a tag for each further one: 40,000 in one tag, 230 KB,
 * take 20 seconds. And a tree takes much more memory than its text.
 */
#ifndef GATHER_XML_WEIGHT_H
#define GATHER_XML_WEIGHT_H

#include <stdbool.h>
#include <stddef.h>

/* May it be parsed? Counts more than there is in odd pages, never less. */
bool weight_is_bearable(const char *bytes, size_t len);

#endif
