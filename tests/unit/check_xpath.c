#include "config.h"

#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "format/extract.h"
#include "request/result.h"
#include "xml/xml.h"
#include "unit.h"

static struct output_options options;
static struct extractor *extractor;
static struct columns *columns;
static struct result result;
static struct readings *body;
static struct buf found;
static char *cause;

static void
setup(void)
{
	output_options_init(&options);
	result_init(&result);
	body = readings_new();
	buf_init(&found);
}

static void
teardown(void)
{
	columns_free(columns);
	extractor_free(extractor);
	columns = NULL;
	extractor = NULL;
	output_options_release(&options);
	result_release(&result);
	readings_free(body);
	buf_release(&found);
	free(cause);
	cause = NULL;
}

static void
set_body(const char *bytes, size_t len, const char *type)
{
	buf_add(&result.body.mem, bytes, len);
	result.body.size = len;
	result.content_type = xstrdup_null(type);
}

/* What `expression` finds, one value a line. */
static const char *
extract(const char *expression)
{
	strlist_add(&options.xpath, expression);
	extractor = extractor_new(&options, &cause);
	ck_assert_msg(extractor != NULL, "%s", cause);
	columns = columns_new(extractor);
	readings_begin(body, &result);
	extractor_apply(extractor, body, columns);
	readings_end(body);
	buf_adds(&found, "");
	for (size_t i = 0; i < columns->items[0].matches.spans.len; i++) {
		struct json_span span =
		    columns->items[0].matches.spans.items[i];

		buf_add(&found, span.start, span.len);
		buf_addc(&found, '\n');
	}
	return found.data;
}

static const char page[] =
    "<html><head><title> T &amp; t </title></head><body id=top>"
    "<p>one <b>two</b><p class=\"x\">three\n"
    "<a href=\"/a?x=1&amp;y=2\">A</a><a>B</a></body>";

static const struct {
	const char *expression, *values;
	bool singular;
} expressions[] = {
    {"string(//title)", "\" T & t \"\n", true},
    {"normalize-space(//title)", "\"T & t\"\n", true},
    {"string(//nothing)", "\"\"\n", true},
    {"//nothing", "", false},
    {"//a", "\"A\"\n\"B\"\n", false},
    {"//a/@href", "\"/a?x=1&y=2\"\n", false},
    {"//p[@class='x']/text()", "\"three\\n\"\n", false},
    {"//p[1]", "\"one two\"\n", false},
    {"//b | //title | //a", "\" T & t \"\n\"two\"\n\"A\"\n\"B\"\n", false},
    {"//a/preceding::p", "\"one two\"\n", false},
    {"(//a)[last()]", "\"B\"\n", false},
    {"id('top')/a", "", false},
    {"count(//a)", "2\n", true},
    {"count(//a) > 1", "true\n", true},
    {"not(//a)", "false\n", true},
    {"number(//title)", "", true},
    {"1 div 0", "", true},
    {"-0", "0\n", true},
    {"0.1", "0.1\n", true},
    {"1 div 3", "0.3333333333333333\n", true},
    {"-12345678901", "-12345678901\n", true},
    {"9007199254740993", "9007199254740992\n", true},
    {"n=//b", "\"two\"\n", false},
};

START_TEST(a_page_gives)
{
	const char *values;

	set_body(page, strlen(page), "text/html");
	values = extract(expressions[_i].expression);
	ck_assert_str_eq(values, expressions[_i].values);
	ck_assert_int_eq(columns->items[0].singular, expressions[_i].singular);
	ck_assert(result_ok(&result));
}
END_TEST

static const struct {
	const char *expression, *name;
} names[] = {
    {"string(//title)", "title"},
    {"//a/@href", "href"},
    {"//div[@class='x']/p/text()", "p"},
    {"count(//li[a/b])", "li"},
    {"normalize-space(string(//h1[1]))", "h1"},
    {"//x/following-sibling::y", "y"},
    {"concat(//a, ' and ', //b)", "b"},
    {"//and or //div div 2", "div"},
    {"//*", "xpath"},
    {"count(//*[local-name()='a'])", "xpath"},
    {"'text'", "xpath"},
    {"price=//span", "price"},
};

START_TEST(a_column_is_named_after)
{
	set_body("", 0, NULL);
	extract(names[_i].expression);
	ck_assert_str_eq(extractor_name(extractor, 0), names[_i].name);
}
END_TEST

static const struct {
	const char *expression, *part;
} mistakes[] = {
    {"", "column 1:"},
    {"//a[", "column 5:"},
    {"//\xc3\xa9[", "column 5:"},
    {"n=//a]", "column 6:"},
    {"'abc", "has no closing quote"},
    {"foo(//a)", "column 1: XPath 1.0 has no foo()"},
    {"//a[contain(., 'x')]", "column 5: XPath 1.0 has no contain(); did you "
                             "mean contains()?"},
    {"//svg:path", "local-name()"},
    {"$x", "variables are not supported"},
    {"count(1, 2)", "arguments"},
    {"//a | 3", "has the wrong type"},
};

