/*
 * Names that users bring along: those of curl first, then those of other
 * programs.
 */
#include "config.h"

#include "cli/curl_names.h"

#include <stddef.h>
#include <string.h>

#define ONLY_HTTP "gather speaks HTTP only; use curl"
#define USE_CURL  "use curl"
#define NO_NEED   "leave it out: it would change nothing"

/* The options of curl 7.88 and of later versions: first those that are accepted
 * silently, then the others in alphabetical order. */
static const struct curl_name curl_names[] = {
    {"parallel", 'Z', NULL},
    {"parallel-immediate", 0, NULL},
    {"no-buffer", 'N', NULL},
    {"buffer", 0, NULL},
    {"fail-early", 0, NULL},
    {"create-dirs", 0, NULL},
    {"progress-bar", '#', NULL},
    {"retry-connrefused", 0, NULL},
    {"tcp-nodelay", 0, NULL},
    {"basic", 0, NULL},
    {"proxy-basic", 0, NULL},
    {"no-npn", 0, NULL},
    {"abstract-unix-socket", 0, "use --unix-socket"},
    {"alt-svc", 0, "use --http3 if the server supports it"},
    {"anyauth", 0, "use -u, with --digest if the server requires it"},
    {"append", 'a', ONLY_HTTP},
    {"ca-native", 0, "use --cacert"},
    {"cert-status", 0, USE_CURL},
    {"cert-type", 0, "use --cert with a PEM file"},
    {"ciphers", 0, "use --tlsv1.2 or --tlsv1.3"},
    {"compressed-ssh", 0, ONLY_HTTP},
    {"create-file-mode", 0, "set the umask before you start gather"},
    {"crlf", 0, "use unix2dos on the file"},
    {"crlfile", 0, USE_CURL},
    {"curves", 0, USE_CURL},
    {"delegation", 0, USE_CURL},
    {"disable-eprt", 0, ONLY_HTTP},
    {"disable-epsv", 0, ONLY_HTTP},
    {"disallow-username-in-url", 0, NO_NEED},
    {"dns-interface", 0, "use --resolve"},
    {"dns-ipv4-addr", 0, "use --resolve"},
    {"dns-ipv6-addr", 0, "use --resolve"},
    {"dns-servers", 0, "use --resolve"},
    {"doh-cert-status", 0, "use --resolve"},
    {"doh-insecure", 0, "use --resolve"},
    {"doh-url", 0, "use --resolve"},
    {"dump-ca-embed", 0, "use --cacert"},
    {"ech", 0, USE_CURL},
    {"egd-file", 0, NO_NEED},
    {"engine", 0, USE_CURL},
    {"etag-compare", 0, "use -H 'If-None-Match: ...'"},
    {"etag-save", 0, "use --format ndjson --with-headers"},
    {"expect100-timeout", 0, "use -H 'Expect:'"},
    {"false-start", 0, NO_NEED},
    {"follow", 0, "use -L"},
    {"form-escape", 0, USE_CURL},
    {"ftp-account", 0, ONLY_HTTP},
    {"ftp-alternative-to-user", 0, ONLY_HTTP},
    {"ftp-create-dirs", 0, ONLY_HTTP},
    {"ftp-method", 0, ONLY_HTTP},
    {"ftp-pasv", 0, ONLY_HTTP},
    {"ftp-port", 0, ONLY_HTTP},
    {"ftp-pret", 0, ONLY_HTTP},
    {"ftp-skip-pasv-ip", 0, ONLY_HTTP},
    {"ftp-ssl-ccc", 0, ONLY_HTTP},
    {"ftp-ssl-ccc-mode", 0, ONLY_HTTP},
    {"ftp-ssl-control", 0, ONLY_HTTP},
    {"happy-eyeballs-timeout-ms", 0, "use -4 or -6"},
    {"haproxy-clientip", 0, USE_CURL},
    {"haproxy-protocol", 0, USE_CURL},
    {"hostpubmd5", 0, ONLY_HTTP},
    {"hostpubsha256", 0, ONLY_HTTP},
    {"hsts", 0, "use https:// in the URL"},
    {"http0.9", 0, USE_CURL},
    {"http2-prior-knowledge", 0, "use --http2 with an https URL"},
    {"ignore-content-length", 0, USE_CURL},
    {"ip-tos", 0, USE_CURL},
    {"ipfs-gateway", 0, "use the gateway's http URL"},
    {"junk-session-cookies", 0, "use -b with a file without session cookies"},
    {"keepalive-cnt", 0, NO_NEED},
    {"keepalive-time", 0, NO_NEED},
    {"key-type", 0, "use --key with a PEM file"},
    {"knownhosts", 0, ONLY_HTTP},
    {"krb", 0, ONLY_HTTP},
    {"libcurl", 0, USE_CURL},
    {"list-only", 0, ONLY_HTTP},
    {"local-port", 0, "use --interface"},
    {"login-options", 0, ONLY_HTTP},
    {"mail-auth", 0, ONLY_HTTP},
    {"mail-from", 0, ONLY_HTTP},
    {"mail-rcpt", 0, ONLY_HTTP},
    {"mail-rcpt-allowfails", 0, ONLY_HTTP},
    {"manual", 'M', "use man gather"},
    {"metalink", 0, "use -l with a list of URLs"},
    {"mptcp", 0, USE_CURL},
    {"negotiate", 0, USE_CURL},
    {"netrc-optional", 0, "use -n"},
    {"next", ':', "use a list with a JSON request on each line"},
    {"no-alpn", 0, "use --http1.1"},
    {"no-keepalive", 0, NO_NEED},
    {"keepalive", 0, NO_NEED},
    {"no-sessionid", 0, NO_NEED},
    {"ntlm", 0, USE_CURL},
    {"ntlm-wb", 0, USE_CURL},
    {"out-null", 0, "use --format none"},
    {"pass", 0, "use --cert FILE:PASSWORD"},
    {"path-as-is", 0, "use %2e in the path"},
    {"post301", 0, "use -X POST"},
    {"post302", 0, "use -X POST"},
    {"post303", 0, "use -X POST"},
    {"preproxy", 0, "use --socks5 or -x"},
    {"proto-default", 0, "use the scheme in each URL"},
    {"proto-redir", 0, NO_NEED},
    {"proxy-anyauth", 0, "use -U"},
    {"proxy-ca-native", 0, "use --cacert"},
    {"proxy-cacert", 0, "use --cacert"},
    {"proxy-capath", 0, "use --capath"},
    {"proxy-cert", 0, USE_CURL},
    {"proxy-cert-type", 0, USE_CURL},
    {"proxy-ciphers", 0, USE_CURL},
    {"proxy-crlfile", 0, USE_CURL},
    {"proxy-digest", 0, "use -U"},
    {"proxy-header", 0, USE_CURL},
    {"proxy-http2", 0, USE_CURL},
    {"proxy-insecure", 0, USE_CURL},
    {"proxy-key", 0, USE_CURL},
    {"proxy-key-type", 0, USE_CURL},
    {"proxy-negotiate", 0, "use -U"},
    {"proxy-ntlm", 0, "use -U"},
    {"proxy-pass", 0, USE_CURL},
    {"proxy-pinnedpubkey", 0, USE_CURL},
    {"proxy-service-name", 0, USE_CURL},
    {"proxy-ssl-allow-beast", 0, USE_CURL},
    {"proxy-ssl-auto-client-cert", 0, USE_CURL},
    {"proxy-tls13-ciphers", 0, USE_CURL},
    {"proxy-tlsauthtype", 0, USE_CURL},
    {"proxy-tlspassword", 0, USE_CURL},
    {"proxy-tlsuser", 0, USE_CURL},
    {"proxy-tlsv1", 0, USE_CURL},
    {"proxy1.0", 0, "use -x"},
    {"proxytunnel", 'p', "use -x; https always goes through a tunnel"},
    {"pubkey", 0, ONLY_HTTP},
    {"quote", 'Q', ONLY_HTTP},
    {"random-file", 0, NO_NEED},
    {"raw", 0, USE_CURL},
    {"remote-name-all", 0, "use -O, which applies to all URLs"},
    {"remove-on-error", 0, NO_NEED},
    {"request-target", 0, USE_CURL},
    {"retry-all-errors", 0, "use --retry-on +tls,+protocol,+timeout"},
    {"sasl-authzid", 0, ONLY_HTTP},
    {"sasl-ir", 0, ONLY_HTTP},
    {"service-name", 0, USE_CURL},
    {"sigalgs", 0, USE_CURL},
    {"socks4", 0, "use --socks5"},
    {"socks4a", 0, "use --socks5-hostname"},
    {"socks5-basic", 0, "use -U"},
    {"socks5-gssapi", 0, "use -U"},
    {"socks5-gssapi-nec", 0, "use -U"},
    {"socks5-gssapi-service", 0, "use -U"},
    {"ssl", 0, ONLY_HTTP},
    {"ssl-allow-beast", 0, NO_NEED},
    {"ssl-auto-client-cert", 0, "use --cert"},
    {"ssl-no-revoke", 0, NO_NEED},
    {"ssl-reqd", 0, ONLY_HTTP},
    {"ssl-revoke-best-effort", 0, NO_NEED},
    {"ssl-sessions", 0, NO_NEED},
    {"sslv2", '2', "use --tlsv1.2"},
    {"sslv3", '3', "use --tlsv1.2"},
    {"stderr", 0, "use 2>FILE"},
    {"styled-output", 0, NO_NEED},
    {"suppress-connect-headers", 0, NO_NEED},
    {"tcp-fastopen", 0, USE_CURL},
    {"telnet-option", 't', ONLY_HTTP},
    {"tftp-blksize", 0, ONLY_HTTP},
    {"tftp-no-options", 0, ONLY_HTTP},
    {"time-cond", 'z', "use -H 'If-Modified-Since: ...'"},
    {"tls-earlydata", 0, USE_CURL},
    {"tls-max", 0, "use --tlsv1.2"},
    {"tls13-ciphers", 0, "use --tlsv1.3"},
    {"tlsauthtype", 0, USE_CURL},
    {"tlspassword", 0, USE_CURL},
    {"tlsuser", 0, USE_CURL},
    {"tlsv1", '1', "use --tlsv1.2"},
    {"tlsv1.0", 0, "use --tlsv1.2"},
    {"tlsv1.1", 0, "use --tlsv1.2"},
    {"tr-encoding", 0, "use --compressed"},
    {"trace", 0, "use -v"},
    {"trace-ascii", 0, "use -v"},
    {"trace-config", 0, "use -v"},
    {"trace-ids", 0, "use -v"},
    {"trace-time", 0, "use -v"},
    {"upload-flags", 0, ONLY_HTTP},
    {"use-ascii", 'B', ONLY_HTTP},
    {"vlan-priority", 0, USE_CURL},
    {"xattr", 0, "use --format ndjson"},
    {0},
};

