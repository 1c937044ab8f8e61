/*
 * The options, section by section in the order of --help all, and at the end
 * the functions that find one by its name or letter.
 *
 * A new option is a new row, with a paragraph in the manual page: the parser,
 * the defaults, --help, the completions and the test that compares them all
 * read the row. Help is a phrase in lower case without a full stop; the
 * overview shows it up to its first semicolon.
 */
#include "config.h"

#include "cli/table.h"

#include <string.h>

#include "base/xalloc.h"
#include "cli/setters.h"

/* --- input --------------------------------------------------------------- */

/* The words of --rows-format, by enum rows_format. */
static const char *const rows_formats[] = {
    [ROWS_AUTO] = "auto",
    [ROWS_CSV] = "csv",
    [ROWS_TSV] = "tsv",
    [ROWS_NDJSON] = "ndjson",
    NULL,
};

static const struct option_row input_rows[] = {
    {"list", 'l', "FILE", "read requests from FILE; \"-\" is stdin",
        CUSTOM(setter_list), .everyday = true, .line_only = true},
    {"url", 0, "URL", "add a URL, like an operand", CUSTOM(setter_url),
        .secret = true, .line_only = true},
    {"rows", 0, "FILE",
        "one request per row of CSV, TSV or NDJSON; {{column}} in "
        "URL, headers, body, -o",
        CUSTOM(setter_source), .field = offsetof(struct options, input.rows),
        .everyday = true, .line_only = true},
    {"rows-format", 0, "FORMAT", "format of --rows",
        WORD(input.rows_format, rows_formats), .fallback = "auto"},
    {"unique", 0, NULL,
        "send each request once, whatever names it again: the list, "
        "--then or a next page",
        FLAG(run.unique)},
    {"repeat", 0, "N",
        "send each request N times; {{k}} is the number of the copy",
        COUNT(input.repeat, 1)},
    {"retry-from", 0, "FILE",
        "repeat the requests that failed in an earlier --format ndjson run",
        CUSTOM(setter_source),
        .field = offsetof(struct options, input.retry_from), .line_only = true},
    {"har-secrets", 0, NULL,
        "send the cookies and credentials of a HAR that is a list",
        FLAG(input.har_secrets), .line_only = true},
    {"shard", 0, "I/N[:line]",
        "fetch only what belongs to shard I of N, each on its own machine; "
        "see --help machines",
        CUSTOM(setter_shard), .line_only = true},
    {"globoff", 'g', NULL, "do not expand { } [ ] in URLs",
        FLAG(input.no_glob)},
    {"allow-files", 0, NULL,
        "allow \"body_file\" in a list to name local files",
        FLAG(input.allow_files)},
    {"proto", 0, "+file", "also allow file:// URLs", CUSTOM(setter_proto)},
    {0},
};

/* --- request ------------------------------------------------------------- */

