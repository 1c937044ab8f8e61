#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "request/names.h"
#include "request/template.h"
#include "unit.h"

/* The names of these tests. */
static const char *
get(void *arg, const char *name, size_t *len)
{
	static const struct {
		const char *name;
		const char *value;
		size_t len;
	} values[] = {
	    {".", "a b/\xC3\xBC", 6},
	    {"n", "7", 1},
	    {"url", "http://x/a?b", 12},
	    {"empty", "", 0},
	    {"dot", ".", 1},
	    {"dots", "..", 2},
	    {"hidden", ".x", 2},
	    {"quote", "a\"b\n", 4},
	    {"crlf", "a\r\nb", 4},
	    {"nul", "a\0b", 3},
	    {"bytes", "\xC3\x28", 2},
	    {"float", "1.0", 3},
	    {"zip", "007", 3},
	    {"object", "{\"a\":[1]}", 9},
	    {"blank", " a\t", 3},
	    {"two words", "2", 1},
	};

	(void)arg;
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		if (strcmp(values[i].name, name) == 0) {
			*len = values[i].len;
			return values[i].value;
		}
	}
	return NULL;
}

static const struct template_values values = {.get = get};

/* `expanded` "! ...": it fails, and the message holds that. */
static const struct {
	enum template_place place;
	const char *text;
	const char *expanded;
} expansions[] = {
    {TEMPLATE_URL, "http://h/x", "http://h/x"},
    {TEMPLATE_URL, "http://h/{{.}}", "http://h/a%20b%2F%C3%BC"},
    {TEMPLATE_URL, "http://h/{{ . }}", "http://h/a%20b%2F%C3%BC"},
    {TEMPLATE_URL, "http://h/{{n}}{{n}}?{{.}}", "http://h/77?a%20b%2F%C3%BC"},
    {TEMPLATE_URL, "{{url}}", "http://x/a?b"},
    {TEMPLATE_URL, "{{url}}/{{url}}", "http://x/a?b/http%3A%2F%2Fx%2Fa%3Fb"},
    {TEMPLATE_URL, "http://h/{{url:raw}}", "http://h/http://x/a?b"},
    {TEMPLATE_URL, "http://h/{{url:url}}", "http://h/http%3A%2F%2Fx%2Fa%3Fb"},
    {TEMPLATE_URL, "http://h/{{n:b64}}", "http://h/Nw%3D%3D"},
    {TEMPLATE_URL, "http://h/{{n:b64:url}}", "http://h/Nw%3D%3D"},
    {TEMPLATE_URL, "http://h/{{n:b64:raw}}", "http://h/Nw=="},
    {TEMPLATE_URL, "http://h/{{blank:trim}}", "http://h/a"},
    {TEMPLATE_URL, "http://h/{{two words}}", "http://h/2"},
    {TEMPLATE_URL, "http://h/{{empty}}", "! {{empty}} is empty"},
    {TEMPLATE_URL, "http://h/{{empty?}}", "http://h/"},
    {TEMPLATE_URL, "http://h/?{{empty}}", "http://h/?"},
    {TEMPLATE_URL, "http://h/{{missing}}", "! {{missing}} has no value"},
    {TEMPLATE_URL, "http://h/?{{missing}}", "! {{missing}} has no value"},
    {TEMPLATE_URL, "http://h/{{missing?}}", "http://h/"},
    {TEMPLATE_URL, "http://{{empty}}/", "! {{empty}} is empty"},
    {TEMPLATE_URL, "{{empty}}", "! {{empty}} is empty"},
    {TEMPLATE_URL, "http://{{dot}}/", "! \".\" or \"..\""},
    {TEMPLATE_URL, "http://h/{{dot}}/x", "! \".\" or \"..\""},
    {TEMPLATE_URL, "http://h/{{dots}}", "! \".\" or \"..\""},
    {TEMPLATE_URL, "http://h/{{dots:raw}}", "! \".\" or \"..\""},
    {TEMPLATE_URL, "http://h/.{{dot}}", "! \".\" or \"..\""},
    {TEMPLATE_URL, "http://h/{{dot}}{{dot}}", "! \".\" or \"..\""},
    {TEMPLATE_URL, "http://h/x{{dots}}", "http://h/x.."},
    {TEMPLATE_URL, "http://h/?{{dots}}", "http://h/?.."},
    {TEMPLATE_URL, "http://h/{{nul}}", "http://h/a%00b"},
    {TEMPLATE_URL, "http://h/{{nul:raw}}", "! NUL"},
    {TEMPLATE_HEADER, "X: {{.}}", "X: a b/\xC3\xBC"},
    {TEMPLATE_HEADER, "X: {{empty}}", "X: "},
    {TEMPLATE_HEADER, "X: {{crlf}}", "! a header cannot contain"},
    {TEMPLATE_HEADER, "X: {{crlf:raw}}", "! a header cannot contain"},
    {TEMPLATE_HEADER, "X: {{crlf:url}}", "X: a%0D%0Ab"},
    {TEMPLATE_HEADER, "X: {{nul}}", "! a header cannot contain"},
    {TEMPLATE_FORM, "a={{.}}&b={{empty}}", "a=a%20b%2F%C3%BC&b="},
    {TEMPLATE_JSON, "[{{n}},{{float}},{{zip}},{{.}}]",
        "[7,1.0,\"007\",\"a b/\xC3\xBC\"]"},
    {TEMPLATE_JSON, "[\"{{n}}\",\"{{zip}}\"]", "[\"7\",\"007\"]"},
    {TEMPLATE_JSON, "[{{quote}},\"{{quote}}\"]",
        "[\"a\\\"b\\n\",\"a\\\"b\\n\"]"},
    {TEMPLATE_JSON, "[\"{{quote:json}}\"]", "[\"a\\\"b\\n\"]"},
    {TEMPLATE_JSON, "[\"\\\"{{n}}\",{{zip}}]", "[\"\\\"7\",\"007\"]"},
    {TEMPLATE_JSON, "{\"a\":{\"b\":{{object}}}}",
        "{\"a\":{\"b\":{\"a\":[1]}}}"},
    {TEMPLATE_JSON, "[{{empty}},{{missing?}},\"{{missing?}}\"]",
        "[\"\",null,\"\"]"},
    {TEMPLATE_JSON, "[{{missing}}]", "! {{missing}} has no value"},
    {TEMPLATE_JSON, "[{{bytes}}]", "! UTF-8"},
    {TEMPLATE_JSON, "[{{object:raw}}]", "[{\"a\":[1]}]"},
    {TEMPLATE_RAW, "{{.}} {{crlf}}", "a b/\xC3\xBC a\r\nb"},
    {TEMPLATE_FILE, "/tmp/../{{.}}.json", "/tmp/../a b%2F\xC3\xBC.json"},
    {TEMPLATE_FILE, "{{dots}}", "%2E."},
    {TEMPLATE_FILE, ".{{dots}}", ".%2E."},
    {TEMPLATE_FILE, "a{{hidden}}-{{bytes}}", "a.x-%C3("},
    {TEMPLATE_FILE, "{{hidden}}", "%2Ex"},
    {TEMPLATE_FILE, "{{dots:raw}}/{{url:raw}}", "%2E./http:%2F%2Fx%2Fa?b"},
    {TEMPLATE_FILE, "{{nul}}", "a%00b"},
    {TEMPLATE_FILE, "{{empty}}",
        "! is empty; write {{name?}} to allow that in a file name"},
    {TEMPLATE_FILE, "x{{empty?}}", "x"},
    {TEMPLATE_RAW, "{{", "{{"},
    {TEMPLATE_RAW, "{{}}", "{{}}"},
    {TEMPLATE_RAW, "{{n", "{{n"},
    {TEMPLATE_RAW, "{{{n}}}", "{7}"},
    {TEMPLATE_RAW, "{{\"a\":1}}", "{{\"a\":1}}"},
    {TEMPLATE_RAW, "{{a {{n}}", "{{a 7"},
};

