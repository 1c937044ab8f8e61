#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "cli/curl_names.h"
#include "cli/form.h"
#include "cli/table.h"
#include "command_line.h"
#include "unit.h"

START_TEST(defaults_are_those_of_the_manual)
{
	struct parsed p;

	assert_runs(&p, "http://h/");
	ck_assert_uint_eq(p.options.run.sched.parallel, 50);
	ck_assert_uint_eq(p.options.run.fetch.parallel, 50);
	ck_assert_uint_eq(p.options.run.sched.parallel_per_host, 0);
	ck_assert(p.options.run.sched.polite);
	ck_assert(p.options.run.retry.polite);
	ck_assert_int_eq(p.options.run.sched.max_hold_us, INT64_C(3600000000));
	ck_assert_double_eq(p.options.run.sched.retry_budget.share, 0.2);
	ck_assert_uint_eq(p.options.run.sched.retry_budget.min, 10);
	ck_assert_uint_eq(p.options.run.retry.retries, 2);
	ck_assert_int_eq(p.options.run.retry.max_delay_us, 60000000);
	ck_assert_int_eq(p.options.run.fetch.connect_timeout_us, 10000000);
	ck_assert_int_eq(p.options.run.fetch.speed_time_us, 60000000);
	ck_assert_int_eq(p.options.run.fetch.speed_limit, 1);
	ck_assert_uint_eq(p.options.run.fetch.max_redirects, 10);
	ck_assert_uint_eq(p.options.run.fetch.max_filesize, 64 << 20);
	ck_assert_uint_eq(p.options.run.output.order_buffer, 64 << 20);
	ck_assert_int_eq(p.options.run.output.order, ORDER_INPUT);
	ck_assert_int_eq(p.options.run.output.format, FORMAT_AUTO);
	ck_assert(!p.options.run.output.no_clobber);
	ck_assert_uint_eq(p.options.compare.runs, 5);
	ck_assert_uint_eq(p.options.given.len, 0);
	release(&p);
}
END_TEST

/* Ways to write one thing. */
static const char *const ways[] = {
    "-P 7 -sS http://h/ -X PUT",
    "-P7 -s -S http://h/ -XPUT",
    "--parallel-max 7 -sSXPUT http://h/",
    "--parallel-max=7 http://h/ --request=PUT --silent --show-error",
    "http://h/ -sSP7 --request PUT",
    "-P3 -v --no-verbose -sS -XPOST -P7 -XPUT -- http://h/",
    "-Z -N --no-buffer --fail-early --create-dirs -P7 -sSXPUT http://h/",
};

START_TEST(options_may_be_written_in_many_ways)
{
	struct parsed p;

	assert_runs(&p, ways[_i]);
	ck_assert_uint_eq(p.options.run.sched.parallel, 7);
	ck_assert_str_eq(p.options.run.request.method, "PUT");
	ck_assert_int_eq(options_log_level(&p.options), LOG_ERRORS);
	ck_assert_uint_eq(p.options.input.items_len, 1);
	ck_assert_str_eq(p.options.input.items[0].text, "http://h/");
	release(&p);
}
END_TEST

START_TEST(operands_and_lists_keep_their_order)
{
	static const struct {
		enum input_kind kind;
		const char *text;
	} want[] = {
	    {INPUT_URL, "http://a"},
	    {INPUT_LIST, "one"},
	    {INPUT_URL, "http://b"},
	    {INPUT_LIST, "two"},
	    {INPUT_LIST, "-"},
	    {INPUT_URL, "--c"},
	};
	struct parsed p;

	assert_runs(&p, "http://a @one --url http://b -l two - -- --c");
	ck_assert_uint_eq(p.options.input.items_len, 6);
	for (size_t i = 0; i < 6; i++) {
		ck_assert_int_eq(p.options.input.items[i].kind, want[i].kind);
		ck_assert_str_eq(p.options.input.items[i].text, want[i].text);
	}
	release(&p);
}
END_TEST

