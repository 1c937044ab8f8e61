#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "follow/child.h"
#include "follow/fanout.h"
#include "follow/link.h"
#include "follow/page.h"
#include "unit.h"
#include "xml/xml.h"

static struct request_options options;
static struct request *request;
static struct result result;
static struct readings *body;
static struct buf url;
static struct left_out left_out;

static void
setup(void)
{
	request_options_init(&options);
	request = request_new(&options, "http://a.test/list");
	request_set_url(request, "http://a.test/list");
	result_init(&result);
	body = readings_new();
	buf_init(&url);
	left_out = (struct left_out){0};
}

static void
teardown(void)
{
	request_free(request);
	request_options_release(&options);
	result_release(&result);
	readings_free(body);
	buf_release(&url);
}

/* Queries. */

static const struct {
	const char *url, *name, *value; /* NULL: it isn't there */
	const char *with;               /* 7 in its place */
} queries[] = {
    {"http://a/x", "page", NULL, "http://a/x?page=7"},
    {"http://a/x?", "page", NULL, "http://a/x?page=7"},
    {"http://a/x?a=1", "page", NULL, "http://a/x?a=1&page=7"},
    {"http://a/x?a=1&", "page", NULL, "http://a/x?a=1&page=7"},
    {"http://a/x?page=2", "page", "2", "http://a/x?page=7"},
    {"http://a/x?page=2&a=1", "page", "2", "http://a/x?page=7&a=1"},
    {"http://a/x?a=1&page=&b=2", "page", "", "http://a/x?a=1&page=7&b=2"},
    {"http://a/x?page", "page", "", "http://a/x?page=7"},
    {"http://a/x?page&b", "page", "", "http://a/x?page=7&b"},
    {"http://a/x?mypage=2", "page", NULL, "http://a/x?mypage=2&page=7"},
    {"http://a/x?p%5Bn%5D=2", "p[n]", "2", "http://a/x?p%5Bn%5D=7"},
    {"http://a/x?p[n]=2", "p[n]", "2", "http://a/x?p[n]=7"},
    {"http://a/x", "p[n]", NULL, "http://a/x?p%5Bn%5D=7"},
    {"http://a/page=2?b=3", "page", NULL, "http://a/page=2?b=3&page=7"},
};

START_TEST(a_parameter_is_found_and_replaced)
{
	size_t len;
	const char *value = query_get(queries[_i].url, queries[_i].name, &len);
	struct buf seven = {0};

	ck_assert_int_eq(value != NULL, queries[_i].value != NULL);
	if (value) {
		ck_assert_uint_eq(len, strlen(queries[_i].value));
		ck_assert(strncmp(value, queries[_i].value, len) == 0);
	}
	buf_adds(&seven, "7");
	query_add_with(&url, queries[_i].url, queries[_i].name, &seven);
	ck_assert_str_eq(url.data, queries[_i].with);
	buf_release(&seven);
}
END_TEST

/* Pages. */

static const char link_next[] = "Link: <?page=2>; rel=next\r\n";

static const struct {
	const char *how, *items, *body;
	enum pager_verdict verdict;
	const char *url;
} pages[] = {
    {"link", NULL, "no JSON", PAGER_NEXT, "?page=2"},
    {".next", NULL, "{\"next\":\"/p/2\"}", PAGER_NEXT, "/p/2"},
    {".next", NULL, "{\"next\":\"\\/p\\u002f2\"}", PAGER_NEXT, "/p/2"},
    {"/next", NULL, "{\"next\":2}", PAGER_NEXT, "2"},
    {".next", NULL, "{\"next\":null}", PAGER_END, NULL},
    {".next", NULL, "{\"next\":false}", PAGER_END, NULL},
    {".next", NULL, "{\"next\":\"\"}", PAGER_END, NULL},
    {".next", NULL, "{}", PAGER_END, NULL},
    {".next", NULL, "{\"next\":{\"href\":1}}", PAGER_FAILED, NULL},
    {".next", NULL, "{\"next\":[]}", PAGER_FAILED, NULL},
    {".next", NULL, "{\"next\":true}", PAGER_FAILED, NULL},
    {".next", NULL, "<html>", PAGER_FAILED, NULL},
    {".next", NULL, "", PAGER_FAILED, NULL},
    {".links[?@.rel=='next'].href", NULL,
        "{\"links\":[{\"rel\":\"prev\",\"href\":\"/1\"},"
        "{\"rel\":\"next\",\"href\":\"/3\"}]}",
        PAGER_NEXT, "/3"},
    {"after=.c", NULL, "{\"c\":\"a b&c\"}", PAGER_NEXT,
        "http://a.test/list?after=a%20b%26c"},
    {"after=.c", NULL, "{\"c\":0}", PAGER_NEXT, "http://a.test/list?after=0"},
    {"after=.c", NULL, "{\"c\":\"\"}", PAGER_END, NULL},
    {"page+1", ".items", "{\"items\":[1]}", PAGER_NEXT,
        "http://a.test/list?page=2"},
    {"page+1", ".items", "{\"items\":[]}", PAGER_END, NULL},
    {"page+1", ".items", "{\"items\":[ \n]}", PAGER_END, NULL},
    {"page+1", ".items", "{}", PAGER_END, NULL},
    {"page+1", ".items[*]", "{\"items\":[]}", PAGER_END, NULL},
    {"page+1", ".items[*]", "{\"items\":[[]]}", PAGER_NEXT,
        "http://a.test/list?page=2"},
    {"offset+50", ".items", "{\"items\":[1]}", PAGER_NEXT,
        "http://a.test/list?offset=50"},
};

