#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/xalloc.h"
#include "request/url.h"
#include "unit.h"

/* What a text becomes; `text` NULL: it is refused with a message that holds
 * `origin`. */
static const struct {
	const char *given;
	const char *text;
	const char *origin;
	const char *user;
} urls[] = {
    {"http://example.org/", "http://example.org/", "http://example.org:80",
        NULL},
    {"HTTP://EXAMPLE.org", "http://EXAMPLE.org/", "http://example.org:80",
        NULL},
    {"https://example.org?q=1", "https://example.org/?q=1",
        "https://example.org:443", NULL},
    {"example.org/a/../b#c", "http://example.org/b", "http://example.org:80",
        NULL},
    {"http://u:p%40@x/", "http://x/", "http://x:80", "u:p@"},
    {"http://u@x/", "http://x/", "http://x:80", "u"},
    {"http://u:@x/", "http://x/", "http://x:80", "u:"},
    {"http://x/q?", "http://x/q?", "http://x:80", NULL},
    {"http://x?#f", "http://x/?", "http://x:80", NULL},
    {"http://@x/", "http://x/", "http://x:80", NULL},
    {"http://x:080/", "http://x:80/", "http://x:80", NULL},
    {"127.1:8080", "http://127.0.0.1:8080/", "http://127.0.0.1:8080", NULL},
    {"http://0177.0.0.1/", "http://127.0.0.1/", "http://127.0.0.1:80", NULL},
    {"http://2130706433/", "http://127.0.0.1/", "http://127.0.0.1:80", NULL},
    {"http://[::1]:81/", "http://[::1]:81/", "http://[::1]:81", NULL},
    {"http://b\xC3\xBC"
     "cher.example/\xC3\xBC?\xC3\xA9",
        "http://xn--bcher-kva.example/%C3%BC?%C3%A9",
        "http://xn--bcher-kva.example:80", NULL},
    {"b\xC3\xBC"
     "cher.example/\xC3\xBC",
        "http://xn--bcher-kva.example/%C3%BC",
        "http://xn--bcher-kva.example:80", NULL},
    {"http://x/\xC3%c3?%c3\xC3", "http://x/%C3%c3?%c3%C3", "http://x:80", NULL},
    {"http://x/a|b\\c", "http://x/a|b\\c", "http://x:80", NULL},
    {"", NULL, "empty", NULL},
    {"http://x/a b", NULL, "%20", NULL},
    {"http://x/a\tb", NULL, "control", NULL},
    {"http://x/a\nb", NULL, "control", NULL},
    {"http://a\\@127.0.0.1/", NULL, "backslash", NULL},
    {"http://[::1/", NULL, "IPv6", NULL},
    {"http://x:99999/", NULL, "port", NULL},
    {"http:///", NULL, "host", NULL},
    {"ftp://x/", NULL, "not ftp", NULL},
    {"gopher://x/", NULL, "not gopher", NULL},
    {"javascript:alert(1)", NULL, "port", NULL},
    {"file:///etc/passwd", NULL, "--proto +file", NULL},
    {"http://\xC3.example/", NULL, "international", NULL},
};

START_TEST(url_is_what_curl_connects_to)
{
	struct url u;
	char *cause;
	int rc = url_parse(&u, urls[_i].given, NULL, URL_HTTP_ONLY, &cause);

	if (!urls[_i].text) {
		ck_assert_msg(rc == -1, "%s: %s", urls[_i].given, u.text);
		ck_assert_ptr_nonnull(strstr(cause, urls[_i].origin));
		free(cause);
		return;
	}
	ck_assert_msg(rc == 0, "%s: %s", urls[_i].given, rc ? cause : "");
	ck_assert_str_eq(u.text, urls[_i].text);
	ck_assert_str_eq(u.origin, urls[_i].origin);
	ck_assert_pstr_eq(u.user, urls[_i].user);
	url_release(&u);
}
END_TEST

START_TEST(url_of_64k_is_fine)
{
	struct buf b = {0};
	struct url u;
	char *cause;

	buf_adds(&b, "http://x/");
	while (b.len < URL_MAX)
		buf_addc(&b, 'a');
	ck_assert_int_eq(url_parse(&u, b.data, NULL, URL_HTTP_ONLY, &cause), 0);
	ck_assert_uint_eq(strlen(u.text), URL_MAX);
	url_release(&u);
	buf_release(&b);
}
END_TEST

