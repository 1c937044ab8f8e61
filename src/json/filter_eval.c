/*
 * Evaluating filter expressions (RFC 9535, 2.3.5): the values that they
 * compare, the comparisons, the functions, and at the end the tests that a
 * filter is made of.
 *
 * Values are read from the scanned text each time. Nothing is converted to a
 * double or copied, unless a string holds escapes; so numbers compare exactly,
 * and most filters allocate nothing.
 */
#include "config.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "json/path_eval.h"
#include "json/string.h"
#include "text/utf8.h"

/* --- values (RFC 9535, 2.3.5.2.2) --------------------------------------------
 */

/* The type of a value in a comparison. NOTHING stands for a query without a
 * match; it is not null. */
enum json_type {
	JSON_NOTHING, /* no value at all, which is not null */
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

/* One value. It must stay where it was initialised, since `text` may point at
 * its own `decoded` or `digits`. */
struct json_value {
	enum json_type type;
	uint32_t node;         /* ARRAY, OBJECT */
	struct json_text text; /* NUMBER: as written; STRING: decoded */
	struct buf decoded;    /* owned; text of a string with escapes */
	char digits[24];       /* text of a count */
};

/* Make `v` NOTHING. value_release gives back what it comes to own. */
static void
value_init(struct json_value *v)
{
	v->type = JSON_NOTHING;
	buf_init(&v->decoded);
}

static void
value_release(struct json_value *v)
{
	buf_release(&v->decoded);
}

/* The type of a JSON value whose first byte is `c`. */
static enum json_type
type_of(char c)
{
	static const char firsts[] = "nft\"[{";
	static const enum json_type types[] = {JSON_NULL, JSON_FALSE, JSON_TRUE,
	    JSON_STRING, JSON_ARRAY, JSON_OBJECT};
	const char *at = memchr(firsts, c, sizeof(firsts) - 1);

	return at ? types[at - firsts] : JSON_NUMBER;
}

/* Set the text of a number or string at `span`, borrowed from the document
 * unless escapes have to be decoded. */
static void
set_text(struct json_value *v, struct json_span span, bool escaped)
{
	if (v->type == JSON_NUMBER) {
		v->text = (struct json_text){span.start, span.len};
	} else if (!escaped) {
		v->text = (struct json_text){span.start + 1, span.len - 2};
	} else {
		buf_clear(&v->decoded);
		json_string_decode(&v->decoded, span.start, span.len);
		v->text = (struct json_text){v->decoded.data, v->decoded.len};
	}
}

/* Set `v` to the value at `node`. Of a number or string the text is read, which
 * costs steps by its length; of an array or object only the place is kept. */
static void
load_value(struct json_value *v, struct json_eval *eval, uint32_t node)
{
	struct json_span span;

	v->type = type_of(json_first(eval->doc, node));
	v->node = node;
	if (v->type != JSON_STRING && v->type != JSON_NUMBER)
		return;
	span = json_span_at(eval->doc, node);
	json_spend(eval, span.len / JSON_BYTES_PER_STEP);
	set_text(v, span, json_has_escapes(eval->doc, node));
}

/* Set `v` to a literal of the path: a number, true, false or null. */
static void
set_literal(struct json_value *v, struct json_text text)
{
	v->type = type_of(text.bytes[0]);
	v->text = text;
}

/* Set `v` to a string of the path, decoded already. */
static void
set_string(struct json_value *v, struct json_text text)
{
	v->type = JSON_STRING;
	v->text = text;
}

/* Set `v` to the number `n`, as length() and count() return it. */
static void
set_count(struct json_value *v, size_t n)
{
	int len = snprintf(v->digits, sizeof(v->digits), "%zu", n);

	v->type = JSON_NUMBER;
	v->text = (struct json_text){v->digits, (size_t)len};
}

/* Set `v` to the result of match() or search(). */
static void
set_logical(struct json_value *v, bool b)
{
	v->type = b ? JSON_TRUE : JSON_FALSE;
}

/* --- numbers ----------------------------------------------------------------
 */

#define EXPONENT_MAX INT64_C(1000000000000000)

/* A number as sign, digits and magnitude: sign 0.DIGITS * 10^magnitude, with no
 * zeros at either end of the digits. Zero has sign 0 and no digits. */
struct decimal {
	int sign; /* -1, 0, 1 */
	int64_t magnitude;
	const char *at; /* the digits, and maybe a point among them */
	const char *end;
};

static bool
is_significant(char c)
{
	return c >= '1' && c <= '9';
}

/* The exponent whose text, behind the e, is `at` to `end`: digits with or
 * without a sign. Clamped to EXPONENT_MAX, so that sums with it do not
 * overflow. */
static int64_t
exponent_of(const char *at, const char *end)
{
	bool negative = at != end && *at == '-';
	int64_t n = 0;

	if (at != end && (*at == '-' || *at == '+'))
		at++;
	for (; at != end && n < EXPONENT_MAX; at++)
		n = n * 10 + (*at - '0');
	if (n > EXPONENT_MAX)
		n = EXPONENT_MAX;
	return negative ? -n : n;
}

/* Where the mantissa of the number at `at` ends: at its e or at `end`. */
static const char *
mantissa_end(const char *at, const char *end)
{
	while (at != end && *at != 'e' && *at != 'E')
		at++;
	return at;
}

/* Split the JSON number `text`. The digits stay where they are. */
static struct decimal
decimal_of(struct json_text text)
{
	const char *at = text.bytes, *end = at + text.len, *e, *point;
	struct decimal d = {.sign = 1};

	if (*at == '-') {
		d.sign = -1;
		at++;
	}
	e = mantissa_end(at, end);
	point = memchr(at, '.', (size_t)(e - at));
	if (!point)
		point = e;
	d.at = at;
	while (d.at != e && !is_significant(*d.at))
		d.at++;
	if (d.at == e)
		return (struct decimal){0};
	d.end = e;
	while (!is_significant(d.end[-1]))
		d.end--;
	d.magnitude = point - d.at + (d.at > point);
	if (e != end)
		d.magnitude += exponent_of(e + 1, end);
	return d;
}

static int
compare_integers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Take the next digit of `d`, stepping over the point; -1 behind the last,
 * which compares less than any digit. */
static int
next_digit(struct decimal *d)
{
	if (d->at != d->end && *d->at == '.')
		d->at++;
	return d->at == d->end ? -1 : *d->at++ - '0';
}

/* Compare the digits of two numbers of the same sign and magnitude. */
static int
compare_digits(struct decimal a, struct decimal b)
{
	int x, y;

	do {
		x = next_digit(&a);
		y = next_digit(&b);
	} while (x == y && x >= 0);
	return compare_integers(x, y);
}

/*
 * Compare two JSON numbers by their exact decimal values, whatever their
 * size: 1 is 1.0 and 10e-1, and 9007199254740993 is not 9007199254740992.
 * (Exponents beyond 10^15 count as 10^15.)
 *
 * Returns less than, equal to, or greater than 0.
 */
static int
compare_numbers(struct json_text a, struct json_text b)
{
	struct decimal x = decimal_of(a), y = decimal_of(b);
	int order;

	if (x.sign != y.sign)
		return compare_integers(x.sign, y.sign);
	if (x.sign == 0)
		return 0;
	order = compare_integers(x.magnitude, y.magnitude);
	if (order == 0)
		order = compare_digits(x, y);
	return order * x.sign;
}

/* --- comparisons ------------------------------------------------------------
 */

static bool values_equal(struct json_eval *eval, const struct json_value *a,
    const struct json_value *b);

/* Compare two values of the document by their nodes. */
static bool
nodes_equal(struct json_eval *eval, uint32_t a, uint32_t b)
{
	struct json_value x, y;
	bool equal;

	value_init(&x);
	value_init(&y);
	load_value(&x, eval, a);
	load_value(&y, eval, b);
	equal = values_equal(eval, &x, &y);
	value_release(&x);
	value_release(&y);
	return equal;
}

/* Compare two arrays element by element. */
static bool
arrays_equal(struct json_eval *eval, uint32_t a, uint32_t b)
{
	const struct json_doc *doc = eval->doc;
	uint32_t a_close = json_close(doc, a), b_close = json_close(doc, b);

	a = json_inside(a);
	b = json_inside(b);
	while (a < a_close && b < b_close) {
		if (!nodes_equal(eval, a, b))
			return false;
		a = json_after(doc, a);
		b = json_after(doc, b);
	}
	return a == a_close && b == b_close;
}

/* Does object `b` have a member equal to the one whose name is at `name` in
 * object `a`? A member of `a` that a later one of the same name hides counts as
 * equal: it cannot be selected. */
static bool
has_member(struct json_eval *eval, uint32_t b, uint32_t a, uint32_t name)
{
	struct json_value v;
	uint32_t other = JSON_NO_NODE;
	bool hidden;

	value_init(&v);
	load_value(&v, eval, name);
	hidden = json_member(eval, a, v.text) != name + 1;
	if (!hidden)
		other = json_member(eval, b, v.text);
	value_release(&v);
	return hidden ||
	       (other != JSON_NO_NODE && nodes_equal(eval, name + 1, other));
}

/* Does object `b` have an equal of each member of object `a`? */
static bool
has_members(struct json_eval *eval, uint32_t b, uint32_t a)
{
	uint32_t close = json_close(eval->doc, a);

	for (uint32_t name = json_inside(a); name < close;
	     name = json_after(eval->doc, name + 1))
		if (!has_member(eval, b, a, name))
			return false;
	return true;
}

/* Does object `b` have each name of object `a`? With has_members the other way
 * round, both then have the same names. */
static bool
has_names(struct json_eval *eval, uint32_t b, uint32_t a)
{
	uint32_t close = json_close(eval->doc, a);
	struct json_value v;
	bool all = true;

	value_init(&v);
	for (uint32_t name = json_inside(a); all && name < close;
	     name = json_after(eval->doc, name + 1)) {
		load_value(&v, eval, name);
		all = json_member(eval, b, v.text) != JSON_NO_NODE;
	}
	value_release(&v);
	return all;
}

static bool
texts_equal(struct json_text a, struct json_text b)
{
	return a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0;
}

/* Compare deeply; arrays and objects are of `eval`'s document. The order of
 * members does not matter, and of members with one name the last counts. */
static bool
values_equal(struct json_eval *eval, const struct json_value *a,
    const struct json_value *b)
{
	if (a->type != b->type || !json_spend(eval, 1))
		return false;
	switch (a->type) {
	case JSON_NOTHING:
	case JSON_NULL:
	case JSON_FALSE:
	case JSON_TRUE: return true;
	case JSON_NUMBER: return compare_numbers(a->text, b->text) == 0;
	case JSON_STRING: return texts_equal(a->text, b->text);
	case JSON_ARRAY: return arrays_equal(eval, a->node, b->node);
	case JSON_OBJECT: break;
	}
	return has_names(eval, a->node, b->node) &&
	       has_members(eval, b->node, a->node);
}

/* UTF-8 sorts bytewise like the code points that it encodes, as RFC 9535,
 * 2.3.5.2.2 asks for. */
static bool
text_less(struct json_text a, struct json_text b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = memcmp(a.bytes, b.bytes, common);

	return order < 0 || (order == 0 && a.len < b.len);
}

/* Numbers by value, strings by code points; all else is never less. */
static bool
value_is_less(const struct json_value *a, const struct json_value *b)
{
	if (a->type == JSON_NUMBER && b->type == JSON_NUMBER)
		return compare_numbers(a->text, b->text) < 0;
	if (a->type == JSON_STRING && b->type == JSON_STRING)
		return text_less(a->text, b->text);
	return false;
}

/* --- operands ----------------------------------------------------------------
 */

/* Evaluate an operand or argument, where @ stands for `node`, into *out, which
 * is initialised. It stays NOTHING where a query matches nothing. */
static void
expr_value(struct json_eval *eval, const struct json_expr *e, uint32_t node,
    struct json_value *out)
{
	uint32_t found;

