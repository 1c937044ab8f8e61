#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "input/source.h"
#include "unit.h"

/* A command line, and what its requests are, one a line:
 * "METHOD URL[ body=...][ HEADER...][ id=...][ out=...]" or "! reason". */
struct example {
	const char *name;
	const char *operands[5]; /* "@LIST" is the list's file */
	const char *list;
	const char *rows; /* content of --rows; NULL: none */
	const char *retry;
	struct request_options common;
	uint64_t repeat;
	const char *requests; /* or "? " and a part of the message */
};

static char *
write_file(const char *content, size_t len)
{
	char *name = xstrdup("/tmp/check_source_XXXXXX");
	int fd = mkstemp(name);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content, len), (ssize_t)len);
	close(fd);
	return name;
}

static void
remove_file(char *name)
{
	if (name)
		unlink(name);
	free(name);
}

static void
add_request(struct buf *out, const struct request *r)
{
	const struct request_options *o = r->options;

	if (r->invalid) {
		buf_addf(out, "! %s\n", r->invalid);
		return;
	}
	buf_addf(out, "%s %s", request_options_method(o), r->url);
	for (size_t i = 0; i < o->headers.len; i++)
		buf_addf(out, " %s", o->headers.items[i]);
	if (o->body && !o->data_in_query)
		buf_addf(out, " body=%s", o->body);
	if (r->user)
		buf_addf(out, " user=%s", r->user);
	if (r->id)
		buf_addf(out, " id=%s", r->id);
	if (r->output)
		buf_addf(out, " out=%s", r->output);
	buf_addc(out, '\n');
}

static void
read_all(struct source *s, struct buf *out)
{
	struct request *r;
	enum source_status status;

	buf_adds(out, "");
	while ((status = source_next(s, &r)) != SOURCE_END) {
		if (status == SOURCE_BUSY)
			continue;
		if (status == SOURCE_WAIT) {
			source_fill(s);
			continue;
		}
		add_request(out, r);
		request_free(r);
	}
}

static void
run(const struct input_options *o, const struct request_options *common,
    struct buf *out)
{
	char *cause = NULL;
	struct source *s = source_open(o, common, &cause);

	if (s)
		read_all(s, out);
	else
		buf_addf(out, "? %s", cause);
	free(cause);
	source_free(s);
}

static void
add_items(struct input_options *o, const struct example *e, const char *list)
{
	for (size_t i = 0; e->operands[i]; i++) {
		if (e->operands[i][0] == '@')
			input_options_add(o, INPUT_LIST, list);
		else
			input_options_add(o, INPUT_URL, e->operands[i]);
	}
}

static char *
file_of(const char *text)
{
	return text ? write_file(text, strlen(text)) : NULL;
}

static void
run_example(const struct example *e, struct buf *out)
{
	struct input_options o = {.repeat = e->repeat};
	char *list = file_of(e->list);

	add_items(&o, e, list);
	o.rows = file_of(e->rows);
	o.retry_from = file_of(e->retry);
	run(&o, &e->common, out);
	remove_file(list);
	if (o.rows)
		unlink(o.rows);
	if (o.retry_from)
		unlink(o.retry_from);
	input_options_release(&o);
}

static char *one_header[] = {(char *)(uintptr_t) "X-A: {{.}}"};
static char *two_headers[] = {
    (char *)(uintptr_t) "A: 1", (char *)(uintptr_t) "B: 2"};
static char *query[] = {(char *)(uintptr_t) "a=b%20c",
    (char *)(uintptr_t) "raw=%20", (char *)(uintptr_t) "x%26y"};
static char *value_query[] = {(char *)(uintptr_t) "q={{.}}"};
#define TEXT(s) ((char *)(uintptr_t)(s))