static const struct option_row request_rows[] = {
    {"request", 'X', "METHOD", "request method", CUSTOM(setter_method),
        .everyday = true},
    {"header", 'H', "HEADER|@FILE",
        "send a header; \"Name:\" removes it, \"Name;\" sends it empty",
        CUSTOM(setter_header), .secret = true, .everyday = true},
    {"data", 'd', "DATA|@FILE", "send form data with POST", CUSTOM(setter_data),
        .also = "data-ascii", .secret = true, .everyday = true},
    {"data-raw", 0, "DATA", "send form data in which @ has no special meaning",
        CUSTOM(setter_data_raw), .secret = true},
    {"data-binary", 0, "DATA|@FILE",
        "send data unchanged, with the line breaks of FILE",
        CUSTOM(setter_data_binary), .secret = true},
    {"data-urlencode", 0, "[NAME=]DATA|[NAME]@FILE",
        "send percent-encoded form data", CUSTOM(setter_data_urlencode),
        .secret = true},
    {"json", 0, "JSON|@FILE", "send a JSON body with POST", CUSTOM(setter_json),
        .secret = true, .everyday = true},
    {"form", 'F', "NAME=CONTENT",
        "add a multipart form field; @FILE uploads a file", CUSTOM(setter_form),
        .secret = true},
    {"form-string", 0, "NAME=TEXT",
        "add a form field in which @ < ; have no special meaning",
        CUSTOM(setter_form_string), .secret = true},
    {"upload-file", 'T', "FILE", "upload FILE with PUT", CUSTOM(setter_upload),
        .line_only = true},
    {"url-query", 0, "DATA", "add to the query, percent-encoded",
        CUSTOM(setter_url_query), .secret = true},
    {"get", 'G', NULL, "append -d to the query and use GET",
        FLAG(run.request.data_in_query)},
    {"head", 'I', NULL, "fetch only the headers", FLAG(run.request.head)},
    {"range", 'r', "RANGE", "request only these bytes of the body: 0-99",
        CUSTOM(setter_range), .one_line = true},
    {"user", 'u', "NAME:PASSWORD", "log in with this user name and password",
        CUSTOM(setter_user),
        .field = offsetof(struct options, run.request.user), .secret = true,
        .one_line = true, .everyday = true},
    {"digest", 0, NULL, "use Digest authentication for -u",
        CUSTOM(setter_digest)},
    {"oauth2-bearer", 0, "TOKEN|@FILE",
        "send a bearer token; FILE is read again when it changes and "
        "after a 401",
        CUSTOM(setter_bearer), .secret = true, .one_line = true},
    {"aws-sigv4", 0, "PROVIDER",
        "sign with AWS Signature V4; needs -u KEY:SECRET",
        CUSTOM(setter_aws_sigv4), .one_line = true},
    {"variable", 0, "NAME=VALUE|%NAME|NAME@FILE",
        "set {{NAME}} for templates; %NAME takes it from the environment",
        CUSTOM(setter_variable), .secret = true},
    {"user-agent", 'A', "NAME", "set the User-Agent header",
        TEXT(run.request.user_agent), .one_line = true},
    {"referer", 'e', "URL",
        "set the Referer header; with \";auto\" redirects get the previous URL",
        CUSTOM(setter_referer), .secret = true, .one_line = true},
    {"cookie", 'b', "NAME=VALUE|FILE",
        "send a cookie, or the cookies of a file", CUSTOM(setter_cookie),
        .secret = true, .one_line = true},
    {"cookie-jar", 'c', "FILE", "write all cookies to FILE at the end",
        CUSTOM(setter_cookie_jar), FIELD(run.fetch.cookie_jar_out, char *),
        .line_only = true},
    {"netrc", 'n', NULL, "read user names and passwords from ~/.netrc",
        FLAG(run.fetch.netrc)},
    {"netrc-file", 0, "FILE", "read user names and passwords from FILE",
        CUSTOM(setter_netrc_file),
        .field = offsetof(struct options, run.fetch.netrc_file)},
    {"compressed", 0, NULL, "request compressed responses and decode them",
        FLAG(run.fetch.compressed)},
    {0},
};

/* --- connection ---------------------------------------------------------- */

