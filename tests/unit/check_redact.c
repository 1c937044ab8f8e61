#include "config.h"

#include "redact/redact.h"

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "redact/command.h"
#include "redact/known.h"
#include "text/utf8.h"
#include "unit.h"

enum {
	T = REDACT_TEXT,
	U = REDACT_URL,
	Q = REDACT_QUERY,
	P = REDACT_PASSWORD,
	W = REDACT_WIRE
};

static const struct {
	int kind;
	const char *given;
	const char *shown;
} rows[] = {
    /* Userinfo. */
    {U, "http://x/a?b=c#d", "http://x/a?b=c#d"},
    {U, "http://u:p@x/", "http://***@x/"},
    {U, "http://u:p@q@x/", "http://***@x/"},
    {U, "http://token@x/", "http://***@x/"},
    {U, "u:p@x/a", "***@x/a"},
    {U, "u@x", "***@x"},
    {U, "//u:p@x/", "//***@x/"},
    {U, "http:///u:p@x/", "http:///***@x/"},
    {U, "http:\\\\u:p@x/", "***@x/"},
    {U, "http://u:p q\"r@x/", "http://***@x/"},
    {U, "http://u:p%2Fq@x/", "http://***@x/"},
    {U, "http://a%2Fb/u:p%40q@x/", "http://a%2Fb/u:p%40q@x/"},
    {U, "http://u:p&q=r@x/", "http://***@x/"},
    {U, "http://u:p@[::1]:80/", "http://***@[::1]:80/"},
    {U, "http://[fe80::1%25eth0]/a@b", "http://[fe80::1%25eth0]/a@b"},
    {U, "http://x/a@b", "http://x/a@b"},
    {U, "http://x:80/a@b", "http://x:80/a@b"},
    {U, "http://x/?mail=a@b", "http://x/?mail=a@b"},
    {U, "", ""},
    {U, "://@", "://@"},
    {U, "://a@", "://***@"},
    /* A password that is not encoded ends the authority too early. */
    {U, "http://u:p/q@x/", "http://***@x/"},
    {U, "http://u:p?q@x/?a=b", "http://***@x/?a=b"},
    {U, "http://u:p#q@x/", "http://***@x/"},
    /* Of a URL within a URL, however it is written. */
    {U, "http://x?u=http://a:b@c&d=e@f", "http://x?u=http://***@c&d=e@f"},
    {U, "http://x/?u=http%3A%2F%2Fa%3Ab%40c%2F",
        "http://x/?u=http%3A%2F%2F***%40c%2F"},
    {U, "http://x/?u=http%3a%2f%2fa:b@c", "http://x/?u=http%3a%2f%2f***@c"},
    {U, "http://x/?u=http%253A%252F%252Fa%253Ab%2540c",
        "http://x/?u=http%253A%252F%252F***%2540c"},
    {U, "http://web.archive.org/http://a:b@c/",
        "http://web.archive.org/http://***@c/"},
    {U, "mailto:me@host", "mailto:me@host"},
    {T, "<a href='mailto:me@host'>", "<a href='mailto:me@host'>"},
    {T, "mailto:b:c@host", "***@host"},
    {T, "Unsupported proxy syntax in 's@h:x'",
        "Unsupported proxy syntax in '***@h:x'"},
    {T, "Unsupported proxy syntax in 's@h:x': Port number was not decimal",
        "Unsupported proxy syntax in '***@h:x': Port number was not decimal"},
    {T, "Unsupported proxy syntax in 'h:x': Port number was not decimal",
        "Unsupported proxy syntax in 'h:x': Port number was not decimal"},
    {T, "ask me@host: it knows", "ask me@host: it knows"},
    /* Passwords alone. */
    {P, "https://u:p@h/?token=t", "https://u:***@h/?token=t"},
    {P, "https://u@h/", "https://u@h/"},
    {P, "https://u:@h/", "https://u:***@h/"},
    {P, "POST u:p@h/", "POST u:***@h/"},
    {P, "https://h/?u=https%3A%2F%2Fu%3Ap%40h",
        "https://h/?u=https%3A%2F%2Fu%3A***%40h"},
    /* Parameters. */
    {U, "http://x/?token=t&b=c", "http://x/?token=***&b=c"},
    {U, "http://x/?b=c&api_key=k", "http://x/?b=c&api_key=***"},
    {U, "http://x/?apikey=t;Key=u", "http://x/?apikey=***"},
    {U, "http://x/?X-Amz-Signature=s&X-Amz-Date=1",
        "http://x/?X-Amz-Signature=***&X-Amz-Date=1"},
    {U, "http://x/?sig=s&monkey=m", "http://x/?sig=***&monkey=m"},
    {U, "http://x/?author=s&token", "http://x/?author=s&token"},
    {U, "http://x/?token=&b=c", "http://x/?token=&b=c"},
    {U, "http://x/#access_token=t&a=b", "http://x/#access_token=***&a=b"},
    {U, "http://x/?a=1?token=t", "http://x/?a=1?token=***"},
    {U, "http://x/?token=a?b;c d\"e<f", "http://x/?token=***"},
    {U, "http://x/;token=t", "http://x/;token=***"},
    {U, "http://x/?clientSecret=s&userPass=p",
        "http://x/?clientSecret=***&userPass=***"},
    {U, "http://x/?user%5Btoken%5D=t&user[password]=p",
        "http://x/?user%5Btoken%5D=***&user[password]=***"},
    {U, "http://x/?%74oke%6e=t", "http://x/?%74oke%6e=***"},
    {U, "http://x/?token%3Dt", "http://x/?token%3D***"},
    {U, "http://x/?a%26token=t", "http://x/?a%26token=***"},
    {U, "http://x/?token=a%26b&c=d", "http://x/?token=***&c=d"},
    {U, "http://x/?u=%2Fy%3Ftoken%3Dt%26a%3Db&c=d",
        "http://x/?u=%2Fy%3Ftoken%3D***%26a%3Db&c=d"},
    {U, "http://x/?u=%252Fy%253Ftoken%253Dt%2526a",
        "http://x/?u=%252Fy%253Ftoken%253D***%2526a"},
    {U, "http://x/?token=%zz%", "http://x/?token=***"},
    {U, "http://x/?%=%&token=t", "http://x/?%=%&token=***"},
    {U, "http://x/?password1=p&token_2=t&v1=x",
        "http://x/?password1=***&token_2=***&v1=x"},
    {U, "http://x/{\"token\":\"t\",\"a\":1}",
        "http://x/{\"token\":\"***\",\"a\":1}"},
    {U, "http://x/?v=%7B%22token%22%3A%22t%22%2C%22a%22%3A1%7D&b=c",
        "http://x/?v=%7B%22token%22%3A%22***%22%2C%22a%22%3A1%7D&b=c"},
    {U, "http://x/?v=%7B%22a%22%3A+%22token%22%7D",
        "http://x/?v=%7B%22a%22%3A+%22token%22%7D"},
    {U, "http://x/?v=%257B%2522token%2522%253A%2522t%2522%257D",
        "http://x/?v=%257B%2522token%2522%253A%2522***%2522%257D"},
    {U, "http://x/?v=%22token%22%3A%22t", "http://x/?v=%22token%22%3A%22***"},
    {Q, "user=me&password=p&x=y", "user=me&password=***&x=y"},
    {Q, "token=a b;c", "token=***"},
    {Q, "a@b", "a@b"},
    /* In sentences. */
    {T, "not read: http://u:s@127.0.0.1:1/1?token=abc and everything after it",
        "not read: http://***@127.0.0.1:1/1?token=*** and everything after it"},
    {T, "\"http://u:s@x/?token=a\": no", "\"http://***@x/?token=***\": no"},
    {T, "'me:secret@x:1/': no", "'***@x:1/': no"},
    {T, "302 redirects to http://x/?token=***: use -L",
        "302 redirects to http://x/?token=***: use -L"},
    {T, "from me@example.org, 12:30", "from me@example.org, 12:30"},
    {T, "-u expects NAME:PASSWORD (NAME: if the password is empty)",
        "-u expects NAME:PASSWORD (NAME: if the password is empty)"},
    {T, "--oauth2-bearer: a line", "--oauth2-bearer: a line"},
    {T, "token: contains no token", "token: contains no token"},
    {T, "cannot read \"token\": No such file",
        "cannot read \"token\": No such file"},
    {T, "secret.txt:3: invalid JSON", "secret.txt:3: invalid JSON"},
    {T, "an Idempotency-Key header allows a retry",
        "an Idempotency-Key header allows a retry"},
    {T, "--assert 'async <= sync/4' holds", "--assert 'async <= sync/4' holds"},
    {T, "X-Api-Key: abc def", "X-Api-Key: ***"},
    {T, "a body: \"{\"token\":\"abc\",\"a\":1}\"",
        "a body: \"{\"token\":\"***\",\"a\":1}\""},
    {T, "{\"url\":\"http:\\/\\/me:pw@x\\/\"}",
        "{\"url\":\"http:\\/\\/***@x\\/\"}"},
    {T, "{\"url\":\"http://me\\u003apw\\u0040x/?\\u0074oken=t\"}",
        "{\"url\":\"http://***\\u0040x/?\\u0074oken=***\"}"},
    {T, "{\"headers\":{\"Authorization\":\"Basic a\\\"b\",\"X\":\"y\"}}",
        "{\"headers\":{\"Authorization\":\"***\",\"X\":\"y\"}}"},
    {T, "{\"\\u0074oken\" : 123, \"pin\": 4}",
        "{\"\\u0074oken\" : ***, \"pin\": 4}"},
    {T, "{\"token\":null,\"tokens\":[\"a\"],\"token\":[\"a\",\"b\"]}",
        "{\"token\":null,\"tokens\":[\"a\"],\"token\":[***]}"},
    {T, "{\"body\":\"{\\\"token\\\":\\\"a\\\",\\\"b\\\":1}\"}",
        "{\"body\":\"{\\\"token\\\":\\\"***\\\",\\\"b\\\":1}\"}"},
    {T, "{'token': 'abc', 'a': 'b'}", "{'token': '***', 'a': 'b'}"},
    {T, "{\"token\":\"cut off", "{\"token\":\"***"},
    {T, "token=\"a b\" c", "token=\"***\" c"},
    {T, "<a href=\"/?token=a\">token=b</a>",
        "<a href=\"/?token=***\">token=***</a>"},
    {T, "proxy http://u:p@x:1 answered 407",
        "proxy http://***@x:1 answered 407"},
    /* What goes over the wire, and what libcurl says. */
    {W, "Authorization: Basic abc", "Authorization: ***"},
    {W, "X-Api-Key:abc", "X-Api-Key:***"},
    {W, "token: abc", "token: ***"},
    {W, "Set-Cookie: a=b; Path=/", "Set-Cookie: ***"},
    {W, "Cookie: a=b", "Cookie: ***"},
    {W, "Content-Type: text/plain", "Content-Type: text/plain"},
    {W, "h2h3 [authorization: Basic abc]", "h2h3 [authorization: ***]"},
    {W, "[HTTP/2] [1] [x-api-key: abc]", "[HTTP/2] [1] [x-api-key: ***]"},
    {W, "h2h3 [cookie: a=b]", "h2h3 [cookie: ***]"},
    {W, "h2h3 [:path: /a?token=abc]", "h2h3 [:path: /a?token=***"},
    {W, "GET /a?token=abc&b=c HTTP/1.1", "GET /a?token=***&b=c HTTP/1.1"},
    {W, "Location: http://u:p@x/?token=abc",
        "Location: http://***@x/?token=***"},
    {W, "Link: <http://x/?token=abc>; rel=next",
        "Link: <http://x/?token=***>; rel=next"},
    {W, "Added cookie a=\"b\" for domain x, path /, expire 0",
        "Added cookie a=\"***\" for domain x, path /, expire 0"},
    {W, "Replaced cookie a=\"b\" for domain y\" for domain x",
        "Replaced cookie a=\"***\" for domain x"},
    {W, "Server auth using Basic with user 'me'",
        "Server auth using Basic with user '***'"},
    {W, "Uses proxy env variable http_proxy == 'http://u:p@x'",
        "Uses proxy env variable http_proxy == 'http://***@x'"},
    {W, "Connected to 127.0.0.1 (127.0.0.1) port 8080 (#0)",
        "Connected to 127.0.0.1 (127.0.0.1) port 8080 (#0)"},
};

