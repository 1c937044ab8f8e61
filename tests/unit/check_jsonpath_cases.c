/*
 * jsonpath-cases.json, a list of
 *     {"about": text, "document": value, "cases": [[PATH, MATCH...], ...]}
 *     {"about": text, "invalid": [PATH, ...]}
 * read with the very code under test.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "json/path.h"
#include "json/write.h"
#include "unit.h"

enum {
	CASES_LEAST = 700
};

static struct json_span whole;
static struct json_spans groups;

static char *
read_cases(void)
{
	const char *dir = getenv("srcdir");
	char *name =
	    xasprintf("%s/tests/unit/jsonpath-cases.json", dir ? dir : "..");
	FILE *file = fopen(name, "rb");
	struct buf b;
	size_t n;

	if (!file)
		die("cannot open %s", name);
	buf_init(&b);
	do {
		n = fread(buf_reserve(&b, 4096), 1, 4096, file);
		b.len += n;
	} while (n > 0);
	buf_addc(&b, '\n');
	fclose(file);
	free(name);
	return buf_take(&b);
}

/* Apply `path` to `text`; the caller releases the spans. */
static struct json_spans
apply(const char *path, struct json_span text)
{
	struct json_doc *doc = json_doc_new();
	struct json_spans spans = {0};
	struct json_error error;
	struct json_path *p = json_path_new(path, &error);

	/* Not ck_assert: main calls this outside of any test. */
	if (!p || json_doc_scan(doc, text.start, text.len, &error) != 0 ||
	    json_path_apply(p, doc, &spans, &error) != 0)
		ck_abort_msg("%s: %zu:%zu: %s", path, error.line, error.column,
		    error.message);
	json_path_free(p);
	json_doc_free(doc);
	return spans;
}

/* The text of a JSON string. */
static char *
text_of(struct json_span span)
{
	struct buf b;

	buf_init(&b);
	ck_assert(json_add_unescaped(&b, span.start, span.len));
	return buf_take(&b);
}

/* The values from the `first` on, compact, one a line. */
static char *
lines_of(const struct json_spans *spans, size_t first)
{
	struct buf b;

	buf_init(&b);
	for (size_t i = first; i < spans->len; i++) {
		json_add_compact(
		    &b, spans->items[i].start, spans->items[i].len);
		buf_addc(&b, '\n');
	}
	return buf_take(&b);
}

/* Does `path` need what this build lacks? */
static bool
is_beyond(const char *path)
{
#ifdef HAVE_PCRE2
	(void)path;
	return false;
#else
	return strstr(path, "match(") || strstr(path, "search(");
#endif
}

static void
check_case(struct json_span document, struct json_span row)
{
	struct json_spans expected = apply("$[*]", row), found;
	char *path = text_of(expected.items[0]), *want, *got;

	if (!is_beyond(path)) {
		found = apply(path, document);
		want = lines_of(&expected, 1);
		got = lines_of(&found, 0);
		ck_assert_msg(strcmp(want, got) == 0,
		    "%s gave\n%sinstead of\n%s", path, got, want);
		free(want);
		free(got);
		json_spans_release(&found);
	}
	free(path);
	json_spans_release(&expected);
}

static void
check_invalid(struct json_span text)
{
	char *path = text_of(text);
	struct json_error error = {0};
	struct json_path *p = json_path_new(path, &error);

	ck_assert_msg(p == NULL, "%s was accepted", path);
	ck_assert_uint_eq(error.line, 1);
	ck_assert_uint_ge(error.column, 1);
	ck_assert_uint_le(error.column, strlen(path) + 1);
	ck_assert_uint_gt(strlen(error.message), 0);
	free(path);
}

START_TEST(each_case_of_the_group_matches_what_it_says)
{
	struct json_span group = groups.items[_i];
	struct json_spans document = apply("$.document", group);
	struct json_spans rows = apply("$.cases[*]", group);
	struct json_spans invalid = apply("$.invalid[*]", group);

	for (size_t i = 0; i < rows.len; i++)
		check_case(document.items[0], rows.items[i]);
	for (size_t i = 0; i < invalid.len; i++)
		check_invalid(invalid.items[i]);
	json_spans_release(&document);
	json_spans_release(&rows);
	json_spans_release(&invalid);
}
END_TEST

/* So that a reader that finds nothing is found out. */
START_TEST(all_cases_are_read)
{
	struct json_spans all = apply("$[*]['cases','invalid'][*]", whole);

	ck_assert_uint_ge(all.len, CASES_LEAST);
	json_spans_release(&all);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("jsonpath cases");
	TCase *tc = tcase_create("cases");
	char *text = read_cases();
	int status;

	whole = (struct json_span){text, strlen(text)};
	groups = apply("$[*]", whole);
	suite_add_tcase(suite, tc);
	tcase_add_test(tc, all_cases_are_read);
	tcase_add_loop_test(tc, each_case_of_the_group_matches_what_it_says, 0,
	    (int)groups.len);
	status = unit_run(suite);
	json_spans_release(&groups);
	free(text);
	return status;
}
