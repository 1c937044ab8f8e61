#include "config.h"

#include "format/writeout_values.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <curl/curl.h>

#include "base/ascii.h"
#include "request/headers.h"
#include "json/write.h"

static struct value
text(const char *s)
{
	return (struct value){.kind = VALUE_TEXT, .text = s};
}

static struct value
number(int64_t n)
{
	return (struct value){.kind = VALUE_NUMBER, .number = n};
}

static struct value
status(int n)
{
	return (struct value){.kind = VALUE_STATUS, .number = n};
}

static struct value
seconds(int64_t us)
{
	return (struct value){.kind = VALUE_TIME, .number = us < 0 ? 0 : us};
}

static const void *
member(const struct record *r, size_t at)
{
	return (const char *)r->result + at;
}

/* Members of the result, by offset. */

static struct value
get_text(const struct record *r, size_t at)
{
	return text(*(char *const *)member(r, at));
}

/* Where curl has an empty string instead of none. */
static struct value
get_address(const struct record *r, size_t at)
{
	const char *s = *(char *const *)member(r, at);

	return text(s ? s : "");
}

static struct value
get_int(const struct record *r, size_t at)
{
	return number(*(const int *)member(r, at));
}

static struct value
get_size(const struct record *r, size_t at)
{
	return number((int64_t) * (const uint64_t *)member(r, at));
}

static struct value
get_status(const struct record *r, size_t at)
{
	return status(*(const int *)member(r, at));
}

static struct value
get_time(const struct record *r, size_t at)
{
	return seconds(*(const int64_t *)member(r, at));
}

static struct value
get_phase(const struct record *r, size_t at)
{
	int64_t us = *(const int64_t *)member(r, at);

	return seconds(us < 0 ? us : us + r->result->redirect_us);
}

static struct value
get_total(const struct record *r, size_t at)
{
	if (r->result->timing.total_us < 0)
		return seconds(r->result->flight_us);
	return get_phase(r, at);
}

/* The rest. */

static struct value
get_nothing(const struct record *r, size_t at)
{
	(void)r;
	(void)at;
	return text(NULL);
}

static struct value
get_certs(const struct record *r, size_t at)
{
	(void)r;
	(void)at;
	return text("");
}

static struct value
get_zero(const struct record *r, size_t at)
{
	(void)r;
	(void)at;
	return number(0);
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
			return text(known[i].text);
	return text("0");
}

static struct value
get_method(const struct record *r, size_t at)
{
	(void)at;
	return text(r->result->method
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
    [ERROR_SIZE] = CURLE_FILESIZE_EXCEEDED,
    [ERROR_JSON] = CURLE_WEIRD_SERVER_REPLY,
    [ERROR_OUTPUT] = CURLE_WRITE_ERROR,
    [ERROR_LOCAL] = CURLE_FAILED_INIT,
    [ERROR_CANCELLED] = CURLE_ABORTED_BY_CALLBACK,
    [ERROR_POLICY] = CURLE_ABORTED_BY_CALLBACK,
};

/* It broke off because we wanted it to. */
static bool
is_ours(int code)
{
	return code == CURLE_OK || code == CURLE_ABORTED_BY_CALLBACK ||
	       code == CURLE_WRITE_ERROR;
}

static struct value
get_exitcode(const struct record *r, size_t at)
{
	enum error_class class = r->result->failure.class;
	int code = r->result->exitcode;

	(void)at;
	if (class == ERROR_NONE)
		return number(0);
	return number(is_ours(code) ? exit_codes[class] : code);
}

static struct value
get_num_headers(const struct record *r, size_t at)
{
	const char *block = r->result->headers;

	(void)at;
	return number(block ? (int64_t)headers_count(block) : 0);
}

static struct value
get_referer(const struct record *r, size_t at)
{
	(void)at;
	return text(r->result->referer ? r->result->referer
	                               : r->request->options->referer);
}

/* curl 7.88 writes it in capitals. */
static struct value
get_scheme(const struct record *r, size_t at)
{
	const char *url = r->result->url_effective;

	(void)at;
	if (!url)
		return text(NULL);
	if (strncmp(url, "https:", 6) == 0)
		return text("HTTPS");
	return text(strncmp(url, "file:", 5) == 0 ? "FILE" : "HTTP");
}

static struct value
get_url(const struct record *r, size_t at)
{
	(void)at;
	return text(request_shown_url(r->request));
}

static struct value
get_urlnum(const struct record *r, size_t at)
{
	(void)at;
	return number((int64_t)r->request->n - 1);
}

#define RESULT(member) offsetof(struct result, member)

const struct variable writeout_variables[] = {
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

static void
add_number(struct buf *out, int64_t n)
{
	if (n < 0)
		buf_addc(out, '-');
	buf_addu(out, n < 0 ? -(uint64_t)n : (uint64_t)n);
}

void
value_add_text(struct buf *out, struct value v)
{
	switch (v.kind) {
	case VALUE_TEXT: buf_adds(out, v.text ? v.text : ""); break;
	case VALUE_NUMBER: add_number(out, v.number); break;
	case VALUE_STATUS: buf_addf(out, "%03d", (int)v.number); break;
	case VALUE_TIME: json_add_seconds(out, v.number); break;
	}
}

void
value_add_json(struct buf *out, struct value v)
{
	switch (v.kind) {
	case VALUE_TEXT:
		if (v.text)
			json_add_string(out, v.text, strlen(v.text));
		else
			buf_adds(out, "null");
		break;
	case VALUE_NUMBER:
	case VALUE_STATUS: add_number(out, v.number); break;
	case VALUE_TIME: json_add_seconds(out, v.number); break;
	}
}
