#include "config.h"

#include <cjson/cJSON.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/format.h"
#include "output_fixture.h"
#include "unit.h"

static struct encoder *encoder;
static const struct names *input_names; /* of the inputs; NULL: none */
static struct strlist table;            /* the columns among them */

static void
teardown(void)
{
	encoder_free(encoder);
	encoder = NULL;
	input_names = NULL;
	strlist_release(&table);
	fixture_release();
}

static void
compile(void)
{
	fixture_compile_paths();
	encoder = encoder_new(&options, extractor, input_names, &cause);
}

static const char *
encode(void)
{
	if (!encoder)
		compile();
	ck_assert_msg(encoder != NULL, "%s", cause);
	fixture_extract();
	encoded_clear(&encoded);
	encoder_encode(encoder, &record, &encoded);
	return fixture_stdout();
}

static void
set_body(const char *body)
{
	sample_body(&sample, body, strlen(body));
}

/* ndjson */

START_TEST(a_record_has_its_fields_in_their_order)
{
	options.format = FORMAT_NDJSON;
	ck_assert_str_eq(encode(),
	    "{\"n\":7,\"input\":\"http://user:***@h/p?q=1\","
	    "\"url\":\"http://h/p?q=1\",\"url_effective\":\"http://h/p?q=1\","
	    "\"method\":\"GET\",\"ok\":true,\"http_code\":200,\"error\":null,"
	    "\"attempts\":1,\"errors\":[],\"http_version\":\"1.1\","
	    "\"remote_ip\":\"127.0.0.1\","
	    "\"content_type\":\"application/json\",\"size_download\":9,"
	    "\"num_redirects\":0,\"time_start\":1700000000.123456,"
	    "\"time_queue\":0.000010,\"time_namelookup\":0.000100,"
	    "\"time_connect\":0.000250,\"time_appconnect\":null,"
	    "\"time_pretransfer\":0.000300,\"time_starttransfer\":0.001500,"
	    "\"time_total\":0.002000}\n");
}
END_TEST

/* --retry-from reads it, and grants no more. */
START_TEST(a_record_says_how_far_what_follows_is_trusted)
{
	options.format = FORMAT_NDJSON;
	sample.request->follows = true;
	sample.request->trust.foreign = true;
	ck_assert_ptr_nonnull(
	    strstr(encode(), ",\"foreign\":true,\"from_public\":false}\n"));
	sample.request->trust.foreign = false;
	sample.request->trust.from_public = true;
	ck_assert_ptr_nonnull(
	    strstr(encode(), ",\"foreign\":false,\"from_public\":true}\n"));
}
END_TEST

START_TEST(a_failure_says_what_did_not_happen)
{
	cJSON *json, *error;

	options.format = FORMAT_NDJSON;
	result_release(&sample.result);
	result_init(&sample.result);
	failure_set(
	    &sample.result.failure, ERROR_CONNECT, "refused", 7, "refused");
	json = cJSON_Parse(encode());
	error = cJSON_GetObjectItem(json, "error");
	ck_assert(cJSON_IsFalse(cJSON_GetObjectItem(json, "ok")));
	ck_assert(cJSON_IsNull(cJSON_GetObjectItem(json, "http_code")));
	ck_assert(cJSON_IsNull(cJSON_GetObjectItem(json, "http_version")));
	ck_assert(cJSON_IsNull(cJSON_GetObjectItem(json, "time_connect")));
	ck_assert_str_eq(
	    cJSON_GetObjectItem(error, "class")->valuestring, "connect");
	ck_assert_str_eq(
	    cJSON_GetObjectItem(error, "reason")->valuestring, "refused");
	ck_assert_int_eq(cJSON_GetObjectItem(error, "code")->valueint, 7);
	cJSON_Delete(json);
}
END_TEST