#define COUNT(a) ((int)(sizeof(a) / sizeof(*(a))))

static enum redact_kind
kind_of(int i)
{
	return (enum redact_kind)rows[i].kind;
}

START_TEST(what_is_secret_is_hidden_and_nothing_else)
{
	char *shown = redacted(kind_of(_i), rows[_i].given);

	ck_assert_str_eq(shown, rows[_i].shown);
	free(shown);
}
END_TEST

/* What is shown may be shown again, by whoever does not know what it was. */
START_TEST(twice_is_once)
{
	char *once = redacted(kind_of(_i), rows[_i].given);
	char *twice = redacted(kind_of(_i), once);
	char *said = redacted(REDACT_TEXT, once);

	ck_assert_str_eq(twice, once);
	ck_assert_ptr_null(strstr(said, "******"));
	free(once);
	free(twice);
	free(said);
}
END_TEST

/* --- drawn texts -------------------------------------------------------- */

static uint64_t seed;

static size_t
any(size_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (size_t)(seed % n);
}

#define PICK(list) (list)[any(sizeof(list) / sizeof(*(list)))]

static const char *const plain_names[] = {
    "a", "page", "q", "author", "monkey", "x-y", "item[0]", "state"};
static const char *const secret_names[] = {"token", "access_token", "api_key",
    "apiKey", "sig", "X-Amz-Signature", "password", "client_secret",
    "sessionid", "user[password]", "auth"};
