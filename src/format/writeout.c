/* The variables of -w, and the text compiled to a list of instructions:
 * variables and their values first, then what each instruction does, then
 * compiling. */
#include "config.h"

#include "format/writeout.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/xalloc.h"
#include "format/field_advice.h"
#include "format/field_rows.h"
#include "json/write.h"
#include "request/headers.h"
#include "text/suggest.h"

/* --- variables and their values ------------------------------------------- */

/* How a value is written. */
enum value_kind {
	VALUE_TEXT,   /* `text`; NULL: there is none */
	VALUE_NUMBER, /* `number` */
	VALUE_STATUS, /* `number`, in text with three digits at least */
	VALUE_TIME,   /* `number` of microseconds; 0 where it was not reached */
};

/* The value of a variable. */
struct value {
	enum value_kind kind;
	const char *text;
	int64_t number;
};

/* A variable of -w. */
struct variable {
	const char *name;
	struct value (*get)(const struct record *, size_t at);
	size_t at; /* offset of a member, for those that need one */
};

static struct value
text_value(const char *s)
{
	return (struct value){.kind = VALUE_TEXT, .text = s};
}

static struct value
number_value(int64_t n)
{
	return (struct value){.kind = VALUE_NUMBER, .number = n};
}

static struct value
status_value(int n)
{
	return (struct value){.kind = VALUE_STATUS, .number = n};
}

static struct value
seconds_value(int64_t us)
{
	return (struct value){.kind = VALUE_TIME, .number = us < 0 ? 0 : us};
}

/* The member of the result at an offset. */
static const void *
member(const struct record *r, size_t at)
{
	return (const char *)r->result + at;
}

/* Members of the result, by their offset. */

static struct value
get_text(const struct record *r, size_t at)
{
	return text_value(*(char *const *)member(r, at));
}

/* An address; curl has an empty string where there is none. */
static struct value
get_address(const struct record *r, size_t at)
{
	const char *s = *(char *const *)member(r, at);

	return text_value(s ? s : "");
}

static struct value
get_int(const struct record *r, size_t at)
{
	return number_value(*(const int *)member(r, at));
}

static struct value
get_size(const struct record *r, size_t at)
{
	return number_value((int64_t) * (const uint64_t *)member(r, at));
}

static struct value
get_status(const struct record *r, size_t at)
{
	return status_value(*(const int *)member(r, at));
}

static struct value
get_time(const struct record *r, size_t at)
{
	return seconds_value(*(const int64_t *)member(r, at));
}

/* The end of a phase since the attempt began, as in result_phase of
 * field_rows.c. */
static struct value
get_phase(const struct record *r, size_t at)
{
	int64_t us = *(const int64_t *)member(r, at);

	return seconds_value(us < 0 ? us : us + r->result->redirect_us);
}

static struct value
get_total(const struct record *r, size_t at)
{
	if (r->result->timing.total_us < 0)
		return seconds_value(r->result->flight_us);
	return get_phase(r, at);
}

/* All others. */

/* A variable of protocols that are not supported here. */
static struct value
get_nothing(const struct record *r, size_t at)
{
	(void)r;
	(void)at;
	return text_value(NULL);
}

/* Certificates are not kept. */
static struct value
get_certs(const struct record *r, size_t at)
{
	(void)r;
	(void)at;
	return text_value("");
}

static struct value
get_zero(const struct record *r, size_t at)
{
	(void)r;
	(void)at;
	return number_value(0);
}

static struct value
get_http_version(const struct record *r, size_t at)
{
	static const struct {
		int version;
		const char *text;
	} known[] = {{10, "1"}, {11, "1.1"}, {20, "2"}, {30, "3"}};

	(void)at;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].version == r->result->http_version)
			return text_value(known[i].text);
	return text_value("0");
}

static struct value
get_method(const struct record *r, size_t at)
{
	(void)at;
	return text_value(r->result->method
	                      ? r->result->method
	                      : request_options_method(r->request->options));
}

