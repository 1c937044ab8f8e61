#include "config.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "json/path.h"
#include "json/path_eval.h"
#include "json/regex.h"
#include "unit.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static struct json_doc *doc;
static struct buf found;

static void
setup(void)
{
	doc = json_doc_new();
	buf_init(&found);
}

static void
teardown(void)
{
	json_doc_free(doc);
	buf_release(&found);
}

static void
scan(const char *json)
{
	struct json_error error;

	ck_assert_int_eq(json_doc_scan(doc, json, strlen(json), &error), 0);
}

/* What matches in the document, as it stands in the text, joined by " | ". */
static const char *
apply_again(const char *text)
{
	struct json_error error;
	struct json_path *path = json_path_new(text, &error);
	struct json_spans spans = {0};

	ck_assert_msg(path != NULL, "%s: %s", text, error.message);
	ck_assert_int_eq(json_path_apply(path, doc, &spans, &error), 0);
	buf_clear(&found);
	for (size_t i = 0; i < spans.len; i++) {
		if (i > 0)
			buf_adds(&found, " | ");
		buf_add(&found, spans.items[i].start, spans.items[i].len);
	}
	json_spans_release(&spans);
	json_path_free(path);
	buf_reserve(&found, 0);
	found.data[found.len] = '\0';
	return found.data;
}

static const char *
apply(const char *text, const char *json)
{
	scan(json);
	return apply_again(text);
}

/* RFC 6901, 5. */
static const char pointer_document[] =
    "{\"foo\": [\"bar\", \"baz\"], \"\": 0, \"a/b\": 1, \"c%d\": 2,"
    " \"e^f\": 3, \"g|h\": 4, \"i\\\\j\": 5, \"k\\\"l\": 6, \" \": 7,"
    " \"m~n\": 8, \"01\": 9}";

static const struct {
	const char *pointer;
	const char *match;
} pointers[] = {
    {"", pointer_document},
    {"/foo", "[\"bar\", \"baz\"]"},
    {"/foo/0", "\"bar\""},
    {"/foo/1", "\"baz\""},
    {"/", "0"},
    {"/a~1b", "1"},
    {"/c%d", "2"},
    {"/e^f", "3"},
    {"/g|h", "4"},
    {"/i\\j", "5"},
    {"/k\"l", "6"},
    {"/ ", "7"},
    {"/m~0n", "8"},
    {"/01", "9"},
    {"/foo/2", ""},
    {"/foo/-", ""},
    {"/foo/00", ""},
    {"/foo/01", ""},
    {"/foo/+1", ""},
    {"/foo/1e0", ""},
    {"/foo/", ""},
    {"/foo/bar", ""},
    {"/foo/99999999999999999999999", ""},
    {"/foo/0/x", ""},
    {"/none", ""},
    {"/a~01b", ""},
};

/* --- one object that is asked again and again ----------------------------- */

/* Members "c0" to "c99", of which each value is the number of the name; "c7"
 * and "c\\u0038" stand there twice, and "x" has a member of its own. */
static void
build_wide_object(struct buf *b)
{
	buf_addc(b, '{');
	for (int i = 0; i < 100; i++)
		buf_addf(b, "\"c%d\":%d,", i, i);
	buf_adds(b, "\"c7\":\"again\",\"c\\u0038\":\"escaped\","
	            "\"x\":{\"c1\":\"inside\"}}");
	buf_reserve(b, 0);
	b->data[b->len] = '\0';
}

/* What the path matches in the document that was scanned last. */
static const char *
match_in_doc(const char *text)
{
	struct json_error error;
	struct json_path *path = json_path_new(text, &error);
	struct json_spans spans = {0};

	buf_clear(&found);
	ck_assert_int_eq(json_path_apply(path, doc, &spans, &error), 0);
	if (spans.len)
		buf_add(&found, spans.items[0].start, spans.items[0].len);
	json_spans_release(&spans);
	json_path_free(path);
	buf_reserve(&found, 0);
	found.data[found.len] = '\0';
	return found.data;
}

