/*
 * Parsing filter expressions (RFC 9535, 2.3.5), and checking their types
 * (2.4.3): a test or a comparison is made of operands, and operands are
 * queries, literals and calls. From top to bottom: checks of types, calls,
 * operands, comparisons, and what joins them.
 *
 * Functions require_* report a problem and return false where an expression
 * does not fit.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "json/path_eval.h"
#include "json/path_parse.h"
#include "json/regex.h"
#include "text/ascii.h"

static struct json_expr *parse_or(struct json_parser *p);

/* An expression of the pool, zeroed but for its kind and place. */
static struct json_expr *
new_expr(struct json_parser *p, enum json_expr_kind kind, const char *at)
{
	struct json_expr *e =
	    pool_alloc(&p->path->pool, sizeof(struct json_expr));

	e->kind = kind;
	e->at = at;
	return e;
}

/* Can `e` be a test, which is true or false? */
static bool
require_test(struct json_parser *p, const struct json_expr *e)
{
	if (e->kind == JSON_EXPR_STRING || e->kind == JSON_EXPR_LITERAL) {
		json_parse_fail(p, e->at,
		    "a literal is not a test; compare it: @.name == ...");
		return false;
	}
	if (e->kind == JSON_EXPR_CALL &&
	    e->function->result == JSON_RESULT_VALUE) {
		json_parse_fail(p, e->at,
		    "%s() returns a value, not a test; compare it: %s(...) == "
		    "...",
		    e->function->name, e->function->name);
		return false;
	}
	return true;
}

/* Does `e` have one value, as an operand of a comparison or an argument of type
 * VALUE needs it? */
static bool
require_value(struct json_parser *p, const struct json_expr *e)
{
	if (e->kind == JSON_EXPR_STRING || e->kind == JSON_EXPR_LITERAL)
		return true;
	if (e->kind == JSON_EXPR_QUERY && !e->grouped) {
		if (e->query.singular)
			return true;
		json_parse_fail(p, e->at,
		    "a value must come from a path that matches at most once: "
		    "no *, .., slices, unions or filters");
		return false;
	}
	if (e->kind == JSON_EXPR_CALL && !e->grouped &&
	    e->function->result == JSON_RESULT_VALUE)
		return true;
	json_parse_fail(p, e->at,
	    "a test is not a value: it cannot be compared or passed to a "
	    "function");
	return false;
}

/* Is `e` a query, as an argument of type NODES must be? */
static bool
require_path(struct json_parser *p, const struct json_expr *e)
{
	if (e->kind == JSON_EXPR_QUERY && !e->grouped)
		return true;
	json_parse_fail(p, e->at, "this function takes a path, as in @.*");
	return false;
}

/* Check one argument against the type of its parameter. */
static bool
check_argument(struct json_parser *p, enum json_result_type type,
    const struct json_expr *e)
{
	static bool (*const checks[])(
	    struct json_parser *, const struct json_expr *) = {
	    [JSON_RESULT_VALUE] = require_value,
	    [JSON_RESULT_LOGICAL] = require_test,
	    [JSON_RESULT_NODES] = require_path,
	};

	return checks[type](p, e);
}

/* Load PCRE2 for the first call of match() or search() in a path. */
static int
open_engine(struct json_parser *p, const char *function, const char *at)
{
	struct json_path *path = p->path;
	char *cause;

	if (!path->regex_engine)
		path->regex_engine = json_regex_engine_new(&cause);
	if (path->regex_engine)
		return 0;
	json_parse_fail(p, at, "%s() needs PCRE2: %s", function, cause);
	free(cause);
	return -1;
}

/* Compile the pattern of a call if it is a literal: once for all documents, and
 * a bad one is reported now. Other patterns are compiled when they are known
 * (filter_eval.c). */
static int
compile_pattern(
    struct json_parser *p, const struct json_function *f, struct json_expr *e)
{
	struct json_regex_use use = {.extent = f->pattern};
	const char *problem;

