/*
 * The width of a text is the sum of the widths of its grapheme clusters;
 * cutting it means taking clusters as long as they fit.
 */
#include "config.h"

#include "text/term_width.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <unigbrk.h>
#include <uniwidth.h>

#include "base/xalloc.h"
#include "text/utf8.h"

enum {
	/* The selector that asks for a coloured, hence wide, emoji. */
	EMOJI_PRESENTATION = 0xFE0F
};

/* Most text is ASCII: then a byte is a column, and nothing is looked up. */
static bool
is_ascii(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] >= 0x80)
			return false;
	return true;
}

/*
 * Returns the columns of one cluster.
 *
 * Letters and the marks beside them, as in Thai and Indic scripts, stand next
 * to each other, so their widths add up. A sequence with an emoji or a wide
 * character in it is drawn as one of them, whatever it is joined of.
 */
static size_t
cluster_columns(const char *s, size_t len)
{
	size_t columns = 0;

	for (size_t at = 0, n; at < len; at += n) {
		uint32_t cp = 0;
		int width;

		n = utf8_decode(s + at, len - at, &cp);
		width = n ? uc_width(cp, "UTF-8") : 1;
		if (width == 2 || cp == EMOJI_PRESENTATION)
			return 2;
		/* -1 is a control, which is shown in one way or another. */
		columns += width < 0 ? 1 : (size_t)width;
		n += n == 0;
	}
	return columns;
}

/* Returns how many bytes of `s` fit into `columns`, and in *used how many
 * columns they take. */
static size_t
fitting(const char *s, size_t len, size_t columns, size_t *used)
{
	char *begins; /* for each byte: does a cluster begin with it? */
	size_t at = 0;

	if (is_ascii(s, len))
		return *used = len < columns ? len : columns;
	*used = 0;
	begins = xcalloc(len, 1);
	/* u8_grapheme_next() would cut flags and joined emoji. */
	u8_grapheme_breaks((const uint8_t *)s, len, begins);
	while (at < len) {
		size_t n = 1, width;

		while (at + n < len && !begins[at + n])
			n++;
		width = cluster_columns(s + at, n);
		if (width > columns - *used)
			break;
		*used += width;
		at += n;
	}
	free(begins);
	return at;
}

size_t
term_width_of(const char *s, size_t len)
{
	size_t used;

	fitting(s, len, SIZE_MAX, &used);
	return used;
}

size_t
term_width_add_cut(struct buf *out, const char *s, size_t len,
    const struct term_width_cut *cut)
{
	size_t mark = term_width_of(cut->mark, strlen(cut->mark));
	size_t used;
	size_t bytes = fitting(s, len, cut->columns, &used);

	if (bytes == len || mark > cut->columns) {
		buf_add(out, s, bytes);
		return used;
	}
	bytes = fitting(s, len, cut->columns - mark, &used);
	buf_add(out, s, bytes);
	buf_adds(out, cut->mark);
	return used + mark;
}

/* Returns at which byte the last clusters of `s` begin that fit into `columns`.
 */
static size_t
tail_begin(const char *s, size_t len, size_t columns)
{
	size_t skipped = term_width_of(s, len) - columns;
	size_t used;
	size_t at = fitting(s, len, skipped, &used);

	/* Half of a wide character cannot be skipped. */
	for (size_t more = skipped; used < skipped; more++)
		at = fitting(s, len, more, &used);
	return at;
}

size_t
term_width_add_middle(struct buf *out, const char *s, size_t len,
    const struct term_width_cut *cut)
{
	size_t mark = term_width_of(cut->mark, strlen(cut->mark));
	size_t width = term_width_of(s, len);
	size_t head, tail, used;

	if (width <= cut->columns || mark + 2 > cut->columns)
		return term_width_add_cut(out, s, len, cut);
	head = fitting(s, len, (cut->columns - mark + 1) / 2, &used);
	tail = tail_begin(s, len, (cut->columns - mark) / 2);
	buf_add(out, s, head);
	buf_adds(out, cut->mark);
	buf_add(out, s + tail, len - tail);
	return used + mark + term_width_of(s + tail, len - tail);
}