START_TEST(members_are_found_however_often_an_object_is_asked)
{
	struct json_error error;
	char path[32], value[32];
	struct buf b;

	buf_init(&b);
	build_wide_object(&b);
	ck_assert_int_eq(json_doc_scan(doc, b.data, b.len, &error), 0);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 100; i++) {
			snprintf(path, sizeof(path), "$.c%d", i);
			snprintf(value, sizeof(value), "%d", i);
			if (i != 7 && i != 8)
				ck_assert_str_eq(match_in_doc(path), value);
		}
		ck_assert_str_eq(match_in_doc("$.c7"), "\"again\"");
		ck_assert_str_eq(match_in_doc("$.c8"), "\"escaped\"");
		ck_assert_str_eq(match_in_doc("$.x.c1"), "\"inside\"");
		ck_assert_str_eq(match_in_doc("$.x.c2"), "");
		ck_assert_str_eq(match_in_doc("$.c100"), "");
		ck_assert_str_eq(match_in_doc("$['']"), "");
	}
	buf_release(&b);
}
END_TEST

START_TEST(another_text_has_members_of_its_own)
{
	struct json_error error;
	struct buf b;

	buf_init(&b);
	build_wide_object(&b);
	ck_assert_int_eq(json_doc_scan(doc, b.data, b.len, &error), 0);
	for (int i = 0; i < 50; i++)
		ck_assert_str_eq(match_in_doc("$.c5"), "5");
	ck_assert_int_eq(json_doc_scan(doc, "{\"c5\":6}", 8, &error), 0);
	ck_assert_str_eq(match_in_doc("$.c5"), "6");
	ck_assert_str_eq(match_in_doc("$.c6"), "");
	buf_release(&b);
}
END_TEST

START_TEST(many_names_with_escapes_are_found)
{
	struct json_error error;
	char path[32], value[32];
	struct buf b;

	buf_init(&b);
	buf_addc(&b, '{');
	for (int i = 0; i < 30; i++)
		buf_addf(&b, "\"\\u0063%d\":%d,\"d%d\":0,", i, i, i);
	buf_adds(&b, "\"\":1}");
	ck_assert_int_eq(json_doc_scan(doc, b.data, b.len, &error), 0);
	for (int i = 0; i < 90; i++) {
		snprintf(path, sizeof(path), "$.c%d", i % 30);
		snprintf(value, sizeof(value), "%d", i % 30);
		ck_assert_str_eq(match_in_doc(path), value);
		ck_assert_str_eq(match_in_doc("$['']"), "1");
	}
	buf_release(&b);
}
END_TEST

START_TEST(pointer_finds_what_rfc_6901_says)
{
	ck_assert_str_eq(
	    apply(pointers[_i].pointer, pointer_document), pointers[_i].match);
}
END_TEST

static const struct {
	const char *path;
	const char *json;
	const char *matches;
} exact[] = {
    {"$.id", "{\"id\": 9007199254740993}", "9007199254740993"},
    {"$.x", "{\"x\": 0.1000}", "0.1000"},
    {"$.x", "{\"x\": 1e400}", "1e400"},
    {"$.x", "{\"x\": -0}", "-0"},
    {"$.x", "{\"x\":\"x\\u0000y\"}", "\"x\\u0000y\""},
    {"$.x", "{\"x\":\"\\uD800\"}", "\"\\uD800\""},
    {"$.x", "{\"x\": {  \"y\" : 1 } }", "{  \"y\" : 1 }"},
    {"$", " [1] ", "[1]"},
    {"$[-1]", "[1, 1.50 ]", "1.50"},
};

/* `says` grows with what is worth telling. */
static const struct {
	const char *path;
	const char *json;
	const char *said;
	unsigned says;
} gaps[] = {
    {".x", "{\"a\":1,\"b\":2}", "the members there are a, b", 2},
    {"$.a.x", "{\"a\":{\"b\":1}}", "the members of $.a are b", 4},
    {"/a/x", "{\"a\":{\"b\":1}}", "the members of /a are b", 4},
    {".a .x", "{\"a\":{\"b\":1}}", "the members of .a are b", 4},
    {".a[*].x", "{\"a\":[1,{\"b\":1}]}", "the members of .a[*] are b", 6},
    {".a[?@.c].x", "{\"a\":[{\"b\":1}]}", ".a is an array; its elements have b",
        4},
    {"..x", "[{\"a\":1}]", "there is an array; its elements have a", 2},
    {".x", "[]", "there is an empty array", 1},
    {".x", "{}", "there is an empty object", 1},
    {".a.x", "{\"a\":null}", ".a is null", 3},
    {".a.x", "{\"a\":\"s\"}", ".a is a string", 3},
    {".a.x", "{\"a\":-1}", ".a is a number", 3},
    {".a.x", "{\"a\":[true]}", ".a is an array", 3},
    {".x", "{\"a b\":1,\"\":2,\"\\u0000\":3}",
        "the members there are \"a b\", \"\", \"\\u0000\"", 2},
};

