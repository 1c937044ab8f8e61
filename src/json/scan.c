/* Scanning a JSON text (RFC 8259) into its tape, in one pass and without
 * recursion: a state says what may come next, a stack of containers where a
 * closing bracket belongs. The hot path of -j; most bytes are in strings, which
 * string.c checks eight at a time. */
#include "config.h"

#include "json/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "json/members.h"
#include "json/string.h"
#include "text/ascii.h"
#include "text/utf8.h"

enum {
	TAPE_SMALLEST = 256,
	TAPE_KEPT = 1 << 17 /* 1 MiB, kept from text to text */
};

/* A scan at work. Once `problem` is set, `at` stays where it is. */
struct scan {
	const char *at; /* next byte; where the problem is, once there is one */
	const char *end;
	struct json_doc *doc;
	const char *problem;  /* NULL: none so far */
	const char *expected; /* what stood in place of the byte at `at` */
	unsigned depth;
	uint32_t open[JSON_DEPTH_MAX]; /* the containers around `at` */
};

enum state {
	STATE_VALUE,         /* a value must follow */
	STATE_FIRST_ELEMENT, /* a value or ] */
	STATE_FIRST_NAME,    /* a name or } */
	STATE_NAME,          /* a name must follow */
	STATE_AFTER,         /* behind a value */
	STATE_DONE,
	STATE_FAILED,
};

/* End the scan with a problem at `at`. It is static. */
static enum state
fail_with(struct scan *s, const char *at, const char *problem)
{
	s->at = at;
	s->problem = problem;
	return STATE_FAILED;
}

/* End the scan, since something else than `what` stands here. */
static enum state
fail_expecting(struct scan *s, const char *what)
{
	s->expected = what;
	return fail_with(s, s->at, "");
}

/* The offset of `at` in the text. */
static uint32_t
offset_of(const struct scan *s, const char *at)
{
	return (uint32_t)(at - s->doc->text);
}

/* Make room for more tokens. */
static void
grow_tape(struct json_doc *doc)
{
	size_t cap = doc->tape_cap ? 2 * doc->tape_cap : TAPE_SMALLEST;

	doc->tape = xreallocarray(doc->tape, cap, sizeof(*doc->tape));
	doc->tape_cap = cap;
}

/* Append a token that starts at `start`. */
static inline void
add_token(struct scan *s, const char *start, uint32_t link)
{
	struct json_doc *doc = s->doc;

	if (doc->tape_len == doc->tape_cap)
		grow_tape(doc);
	doc->tape[doc->tape_len++] =
	    (struct json_token){offset_of(s, start), link};
}

/* Step over blanks. Indentation is mostly long runs of spaces, so they are
 * taken eight at a time. */
static inline void
skip_blanks(struct scan *s)
{
	const char *at = s->at;

	while (at != s->end && json_is_blank(*at)) {
		at++;
		while (s->end - at >= 8 && memcmp(at, "        ", 8) == 0)
			at += 8;
	}
	s->at = at;
}

/* Scan the string whose opening quote comes next, as one token. */
static bool
scan_string(struct scan *s)
{
	struct json_string_scan string = json_string_scan(s->at, s->end);
	uint32_t link;

	if (string.problem) {
		fail_with(s, string.at, string.problem);
		return false;
	}
	link = offset_of(s, string.at);
	add_token(s, s->at, string.escaped ? link | JSON_ESCAPED : link);
	s->at = string.at;
	return true;
}

/* Is `at` a digit, and not the end? */
static inline bool
is_digit(const char *at, const char *end)
{
	return at != end && ascii_is_digit(*at);
}

static inline const char *
skip_digits(const char *at, const char *end)
{
	while (is_digit(at, end))
		at++;
	return at;
}

/* Step over digits, of which there must be one. */
static bool
require_digits(struct scan *s)
{
	if (!is_digit(s->at, s->end)) {
		fail_expecting(s, "a digit");
		return false;
	}
	s->at = skip_digits(s->at, s->end);
	return true;
}

/* Step over what may stand behind the integer part of a number. */
static enum state
scan_fraction_and_exponent(struct scan *s)
{
	if (s->at != s->end && *s->at == '.') {
		s->at++;
		if (!require_digits(s))
			return STATE_FAILED;
	}
	if (s->at != s->end && (*s->at == 'e' || *s->at == 'E')) {
		s->at++;
		if (s->at != s->end && (*s->at == '+' || *s->at == '-'))
			s->at++;
		if (!require_digits(s))
			return STATE_FAILED;
	}
	return STATE_AFTER;
}

/* Scan a number (RFC 8259, 6). */
static enum state
scan_number(struct scan *s)
{
	const char *start = s->at, *first;

	if (*s->at == '-')
		s->at++;
	first = s->at;
	if (!require_digits(s))
		return STATE_FAILED;
	if (*first == '0' && s->at - first > 1)
		return fail_with(s, first, "a number has no leading zeros");
	if (scan_fraction_and_exponent(s) == STATE_FAILED)
		return STATE_FAILED;
	add_token(s, start, offset_of(s, s->at));
	return STATE_AFTER;
}

