/*
 * A page of HTML that stands alone: it loads nothing, and nothing that a
 * server sent can run in it. Its policy (CSP level 3) allows its own style
 * and script by their hashes and forbids everything else. Pure.
 */
#ifndef GATHER_PICTURES_PAGE_H
#define GATHER_PICTURES_PAGE_H

#include "base/buf.h"

/* Begin it with an empty `out`; `title` is text. */
void page_begin(struct buf *out, const char *title);
/* The end; `data` is JSON for the table's script, NULL: there is no table. */
void page_end(struct buf *out, const struct buf *data);

/* "<h2>text</h2>" */
void page_add_heading(struct buf *out, const char *text);
/* A list of figures: begin it, then terms and values (texts), then end. */
void page_begin_figures(struct buf *out);
void page_add_figure(struct buf *out, const char *term, const char *value);
void page_end_figures(struct buf *out);
/* Lines as they are. */
void page_add_lines(struct buf *out, const char *text);

#endif