/* Bytes that a secret may hold in a place, beside the canary. */
static const char *const awkward[] = {"", "%26", "%3D", "%2540", ";", "+", "!",
    "%", "%zz", ".", "~", "\xC3\xA4", "*", ",", "="};

static void
add_secret(struct buf *out)
{
	buf_adds(out, PICK(awkward));
	buf_adds(out, "canary");
	buf_adds(out, PICK(awkward));
}

/* Some of its bytes percent-encoded, `times` times. */
static void
add_encoded(struct buf *out, const struct buf *in, int times)
{
	for (size_t i = 0; i < in->len; i++) {
		unsigned char c = (unsigned char)in->data[i];

		if (!strchr(":/?#&=@%", c) && any(8)) {
			buf_addc(out, (char)c);
			continue;
		}
		buf_addc(out, '%');
		for (int k = 1; k < times; k++)
			buf_adds(out, "25");
		buf_addf(out, "%02X", c);
	}
}

static void add_url(struct buf *out, int depth);

/* A URL as the value of a parameter. */
static void
add_nested(struct buf *out, int depth)
{
	struct buf url = {0};

	buf_addf(out, "%s=", PICK(plain_names));
	add_url(&url, depth - 1);
	add_encoded(out, &url, 1);
	buf_release(&url);
}

