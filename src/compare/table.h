/*
 * The figures of a comparison as a table: a row for each arm, a column for each
 * figure, in one unit and with as many digits as the figures are worth. The
 * terminal, the Markdown file and the page show the same table.
 */
#ifndef GATHER_COMPARE_TABLE_H
#define GATHER_COMPARE_TABLE_H

#include "base/buf.h"
#include "compare/arms.h"
#include "compare/style.h"

/* The unit of all wall times of a comparison. */
struct time_unit comparison_unit(const struct comparison *);
/* The indices of the arms as the table has them; caller frees: a sweep by -P,
 * with -P auto at the end, else as they were given. */
size_t *comparison_order(const struct comparison *);
/* Append what stands for arm `i` in a table, "sync" or, in a sweep, its -P. */
void comparison_add_arm_name(
    const struct comparison *, size_t i, struct buf *out);

/* Append the table as lines of text. Where they would be too long the columns
 * that matter least are left out. */
void comparison_add_table(
    const struct comparison *, const struct style *, struct buf *out);
/* Append the table in Markdown. */
void comparison_add_markdown(const struct comparison *, struct buf *out);
/* Append the table as an element of HTML. */
void comparison_add_html_table(const struct comparison *, struct buf *out);

#endif