static const struct example examples[] = {
    {.name = "operands in order",
        .operands = {"http://a/", "b"},
        .requests = "GET http://a/\nGET http://b/\n"},
    {.name = "globs",
        .operands = {"http://{a,b}/[1-2]"},
        .requests = "GET http://a/1\nGET http://a/2\n"
                    "GET http://b/1\nGET http://b/2\n"},
    {.name = "bad glob",
        .operands = {"http://a/[3-1]"},
        .requests = "? http://a/[3-1]: bad glob in column 10"},
    {.name = "empty braces",
        .operands = {"http://a/{}"},
        .requests = "? http://a/{}: bad glob in column 10: {} is empty; "
                    "write {{.}} for a value from the list"},
    {.name = "list lines",
        .operands = {"@"},
        .list = "\xEF\xBB\xBFhttp://a/\r\n\n# no\n  http://b/  \nPOST "
                "http://c/\nhttp://d/{1,2}",
        .requests = "GET http://a/\nGET http://b/\nPOST http://c/\n"
                    "GET http://d/{1,2}\n"},
    {.name = "operands and lists in order",
        .operands = {"http://h1/", "@", "http://h3/"},
        .list = "http://h2/\n",
        .requests = "GET http://h1/\nGET http://h2/\nGET http://h3/\n"},
    {.name = "bad lines",
        .operands = {"@"},
        .list = "http://a b/\nhttp://a:x/\nget http://a/\n\xC3\x28\n"
                "POST http://a/ b\n{\"url\"\n{}\n",
        .requests =
            "! a space in the URL; write %20 (a line is URL, METHOD URL or "
            "a JSON object; methods are upper case)\n"
            "! the port must be a number from 0 to 65535\n"
            "! a space in the URL; write %20 (a line is URL, METHOD URL or "
            "a JSON object; methods are upper case)\n"
            "! the line is not valid UTF-8\n"
            "! a space in the URL; write %20 (a line is URL, METHOD URL or "
            "a JSON object; methods are upper case)\n"
            "! invalid JSON in column 7: expected ':', found "
            "the end of the text\n"
            "! the object has no \"url\"\n"},
    {.name = "userinfo",
        .operands = {"http://u:p@a/"},
        .requests = "GET http://a/ user=u:p\n"},
    {.name = "values",
        .operands = {"http://a/{{.}}", "@"},
        .list = "1\n#2\nx y/z\n..\n\n",
        .requests = "GET http://a/1\nGET http://a/%232\n"
                    "GET http://a/x%20y%2Fz\n"
                    "! {{.}} would turn a path segment or the host "
                    "into \".\" or \"..\"\n"},
    {.name = "values of two operands beside a plain one",
        .operands = {"http://a/{{.}}", "http://b/[1-2]/{{.}}", "@",
            "http://c/"},
        .list = "x\n",
        .requests = "GET http://a/x\nGET http://b/1/x\nGET http://b/2/x\n"
                    "GET http://c/\n"},
    {.name = "members of JSON values",
        .operands = {"http://a/{{.id}}/{{.n.m?}}", "@"},
        .list = "{\"id\":7}\n{\"id\":\"x\",\"n\":{\"m\":1.0}}\n{}\n7\n",
        .requests = "GET http://a/7/\nGET http://a/x/1.0\n"
                    "! {{.id}} has no value here\n"
                    "! {{.id}} has no value here\n"},
    {.name = "expanded values are not globbed",
        .operands = {"http://a/{{.:raw}}", "@"},
        .list = "[1-2]\n",
        .requests = "GET http://a/[1-2]\n"},
    {.name = "values in a header",
        .operands = {"http://a/", "@"},
        .list = "1\n",
        .common = {.headers = {.items = one_header, .len = 1}},
        .requests = "GET http://a/ X-A: 1\n"},
    {.name = "values in a form body",
        .operands = {"http://a/{{.}}", "@"},
        .list = "x&y\n",
        .common = {.body_kind = BODY_FORM,
            .body = TEXT("v={{.}}"),
            .body_len = 7},
        .requests = "POST http://a/x%26y body=v=x%26y\n"},
    {.name = "values in a JSON body",
        .operands = {"http://a/{{.}}", "@"},
        .list = "1.0\na\"b\n",
        .common = {.body_kind = BODY_JSON,
            .body = TEXT("[{{.}},\"{{.}}\"]"),
            .body_len = 15},
        .requests = "POST http://a/1.0 body=[1.0,\"1.0\"]\n"
                    "POST http://a/a%22b body=[\"a\\\"b\",\"a\\\"b\"]\n"},
    {.name = "braces are text where there are no values",
        .operands = {"http://a/"},
        .common = {.body_kind = BODY_RAW, .body = TEXT("{{x}}"), .body_len = 5},
        .requests = "POST http://a/ body={{x}}\n"},
    {.name = "value without a list",
        .operands = {"http://a/", "http://b/{{.}}"},
        .requests = "? http://b/{{.}}: unknown name {{.}}; {{.}} is a "
                    "line of a list"},
    {.name = "unknown name",
        .operands = {"http://a/{{x}}"},
        .requests = "? http://a/{{x}}: unknown name {{x}}; valid names are "},
    {.name = "unknown function",
        .operands = {"http://a/{{.:x}}", "@"},
        .list = "",
        .requests =
            "? unknown function \":x\" in a template; valid functions are url"},
    {.name = "repeat",
        .operands = {"http://a/[1-2]?{{k}}"},
        .repeat = 2,
        .requests = "GET http://a/1?1\nGET http://a/1?2\n"
                    "GET http://a/2?1\nGET http://a/2?2\n"},
    {.name = "repeated lines",
        .operands = {"@"},
        .repeat = 2,
        .list = "http://a/\n{\"url\":\"http://b/\",\"body\":\"{{k}}\"}\nx y\n",
        .requests = "GET http://a/\nGET http://a/\n"
                    "POST http://b/ body=1\nPOST http://b/ body=2\n"
                    "! a space in the URL; write %20 (a line is URL, METHOD "
                    "URL or a JSON object; methods are upper case)\n"
                    "! a space in the URL; write %20 (a line is URL, METHOD "
                    "URL or a JSON object; methods are upper case)\n"},
    {.name = "JSON requests",
        .operands = {"@"},
        .list = "{\"url\":\"http://a/\",\"method\":\"PUT\",\"id\":7}\n"
                "{\"url\":\"http://b/\",\"json\":{\"x\": 1.0},\"id\":\"i\"}\n"
                "{\"url\":\"http://c/\",\"headers\":{\"a\":\"9\",\"b\":null,"
                "\"c\":1}}\n",
        .common = {.headers = {.items = two_headers, .len = 2}},
        .requests = "PUT http://a/ A: 1 B: 2 id=7\n"
                    "POST http://b/ A: 1 B: 2 body={\"x\": 1.0} id=i\n"
                    "GET http://c/ a: 9 b: c: 1\n"},
    {.name = "bad JSON requests",
        .operands = {"@"},
        .list = "{\"url\":\"http://a/\",\"metod\":\"PUT\"}\n"
                "{\"url\":7}\n"
                "{\"url\":\"http://a/\",\"body\":{}}\n"
                "{\"url\":\"http://a/\",\"body\":\"\",\"json\":1}\n"
                "{\"url\":\"http://a/\",\"headers\":{\"a\":\"b\\r\\nc\"}}\n"
                "{\"url\":\"http://a/\",\"headers\":{\"a b\":\"c\"}}\n"
                "{\"url\":\"http://a/\",\"body_file\":\"/etc/passwd\"}\n"
                "{\"url\":\"http://a/\",\"output\":\"../x\"}\n"
                "{\"url\":\"http://a/\",\"max_time\":-1}\n"
                "{\"url\":\"http://a/\",\"method\":\"A B\"}\n"
                "{\"url\":\"http://a/\"} x\n",
        .requests =
            "! unknown key \"metod\"; did you mean \"method\"?\n"
            "! \"url\" must be a string\n"
            "! \"body\" must be a string (\"json\" takes any value)\n"
            "! \"body\" and \"json\": a request can have only one body\n"
            "! \"headers\": the value of \"a\" contains a line end or a NUL\n"
            "! \"headers\": \"a b\" is not a valid header name\n"
            "! \"body_file\" needs --allow-files: it reads a local file\n"
            "! \"output\" must stay below the output directory\n"
            "! \"max_time\" must be a number of seconds above 0\n"
            "! \"method\" is not a valid HTTP method\n"
            "! invalid JSON in column 21: trailing text after the JSON "
            "value\n"},
    {.name = "vars",
        .operands = {"@"},
        .list = "{\"url\":\"http://a/{{x}}\",\"vars\":{\"x\":\"/\"},"
                "\"body\":\"{{x}}{{y?}}\"}\n"
                "{\"url\":\"http://a/{{x}}\"}\n"
                "{\"url\":\"http://a/{{x}}\",\"vars\":{\"y\":1}}\n",
        .requests = "POST http://a/%2F body=/\nGET http://a/{{x}}\n"
                    "! {{x}} has no value here\n"},
    {.name = "rows of CSV",
        .operands = {"http://{{host}}/{{a b}}"},
        .rows = "host,a b\nx,1\n\"y\",\"2\n3\"\nz\n",
        .requests = "GET http://x/1\nGET http://y/2%0A3\n"
                    "! the row has 1 field, the header 2\n"},
    {.name = "rows of TSV and NDJSON are told by their first line",
        .operands = {"http://a/{{x}}"},
        .rows = "x\ty\n1\t2\n",
        .requests = "GET http://a/1\n"},
    {.name = "rows of NDJSON",
        .operands = {"http://a/{{x}}?{{.y.z?}}"},
        .rows = "{\"x\":1}\n{\"x\":2.50,\"y\":{\"z\":3}}\n[]\n{\"y\":1}\n",
        .requests = "GET http://a/1?\nGET http://a/2.50?3\n"
                    "! the row is not a JSON object\n"
                    "! {{x}} has no value here\n"},
    {.name = "unknown column",
        .operands = {"http://a/{{z}}"},
        .rows = "x,y\n",
        .requests = "? http://a/{{z}}: unknown name {{z}}; the columns "
                    "are x, y"},
    {.name = "rows without an operand",
        .rows = "x,y\n",
        .requests = "? --rows needs a URL whose {{columns}} it can fill"},
    {.name = "rows and a list",
        .operands = {"http://a/{{x}}", "@"},
        .list = "",
        .rows = "x,y\n",
        .requests = "? --rows cannot be combined with the list "},
    {.name = "output names",
        .operands = {"http://a/x/y.gz?q", "http://b/"},
        .common = {.output = TEXT("d/{{n}}-{{host}}-{{path}}")},
        .requests = "GET http://a/x/y.gz?q out=d/1-a-x%2Fy.gz\n"
                    "GET http://b/ out=d/2-b-index.html\n"},
    {.name = "output names of globs",
        .operands = {"http://a/{x,../y}/[1-2]"},
        .common = {.output = TEXT("#1_#2.txt")},
        .requests = "GET http://a/x/1 out=x_1.txt\n"
                    "GET http://a/x/2 out=x_2.txt\n"
                    "GET http://a/y/1 out=%2E.%2Fy_1.txt\n"
                    "GET http://a/y/2 out=%2E.%2Fy_2.txt\n"},
    {.name = "query options",
        .operands = {"http://a/?z#f", "http://b"},
        .common = {.url_query = {.items = query, .len = 3}},
        .requests = "GET http://a/?z&a=b%20c&raw=%20&x%26y\n"
                    "GET http://b/?a=b%20c&raw=%20&x%26y\n"},
    {.name = "values in the query",
        .operands = {"http://a/", "@"},
        .list = "x y\n",
        .common = {.url_query = {.items = value_query, .len = 1}},
        .requests = "GET http://a/?q=x%20y\n"},
    {.name = "body in the query",
        .operands = {"http://a/?z"},
        .common = {.body_kind = BODY_FORM,
            .body = TEXT("v=1"),
            .body_len = 3,
            .data_in_query = true},
        .requests = "GET http://a/?z&v=1\n"},
    {.name = "failed records",
        .retry =
            "{\"n\":1,\"input\":\"http://a/\",\"url\":\"http://a/\","
            "\"method\":\"GET\",\"ok\":true}\n"
            "{\"n\":2,\"input\":\"POST http://b/\",\"url\":\"http://b/\","
            "\"method\":\"POST\",\"ok\":false}\n"
            "{\"n\":2,\"input\":\"POST http://b/\",\"ok\":false}\n"
            "{\"n\":3,\"input\":\"{\\\"url\\\":\\\"c\\\",\\\"body\\\":\\\"x"
            "\\\"}\",\"ok\":false}\n"
            "{\"a\":1}\nx\n",
        .requests = "POST http://b/\nPOST http://c/ body=x\n"
                    "! the record has no \"ok\", which --fields left out\n"
                    "! not a record from an earlier --format ndjson run\n"},
    {.name = "failed records of values",
        .operands = {"http://a/{{.}}"},
        .retry = "{\"n\":1,\"input\":\"7\",\"url\":\"http://a/7\","
                 "\"ok\":false}\n",
        .requests = "GET http://a/7\n"},
    {.name = "empty list", .operands = {"@"}, .list = "", .requests = ""},
};