	if (e->kind == JSON_EXPR_STRING) {
		set_string(out, e->text);
	} else if (e->kind == JSON_EXPR_LITERAL) {
		set_literal(out, e->text);
	} else if (e->kind == JSON_EXPR_CALL) {
		e->function->call(eval, e, node, out);
	} else {
		assert(e->kind == JSON_EXPR_QUERY);
		if (json_query_first(eval, &e->query, node, &found))
			load_value(out, eval, found);
	}
}

/* --- functions (RFC 9535, 2.4) ----------------------------------------------
 */

/* The price of compiling a pattern that comes from the document. */
enum {
	STEPS_PER_PATTERN_BYTE = 50
};

/* length(): characters of a string, elements of an array, members of an object;
 * of anything else NOTHING (RFC 9535, 2.4.4). */
static void
call_length(struct json_eval *eval, const struct json_expr *call, uint32_t node,
    struct json_value *out)
{
	struct json_value v;

	value_init(&v);
	expr_value(eval, call->arguments[0], node, &v);
	if (v.type == JSON_STRING) {
		json_spend(eval, v.text.len / JSON_BYTES_PER_STEP);
		set_count(out, utf8_count(v.text.bytes, v.text.len));
	} else if (v.type == JSON_ARRAY || v.type == JSON_OBJECT) {
		size_t n = json_count_children(eval->doc, v.node);

		json_spend(eval, n);
		set_count(out, n);
	}
	value_release(&v);
}

/* What the visitor keeps of the nodes of an argument: count() needs their
 * number, value() the only one. */
struct node_count {
	size_t count;
	uint32_t last;
};

static bool
on_counted_node(void *arg, uint32_t node)
{
	struct node_count *nodes = arg;

	nodes->count++;
	nodes->last = node;
	return true;
}

/* Visit what the query of the argument `path` matches. */
static struct node_count
count_nodes(struct json_eval *eval, const struct json_expr *path, uint32_t node)
{
	struct node_count nodes = {0};

	json_query_visit(eval, &path->query, node,
	    (struct json_visitor){on_counted_node, &nodes});
	return nodes;
}

/* count(): how many nodes a query matches (RFC 9535, 2.4.5). */
static void
call_count(struct json_eval *eval, const struct json_expr *call, uint32_t node,
    struct json_value *out)
{
	set_count(out, count_nodes(eval, call->arguments[0], node).count);
}

/* value(): the value of the only node that a query matches; NOTHING for none or
 * several (RFC 9535, 2.4.8). */
static void
call_value(struct json_eval *eval, const struct json_expr *call, uint32_t node,
    struct json_value *out)
{
	struct node_count nodes = count_nodes(eval, call->arguments[0], node);