/* curl's for failures that only we know; libcurl's own go first. */
static const int exit_codes[ERROR_CLASS_COUNT] = {
    [ERROR_INPUT] = CURLE_URL_MALFORMAT,
    [ERROR_DNS] = CURLE_COULDNT_RESOLVE_HOST,
    [ERROR_CONNECT] = CURLE_COULDNT_CONNECT,
    [ERROR_TIMEOUT] = CURLE_OPERATION_TIMEDOUT,
    [ERROR_RESET] = CURLE_RECV_ERROR,
    [ERROR_PROTOCOL] = CURLE_WEIRD_SERVER_REPLY,
    [ERROR_REDIRECT] = CURLE_TOO_MANY_REDIRECTS,
    [ERROR_HTTP] = CURLE_HTTP_RETURNED_ERROR,
    [ERROR_EXPECT] = CURLE_WEIRD_SERVER_REPLY,
    [ERROR_SIZE] = CURLE_FILESIZE_EXCEEDED,
    [ERROR_JSON] = CURLE_WEIRD_SERVER_REPLY,
    [ERROR_OUTPUT] = CURLE_WRITE_ERROR,
    [ERROR_LOCAL] = CURLE_FAILED_INIT,
    [ERROR_CANCELLED] = CURLE_ABORTED_BY_CALLBACK,
    [ERROR_POLICY] = CURLE_ABORTED_BY_CALLBACK,
};

/* Did the transfer break off because this program wanted it to? */
static bool
is_ours(int code)
{
	return code == CURLE_OK || code == CURLE_ABORTED_BY_CALLBACK ||
	       code == CURLE_WRITE_ERROR;
}

/* The exit code that curl would have: that of libcurl, or the nearest one for
 * failures that only we know. */
static struct value
get_exitcode(const struct record *r, size_t at)
{
	enum error_class class = r->result->failure.class;
	int code = r->result->exitcode;

	(void)at;
	if (class == ERROR_NONE)
		return number_value(0);
	return number_value(is_ours(code) ? exit_codes[class] : code);
}

static struct value
get_num_headers(const struct record *r, size_t at)
{
	const char *block = r->result->headers;

	(void)at;
	return number_value(block ? (int64_t)headers_count(block) : 0);
}

static struct value
get_referer(const struct record *r, size_t at)
{
	(void)at;
	return text_value(r->result->referer ? r->result->referer
	                                     : r->request->options->referer);
}

/* The scheme in capitals, as curl 7.88 writes it. */
static struct value
get_scheme(const struct record *r, size_t at)
{
	const char *url = r->result->url_effective;

	(void)at;
	if (!url)
		return text_value(NULL);
	if (strncmp(url, "https:", 6) == 0)
		return text_value("HTTPS");
	return text_value(strncmp(url, "file:", 5) == 0 ? "FILE" : "HTTP");
}

static struct value
get_url(const struct record *r, size_t at)
{
	(void)at;
	return text_value(request_shown_url(r->request));
}

static struct value
get_urlnum(const struct record *r, size_t at)
{
	(void)at;
	return number_value((int64_t)r->request->n - 1);
}

#define RESULT(member) offsetof(struct result, member)

/* The variables of -w in curl's order, which is the alphabet's; a row without a
 * name ends them. */
static const struct variable variables[] = {
    {"certs", get_certs, 0},
    {"content_type", get_text, RESULT(content_type)},
    {"errormsg", get_text, RESULT(failure.message)},
    {"exitcode", get_exitcode, 0},
    {"filename_effective", get_text, RESULT(file)},
    {"ftp_entry_path", get_nothing, 0},
    {"http_code", get_status, RESULT(status)},
    {"http_connect", get_status, RESULT(http_connect)},
    {"http_version", get_http_version, 0},
    {"local_ip", get_address, RESULT(local_ip)},
    {"local_port", get_int, RESULT(local_port)},
    {"method", get_method, 0},
    {"num_certs", get_zero, 0},
    {"num_connects", get_int, RESULT(num_connects)},
    {"num_headers", get_num_headers, 0},
    {"num_redirects", get_int, RESULT(num_redirects)},
    {"proxy_ssl_verify_result", get_int, RESULT(proxy_ssl_verify_result)},
    {"redirect_url", get_text, RESULT(redirect_url)},
    {"referer", get_referer, 0},
    {"remote_ip", get_address, RESULT(remote_ip)},
    {"remote_port", get_int, RESULT(remote_port)},
    {"response_code", get_status, RESULT(status)},
    {"scheme", get_scheme, 0},
    {"size_download", get_size, RESULT(size_download)},
    {"size_header", get_size, RESULT(size_header)},
    {"size_request", get_size, RESULT(size_request)},
    {"size_upload", get_size, RESULT(size_upload)},
    {"speed_download", get_size, RESULT(speed_download)},
    {"speed_upload", get_size, RESULT(speed_upload)},
    {"ssl_verify_result", get_int, RESULT(ssl_verify_result)},
    {"time_appconnect", get_phase, RESULT(timing.appconnect_us)},
    {"time_connect", get_phase, RESULT(timing.connect_us)},
    {"time_namelookup", get_phase, RESULT(timing.namelookup_us)},
    {"time_pretransfer", get_phase, RESULT(timing.pretransfer_us)},
    {"time_redirect", get_time, RESULT(redirect_us)},
    {"time_starttransfer", get_phase, RESULT(timing.starttransfer_us)},
    {"time_total", get_total, RESULT(timing.total_us)},
    {"url", get_url, 0},
    {"url_effective", get_text, RESULT(url_effective)},
    {"urlnum", get_urlnum, 0},
    {NULL, NULL, 0},
};