START_TEST(requests_are_those_of_the_command_line)
{
	const struct example *e = &examples[_i];
	struct buf got = {0};

	run_example(e, &got);
	if (e->requests[0] == '?')
		ck_assert_msg(strstr(got.data, e->requests) == got.data,
		    "%s: %s", e->name, got.data);
	else
		ck_assert_msg(strcmp(got.data, e->requests) == 0, "%s: %s",
		    e->name, got.data);
	buf_release(&got);
}
END_TEST

/* Of a file, which is read a piece at a time. */
static enum source_status
next_of(struct source *s, struct request **r)
{
	enum source_status status;

	do
		status = source_next(s, r);
	while (status == SOURCE_BUSY);
	return status;
}

static struct source *
open_list(const char *path, const struct request_options *common)
{
	struct input_options o = {0};
	struct source *s;
	char *cause = NULL;

	input_options_add(&o, INPUT_LIST, path);
	s = source_open(&o, common, &cause);
	ck_assert_msg(s != NULL, "%s", cause);
	input_options_release(&o);
	return s;
}

/* Append the requests of `e`, each a line that begins with its numbers. */
static void
add_numbered(struct strlist *lines, const struct example *e,
    const struct shard *shard, const char *list)
{
	struct input_options o = {.repeat = e->repeat, .shard = *shard};
	struct request *r;
	enum source_status status;
	struct source *s;
	char *cause;

	add_items(&o, e, list);
	o.rows = file_of(e->rows);
	o.retry_from = file_of(e->retry);
	s = source_open(&o, &e->common, &cause);
	ck_assert_ptr_nonnull(s);
	while ((status = source_next(s, &r)) != SOURCE_END) {
		struct buf text = {0};

		if (status != SOURCE_REQUEST)
			continue;
		ck_assert(shard_has(shard, r->origin, r->n));
		buf_addf(&text, "%06d.%d ", (int)r->n, (int)r->k);
		add_request(&text, r);
		strlist_add_owned(lines, text.data);
		request_free(r);
	}
	source_free(s);
	remove_file(o.rows);
	remove_file(o.retry_from);
	o.rows = o.retry_from = NULL;
	input_options_release(&o);
}

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Together the shards have the requests that an undivided list has, with the
 * same numbers, and each of them once. */