START_TEST(a_switch_taken_back_counts_as_not_given)
{
	struct parsed p;

	assert_runs(&p, "-I --no-head -d x http://h/");
	ck_assert(!p.options.run.request.head);
	ck_assert(!options_given(&p.options, "head"));
	ck_assert(options_given(&p.options, "data"));
	release(&p);
}
END_TEST

/* -F, as request/options.h has it, divided by |; or what is wrong with it. */
static const struct {
	const char *text;
	const char *parts;
} forms[] = {
    {"a=b", "na|=b"},
    {"a=", "na|="},
    {"=b", "n|=b"},
    {"a=b;c;d", "na|=b;c;d"},
    {"a= b ;type=text/plain", "na|=b|ttext/plain"},
    {"a=\"b;type=x\"", "na|=b;type=x"},
    {"a=\"\\\"\\\\\" ; type=x/y", "na|=\"\\|tx/y"},
    {"a=b;type=t/h;charset=u;filename=f", "na|=b|tt/h;charset=u|ff"},
    {"a=b;headers=X: 1;encoder=base64;headers=Y: 2",
        "na|=b|ebase64|hX: 1|hY: 2"},
    {"a=@f;filename=\"x;y\"", "na|@f|fx;y"},
    {"a=@\"f,g\"", "na|@f,g"},
    {"a=@f;type=t/a,g", "na|(|n|@f|tt/a|n|@g|)"},
    {"a=<f,g", "na|<f,g"},
    {"a=@-", "na|-|f-"},
    {"a=<-;type=t/a", "na|-|tt/a"},
    {"a={{.}};type={{t}}", "na|={{.}}|t{{t}}"},
    {"=(;type=multipart/alternative", "n|tmultipart/alternative|("},
    {"=)", "! =) has no matching =("},
    {"a=@f;bad=1", "! not \";bad=...\""},
    {"a=\"b\"c", "! only ;type="},
    {"a", "! NAME=CONTENT"},
};

START_TEST(form_parts_are_read_as_curl_reads_them)
{
	const char *want = forms[_i].parts;
	struct strlist parts;
	char *cause = NULL;
	struct buf got;

	buf_init(&got);
	strlist_init(&parts);
	if (form_parse(&parts, forms[_i].text, &cause) == -1) {
		ck_assert_int_eq(*want, '!');
		ck_assert_msg(strstr(cause, want + 2), "%s", cause);
	} else {
		for (size_t i = 0; i < parts.len; i++)
			buf_addf(&got, "%s%s", i ? "|" : "", parts.items[i]);
		ck_assert_str_eq(got.data, want);
	}
	free(cause);
	strlist_release(&parts);
	buf_release(&got);
}
END_TEST

/* Bodies of several options, as curl joins them. */
static const struct {
	const char *line;
	enum body_kind kind;
	const char *body;
} bodies[] = {
    {"-d a=1 --data b=2 http://h/", BODY_FORM, "a=1&b=2"},
    {"--data-raw @x http://h/", BODY_FORM, "@x"},
    {"-d a --data-raw b --data-binary c http://h/", BODY_FORM, "a&b&c"},
    {"--data-urlencode a_b http://h/", BODY_FORM, "a+b"},
    {"--data-urlencode =a_b http://h/", BODY_FORM, "a+b"},
    {"--data-urlencode q=a&b http://h/", BODY_FORM, "q=a%26b"},
    {"--data-urlencode q@r=a&b http://h/", BODY_FORM, "q@r=a%26b"},
    {"--data-urlencode q=<{{name}}> http://h/", BODY_FORM, "q=%3C{{name}}%3E"},
    {"--json {\"a\": --json 1} http://h/", BODY_JSON, "{\"a\":1}"},
    {"-d {\"id\":{{.}}} http://h/ @list", BODY_FORM, "{\"id\":{{.}}}"},
};