START_TEST(earlier_attempts_are_listed)
{
	struct past_attempt *past = xcalloc(1, sizeof(*past));

	failure_set(&past->failure, ERROR_TIMEOUT, "stall", 28, "silent");
	past->total_us = 60000000;
	sample.result.past = past;
	sample.result.past_len = 1;
	options.format = FORMAT_NDJSON;
	strlist_add(&options.fields, "errors");
	ck_assert_str_eq(encode(),
	    "{\"errors\":[{\"class\":\"timeout\",\"reason\":\"stall\","
	    "\"code\":28,\"message\":\"silent\",\"time_total\":60.000000}]}\n");
}
END_TEST

START_TEST(a_record_is_valid_utf8_whatever_came)
{
	options.format = FORMAT_NDJSON;
	sample_set(&sample.result.content_type, "text/\xFF\"\n");
	strlist_add(&options.fields, "content_type");
	ck_assert_str_eq(
	    encode(), "{\"content_type\":\"text/\xEF\xBF\xBD\\\"\\n\"}\n");
}
END_TEST

START_TEST(fields_are_picked_and_ordered)
{
	static const char *const names[] = {
	    "time_total", "error.class", "data.a", "http_code", "n"};

	options.format = FORMAT_NDJSON;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		strlist_add(&options.fields, names[i]);
	strlist_add(&options.extract, ".a");
	ck_assert_str_eq(encode(),
	    "{\"time_total\":0.002000,\"error.class\":null,"
	    "\"data.a\":[1,2],\"http_code\":200,\"n\":7}\n");
}
END_TEST

START_TEST(data_holds_what_was_found)
{
	options.format = FORMAT_NDJSON;
	strlist_add(&options.fields, "data");
	strlist_add(&options.extract, ".b");
	strlist_add(&options.extract, "all=.a[*]");
	strlist_add(&options.extract, ".missing");
	strlist_add(&options.extract, "b=/a/0");
	ck_assert_str_eq(
	    encode(), "{\"data\":{\"b\":\"x\",\"all\":[1,2],\"b_2\":1}}\n");
}
END_TEST

START_TEST(a_body_that_is_no_json_fails_its_record)
{
	options.format = FORMAT_NDJSON;
	strlist_add(&options.fields, "data");
	strlist_add(&options.fields, "error.class");
	strlist_add(&options.extract, ".b");
	set_body("{\"a\":\n1,}");
	ck_assert_str_eq(
	    encode(), "{\"data\":null,\"error.class\":\"json\"}\n");
	ck_assert_ptr_nonnull(
	    strstr(sample.result.failure.message, "line 2, column 3"));
}
END_TEST

START_TEST(a_body_goes_into_the_record_as_text_or_base64)
{
	options.format = FORMAT_NDJSON;
	options.with_body = true;
	strlist_add(&options.fields, "body");
	strlist_add(&options.fields, "body_encoding");
	set_body("a\n\"b\"");
	ck_assert_str_eq(encode(), "{\"body\":\"a\\n\\\"b\\\"\"}\n");
	set_body("\xFF\xFE");
	ck_assert_str_eq(
	    encode(), "{\"body\":\"//4=\",\"body_encoding\":\"base64\"}\n");
}
END_TEST

START_TEST(headers_go_into_the_record_as_curl_writes_them)
{
	options.format = FORMAT_NDJSON;
	options.with_headers = true;
	strlist_add(&options.fields, "headers");
	ck_assert_str_eq(encode(),
	    "{\"headers\":{\"content-type\":[\"application/json\"],"
	    "\"set-cookie\":[\"a=1\",\"b=2\"]}}\n");
}
END_TEST

START_TEST(times_count_the_hops_before)
{
	options.format = FORMAT_NDJSON;
	sample.result.redirect_us = 1000000;
	strlist_add(&options.fields, "time_connect");
	strlist_add(&options.fields, "time_appconnect");
	strlist_add(&options.fields, "time_total");
	ck_assert_str_eq(encode(),
	    "{\"time_connect\":1.000250,\"time_appconnect\":null,"
	    "\"time_total\":1.002000}\n");
}
END_TEST

/* body */