START_TEST(shards_are_the_whole_list)
{
	const struct example *e = &examples[_i / 6];
	uint64_t count = _i % 3 ? (uint64_t)(_i % 3 + 1) : 17;
	struct shard shard = {0, count, _i / 3 % 2};
	char *list = file_of(e->list);
	struct strlist whole, shards;

	strlist_init(&whole);
	strlist_init(&shards);
	if (*e->requests != '?') {
		add_numbered(&whole, e, &(struct shard){0}, list);
		for (; shard.index < count; shard.index++)
			add_numbered(&shards, e, &shard, list);
		if (shards.len)
			qsort(shards.items, shards.len, sizeof(char *),
			    compare_texts);
		ck_assert_uint_eq(shards.len, whole.len);
		for (size_t i = 0; i < whole.len; i++)
			ck_assert_str_eq(shards.items[i], whole.items[i]);
	}
	strlist_release(&whole);
	strlist_release(&shards);
	remove_file(list);
}
END_TEST

START_TEST(pipe_is_never_waited_for)
{
	static struct request_options common;
	struct request *r;
	struct source *s;
	char path[32];
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	snprintf(path, sizeof(path), "/dev/fd/%d", fds[0]);
	s = open_list(path, &common);
	ck_assert_int_eq(source_next(s, &r), SOURCE_WAIT);
	ck_assert_int_eq(write(fds[1], "http://a/\nhttp:", 15), 15);
	source_fill(s);
	ck_assert_int_eq(source_next(s, &r), SOURCE_REQUEST);
	ck_assert_str_eq(r->url, "http://a/");
	request_free(r);
	ck_assert_int_eq(source_next(s, &r), SOURCE_WAIT);
	ck_assert_int_eq(write(fds[1], "//b/", 4), 4);
	source_fill(s);
	ck_assert_int_eq(source_next(s, &r), SOURCE_WAIT);
	close(fds[1]);
	source_fill(s);
	ck_assert_int_eq(source_next(s, &r), SOURCE_REQUEST);
	ck_assert_str_eq(r->url, "http://b/");
	ck_assert_uint_eq(r->n, 2);
	request_free(r);
	ck_assert_int_eq(source_next(s, &r), SOURCE_END);
	source_free(s);
	close(fds[0]);
}
END_TEST