START_TEST(value_is_encoded_for_its_place)
{
	const char *text = expansions[_i].text;
	const char *wanted = expansions[_i].expanded;
	struct buf out = {0};
	char *cause = NULL;
	struct template *t =
	    template_new(text, strlen(text), expansions[_i].place, &cause);
	int rc;

	ck_assert_msg(t != NULL, "%s: %s", text, cause);
	rc = template_expand(t, &values, &out, &cause);
	if (*wanted == '!')
		ck_assert_msg(rc == -1 && strstr(cause, wanted + 2), "%s: %s",
		    text, rc ? cause : out.data);
	else
		ck_assert_msg(rc == 0 && strcmp(out.data, wanted) == 0,
		    "%s: %s", text, rc ? cause : out.data);
	template_free(t);
	buf_release(&out);
	free(cause);
}
END_TEST

static const struct {
	const char *text, *cause;
} mistakes[] = {
    {"{{a:b}}", "unknown function \":b\""},
    {"{{a:trim:}}", "unknown function \":\""},
    {"{{?}}", "without a name"},
    {"{{:url}}", "without a name"},
};

START_TEST(mistake_is_found_when_compiling)
{
	const char *text = mistakes[_i].text;
	char *cause = NULL;

	ck_assert_ptr_null(
	    template_new(text, strlen(text), TEMPLATE_RAW, &cause));
	ck_assert_msg(strstr(cause, mistakes[_i].cause) != NULL, "%s", cause);
	free(cause);
}
END_TEST