START_TEST(a_body_passes_as_it_is)
{
	set_body("\x00\xFF no newline");
	ck_assert_str_eq(encode(), "");
	sample_body(&sample, "\x00\xFF", 2);
	encode();
	ck_assert_uint_eq(encoded.out.len, 2);
	ck_assert_mem_eq(encoded.out.data, "\x00\xFF", 2);
}
END_TEST

static const struct {
	const char *type;
	const char *body;
	const char *out;
} newlines[] = {
    {"application/json", "1", "1\n"},
    {"application/json; charset=utf-8", "1\n", "1\n"},
    {"application/problem+json", "\"x\"", "\"x\"\n"},
    {"text/plain", " {\"a\":1}", " {\"a\":1}\n"},
    {NULL, "[]", "[]\n"},
    {"text/plain", "text", "text"},
    {"application/json", "", ""},
};

START_TEST(several_json_bodies_get_their_newline)
{
	record.several = true;
	sample_set(&sample.result.content_type, newlines[_i].type);
	set_body(newlines[_i].body);
	ck_assert_str_eq(encode(), newlines[_i].out);
}
END_TEST

START_TEST(a_single_body_gets_no_newline)
{
	set_body("[]");
	ck_assert_str_eq(encode(), "[]");
}
END_TEST

START_TEST(a_spilled_body_goes_as_its_file)
{
	char name[] = "/tmp/check_format-XXXXXX";
	int fd = mkstemp(name);

	unlink(name);
	ck_assert_int_eq(write(fd, "{\"a\":1}", 7), 7);
	buf_clear(&sample.result.body.mem);
	sample.result.body.fd = fd;
	sample.result.body.size = 7;
	record.several = true;
	options.include_headers = true;
	sample_set(&sample.result.headers, "HTTP/1.1 200 OK\r\n");
	ck_assert_str_eq(encode(), "HTTP/1.1 200 OK\r\n\r\n");
	ck_assert_int_eq(encoded.fd, fd);
	ck_assert_uint_eq(encoded.size, 7);
	ck_assert_str_eq(encoded.after.data, "\n");
}
END_TEST

START_TEST(a_failure_puts_nothing_out_unless_asked)
{
	sample_fail(&sample);
	options.include_headers = true;
	ck_assert_str_eq(encode(), "");
	options.fail_with_body = true;
	set_body("gone");
	sample_set(&sample.result.headers, "HTTP/1.1 404 N\r\n\r\n");
	ck_assert_str_eq(encode(), "HTTP/1.1 404 N\r\n\r\ngone");
}
END_TEST

START_TEST(dumped_headers_come_whatever_became_of_it)
{
	sample_fail(&sample);
	options.format = _i ? FORMAT_NONE : FORMAT_BODY;
	options.dump_header = xstrdup("-");
	sample_set(&sample.result.headers, "HTTP/1.1 404 N\r\n\r\n");
	ck_assert_str_eq(encode(), "HTTP/1.1 404 N\r\n\r\n");
}
END_TEST

START_TEST(values_stand_on_one_line)
{
	strlist_add(&options.extract, ".b");
	strlist_add(&options.extract, ".a");
	strlist_add(&options.extract, ".missing");
	strlist_add(&options.extract, ".c");
	set_body("{\"b\": \"\\u00e9\", \"a\": [1, \" 2\"], \"c\":\"x\\ty\"}");
	ck_assert_str_eq(encode(), "\xC3\xA9\t[1,\" 2\"]\t\t\"x\\ty\"\n");
}
END_TEST

START_TEST(a_failure_is_a_line_of_empty_values)
{
	strlist_add(&options.extract, ".b");
	strlist_add(&options.extract, ".a");
	sample_fail(&sample);
	ck_assert_str_eq(encode(), "\t\n");
}
END_TEST

START_TEST(quoted_values_are_json)
{
	strlist_add(&options.extract, ".b");
	options.quoted = true;
	ck_assert_str_eq(encode(), "\"x\"\n");
}
END_TEST