/* Append a value as text. */
static void
add_value_text(struct buf *out, struct value v)
{
	switch (v.kind) {
	case VALUE_TEXT: buf_adds(out, v.text ? v.text : ""); break;
	case VALUE_NUMBER: json_add_integer(out, v.number); break;
	case VALUE_STATUS: buf_addf(out, "%03d", (int)v.number); break;
	case VALUE_TIME: json_add_seconds(out, v.number); break;
	}
}

/* Append a value for %{json}. */
static void
add_value_json(struct buf *out, struct value v)
{
	switch (v.kind) {
	case VALUE_TEXT: json_add_text_or_null(out, v.text); break;
	case VALUE_NUMBER:
	case VALUE_STATUS: json_add_integer(out, v.number); break;
	case VALUE_TIME: json_add_seconds(out, v.number); break;
	}
}

/* --- instructions --------------------------------------------------------- */

/* The rendering of one record: where its text goes, which %{stdout}, %{stderr}
 * and %output{} change on the way. */
struct rendering {
	const struct record *record;
	struct encoded *encoded;
	struct buf *to;
	bool done; /* %{onerror} of a request that is ok */
};

/* One instruction. Those of its members that `render` does not need are zero.
 */
struct instruction {
	void (*render)(const struct instruction *, struct rendering *);
	const struct variable *variable;
	struct fields field; /* one field of a record, or none */
	char *text; /* owned: constant text, a file, the name of a header */
	size_t len;
	bool append;
};

struct writeout {
	struct instruction *instructions;
	size_t len;
};

/* The buffer for stdout: behind the spilled body, if there is one. */
static struct buf *
stdout_of(struct encoded *e)
{
	return e->size ? &e->after : &e->out;
}

static void
run_text(const struct instruction *op, struct rendering *s)
{
	buf_add(s->to, op->text, op->len);
}

static void
run_variable(const struct instruction *op, struct rendering *s)
{
	const struct variable *v = op->variable;

	add_value_text(s->to, v->get(s->record, v->at));
}

/* %{json}: all variables, and the version of libcurl, as curl adds it. */
static void
run_json(const struct instruction *op, struct rendering *s)
{
	(void)op;
	buf_addc(s->to, '{');
	for (const struct variable *v = variables; v->name; v++) {
		json_open_member(s->to, v->name);
		add_value_json(s->to, v->get(s->record, v->at));
	}
	json_open_member(s->to, "curl_version");
	json_add_text_or_null(s->to, curl_version());
	buf_addc(s->to, '}');
}

static void
run_header_json(const struct instruction *op, struct rendering *s)
{
	const char *block = s->record->result->headers;

	(void)op;
	field_add_header_object(s->to, block ? block : "");
}

/* %header{NAME}: the first header of this name. */
static void
run_header(const struct instruction *op, struct rendering *s)
{
	const char *block = s->record->result->headers;
	struct header h;

	if (block && headers_find(block, op->text, &h))
		buf_add(s->to, h.value, h.value_len);
}