START_TEST(a_mistake_is_explained)
{
	strlist_add(&options.xpath, mistakes[_i].expression);
	extractor = extractor_new(&options, &cause);
	ck_assert_ptr_null(extractor);
	ck_assert_msg(strstr(cause, mistakes[_i].part) != NULL, "%s", cause);
}
END_TEST

#define DEEP10 "<d><d><d><d><d><d><d><d><d><d>"
#define DEEP100 \
	DEEP10 DEEP10 DEEP10 DEEP10 DEEP10 DEEP10 DEEP10 DEEP10 DEEP10 DEEP10

static const struct {
	const char *body, *type;
	enum error_class class;
	const char *part;
} failures[] = {
    {"<a>\n<b></a>", "text/xml", ERROR_PROTOCOL, "line 2, column 8"},
    {"", "text/xml", ERROR_PROTOCOL, "not well-formed XML"},
    {"{}", "application/json", ERROR_PROTOCOL, "use -j or --each"},
    {"{}", "application/problem+json; charset=utf-8", ERROR_PROTOCOL,
        "use -j or --each"},
    {"GIF", "image/gif", ERROR_PROTOCOL, "neither HTML nor XML"},
    {DEEP100 DEEP100 DEEP100, "text/html", ERROR_SIZE, "256"},
    {DEEP100 DEEP100 DEEP100, "text/xml", ERROR_SIZE, "256"},
    {"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "text/xml", ERROR_PROTOCOL,
        "Entity 'b' not defined"},
    {"<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>",
        "text/xml", ERROR_PROTOCOL, "Entity 'b' not defined"},
};

START_TEST(a_failure_says_why)
{
	set_body(
	    failures[_i].body, strlen(failures[_i].body), failures[_i].type);
	ck_assert_str_eq(extract("//a"), "");
	ck_assert_int_eq(result.failure.class, failures[_i].class);
	ck_assert_msg(strstr(result.failure.message, failures[_i].part) != NULL,
	    "%s", result.failure.message);
}
END_TEST

START_TEST(xml_is_read_by_its_rules)
{
	const char *xml = "<?xml version='1.0' encoding='iso-8859-1'?>"
	                  "<Feed xmlns='http://www.w3.org/2005/Atom'>"
	                  "<title>caf\xe9</title></Feed>";

	set_body(xml, strlen(xml), "application/atom+xml");
	ck_assert_str_eq(
	    extract("//*[local-name()='title']"), "\"caf\xc3\xa9\"\n");
}
END_TEST

static const struct {
	const char *expression, *values;
} namespaced[] = {
    {"/feed/entry/title", "\"1\"\n\"2\"\n"},
    {"//title/@lang", "\"en\"\n"},
    {"//x", ""},
    {"//*[name()='m:x']", "\"3\"\n"},
    {"count(//entry)", "2\n"},
};

START_TEST(a_default_namespace_does_not_count)
{
	const char *xml =
	    "<?xml version='1.0'?><!-- c --><feed"
	    " xmlns='http://www.w3.org/2005/Atom' xmlns:m='urn:m'><!-- d -->"
	    "<entry><title lang='en'>1</title></entry>"
	    "<entry><title>2</title><m:x>3</m:x></entry></feed>";

	set_body(xml, strlen(xml), "application/atom+xml");
	ck_assert_str_eq(
	    extract(namespaced[_i].expression), namespaced[_i].values);
}
END_TEST

START_TEST(nothing_else_is_read)
{
	const char *xml =
	    "<!DOCTYPE a SYSTEM 'file:///etc/passwd'>"
	    "<a xmlns:xi='http://www.w3.org/2001/XInclude'>x"
	    "<xi:include href='file:///etc/passwd' parse='text'/></a>";

	set_body(xml, strlen(xml), "text/xml");
	ck_assert_str_eq(extract("string(/)"), "\"x\"\n");
}
END_TEST

/* A tag with `count` attributes, behind `before`. */
static void
set_attributes(const char *before, unsigned count)
{
	struct buf b;

	buf_init(&b);
	buf_adds(&b, before);
	for (unsigned i = 0; i < count; i++)
		buf_addf(&b, " a%x", i);
	buf_adds(&b, ">");
	set_body(b.data, b.len, "text/html");
	buf_release(&b);
}

static const char *const hiding_places[] = {"<a", "<a x='>'", "</p><a",
    "<script>a<b x=\"</script><a", "<!-- > --><a", "<a x=\"'\" y=\"<\""};

START_TEST(too_many_attributes_are_seen_before_parsing)
{
	set_attributes(hiding_places[_i], 10000);
	extract("//a");
	ck_assert_int_eq(result.failure.class, ERROR_SIZE);
}
END_TEST

