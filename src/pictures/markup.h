/* Text from strangers inside HTML and SVG, and the scale of a picture. */
#ifndef GATHER_PICTURES_MARKUP_H
#define GATHER_PICTURES_MARKUP_H

#include "base/buf.h"

/* Append `s` so that it is text and nothing else, in an element or in a
 * quoted attribute; controls and bad UTF-8 become visible (utf8.h). */
void markup_add_text(struct buf *, const char *s);
/* Append JSON `text` so that it can stand in a <script> element: `<`, `>`,
 * `&` and U+2028/9 become \uNNNN. */
void markup_add_json(struct buf *, const char *text, size_t len);
/* Where `part` of `whole` lies on a scale that is `width` pixels long and
 * begins at the pixel `from`. */
double markup_x(int from, int width, double part, double whole);

#endif