START_TEST(many_matches_are_many_lines)
{
	strlist_add(&options.extract, ".b");
	strlist_add(&options.extract, ".a[*]");
	ck_assert_str_eq(encode(), "x\t1\nx\t2\n");
	sample_fail(&sample);
	ck_assert_str_eq(encode(), "");
}
END_TEST

/* --collect */

START_TEST(collected_bodies_are_values)
{
	options.collect = true;
	ck_assert_str_eq(encode(), "{\"a\":[1,2],\"b\":\"x\"}");
	ck_assert_str_eq(encoder_framing(encoder).head, "[");
	ck_assert_str_eq(encoder_framing(encoder).tail, "]\n");
	sample_fail(&sample);
	ck_assert_str_eq(encode(), "null");
}
END_TEST

START_TEST(a_collected_body_must_be_json)
{
	options.collect = true;
	set_body("<html>");
	ck_assert_str_eq(encode(), "null");
	ck_assert_int_eq(sample.result.failure.class, ERROR_JSON);
}
END_TEST

START_TEST(collected_values_are_values)
{
	options.collect = true;
	strlist_add(&options.extract, ".a[*]");
	ck_assert_str_eq(encode(), "1,\n2");
	sample_fail(&sample);
	ck_assert_str_eq(encode(), "null");
}
END_TEST

START_TEST(several_collected_values_are_an_object)
{
	options.collect = true;
	strlist_add(&options.extract, ".b");
	strlist_add(&options.extract, ".missing");
	ck_assert_str_eq(encode(), "{\"b\":\"x\",\"missing\":null}");
}
END_TEST

START_TEST(collected_records_have_no_newline)
{
	options.collect = true;
	options.format = FORMAT_NDJSON;
	strlist_add(&options.fields, "n");
	ck_assert_str_eq(encode(), "{\"n\":7}");
}
END_TEST

START_TEST(none_is_nothing)
{
	options.format = FORMAT_NONE;
	ck_assert_str_eq(encode(), "");
	ck_assert(encoded_empty(&encoded));
}
END_TEST

/* csv, tsv */

static void
give_row(const char *name, const char *cell)
{
	struct row_names *names = row_names_new();
	struct strlist cells;

	strlist_init(&cells);
	strlist_add(&names->names, name);
	strlist_add(&cells, cell);
	sample.request->row = row_new(names, &cells);
	row_names_unref(names);
}

static const struct {
	const char *cell;
	const char *csv;
	const char *tsv;
} cells[] = {
    {"plain", "plain", "plain"},
    {"", "\"\"", ""},
    {"a,b", "\"a,b\"", "a,b"},
    {"say \"x\"", "\"say \"\"x\"\"\"", "say \"x\""},
    {"two\nlines", "\"two\nlines\"", "\"two\\nlines\""},
    {"a\tb", "a\tb", "\"a\\tb\""},
    {"=1+1", "'=1+1", "'=1+1"},
    {"@x", "'@x", "'@x"},
    {"-5", "-5", "-5"},
    {"+49.5", "+49.5", "+49.5"},
    {"-2+3", "'-2+3", "'-2+3"},
    {"-1.5e3", "-1.5e3", "-1.5e3"},
    {"-1E-3", "-1E-3", "-1E-3"},
    {"-1e", "'-1e", "'-1e"},
    {"-1e+cmd", "'-1e+cmd", "'-1e+cmd"},
    {"\n=1", "\"'\n=1\"", "\"\\n=1\""},
    {"\xC3\xA9", "\xC3\xA9", "\xC3\xA9"},
    {"\xFF", "\xEF\xBF\xBD", "\xEF\xBF\xBD"},
};

static void
expect_cell(enum format_id format, const char *cell, const char *expected)
{
	char *line = xasprintf("%s\n", expected);

	options.format = format;
	strlist_add(&options.fields, "row.c");
	give_row("c", cell);
	ck_assert_str_eq(encode(), line);
	free(line);
}

START_TEST(a_csv_cell_is_rfc_4180_and_no_formula)
{
	expect_cell(FORMAT_CSV, cells[_i].cell, cells[_i].csv);
}
END_TEST