static const struct option_row connection_rows[] = {
    {"location", 'L', NULL, "follow redirects", FLAG(run.fetch.follow),
        .everyday = true},
    {"max-redirs", 0, "N", "follow up to N redirects",
        NUMBER(run.fetch.max_redirects, 0, 1000), .fallback = "10"},
    {"location-trusted", 0, NULL,
        "follow redirects and send secrets to other origins",
        CUSTOM(setter_location_trusted)},
    {"connect-timeout", 0, "TIME", "time limit for connecting, TLS included",
        DURATION(run.fetch.connect_timeout_us), .fallback = "10s"},
    {"limit-rate", 0, "SIZE", "limit each transfer to SIZE bytes per second",
        CUSTOM(setter_limit_rate)},
    {"limit-total", 0, "SIZE",
        "limit all downloads together to SIZE bytes per second",
        CUSTOM(setter_limit_total)},
    {"proxy", 'x', "URL", "use this proxy", CUSTOM(setter_proxy),
        FIELD(run.fetch.proxy, char *), .secret = true},
    {"proxy-user", 'U', "NAME:PASSWORD", "log in to the proxy",
        CUSTOM(setter_proxy_user), .curl = CURLOPT_PROXYUSERPWD, .secret = true,
        .one_line = true},
    {"noproxy", 0, "HOSTS", "comma-separated hosts to reach without the proxy",
        TEXT(run.fetch.noproxy)},
    {"socks5", 0, "HOST[:PORT]", "use this SOCKS5 proxy",
        CUSTOM(setter_socks5)},
    {"socks5-hostname", 0, "HOST[:PORT]",
        "SOCKS5 proxy that also resolves host names",
        CUSTOM(setter_socks5_hostname)},
    {"resolve", 0, "HOST:PORT:ADDRESS",
        "use ADDRESS for HOST:PORT instead of DNS", CUSTOM(setter_resolve),
        .field = offsetof(struct options, run.fetch.resolve)},
    {"connect-to", 0, "HOST1:PORT1:HOST2:PORT2",
        "connect to HOST2:PORT2 if the URL has HOST1:PORT1",
        CUSTOM(setter_connect_to),
        .field = offsetof(struct options, run.fetch.connect_to)},
    {"replay-at", 0, "[ADDR:]PORT",
        "send all requests to the --replay there, https without TLS",
        CUSTOM(setter_replay_at),
        .field = offsetof(struct options, run.fetch.connect_to)},
    {"unix-socket", 0, "PATH", "connect through this Unix domain socket",
        CURL_TEXT(CURLOPT_UNIX_SOCKET_PATH)},
    {"interface", 0, "NAME", "send from this interface or address",
        CURL_TEXT(CURLOPT_INTERFACE)},
    {"ipv4", '4', NULL, "use IPv4 addresses only",
        CURL_LONG(CURLOPT_IPRESOLVE, CURL_IPRESOLVE_V4)},
    {"ipv6", '6', NULL, "use IPv6 addresses only",
        CURL_LONG(CURLOPT_IPRESOLVE, CURL_IPRESOLVE_V6)},
    {"insecure", 'k', NULL, "do not verify TLS certificates",
        FLAG(run.fetch.insecure)},
    {"cacert", 0, "FILE", "verify with these CA certificates",
        CURL_FILE(CURLOPT_CAINFO)},
    {"capath", 0, "DIR", "hashed directory of CA certificates",
        TEXT(run.fetch.capath)},
    {"cert", 'E', "FILE[:PASSWORD]", "client certificate", CUSTOM(setter_cert),
        .secret = true},
    {"key", 0, "FILE", "private key of the client certificate",
        CURL_FILE(CURLOPT_SSLKEY)},
    {"pinnedpubkey", 0, "HASHES|FILE",
        "accept only servers with this public key", CUSTOM(setter_pinned),
        .curl = CURLOPT_PINNEDPUBLICKEY},
    {"tlsv1.2", 0, NULL, "require TLS 1.2 or newer",
        CURL_LONG(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)},
    {"tlsv1.3", 0, NULL, "require TLS 1.3 or newer",
        CURL_LONG(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_3)},
    {"http1.0", '0', NULL, "use HTTP/1.0", CUSTOM(setter_http),
        .curl_value = HTTP_1_0},
    {"http1.1", 0, NULL, "use HTTP/1.1", CUSTOM(setter_http),
        .curl_value = HTTP_1_1},
    {"http2", 0, NULL, "use HTTP/2 if the server supports it (the default)",
        CUSTOM(setter_http), .curl_value = HTTP_2},
    {"http3", 0, NULL, "try HTTP/3 first; if it fails, HTTP/2 or HTTP/1.1",
        CUSTOM(setter_http3), .curl_value = HTTP_3},
    {"http3-only", 0, NULL, "use HTTP/3, or fail", CUSTOM(setter_http3),
        .curl_value = HTTP_3_ONLY},
    {"deny-private", 0, NULL,
        "refuse to connect to loopback and private addresses",
        FLAG(run.fetch.deny_private)},
    {0},
};

/* --- schedule ------------------------------------------------------------ */

