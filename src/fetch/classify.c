/*
 * From libcurl's codes to classes of errors. Most codes are a row of one table;
 * before it come the cases in which the same code means different things, told
 * apart by what else is known, or by libcurl's own words. Those words change
 * between versions: where none is recognised, the row of the code decides.
 */
#include "config.h"

#include "fetch/classify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/xalloc.h"

/* The libcurl that runs may be newer than the header that this is compiled
 * with: CURLE_TOO_LARGE came with 8.6. */
#if LIBCURL_VERSION_NUM < 0x080600
#define CURLE_TOO_LARGE ((CURLcode)100)
#endif

/* What a code means where nothing else is known. */
struct code_row {
	CURLcode code;
	enum error_class class;
	const char *reason; /* error.reason; NULL: the class says it all */
	const char *hint;   /* appended to libcurl's words; NULL: none */
};

static const struct code_row rows[] = {
    {CURLE_COULDNT_RESOLVE_PROXY, ERROR_DNS, "proxy", NULL},
    {CURLE_COULDNT_RESOLVE_HOST, ERROR_DNS, NULL, NULL},
    {CURLE_COULDNT_CONNECT, ERROR_CONNECT, NULL, NULL},
    {CURLE_PROXY, ERROR_CONNECT, "proxy", NULL},
    {CURLE_INTERFACE_FAILED, ERROR_CONNECT, "interface", NULL},
    {CURLE_UNSUPPORTED_PROTOCOL, ERROR_PROTOCOL, NULL, NULL},
    {CURLE_WEIRD_SERVER_REPLY, ERROR_PROTOCOL, NULL, NULL},
    {CURLE_BAD_CONTENT_ENCODING, ERROR_PROTOCOL, "encoding", NULL},
    /* So libcurl before 8.6 calls its limit on the length of a line. Memory
     * itself is never lacking: the program would have ended (its allocator
     * is that of process/environment.c). */
    {CURLE_OUT_OF_MEMORY, ERROR_PROTOCOL, "header too long",
        "; most likely a header line of over 100 KB"},
    {CURLE_TOO_LARGE, ERROR_PROTOCOL, "header too long",
        "; most likely a header line of over 100 KB"},
    {CURLE_URL_MALFORMAT, ERROR_INPUT, "url", NULL},
    {CURLE_READ_ERROR, ERROR_INPUT, "upload", NULL},
    {CURLE_FILE_COULDNT_READ_FILE, ERROR_INPUT, "file", NULL},
    {CURLE_FILESIZE_EXCEEDED, ERROR_SIZE, NULL, "; --max-filesize sets it"},
    {CURLE_PARTIAL_FILE, ERROR_RESET, "truncated", NULL},
    {CURLE_HTTP2, ERROR_RESET, "http2", NULL},
    {CURLE_HTTP2_STREAM, ERROR_RESET, "http2 stream", NULL},
    {CURLE_HTTP3, ERROR_RESET, "http3", NULL},
    {CURLE_QUIC_CONNECT_ERROR, ERROR_CONNECT, NULL, NULL},
    {CURLE_GOT_NOTHING, ERROR_RESET, "empty reply", NULL},
    {CURLE_SEND_ERROR, ERROR_RESET, NULL, NULL},
    {CURLE_RECV_ERROR, ERROR_RESET, NULL, NULL},
    {CURLE_SEND_FAIL_REWIND, ERROR_RESET, NULL, NULL},
    {CURLE_NO_CONNECTION_AVAILABLE, ERROR_LOCAL, NULL, NULL},
    {CURLE_SSL_CONNECT_ERROR, ERROR_TLS, "handshake", NULL},
    {CURLE_PEER_FAILED_VERIFICATION, ERROR_TLS, "certificate",
        "; name its authority by --cacert FILE, or by CURL_CA_BUNDLE, "
        "SSL_CERT_FILE or SSL_CERT_DIR in the environment, or skip the "
        "check by -k"},
    {CURLE_SSL_CERTPROBLEM, ERROR_TLS, "client certificate",
        "; see --cert and --key"},
    {CURLE_SSL_CIPHER, ERROR_TLS, "cipher", NULL},
    {CURLE_SSL_CACERT_BADFILE, ERROR_TLS, "authorities",
        "; see --cacert, CURL_CA_BUNDLE, SSL_CERT_FILE and SSL_CERT_DIR"},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, ERROR_TLS, "pinned key", NULL},
    {CURLE_SSL_INVALIDCERTSTATUS, ERROR_TLS, "certificate", NULL},
    {CURLE_SSL_CLIENTCERT, ERROR_TLS, "client certificate", NULL},
    {CURLE_SSL_ENGINE_NOTFOUND, ERROR_TLS, NULL, NULL},
    {CURLE_USE_SSL_FAILED, ERROR_TLS, NULL, NULL},
};