static void
add_parameter(struct buf *out, int depth)
{
	size_t kind = any(depth > 0 ? 4 : 3);

	if (kind == 3) {
		add_nested(out, depth);
	} else if (kind == 2) {
		buf_addf(out, "%s=plain", PICK(plain_names));
	} else {
		buf_adds(out, PICK(secret_names));
		buf_addc(out, '=');
		add_secret(out);
	}
}

static void
add_url(struct buf *out, int depth)
{
	static const char *const schemes[] = {
	    "http://", "https://", "//", "ftp://", "HTTP://"};

	buf_adds(out, PICK(schemes));
	if (any(2)) {
		buf_adds(out, any(3) ? "me:" : "");
		add_secret(out);
		buf_addc(out, '@');
	}
	buf_adds(out, "host.example/dir");
	for (size_t n = any(4), i = 0; i < n; i++) {
		buf_adds(out, i ? "&" : any(8) ? "?" : "#");
		add_parameter(out, depth);
	}
}

static void
must_hide(enum redact_kind kind, const struct buf *text)
{
	char *shown = redacted(kind, text->data);

	if (strstr(shown, "canary"))
		ck_abort_msg("%s\nbecame %s", text->data, shown);
	free(shown);
}

/* Where a text of ours may quote it. */
static void
add_sentence(struct buf *out, const struct buf *url)
{
	static const char *const around[][2] = {{"", ""}, {"\"", "\""},
	    {"not read: ", " and everything after it"}, {"<", ">; rel=next"},
	    {"{\"url\":\"", "\"}"}, {"(", " )"}, {"a:1: ", ""}, {"x=", ""},
	    {"302 redirects to ", ": use -L"}, {"'", "' "}};
	size_t i = any(sizeof(around) / sizeof(*around));

	buf_adds(out, around[i][0]);
	buf_add(out, url->data, url->len);
	buf_adds(out, around[i][1]);
}

