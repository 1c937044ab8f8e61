#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "base/xalloc.h"
#include "cli/config_file.h"
#include "cli/table.h"
#include "command_line.h"
#include "unit.h"

static const struct {
	const char *text;
	const char *words; /* NULL: it is accepted */
} configs[] = {
    {"", NULL},
    {"# nothing\n\n  # else\r\n", NULL},
    {"user-agent = \"a \\\"b\\\" c\"\n", NULL},
    {"--max-time 5 # seconds\n-P 3\nlocation\nretry: 4", NULL},
    {"no-location", NULL},
    {"--max-time=5\n-m6\n--user=me:p", NULL},
    {"--nosuch=s3cr3t", "unknown option --nosuch; see"},
    {"\nmax-tiem = 5", "config:2: unknown option max-tiem"},
    {"rate = 3", "config:1: rate needs a unit"},
    {"location = yes", "takes no value"},
    {"user-agent = a b", "quote a value"},
    {"user-agent = \"a b", "closing quote is missing"},
    {"user-agent = \"a\" b", "quote a value"},
    {"max-time", "needs a value"},
    {"config = x", "only on the command line"},
    {"alt-svc", "use --http3"},
    {"-a", "curl's --append"},
    {"output = x", "only on the command line"},
    {"url = http://h/", "only on the command line"},
};

START_TEST(config_files_are_read_as_curl_reads_them)
{
	struct parsed p;
	struct config_file file = {
	    "config", xstrdup(configs[_i].text), CONFIG_DEFAULT};
	const char *words = configs[_i].words;
	int rc;

	parse(&p, "http://h/");
	rc = config_take(&p.options, &file, &p.cause);
	ck_assert_int_eq(rc, words ? -1 : 0);
	ck_assert_msg(!words || strstr(p.cause, words), "\"%s\"", p.cause);
	free(file.text);
	release(&p);
}
END_TEST

START_TEST(values_in_config_files_may_be_quoted)
{
	struct parsed p;
	char text[] = "user-agent = \"a \\\"b\\\"\\tc\\\\\" # me\n"
	              "--referer x\n-H \"A: 1\"\nmax-time=7\nlocation\n";
	struct config_file file = {"config", text, CONFIG_DEFAULT};

	parse(&p, "http://h/");
	ck_assert_int_eq(config_take(&p.options, &file, &p.cause), 0);
	ck_assert_str_eq(p.options.run.request.user_agent, "a \"b\"\tc\\");
	ck_assert_str_eq(p.options.run.request.referer, "x");
	ck_assert_str_eq(p.options.run.request.headers.items[0], "A: 1");
	ck_assert_int_eq(p.options.run.request.max_time_us, 7000000);
	ck_assert(p.options.run.fetch.follow);
	release(&p);
}
END_TEST

START_TEST(the_users_config_comes_before_the_command_line)
{
	char dir[] = "/tmp/check-options-XXXXXX", path[64];
	struct parsed p;
	FILE *f;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	setenv("XDG_CONFIG_HOME", dir, 1);
	snprintf(path, sizeof(path), "%s/gather", dir);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/gather/config", dir);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs("parallel-max = 3\nretry = 7\n", f);
	fclose(f);
	assert_runs(&p, "--retry 1 http://h/");
	ck_assert_uint_eq(p.options.run.sched.parallel, 3);
	ck_assert_uint_eq(p.options.run.retry.retries, 1);
	release(&p);
	assert_runs(&p, "-qsS http://h/");
	ck_assert_uint_eq(p.options.run.sched.parallel, 50);
	release(&p);
	assert_runs(&p, "-q -K /dev/null http://h/");
	ck_assert_uint_eq(p.options.run.sched.parallel, 50);
	release(&p);
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	rmdir(dir);
}
END_TEST

/* The options that name what one call reads, writes or does. */
static const char *const of_one_call[] = {"cookie-jar", "compare", "config",
    "demo", "disable", "dump-header", "each", "each-xpath", "eval",
    "export-csv", "export-json", "export-markdown", "har", "help", "journal",
    "list", "output", "paginate", "plan", "remote-name", "report", "retry-from",
    "rows", "serve", "sqlite", "then", "upload-file", "url", "version",
    "waterfall"};

START_TEST(what_one_call_does_is_no_default)
{
	const struct option_row *row = option_by_name(of_one_call[_i]);
	const char *value =
	    row->argument && !option_value_is_optional(row) ? " = x" : "";
	struct parsed p;
	char text[64];
	struct config_file file = {"config", text, CONFIG_DEFAULT};

	snprintf(text, sizeof(text), "%s%s\n", row->name, value);
	parse(&p, "http://h/");
	ck_assert_int_eq(config_take(&p.options, &file, &p.cause), -1);
	ck_assert_msg(strstr(p.cause, "only on the command line") != NULL,
	    "\"%s\"", p.cause);
	release(&p);
}
END_TEST

#define ROWS(table) ((int)(sizeof(table) / sizeof(*(table))))

int
main(void)
{
	Suite *suite = suite_create("config");
	TCase *tc = tcase_create("config");

	command_line_forget_config();
	tcase_add_loop_test(
	    tc, config_files_are_read_as_curl_reads_them, 0, ROWS(configs));
	tcase_add_test(tc, values_in_config_files_may_be_quoted);
	tcase_add_test(tc, the_users_config_comes_before_the_command_line);
	tcase_add_loop_test(
	    tc, what_one_call_does_is_no_default, 0, ROWS(of_one_call));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