START_TEST(a_path_without_matches_tells_where_it_stops)
{
	struct json_error error;
	struct json_path *path = json_path_new(gaps[_i].path, &error);
	const char *json = gaps[_i].json;

	ck_assert_int_eq(json_doc_scan(doc, json, strlen(json), &error), 0);
	ck_assert_uint_eq(
	    json_path_describe_gap(path, gaps[_i].path, doc, &found),
	    gaps[_i].says);
	ck_assert_str_eq(found.data, gaps[_i].said);
	json_path_free(path);
}
END_TEST

START_TEST(match_is_the_text_of_the_document)
{
	ck_assert_str_eq(
	    apply(exact[_i].path, exact[_i].json), exact[_i].matches);
}
END_TEST

START_TEST(number_of_400_digits_is_kept)
{
	struct buf b;

	buf_init(&b);
	buf_addc(&b, '[');
	for (int i = 0; i < 400; i++)
		buf_addc(&b, (char)('1' + i % 9));
	buf_addc(&b, ']');
	ck_assert_str_eq(apply("$", b.data), b.data);
	apply("[0]", b.data);
	ck_assert_uint_eq(found.len, 400);
	ck_assert_mem_eq(found.data, b.data + 1, 400);
	buf_release(&b);
}
END_TEST

static const struct {
	const char *path;
	const char *matches;
} duplicates[] = {
    {"$.a", "3"},
    {"$['a']", "3"},
    {"/a", "3"},
    {"$.*", "1 | 2 | 3"},
    {"$..*", "1 | 2 | 3"},
    {"$..a", "3"},
};

START_TEST(name_selects_the_last_of_duplicates)
{
	ck_assert_str_eq(
	    apply(duplicates[_i].path, "{\"a\":1,\"b\":2,\"a\":3}"),
	    duplicates[_i].matches);
}
END_TEST

static const struct {
	const char *path;
	bool singular;
	const char *last_name;
} shapes[] = {
    {"", true, NULL},
    {"$", true, NULL},
    {"/a/b", true, "b"},
    {"/a/0", true, "a"},
    {"/0", true, NULL},
    {"$.a[0]", true, "a"},
    {"$.a['b c']", true, "b c"},
    {".a.b", true, "b"},
    {"[-1]", true, NULL},
    {"$.items[*].name", false, "name"},
    {"$..id", false, "id"},
    {"$.a['b','c']", false, "a"},
    {"$.a['b','b']", false, "a"},
    {"$.a[0:1]", false, "a"},
    {"$.a[?@.b]", false, "a"},
    {"$.*", false, NULL},
};

START_TEST(shape_of_a_path_is_known)
{
	struct json_error error;
	struct json_path *path = json_path_new(shapes[_i].path, &error);

	ck_assert_msg(path != NULL, "%s", error.message);
	ck_assert_int_eq(json_path_is_singular(path), shapes[_i].singular);
	if (shapes[_i].last_name)
		ck_assert_str_eq(
		    json_path_last_name(path), shapes[_i].last_name);
	else
		ck_assert_ptr_null(json_path_last_name(path));
	json_path_free(path);
}
END_TEST