START_TEST(bodies_are_joined_as_curl_joins_them)
{
	struct parsed p;

	assert_runs(&p, bodies[_i].line);
	ck_assert_int_eq(p.options.run.request.body_kind, bodies[_i].kind);
	ck_assert_uint_eq(
	    p.options.run.request.body_len, strlen(bodies[_i].body));
	ck_assert_str_eq(p.options.run.request.body, bodies[_i].body);
	release(&p);
}
END_TEST

/* A file with `content`; its name is put into `name`. */
static void
write_file(char name[static 32], const char *content)
{
	int fd;

	strcpy(name, "/tmp/check-options-XXXXXX");
	fd = mkstemp(name);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(
	    write(fd, content, strlen(content)), (ssize_t)strlen(content));
	close(fd);
}

static void
parse_with_file(struct parsed *p, const char *format, const char *content)
{
	char name[32], line[128];

	write_file(name, content);
	snprintf(line, sizeof(line), "http://h/ %s%s", format, name);
	assert_runs(p, line);
	unlink(name);
}

START_TEST(data_of_a_file_loses_its_line_ends)
{
	struct parsed p;

	parse_with_file(&p, "-d@", "a=1\r\nb=2\n");
	ck_assert_str_eq(p.options.run.request.body, "a=1b=2");
	release(&p);
	parse_with_file(&p, "--data-binary @", "a=1\r\nb=2\n");
	ck_assert_str_eq(p.options.run.request.body, "a=1\r\nb=2\n");
	release(&p);
	parse_with_file(&p, "--data-urlencode x@", "a\n");
	ck_assert_str_eq(p.options.run.request.body, "x=a%0A");
	release(&p);
	parse_with_file(&p, "--json @", "{}\n");
	ck_assert_str_eq(p.options.run.request.body, "{}\n");
	release(&p);
	parse_with_file(&p, "-d@", "");
	ck_assert_str_eq(p.options.run.request.body, "");
	release(&p);
}
END_TEST

START_TEST(headers_may_come_from_a_file)
{
	struct parsed p;

	parse_with_file(&p, "-H @", "A: 1\r\n\nB: 2");
	ck_assert_uint_eq(p.options.run.request.headers.len, 2);
	ck_assert_str_eq(p.options.run.request.headers.items[0], "A: 1");
	ck_assert_str_eq(p.options.run.request.headers.items[1], "B: 2");
	release(&p);
}
END_TEST

START_TEST(a_cookie_with_a_sign_is_text_and_else_a_file)
{
	struct parsed p;

	assert_runs(
	    &p, "-b a=1 --cookie b=2 -b /dev/null -b /dev/zero http://h/");
	ck_assert_str_eq(p.options.run.request.cookie, "a=1; b=2");
	ck_assert_uint_eq(p.options.run.fetch.cookie_files.len, 2);
	ck_assert_str_eq(
	    p.options.run.fetch.cookie_files.items[0], "/dev/null");
	release(&p);
}
END_TEST

static const struct curl_setting *
find_setting(const struct options *o, CURLoption option)
{
	for (size_t i = 0; i < o->run.fetch.curl_len; i++)
		if (o->run.fetch.curl[i].option == option)
			return &o->run.fetch.curl[i];
	ck_abort_msg("option %d was not passed on", option);
	return NULL;
}

START_TEST(what_curl_can_do_is_passed_on)
{
	struct parsed p;
	const struct options *o = &p.options;

	close(open("me:x.pem", O_CREAT | O_RDWR, 0600));
	assert_runs(&p, "--cacert me:x.pem --tlsv1.3 -4 -U a:b -x p:1 "
	                "-E me\\:x.pem:pw --limit-rate 10k http://h/");
	unlink("me:x.pem");
	ck_assert_str_eq(find_setting(o, CURLOPT_CAINFO)->text, "me:x.pem");
	ck_assert_int_eq(find_setting(o, CURLOPT_SSLVERSION)->number,
	    CURL_SSLVERSION_TLSv1_3);
	ck_assert_int_eq(
	    find_setting(o, CURLOPT_IPRESOLVE)->number, CURL_IPRESOLVE_V4);
	ck_assert_str_eq(find_setting(o, CURLOPT_PROXYUSERPWD)->text, "a:b");
	ck_assert_str_eq(find_setting(o, CURLOPT_SSLCERT)->text, "me:x.pem");
	ck_assert_str_eq(find_setting(o, CURLOPT_KEYPASSWD)->text, "pw");
	ck_assert_int_eq(
	    find_setting(o, CURLOPT_MAX_RECV_SPEED_LARGE)->number, 10240);
	release(&p);
}
END_TEST

