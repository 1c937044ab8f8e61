#include "config.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/throttle.h"
#include "base/xalloc.h"
#include "fetch/classify.h"
#include "fetch/engine.h"
#include "fetch/hop.h"
#include "fetch/netrc.h"
#include "fetch/route.h"
#include "fetch/upload.h"
#include "unit.h"

static const struct {
	struct transfer_end end;
	enum error_class class;
	const char *reason;
} ends[] = {
    {{.code = CURLE_COULDNT_RESOLVE_HOST}, ERROR_DNS, NULL},
    {{.code = CURLE_COULDNT_CONNECT, .os_errno = ECONNREFUSED}, ERROR_CONNECT,
        NULL},
    {{.code = CURLE_COULDNT_CONNECT, .os_errno = EADDRNOTAVAIL}, ERROR_LOCAL,
        NULL},
    {{.code = CURLE_COULDNT_CONNECT, .os_errno = EMFILE}, ERROR_LOCAL, NULL},
    {{.code = CURLE_OPERATION_TIMEDOUT}, ERROR_CONNECT, "timeout"},
    {{.code = CURLE_OPERATION_TIMEDOUT, .connected = true}, ERROR_CONNECT,
        "timeout"},
    {{.code = CURLE_OPERATION_TIMEDOUT, .connected = true, .on_wire = true},
        ERROR_TIMEOUT, NULL},
    {{.code = CURLE_RECV_ERROR, .on_wire = true}, ERROR_RESET, NULL},
    {{.code = CURLE_RECV_ERROR,
         .on_wire = true,
         .detail =
             "Illegal or missing hexadecimal sequence in chunked-encoding"},
        ERROR_PROTOCOL, "chunk"},
    {{.code = CURLE_RECV_ERROR, .detail = "... returned -902: ..."},
        ERROR_RESET, "http2"},
    {{.code = CURLE_RECV_ERROR,
         .interim = true,
         .detail = "... returned -902: ..."},
        ERROR_PROTOCOL, "no final answer"},
    {{.code = CURLE_RECV_ERROR, .proxy_status = 502}, ERROR_CONNECT, "proxy"},
    {{.code = CURLE_PARTIAL_FILE, .on_wire = true}, ERROR_RESET, "truncated"},
    {{.code = CURLE_GOT_NOTHING, .on_wire = true}, ERROR_RESET, "empty reply"},
    {{.code = CURLE_PEER_FAILED_VERIFICATION}, ERROR_TLS, "certificate"},
    {{.code = CURLE_SSL_CONNECT_ERROR,
         .detail = "OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to "
                   "a.example:443 "},
        ERROR_CONNECT, "handshake"},
    {{.code = CURLE_SSL_CONNECT_ERROR,
         .os_errno = ECONNRESET,
         .detail = "Recv failure: Connection reset by peer"},
        ERROR_CONNECT, "handshake"},
    {{.code = CURLE_SSL_CONNECT_ERROR,
         .detail = "OpenSSL/3.0.15: error:0A000126:SSL routines::unexpected "
                   "eof while reading"},
        ERROR_CONNECT, "handshake"},
    {{.code = CURLE_SSL_CONNECT_ERROR,
         .detail = "OpenSSL/3.0.15: error:0A00010B:SSL routines::wrong version "
                   "number"},
        ERROR_TLS, "no TLS"},
    {{.code = CURLE_QUIC_CONNECT_ERROR}, ERROR_CONNECT, NULL},
    {{.code = CURLE_HTTP3, .on_wire = true}, ERROR_RESET, "http3"},
    {{.code = CURLE_RECV_ERROR,
         .on_wire = true,
         .detail = "Recv failure: Connection reset by peer"},
        ERROR_RESET, NULL},
    {{.code = CURLE_WEIRD_SERVER_REPLY}, ERROR_PROTOCOL, NULL},
    {{.code = CURLE_UNSUPPORTED_PROTOCOL}, ERROR_PROTOCOL, NULL},
    {{.code = CURLE_BAD_CONTENT_ENCODING}, ERROR_PROTOCOL, "encoding"},
    {{.code = CURLE_UNSUPPORTED_PROTOCOL,
         .on_wire = true,
         .detail = "Unsupported HTTP version in response"},
        ERROR_PROTOCOL, "status line"},
    {{.code = CURLE_WEIRD_SERVER_REPLY,
         .on_wire = true,
         .detail = "Invalid Content-Length: value"},
        ERROR_PROTOCOL, NULL},
    {{.code = CURLE_WEIRD_SERVER_REPLY,
         .on_wire = true,
         .length_seen = true,
         .detail = "Invalid Content-Length: value"},
        ERROR_PROTOCOL, "two lengths"},
    {{.code = CURLE_OUT_OF_MEMORY}, ERROR_PROTOCOL, "header too long"},
    {{.code = (CURLcode)100}, ERROR_PROTOCOL, "header too long"},
    {{.code = CURLE_HTTP2,
         .on_wire = true,
         .detail = "Too many response headers, 5000 is max"},
        ERROR_PROTOCOL, "header too long"},
    {{.code = CURLE_RECV_ERROR,
         .on_wire = true,
         .detail = "Too large response headers: 327680 > 307200"},
        ERROR_PROTOCOL, "header too long"},
    {{.code = CURLE_INTERFACE_FAILED, .os_errno = ENODEV}, ERROR_CONNECT,
        "interface"},
};

