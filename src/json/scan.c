/* Scanning a JSON text (RFC 8259) into its tape, in one pass and without
 * recursion: the containers that are open are a list on the tape itself. The
 * hot path of -j. What is short and plain, as most values are, is scanned here
 * by one look at a block; the rest of a string by string.c. */
#include "config.h"

#include "json/scan.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "json/block.h"
#include "json/members.h"
#include "json/string.h"
#include "text/ascii.h"
#include "text/utf8.h"

enum {
	TAPE_SMALLEST = 256,
	TAPE_GUESSED = 1 << 16, /* the most that a tape begins with */
	TAPE_KEPT = 1 << 17,    /* 1 MiB, kept from text to text */
	BYTES_PER_TOKEN = 8     /* about what there are in texts */
};

/* What a scan reads and makes, and what was wrong. */
struct scan {
	const char *text;
	const char *end;
	struct json_doc *doc;
	struct json_token *tape_end; /* behind the room for tokens */
	bool has_blanks;             /* some stand between tokens */
	/* Once there is a problem: */
	const char *at;       /* where it is */
	const char *problem;  /* NULL: none so far */
	const char *expected; /* what stood in place of the byte at `at` */
};

/* Where a scan is. Only functions that are inlined get a pointer to it, so that
 * it is kept in registers: that is half of the speed. */
struct cursor {
	const char *at;          /* the next byte */
	struct json_token *next; /* the next token */
	uint32_t open;           /* the innermost container that is open; the
	                          * link of its token is the one around it,
	                          * until it is closed */
	unsigned depth;          /* how many are open */
	char closing;            /* the bracket that closes it */
};

#define HOT static inline __attribute__((always_inline))

/* End the scan with a problem at `at`, which is static. Returns false. */
static bool
fail_with(struct scan *s, const char *at, const char *problem)
{
	s->at = at;
	s->problem = problem;
	return false;
}

/* End the scan, since something else than `what` stands here. Returns false. */
static bool
fail_expecting(struct scan *s, const char *at, const char *what)
{
	s->expected = what;
	return fail_with(s, at, "");
}

/* --- tokens --------------------------------------------------------------- */

/* Make room for more tokens. Returns where `next` is then. */
static struct json_token *
grow_tape(struct scan *s, const struct json_token *next)
{
	struct json_doc *doc = s->doc;
	size_t len = (size_t)(next - doc->tape);

	doc->tape_cap *= 2;
	doc->tape = xreallocarray(doc->tape, doc->tape_cap, sizeof(*doc->tape));
	s->tape_end = doc->tape + doc->tape_cap;
	return doc->tape + len;
}

/* The offset of `at` in the text. */
HOT uint32_t
offset_of(const struct scan *s, const char *at)
{
	return (uint32_t)(at - s->text);
}

/* Append a token that starts at `start`. */
HOT void
add_token(struct scan *s, struct cursor *c, const char *start, uint32_t link)
{
	if (c->next == s->tape_end)
		c->next = grow_tape(s, c->next);
	*c->next++ = (struct json_token){offset_of(s, start), link};
}

/* Append a token of what stands from the cursor to `end`, and step over it. */
HOT bool
take_until(struct scan *s, struct cursor *c, const char *end)
{
	add_token(s, c, c->at, offset_of(s, end));
	c->at = end;
	return true;
}

/* --- blanks --------------------------------------------------------------- */

/* Step over blanks, where there may be some, inside of containers or not.
 * Indentation is mostly long runs of spaces. */
static const char *
skip_run(struct scan *s, const char *at, bool inside)
{
	const char *start = at;

	while (block_fits(at, s->end)) {
		uint32_t others = block_blanks(at) ^ BLOCK_ALL;

		if (others) {
			at += block_first(others);
			break;
		}
		at += BLOCK;
	}
	while (at != s->end && json_is_blank(*at))
		at++;
	s->has_blanks |= inside && at != start;
	return at;
}

/* Step over blanks, if there are any. Most often there is none, or one. */
HOT void
skip_blanks(struct scan *s, struct cursor *c)
{
	if (c->at == s->end || (unsigned char)*c->at > ' ')
		return;
	if (*c->at == ' ' && s->end - c->at > 1 && c->depth > 0 &&
	    (unsigned char)c->at[1] > ' ') {
		s->has_blanks = true;
		c->at++;
	} else {
		c->at = skip_run(s, c->at, c->depth > 0);
	}
}