/* Look into the body, if need be, and say what follows. */
static enum pager_verdict
turn(struct pager *p)
{
	struct matches found = {0};
	struct gap gap = {0};
	const struct pager_page page = {request, &result, &found};
	enum pager_verdict verdict = PAGER_FAILED;

	readings_begin(body, &result);
	if (!pager_reads_body(p) || pager_look(p, body, &found, &gap) == 0)
		verdict = pager_next(p, &page, &url);
	pager_note_gap(p, &gap);
	gap_release(&gap);
	matches_release(&found);
	return verdict;
}

START_TEST(the_next_page_is_found)
{
	char *cause = NULL;
	struct pager *p = pager_new(pages[_i].how, pages[_i].items, &cause);

	ck_assert_msg(p != NULL, "%s", cause);
	result.headers = xstrdup(link_next);
	buf_adds(&result.body.mem, pages[_i].body);
	result.body.size = result.body.mem.len;
	ck_assert_int_eq(turn(p), pages[_i].verdict);
	ck_assert_int_eq(result_ok(&result), pages[_i].verdict != PAGER_FAILED);
	if (pages[_i].url)
		ck_assert_str_eq(url.data, pages[_i].url);
	else
		ck_assert_uint_eq(url.len, 0);
	pager_free(p);
}
END_TEST

START_TEST(a_count_goes_on_from_where_it_is)
{
	char *cause = NULL;
	struct pager *p = pager_new("page+1", ".x", &cause);

	request_set_url(request, "http://a.test/list?page=9&b=1");
	buf_adds(&result.body.mem, "{\"x\":1}");
	ck_assert_int_eq(turn(p), PAGER_NEXT);
	ck_assert_str_eq(url.data, "http://a.test/list?page=10&b=1");
	pager_free(p);
}
END_TEST

static const struct {
	const char *how, *items, *says;
} bad[] = {
    {"next", NULL, "PARAM+N"},
    {"", NULL, "PARAM+N"},
    {"=.next", NULL, "PARAM+N"},
    {"+1", ".x", "PARAM+N"},
    {"page+0", ".x", "PARAM+N"},
    {"page+x", ".x", "PARAM+N"},
    {"page+99999999999999999999", ".x", "PARAM+N"},
    {"page+1", NULL, "--items"},
    {"page+1", ".x[", "--items .x[: column"},
    {".x[", NULL, "--paginate .x[: column"},
    {"c=.x[", NULL, "--paginate .x[: column"},
};

START_TEST(what_is_no_way_to_paginate_is_refused)
{
	char *cause = NULL;

	ck_assert_ptr_null(pager_new(bad[_i].how, bad[_i].items, &cause));
	ck_assert_msg(strstr(cause, bad[_i].says) != NULL, "%s", cause);
	free(cause);
}
END_TEST

/* Ranges. */

