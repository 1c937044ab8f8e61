#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <curl/curl.h>

#include "base/xalloc.h"
#include "cli/help.h"
#include "cli/table.h"
#include "unit.h"

/* What help on `topic` prints; NULL: the short one. Caller frees. */
static char *
help_on(const char *topic)
{
	char *text = NULL, *cause = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct help h;

	ck_assert_ptr_nonnull(out);
	help_init(&h, out, "never");
	if (topic)
		ck_assert_int_eq(help_print_topic(&h, topic, &cause), 0);
	else
		help_print_short(&h);
	fclose(out);
	ck_assert_ptr_null(cause);
	return text;
}

/* Counts the lines; none is longer than the screen is wide. */
static size_t
assert_fits(const char *text)
{
	size_t lines = 0;

	for (const char *at = text; *at; at = strchr(at, '\n') + 1) {
		ck_assert_msg(strcspn(at, "\n") < 80, "%.90s", at);
		lines++;
	}
	return lines;
}

START_TEST(plain_help_fits_one_screen)
{
	char *text = help_on(NULL);

	ck_assert_uint_lt(assert_fits(text), 50);
	free(text);
}
END_TEST

START_TEST(help_on_all_fits_the_width)
{
	char *text = help_on("all");

	assert_fits(text);
	ck_assert_ptr_null(strchr(text, '\033'));
	free(text);
}
END_TEST

START_TEST(help_on_all_shows_every_category)
{
	char *text = help_on("all");

	FOREACH_SECTION (section) {
		ck_assert_msg(
		    strstr(text, section->title), "no %s", section->title);
	}
	free(text);
}
END_TEST

/* Help on an option is its paragraph of the manual page, with an example. */
static void
assert_explains(const struct option_row *row)
{
	char *name = option_shown_name(row), *dashed = xasprintf("--%s", name);
	char *text = help_on(dashed);

	assert_fits(text);
	ck_assert_msg(strncmp(text, "  -", 3) == 0, "%s", dashed);
	ck_assert_msg(strstr(text, dashed), "%s: %s", dashed, text);
	ck_assert_msg(strstr(text, " gather "), "no example of %s", dashed);
	free(text);
	free(dashed);
	free(name);
}

START_TEST(every_category_and_every_option_is_a_topic)
{
	FOREACH_SECTION (section) {
		char *text = help_on(section->name);

		ck_assert_ptr_nonnull(strstr(text, section->title));
		free(text);
		FOREACH_ROW (row, section) {
			assert_explains(row);
		}
	}
}
END_TEST

START_TEST(a_topic_may_be_written_as_an_option)
{
	static const char *const topics[] = {
	    "-P", "P", "--parallel-max", "parallel-max"};

	for (size_t i = 0; i < 4; i++) {
		char *text = help_on(topics[i]);

		ck_assert_ptr_nonnull(strstr(text, "requests in flight"));
		free(text);
	}
}
END_TEST

START_TEST(sections_of_the_manual_page_are_topics)
{
	static const char *const topics[][2] = {
	    {"templates", "TEMPLATES\n"},
	    {"paths", "PATHS\n"},
	    {"records", "OUTPUT RECORDS\n"},
	    {"exit", "EXIT STATUS\n"},
	    {"examples", "EXAMPLES\n"},
	    {"machines", "MANY MACHINES\n"},
	};

	for (size_t i = 0; i < 6; i++) {
		char *text = help_on(topics[i][0]);

		ck_assert_ptr_eq(strstr(text, topics[i][1]), text);
		ck_assert_ptr_null(strpbrk(text, "\001\002\003\004\005"));
		assert_fits(text);
		free(text);
	}
}
END_TEST