/* Is it `byte` that comes next, or behind blanks? They are stepped over. */
HOT bool
is_next(struct scan *s, struct cursor *c, char byte)
{
	if (c->at != s->end && *c->at == byte)
		return true;
	skip_blanks(s, c);
	return c->at != s->end && *c->at == byte;
}

/* --- values that are no containers ---------------------------------------- */

/* Scan the rest of a string, from `at` on: the first looks at it did not find
 * its end. *link is set to that of its token. */
static const char *
scan_rest(struct scan *s, const char *at, uint32_t *link)
{
	struct json_string_scan string = json_string_scan(at, s->end);

	if (string.problem) {
		fail_with(s, string.at, string.problem);
		return NULL;
	}
	*link = offset_of(s, string.at);
	if (string.escaped)
		*link |= JSON_ESCAPED;
	return string.at;
}

/* Scan the string whose opening quote comes next, as one token. Most strings
 * end in the first block or the second, without an escape. */
HOT bool
scan_string(struct scan *s, struct cursor *c)
{
	const char *at = c->at + 1;
	uint32_t link;

	while (block_fits(at, s->end)) {
		uint32_t stops = block_stops(at);

		if (!stops) { /* foreseen, so that the next block is loaded */
			at += BLOCK;
			continue;
		}
		at += block_first(stops);
		if (*at != '"')
			break;
		return take_until(s, c, at + 1);
	}
	at = scan_rest(s, at, &link);
	if (!at)
		return false;
	add_token(s, c, c->at, link);
	c->at = at;
	return true;
}

/* Step over digits, of which there must be one. */
static const char *
require_digits(struct scan *s, const char *at)
{
	const char *start = at;

	while (at != s->end && ascii_is_digit(*at))
		at++;
	if (at != start)
		return at;
	fail_expecting(s, at, "a digit");
	return NULL;
}

/* Step over what may stand behind the integer part of a number. */
static const char *
scan_fraction_and_exponent(struct scan *s, const char *at)
{
	if (at != s->end && *at == '.') {
		at = require_digits(s, at + 1);
		if (!at)
			return NULL;
	}
	if (at != s->end && (*at == 'e' || *at == 'E')) {
		at++;
		if (at != s->end && (*at == '+' || *at == '-'))
			at++;
		at = require_digits(s, at);
	}
	return at;
}

/* Scan any number (RFC 8259, 6). What begins like none is no value. Returns
 * what is behind it. */
static const char *
scan_any_number(struct scan *s, const char *start)
{
	const char *first = *start == '-' ? start + 1 : start;
	const char *at;

	if (first == start && !ascii_is_digit(*start)) {
		fail_expecting(s, start, "a value");
		return NULL;
	}
	at = require_digits(s, first);
	if (at && *first == '0' && at - first > 1) {
		fail_with(s, first, "a number has no leading zeros");
		return NULL;
	}
	return at ? scan_fraction_and_exponent(s, at) : NULL;
}

/* The length of the number at `at`, behind its sign, if it is seen at a glance:
 * it has no exponent, and it ends within the block, of which `digits` are. 0:
 * it is not that simple. */
HOT unsigned
simple_number(const char *at, uint32_t digits)
{
	unsigned len = block_first(~digits), fraction;

	if (len == 0 || len == BLOCK || (*at == '0' && len > 1))
		return 0;
	if (at[len] == '.') {
		fraction = block_first(~(digits >> (len + 1)));
		len += 1 + fraction;
		if (fraction == 0 || len >= BLOCK)
			return 0;
	}
	return (at[len] | 0x20) == 'e' ? 0 : len;
}

/* Scan a number. Most are short. */
HOT bool
scan_number(struct scan *s, struct cursor *c)
{
	const char *at = c->at + (*c->at == '-');
	unsigned len = 0;

	if (block_fits(at, s->end))
		len = simple_number(at, block_digits(at));
	at = len ? at + len : scan_any_number(s, c->at);
	return at && take_until(s, c, at);
}