static const struct {
	const char *url, *next, *last;
	const char *first; /* NULL: no range */
	uint64_t count;
} ranges[] = {
    {"http://a/x", "/x?page=2", "/x?page=9", "/x?page=2", 8},
    {"http://a/x", "<", "/x?page=9", NULL, 0},
    {"http://a/x?page=1", "?page=2", "?page=9", "?page=2", 8},
    {"http://a/x?page=9", "?page=10", "?page=12", "?page=10", 3},
    {"http://a/x?page=8", "?page=9", "?page=10", "?page=9", 2},
    {"http://a/x", "?page=2&q=1", "?page=9&q=1", "?page=2&q=1", 8},
    {"http://a/x", "?page[number]=2", "?page[number]=3", "?page[number]=2", 2},
    {"http://a/x", "?p=2", "?p=3", "?p=2", 2},
    {"http://a/x?n=4", "?n=5", "?n=7", "?n=5", 3},
    /* One page is no range. */
    {"http://a/x", "?page=2", "?page=2", NULL, 0},
    {"http://a/x", "?page=3", "?page=2", NULL, 0},
    /* Offsets go in steps that nobody knows. */
    {"http://a/x", "?offset=2", "?offset=8", NULL, 0},
    {"http://a/x?offset=10", "?offset=20", "?offset=90", NULL, 0},
    {"http://a/x?page=1", "?page=3", "?page=9", NULL, 0},
    /* More than one number differs, or what is none. */
    {"http://a/x", "?page=2&left=8", "?page=9&left=1", NULL, 0},
    {"http://a/x", "?page=2a", "?page=9b", NULL, 0},
    {"http://a/x", "?page=a2", "?page=a9", NULL, 0},
    {"http://a/x", "?page=02", "?page=09", NULL, 0},
    {"http://a/x", "/x/2", "/x/9", NULL, 0},
    {"http://a/x", "?page=2", "?page=99999999999999999999", NULL, 0},
};

START_TEST(pages_between_next_and_last_are_known)
{
	struct page_range range;
	bool found = page_range_find(
	    &range, ranges[_i].url, ranges[_i].next, ranges[_i].last);

	ck_assert_int_eq(found, ranges[_i].first != NULL);
	if (found) {
		ck_assert_uint_eq(
		    range.last - range.next + 1, ranges[_i].count);
		page_range_add_url(&range, &url);
		ck_assert_str_eq(url.data, ranges[_i].first);
	}
	page_range_release(&range);
}
END_TEST

/* Requests. */

static struct request *
next_page(const char *effective, const char *to)
{
	const struct child_parent parent = {
	    request, &result, TRUST_NOBODY, NULL};

	result.url_effective = xstrdup(effective);
	result.trust = request->trust;
	return child_new_page(&parent, to);
}

START_TEST(a_page_is_relative_to_where_redirects_led)
{
	struct request *page = next_page("http://a.test/v2/list", "items?p=2");

	ck_assert_str_eq(page->url, "http://a.test/v2/items?p=2");
	ck_assert_uint_eq(page->page, 1);
	ck_assert(!page->trust.foreign);
	request_free(page);
}
END_TEST

static const struct {
	const char *effective, *to;
	bool foreign;
} homes[] = {
    {"http://a.test/list", "/p/2", false},
    {"http://a.test/list", "http://a.test:80/p/2", false},
    {"http://a.test/list", "https://a.test/p/2", true},
    {"http://a.test/list", "http://b.test/p/2", true},
    {"http://a.test/list", "//b.test/p/2", true},
    {"http://a.test/list", "http://a.test:8080/p/2", true},
    /* Another origin sends us back. */
    {"http://b.test/list", "http://a.test/p/2", true},
};

START_TEST(a_page_elsewhere_is_foreign)
{
	struct request *page = next_page(homes[_i].effective, homes[_i].to);

	ck_assert_ptr_null(page->invalid);
	ck_assert_int_eq(page->trust.foreign, homes[_i].foreign);
	request_free(page);
}
END_TEST

START_TEST(who_is_foreign_stays_so)
{
	struct request *page;

	request->trust.foreign = true;
	page = next_page("http://a.test/list", "/p/2");
	ck_assert(page->trust.foreign);
	request_free(page);
}
END_TEST

START_TEST(a_page_is_http)
{
	struct request *page = next_page("http://a.test/list", "file:///x");

	ck_assert_ptr_nonnull(page->invalid);
	request_free(page);
}
END_TEST

/* Fan-out. */

static struct follow_options follow;
static struct fanout *fanout;

static void
add_stage(const char *each, const char *then)
{
	enum match_language language =
	    strncmp(each, "//", 2) == 0 ? MATCH_XPATH : MATCH_JSON;

	follow_options_add(&follow, language, each);
	follow.stages[follow.stages_len - 1].then = xstrdup(then);
}