START_TEST(every_way_a_transfer_ends_has_its_class)
{
	struct transfer_end end = ends[_i].end;
	struct failure f = {0};

	end.detail = end.detail ? end.detail : "";
	classify(&end, &f);
	ck_assert_int_eq(f.class, ends[_i].class);
	ck_assert_ptr_nonnull(f.message);
	ck_assert_uint_gt(strlen(f.message), 0);
	ck_assert_pstr_eq(f.reason, ends[_i].reason);
	failure_clear(&f);
}
END_TEST

static const struct {
	struct transfer_end end;
	const char *message; /* its beginning */
} messages[] = {
    {{.code = CURLE_COULDNT_CONNECT,
         .only_http3 = true,
         .detail = "error:8000006F:system library::Connection refused"},
        "no HTTP/3 connection: Connection refused; --http3 "},
    {{.code = CURLE_COULDNT_CONNECT,
         .only_http3 = true,
         .detail = "QUIC: connection to ::1 port 1 refused"},
        "no HTTP/3 connection: QUIC: connection to ::1 port 1 refused; "},
    {{.code = CURLE_OPERATION_TIMEDOUT, .only_http3 = true, .detail = ""},
        "no HTTP/3 connection within --connect-timeout; --http3 "},
    {{.code = CURLE_OPERATION_TIMEDOUT, .detail = ""},
        "no connection within --connect-timeout"},
    {{.code = CURLE_COULDNT_CONNECT,
         .os_errno = ECONNREFUSED,
         .replay = "127.0.0.1:8081",
         .detail = ""},
        "cannot connect to the replay at 127.0.0.1:8081 (Connection refused); "
        "start it with gather --serve 8081 --replay FILE.har"},
    {{.code = CURLE_OPERATION_TIMEDOUT,
         .replay = "10.0.0.1:8081",
         .detail = ""},
        "cannot connect to the replay at 10.0.0.1:8081 (no connection within "
        "--connect-timeout); start it with gather --serve 10.0.0.1:8081 "},
    {{.code = CURLE_OPERATION_TIMEDOUT,
         .connected = true,
         .replay = "127.0.0.1:8081",
         .detail = ""},
        "connected, but "},
    {{.code = CURLE_PEER_FAILED_VERIFICATION,
         .detail = "certificate signer not trusted."},
        "certificate signer not trusted.; name its authority by --cacert "},
};

START_TEST(message_says_what_to_do)
{
	const char *message = messages[_i].message;
	struct failure f = {0};

	classify(&messages[_i].end, &f);
	ck_assert_int_eq(strncmp(f.message, message, strlen(message)), 0);
	failure_clear(&f);
}
END_TEST

/* --- proxies --------------------------------------------------------- */

