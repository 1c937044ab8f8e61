/*
 * From text to truth in two steps: a recursive-descent parser, one function
 * for each rule of the grammar in assertion.h, checks the dimensions and
 * writes instructions for a stack machine; assertion_check() runs these.
 */
#include "config.h"

#include "stats/assertion.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "text/ascii.h"

enum {
	DEPTH_MAX = 100 /* nested parentheses: the parser recurses */
};

/* An instruction of the stack machine that evaluates both sides. */
struct step {
	char kind;     /* 'a' push an arm, 'n' push a number, '+' '-' '*' '/' */
	size_t arm;    /* 'a': its index */
	double number; /* 'n' */
};

enum relation {
	LESS,
	LESS_EQUAL,
	MORE,
	MORE_EQUAL,
	RELATIONS
};

static const char *const relation_texts[RELATIONS] = {
    [LESS] = "<",
    [LESS_EQUAL] = "<=",
    [MORE] = ">",
    [MORE_EQUAL] = ">=",
};

struct assertion {
	struct step *steps; /* those of the left side, then of the right */
	size_t len;
	enum relation relation;
	bool ratio; /* the sides are not times */
};

/* The dimension of an expression. */
struct type {
	int power;  /* of time: 1 is a time, 0 a number, -1 one per time */
	bool plain; /* it is made of numbers without a unit only, which may
	             * stand for seconds */
};

struct parser {
	const char *text; /* all of it */
	const char *at;   /* how far it is parsed */
	const struct arm_names *names;
	struct assertion *out;
	unsigned depth; /* parentheses that are open */
	char **cause;
};