/* The child that stage `stage` makes of match 0 in `body`. */
static struct request *
make_child(const struct request *parent, unsigned stage, const char *text)
{
	struct fanout_parent p = {
	    {parent, &result, TRUST_NOBODY, NULL}, stage, 0, {NULL, 0}};
	struct found_links found = {0};
	struct request *child;
	char *base = NULL;

	buf_clear(&result.body.mem);
	buf_adds(&result.body.mem, text);
	result.body.size = result.body.mem.len;
	readings_begin(body, &result);
	ck_assert_int_eq(fanout_find(fanout, stage, body, &found), 0);
	ck_assert_uint_gt(found.matches.spans.len, 0);
	p.match = found.matches.spans.items[0];
	if (found.base)
		base = child_base(&p.parent, found.base);
	p.parent.base = base;
	child = fanout_make(fanout, &p, &left_out);
	if (child)
		fanout_name(fanout, stage, child, 0);
	found_links_release(&found);
	free(base);
	return child;
}

static void
open_fanout(void)
{
	const struct fanout_setup made = {
	    .options = &follow, .common = &options};
	char *cause = NULL;

	fanout = fanout_new(&made, &cause);
	ck_assert_msg(fanout != NULL, "%s", cause);
}

static void
close_fanout(void)
{
	fanout_free(fanout);
	follow_options_release(&follow);
}

static const struct {
	const char *then, *body;
	const char *url; /* NULL: no request can be made */
} children[] = {
    {"{{.}}", "[\"/x?a=1\"]", "http://a.test/x?a=1"},
    {"{{.}}", "[\"https://b.test/\"]", "https://b.test/"},
    {"{{.}}", "[\" \\n/x\\t/y \"]", "http://a.test/x/y"},
    {"{{.}}", "[\"\"]", NULL},
    {"{{.}}", "[\"http://[::1\"]", NULL},
    {"{{.}}", "[\"b.test:80/x\"]", NULL},
    {"{{.}}", "[\"localhost:8080/x\"]", NULL},
    {"file:{{.}}", "[\"/etc/passwd\"]", NULL},
    {"#{{.}}", "[\"top\"]", NULL},
    {"/i/{{.}}", "[7]", "http://a.test/i/7"},
    {"/i/{{.}}", "[\"a/b c\"]", "http://a.test/i/a%2Fb%20c"},
    {"/i/{{.}}", "[\"\\u0061\"]", "http://a.test/i/a"},
    {"i/{{.id}}", "[{\"id\":9007199254740993}]",
        "http://a.test/i/9007199254740993"},
    {"/i/{{.a.b}}", "[{\"a\":{\"b\":true}}]", "http://a.test/i/true"},
    {"/i?up={{..}}", "[1]", "http://a.test/i?up=http%3A%2F%2Fa.test%2Flist"},
    {"/i/{{.}}", "[null]", NULL},
    {"/i/{{.}}", "[\"..\"]", NULL},
    {"/i/{{.id}}", "[{\"x\":1}]", NULL},
    {"/i/{{.id?}}", "[{\"x\":1}]", "http://a.test/i/"},
};

START_TEST(a_match_becomes_a_request)
{
	struct request *child;

	add_stage("[*]", children[_i].then);
	open_fanout();
	child = make_child(request, 0, children[_i].body);
	if (children[_i].url)
		ck_assert_str_eq(child->url, children[_i].url);
	else
		ck_assert_ptr_nonnull(child->invalid);
	request_free(child);
	close_fanout();
}
END_TEST