static void
draw_headers(struct buf *out)
{
	static const char *const headers[] = {"Authorization", "cookie",
	    "Set-Cookie", "X-Api-Key", "Private-Token", "Proxy-Authorization",
	    "x-goog-api-key", "X-Auth-Token"};
	static const char *const lines[] = {
	    "%s: %s", "> %s: %s", "* h2h3 [%s: %s]", "%s:%s", "[1] [%s: %s]"};
	struct buf value = {0};
	const char *line = PICK(lines);
	const char *name = PICK(headers);
	const char *at = strstr(line, "%s");

	add_secret(&value);
	buf_adds(&value, any(2) ? "; b=canary" : " canary\"x");
	buf_add(out, line, (size_t)(at - line));
	buf_adds(out, name);
	line = strstr(at + 2, "%s");
	buf_add(out, at + 2, (size_t)(line - at - 2));
	buf_add(out, value.data, value.len);
	buf_adds(out, line + 2);
	buf_release(&value);
}

START_TEST(no_canary_is_shown_wherever_it_was_put)
{
	const char *rounds = getenv("GATHER_ROUNDS");
	const char *given = getenv("GATHER_SEED");

	seed = given ? strtoull(given, NULL, 10) : 88172645463325252;
	printf("secrets: seed %llu\n", (unsigned long long)seed);
	for (long i = rounds ? strtol(rounds, NULL, 10) : 20000; i > 0; i--) {
		struct buf url = {0}, text = {0}, wire = {0};

		add_url(&url, (int)any(3));
		must_hide(REDACT_URL, &url);
		add_sentence(&text, &url);
		must_hide(REDACT_TEXT, &text);
		must_hide(REDACT_WIRE, &text);
		draw_headers(&wire);
		must_hide(REDACT_WIRE, &wire);
		buf_release(&url);
		buf_release(&text);
		buf_release(&wire);
	}
}
END_TEST