START_TEST(options_that_mean_more_than_one_field_set_all)
{
	struct parsed p;

	assert_runs(&p, "--proto +file -P auto --location-trusted -o x "
	                "--retry 5 --no-polite -i --no-clobber http://h/");
	ck_assert(p.options.input.allow_file_scheme);
	ck_assert(p.options.run.fetch.allow_file_scheme);
	ck_assert(p.options.run.sched.parallel_auto);
	ck_assert(
	    p.options.run.fetch.follow && p.options.run.fetch.location_trusted);
	ck_assert(p.options.run.output.save);
	ck_assert_uint_eq(p.options.run.fetch.max_filesize, 0);
	ck_assert_double_lt(p.options.run.sched.retry_budget.share, 0);
	ck_assert(!p.options.run.sched.polite && !p.options.run.retry.polite);
	ck_assert(p.options.run.output.include_headers);
	ck_assert(p.options.run.fetch.keep & KEEP_HEADERS);
	ck_assert(p.options.run.output.no_clobber);
	release(&p);
}
END_TEST

START_TEST(output_to_a_dash_is_stdout)
{
	struct parsed p;

	assert_runs(&p, "-o - http://h/");
	ck_assert(!p.options.run.output.save);
	ck_assert_ptr_null(p.options.run.request.output);
	release(&p);
}
END_TEST

START_TEST(accepted_statuses_are_numbers_classes_and_ranges)
{
	struct parsed p;
	const struct status_set *set = &p.options.run.accept;

	assert_runs(&p, "--accept 404,3xx,500-502 http://h/");
	ck_assert(status_set_has(set, 404) && !status_set_has(set, 403));
	ck_assert(status_set_has(set, 300) && status_set_has(set, 399));
	ck_assert(!status_set_has(set, 299) && !status_set_has(set, 400));
	ck_assert(status_set_has(set, 500) && status_set_has(set, 502));
	ck_assert(!status_set_has(set, 503));
	ck_assert(!status_set_has(set, -1) && !status_set_has(set, 1000));
	release(&p);
}
END_TEST

START_TEST(failures_are_limited_by_number_or_share)
{
	struct parsed p;

	assert_runs(&p, "--max-failures 10 http://h/");
	ck_assert(p.options.run.stop.limits_failures);
	ck_assert_uint_eq(p.options.run.stop.max_failures, 10);
	ck_assert_double_lt(p.options.run.stop.max_failure_share, 0);
	release(&p);
	assert_runs(&p, "--max-failures 5% http://h/");
	ck_assert_double_eq_tol(
	    p.options.run.stop.max_failure_share, 0.05, 1e-12);
	release(&p);
	assert_runs(&p, "--fail-fast http://h/");
	ck_assert(p.options.run.stop.limits_failures);
	ck_assert_uint_eq(p.options.run.stop.max_failures, 0);
	release(&p);
}
END_TEST