static const struct option_row schedule_rows[] = {
    {"parallel-max", 'P', "N|auto", "number of requests in flight",
        CUSTOM(setter_parallel), .fallback = "50", .everyday = true},
    {"parallel-max-host", 0, "N",
        "requests in flight to one origin; default: no limit but -P",
        NUMBER(run.sched.parallel_per_host, 1, 100000), .also = "per-host"},
    {"threads", 0, "N|auto",
        "threads that fetch, decode and extract; auto: the cores, at most one "
        "for each 64 of -P",
        CUSTOM(setter_threads), .fallback = "1"},
    {"rate", 0, "N/[K]U",
        "start at most N requests in any K units; units are ms s m h "
        "d; 3/5s:even spaces them evenly",
        RATE(run.sched.rate), .everyday = true},
    {"per-host-rate", 0, "N/[K]U", "like --rate, for each origin",
        RATE(run.sched.host_rate)},
    {"max-time", 'm', "TIME", "time limit for one attempt, redirects included",
        DURATION(run.request.max_time_us), .everyday = true},
    {"speed-limit", 'Y', "SIZE", "abort below SIZE bytes/s for the time of -y",
        CUSTOM(setter_speed_limit), .fallback = "1"},
    {"speed-time", 'y', "TIME", "abort after TIME below the speed of -Y",
        DURATION(run.fetch.speed_time_us), .fallback = "60s"},
    {"retry", 0, "N", "retry transient failures up to N times",
        NUMBER(run.retry.retries, 0, 1000), .fallback = "2", .everyday = true},
    {"retry-delay", 0, "TIME",
        "wait TIME before each retry; default: exponential backoff "
        "with jitter, from 1 s",
        DURATION(run.retry.delay_us)},
    {"retry-max-delay", 0, "TIME", "maximum wait before a retry",
        DURATION(run.retry.max_delay_us), .fallback = "60s"},
    {"retry-max-time", 0, "TIME",
        "time limit for a request with all its retries",
        DURATION(run.retry.max_time_us)},
    {"retry-on", 0, "LIST",
        "failures to retry: 429,5xx,connect; +425,-500 change the default",
        CUSTOM(setter_retry_on)},
    {"retry-budget", 0, "SHARE",
        "limit retries to this share of an origin's requests; no "
        "limit with --retry",
        SHARE(run.sched.retry_budget.share), .fallback = "20%"},
    {"deadline", 0, "TIME", "time limit for the run; then cancel, exit 124",
        DURATION(run.stop.deadline_us)},
    {"polite", 0, NULL, "ignore Retry-After and RateLimit headers",
        CUSTOM(setter_polite), .fallback = "yes"},
    {"max-hold", 0, "TIME",
        "fail requests to a server that asks for a longer pause",
        DURATION(run.sched.max_hold_us), .fallback = "1h"},
    {"max-failures", 0, "N|SHARE",
        "tolerate up to N failures; one more cancels the rest",
        CUSTOM(setter_max_failures)},
    {"fail-fast", 0, NULL, "cancel the rest on the first failure",
        CUSTOM(setter_fail_fast)},
    {"hedge", 0, "TIME|pNN",
        "send a second copy of a GET that takes longer; the first success wins",
        CUSTOM(setter_hedge)},
    {"hedge-budget", 0, "SHARE",
        "limit second copies to this share of the requests",
        SHARE(run.hedge.budget.share), .fallback = "5%"},
    {"first", 0, "K", "stop after K successes", COUNT(run.stop.first, 1)},
    {"expect", 0, "EXPR",
        "fail unless the JSON body meets this condition: '$.ok == true'",
        TEXTS(run.expect.expect)},
    {"until", 0, "EXPR",
        "ask again, 2 s apart, until the JSON body meets this condition",
        TEXT(run.expect.until)},
    {"accept", 0, "LIST", "statuses that are not failures: 404,3xx",
        CUSTOM(setter_accept)},
    {0},
};

/* --- extraction ---------------------------------------------------------- */

