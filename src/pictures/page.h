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
/* Append the end of a page. */
void page_end(struct buf *out);
/* Append the script that lets people sort and filter the table with the id
 * "requests", which stands before it. All of that can be read without. */
void page_add_script(struct buf *out);

/* Append a heading of the second level; `text` is plain text. */
void page_add_heading(struct buf *out, const char *text);
/* A list of figures: append its begin, then its figures, each a term and a
 * value in plain text, then its end. */
void page_begin_figures(struct buf *out);
void page_add_figure(struct buf *out, const char *term, const char *value);
void page_end_figures(struct buf *out);
/* Append a command of the shell, which is cut nowhere. */
void page_add_command(struct buf *out, const char *command);
/* Append a paragraph; `text` is plain text. */
void page_add_note(struct buf *out, const char *text);

/* Begin and end what may be wider than a window, which then scrolls by itself.
 * `label` says to readers of screens what it is. */
void page_begin_scroll(struct buf *out, const char *label);
void page_end_scroll(struct buf *out);

/* A table of figures that scrolls by itself: append its begin, then its rows,
 * each a name and then its cells, then its end. The first of the columns is
 * that of the names. All texts are plain text; `label` is for
 * page_begin_scroll. */
struct page_table {
	const char *label;
	const char *const *columns;
	size_t len;
};
void page_begin_table(struct buf *out, const struct page_table *);
void page_begin_row(struct buf *out, const char *name);
/* Append a cell with a figure; `kind` is a class of the style, "" is none. */
void page_add_cell(struct buf *out, const char *figure, const char *kind);
void page_end_table(struct buf *out);

/* Two parts of a page that stand beside each other where there is room: append
 * what comes before the first, between them, and after the second. */
void page_begin_pair(struct buf *out);
void page_next_of_pair(struct buf *out);
void page_end_pair(struct buf *out);

/* A chart of bars: append its begin, then its rows, then its end. It fits into
 * any window. `columns` are the heads of label, bar, value and note, NULL: it
 * has no heads. */
void page_begin_bars(struct buf *out, const char *const columns[4]);
struct page_bar {
	const char *label; /* plain text, before the bar */
	double share;      /* how long the bar is, 0 to 1 */
	const char *kind;  /* class of the style: "good", "bad", "p9", ... */
	const char *value; /* plain text, behind the bar: a figure */
	const char *note;  /* plain text, behind that; NULL: none */
};
void page_add_bar(struct buf *out, const struct page_bar *);
void page_end_bars(struct buf *out);

/* Append the lines of the plain `text` preformatted. */
void page_add_lines(struct buf *out, const char *text);

#endif