static const struct {
	const char *path;
	size_t column;
	const char *message;
} hints[] = {
    {"0.name", 1, "the shell ate `$[`; use single quotes or the `.` form"},
    {"].a", 1, "the shell ate `$[`; use single quotes or the `.` form"},
    {".a[]", 3, "write '.a[*]'"},
    {".\xc3\xa9.b[", 6,
        "expected a name in quotes, an index, a slice, * or ?filter"},
    {"length($)", 1, "functions work in filters only, as in $[?length(@.a)>1]"},
    {"a b", 1, "a path starts with $, . or [; a JSON Pointer with /"},
    {"$.items[].name", 8, "write '$.items[*]'"},
    {"//title", 1, "did you mean --xpath or --each-xpath?"},
    {"name", 1, "did you mean .name?"},
    {"items[0].name", 1, "did you mean '.items[0].name'?"},
    {"$[?@.a = 1]", 8, "write =="},
    {"$[?@.a =~ 'x']", 8,
        "write match(@.name, '...') or search(@.name, '...')"},
    {"$[?@.a and @.b]", 8, "write &&"},
    {"$[?@.a == 1 or @.b]", 13, "write ||"},
    {"$[?@.a + 1 == 2]", 8, "filters have no arithmetic"},
    {"$[?count(@.*)]", 4,
        "count() returns a value, not a test; compare it: count(...) == ..."},
    {"$[?foo(@)]", 4,
        "unknown function; known are count, length, match, search and value"},
    {"$name", 2, "did you mean '$.name'?"},
    {"@.a", 1, "a path starts with $; @ is for filters"},
    {"*", 1, "did you mean .*?"},
    {".", 2, "missing name; $ is the whole document"},
    {".[0]", 2, "remove the dot before ["},
    {".\"a\"", 2, "a name in quotes needs brackets: [\"...\"]"},
    {"$[name]", 3,
        "a name in brackets needs quotes: ['name'] (did the shell "
        "remove them?)"},
    {"$[@.a]", 3, "a filter starts with ?: [?@.name]"},
    {"$[(@.length-1)]", 3,
        "no script expressions; write [-1] for the last element, [?...] for a "
        "filter"},
    {"$.a-b", 4, "a name with - needs brackets: ['a-b']"},
    {".a | .b", 3,
        "trailing text after the path (jq filters do not work "
        "here: pipe into jq)"},
    {".a?", 3, "no ? needed: a path that matches nothing is not an error"},
    {".a,.b", 3, "give each path its own option: -j .a -j .b"},
    {".a|.b", 3, "no pipes in JSONPath: pipe the output into jq"},
    {"$.0a", 3,
        "write [0] for an element, ['0name'] for a name that starts with a "
        "digit"},
    {"$['a", 5, "missing closing quote (')"},
    {"$['a'", 6, "missing closing ]"},
    {"$[01]", 3, "an integer has no leading zeros"},
    {"$[-0]", 3, "an integer does not start with -0"},
    {"$[9007199254740992]", 3,
        "the largest integer is 9007199254740991 (2^53 "
        "- 1)"},
    {"$['\\uD800']", 4, "an unpaired surrogate"},
    {"/a~2", 3, "write ~0 for ~ and ~1 for /"},
    {"/a/\xFF", 4, "invalid UTF-8"},
};

START_TEST(bad_path_is_refused_with_column_and_help)
{
	struct json_error error;

	ck_assert_ptr_null(json_path_new(hints[_i].path, &error));
	ck_assert_str_eq(error.message, hints[_i].message);
	ck_assert_uint_eq(error.column, hints[_i].column);
	ck_assert_uint_eq(error.line, 1);
}
END_TEST

static const struct {
	const char *path;
	const char *matches;
} basics[] = {
    {".a.b[1]", "20"},
    {"$['a']['b'][-1]", "30"},
    {"$[\"a\"].b[1:]", "20 | 30"},
    {"$.a.b[::-1]", "30 | 20 | 10"},
    {"$.a.b[0,2,0]", "10 | 30 | 10"},
    {"$..b", "[10,20,30] | 7"},
    {"$..[0]", "10"},
    {"$.c.*", "7 | null"},
    {"..n", "null"},
    {"$ .a .b [ 0 , 1 ]", "10 | 20"},
    {"$.x.y", ""},
    {"$.c[0]", ""},
    {"$.a.b.c", ""},
};

START_TEST(path_finds_matches_in_order)
{
	ck_assert_str_eq(
	    apply(basics[_i].path, "{\"a\":{\"b\":[10,20,30]},\"c\":{\"b\":7,"
	                           "\"n\":null}}"),
	    basics[_i].matches);
}
END_TEST

START_TEST(path_on_an_invalid_document_matches_nothing)
{
	struct json_error error;
	struct json_path *path = json_path_new("$..*", &error);
	struct json_spans spans = {0};

	ck_assert_int_eq(json_doc_scan(doc, "[1,", 3, &error), -1);
	ck_assert_int_eq(json_path_apply(path, doc, &spans, &error), 0);
	ck_assert_uint_eq(spans.len, 0);
	json_path_free(path);
}
END_TEST