static const struct code_row unknown = {CURLE_OK, ERROR_PROTOCOL, NULL, NULL};

/* Never NULL: a code that is not in the table is a protocol error. */
static const struct code_row *
row_of_code(CURLcode code)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].code == code)
			return &rows[i];
	return &unknown;
}

/* Is it a limit of this machine? Then the request goes again, uncharged. */
static bool
is_local(int os_errno)
{
	return os_errno == EADDRNOTAVAIL || os_errno == EMFILE ||
	       os_errno == ENFILE || os_errno == ENOBUFS || os_errno == ENOMEM;
}

/* Many networks let no QUIC through, and many servers have none. */
static const char use_http3[] = "; --http3 falls back to HTTP/2 and HTTP/1.1";

/* libcurl has one code for all timeouts. Once the request was sent it is the
 * attempt that took too long, before that the connection. */
static void
set_timeout(const struct transfer_end *end, struct failure *f)
{
	if (end->on_wire)
		failure_set(f, ERROR_TIMEOUT, NULL, (int)end->code, "%s",
		    *end->detail ? end->detail : "no complete answer in time");
	else if (end->only_http3)
		failure_set(f, ERROR_CONNECT, "timeout", (int)end->code,
		    "no HTTP/3 connection within --connect-timeout%s",
		    use_http3);
	else
		failure_set(f, ERROR_CONNECT, "timeout", (int)end->code, "%s",
		    end->connected
		        ? "connected, but the TLS handshake or the proxy took "
		          "longer than --connect-timeout"
		        : "no connection within --connect-timeout");
}

/* The proxy is the user's choice, so it is named, and where it has answered,
 * its answer. */
static void
set_proxy(const struct transfer_end *end, struct failure *f)
{
	const char *proxy = end->proxy ? end->proxy : "of the environment";

	if (end->proxy_status >= 300)
		failure_set(f, ERROR_CONNECT, "proxy", (int)end->code,
		    "the proxy %s answered %ld to CONNECT%s", proxy,
		    end->proxy_status,
		    end->proxy_status == 407 ? "; see -U" : "");
	else
		failure_set(f, ERROR_CONNECT, "proxy", (int)end->code,
		    "the proxy %s: %s", proxy,
		    end->os_errno ? io_error(end->os_errno)
		                  : curl_easy_strerror(end->code));
}

/* Is there no connection to the replay? */
static bool
is_replay_down(const struct transfer_end *end)
{
	return end->replay && !end->connected && !end->on_wire &&
	       (row_of_code(end->code)->class == ERROR_CONNECT ||
	           end->code == CURLE_OPERATION_TIMEDOUT);
}

/* All requests go to the replay, whatever server their URLs name, so it is the
 * replay that is named, and how it is started. */
static void
set_replay_down(const struct transfer_end *end, struct failure *f)
{
	static const char usual[] = "127.0.0.1:";
	const char *where = end->replay;
	bool timed_out = end->code == CURLE_OPERATION_TIMEDOUT;

	if (strncmp(where, usual, sizeof(usual) - 1) == 0)
		where += sizeof(usual) - 1;
	failure_set(f, ERROR_CONNECT, timed_out ? "timeout" : NULL,
	    (int)end->code,
	    "cannot connect to the replay at %s (%s); start it with gather "
	    "--serve %s --replay FILE.har",
	    end->replay,
	    timed_out       ? "no connection within --connect-timeout"
	    : end->os_errno ? io_error(end->os_errno)
	                    : curl_easy_strerror(end->code),
	    where);
}