START_TEST(endless_line_is_read_a_piece_at_a_time)
{
	static struct request_options common;
	struct source *s = open_list("/dev/zero", &common);
	unsigned requests = 0;

	for (int i = 0; i < 100; i++) {
		struct request *r;
		enum source_status status = source_next(s, &r);

		if (status == SOURCE_REQUEST) {
			requests++;
			ck_assert_str_eq(
			    r->invalid, "the line is longer than 1 MiB");
			request_free(r);
		} else {
			ck_assert_int_eq(status, SOURCE_BUSY);
		}
	}
	ck_assert_uint_eq(requests, 1);
	source_free(s);
}
END_TEST

/* Lines that hold no request, and how a list of them is given. */
static const struct {
	const char *line;
	bool rows, retry;
} idle_lines[] = {
    {.line = "\n"},
    {.line = "# nothing\n"},
    {.line = "\n", .rows = true},
    {.line = "{\"ok\":true,\"input\":\"http://a/\"}\n", .retry = true},
};

START_TEST(lines_without_a_request_are_passed_one_at_a_time)
{
	static struct request_options common;
	struct buf text = {0};
	struct input_options o = {0};
	struct request *r;
	struct source *s;
	char *list, *cause;
	int busy = 0;

	if (idle_lines[_i].rows)
		buf_adds(&text, "a,b\n");
	for (int i = 0; i < 1000; i++)
		buf_adds(&text, idle_lines[_i].line);
	list = write_file(text.data, text.len);
	if (idle_lines[_i].rows) {
		o.rows = xstrdup(list);
		input_options_add(&o, INPUT_URL, "http://a/{{a}}");
	} else if (idle_lines[_i].retry) {
		o.retry_from = xstrdup(list);
	} else {
		input_options_add(&o, INPUT_LIST, list);
	}
	s = source_open(&o, &common, &cause);
	while (source_next(s, &r) == SOURCE_BUSY)
		busy++;
	ck_assert_int_ge(busy, 1000);
	source_free(s);
	input_options_release(&o);
	remove_file(list);
	buf_release(&text);
}
END_TEST