START_TEST(url_longer_than_64k_is_refused)
{
	struct buf b = {0};
	struct url u;
	char *cause;

	buf_adds(&b, "http://x/");
	while (b.len <= URL_MAX)
		buf_addc(&b, 'a');
	ck_assert_int_eq(
	    url_parse(&u, b.data, NULL, URL_HTTP_ONLY, &cause), -1);
	ck_assert_ptr_nonnull(strstr(cause, "64 KiB"));
	free(cause);
	buf_release(&b);
}
END_TEST

static const struct {
	const char *base, *given, *text;
} relatives[] = {
    {"http://x/a/b?c", "d", "http://x/a/d"},
    {"http://x/a/b?c", "?d", "http://x/a/b?d"},
    {"http://x/a/b?c", "/d e", "http://x/d%20e"},
    {"http://x/a/b?c", "//y/z", "http://y/z"},
    {"http://x/a/b?c", "https://y:8/z", "https://y:8/z"},
    {"http://x/a/b?c", "../../../d", "http://x/d"},
    {"http://x/a/b?c", "\xC3\xBC", "http://x/a/%C3%BC"},
    {"http://x/a/b?c", "d e?f g?h", "http://x/a/d%20e?f+g?h"},
    {"http://x/a/b?c", "?http://\xC3/ d", "http://x/a/b?http://%C3/+d"},
    {"http://x/a/b?c",
        "//b\xC3\xBC"
        "cher.example/\xC3\xBC",
        "http://xn--bcher-kva.example/%C3%BC"},
    {"http://x/a/b?c",
        "https://b\xC3\xBC"
        "cher.example",
        "https://xn--bcher-kva.example/"},
};

START_TEST(relative_url_is_resolved_against_its_base)
{
	struct url u;
	char *cause;

	ck_assert_int_eq(url_parse(&u, relatives[_i].given, relatives[_i].base,
	                     URL_HTTP_ONLY, &cause),
	    0);
	ck_assert_str_eq(u.text, relatives[_i].text);
	url_release(&u);
}
END_TEST

START_TEST(file_url_needs_permission)
{
	struct url u;
	char *cause;

	ck_assert_int_eq(
	    url_parse(&u, "file:///etc/hosts", NULL, URL_HTTP_AND_FILE, &cause),
	    0);
	ck_assert_str_eq(u.text, "file:///etc/hosts");
	ck_assert_str_eq(u.origin, "file://");
	ck_assert_int_eq(url_origin_port(u.origin), 0);
	url_release(&u);
}
END_TEST

/* The cache must never say anything else than the parser. */
static void
compare_with_parser(struct url_cache *cache, const char *text)
{
	const char *origin = url_cache_find(cache, text);
	struct url u;
	char *cause;
	int rc = url_parse(&u, text, NULL, URL_HTTP_ONLY, &cause);

	if (rc) {
		ck_assert_msg(!origin, "%s", text);
		free(cause);
		return;
	}
	if (origin) {
		ck_assert_str_eq(u.text, text);
		ck_assert_str_eq(u.origin, origin);
		ck_assert_ptr_null(u.user);
	}
	url_cache_learn(cache, text, &u);
	url_release(&u);
}

START_TEST(cache_agrees_with_the_parser)
{
	static const char *const pieces[] = {"http://a/", "https://a:8/",
	    "http://127.1/", "http://u@a/", "HTTP://a/", "http://a", "x", "/",
	    ".", "..", "%2e", "%2E", "?", "#", "&", "=", "\\", "@", ":", "|",
	    "[", "\"", "%zz", "%", "+", ";", "~", "\x7F", " ", "\xC3\xBC"};
	const size_t n = sizeof(pieces) / sizeof(*pieces);
	struct url_cache cache;
	uint32_t seed = 1;

	url_cache_init(&cache, URL_HTTP_ONLY);
	for (int i = 0; i < 30000; i++) {
		struct buf b = {0};

		for (uint32_t len = seed / 256 % 8 + 1; len > 0; len--) {
			seed = seed * 1664525 + 1013904223;
			buf_adds(&b, pieces[(seed >> 8) % (b.len ? n : 6)]);
		}
		compare_with_parser(&cache, b.data);
		buf_release(&b);
	}
	url_cache_release(&cache);
}
END_TEST

START_TEST(cache_knows_plain_urls_of_a_seen_authority)
{
	struct url_cache cache;

	url_cache_init(&cache, URL_HTTP_ONLY);
	compare_with_parser(&cache, "http://a:81/");
	ck_assert_str_eq(
	    url_cache_find(&cache, "http://a:81/b?c=d"), "http://a:81");
	ck_assert_ptr_null(url_cache_find(&cache, "http://a:82/b"));
	ck_assert_ptr_null(url_cache_find(&cache, "http://a:81/b/../c"));
	url_cache_release(&cache);
}
END_TEST

