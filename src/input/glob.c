/*
 * A glob is parsed into parts: literal texts, sets and ranges. An expansion is
 * then a choice from each part.
 */
#include "config.h"

#include "input/glob.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "request/template.h"
#include "text/ascii.h"

enum part_kind {
	PART_TEXT,    /* `words` holds one */
	PART_SET,     /* `words` holds the alternatives */
	PART_LETTERS, /* `first` and `step` */
	PART_NUMBERS, /* likewise, and `width` */
};

struct part {
	enum part_kind kind;
	struct strlist words;
	uint64_t first; /* number, or character code */
	uint64_t step;  /* at least 1 */
	uint64_t count; /* choices, at least 1 */
	int width;      /* numbers have so many digits at least */
};

struct glob {
	struct part *parts;
	size_t len;
	size_t globs;   /* parts that are not PART_TEXT */
	uint64_t count; /* the product of the parts' counts */
};

struct parser {
	const char *text;
	const char *at; /* what comes next in `text` */
	struct glob *glob;
	struct buf literal; /* text in front of `at` that is not a part yet */
	char **cause;
};

/* Fail with a message that names the column of `at`. Always -1. */
static int
refuse(struct parser *p, const char *at, const char *why)
{
	*p->cause = xasprintf("bad glob in column %td: %s (-g turns globs off)",
	    at - p->text + 1, why);
	return -1;
}

/* The pointer is good until the next part is added. */
static struct part *
add_part(struct glob *g, enum part_kind kind)
{
	struct part *part;

	g->parts = xgrow(g->parts, g->len, sizeof(*g->parts));
	part = &g->parts[g->len++];
	*part = (struct part){.kind = kind, .count = 1, .step = 1};
	if (kind != PART_TEXT)
		g->globs++;
	return part;
}

/* Make a part of the literal text so far, if there is any. */
static void
finish_literal(struct parser *p)
{
	struct part *part;

	if (!p->literal.len)
		return;
	part = add_part(p->glob, PART_TEXT);
	strlist_add_owned(&part->words, buf_take(&p->literal));
}

/* The part that begins at `at` is complete: count its choices. */
static int
multiply(struct parser *p, const struct part *part, const char *at)
{
	if (part->count > (uint64_t)INT64_MAX / p->glob->count)
		return refuse(
		    p, at, "it expands to more URLs than can be counted");
	p->glob->count *= part->count;
	return 0;
}

/* Parse one alternative of a set, up to its `,` or `}`. A template's name in it
 * is part of the word, whatever it holds. */
static int
parse_word(struct parser *p, struct part *part)
{
	struct buf word = {0};

	while (*p->at && *p->at != ',' && *p->at != '}') {
		size_t name = template_name_at(p->at);

		if (!name && (*p->at == '{' || *p->at == '[')) {
			buf_release(&word);
			return refuse(p, p->at, "globs cannot be nested");
		}
		p->at += *p->at == '\\' && p->at[1];
		name += !name;
		buf_add(&word, p->at, name);
		p->at += name;
	}
	strlist_add_owned(&part->words, buf_take(&word));
	return 0;
}

/* Parse {a,b,c}. Empty braces and `{{` are mostly a {{name}} gone wrong, so the
 * message says how to write one. */
static int
parse_set(struct parser *p)
{
	const char *open = p->at++;
	struct part *part = add_part(p->glob, PART_SET);

	if (*p->at == '}')
		return refuse(p, open,
		    "{} is empty; write {{.}} for a value from the "
		    "list");
	if (*p->at == '{' && !template_name_at(p->at))
		return refuse(p, open,
		    "{{ does not begin a name; write {{.}} for a value from "
		    "the list");
	for (;;) {
		if (parse_word(p, part))
			return -1;
		if (*p->at != ',')
			break;
		p->at++;
	}
	if (*p->at != '}')
		return refuse(p, open, "this { is never closed");
	p->at++;
	part->count = part->words.len;
	return multiply(p, part, open);
}

/* Read all digits at *at, which moves behind them. -1: there are none, or the
 * number is beyond INT64_MAX. */
static int
parse_number(const char **at, uint64_t *n)
{
	char *end;

	if (!ascii_is_digit(**at))
		return -1;
	errno = 0;
	*n = strtoumax(*at, &end, 10);
	if (errno || *n > INT64_MAX)
		return -1;
	*at = end;
	return 0;
}

/* Read the ends of a range, "a-z" or "001-100", into `part` and *last. -1: it
 * is neither. */
static int
parse_ends(struct part *part, const char **at, uint64_t *last)
{
	const char *s = *at;

	if (ascii_is_alpha(s[0]) && s[1] == '-' && ascii_is_alpha(s[2])) {
		part->kind = PART_LETTERS;
		part->first = (unsigned char)s[0];
		*last = (unsigned char)s[2];
		*at = s + 3;
		return 0;
	}
	part->kind = PART_NUMBERS;
	if (parse_number(at, &part->first))
		return -1;
	/* As in curl only a leading zero says that numbers are padded. */
	part->width = *s == '0' ? (int)(*at - s) : 1;
	if (**at != '-')
		return -1;
	*at += 1;
	return parse_number(at, last);
}