START_TEST(too_long_line_is_one_bad_request)
{
	static struct request_options common;
	struct buf text = {0};
	struct request *r;
	struct source *s;
	char *list, *where;

	buf_adds(&text, "http://a/\n");
	while (text.len < 3U * 1024 * 1024)
		buf_adds(&text, "0123456789abcdef");
	buf_adds(&text, "\nhttp://b/\n");
	list = write_file(text.data, text.len);
	s = open_list(list, &common);
	ck_assert_int_eq(next_of(s, &r), SOURCE_REQUEST);
	request_free(r);
	ck_assert_int_eq(next_of(s, &r), SOURCE_REQUEST);
	ck_assert_str_eq(r->invalid, "the line is longer than 1 MiB");
	ck_assert_uint_eq(r->input_len, 200);
	request_free(r);
	ck_assert_int_eq(next_of(s, &r), SOURCE_REQUEST);
	ck_assert_str_eq(r->url, "http://b/");
	where = xasprintf("%s:3", list);
	ck_assert_str_eq(r->where, where);
	request_free(r);
	ck_assert_int_eq(next_of(s, &r), SOURCE_END);
	source_free(s);
	free(where);
	remove_file(list);
	buf_release(&text);
}
END_TEST

/* What is looked up by its name, or compared with all others, is counted in
 * tens of thousands here: what is quadratic would take minutes. */