/* What is told without the parser must be what it says. Returns whether it was
 * told. */
static bool
compare_plain_origin(const char *text)
{
	struct buf origin = {0};
	bool plain = url_add_plain_origin(&origin, text, strlen(text));
	struct url u;
	char *cause = NULL;

	if (plain) {
		ck_assert_msg(!url_parse(&u, text, NULL, URL_HTTP_ONLY, &cause),
		    "%s: %s", text, cause);
		ck_assert_str_eq(origin.data, u.origin);
		ck_assert_int_eq(strncmp(u.text, text, strlen(text)), 0);
		ck_assert_ptr_null(u.user);
		url_release(&u);
	} else {
		ck_assert_uint_eq(origin.len, 0);
	}
	buf_release(&origin);
	return plain;
}

START_TEST(origin_of_a_plain_url_is_that_of_the_parser)
{
	static const char *const pieces[] = {"http://", "https://", "HTTP://",
	    "ftp://", "http:/", "a", "b.c", "A", "example.org", "xn--", "1",
	    "127.1", "0x7f", ".", "-", "--", "..", "_", "@", ":", ":80", ":443",
	    ":0", ":08", ":65535", ":65536", ":8443", ":123456", "/", "/x",
	    "/.", "/%2e", "?", "?x=1", "#", "\\", "[", "%", "%41", " ", "\t",
	    "\x7F", "\xC3\xBC"};
	const size_t n = sizeof(pieces) / sizeof(*pieces);
	uint32_t seed = 1;
	int plain = 0;

	for (int i = 0; i < 30000; i++) {
		struct buf b = {0};

		buf_adds(&b, pieces[seed / 65536 % 5]);
		for (uint32_t len = seed / 256 % 6; len > 0; len--) {
			seed = seed * 1664525 + 1013904223;
			buf_adds(&b, pieces[(seed >> 8) % n]);
		}
		seed = seed * 1664525 + 1013904223;
		plain += compare_plain_origin(b.data);
		buf_release(&b);
	}
	ck_assert_int_gt(plain, 100);
}
END_TEST

START_TEST(plain_urls_need_no_parser)
{
	struct buf b = {0};

	ck_assert(compare_plain_origin("http://a"));
	ck_assert(compare_plain_origin("https://api-2.example.org/x?y=z"));
	ck_assert(compare_plain_origin("http://a:59999/"));
	ck_assert(compare_plain_origin("http://a:9/"));
	ck_assert(!url_add_plain_origin(&b, "http://a/\0b", 11));
	ck_assert(!url_add_plain_origin(&b, "http://a/b", 9));
	ck_assert(!url_add_plain_origin(&b, "", 0));
	ck_assert(!url_add_plain_origin(&b, "h", 1));
}
END_TEST

/* A request whose authority is new must be what the parser makes of it. */
START_TEST(plain_authority_is_learned_without_the_parser)
{
	struct url_cache cache;

	url_cache_init(&cache, URL_HTTP_ONLY);
	ck_assert_str_eq(
	    url_cache_find_plain(&cache, "http://a/b?c"), "http://a:80");
	ck_assert_str_eq(url_cache_find(&cache, "http://a/d"), "http://a:80");
	ck_assert_ptr_eq(url_cache_find_plain(&cache, "http://a/d"),
	    url_cache_find(&cache, "http://a/e"));
	compare_with_parser(&cache, "http://a/d");
	ck_assert_ptr_null(url_cache_find_plain(&cache, "http://b"));
	ck_assert_ptr_null(url_cache_find_plain(&cache, "http://B/"));
	ck_assert_ptr_null(url_cache_find_plain(&cache, "http://u@b/"));
	ck_assert_ptr_null(url_cache_find_plain(&cache, "http://b/../c"));
	ck_assert_ptr_null(url_cache_find_plain(&cache, "x"));
	url_cache_release(&cache);
}
END_TEST

START_TEST(cache_holds_many_authorities)
{
	struct url_cache cache;
	char text[64];

	url_cache_init(&cache, URL_HTTP_ONLY);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 40; i++) {
			snprintf(text, sizeof(text),
			    "https://host%d.example.org/", i);
			ck_assert_msg(
			    round == 0 || url_cache_find(&cache, text), "%s",
			    text);
			compare_with_parser(&cache, text);
		}
	}
	url_cache_release(&cache);
}
END_TEST