static const struct {
	const char *name;
	double seconds;
} units[] = {{"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}};

static int parse_sum(struct parser *p, struct type *type);

/* Set the cause to what is wrong at `at`. Returns -1. */
__attribute__((format(printf, 3, 4))) static int
fail_at(struct parser *p, const char *at, const char *fmt, ...)
{
	struct buf text;
	va_list ap;

	buf_init(&text);
	buf_addf(&text, "--assert '%s', column %zu: ", p->text,
	    (size_t)(at - p->text) + 1);
	va_start(ap, fmt);
	buf_addv(&text, fmt, ap);
	va_end(ap);
	*p->cause = buf_take(&text);
	return -1;
}

static void
skip_blanks(struct parser *p)
{
	while (ascii_is_blank(*p->at))
		p->at++;
}

static void
add_step(struct parser *p, struct step step)
{
	struct assertion *a = p->out;

	a->steps = xreallocarray(a->steps, a->len + 1, sizeof(*a->steps));
	a->steps[a->len++] = step;
}

/* Returns the names of all arms, for a message; caller frees. */
static char *
list_names(const struct arm_names *names)
{
	struct buf out;

	buf_init(&out);
	for (size_t i = 0; i < names->len; i++)
		buf_addf(&out, "%s%s", i ? ", " : "", names->items[i]);
	return buf_take(&out);
}

static size_t
word_length(const char *at)
{
	size_t len = 0;

	while (ascii_is_alnum(at[len]) || at[len] == ':' || at[len] == '_')
		len++;
	return len;
}

static int
parse_arm(struct parser *p, struct type *type)
{
	size_t len = word_length(p->at);
	char *all;

	for (size_t i = 0; i < p->names->len; i++) {
		const char *name = p->names->items[i];

		if (strlen(name) != len || strncmp(name, p->at, len) != 0)
			continue;
		add_step(p, (struct step){.kind = 'a', .arm = i});
		*type = (struct type){.power = 1};
		p->at += len;
		return 0;
	}
	all = list_names(p->names);
	fail_at(p, p->at, "unknown arm %.*s; the arms are %s", (int)len, p->at,
	    all);
	free(all);
	return -1;
}

/* Parse digits with at most one point. strtod() would follow the locale, and
 * would take exponents and "inf", too. */
static int
parse_digits(struct parser *p, double *value)
{
	double scale = 1;
	const char *start = p->at;

	*value = 0;
	for (bool point = false;; p->at++) {
		if (*p->at == '.' && !point) {
			point = true;
		} else if (ascii_is_digit(*p->at)) {
			*value = *value * 10 + (*p->at - '0');
			scale *= point ? 10 : 1;
		} else {
			break;
		}
	}
	*value /= scale;
	return p->at == start + (*start == '.')
	           ? fail_at(p, start, "expected digits")
	           : 0;
}

static int
parse_number(struct parser *p, struct type *type)
{
	struct step step = {.kind = 'n'};
	const char *unit;
	size_t len;

	if (parse_digits(p, &step.number))
		return -1;
	skip_blanks(p);
	unit = p->at;
	len = ascii_is_alpha(*unit) ? word_length(unit) : 0;
	*type = (struct type){.power = len > 0, .plain = len == 0};
	p->at += len;
	for (size_t i = 0; len && i < sizeof(units) / sizeof(*units); i++)
		if (strlen(units[i].name) == len &&
		    strncmp(units[i].name, unit, len) == 0) {
			step.number *= units[i].seconds;
			len = 0;
		}
	if (len)
		return fail_at(p, unit,
		    "unknown unit %.*s; use us, ms, s, m or h", (int)len, unit);
	add_step(p, step);
	return 0;
}

static int
parse_group(struct parser *p, struct type *type)
{
	const char *open = p->at++;

	if (++p->depth > DEPTH_MAX)
		return fail_at(p, open, "too many nested parentheses");
	if (parse_sum(p, type))
		return -1;
	if (*p->at != ')')
		return fail_at(p, open, "unclosed parenthesis");
	p->at++;
	p->depth--;
	return 0;
}

static int
parse_factor(struct parser *p, struct type *type)
{
	skip_blanks(p);
	if (*p->at == '(')
		return parse_group(p, type);
	if (ascii_is_digit(*p->at) || *p->at == '.')
		return parse_number(p, type);
	if (ascii_is_alpha(*p->at))
		return parse_arm(p, type);
	if (!*p->at)
		return fail_at(p, p->at,
		    "expected an arm or a number such as 1.5s, not the end");
	return fail_at(p, p->at, "expected an arm or a number such as 1.5s");
}

static int
parse_product(struct parser *p, struct type *type)
{
	struct type right = {0};

	if (parse_factor(p, type))
		return -1;
	for (;;) {
		char sign;

		skip_blanks(p);
		sign = *p->at;
		if (sign != '*' && sign != '/')
			return 0;
		p->at++;
		if (parse_factor(p, &right))
			return -1;
		type->power += sign == '*' ? right.power : -right.power;
		type->plain = type->plain && right.plain;
		add_step(p, (struct step){.kind = sign});
	}
}

/* Make `a` the type of a sum or comparison of `a` and `b`, where plain numbers
 * become seconds beside a time. False: the types do not fit. */
static bool
unify_types(struct type *a, const struct type *b)
{
	if (a->power == b->power) {
		a->plain = a->plain && b->plain;
		return true;
	}
	if (b->plain && a->power == 1)
		return true;
	if (!a->plain || b->power != 1)
		return false;
	*a = *b;
	return true;
}

static int
parse_sum(struct parser *p, struct type *type)
{
	struct type right = {0};

	if (parse_product(p, type))
		return -1;
	for (;;) {
		const char *sign;

		skip_blanks(p);
		sign = p->at;
		if (*sign != '+' && *sign != '-')
			return 0;
		p->at++;
		if (parse_product(p, &right))
			return -1;
		if (!unify_types(type, &right))
			return fail_at(
			    p, sign, "cannot add a time and a ratio");
		add_step(p, (struct step){.kind = *sign});
	}
}

static int
parse_relation(struct parser *p)
{
	const char *at = p->at;
	bool less = *at == '<';
	bool equal = *at && at[1] == '=';

	if (*at != '<' && *at != '>')
		return fail_at(
		    p, at, "expected <, <=, > or >=, as in async <= sync/4");
	p->out->relation =
	    less ? (equal ? LESS_EQUAL : LESS) : (equal ? MORE_EQUAL : MORE);
	p->at += equal ? 2 : 1;
	return 0;
}

static int
parse_whole(struct parser *p)
{
	struct type left = {0};
	struct type right = {0};
	const char *relation;

	if (parse_sum(p, &left))
		return -1;
	relation = p->at;
	if (parse_relation(p) || parse_sum(p, &right))
		return -1;
	if (*p->at)
		return fail_at(p, p->at, "unexpected text after the assertion");
	if (!unify_types(&left, &right) || left.power < 0 || left.power > 1)
		return fail_at(p, relation,
		    "both sides must be times, or both must be ratios");
	p->out->ratio = left.power == 0;
	return 0;
}

struct assertion *
assertion_parse(const char *text, const struct arm_names *names, char **cause)
{
	struct assertion *a = xcalloc(1, sizeof(*a));
	struct parser p = {
	    .text = text,
	    .at = text,
	    .names = names,
	    .out = a,
	    .cause = cause,
	};

	if (parse_whole(&p) == 0)
		return a;
	assertion_free(a);
	return NULL;
}

void
assertion_free(struct assertion *a)
{
	if (!a)
		return;
	free(a->steps);
	free(a);
}

static double
calculate(char sign, double a, double b)
{
	switch (sign) {
	case '+': return a + b;
	case '-': return a - b;
	case '*': return a * b;
	default: return a / b;
	}
}

static bool
relation_holds(enum relation relation, double left, double right)
{
	switch (relation) {
	case LESS: return left < right;
	case LESS_EQUAL: return left <= right;
	case MORE: return left > right;
	case MORE_EQUAL: return left >= right;
	case RELATIONS: break;
	}
	return false;
}

struct assertion_outcome
assertion_check(const struct assertion *a, const double *seconds)
{
	struct assertion_outcome out = {
	    .ratio = a->ratio, .relation = relation_texts[a->relation]};
	double *stack = xcalloc(a->len + 2, sizeof(*stack));
	size_t top = 0;

	for (size_t i = 0; i < a->len; i++) {
		const struct step *s = &a->steps[i];

		if (s->kind == 'a' || s->kind == 'n') {
			stack[top++] =
			    s->kind == 'a' ? seconds[s->arm] : s->number;
			continue;
		}
		top--;
		stack[top - 1] = calculate(s->kind, stack[top - 1], stack[top]);
	}
	out.left = stack[0];
	out.right = stack[1];
	out.holds = isfinite(out.left) && isfinite(out.right) &&
	            relation_holds(a->relation, out.left, out.right);
	free(stack);
	return out;
}