static const struct {
	const char *list;
	const char *host;
	bool exempt;
} exempts[] = {
    {"*", "x.example", true},
    {"", "x.example", false},
    {"x.example", "x.example", true},
    {"x.example", "X.Example.", true},
    {"x.example.", "x.example", true},
    {"example", "x.example", true},
    {".example", "x.example", true},
    {".example", "example", true},
    {"ample", "x.example", false},
    {"x.example", "example", false},
    {" a , ,example", "x.example", true},
    {"a example", "x.example", true},
    {".", "x.example", false},
    {"*,a", "x.example", false},
    {"10.0.0.1", "10.0.0.1", true},
    {"10.0.0.1", "10.0.0.10", false},
    {"0.0.1", "10.0.0.1", false},
    {"10.0.0.0/8", "10.1.2.3", true},
    {"10.0.0.0/8", "11.1.2.3", false},
    {"10.16.0.0/12", "10.31.255.255", true},
    {"10.16.0.0/12", "10.32.0.0", false},
    {"10.0.0.1/32", "10.0.0.1", true},
    {"10.0.0.1/0", "10.0.0.2", false},
    {"10.0.0.1/33", "10.0.0.1", false},
    {"fd00::1", "fd00::1", true},
    {"[fd00::1]", "fd00:0::1", true},
    {"fd00::/8", "fdff::1", true},
    {"[fd00::]/8", "fe00::1", false},
    {"fd00::/8", "10.0.0.1", false},
};

START_TEST(proxies_are_not_for_all)
{
	ck_assert_int_eq(proxy_exempts(exempts[_i].list, exempts[_i].host),
	    exempts[_i].exempt);
}
END_TEST

static const struct {
	const char *proxy, *origin;
	enum proxy_kind kind;
} kinds[] = {
    {"p:1", "http://a:80", PROXY_TAKES_NAMES},
    {"HTTPS://p:1", "https://a:443", PROXY_TAKES_NAMES},
    {"socks5h://p", "http://a:80", PROXY_TAKES_NAMES},
    {"socks4a://p", "http://a:80", PROXY_TAKES_NAMES},
    {"SOCKS5://p", "http://a:80", PROXY_TAKES_ADDRESSES},
    {"socks4://p", "http://a:80", PROXY_TAKES_ADDRESSES},
    {"socks://p", "http://a:80", PROXY_TAKES_ADDRESSES},
    {"", "http://a:80", PROXY_NONE},
    {"p:1", "http://b:80", PROXY_NONE},
    {"p:1", "file://", PROXY_NONE},
};

START_TEST(who_looks_names_up_depends_on_the_proxy)
{
	struct proxy_rules rules = {.all = kinds[_i].proxy, .exempt = "b"};
	enum proxy_kind kind;
	const char *proxy = proxy_find(&rules, kinds[_i].origin, &kind);

	ck_assert_int_eq(kind, kinds[_i].kind);
	ck_assert_pstr_eq(proxy, kind == PROXY_NONE ? NULL : kinds[_i].proxy);
}
END_TEST

/* --- netrc ------------------------------------------------------------ */

static const char netrc_text[] =
    "# a comment\n"
    "machine a.example login me password secret account x\n"
    "machine a.example\n\tlogin you\n\tpassword \"two words\\\"\"\n"
    "macdef init\nmachine m.example login no\n\n"
    "machine b.example password #only\n"
    "machine c.example login alone\n"
    "default login anybody password any\n";

static const struct {
	const char *host, *login;
	enum netrc_default others;
	const char *found;
} netrc_rows[] = {
    {"a.example", NULL, NETRC_OR_DEFAULT, "me:secret"},
    {"A.EXAMPLE", "you", NETRC_MACHINE_ONLY, "you:two words\""},
    {"a.example", "other", NETRC_MACHINE_ONLY, NULL},
    {"b.example", "other", NETRC_MACHINE_ONLY, "other:#only"},
    {"b.example", NULL, NETRC_MACHINE_ONLY, ":#only"},
    {"c.example", NULL, NETRC_MACHINE_ONLY, "alone:"},
    {"m.example", NULL, NETRC_MACHINE_ONLY, NULL},
    {"d.example", NULL, NETRC_MACHINE_ONLY, NULL},
    {"d.example", NULL, NETRC_OR_DEFAULT, "anybody:any"},
    {"d.example", "other", NETRC_OR_DEFAULT, NULL},
};

