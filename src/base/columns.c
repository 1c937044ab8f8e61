#include "config.h"

#include "base/columns.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/utf8.h"

struct range {
	uint32_t first, last;
};

static const struct range combining[] = {
    {0x0300, 0x036F},
    {0x0483, 0x0489},
    {0x0591, 0x05BD},
    {0x0610, 0x061A},
    {0x064B, 0x065F},
    {0x1AB0, 0x1AFF},
    {0x1DC0, 0x1DFF},
    {0x200B, 0x200D},
    {0x20D0, 0x20FF},
    {0xFE00, 0xFE0F},
    {0xFE20, 0xFE2F},
    {0},
};

static const struct range wide[] = {
    {0x1100, 0x115F},
    {0x2E80, 0x303E},
    {0x3041, 0x33FF},
    {0x3400, 0x4DBF},
    {0x4E00, 0x9FFF},
    {0xA000, 0xA4CF},
    {0xA960, 0xA97F},
    {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},
    {0xFE30, 0xFE6F},
    {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F},
    {0x1F680, 0x1F6FF},
    {0x1F900, 0x1F9FF},
    {0x20000, 0x3FFFD},
    {0},
};

static bool
is_in(const struct range *r, uint32_t cp)
{
	for (; r->last; r++)
		if (cp >= r->first && cp <= r->last)
			return true;
	return false;
}

static size_t
columns_of_one(uint32_t cp)
{
	if (cp < 0x300)
		return 1;
	if (is_in(combining, cp))
		return 0;
	return is_in(wide, cp) ? 2 : 1;
}

/* Bytes of `s` that fit into `columns`; *used says how many they take. */
static size_t
fitting(const char *s, size_t len, size_t columns, size_t *used)
{
	size_t at = 0;

	*used = 0;
	while (at < len) {
		uint32_t cp = 0;
		size_t n = utf8_decode(s + at, len - at, &cp);
		size_t w = n ? columns_of_one(cp) : 1;

		if (w > columns - *used)
			break;
		*used += w;
		at += n ? n : 1;
	}
	return at;
}

size_t
columns_of(const char *s, size_t len)
{
	size_t used;

	fitting(s, len, SIZE_MAX, &used);
	return used;
}

size_t
columns_add_cut(
    struct buf *out, const char *s, size_t len, const struct columns_cut *cut)
{
	size_t mark = columns_of(cut->mark, strlen(cut->mark));
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