/* Scan a word of `len` bytes; anything else is not a value. */
HOT bool
scan_word(struct scan *s, struct cursor *c, const char *word, size_t len)
{
	if ((size_t)(s->end - c->at) < len || memcmp(c->at, word, len) != 0)
		return fail_expecting(s, c->at, "a value");
	return take_until(s, c, c->at + len);
}

/* Scan a value that is no container. */
HOT bool
scan_scalar(struct scan *s, struct cursor *c)
{
	if (c->at == s->end)
		return fail_expecting(s, c->at, "a value");
	if (*c->at == '"')
		return scan_string(s, c);
	/* One look for a sign or a digit: which it is nobody can foresee. */
	if (*c->at >= '-' && *c->at <= '9')
		return scan_number(s, c);
	switch (*c->at) {
	case 't': return scan_word(s, c, "true", 4);
	case 'f': return scan_word(s, c, "false", 5);
	default: return scan_word(s, c, "null", 4);
	}
}

/* --- containers ----------------------------------------------------------- */

/* Scan a member name and its colon. */
HOT bool
scan_name(struct scan *s, struct cursor *c)
{
	if (!is_next(s, c, '"'))
		return fail_expecting(
		    s, c->at, "a member name in double quotes");
	if (!scan_string(s, c))
		return false;
	if (!is_next(s, c, ':'))
		return fail_expecting(s, c->at, "':'");
	c->at++;
	return true;
}

/* The container whose token is at `index`, and whose first byte is `bracket`,
 * is the innermost one from now on. Both closing brackets are two characters
 * behind the opening ones. */
HOT void
enter(struct cursor *c, uint32_t index, char bracket)
{
	c->open = index;
	c->closing = (char)(bracket + 2);
}

/* Open an array or object. */
HOT bool
open_container(struct scan *s, struct cursor *c)
{
	if (c->depth == JSON_DEPTH_MAX)
		return fail_with(s, c->at, "nested more than 1000 levels deep");
	add_token(s, c, c->at, c->open);
	c->depth++;
	enter(c, (uint32_t)(c->next - 1 - s->doc->tape), *c->at);
	c->at++;
	return true;
}

/* Close the innermost container, and link it with what follows. What is entered
 * behind the outermost one is of no use, and does no harm. */
HOT void
close_container(struct scan *s, struct cursor *c)
{
	struct json_token *tape, *container;
	uint32_t around;

	add_token(s, c, c->at, c->open);
	tape = s->doc->tape;
	container = &tape[c->open];
	around = container->link;
	container->link = (uint32_t)(c->next - tape);
	c->depth--;
	enter(c, around, s->text[tape[around].start]);
	c->at++;
}

HOT bool
in_object(const struct cursor *c)
{
	return c->closing == '}';
}

/* Scan what may follow a value: brackets that close, then a comma; behind the
 * outermost value only blanks. */
HOT bool
scan_after(struct scan *s, struct cursor *c)
{
	while (c->depth > 0 && !is_next(s, c, ',')) {
		if (!is_next(s, c, c->closing))
			return fail_expecting(s, c->at,
			    in_object(c) ? "',' or '}'" : "',' or ']'");
		close_container(s, c);
	}
	if (c->depth > 0)
		c->at++;
	else
		skip_blanks(s, c);
	return true;
}

/* Scan a whole value. Returns what is behind it and the blanks that follow;
 * NULL if there is a problem. *next is set to where the next token would be. */
static const char *
scan_text(struct scan *s, struct json_token **next)
{
	struct cursor c = {.at = s->text, .next = s->doc->tape};

	do {
		if (in_object(&c) && !scan_name(s, &c))
			return NULL;
		skip_blanks(s, &c);
		if (c.at != s->end && (*c.at == '{' || *c.at == '[')) {
			if (!open_container(s, &c))
				return NULL;
			if (!is_next(s, &c, c.closing))
				continue;
		} else if (!scan_scalar(s, &c)) {
			return NULL;
		}
		if (!scan_after(s, &c))
			return NULL;
	} while (c.depth > 0);
	*next = c.next;
	return c.at;
}

/* Scan the whole text. Returns whether it is JSON. */
static bool
scan_all(struct scan *s)
{
	struct json_token *next;
	const char *at = scan_text(s, &next);

	if (!at)
		return false;
	if (at != s->end)
		return fail_with(s, at, "trailing text after the JSON value");
	s->doc->tape_len = (size_t)(next - s->doc->tape);
	return true;
}