/* Long texts of what makes it look around cost no more than their length. */
START_TEST(it_is_linear)
{
	static const char *const pieces[] = {"\\", "\"", "'", "\\\"", "/", "//",
	    "@", ":", "=", "token=", "%25", "%", "[", "a:", "://a:b/",
	    "\"a\":"};

	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		struct buf text = {0};

		while (text.len < 1 << 17)
			buf_adds(&text, pieces[i]);
		for (int kind = T; kind <= W; kind++)
			free(redacted((enum redact_kind)kind, text.data));
		buf_release(&text);
	}
}
END_TEST

/* --- command lines --------------------------------------------------- */

static const struct {
	struct command_option option;
	const char *shown;
} options[] = {
    {{"silent", "-s", NULL, " "}, "-s"},
    {{"parallel-max", "-P", "5", " "}, "-P 5"},
    {{"compare", "--compare", "sync,async", "="}, "--compare=sync,async"},
    {{"waterfall", "--waterfall", "a b.svg", "="}, "'--waterfall=a b.svg'"},
    {{"waterfall", "--waterfall", NULL, "="}, "--waterfall"},
    {{"user", "-u", "me:pw", " "}, "-u '***'"},
    {{"oauth2-bearer", "--oauth2-bearer", "abc", " "}, "--oauth2-bearer '***'"},
    {{"oauth2-bearer", "--oauth2-bearer", "@token", " "},
        "--oauth2-bearer @token"},
    {{"header", "-H", "Accept: a/b", " "}, "-H 'Accept: a/b'"},
    {{"header", "-H", "Authorization: Bearer abc", " "},
        "-H 'Authorization: ***'"},
    {{"header", "-H", "@heads", " "}, "-H @heads"},
    {{"data", "-d", "a=1&token=abc", " "}, "-d 'a=1&token=***'"},
    {{"data", "-d", "{\"token\":\"abc\"}", " "}, "-d '{\"token\":\"***\"}'"},
    {{"form", "-F", "password=abc", " "}, "-F 'password=***'"},
    {{"cookie", "-b", "id=abc", " "}, "-b '***'"},
    {{"cookie", "-b", "jar.txt", " "}, "-b jar.txt"},
    {{"variable", "--variable", "T=abc", " "}, "--variable 'T=***'"},
    {{"variable", "--variable", "%T", " "}, "--variable %T"},
    {{"variable", "--variable", "T@f", " "}, "--variable T@f"},
    {{"proxy", "-x", "http://me:pw@h:1", " "}, "-x 'http://***@h:1'"},
    {{"then", "--then", "https://h/?api_key=abc", " "},
        "--then 'https://h/?api_key=***'"},
};

START_TEST(options_are_shown_without_their_secrets)
{
	struct command_text c = {0};
	char *expected;

	command_text_add_option(&c, &options[_i].option);
	command_text_end(&c);
	expected = xasprintf("gather %s", options[_i].shown);
	ck_assert_str_eq(c.text.data, expected);
	command_text_release(&c);
	free(expected);
}
END_TEST

START_TEST(a_command_is_of_bounded_length)
{
	struct command_text c = {0};

	for (int i = 0; i < 10000; i++)
		command_text_add(&c, "https://me:pw@h/?token=abc");
	command_text_end(&c);
	ck_assert_uint_lt(c.text.len, 5000);
	ck_assert_ptr_null(strstr(c.text.data, "abc"));
	ck_assert_ptr_null(strstr(c.text.data, "pw"));
	ck_assert_ptr_nonnull(strstr(c.text.data, " more arguments)"));
	command_text_release(&c);
}
END_TEST

START_TEST(a_long_value_is_cut_between_characters)
{
	struct command_text c = {0};
	struct buf value = {0};

	while (value.len < 3000)
		buf_adds(&value, "日");
	command_text_add(&c, value.data);
	ck_assert_uint_lt(c.text.len, 400);
	ck_assert_ptr_nonnull(strstr(c.text.data, "日…日"));
	ck_assert(utf8_valid(c.text.data, c.text.len));
	buf_release(&value);
	command_text_release(&c);
}
END_TEST

