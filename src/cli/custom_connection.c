/*
 * How to connect: versions of HTTP, proxies, certificates, addresses and the
 * speed limit. Values whose mistakes libcurl would ignore, or report only with
 * each request, are checked here.
 */
#include "config.h"

#include "cli/setters.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "cli/units.h"
#include "text/ascii.h"

int
setter_http(const struct setting *s, char **cause)
{
	(void)cause;
	s->options->run.fetch.http =
	    s->on ? (enum http_want)s->row->curl_value : HTTP_ANY;
	return 0;
}

/* What libcurl was built with decides; that is asked of the one that runs. */
int
setter_http3(const struct setting *s, char **cause)
{
	const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);

	if (s->on && !(curl->features & CURL_VERSION_HTTP3))
		return setting_refuse(cause,
		    "%s: this libcurl (%s) was built without HTTP/3; Debian "
		    "13's (8.14.1) has it: build gather there, or leave %s out "
		    "for HTTP/2",
		    s->typed, curl->version, s->typed);
	return setter_http(s, cause);
}

/* As in curl, it implies -L. */
int
setter_location_trusted(const struct setting *s, char **cause)
{
	(void)cause;
	s->options->run.fetch.location_trusted = s->on;
	if (s->on)
		s->options->run.fetch.follow = true;
	return 0;
}

/* Set the proxy HOST[:PORT] with a scheme of SOCKS. */
static int
set_socks(const struct setting *s, const char *scheme)
{
	char **proxy = &s->options->run.fetch.proxy;

	free(*proxy);
	*proxy = xasprintf("%s://%s", scheme, s->value);
	return 0;
}

int
setter_socks5(const struct setting *s, char **cause)
{
	(void)cause;
	return set_socks(s, "socks5");
}

int
setter_socks5_hostname(const struct setting *s, char **cause)
{
	(void)cause;
	return set_socks(s, "socks5h");
}

/* The colon between FILE and PASSWORD, which is the first one without a
 * backslash before it; NULL: there is no password. */
static const char *
password_colon(const char *text)
{
	for (; *text; text++) {
		if (*text == '\\' && text[1])
			text++;
		else if (*text == ':')
			return text;
	}
	return NULL;
}

/* FILE[:PASSWORD], in which a backslash escapes a colon or a backslash of the
 * name. A pkcs11: URI has colons of its own and is passed on whole. */
int
setter_cert(const struct setting *s, char **cause)
{
	struct fetch_options *f = &s->options->run.fetch;
	const char *colon = password_colon(s->value);
	struct buf file;
	int rc;

	if (strncmp(s->value, "pkcs11:", 7) == 0) {
		fetch_options_set_text(f, CURLOPT_SSLCERT, s->value);
		return 0;
	}
	buf_init(&file);
	for (const char *at = s->value; *at && at != colon; at++) {
		if (*at == '\\' && (at[1] == ':' || at[1] == '\\'))
			at++;
		buf_addc(&file, *at);
	}
	fetch_options_set_text(f, CURLOPT_SSLCERT, buf_text(&file));
	if (colon)
		fetch_options_set_text(f, CURLOPT_KEYPASSWD, colon + 1);
	rc = setting_check_file(s, buf_text(&file), cause);
	buf_release(&file);
	return rc;
}

/* Hashes ("sha256//...") or the file of a public key. */
int
setter_pinned(const struct setting *s, char **cause)
{
	if (strncmp(s->value, "sha256//", 8) == 0)
		return setter_curl_text(s, cause);
	return setter_curl_file(s, cause);
}

static unsigned
count_colons(const char *text)
{
	unsigned n = 0;

	for (; *text; text++)
		n += *text == ':';
	return n;
}

/* Are the `len` bytes an address: "192.0.2.1", "2001:db8::1" or
 * "[2001:db8::1]"? */
static bool
is_address(const char *text, size_t len)
{
	unsigned char to[sizeof(struct in6_addr)];
	bool bracketed = len > 2 && *text == '[' && text[len - 1] == ']';
	char *address = xmemdup0(text + bracketed, len - 2 * bracketed);
	bool is = inet_pton(AF_INET6, address, to) == 1 ||
	          (!bracketed && inet_pton(AF_INET, address, to) == 1);

	free(address);
	return is;
}

/* Is it a comma-separated list of addresses? */
static bool
are_addresses(const char *text)
{
	for (;;) {
		size_t len = strcspn(text, ",");

		if (!is_address(text, len))
			return false;
		if (!text[len])
			return true;
		text += len + 1;
	}
}

/* Is it "[+]HOST:PORT:ADDRESS[,ADDRESS]..." or "-HOST:PORT"? libcurl ignores
 * entries of other forms and would resolve the name. */