static const struct option_row extraction_rows[] = {
    {"extract", 'j', "[NAME=]PATH",
        "values from JSON; JSONPath ('.a[*].b') or JSON Pointer ('/a/0/b')",
        CUSTOM(setter_path), .everyday = true},
    {"xpath", 0, "[NAME=]EXPR",
        "values from HTML and XML; XPath 1.0: 'string(//title)', '//a/@href'",
        CUSTOM(setter_xpath)},
    {"eval", 0, "PATH", "apply a path to a local JSON document: FILE or stdin",
        CUSTOM(setter_eval), .line_only = true},
    {"each", 0, "PATH", "find matches in each response ...",
        CUSTOM(setter_each), .everyday = true, .line_only = true},
    {"each-xpath", 0, "EXPR", "find matches in HTML and XML: '//a/@href' ...",
        CUSTOM(setter_each_xpath), .line_only = true},
    {"then", 0, "TEMPLATE",
        "... and request each one: '/items/{{.id}}'; may be repeated "
        "for more stages",
        CUSTOM(setter_then), .everyday = true, .line_only = true},
    {"paginate", 0, "HOW",
        "fetch further pages; HOW is link, PATH, PARAM+N or PARAM=PATH",
        CUSTOM(setter_paginate), FIELD(run.follow.paginate, char *),
        .everyday = true, .line_only = true},
    {"items", 0, "PATH",
        "the items of a page: each is a result, and -j is applied to it",
        CUSTOM(setter_items), FIELD(run.output.items, char *)},
    {"max-pages", 0, "N", "fetch at most N pages per input",
        COUNT(run.follow.max_pages, 1)},
    {"max-requests", 0, "N",
        "allow at most N requests to follow from one input",
        COUNT(run.follow.max_requests, 1), .fallback = "100000"},
    {"quoted", 0, NULL, "print strings as JSON, with quotes",
        FLAG(run.output.quoted)},
    {0},
};

/* --- output -------------------------------------------------------------- */

/* The words of --format, by enum format_id. */
static const char *const formats[] = {
#define X(symbol, name, help) #name,
    FORMATS(X)
#undef X
        NULL,
};

/* The words of --order, by enum order_kind. */
static const char *const orders[] = {
    [ORDER_INPUT] = "input",
    [ORDER_DONE] = "done",
    NULL,
};

static const struct option_row output_rows[] = {
    {"format", 0, "FORMAT", "format of stdout",
        WORD(run.output.format, formats), .everyday = true},
    {"collect", 0, NULL, "print one JSON array of all results",
        FLAG(run.output.collect), .everyday = true},
    {"order", 0, "ORDER", "order of the results",
        WORD(run.output.order, orders), .fallback = "input"},
    {"order-buffer", 0, "SIZE",
        "buffer up to SIZE of out-of-order results in memory",
        SIZE(run.output.order_buffer), .fallback = "64M"},
    {"fields", 0, "LIST", "fields of a record, such as n,url,price=data.price",
        CUSTOM(setter_fields)},
    {"with-body", 0, NULL, "include bodies in records",
        FLAG(run.output.with_body)},
    {"with-headers", 0, NULL, "include headers in records",
        FLAG(run.output.with_headers)},
    {"write-out", 'w', "FORMAT|@FILE",
        "print text after each result, as curl does", CUSTOM(setter_writeout),
        .field = offsetof(struct options, run.output.writeout)},
    {"output", 'o', "TEMPLATE",
        "save each body to its own file: 'out/{{n}}.json'",
        CUSTOM(setter_output), .everyday = true, .line_only = true},
    {"remote-name", 'O', NULL, "save each body under the file name in its URL",
        CUSTOM(setter_remote_name), .line_only = true},
    {"continue-at", 'C', "-",
        "with -o, -O: resume what an earlier run left in FILE.part",
        CUSTOM(setter_continue_at)},
    {"remote-header-name", 'J', NULL,
        "with -O: prefer the name in Content-Disposition",
        FLAG(run.output.server_name)},
    {"remote-time", 'R', NULL, "give files the time of Last-Modified",
        FLAG(run.fetch.remote_time)},
    {"output-dir", 0, "DIR", "directory for the files of -o and -O",
        TEXT(run.output.output_dir)},
    {"skip-existing", 0, NULL, "skip requests whose file exists",
        FLAG(run.output.skip_existing)},
    {"clobber", 0, NULL, "keep existing files; number the new ones",
        ANTIFLAG(run.output.no_clobber), .fallback = "yes"},
    {"include", 'i', NULL, "print the headers before each body",
        CUSTOM(setter_include)},
    {"dump-header", 'D', "FILE", "write all headers to FILE",
        TEXT(run.output.dump_header), .line_only = true},
    {"sqlite", 0, "FILE",
        "add results to an SQLite database; created if necessary",
        TEXT(run.output.sqlite), .line_only = true},
    {"har", 0, "FILE", "write an HTTP Archive (HAR) of all transfers",
        TEXT(run.output.har), .line_only = true},
    {"plan", 0, NULL, "print what would be done; contact no server", FLAG(plan),
        .line_only = true},
    {"journal", 0, "FILE", "record progress; the same command resumes the run",
        TEXT(run.journal.file), .everyday = true, .line_only = true},
    {"journal-new", 0, NULL, "print only the results that this run fetched",
        FLAG(run.journal.only_new)},
    {"refresh", 0, NULL, "ask servers whether finished results have changed",
        FLAG(run.journal.refresh)},
    {"redo-unsafe", 0, NULL,
        "repeat requests that may have been processed, too",
        FLAG(run.journal.redo_unsafe)},
    {"fail", 'f', NULL, "accepted for curl compatibility (always on)",
        CUSTOM(setter_nothing)},
    {"fail-with-body", 0, NULL, "print and save the bodies of failures, too",
        FLAG(run.output.fail_with_body)},
    {"max-filesize", 0, "SIZE", "fail larger bodies; default for held ones",
        SIZE(run.fetch.max_filesize), .fallback = "64M"},
    {0},
};