/* Links of http://a.test/dir/list, whose page may have a <base>. */
static const struct {
	const char *page;
	const char *url; /* NULL: the link is left out */
} links[] = {
    {"<a href='x?a=1&amp;b=2'>", "http://a.test/dir/x?a=1&b=2"},
    {"<a href=' &#10; /x&#10; '>", "http://a.test/x"},
    {"<a href='//b.test/x'>", "http://b.test/x"},
    {"<a href='?page=2'>", "http://a.test/dir/list?page=2"},
    {"<a href='/x#y'>", "http://a.test/x"},
    {"<a href='HTTP://a.test/x'>", "http://a.test/x"},
    {"<a href='list'>", "http://a.test/dir/list"},
    {"<a href='#y'>", NULL},
    {"<a href=''>", NULL},
    {"<a href=' '>", NULL},
    {"<a href='list#y'>", NULL},
    {"<a href='http://a.test/dir/list#y'>", NULL},
    {"<a href=' mailto:a@b.test'>", NULL},
    {"<a href='java&#10;script:void(0)'>", NULL},
    {"<a href='data:text/html,x'>", NULL},
    {"<a href='file:///etc/passwd'>", NULL},
    /* With a base, relative or not; the first that has an href counts. */
    {"<base href='/b/'><a href='x'>", "http://a.test/b/x"},
    {"<base href='http://b.test/c/d'><a href='x'>", "http://b.test/c/x"},
    {"<base href='//b.test'><a href='x'>", "http://b.test/x"},
    {"<base href='/b/'><a href='/x'>", "http://a.test/x"},
    {"<base href='/b/'><a href='http://c.test/x'>", "http://c.test/x"},
    {"<base target=_top><base href='/b/'><base href='/c/'><a href='x'>",
        "http://a.test/b/x"},
    {"<a href='x'><p><base href='/b/'>", "http://a.test/b/x"},
    {"<base href='/b/'><a href='#y'>", "http://a.test/b/"},
    {"<base href='/b/'><a href='?q'>", "http://a.test/b/?q"},
    {"<base href='list?'><a href='list#y'>", NULL},
    {"<base href='list'><a href='#y'>", NULL},
    /* Who cannot be a base is ignored. */
    {"<base href='data:,x'><a href='x'>", "http://a.test/dir/x"},
    {"<base href='javascript:x'><a href='x'>", "http://a.test/dir/x"},
    {"<base href='http://[::1'><a href='x'>", "http://a.test/dir/x"},
    {"<base href='file:///etc/'><a href='passwd'>", "http://a.test/dir/passwd"},
    {"<base href='http://u:p@b.test/'><a href='x'>", "http://b.test/x"},
};

START_TEST(a_link_becomes_a_request)
{
	struct request *child;

	if (!xml_available())
		return;
	free(result.url_effective);
	result.url_effective = xstrdup("http://a.test/dir/list");
	add_stage("//a/@href", "{{.}}");
	open_fanout();
	child = make_child(request, 0, links[_i].page);
	if (links[_i].url)
		ck_assert_str_eq(child->url, links[_i].url);
	else
		ck_assert_ptr_null(child);
	request_free(child);
	close_fanout();
}
END_TEST

/* The user of the input's URL goes to that origin again, whatever a page says
 * about its base. */
START_TEST(a_base_changes_nothing_about_trust)
{
	struct request *child;

	if (!xml_available())
		return;
	request->user = xstrdup("me:secret");
	add_stage("//a/@href", "{{.}}");
	open_fanout();
	child = make_child(request, 0,
	    "<base href='http://b.test/'><a href='http://a.test/x'>");
	ck_assert_str_eq(child->user, "me:secret");
	ck_assert(!child->trust.foreign);
	request_free(child);
	child = make_child(
	    request, 0, "<base href='http://me:x@b.test/'><a href='x'>");
	ck_assert_ptr_null(child->user);
	ck_assert(child->trust.foreign);
	request_free(child);
	close_fanout();
}
END_TEST

static void
leave_out(const char *scheme, unsigned times)
{
	while (times--)
		left_out_add_scheme(&left_out, scheme, strlen(scheme));
}

static void
check_left_out(const char *says)
{
	struct buf text = {0};

	left_out_add_text(&left_out, &text);
	ck_assert_str_eq(buf_text(&text), says);
	buf_release(&text);
}

START_TEST(what_is_left_out_is_said)
{
	check_left_out("");
	left_out.inside = 1;
	check_left_out("left out 1 link within the same page");
	leave_out("mailto", 1);
	check_left_out("left out 1 link that is not http or https "
	               "(mailto x 1) and 1 link within the same page");
	left_out.inside = 0;
	leave_out("MailTo", 1);
	leave_out("javascript", 3);
	check_left_out("left out 5 links that are not http or https "
	               "(mailto x 2, javascript x 3)");
}
END_TEST

/* A server may make up as many schemes as it likes. */
START_TEST(few_schemes_are_told_apart)
{
	char scheme[] = "a0";

	leave_out("a-scheme-of-many-characters", 1);
	for (; scheme[1] <= '9'; scheme[1]++)
		leave_out(scheme, 1);
	check_left_out("left out 11 links that are not http or https (a0 x 1, "
	               "a1 x 1, a2 x 1, a3 x 1, a4 x 1, a5 x 1, a6 x 1, "
	               "a7 x 1, others x 3)");
}
END_TEST