static const struct {
	const char *given, *shown;
} redacted[] = {
    {"http://x/a?b=c#d", "http://x/a?b=c#d"},
    {"http://u:p@x/", "http://***@x/"},
    {"http://u:p@q@x/", "http://***@x/"},
    {"u:p@x/a", "***@x/a"},
    {"http://x/a@b", "http://x/a@b"},
    {"http://x/?mail=a@b", "http://x/?mail=a@b"},
    {"http://x?u=http://a:b@c", "http://x?u=http://***@c"},
    {"http://x/?token=t&b=c", "http://x/?token=***&b=c"},
    {"http://x/?b=c&api_key=k", "http://x/?b=c&api_key=***"},
    {"http://x/?access_token=t", "http://x/?access_token=***"},
    {"http://x/?apikey=t;Key=u", "http://x/?apikey=***"},
    {"http://x/?X-Amz-Signature=s&X-Amz-Date=1",
        "http://x/?X-Amz-Signature=***&X-Amz-Date=1"},
    {"http://x/?X-Amz-Security-Token=s&X-Amz-Credential=c",
        "http://x/?X-Amz-Security-Token=***&X-Amz-Credential=***"},
    {"http://x/?sig=s&monkey=m", "http://x/?sig=***&monkey=m"},
    {"http://x/?author=s&token", "http://x/?author=s&token"},
    {"http://x/#access_token=t", "http://x/#access_token=***"},
    {"http://x/?a=1?token=t", "http://x/?a=1?token=***"},
    {"clientSecret?clientSecret=s", "clientSecret?clientSecret=***"},
    {"", ""},
    {"://a@", "://***@"},
};

START_TEST(secrets_are_redacted)
{
	struct buf b = {0};

	url_add_redacted(&b, redacted[_i].given);
	ck_assert_str_eq(b.data ? b.data : "", redacted[_i].shown);
	buf_release(&b);
}
END_TEST

static const struct {
	const char *given, *left;
} userinfos[] = {
    {"http://u:p@h/a", "http://h/a"},
    {"http://u@v@h", "http://h"},
    {"http://h/@a?b@c", "http://h/@a?b@c"},
    {"http://h?at=://u@v", "http://h?at=://u@v"},
    {"u:p@h/a", "h/a"},
    {"", ""},
};

START_TEST(userinfo_is_dropped)
{
	char *url = xstrdup(userinfos[_i].given);

	url_drop_userinfo(url);
	ck_assert_str_eq(url, userinfos[_i].left);
	free(url);
}
END_TEST

static const struct {
	const char *origin, *host;
	int port;
} origins[] = {
    {"http://a:80", "a", 80},
    {"https://[::1]:8443", "::1", 8443},
    {"file://", "", 0},
};

START_TEST(origin_comes_apart)
{
	char *host = url_origin_host(origins[_i].origin);

	ck_assert_str_eq(host, origins[_i].host);
	ck_assert_int_eq(url_origin_port(origins[_i].origin), origins[_i].port);
	free(host);
}
END_TEST

START_TEST(encoding_leaves_only_unreserved_characters)
{
	struct buf b = {0};

	url_add_encoded(&b, "aZ0-._~ /?\xC3\xBC\0%", 14);
	ck_assert_str_eq(b.data, "aZ0-._~%20%2F%3F%C3%BC%00%25");
	buf_release(&b);
}
END_TEST

#define TABLE(suite, test, rows) \
	tcase_add_loop_test(     \
	    (suite), (test), 0, (int)(sizeof(rows) / sizeof(*(rows))))

int
main(void)
{
	Suite *s = suite_create("url");
	TCase *t = tcase_create("url");

	suite_add_tcase(s, t);
	TABLE(t, url_is_what_curl_connects_to, urls);
	tcase_add_test(t, url_of_64k_is_fine);
	tcase_add_test(t, url_longer_than_64k_is_refused);
	TABLE(t, relative_url_is_resolved_against_its_base, relatives);
	tcase_add_test(t, file_url_needs_permission);
	tcase_add_test(t, cache_agrees_with_the_parser);
	tcase_add_test(t, cache_holds_many_authorities);
	tcase_add_test(t, plain_authority_is_learned_without_the_parser);
	tcase_add_test(t, origin_of_a_plain_url_is_that_of_the_parser);
	tcase_add_test(t, plain_urls_need_no_parser);
	tcase_add_test(t, cache_knows_plain_urls_of_a_seen_authority);
	TABLE(t, secrets_are_redacted, redacted);
	TABLE(t, userinfo_is_dropped, userinfos);
	TABLE(t, origin_comes_apart, origins);
	tcase_add_test(t, encoding_leaves_only_unreserved_characters);
	return unit_run(s);
}