/* --- timing and the rest ------------------------------------------------- */

/* The words of --color, by enum color_when. */
static const char *const color_whens[] = {"auto", "always", "never", NULL};

static const struct option_row timing_rows[] = {
    {"summary", 0, NULL, "print detailed statistics to stderr", FLAG(summary),
        .everyday = true},
    {"compare", 0, "[=ARMS]", "compare sequential with concurrent runs",
        CUSTOM(setter_compare), .everyday = true, .line_only = true},
    {"runs", 0, "N", "number of rounds of --compare",
        NUMBER(compare.runs, 1, 10000), .fallback = "5"},
    {"warmup", 0, "N", "number of rounds before those that count",
        NUMBER(compare.warmup, 0, 10000), .fallback = "0"},
    {"same-bodies", 0, NULL,
        "give no verdict if the arms received different bodies",
        FLAG(compare.same_bodies)},
    {"seed", 0, "N", "repeat the random order of an earlier comparison",
        COUNT(compare.seed, 0)},
    {"assert", 0, "'ARM OP EXPR'",
        "exit with 1 unless true: 'async <= sync/4', 'async < 1.5s'",
        TEXTS(compare.assertions)},
    {"export-json", 0, "FILE",
        "write the times as JSON in the format of hyperfine",
        TEXT(compare.export_json), .line_only = true},
    {"export-markdown", 0, "FILE", "write the times as a Markdown table",
        TEXT(compare.export_markdown), .line_only = true},
    {"export-csv", 0, "FILE", "write the times as CSV",
        TEXT(compare.export_csv), .line_only = true},
    {"demo", 0, NULL, "fetch five one-second pages: 5 s vs 1 s", FLAG(demo),
        .everyday = true, .line_only = true},
    {"serve", 0, "[ADDR:]PORT",
        "run the server of --demo; port 0 picks a free one",
        TEXT(serve.address), .line_only = true},
    {"replay", 0, "FILE.har",
        "make --serve answer as recorded in a HAR, delays included",
        TEXT(serve.replay), .line_only = true},
    {"replay-speed", 0, "X", "replay X times as fast as it was recorded",
        CUSTOM(setter_replay_speed), .fallback = "1"},
    {"waterfall", 0, "[=FILE.svg]", "draw what each attempt waited for",
        CUSTOM(setter_waterfall), .line_only = true},
    {"report", 0, "FILE.html", "write an HTML page about the run",
        TEXT(pictures.report), .line_only = true},
    {"why", 0, NULL, "print where the time of the run went",
        FLAG(pictures.why)},
    {"progress-meter", 0, NULL, "do not show the progress line",
        FLAG(run.progress.meter), .fallback = "yes"},
    {"progress", 0, "DURATION", "print the progress at this interval",
        DURATION(run.progress.every_us)},
    {"color", 0, "WHEN", "use colors", WORD(run.progress.color, color_whens),
        .fallback = "auto"},
    {"silent", 's', NULL, "print no progress, summary, hints or errors",
        FLAG(silent), .everyday = true},
    {"show-error", 'S', NULL, "print errors even with -s", FLAG(show_error)},
    {"verbose", 'v', NULL,
        "print what happens on the network; each line begins with the number "
        "of its request",
        FLAG(verbose)},
    {"config", 'K', "FILE", "read options from FILE, one per line",
        CUSTOM(setter_config), .line_only = true},
    {"disable", 'q', NULL,
        "as the first option: do not read the user's config file",
        CUSTOM(setter_nothing), .line_only = true},
    {"help", 'h', "[=TOPIC]",
        "print help on a topic, an option, or all options", CUSTOM(setter_help),
        .line_only = true},
    {"version", 'V', NULL, "print the versions of gather and its libraries",
        CUSTOM(setter_version), .line_only = true},
    {0},
};

