#include "config.h"

#include "demo/replay.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/xalloc.h"
#include "request/url.h"
#include "text/ascii.h"

/* Not sent: what belongs to the connection (RFC 9110, 7.6.1), what tells how
 * the body was sent, and what would have a client go to another server, or come
 * back with TLS. */
static const char *const left_out[] = {"connection", "keep-alive",
    "proxy-connection", "proxy-authenticate", "te", "trailer",
    "transfer-encoding", "upgrade", "content-length", "alt-svc",
    "strict-transport-security", "public-key-pins", "expect-ct", "nel",
    "report-to", "reporting-endpoints"};

/* They hold URLs. */
static const char *const mapped[] = {
    "location", "content-location", "link", "refresh"};

static bool
is_one_of(const char *name, const char *const *names, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (strcasecmp(names[i], name) == 0)
			return true;
	return false;
}

#define IS_ONE_OF(name, names) \
	is_one_of(name, names, sizeof(names) / sizeof(*(names)))

/* --- URLs ----------------------------------------------------------------- */

/* The length of the recorded origin that `text` begins with; 0: of none. A port
 * that the scheme implies may be there. */
static size_t
origin_len(const struct recording *r, const char *text, const char **authority)
{
	for (size_t i = 0; i < r->origins.len; i++) {
		const char *origin = r->origins.items[i];
		const char *port = *origin && origin[4] == 's' ? ":443" : ":80";
		size_t len = strlen(origin);

		if (strncasecmp(text, origin, len) != 0)
			continue;
		if (strncmp(text + len, port, strlen(port)) == 0)
			len += strlen(port);
		if (!text[len] || strchr("/?#>\"; ,", text[len])) {
			*authority = url_authority(origin);
			return len;
		}
	}
	return 0;
}

void
replay_add_mapped(struct buf *out, const struct recording *r, const char *value,
    const char *authority)
{
	char *host = recording_authority(authority);
	bool is_recorded = recording_has_authority(r, host);
	const char *named = NULL;

	free(host);
	while (*value) {
		size_t len = strncasecmp(value, "http", 4) == 0
		                 ? origin_len(r, value, &named)
		                 : 0;

		if (!len) {
			buf_addc(out, *value++);
			continue;
		}
		buf_addf(out, "http://%s",
		    is_recorded || !*authority ? named : authority);
		value += len;
	}
}

/* --- headers -------------------------------------------------------------- */

/* Can it stand in a header? evhttp refuses line ends, and nothing else. */
static bool
is_safe_value(const char *value)
{
	for (; *value; value++)
		if ((unsigned char)*value < ' ' && *value != '\t')
			return false;
	return true;
}

/* Text that an archive holds in UTF-8 was in that charset on the wire; its
 * header has to say what it is now. Caller frees; NULL: the type is right. */
static char *
type_in_utf8(const struct har_exchange *x, const char *type)
{
	const char *charset = strcasestr(type, "charset=");
	bool plain = true;
	size_t len;

	if (!charset || !x->body_is_text)
		return NULL;
	for (size_t i = 0; i < x->body.len && plain; i++)
		plain = (unsigned char)x->body.data[i] < 0x80;
	if (plain)
		return NULL;
	charset += strlen("charset=");
	len = strcspn(charset, ";");
	if (strncasecmp(charset + (*charset == '"'), "utf-8", 5) == 0)
		return NULL;
	return xasprintf(
	    "%.*sutf-8%s", (int)(charset - type), type, charset + len);
}

/* Add one header, as it is to be sent. */
static void
add_header(const struct visit *v, const struct har_exchange *x,
    const char *name, const char *value)
{
	char *type = strcasecmp(name, "content-type") == 0
	                 ? type_in_utf8(x, value)
	                 : NULL;

	if (*value && strcmp(value, HAR_HIDDEN) != 0 && is_safe_value(value))
		visit_add_header(v, name, type ? type : value);
	free(type);
}

/* Chromium joins several headers of one name by line ends. */
static void
add_each(const struct visit *v, const struct har_exchange *x, const char *name,
    const char *values)
{
	while (*values) {
		size_t len = strcspn(values, "\r\n");
		char *value = xmemdup0(values, len);

		add_header(v, x, name, value);
		free(value);
		values += len + (values[len] != '\0');
	}
}

static bool
is_sent(const struct har_exchange *x, const char *name)
{
	if (strcasecmp(name, "content-encoding") == 0)
		return x->body_is_encoded;
	return ascii_is_token(name, strlen(name)) && !IS_ONE_OF(name, left_out);
}

void
replay_add_headers(const struct visit *v, const struct recording *r,
    const struct recorded *a, const char *authority)
{
	const struct har_exchange *x = &a->exchange;
	bool as_recorded = visit_header(v, "X-Forwarded-Proto") != NULL;

	for (size_t i = 0; i < x->headers.len; i++) {
		const struct har_field *f = &x->headers.items[i];
		struct buf value = {0};

		if (!is_sent(x, f->name))
			continue;
		buf_adds(&value, "");
		if (!as_recorded && IS_ONE_OF(f->name, mapped))
			replay_add_mapped(&value, r, f->value, authority);
		else
			buf_adds(&value, f->value);
		add_each(v, x, f->name, value.data);
		buf_release(&value);
	}
}
