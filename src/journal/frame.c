/*
 * Frames are written, read one after the other, and looked for behind a broken
 * one, where each place that looks like a frame is checked (sums.h).
 */
#include "config.h"

#include "journal/frame.h"

#include <string.h>

#include <zlib.h>

#include "journal/sums.h"

enum {
	MARKER = 4,
	LENGTH = 8,
	SUM = 4,
	HEAD = MARKER + LENGTH
};

/* A control character that text does not have, and a word to find it by. */
static const char marker[MARKER] = {'\x1e', 'g', 'j', ':'};

/* Little-endian, in `bytes` bytes. */
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

/* The checksum of salt and length, to be continued with the payload. */
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

/* Are they all zeros? A file system may give a file its length before its
 * bytes. */
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
frames_is_torn_tail(const struct frames *f)
{
	const char *head = f->data + f->at;
	size_t left = f->len - f->at;

	if (memcmp(head, marker, left < MARKER ? left : MARKER) != 0)
		return is_blank(head, left);
	return left <= FRAME_AROUND || frame_len(head) >= left - FRAME_AROUND;
}

/* Where a marker begins at `at` or after; `len`: nowhere. */
static size_t
find_marker(const char *data, size_t at, size_t len)
{
	while (at < len) {
		const char *found = memchr(data + at, marker[0], len - at);

		if (!found)
			return len;
		at = (size_t)(found - data);
		if (len - at >= MARKER && memcmp(found, marker, MARKER) == 0)
			return at;
		at++;
	}
	return len;
}

/* Is a whole frame at `at`, where a marker is? `salted` is the checksum of the
 * salt. A hostile text holds many markers, each with a length that fits, so the
 * payload must not be read each time: that would be quadratic. */
static bool
is_whole(const struct sums *s, size_t at, size_t len, uint32_t salted)
{
	const char *head = s->data + at;
	uint64_t payload;

	if (len - at < FRAME_AROUND)
		return false;
	payload = frame_len(head);
	return payload <= len - at - FRAME_AROUND &&
	       get_number(head + HEAD + payload, SUM) ==
	           sums_continue(
	               s, salted, at + MARKER, LENGTH + (size_t)payload);
}

bool
frames_valid_after(const struct frames *broken)
{
	const char *data = broken->data + broken->at;
	size_t len = broken->len - broken->at;
	uint32_t salted = frame_sum(0, broken->salt, FRAME_SALT);
	size_t at = find_marker(data, 1, len);
	bool found = false;
	struct sums sums;

	if (at >= len)
		return false;
	sums_open(&sums, data, len);
	for (; at < len && !found; at = find_marker(data, at + 1, len))
		found = is_whole(&sums, at, len, salted);
	sums_close(&sums);
	return found;
}
