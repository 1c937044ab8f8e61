/*
 * A page of HTML that stands alone: it loads nothing, and nothing that a
 * server sent can run in it. Its policy (CSP level 3) allows its own style
 * and script by their hashes and forbids everything else. All functions append
 * to `out`. Pure.
 */
#ifndef GATHER_PICTURES_PAGE_H
#define GATHER_PICTURES_PAGE_H

#include <stddef.h>

#include "base/buf.h"

/*
 * Append `s` as text and nothing else, in an element of HTML or SVG or in a
 * quoted attribute. Controls and bytes that are not UTF-8 become visible
 * (utf8_add_safe).
 */
void page_add_text(struct buf *out, const char *s);
/*
 * Append the JSON `text` of `len` bytes so that it can stand in a <script>
 * element: `<`, `>`, `&` and U+2028/9 become \uNNNN, which JSON reads as the
 * same characters.
 */
void page_add_json(struct buf *out, const char *text, size_t len);
/*
 * Returns the pixel at which `part` of `whole` (> 0) lies on a scale that
 * begins at the pixel `from` and is `width` pixels long.
 */
double page_scale(int from, int width, double part, double whole);

/* Append the style of a waterfall's phases and text (waterfall.css), which
 * every page has, for a picture that stands alone. */
void page_add_waterfall_style(struct buf *out);

/* Append the head of a page to the empty `out`, up to its heading; `title` is
 * plain text. */
void page_begin(struct buf *out, const char *title);
/* Append the end of a page. `data` is the JSON that the script of the table
 * reads; NULL: the page has no table, and gets no script. */
void page_end(struct buf *out, const struct buf *data);

/* Append a heading of the second level; `text` is plain text. */
void page_add_heading(struct buf *out, const char *text);
/* A list of figures: append its begin, then its figures, each a term and a
 * value in plain text, then its end. */
void page_begin_figures(struct buf *out);
void page_add_figure(struct buf *out, const char *term, const char *value);
void page_end_figures(struct buf *out);
/* Append the lines of the plain `text` preformatted. */
void page_add_lines(struct buf *out, const char *text);

#endif