START_TEST(a_netrc_says_who_logs_in_where)
{
	struct netrc netrc;
	char *found;

	netrc_parse(&netrc, netrc_text);
	found = netrc_find(&netrc, netrc_rows[_i].host, netrc_rows[_i].login,
	    netrc_rows[_i].others);
	ck_assert_pstr_eq(found, netrc_rows[_i].found);
	free(found);
	netrc_release(&netrc);
}
END_TEST

START_TEST(a_netrc_that_is_missing_is_empty)
{
	struct netrc netrc;

	netrc_read(&netrc, "/nonexistent/netrc");
	ck_assert_uint_eq(netrc.len, 0);
	netrc_release(&netrc);
}
END_TEST

START_TEST(a_netrc_is_read_from_its_file_and_closed)
{
	char path[] = "/tmp/check_fetch.XXXXXX", *found;
	int fd = mkstemp(path), next;
	struct netrc netrc;

	ck_assert_int_eq(write(fd, netrc_text, strlen(netrc_text)),
	    (ssize_t)strlen(netrc_text));
	close(fd);
	netrc_read(&netrc, path);
	next = open("/dev/null", O_RDONLY);
	ck_assert_int_eq(next, fd);
	close(next);
	found = netrc_find(&netrc, "a.example", NULL, NETRC_MACHINE_ONLY);
	ck_assert_pstr_eq(found, "me:secret");
	free(found);
	netrc_release(&netrc);
	unlink(path);
}
END_TEST

/* --- redirects ------------------------------------------------------- */

static struct request_options options;
static struct fetch_options fetch;
static struct request *request;
static struct result result;
static struct hop hop;

static void
set_up(void)
{
	request_options_init(&options);
	fetch_options_init(&fetch);
	fetch.follow = true;
	request = request_new(&options, "https://a.example/x");
	request_set_url(request, "https://a.example/x");
	result_init(&result);
	hop_init(&hop);
}

static void
tear_down(void)
{
	hop_release(&hop);
	result_release(&result);
	request_free(request);
	fetch_options_release(&fetch);
	request_options_release(&options);
}

static enum redirect_verdict
redirect(int status, const char *to)
{
	free(result.location);
	free(result.redirect_url);
	result.status = status;
	result.location = xstrdup_null(to);
	result.redirect_url = xstrdup_null(to);
	result.trust = hop.trust;
	result.trust.from_public = true;
	return redirect_next(&fetch, request, &result, &hop);
}

START_TEST(an_answer_without_location_is_no_redirect)
{
	ck_assert_int_eq(redirect(300, NULL), REDIRECT_NONE);
	ck_assert_int_eq(redirect(200, "https://a.example/y"), REDIRECT_NONE);
	ck_assert_int_eq(redirect(304, "https://a.example/y"), REDIRECT_NONE);
}
END_TEST

START_TEST(a_redirect_without_location_fails)
{
	ck_assert_int_eq(redirect(302, NULL), REDIRECT_FAILED);
	ck_assert_int_eq(result.failure.class, ERROR_REDIRECT);
	failure_clear(&result.failure);
	ck_assert_int_eq(redirect(308, NULL), REDIRECT_FAILED);
}
END_TEST

START_TEST(a_hop_within_the_origin_keeps_secrets)
{
	ck_assert_int_eq(redirect(302, "https://a.example/y"), REDIRECT_FOLLOW);
	ck_assert_str_eq(hop_url(&hop, request), "https://a.example/y");
	ck_assert(!hop.trust.foreign);
	ck_assert(hop.trust.from_public);
}
END_TEST

START_TEST(a_hop_to_another_origin_leaves_secrets_behind)
{
	ck_assert_int_eq(
	    redirect(302, "https://a.example:8443/y"), REDIRECT_FOLLOW);
	ck_assert(hop.trust.foreign);
	/* Who left once stays a stranger. */
	ck_assert_int_eq(redirect(302, "https://a.example/z"), REDIRECT_FOLLOW);
	ck_assert(hop.trust.foreign);
	fetch.location_trusted = true;
	ck_assert_int_eq(redirect(302, "https://b.example/"), REDIRECT_FOLLOW);
	ck_assert(!hop.trust.foreign);
}
END_TEST