/* With --shard: what is left of limits. */
static const struct {
	const char *line;
	uint64_t rate, host_rate;
	unsigned per_host;
} divided[] = {
    {"--shard 0/4", 0, 6, 5},
    {"--rate 10/s", 10, 6, 5},
    {"--shard 0/4 --rate 10/s", 3, 6, 5},
    {"--rate 10/s --shard 1/4", 3, 6, 5},
    {"--shard 2/4 --rate 10/s", 2, 6, 5},
    {"--shard 3/4 --rate 10/s", 2, 6, 5},
    {"--shard 4/4 --rate 10/s", 3, 6, 5},
    {"--shard 0/4:line --rate 10/s", 3, 2, 2},
    {"--shard 1/4:line --rate 10/s", 3, 2, 1},
    {"--shard 2/4:line --rate 10/s", 2, 1, 1},
    {"--shard 3/4:line --rate 10/s", 2, 1, 1},
    {"--shard 1/1:line --rate 10/s", 10, 6, 5},
};

START_TEST(a_shard_has_its_part_of_the_limits)
{
	char *line =
	    xasprintf("%s --per-host-rate 6/s --per-host 5 -P 9 http://h/",
	        divided[_i].line);
	struct parsed p;

	assert_runs(&p, line);
	ck_assert_uint_eq(p.options.run.sched.rate.count, divided[_i].rate);
	ck_assert_uint_eq(
	    p.options.run.sched.host_rate.count, divided[_i].host_rate);
	ck_assert_uint_eq(
	    p.options.run.sched.parallel_per_host, divided[_i].per_host);
	ck_assert_uint_eq(p.options.run.sched.parallel, 9);
	release(&p);
	free(line);
}
END_TEST

START_TEST(an_optional_value_stands_behind_a_sign)
{
	struct parsed p;

	assert_runs(&p, "--compare http://h/");
	ck_assert(p.options.compare.enabled);
	ck_assert_ptr_null(p.options.compare.arms);
	release(&p);
	assert_runs(&p, "--compare=sync,8 http://h/");
	ck_assert_str_eq(p.options.compare.arms, "sync,8");
	release(&p);
}
END_TEST

/* ps(1) shows argv. */
START_TEST(secrets_are_wiped_from_argv)
{
	struct parsed p;

	assert_runs(&p, "-u me:SECRET -ume:SECRET --user=me:SECRET "
	                "-H A:SECRET -bc=SECRET --oauth2-bearer SECRET "
	                "-d SECRET http://me:SECRET@h/ "
	                "http://h/?token=SECRET");
	for (size_t i = 0; i < p.argv.len; i++)
		ck_assert_msg(
		    !strstr(p.argv.items[i], "SECRET"), "%s", p.argv.items[i]);
	ck_assert_str_eq(p.options.run.request.user, "me:SECRET");
	ck_assert_str_eq(p.options.input.items[0].text, "http://me:SECRET@h/");
	release(&p);
}
END_TEST

static void
replace_stdin(int fd)
{
	ck_assert_int_ne(dup2(fd, STDIN_FILENO), -1);
	close(fd);
}

START_TEST(a_pipe_is_the_list_when_nothing_else_is_named)
{
	static const struct {
		const char *line;
		size_t items;
	} cases[] = {
	    {"-P 3", 1},
	    {"http://h/", 1},
	    {"http://h/{{.}}", 2},
	    {"http://h/{{_.id_}}", 2},
	    {"http://h/{{k}}", 1},
	    {"-H X:{{.}} http://h/", 2},
	    {"-d {{.a}} http://h/", 2},
	    {"-d {{.a}} http://h/ @list", 2},
	    {"http://h/{{.}} @list", 2},
	    {"--rows rows.csv http://h/{{.}}", 1},
	};
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	close(ends[1]);
	replace_stdin(ends[0]);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct parsed p;

		assert_runs(&p, cases[i].line);
		ck_assert_msg(p.options.input.items_len == cases[i].items, "%s",
		    cases[i].line);
		release(&p);
	}
	assert_refused("-d @- -P 3", "nothing to fetch");
}
END_TEST

START_TEST(without_a_list_a_value_has_no_meaning)
{
	FILE *null = fopen("/dev/null", "r");
	struct parsed p;

	ck_assert_ptr_nonnull(null);
	replace_stdin(dup(fileno(null)));
	fclose(null);
	assert_refused("http://h/{{.}}", "a line of a list");
	assert_refused("-P 3", "nothing to fetch");
	assert_runs(&p, "-d {{.}} http://h/");
	release(&p);
}
END_TEST