const struct curl_name *
curl_name_find(const char *name)
{
	for (const struct curl_name *c = curl_names; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

const struct curl_name *
curl_name_find_letter(char letter)
{
	for (const struct curl_name *c = curl_names; c->name; c++)
		if (c->letter == letter)
			return c;
	return NULL;
}

/* Names that no similarity of letters would lead to ours. */
static const struct {
	const char *name, *ours;
} foreign_names[] = {
    {"concurrency", "parallel-max"},
    {"connections", "parallel-max"},
    {"jobs", "parallel-max"},
    {"max-concurrency", "parallel-max"},
    {"max-connections", "parallel-max"},
    {"max-parallel", "parallel-max"},
    {"max-procs", "parallel-max"},
    {"parallelism", "parallel-max"},
    {"workers", "parallel-max"},
    {"timeout", "max-time"},
    {"time-limit", "deadline"},
    {"tries", "retry"},
    {"retries", "retry"},
    {"max-retries", "retry"},
    {"delay", "rate"},
    {"wait", "rate"},
    {"rate-limit", "rate"},
    {"method", "request"},
    {"body", "data"},
    {"body-data", "data"},
    {"post-data", "data"},
    {"input-file", "list"},
    {"arg-file", "list"},
    {"output-document", "output"},
    {"query", "url-query"},
    {"no-check-certificate", "insecure"},
    {"quiet", "silent"},
    {"follow", "location"}, /* curl has it, too: for what is near to it */
    {"follow-redirects", "location"},
    {"max-redirects", "max-redirs"},
    {"redirects", "max-redirs"},
    {"jq", "extract"},
    {"json-path", "extract"},
    {"jsonpath", "extract"},
    {"listen", "serve"},
};

enum {
	FOREIGN_NAMES = sizeof(foreign_names) / sizeof(*foreign_names)
};

const char *
foreign_name_at(size_t i)
{
	return i < FOREIGN_NAMES ? foreign_names[i].name : NULL;
}

const char *
foreign_name_find(const char *name)
{
	for (size_t i = 0; i < FOREIGN_NAMES; i++)
		if (strcmp(foreign_names[i].name, name) == 0)
			return foreign_names[i].ours;
	return NULL;
}