START_TEST(a_tsv_cell_is_one_field_of_one_line)
{
	expect_cell(FORMAT_TSV, cells[_i].cell, cells[_i].tsv);
}
END_TEST

START_TEST(a_table_has_the_columns_of_the_rows)
{
	options.format = FORMAT_CSV;
	strlist_add(&options.extract, "v=.a");
	give_row("a,b", "x");
	compile();
	encoder_set_columns(encoder, sample.request->row);
	ck_assert_str_eq(
	    encoder_framing(encoder).head, "\"a,b\",v,http_code,error\n");
	ck_assert_str_eq(encode(), "x,\"[1,2]\",200,\n");
	sample_fail(&sample);
	ck_assert_str_eq(encode(), "x,,404,http\n");
}
END_TEST

START_TEST(a_table_without_rows_has_the_input)
{
	options.format = FORMAT_TSV;
	compile();
	ck_assert_str_eq(
	    encoder_framing(encoder).head, "input\thttp_code\terror\n");
	ck_assert_str_eq(encode(), "http://user:***@h/p?q=1\t200\t\n");
}
END_TEST

START_TEST(a_table_cannot_be_collected)
{
	options.collect = true;
	options.format = FORMAT_CSV;
	compile();
	ck_assert_ptr_null(encoder);
	ck_assert_ptr_nonnull(strstr(cause, "--format csv"));
	free(cause);
	options.format = FORMAT_AUTO;
	options.save = true;
	compile();
	ck_assert_ptr_null(encoder);
	ck_assert_ptr_nonnull(strstr(cause, "-o leaves nothing"));
}
END_TEST

/* Contradictions. */

static void
expect_cause(const char *one, const char *two)
{
	compile();
	ck_assert_ptr_null(encoder);
	ck_assert_msg(strstr(cause, one) != NULL, "%s", cause);
	ck_assert_msg(strstr(cause, two) != NULL, "%s", cause);
}

START_TEST(collect_without_values_is_refused)
{
	options.collect = true;
	options.format = FORMAT_NONE;
	expect_cause("--collect", "--format none");
}
END_TEST

START_TEST(collect_with_writeout_is_refused)
{
	options.collect = true;
	options.writeout = xstrdup("x");
	expect_cause("--collect", "-w");
}
END_TEST

START_TEST(writeout_with_records_is_refused)
{
	options.format = FORMAT_NDJSON;
	options.writeout = xstrdup("x");
	expect_cause("--format ndjson", "--fields");
}
END_TEST

START_TEST(fields_without_records_are_refused)
{
	strlist_add(&options.fields, "n");
	expect_cause("--fields", "--format ndjson");
}
END_TEST

START_TEST(two_paths_with_many_matches_make_no_lines)
{
	strlist_add(&options.extract, ".a[*]");
	strlist_add(&options.extract, ".b[*]");
	expect_cause("-j", "--format ndjson");
}
END_TEST

/* --items, with one path of one value and one of many. */
static void
give_items(const char *body)
{
	options.items = xstrdup(".a");
	strlist_add(&options.extract, ".id");
	strlist_add(&options.extract, ".t[*]");
	set_body(body);
}

static const struct {
	enum format_id format;
	bool collect;
	const char *expected;
} items_in_formats[] = {
    {FORMAT_BODY, false, "1\tx\n1\ty\n3\tz\n"},
    {FORMAT_BODY, true,
        "{\"id\":1,\"t\":\"x\"},\n{\"id\":1,\"t\":\"y\"},\n"
        "{\"id\":3,\"t\":\"z\"}"},
    {FORMAT_CSV, false,
        "1,1,\"[\"\"x\"\",\"\"y\"\"]\"\n2,,[]\n3,3,\"[\"\"z\"\"]\"\n"},
    {FORMAT_NDJSON, false,
        "{\"item\":1,\"id\":1,\"t\":[\"x\",\"y\"]}\n{\"item\":2,\"t\":[]}\n"
        "{\"item\":3,\"id\":3,\"t\":[\"z\"]}\n"},
    {FORMAT_NDJSON, true,
        "{\"item\":1,\"id\":1,\"t\":[\"x\",\"y\"]},\n{\"item\":2,\"t\":[]},\n"
        "{\"item\":3,\"id\":3,\"t\":[\"z\"]}"},
};

