#include "config.h"

#include "resp/reply.h"

#include <string.h>

const struct queue_reply *
queue_reply_item(const struct queue_reply *reply, size_t i)
{
	static const struct queue_reply nil = {.text = ""};

	return reply->kind == QUEUE_ARRAY && i < reply->count ? &reply->items[i]
	                                                      : &nil;
}

/* Read all of a text as a number: a sign at most, then digits. */
static bool
read_number(const char *text, size_t len, int64_t *n)
{
	bool negative = len && *text == '-';
	int64_t value = 0;

	text += negative;
	len -= negative;
	if (!len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int digit = text[i] - '0';

		if (digit < 0 || digit > 9 || value > (INT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*n = negative ? -value : value;
	return true;
}

bool
queue_reply_number(const struct queue_reply *reply, int64_t *n)
{
	if (reply->kind == QUEUE_TEXT)
		return read_number(reply->text, reply->len, n);
	if (reply->kind != QUEUE_INTEGER)
		return false;
	*n = reply->integer;
	return true;
}

bool
queue_reply_is(const struct queue_reply *reply, const char *text)
{
	return reply->kind == QUEUE_TEXT && reply->len == strlen(text) &&
	       memcmp(reply->text, text, reply->len) == 0;
}