static int
parse_range(struct parser *p)
{
	const char *open = p->at++;
	struct part *part = add_part(p->glob, PART_NUMBERS);
	uint64_t last;

	if (parse_ends(part, &p->at, &last))
		return refuse(
		    p, open, "not a range such as [1-9], [01-99] or [a-z]");
	if (*p->at == ':') {
		p->at++;
		if (parse_number(&p->at, &part->step) || part->step == 0)
			return refuse(
			    p, p->at, "the step must be a number from 1 on");
	}
	if (*p->at != ']')
		return refuse(p, open, "the range must end with ]");
	p->at++;
	if (last < part->first)
		return refuse(p, open, "the range runs backwards");
	if (part->kind == PART_LETTERS && (last >= 'a') != (part->first >= 'a'))
		return refuse(p, open, "the range mixes upper and lower case");
	part->count = (last - part->first) / part->step + 1;
	return multiply(p, part, open);
}

/* The length of brackets at `s` that are not a range: `[]`, or around the IPv6
 * address of a host, "[fe80::1%25eth0]". 0: they may be a range. */
static size_t
literal_brackets(const char *s)
{
	size_t len = 1 + strspn(s + 1, "0123456789abcdefABCDEF:.");

	if (s[1] == ']')
		return 2;
	if (!memchr(s, ':', len) || s[len - 1] == '-')
		return 0;
	if (s[len] == '%')
		len += strcspn(s + len, "]/");
	return s[len] == ']' ? len + 1 : 0;
}

/* Add `len` bytes to the literal text. */
static void
take_literal(struct parser *p, size_t len)
{
	buf_add(&p->literal, p->at, len);
	p->at += len;
}

/* Parse what comes next: a name, a host's brackets, a set, a range, or a byte
 * of literal text. */
static int
parse_one(struct parser *p)
{
	size_t len;

	if ((len = template_name_at(p->at)) ||
	    (*p->at == '[' && (len = literal_brackets(p->at)))) {
		take_literal(p, len);
		return 0;
	}
	if (*p->at == '{' || *p->at == '[') {
		finish_literal(p);
		return *p->at == '{' ? parse_set(p) : parse_range(p);
	}
	if (*p->at == '}' || *p->at == ']')
		return refuse(p, p->at, "this bracket closes nothing");
	if (p->at[0] == '\\' && p->at[1] && strchr("{}[]", p->at[1]))
		p->at++;
	take_literal(p, 1);
	return 0;
}

static struct glob *
new_glob(void)
{
	struct glob *g = xcalloc(1, sizeof(*g));

	g->count = 1;
	return g;
}

struct glob *
glob_new(const char *text, char **cause)
{
	struct parser p = {
	    .text = text,
	    .at = text,
	    .glob = new_glob(),
	    .cause = cause,
	};

	while (*p.at) {
		if (parse_one(&p)) {
			buf_release(&p.literal);
			glob_free(p.glob);
			return NULL;
		}
	}
	finish_literal(&p);
	return p.glob;
}

struct glob *
glob_new_literal(const char *text)
{
	struct glob *g = new_glob();

	strlist_add(&add_part(g, PART_TEXT)->words, text);
	return g;
}

void
glob_free(struct glob *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->len; i++)
		strlist_release(&g->parts[i].words);
	free(g->parts);
	free(g);
}

uint64_t
glob_count(const struct glob *g)
{
	return g->count;
}

size_t
glob_parts(const struct glob *g)
{
	return g->globs;
}

/* Append the choice number `choice` of the part, from 0. */
static void
add_choice(struct buf *out, const struct part *part, uint64_t choice)
{
	uint64_t n = part->first + choice * part->step;

	switch (part->kind) {
	case PART_TEXT:
	case PART_SET: buf_adds(out, part->words.items[choice]); break;
	case PART_LETTERS: buf_addc(out, (char)n); break;
	case PART_NUMBERS: buf_addf(out, "%0*" PRIu64, part->width, n); break;
	}
}

void
glob_expand(
    const struct glob *g, uint64_t i, struct buf *out, struct strlist *values)
{
	uint64_t rest = g->count;

	/* `i` is a number in a mixed radix: each part is a digit of it, the
	 * last one the lowest. */
	for (size_t at = 0; at < g->len; at++) {
		const struct part *part = &g->parts[at];
		size_t start = out->len;

		rest /= part->count;
		add_choice(out, part, i / rest % part->count);
		if (values && part->kind != PART_TEXT)
			strlist_add_owned(values,
			    xmemdup0(out->data + start, out->len - start));
	}
}