/* Scan true, false or null; anything else is not a value. */
static enum state
scan_literal(struct scan *s)
{
	static const struct {
		const char *word;
		size_t len;
	} literals[] = {{"true", 4}, {"false", 5}, {"null", 4}};
	size_t left = (size_t)(s->end - s->at);

	for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); i++) {
		size_t len = literals[i].len;

		if (left < len || memcmp(s->at, literals[i].word, len) != 0)
			continue;
		add_token(s, s->at, offset_of(s, s->at + len));
		s->at += len;
		return STATE_AFTER;
	}
	return fail_expecting(s, "a value");
}

/* Open an array or object. Its link is not known yet. */
static enum state
open_container(struct scan *s)
{
	if (s->depth == JSON_DEPTH_MAX)
		return fail_with(s, s->at, "nested more than 1000 levels deep");
	s->open[s->depth++] = (uint32_t)s->doc->tape_len;
	add_token(s, s->at, 0);
	return *s->at++ == '{' ? STATE_FIRST_NAME : STATE_FIRST_ELEMENT;
}

/* Close the innermost container, and link it with what follows. */
static enum state
close_container(struct scan *s)
{
	uint32_t container = s->open[--s->depth];

	add_token(s, s->at++, container);
	s->doc->tape[container].link = (uint32_t)s->doc->tape_len;
	return STATE_AFTER;
}

/* Scan a value, or the opening bracket of one. */
static enum state
scan_value(struct scan *s)
{
	skip_blanks(s);
	if (s->at == s->end)
		return fail_expecting(s, "a value");
	if (*s->at == '"')
		return scan_string(s) ? STATE_AFTER : STATE_FAILED;
	if (*s->at == '{' || *s->at == '[')
		return open_container(s);
	if (*s->at == '-' || is_digit(s->at, s->end))
		return scan_number(s);
	return scan_literal(s);
}

/* Scan what may follow an opening `[`. */
static enum state
scan_first_element(struct scan *s)
{
	skip_blanks(s);
	if (s->at != s->end && *s->at == ']')
		return close_container(s);
	return scan_value(s);
}

/* Scan a member name, its colon, and the value. */
static enum state
scan_name(struct scan *s)
{
	skip_blanks(s);
	if (s->at == s->end || *s->at != '"')
		return fail_expecting(s, "a member name in double quotes");
	if (!scan_string(s))
		return STATE_FAILED;
	skip_blanks(s);
	if (s->at == s->end || *s->at != ':')
		return fail_expecting(s, "':'");
	s->at++;
	return scan_value(s);
}

/* Scan what may follow an opening `{`. */
static enum state
scan_first_name(struct scan *s)
{
	skip_blanks(s);
	if (s->at != s->end && *s->at == '}')
		return close_container(s);
	return scan_name(s);
}

/* Only blanks may follow the outermost value; they are skipped already. */
static enum state
scan_end(struct scan *s)
{
	if (s->at != s->end)
		return fail_with(
		    s, s->at, "trailing text after the JSON value");
	return STATE_DONE;
}

/* Scan what may follow a value: a comma, a closing bracket, the end. */
static enum state
scan_after(struct scan *s)
{
	bool in_object;

	skip_blanks(s);
	if (s->depth == 0)
		return scan_end(s);
	in_object = json_first(s->doc, s->open[s->depth - 1]) == '{';
	if (s->at != s->end && *s->at == ',') {
		s->at++;
		return in_object ? STATE_NAME : STATE_VALUE;
	}
	if (s->at != s->end && *s->at == (in_object ? '}' : ']'))
		return close_container(s);
	return fail_expecting(s, in_object ? "',' or '}'" : "',' or ']'");
}

/* Scan the whole text, from state to state. */
static enum state
scan_text(struct scan *s)
{
	enum state state = STATE_VALUE;

	for (;;) {
		switch (state) {
		case STATE_VALUE: state = scan_value(s); break;
		case STATE_FIRST_ELEMENT: state = scan_first_element(s); break;
		case STATE_FIRST_NAME: state = scan_first_name(s); break;
		case STATE_NAME: state = scan_name(s); break;
		case STATE_AFTER: state = scan_after(s); break;
		case STATE_DONE:
		case STATE_FAILED: return state;
		}
	}
}

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
	const char *line = s->doc->text;

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

/* Give a large tape back before a text that needs less than an eighth of it:
 * one large text must not cost its memory for the rest of the run. */
static void
shrink_tape(struct json_doc *doc, size_t len)
{
	if (doc->tape_cap <= TAPE_KEPT || doc->tape_cap / 8 < len)
		return;
	free(doc->tape);
	doc->tape = NULL;
	doc->tape_cap = 0;
}

int
json_doc_scan(struct json_doc *doc, const char *text, size_t len,
    struct json_error *error)
{
	struct scan s = {.doc = doc, .end = text + len};

	text = utf8_skip_mark(text, &len);
	s.at = text;
	shrink_tape(doc, len);
	json_members_forget(doc->members);
	doc->text = text;
	doc->tape_len = 0;
	if (len > JSON_TEXT_MAX)
		s.problem = "the text is 2 GiB or larger";
	if (!s.problem && scan_text(&s) == STATE_DONE)
		return 0;
	doc->tape_len = 0;
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