static const struct {
	const char *location;
	const char *url; /* NULL: it is refused */
	const char *user;
	const char *fragment;
} locations[] = {
    {"/a b", "https://a.example/a%20b", NULL, NULL},
    {"https://a.example/a b?c", "https://a.example/a%20b?c", NULL, NULL},
    {"y?", "https://a.example/y?", NULL, NULL},
    {"y?#f", "https://a.example/y?", NULL, "#f"},
    {"?q#f", "https://a.example/x?q", NULL, "#f"},
    {"", "https://a.example/x", NULL, NULL},
    {"#f", "https://a.example/x", NULL, "#f"},
    {"//b.example/", "https://b.example/", NULL, NULL},
    {"https://me:pw@a.example/", "https://a.example/", "me:pw", NULL},
    {"https://me@b.example/", "https://b.example/", "me", NULL},
    {"//:p%40w@b.example/", "https://b.example/", ":p@w", NULL},
    {"y?u=http://x\\y", "https://a.example/y?u=http://x\\y", NULL, NULL},
    {"/y\\z", "https://a.example/y\\z", NULL, NULL},
    {"HTTPS://b.example/", "https://b.example/", NULL, NULL},
    {"localhost:80/evil", NULL, NULL, NULL},
    {"mailto:a@b", NULL, NULL, NULL},
    {"javascript:alert(1)", NULL, NULL, NULL},
    {"data:text/html,x", NULL, NULL, NULL},
    {"ftp://me:pw@b.example/", NULL, NULL, NULL},
    {"file:///etc/passwd", NULL, NULL, NULL},
    {"http:x", NULL, NULL, NULL},
    {"https://a\\@b.example/", NULL, NULL, NULL},
    {"//a\\@b.example/", NULL, NULL, NULL},
    {"a\\@b.example", NULL, NULL, NULL},
    {"\\\\b.example/", NULL, NULL, NULL},
    {"/\\b.example/", NULL, NULL, NULL},
    {"https:\\\\b.example/", NULL, NULL, NULL},
    {"/a\tb", NULL, NULL, NULL},
    {"https://b.example:port/", NULL, NULL, NULL},
    {"https://", NULL, NULL, NULL},
};

START_TEST(a_location_is_what_an_operand_may_be)
{
	const char *url = locations[_i].url;

	ck_assert_int_eq(redirect(302, locations[_i].location),
	    url ? REDIRECT_FOLLOW : REDIRECT_FAILED);
	if (!url) {
		ck_assert_int_eq(result.failure.class, ERROR_REDIRECT);
		ck_assert_ptr_null(strstr(result.failure.message, "pw"));
		return;
	}
	ck_assert_str_eq(hop_url(&hop, request), url);
	ck_assert_pstr_eq(hop.user, locations[_i].user);
	ck_assert_pstr_eq(hop.fragment, locations[_i].fragment);
}
END_TEST

START_TEST(userinfo_is_about_one_origin)
{
	redirect(302, "https://me:pw@b.example/");
	ck_assert_str_eq(hop.user, "me:pw");
	redirect(302, "/elsewhere");
	ck_assert_str_eq(hop.user, "me:pw");
	redirect(302, "https://c.example/");
	ck_assert_ptr_null(hop.user);
	redirect(302, "https://b.example/");
	ck_assert_ptr_null(hop.user);
	ck_assert(hop.trust.foreign);
}
END_TEST

START_TEST(a_redirect_that_is_not_followed_names_the_option)
{
	fetch.follow = false;
	ck_assert_int_eq(redirect(301, "https://a.example/y"), REDIRECT_FAILED);
	ck_assert_int_eq(result.failure.class, ERROR_REDIRECT);
	ck_assert_ptr_nonnull(strstr(result.failure.message, "-L"));
}
END_TEST

