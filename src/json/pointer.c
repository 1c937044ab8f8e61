/* JSON Pointer (RFC 6901), compiled to the segments of a path. */
#include "config.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "json/path_parse.h"

/* An array index: digits without a leading zero; -1: it is none. */
static int64_t
index_of(const struct json_text *token)
{
	int64_t index = 0;

	if (token->len == 0 || (token->len > 1 && token->bytes[0] == '0'))
		return -1;
	for (size_t i = 0; i < token->len; i++) {
		if (!json_is_digit(token->bytes[i]))
			return -1;
		index = index * 10 + (token->bytes[i] - '0');
		if (index > JSON_INTEGER_MAX)
			return -1;
	}
	return index;
}

/* One character of a token: ~0 is ~, ~1 is /. */
static int
parse_character(struct json_parser *p, struct buf *b)
{
	uint32_t cp;
	size_t n;

	if (json_take(p, '~')) {
		if (*p->at != '0' && *p->at != '1')
			return json_parse_fail(
			    p, p->at - 1, "write ~0 for ~ and ~1 for /");
		buf_addc(b, *p->at++ == '0' ? '~' : '/');
		return 0;
	}
	n = utf8_decode(p->at, (size_t)(p->end - p->at), &cp);
	if (n == 0)
		return json_parse_fail(p, p->at, "invalid UTF-8");
	buf_add(b, p->at, n);
	p->at += n;
	return 0;
}

static int
parse_token(struct json_parser *p, struct json_text *token)
{
	int result = 0;
	struct buf b;

	buf_init(&b);
	while (result == 0 && p->at != p->end && *p->at != '/')
		result = parse_character(p, &b);
	if (result == 0) {
		token->bytes = pool_memdup0(&p->path->pool, b.data, b.len);
		token->len = b.len;
	}
	buf_release(&b);
	return result;
}

int
json_parse_pointer(struct json_parser *p, struct json_query *query)
{
	struct json_segment **tail = &query->segments;
	struct pool *pool = &p->path->pool;

	query->singular = true;
	while (json_take(p, '/')) {
		struct json_selector *s = pool_alloc(pool, sizeof(*s));

		if (++p->segments > JSON_SEGMENTS_MAX)
			return json_parse_fail(p, p->at - 1,
			    "more than %d tokens", JSON_SEGMENTS_MAX);
		s->kind = JSON_SELECT_TOKEN;
		if (parse_token(p, &s->name) != 0)
			return -1;
		s->index = index_of(&s->name);
		*tail = pool_alloc(pool, sizeof(**tail));
		(*tail)->selectors = s;
		tail = &(*tail)->next;
	}
	return 0;
}
