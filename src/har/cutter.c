/*
 * A machine that reads a byte at a time, or a run of bytes inside a string. The
 * open brackets are on a stack; the entries are what stands at depth 3, inside
 * "log", inside "entries".
 */
#include "config.h"

#include "har/cutter.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "json/scan.h"
#include "text/ascii.h"

enum {
	IN_ROOT = 1, /* how many brackets are open there */
	IN_LOG = 2,
	IN_LIST = 3, /* log.entries */
	IN_ENTRY = 4,
	NAME_MAX_LEN = 8 /* of "_attempt", the longest of ours */
};

/* The numbers that say which exchange an entry is. */
enum place_part {
	PLACE_NONE,
	PLACE_N,
	PLACE_K,
	PLACE_PAGE,
	PLACE_ATTEMPT,
	PLACE_HOP
};

struct har_cutter {
	enum har_part part;
	size_t max;
	char open[JSON_DEPTH_MAX]; /* the brackets, outermost first */
	unsigned depth;
	bool in_string;
	bool is_escaped;  /* the next byte of the string is */
	bool wants_name;  /* the next string of an object is a name */
	bool is_naming;   /* the string is one, and it is kept */
	bool value_began; /* the value at this place has a first byte */
	char name[NAME_MAX_LEN + 1];
	unsigned name_len; /* above NAME_MAX_LEN: another name */
	bool in_log;
	bool in_list;
	bool saw_log;
	bool saw_list;
	bool entry_began;
	unsigned kept_depth; /* what is kept ends at this depth; 0: nothing is
	                      * kept now */
	const char *from;    /* in this piece: what is not kept yet */
	struct buf text;     /* kept of the entry */
	bool too_long;
	const char *fed;     /* the first byte of this piece ... */
	uint64_t fed_offset; /* ... and its offset in the archive */
	uint64_t text_offset;
	struct har_place place; /* of the entry */
	enum place_part number; /* whose digits are being read */
	uint64_t number_value;
	uint64_t line;
	uint64_t entry_line;
	uint64_t entries;
	unsigned mark; /* bytes of a byte order mark that were skipped */
	char *problem;
};

struct har_cutter *
har_cutter_new(enum har_part part, size_t max)
{
	struct har_cutter *c = xcalloc(1, sizeof(*c));

	c->part = part;
	c->max = max;
	c->line = 1;
	return c;
}

void
har_cutter_free(struct har_cutter *c)
{
	if (!c)
		return;
	buf_release(&c->text);
	free(c->problem);
	free(c);
}

/* The first problem stays. */
static void
set_problem(struct har_cutter *c, const char *why)
{
	if (!c->problem)
		c->problem = xasprintf("not a HAR: %s", why);
}

static bool
is_named(const struct har_cutter *c, const char *name)
{
	return c->name_len == strlen(name) &&
	       memcmp(c->name, name, c->name_len) == 0;
}

/* --- what is kept --------------------------------------------------------- */

static void
keep_from(struct har_cutter *c, const char *at)
{
	buf_clear(&c->text);
	c->too_long = false;
	c->kept_depth = c->depth;
	c->from = at;
	c->text_offset = c->fed_offset + (uint64_t)(at - c->fed);
}

/* Keep what stands in front of `end`. */
static void
keep_until(struct har_cutter *c, const char *end)
{
	size_t len = (size_t)(end - c->from);

	if (c->too_long || len > c->max - c->text.len) {
		c->too_long = true;
		buf_release(&c->text);
	} else {
		buf_add(&c->text, c->from, len);
	}
	c->from = end;
}

/* --- places --------------------------------------------------------------- */

static const char *const place_names[] = {
    [PLACE_N] = "_n",
    [PLACE_K] = "_k",
    [PLACE_PAGE] = "_page",
    [PLACE_ATTEMPT] = "_attempt",
    [PLACE_HOP] = "_hop",
};

static uint32_t
at_most_32_bits(uint64_t number)
{
	return number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
}

static void
set_place(struct har_place *p, enum place_part part, uint64_t number)
{
	switch (part) {
	case PLACE_NONE: break;
	case PLACE_N: p->n = number; break;
	case PLACE_K: p->k = at_most_32_bits(number); break;
	case PLACE_PAGE: p->page = at_most_32_bits(number); break;
	case PLACE_ATTEMPT: p->attempt = at_most_32_bits(number); break;
	case PLACE_HOP: p->hop = at_most_32_bits(number); break;
	}
}