/* Did the TLS handshake fail with one of these words, which end with NULL? Only
 * the words of OpenSSL, GnuTLS and others tell one failure from another. */
static bool
handshake_failed_with(const struct transfer_end *end, const char *const *words)
{
	if (end->code != CURLE_SSL_CONNECT_ERROR)
		return false;
	while (*words && !strstr(end->detail, *words))
		words++;
	return *words != NULL;
}

/* Did the connection break off during the TLS handshake? Then it is not TLS
 * that failed, and another try may succeed. */
static bool
is_broken_handshake(const struct transfer_end *end)
{
	static const char *const words[] = {"SSL_ERROR_SYSCALL",
	    "unexpected eof", "Recv failure", "Send failure",
	    "non-properly terminated", "pull function", "push function", NULL};

	return handshake_failed_with(end, words);
}

/* Was the handshake answered with something else than TLS, most likely with
 * plain HTTP? */
static bool
is_plain_port(const struct transfer_end *end)
{
	static const char *const words[] = {"wrong version number",
	    "packet length too long", "unexpected TLS packet", NULL};

	return handshake_failed_with(end, words);
}

/* Is the chunked coding broken? It has the code of a broken connection. */
static bool
is_bad_framing(const struct transfer_end *end)
{
	return end->code == CURLE_RECV_ERROR &&
	       (strstr(end->detail, "chunk") || strstr(end->detail, "Chunk"));
}

/*
 * Does an answer have more headers than libcurl keeps over HTTP/2, 128 KiB?
 * With more the connection is lost (NGHTTP2_ERR_CALLBACK_FAILURE, -902), and
 * whichever of its streams reads next hears of it: only one that has got
 * nothing but 1xx so far must be the one that has them.
 */
static bool
is_flooded(const struct transfer_end *end)
{
	return end->code == CURLE_RECV_ERROR && strstr(end->detail, "-902");
}

static void
set_flooded(const struct transfer_end *end, struct failure *f)
{
	if (end->interim)
		failure_set(f, ERROR_PROTOCOL, "no final answer",
		    (int)end->code, "the server sends 1xx answers without end");
	else
		failure_set(f, ERROR_RESET, "http2", (int)end->code,
		    "an answer on this HTTP/2 connection has more than 128 "
		    "KiB of headers");
}

/* Newer versions of libcurl limit the headers of an answer, under several
 * codes. */
static bool
is_too_many_headers(const struct transfer_end *end)
{
	return strstr(end->detail, "Too many response headers") ||
	       strstr(end->detail, "Too large response headers");
}

/* Are there two lengths? fetch/head.c says so, but later versions of libcurl
 * refuse them before it sees the second. */
static bool
is_second_length(const struct transfer_end *end)
{
	return end->code == CURLE_WEIRD_SERVER_REPLY && end->length_seen &&
	       strstr(end->detail, "Content-Length");
}

/* Is it the version in an answer's status line that libcurl does not support,
 * not the protocol of a URL? Only what was sent has an answer. */
static bool
is_bad_status_line(const struct transfer_end *end)
{
	return end->code == CURLE_UNSUPPORTED_PROTOCOL && end->on_wire;
}

/* The reason why an answer is not valid HTTP, more precise than that of the
 * code; or NULL. */
static const char *
protocol_reason(const struct transfer_end *end)
{
	if (is_bad_framing(end))
		return "chunk";
	if (is_too_many_headers(end))
		return "header too long";
	if (is_second_length(end))
		return "two lengths";
	if (is_bad_status_line(end))
		return "status line";
	return NULL;
}

/* The last part of what OpenSSL says, as it does of a socket of QUIC:
 * "error:8000006F:system library::Connection refused". */