/* An array of `count` times `element`. */
static void
scan_array(struct buf *text, unsigned count, const char *element)
{
	struct json_error error;

	buf_clear(text);
	buf_addc(text, '[');
	for (unsigned i = 0; i < count; i++)
		buf_addf(text, "%s%s", i ? "," : "", element);
	buf_addc(text, ']');
	ck_assert_int_eq(json_doc_scan(doc, text->data, text->len, &error), 0);
}

/* Apply `text` to the scanned document; the message, or how many matched. */
static const char *
outcome(const char *text)
{
	struct json_error error;
	struct json_path *path = json_path_new(text, &error);
	struct json_spans spans = {0};

	ck_assert_msg(path != NULL, "%s: %s", text, error.message);
	buf_clear(&found);
	if (json_path_apply(path, doc, &spans, &error) == 0) {
		buf_addf(&found, "%zu", spans.len);
	} else {
		buf_adds(&found, error.message);
		ck_assert_uint_eq(spans.len, 0);
	}
	json_spans_release(&spans);
	json_path_free(path);
	return found.data;
}

START_TEST(exploding_path_runs_out_of_steps)
{
	static const char too_many[] =
	    "the path takes too many steps on this document";
	struct buf b;

	buf_init(&b);
	scan_array(&b, 20000, "{\"a\":[1]}");
	ck_assert_str_eq(outcome("$[?count($[*]) == 1]"), too_many);
	ck_assert_str_eq(outcome("$[?@[?@[?$[?!@.a]]]]"), "0");
	scan_array(&b, 300, "[1,[2,[3,[4,[5,[6,[7,[8,[9]]]]]]]]]");
	ck_assert_str_eq(
	    outcome("$..*..*..*..*..*[?count($..*..*) == 1]"), too_many);
	buf_release(&b);
}
END_TEST

/* What it costs to follow each kind of selector, so that no budget grows or
 * shrinks unseen. */
static const struct {
	const char *path;
	uint64_t steps;
} costs[] = {
    {"$", 0}, {"$[*]", 2}, {"$[*][*]", 7}, {"$[1].a", 3}, {"$[-1]", 3},
    {"$[0:2]", 4}, {"$..*", 20}, /* 13 tokens, 7 children */
    {"$[?@]", 2},
    {"$[?@.a == 4]", 21}, /* 2 children, 2 comparisons, 2 names, 1 value */
};

static bool
go_on(void *arg, uint32_t node)
{
	(void)arg;
	(void)node;
	return true;
}

START_TEST(each_selector_has_its_price)
{
	static const char json[] = "[[1,2,3],{\"a\":4,\"b\":5}]";
	struct json_error error;
	struct json_path *path = json_path_new(costs[_i].path, &error);
	struct json_eval eval;
	uint64_t before;

	ck_assert_int_eq(json_doc_scan(doc, json, strlen(json), &error), 0);
	json_eval_init(&eval, path, doc);
	before = eval.steps_left;
	json_query_visit(
	    &eval, &path->query, 0, (struct json_visitor){go_on, NULL});
	ck_assert_uint_eq(before - eval.steps_left, costs[_i].steps);
	json_eval_release(&eval);
	json_path_free(path);
}
END_TEST

START_TEST(too_many_matches_end_the_walk)
{
	struct json_error error;
	struct json_path *path = json_path_new("$[*][*]", &error);
	struct json_spans spans = {.max = 40};
	struct buf b;

	buf_init(&b);
	scan_array(&b, 1000, "[1,2,3]");
	ck_assert_int_eq(json_path_apply(path, doc, &spans, &error), -1);
	ck_assert_uint_eq(spans.len, 0);
	ck_assert_uint_eq(spans.size, 44); /* one match of 4 too many */
	json_spans_release(&spans);
	json_path_free(path);
	buf_release(&b);
}
END_TEST

START_TEST(query_from_the_root_is_made_once)
{
	struct buf b;

	buf_init(&b);
	scan_array(&b, 20000, "{\"a\":1}");
	ck_assert_str_eq(outcome("$[?@.a == $[-1].a]"), "20000");
	ck_assert_str_eq(outcome("$[?$[?@.b]]"), "0");
	ck_assert_str_eq(
	    outcome("$[?@ == $[19999] && $[-1].a != $[-2]]"), "20000");
	buf_release(&b);
}
END_TEST