/* A member of an entry begins: is it one of the numbers? */
static void
begin_number(struct har_cutter *c)
{
	for (size_t i = PLACE_N; i <= PLACE_HOP; i++)
		if (is_named(c, place_names[i])) {
			c->number = (enum place_part)i;
			c->number_value = 0;
		}
}

/* Take a byte of the number; what is none is as one that is missing. */
static void
add_to_number(struct har_cutter *c, char byte)
{
	if (!c->number)
		return;
	if (!ascii_is_digit(byte)) {
		c->number = PLACE_NONE;
		return;
	}
	if (c->number_value > (UINT64_MAX - 9) / 10)
		c->number_value = UINT64_MAX / 10;
	else
		c->number_value = c->number_value * 10 + (uint64_t)(byte - '0');
}

/* --- values --------------------------------------------------------------- */

static void
begin_entry(struct har_cutter *c)
{
	buf_clear(&c->text);
	c->too_long = false;
	c->entry_began = true;
	c->entry_line = c->line;
	c->place = (struct har_place){0};
	c->entries++;
}

/* The value that begins with the byte at `at` is one of log.entries, or stands
 * on the way there, or neither. */
static void
begin_value(struct har_cutter *c, const char *at)
{
	bool in_object = c->depth && c->open[c->depth - 1] == '{';

	if (c->value_began && c->depth == 0)
		set_problem(c, "more text follows its last brace");
	if (c->value_began)
		return;
	c->value_began = true;
	if (c->depth == 0 && *at != '{')
		set_problem(c, "it does not begin with a brace");
	if (c->depth == IN_LOG && c->in_log && is_named(c, "entries") &&
	    *at != '[')
		set_problem(c, "its \"entries\" are not an array");
	if (!c->in_list)
		return;
	if (c->depth == IN_LIST)
		begin_entry(c);
	if (c->depth == IN_LIST && c->part == HAR_ENTRIES)
		keep_from(c, at);
	if (c->depth != IN_ENTRY || !in_object)
		return;
	if (ascii_is_digit(*at))
		begin_number(c);
	if (c->part == HAR_REQUESTS && is_named(c, "request"))
		keep_from(c, at);
}

/* The value in front of `at` is over. True: it was an entry. */
static bool
end_value(struct har_cutter *c, const char *at)
{
	bool is_entry = c->in_list && c->depth == IN_LIST && c->entry_began;

	if (c->kept_depth && c->kept_depth == c->depth) {
		keep_until(c, at);
		c->kept_depth = 0;
	}
	set_place(&c->place, c->number, c->number_value);
	c->number = PLACE_NONE;
	if (is_entry)
		c->entry_began = false;
	return is_entry;
}

/* --- brackets ------------------------------------------------------------- */

static void
open_bracket(struct har_cutter *c, char bracket)
{
	if (c->depth == JSON_DEPTH_MAX) {
		set_problem(c, "its brackets are nested too deep");
		return;
	}
	if (c->depth == IN_ROOT && is_named(c, "log") && bracket == '{')
		c->in_log = c->saw_log = true;
	if (c->depth == IN_LOG && c->in_log && is_named(c, "entries"))
		c->in_list = c->saw_list = true;
	c->open[c->depth++] = bracket;
	c->value_began = false;
	c->wants_name = bracket == '{';
	c->name_len = NAME_MAX_LEN + 1;
}

static void
close_bracket(struct har_cutter *c, char bracket)
{
	char opened = bracket == '}' ? '{' : '[';

	if (c->depth == 0 || c->open[c->depth - 1] != opened) {
		set_problem(c, "a bracket is closed that was not opened");
		return;
	}
	if (c->depth == IN_LIST)
		c->in_list = false;
	if (c->depth == IN_LOG)
		c->in_log = false;
	c->depth--;
	c->value_began = true;
	c->wants_name = false;
}

/* --- bytes ---------------------------------------------------------------- */

static void
begin_string(struct har_cutter *c, const char *at)
{
	c->in_string = true;
	c->is_naming = c->wants_name && c->depth <= IN_ENTRY;
	if (c->is_naming)
		c->name_len = 0;
	if (!c->wants_name)
		begin_value(c, at);
}

/* Take a byte inside a string. */
static void
take_in_string(struct har_cutter *c, char byte)
{
	if (!c->is_escaped && byte == '"') {
		c->in_string = c->is_naming = false;
		return;
	}
	/* A name with an escape is not one of ours. */
	if (byte == '\\' || c->is_escaped)
		c->name_len = c->is_naming ? NAME_MAX_LEN + 1 : c->name_len;
	else if (c->is_naming && c->name_len < NAME_MAX_LEN)
		c->name[c->name_len++] = byte;
	else if (c->is_naming)
		c->name_len = NAME_MAX_LEN + 1;
	c->is_escaped = !c->is_escaped && byte == '\\';
	c->line += byte == '\n';
}