START_TEST(redirects_are_counted)
{
	fetch.max_redirects = 2;
	ck_assert_int_eq(redirect(302, "https://a.example/1"), REDIRECT_FOLLOW);
	ck_assert_int_eq(redirect(302, "https://a.example/2"), REDIRECT_FOLLOW);
	ck_assert_int_eq(redirect(302, "https://a.example/3"), REDIRECT_FAILED);
	ck_assert_str_eq(result.failure.reason, "too many");
}
END_TEST

START_TEST(redirects_stay_on_http_and_do_not_lose_tls)
{
	ck_assert_int_eq(redirect(302, "file:///etc/passwd"), REDIRECT_FAILED);
	failure_clear(&result.failure);
	ck_assert_int_eq(redirect(302, "http://a.example/"), REDIRECT_FAILED);
	ck_assert_str_eq(result.failure.reason, "downgrade");
}
END_TEST

static const struct {
	const char *method;
	int status;
	const char *becomes;
} methods[] = {
    {"POST", 301, "GET"},
    {"POST", 302, "GET"},
    {"POST", 303, "GET"},
    {"POST", 307, "POST"},
    {"POST", 308, "POST"},
    {"PUT", 302, "PUT"},
    {"PUT", 303, "GET"},
    {"HEAD", 303, "HEAD"},
    {"GET", 301, "GET"},
};

START_TEST(methods_change_as_in_browsers)
{
	bool changed = strcmp(methods[_i].method, methods[_i].becomes) != 0;

	request_own_options(request)->method = xstrdup(methods[_i].method);
	ck_assert_int_eq(redirect(methods[_i].status, "https://a.example/y"),
	    REDIRECT_FOLLOW);
	ck_assert_str_eq(hop_method(&hop, request), methods[_i].becomes);
	ck_assert_int_eq(hop.no_body, changed);
}
END_TEST

/* --- multipart ------------------------------------------------------- */

/* What -F left, divided by |. */
static const struct {
	const char *parts;
	bool ok;
} forms[] = {
    {"na|=b", true},
    {"na|=|n|=c", true},
    {"na|=b|ttext/plain|hX-A: 1|hX-B: 2", true},
    {"na|@/dev/null|fx|ebase64", true},
    {"na|</dev/null", true},
    {"na|-", true},
    {"na|(|n|@/dev/null|n|=b|)|nc|=d", true},
    {"na|(|n|=b", true},
    {"na|@/nonexistent", false},
    {"na|(|n|@/nonexistent|)", false},
};

START_TEST(forms_become_parts)
{
	struct request_options o;
	char *cause = NULL, *copy = xstrdup(forms[_i].parts);
	CURL *easy = curl_easy_init();
	curl_mime *mime;

	request_options_init(&o);
	for (char *at = copy, *part; (part = strsep(&at, "|"));)
		strlist_add(&o.form, part);
	mime = multipart_new(easy, NULL, &o, &cause);
	ck_assert_int_eq(mime != NULL, forms[_i].ok);
	ck_assert_int_eq(cause == NULL, forms[_i].ok);
	curl_mime_free(mime);
	curl_easy_cleanup(easy);
	free(cause);
	free(copy);
	request_options_release(&o);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof(*(table)))

/* --- what would be sent ---------------------------------------------- */

static const struct {
	const char *url, *head;
} previews[] = {
    {"http://h.example/x?y", "POST /x?y HTTP/1.1\r\nHost: h.example\r\n"},
    {"https://h.example/x", "POST /x HTTP/1.1\r\nHost: h.example\r\n"},
    {"https://h.example:8443/", "POST / HTTP/1.1\r\nHost: h.example:8443\r\n"},
};

START_TEST(preview_is_what_libcurl_writes)
{
	const char *head = previews[_i].head;
	struct request_options asked;
	struct fetch_options how;
	struct request *r;
	struct preview p;
	char *cause = NULL;

	request_options_init(&asked);
	asked.body_kind = BODY_RAW;
	asked.body = xstrdup("body");
	asked.body_len = 4;
	fetch_options_init(&how);
	how.http = HTTP_3_ONLY;
	r = request_new(&asked, previews[_i].url);
	request_set_url(r, previews[_i].url);
	ck_assert_int_eq(preview_make(&p, &how, r, &cause), 0);
	ck_assert_ptr_null(cause);
	ck_assert_uint_gt(p.head.len, strlen(head));
	ck_assert_mem_eq(p.head.data, head, strlen(head));
	ck_assert_ptr_nonnull(strstr(p.head.data, "Content-Length: 4\r\n"));
	ck_assert_mem_eq(buf_text(&p.body), "body", 5);
	preview_release(&p);
	request_free(r);
	request_options_release(&asked);
	fetch_options_release(&how);
}
END_TEST