/* What stands in texts of any kind, and how it is shown. */
static const struct {
	const char *value;
	const char *given;
	const char *shown;
} known_rows[] = {
    {"abcdef", "GET /x/abcdef/y", "GET /x/***/y"},
    {"abcde", "GET /x/abcde/y", "GET /x/abcde/y"},
    {" abcdef\n", "abcdef abcdefabcdef", "*** ******"},
    {"abcdef", "abcde", "abcde"},
    {"a/b+c d%", "/a%2Fb%2bc%20d%25 a%252fb%252Bc+d%2525", "/*** ***"},
    {"ab\"c\\d\ne", "{\"a\":\"ab\\\"c\\\\d\\ne\"}", "{\"a\":\"***\"}"},
    {"ab%41cd%zz", "ab%41cd%zz ab%2541cd%25zz", "*** ***"},
    {"sesame-7", "Basic bWU6c2VzYW1lLTc=", "Basic bWU6***c="},
    {"sesame-7", "c2VzYW1lLTc=", "***c="},
    {"sesame-7", "eXlzZXNhbWUtNw==", "eXl***w=="},
    {"http://h.example", "http://h.example/", "http://h.example/"},
    {"https://h/services/T1", "https://h/services/T1", "https://h/***"},
    {"caf\303\251caf\303\251", "/caf%C3%A9caf%c3%a9", "/***"},
    {"0123456789abcdefghij", "x=0123456789abcdefg", "x=***"},
    {"0123456789abcdefghij", "x=0123456789abcde", "x=0123456789abcde"},
    {"token0", "token0: the token", "***: the token"},
    {"abcdef", "http://me:abcdef@h/?token=abcdef", "http://***@h/?token=***"},
    {"\\\\\\\\\\\\\\", "\\\\\\", "\\\\\\"},
    {"", "abcdef", "abcdef"},
};

START_TEST(a_known_value_is_hidden_however_it_is_written)
{
	char *shown;

	known_secrets_add(known_rows[_i].value);
	shown = redacted(REDACT_TEXT, known_rows[_i].given);
	ck_assert_str_eq(shown, known_rows[_i].shown);
	free(shown);
	known_secrets_clear();
}
END_TEST

START_TEST(data_keep_known_values)
{
	char *shown;

	known_secrets_add("abcdef");
	shown = redacted(REDACT_PASSWORD, "http://h/abcdef");
	ck_assert_str_eq(shown, "http://h/abcdef");
	free(shown);
	known_secrets_clear();
	shown = redacted(REDACT_URL, "http://h/abcdef");
	ck_assert_str_eq(shown, "http://h/abcdef");
	free(shown);
}
END_TEST

START_TEST(the_longest_known_value_is_hidden)
{
	char *shown;

	known_secrets_add("abcdef");
	known_secrets_add("abcdefgh");
	shown = redacted(REDACT_TEXT, "abcdefgh abcdefg");
	ck_assert_str_eq(shown, "*** ***g");
	free(shown);
	known_secrets_clear();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("redact");
	TCase *t = tcase_create("redact");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(
	    t, what_is_secret_is_hidden_and_nothing_else, 0, COUNT(rows));
	tcase_add_loop_test(t, twice_is_once, 0, COUNT(rows));
	tcase_add_test(t, no_canary_is_shown_wherever_it_was_put);
	tcase_add_test(t, it_is_linear);
	tcase_add_loop_test(
	    t, options_are_shown_without_their_secrets, 0, COUNT(options));
	tcase_add_test(t, a_command_is_of_bounded_length);
	tcase_add_test(t, a_long_value_is_cut_between_characters);
	tcase_add_loop_test(t, a_known_value_is_hidden_however_it_is_written, 0,
	    COUNT(known_rows));
	tcase_add_test(t, data_keep_known_values);
	tcase_add_test(t, the_longest_known_value_is_hidden);
	suite_add_tcase(s, t);
	return unit_run(s);
}