static const char *
get_long(void *arg, const char *name, size_t *len)
{
	(void)name;
	*len = strlen(arg);
	return arg;
}

START_TEST(long_file_names_are_cut_and_stay_different)
{
	char long_text[1001];
	struct template_values v = {.get = get_long, .arg = long_text};
	struct buf names[2] = {{0}};
	char *cause = NULL;
	struct template *t = template_new("{{x}}", 5, TEMPLATE_FILE, &cause);

	memset(long_text, '/', 1000);
	long_text[1000] = '\0';
	for (int i = 0; i < 2; i++) {
		long_text[999] = (char)('0' + i);
		ck_assert_int_eq(template_expand(t, &v, &names[i], &cause), 0);
		ck_assert_uint_le(names[i].len, 240);
		ck_assert_uint_ge(names[i].len, 230);
	}
	ck_assert_str_ne(names[0].data, names[1].data);
	template_free(t);
	buf_release(&names[0]);
	buf_release(&names[1]);
}
END_TEST

START_TEST(names_of_a_request)
{
	static const struct {
		const char *name, *value;
	} known[] = {{"n", "3"}, {"k", "1"}, {"host", "::1"}, {"id", "i"},
	    {"path", "a/b"}, {"#2", "g2"}, {".", "{\"x\":[1,\"\\u00fc\"]}"},
	    {".x[0]", "1"}, {".x[1]", "\xC3\xBC"}, {".x", "[1,\"\\u00fc\"]"},
	    {".y", NULL}, {"#3", NULL}, {"x", NULL}, {".[", NULL}};
	static struct request_options none;
	struct request *r = request_new(&none, "http://[::1]/a/b?c");
	struct request_values v;
	struct template_values of;

	r->n = 3;
	r->id = strdup("i");
	strlist_add(&r->globs, "g1");
	strlist_add(&r->globs, "g2");
	request_set_url(r, r->input);
	request_values_init(&v);
	request_values_set(&v, r, known[6].value, strlen(known[6].value));
	of = request_values_of(&v);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		size_t len = 0;
		const char *got = of.get(of.arg, known[i].name, &len);

		ck_assert_pstr_eq(got, known[i].value);
		ck_assert(!got || len == strlen(got));
	}
	request_values_release(&v);
	request_free(r);
}
END_TEST

static void
add_name(void *names, const char *name)
{
	buf_addf(names, "%s,", name);
}

START_TEST(names_come_in_their_order_without_functions)
{
	char *cause = NULL;
	struct template *t =
	    template_new("{{a:url}}{{ b? }}", 17, TEMPLATE_RAW, &cause);
	struct buf names = {0};

	template_each_name(t, add_name, &names);
	ck_assert_str_eq(buf_text(&names), "a,b,");
	buf_release(&names);
	template_free(t);
}
END_TEST

START_TEST(a_name_is_closed)
{
	ck_assert(template_in("x{{.}}"));
	ck_assert(!template_in("{{x"));
}
END_TEST

START_TEST(encoding_leaves_names_alone)
{
	struct buf out = {0};

	template_add_encoded(&out, "a b{{c d}}e&", 12);
	ck_assert_str_eq(out.data, "a%20b{{c d}}e%26");
	buf_release(&out);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("template");
	TCase *t = tcase_create("template");

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, value_is_encoded_for_its_place, 0,
	    (int)(sizeof(expansions) / sizeof(*expansions)));
	tcase_add_loop_test(t, mistake_is_found_when_compiling, 0,
	    (int)(sizeof(mistakes) / sizeof(*mistakes)));
	tcase_add_test(t, long_file_names_are_cut_and_stay_different);
	tcase_add_test(t, names_of_a_request);
	tcase_add_test(t, names_come_in_their_order_without_functions);
	tcase_add_test(t, a_name_is_closed);
	tcase_add_test(t, encoding_leaves_names_alone);
	return unit_run(s);
}