/* --- throttle.h ---------------------------------------------------------- */

START_TEST(what_has_come_is_paid_for_before_more_comes)
{
	struct throttle t;
	int64_t now = 1000 * CLOCK_SECOND;

	throttle_init(&t, 1000);
	ck_assert_int_eq(throttle_ready_us(&t, now), now);
	throttle_take(&t, 600, now);
	/* 100 ms of the time before were free. */
	ck_assert_int_eq(throttle_ready_us(&t, now), now + CLOCK_SECOND / 2);
	throttle_take(&t, 1500, now + CLOCK_SECOND / 2);
	ck_assert_int_eq(throttle_ready_us(&t, now), now + 2 * CLOCK_SECOND);
	now += 100 * CLOCK_SECOND;
	throttle_take(&t, 1100, now);
	ck_assert_int_eq(throttle_ready_us(&t, now), now + CLOCK_SECOND);
}
END_TEST

START_TEST(without_a_rate_nothing_waits)
{
	struct throttle t;

	throttle_init(&t, 0);
	throttle_take(&t, UINT64_MAX, 5);
	ck_assert_int_eq(throttle_ready_us(&t, 5), 5);
}
END_TEST

static Suite *
fetch_suite(void)
{
	Suite *suite = suite_create("fetch");
	TCase *tables = tcase_create("tables");
	TCase *redirects = tcase_create("redirects");
	TCase *throttle = tcase_create("throttle");

	tcase_add_loop_test(
	    tables, every_way_a_transfer_ends_has_its_class, 0, COUNT(ends));
	tcase_add_loop_test(
	    tables, message_says_what_to_do, 0, COUNT(messages));
	tcase_add_loop_test(tables, proxies_are_not_for_all, 0, COUNT(exempts));
	tcase_add_loop_test(
	    tables, who_looks_names_up_depends_on_the_proxy, 0, COUNT(kinds));
	tcase_add_loop_test(
	    tables, a_netrc_says_who_logs_in_where, 0, COUNT(netrc_rows));
	tcase_add_test(tables, a_netrc_that_is_missing_is_empty);
	tcase_add_test(tables, a_netrc_is_read_from_its_file_and_closed);
	tcase_add_loop_test(tables, forms_become_parts, 0, COUNT(forms));
	suite_add_tcase(suite, tables);
	tcase_add_checked_fixture(redirects, set_up, tear_down);
	tcase_add_test(redirects, an_answer_without_location_is_no_redirect);
	tcase_add_test(redirects, a_redirect_without_location_fails);
	tcase_add_loop_test(redirects, a_location_is_what_an_operand_may_be, 0,
	    COUNT(locations));
	tcase_add_test(redirects, userinfo_is_about_one_origin);
	tcase_add_test(redirects, a_hop_within_the_origin_keeps_secrets);
	tcase_add_test(
	    redirects, a_hop_to_another_origin_leaves_secrets_behind);
	tcase_add_test(
	    redirects, a_redirect_that_is_not_followed_names_the_option);
	tcase_add_loop_test(
	    redirects, preview_is_what_libcurl_writes, 0, COUNT(previews));
	tcase_add_test(redirects, redirects_are_counted);
	tcase_add_test(redirects, redirects_stay_on_http_and_do_not_lose_tls);
	tcase_add_loop_test(
	    redirects, methods_change_as_in_browsers, 0, COUNT(methods));
	suite_add_tcase(suite, redirects);
	tcase_add_test(throttle, what_has_come_is_paid_for_before_more_comes);
	tcase_add_test(throttle, without_a_rate_nothing_waits);
	suite_add_tcase(suite, throttle);
	return suite;
}

int
main(void)
{
	return unit_run(fetch_suite());
}