	if (f->pattern == JSON_REGEX_NONE)
		return 0;
	if (open_engine(p, f->name, e->at) < 0)
		return -1;
	if (e->kind != JSON_EXPR_STRING)
		return 0;
	use.engine = p->path->regex_engine;
	e->regex = json_regex_new(e->text.bytes, e->text.len, use, &problem);
	if (!e->regex)
		return json_parse_fail(p, e->at, "%s", problem);
	e->next_pattern = p->path->patterns;
	p->path->patterns = e;
	return 0;
}

/* Check the number of arguments and their types. */
static int
check_call(struct json_parser *p, struct json_expr *call, unsigned count)
{
	const struct json_function *f = call->function;

	if (count != f->arity)
		return json_parse_fail(p, call->at, "%s() takes %u argument%s",
		    f->name, f->arity, f->arity == 1 ? "" : "s");
	for (unsigned i = 0; i < count; i++)
		if (!check_argument(p, f->parameters[i], call->arguments[i]))
			return -1;
	return compile_pattern(p, f, call->arguments[f->arity - 1]);
}

/* Read the arguments of a call, behind its opening parenthesis. */
static int
parse_function_arguments(struct json_parser *p, struct json_expr *call)
{
	unsigned count = 0;
	struct json_expr *argument;

	json_skip_blanks(p);
	if (json_take(p, ')'))
		return check_call(p, call, 0);
	for (;;) {
		argument = parse_or(p);
		if (!argument)
			return -1;
		if (count < JSON_ARGUMENTS_MAX)
			call->arguments[count] = argument;
		count++;
		json_skip_blanks(p);
		if (json_take(p, ')'))
			return check_call(p, call, count);
		if (!json_take(p, ','))
			return json_parse_fail(p, p->at, "expected , or )");
		json_skip_blanks(p);
	}
}

/* Read a call; `name` is the length of its name, which comes next. */
static struct json_expr *
parse_call(struct json_parser *p, size_t name)
{
	struct json_expr *e = new_expr(p, JSON_EXPR_CALL, p->at);

	e->function = json_function_find(p->at, name);
	if (!e->function) {
		json_parse_fail(p, p->at,
		    "unknown function; known are count, length, match, search "
		    "and value");
		return NULL;
	}
	p->at += name + 1;
	return parse_function_arguments(p, e) == 0 ? e : NULL;
}

/* Read what begins with a name: a call, or true, false, null. Members without
 * @. and strings without quotes end here, too. */
static struct json_expr *
parse_word(struct json_parser *p)
{
	static const char *const literals[] = {"true", "false", "null"};
	size_t len = json_name_length(p, p->at);
	struct json_expr *e = new_expr(p, JSON_EXPR_LITERAL, p->at);

	if (p->at[len] == '(')
		return parse_call(p, len);
	for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); i++) {
		if (strlen(literals[i]) != len ||
		    !json_take_word(p, literals[i]))
			continue;
		e->text = (struct json_text){literals[i], len};
		return e;
	}
	json_parse_fail(p, p->at,
	    "write @.%.*s for a member, '%.*s' for a string",
	    (int)(len < 30 ? len : 30), p->at, (int)(len < 30 ? len : 30),
	    p->at);
	return NULL;
}

/* Step over digits, of which there must be one. */
static int
skip_digits(struct json_parser *p)
{
	if (!ascii_is_digit(*p->at))
		return json_parse_fail(p, p->at, "expected a digit");
	while (ascii_is_digit(*p->at))
		p->at++;
	return 0;
}

/* Step over a number (RFC 8259, 6). */
static int
skip_number(struct json_parser *p)
{
	const char *digits;

	json_take(p, '-');
	digits = p->at;
	if (skip_digits(p) != 0)
		return -1;
	if (*digits == '0' && p->at - digits > 1)
		return json_parse_fail(
		    p, digits, "a number has no leading zeros");
	if (json_take(p, '.') && skip_digits(p) != 0)
		return -1;
	if (!json_take(p, 'e') && !json_take(p, 'E'))
		return 0;
	if (!json_take(p, '+'))
		json_take(p, '-');
	return skip_digits(p);
}