START_TEST(names_are_bold_where_color_is_asked_for)
{
	static const char *const colors[][2] = {
	    {"always", "\033[1m--retry\033[0m"},
	    {"auto", "  --retry N\n"}, /* what is no terminal */
	    {"never", "  --retry N\n"},
	};

	for (size_t i = 0; i < 3; i++) {
		char *text = NULL, *cause = NULL;
		size_t len;
		FILE *out = open_memstream(&text, &len);
		struct help h;

		ck_assert_ptr_nonnull(out);
		help_init(&h, out, colors[i][0]);
		ck_assert_int_eq(help_print_topic(&h, "retry", &cause), 0);
		fclose(out);
		ck_assert_ptr_nonnull(strstr(text, colors[i][1]));
		free(text);
	}
}
END_TEST

START_TEST(the_words_that_an_option_takes_stand_behind_a_colon)
{
	char *text = help_on("all");

	ck_assert_ptr_nonnull(strstr(text, "colors: auto, always, never ["));
	free(text);
}
END_TEST

START_TEST(an_unknown_topic_is_answered_with_the_nearest)
{
	static const char *const topics[][2] = {
	    {"template", "--help templates?"},
	    {"--retyr", "--help retry?"},
	    {"nosuch", "lists the topics"},
	};

	for (size_t i = 0; i < 3; i++) {
		char *cause = NULL;
		struct help h = {.out = stdout};

		ck_assert_int_eq(
		    help_print_topic(&h, topics[i][0], &cause), -1);
		ck_assert_msg(strstr(cause, topics[i][1]), "%s", cause);
		free(cause);
	}
}
END_TEST

START_TEST(a_switch_that_is_on_is_shown_by_its_no_form)
{
	char *text = help_on("schedule");

	ck_assert_ptr_nonnull(strstr(text, "--no-polite"));
	free(text);
}
END_TEST

START_TEST(the_version_names_the_libraries)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	ck_assert_ptr_nonnull(out);
	help_print_version(out);
	fclose(out);
	ck_assert_ptr_nonnull(strstr(text, "gather " PACKAGE_VERSION "\n"));
	ck_assert_ptr_nonnull(strstr(text, "libcurl "));
	ck_assert_ptr_nonnull(strstr(text, "libevent "));
	free(text);
}
END_TEST

/* Those that libcurl was built with are told, and no others. */
START_TEST(the_version_names_the_features_of_libcurl)
{
	static const struct {
		int bit;
		const char *name;
	} rows[] = {
	    {CURL_VERSION_HTTP2, " HTTP2"},
	    {CURL_VERSION_HTTP3, " HTTP3"},
	    {CURL_VERSION_SSL, " TLS"},
	    {CURL_VERSION_IPV6, " IPv6"},
	};
	const int has = curl_version_info(CURLVERSION_NOW)->features;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	const char *line;

	ck_assert_ptr_nonnull(out);
	help_print_version(out);
	fclose(out);
	line = strstr(text, "\nFeatures: gzip");
	ck_assert_ptr_nonnull(line);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		ck_assert_msg(
		    !strstr(line, rows[i].name) == !(has & rows[i].bit),
		    "%s: %s", rows[i].name, text);
	free(text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("help");
	TCase *tc = tcase_create("help");

	tcase_add_test(tc, plain_help_fits_one_screen);
	tcase_add_test(tc, help_on_all_fits_the_width);
	tcase_add_test(tc, help_on_all_shows_every_category);
	tcase_add_test(tc, every_category_and_every_option_is_a_topic);
	tcase_add_test(tc, a_topic_may_be_written_as_an_option);
	tcase_add_test(tc, sections_of_the_manual_page_are_topics);
	tcase_add_test(tc, names_are_bold_where_color_is_asked_for);
	tcase_add_test(tc, the_words_that_an_option_takes_stand_behind_a_colon);
	tcase_add_test(tc, an_unknown_topic_is_answered_with_the_nearest);
	tcase_add_test(tc, a_switch_that_is_on_is_shown_by_its_no_form);
	tcase_add_test(tc, the_version_names_the_libraries);
	tcase_add_test(tc, the_version_names_the_features_of_libcurl);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