START_TEST(table_may_have_a_hundred_thousand_columns)
{
	static struct request_options common;
	struct input_options o = {0};
	struct buf text = {0};
	struct request *r;
	struct source *s;
	char *cause;
	size_t len;

	for (int i = 0; i < 100000; i++)
		buf_addf(&text, "%sc%d", i ? "," : "", i);
	buf_addc(&text, '\n');
	for (int i = 0; i < 100000; i++)
		buf_addf(&text, "%s%d", i ? "," : "", i % 10);
	o.rows = write_file(text.data, text.len);
	input_options_add(&o, INPUT_URL, "http://a/{{c9}}{{c99999}}");
	s = source_open(&o, &common, &cause);
	ck_assert_int_eq(next_of(s, &r), SOURCE_REQUEST);
	ck_assert_str_eq(r->url, "http://a/99");
	for (size_t i = 0; i < row_count(r->row); i++)
		ck_assert_ptr_eq(row_get(r->row, row_name(r->row, i), &len),
		    row_value(r->row, i, &len));
	request_free(r);
	source_free(s);
	unlink(o.rows);
	input_options_release(&o);
	buf_release(&text);
}
END_TEST

START_TEST(line_with_too_many_headers_is_bad)
{
	static struct request_options common;
	struct buf text = {0};
	struct request *r;
	struct source *s;
	char *list;

	buf_adds(&text, "{\"url\":\"http://a/\",\"headers\":{");
	for (int i = 0; i < 50000; i++)
		buf_addf(&text, "%s\"h%d\":\"x\"", i ? "," : "", i);
	buf_adds(&text, "}}\n");
	list = write_file(text.data, text.len);
	s = open_list(list, &common);
	ck_assert_int_eq(next_of(s, &r), SOURCE_REQUEST);
	ck_assert_str_eq(r->invalid, "\"headers\" has more than 1000 members");
	request_free(r);
	source_free(s);
	remove_file(list);
	buf_release(&text);
}
END_TEST

START_TEST(line_of_exactly_one_mebibyte_is_read)
{
	static struct request_options common;
	struct buf text = {0};
	struct request *r;
	struct source *s;
	char *list;

	buf_adds(&text, "# ");
	while (text.len < 1024U * 1024)
		buf_addc(&text, 'x');
	buf_adds(&text, "\nhttp://b/");
	list = write_file(text.data, text.len);
	s = open_list(list, &common);
	ck_assert_int_eq(next_of(s, &r), SOURCE_REQUEST);
	ck_assert_str_eq(r->url, "http://b/");
	request_free(r);
	source_free(s);
	remove_file(list);
	buf_release(&text);
}
END_TEST

START_TEST(line_with_a_nul_is_bad_but_whole)
{
	static struct request_options common;
	char *list = write_file("http://a/\0b\n", 12);
	struct source *s = open_list(list, &common);
	struct request *r;

	ck_assert_int_eq(next_of(s, &r), SOURCE_REQUEST);
	ck_assert_str_eq(r->invalid, "the line contains a NUL");
	ck_assert_uint_eq(r->input_len, 11);
	request_free(r);
	source_free(s);
	remove_file(list);
}
END_TEST

START_TEST(a_list_is_closed_with_its_source)
{
	static struct request_options common;
	char *list = write_file("http://a/\nhttp://b/\n", 20);
	int next = dup(STDOUT_FILENO), again;
	struct request *r;
	struct source *s;

	close(next);
	s = open_list(list, &common);
	ck_assert_int_eq(next_of(s, &r), SOURCE_REQUEST);
	request_free(r);
	source_free(s);
	again = dup(STDOUT_FILENO);
	ck_assert_int_eq(again, next);
	close(again);
	remove_file(list);
}
END_TEST

START_TEST(position_names_what_was_not_read)
{
	static struct request_options common;
	char *list = write_file("http://a/\n\nhttp://b/\n", 21);
	struct source *s = open_list(list, &common);
	struct request *r;
	char *position, *expected = xasprintf("%s:2", list);

	ck_assert_int_eq(next_of(s, &r), SOURCE_REQUEST);
	request_free(r);
	position = source_position(s);
	ck_assert_str_eq(position, expected);
	free(position);
	ck_assert_int_eq(next_of(s, &r), SOURCE_REQUEST);
	request_free(r);
	ck_assert_ptr_null(source_position(s));
	ck_assert_int_eq(source_total(s), -1);
	source_free(s);
	free(expected);
	remove_file(list);
}
END_TEST