/* --- problems ------------------------------------------------------------- */

/* Describe the byte at which the scan ended, for a message. */
static void
describe_byte(char *to, size_t size, const struct scan *s)
{
	unsigned char c;

	if (s->at == s->end) {
		snprintf(to, size, "the end of the text");
		return;
	}
	c = (unsigned char)*s->at;
	if (c > ' ' && c < 0x7F)
		snprintf(to, size, "'%c'%s", c,
		    c == '<' ? " (is it HTML or XML?)" : "");
	else
		snprintf(to, size, "byte 0x%02X", c);
}

/* Say where the scan ended, and why. Only here lines and columns are
 * counted. */
static void
describe_problem(const struct scan *s, struct json_error *error)
{
	char found[40];
	const char *line = s->text;

	error->line = 1;
	for (const char *at = line; at != s->at; at++) {
		if (*at != '\n')
			continue;
		error->line++;
		line = at + 1;
	}
	error->column = utf8_count(line, (size_t)(s->at - line)) + 1;
	describe_byte(found, sizeof(found), s);
	if (s->expected)
		snprintf(error->message, sizeof(error->message),
		    "expected %s, found %s", s->expected, found);
	else
		snprintf(
		    error->message, sizeof(error->message), "%s", s->problem);
}

/* --- documents ------------------------------------------------------------ */

/* Have a tape for a text of `len` bytes. A large one is given back before a
 * text that needs less than an eighth of it: one large text must not cost its
 * memory for the rest of the run. */
static void
prepare_tape(struct json_doc *doc, size_t len)
{
	size_t guess = len / BYTES_PER_TOKEN;

	if (doc->tape_cap > TAPE_KEPT && doc->tape_cap / 8 >= len) {
		free(doc->tape);
		doc->tape = NULL;
	}
	if (doc->tape)
		return;
	doc->tape_cap = guess < TAPE_SMALLEST  ? TAPE_SMALLEST
	                : guess > TAPE_GUESSED ? TAPE_GUESSED
	                                       : guess;
	doc->tape = xreallocarray(NULL, doc->tape_cap, sizeof(*doc->tape));
}

int
json_doc_scan(struct json_doc *doc, const char *text, size_t len,
    struct json_error *error)
{
	struct scan s = {.doc = doc, .end = text + len};

	text = utf8_skip_mark(text, &len);
	prepare_tape(doc, len);
	json_members_forget(doc->members);
	doc->text = text;
	doc->tape_len = 0;
	doc->root = 0;
	s.text = text;
	s.tape_end = doc->tape + doc->tape_cap;
	if (len > JSON_TEXT_MAX)
		fail_with(&s, text, "the text is 2 GiB or larger");
	else if (scan_all(&s)) {
		doc->is_compact = !s.has_blanks;
		return 0;
	}
	describe_problem(&s, error);
	return -1;
}

struct json_doc *
json_doc_new(void)
{
	struct json_doc *doc = xcalloc(1, sizeof(*doc));

	doc->members = json_members_new();
	return doc;
}

void
json_doc_free(struct json_doc *doc)
{
	if (!doc)
		return;
	json_members_free(doc->members);
	free(doc->tape);
	free(doc);
}

/* Tokens are in the order of the text. */
void
json_doc_enter(struct json_doc *doc, const struct json_span *value)
{
	uint32_t start = (uint32_t)(value->start - doc->text);
	size_t from = 0, to = doc->tape_len;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (doc->tape[middle].start < start)
			from = middle + 1;
		else
			to = middle;
	}
	assert(from < doc->tape_len && doc->tape[from].start == start);
	doc->root = (uint32_t)from;
}

void
json_doc_leave(struct json_doc *doc)
{
	doc->root = 0;
}

size_t
json_doc_bytes(const struct json_doc *doc)
{
	return sizeof(*doc) + doc->tape_cap * sizeof(*doc->tape);
}

struct json_span
json_span_at(const struct json_doc *doc, uint32_t node)
{
	struct json_token token = doc->tape[node];
	size_t end;

	if (json_is_container(doc, node))
		end = (size_t)doc->tape[token.link - 1].start + 1;
	else
		end = token.link & ~JSON_ESCAPED;
	return (struct json_span){doc->text + token.start, end - token.start};
}