/* Read a number, kept as it is written. */
static struct json_expr *
parse_number(struct json_parser *p)
{
	struct json_expr *e = new_expr(p, JSON_EXPR_LITERAL, p->at);

	if (skip_number(p) != 0)
		return NULL;
	e->text.len = (size_t)(p->at - e->at);
	e->text.bytes = pool_memdup0(&p->path->pool, e->at, e->text.len);
	return e;
}

static struct json_expr *
parse_string(struct json_parser *p)
{
	struct json_expr *e = new_expr(p, JSON_EXPR_STRING, p->at);

	return json_parse_string(p, &e->text) == 0 ? e : NULL;
}

/* Does a query come next? */
static bool
at_query(const struct json_parser *p)
{
	if (*p->at == '@' || *p->at == '$')
		return true;
	return p->dollar_optional && (*p->at == '.' || *p->at == '[');
}

/* Read a query. */
static struct json_expr *
parse_query(struct json_parser *p)
{
	struct json_expr *e = new_expr(p, JSON_EXPR_QUERY, p->at);

	e->query.relative = json_take(p, '@');
	if (!e->query.relative)
		json_take(p, '$');
	if (!e->query.relative)
		e->query.number = p->path->constants++;
	return json_parse_segments(p, &e->query) == 0 ? e : NULL;
}

/* Read a query, a literal or a call. */
static struct json_expr *
parse_operand(struct json_parser *p)
{
	char c = *p->at;

	if (at_query(p))
		return parse_query(p);
	if (c == '\'' || c == '"')
		return parse_string(p);
	if (c == '-' || ascii_is_digit(c))
		return parse_number(p);
	if (json_name_length(p, p->at) > 0)
		return parse_word(p);
	json_parse_fail(p, p->at,
	    c == '.' ? "a path in a filter starts with @ or $"
	             : "expected a path (@...), a literal or a function");
	return NULL;
}

/* Step over a relation such as ==, blanks before it included. The longer of two
 * that begin alike stands first in the table. */
static bool
take_relation(struct json_parser *p, enum json_relation *relation)
{
	static const char *const words[] = {
	    [JSON_EQ] = "==",
	    [JSON_NE] = "!=",
	    [JSON_LE] = "<=",
	    [JSON_GE] = ">=",
	    [JSON_LT] = "<",
	    [JSON_GT] = ">",
	};
	const char *before = p->at;

	json_skip_blanks(p);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!json_take_word(p, words[i]))
			continue;
		*relation = (enum json_relation)i;
		return true;
	}
	p->at = before;
	return false;
}

/* Read a comparison, or an operand that stands by itself as a test. */
static struct json_expr *
parse_comparison(struct json_parser *p)
{
	struct json_expr *left = parse_operand(p), *e;
	enum json_relation relation;

	if (!left)
		return NULL;
	if (!take_relation(p, &relation))
		return left;
	e = new_expr(p, JSON_EXPR_COMPARE, left->at);
	e->relation = relation;
	e->left = left;
	json_skip_blanks(p);
	e->right = parse_operand(p);
	if (!e->right || !require_value(p, left) || !require_value(p, e->right))
		return NULL;
	return e;
}

/* Read an expression in parentheses, the opening one of which comes next. */
static struct json_expr *
parse_group(struct json_parser *p)
{
	struct json_expr *e;

	p->at++;
	json_skip_blanks(p);
	e = parse_or(p);
	if (!e || !require_test(p, e))
		return NULL;
	json_skip_blanks(p);
	if (!json_take(p, ')')) {
		json_parse_fail(p, p->at, "missing closing )");
		return NULL;
	}
	e->grouped = true;
	return e;
}

/* Report `why` if `e` is followed by a relation: a test cannot be compared. */
static struct json_expr *
reject_comparison(struct json_parser *p, struct json_expr *e, const char *why)
{
	enum json_relation relation;
	const char *before = p->at;

	if (!e || !take_relation(p, &relation))
		return e;
	json_parse_fail(p, before, "%s", why);
	return NULL;
}