static const struct {
	const char *then;
	bool head; /* -I */
	const char *method;
} methods[] = {
    {"{{.}}", false, "GET"},
    {"{{.}}", true, "HEAD"},
    {"HEAD {{.}}", false, "HEAD"},
    {"HEAD {{.}}", true, "HEAD"},
    {"  DELETE \t {{.}}", false, "DELETE"},
};

/* The listed request is a POST, which its child is not. */
START_TEST(a_template_names_the_method)
{
	struct request *child;

	options.method = xstrdup("POST");
	add_stage("[*]", methods[_i].then);
	follow.head = methods[_i].head;
	open_fanout();
	child = make_child(request, 0, "[\"/x\"]");
	ck_assert_str_eq(child->url, "http://a.test/x");
	ck_assert_str_eq(
	    request_options_method(child->options), methods[_i].method);
	request_free(child);
	close_fanout();
}
END_TEST

static const struct {
	const char *first, *last; /* templates; NULL: there is one stage */
	const char *says;         /* NULL: they are fine */
} named[] = {
    {NULL, "{{.}}{{.a[0]}}{{..}}{{..b}}{{n}}{{k}}{{id}}{{town}}", NULL},
    {"{{..}}", "{{...}}{{...[0]}}", NULL},
    {NULL, "{{...}}", "{{...}}; the highest level is {{..}}, the input"},
    {NULL, "{{...id}}", "{{...id}}; the highest level is {{..}}, the input"},
    {"{{...}}", "{{.}}", "{{...}}; the highest level is {{..}}, the input"},
    {"{{.}}", "{{....a}}",
        "{{....a}}; the highest level is {{...}}, the input"},
    {NULL, "{{twon}}",
        "--then {{twon}}: unknown name {{twon}}; the "
        "columns are town"},
    {NULL, "http://u:secret@h/{{twon}}", "--then http://***@h/{{twon}}"},
    {"{{k}}", "{{.}}", "{{k}} counts records"},
    {NULL, "{{.:nix}}", "--then {{.:nix}}: unknown function"},
    {NULL, "head {{.}}",
        "--then head {{.}}: methods are upper case; write HEAD"},
    {NULL, " Post /x", "methods are upper case; write POST"},
    {NULL, "getter {{.}}", NULL},
    {NULL, "get", NULL},
};

START_TEST(names_are_checked_before_the_start)
{
	struct strlist columns = {0};
	const struct fanout_setup made = {
	    .options = &follow,
	    .common = &options,
	    .names.columns = &columns,
	};
	char *cause = NULL;

	strlist_add(&columns, "town");
	if (named[_i].first)
		add_stage("[*]", named[_i].first);
	add_stage("[*]", named[_i].last);
	fanout = fanout_new(&made, &cause);
	ck_assert_int_eq(fanout == NULL, named[_i].says != NULL);
	if (named[_i].says)
		ck_assert_msg(
		    strstr(cause, named[_i].says) != NULL, "%s", cause);
	free(cause);
	close_fanout();
	strlist_release(&columns);
}
END_TEST

START_TEST(a_second_stage_sees_the_match_above)
{
	struct request *child, *grandchild;

	add_stage(".u[*]", "/u/{{.id}}");
	add_stage(".p[*]", "/p?u={{..id}}&p={{.}}&x={{..k[0]}}");
	open_fanout();
	child = make_child(request, 0, "{\"u\":[{\"id\":1,\"k\":[5]}]}");
	ck_assert_str_eq(child->url, "http://a.test/u/1");
	grandchild = make_child(child, 1, "{\"p\":[2]}");
	request_free(child);
	ck_assert_str_eq(grandchild->url, "http://a.test/p?u=1&p=2&x=5");
	ck_assert_str_eq(grandchild->lineage->url, "http://a.test/u/1");
	ck_assert_str_eq(grandchild->lineage->json, "2");
	request_free(grandchild);
	close_fanout();
}
END_TEST