/* A field of a record. What is null there is nothing here. */
static void
run_field(const struct instruction *op, struct rendering *s)
{
	const struct field *f = &op->field.items[0];
	struct buf json;

	buf_init(&json);
	if (f->add(s->record, f, &json) && strcmp(json.data, "null") != 0)
		json_add_field(s->to, json.data, json.len);
	buf_release(&json);
}

static void
run_stdout(const struct instruction *op, struct rendering *s)
{
	(void)op;
	s->to = stdout_of(s->encoded);
}

static void
run_stderr(const struct instruction *op, struct rendering *s)
{
	(void)op;
	s->to = encoded_aside(s->encoded, NULL, true);
}

static void
run_output(const struct instruction *op, struct rendering *s)
{
	s->to = encoded_aside(s->encoded, op->text, op->append);
}

/* %{onerror}: the rest is for failures only. */
static void
run_onerror(const struct instruction *op, struct rendering *s)
{
	(void)op;
	s->done = result_ok(s->record->result);
}

/* Variables that do something instead of having a value. */
static const struct action {
	const char *name;
	void (*render)(const struct instruction *, struct rendering *);
} actions[] = {
    {"header_json", run_header_json},
    {"json", run_json},
    {"onerror", run_onerror},
    {"stderr", run_stderr},
    {"stdout", run_stdout},
    {NULL, NULL},
};

/* --- compiling ------------------------------------------------------------ */

/* A compilation at work. */
struct compiler {
	struct writeout *program;
	const struct extractor *extractor;
	const char *at;
	char **cause;
};

/* Append an instruction, zeroed but for its function. */
static struct instruction *
add_instruction(struct compiler *c,
    void (*render)(const struct instruction *, struct rendering *))
{
	struct writeout *w = c->program;
	struct instruction *op;

	w->instructions =
	    xgrow(w->instructions, w->len, sizeof(*w->instructions));
	op = &w->instructions[w->len++];
	*op = (struct instruction){.render = render};
	return op;
}

/* Append constant text, to the text before it if there is some. */
static void
add_text(struct compiler *c, const char *s, size_t len)
{
	struct writeout *w = c->program;
	struct instruction *op = w->len ? &w->instructions[w->len - 1] : NULL;

	if (!op || op->render != run_text)
		op = add_instruction(c, run_text);
	op->text = xreallocarray(op->text, op->len + len, 1);
	memcpy(op->text + op->len, s, len);
	op->len += len;
}

/* Append a variable that does something. False if `name` is none. */
static bool
add_action(struct compiler *c, const char *name)
{
	for (const struct action *a = actions; a->name; a++) {
		if (strcmp(a->name, name) == 0) {
			add_instruction(c, a->render);
			return true;
		}
	}
	return false;
}

/* Append a variable of curl's. False if `name` is none. */
static bool
add_variable(struct compiler *c, const char *name)
{
	for (const struct variable *v = variables; v->name; v++) {
		if (strcmp(v->name, name) == 0) {
			add_instruction(c, run_variable)->variable = v;
			return true;
		}
	}
	return false;
}

/* Append a field of a record. False if `name` is none. */
static bool
add_field(struct compiler *c, const char *name)
{
	struct fields field = {0};

	if (!fields_add(&field, name, c->extractor))
		return false;
	add_instruction(c, run_field)->field = field;
	return true;
}

/* Append the most similar name of all that there are, for a message. */
static void
add_nearest(const char *name, struct buf *text)
{
	const char *alias = fields_alias(name);
	struct suggestion nearest;

	suggestion_init(&nearest, name);
	for (const struct field_row *row = field_rows; row->name; row++)
		suggestion_offer(&nearest, row->name);
	for (const struct variable *v = variables; v->name; v++)
		suggestion_offer(&nearest, v->name);
	for (const struct action *a = actions; a->name; a++)
		suggestion_offer(&nearest, a->name);
	if (alias || nearest.best)
		buf_addf(text, "; did you mean %%{%s}?",
		    alias ? alias : nearest.best);
}

/* The message about a variable that does not exist. Caller frees. */
static char *
unknown_variable(const struct compiler *c, const char *name)
{
	struct buf text;

	buf_init(&text);
	buf_addf(&text, "-w: unknown variable %%{%s}", name);
	if (strncmp(name, "data.", 5) == 0) {
		buf_adds(&text, "; ");
		fields_add_data_names(&text, c->extractor, "%{", "}");
	} else if (strncmp(name, FIELD_PARENT, strlen(FIELD_PARENT)) == 0) {
		buf_adds(&text, "; ");
		fields_add_parent_advice(&text, name, "%{", "}");
	} else {
		add_nearest(name, &text);
	}
	return buf_take(&text);
}

