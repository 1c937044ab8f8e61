#include "config.h"

#include "journal/frame.h"

#include <string.h>

#include <zlib.h>

enum {
	MARKER = 4,
	LENGTH = 8,
	SUM = 4,
	HEAD = MARKER + LENGTH
};

static const char marker[MARKER] = {'\x1e', 'g', 'j', ':'};

static void
put_number(char *to, uint64_t n, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		to[i] = (char)(n >> (8 * i));
}

static uint64_t
get_number(const char *from, size_t bytes)
{
	uint64_t n = 0;

	for (size_t i = 0; i < bytes; i++)
		n |= (uint64_t)(unsigned char)from[i] << (8 * i);
	return n;
}

uint32_t
frame_sum(uint32_t sum, const char *data, size_t len)
{
	return (uint32_t)crc32_z(sum, (const unsigned char *)data, len);
}

static uint32_t
sum_of_head(const char *salt, const char *length)
{
	return frame_sum(frame_sum(0, salt, FRAME_SALT), length, LENGTH);
}

uint32_t
frame_begin(struct buf *out, const char *salt, uint64_t len)
{
	char length[LENGTH];

	put_number(length, len, LENGTH);
	buf_add(out, marker, MARKER);
	buf_add(out, length, LENGTH);
	return sum_of_head(salt, length);
}

void
frame_end(struct buf *out, uint32_t sum)
{
	char bytes[SUM];

	put_number(bytes, sum, SUM);
	buf_add(out, bytes, SUM);
}

void
frame_add(struct buf *out, const char *salt, const char *payload, size_t len)
{
	uint32_t sum = frame_sum(frame_begin(out, salt, len), payload, len);

	buf_add(out, payload, len);
	frame_end(out, sum);
}

uint64_t
frame_len(const char *head)
{
	return get_number(head + MARKER, LENGTH);
}

enum frame_status
frames_next(struct frames *f, struct frame *out)
{
	const char *head = f->data + f->at;
	size_t left = f->len - f->at;
	uint64_t len;
	uint32_t sum;

	if (left == 0)
		return FRAME_NONE;
	if (left < FRAME_AROUND || memcmp(head, marker, MARKER) != 0)
		return FRAME_BROKEN;
	len = frame_len(head);
	if (len > left - FRAME_AROUND)
		return FRAME_BROKEN;
	sum = frame_sum(
	    sum_of_head(f->salt, head + MARKER), head + HEAD, (size_t)len);
	if (sum != get_number(head + HEAD + len, SUM))
		return FRAME_BROKEN;
	*out = (struct frame){head + HEAD, (size_t)len, f->at};
	f->at += FRAME_AROUND + (size_t)len;
	return FRAME_WHOLE;
}

static bool
is_blank(const char *data, size_t len)
{
	while (len && *data == '\0') {
		data++;
		len--;
	}
	return len == 0;
}

bool
frames_end_here(const struct frames *f)
{
	const char *head = f->data + f->at;
	size_t left = f->len - f->at;

	if (memcmp(head, marker, left < MARKER ? left : MARKER) != 0)
		return is_blank(head, left);
	return left <= FRAME_AROUND || frame_len(head) >= left - FRAME_AROUND;
}

bool
frames_go_on(const struct frames *broken)
{
	struct frames f = *broken;
	struct frame frame;

	while (f.at + 1 < f.len) {
		const char *from = f.data + f.at + 1;
		const char *found = memchr(from, marker[0], f.len - f.at - 1);

		if (!found)
			return false;
		f.at = (size_t)(found - f.data);
		if (frames_next(&f, &frame) == FRAME_WHOLE)
			return true;
	}
	return false;
}