START_TEST(many_attributes_are_fine)
{
	set_attributes("<a", 1000);
	ck_assert_str_eq(extract("count(//a/@*)"), "1000\n");
}
END_TEST

START_TEST(a_costly_expression_ends)
{
	struct buf b;

	buf_init(&b);
	for (int i = 0; i < 5000; i++)
		buf_adds(&b, "<p>x");
	set_body(b.data, b.len, NULL);
	buf_release(&b);
	extract("count(//p[count(//p[count(//p) > 1]) > 1])");
	ck_assert_int_eq(result.failure.class, ERROR_POLICY);
}
END_TEST

/* A large document does not lift the ceiling: each call compares 6 MB with 100
 * bytes, and counts as 2.5 of the 20 million steps that there are at most. */
static const struct {
	int calls;
	enum error_class class;
} ceilings[] = {{7, ERROR_NONE}, {8, ERROR_POLICY}};

START_TEST(steps_have_a_ceiling)
{
	struct buf b;

	buf_init(&b);
	buf_adds(&b, "<a>");
	memset(buf_reserve(&b, 6000000), 'x', 6000000);
	b.len += 6000000;
	buf_adds(&b, "</a>");
	set_body(b.data, b.len, "text/xml");
	buf_clear(&b);
	for (int i = 0; i < ceilings[_i].calls; i++)
		buf_addf(&b, "%scontains(/a,'%0100d')", i ? " or " : "", 0);
	extract(b.data);
	ck_assert_int_eq(result.failure.class, ceilings[_i].class);
	buf_release(&b);
}
END_TEST

/* Else what many pages gave would pile up, one behind the other. */
START_TEST(a_cleared_match_holds_no_text)
{
	set_body(page, sizeof(page) - 1, "text/html");
	ck_assert_str_eq(extract("//b"), "\"two\"\n");
	ck_assert_uint_gt(columns->items[0].matches.text.len, 0);
	matches_clear(&columns->items[0].matches);
	ck_assert_uint_eq(columns->items[0].matches.text.len, 0);
	ck_assert_uint_eq(columns->items[0].matches.spans.len, 0);
}
END_TEST

#define ADD_LOOP(t, test, table) \
	tcase_add_loop_test(t, test, 0, (int)(sizeof(table) / sizeof(*(table))))

enum {
	THREADS = 4,
	TURNS = 100
};

/* Take the values of the page and of a feed, with an expression and documents
 * that no other thread has. Returns NULL, or what went wrong. */
static void *
read_in_thread(void *arg)
{
	struct output_options own = *(struct output_options *)arg;
	char *why = NULL;
	struct extractor *x = extractor_new(&own, &why);
	struct readings *pages;
	struct columns *c;

	if (!x)
		return why;
	pages = readings_new();
	c = columns_new(x);
	for (int i = 0; i < TURNS && !why; i++) {
		struct result r;

		result_init(&r);
		buf_adds(&r.body.mem, page);
		r.body.size = r.body.mem.len;
		r.content_type = xstrdup("text/html; charset=iso-8859-1");
		readings_begin(pages, &r);
		extractor_apply(x, pages, c);
		readings_end(pages);
		if (c->items[0].matches.spans.len != 2)
			why = xstrdup("it found something else");
		result_release(&r);
	}
	readings_free(pages);
	columns_free(c);
	extractor_free(x);
	return why;
}

START_TEST(threads_read_pages)
{
	pthread_t threads[THREADS];
	void *why;

	strlist_add(&options.xpath, "//a[string-length(.) = 1]");
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(
		    pthread_create(&threads[i], NULL, read_in_thread, &options),
		    0);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &why);
		ck_assert_msg(!why, "%s", (char *)why);
	}
}
END_TEST

static void
add_extraction(TCase *t)
{
	ADD_LOOP(t, a_page_gives, expressions);
	ADD_LOOP(t, a_column_is_named_after, names);
	ADD_LOOP(t, a_mistake_is_explained, mistakes);
	ADD_LOOP(t, a_failure_says_why, failures);
	ADD_LOOP(t, too_many_attributes_are_seen_before_parsing, hiding_places);
	tcase_add_test(t, many_attributes_are_fine);
	tcase_add_test(t, xml_is_read_by_its_rules);
	tcase_add_loop_test(t, a_default_namespace_does_not_count, 0,
	    sizeof(namespaced) / sizeof(namespaced[0]));
	tcase_add_test(t, nothing_else_is_read);
	tcase_add_test(t, a_costly_expression_ends);
	ADD_LOOP(t, steps_have_a_ceiling, ceilings);
	tcase_add_test(t, a_cleared_match_holds_no_text);
	tcase_add_test(t, threads_read_pages);
}

int
main(void)
{
	Suite *s = suite_create("xpath");
	TCase *t = tcase_create("xpath");

	tcase_add_checked_fixture(t, setup, teardown);
	if (xml_available())
		add_extraction(t);
	suite_add_tcase(s, t);
	return unit_run(s);
}