START_TEST(each_item_is_a_result)
{
	options.format = items_in_formats[_i].format;
	options.collect = items_in_formats[_i].collect;
	if (options.format != FORMAT_BODY) {
		strlist_add(&options.fields, "item");
		strlist_add(&options.fields, "data.id");
		strlist_add(&options.fields, "t");
		free(options.fields.items[1]);
		options.fields.items[1] = xstrdup("id=data.id");
	}
	give_items("{\"a\":[{\"id\":1,\"t\":[\"x\",\"y\"]},{},"
	           "{\"id\":3,\"t\":[\"z\"]}]}");
	ck_assert_str_eq(encode(), items_in_formats[_i].expected);
}
END_TEST

START_TEST(a_body_without_items_is_one_record)
{
	options.format = FORMAT_CSV;
	give_items("{\"a\":[]}");
	ck_assert_str_eq(encode(), "http://user:***@h/p?q=1,,[],200,\n");
}
END_TEST

START_TEST(only_the_first_item_has_the_body)
{
	const char *second;

	options.format = FORMAT_NDJSON;
	options.with_body = true;
	give_items("{\"a\":[{},{}]}");
	second = strchr(encode(), '\n');
	ck_assert_ptr_nonnull(second);
	ck_assert_ptr_nonnull(strstr(encode(), "\"body\":"));
	ck_assert_ptr_null(strstr(second, "\"body\":"));
}
END_TEST

START_TEST(records_of_items_have_a_limit)
{
	options.format = FORMAT_NDJSON;
	options.extract_max = 100;
	give_items("{\"a\":[1,2,3]}");
	compile();
	columns->record_bytes = 133;
	fixture_extract();
	ck_assert_uint_eq(columns->count, 3);
	columns->record_bytes = 134;
	fixture_extract();
	ck_assert_int_eq(sample.result.failure.class, ERROR_SIZE);
	ck_assert_uint_eq(columns->count, 0);
}
END_TEST

START_TEST(an_item_is_measured_without_the_body)
{
	struct record page = record;

	options.format = FORMAT_NDJSON;
	strlist_add(&options.fields, "item");
	strlist_add(&options.fields, "body");
	give_items("{\"a\":[1]}");
	compile();
	page.columns = columns;
	ck_assert_uint_eq(
	    encoder_item_bytes(encoder, &page), strlen("{\"item\":2}\n"));
}
END_TEST

START_TEST(an_unknown_field_names_the_nearest_or_all)
{
	options.format = FORMAT_NDJSON;
	strlist_add(&options.fields, "http_cod");
	expect_cause("unknown field http_cod;", "did you mean http_code?");
	strcpy(options.fields.items[0], "x");
	free(cause);
	expect_cause("unknown field x;", "time_starttransfer");
}
END_TEST

/* --fields with a table whose columns are name and city, and -j .name. */
static void
choose(const char *const *chosen)
{
	static const char *const columns_of_table[] = {
	    "name", "city", "a=b", "id"};
	static struct names inputs;

	for (size_t i = 0; i < 4; i++)
		strlist_add(&table, columns_of_table[i]);
	inputs.columns = &table;
	options.format = FORMAT_CSV;
	input_names = &inputs;
	for (; *chosen; chosen++)
		strlist_add(&options.fields, *chosen);
	strlist_add(&options.extract, ".name");
	strlist_add(&options.extract, "price=.price");
	set_body("{\"name\":\"n\",\"price\":1}");
}