#ifdef HAVE_LIBXML2
START_TEST(stages_may_be_of_both_languages)
{
	struct request *child, *grandchild;

	add_stage("//a/@href", "{{.}}");
	add_stage(".p[*]", "/p?a={{..}}&p={{.}}");
	open_fanout();
	child = make_child(request, 0, "<a href='\n b?x=%22 '>");
	ck_assert_str_eq(child->url, "http://a.test/b?x=%22");
	ck_assert_str_eq(child->lineage->json, "\"\\n b?x=%22 \"");
	grandchild = make_child(child, 1, "{\"p\":[2]}");
	request_free(child);
	ck_assert_str_eq(
	    grandchild->url, "http://a.test/p?a=%0A%20b%3Fx%3D%2522%20&p=2");
	request_free(grandchild);
	close_fanout();
}
END_TEST
#endif

START_TEST(a_child_asks_with_the_headers_of_its_parent)
{
	struct request *child;

	options.method = xstrdup("PUT");
	options.body_kind = BODY_RAW;
	options.body = xstrdup("x");
	options.body_len = 1;
	strlist_add(&options.headers, "X-Y: z");
	add_stage("[*]", "/{{.}}");
	open_fanout();
	child = make_child(request, 0, "[1]");
	ck_assert_str_eq(request_options_method(child->options), "GET");
	ck_assert_int_eq(child->options->body_kind, BODY_NONE);
	ck_assert_str_eq(
	    request_headers_find(&child->options->headers, "X-Y"), "X-Y: z");
	request_free(child);
	close_fanout();
}
END_TEST

/* Families. */

START_TEST(a_family_remembers_its_pages)
{
	struct family *f = family_new();
	char name[32];

	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "http://a.test/%d", i);
		ck_assert(family_add_page(f, name));
	}
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "http://a.test/%d", i);
		ck_assert(!family_add_page(f, name));
	}
	family_unref(family_ref(f));
	family_unref(f);
}
END_TEST

/* That it is not read again shows where it has changed. */
START_TEST(a_body_is_read_once_whoever_asks)
{
	buf_adds(&result.body.mem, "{\"a\":1}");
	result.body.size = result.body.mem.len;
	readings_begin(body, &result);
	ck_assert_ptr_nonnull(readings_take(body, MATCH_JSON));
	result.body.mem.data[0] = '!';
	ck_assert_ptr_nonnull(readings_take(body, MATCH_JSON));
	ck_assert(result_ok(&result));
	readings_begin(body, &result);
	ck_assert_ptr_null(readings_take(body, MATCH_JSON));
	ck_assert_int_eq(result.failure.class, ERROR_JSON);
}
END_TEST

#define ROWS(table) ((int)(sizeof(table) / sizeof(*(table))))

int
main(void)
{
	Suite *suite = suite_create("follow");
	TCase *tc = tcase_create("follow");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_link_becomes_a_request, 0, ROWS(links));
	tcase_add_test(tc, a_base_changes_nothing_about_trust);
	tcase_add_test(tc, what_is_left_out_is_said);
	tcase_add_test(tc, few_schemes_are_told_apart);
	tcase_add_loop_test(tc, a_template_names_the_method, 0, ROWS(methods));
	tcase_add_loop_test(
	    tc, a_parameter_is_found_and_replaced, 0, ROWS(queries));
	tcase_add_loop_test(tc, the_next_page_is_found, 0, ROWS(pages));
	tcase_add_test(tc, a_count_goes_on_from_where_it_is);
	tcase_add_loop_test(
	    tc, what_is_no_way_to_paginate_is_refused, 0, ROWS(bad));
	tcase_add_loop_test(
	    tc, pages_between_next_and_last_are_known, 0, ROWS(ranges));
	tcase_add_test(tc, a_page_is_relative_to_where_redirects_led);
	tcase_add_loop_test(tc, a_page_elsewhere_is_foreign, 0, ROWS(homes));
	tcase_add_test(tc, who_is_foreign_stays_so);
	tcase_add_test(tc, a_page_is_http);
	tcase_add_loop_test(tc, a_match_becomes_a_request, 0, ROWS(children));
	tcase_add_loop_test(
	    tc, names_are_checked_before_the_start, 0, ROWS(named));
	tcase_add_test(tc, a_second_stage_sees_the_match_above);
#ifdef HAVE_LIBXML2
	tcase_add_test(tc, stages_may_be_of_both_languages);
#endif
	tcase_add_test(tc, a_child_asks_with_the_headers_of_its_parent);
	tcase_add_test(tc, a_body_is_read_once_whoever_asks);
	tcase_add_test(tc, a_family_remembers_its_pages);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