static bool
is_resolve(const char *text)
{
	bool removes = *text == '-';
	const char *port = text + strcspn(text, ":");
	size_t digits = *port ? strspn(++port, "0123456789") : 0;

	if (digits < 1 || digits > 5)
		return false;
	return removes
	           ? port[digits] == '\0'
	           : port[digits] == ':' && are_addresses(port + digits + 1);
}

int
setter_resolve(const struct setting *s, char **cause)
{
	if (!is_resolve(s->value))
		return setting_wants(s, "HOST:PORT:ADDRESS", cause);
	return setter_texts(s, cause);
}

/* Is it a scheme of proxies that libcurl knows (CURLOPT_PROXY)? */
static bool
is_proxy_scheme(const char *text, size_t len)
{
	static const char *const known[] = {
	    "http", "https", "socks4", "socks4a", "socks5", "socks5h", "socks"};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (ascii_is_word(text, len, known[i]))
			return true;
	return false;
}

/* A proxy without a scheme is an http proxy. */
int
setter_proxy(const struct setting *s, char **cause)
{
	const char *end = strstr(s->value, "://");
	size_t len = end ? (size_t)(end - s->value) : 0;
	/* Otherwise the text before "://" may be a password: do not show it. */
	bool is_scheme = len < 8 && !memchr(s->value, ':', len);

	if (end && !is_proxy_scheme(s->value, len))
		return setting_refuse(cause,
		    "%s: unknown proxy scheme \"%.*s\"; use http, https, "
		    "socks4, socks4a, socks5 or socks5h",
		    s->typed, is_scheme ? (int)len : 0, s->value);
	return setter_text(s, cause);
}

int
setter_connect_to(const struct setting *s, char **cause)
{
	if (count_colons(s->value) < 3)
		return setting_wants(s, "HOST1:PORT1:HOST2:PORT2", cause);
	return setter_texts(s, cause);
}

/* Is it "[ADDR:]PORT"? */
static bool
is_replay_address(const char *text)
{
	const char *colon = strrchr(text, ':');
	const char *port = colon ? colon + 1 : text;

	return *port && port[strspn(port, "0123456789")] == '\0';
}

/* The URL that --serve prints is fine, too. */
int
setter_replay_at(const struct setting *s, char **cause)
{
	bool is_url = strncmp(s->value, "http://", 7) == 0;
	const char *start = is_url ? s->value + 7 : s->value;
	struct fetch_options *f = &s->options->run.fetch;
	char *at = xmemdup0(start, strcspn(start, "/"));
	bool valid = is_replay_address(at);

	if (valid)
		strlist_add_owned(&f->connect_to,
		    xasprintf(
		        "::%s%s", strchr(at, ':') ? "" : "127.0.0.1:", at));
	free(at);
	f->to_replay = true;
	return valid ? 0
	             : setting_wants(
	                   s, "[ADDR:]PORT, such as 127.0.0.1:8080", cause);
}

/* Make reads small for low rates, because libcurl checks the rate between two
 * reads: 500 kB at 100 kB/s take 4.1 s with reads of 1 KiB (5 s would be
 * exact), and 0.7 s with 16 KiB. */
static void
set_buffer_size(struct fetch_options *f, uint64_t bytes_per_s)
{
	uint64_t size = bytes_per_s / 64;

	if (size < 1024)
		size = 1024;
	if (size < 16 * 1024)
		fetch_options_set_long(f, CURLOPT_BUFFERSIZE, (curl_off_t)size);
}

int
setter_limit_rate(const struct setting *s, char **cause)
{
	struct fetch_options *f = &s->options->run.fetch;
	uint64_t bytes;

	if (!units_size(s->value, &bytes) || bytes > INT64_MAX)
		return setting_wants(s, UNITS_SIZE_FORM, cause);
	fetch_options_set_long(
	    f, CURLOPT_MAX_RECV_SPEED_LARGE, (curl_off_t)bytes);
	fetch_options_set_long(
	    f, CURLOPT_MAX_SEND_SPEED_LARGE, (curl_off_t)bytes);
	set_buffer_size(f, bytes);
	return 0;
}

/* Together, so each gets the buffer of the whole: pieces are the unit in which
 * they take turns. */
int
setter_limit_total(const struct setting *s, char **cause)
{
	struct fetch_options *f = &s->options->run.fetch;
	uint64_t bytes;

	if (!units_size(s->value, &bytes) || bytes > INT64_MAX)
		return setting_wants(s, UNITS_SIZE_FORM, cause);
	f->limit_total = bytes;
	set_buffer_size(f, bytes);
	return 0;
}