/* Of several problems the first is named. */
static const struct {
	const char *pattern, *problem;
} bad_patterns[] = {
    {"a{}", "{ needs a number: {2} or {2,3}"},
    {"a{x}", "{ needs a number: {2} or {2,3}"},
    {"a{1,x}", "{ needs a number: {2} or {2,3}"},
    {"a{1", "{ without }"},
    {"a{1]", "{ without }"},
    {"[]]", "empty brackets"},
    {"[a[]]", "[ and - in brackets need a backslash"},
    {"[a-\\p{L}]]", "a category cannot end a range"},
    {"\\p{X}*}", "unknown category in \\p{...}"},
    {"(a", "( without )"},
    {"a))", ") without ("},
    {"**", "unexpected quantifier or closing bracket"},
};

START_TEST(a_bad_pattern_has_its_first_problem_named)
{
	const char *pattern = bad_patterns[_i].pattern, *problem = NULL;
	struct buf out;

	buf_init(&out);
	ck_assert(
	    !json_iregexp_translate(&out, pattern, strlen(pattern), &problem));
	ck_assert_str_eq(problem, bad_patterns[_i].problem);
	buf_release(&out);
}
END_TEST

#ifdef HAVE_PCRE2

START_TEST(pattern_that_backtracks_is_given_up)
{
	static const char too_long[] =
	    "a regular expression takes too long on this document";
	struct buf b;

	buf_init(&b);
	scan_array(&b, 100000, "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"");
	ck_assert_str_eq(
	    outcome("$[?match(@, '(a*)*(a*)*(a*)*[bc]')]"), too_long);
	ck_assert_str_eq(outcome("$[?search(@, '(a?a?)*[bc]')]"), too_long);
	ck_assert_str_eq(outcome("$[?match(@, 'a*')]"), "100000");
	ck_assert_str_eq(outcome("$[?search(@, 'aaa')]"), "100000");
	ck_assert_str_eq(outcome("$[?search(@, 'b')]"), "0");
	buf_release(&b);
}
END_TEST

#else

START_TEST(functions_without_pcre2_name_the_package)
{
	struct json_error error;

	ck_assert_ptr_null(json_path_new("$[?match(@.a, 'x')]", &error));
	ck_assert_ptr_nonnull(strstr(error.message, "libpcre2-dev"));
	ck_assert_ptr_null(json_path_new("$[?search(@.a, @.b)]", &error));
	ck_assert_ptr_nonnull(strstr(error.message, "libpcre2-dev"));
}
END_TEST

#endif

static const struct {
	const char *text;
	const char *json;
	int holds;
} conditions[] = {
    {"$.state == 'done'", "{\"state\":\"done\"}", 1},
    {"@.state == 'done'", "{\"state\":\"done\"}", 1},
    {" $.state == 'done' ", "{\"state\":\"runs\"}", 0},
    {"$.state == 'done'", "{}", 0},
    {"$.items[*]", "{\"items\":[]}", 0},
    {"$.items[*]", "{\"items\":[null]}", 1},
    {"!$.error", "{\"error\":null}", 0},
    {"$ == 7", "7", 1},
    {".state == 'done'", "{\"state\":\"done\"}", 1},
    {".a", "{\"a\":null}", 1},
    {"!(.a && ['b'])", "{\"a\":1}", 1},
    {"length(.a) == [0]", "{}", 1},
    {".a[?@.x == 1] && .b", "{\"a\":[{\"x\":1}],\"b\":2}", 1},
    {"$[0] < $[1]", "[1.0, 1.00000000000000000001]", 1},
    {"$.a && ($.b || $.c)", "{\"a\":1,\"c\":2}", 1},
    {"$.a == $.b", "{}", 1},
    {"$.a[?@.x == $.b]", "{\"a\":[{\"x\":1},{\"x\":2}],\"b\":2}", 1},
    {"$.a[?@.x == $.b]", "{\"a\":[{\"x\":1},{\"x\":2}],\"b\":3}", 0},
};

START_TEST(condition_is_a_test_of_the_whole_document)
{
	struct json_error error;
	struct json_path *condition =
	    json_condition_new(conditions[_i].text, &error);
	const char *json = conditions[_i].json;

	ck_assert_msg(condition != NULL, "%s", error.message);
	ck_assert_int_eq(json_doc_scan(doc, json, strlen(json), &error), 0);
	ck_assert_int_eq(
	    json_condition_test(condition, doc, &error), conditions[_i].holds);
	json_path_free(condition);
}
END_TEST

static const struct {
	const char *text;
	size_t column;
} no_conditions[] = {
    {"", 1},
    {".a[?.x == 1]", 5},
    {"$.a 1", 5},
    {"$.a)", 4},
    {"'a'", 1},
    {"length($.a)", 1},
    {"$.a == 1 &&", 12},
};

START_TEST(what_is_no_condition_is_refused_with_its_column)
{
	struct json_error error;

	ck_assert_ptr_null(json_condition_new(no_conditions[_i].text, &error));
	ck_assert_uint_eq(error.column, no_conditions[_i].column);
}
END_TEST

START_TEST(condition_that_takes_too_many_steps_is_given_up)
{
	struct json_error error;
	struct json_path *condition =
	    json_condition_new("$..[?count($..*) == 1]", &error);
	struct buf json = {0};

	buf_adds(&json, "[0");
	for (int i = 0; i < 20000; i++)
		buf_adds(&json, ",0");
	buf_adds(&json, "]");
	ck_assert_int_eq(json_doc_scan(doc, json.data, json.len, &error), 0);
	ck_assert_int_eq(json_condition_test(condition, doc, &error), -1);
	ck_assert_ptr_nonnull(strstr(error.message, "too many steps"));
	json_path_free(condition);
	buf_release(&json);
}
END_TEST

/* --- threads -------------------------------------------------------------- */

enum {
	THREADS = 4,
	TURNS = 300
};

/* What a thread applies, and how often it found what is there. */
struct applier {
	pthread_t thread;
	const struct json_path *path;
	int found;
};

static void *
apply_in_thread(void *arg)
{
	static const char text[] =
	    "[{\"a\":\"item 17\",\"p\":\"i.*7\"},{\"a\":\"x\",\"p\":\"y\"}]";
	struct applier *me = arg;
	struct json_doc *own = json_doc_new();
	struct json_spans spans = {0};
	struct json_error error;

	for (int i = 0; i < TURNS; i++) {
		json_spans_clear(&spans);
		if (json_doc_scan(own, text, strlen(text), &error) == 0 &&
		    json_path_apply(me->path, own, &spans, &error) == 0)
			me->found += spans.len == 1;
	}
	json_spans_release(&spans);
	json_doc_free(own);
	return NULL;
}

/* The values of these paths are read, compared, matched by patterns that were
 * compiled with the path, and by some that the document has. */
static const char *const shared[] = {
    "$[?@.a == 'x' && @.p < 'z']",
#ifdef HAVE_PCRE2
    "$[?match(@.a, 'item [0-9]+')]",
    "$[?search(@.a, @.p)]",
#endif
};

/* Let the first match of `text` in the whole text be the document. */
static void
enter(const char *text)
{
	struct json_error error;
	struct json_path *path = json_path_new(text, &error);
	struct json_spans spans = {0};

	json_doc_leave(doc);
	ck_assert_int_eq(json_path_apply(path, doc, &spans, &error), 0);
	ck_assert_uint_gt(spans.len, 0);
	json_doc_enter(doc, &spans.items[0]);
	json_spans_release(&spans);
	json_path_free(path);
}

static const struct {
	const char *entered;
	const char *path;
	const char *matches;
} entries[] = {
    {"$.a[0]", "$", "{\"x\": 1, \"y\": [5, 6]}"},
    {"$.a[0]", "$.x", "1"},
    {"$.a[1]", "$.x", "2"},
    {"$.a[0]", "/y/1", "6"},
    {"$.a[0]", "$..*", "1 | [5, 6] | 5 | 6"},
    {"$.a", "$[?@.x == $[1].x].x", "2"},
    {"$.a", "$[-1:]", "{\"x\": 2}"},
    {"$.a[0].x", "$", "1"},
    {"$.a[0].x", "$..*", ""},
    {"$.a[0].x", "$.x", ""},
    {"$['x']", "$", "\"top\""},
    {"$", "$.x", "\"top\""},
};

START_TEST(value_stands_for_the_document)
{
	scan("\xEF\xBB\xBF{\"a\": [{\"x\": 1, \"y\": [5, 6]}, {\"x\": 2}],"
	     " \"x\": \"top\"}");
	enter(entries[_i].entered);
	ck_assert_str_eq(apply_again(entries[_i].path), entries[_i].matches);
	json_doc_leave(doc);
	ck_assert_str_eq(apply_again("$.x"), "\"top\"");
}
END_TEST

START_TEST(condition_is_a_test_of_the_value_that_was_entered)
{
	struct json_error error;
	struct json_path *test =
	    json_condition_new("$.x == 2 && @.x == 2", &error);

	scan("{\"a\": [{\"x\": 1}, {\"x\": 2}], \"x\": 3}");
	ck_assert_int_eq(json_condition_test(test, doc, &error), 0);
	enter("$.a[1]");
	ck_assert_int_eq(json_condition_test(test, doc, &error), 1);
	scan("{\"x\": 3}");
	ck_assert_int_eq(json_condition_test(test, doc, &error), 0);
	json_path_free(test);
}
END_TEST

/* Else a page of n items would allow n times n steps. */
START_TEST(budget_is_that_of_the_value_that_was_entered)
{
	struct json_error error;
	struct json_path *path = json_path_new("$", &error);
	struct json_eval whole, part;

	scan("[[1], 2, 3, 4, 5]");
	json_eval_init(&whole, path, doc);
	enter("$[0]");
	json_eval_init(&part, path, doc);
	ck_assert_uint_lt(part.steps_left, whole.steps_left);
	json_eval_release(&whole);
	json_eval_release(&part);
	json_path_free(path);
}
END_TEST

START_TEST(threads_share_a_path)
{
	struct applier appliers[THREADS] = {0};
	struct json_error error;
	struct json_path *path = json_path_new(shared[_i], &error);

	ck_assert_ptr_nonnull(path);
	for (int i = 0; i < THREADS; i++) {
		appliers[i].path = path;
		ck_assert_int_eq(pthread_create(&appliers[i].thread, NULL,
		                     apply_in_thread, &appliers[i]),
		    0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(appliers[i].thread, NULL);
		ck_assert_int_eq(appliers[i].found, TURNS);
	}
	json_path_free(path);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("json path");
	TCase *tc = tcase_create("path");

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(
	    tc, a_path_without_matches_tells_where_it_stops, 0, COUNT(gaps));
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
	    tc, pointer_finds_what_rfc_6901_says, 0, COUNT(pointers));
	tcase_add_loop_test(tc, a_bad_pattern_has_its_first_problem_named, 0,
	    COUNT(bad_patterns));
	tcase_add_loop_test(
	    tc, match_is_the_text_of_the_document, 0, COUNT(exact));
	tcase_add_test(tc, members_are_found_however_often_an_object_is_asked);
	tcase_add_test(tc, another_text_has_members_of_its_own);
	tcase_add_test(tc, many_names_with_escapes_are_found);
	tcase_add_loop_test(
	    tc, value_stands_for_the_document, 0, COUNT(entries));
	tcase_add_test(tc, condition_is_a_test_of_the_value_that_was_entered);
	tcase_add_test(tc, budget_is_that_of_the_value_that_was_entered);
	tcase_add_loop_test(tc, threads_share_a_path, 0, COUNT(shared));
	tcase_add_test(tc, number_of_400_digits_is_kept);
	tcase_add_loop_test(
	    tc, name_selects_the_last_of_duplicates, 0, COUNT(duplicates));
	tcase_add_loop_test(tc, shape_of_a_path_is_known, 0, COUNT(shapes));
	tcase_add_loop_test(
	    tc, bad_path_is_refused_with_column_and_help, 0, COUNT(hints));
	tcase_add_loop_test(tc, path_finds_matches_in_order, 0, COUNT(basics));
	tcase_add_test(tc, path_on_an_invalid_document_matches_nothing);
	tcase_add_test(tc, exploding_path_runs_out_of_steps);
	tcase_add_loop_test(tc, each_selector_has_its_price, 0, COUNT(costs));
	tcase_add_test(tc, too_many_matches_end_the_walk);
	tcase_add_test(tc, query_from_the_root_is_made_once);
	tcase_add_loop_test(tc, condition_is_a_test_of_the_whole_document, 0,
	    COUNT(conditions));
	tcase_add_loop_test(tc, what_is_no_condition_is_refused_with_its_column,
	    0, COUNT(no_conditions));
	tcase_add_test(tc, condition_that_takes_too_many_steps_is_given_up);
#ifdef HAVE_PCRE2
	tcase_add_test(tc, pattern_that_backtracks_is_given_up);
#else
	tcase_add_test(tc, functions_without_pcre2_name_the_package);
#endif
	return unit_run(suite);
}