/* --- queue --------------------------------------------------------------- */

static const struct option_row queue_rows[] = {
    {"queue", 0, "URL|@FILE",
        "the work queue of several machines, redis://HOST/?name=NAME; also "
        "rediss:// (TLS), or GATHER_QUEUE",
        TEXT(queue.url), .secret = true},
    {"feed", 0, NULL, "put the list into the queue; repeat it to continue",
        CUSTOM(setter_role), .curl_value = QUEUE_FEED, .line_only = true},
    {"work", 0, NULL,
        "fetch inputs of the queue until all are done; may run on many "
        "machines",
        CUSTOM(setter_role), .curl_value = QUEUE_WORK, .line_only = true},
    {"no-results", 0, NULL,
        "with --work: put no records into the queue; they stay in the files, "
        "databases and stdout of the workers",
        FLAG(queue.no_results)},
    {"results", 0, NULL,
        "write the records of the queue until every input has one",
        CUSTOM(setter_role), .curl_value = QUEUE_RESULTS, .line_only = true},
    {"queue-status", 0, NULL, "print how far the queue is, as JSON",
        CUSTOM(setter_role), .curl_value = QUEUE_STATUS, .line_only = true},
    {"queue-timeout", 0, "TIME",
        "how long to go on while the queue's server is away",
        DURATION(queue.timeout_us), .fallback = "1m", .min = 1},
    {"queue-max", 0, "N", "--feed pauses while N inputs wait",
        COUNT(queue.max, 1), .fallback = "1000000"},
    {0},
};

/* --- lookup -------------------------------------------------------------- */

const struct option_section option_sections[] = {
    {"input", "Input", input_rows},
    {"request", "Requests", request_rows},
    {"connection", "Connections", connection_rows},
    {"schedule", "Schedule", schedule_rows},
    {"extraction", "Extraction", extraction_rows},
    {"output", "Output", output_rows},
    {"queue", "Queue", queue_rows},
    {"timing", "Timing and the rest", timing_rows},
    {0},
};

const struct option_row *
option_by_name(const char *name)
{
	FOREACH_SECTION (section)
		FOREACH_ROW (row, section)
			if (strcmp(row->name, name) == 0 ||
			    (row->also && strcmp(row->also, name) == 0))
				return row;
	return NULL;
}

const struct option_row *
option_by_letter(char letter)
{
	FOREACH_SECTION (section)
		FOREACH_ROW (row, section)
			if (row->letter == letter)
				return row;
	return NULL;
}

bool
option_is_switch(const struct option_row *row)
{
	return !row->argument || option_value_is_optional(row);
}

bool
option_value_is_optional(const struct option_row *row)
{
	return row->argument && row->argument[0] == '[' &&
	       row->argument[1] == '=';
}

char *
option_shown_name(const struct option_row *row)
{
	bool on = option_is_switch(row) && row->fallback;

	return xasprintf("%s%s", on ? "no-" : "", row->name);
}