START_TEST(total_of_operands_is_known)
{
	static struct request_options common;
	struct input_options o = {.repeat = 3};
	struct source *s;
	struct request *r;
	char *cause, *position;

	input_options_add(&o, INPUT_URL, "http://a/[1-10]");
	input_options_add(&o, INPUT_URL, "http://b/");
	s = source_open(&o, &common, &cause);
	ck_assert_int_eq(source_total(s), 33);
	for (int i = 0; i < 4; i++) {
		ck_assert_int_eq(next_of(s, &r), SOURCE_REQUEST);
		ck_assert_uint_eq(r->n, (uint64_t)(i / 3 + 1));
		ck_assert_uint_eq(r->k, (uint64_t)(i % 3 + 1));
		request_free(r);
	}
	position = source_position(s);
	ck_assert_str_eq(position, "http://a/2");
	free(position);
	source_free(s);
	input_options_release(&o);
}
END_TEST

START_TEST(unreadable_list_is_found_before_the_start)
{
	static const char *const paths[][2] = {
	    {"/nonexistent/list", "cannot read /nonexistent/list: No such"},
	    {"/", "cannot read /: it is a directory"},
	};
	static struct request_options common;

	for (size_t i = 0; i < 2; i++) {
		struct input_options o = {0};
		char *cause = NULL;

		input_options_add(&o, INPUT_LIST, paths[i][0]);
		ck_assert_ptr_null(source_open(&o, &common, &cause));
		ck_assert_ptr_nonnull(strstr(cause, paths[i][1]));
		free(cause);
		input_options_release(&o);
	}
}
END_TEST

START_TEST(stdin_has_one_reader)
{
	static struct request_options common;
	struct input_options o = {.rows = xstrdup("-")};
	char *cause = NULL;

	input_options_add(&o, INPUT_LIST, "-");
	ck_assert_ptr_null(source_open(&o, &common, &cause));
	ck_assert_str_eq(
	    cause, "a list (-) and --rows -: stdin can be read only once");
	free(cause);
	input_options_release(&o);
}
END_TEST

START_TEST(rows_stay_with_their_request)
{
	static struct request_options common;
	char *rows = write_file("a,b\n1,\"x\"\"y\"\n", 14);
	struct input_options o = {.rows = rows};
	struct buf json = {0};
	struct request *r;
	struct source *s;
	char *cause;

	input_options_add(&o, INPUT_URL, "http://h/{{a}}");
	s = source_open(&o, &common, &cause);
	ck_assert_int_eq(next_of(s, &r), SOURCE_REQUEST);
	source_free(s);
	row_add_json(&json, r->row);
	ck_assert_str_eq(json.data, "{\"a\":\"1\",\"b\":\"x\\\"y\"}");
	ck_assert_str_eq(r->input, "1,\"x\"\"y\"");
	request_free(r);
	buf_release(&json);
	unlink(rows);
	input_options_release(&o);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("source");
	TCase *t = tcase_create("source");

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, requests_are_those_of_the_command_line, 0,
	    (int)(sizeof(examples) / sizeof(*examples)));
	tcase_add_loop_test(t, shards_are_the_whole_list, 0,
	    6 * (int)(sizeof(examples) / sizeof(*examples)));
	tcase_add_test(t, pipe_is_never_waited_for);
	tcase_add_test(t, endless_line_is_read_a_piece_at_a_time);
	tcase_add_loop_test(t, lines_without_a_request_are_passed_one_at_a_time,
	    0, (int)(sizeof(idle_lines) / sizeof(*idle_lines)));
	tcase_add_test(t, too_long_line_is_one_bad_request);
	tcase_add_test(t, table_may_have_a_hundred_thousand_columns);
	tcase_add_test(t, line_with_too_many_headers_is_bad);
	tcase_add_test(t, line_of_exactly_one_mebibyte_is_read);
	tcase_add_test(t, line_with_a_nul_is_bad_but_whole);
	tcase_add_test(t, a_list_is_closed_with_its_source);
	tcase_add_test(t, position_names_what_was_not_read);
	tcase_add_test(t, total_of_operands_is_known);
	tcase_add_test(t, unreadable_list_is_found_before_the_start);
	tcase_add_test(t, stdin_has_one_reader);
	tcase_add_test(t, rows_stay_with_their_request);
	return unit_run(s);
}