static const struct {
	const char *chosen[4];
	const char *head; /* the line above, or what the refusal says */
	const char *line; /* NULL: refused */
} choices[] = {
    {{"price", "city", "http_code"}, "price,city,http_code\n", "1,Rome,200\n"},
    {{"cost=price", "status=http_code"}, "cost,status\n", "1,200\n"},
    {{"x=data.name", "row.city", "a=b"}, "x,row.city,a=b\n", "n,Rome,\n"},
    {{"y = city", "id"}, "y,id\n", "Rome,\n"},
    {{"status"}, "did you mean http_code?", NULL},
    {{"Status_Code"}, "did you mean http_code?", NULL},
    {{"pirce"}, "did you mean price?", NULL},
    {{"x=ctiy"}, "unknown field ctiy; did you mean city?", NULL},
    {{"row.ctiy"}, "did you mean row.city?", NULL},
    {{"row.zzz"}, "the columns are name, city", NULL},
    {{"zzz"}, "extracted: name, price; the columns are name, city", NULL},
    {{"name"}, "put data. or row. before it", NULL},
    {{"n", "n=ok"}, "two fields are called n", NULL},
    {{"=n"}, "NEW=NAME", NULL},
    {{"n="}, "NEW=NAME", NULL},
    {{"n url"}, "commas separate", NULL},
};

START_TEST(fields_are_found_by_bare_names_and_renamed)
{
	const char *expected = choices[_i].line;

	choose(choices[_i].chosen);
	give_row("city", "Rome");
	compile();
	if (!expected) {
		ck_assert_ptr_null(encoder);
		ck_assert_msg(
		    strstr(cause, choices[_i].head) != NULL, "%s", cause);
		return;
	}
	ck_assert_msg(encoder != NULL, "%s", cause);
	ck_assert_str_eq(encoder_framing(encoder).head, choices[_i].head);
	ck_assert_str_eq(encode(), expected);
}
END_TEST

/* `id` is there for JSON requests that have one only. */
START_TEST(a_value_stands_in_for_a_field_that_does_not_apply)
{
	options.format = FORMAT_NDJSON;
	strlist_add(&options.fields, "id");
	strlist_add(&options.extract, ".id");
	set_body("{\"id\":5}");
	ck_assert_str_eq(encode(), "{\"id\":5}\n");
	sample.request->id = xstrdup("own");
	ck_assert_str_eq(encode(), "{\"id\":\"own\"}\n");
}
END_TEST

/* Rows of NDJSON show their columns one by one. */
START_TEST(a_column_that_may_be_there_is_a_field_unless_it_is_a_typo)
{
	static const struct names inputs = {
	    .has_any = true, .has_any_column = true};

	input_names = &inputs;
	options.format = FORMAT_NDJSON;
	strlist_add(&options.fields, "city");
	give_row("city", "Rome");
	ck_assert_str_eq(encode(), "{\"city\":\"Rome\"}\n");
	encoder_free(encoder);
	strcpy(options.fields.items[0], "type");
	compile();
	ck_assert_ptr_null(encoder);
	ck_assert_str_eq(cause,
	    "--fields: unknown field type; did you mean content_type? (a "
	    "column of that name is row.type)");
}
END_TEST

START_TEST(the_default_format_follows_the_files)
{
	ck_assert_int_eq(format_default(&options), FORMAT_BODY);
	options.save = true;
	ck_assert_int_eq(format_default(&options), FORMAT_NONE);
	strlist_add(&options.extract, ".a");
	ck_assert_int_eq(format_default(&options), FORMAT_BODY);
	options.format = FORMAT_NDJSON;
	ck_assert_int_eq(format_default(&options), FORMAT_NDJSON);
}
END_TEST

static TCase *
records(void)
{
	TCase *t = tcase_create("records");

	tcase_add_checked_fixture(t, fixture_init, teardown);
	tcase_add_test(t, a_record_has_its_fields_in_their_order);
	tcase_add_test(t, a_record_says_how_far_what_follows_is_trusted);
	tcase_add_test(t, a_failure_says_what_did_not_happen);
	tcase_add_test(t, earlier_attempts_are_listed);
	tcase_add_test(t, a_record_is_valid_utf8_whatever_came);
	tcase_add_test(t, fields_are_picked_and_ordered);
	tcase_add_test(t, data_holds_what_was_found);
	tcase_add_test(t, a_body_that_is_no_json_fails_its_record);
	tcase_add_test(t, a_body_goes_into_the_record_as_text_or_base64);
	tcase_add_test(t, headers_go_into_the_record_as_curl_writes_them);
	tcase_add_test(t, times_count_the_hops_before);
	return t;
}