static const char *
last_of_openssl(const char *text)
{
	const char *last = text;

	if (strncmp(text, "error:", 6) != 0)
		return text;
	for (const char *at = text; (at = strstr(at, "::")); at += 2)
		last = at + 2;
	return *last ? last : text;
}

/* libcurl's words: *text is set, and what counts of it is returned as its
 * length, up to a line end. */
static int
libcurl_words(const struct transfer_end *end, const char **text)
{
	*text = *end->detail ? last_of_openssl(end->detail)
	                     : curl_easy_strerror(end->code);
	return (int)strcspn(*text, "\r\n");
}

/* Is the authority not trusted? Names and dates are wrong whoever
 * is trusted, so that more authorities would not help. */
static bool
is_untrusted(const char *text)
{
	return strstr(text, "issuer") || strstr(text, "not trusted") ||
	       strstr(text, "self-signed") || strstr(text, "self signed");
}

/* What to append to libcurl's words; "": nothing. */
static const char *
hint_of(const struct code_row *row, const char *text)
{
	if (row->code == CURLE_PEER_FAILED_VERIFICATION && !is_untrusted(text))
		return "; -k skips the check";
	return row->hint ? row->hint : "";
}

/* Where one is missing, say where the authorities come from: an environment
 * variable of long ago is easily forgotten. */
static void
note_authorities(const struct transfer_end *end, const struct code_row *row,
    const char *text, struct failure *f)
{
	char *note;

	if (!end->authorities || f->class != ERROR_TLS ||
	    (row->code != CURLE_SSL_CACERT_BADFILE && !is_untrusted(text)))
		return;
	note = xasprintf("CA certificates come from %s", end->authorities);
	failure_note(f, note);
	free(note);
}

void
classify(const struct transfer_end *end, struct failure *f)
{
	const struct code_row *row = row_of_code(end->code);
	const char *reason = protocol_reason(end);
	int code = (int)end->code;
	const char *text;
	int len = libcurl_words(end, &text);

	if (end->code == CURLE_OPERATION_TIMEDOUT && !is_replay_down(end))
		set_timeout(end, f);
	else if (is_local(end->os_errno) && !end->on_wire)
		failure_set(f, ERROR_LOCAL, NULL, code, "%s: %.*s",
		    io_error(end->os_errno), len, text);
	else if (is_replay_down(end))
		set_replay_down(end, f);
	else if (is_broken_handshake(end))
		failure_set(f, ERROR_CONNECT, "handshake", code,
		    "the connection broke off during the TLS handshake");
	else if (is_plain_port(end))
		failure_set(f, ERROR_TLS, "no TLS", code,
		    "the server does not speak TLS on this port; is it "
		    "http:// instead of https://?");
	else if (end->proxy && !end->on_wire && row->class == ERROR_CONNECT)
		set_proxy(end, f);
	else if (end->proxy_status >= 300 && !end->on_wire)
		set_proxy(end, f);
	else if (is_flooded(end))
		set_flooded(end, f);
	else if (reason)
		failure_set(f, ERROR_PROTOCOL, reason, code, "%.*s", len, text);
	else if (end->code == CURLE_INTERFACE_FAILED)
		failure_set(f, ERROR_CONNECT, row->reason, code,
		    "cannot use --interface: %.*s", len, text);
	else if (row->class == ERROR_CONNECT && end->only_http3)
		failure_set(f, ERROR_CONNECT, row->reason, code,
		    "no HTTP/3 connection: %.*s%s", len, text, use_http3);
	else if (row->class == ERROR_CONNECT && end->os_errno == ENOENT)
		failure_set(f, ERROR_CONNECT, row->reason, code,
		    "the socket of --unix-socket does not exist");
	else if (row->class == ERROR_CONNECT && end->os_errno)
		failure_set(f, ERROR_CONNECT, row->reason, code, "%s",
		    io_error(end->os_errno));
	else
		failure_set(f, row->class, row->reason, code, "%.*s%s", len,
		    text, hint_of(row, text));
	note_authorities(end, row, text, f);
}