/* Read the negation of a group or of one operand. */
static struct json_expr *
parse_not(struct json_parser *p)
{
	struct json_expr *e = new_expr(p, JSON_EXPR_NOT, p->at);

	p->at++;
	json_skip_blanks(p);
	e->left = *p->at == '(' ? parse_group(p) : parse_operand(p);
	e->left = reject_comparison(
	    p, e->left, "! before a comparison needs parentheses: !(@.a == 1)");
	return e->left && require_test(p, e->left) ? e : NULL;
}

/* Report operators that other languages have behind an operand, with what
 * stands for them here. */
static int
reject_foreign_operator(struct json_parser *p)
{
	static const struct {
		const char *word;
		const char *message;
	} others[] = {
	    {"=~", "write match(@.name, '...') or search(@.name, '...')"},
	    {"=", "write =="},
	    {"and ", "write &&"},
	    {"or ", "write ||"},
	    {"in ", "write @.name == 1 || @.name == 2"},
	    {"+", "filters have no arithmetic"},
	    {"-", "filters have no arithmetic"},
	    {"*", "filters have no arithmetic"},
	    {"/", "filters have no arithmetic"},
	};
	const char *before = p->at;

	json_skip_blanks(p);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		const char *at = p->at;

		if (json_take_word(p, others[i].word))
			return json_parse_fail(p, at, "%s", others[i].message);
	}
	p->at = before;
	return 0;
}

/* Read what && and || join. */
static struct json_expr *
parse_basic(struct json_parser *p)
{
	struct json_expr *e;

	if (*p->at == '!')
		e = parse_not(p);
	else if (*p->at == '(')
		e = reject_comparison(p, parse_group(p),
		    "parentheses hold a test: it cannot be compared");
	else
		e = parse_comparison(p);
	return e && reject_foreign_operator(p) == 0 ? e : NULL;
}

/* Step over && or ||, blanks around it included. */
static bool
take_connective(struct json_parser *p, const char *word)
{
	const char *before = p->at;

	json_skip_blanks(p);
	if (json_take_word(p, word)) {
		json_skip_blanks(p);
		return true;
	}
	p->at = before;
	return false;
}

/* One level of precedence: its operator, and what it joins. */
struct level {
	const char *word;
	enum json_expr_kind kind;
	struct json_expr *(*operand)(struct json_parser *);
};

/* Read the operands of one level, joined into a chain that leans to the right,
 * so that evaluating it takes no recursion. */
static struct json_expr *
parse_level(struct json_parser *p, const struct level *level)
{
	struct json_expr *first = level->operand(p), **last = &first, *pair;

	while (*last && take_connective(p, level->word)) {
		pair = new_expr(p, level->kind, (*last)->at);
		pair->left = *last;
		pair->right = level->operand(p);
		if (!pair->right || !require_test(p, pair->left) ||
		    !require_test(p, pair->right))
			return NULL;
		*last = pair;
		last = &pair->right;
	}
	return first;
}

static struct json_expr *
parse_and(struct json_parser *p)
{
	static const struct level level = {"&&", JSON_EXPR_AND, parse_basic};

	return parse_level(p, &level);
}

/* Read a whole expression. Every kind of nesting passes here, so the limit on
 * it is checked here. */
static struct json_expr *
parse_or(struct json_parser *p)
{
	static const struct level level = {"||", JSON_EXPR_OR, parse_and};
	struct json_expr *e;

	if (p->nesting == JSON_NESTING_MAX) {
		json_parse_fail(p, p->at, "nested too deeply");
		return NULL;
	}
	p->nesting++;
	e = parse_level(p, &level);
	p->nesting--;
	return e;
}

struct json_expr *
json_parse_filter(struct json_parser *p)
{
	struct json_expr *e;

	json_skip_blanks(p);
	e = parse_or(p);
	return e && require_test(p, e) ? e : NULL;
}