static TCase *
bodies(void)
{
	TCase *t = tcase_create("bodies");

	tcase_add_checked_fixture(t, fixture_init, teardown);
	tcase_add_test(t, a_body_passes_as_it_is);
	tcase_add_loop_test(t, several_json_bodies_get_their_newline, 0,
	    sizeof(newlines) / sizeof(newlines[0]));
	tcase_add_test(t, a_single_body_gets_no_newline);
	tcase_add_test(t, a_spilled_body_goes_as_its_file);
	tcase_add_test(t, a_failure_puts_nothing_out_unless_asked);
	tcase_add_loop_test(t, dumped_headers_come_whatever_became_of_it, 0, 2);
	tcase_add_test(t, values_stand_on_one_line);
	tcase_add_test(t, a_failure_is_a_line_of_empty_values);
	tcase_add_test(t, quoted_values_are_json);
	tcase_add_test(t, many_matches_are_many_lines);
	return t;
}

static TCase *
tables(void)
{
	TCase *t = tcase_create("tables");
	int count = sizeof(cells) / sizeof(cells[0]);

	tcase_add_checked_fixture(t, fixture_init, teardown);
	tcase_add_loop_test(t, a_csv_cell_is_rfc_4180_and_no_formula, 0, count);
	tcase_add_loop_test(t, a_tsv_cell_is_one_field_of_one_line, 0, count);
	tcase_add_test(t, a_table_has_the_columns_of_the_rows);
	tcase_add_test(t, a_table_without_rows_has_the_input);
	tcase_add_test(t, a_table_cannot_be_collected);
	return t;
}

static TCase *
the_rest(void)
{
	TCase *t = tcase_create("collect, none, contradictions");

	tcase_add_checked_fixture(t, fixture_init, teardown);
	tcase_add_test(t, collected_bodies_are_values);
	tcase_add_test(t, a_collected_body_must_be_json);
	tcase_add_test(t, collected_values_are_values);
	tcase_add_test(t, several_collected_values_are_an_object);
	tcase_add_test(t, collected_records_have_no_newline);
	tcase_add_test(t, none_is_nothing);
	tcase_add_test(t, collect_without_values_is_refused);
	tcase_add_test(t, collect_with_writeout_is_refused);
	tcase_add_test(t, writeout_with_records_is_refused);
	tcase_add_test(t, fields_without_records_are_refused);
	tcase_add_test(t, two_paths_with_many_matches_make_no_lines);
	tcase_add_loop_test(t, each_item_is_a_result, 0,
	    (int)(sizeof(items_in_formats) / sizeof(*items_in_formats)));
	tcase_add_test(t, a_body_without_items_is_one_record);
	tcase_add_test(t, only_the_first_item_has_the_body);
	tcase_add_test(t, records_of_items_have_a_limit);
	tcase_add_test(t, an_item_is_measured_without_the_body);
	tcase_add_test(t, an_unknown_field_names_the_nearest_or_all);
	tcase_add_loop_test(t, fields_are_found_by_bare_names_and_renamed, 0,
	    (int)(sizeof(choices) / sizeof(*choices)));
	tcase_add_test(t, a_value_stands_in_for_a_field_that_does_not_apply);
	tcase_add_test(
	    t, a_column_that_may_be_there_is_a_field_unless_it_is_a_typo);
	tcase_add_test(t, the_default_format_follows_the_files);
	return t;
}

int
main(void)
{
	Suite *s = suite_create("format");

	suite_add_tcase(s, records());
	suite_add_tcase(s, bodies());
	suite_add_tcase(s, tables());
	suite_add_tcase(s, the_rest());
	return unit_run(s);
}