	if (nodes.count == 1)
		load_value(out, eval, nodes.last);
}

/* The regex of a pattern that is no literal of the path; NULL if it is not a
 * string or not an I-Regexp, which then matches nothing. The last one is kept,
 * since it is mostly the same for the next node. */
static const struct json_regex *
compile_computed_pattern(struct json_eval *eval,
    const struct json_value *pattern, enum json_regex_extent extent)
{
	struct buf *last = &eval->pattern;
	struct json_text text = pattern->text;
	const char *problem;

	if (pattern->type != JSON_STRING)
		return NULL;
	if (eval->pattern_use.extent == extent && last->len == text.len &&
	    memcmp(last->data, text.bytes, text.len) == 0)
		return eval->regex;
	json_regex_free(eval->regex);
	eval->pattern_use.extent = extent;
	eval->regex =
	    json_regex_new(text.bytes, text.len, eval->pattern_use, &problem);
	buf_clear(last);
	buf_add(last, text.bytes, text.len);
	json_spend(eval, text.len * STEPS_PER_PATTERN_BYTE);
	return eval->regex;
}

/* Match `text`, paying from the budget of the evaluation. A match that is too
 * costly ends the evaluation. */
static bool
regex_matches(struct json_eval *eval, const struct json_regex *regex,
    struct json_text text)
{
	const struct json_span span = {text.bytes, text.len};
	enum json_regex_answer answer;