/* Take the string's bytes from `at` on; returns where it, or the text, ends.
 * Bodies are strings, so this is where nearly all bytes are. */
static const char *
take_string(struct har_cutter *c, const char *at, const char *end)
{
	while (at < end && c->in_string) {
		if (!c->is_naming && !c->is_escaped)
			while (at < end && *at != '"' && *at != '\\' &&
			       *at != '\n')
				at++;
		if (at < end)
			take_in_string(c, *at++);
	}
	return at;
}

/* Take the byte at `at`, which is outside of strings. True: an entry ends. */
static bool
take_byte(struct har_cutter *c, const char *at)
{
	bool is_entry = false;

	if (*at == ',' || *at == '}' || *at == ']')
		is_entry = end_value(c, at);
	switch (*at) {
	case '\n': c->line++; break;
	case ' ':
	case '\t':
	case '\r': break;
	case '"': begin_string(c, at); break;
	case '{':
	case '[':
		begin_value(c, at);
		open_bracket(c, *at);
		break;
	case '}':
	case ']': close_bracket(c, *at); break;
	case ':': c->wants_name = c->value_began = false; break;
	case ',':
		c->value_began = false;
		c->wants_name = c->depth && c->open[c->depth - 1] == '{';
		break;
	default: begin_value(c, at); add_to_number(c, *at);
	}
	return is_entry;
}

/* Skip a byte order mark, which only the first bytes can be. */
static void
skip_mark(struct har_cutter *c, const char **at, size_t *len)
{
	static const char mark[] = "\xef\xbb\xbf";

	while (*len && c->mark < 3 && **at == mark[c->mark]) {
		c->mark++;
		++*at;
		--*len;
	}
	if (*len)
		c->mark = 3;
}

enum har_cut
har_cutter_feed(
    struct har_cutter *c, const char **at, size_t *len, struct har_piece *out)
{
	const char *p, *end;
	bool is_entry = false;

	c->fed = *at;
	skip_mark(c, at, len);
	p = c->from = *at;
	end = p + *len;
	while (p < end && !is_entry && !c->problem) {
		if (c->in_string)
			p = take_string(c, p, end);
		else
			is_entry = take_byte(c, p++);
	}
	if (c->kept_depth)
		keep_until(c, p);
	*at = p;
	*len = (size_t)(end - p);
	c->fed_offset += (uint64_t)(p - c->fed);
	if (c->problem)
		return HAR_CUT_BAD;
	if (!is_entry)
		return HAR_CUT_MORE;
	buf_adds(&c->text, "");
	*out = (struct har_piece){.text = c->text.data,
	    .len = c->text.len,
	    .number = c->entries,
	    .line = c->entry_line,
	    .offset = c->text_offset,
	    .place = c->place,
	    .too_long = c->too_long};
	return HAR_CUT_PIECE;
}

bool
har_cutter_is_over(const struct har_cutter *c)
{
	return c->depth == 0 && c->saw_log;
}

const char *
har_cutter_problem(struct har_cutter *c)
{
	if (c->problem)
		return c->problem;
	if (c->depth && !c->entries)
		c->problem = xstrdup(
		    "the HAR ends before its first entry: it was cut off");
	else if (c->depth)
		c->problem = xasprintf("the HAR ends %s entry %" PRIu64
		                       ": it was cut off",
		    c->entry_began ? "inside" : "after", c->entries);
	else if (!c->saw_list)
		set_problem(c, "it has no \"log\" with \"entries\"");
	return c->problem;
}

uint64_t
har_cutter_line(const struct har_cutter *c)
{
	return c->line;
}

enum har_guess
har_guess(const char *text, size_t len)
{
	struct har_cutter *c = har_cutter_new(HAR_REQUESTS, 0);
	struct har_piece piece;
	enum har_guess guess = HAR_UNDECIDED;
	enum har_cut cut;

	while ((cut = har_cutter_feed(c, &text, &len, &piece)) == HAR_CUT_PIECE)
		;
	if (c->saw_log)
		guess = HAR_YES;
	else if (cut == HAR_CUT_BAD || (c->depth == 0 && c->value_began))
		guess = HAR_NO;
	har_cutter_free(c);
	return guess;
}
