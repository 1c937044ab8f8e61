/* What handlers read of a request: query, headers, the rest of the path. */
#include "config.h"

#include "demo/visit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/keyvalq_struct.h>

#include "base/xalloc.h"
#include "text/ascii.h"

const char *
visit_method(const struct visit *v)
{
	static const struct {
		enum evhttp_cmd_type command;
		const char *name;
	} methods[] = {
	    {EVHTTP_REQ_GET, "GET"},
	    {EVHTTP_REQ_POST, "POST"},
	    {EVHTTP_REQ_HEAD, "HEAD"},
	    {EVHTTP_REQ_PUT, "PUT"},
	    {EVHTTP_REQ_DELETE, "DELETE"},
	    {EVHTTP_REQ_OPTIONS, "OPTIONS"},
	    {EVHTTP_REQ_TRACE, "TRACE"},
	    {EVHTTP_REQ_CONNECT, "CONNECT"},
	    {EVHTTP_REQ_PATCH, "PATCH"},
	};
	enum evhttp_cmd_type command =
	    v->demo->evhttp.request_get_command(v->req);

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (methods[i].command == command)
			return methods[i].name;
	}
	return "";
}

char *
visit_query(const struct visit *v, const char *name)
{
	const struct evhttp_uri *uri =
	    v->demo->evhttp.request_get_evhttp_uri(v->req);
	const char *query = v->demo->evhttp.uri_get_query(uri);
	struct evkeyvalq pairs;
	char *value;

	if (!query || v->demo->evhttp.parse_query_str(query, &pairs) < 0)
		return NULL;
	value = xstrdup_null(v->demo->evhttp.find_header(&pairs, name));
	v->demo->evhttp.clear_headers(&pairs);
	return value;
}

uint64_t
visit_query_number(const struct visit *v, const char *name, uint64_t otherwise)
{
	char *text = visit_query(v, name);
	const char *at = text;
	uint64_t n;

	if (!at || !visit_take_number(&at, UINT64_MAX, &n) || *at)
		n = otherwise;
	free(text);
	return n;
}

const char *
visit_header(const struct visit *v, const char *name)
{
	return v->demo->evhttp.find_header(
	    v->demo->evhttp.request_get_input_headers(v->req), name);
}

void
visit_add_header(const struct visit *v, const char *name, const char *value)
{
	v->demo->evhttp.add_header(
	    v->demo->evhttp.request_get_output_headers(v->req), name, value);
}

/* Can the Host that the client sent be repeated in JSON, HTML and headers as it
 * is? */
static bool
is_harmless_host(const char *host)
{
	return host && *host &&
	       strspn(host,
	           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	           "0123456789.:-_[]") == strlen(host);
}

void
visit_add_base(const struct visit *v, struct buf *out)
{
	const char *host = visit_header(v, "Host");

	buf_adds(out, "http://");
	buf_adds(out, is_harmless_host(host) ? host : "localhost");
}

/* Move *text to `end`, where a number ends, and over one slash there. False if
 * anything else follows. */
static bool
step_over(const char **text, const char *end)
{
	if (*end != '\0' && *end != '/')
		return false;
	*text = end + (*end == '/');
	return true;
}

bool
visit_take_number(const char **text, uint64_t max, uint64_t *out)
{
	char *end;

	if (!ascii_is_digit(**text))
		return false;
	errno = 0;
	*out = strtoull(*text, &end, 10);
	return errno == 0 && *out <= max && step_over(text, end);
}

bool
visit_take_decimal(const char **text, double max, double *out)
{
	char *end;

	/* strtod would take signs, blanks, "nan" and "0x", too. */
	if (strspn(*text, "0123456789.") == 0)
		return false;
	*out = strtod(*text, &end);
	return *out >= 0 && *out <= max && step_over(text, end);
}