	if (!eval->scratch)
		eval->scratch =
		    json_regex_scratch_new(eval->pattern_use.engine);
	answer =
	    json_regex_match(regex, eval->scratch, span, &eval->steps_left);
	if (answer == JSON_REGEX_LIMIT)
		json_stop(eval,
		    "a regular expression takes too long on this document");
	return answer == JSON_REGEX_YES;
}

/* match() and search() (RFC 9535, 2.4.6 and 2.4.7). Their row says which of the
 * two it is. */
static void
call_regex(struct json_eval *eval, const struct json_expr *call, uint32_t node,
    struct json_value *out)
{
	const struct json_regex *regex = call->arguments[1]->regex;
	struct json_value text, pattern;

	value_init(&text);
	value_init(&pattern);
	expr_value(eval, call->arguments[0], node, &text);
	if (!regex) {
		expr_value(eval, call->arguments[1], node, &pattern);
		regex = compile_computed_pattern(
		    eval, &pattern, call->function->pattern);
	}
	set_logical(out, regex && text.type == JSON_STRING &&
	                     regex_matches(eval, regex, text.text));
	value_release(&text);
	value_release(&pattern);
}

static const struct json_function functions[] = {
    {.name = "count",
        .arity = 1,
        .parameters = {JSON_RESULT_NODES},
        .result = JSON_RESULT_VALUE,
        .call = call_count},
    {.name = "length",
        .arity = 1,
        .parameters = {JSON_RESULT_VALUE},
        .result = JSON_RESULT_VALUE,
        .call = call_length},
    {.name = "match",
        .arity = 2,
        .parameters = {JSON_RESULT_VALUE, JSON_RESULT_VALUE},
        .result = JSON_RESULT_LOGICAL,
        .pattern = JSON_REGEX_WHOLE,
        .call = call_regex},
    {.name = "search",
        .arity = 2,
        .parameters = {JSON_RESULT_VALUE, JSON_RESULT_VALUE},
        .result = JSON_RESULT_LOGICAL,
        .pattern = JSON_REGEX_PART,
        .call = call_regex},
    {.name = "value",
        .arity = 1,
        .parameters = {JSON_RESULT_NODES},
        .result = JSON_RESULT_VALUE,
        .call = call_value},
};

const struct json_function *
json_function_find(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (strlen(functions[i].name) == len &&
		    memcmp(functions[i].name, name, len) == 0)
			return &functions[i];
	return NULL;
}

/* --- tests
 * -------------------------------------------------------------------- */

/* The price of a comparison itself; its operands pay for their own queries. */
enum {
	STEPS_PER_COMPARISON = 8
};

/* For which orders of its operands each relation holds. */
static const struct {
	bool less;
	bool equal;
	bool greater;
	bool inverted;
} relations[] = {
    [JSON_EQ] = {.equal = true},
    [JSON_NE] = {.equal = true, .inverted = true},
    [JSON_LT] = {.less = true},
    [JSON_LE] = {.less = true, .equal = true},
    [JSON_GT] = {.greater = true},
    [JSON_GE] = {.greater = true, .equal = true},
};

/* Evaluate both operands and compare them. Inverted for !=, since NOTHING != 1
 * is true. */
static bool
test_compare(struct json_eval *eval, const struct json_expr *e, uint32_t node)
{
	struct json_value a, b;
	bool holds;

	json_spend(eval, STEPS_PER_COMPARISON);
	value_init(&a);
	value_init(&b);
	expr_value(eval, e->left, node, &a);
	expr_value(eval, e->right, node, &b);
	holds = (relations[e->relation].less && value_is_less(&a, &b)) ||
	        (relations[e->relation].greater && value_is_less(&b, &a)) ||
	        (relations[e->relation].equal && values_equal(eval, &a, &b));
	value_release(&a);
	value_release(&b);
	return holds != relations[e->relation].inverted;
}

/* Test a || b || c. The parser makes a chain that leans to the right, so a loop
 * does, however long it is. */
static bool
test_or(struct json_eval *eval, const struct json_expr *e, uint32_t node)
{
	for (; e->kind == JSON_EXPR_OR; e = e->right)
		if (json_filter_test(eval, e->left, node))
			return true;
	return json_filter_test(eval, e, node);
}

/* Test a && b && c; a loop for the same reason as in test_or. */
static bool
test_and(struct json_eval *eval, const struct json_expr *e, uint32_t node)
{
	for (; e->kind == JSON_EXPR_AND; e = e->right)
		if (!json_filter_test(eval, e->left, node))
			return false;
	return json_filter_test(eval, e, node);
}

static bool
test_not(struct json_eval *eval, const struct json_expr *e, uint32_t node)
{
	return !json_filter_test(eval, e->left, node);
}

/* A query as a test is true if it matches anything. */
static bool
test_query(struct json_eval *eval, const struct json_expr *e, uint32_t node)
{
	uint32_t found;

	return json_query_first(eval, &e->query, node, &found);
}

/* A call of match() or search() as a test. */
static bool
test_call(struct json_eval *eval, const struct json_expr *e, uint32_t node)
{
	struct json_value v;
	bool holds;

	value_init(&v);
	e->function->call(eval, e, node, &v);
	holds = v.type == JSON_TRUE;
	value_release(&v);
	return holds;
}

bool
json_filter_test(
    struct json_eval *eval, const struct json_expr *filter, uint32_t node)
{
	static bool (*const tests[])(
	    struct json_eval *, const struct json_expr *, uint32_t) = {
	    [JSON_EXPR_OR] = test_or,
	    [JSON_EXPR_AND] = test_and,
	    [JSON_EXPR_NOT] = test_not,
	    [JSON_EXPR_COMPARE] = test_compare,
	    [JSON_EXPR_QUERY] = test_query,
	    [JSON_EXPR_CALL] = test_call,
	};

	assert(filter->kind < sizeof(tests) / sizeof(tests[0]));
	return tests[filter->kind](eval, filter, node);
}