/* %{NAME} */
static int
compile_name(struct compiler *c, const char *name)
{
	if (add_variable(c, name) || add_action(c, name) || add_field(c, name))
		return 0;
	*c->cause = unknown_variable(c, name);
	return -1;
}

/* %header{NAME} */
static int
compile_header(struct compiler *c, const char *name)
{
	add_instruction(c, run_header)->text = xstrdup(name);
	return 0;
}

/* %output{FILE}, %output{>>FILE} */
static int
compile_output(struct compiler *c, const char *file)
{
	struct instruction *op = add_instruction(c, run_output);

	op->append = strncmp(file, ">>", 2) == 0;
	op->text = xstrdup(file + (op->append ? 2 : 0));
	return 0;
}

static const struct braced {
	const char *opening;
	int (*compile_text)(struct compiler *, const char *inside);
} braced_forms[] = {
    {"%{", compile_name},
    {"%header{", compile_header},
    {"%output{", compile_output},
    {NULL, NULL},
};

/* Compile what stands in braces. As in curl, without a closing brace it is
 * text. */
static int
compile_braced(struct compiler *c, const struct braced *b)
{
	const char *inside = c->at + strlen(b->opening);
	const char *close = strchr(inside, '}');
	char *name;
	int rc;

	if (!close) {
		add_text(c, c->at, strlen(b->opening));
		c->at = inside;
		return 0;
	}
	name = xmemdup0(inside, (size_t)(close - inside));
	rc = b->compile_text(c, name);
	free(name);
	c->at = close + 1;
	return rc;
}

/* A percent sign or backslash that means nothing stands for itself, and so does
 * the byte behind it. */
static void
add_pair(struct compiler *c)
{
	size_t len = c->at[1] ? 2 : 1;

	add_text(c, c->at, len);
	c->at += len;
}

/* Compile what begins with a percent sign; %% is one of them. */
static int
compile_percent(struct compiler *c)
{
	for (const struct braced *b = braced_forms; b->opening; b++)
		if (strncmp(c->at, b->opening, strlen(b->opening)) == 0)
			return compile_braced(c, b);
	if (c->at[1] != '%') {
		add_pair(c);
		return 0;
	}
	add_text(c, c->at, 1);
	c->at += 2;
	return 0;
}

/* Compile what begins with a backslash: \n, \r or \t. */
static void
compile_escape(struct compiler *c)
{
	static const char letters[] = "nrt", bytes[] = "\n\r\t";
	const char *found = c->at[1] ? strchr(letters, c->at[1]) : NULL;

	if (!found) {
		add_pair(c);
		return;
	}
	add_text(c, &bytes[found - letters], 1);
	c->at += 2;
}

static int
compile_text(struct compiler *c)
{
	while (*c->at) {
		size_t plain = strcspn(c->at, "%\\");

		if (plain)
			add_text(c, c->at, plain);
		c->at += plain;
		if (*c->at == '\\')
			compile_escape(c);
		else if (*c->at == '%' && compile_percent(c) < 0)
			return -1;
	}
	return 0;
}

struct writeout *
writeout_new(const char *text, const struct extractor *extractor, char **cause)
{
	struct compiler c = {
	    .program = xcalloc(1, sizeof(struct writeout)),
	    .extractor = extractor,
	    .at = text,
	    .cause = cause,
	};

	if (compile_text(&c) == 0)
		return c.program;
	writeout_free(c.program);
	return NULL;
}

void
writeout_free(struct writeout *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->len; i++) {
		fields_release(&w->instructions[i].field);
		free(w->instructions[i].text);
	}
	free(w->instructions);
	free(w);
}

void
writeout_add(
    const struct writeout *w, const struct record *record, struct encoded *out)
{
	struct rendering s = {record, out, stdout_of(out), false};

	for (size_t i = 0; i < w->len && !s.done; i++)
		w->instructions[i].render(&w->instructions[i], &s);
}