START_TEST(a_range_of_one_number_goes_to_the_end)
{
	struct parsed p;

	assert_runs(&p, "-r 7 http://h/");
	ck_assert_str_eq(p.options.run.request.range, "7-");
	release(&p);
	assert_runs(&p, "-r 0-9,90-99 http://h/");
	ck_assert_str_eq(p.options.run.request.range, "0-9,90-99");
	release(&p);
	assert_refused("-r x http://h/", "a byte range such as 0-99");
}
END_TEST

START_TEST(a_proxy_has_one_of_the_schemes_of_libcurl)
{
	static const char *const proxies[] = {"h", "h:3128", "me:pw@h",
	    "http://h", "HTTPS://h", "socks4://h", "socks4a://h", "socks5://h",
	    "socks5h://h", "socks://h"};

	for (size_t i = 0; i < sizeof(proxies) / sizeof(*proxies); i++) {
		char *line = xasprintf("-x %s http://h/", proxies[i]);
		struct parsed p;

		assert_runs(&p, line);
		release(&p);
		free(line);
	}
}
END_TEST

/* Most options have none, which is the letter 0. */
START_TEST(letters_can_be_typed)
{
	for (int c = 1; c <= ' '; c++) {
		ck_assert_ptr_null(option_by_letter((char)c));
		ck_assert_ptr_null(curl_name_find_letter((char)c));
	}
	ck_assert_str_eq(option_by_letter('P')->name, "parallel-max");
	ck_assert_str_eq(curl_name_find_letter('a')->name, "append");
}
END_TEST

#define ROWS(table) ((int)(sizeof(table) / sizeof(*(table))))

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, defaults_are_those_of_the_manual);
	tcase_add_loop_test(
	    tc, options_may_be_written_in_many_ways, 0, ROWS(ways));
	tcase_add_test(tc, operands_and_lists_keep_their_order);
	tcase_add_test(tc, a_switch_taken_back_counts_as_not_given);
	tcase_add_loop_test(
	    tc, form_parts_are_read_as_curl_reads_them, 0, ROWS(forms));
	tcase_add_loop_test(
	    tc, bodies_are_joined_as_curl_joins_them, 0, ROWS(bodies));
	tcase_add_test(tc, data_of_a_file_loses_its_line_ends);
	tcase_add_test(tc, headers_may_come_from_a_file);
	tcase_add_test(tc, a_cookie_with_a_sign_is_text_and_else_a_file);
	tcase_add_test(tc, what_curl_can_do_is_passed_on);
	tcase_add_test(tc, options_that_mean_more_than_one_field_set_all);
	tcase_add_test(tc, output_to_a_dash_is_stdout);
	tcase_add_test(tc, accepted_statuses_are_numbers_classes_and_ranges);
	tcase_add_test(tc, failures_are_limited_by_number_or_share);
	tcase_add_loop_test(tc, a_shard_has_its_part_of_the_limits, 0,
	    (int)(sizeof(divided) / sizeof(*divided)));
	tcase_add_test(tc, an_optional_value_stands_behind_a_sign);
	tcase_add_test(tc, secrets_are_wiped_from_argv);
	tcase_add_test(tc, a_pipe_is_the_list_when_nothing_else_is_named);
	tcase_add_test(tc, without_a_list_a_value_has_no_meaning);
	tcase_add_test(tc, a_range_of_one_number_goes_to_the_end);
	tcase_add_test(tc, a_proxy_has_one_of_the_schemes_of_libcurl);
	tcase_add_test(tc, letters_can_be_typed);
}

int
main(void)
{
	Suite *suite = suite_create("options");
	TCase *tc = tcase_create("options");

	command_line_forget_config();
	add_tests(tc);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
